"""Decides which rows of a recording are refused: future, out of order, or the same as the one before."""

from dataclasses import dataclass

import numpy as np

from cockpit.events import NS
from cockpit.feeds.arrow_values import Flags, Ints
from cockpit.feeds.contracts import Static, contracts_of
from cockpit.feeds.refusals import ROWS_SHOWN, Refusals
from cockpit.feeds.tidy_columns import TidyRows

FUTURE_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The rows that are played, as indices into TidyRows in the order of play, and what their symbols are."""

    order: Ints
    statics: list[Static]  # by symbol code
    guessed: tuple[str, ...]  # what nobody stated about them
    interval_s: float  # median time between consecutive rows of a contract, pooled; 0 when there are no two


def count_malformed(rows: TidyRows, refusals: Refusals) -> None:
    """Counts as `unparseable` the rows whose cells, time, symbol or numbers cannot be read."""
    first = sorted([*_first(rows, ~rows.well_formed), *rows.malformed_rows[:ROWS_SHOWN]])
    refusals.add("unparseable", first, int((~rows.well_formed).sum()) + len(rows.malformed_rows))


def accept(rows: TidyRows, now_ns: int, refusals: Refusals) -> Accepted:
    """Applies the law of cockpit.md section 4 and exits.md section 8, in file order, and counts what it refuses.

    A row counts once, for the first of these reasons: future (more than 5 s after `now_ns`), what `contracts_of`
    refuses, out_of_order, duplicate. At least one row must be well formed.
    """
    usable = _without(rows, rows.well_formed, "future", rows.at_ns > now_ns + FUTURE_S * NS, refusals)
    contracts = contracts_of(rows, usable)
    for reason, which in contracts.refused.items():
        usable = _without(rows, usable, reason, which, refusals)
    usable = _without(rows, usable, "out_of_order", _older_than_before(rows, usable), refusals)
    usable = _without(rows, usable, "duplicate", _same_as_before(rows, usable), refusals)
    step_s = _median_step_s(rows, _by_contract(rows, usable))
    order = np.flatnonzero(usable)
    if np.any(np.diff(rows.at_ns[order]) < 0):
        order = order[np.argsort(rows.at_ns[order], kind="stable")]
    return Accepted(order=order, statics=contracts.statics, guessed=contracts.guessed, interval_s=step_s)


def _without(rows: TidyRows, usable: Flags, reason: str, which: Flags, refusals: Refusals) -> Flags:
    which = which & usable
    refusals.add(reason, _first(rows, which), int(which.sum()))
    return usable & ~which


def _first(rows: TidyRows, which: Flags) -> list[int]:
    return [int(row) for row in rows.row[np.flatnonzero(which)[:ROWS_SHOWN]]]


def _by_contract(rows: TidyRows, usable: Flags) -> Ints:
    """Indices of the usable rows, contract by contract, in file order within each."""
    indices = np.flatnonzero(usable)
    return indices[np.argsort(rows.symbol.codes[indices], kind="stable")]


def _older_than_before(rows: TidyRows, usable: Flags) -> Flags:
    """Rows older than an earlier one of their contract; the latest earlier one is always an accepted one."""
    older = np.zeros(len(usable), dtype=np.bool_)
    grouped = _by_contract(rows, usable)
    at, symbols = rows.at_ns[grouped], rows.symbol.codes[grouped]
    if not np.any((np.diff(at) < 0) & (np.diff(symbols) == 0)):
        return older
    # One running maximum serves all contracts: ranks of time, lifted above those of every contract before.
    instants, rank = np.unique(at, return_inverse=True)
    lifted = rank + symbols * len(instants)
    older[grouped] = lifted < np.maximum.accumulate(lifted)
    return older


def _same_as_before(rows: TidyRows, usable: Flags) -> Flags:
    """Rows equal in every column to the one before of their contract; null equals null and NaN equals NaN."""
    same = np.zeros(len(usable), dtype=np.bool_)
    grouped = _by_contract(rows, usable)
    before, after = grouped[:-1], grouped[1:]
    close = (rows.symbol.codes[before] == rows.symbol.codes[after]) & (rows.at_ns[before] == rows.at_ns[after])
    before, after = before[close], after[close]
    for texts in (rows.underlying, rows.expiry, rows.right):
        if texts is not None:
            equal = texts.codes[before] == texts.codes[after]
            before, after = before[equal], after[equal]
    for values, known in rows.numbers.values():
        both_nan = np.isnan(values[before]) & np.isnan(values[after])
        equal = (known[before] == known[after]) & ((values[before] == values[after]) | both_nan)
        before, after = before[equal], after[equal]
    same[after] = True
    return same


def _median_step_s(rows: TidyRows, grouped: Ints) -> float:
    steps = np.diff(rows.at_ns[grouped])[np.diff(rows.symbol.codes[grouped]) == 0]
    return float(np.median(steps)) / NS if len(steps) else 0.0
