"""The regime of each underlying, bar by bar."""

from collections import deque
from typing import Any

from cockpit.frame import RegimePart
from cockpit.market.underlying import Underlying
from cockpit.market.view import REGIME_NAMES, known
from cockpit.state.model import State

BARS = 1440
APART_S = 1.0
Scored = tuple[float, float, float, float]


class Regimes:
    """Follows the scores of all underlyings; makes the part of one when a bar has been completed."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._history: dict[str, deque[Scored]] = {}
        self._bars: dict[str, int] = {}
        self._sampled_t = -APART_S
        self._key: tuple[Any, ...] = ()
        self._part: RegimePart | None = None

    def sample(self, t: float) -> None:
        """Remembers the scores of every bar that has been completed since."""
        if t - self._sampled_t < APART_S:
            return
        self._sampled_t = t
        for under in self.state.underlyings.values():
            self._note(under, t)

    def _note(self, under: Underlying, t: float) -> None:
        if under.bars == self._bars.get(under.name, 0):
            return
        self._bars[under.name] = under.bars
        scores = under.regime_scores
        if scores.known:
            past = self._history.setdefault(under.name, deque(maxlen=BARS))
            past.append((t // 60.0 * 60.0, scores.trend, scores.range, scores.panic))

    def part(self, under: Underlying, t: float) -> RegimePart:
        """Of that underlying."""
        self._note(under, t)
        key = under.name, under.bars, under.regime
        if self._part is None or key != self._key:
            self._key = key
            scores = under.regime_scores
            self._part = RegimePart(
                underlying=under.name, label=REGIME_NAMES[under.regime], trend=known(scores.trend),
                range=known(scores.range), panic=known(scores.panic), bars=under.bars,
                history=tuple(self._history.get(under.name, ())),
            )  # fmt: skip
        return self._part
