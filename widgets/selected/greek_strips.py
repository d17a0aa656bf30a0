"""Greeks, volatility and open interest over time: one strip each, on the time axis of the premium chart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QShowEvent

from widgets.charts.chart_span import Scale
from widgets.charts.read_out import NAMES, greek_words, paint_cross
from widgets.charts.time_chart import AXIS, TimeChart
from widgets.charts.timeline import GREEKS, Timeline
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, LEFT, RIGHT, Ink
from widgets.paint.signs import hatch
from widgets.paint.theme import Look

if TYPE_CHECKING:
    from widgets.charts.curves import Floats

TOKENS = {"delta": "s1", "gamma": "s4", "theta": "s3", "vega": "s1", "iv": "s4", "oi": "s2"}
AT_FIRST = ("delta", "theta", "oi")
AIR = 0.16  # of a strip, above and below its curve
LEAST_GAP = 3.0


class Strip(NamedTuple):
    """One strip as it is drawn: its curve from 0 at the bottom to 1 at the top, and its newest value."""

    name: str
    times: "Floats"
    heights: "Floats"
    newest: float | None
    newest_height: float


class GreekStrips(TimeChart):
    """Draws the strips of these names, the first on top; with `axis` it writes the times below."""

    def __init__(self, look: Look, timeline: Timeline, names: Sequence[str] = AT_FIRST, *, axis: bool = False) -> None:
        super().__init__(look, timeline, TOKENS, axis=AXIS if axis else 0)
        self._names = tuple(names)
        self.strips: tuple[Strip, ...] = ()
        self.setAccessibleName("Greeks over time")

    @property
    def names(self) -> tuple[str, ...]:
        """Which strips are drawn, from the top down."""
        return self._names

    def choose(self, names: Sequence[str]) -> None:
        """Draw these strips. Raises ValueError for a name that is none of them."""
        unknown = [name for name in names if name not in GREEKS]
        if unknown:
            raise ValueError(f"there is no strip {unknown[0]!r}; there are {', '.join(GREEKS)}")
        if tuple(names) != self._names:
            self._names = tuple(names)
            self.draw()

    def draw(self) -> None:
        """Cut the curves down to what is in sight, and paint them; nothing is done while it is not seen."""
        plot, timeline = self.plot, self.timeline
        if plot is None or not self.isVisible():
            return
        plot.setVisible(timeline.detail is not None)
        shown = {strip.name for strip in self.strips}
        self.strips = tuple(self._strip(name) for name in self._names)
        for name in shown.difference(self._names):
            plot.set_curve(name, *_nothing())
        for place, strip in enumerate(self.strips):
            plot.set_curve(strip.name, strip.times, strip.heights + (len(self.strips) - 1 - place))
        plot.set_window(*timeline.window, 0.0, max(len(self.strips), 1))
        self._describe()
        plot.refresh()

    def _strip(self, name: str) -> Strip:
        from widgets.charts import curves
        from widgets.selected.chart_scene import slope_limit

        track, which = self.timeline.greeks, GREEKS.index(name)
        if track is None or not track.size:
            return Strip(name, *_nothing(), None, 0.5)
        sight = track.sight(*self.timeline.window, self.timeline.columns)
        times, values = curves.held(*track.drawn(which, sight), slope_limit(self.timeline))
        ends = curves.known_ends((values,), ())
        low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
        if high - low < abs(high) * 1e-6 + 1e-12:
            low, high = low - 0.5, high + 0.5
        heights = AIR + (values - low) / (high - low) * (1.0 - 2.0 * AIR)
        last = track.row(sight.last - 1)[1 + which]
        newest = None if last != last else last
        known = heights[heights == heights]
        return Strip(name, times, heights, newest, float(known[-1]) if len(known) else 0.5)

    def _describe(self) -> None:
        said = [f"{NAMES[strip.name]} {greek_words(strip.name, strip.newest)}" for strip in self.strips]
        self.setAccessibleDescription(", ".join(said))

    # ------------------------------------------------------------------ painting

    def _scale(self, area: QRectF) -> Scale:
        return Scale(area, *self.timeline.window, 0.0, 1.0)

    def _places(self, area: QRectF) -> list[tuple[Strip, QRectF]]:
        height = area.height() / max(len(self.strips), 1)
        return [
            (strip, QRectF(area.left(), area.top() + i * height, area.width(), height))
            for i, strip in enumerate(self.strips)
        ]

    def paint_under(self, ink: Ink, area: QRectF) -> None:
        """Hairlines, gaps and the entry."""
        from widgets.charts import curves
        from widgets.selected.chart_ground import paint_time_axis

        scale = self._scale(area)
        for strip, box in self._places(area):
            y = round(box.top()) + 0.5
            ink.hairline(QPointF(box.left(), y), QPointF(box.right(), y))
            for begin, finish in curves.gaps(strip.times, strip.heights):
                left, right = max(scale.x(begin), box.left()), min(scale.x(finish), box.right())
                if right - left >= LEAST_GAP:
                    hatch(ink, QRectF(left, box.top() + 1, right - left, box.height() - 1))
        x = round(scale.x(self.timeline.opened_s)) + 0.5
        if area.left() < x < area.right():
            ink.pen("line2", 1.0, Qt.PenStyle.DashLine)
            ink.painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if self._axis:
            paint_time_axis(ink, scale, self.timeline.zone, self.timeline.instant(0.0))

    def paint_over(self, ink: Ink, area: QRectF) -> None:
        """Names, newest values, or those of the instant that is pointed at."""
        scale, pointed, at = self._scale(area), self._pointed(), self.timeline.pointed_s
        for strip, box in self._places(area):
            self._paint_name(ink, box, strip)
            self._paint_value(ink, box, strip, pointed)
        if pointed is not None and at is not None:
            paint_cross(ink, scale, self.timeline)
            if self._axis:
                middle = min(max(scale.x(at), area.left() + 30), area.right() - 30)
                box = QRectF(middle - 30, area.bottom() + 3, 60, 16)
                ink.rounded(box, 3, fill="bg2", line="line2")
                clock = fmt.clock(self.timeline.instant(at), self.timeline.zone)
                ink.text(box, clock, px=10, weight=500, align=CENTRE)

    def _paint_value(self, ink: Ink, box: QRectF, strip: Strip, pointed: list[float] | None) -> None:
        """The newest value at the height of the curve's end, or the one that is pointed at in its place."""
        value = greek_words(strip.name, strip.newest if pointed is None else pointed[GREEKS.index(strip.name)])
        y = min(max(box.bottom() - strip.newest_height * box.height(), box.top() + 9), box.bottom() - 9)
        width = ink.look.width(value, 11, 600) + 6
        words = QRectF(box.right() - 4 - width, y - 8, width, 16)
        ink.fill(words, "bg1")
        token = "t3" if value == fmt.UNKNOWN else "t1" if pointed is not None else TOKENS[strip.name]
        ink.text(words.adjusted(0, 0, -2, 0), value, px=11, weight=600, token=token, align=RIGHT)

    def _pointed(self) -> list[float] | None:
        at, track = self.timeline.pointed_s, self.timeline.greeks
        row = track.at(at) if at is not None and track is not None else None
        return None if row is None else list(row[1:])

    def _paint_name(self, ink: Ink, box: QRectF, strip: Strip) -> None:
        name = NAMES[strip.name]
        detail = self.timeline.detail
        if strip.name == "oi" and detail is not None and detail.open_interest is not None:
            once = "" if detail.open_interest.is_live else " · T\u22121, no change today"
            name = f"{name}, {detail.open_interest.unit}{once}"
        words = QRectF(box.left() + 8, box.top() + 3, ink.look.width(name, 10, 500) + 8, 14)
        ink.fill(words, "bg1")
        ink.text(words.adjusted(4, 0, 0, 0), name, px=10, weight=500, token="t2", align=LEFT)

    def showEvent(self, event: QShowEvent) -> None:
        """What happened while it was not seen."""
        self.draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, while there is no curve."""
        with Ink(self, self.look) as ink:
            ink.fill(QRectF(self.rect()), "bg1")


def _nothing() -> "tuple[Floats, Floats]":
    from widgets.charts.curves import EMPTY

    return EMPTY, EMPTY
