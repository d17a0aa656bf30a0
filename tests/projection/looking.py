"""Sessions that are looked at: frames of what has been played."""

from collections.abc import Sequence
from typing import Any

from cockpit.frame import DetailPart, Frame
from cockpit.projection.projector import Projector
from tests.market_of import Event, Line, Playing, playing


def projector(played: Playing) -> Projector:
    """The only one of that session."""
    return Projector(played.state, "a feed", "DEMO")


def looked(lines: Sequence[Line], rules: Any = None, **given: Any) -> tuple[Playing, Projector, list[Frame]]:
    """The session to its last row, and a frame after every event."""
    begun, events = playing(lines, rules, **given)
    window = projector(begun)
    return begun, window, seen(begun, window, events)


def seen(played: Playing, window: Projector, events: Sequence[Event]) -> list[Frame]:
    """A frame after each of these events."""
    frames: list[Frame] = []
    for event in events:
        played.take(event)
        frames.append(window.frame())
    return frames


def detail(frame: Frame) -> DetailPart:
    """Of the watched position."""
    assert frame.detail is not None
    return frame.detail
