"""A position that was found beyond its stop is not sold at first sight, and nothing rests that would do so."""

import pytest

from cockpit.commands import Close, Command, SetMode, SetStop, TakeOver
from cockpit.records import DecisionRecord
from tests.state.at_broker import Live


def found(average: str) -> Live:
    """Five calls at 50, of which the broker says what they have cost."""
    live = Live()
    live.snapshot(("C", 5, average))
    live.beat()
    return live


def test_what_stands_well_is_supervised_from_the_first_judgement() -> None:
    live = found("49")
    assert live.held.overrides.mode == "automatic"
    assert [w.order.contracts for w in live.working("protect")] == [5]
    assert not any(alert.startswith("critical") for alert in live.alerts)


def test_what_is_beyond_its_stop_is_only_observed() -> None:
    live = found("90")
    assert live.held.overrides.mode == "observe"
    live.wait(3)
    assert live.records(DecisionRecord) == []
    assert live.book.placed == []
    (alert,) = [alert for alert in live.alerts if alert.startswith("critical")]
    assert "was found where protective stop would take it off at once" in alert


@pytest.mark.parametrize("command", [
    SetMode(position="C", mode="automatic"), SetMode(position="C", mode="confirm"), TakeOver(position="C"),
])  # fmt: skip
def test_letting_its_rules_act_again_is_no_way_to_sell_it(command: Command) -> None:
    live = found("90")
    answer = live.command(command)
    assert not answer.accepted
    assert answer.said.startswith("protective stop would take NIFTY 20000 C 25 Aug off at once: take it off yourself")
    live.beat()
    assert live.records(DecisionRecord) == []
    assert any(alert.startswith("critical") for alert in live.alerts)


def test_taken_off_by_hand_it_leaves() -> None:
    live = found("90")
    assert live.command(Close(position="C")).accepted
    live.beat()
    assert [d.rule for d in live.records(DecisionRecord)] == ["human"]


def test_who_decides_to_watch_it_is_not_asked_again() -> None:
    live = found("90")
    assert live.command(SetMode(position="C", mode="observe")).accepted
    assert not any(alert.startswith("critical") for alert in live.alerts)
    assert not live.command(SetMode(position="C", mode="automatic")).accepted


def test_with_a_stop_of_the_humans_it_stays_and_that_stop_rests() -> None:
    live = found("90")
    assert live.command(SetStop(position="C", price=45.0, typed=True)).accepted
    assert live.command(SetMode(position="C", mode="automatic")).accepted
    live.beat()
    assert live.records(DecisionRecord) == []
    assert [str(w.order.trigger.price) for w in live.working("protect") if w.order.trigger] == ["45.0"]


def test_what_nobody_quotes_is_not_met_yet_and_nothing_rests() -> None:
    live = Live()
    live.outside("sell", 3, "31", symbol="P")
    live.beat("10:00:30")
    assert live.held.is_unmet
    assert live.book.placed == []
