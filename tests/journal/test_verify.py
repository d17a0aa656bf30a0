"""A journal that adds up has no findings; each way not to add up is a sentence that names what and where."""

from dataclasses import replace

import pytest

from cockpit.journal.store import Store
from cockpit.journal.verify import verify
from cockpit.records import Record
from tests.journal.examples import (
    STORY,
    decision,
    ended,
    execution,
    order,
    round_trip,
    sample,
    session,
    stop,
    tell,
    verdict,
)


def without(*left_out: type[Record]) -> tuple[Record, ...]:
    return tuple(record for record in STORY if not isinstance(record, left_out))


def findings_of(kept: Store, records: tuple[Record, ...]) -> str:
    tell(kept, records)
    return "\n".join(verify(kept))


def test_a_session_that_adds_up_has_no_findings(kept: Store) -> None:
    assert findings_of(kept, STORY) == ""


def test_a_session_that_still_runs_has_none_either(kept: Store) -> None:
    kept.write([*STORY[:8], round_trip(closed=False)], durable=False)
    assert verify(kept) == []


def test_a_short_position_adds_up(kept: Store) -> None:
    records = (
        order(0, "sell", 100),
        execution(0, "sell", 100, "50"),
        decision(1, "human", "close", 100),
        order(1, "buy", 100, decided=1),
        execution(1, "buy", 100, "49"),
        replace(round_trip(), side="short"),
    )
    assert findings_of(kept, records) == ""


@pytest.mark.parametrize(
    ("extra", "finding"),
    [
        (execution(2, "sell", 60, "49.8"), "takes off more than was held"),
        (execution(2, "sell", 40, "49.8"), "is closed, but its executions leave 10 contracts open"),
        (round_trip(closed=False), "is open, but its executions leave nothing open"),
        (replace(round_trip(), contracts=150), "says 150 contracts at most, its executions add up to 100"),
        (replace(execution(3, "buy", 1, "1"), position_id="P0009"), "P0009 has 1 executions and no round trip"),
        (execution(7, "sell", 50, "49.8"), "Execution S0001/E7 is of order P0001-0007, which is not in the journal"),
        (replace(execution(2, "sell", 50, "49.8"), contracts=-50), "Execution S0001/E2 is of -50 contracts"),
        (replace(execution(2, "sell", 60, "49.8"), id="E9"), "Order S0001/P0001-0002 of 50 contracts was filled 110"),
        (order(3, "sell", 50, decided=9), "Exit order S0001/P0001-0003 has no decision"),
        (replace(order(2, "sell", 50), purpose="exit"), "Exit order S0001/P0001-0002 has no decision"),
        (replace(order(2, "sell", 50), purpose="protect"), "Exit order S0001/P0001-0002 has no decision"),
        (
            replace(decision(2, "human", "close", 50), position_id="P0002"),
            "P0001-0002 has no decision for its position",
        ),
    ],
)
def test_what_does_not_add_up_is_found(kept: Store, extra: Record, finding: str) -> None:
    assert finding in findings_of(kept, (*STORY, extra))


@pytest.mark.parametrize(
    ("moves", "found"),
    [
        ([stop(0, 40.0), stop(1, 40.0), stop(2, 45.0)], False),
        ([stop(0, 40.0), stop(1, 39.9)], True),
        ([stop(0, 40.0), stop(1, 40.0 - 1e-10)], False),
        ([stop(0, 40.0), stop(1, 39.9, why="relaxed by 20 bps")], False),
        ([stop(0, 40.0), stop(1, 39.9, why="human set_stop")], False),
        ([stop(0, 40.0), stop(1, 39.9, rule="human", why="")], False),
        ([stop(0, 40.0), stop(1, 39.9, why="relax"), stop(2, 39.8)], True),
        ([stop(0, 40.0), stop(1, None), stop(2, 39.0)], False),
        ([stop(0, 40.0), replace(stop(1, 30.0), position_id="P0002")], False),
        ([stop(0, 40.0), replace(stop(1, 21000.0), basis="underlying"), stop(2, 39.0)], False),
        ([replace(stop(n, x), basis="underlying") for n, x in enumerate((21000.0, 20990.0, 20980.0))], False),
        ([replace(stop(n, x), basis="underlying") for n, x in enumerate((21000.0, 20990.0, 20995.0))], True),
    ],
)
def test_a_stop_that_was_loosened_is_found_unless_it_says_why(kept: Store, moves: list[Record], found: bool) -> None:
    assert ("was loosened from" in findings_of(kept, (*without(type(stop(0, 1.0))), *moves))) is found


