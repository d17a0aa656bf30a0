"""A table is what the engine saw: one row an evaluation, of every entry that it accepted."""

from dataclasses import fields, replace

import numpy as np
import pytest

from cockpit.events import Batch
from cockpit.lab.table import Row, Table, table_of, tables_of
from cockpit.market.view import Market
from cockpit.state import judging, reduce, resting
from cockpit.state.model import Held, State
from cockpit.wiring import profile
from tests.lab.ticks import Day, Played, is_calm

DAY = Day(seed=5, ticks=1_200, chosen=profile("scalp"))


@pytest.fixture(scope="module")
def table() -> Table:
    return table_of(Played(DAY))


def test_rows_are_what_evaluations_see(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f.name for f in fields(Market)]
    seen: dict[tuple[int, int], tuple[float, ...]] = {}
    played, plain = Played(DAY), judging.evaluate

    def watched(state: State, held: Held, t: float) -> None:
        held.overrides.mode = "observe"
        plain(state, held, t)
        now = tuple(float(getattr(held.contract.view, name)) for name in names)
        seen[(state.now_ns, state.done.beat)] = (*now, held.pos.exit_price, held.pos.oi_own, held.pos.oi_other)

    for caller in (reduce, resting):
        monkeypatch.setattr(caller, "evaluate", watched)
    for event in played.events():
        played.session.take(event)
    by_instant = {int(row["at_ns"]): row for row in table.rows}  # the last of an instant
    assert len(seen) > 1_000
    for (at_ns, _), expected in seen.items():
        row = by_instant[at_ns]
        found = [float(row[name]) for name in (*names, "exit_price", "oi_own", "oi_other")]
        assert np.array_equal(found, expected, equal_nan=True), at_ns


def test_it_begins_at_the_entry_and_in_order(table: Table) -> None:
    at_ns = table.rows["at_ns"]
    assert at_ns[0] == table.opened_ns
    assert (np.diff(at_ns) >= 0).all()
    assert np.allclose(np.diff(table.rows["t"]) * 1e9, np.diff(at_ns), atol=1_000)
    assert table.position.opened_t == table.rows["t"][0]
    assert 1 <= len(table.baselines) <= len(table)
    assert not np.isnan(table.baselines["entry_mark"][-1])
    assert table.rows.dtype.names == tuple(f.name for f in fields(Row))
    assert table.rows["suspect"].any()


def test_rows_later_than_asked_for_are_left_out(table: Table) -> None:
    short = table_of(Played(DAY), longest_s=600.0)
    assert 1 < len(short) < len(table)
    assert short.rows["t"][-2] < short.position.opened_t + 600.0 <= table.rows["t"][len(short)]
    assert short.rows.tobytes() == table.rows[: len(short)].tobytes()


def test_two_entries_in_one_contract_are_two_positions(table: Table) -> None:
    played = Played(DAY)
    script = list(played.events())
    first = next(i for i, e in enumerate(script) if isinstance(e, Batch) and e.entries)
    again = next(i for i in range(first + 300, len(script)) if is_calm(script, i))
    batch, entry = script[again], script[first].entries[0]
    script[again] = batch._replace(entries=(entry._replace(at_ns=batch.at_ns, side="sell"),))
    played.events = lambda: iter(script)
    one, other = tables_of(played)
    assert one.rows.tobytes() == table.rows.tobytes()
    assert (other.position.side, other.opened_ns) == (-1.0, batch.at_ns)
    assert np.array_equal(other.rows["mark"], one.rows["mark"][-len(other) :], equal_nan=True)


def test_a_refused_entry_has_no_table() -> None:
    played = Played(DAY)
    script = [e._replace(entries=()) if isinstance(e, Batch) else e for e in played.events()]
    first = next(i for i, e in enumerate(script) if isinstance(e, Batch) and not e.quotes[0].bid)
    entry = next(e.entries[0] for e in played.events() if isinstance(e, Batch) and e.entries)
    script[first] = script[first]._replace(entries=(entry._replace(at_ns=script[first].at_ns, side="sell"),))
    played.events = lambda: iter(script)
    with pytest.raises(ValueError, match="0 tables instead of one: not quoted"):
        table_of(played)


def test_the_day_is_the_same_for_the_same_seed() -> None:
    assert list(Played(DAY).events()) == list(Played(DAY).events())
    assert list(Played(DAY).events()) != list(Played(replace(DAY, seed=6)).events())
