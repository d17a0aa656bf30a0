"""What was under way when the connection went: nothing that was to end goes on, and nothing stale is sent."""

from dataclasses import replace

from cockpit import commands as c
from cockpit.domain.order import Said, Stands
from cockpit.journal.ledger import Ledger
from cockpit.risk.limits import Limits
from cockpit.session import Session
from cockpit.state.market import advance, opened
from cockpit.state.model import State
from cockpit.state.remembering import restore
from tests.state.at_broker import Live, bought


def lose(live: Live, *refs: str) -> None:
    """The connection goes, and with it what is known of these orders."""
    live.tell(*(Said(ref=ref, told="lost", words="", at_ns=live.state.now_ns) for ref in refs))
    live.link("connecting")
    live.link("synchronising")


def stands(live: Live, ref: str, contracts: int) -> None:
    """The broker still has it."""
    live.tell(Stands(ref=ref, contracts=contracts, limit=None, trigger=None, at_ns=live.state.now_ns))


def entering(contracts: int = 10, *, acknowledges: bool = True) -> Live:
    """An entry that rests, and its stop."""
    live = Live(limits=Limits())
    live.book.acknowledges = acknowledges
    assert live.command(c.Enter(symbol="C", side="buy", contracts=contracts, price=45.0, rests="day")).accepted
    return live


def restarted(live: Live) -> Session:
    """A new process that knows what the journal has; not connected yet."""
    state: State = opened(live.setup)
    for batch in live.script.batches:
        advance(state, batch.at_ns)
    advance(state, live.state.now_ns)
    restore(state, live.journal.bodies, {})
    session = Session(state, live.book, Ledger(), live.journal)
    session.resume(None)
    return session


def test_a_cancel_that_was_lost_is_asked_for_again() -> None:
    live = entering()
    entry, child = live.book.placed
    live.book.answers = False
    live.command(c.SetSession(state="halted"))
    live.book.asked.clear()
    lose(live, entry.ref, child.ref)
    stands(live, entry.ref, 10)
    stands(live, child.ref, 10)
    live.book.answers = True
    live.book.calls.clear()
    live.link("up")
    assert live.book.calls[0] == f"cancel {entry.ref}"
    assert not live.state.entering
    assert not live.book.orders


def test_an_order_that_turns_out_to_work_while_nothing_can_be_sent_is_cancelled_after() -> None:
    live = bought(10)
    (stop,) = live.working("protect")
    ref = stop.order.ref
    live.tell(Said(ref=ref, told="cancelled", words="10349", at_ns=live.state.now_ns))
    lose(live)
    stands(live, ref, 10)
    live.book.calls.clear()
    live.link("up")
    assert live.book.calls[0] == f"cancel {ref}"
    assert live.book.calls.count(f"cancel {ref}") == 1


def test_an_entry_that_never_arrived_is_not_sent_later() -> None:
    live = entering(acknowledges=False)
    entry, _child = live.book.placed
    live.book.orders.clear()
    live.book.placed.clear()
    live.wait(1)
    session = restarted(live)
    assert list(session.state.entering) == [entry.ref]
    live.session, live.state = session, session.state
    live.link("up")
    assert not live.book.placed
    assert not live.state.entering
    assert not live.state.attached
    assert live.state.refused_entries[-1]["reason"] == "never sent: it was decided before the broker was connected"


def test_an_exit_that_never_arrived_waits_for_room_again() -> None:
    live = bought(10)
    (stop,) = live.working("protect")
    live.command(c.Reduce(position="C", contracts=4))
    exit_ = live.last
    assert exit_.purpose == "exit"
    live.held.orders[exit_.ref].state = "pending_new"  # written, and not sent
    del live.book.orders[exit_.ref]
    live.book.orders[stop.order.ref] = replace(stop.order, contracts=10)
    lose(live, stop.order.ref)
    stands(live, stop.order.ref, 10)
    live.book.placed.clear()
    live.link("up")
    live.wait(3)
    assert [(order.purpose, order.contracts) for order in live.book.placed] == [("exit", 4), ("protect", 6)]
    assert live.book.placed[0].ref == exit_.ref
    assert live.book.calls.index(f"cancel {stop.order.ref}") < live.book.calls.index("place protect 6")


def test_a_restart_knows_which_of_two_stops_protects() -> None:
    live = entering()
    entry, child = live.book.placed
    live.outside("buy", 5)
    live.wait(3)
    (first,) = (w for w in live.working("protect") if w.order.ref != child.ref)
    live.book.answers = False
    live.fill(entry, 10, "45")
    assert live.held.resting is first
    assert live.held.orders[child.ref].state == "pending_cancel"
    live.beat()
    (held,) = restarted(live).state.held.values()
    assert held.resting is not None
    assert held.resting.order.ref == first.order.ref


def test_who_leaves_whole_wants_no_more_of_it_whatever_the_entry_opened_before() -> None:
    live = entering()
    entry, _child = live.book.placed
    live.fill(entry, 4, "45")
    live.book.answers = False
    live.outside("sell", 4)
    live.state.entering[entry.ref].state = "working"  # its cancel was refused
    live.fill(entry, 3, "45")
    assert live.held.id != entry.position_id
    live.command(c.Close(position="C"))
    assert live.state.entering[entry.ref].state == "pending_cancel"
