"""Values over time for the charts: level and stop of a position, and its Greeks; a chunk that is full never changes."""

import math
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from cockpit.exits.view import UNDERLYING
from cockpit.frame import StripPoint
from cockpit.market.history import DELTA, STOOD, THETA, TIME
from cockpit.market.terms import Terms
from cockpit.market.view import known
from cockpit.state.model import Held

CHUNK = 256
PATH_S, STRIP_S = 0.25, 1.0
UNSEEN_S = 60.0
Point = tuple[float, float | None, float | None]
Value = TypeVar("Value")
Row = TypeVar("Row", Point, StripPoint)
Chunks = tuple[tuple[Row, ...], ...]


class Samples(Generic[Row]):
    """Points in order of time, at least `every_s` apart; of a stretch in which nothing changes only its two ends.

    So a value that stands is drawn level up to the point before its change, however seldom the market is seen.
    """

    def __init__(self, every_s: float) -> None:
        self.every_s = every_s
        self._chunks: tuple[tuple[Row, ...], ...] = ()
        self._open: list[Row] = []
        self._taken_t = -math.inf
        self._points: tuple[tuple[Row, ...], ...] | None = None

    def is_due(self, t: float) -> bool:
        """Whether a point at `t` is far enough from the last one."""
        return t - self._taken_t >= self.every_s

    def add(self, point: Row) -> None:
        """One more point, not before the last one."""
        points = self._open
        self._points = None
        self._taken_t = point[0]
        if len(points) > 1 and points[-1][1:] == points[-2][1:] == point[1:]:
            points[-1] = point
            return
        points.append(point)
        if len(points) >= CHUNK:
            self._chunks = (*self._chunks, tuple(points))
            self._open = []

    def amend(self, point: Row) -> None:
        """A point too soon after the last one: its values replace that one's, unless that one ends a level stretch."""
        points = self._open
        if not points or points[-1][1:] == point[1:]:
            return
        if len(points) > 1 and points[-1][1:] == points[-2][1:]:
            self.add(point)
        else:
            points[-1] = point
            self._points = None

    def points(self) -> tuple[tuple[Row, ...], ...]:
        """All chunks, the growing one last; the same object until something is added."""
        if self._points is None:
            self._points = (*self._chunks, tuple(self._open)) if self._open else self._chunks
        return self._points


class Track:
    """What is drawn of one position: `path` has level and stop, `strip` the Greeks, both from before its entry on.

    One that begins at `t`, long after the entry, is of a resumed position: nothing is drawn of what was before.
    """

    def __init__(self, held: Held, terms: Terms, t: float) -> None:
        self.path: Samples[Point] = Samples(PATH_S)
        self.strip: Samples[StripPoint] = Samples(STRIP_S)
        seen = [row for row in held.contract.history.rows if row[TIME] < held.pos.opened_t]
        opened_t = held.pos.opened_t
        if held.pos.basis != UNDERLYING:
            marks = [(row[TIME], known(row[STOOD])) for row in seen]
            for at, mark in steps(marks, opened_t, terms.quote_limit_s, PATH_S):
                self.path.add((at, mark, None))
        if held.contract.is_option:
            greeks = [(row[TIME], (row[DELTA], row[THETA])) for row in seen if row[DELTA] == row[DELTA]]
            for at, both in steps(greeks, opened_t, terms.greeks_limit_s, STRIP_S):
                delta, theta = both or (math.nan, math.nan)
                self.strip.add((at, known(delta), None, known(theta), None, None, None))
        if t - opened_t > UNSEEN_S:
            self.path.add((opened_t, None, None))
            if held.contract.is_option:
                self.strip.add((opened_t, None, None, None, None, None, None))

    def take(self, held: Held, t: float, stop: float) -> None:
        """The position as it is at `t`; `stop` is NaN while none acts."""
        pos, path = held.pos, self.path
        point = t, known(pos.level), known(stop)
        if path.is_due(t):
            path.add(point)
        else:
            path.amend(point)
        if held.contract.is_option and self.strip.is_due(t):
            view = held.contract.view
            self.strip.add(
                (t, known(view.delta), known(view.gamma), known(view.theta), known(held.contract.vega), known(view.iv),
                 known(pos.oi_own + pos.oi_other))
            )  # fmt: skip


def steps(
    seen: Sequence[tuple[float, Value | None]], end_t: float, limit_s: float, apart_s: float
) -> Iterator[tuple[float, Value | None]]:
    """Each value at its time and as long as it stood: up to the next one or `end_t`, at most `limit_s`, then a gap."""
    ends = [*(t for t, _ in seen[1:]), end_t] if seen else []
    for (t, value), end in zip(seen, ends, strict=True):
        yield t, value
        stood_t = min(end - apart_s, t + limit_s)
        if value is not None and stood_t - t >= apart_s:
            yield stood_t, value
            if end - stood_t > 2.0 * apart_s:
                yield stood_t + apart_s, None
