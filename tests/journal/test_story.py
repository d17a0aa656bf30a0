"""The story of one round trip: everything that led to its exits, in order, and nothing that is made up."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.journal.path import POINTS
from cockpit.journal.review import JournalReader
from cockpit.journal.store import open_journal
from cockpit.records import PositionSampleRecord, Record
from cockpit.review import TripStory
from tests.journal.examples import (
    NS,
    START,
    STORY,
    command,
    decision,
    round_trip,
    sample,
    session,
    stop,
    tell,
    verdict,
)

UNSAMPLED = tuple(record for record in STORY if not isinstance(record, PositionSampleRecord))
LEVELS = {"price": (51.0, 37.5, "points")}


@pytest.fixture
def told(path: Path) -> Iterator[TripStory]:
    """The story of the examples without samples, with what every rule said at once, and more of the protective stop."""
    sample = replace(
        verdict(30), rule="*", kind="sample",
        readings={
            "theta_decay": {"kind": "hold", "trigger": None, "readings": {"rate": (0.04, 0.08, "points/min")}},
            "protective_stop": {"kind": "hold", "trigger": None, "readings": LEVELS},
        },
    )  # fmt: skip
    more: tuple[Record, ...] = (
        sample,
        replace(
            verdict(90, why="change"), rule="protective_stop", kind="blind", readings={"price": (None, 49.0, "points")}
        ),
        replace(verdict(120, why="decision"), rule="protective_stop", kind="exit", trigger="STOP_HIT", readings=LEVELS),
        replace(verdict(120, why="decision"), rule="theta_decay"),
    )
    with open_journal(path) as store:
        tell(store, (*UNSAMPLED, *more))
    reader = JournalReader(path)
    yield reader.story("S0001/P0001")
    reader.close()


def test_the_path_has_what_is_known_where_it_is_known(told: TripStory) -> None:
    levels = {(point.at_ns - START) // NS: point.level for point in told.path}
    assert levels == {30: 51.0, 60: 52.4, 90: None, 120: 52.4}
    assert told.basis == "premium"
    assert told.sampled_every_s is None
    assert {point.delta for point in told.path} == {None}


def test_samples_tell_the_path_with_greeks_and_open_interest(path: Path) -> None:
    given = (
        sample(1, 50.5, delta=0.5, gamma=0.002, theta=-3.0, vega=4.0, iv=0.12, oi=9e6),
        sample(40, 51.0, delta=0.52),
        sample(60, 52.5),
        sample(100, None),
    )
    with open_journal(path) as store:
        tell(store, (*UNSAMPLED, *given))
    told = JournalReader(path).story("S0001/P0001")
    seen = {(point.at_ns - START) // NS: point for point in told.path}
    assert {at: (point.level, point.delta) for at, point in seen.items()} == {
        1: (50.5, 0.5), 40: (51.0, 0.52), 60: (52.5, None), 100: (None, None), 120: (52.4, None),
    }  # fmt: skip
    first = seen[1]
    assert (first.gamma, first.theta, first.vega, first.iv, first.oi) == (0.002, -3.0, 4.0, 0.12, 9e6)
    assert told.sampled_every_s == 1.0


def test_where_only_the_level_is_told_everything_else_is_as_it_stood(path: Path) -> None:
    entered = replace(round_trip(), entry_context={"mark": 50.0})
    with open_journal(path) as store:
        tell(store, (*UNSAMPLED[:-1], entered, sample(1, 50.5, delta=0.5), sample(50, 51.0, delta=0.6)))
    told = JournalReader(path).story("S0001/P0001")
    assert [(point.level, point.delta) for point in told.path] == [
        (50.0, 0.5), (50.5, 0.5), (51.0, 0.6), (52.4, 0.6), (52.4, 0.6),
    ]  # fmt: skip


def test_a_long_path_is_thinned_and_keeps_its_extremes_and_gaps(path: Path) -> None:
    levels: list[float | None] = [50.0 + i % 7 for i in range(3 * POINTS)]
    levels[5_000], levels[5_001], levels[9_000] = 99.0, 1.0, None
    with open_journal(path) as store:
        store.begin(session())
        store.write([*UNSAMPLED, *(sample(i, level, delta=i / 1e5) for i, level in enumerate(levels))], durable=False)
    told = JournalReader(path).story("S0001/P0001")
    kept = {(point.at_ns - START) // NS: point.level for point in told.path}
    assert POINTS // 2 < len(kept) <= POINTS
    assert (kept[5_000], kept[5_001], kept[9_000]) == (99.0, 1.0, None)
    assert {0, len(levels) - 1} <= kept.keys()
    assert told.sampled_every_s is not None
    assert 1.0 < told.sampled_every_s < 30.0


def test_the_level_and_the_stop_at_an_instant_are_the_newest(told: TripStory) -> None:
    assert told.level_at(START) is None
    assert told.level_at(START + 45 * NS) == told.path[0]
    held = [told.stop_at(START + at * NS) for at in (0, 59, 60)]
    assert [stop.level for stop in held if stop is not None] == [37.5, 37.5, 49.0]
    assert told.stop_at(START - 1) is None


def test_what_every_rule_said_at_an_instant(told: TripStory) -> None:
    assert [said.rule for said in told.said_at(START + 2 * NS)] == ["theta_decay"]
    middle = told.said_at(START + 60 * NS)
    assert {said.rule: said.words for said in middle} == {
        "protective_stop": "price 51 against 37.5 points",
        "theta_decay": "rate 0.04 against 0.08 points/min",
    }
    assert [said.kind for said in told.said_at(START + 200 * NS)] == ["hold", "exit"]
    assert told.said_at(START - 1) == ()


def test_the_order_of_rules_is_that_of_a_decision(told: TripStory) -> None:
    assert told.precedence == ("theta_decay", "protective_stop")


def test_exits_tell_their_cause_and_who_lost(told: TripStory) -> None:
    assert [(line.contracts, line.price, line.rule, line.trigger) for line in told.exits] == [
        (50, 52.3, "scale_out", "FIRST_IMPULSE"),
        (50, 49.8, "protective_stop", "STOP_HIT"),
    ]
    assert told.exits[0].suppressed == (("exhaustion", "VOLUME_CLIMAX"),)


def test_marks_are_trades_decisions_and_commands_in_order(told: TripStory) -> None:
    assert [mark.kind for mark in told.marks] == ["entry", "veto", "exit", "decision", "exit", "decision"]
    assert [mark.at_ns for mark in told.marks] == sorted(mark.at_ns for mark in told.marks)
    assert told.marks[0].text == "buy 100 @ 50.00"


def test_the_quality_is_told_with_its_parts(told: TripStory) -> None:
    assert told.quality is not None
    assert told.quality.total is None  # without Greeks nobody knows
    assert [part.points for part in told.quality.parts][:2] == [30.0, 15.0]


def test_an_exit_without_a_decision_says_so(path: Path) -> None:
    without = tuple(record for record in STORY if type(record).__name__ != "DecisionRecord")
    with open_journal(path) as store:
        tell(store, without)
    story = JournalReader(path).story("S0001/P0001")
    assert [(line.rule, line.because) for line in story.exits] == [("", "no decision recorded")] * 2


def test_stops_on_the_underlying_put_the_underlying_on_the_axis(path: Path) -> None:
    on_underlying = replace(stop(0, 19_900.0, why="entry"), basis="underlying")
    told_of = replace(decision(1, "theta_decay", "HIT", 100), quote={"mark": 52.4, "underlying": 20_010.0})
    trip = replace(round_trip(), entry_context={"mark": 50.0, "underlying": 20_000.0})
    with open_journal(path) as store:
        tell(store, (STORY[0], STORY[1], on_underlying, told_of, trip))
    story = JournalReader(path).story("S0001/P0001")
    assert story.basis == "underlying"
    assert [point.level for point in story.path] == [20_000.0, 20_010.0]
    assert next(mark for mark in story.marks if mark.kind == "entry").price == 20_000.0


def test_refused_commands_are_told_but_not_marked(path: Path) -> None:
    with open_journal(path) as store:
        tell(store, (*STORY, command(5, {"position": "P0001"}, accepted=False)))
    story = JournalReader(path).story("S0001/P0001")
    assert [line.accepted for line in story.commands] == [True, False]
    assert sum(mark.kind == "veto" for mark in story.marks) == 1
