"""Turns accepted rows into the tuples the session plays: one batch an instant."""

import gc
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from itertools import groupby, repeat
from operator import attrgetter
from sys import intern
from typing import Any

import numpy as np

from cockpit.events import Batch, Quoted
from cockpit.feeds.arrow_values import Ints, Numbers
from cockpit.feeds.side_files import SideRows
from cockpit.feeds.tidy_columns import TidyRows

PORTION = 1 << 16  # rows turned into tuples at a time, which bounds what is held twice
_at_ns: Callable[[Any], int] = attrgetter("at_ns")


def batches_of(rows: TidyRows, order: Ints, side: SideRows, progress: Callable[[float], None]) -> list[Batch]:
    """All rows by instant, within an instant in the order given; `order` and the side rows ascend in time."""
    moved = {at: tuple(group) for at, group in groupby(side.underlyings, _at_ns)}
    told = {at: tuple(group) for at, group in groupby(side.given, _at_ns)}
    times = rows.at_ns[order]
    starts = np.flatnonzero(np.diff(times, prepend=times[:1] - 1))
    edges = [*starts.tolist(), len(order)]
    with _collector_paused():
        quotes = _quotes(rows, order, progress)
        batches = [
            Batch(at, tuple(quotes[start:end]), moved.pop(at, ()), told.pop(at, ()))
            for at, start, end in zip(times[starts].tolist(), edges, edges[1:], strict=False)
        ]
    alone = sorted(moved.keys() | told.keys())  # instants without a quote
    batches += [Batch(at, (), moved.get(at, ()), told.get(at, ())) for at in alone]
    if alone:
        batches.sort(key=_at_ns)
    return batches


@contextmanager
def _collector_paused() -> Generator[None]:
    """A million new tuples would be searched for cycles again and again, which doubles the time; they have none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _quotes(rows: TidyRows, order: Ints, progress: Callable[[float], None]) -> list[Quoted]:
    symbols = [intern(label) for label in rows.symbol.labels]
    quotes: list[Quoted] = []
    for start in range(0, len(order), PORTION):
        portion = order[start : start + PORTION]
        columns = [_values(rows.numbers.get(name), portion) for name in Quoted._fields[2:]]
        named = map(symbols.__getitem__, rows.symbol.codes[portion].tolist())
        quotes.extend(map(Quoted._make, zip(named, _shared(rows.at_ns[portion]), *columns, strict=False)))
        progress((start + len(portion)) / len(order))
    return quotes


def _values(column: Numbers | None, portion: Ints) -> Iterable[float | None]:
    if column is None:
        return repeat(None)
    known = column.known[portion]
    if not known.any():
        return repeat(None)
    values = column.values[portion]
    if known.all():
        return _shared(values)
    mixed = values.astype(object)
    mixed[~known] = None
    return mixed.tolist()


def _shared(values: Any) -> list[Any]:
    """As a list in which runs of one value are one object: times and underlying prices hardly differ within a batch."""
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    if 4 * len(starts) > len(values):
        return values.tolist()
    return np.repeat(values[starts].astype(object), np.diff(starts, append=len(values))).tolist()
