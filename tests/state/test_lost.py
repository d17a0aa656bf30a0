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
from tests.market_of import profile
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


def restart(live: Live) -> None:
    """The same session in a new process, which has not been told anything yet."""
    live.session = restarted(live)
    live.state = live.session.state
    live.link("synchronising")


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


def test_what_is_halted_while_nobody_is_there_does_not_go_on_entering() -> None:
    live = entering()
    entry, child = live.book.placed
    lose(live, entry.ref, child.ref)
    assert live.command(c.SetSession(state="halted")).said.endswith("1 entry being cancelled")
    assert live.command(c.SetSession(state="halted")).said.endswith("reductions"), "it has been asked for"
    restart(live)
    stands(live, entry.ref, 10)
    stands(live, child.ref, 10)
    live.link("up")
    assert entry.ref in live.book.cancelled
    assert not live.state.entering
    assert not live.book.orders


def test_of_two_stops_that_were_lost_only_one_rests_again() -> None:
    live = entering()
    entry, child = live.book.placed
    live.outside("buy", 5)
    live.wait(3)
    first = live.held.resting
    assert first is not None
    lose(live, entry.ref, child.ref, first.order.ref)
    live.fill(entry, 10, "45")
    stands(live, first.order.ref, 5)
    stands(live, child.ref, 10)
    live.link("up")
    live.wait(1)
    assert {ref: order.contracts for ref, order in live.book.orders.items()} == {first.order.ref: 15}


def test_an_exit_whose_cancel_was_lost_has_not_been_refused() -> None:
    live = bought(10, rules=profile("holding_limit max_held_s=10", "protective_stop"))
    live.wait(8)
    (exit_,) = live.working("exit")
    live.book.answers = False
    for asked_first in (True, False):
        (exit_,) = live.working("exit")
        if asked_first:
            live.command(c.CancelExit(position="C"))
        lose(live, exit_.order.ref)
        if not asked_first:
            said = live.command(c.CancelExit(position="C")).said
            assert said.startswith("cancels the rest of 10 of NIFTY 20000 C 25 Aug once the broker is connected")
        del live.book.orders[exit_.order.ref]
        cancelled = Said(ref=exit_.order.ref, told="cancelled", words="on request", at_ns=live.state.now_ns)
        live.tell(cancelled)
        assert (live.held.refusals, [text for text in live.alerts if "exit order" in text]) == (0, [])
        live.link("up")
        live.beat()


def test_a_stop_whose_cancel_was_lost_is_rested_anew_at_once() -> None:
    live = bought(10)
    (stop,) = live.working("protect")
    live.book.answers = False
    live.command(c.Reduce(position="C", contracts=4))
    live.wait(3)
    assert stop.state == "pending_cancel"
    lose(live, stop.order.ref)
    del live.book.orders[stop.order.ref]
    live.tell(Said(ref=stop.order.ref, told="cancelled", words="on request", at_ns=live.state.now_ns))
    live.link("up")
    assert live.held.rest_refusals == 0
    assert [(order.purpose, order.contracts) for order in live.book.placed[-2:]] == [("exit", 4), ("protect", 6)]


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


def test_a_fill_that_crossed_an_entrys_cancel_is_known_after_a_restart() -> None:
    other = replace(profile("protective_stop"), name="other")
    live = Live(limits=Limits(), profiles={"test": profile(), "other": other})
    live.command(c.Enter(symbol="C", side="buy", contracts=10, price=45.0, rests="day", profile="other"))
    entry = live.book.placed[0]
    live.command(c.SetSession(state="halted"))
    assert not live.state.entering
    live.book.orders[entry.ref] = entry
    restart(live)
    live.fill(entry, 10, "45")
    live.link("up")
    assert live.ours == live.theirs == {"C": 10}
    assert live.held.profile.name == "other"


def test_of_the_entries_that_have_ended_only_the_newest_are_kept() -> None:
    live = Live(limits=Limits())
    for _ in range(25):
        live.command(c.Enter(symbol="C", side="buy", contracts=1, price=45.0, rests="day"))
        live.command(c.SetSession(state="halted"))
        live.command(c.SetSession(state="active"))
    refs = [w.order.ref for w in live.state.entries]
    assert [w.order.ref for w in restarted(live).state.entries] == refs[-20:]


def test_an_exit_that_never_arrived_ends_when_the_stop_has_done_its_work() -> None:
    live = bought(10)
    live.book.acknowledges = False
    live.command(c.Close(position="C"))
    exit_, stop = live.last, next(order for order in live.book.placed if order.purpose == "protect")
    del live.book.orders[exit_.ref]
    lose(live, stop.ref)
    live.fill(stop, 10, "37")
    live.book.placed.clear()
    live.link("up")
    live.wait(20)
    assert live.state.closed[-1].orders[exit_.ref].state == "cancelled"
    assert not live.book.placed
    assert not [text for text in live.alerts if "not answered" in text]


def test_a_cancel_by_the_kill_switch_survives_a_kill_of_the_process() -> None:
    live = bought(10)
    live.command(c.Reduce(position="C", contracts=4))
    exit_ref = live.last.ref
    live.book.answers = False
    live.command(c.Kill(scope="losers"))
    live.book.asked.clear()
    assert restarted(live).state.held["P0001"].orders[exit_ref].state == "pending_cancel"


def test_an_exit_that_the_kill_switch_has_dropped_is_not_sent_by_a_restart() -> None:
    live = bought(10)
    live.book.answers = False
    live.command(c.Reduce(position="C", contracts=4))
    live.command(c.Kill(scope="losers"))
    live.book.placed.clear()
    restart(live)
    stands(live, live.held.orders[next(iter(live.book.orders))].order.ref, 6)
    live.link("up")
    live.wait(1)
    assert not live.book.placed


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
