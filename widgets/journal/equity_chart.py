"""Net money of all round trips in the order in which they closed, and below it how far it is under its best."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

from cockpit.review import EquityPoint
from widgets.journal.review_chart import AXIS, TIMES, ReviewChart, value_axis, y_of
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, LEFT, RIGHT, Ink
from widgets.paint.signs import outcome
from widgets.paint.theme import Look
from widgets.parts.table_columns import Cell, Column

TOP = 26.0  # for the caption


class EquityChart(ReviewChart):
    """One step a close; closes are spread evenly, because nights and weekends earn nothing."""

    columns = (
        Column("at", "Closed", "17 Nov 2026 10:02:48", LEFT),
        Column("equity", "Net so far", "−12 345 678.90"),
        Column("drawdown", "Below its best", "−12 345 678.90", stretches=True),
    )

    def __init__(self, look: Look) -> None:
        super().__init__(look, "equity curve")
        self._points: tuple[EquityPoint, ...] = ()
        self._range = (0.0, 1.0)
        self._words: list[tuple[int, str]] = []  # of the axis

    @property
    def count(self) -> int:
        """Points of the curve."""
        return len(self._points)

    def prepare(self) -> None:
        """The bounds: 0 is always in sight, and so is the deepest drawdown, drawn down from 0."""
        self._points = self.review.equity if self.review is not None else ()
        self._words = self._told_dates()
        low = min((min(point.equity, point.drawdown) for point in self._points), default=0.0)
        high = max((point.equity for point in self._points), default=1.0)
        air = max(high, 0.0) - min(low, 0.0)
        self._range = (min(low, 0.0) - 0.06 * air, max(high, 0.0) + 0.06 * air) if air else (-1.0, 1.0)
        report = self.review.report if self.review is not None else None
        self.caption = f"{report.trades} round trips, in order of their close" if report is not None else ""

    def words_of(self, item: int) -> str:
        """When, how much, how deep."""
        point = self._points[item]
        return f"{self._at(point)}   net {fmt.money(point.equity)}   drawdown {fmt.money(point.drawdown)}"

    def nearest(self, at: QPointF) -> int | None:
        """The point under the mouse."""
        area = self._area()
        if not area.adjusted(-4, 0, 4, 0).contains(at):
            return None
        return min(max(round((at.x() - area.left()) / max(area.width(), 1) * (self.count - 1)), 0), self.count - 1)

    def rows(self) -> list[tuple[Cell, ...]]:
        """The newest close first."""
        return [
            (
                Cell(self._at(point), "t2"),
                Cell(fmt.money(point.equity), outcome(point.equity)),
                Cell(fmt.money(point.drawdown), outcome(point.drawdown)),
            )
            for point in reversed(self._points)
        ]

    def paint_in(self, ink: Ink, box: QRectF) -> None:
        """Axis, drawdown, curve, the newest value and the deepest one."""
        area, (low, high) = self._area(), self._range
        value_axis(ink, area, low, high)
        self._dates(ink, area)
        zero = y_of(area, low, high, 0.0)
        self._drawdown(ink, area, zero)
        ink.pen("accent")
        ink.painter.drawPolyline(
            QPolygonF([self._place(area, i, point.equity) for i, point in enumerate(self._points)])
        )
        last = self._place(area, self.count - 1, self._points[-1].equity)
        ink.fill(QRectF(last.x() - 2, last.y() - 2, 5, 5), "accent")
        report = self.review.report if self.review is not None else None
        head = QRectF(area.left() + 12, box.top() + 5, area.width() - 12, 16)
        if report is not None:
            sign = fmt.currency(report.currency)
            if self.pointed is None:
                ink.text(head, f"net, {sign}", px=10, weight=500, token="t2")
            words = fmt.money_short(self._points[-1].equity)
            ink.text(head, words, px=11, weight=600, token=outcome(report.total), align=RIGHT)
            deep = QRectF(head.left(), area.bottom() - 17, head.width(), 16)
            if report.max_drawdown < 0:
                words = f"drawdown {fmt.money_short(report.max_drawdown)}"
                ink.rounded(QRectF(deep.left() - 4, deep.top(), ink.look.width(words, 10, 500) + 8, 16), 3, fill="bg1")
                ink.text(deep, words, px=10, weight=500, token="loss")
        if self.pointed is not None and self.pointed < self.count:
            x = round(self._across(area, self.pointed)) + 0.5
            ink.hairline(QPointF(x, area.top()), QPointF(x, area.bottom()), "t3")

    def _drawdown(self, ink: Ink, area: QRectF, zero: float) -> None:
        points = [self._place(area, i, point.drawdown) for i, point in enumerate(self._points)]
        ink.no_pen()
        ink.painter.setBrush(ink.look.tint("bg1", "loss", 0.3))
        ink.painter.drawPolygon(QPolygonF([QPointF(points[0].x(), zero), *points, QPointF(points[-1].x(), zero)]))
        ink.painter.setBrush(Qt.BrushStyle.NoBrush)

    def _dates(self, ink: Ink, area: QRectF) -> None:
        """The words of the axis where they have room."""
        ink.hairline(QPointF(area.left(), area.bottom()), QPointF(area.right(), area.bottom()), "line2")
        taken = area.left() - 60
        for item, word in self._words:
            x = self._across(area, item)
            if taken + 52 < x < area.right() - 10:
                box = QRectF(max(x - 24, area.left() + 4), area.bottom() + 3, 48, 14)
                ink.text(box, word, px=10, weight=500, token="t2", align=CENTRE if x > 40 else LEFT)
                taken = box.center().x()

    def _told_dates(self) -> list[tuple[int, str]]:
        """The first close of each month; of each day where they are few; of each minute where it is one day."""
        moments = [fmt.moment(point.at_ns, self.zone) for point in self._points]
        days = (moments[-1].date() - moments[0].date()).days if moments else 0
        made: list[tuple[int, str]] = []
        before = ""
        for item, at in enumerate(moments):
            word = at.strftime("%b") if days > 45 else f"{at.day} {at.strftime('%b')}" if days else at.strftime("%H:%M")
            if word != before:
                made.append((item, word))
            before = word
        return made

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(0, TOP, -AXIS, -TIMES)

    def _across(self, area: QRectF, item: int) -> float:
        return area.left() + (item / (self.count - 1) if self.count > 1 else 0.5) * (area.width() - 3)

    def _place(self, area: QRectF, item: int, value: float) -> QPointF:
        return QPointF(self._across(area, item), y_of(area, *self._range, value))

    def _at(self, point: EquityPoint) -> str:
        at = fmt.moment(point.at_ns, self.zone)
        return f"{at.day} {at.strftime('%b %Y %H:%M:%S')}"
