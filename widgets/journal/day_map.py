"""The calendar of what was closed: a column a week, a cell a day, its colour how much and its sign which way."""

from datetime import date, timedelta

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent

from cockpit.review import Bucket
from widgets.journal.review_chart import ReviewChart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT, RIGHT, Ink
from widgets.paint.signs import outcome
from widgets.paint.theme import Look
from widgets.parts.table_columns import Cell, Column

LEFT_EDGE, TOP, GAP, SUMS = 44.0, 24.0, 3.0, 148.0
LARGEST = 26.0
NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PALEST, DEEPEST = 0.12, 0.48  # of the hue over the ground


class DayMap(ReviewChart):
    """`chosen` carries the number of a day; `day` says which date that is."""

    columns = (
        Column("day", "Closed on", "17 Nov 2026", LEFT),
        Column("count", "Round trips", "12 345"),
        Column("winners", "Winners", "12 345"),
        Column("total", "Net", "−12 345 678.90", stretches=True),
    )
    caption = "net a day of closing, − is a loss"

    def __init__(self, look: Look) -> None:
        super().__init__(look, "net by day")
        self._days: tuple[tuple[date, Bucket], ...] = ()

    @property
    def count(self) -> int:
        """Days with a close."""
        return len(self._days)

    def prepare(self) -> None:
        """Parse the dates once."""
        found = self.review.report.calendar if self.review is not None else ()
        self._days = tuple((date.fromisoformat(bucket.name), bucket) for bucket in found)

    def day(self, item: int) -> str:
        """The ISO date of that one."""
        return self._days[item][1].name

    def words_of(self, item: int) -> str:
        """The day and what it came to."""
        day, bucket = self._days[item]
        trips = "round trip" if bucket.count == 1 else "round trips"
        at = f"{NAMES[day.weekday()]} {day.day} {day.strftime('%b %Y')}"
        return f"{at}   {fmt.money(bucket.total)}   {bucket.count} {trips}, {bucket.winners} won"

    def nearest(self, at: QPointF) -> int | None:
        """The day under the mouse."""
        for item, box in self._boxes():
            if box.adjusted(-1, -1, 2, 2).contains(at):
                return item
        return None

    def rows(self) -> list[tuple[Cell, ...]]:
        """The newest day first."""
        return [
            (
                Cell(f"{day.day} {day.strftime('%b %Y')}", "t2"),
                Cell(fmt.number(bucket.count, 0)),
                Cell(fmt.number(bucket.winners, 0)),
                Cell(fmt.money(bucket.total), outcome(bucket.total)),
            )
            for day, bucket in reversed(self._days)
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down are the days before and after as well."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.count:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            at = self.count - 1 if self.pointed is None else self.pointed + step
            self.point(min(max(at, 0), self.count - 1))
        else:
            super().keyPressEvent(event)

    def paint_in(self, ink: Ink, box: QRectF) -> None:
        """Cells, the names of days and months, and the sums at the right."""
        side, rows = self._side(), self._rows()
        for row in range(rows):
            name = QRectF(12, TOP + row * (side + GAP), LEFT_EDGE - 14, side)
            ink.text(name, NAMES[row], px=10, weight=500, token="t2")
        first = self._first_week()
        weeks = (self._days[-1][0] - first).days // 7 + 1
        before = ""
        for week in range(weeks):
            month = (first + timedelta(weeks=week)).strftime("%b")
            x = LEFT_EDGE + week * (side + GAP)
            if month != before:
                ink.text(QRectF(x, TOP - 17, 40, 14), month, px=10, weight=500, token="t2")
            before = month
            for row in range(rows):
                empty = QRectF(x, TOP + row * (side + GAP), side, side)
                ink.rounded(empty, 3, line="line")
        self._paint_days(ink)
        self._sums(ink, QRectF(box.right() - SUMS, TOP, SUMS - 12, box.height() - TOP))

    def _paint_days(self, ink: Ink) -> None:
        most = max(abs(bucket.total) for _, bucket in self._days) or 1.0
        for item, cell in self._boxes():
            total = self._days[item][1].total
            hue, share = "loss" if total < 0 else "profit", (abs(total) / most) ** 0.5
            ground = ink.look.tint("bg2", hue, PALEST + (DEEPEST - PALEST) * share) if total else ink.colour("bg2")
            ink.rounded(cell, 3, fill=ground)
            if total < 0:
                ink.fill(QRectF(round(cell.center().x()) - 3, round(cell.center().y()), 6, 1.0), "t1")
            if item == self.pointed:
                ink.rounded(cell.adjusted(-1.5, -1.5, 1.5, 1.5), 4, line="t1")

    def _sums(self, ink: Ink, box: QRectF) -> None:
        totals = [bucket.total for _, bucket in self._days]
        green = sum(total > 0 for total in totals)
        streak = next((i for i, total in enumerate(reversed(totals)) if (total > 0) != (totals[-1] > 0)), len(totals))
        words = (
            ("Best", fmt.money_short(max(totals)), outcome(max(totals))),
            ("Worst", fmt.money_short(min(totals)), outcome(min(totals))),
            ("Green", f"{green} of {len(totals)}", "t1"),
            ("Streak", f"{streak} {'up' if totals[-1] > 0 else 'down'}", "t1"),
        )
        for i, (name, value, token) in enumerate(words):
            line = QRectF(box.left() + 10, box.top() + i * 22, box.width() - 10, 18)
            ink.text(line, name, px=11, token="t2")
            ink.text(line, value, px=11, weight=600, token=token, align=RIGHT)

    def _rows(self) -> int:
        """Weekends only where something was closed on one."""
        return 7 if any(day.weekday() > 4 for day, _ in self._days) else 5

    def _side(self) -> float:
        free = self.height() - TOP - 6
        return min(max((free - (self._rows() - 1) * GAP) / self._rows(), 8.0), LARGEST)

    def _weeks(self) -> int:
        """As many as fit."""
        return max(1, int((self.width() - LEFT_EDGE - SUMS + GAP) / (self._side() + GAP)))

    def _first_week(self) -> date:
        """The Monday of the first week in sight; the newest one is the last."""
        newest = self._days[-1][0]
        there = (newest - self._days[0][0]).days // 7 + 2  # the oldest day may be late in its week
        weeks = min(self._weeks(), there)
        return newest - timedelta(days=newest.weekday(), weeks=weeks - 1)

    def _boxes(self) -> list[tuple[int, QRectF]]:
        first, side = self._first_week(), self._side()
        made: list[tuple[int, QRectF]] = []
        for item in range(len(self._days) - 1, -1, -1):
            day = self._days[item][0]
            if day < first:
                break
            x, y = LEFT_EDGE + (day - first).days // 7 * (side + GAP), TOP + day.weekday() * (side + GAP)
            made.append((item, QRectF(x, y, side, side)))
        return made
