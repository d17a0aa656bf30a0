"""Net money by the hour in which the position was opened, on the exchange's clock."""

from PySide6.QtCore import QPointF, QRectF

from cockpit.review import Bucket
from widgets.journal.review_chart import AXIS, TIMES, ReviewChart, value_axis, y_of
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, LEFT, Ink
from widgets.paint.signs import outcome
from widgets.paint.theme import Look
from widgets.parts.table_columns import Cell, Column

TOP = 26.0
WIDEST = 64.0


class HourBars(ReviewChart):
    """A bar an hour from the first to the last one in which anything was opened."""

    columns = (
        Column("hour", "Opened at", "10 to 11", LEFT),
        Column("count", "Round trips", "12 345"),
        Column("winners", "Winners", "12 345"),
        Column("average", "Average", "−123 456.78"),
        Column("total", "Net", "−12 345 678.90", stretches=True),
    )
    caption = "net by hour of opening"

    def __init__(self, look: Look) -> None:
        super().__init__(look, "net by hour")
        self._hours: tuple[Bucket, ...] = ()

    @property
    def count(self) -> int:
        """Hours with a round trip."""
        return len(self._hours)

    def prepare(self) -> None:
        """Take the hours."""
        self._hours = self.review.report.hours if self.review is not None else ()

    def words_of(self, item: int) -> str:
        """The hour and what it came to."""
        hour = self._hours[item]
        trips = "round trip" if hour.count == 1 else "round trips"
        said = f"{hour.name}:00   {fmt.money(hour.total)}   {hour.count} {trips}, {hour.winners} won"
        return f"{said}, average {fmt.money(hour.average)}"

    def nearest(self, at: QPointF) -> int | None:
        """The hour under the mouse."""
        area = self._area()
        return next((i for i in range(self.count) if abs(self._x(i, area) - at.x()) <= self._step(area) / 2), None)

    def rows(self) -> list[tuple[Cell, ...]]:
        """In the order of the day."""
        return [
            (
                Cell(f"{hour.name} to {int(hour.name) + 1:02d}", "t2"),
                Cell(fmt.number(hour.count, 0)),
                Cell(fmt.number(hour.winners, 0)),
                Cell(fmt.money(hour.average), outcome(hour.average)),
                Cell(fmt.money(hour.total), outcome(hour.total)),
            )
            for hour in self._hours
        ]

    def paint_in(self, ink: Ink, box: QRectF) -> None:
        """Bars from 0, how many below them, the hour on the axis."""
        area = self._area()
        totals = [hour.total for hour in self._hours]
        low, high = min(0.0, *totals), max(0.0, *totals)
        air = (high - low) * 0.1 or 1.0
        low, high = low - (air if low < 0 else 0), high + (air if high > 0 else 0)
        value_axis(ink, area, low, high)
        zero = y_of(area, low, high, 0.0)
        width = min(self._step(area) * 0.6, WIDEST)
        for i, hour in enumerate(self._hours):
            x, y = self._x(i, area), y_of(area, low, high, hour.total)
            bar = QRectF(round(x - width / 2), min(y, zero), round(width), max(abs(y - zero), 1.0))
            share = 0.75 if i == self.pointed else 0.5
            ink.fill(bar, ink.look.tint("bg1", "profit" if hour.total >= 0 else "loss", share))
            name = QRectF(x - 30, area.bottom() + 3, 60, 14)
            ink.text(name, f"{hour.name} · {hour.count}", px=10, weight=500, token="t2", align=CENTRE)
        ink.hairline(QPointF(area.left(), round(zero) + 0.5), QPointF(area.right(), round(zero) + 0.5), "line2")

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(12, TOP, -AXIS, -TIMES)

    def _step(self, area: QRectF) -> float:
        first, last = int(self._hours[0].name), int(self._hours[-1].name)
        return area.width() / (last - first + 1)

    def _x(self, item: int, area: QRectF) -> float:
        return area.left() + (int(self._hours[item].name) - int(self._hours[0].name) + 0.5) * self._step(area)
