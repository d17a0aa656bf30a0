"""Real money is traded only on the day on which the account was typed."""

from typing import Any

import pytest

from cockpit.commands import Arm, Close, Enter, SetSession
from cockpit.records import CommandRecord
from cockpit.state.arming import disarm
from tests.state.at_broker import Live

REAL: dict[str, Any] = {"account": "U1234567", "is_live_account": True}


def test_a_live_account_begins_halted() -> None:
    live = Live(**REAL, up=False)
    assert (live.state.is_armed, live.state.session) == (False, "halted")
    said = live.command(Enter(symbol="C", side="buy", contracts=1))
    assert said.said == "entry refused: the account is not armed"


@pytest.mark.parametrize("to", ["active", "reducing"])
def test_without_arming_it_stays_halted(to: Any) -> None:
    live = Live(**REAL)
    said = live.command(SetSession(state=to))
    assert said.said == "U1234567 is not armed: type the account to trade real money"
    assert not said.accepted
    assert live.state.session == "halted"
    assert live.command(SetSession(state="halted")).accepted


@pytest.mark.parametrize("typed", ["u1234567", "U1234567 ", "U123456", "DU1234567", "yes"])
def test_the_account_must_be_the_very_one(typed: str) -> None:
    live = Live(**REAL)
    said = live.command(Arm(account=typed))
    assert not said.accepted
    assert "type it exactly" in said.said
    assert (live.state.is_armed, live.state.session) == (False, "halted")


def test_armed_it_trades_and_the_journal_knows() -> None:
    live = Live(**REAL)
    said = live.command(Arm(account="U1234567"))
    assert (said.accepted, live.state.is_armed, live.state.session) == (True, True, "active")
    (record,) = live.records(CommandRecord)
    assert (record.command, record.accepted, record.arguments) == ("arm", True, {"account": "U1234567"})
    assert live.command(Enter(symbol="C", side="buy", contracts=1)).accepted
    live.link("up")
    assert live.state.session == "active"
    assert not live.command(Arm(account="U1234567")).accepted


def test_paper_needs_no_arming() -> None:
    live = Live()
    assert live.state.is_armed
    assert live.command(Arm(account="DU1")).said == "no real money is traded here: there is nothing to arm"
    disarm(live.state)
    assert live.state.is_armed


def test_it_lasts_until_the_next_trading_day() -> None:
    live = Live(**REAL)
    live.command(Arm(account="U1234567"))
    live.snapshot(("C", 2, "50"))
    disarm(live.state)
    assert (live.state.is_armed, live.state.session) == (False, "halted")
    assert live.alerts[-1] == "critical a new trading day: U1234567 is no longer armed; only your own exits are sent"
    lines = live.state.lines_said
    disarm(live.state)
    assert live.state.lines_said == lines
    live.command(Arm(account="U1234567"))
    assert not any("no longer armed" in alert for alert in live.alerts)


def test_no_entry_outlasts_it() -> None:
    live = Live(**REAL)
    live.command(Arm(account="U1234567"))
    live.command(Enter(symbol="C", side="buy", contracts=1, price=45.0, rests="gtc"))
    (entry,) = live.working("entry")
    disarm(live.state)
    assert entry.state == "pending_cancel"


def test_a_human_may_reduce_without_arming() -> None:
    live = Live(**REAL)
    live.snapshot(("C", 2, "50"))
    assert live.command(Close(position="C")).accepted
    assert live.last.purpose == "exit"