def test_a_stop_of_a_short_falls(kept: Store) -> None:
    kept.write([replace(round_trip(), side="short"), stop(0, 60.0), stop(1, 55.0)], durable=True)
    assert not any("loosened" in finding for finding in verify(kept))
    kept.write([stop(2, 56.0)], durable=True)
    assert any("loosened from 55.0 to 56.0" in finding for finding in verify(kept))


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("UPDATE decisions SET rule = 'human' WHERE id = 'D00001'", "Row S0001/D00001 of decisions is not what"),
        ("UPDATE executions SET price = '53' WHERE id = 'E1'", "Row S0001/E1 of executions is not what"),
        ("UPDATE orders SET state = 'sent' WHERE ref = 'P0001-0001'", "Row S0001/P0001-0001 of orders is not what"),
        ("UPDATE verdicts SET because = 'x' WHERE why = 'decision'", "The verdicts of session S0001 differ"),
        ("DELETE FROM verdicts WHERE why = 'sample'", "The verdicts of session S0001 differ"),
        ("DELETE FROM stops WHERE level = 49", "The stops of session S0001 differ"),
        ("DELETE FROM decisions WHERE id = 'D00002'", "Row S0001/D00002 of decisions is in the ledger and no longer"),
        ("DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)", "does not have the hash"),
        ("UPDATE ledger SET lines = replace(lines, '52.3', '53.3')", "does not have the hash"),
        ("UPDATE ledger SET lines = '[]'", "has a line of no known table in row 1"),
        ("UPDATE ledger SET lines = '{'", "has a line of no known table in row 1"),
        ("UPDATE sessions SET ledger_sha256 = NULL", "Session S0001 ended without the hash"),
        ("UPDATE sessions SET ledger_sha256 = 'ab'", "does not have the hash"),
    ],
)
def test_what_was_changed_afterwards_is_found(kept: Store, change: str, finding: str) -> None:
    tell(kept)
    kept.connection.execute(change)
    assert finding in "\n".join(verify(kept))


def test_rows_after_the_ledger_are_found(kept: Store) -> None:
    tell(kept)
    kept.connection.execute(
        'INSERT INTO verdicts SELECT session_id, 9999, at_ns, position_id, rule, kind, "trigger", confidence,'
        " because, readings, why, status FROM verdicts LIMIT 1"
    )
    assert "The verdicts of session S0001 go on after its ledger" in "\n".join(verify(kept))


def test_each_session_has_its_own_ledger(kept: Store) -> None:
    tell(kept, STORY, "S0001")
    tell(kept, STORY, "S0002")
    kept.begin(session("S0003"))
    kept.write([verdict()], durable=True)
    kept.write([replace(ended(STORY), id="S0003")], durable=True)
    findings = verify(kept)
    assert len(findings) == 1
    assert "session S0003 does not have the hash" in findings[0]


def test_verifying_changes_nothing_and_can_be_repeated(kept: Store) -> None:
    tell(kept)
    changes = kept.connection.total_changes
    assert verify(kept) == verify(kept) == []
    assert kept.connection.total_changes == changes


@pytest.mark.parametrize(
    ("stray", "finding"),
    [
        (replace(sample(3, 50.0), position_id="P0009"), "Position S0001/P0009 has 1 samples and no round trip."),
        (sample(-1, 50.0), "Round trip S0001/P0001 has a sample of 2023-11-14T22:13:19Z, before it was opened."),
        (sample(121, 50.0), "Round trip S0001/P0001 has a sample of 2023-11-14T22:15:21Z, after it was closed."),
    ],
)
def test_samples_outside_the_life_of_a_round_trip_are_found(kept: Store, stray: Record, finding: str) -> None:
    assert findings_of(kept, (*STORY, stray)) == finding


def test_samples_of_what_is_open_have_no_end(kept: Store) -> None:
    kept.write([*STORY[:8], round_trip(closed=False), sample(100_000, 50.0)], durable=False)
    assert verify(kept) == []
