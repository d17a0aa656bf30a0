"""The regime of each underlying, bar by bar."""

from typing import Any

from cockpit.frame import RegimePart
from cockpit.market.underlying import Underlying
from cockpit.market.view import REGIME_NAMES, known


class Regimes:
    """Makes the part of one underlying anew when a bar has been completed."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._part: RegimePart | None = None

    def part(self, under: Underlying) -> RegimePart:
        """Of that underlying."""
        key = under.name, under.bars, under.regime
        if self._part is None or key != self._key:
            self._key = key
            scores = under.regime_scores
            self._part = RegimePart(
                underlying=under.name, label=REGIME_NAMES[under.regime], trend=known(scores.trend),
                range=known(scores.range), panic=known(scores.panic), bars=under.bars, history=tuple(under.regimes),
            )  # fmt: skip
        return self._part
