"""What a journal tells about round trips, and why they ended."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cockpit.domain.errors import BadInput
from cockpit.journal.history import Filter, History, iso
from cockpit.journal.store import Store, open_journal
from tests.journal.examples import NS, START, STORY, command, decision, execution, order, round_trip, session, tell


@pytest.fixture
def told() -> Iterator[History]:
    """Two sessions with P0001 in both, and an open P0002 in the second."""
    with open_journal(None) as store:
        tell(store, STORY, "S0001")
        store.begin(session("S0002"))
        later = replace(round_trip(closed=False), symbol="BANKNIFTY", opened_ns=START + 3600 * NS)
        store.write([round_trip(), replace(later, id="P0002", underlying="BANKNIFTY")], durable=True)
        yield store


def names(trips: list[dict[str, object]]) -> list[str]:
    return [f"{trip['session_id']}/{trip['id']}" for trip in trips]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), ["S0001/P0001", "S0002/P0001", "S0002/P0002"]),
        (Filter(session_id="S0002"), ["S0002/P0001", "S0002/P0002"]),
        (Filter(symbol="BANKNIFTY"), ["S0002/P0002"]),
        (Filter(underlying="NIFTY"), ["S0001/P0001", "S0002/P0001"]),
        (Filter(rule="scale_out"), ["S0001/P0001"]),
        (Filter(rule="theta_decay"), []),
        (Filter(since_ns=START + 1), ["S0002/P0002"]),
        (Filter(since_ns=START, until_ns=START + 3600 * NS), ["S0001/P0001", "S0002/P0001"]),
        (Filter(closed=True, session_id="S0002"), ["S0002/P0001"]),
        (Filter(closed=False), ["S0002/P0002"]),
        (Filter(newest=1), ["S0002/P0002"]),
        (Filter(newest=2), ["S0002/P0001", "S0002/P0002"]),
    ],
)
def test_round_trips_agree_with_the_filter(told: History, wanted: Filter, found: list[str]) -> None:
    assert names(told.round_trips(wanted)) == found
    assert told.count(replace(wanted, newest=None)) >= len(found)


def test_a_round_trip_reads_like_what_was_written(told: History) -> None:
    trip = told.round_trips()[0]
    assert trip["opened_at"] == "2023-11-14T22:13:20Z"
    assert trip["closed_at"] == "2023-11-14T22:15:20Z"
    assert trip["entry_context"] == {"delta": 0.52, "iv": None}
    assert trip["in_cooldown"] is False
    assert trip["mfe"] is None
    assert trip["rules"] == ["scale_out", "protective_stop"]
    assert "opened_ns" not in trip


def test_why_did_it_exit_is_one_query(told: History) -> None:
    rows = told.connection.execute(
        'SELECT at, contracts, price, rule, "trigger", cause_id, readings, parameters_sha256 FROM exits ORDER BY at_ns'
    ).fetchall()
    readings = '{"gain":[80.0,50.0,"bps"]}'
    assert rows == [
        ("2023-11-14T22:14:20.000Z", 50, "52.3", "scale_out", "FIRST_IMPULSE", "D00001", readings, "ab" * 32),
        ("2023-11-14T22:15:20.000Z", 50, "49.8", "protective_stop", "STOP_HIT", "D00002", readings, "ab" * 32),
    ]


def test_one_round_trip_comes_with_all_that_belongs_to_it(told: History) -> None:
    trip = told.round_trip("S0001/P0001")
    assert [row["ref"] for row in trip["orders"]] == ["P0001-0000", "P0001-0001", "P0001-0002"]
    assert [row["state"] for row in trip["orders"]] == ["filled"] * 3
    assert [row["price"] for row in trip["executions"]] == ["50", "52.3", "49.8"]
    assert [row["rule"] for row in trip["decisions"]] == ["scale_out", "protective_stop"]
    assert trip["decisions"][0]["suppressed"] == [["exhaustion", "VOLUME_CLIMAX"]]
    assert [row["why"] for row in trip["verdicts"]] == ["sample", "decision"]
    assert [row["level"] for row in trip["stops"]] == [37.5, 49.0]
    assert [row["text"] for row in trip["alerts"]] == ["the mark has been unknown for 60 s"]
    assert [row["id"] for row in trip["commands"]] == ["C2"]
    assert [row["trigger"] for row in trip["exits"]] == ["FIRST_IMPULSE", "STOP_HIT"]


def test_commands_for_its_symbol_or_the_whole_session_belong_to_it_while_it_lasts(kept: Store) -> None:
    kept.write([round_trip()], durable=True)
    commands = [
        command(1, {"position": "P0001"}),
        command(2, {"position": "NIFTY 20000 C"}),
        command(3, {"scope": "all"}),
        command(4, {"position": "P0002"}),
        command(500, {"position": "P0001"}),  # refused, because it was closed
        command(501, {"position": "NIFTY 20000 C"}),
        command(502, {"scope": "all"}),
    ]
    kept.write(commands, durable=True)
    assert [row["id"] for row in kept.round_trip("P0001")["commands"]] == ["C1", "C2", "C3", "C500"]


def test_an_exit_without_a_decision_is_there_without_a_rule(kept: Store) -> None:
    records = (order(0, "buy", 100), execution(0, "buy", 100, "50"), order(1, "sell", 100, decided=9))
    kept.write([*records, execution(1, "sell", 100, "49"), round_trip()], durable=True)
    assert kept.round_trips()[0]["rules"] == [None]


def test_fills_of_one_decision_are_one_rule(kept: Store) -> None:
    kept.write([decision(1, "human", "close", 100), order(1, "sell", 100, decided=1), round_trip()], durable=True)
    kept.write([execution(1, "sell", 60, "49"), replace(execution(1, "sell", 40, "49"), id="E9")], durable=True)
    assert kept.round_trips()[0]["rules"] == ["human"]


def test_an_id_of_several_sessions_must_say_which(told: History) -> None:
    with pytest.raises(BadInput, match=r"has 2 round trips 'P0001': write one of S0001/P0001, S0002/P0001\."):
        told.round_trip("P0001")
    assert told.round_trip("P0002")["session_id"] == "S0002"


@pytest.mark.parametrize("wanted", ["P0009", "S0009/P0001", "", "/", "S0001/"])
def test_an_id_that_is_not_there_is_said(told: History, wanted: str) -> None:
    with pytest.raises(BadInput, match="has no round trip"):
        told.round_trip(wanted)


@pytest.mark.parametrize(
    ("at_ns", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (START + 1, "2023-11-14T22:13:20.000000001Z"),
        (START + 250_000_000, "2023-11-14T22:13:20.25Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
    ],
)
def test_times_are_utc_with_the_decimals_they_have(at_ns: int, text: str) -> None:
    assert iso(at_ns) == text
