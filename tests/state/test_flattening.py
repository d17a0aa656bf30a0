"""Flatten is tested with the other commands; here the kill switch, which goes on pressing until all is flat."""

from typing import Any

import pytest

from cockpit.commands import CancelExit, Close, Enter, Kill, Reduce, SetSession
from cockpit.domain.order import Order, Said
from cockpit.events import OutsideOrder
from cockpit.risk.limits import LIVE
from cockpit.state.reduce import command, taken
from tests.market_of import play
from tests.state.at_broker import Live, bought
from tests.state.test_lost import restart

QUOTED = ["10:00:00 under 20000", "10:00:00 49.95 50.05", "10:00:00 P 29.95 30.05", "10:00:00 N 59.95 60.05"]


def holding(**setup: Any) -> Live:
    """A winner in the call, a loser in the put, and a call of the week after that is at its entry."""
    live = Live(*QUOTED, **setup)
    live.snapshot(("C", 5, "45"), ("P", 3, "32"), ("N", -2, "60"))
    live.beat()
    return live


def exits(live: Live) -> list[tuple[str, int]]:
    """What has been sent to leave."""
    return [(order.symbol, order.contracts) for order in live.book.placed if order.purpose == "exit"]


def test_it_halts_cancels_and_leaves() -> None:
    live = holding()
    said = live.command(Kill(reason="enough"))
    assert (said.accepted, said.said) == (True, "session halted, 3 positions leaving")
    assert live.state.session == "halted"
    assert exits(live) == [("C", 5), ("P", 3), ("N", 2)]
    assert all(o.urgent and o.limit is None and o.fills_suspect for o in live.book.placed if o.purpose == "exit")
    assert "critical kill switch (enough): leaves at any price until it is flat" in live.alerts


def test_the_broker_is_told_to_cancel_everything_only_when_everything_is_meant() -> None:
    def kills(given: Kill, **setup: Any) -> bool:
        live = holding(**setup)
        command(live.state, given)
        return taken(live.state).kills

    assert kills(Kill())
    assert not kills(Kill(scope="losers"))
    assert not kills(Kill(), protection="practice")


@pytest.mark.parametrize(
    ("command", "symbols"),
    [
        (Kill(), ["C", "P", "N"]),
        (Kill(scope="winners"), ["C"]),
        (Kill(scope="losers"), ["P"]),
        (Kill(scope="underlying", underlying="NIFTY"), ["C", "P", "N"]),
        (Kill(scope="underlying", underlying="SPX"), []),
        (Kill(scope="expiring"), []),
    ],
)
def test_of_its_scope(command: Kill, symbols: list[str]) -> None:
    live = holding()
    live.command(command)
    assert [symbol for symbol, _ in exits(live)] == symbols


def test_expiring_is_what_expires_today_in_the_exchanges_zone() -> None:
    live = Live(*(line.replace("10:00:00", "+++++++10:00:00") for line in QUOTED))
    live.snapshot(("C", 5, "45"), ("P", 3, "32"), ("N", -2, "60"))
    live.command(Kill(scope="expiring"))
    assert [symbol for symbol, _ in exits(live)] == ["C", "P"]


def test_working_entries_are_cancelled_whatever_the_scope() -> None:
    live = holding()
    live.command(Enter(symbol="P", side="buy", contracts=1))
    (entry,) = live.working("entry")
    live.command(Kill(scope="winners"))
    assert entry.order.ref in live.book.cancelled


def test_an_exit_that_works_is_cancelled_first_and_what_it_leaves_is_sent_then() -> None:
    live = bought(10)
    live.book.answers = False
    live.command(Close(position="C"))
    old = live.last
    live.command(Kill())
    assert old.ref in live.book.cancelled
    assert exits(live) == [("C", 10)]
    live.fill(old, 3)
    live.tell(Said(ref=old.ref, told="cancelled", words="", at_ns=live.state.now_ns))
    live.book.orders.pop(old.ref)
    live.snapshot()
    assert exits(live) == [("C", 10), ("C", 7)]
    live.fill(live.last, 7)
    assert live.ours == live.theirs == {}
    assert not any("kill" in alert for alert in live.alerts)


def test_an_exit_that_waits_for_the_stop_is_never_sent_and_goes_with_the_whole() -> None:
    live = bought(10)
    live.book.answers = False
    live.command(Reduce(position="C", contracts=4))
    sent = len(live.book.placed)
    live.command(Kill())
    assert [(order.purpose, order.contracts) for order in live.book.placed[sent:]] == [("exit", 10)]
    assert live.held.leaving == 10
    live.confirm()
    live.wait(3)
    assert len(live.book.placed) == sent + 1


def test_a_refused_order_is_sent_again_after_two_seconds() -> None:
    live = bought(10)
    live.command(Kill())
    first = live.last
    reject(live, first)
    live.snapshot()
    assert live.last is first
    live.wait(2)
    live.snapshot()
    assert live.last is not first
    assert live.last.contracts == 10


def reject(live: Live, order: Order) -> None:
    """The broker will not have it."""
    del live.book.orders[order.ref]
    live.tell(Said(ref=order.ref, told="rejected", words="201", at_ns=live.state.now_ns))


@pytest.mark.parametrize("command", [SetSession(state="active"), CancelExit(position="C")])
def test_a_human_ends_it(command: Any) -> None:
    live = bought(10)
    live.command(Kill())
    assert live.command(command).accepted
    assert not any("kill" in alert for alert in live.alerts)
    live.wait(3)
    live.snapshot()
    assert sum(contracts for _, contracts in exits(live)) == 10
    assert not any("kill" in alert for alert in live.alerts)


