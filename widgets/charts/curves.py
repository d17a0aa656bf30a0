"""Curves as a screen can show them: minimum and maximum a pixel column, steps, gaps and round ticks."""

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from widgets.paint.ticks import round_step, time_ticks, value_ticks

__all__ = [
    "EMPTY", "Floats", "bounds", "by_outcome", "columns_of", "decimated", "extremes", "gaps", "held", "joined",
    "known_ends", "steady", "stepped", "time_ticks", "value_ticks",
]  # fmt: skip

Floats: TypeAlias = NDArray[np.float64]
EMPTY: Floats = np.empty(0)


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


def stepped(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Only the corners of a level that stays until it changes."""
    if len(times) == 0:
        return times, values
    same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    kept = np.concatenate(([True], ~same))
    kept[-1] = True
    xs, ys = times[kept], values[kept]
    return np.repeat(xs, 2)[1:], np.repeat(ys, 2)[:-1]


def held(times: Floats, values: Floats, longest_s: float) -> tuple[Floats, Floats]:
    """The same curve, level over every stretch longer than `longest_s`: nothing is known of a slope in between."""
    wide = np.flatnonzero((np.diff(times) > longest_s) & ~np.isnan(values[:-1]) & ~np.isnan(values[1:]))
    if len(wide) == 0:
        return times, values
    return np.insert(times, wide + 1, times[wide + 1]), np.insert(values, wide + 1, values[wide])


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


def joined(curve: tuple[Floats, Floats], point: tuple[float, float]) -> tuple[Floats, Floats]:
    """The curve with one more point."""
    return np.append(curve[0], point[0]), np.append(curve[1], point[1])


def known_ends(seen: tuple[Floats, ...], also: tuple[float | None, ...]) -> list[float]:
    """The lowest and highest known value of each of `seen`, and those of `also` that are known."""
    known = [values[~np.isnan(values)] for values in seen]
    ends = [float(end) for values in known if len(values) for end in (values.min(), values.max())]
    return ends + [value for value in also if value is not None]


def bounds(seen: tuple[Floats, ...], also: tuple[float | None, ...]) -> tuple[float, float]:
    """The lowest and highest value in sight with some air; `also` are single values that must be seen."""
    ends = known_ends(seen, also)
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    air = max((high - low) * 0.08, abs(high) * 0.002, 0.01)
    return low - air, high + air


def steady(low: float, high: float) -> tuple[float, float]:
    """Bounds that were moved outwards to round values, so that an axis does not move with every tick."""
    step = round_step((high - low) / 40.0)
    return math.floor(low / step) * step, math.ceil(high / step) * step
