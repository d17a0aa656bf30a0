"""The path of a round trip as curves: what stood is level, and what nobody was told of is a hatched gap."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from cockpit.review import TripStory
from widgets.charts import curves
from widgets.charts.chart_span import Scale
from widgets.charts.curves import Floats
from widgets.paint.format import NS
from widgets.paint.ink import Ink
from widgets.paint.signs import hatch

LATE = 1.5  # times the pace at which the journal tells of it: after that there is a gap
STOOD = 1.5  # times the pace of samples: a value that is older has stood since, and did not slope
LEAST_GAP = 2.0  # pixels
VALUES = ("level", "mark", "delta", "gamma", "iv", "oi")
Curve = tuple[Floats, Floats]


def curves_of(story: TripStory) -> dict[str, Curve]:
    """Of each of `VALUES` the seconds since the opening, and the values, NaN for unknown."""
    opened, every_s = story.trip.opened_ns, story.sampled_every_s
    times = np.array([(point.at_ns - opened) / NS for point in story.path], dtype=np.float64)
    spans = np.diff(times)
    late = spans > LATE * max(story.expected_every_s, every_s or 0.0)
    stood = ~late & (spans > STOOD * every_s) if every_s is not None else np.zeros_like(late)
    corners = np.flatnonzero(late | stood) + 1
    at = np.insert(times, corners, times[corners])
    made: dict[str, Curve] = {}
    for name in VALUES:
        values = np.array([getattr(point, name) for point in story.path], dtype=np.float64)
        made[name] = at, np.insert(values, corners, np.where(late[corners - 1], np.nan, values[corners - 1]))
    return made


def stop_of(story: TripStory, last_ns: int) -> Curve:
    """The corners of the held stop until that instant, on the same terms."""
    at = [stop.at_ns for stop in story.stops] + [last_ns][: len(story.stops)]
    levels = [stop.level for stop in story.stops] + [stop.level for stop in story.stops[-1:]]
    times = (np.array(at, dtype=np.int64) - story.trip.opened_ns) / NS
    return curves.stepped(times, np.array(levels, dtype=np.float64))


def is_known(curve: Curve) -> bool:
    """Whether there is anything to draw."""
    return bool((~np.isnan(curve[1])).any())


def paint_gaps(ink: Ink, scale: Scale, curve: Curve) -> None:
    """Hatched where nothing was told for too long, or was unknown."""
    area = scale.area
    for begin, end in curves.gaps(*curve):
        left, right = max(scale.x(begin), area.left()), min(scale.x(end), area.right())
        if right - left >= LEAST_GAP:
            hatch(ink, QRectF(left, area.top(), right - left, area.height()))


def pixels(scale: Scale, curve: Curve) -> Curve:
    """Where its points are, at most two a pixel column; NaN where it is unknown."""
    area = scale.area
    times, values = curves.decimated(*curve, scale.start, scale.end, max(int(area.width()), 1))
    xs = scale.x(0.0) + times * (area.width() / (scale.end - scale.start))
    return xs, scale.y(0.0) - values * (area.height() / (scale.high - scale.low))


def paint_curve(ink: Ink, places: Curve, token: str) -> None:
    """From one known instant to the next; `places` are `pixels`."""
    xs, ys = places
    ink.pen(token)
    for begin, end in _runs(ys):
        line = zip(xs[begin:end].tolist(), ys[begin:end].tolist(), strict=True)
        ink.painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in line]))


def is_under(box: QRectF, places: Curve) -> bool:
    """Whether the curve passes below `box`: through one of its edges, or with a point in it."""
    xs, ys = places
    if not len(xs):
        return False
    edges = np.interp([box.left(), box.right()], xs, ys, left=np.nan, right=np.nan)
    near = np.concatenate((ys[(xs >= box.left()) & (xs <= box.right())], edges))
    near = near[~np.isnan(near)]
    return bool(len(near)) and float(near.min()) <= box.bottom() and float(near.max()) >= box.top()


def _runs(values: Floats) -> Iterator[tuple[int, int]]:
    """Where known values follow one another, two of them at least."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (~np.isnan(values)).astype(np.int8), [0]))))
    for begin, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - begin > 1:
            yield begin, end
