"""The path of one round trip: its samples, and the level wherever else a record tells of it; thinned for a screen."""

import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cockpit.review import PathPoint, StopStep

POINTS = 4_000
SAMPLED_EVERY_S = 1.0  # cockpit.state.sampling
NS = 1_000_000_000
VALUES = ("level", "mark", "delta", "gamma", "theta", "vega", "iv", "oi")

_SAMPLES = f"SELECT at_ns, {', '.join(VALUES)} FROM position_samples WHERE position_id = ? AND session_id = ?"

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def path_of(
    connection: sqlite3.Connection, session: str, position: str, levels: Mapping[int, float | None]
) -> tuple[tuple[PathPoint, ...], float | None]:
    """All that is told of the position, in order, and how often it was sampled; `levels` by instant are from elsewhere.

    Of an instant that was not sampled only the level is told: everything else is as it stood.
    """
    samples = connection.execute(f"{_SAMPLES} ORDER BY at_ns", (position, session)).fetchall()
    if not samples:
        return tuple(PathPoint(at_ns=at_ns, level=levels[at_ns]) for at_ns in sorted(levels)), None
    known = {at_ns for at_ns, *_ in samples}
    rows = sorted([*samples, *((at_ns, level) for at_ns, level in levels.items() if at_ns not in known)])
    at = np.array([row[0] for row in rows], dtype=np.int64)
    values = np.array([_values(row) for row in rows], dtype=np.float64)
    _stand(values, np.array([len(row) > 2 for row in rows]))
    kept, blocks = thinned(values)
    every_s = SAMPLED_EVERY_S if blocks is None else float(at[-1] - at[0]) / NS / blocks
    instants: list[int] = at[kept].tolist()
    return tuple(map(_point, instants, values[kept].tolist())), max(every_s, SAMPLED_EVERY_S)


def fewer_stops(stops: Sequence[StopStep]) -> tuple[StopStep, ...]:
    """The stop path with at most `POINTS` steps."""
    levels = np.array([[np.nan if stop.level is None else stop.level] for stop in stops], dtype=np.float64)
    places: list[int] = thinned(levels.reshape(-1, 1))[0].tolist()
    return tuple(stops[i] for i in places)


def thinned(values: Floats) -> tuple[Places, int | None]:
    """Places of at most `POINTS` rows, and of how many blocks they are the extremes; None: all were kept.

    Of every block its first row, and of every column its lowest, highest and first unknown value.
    """
    n = len(values)
    if n <= POINTS:
        return np.arange(n), None
    blocks = POINTS // 4
    while len(kept := _extremes(values, blocks)) > POINTS:
        blocks //= 2
    return kept, blocks


def _extremes(values: Floats, blocks: int) -> Places:
    n, width = len(values), -(-len(values) // blocks)
    padded = np.pad(values, ((0, width * -(-n // width) - n), (0, 0)), mode="edge").reshape(-1, width, values.shape[1])
    unknown = np.isnan(padded)
    picked = (
        np.where(unknown, np.inf, padded).argmin(axis=1),
        np.where(unknown, -np.inf, padded).argmax(axis=1),
        unknown.argmax(axis=1),  # 0 where all is known
    )
    begins = np.arange(len(padded))[:, None] * width
    places = np.concatenate([(pick + begins).ravel() for pick in picked] + [begins.ravel(), np.array([n - 1])])
    return np.unique(np.minimum(places, n - 1))


def _stand(values: Floats, is_sampled: NDArray[np.bool_]) -> None:
    """Everything but the level is at an instant that was not sampled what it was at the last one that was."""
    last = np.maximum.accumulate(np.where(is_sampled, np.arange(len(values)), -1))
    first = int(is_sampled.argmax())
    values[:, 1:] = values[np.where(last < 0, first, last), 1:]


def _values(row: Sequence[float | None]) -> list[float]:
    told = [np.nan if value is None else value for value in row[1:]]
    return told + [np.nan] * (len(VALUES) - len(told))


def _point(at_ns: int, values: Sequence[float]) -> PathPoint:
    level, mark, delta, gamma, theta, vega, iv, oi = (None if value != value else value for value in values)
    return PathPoint(
        at_ns=at_ns, level=level, mark=mark, delta=delta, gamma=gamma, theta=theta, vega=vega, iv=iv, oi=oi
    )
