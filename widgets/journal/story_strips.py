"""Greeks, volatility and open interest of a round trip: one strip each, on the time axis of the chart above them."""

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from cockpit.review import PathPoint, TripStory
from widgets.charts.chart_span import Scale
from widgets.charts.read_out import NAMES, greek_words
from widgets.journal.story_path import Curve, is_known, paint_curve, paint_gaps, pixels
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink

HEIGHT = 28.0
SHARE = 0.38  # of the chart's height, at most
VALUE = 52.0  # right of the strips, as the chart has its axis
AIR = 0.14  # of a strip, above and below its curve
TOKENS = {"mark": "price", "delta": "s1", "gamma": "s4", "iv": "s3", "oi": "s2"}
"""The strips in the order in which there is room for them, and their colours."""


def strips_of(story: TripStory, found: Mapping[str, Curve], height: float) -> tuple[str, ...]:
    """What is drawn below a chart that is so high in all: what is known, and what it does not show itself."""
    if story.sampled_every_s is None:
        return ()
    known = [name for name in TOKENS if is_known(found[name]) and not (name == "mark" and story.basis == "premium")]
    return tuple(known[: int(height * SHARE / HEIGHT)])


def strip_words(name: str, point: PathPoint | None) -> str:
    """The value of a strip at an instant."""
    value: float | None = getattr(point, name) if point is not None else None  # a name of PathPoint
    return fmt.price(value) if name == "mark" else greek_words(name, value)


def strip_name(name: str) -> str:
    """As it is written in the strip."""
    return "Premium" if name == "mark" else NAMES[name]


def paint_strips(
    ink: Ink, time: Scale, names: Sequence[str], found: Mapping[str, Curve], point: PathPoint | None
) -> None:
    """From the top of `time.area` down, each with its name and its value at `point`, the instant of the cursor."""
    for place, name in enumerate(names):
        box = QRectF(time.area.left(), time.area.top() + place * HEIGHT, time.area.width(), HEIGHT)
        ink.hairline(QPointF(box.left(), round(box.top()) + 0.5), QPointF(box.right(), round(box.top()) + 0.5))
        scale = Scale(box, time.start, time.end, *_bounds(found[name]))
        ink.painter.setClipRect(box)
        paint_gaps(ink, scale, found[name])
        paint_curve(ink, pixels(scale, found[name]), TOKENS[name])
        ink.painter.setClipping(False)
        words = strip_name(name)
        plate = QRectF(box.left() + 8, box.top() + 3, ink.look.width(words, 10, 500) + 8, 13)
        ink.fill(plate, "bg1")
        ink.text(plate.adjusted(4, 0, 0, 0), words, px=10, weight=500, token="t2")
        value = strip_words(name, point)
        token = "t3" if value == fmt.UNKNOWN else TOKENS[name]
        ink.text(QRectF(box.right(), box.top(), VALUE, HEIGHT), value, px=12, weight=600, token=token, align=RIGHT)


def _bounds(curve: Curve) -> tuple[float, float]:
    """Lowest and highest value with some air; a value that never moved is in the middle."""
    low, high = float(np.nanmin(curve[1])), float(np.nanmax(curve[1]))
    if high - low < abs(high) * 1e-6 + 1e-12:
        low, high = low - 0.5, high + 0.5
    air = (high - low) * AIR / (1.0 - 2.0 * AIR)
    return low - air, high + air
