"""The premium chart of one instant: its curves cut down to the screen, and the window of time and value they are in."""

from typing import NamedTuple

from PySide6.QtCore import QRectF

from cockpit.frame import DetailPart
from widgets.charts import curves
from widgets.charts.chart_span import Scale
from widgets.charts.curves import EMPTY, Floats
from widgets.charts.timeline import LEVEL, STOP, Timeline
from widgets.selected.ladder_places import break_even

SLOPE_S = 2.0  # rows further apart than this are joined by a step: nobody knows the way between them
SLOPE_PX = 2.5  # or as far apart on the screen, when a pixel is longer than that
FAR = 0.45  # of the range of what must be seen: a rung further away does not widen the axis
AIR_ABOVE, AIR_BELOW = 30.0, 24.0  # pixels between the curves and the edge, for captions and numbers of stages
AIR_RUNG = 10.0  # pixels between a rung and the edge

Curve = tuple[Floats, Floats]
NOTHING: Curve = (EMPTY, EMPTY)


class Scene(NamedTuple):
    """What is drawn; `stop` is cut into where it secures a profit and where it leaves a loss."""

    detail: DetailPart
    scale: Scale
    premium: Curve
    stop_times: Floats
    secured: Floats
    exposed: Floats
    newest: tuple[float, ...] | None  # the newest row in sight, time first

    def level_near(self, time: float, pixels: float) -> float | None:
        """The highest place, in pixels, of the premium within so many pixels of a time."""
        times, levels = self.premium
        reach = pixels / max(self.scale.area.width(), 1.0) * (self.scale.end - self.scale.start)
        near = levels[(times >= time - reach) & (times <= time + reach)]
        known = near[near == near]
        return self.scale.y(float(known.max())) if len(known) else None


def slope_limit(timeline: Timeline) -> float:
    """Seconds between two rows from which on a curve is level between them."""
    start, end = timeline.window
    return max(SLOPE_S, SLOPE_PX * (end - start) / timeline.columns)


def scene_of(timeline: Timeline, area: QRectF) -> Scene | None:
    """The scene of what the timeline shows, on that place; None without a position or before it has loaded."""
    detail, path = timeline.detail, timeline.path
    if detail is None or path is None:
        return None
    side = detail.position.level_side
    start, end = timeline.window
    premium, corners, held, newest = NOTHING, EMPTY, EMPTY, None
    if path.size:
        sight = path.sight(start, end, timeline.columns)
        premium = curves.held(*path.drawn(LEVEL, sight), slope_limit(timeline))
        corners, held = path.corners(STOP, sight)
        newest = path.row(sight.last - 1)
        if sight.last == path.size and len(corners):  # it rests there until something moves it
            corners, held = curves.joined((corners, held), (end, held[-1]))
    secured, exposed = curves.by_outcome(held, break_even(detail), side)
    low, high = _bounds(detail, premium[1], held, area.height())
    return Scene(detail, Scale(area, start, end, low, high), premium, corners, secured, exposed, newest)


def _bounds(detail: DetailPart, levels: Floats, stops: Floats, height: float) -> tuple[float, float]:
    """The axis: curves, entry and stop, the rungs that are not far, and room for words above and below."""
    must = curves.known_ends((levels, stops), (detail.chart.entry, detail.chart.stop))
    low, high = min(must), max(must)
    least = max(abs(high) * 0.001, 0.02)
    if high - low < least:
        low, high = (low + high - least) / 2.0, (low + high + least) / 2.0
    reach = (high - low) * FAR
    rungs = () if detail.ladder is None else detail.ladder.rungs
    near = [rung.price for rung in rungs if low - reach <= rung.price <= high + reach]
    lowest, highest = min((low, *near)), max((high, *near))
    point = (highest - lowest) / max(height - AIR_ABOVE - AIR_BELOW, height / 2.0, 1.0)
    return curves.steady(
        min(low - AIR_BELOW * point, lowest - AIR_RUNG * point),
        max(high + AIR_ABOVE * point, highest + AIR_RUNG * point),
    )
