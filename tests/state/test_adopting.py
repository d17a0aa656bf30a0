"""Executions that no order of ours made."""

from decimal import Decimal

import pytest

from cockpit.commands import Close, Enter, Reduce, SetStop
from cockpit.domain.order import Said
from cockpit.records import DecisionRecord, ExecutionRecord, OrderRecord, RoundTripRecord
from cockpit.state.market import advance, opened
from cockpit.state.remembering import restore
from tests.state.at_broker import Live, bought


def test_a_close_made_elsewhere_takes_off_at_its_price() -> None:
    live = bought(10)
    live.outside("sell", 10, "52", fees=Decimal("1.5"))
    assert live.ours == {}
    (trip,) = live.state.closed
    (exit_,) = trip.exits
    assert (exit_.cause.rule, exit_.cause.trigger, exit_.total) == ("outside", "EXECUTED", 520)
    assert (trip.gross, trip.fees) == (20, Decimal("1.5"))
    assert live.state.realised == 20


def test_it_cancels_our_own_exit_and_the_stop_that_rests() -> None:
    live = bought(10)
    (stop,) = live.working("protect")
    live.command(Close(position="C"))
    exit_ = live.last
    live.outside("sell", 10)
    assert {exit_.ref, stop.order.ref} <= set(live.book.cancelled)
    assert live.book.orders == {}
    assert not live.working("exit")
    assert not live.working("protect")


def test_a_part_taken_off_elsewhere_cuts_our_exit_and_the_stop() -> None:
    live = bought(10)
    live.command(Close(position="C"))
    live.outside("sell", 4)
    (exit_,) = live.working("exit")
    assert exit_.leaves == 6
    assert live.book.orders[exit_.order.ref].contracts == 6
    live.wait(3)
    assert all(order.contracts <= 6 for order in live.book.orders.values())
    live.fill(live.book.orders[exit_.order.ref], 6)
    assert live.ours == live.theirs == {}


def test_a_partial_exit_that_there_is_room_for_goes_on() -> None:
    live = bought(10)
    live.command(Reduce(position="C", contracts=4))
    live.outside("sell", 5)
    assert [w.leaves for w in live.working("exit")] == [4]
    assert live.ours == {"C": 5}


def test_the_stop_shrinks_to_what_is_left() -> None:
    live = bought(10)
    live.outside("sell", 4)
    assert [w.order.contracts for w in live.working("protect")] == [6]
    assert [order.contracts for order in live.book.orders.values()] == [6]


def test_beyond_what_was_held_the_opposite_is_adopted() -> None:
    live = bought(10)
    live.outside("sell", 14, "51", fees=Decimal(14))
    assert live.ours == {"C": -4}
    (trip,) = live.state.closed
    assert (trip.fees, live.held.fees) == (10, 4)
    assert (live.held.is_adopted, live.held.average) == (True, 51)
    assert live.held.id != trip.id


def test_the_same_side_joins() -> None:
    live = bought(10)
    live.outside("buy", 10, "52")
    assert live.ours == {"C": 20}
    assert (live.held.average, live.held.is_adopted) == (51, False)
    assert [w.order.contracts for w in live.working("protect")] == [20]


def test_what_is_held_nowhere_is_adopted_under_the_default_profile() -> None:
    live = Live()
    live.outside("sell", 3, "31", symbol="P")
    assert live.ours == {"P": -3}
    held = live.held
    assert (held.is_adopted, held.in_cooldown, held.profile.name) == (True, False, live.state.default_profile)
    assert live.alerts == ["info \u22123 opened by hand in TWS: supervised by test from now on"]
    assert "sold 3 @ 31.00 by hand in TWS; its protective stop acts; test leads it once you hand it over" in live.said
    assert live.working("protect") == []
    live.beat()  # judged for the first time
    assert [w.order.contracts for w in live.working("protect")] == [3]


def test_a_cooldown_begins_after_a_close_made_elsewhere_and_marks_what_is_opened_in_it() -> None:
    live = bought(10)
    live.outside("sell", 10, "45")
    assert live.state.cooldown.left_s(live.state.now_ns) == 60
    live.outside("buy", 2, "45")
    assert live.held.in_cooldown
    assert "warning opened elsewhere with 60 s of the cooldown left" in live.alerts
    assert live.records(RoundTripRecord)[-1].in_cooldown
    assert not live.command(Enter(symbol="P", side="buy", contracts=1)).accepted


def test_it_is_taken_once_and_an_old_one_is_only_remembered() -> None:
    live = bought(10)
    told = live.outside("sell", 3)
    live.tell(told)
    assert live.ours == {"C": 7}
    old = live.outside("sell", 2, is_old=True)
    live.tell(old._replace(is_old=False))
    assert live.ours == {"C": 7}
    assert {told.id, old.id} == live.state.outside
    assert told.id.encode() in live.journal.bodies["session"]


