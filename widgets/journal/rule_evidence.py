"""What leaving by each rule has come to: a dot and its 95 % whisker, filled only where it is clear of 0."""

from PySide6.QtCore import QPointF, QRectF, Qt

from cockpit.review import RuleLine
from widgets.journal.kpi_strip import bounds
from widgets.journal.review_chart import ReviewChart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT, RIGHT, Ink
from widgets.paint.signs import outcome
from widgets.paint.theme import Look
from widgets.parts.table_columns import Cell, Column

NAME, NUMBERS, TOP = 178.0, 176.0, 18.0


def verdict(line: RuleLine) -> str:
    """Whether the evidence suffices, in words."""
    if line.more_needed == 0:
        return "clear of 0"
    return "too few to tell" if line.more_needed is None else f"≈ {fmt.number(line.more_needed, 0)} more"


class RuleEvidence(ReviewChart):
    """Average net a round trip with its interval, one line a rule, the most frequent first."""

    columns = (
        Column("rule", "Exit rule", "Open interest reversal", LEFT),
        Column("count", "Round trips", "12 345"),
        Column("rate", "Win rate, 95 %", "100 % (100 to 100)"),
        Column("average", "Average", "−123 456.78"),
        Column("interval", "95 %", "−123 456.78 to −123 456.78"),
        Column("total", "Net", "−12 345 678.90"),
        Column("more", "Evidence", "≈ 100 000 more", LEFT, stretches=True),
    )
    caption = "average net a round trip, with its 95 % interval"

    def __init__(self, look: Look) -> None:
        super().__init__(look, "exit rules")
        self._lines: tuple[RuleLine, ...] = ()

    @property
    def count(self) -> int:
        """Rules that left anything."""
        return len(self._lines)

    def prepare(self) -> None:
        """Take the rules."""
        self._lines = self.review.report.rules if self.review is not None else ()

    def rule(self, item: int) -> str:
        """The rule of that line."""
        return self._lines[item].name

    def words_of(self, item: int) -> str:
        """Everything about one rule."""
        line = self._lines[item]
        said = f"{fmt.title(line.name)}   n {line.count}   average {fmt.money(line.average.value)}"
        return f"{said}   95 % {bounds(line.average)}   win rate {_rate(line)}   {verdict(line)}"

    def nearest(self, at: QPointF) -> int | None:
        """The line under the mouse."""
        item = int((at.y() - TOP) // self._height())
        return item if at.y() >= TOP and item < self.count else None

    def rows(self) -> list[tuple[Cell, ...]]:
        """The same order."""
        return [
            (
                Cell(fmt.title(line.name)),
                Cell(fmt.number(line.count, 0)),
                Cell(_rate(line)),
                Cell(fmt.money(line.average.value), outcome(line.average.value) if line.average.is_clear else "t1"),
                Cell(bounds(line.average), "t2"),
                Cell(fmt.money(line.total), outcome(line.total)),
                Cell(verdict(line), "t2"),
            )
            for line in self._lines
        ]

    def paint_in(self, ink: Ink, box: QRectF) -> None:
        """Names, whiskers over a common axis with 0, and the numbers."""
        area = QRectF(NAME, TOP, max(40.0, box.width() - NAME - NUMBERS), box.height() - TOP)
        ends = [end for line in self._lines for end in _ends(line)]
        low, high = min(0.0, *ends), max(0.0, *ends)
        scale = (area.width() - 16) / ((high - low) or 1.0)
        zero = round(area.left() + 8 - low * scale) + 0.5
        height = self._height()
        bottom = min(TOP + self.count * height, box.bottom())
        ink.hairline(QPointF(zero, TOP - 4), QPointF(zero, bottom), "line2")
        ink.text(QRectF(zero - 20, TOP - 15, 40, 12), "0", px=9, weight=500, token="t2", align=0.5)
        for i, line in enumerate(self._lines):
            row = QRectF(0, TOP + i * height, box.width(), height)
            if row.bottom() > box.bottom() + 2 and i:
                ink.fill(QRectF(0, row.top() - height, box.width(), height * 2), "bg1")
                ink.text(row.translated(12, -height), f"{self.count - i + 1} more: show as table", px=10, token="t2")
                break
            if i == self.pointed:
                ink.fill(row, "bg2")
            self._numbers(ink, row, line)
            self._whisker(ink, area, row.center().y(), line, (zero, scale))

    def _numbers(self, ink: Ink, row: QRectF, line: RuleLine) -> None:
        name = QRectF(12, row.top(), NAME - 54, row.height())
        ink.elided(name, fmt.short_rule(line.name), px=11, weight=500)
        ink.text(
            QRectF(NAME - 44, row.top(), 34, row.height()), fmt.number(line.count, 0), px=11, token="t2", align=RIGHT
        )
        left = row.right() - NUMBERS
        token = outcome(line.average.value) if line.average.is_clear else "t2"
        words = fmt.number(line.average.value, 0, signed=True)
        ink.text(QRectF(left, row.top(), 62, row.height()), words, px=11, weight=600, token=token, align=RIGHT)
        ink.elided(QRectF(left + 74, row.top(), NUMBERS - 86, row.height()), verdict(line), px=11, token="t2")

    def _whisker(self, ink: Ink, area: QRectF, middle: float, line: RuleLine, axis: tuple[float, float]) -> None:
        zero, scale = axis
        clear = line.average.is_clear
        token = outcome(line.average.value) if clear else "t3"
        low, high = _ends(line)
        y = round(middle) + 0.5
        ink.hairline(QPointF(zero + low * scale, y), QPointF(zero + high * scale, y), token)
        for end in (low, high):
            ink.hairline(QPointF(zero + end * scale, y - 3), QPointF(zero + end * scale, y + 3), token)
        painter = ink.painter
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        ink.pen(token, 1.4)
        painter.setBrush(ink.colour(token if clear else "bg1"))
        painter.drawEllipse(QPointF(zero + line.average.value * scale, middle), 3.5, 3.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)

    def _height(self) -> float:
        """All of them where they fit, never less than can be read."""
        return min(24.0, max(16.0, (self.height() - TOP - 2) / max(self.count, 1)))


def _ends(line: RuleLine) -> tuple[float, float]:
    average = line.average
    return (
        average.value if average.low is None else average.low,
        average.value if average.high is None else average.high,
    )


def _rate(line: RuleLine) -> str:
    low, high = line.win_rate.low or 0.0, line.win_rate.high or 0.0
    return f"{100 * line.win_rate.value:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
