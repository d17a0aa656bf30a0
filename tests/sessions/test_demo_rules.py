"""The demo's tour shows every rule of every shipped profile leaving, and says when."""

from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

import pytest

from cockpit.events import NS
from cockpit.feeds.demo import TOUR_S, demo_start_ns, demo_tour_ns, tour
from cockpit.journal.ledger import Ledger
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.records import DecisionRecord, Record, VerdictRecord
from cockpit.wiring import Plan, Replay, Script, realistic, replay_of

SEEDS = (7, 3)
TOUR_NS = demo_tour_ns()
RULES = [(name, asked.rule.name) for name in SHIPPED_PROFILES for asked in profile(name).rules]


class Seen(NamedTuple):
    """Seconds of the tour at which a rule of a profile first said exit, and first left."""

    said_s: float
    trigger: str
    acted_s: float | None = None


class Listening(Ledger):
    """A ledger that keeps what rules said and what was decided."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[VerdictRecord | DecisionRecord] = []

    def add(self, record: Record) -> None:
        """Keeps it beside counting it."""
        super().add(record)
        if isinstance(record, VerdictRecord | DecisionRecord) and record.kind == "exit":
            self.kept.append(record)


def prepared(seed: int) -> Replay:
    recording, entries, commands = tour(seed)
    plan = Plan(
        profiles={name: profile(name) for name in SHIPPED_PROFILES},
        default_profile="adaptive",
        script=Script(entries=entries, commands=commands),
        options=realistic(recording.market),
        live_ns=demo_start_ns(),
    )
    return replay_of(recording, plan)


def heard(replay: Replay) -> Iterator[tuple[tuple[str, str], VerdictRecord | DecisionRecord]]:
    """What was said in the tour and before, by profile and rule, in order."""
    state, ledger = replay.state, replay.session.ledger
    assert isinstance(ledger, Listening)
    profiles = {held.id: held.profile.name for held in (*state.closed, *state.held.values())}
    for record in takewhile(lambda record: record.at_ns <= TOUR_NS + TOUR_S * NS, ledger.kept):
        yield (profiles[record.position_id], record.rule), record


def table_of(replay: Replay) -> dict[tuple[str, str], Seen]:
    table: dict[tuple[str, str], Seen] = {}
    for key, record in heard(replay):
        at_s = (record.at_ns - TOUR_NS) / NS
        seen = table.setdefault(key, Seen(at_s, record.trigger or ""))
        if isinstance(record, DecisionRecord) and seen.acted_s is None:
            table[key] = seen._replace(acted_s=at_s)
    return table


def written(table: dict[tuple[str, str], Seen]) -> str:
    """The list rule -> time, in minutes and seconds of the tour."""
    lines = ["| profile | rule | exit | trigger | leaves |", "|---|---|---|---|---|"]
    for name, rule in RULES:
        seen = table.get((name, rule))
        said = ("never", "", "") if seen is None else (clock(seen.said_s), seen.trigger, clock(seen.acted_s))
        lines.append(f"| {name} | {rule} | {' | '.join(said)} |")
    return "\n".join(lines)


def clock(seconds: float | None) -> str:
    if seconds is None:
        return "not"
    return f"{'-' if seconds < 0 else ''}{int(abs(seconds)) // 60}:{abs(seconds) % 60:04.1f}"


@pytest.fixture(scope="module", params=SEEDS)
def played(request: pytest.FixtureRequest) -> Replay:
    replay = prepared(request.param)
    replay.session.ledger = replay.ledger = Listening()
    replay.play()
    return replay


def test_every_rule_of_every_profile_reaches_exit_within_two_minutes_at_x60(played: Replay) -> None:
    table = table_of(played)
    missing = [rule for rule in RULES if rule not in table]
    assert not missing, f"{missing} never say exit\n{written(table)}"
    assert all(seen.said_s <= TOUR_S for seen in table.values())


def test_every_rule_of_every_profile_leaves(played: Replay) -> None:
    table = table_of(played)
    idle = [rule for rule in RULES if rule not in table or table[rule].acted_s is None]
    assert not idle, f"{idle} never leave\n{written(table)}"


def test_two_rules_want_to_leave_at_one_instant_and_one_loses(played: Replay) -> None:
    lost = {held.exits[-1].cause.suppressed for held in played.state.closed if held.exits[-1].cause.suppressed}
    assert (("theta_decay", "TIME_WINDOW_EXCEEDED"),) in lost
    assert all(held.exits for held in played.state.closed)


def test_the_trader_is_obeyed_and_a_cooldown_refuses_one_entry(played: Replay) -> None:
    state = played.state
    assert [refused["reason"] for refused in state.refused_entries] == ["cooldown"]
    left_s = state.refused_entries[0]["seconds_left"]
    assert left_s is not None
    assert 0 < left_s <= 60
    opened = len(state.closed) + len(state.held)
    assert opened == len(played.script.entries) - 1  # none joined another
    assert not state.held


def test_sizes_of_gains_and_losses_are_those_of_a_few_lots(played: Replay) -> None:
    nets = [float(held.gross - held.fees) for held in played.state.closed]
    assert max(nets) < 15_000  # of 1 000 000
    assert min(nets) > -15_000
    assert sum(net > 0 for net in nets) > len(nets) / 4
