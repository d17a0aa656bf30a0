"""A made-up round trip, sampled every second: a stretch that stood, one unknown, and one that nobody told of."""

from dataclasses import replace

from cockpit.review import PathPoint, StoryMark, TripStory
from tests.widgets.frames_review import NS, story, trip

OPENED = trip().opened_ns


def point(second: float, level: float | None, **known: float | None) -> PathPoint:
    """So many seconds after the opening."""
    return PathPoint(at_ns=OPENED + round(second * NS), level=level, mark=level, **known)


PATH = (
    *(point(i, 58.0 + i % 5, delta=0.5 + i / 1e3, gamma=0.002, iv=0.12, oi=9e6) for i in range(60)),
    point(100, 64.0, delta=0.6, gamma=0.001, iv=0.13, oi=9e6),  # it stood until then
    point(150, None, delta=0.6),
    point(180, 66.0, delta=0.62, gamma=0.001, iv=0.13, oi=9.1e6),
    point(400, 66.0, delta=0.62, gamma=0.001, iv=0.13, oi=9.1e6),
    point(430, 66.0, delta=0.62, gamma=0.001, iv=0.13, oi=9.1e6),
)


def sampled(**changed: object) -> TripStory:
    """The story of `frames_review` with that path."""
    made = replace(story(), path=PATH, sampled_every_s=1.0)
    return replace(made, **changed)  # type: ignore[arg-type]


def mark(second: int, kind: str, text: str, price: float | None = None) -> StoryMark:
    """So many seconds after the opening."""
    return StoryMark(at_ns=OPENED + second * NS, kind=kind, price=price, text=text)