def test_a_contract_that_nobody_listed_is_alarmed() -> None:
    live = Live()
    live.outside("buy", 2, symbol="X")
    assert live.alerts == ["critical buy 2 X by hand in TWS: this session does not know the contract"]


def test_an_entry_of_ours_against_it_is_cancelled_and_one_along_with_it_goes_on() -> None:
    live = Live()
    live.command(Enter(symbol="C", side="buy", contracts=5))
    (entry,) = live.working("entry")
    live.outside("buy", 2)
    assert live.held.id == entry.order.position_id
    assert entry.state == "working"
    live.outside("sell", 1)
    assert entry.order.ref in live.book.cancelled


def test_an_entry_that_is_along_with_it_fills_into_the_same_position() -> None:
    live = Live()
    live.command(Enter(symbol="C", side="buy", contracts=5))
    (entry,) = live.working("entry")
    live.outside("buy", 2)
    live.fill(entry.order, 5)
    live.beat()
    assert live.ours == live.theirs == {"C": 7}
    assert live.state.held.keys() == {"P0001"}


def test_an_id_that_has_closed_is_not_given_again() -> None:
    live = Live()
    live.command(Enter(symbol="C", side="buy", contracts=5))
    (entry,) = live.working("entry")
    live.fill(entry.order, 2)
    live.outside("sell", 2)
    live.outside("buy", 1)
    assert [held.id for held in live.state.closed] == ["P0001"]
    assert live.held.id == "P0002"


def test_the_journal_tells_one_story() -> None:
    live = bought(10)
    live.outside("sell", 4)
    live.outside("sell", 8)
    orders = {record.ref: record for record in live.records(OrderRecord)}
    decisions = {record.id: record for record in live.records(DecisionRecord)}
    executions = live.records(ExecutionRecord)
    assert len({record.id for record in executions}) == len(executions) == 4
    for execution in executions:
        order = orders[execution.order_ref]
        assert (order.position_id, order.side) == (execution.position_id, execution.side)
        assert order.filled <= order.contracts
        assert order.purpose != "exit" or decisions[order.decision_id or ""].position_id == order.position_id
    made = [(orders[e.order_ref].purpose, e.contracts, e.position_id) for e in executions]
    assert made == [("entry", 10, "P0001"), ("exit", 4, "P0001"), ("exit", 6, "P0001"), ("entry", 2, "P0002")]
    assert [o.said for o in orders.values() if o.purpose == "exit"] == ["by hand in TWS"] * 2


@pytest.mark.parametrize("state", ["lost", "acknowledged"])
def test_an_exit_in_flight_is_never_more_than_is_held(state: str) -> None:
    live = bought(10)
    live.book.answers = False
    live.command(Close(position="C"))
    live.tell(Said(ref=live.last.ref, told=state, words="", at_ns=live.state.now_ns))  # type: ignore[arg-type]
    live.outside("sell", 3)
    live.outside("sell", 3)
    (exit_,) = live.working("exit")
    assert exit_.order.contracts == 4


def test_what_was_adopted_survives_a_restart() -> None:
    live = bought(10)
    live.outside("sell", 14, "51")
    live.outside("buy", 3, "31", symbol="P")
    again = opened(live.setup)
    advance(again, live.state.now_ns)
    restore(again, live.journal.bodies, {})
    assert again.outside == live.state.outside
    assert {h.id: (h.side * h.contracts, h.is_adopted, h.average) for h in again.held.values()} == {
        h.id: (h.side * h.contracts, h.is_adopted, h.average) for h in live.state.held.values()
    }
    assert [(h.id, h.gross) for h in again.closed] == [(h.id, h.gross) for h in live.state.closed]
    assert [w.cause.rule for h in again.held.values() for w in h.orders.values() if w.order.purpose == "entry"] == [
        "outside", "outside",
    ]  # fmt: skip


def test_an_entry_that_still_rests_goes_when_the_stop_has_taken_the_position() -> None:
    live = bought(10)
    assert live.command(Enter(symbol="C", side="buy", contracts=3, price=40.0, rests="gtc")).accepted
    (stop,) = live.working("protect")
    live.fill(stop.order, 10, "37.5")
    assert live.ours == {}
    assert live.working("entry") == []


def test_adding_to_a_position_leaves_the_stop_where_the_human_has_put_it() -> None:
    live = bought(10)
    assert live.command(SetStop(position="C", price=30.0, typed=True)).accepted
    live.outside("buy", 1, "50.2")
    live.wait(3)
    assert live.held.pos.held_stop == 30.0
    assert [(w.order.contracts, str(w.order.trigger.price)) for w in live.working("protect") if w.order.trigger] == [
        (11, "30.0")
    ]
