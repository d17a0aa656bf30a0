"""Curves as a screen can show them: kept arrays, minimum and maximum a pixel column, steps, gaps and round ticks."""

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cockpit.frame import ChartPart
from widgets import format as fmt

Floats: TypeAlias = NDArray[np.float64]
Row: TypeAlias = tuple[float, float | None, float | None]
TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400)
EMPTY: Floats = np.empty(0)


class Path:
    """The rows of a chart as arrays; a chunk that is the same object as before is not read again."""

    def __init__(self) -> None:
        self._chunks: list[tuple[tuple[Row, ...], Floats]] = []
        self.times: Floats = EMPTY
        self.levels: Floats = EMPTY
        self.stops: Floats = EMPTY

    def update(self, part: ChartPart) -> None:
        """Take the chunks of that part; unknown becomes NaN."""
        kept = 0
        while kept < min(len(self._chunks), len(part.chunks)) and self._chunks[kept][0] is part.chunks[kept]:
            kept += 1
        del self._chunks[kept:]
        for chunk in part.chunks[kept:]:
            self._chunks.append((chunk, np.array(chunk, dtype=np.float64).reshape(-1, 3)))
        if self._chunks:
            whole = np.concatenate([array for _, array in self._chunks])
            self.times, self.levels, self.stops = (np.ascontiguousarray(whole[:, i]) for i in range(3))
        else:
            self.times = self.levels = self.stops = EMPTY

    def between(self, start: float, end: float) -> slice:
        """The rows from the last one before `start` to the first one after `end`."""
        first = int(np.searchsorted(self.times, start)) - 1
        last = int(np.searchsorted(self.times, end, side="right")) + 1
        return slice(max(0, first), min(len(self.times), last))

    def at(self, time: float) -> tuple[float, float | None, float | None] | None:
        """The newest row at or before that time, unknown values as None."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        if index < 0:
            return None
        level, stop = float(self.levels[index]), float(self.stops[index])
        return float(self.times[index]), _known(level), _known(stop)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def columns_of(times: Floats, start: float, end: float, columns: int) -> NDArray[np.int64]:
    """Where each pixel column that has rows begins, for rows within [start, end] drawn on `columns` pixels."""
    column = np.floor((times - start) / max(end - start, 1e-9) * columns)
    return np.concatenate(([0], np.flatnonzero(np.diff(column)) + 1)).astype(np.int64)


def extremes(times: Floats, values: Floats, begins: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Two points a column, its lowest and its highest value; a column without a value stays NaN, which is a gap."""
    low, high = np.fmin.reduceat(values, begins), np.fmax.reduceat(values, begins)
    first, last = values[begins], values[np.append(begins[1:], len(values)) - 1]
    falling = first > last
    drawn = np.empty(2 * len(begins))
    drawn[0::2], drawn[1::2] = np.where(falling, high, low), np.where(falling, low, high)
    return np.repeat(times[begins], 2), drawn


def decimated(times: Floats, values: Floats, start: float, end: float, columns: int) -> tuple[Floats, Floats]:
    """The same curve to the eye with at most two points a pixel column."""
    if len(times) <= 2 * columns:
        return times, values
    return extremes(times, values, columns_of(times, start, end, columns))


def stepped(times: Floats, values: Floats, start: float, end: float, columns: int) -> tuple[Floats, Floats]:
    """Only the corners of a level that stays until it changes, and of those the last one in a pixel column."""
    if len(times) == 0:
        return times, values
    if len(times) > 2 * columns:
        begins = columns_of(times, start, end, columns)
        lasts = np.append(begins[1:], len(times)) - 1
        times, values = times[lasts], values[lasts]
    same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    kept = np.concatenate(([True], ~same))
    kept[-1] = True
    xs, ys = times[kept], values[kept]
    return np.repeat(xs, 2)[1:], np.repeat(ys, 2)[:-1]


def by_outcome(values: Floats, entry: float, side: int) -> tuple[Floats, Floats]:
    """A stop's corners twice: where it secures a profit; where it leaves a loss, with the jump out of it."""
    losing = (values - entry) * side < 0.0
    reaching = losing.copy()
    reaching[1:] |= losing[:-1]
    return np.where(losing, np.nan, values), np.where(reaching, values, np.nan)


def gaps(times: Floats, values: Floats) -> Iterator[tuple[float, float]]:
    """Stretches without a value, each from the last known row to the next one."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.isnan(values).astype(np.int8), [0]))))
    for begin, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        if begin > 0:
            yield float(times[begin - 1]), float(times[min(end, len(times) - 1)])


def bounds(seen: tuple[Floats, ...], also: tuple[float | None, ...]) -> tuple[float, float]:
    """The lowest and highest value in sight with some air; `also` are single values that must be seen."""
    known = [values[~np.isnan(values)] for values in seen]
    ends = [float(end) for values in known if len(values) for end in (values.min(), values.max())]
    ends += [value for value in also if value is not None]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    air = max((high - low) * 0.08, abs(high) * 0.002, 0.01)
    return low - air, high + air


def value_ticks(low: float, high: float, most: int) -> tuple[list[float], int]:
    """Round values within [low, high], at most `most` of them, and the decimals that they need."""
    rough = (high - low) / max(most, 1)
    if not math.isfinite(rough) or rough <= 0.0:
        return [], 2
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return [(first + i) * step for i in range(max(0, count))], max(2, -math.floor(math.log10(step)))


def time_ticks(origin_ns: int, start: float, end: float, most: int, zone: str) -> list[tuple[float, str]]:
    """Round times of the exchange's clock within [start, end] seconds since `origin_ns`, with their words."""
    rough = (end - start) / max(most, 1)
    step = next((each for each in TIME_STEPS_S if each >= rough), TIME_STEPS_S[-1])
    offset = fmt.moment(origin_ns, zone).utcoffset() or timedelta()
    shift = origin_ns / fmt.NS + offset.total_seconds()
    first = math.ceil((start + shift) / step - 1e-9)
    made: list[tuple[float, str]] = []
    while first * step - shift <= end:
        second = int(first * step) % 86_400
        word = f"{second // 3_600:02d}:{second % 3_600 // 60:02d}"
        made.append((first * step - shift, word if step >= 60 else f"{word}:{second % 60:02d}"))
        first += 1
    return made
