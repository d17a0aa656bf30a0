"""How far each round trip went against the position and for it: where stops are too tight and profits left behind."""

from PySide6.QtCore import QPointF, QRectF

from cockpit.review import Excursion
from widgets.charts import curves
from widgets.journal.review_chart import AXIS, TIMES, ReviewChart, value_axis, y_of
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, LEFT, Ink
from widgets.paint.signs import outcome
from widgets.paint.theme import Look
from widgets.parts.table_columns import Cell, Column

TOP = 26.0
NEAR = 14.0  # pixels
CROWDED = 0.98  # the share of dots that is in sight: a few far ones would press all others into a corner


class ExcursionChart(ReviewChart):
    """Across: the worst, in percent of the entry; upwards: the best. Winners are filled, losers hollow."""

    columns = (
        Column("key", "Round trip", "S0001/P0001", LEFT),
        Column("against", "MAE", "−123.4 %"),
        Column("towards", "MFE", "+123.4 %"),
        Column("net", "Net", "−12 345 678.90", stretches=True),
    )

    def __init__(self, look: Look) -> None:
        super().__init__(look, "excursions")
        self._dots: tuple[Excursion, ...] = ()
        self._ends = (1.0, 1.0)

    @property
    def count(self) -> int:
        """Round trips whose excursions are known."""
        return len(self._dots)

    def key(self, item: int) -> str:
        """SESSION/ID of that one."""
        return self._dots[item].key

    def prepare(self) -> None:
        """Take the dots, and medians for the caption."""
        self._dots = self.review.excursions if self.review is not None else ()
        self._ends = _end([-dot.against for dot in self._dots]), _end([dot.towards for dot in self._dots])
        won, lost = (
            sorted(-d.against for d in self._dots if d.net > 0),
            sorted(d.towards for d in self._dots if d.net < 0),
        )
        parts = [f"winners' median MAE {fmt.number(-won[len(won) // 2], 1)} %"] if won else []
        parts += [f"losers' median MFE {fmt.number(lost[len(lost) // 2], 1, signed=True)} %"] if lost else []
        self.caption = ", ".join(parts)

    def words_of(self, item: int) -> str:
        """Which one, and its three figures."""
        dot = self._dots[item]
        return f"{dot.key}   MAE {fmt.percent(dot.against)}   MFE {fmt.percent(dot.towards)}   net {fmt.money(dot.net)}"

    def nearest(self, at: QPointF) -> int | None:
        """The dot closest to the mouse."""
        area = self._area()
        places = [self._place(dot, area) for dot in self._dots]
        best = min(range(len(places)), key=lambda i: (places[i] - at).manhattanLength())
        return best if (places[best] - at).manhattanLength() <= NEAR else None

    def rows(self) -> list[tuple[Cell, ...]]:
        """The newest first."""
        return [
            (
                Cell(dot.key, "t2"),
                Cell(fmt.percent(dot.against)),
                Cell(fmt.percent(dot.towards)),
                Cell(fmt.money(dot.net), outcome(dot.net)),
            )
            for dot in self._dots
        ]

    def paint_in(self, ink: Ink, box: QRectF) -> None:
        """Axes in percent of the entry, and the dots."""
        area, (across, up) = self._area(), self._ends
        value_axis(ink, area, 0.0, up, unit=" %")
        ink.hairline(QPointF(area.left(), area.bottom()), QPointF(area.right(), area.bottom()), "line2")
        ticks, _ = curves.value_ticks(0.0, across, max(2, int(area.width() / 90)))
        for value in ticks:
            x = area.left() + value / across * area.width()
            words = QRectF(x - 40 if value else x, area.bottom() + 3, 80, 14)
            text = f"{fmt.number(-value, 0 if across > 3 else 1)} %"
            ink.text(words, text, px=10, weight=500, token="t2", align=CENTRE if value else LEFT)
        if self.pointed is None:
            ink.text(QRectF(12, 5, 300, 16), "best against worst, % of the entry", px=10, weight=500, token="t2")
        ink.painter.setClipRect(area.adjusted(-3, -3, 3, 3))
        for i, dot in enumerate(self._dots):
            at = self._place(dot, area)
            spot = QRectF(round(at.x()) - 2, round(at.y()) - 2, 4, 4)
            if dot.net > 0:
                ink.fill(spot, "profit")
            else:
                ink.pen("loss")
                ink.painter.drawRect(spot)
            if i == self.pointed:
                ink.pen("t1")
                ink.painter.drawRect(spot.adjusted(-3, -3, 3, 3))
        ink.painter.setClipping(False)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(12, TOP, -AXIS, -TIMES)

    def _place(self, dot: Excursion, area: QRectF) -> QPointF:
        across, up = self._ends
        x = area.left() + min(-dot.against / across, 1.0) * area.width()
        return QPointF(x, y_of(area, 0.0, up, min(dot.towards, up)))


def _end(values: list[float]) -> float:
    """Where an axis ends so that nearly all values are in sight; the others stand at its end."""
    if not values:
        return 1.0
    ordered = sorted(values)
    return max(1.1 * ordered[min(int(CROWDED * len(ordered)), len(ordered) - 1)], 0.1)
