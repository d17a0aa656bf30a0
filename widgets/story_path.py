"""The path of a round trip as curves: what stood is level, and what nobody was told of is a gap."""

import numpy as np

from cockpit.review import TripStory
from widgets.curves import Floats
from widgets.format import NS

LATE = 1.5  # times the pace at which the journal tells of it: after that there is a gap
STOOD = 1.5  # times the pace of samples: after that a value has stood and did not slope
VALUES = ("level", "mark", "delta", "gamma", "iv", "oi")
Curve = tuple[Floats, Floats]


def curves_of(story: TripStory) -> dict[str, Curve]:
    """Of each of `VALUES` seconds since the opening, and values, NaN for unknown."""
    opened = story.trip.opened_ns
    times = np.array([(point.at_ns - opened) / NS for point in story.path], dtype=np.float64)
    every_s = story.sampled_every_s
    spans = np.diff(times)
    late = spans > LATE * max(story.expected_every_s, every_s or 0.0)
    stood = (spans > STOOD * every_s) & ~late if every_s is not None else np.zeros_like(late)
    corners = np.flatnonzero(late | stood) + 1
    at = np.insert(times, corners, times[corners])
    made: dict[str, Curve] = {}
    for name in VALUES:
        values = np.array([getattr(point, name) for point in story.path], dtype=np.float64)
        before = np.where(late[corners - 1], np.nan, values[corners - 1])
        made[name] = at, np.insert(values, corners, before)
    return made


def is_known(curve: Curve) -> bool:
    """Whether there is anything to draw."""
    return bool((curve[1] == curve[1]).any())