def test_it_works_without_a_quote_and_with_a_journal_in_trouble() -> None:
    live = bought(10)
    live.wait(30)
    live.journal.trouble = "the disk is full"
    assert live.command(Kill()).accepted
    assert exits(live) == [("C", 10)]


def test_not_connected_it_halts_and_says_that_nothing_was_sent() -> None:
    live = bought(10)
    live.link("no server")
    said = live.command(Kill())
    assert not said.accepted
    assert said.said.startswith("the session is halted, but the broker is not connected")
    assert live.state.session == "halted"
    assert exits(live) == []


def test_it_is_bounded_by_no_limit_and_needs_no_arming() -> None:
    live = holding(limits=LIVE, account="U1", is_live_account=True)
    assert live.command(Kill()).accepted
    assert len(exits(live)) == 3


def test_in_practice_it_leaves_as_well() -> None:
    played = play(["10:00:00 49.9 50.1", "10:00:00 buy 10", "10:00:01 49.9 50.1", ("10:00:01", Kill())])
    assert played.exits == ["10:00:01 10 @ 49.90 human kill"]
    assert played.state.session == "halted"


def test_there_may_be_nothing_to_leave() -> None:
    assert Live().command(Kill()).said == "session halted"


def killed(**setup: Any) -> tuple[Live, Order]:
    """An entry that rests when everything is killed; its cancel is on its way."""
    live = Live(**setup)
    live.snapshot()
    live.command(Enter(symbol="C", side="buy", contracts=10, price=45.0, rests="day"))
    entry = next(order for order in live.book.placed if order.purpose == "entry")
    live.book.answers = False
    live.command(Kill(reason="enough"))
    return live, entry


def test_an_entry_that_crosses_its_cancel_leaves_as_well() -> None:
    live, entry = killed()
    live.fill(entry, 10, "45")
    live.beat()
    assert exits(live) == [("C", 10)]
    assert "critical kill switch (enough): leaves at any price until it is flat" in live.alerts
    live.fill(live.last, 10, "44")
    assert live.ours == live.theirs == {}


def test_so_does_what_an_exit_of_ours_opens_that_a_human_has_crossed() -> None:
    live = bought(10)
    live.command(Kill())
    live.book.answers = False
    live.outside("sell", 10)
    live.fill(live.last, 10)
    assert live.ours == {"C": -10}
    live.confirm()
    live.beat()
    assert (live.last.side, live.last.contracts) == ("buy", 10)
    live.fill(live.last, 10)
    assert live.ours == live.theirs == {}


def test_what_a_human_has_spared_is_not_pressed_again_and_no_other_way_than_by_him() -> None:
    live = holding()
    live.command(Kill())
    live.command(CancelExit(position="C"))
    live.state.alerts.clear()
    live.wait(3)
    live.snapshot()
    assert exits(live) == [("C", 5), ("P", 3), ("N", 2)]
    reject(live, next(order for order in live.book.placed if order.symbol == "P" and order.purpose == "exit"))
    live.wait(3)
    assert exits(live)[3:] == [("P", 3)], "an alert that has gone spares nobody"


def test_a_kill_of_losers_goes_on_when_they_win_and_lets_the_others_be() -> None:
    live = holding()
    live.command(Kill(scope="losers"))
    reject(live, live.last)
    live.rows("10:00:03 under 20000", "10:00:03 39.95 40.05", "10:00:03 P 39.95 40.05", "10:00:03 N 59.95 60.05")
    live.beat()
    assert exits(live) == [("P", 3), ("P", 3)], "the put wins now, and the call loses"


def test_a_narrower_kill_does_not_end_a_wider_one() -> None:
    live, entry = killed()
    live.command(Kill(scope="winners"))
    live.fill(entry, 10, "55")
    live.beat()
    assert exits(live) == [("C", 10)]


def test_it_survives_a_restart_and_tells_the_broker_again_while_something_works_there() -> None:
    live, entry = killed()
    live.book.calls.clear()
    restart(live)
    order = OutsideOrder("7", "C", "buy", 1, 0, "LMT 4 DAY", "Submitted", "by hand")
    live.fill(entry, 10, "45")
    live.snapshot(orders=(order,))
    live.link("up")
    assert "kill" in live.book.calls
    assert exits(live) == [("C", 10)]
    live.snapshot(orders=(order,))
    assert live.book.calls.count("kill") == 1, "it cancels ours as well"


def test_it_is_over_when_the_broker_has_nothing_left_of_it() -> None:
    live = bought(10)
    live.command(Kill())
    live.fill(live.last, 10)
    live.outside("buy", 3)
    live.beat()
    assert exits(live)[1:] == [("C", 3)], "it may have crossed"
    live.fill(live.last, 3)
    live.snapshot()
    assert live.state.killing is None
    live.outside("buy", 3)
    live.wait(3)
    assert live.ours == {"C": 3}, "the session is halted, and what a human trades elsewhere is his"


def test_it_ends_with_the_halt_even_while_nobody_is_there() -> None:
    live = bought(10)
    live.command(Kill())
    reject(live, live.last)
    live.link("no server")
    live.command(SetSession(state="active"))
    live.command(SetSession(state="halted"))
    live.link("up")
    live.wait(3)
    assert exits(live) == [("C", 10)]
