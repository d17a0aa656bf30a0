"""Open interest by strike as bars: calls solid, puts hollow, what was added today as a cap, what has gone dashed."""

from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPaintEvent, QPen

from cockpit.frame import OpenInterestPart, StrikePart
from widgets.charts.cursor_chart import CursorChart
from widgets.paint.amounts import amount, strike
from widgets.paint.ink import CENTRE, RIGHT, Ink
from widgets.paint.signs import hatch
from widgets.paint.theme import Look

EDGE, CAPTION, AXIS = 12.0, 18.0, 18.0
SLOT, SLOT_COMPACT = 45.0, 36.0  # pixels a strike wants; as many as fit are shown, the others by key and in the table
ROOMY_FROM = 500
WIDEST, NARROWEST = 26.0, 2.0  # of one bar
STUB = 10.0  # of hatch, where a value is unknown
NAMED_FROM = 160  # lower charts leave out the words of max pain: its mark stays
TOTALS_FROM = 180  # higher ones have room for the totals as well
DASHES = [2.0, 2.0]


class Bar(NamedTuple):
    """One side of a strike in shares of the highest bar: what stood and still stands, what came, what went."""

    kept: float
    added: float
    gone: float


def bar_of(now: float | None, change: float | None, highest: float) -> Bar | None:
    """The parts of a bar; None while the value is unknown. An unknown change is no change."""
    if now is None or highest <= 0.0:
        return None
    moved = change or 0.0
    added = min(max(moved, 0.0), now)
    return Bar((now - added) / highest, added / highest, max(-moved, 0.0) / highest)


def highest_of(strikes: tuple[StrikePart, ...]) -> float:
    """The tallest of all bars, what has gone included."""
    sides = [(row.calls, row.calls_change) for row in strikes] + [(row.puts, row.puts_change) for row in strikes]
    return max((now + max(-(change or 0.0), 0.0) for now, change in sides if now is not None), default=0.0)


