"""Level and stop of a position over time, kept for its chart."""

import math

from cockpit.exits.view import UNDERLYING
from cockpit.market.view import known
from cockpit.state.model import Held

CHUNK = 256
SAMPLE_S = 0.25
Point = tuple[float, float | None, float | None]


class Path:
    """Level and stop of one position over time, in chunks that never change once they are full."""

    def __init__(self, held: Held) -> None:
        self.chunks: list[tuple[Point, ...]] = []
        self.open: list[Point] = []
        self.last_t = -math.inf
        history, opened_t = held.contract.history, held.pos.opened_t
        if held.pos.basis != UNDERLYING:
            for t, mark in history.marks():
                if t < opened_t:
                    self.add(t, known(mark), None)

    def add(self, t: float, level: float | None, stop: float | None) -> None:
        """One more point; points closer than a quarter second replace one another."""
        if t - self.last_t < SAMPLE_S and self.open:
            self.open[-1] = (self.open[-1][0], level, stop)
            return
        self.last_t = t
        self.open.append((t, level, stop))
        if len(self.open) >= CHUNK:
            self.chunks.append(tuple(self.open))
            self.open = []

    def points(self) -> tuple[tuple[Point, ...], ...]:
        """All chunks, the growing one last."""
        return (*self.chunks, tuple(self.open))
