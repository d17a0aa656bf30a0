"""The demo's own commands act on what its script has entered, and never on what whoever watches holds."""

from collections.abc import Sequence

import pytest

from cockpit.commands import Close, Command, Enter, ResetCooldown, SetStop, Veto
from cockpit.records import CommandRecord
from cockpit.state.demo_bounds import DEMO
from tests.market_of import Line, Playing, play

QUOTED: list[Line] = ["10:00:00 50 50", "10:00:00 P 30 30"]
BUY: list[Line] = [*QUOTED, "10:00:00 buy 100"]
MINE = Enter(symbol="C", side="buy", contracts=10)
VETO = Veto(author=DEMO, position="C", for_s=600, reason="the burst may run its course")
STOP = SetStop(author=DEMO, position="C", price=45.0)
PLANNED = ResetCooldown(author=DEMO, reason="planned before the session")
LEFT_ALONE = "NIFTY 20000 C 25 Aug is not the demo's alone; its plan leaves it to whoever entered it"
RUNS_ON = "the cooldown follows a trade that is not the demo's alone; its plan leaves it to run"


def obeyed(played: Playing, *commands: Command) -> list[str]:
    """Which of them were refused, and how."""
    said = [played.command(command) for command in commands]
    return [one.said for one in said if not one.accepted]


def test_it_acts_on_what_the_script_has_entered() -> None:
    played = play(BUY)
    assert obeyed(played, VETO, STOP) == []
    assert played.held.overrides.vetoes.keys() == {"*"}
    assert played.stops[1:] == ["10:00:00 45.00 human"]


@pytest.mark.parametrize("lines", [QUOTED, BUY], ids=["opened", "joined"])
@pytest.mark.parametrize("is_killed", [False, True])
def test_it_leaves_alone_what_a_human_has(lines: Sequence[Line], is_killed: bool) -> None:
    played = play(lines)
    assert obeyed(played, MINE) == []
    if is_killed:
        played = played.killed()
    stop = played.held.pos.held_stop
    assert obeyed(played, VETO, STOP, STOP) == [LEFT_ALONE] * 3
    assert (played.held.pos.held_stop, played.held.overrides.vetoes) == (stop, {})
    refused = [r for r in played.journal.durable if isinstance(r, CommandRecord) and not r.accepted]
    assert {(r.author, r.answer) for r in refused} == {(DEMO, LEFT_ALONE)}


def test_a_human_and_his_own_scripts_may_do_all_that_they_could() -> None:
    played = play(QUOTED)
    theirs = Veto(author="somebody", position="C")
    assert obeyed(played, MINE, Veto(position="C"), theirs, SetStop(position="C", price=45.0)) == []


def test_a_contract_that_nobody_holds_is_none_of_its_own() -> None:
    assert obeyed(play(QUOTED), VETO) == ["no open position 'C'; open are none"]


def test_it_ends_the_cooldown_after_its_own_trade_also_when_a_human_has_closed_that() -> None:
    assert obeyed(play(BUY), Close(position="C"), PLANNED) == []


@pytest.mark.parametrize("lines", [QUOTED, BUY], ids=["opened", "joined"])
def test_it_leaves_the_cooldown_after_a_humans_trade(lines: Sequence[Line]) -> None:
    played = play(lines)
    assert obeyed(played, MINE, Close(position="C"), PLANNED) == [RUNS_ON]
    assert played.state.cooldown.left_s(played.state.now_ns) == 60.0
    assert obeyed(played, ResetCooldown(reason="by hand")) == []


def test_a_humans_cooldown_goes_on_when_a_trade_of_the_demo_closes_in_it() -> None:
    won: list[Line] = [*QUOTED, "10:00:00 buy 1 P", "10:00:05 50 50", "10:00:05 P 31 31"]
    played = play([*won[:3], ("10:00:01", MINE), ("10:00:02", Close(position="C")), *won[3:]])
    assert obeyed(played, Close(position="P"), PLANNED) == [RUNS_ON]


def test_one_that_is_over_does_not_hinder_it_later() -> None:
    played = play([*BUY, ("10:00:01", Enter(symbol="P", side="buy", contracts=1)), ("10:00:02", Close(position="P")),
                   "10:02:00 50 50"])  # fmt: skip
    assert obeyed(played, Close(position="C"), PLANNED) == []
