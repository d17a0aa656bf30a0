"""Our positions against the broker's: differences are seen, then resolved, or alarmed."""

from decimal import Decimal

import pytest

from cockpit.commands import Close, Enter
from cockpit.domain.order import Said
from cockpit.events import BrokerPosition, Snapshot, Unsupervised
from cockpit.records import DecisionRecord
from cockpit.state.model import Difference
from tests.state.at_broker import Live, bought


def differences(live: Live) -> list[str]:
    """Newest last, as `label ours theirs words`; open ones with a question mark."""
    return [f"{d.ours} {d.theirs}{'?' if d.is_open else ''} {d.words}" for d in live.state.differences]


def test_the_session_begins_with_what_the_account_holds() -> None:
    live = Live()
    live.link("synchronising")
    live.snapshot(("C", 5, "48.2"), ("P", -3, "31"))
    live.link("up")
    assert live.ours == {"C": 5, "P": -3}
    call, put = live.state.held.values()
    assert (call.average, call.opened_ns, call.is_adopted) == (Decimal("48.2"), live.state.now_ns, True)
    assert (call.pos.entry_mark, call.pos.entry) == (50.0, 48.2)
    assert call.pos.held_stop == call.pos.held_stop  # has a stop from the first instant
    assert put.side == -1
    assert not any(d.is_open for d in live.state.differences)
    assert live.alerts == ["info the account held 2 positions: supervised by test now"]


def test_what_is_adopted_is_judged_at_the_next_tick() -> None:
    live = Live()
    live.snapshot(("C", 5, "50"))
    live.beat()
    live.rows("10:00:01 30 30.1", "10:00:04 30 30.1")
    assert [d.rule for d in live.records(DecisionRecord)] == ["protective_stop"]
    assert [(w.order.contracts, w.cause.rule) for w in live.working("exit")] == [(5, "protective_stop")]


def test_agreement_says_nothing() -> None:
    live = bought(10)
    lines = live.state.lines_said
    for _ in range(3):
        live.snapshot()
    assert (live.state.lines_said, differences(live)) == (lines, [])


def test_a_difference_is_seen_first_and_resolved_when_it_is_seen_again() -> None:
    live = bought(10)
    live.snapshot()
    live.snapshot(("C", 7, "50"))
    assert live.ours == {"C": 10}
    assert differences(live) == ["+10 +7? seen once; resolved if the broker's next answer says the same"]
    assert live.alerts[-1].startswith("warning NIFTY 20000 C 25 Aug: +10 here, +7 there; seen once")
    live.rows("10:00:04 51.95 52.05")
    live.snapshot(("C", 7, "50"))
    assert live.ours == {"C": 7}
    (exit_,) = live.held.exits
    assert (exit_.cause.rule, exit_.cause.trigger, exit_.total / exit_.contracts) == ("outside", "ESTIMATED", 52)
    assert differences(live) == [
        "+10 +7 3 taken off at 52.00, the mark: estimated: the broker did not tell at what price"
    ]
    assert "3 taken off at 52" in live.alerts[-1]


def test_one_that_is_another_the_next_time_is_seen_anew() -> None:
    live = bought(10)
    live.snapshot()
    live.snapshot(("C", 7, "50"))
    live.snapshot(("C", 6, "50"))
    assert live.ours == {"C": 10}
    live.snapshot(("C", 6, "50"))
    assert live.ours == {"C": 6}


def test_one_that_goes_away_is_closed_without_our_doing() -> None:
    live = bought(10)
    live.snapshot()
    live.snapshot(("C", 7, "50"))
    live.snapshot(("C", 10, "50"))
    assert differences(live) == ["+10 +7 agrees again without our doing"]
    assert live.alerts == []


def test_a_contract_that_both_have_lost_agrees_again() -> None:
    live = bought(10)
    live.snapshot()
    live.snapshot(("P", 4, "30"), ("C", 10, "50"))
    live.snapshot(("C", 10, "50"))
    assert differences(live) == ["none +4 agrees again without our doing"]


def test_the_first_after_the_link_came_up_is_resolved_at_once() -> None:
    live = bought(10)
    live.snapshot()
    live.link("no server")
    live.wait(1)
    live.link("synchronising")
    live.snapshot(("C", 10, "50"), ("P", 4, "29"))
    assert live.ours == {"C": 10, "P": 4}
    assert live.state.by_symbol["P"].average == 29


def test_the_first_is_the_one_that_is_taken_while_it_synchronises() -> None:
    live = bought(10)
    live.link("connecting")
    live.link("synchronising")
    live.snapshot()
    live.wait(1)
    live.link("up")
    live.wait(3)
    live.snapshot(("C", 4, "50"))
    assert live.ours == {"C": 10}, "seen once: an execution may still tell of it"
    live.snapshot(("C", 4, "50"))
    assert live.ours == {"C": 4}


def test_more_than_we_hold_is_joined_at_the_brokers_average() -> None:
    live = bought(10)
    for _ in range(3):
        live.snapshot(("C", 15, "56"))
    assert live.ours == {"C": 15}
    assert live.held.average == 52  # ten at 50, five at 56
    assert not live.held.is_adopted


def test_the_opposite_is_both_taken_off_and_adopted() -> None:
    live = bought(10)
    live.snapshot(("C", -4, "51"))
    assert live.ours == {"C": -4}
    assert [(h.contracts, h.side) for h in live.state.closed] == [(0, 1)]
    assert (live.held.average, live.held.is_adopted) == (51, True)
    assert "all 10 taken off at 50" in live.state.differences[-1].words
    assert "\u22124 adopted at 51.00, the broker's average; supervised by test" in live.state.differences[-1].words


