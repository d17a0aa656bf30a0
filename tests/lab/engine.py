"""What the interpreted engine says and does, evaluation by evaluation: answers of all rules, stops, exits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from cockpit.events import Batch, Heartbeat
from cockpit.session import Session
from cockpit.state import judging, reduce, resting
from cockpit.state.model import Held, State

NOT_ASKED = -9  # of rules that the market does not offer
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
        """A column for each of these rules; the market may not offer all of them, which is NOT_ASKED."""
        asked = [a.name for a in self.held.asked]
        heard = np.array(self.answers, np.int16).reshape(len(self.answers), len(asked))
        silent = np.full((len(self.answers), 1), NOT_ASKED, np.int16)
        return np.hstack([heard[:, [asked.index(name)]] if name in asked else silent for name in rules])


def heard(session: Session, events: Iterable[Batch | Heartbeat], *, acting: bool) -> list[Heard]:
    """Plays a session; one `Heard` a position, in the order of opening. Without `acting` all positions observe.

    A heartbeat through which the engine lets a position rest counts as an evaluation that finds what stood before.
    """
    found: dict[Held, Heard] = {}
    evaluated: dict[Held, None] = {}
    plain: Callable[[State, Held, float], None] = judging.evaluate

    def watched(state: State, held: Held, t: float) -> None:
        held.overrides.mode = "automatic" if acting else "observe"
        plain(state, held, t)
        evaluated[held] = None

    with pytest.MonkeyPatch.context() as patched:
        for caller in (reduce, resting):
            patched.setattr(caller, "evaluate", watched)
        for event in events:
            session.take(event)
            if isinstance(event, Heartbeat):
                evaluated |= dict.fromkeys(session.state.held.values())
            for held in evaluated:
                found.setdefault(held, Heard(held=held)).note()
            evaluated.clear()
    return sorted(found.values(), key=lambda one: one.held.seq)
