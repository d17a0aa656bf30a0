"""The rows of a chart as arrays that grow in place, with the extremes of their blocks, so that a glance costs columns
and not rows."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from widgets.charts import curves
from widgets.charts.curves import Floats

Rows: TypeAlias = Sequence[tuple[float | None, ...]]
FANOUT, DEPTH = 4, 6  # a block of one level holds four of the level below; the largest has 4 096 rows
BLOCKS_A_COLUMN = 4  # at least as many: a block that reaches over a column's edge errs by less than a third of a pixel
LEAST_ROOM = 1_024


class Sight(NamedTuple):
    """Which rows are in sight, how coarse their blocks are, and at which block each pixel column begins.

    Without `begins` every row is drawn.
    """

    first: int
    last: int
    depth: int
    begins: NDArray[np.int64] | None


class Track:
    """Rows of a time and some values, unknown as NaN; a row that was taken as part of a full chunk is never read again.

    Every level keeps the lowest and the highest value of blocks of 4, 16, 64, … rows, and the times they begin at.
    """

    def __init__(self, values: int) -> None:
        self._width = values
        self._times: Floats = np.empty(LEAST_ROOM)
        self._rows: Floats = np.empty((values, LEAST_ROOM))
        self._levels = [np.empty((2, values, _blocks(LEAST_ROOM, k))) for k in range(1, DEPTH + 1)]
        self._begun = [np.empty(_blocks(LEAST_ROOM, k)) for k in range(1, DEPTH + 1)]
        self._chunks: tuple[Rows, ...] = ()
        self._full: list[int] = [0]  # the rows before each chunk
        self.size = 0

    @property
    def times(self) -> Floats:
        """Seconds since the chart's origin, ascending."""
        return self._times[: self.size]

    def values(self, which: int) -> Floats:
        """One of the values, row by row."""
        return self._rows[which, : self.size]

    def update(self, chunks: tuple[Rows, ...]) -> bool:
        """Take the chunks, in order; all but the last never change. Whether there was anything new."""
        if chunks is self._chunks:
            return False
        kept = min(len(self._chunks), len(chunks))
        if kept and not (self._chunks[0] is chunks[0] and self._chunks[kept - 1] is chunks[kept - 1]):
            kept -= 1  # the growing one
            if kept and not (self._chunks[0] is chunks[0] and self._chunks[kept - 1] is chunks[kept - 1]):
                kept = 0
        before = self.size
        begin = self.size = self._full[kept]
        del self._full[kept + 1 :]
        for chunk in chunks[kept:]:
            self._append(np.array(chunk, dtype=np.float64).reshape(-1, self._width + 1))
            self._full.append(self.size)
        self._chunks = chunks
        self._refine(begin)
        return begin != before or self.size != before

    def _append(self, rows: Floats) -> None:
        end = self.size + len(rows)
        if end > len(self._times):
            room = max(2 * len(self._times), end)
            self._times = _grown(self._times, room)
            self._rows = _grown(self._rows, room)
            self._levels = [_grown(level, _blocks(room, k)) for k, level in enumerate(self._levels, 1)]
            self._begun = [_grown(times, _blocks(room, k)) for k, times in enumerate(self._begun, 1)]
        self._times[self.size : end] = rows[:, 0]
        self._rows[:, self.size : end] = rows[:, 1:].T
        self.size = end

    def _refine(self, row: int) -> None:
        """The extremes of every block from that row on."""
        low = high = self._rows[:, : self.size]
        times = self.times
        for level, begun in zip(self._levels, self._begun, strict=True):
            row //= FANOUT
            count = -(-low.shape[1] // FANOUT)
            for side, below, pick in ((0, low, np.fmin), (1, high, np.fmax)):
                part = below[:, row * FANOUT :]
                missing = -part.shape[1] % FANOUT
                if missing:
                    part = np.concatenate((part, np.full((self._width, missing), np.nan)), axis=1)
                level[side, :, row:count] = pick.reduce(part.reshape(self._width, -1, FANOUT), axis=2)
            begun[row:count] = times[row * FANOUT :: FANOUT]
            low, high, times = level[0, :, :count], level[1, :, :count], begun[:count]

    def sight(self, start: float, end: float, columns: int) -> Sight:
        """The rows from the last one before `start` to the first one after `end`, on that many pixel columns."""
        times = self.times
        first = max(0, int(np.searchsorted(times, start, side="right")) - 1)
        last = min(self.size, int(np.searchsorted(times, end, side="right")) + 1)
        if last - first <= 2 * columns:
            return Sight(first, last, 0, None)
        depth, rows = 0, (last - first) // (BLOCKS_A_COLUMN * columns)
        while depth < DEPTH and FANOUT ** (depth + 1) <= rows:
            depth += 1
        block, stop = first >> (2 * depth), _blocks(last, depth)
        begun = (times if depth == 0 else self._begun[depth - 1])[block:stop]
        begins = np.searchsorted(begun, np.linspace(start, end, columns + 1))
        begins[0] = 0
        begins = begins[np.concatenate(([True], begins[1:] > begins[:-1]))]
        return Sight(first, last, depth, begins[begins < len(begun)] + block)

    def drawn(self, which: int, sight: Sight) -> tuple[Floats, Floats]:
        """A value's curve as the screen can show it: at most two points a pixel column, NaN where nothing is known."""
        first, last, depth, begins = sight
        if begins is None:
            return self._times[first:last], self._rows[which, first:last]
        block, stop = int(begins[0]), _blocks(last, depth)
        low = high = self._rows[which]
        if depth:
            low, high = self._levels[depth - 1][:, which]
        lows = np.fmin.reduceat(low[block:stop], begins - block)
        highs = np.fmax.reduceat(high[block:stop], begins - block)
        made = np.empty(2 * len(begins))
        made[0::4], made[1::4] = lows[0::2], highs[0::2]
        made[2::4], made[3::4] = highs[1::2], lows[1::2]  # up and down in turn: half the way for the pen
        return np.repeat(self._times[begins << (2 * depth)], 2), made

    def corners(self, which: int, sight: Sight) -> tuple[Floats, Floats]:
        """The corners of a value that stays until it changes; of those within a pixel column, the last one."""
        first, last, _, begins = sight
        if begins is None:
            return curves.stepped(self._times[first:last], self._rows[which, first:last])
        ends = np.append(begins[1:] << (2 * sight.depth), last) - 1
        return curves.stepped(self._times[ends], self._rows[which, ends])

    def at(self, time: float) -> tuple[float, ...] | None:
        """The newest row at or before that time, its time first; None before the first one."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        return None if index < 0 else self.row(index)

    def row(self, index: int) -> tuple[float, ...]:
        """That row, its time first, unknown values as NaN."""
        return (float(self._times[index]), *self._rows[:, index].tolist())


def _blocks(rows: int, level: int) -> int:
    return -(-rows // FANOUT**level)


def _grown(array: Floats, room: int) -> Floats:
    """The same with room for more along its last axis."""
    made = np.empty((*array.shape[:-1], room))
    made[..., : array.shape[-1]] = array
    return made