def test_nothing_is_resolved_while_an_order_of_ours_is_unknown() -> None:
    live = bought(10)
    live.snapshot()
    live.command(Close(position="C"))
    order = live.last
    live.tell(Said(ref=order.ref, told="lost", words="no server", at_ns=live.state.now_ns))
    for _ in range(3):
        live.snapshot(("C", 0, "50"))
    assert live.ours == {"C": 10}
    assert differences(live) == ["+10 none? waits: what became of an order of ours is not known yet"]
    live.tell(Said(ref=order.ref, told="cancelled", words="not known", at_ns=live.state.now_ns))
    live.snapshot(("C", 0, "50"))
    assert live.ours == {}


def test_nothing_is_resolved_within_two_seconds_of_a_fill() -> None:
    live = bought(10)
    live.snapshot()
    live.outside("sell", 2)
    live.snapshot(("C", 10, "50"))
    live.snapshot(("C", 10, "50"))
    assert differences(live) == ["+8 +10? waits: a fill has only just come"]
    live.wait(2)
    live.snapshot()
    assert differences(live) == ["+8 +10 agrees again without our doing"]


def test_the_same_wait_is_told_once() -> None:
    live = bought(10)
    live.outside("sell", 2)
    live.snapshot(("C", 10, "50"))
    lines = live.state.lines_said
    live.snapshot(("C", 10, "50"))
    assert live.state.lines_said == lines


def test_what_cannot_be_resolved_stays_open_and_is_critical() -> None:
    live = Live()
    live.tell(Snapshot(live.state.now_ns, (BrokerPosition("X", 2, Decimal(5)),)))
    assert live.alerts == [
        "critical X: none here, +2 there; this session does not know the contract: it cannot be supervised here"
    ]
    assert [d.is_open for d in live.state.differences] == [True]
    live.snapshot(("C", 0, "1"))
    assert [d.is_open for d in live.state.differences] == [False]
    assert live.alerts == []


def test_an_average_that_is_none_is_the_mark() -> None:
    live = Live()
    live.snapshot(("C", 5, "0"))
    assert live.held.average == 50
    dark = Live("10:00:00 under 20000")
    dark.snapshot(("C", 5, "NaN"))
    assert dark.ours == {}
    assert dark.alerts[0].startswith("critical")
    assert "neither the broker's average nor a mark" in dark.alerts[0]


def test_without_a_mark_the_last_believed_one_counts() -> None:
    live = bought(10)
    live.wait(30)
    live.snapshot(("C", 0, "50"))
    live.snapshot(("C", 0, "50"))
    assert live.ours == {}
    assert live.state.closed[-1].exits[-1].total == 500


def test_what_nothing_is_known_of_leaves_at_its_entry() -> None:
    live = Live("10:00:00 under 20000")
    live.snapshot(("C", 5, "40"))
    live.wait(3)
    live.snapshot(("P", 0, "40"))
    live.snapshot(("P", 0, "40"))
    assert live.state.closed[-1].gross == 0
    assert "its entry price, as no mark is known" in live.state.differences[-1].words


@pytest.mark.parametrize(("index", "price"), [("20030", 30), ("19000", 0)])
def test_what_the_broker_does_not_hold_after_expiry_has_expired(index: str, price: int) -> None:
    live = Live("10:00:00 under 20000", "10:00:00 49.95 50.05")
    live.snapshot(("C", 5, "50"))
    live.beat()
    live.rows(f"10:00:01 under {index}")
    live.beat("+++++++15:31:00")
    live.snapshot(("P", 0, "1"))
    live.snapshot(("P", 0, "1"))
    assert live.ours == {}
    (exit_,) = live.state.closed[-1].exits
    assert (exit_.total, exit_.cause.trigger) == (5 * price, "EXPIRED")
    assert "expired or was exercised" in live.state.differences[-1].words


def test_what_cannot_be_supervised_is_told_once_and_as_long_as_it_is_there() -> None:
    live = Live()
    future = Unsupervised("NIFTY FUT AUG", 2, "futures are not supervised here")
    for _ in range(3):
        live.snapshot(("C", 0, "1"), unsupervised=[future])
    assert live.alerts == ["warning +2 NIFTY FUT AUG is not supervised: futures are not supervised here"]
    assert live.state.alerts["A-unsupervised-NIFTY FUT AUG"].count == 1
    live.snapshot(("C", 0, "1"))
    assert live.alerts == []


def test_differences_survive_a_restart() -> None:
    live = bought(10)
    live.snapshot()
    live.snapshot(("C", 7, "50"))
    assert b"seen once" in live.journal.bodies["session"]
    assert isinstance(live.state.differences[-1], Difference)


def test_an_exit_whose_fate_was_unknown_gives_way_once_it_is_known_to_work() -> None:
    live = bought(10)
    live.command(Close(position="C"))
    order = live.last
    live.tell(Said(ref=order.ref, told="lost", words="no server", at_ns=live.state.now_ns))
    live.outside("sell", 10)
    assert live.ours == {}
    assert live.working("exit")
    live.tell(Said(ref=order.ref, told="acknowledged", words="", at_ns=live.state.now_ns))
    live.snapshot()
    assert order.ref in live.book.cancelled
    assert not live.working("exit")


def test_a_snapshot_does_not_bar_the_next_entry() -> None:
    live = Live()
    live.snapshot(("P", 3, "30"))
    assert live.command(Enter(symbol="C", side="buy", contracts=1)).accepted