class StrikeBars(CursorChart):
    """Strikes from left to right around the spot, with marks for spot, max pain and the strike that is held."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "open interest by strike")
        self._part: OpenInterestPart | None = None
        self._held: float | None = None

    def show_part(self, part: OpenInterestPart | None, held: float | None) -> None:
        """Paint that part; `held` is the strike of the watched position."""
        self._part, self._held = part, held
        if self.cursor_index is not None:
            self.move_cursor(self.cursor_index)
        self.update()

    @property
    def has_totals(self) -> bool:
        """Whether the totals stand over the bars, and not in the head of the pane."""
        return self.height() >= TOTALS_FROM

    def count(self) -> int:
        """Strikes."""
        return len(self._part.strikes) if self._part is not None else 0

    def home(self) -> int:
        """The strike that is held, else the one at the spot."""
        return next((i for i, row in enumerate(self._strikes()) if row.strike == self._held), self._middle())

    def window_of_strikes(self) -> range:
        """Which strikes are shown: those around the spot, moved so far that what is read out is among them."""
        slot = SLOT if self.width() >= ROOMY_FROM else SLOT_COMPACT
        fitting = min(self.count(), max(3, int(self._plot().width() / slot)))
        start = self._middle() - fitting // 2
        if self.cursor_index is not None:
            start = min(max(start, self.cursor_index - fitting + 1), self.cursor_index)
        start = max(0, min(start, self.count() - fitting))
        return range(start, start + fitting)

    def _middle(self) -> int:
        """The last strike at or below the spot; of an unknown spot the middle one."""
        spot = self._part.spot if self._part is not None else None
        if spot is None:
            return self.count() // 2
        return max(0, sum(row.strike <= spot for row in self._strikes()) - 1)

    def _shown(self) -> tuple[StrikePart, ...]:
        window = self.window_of_strikes()
        return self._strikes()[window.start : window.stop]

    def index_at(self, x: float) -> int | None:
        """The strike whose bars stand there."""
        plot = self._plot()
        shown = self.window_of_strikes()
        if not shown or not plot.left() <= x < plot.right():
            return None
        return shown.start + int((x - plot.left()) / (plot.width() / len(shown)))

    def said(self, index: int) -> str:
        """Both sides of a strike with their changes."""
        row = self._strikes()[index]
        calls, puts = amount(row.calls), amount(row.puts)
        calls_change, puts_change = amount(row.calls_change, signed=True), amount(row.puts_change, signed=True)
        return f"{strike(row.strike)}: calls {calls}, change {calls_change}; puts {puts}, change {puts_change}"

    def _strikes(self) -> tuple[StrikePart, ...]:
        return self._part.strikes if self._part is not None else ()

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(EDGE, CAPTION + 2, -EDGE, -AXIS)

    def _x(self, value: float) -> float | None:
        """Where a price stands between the strikes; None beyond them."""
        rows, plot = self._shown(), self._plot()
        slot = plot.width() / max(1, len(rows))
        for i, (low, high) in enumerate(pairwise(rows)):
            if low.strike <= value <= high.strike:
                share = (value - low.strike) / (high.strike - low.strike)
                return plot.left() + (i + 0.5 + share) * slot
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, axis, marks, and the read-out over them."""
        with Ink(self, self.look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            if self._part is None or not self._part.strikes:
                self._paint_empty(ink, box)
            else:
                self._paint_bars(ink)
                self._paint_axis(ink)
                self._paint_marks(ink, self._part)
            if self.hasFocus():
                ink.focus_ring(box, 3)

    def _paint_empty(self, ink: Ink, box: QRectF) -> None:
        why = "Select a position on an option." if self._part is None else "No strike of this expiry has a value yet."
        ink.text(QRectF(box.left(), box.center().y() - 20, box.width(), 20), "n/a", weight=600, align=CENTRE)
        ink.text(QRectF(box.left(), box.center().y(), box.width(), 20), why, px=11, token="t2", align=CENTRE)

    def _paint_bars(self, ink: Ink) -> None:
        plot, rows, first = self._plot(), self._shown(), self.window_of_strikes().start
        slot, highest = plot.width() / len(rows), highest_of(rows)
        width = float(round(min(max(slot * 0.34, NARROWEST), WIDEST)))
        for i, row in enumerate(rows):
            left = plot.left() + i * slot
            if first + i == self.cursor_index:
                ink.fill(QRectF(left, CAPTION, slot, self.height() - CAPTION), "bg2")
            middle = round(left + slot / 2)
            foot = round(plot.bottom())
            calls = bar_of(row.calls, row.calls_change, highest)
            puts = bar_of(row.puts, row.puts_change, highest)
            _paint_bar(ink, QRectF(middle - 1 - width, foot, width, plot.height()), calls, "call")
            _paint_bar(ink, QRectF(middle + 1, foot, width, plot.height()), puts, "put")
        y = round(plot.bottom()) + 0.5
        ink.hairline(QPointF(plot.left(), y), QPointF(plot.right(), y), "line2")

    def _paint_axis(self, ink: Ink) -> None:
        plot, rows, first = self._plot(), self._shown(), self.window_of_strikes().start
        slot = plot.width() / len(rows)
        widest = max(self.look.width(strike(row.strike), 10, 600) for row in rows)
        step = max(1, -int(-(widest + 4) // slot))
        held, index = self.home(), self.cursor_index
        for i, row in enumerate(rows, start=first):
            if (i - held) % step:
                continue
            own = row.strike == self._held
            box = QRectF(plot.left() + (i - first) * slot, plot.bottom() + 2, slot, AXIS - 3)
            token = "t1" if own or i == index else "t2"
            ink.text(box, strike(row.strike), px=10, weight=600 if own else 500, token=token, align=CENTRE)

    def _paint_marks(self, ink: Ink, part: OpenInterestPart) -> None:
        """Spot and max pain; while something is read out, that takes the line of their words."""
        plot = self._plot()
        spot = self._x(part.spot) if part.spot is not None else None
        pain = self._x(part.max_pain) if part.max_pain is not None else None
        if spot is not None:
            x = round(spot) + 0.5
            ink.pen("t2", 1.0, Qt.PenStyle.DashLine)
            ink.painter.drawLine(QPointF(x, 2.0), QPointF(x, plot.bottom()))
        if pain is not None:
            mark = QPainterPath(QPointF(pain, plot.bottom() - 5))
            mark.lineTo(pain + 4.5, plot.bottom() + 1)
            mark.lineTo(pain - 4.5, plot.bottom() + 1)
            mark.closeSubpath()
            ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing)
            ink.painter.fillPath(mark, ink.colour("t1"))
            ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing, False)
        index = self.cursor_index
        if index is not None:
            self._paint_readout(ink, index)
        else:
            self._paint_words(ink, part, spot, pain)

    def _paint_words(self, ink: Ink, part: OpenInterestPart, spot: float | None, pain: float | None) -> None:
        """Unit, totals, and what the marks are called, where there is room for it: the spot first."""
        plot = self._plot()
        line = QRectF(plot.left(), 1, plot.width(), CAPTION - 2)
        unit = part.unit if part.is_live else f"{part.unit}, T\u22121"
        left = ink.run(line, unit, px=10, weight=500, token="t3") + 8
        right = self._paint_totals(ink, line, part)
        begun = ended = 0.0
        if spot is not None and part.spot is not None:
            words = f"spot {strike(round(part.spot))}"
            width = ink.look.width(words, 10, 600)
            before = pain is not None and pain > spot  # max pain has the other side
            begun = spot - 6 - width if before and spot - 6 - width >= left else spot + 6
            begun = max(min(begun, right - width), left)
            ended = begun + width
            ink.text(QRectF(begun, line.top(), width, line.height()), words, px=10, weight=600)
        if pain is not None and part.max_pain is not None and self.height() >= NAMED_FROM:
            words = f"max pain {strike(part.max_pain)}"
            width = ink.look.width(words, 10, 500)
            rooms = [(left, begun - 8), (max(ended + 8, (spot or 0.0) + 6), right)] if ended else [(left, right)]
            places = [max(min(pain - width / 2, end - width), start) for start, end in rooms if end - start >= width]
            if places:
                begin = min(places, key=lambda x: abs(x + width / 2 - pain))
                ink.text(QRectF(begin, line.top(), width, line.height()), words, px=10, weight=500, token="t2")

    def _paint_totals(self, ink: Ink, line: QRectF, part: OpenInterestPart) -> float:
        """Both totals at the right where there is room; the x at which they begin."""
        right = line.right()
        if self.has_totals:
            for words, token in ((f"P {amount(part.puts)}", "put"), (f"C {amount(part.calls)}", "call")):
                box = QRectF(line.left(), line.top(), right - line.left(), line.height())
                ink.text(box, words, px=11, weight=600, token=token, align=RIGHT)
                right -= ink.look.width(words, 11, 600) + 12
        return right

    def _paint_readout(self, ink: Ink, index: int) -> None:
        row, plot = self._strikes()[index], self._plot()
        line = QRectF(plot.left(), 0, plot.width(), CAPTION)
        ink.fill(line, "bg1")
        left = ink.run(line, strike(row.strike), px=11, weight=600)
        sides = (("C", "call", row.calls, row.calls_change), ("P", "put", row.puts, row.puts_change))
        for name, token, value, change in sides:
            left = ink.run(line.adjusted(left - line.left() + 14, 0, 0, 0), name, px=11, weight=600, token=token)
            left = ink.run(line.adjusted(left - line.left() + 5, 0, 0, 0), amount(value), px=11, weight=500)
            words = amount(change, signed=True)
            left = ink.run(line.adjusted(left - line.left() + 6, 0, 0, 0), words, px=11, token="t2")
        ratio = row.puts / row.calls if row.calls and row.puts is not None else None
        if ratio is not None and left + 70 < line.right():
            ink.text(line, f"P/C {ratio:.2f}", px=11, token="t2", align=RIGHT)


def _paint_bar(ink: Ink, place: QRectF, bar: Bar | None, token: str) -> None:
    """One bar that stands on the top of `place`, whose height is that of the highest."""
    if bar is None:
        hatch(ink, QRectF(place.left(), place.top() - STUB, place.width(), STUB), "t3")
        return
    kept, added, gone = (round(share * place.height()) for share in bar)
    left, foot, width = place.left(), place.top(), place.width()
    top = foot - kept - added
    body = QRectF(left, top, width, kept + added)
    if gone > 1:
        outline = QPen(ink.colour(token), 1.0)
        outline.setDashPattern(DASHES)
        ink.no_pen()  # it forgets which pen is set
        ink.painter.setPen(outline)
        ink.painter.drawRect(QRectF(left, top - gone, width - 1, gone))
    if token == "call":
        ink.fill(body, ink.look.tint("bg1", token, 0.55))
    elif body.height() >= 1:
        ink.fill(body, ink.look.tint("bg1", token, 0.12))
        ink.pen(token)
        ink.painter.drawRect(body.adjusted(0, 0, -1, 0))
    if added:
        ink.fill(QRectF(left, top, width, added), token)
