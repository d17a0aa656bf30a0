"""What others have opened is the human's until he hands it over, and is never sold at first sight."""

from typing import Any

import pytest

from cockpit.commands import Close, Command, HandBack, SetMode, SetStop, TakeOver
from cockpit.records import DecisionRecord
from tests.market_of import profile
from tests.state.at_broker import Live


def found(average: str, **given: Any) -> Live:
    """Five calls at 50, of which the broker says what they have cost."""
    live = Live(**given)
    live.snapshot(("C", 5, average))
    live.beat()
    return live


def test_what_stands_well_is_the_humans_and_its_stop_rests() -> None:
    live = found("49")
    assert live.held.overrides.words == "taken over"
    assert [w.order.contracts for w in live.working("protect")] == [5]
    assert not any(alert.startswith("critical") for alert in live.alerts)


def test_no_other_rule_takes_off_what_it_did_not_open() -> None:
    live = found("20", rules=profile("profit_extreme profit_bps=1", "holding_limit max_held_s=10", "protective_stop"))
    live.wait(30)
    assert live.records(DecisionRecord) == []
    assert {a.name for a in live.held.asked if a.kind == "exit"} == {"holding_limit"}


def test_once_it_is_handed_over_the_engine_leads_it() -> None:
    live = found("49", rules=profile("holding_limit max_held_s=10", "protective_stop"))
    assert live.command(HandBack(position="C")).accepted
    assert live.held.overrides.words == "auto"
    live.wait(12)
    assert [d.rule for d in live.records(DecisionRecord)] == ["holding_limit"]


def test_it_is_not_handed_over_where_a_rule_would_sell_it_at_once() -> None:
    live = found("49", rules=profile("holding_limit max_held_s=10", "protective_stop"))
    live.wait(12)
    answer = live.command(HandBack(position="C"))
    assert (answer.accepted, "holding limit would take" in answer.said) == (False, True)
    assert live.held.overrides.words == "taken over"
    assert live.records(DecisionRecord) == []


def test_whoever_wants_it_led_at_once_says_so_beforehand() -> None:
    live = found("49", rules=profile("holding_limit max_held_s=10", "protective_stop"), leads_found=True)
    assert live.held.overrides.words == "auto"
    live.wait(12)
    assert [d.rule for d in live.records(DecisionRecord)] == ["holding_limit"]


def test_the_engine_may_take_off_again_what_it_has_led() -> None:
    live = found("49", rules=profile("holding_limit max_held_s=10", "protective_stop"))
    live.command(HandBack(position="C"))
    live.command(TakeOver(position="C"))
    live.wait(12)
    assert live.command(HandBack(position="C")).accepted


def test_a_price_that_is_not_known_is_no_price_that_stands_well() -> None:
    live = found("90")
    live.wait(10)  # the quote has grown old
    answer = live.command(SetMode(position="C", mode="automatic"))
    assert (answer.accepted, "the price of" in answer.said) == (False, True)


def test_taken_over_before_its_price_was_known_it_is_only_observed_all_the_same() -> None:
    live = Live()
    live.wait(10)
    live.snapshot(("C", 5, "90"))
    assert live.held.is_unmet
    live.command(TakeOver(position="C"))
    live.rows("10:00:12 49.95 50.05")
    assert live.held.overrides.words == "observe"
    assert live.records(DecisionRecord) == []


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
