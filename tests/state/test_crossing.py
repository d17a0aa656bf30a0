"""Fills of our own orders that somebody else has crossed: we hold what the broker holds, at once."""

from decimal import Decimal

from cockpit.commands import Close, Enter
from cockpit.domain.order import Fill, Order, Said
from cockpit.journal.store import open_journal
from cockpit.journal.verify import verify
from cockpit.records import DecisionRecord, ExecutionRecord
from cockpit.risk.limits import Limits
from tests.journal.examples import session
from tests.state.at_broker import Live, bought


def crossed(live: Live) -> list[str]:
    """The critical alerts that say so."""
    return [text for text in live.alerts if "somebody else has crossed" in text]


def resting(contracts: int) -> tuple[Live, Order, Order]:
    """A broker whose answers take their time, an entry that rests there, and its stop."""
    live = Live(limits=Limits())
    live.book.answers = False
    assert live.command(Enter(symbol="C", side="buy", contracts=contracts, price=45.0, rests="day")).accepted
    entry, child = live.book.placed
    return live, entry, child


def is_whole(live: Live) -> bool:
    """Whether the journal tells one story."""
    with open_journal(None) as store:
        store.begin(session())
        store.write(live.journal.records, durable=False)
        return verify(store) == []


def test_an_exit_that_fills_after_others_have_closed_opens_the_opposite() -> None:
    live = bought(10)
    live.book.answers = False
    live.command(Close(position="C"))
    live.outside("sell", 10, "52")
    live.fill(live.last, 10, "51")
    assert live.ours == live.theirs == {"C": -10}
    assert crossed(live) == [
        f"critical sold 10 NIFTY 20000 C 25 Aug by our order {live.last.ref}, which somebody else has crossed"
    ]
    assert live.held.is_adopted
    assert is_whole(live)


def test_of_an_exit_only_what_is_beyond_crosses() -> None:
    live = bought(10)
    live.book.answers = False
    live.command(Close(position="C"))
    live.outside("sell", 4)
    live.fill(live.last, 10, "51", fees="5")
    assert live.ours == live.theirs == {"C": -4}
    (past,) = live.state.closed
    assert [(exit_.contracts, exit_.cause.trigger) for exit_ in past.exits] == [(4, "EXECUTED"), (6, "close")]
    assert (past.fees, live.held.fees) == (3, 2)
    executions = live.records(ExecutionRecord)
    assert [(e.side, e.contracts) for e in executions] == [("buy", 10), ("sell", 4), ("sell", 6), ("sell", 4)]
    assert is_whole(live)


def test_an_entry_fills_into_what_others_have_turned() -> None:
    live, entry, child = resting(10)
    live.outside("sell", 4)
    live.fill(entry, 3, "45")
    assert live.ours == live.theirs == {"C": -1}
    assert child.ref in live.book.cancelled, "its stop would enlarge the short"
    assert crossed(live)
    live.fill(entry, 7, "45")
    assert live.ours == live.theirs == {"C": 6}
    live.book.answers = True
    live.confirm()
    live.wait(1)
    (stop,) = live.working("protect")
    assert (stop.order.side, stop.leaves) == ("sell", 6)
    assert is_whole(live)


def test_an_entry_that_turns_the_position_back_keeps_its_stop_for_what_is_left() -> None:
    live, entry, child = resting(10)
    live.outside("sell", 4)
    live.fill(entry, 10, "45")
    assert live.ours == live.theirs == {"C": 6}
    held = live.held
    assert held.resting is not None
    assert held.resting is held.orders[child.ref]
    assert held.resting.order.position_id == held.id
    live.book.answers = True
    live.confirm()
    live.wait(1)
    assert live.book.orders[child.ref].contracts == 6
    live.fill(live.book.orders[child.ref], 6, "37")
    assert live.ours == live.theirs == {}
    assert live.records(DecisionRecord)[-1].position_id == held.id
    assert is_whole(live)


def test_what_crosses_is_folded_once() -> None:
    live = bought(10)
    live.book.answers = False
    live.command(Close(position="C"))
    live.outside("sell", 10)
    live.fill(live.last, 10)
    (working,) = [w for w in live.state.closed[0].orders.values() if w.order.ref == live.last.ref]
    again = Fill(
        id=working.seen[0], ref=live.last.ref, contracts=10, price=Decimal(50), fees=Decimal(0),
        at_ns=live.state.now_ns,
    )  # fmt: skip
    live.tell(again)
    assert live.ours == {"C": -10}


def test_an_entry_that_has_filled_before_its_cancel_is_told_of_opens_its_position() -> None:
    live, entry, _ = resting(10)
    now = live.state.now_ns
    live.tell(Said(ref=entry.ref, told="cancelled", words="", at_ns=now))
    live.tell(Fill(id="E9", ref=entry.ref, contracts=4, price=Decimal(45), fees=Decimal(0), at_ns=now))
    assert live.ours == {"C": 4}
    assert not live.state.entering
    assert not any("unknown order" in text for text in live.alerts)


def test_the_last_of_an_entry_whose_position_has_closed_opens_another() -> None:
    live, entry, child = resting(10)
    live.fill(entry, 4, "45")
    live.outside("sell", 4)
    live.tell(Said(ref=entry.ref, told="cancelled", words="", at_ns=live.state.now_ns))
    live.fill(entry, 6, "45")
    assert live.ours == live.theirs == {"C": 6}
    assert live.state.closed[0].contracts == 0
    live.tell(Said(ref=child.ref, told="cancelled", words="", at_ns=live.state.now_ns))
    assert is_whole(live)
