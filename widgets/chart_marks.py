"""What is painted around the curves of the premium chart: axes, entry, gaps, marks of decisions, and the read-out."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF

from cockpit.frame import DetailPart, MarkPart
from widgets import curves
from widgets import format as fmt
from widgets.ink import CENTRE, LEFT, RIGHT, Ink
from widgets.signs import glyph, hatch
from widgets.theme import Look

NS = 1_000_000_000
PILL = 17.0


class Pill(NamedTuple):
    """A value on the axis, filled with one token and written in another."""

    value: float
    fill: str
    ink: str


class ChartMarks:
    """Everything but the curves; `take` gives it what to paint, `point` where the mouse is."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._part: DetailPart | None = None
        self._path = curves.Path()
        self._window = (0.0, 1.0, 0.0, 1.0)
        self._corners = (curves.EMPTY, curves.EMPTY)
        self._area = QRectF()
        self._zone = "UTC"
        self._due_ns: int | None = None
        self._pointed: float | None = None

    def take(
        self,
        part: DetailPart,
        path: curves.Path,
        window: tuple[float, float, float, float],
        secured: tuple[curves.Floats, curves.Floats],
    ) -> None:
        """What to paint: the part, its rows, the window (start, end, low, high), and the corners of a secured stop."""
        self._part, self._path, self._window, self._corners = part, path, window, secured

    def clock(self, zone: str, due_ns: int | None) -> None:
        """The exchange's zone, and when a decision acts on the position."""
        self._zone, self._due_ns = zone, due_ns

    def point(self, share: float | None) -> None:
        """Where the mouse is across the chart, 0 … 1."""
        self._pointed = share

    def read_out(self) -> str:
        """Time, level and stop under the mouse; empty when it points at nothing."""
        if self._pointed is None or self._part is None:
            return ""
        start, end, _, _ = self._window
        row = self._path.at(start + self._pointed * (end - start))
        if row is None:
            return ""
        time, level, stop = row
        at = fmt.clock(self._part.chart.origin_ns + int(time * NS), self._zone)
        return f"{at}   {self._part.chart.basis} {fmt.price(level)}   stop {fmt.price(stop)}"

    def pills(self) -> list[Pill]:
        """The values that are lit on the axis, the most important first."""
        if self._part is None:
            return []
        chart, side = self._part.chart, self._part.position.level_side
        made: list[Pill] = []
        if chart.stop is not None:
            made.append(Pill(chart.stop, "profit" if (chart.stop - chart.entry) * side >= 0 else "loss", "bg1"))
        newest = self._path.at(float("inf"))
        if newest is not None and newest[1] is not None:
            made.append(Pill(newest[1], "t1", "bg1"))
        made.append(Pill(chart.entry, "bg3", "t1"))
        return made

    def paint_under(self, ink: Ink, area: QRectF, whole: QRectF) -> None:
        """Ground, hairlines with their labels, gaps, entry and what the stop has secured."""
        ink.fill(whole, "bg1")
        if self._part is None:
            return
        self._area = area
        start, end, low, high = self._window
        ticks, digits = curves.value_ticks(low, high, max(2, int(area.height() / 44)))
        lit = [self._y(pill.value) for pill in self.pills()]
        for value in ticks:
            y = round(self._y(value)) + 0.5
            ink.hairline(QPointF(area.left(), y), QPointF(area.right(), y))
            if all(abs(y - other) > 13 for other in lit):
                box = QRectF(area.right() + 5, y - 8, 60, 16)
                ink.text(box, fmt.number(value, digits), px=10, weight=500, token="t2", align=RIGHT)
        self._time_axis(ink, area, start, end)
        self._gaps(ink, area)
        self._secured(ink, area)

    def paint_over(self, ink: Ink, area: QRectF) -> None:
        """Entry line, marks, what is due, the pills on the axis, and the read-out."""
        part = self._part
        if part is None:
            return
        chart = part.chart
        ink.painter.setClipRect(area)
        opened = max(area.left(), self._x((part.position.opened_ns - chart.origin_ns) / NS))
        entry_y = round(self._y(chart.entry)) + 0.5
        ink.pen("t2", 1.0, Qt.PenStyle.DashLine)
        ink.painter.drawLine(QPointF(opened, entry_y), QPointF(area.right(), entry_y))
        self._due(ink, area)
        self._paint_marks(ink, area)
        ink.painter.setClipping(False)
        self._paint_pills(ink, area)
        caption = area.adjusted(12, 8, -80, 0)
        caption.setHeight(14)
        said = self.read_out()
        if said:
            self._cross(ink, area)
        basis = "premium, mark" if chart.basis == "premium" else chart.basis
        ink.text(caption, said or basis, px=11, weight=500, token="t1" if said else "t2", align=LEFT)

    def _x(self, time: float) -> float:
        start, end, _, _ = self._window
        return self._area.left() + (time - start) / (end - start) * self._area.width()

    def _y(self, value: float) -> float:
        _, _, low, high = self._window
        return self._area.bottom() - (value - low) / (high - low) * self._area.height()

    def _time_axis(self, ink: Ink, area: QRectF, start: float, end: float) -> None:
        ink.hairline(QPointF(area.left(), area.bottom()), QPointF(area.right(), area.bottom()), "line2")
        ink.hairline(QPointF(area.right(), area.top()), QPointF(area.right(), area.bottom()), "line2")
        if self._part is None:
            return
        most = max(2, int(area.width() / 100))
        for time, word in curves.time_ticks(self._part.chart.origin_ns, start, end, most, self._zone):
            x = self._x(time)
            if area.left() + 20 < x < area.right() - 20:
                box = QRectF(x - 40, area.bottom() + 3, 80, 16)
                ink.text(box, word, px=10, weight=500, token="t2", align=CENTRE)
                ink.hairline(
                    QPointF(round(x) + 0.5, area.bottom()), QPointF(round(x) + 0.5, area.bottom() + 4), "line2"
                )

    def _gaps(self, ink: Ink, area: QRectF) -> None:
        """Hatched: there was no data."""
        start, end, _, _ = self._window
        rows = self._path.between(start, end)
        for begin, finish in curves.gaps(self._path.times[rows], self._path.levels[rows]):
            left, right = max(self._x(begin), area.left()), min(self._x(finish), area.right())
            if right - left >= 3:
                hatch(ink, QRectF(left, area.top(), right - left, area.height() - 1))
                if right - left >= 20:
                    self._plate(ink, QPointF((left + right) / 2, area.top() + 30), "no data", "blind")

    def _secured(self, ink: Ink, area: QRectF) -> None:
        """The pale ground between the entry and a stop that guarantees a profit."""
        if self._part is None:
            return
        entry_y = self._y(self._part.chart.entry)
        polygon: list[QPointF] = []
        ink.painter.setClipRect(area)
        ink.no_pen()
        ink.painter.setBrush(ink.look.tint("bg1", "profit", 0.13))
        for time, stop in zip(*(axis.tolist() for axis in self._corners), strict=True):
            if stop == stop:
                polygon.append(QPointF(self._x(time), self._y(stop)))
            elif polygon:
                self._fill_down(ink, polygon, entry_y)
                polygon = []
        if polygon:
            self._fill_down(ink, polygon, entry_y)
        ink.painter.setBrush(Qt.BrushStyle.NoBrush)
        ink.painter.setClipping(False)

    def _fill_down(self, ink: Ink, top: list[QPointF], level: float) -> None:
        corners = [QPointF(top[0].x(), level), *top, QPointF(top[-1].x(), level)]
        ink.painter.drawPolygon(QPolygonF(corners))

    def _due(self, ink: Ink, area: QRectF) -> None:
        """The dotted line at which a decision acts."""
        if self._due_ns is None or self._part is None:
            return
        x = round(self._x((self._due_ns - self._part.chart.origin_ns) / NS)) + 0.5
        ink.pen("warn", 1.0, Qt.PenStyle.DotLine)
        ink.painter.drawLine(QPointF(x, area.top() + 26), QPointF(x, area.bottom()))

    def _paint_marks(self, ink: Ink, area: QRectF) -> None:
        if self._part is None:
            return
        taken: list[QRectF] = []
        for mark in self._part.chart.marks:
            time = (mark.at_ns - self._part.chart.origin_ns) / NS
            row = self._path.at(time)
            has_price = mark.price is not None and self._part.chart.basis == "premium"  # of another axis otherwise
            value = mark.price if has_price else row[1] if row is not None else None
            x = self._x(time)
            if value is None or not area.left() - 8 <= x <= area.right() + 8:
                continue
            y = self._y(value)
            if mark.kind in ("entry", "exit"):
                self._trade(ink, QPointF(x, y), mark, taken)
            else:
                top = max(area.top() + 34.0, y - 22)
                glyph(ink, mark.kind, QRectF(x - 8, top - 8, 16, 16))
                self._label(ink, QPointF(x - 12, top), mark.text, taken, left=True)

    def _trade(self, ink: Ink, at: QPointF, mark: MarkPart, taken: list[QRectF]) -> None:
        """A triangle at the price: up where it was bought, down where it was sold."""
        side = self._part.position.side if self._part is not None else 1
        bought = (mark.kind == "entry") == (side > 0)
        sign = 1.0 if bought else -1.0
        tip = QPointF(at.x(), at.y() + 2 * sign)
        path = QPainterPath(tip)
        path.lineTo(tip.x() + 5, tip.y() + 8 * sign)
        path.lineTo(tip.x() - 5, tip.y() + 8 * sign)
        path.closeSubpath()
        ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing)
        ink.painter.fillPath(path, ink.colour("accent"))
        ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing, False)
        self._label(ink, QPointF(at.x(), tip.y() + 19 * sign), mark.text, taken)

    def _label(self, ink: Ink, at: QPointF, words: str, taken: list[QRectF], *, left: bool = False) -> None:
        """Words on a plate, unless that would cover an earlier label."""
        width = ink.look.width(words, 10, 500) + 8
        centre = at.x() - width / 2 if left else at.x()
        centre = min(max(centre, self._area.left() + width / 2 + 2), self._area.right() - width / 2 - 2)
        box = QRectF(centre - width / 2, at.y() - 8, width, 16)
        if not words or any(box.intersects(other) for other in taken):
            return
        taken.append(box)
        self._plate(ink, box.center(), words, "t1")

    def _plate(self, ink: Ink, centre: QPointF, words: str, token: str) -> None:
        width = ink.look.width(words, 10, 500) + 8
        box = QRectF(centre.x() - width / 2, centre.y() - 8, width, 16)
        ink.rounded(box, 3, fill="bg1")
        ink.text(box, words, px=10, weight=500, token=token, align=CENTRE)

    def _paint_pills(self, ink: Ink, area: QRectF) -> None:
        """Values on the axis, moved apart where they would cover each other; a hairline leads to where each one is."""
        taken: list[float] = []
        for pill in self.pills():
            y = self._y(pill.value)
            if not area.top() - 1 <= y <= area.bottom() + 1:
                continue
            place = y
            for _ in range(4):
                near = [other for other in taken if abs(other - place) < PILL + 1]
                if not near:
                    break
                place = near[0] + (PILL + 1) * (1 if place >= near[0] else -1)
            taken.append(place)
            ink.hairline(QPointF(area.right(), round(y) + 0.5), QPointF(area.right() + 5, round(place) + 0.5), "t3")
            box = QRectF(area.right() + 5, place - PILL / 2, 64, PILL)
            ink.rounded(box, 3, fill=pill.fill)
            whole = fmt.number(pill.value)
            words = whole if ink.look.width(whole, 11, 600) <= box.width() - 6 else fmt.price(pill.value)
            ink.text(box.adjusted(0, 0, -4, 0), words, px=11, weight=600, token=pill.ink, align=RIGHT)

    def _cross(self, ink: Ink, area: QRectF) -> None:
        if self._pointed is not None:
            x = round(area.left() + self._pointed * area.width()) + 0.5
            ink.hairline(QPointF(x, area.top() + 26), QPointF(x, area.bottom()), "t3")
