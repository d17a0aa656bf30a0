"""What the interpreted engine says and does, evaluation by evaluation: answers of all rules, stops, exits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from cockpit.events import Batch, Heartbeat
from cockpit.state import reduce as reducing
from cockpit.state.model import Held, State
from cockpit.wiring import Replay

Array = np.ndarray[Any, Any]


@dataclass(slots=True, kw_only=True)
class Heard:
    """One position, a line an evaluation."""

    held: Held
    answers: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    stops: list[tuple[float, ...]] = field(default_factory=list[tuple[float, ...]])

    def note(self) -> None:
        """What stands once the event is over."""
        self.answers.append(tuple(self.held.answers))
        self.stops.append(tuple(a.m.stop for a in self.held.stop_rules))

    def answers_of(self, rules: tuple[str, ...]) -> Array:
        """A column for each of these rules; the market may not offer all of them, which is no answer (-9)."""
        asked = [a.name for a in self.held.asked]
        heard = np.array(self.answers, np.int16).reshape(len(self.answers), len(asked))
        silent = np.full((len(self.answers), 1), -9, np.int16)
        return np.hstack([heard[:, [asked.index(name)]] if name in asked else silent for name in rules])


def heard(replay: Replay, events: Iterable[Batch | Heartbeat], *, acting: bool) -> list[Heard]:
    """Plays a session; one `Heard` a position, in the order of opening. Without `acting` all positions observe."""
    found: dict[Held, Heard] = {}
    evaluated: list[Held] = []
    plain: Callable[[State, Held, float], None] = reducing.evaluate

    def watched(state: State, held: Held, t: float) -> None:
        held.overrides.mode = "automatic" if acting else "observe"
        plain(state, held, t)
        evaluated.append(held)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reducing, "evaluate", watched)
        for event in events:
            replay.session.take(event)
            for held in evaluated:
                found.setdefault(held, Heard(held=held)).note()
            evaluated.clear()
    return sorted(found.values(), key=lambda one: one.held.seq)
