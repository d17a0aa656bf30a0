"""Exits beside orders that still end: a human's waits, and never more works at the broker than is held."""

import pytest

from cockpit.commands import Base, CancelExit, Close, Flatten, Kill, Reduce
from cockpit.domain.order import Order
from cockpit.state.making_room import room
from tests.state.at_broker import Live, bought
from tests.state.test_lost import entering


def ending() -> Live:
    """Ten that were leaving whole, until a human cancelled it; the broker has not answered that."""
    live = bought(10)
    live.command(Close(position="C"))
    live.book.answers = False
    live.command(CancelExit(position="C"))
    live.book.placed.clear()
    return live


def sent(live: Live) -> list[tuple[str, int]]:
    """What has been sent since."""
    return [(order.purpose, order.contracts) for order in live.book.placed]


@pytest.mark.parametrize("command", [Close(position="C"), Flatten(), Kill(), Reduce(position="C", fraction=1.0)])
def test_a_human_leaves_again_once_the_broker_has_answered(command: Base) -> None:
    live = ending()
    assert live.command(command).accepted
    live.wait(3)
    live.snapshot()
    assert (sent(live), live.held.going) == ([], 10)
    live.confirm()
    assert sent(live) == [("exit", 10)]
    stop = live.held.resting
    assert stop is not None
    assert live.last.group == stop.order.group, "so that the two can never both fill"


def test_for_what_is_left_then() -> None:
    live = ending()
    first = next(order for order in live.book.orders.values() if order.purpose == "exit")
    live.command(Close(position="C"))
    live.fill(first, 4)
    live.confirm()
    assert sent(live) == [("exit", 6)]
    live.fill(live.last, 6)
    assert live.ours == live.theirs == {}


def test_a_part_waits_for_the_stop_as_well() -> None:
    live = ending()
    live.command(Reduce(position="C", contracts=4))
    live.wait(3)
    live.confirm()
    assert sent(live) == []
    live.confirm()
    assert sent(live) == [("exit", 4)]
    assert live.held.resting is not None
    assert live.held.resting.leaves == 6


def test_the_stop_stays_until_it_is_known_how_much_has_left() -> None:
    live = bought(10)
    live.command(Reduce(position="C", contracts=4))
    live.book.answers = False
    live.command(CancelExit(position="C"))
    live.command(Reduce(position="C", contracts=6))
    live.wait(3)
    stop = live.held.resting
    assert stop is not None
    assert (stop.state, stop.leaves) == ("working", 6)
    live.confirm()
    live.confirm()
    assert (live.last.contracts, stop.leaves) == (6, 4)


def test_it_can_be_taken_back_while_it_waits() -> None:
    live = ending()
    live.command(Close(position="C"))
    assert live.command(Close(position="C")).said.startswith("all 10 are leaving already")
    assert live.command(CancelExit(position="C")).accepted
    live.confirm()
    live.wait(1)
    assert (sent(live), live.held.leaving) == ([], 0)


def test_a_cancel_that_is_ignored_locks_nothing_for_good() -> None:
    live = ending()
    live.command(Close(position="C"))
    live.book.asked.clear()
    live.wait(40)
    assert sent(live) == []
    live.confirm()
    assert sent(live) == [("exit", 10)]


def rests(live: Live) -> int:
    """Contracts in stops that may fill."""
    return sum(w.leaves for w in live.working("protect"))


def test_a_stop_grows_only_when_the_other_has_ended() -> None:
    live = entering()
    entry, child = live.book.placed
    live.outside("buy", 5)
    live.wait(3)
    live.book.answers = False
    live.fill(entry, 10, "45")
    live.wait(1)
    assert (rests(live), room(live.state, live.held)) == (15, 5)
    live.confirm()
    live.wait(0.25)
    live.confirm()
    (stop,) = live.working("protect")
    assert (stop.leaves, stop.order.ref == child.ref) == (15, False)


def test_it_stays_while_the_others_entry_has_filled_in_part() -> None:
    live = entering()
    entry, _child = live.book.placed
    live.outside("buy", 5)
    live.wait(3)
    first = live.held.resting
    live.book.answers = False
    live.fill(entry, 3, "45")
    live.wait(1)
    assert first is live.held.resting
    assert (live.held.contracts, room(live.state, live.held)) == (8, 5)


def test_a_new_position_has_its_stop_when_that_of_the_one_before_has_ended() -> None:
    live = bought(10, cooldown=False, leads_found=True)
    live.book.answers = False
    live.outside("sell", 10)
    live.outside("buy", 10)
    live.wait(1)
    assert (rests(live), live.held.resting) == (10, None)
    live.confirm()
    live.wait(1)
    assert live.held.resting is not None
    assert rests(live) == 10


def test_the_stop_of_a_long_leaves_that_of_a_short_alone() -> None:
    live = bought(10, cooldown=False, leads_found=True)
    live.book.answers = False
    live.outside("sell", 14)
    live.wait(1)
    stops: list[Order] = [order for order in live.book.orders.values() if order.purpose == "protect"]
    assert [(order.side, order.contracts) for order in stops] == [("sell", 10), ("buy", 4)]
