"""Every commit is a place to go on from: a session broken off anywhere ends as if nothing had happened.

The kill is an exception here and the journal is in memory, which makes a boundary cheap; test_kills.py kills for real.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from cockpit.feeds.recording import Recording
from cockpit.journal.spill import Spill
from cockpit.journal.store import Store, open_journal
from cockpit.journal.verify import verify
from tests.faults.boundaries import AFTER_COMMIT, BEFORE_COMMIT, INSIDE_COMMIT, KINDS, Boundaries
from tests.faults.day import write_day
from tests.faults.playing import Play, Told, difference, told_by
from tests.faults.promises import changed, doubled, strayed, unbalanced, unfit

RAISED = tuple(kind for kind in KINDS if kind != INSIDE_COMMIT)
BREAKS = 300
STORMS = 10
HOW: dict[int, dict[str, Any]] = {  # by the seed of the day
    17: {"profile": "adaptive", "latency_ms": 700, "participation": 0.3, "reject_rate": 0.2, "commission": "0.5"},
    11: {"profile": "scalp", "latency_ms": 300, "participation": 0.5, "walk": True},
    0: {"profile": "adaptive"},
    10: {"profile": "ladder", "latency_ms": 1200, "participation": 0.2, "walk": True, "commission": "1.25"},
}


class Broken(BaseException):
    """Stands for kill -9: nothing may catch it."""


class Whole(NamedTuple):
    """A day played without interruption."""

    play: Play
    recording: Recording
    told: Told
    outcome: dict[str, object]
    crossed: dict[str, int]


def break_off(in_flight: str) -> None:
    """The end of the process, as far as one process can tell."""
    raise Broken(in_flight)


def again(store: Store) -> Store:
    """What a new process finds of the journal."""
    return Store(store.connection, None, None, Spill(None), 0.0)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Whole]:
    """Each way of playing on a day of its own."""
    found: list[Whole] = []
    for seed, how in HOW.items():
        day = write_day(tmp_path_factory.mktemp("day"), seed=seed, seconds=200)
        play = Play(recording=str(day.recording), entries=str(day.entries), commands=str(day.commands), **how)
        recording, boundaries = play.loaded(), Boundaries(break_off)
        with open_journal(None) as store, boundaries.watched():
            made = play.started(recording, store)
            made.play()
            found.append(Whole(play, recording, told_by(store), made.outcome(), dict(boundaries.crossed)))
    return found


def finish(whole: Whole, store: Store, boundaries: Boundaries, name: str) -> None:
    """Goes on to the end, or to the next break; at the end everything must be as if nothing had happened."""
    with boundaries.watched():
        made = whole.play.started(whole.recording, store)
        made.play()
    told = told_by(store)
    assert not difference(told, whole.told), f"{name}: {difference(told, whole.told)}"
    assert list(changed(whole.outcome, made.outcome())) == [], name
    assert [*verify(store), *doubled(told), *unbalanced(told), *unfit(told), *strayed(told, whole.told)] == [], name


def test_the_days_have_everything_under_way(days: list[Whole]) -> None:
    exits = {(row["rule"], row["trigger"]) for day in days for row in day.told.tables["decisions"]}
    obeyed = {row["command"] for day in days for row in day.told.tables["commands"] if row["accepted"]}
    states = {row["state"] for day in days for row in day.told.tables["orders"]}
    assert {rule for rule, _ in exits} >= {"human", "protective_stop", "greeks_trailing_stop", "scale_out"}
    assert obeyed >= {"veto", "reduce", "set_stop", "take_over", "hand_back", "set_mode", "close", "enter"}
    assert states >= {"filled", "cancelled", "rejected"}
    assert {row["kind"] for day in days for row in day.told.tables["alerts"]} >= {"order", "regime_change"}
    assert all(len(day.told.samples) > 5 for day in days)
    for day in days:
        assert min(day.crossed.values()) > 5
        assert [*doubled(day.told), *unbalanced(day.told), *unfit(day.told)] == []


def test_samples_may_be_a_second_late_and_never_wrong(days: list[Whole]) -> None:
    told = days[0].told
    assert list(strayed(told, told)) == []
    position, rows = next((p, r) for p, r in told.samples.items() if len(r) > 9)
    instants = list(rows)
    wrong = {**rows, instants[4]: ("another",) * len(rows[instants[4]])}
    late = {at: row for at, row in rows.items() if at != instants[4]}
    lost = {at: row for at, row in rows.items() if at not in instants[4:7]}
    again = {**rows, instants[4] + 1: rows[instants[4]]}
    found = [
        list(strayed(replace(told, samples={**told.samples, position: dict(sorted(given.items()))}), told))
        for given in (wrong, late, lost, again)
    ]
    assert [bool(findings) for findings in found] == [True, False, True, False]


def test_broken_off_anywhere(days: list[Whole], campaign: Callable[[int], range]) -> None:
    for seed in campaign(BREAKS):
        chance, whole = random.Random(seed), days[seed % len(days)]
        kind = RAISED[seed // len(days) % len(RAISED)]
        standings: list[dict[str, Any]] = []
        first = Boundaries(
            break_off, lambda r, into=standings: into.append(r["standing"]), kind=kind,
            number=chance.randint(1, whole.crossed[kind]),
        )  # fmt: skip
        with open_journal(None) as store:
            with pytest.raises(Broken) as broken, first.watched():
                whole.play.started(whole.recording, store).play()
            name = f"{whole.play.profile}, {kind} {first.number}: {broken.value}"
            found: list[dict[str, Any]] = []
            finish(whole, again(store), Boundaries(break_off, restored=found.append), name)
            for restored in found:
                assert list(changed(standings[-1], restored["standing"])) == [], name


def test_broken_off_again_and_again(days: list[Whole], campaign: Callable[[int], range]) -> None:
    for seed in campaign(STORMS):
        chance, whole, breaks = random.Random(seed), days[seed % len(days)], 0
        with open_journal(None) as store:
            while broken_off(whole, store, chance, f"{whole.play.profile}, broken off {breaks} times"):
                breaks += 1
                assert breaks < 1000, "it does not get on"
            assert breaks >= 3
            assert 0 < told_by(store).resumed <= breaks  # one broken off before it had begun has left no trace


def broken_off(whole: Whole, store: Store, chance: random.Random, name: str) -> bool:
    """Goes on for a while; false when it came to the end."""
    kind = chance.choice(RAISED)
    last = 60 if kind in (BEFORE_COMMIT, AFTER_COMMIT) else 9
    boundaries = Boundaries(break_off, kind=kind, number=chance.randint(1, last))
    try:
        finish(whole, again(store), boundaries, name)
    except Broken:
        return True
    return False
