"""Stops that rest at a broker: placed, moved, shrunk for a part, joined by the whole, filled, refused and lost."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.domain.money import plain
from cockpit.domain.order import Fill, Order, Report, Said, Stands, Trigger
from cockpit.events import Batch, Entry, Heartbeat, LinkChanged, Quoted, UnderlyingQuoted
from cockpit.exits.profile import Profile
from cockpit.journal.ledger import Ledger
from cockpit.projection.meter import meter
from cockpit.records import DecisionRecord, OrderRecord
from cockpit.session import Session
from cockpit.state.deciding import check_linked
from cockpit.state.making_room import room
from cockpit.state.market import opened
from cockpit.state.model import Held, Working
from cockpit.state.protecting import wanted
from tests.market_of import How, Kept, contracts, ns, profile

SECOND = 1_000_000_000


class Wire:
    """Keeps what is asked of the broker; it says nothing by itself."""

    is_busy = False

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def place(self, order: Order, now_ns: int) -> list[Report]:
        self.asked.append(("place", order))
        return []

    def cancel(self, ref: str, now_ns: int) -> list[Report]:
        self.asked.append(("cancel", ref))
        return []

    def change(self, order: Order, now_ns: int) -> list[Report]:
        self.asked.append(("change", order))
        return []

    def advance(self, now_ns: int) -> list[Report]:
        return []

    def kill(self) -> None:
        self.asked.append(("kill", "everything"))

    def reconcile(self) -> None:
        self.asked.append(("reconcile", "everything"))

    def ask_margin(self, order: Order) -> None:
        self.asked.append(("margin", order))


class Desk:
    """A session whose broker is the test."""

    def __init__(self, rules: Profile | None = None, **given: Any) -> None:
        self.now_ns = ns("10:00:00")
        how = How(profile=rules or profile(), instruments=contracts())
        state = opened(replace(how.setup(self.now_ns), protection="broker", **given))
        self.wire, self.journal, self.executions = Wire(), Kept(), 0
        self.session = Session(state, self.wire, Ledger(), self.journal)
        self.state = state
        self.session.take(LinkChanged(self.now_ns, "up", "connected"))
        self.quote(50.0)

    def quote(self, mid: float, under: float = 20_000.0) -> None:
        """Both sides 0.05 around it."""
        row = Quoted("C", self.now_ns, mid - 0.05, mid + 0.05, gamma=0.01, delta=0.5, theta=-5.0, iv=0.2)
        self.session.take(
            Batch(self.now_ns, quotes=(row,), underlyings=(UnderlyingQuoted("NIFTY", self.now_ns, under),))
        )

    def wait(self, seconds: float, mid: float = 50.0, under: float = 20_000.0) -> None:
        """Heartbeats, and the same quote every second."""
        for n in range(round(seconds * 4)):
            self.now_ns += SECOND // 4
            if n % 4 == 3:
                self.quote(mid, under)
            self.session.take(Heartbeat(self.now_ns))

    def enter(self, contracts: int = 100, side: Any = "buy") -> None:
        """An entry at the market, now."""
        self.session.take(Batch(self.now_ns, entries=(Entry(self.now_ns, "C", side, contracts),)))

    def hold(self, contracts: int = 100, side: Any = "buy") -> Held:
        """A position with its stop, acknowledged."""
        self.enter(contracts, side)
        entry, stop = self.placed
        self.says(stop.ref, "acknowledged")
        self.fills(entry.ref, contracts, "50.05")
        self.wire.asked.clear()
        return self.held

    def says(self, ref: str, told: Any, words: str = "") -> None:
        """The broker says it."""
        self.session.take(Said(ref=ref, told=told, words=words, at_ns=self.now_ns))

    def fills(self, ref: str, contracts: int, price: str = "50") -> Fill:
        """The broker executes it."""
        self.executions += 1
        fill = Fill(
            id=f"E{self.executions}", ref=ref, contracts=contracts, price=Decimal(price), fees=Decimal(0),
            at_ns=self.now_ns,
        )  # fmt: skip
        self.session.take(fill)
        return fill

    def stands(self, ref: str, contracts: int, trigger: str | None = "37.50") -> None:
        """The broker has it so."""
        at = None if trigger is None else Decimal(trigger)
        self.session.take(Stands(ref=ref, contracts=contracts, limit=None, trigger=at, at_ns=self.now_ns))

    def link(self, to: Any) -> None:
        """The connection is another."""
        self.session.take(LinkChanged(self.now_ns, to, to))

    @property
    def held(self) -> Held:
        (only,) = self.state.held.values()
        return only

    @property
    def stop(self) -> Working:
        """What rests."""
        assert self.held.resting is not None
        return self.held.resting

    @property
    def placed(self) -> Sequence[Order]:
        return [order for what, order in self.wire.asked if what == "place"]

    @property
    def asked(self) -> list[str]:
        """What has been asked since it was last looked at."""
        said = [
            f"{what} {o.contracts} {o.purpose}{'' if o.trigger is None else f' at {plain(o.trigger.price)}'}"
            if isinstance(o, Order) else f"{what} {o}"
            for what, o in self.wire.asked
        ]  # fmt: skip
        self.wire.asked.clear()
        return said


# ---------------------------------------------------------------- with the entry


def test_an_entry_goes_out_with_its_stop_as_its_child() -> None:
    desk = Desk()
    desk.enter()
    entry, stop = desk.placed
    assert (entry.purpose, stop.purpose, stop.parent, stop.group) == ("entry", "protect", entry.ref, stop.ref)
    assert (stop.side, stop.contracts, stop.tif) == ("sell", 100, "gtc")
    assert stop.trigger == Trigger(price=Decimal("37.50"), on="premium", above=False)
    assert desk.state.next_order == 3
    recorded = [r.ref for r in desk.journal.records if isinstance(r, OrderRecord)]
    assert recorded == [entry.ref, stop.ref]


def test_at_the_fill_it_is_the_positions_and_follows_the_price_paid() -> None:
    desk = Desk()
    desk.enter()
    entry, stop = desk.placed
    desk.asked  # noqa: B018 - looked at
    desk.fills(entry.ref, 100, "49.65")
    assert desk.stop.order.ref == stop.ref
    assert desk.asked == ["change 100 protect at 37.2"], "a quarter below, rounded away from the price"
    assert not desk.state.attached


def test_a_part_of_the_entry_is_protected_as_it_fills() -> None:
    desk = Desk()
    desk.enter()
    entry, stop = desk.placed
    desk.asked  # noqa: B018
    desk.fills(entry.ref, 40, "50.05")
    assert desk.asked == ["change 40 protect at 37.5"]
    desk.stands(stop.ref, 40)
    desk.fills(entry.ref, 60, "50.05")
    assert desk.asked == ["change 100 protect at 37.5"]


def test_a_stop_that_waits_for_the_rest_of_its_entry_makes_way_for_one_that_does_not() -> None:
    desk = Desk()
    desk.enter()
    entry, child = desk.placed
    desk.says(child.ref, "acknowledged")
    desk.fills(entry.ref, 40, "50.05")
    desk.stands(child.ref, 40)
    desk.asked  # noqa: B018
    assert meter(desk.state, desk.held).protection == "none"
    assert "waits at the broker for the rest of its entry" in meter(desk.state, desk.held).why
    desk.wait(2)
    assert desk.asked == []
    desk.wait(0.25)
    assert desk.asked == [f"cancel {child.ref}"], "first the one, so that never more rests than is held"
    desk.says(child.ref, "cancelled")
    (stop,) = desk.placed
    assert (stop.contracts, stop.parent, stop.group) == (40, "", stop.ref)
    desk.says(stop.ref, "acknowledged")
    desk.stands(stop.ref, 40)
    assert meter(desk.state, desk.held).protection != "none"
    desk.asked  # noqa: B018
    desk.fills(entry.ref, 60, "50.05")
    assert desk.asked == ["change 100 protect at 37.5"]
    assert not desk.state.alerts


def test_it_stays_where_no_other_may_be_placed_and_once_its_entry_has_ended() -> None:
    desk = Desk()
    desk.enter()
    entry, child = desk.placed
    desk.fills(entry.ref, 40, "50.05")
    desk.stands(child.ref, 40)
    desk.session.take(c.SetSession(state="halted"))
    desk.asked  # noqa: B018
    desk.wait(5)
    assert desk.asked == []
    desk.says(entry.ref, "cancelled")
    assert meter(desk.state, desk.held).protection != "none"
    desk.session.take(c.SetSession(state="active"))
    desk.wait(5)
    assert f"cancel {child.ref}" not in desk.asked
    assert desk.stop.order.ref == child.ref


def test_an_entry_that_ends_unfilled_takes_its_stop_along() -> None:
    desk = Desk()
    desk.enter()
    entry, stop = desk.placed
    desk.asked  # noqa: B018
    desk.says(entry.ref, "rejected", "no money")
    assert desk.asked == [f"cancel {stop.ref}"]
    desk.says(stop.ref, "cancelled")
    assert not desk.state.attached
    assert not desk.state.alerts


def test_an_execution_of_the_stop_that_is_told_before_its_entrys_counts_all_the_same() -> None:
    desk = Desk()
    desk.enter()
    entry, stop = desk.placed
    desk.fills(stop.ref, 100, "37.4")
    assert not desk.state.held
    desk.fills(entry.ref, 100, "50.05")
    assert not desk.state.held
    (past,) = desk.state.closed
    assert past.exits[0].cause.trigger == "RESTING_STOP"


def test_an_adopted_position_gets_its_stop_at_the_next_heartbeat() -> None:
    desk = Desk()
    held = desk.hold()
    desk.says(desk.stop.order.ref, "cancelled", "by hand in TWS")
    desk.wait(1.25)
    assert desk.asked == ["place 100 protect at 37.5"]
    assert desk.stop.order.ref != held.id


# ---------------------------------------------------------------- following


def test_it_follows_the_trail_every_two_seconds_and_by_a_tick_at_least() -> None:
    desk = Desk(profile("greeks_trailing_stop", "protective_stop"))
    desk.hold()
    desk.session.take(c.SetStop(position="C", price=40.0))
    desk.wait(0.25)
    first = desk.asked
    desk.session.take(c.SetStop(position="C", price=41.0))
    desk.wait(1.5)
    assert (first, desk.asked) == (["change 100 protect at 40"], [])
    desk.wait(0.5)
    assert desk.asked == ["change 100 protect at 41"]
    desk.session.take(c.SetStop(position="C", price=41.02))
    desk.wait(3)
    assert desk.asked == [], "less than a tick away"


def test_a_shorts_stop_lies_above() -> None:
    desk = Desk()
    desk.enter(side="sell")
    _, stop = desk.placed
    assert stop.side == "buy"
    assert stop.trigger == Trigger(price=Decimal("62.45"), on="premium", above=True), "62.4375, away from the price"


@pytest.mark.parametrize(("symbol_side", "above"), [("buy", False), ("sell", True)])
def test_a_stop_on_the_underlying_is_conditional_on_its_price(symbol_side: str, above: bool) -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"')
    desk = Desk(rules)
    desk.enter(side=symbol_side)
    trigger = desk.placed[1].trigger
    assert trigger is not None
    assert (trigger.on, trigger.above) == ("underlying", above)
    assert trigger.price == Decimal("20060" if above else "19940"), "100 bps in a calm market"


def test_where_the_broker_will_not_have_that_it_rests_as_a_modelled_price_of_the_premium() -> None:
    rules = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"')
    desk = Desk(rules)
    desk.hold()
    for _ in range(3):
        desk.says(desk.stop.order.ref, "rejected", "no such condition")
        desk.wait(15)
    trigger = desk.stop.order.trigger
    assert trigger == Trigger(price=Decimal("20"), on="premium", above=False), "60 points of the index at delta 0.5"


def test_a_modelled_price_is_not_turned_into_what_has_been_refused() -> None:
    desk = Desk(profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"'))
    desk.hold()
    for _ in range(3):
        desk.says(desk.stop.order.ref, "rejected", "no such condition")
        desk.wait(15)
    ref = desk.stop.order.ref
    desk.says(ref, "acknowledged")
    desk.stands(ref, 100, "20")
    desk.asked  # noqa: B018
    desk.wait(60)
    assert desk.asked == []
    shown = meter(desk.state, desk.held)
    assert (shown.protection, shown.lost) == ("stop 20.00", pytest.approx(3000.0))


def test_what_the_broker_has_elsewhere_is_asked_again() -> None:
    desk = Desk()
    desk.hold()
    desk.stands(desk.stop.order.ref, 100, "30")
    desk.wait(1)
    assert desk.asked == ["change 100 protect at 37.5"]


def test_it_is_never_loosened_because_a_rule_fails() -> None:
    desk = Desk(profile("greeks_trailing_stop", "protective_stop"))
    held = desk.hold()
    trail = next(a for a in held.asked if a.name == "greeks_trailing_stop")
    trail.m.stop = 45.0
    desk.wait(3)
    assert desk.asked == ["change 100 protect at 45"]
    trail.fault = "error in rule"
    desk.wait(5)
    assert desk.asked == []


# ---------------------------------------------------------------- exits beside it


def test_the_whole_joins_its_group_and_does_not_wait() -> None:
    desk = Desk()
    held = desk.hold()
    desk.session.take(c.Close(position="C"))
    (order,) = desk.placed
    assert (order.contracts, order.group) == (100, desk.stop.order.group)
    assert desk.asked == ["place 100 exit"]
    desk.fills(order.ref, 40)
    desk.stands(desk.stop.order.ref, 60)
    assert (held.contracts, held.leaving, desk.stop.leaves) == (60, 60, 60)
    assert desk.asked == [], "the broker cuts what is in one group"
    desk.fills(order.ref, 60)
    assert desk.state.closed == [held]


def test_a_part_waits_until_the_stop_has_made_room() -> None:
    desk = Desk()
    held = desk.hold()
    desk.session.take(c.Reduce(position="C", contracts=40))
    assert desk.asked == ["change 60 protect at 37.5"]
    assert (held.leaving, room(desk.state, held)) == (40, 60)
    desk.stands(desk.stop.order.ref, 60)
    assert desk.asked == ["place 40 exit"]
    exit_ref = next(w.order.ref for w in held.orders.values() if w.order.purpose == "exit")
    desk.fills(exit_ref, 40)
    assert (held.contracts, desk.stop.leaves, desk.asked) == (60, 60, [])


def test_a_part_that_is_cancelled_while_it_waits_gives_the_room_back() -> None:
    desk = Desk()
    desk.hold()
    desk.session.take(c.Reduce(position="C", contracts=40))
    desk.asked  # noqa: B018
    said = desk.session.take(c.CancelExit(position="C"))
    assert said is not None
    assert said.said.startswith("cancels the rest of 40 of")
    desk.wait(0.25)
    assert desk.asked == ["change 100 protect at 37.5"]
    assert desk.held.leaving == 0


def test_the_whole_takes_along_what_still_waits() -> None:
    desk = Desk()
    desk.hold()
    desk.session.take(c.Reduce(position="C", contracts=40))
    desk.asked  # noqa: B018
    said = desk.session.take(c.Close(position="C"))
    assert said is not None
    assert said.said.startswith("sells all 100 of")
    assert [o.contracts for o in desk.placed] == [100]
    assert desk.held.leaving == 100


def test_the_rest_joins_beside_a_part_that_works() -> None:
    desk = Desk()
    desk.hold()
    desk.session.take(c.Reduce(position="C", contracts=40))
    desk.stands(desk.stop.order.ref, 60)
    desk.asked  # noqa: B018
    desk.session.take(c.Close(position="C"))
    (order,) = desk.placed
    assert (order.contracts, order.group) == (60, desk.stop.order.group)


def test_a_refused_shrink_cancels_the_stop_and_rests_a_smaller_one() -> None:
    desk = Desk()
    held = desk.hold()
    first = desk.stop.order.ref
    desk.stands(first, 100)
    desk.session.take(c.Reduce(position="C", contracts=40))
    desk.asked  # noqa: B018
    desk.stands(first, 100)
    assert desk.asked == [f"cancel {first}"]
    desk.says(first, "cancelled")
    assert desk.asked == ["place 40 exit", "place 60 protect at 37.5"]
    assert held.rest_refusals == 0
    assert not desk.state.alerts


def test_the_answer_to_a_move_is_no_refusal_of_the_shrink_that_came_after() -> None:
    desk = Desk(profile("greeks_trailing_stop", "protective_stop"))
    desk.hold()
    ref = desk.stop.order.ref
    desk.stands(ref, 100)
    desk.session.take(c.SetStop(position="C", price=40.0))
    desk.wait(0.25)
    desk.session.take(c.Reduce(position="C", contracts=40))
    assert desk.asked == ["change 100 protect at 40", "change 60 protect at 40"]
    desk.stands(ref, 100, "40")
    assert desk.asked == []
    desk.stands(ref, 100, "40")
    assert desk.asked == [f"cancel {ref}"], "that is one"


def test_so_does_a_shrink_that_nobody_answers() -> None:
    desk = Desk()
    desk.hold()
    desk.session.take(c.Reduce(position="C", contracts=40))
    first = desk.stop.order.ref
    desk.asked  # noqa: B018
    desk.wait(2.5)
    assert desk.asked == [f"cancel {first}"]


def test_a_part_is_not_sent_when_the_stop_acts_meanwhile() -> None:
    desk = Desk()
    held = desk.hold()
    desk.session.take(c.Reduce(position="C", contracts=40))
    desk.asked  # noqa: B018
    desk.fills(desk.stop.order.ref, 70, "37.4")
    assert held.contracts == 30
    assert held.leaving == 0
    assert not [order for order in desk.placed if order.purpose == "exit"]


def test_what_rests_only_shrinks_while_the_session_is_halted() -> None:
    desk = Desk()
    held = desk.hold()
    desk.session.take(c.SetSession(state="halted"))
    desk.session.take(c.SetStop(position="C", price=45.0))
    desk.wait(3)
    assert (desk.asked, wanted(desk.state, held)) == ([], None)
    desk.session.take(c.Reduce(position="C", contracts=40))
    assert desk.asked == ["change 60 protect at 37.5"]
    desk.session.take(c.CancelExit(position="C"))
    desk.wait(3)
    assert desk.asked == []
    desk.session.take(c.SetSession(state="active"))
    desk.wait(0.25)
    assert desk.asked == ["change 100 protect at 45"]


def test_nothing_rests_for_an_account_that_is_not_armed() -> None:
    desk = Desk(is_live_account=True, account="U1")
    desk.enter()
    assert desk.asked == []
    desk.session.take(c.Arm(account="U1"))
    held = desk.hold()
    desk.state.is_armed = False
    desk.says(desk.stop.order.ref, "rejected", "no")
    desk.wait(20)
    assert (desk.asked, held.resting) == ([], None)


# ---------------------------------------------------------------- it acts, it ends


def test_its_fill_is_an_exit_that_was_decided() -> None:
    desk = Desk()
    held = desk.hold()
    ref = desk.stop.order.ref
    first = desk.fills(ref, 30, "37.45")
    desk.session.take(first)
    desk.fills(ref, 70, "37.4")
    (decision,) = [r for r in desk.journal.records if isinstance(r, DecisionRecord)]
    assert (decision.rule, decision.trigger, decision.contracts) == ("protective_stop", "RESTING_STOP", 100)
    assert held.closed_ns is not None
    assert held.orders[ref].cause.decision_id == decision.id
    assert [e.contracts for e in held.exits] == [100], "the same execution told twice counts once"


def test_its_fill_cuts_the_exit_of_its_group() -> None:
    desk = Desk()
    held = desk.hold()
    desk.session.take(c.Close(position="C"))
    (order,) = desk.placed
    desk.says(order.ref, "acknowledged")
    desk.fills(desk.stop.order.ref, 30, "37.4")
    assert (held.contracts, held.leaving) == (70, 100), "until the broker has said so"
    desk.stands(order.ref, 70, None)
    assert (held.contracts, held.leaving) == (70, 70)
    desk.fills(order.ref, 70, "37.3")
    assert held.closed_ns is not None
    desk.says(order.ref, "filled")
    assert not [a for a in desk.state.alerts.values() if a.severity == "critical"]


def test_an_exit_under_way_while_it_acts_ends() -> None:
    desk = Desk()
    desk.hold()
    desk.session.take(c.Close(position="C"))
    (order,) = desk.placed
    desk.fills(desk.stop.order.ref, 30, "37.4")
    desk.asked  # noqa: B018
    desk.stands(order.ref, 100, None)
    assert desk.asked == [f"cancel {order.ref}"], "a change could undo a cut that is still to be told"


def test_an_exit_that_its_group_has_not_cut_is_cut_by_us() -> None:
    desk = Desk()
    held = desk.hold()
    desk.session.take(c.Close(position="C"))
    first = desk.placed[-1].ref
    desk.says(first, "acknowledged")
    desk.session.take(c.CancelExit(position="C"))
    desk.says(first, "cancelled")
    desk.wire.asked.clear()
    desk.session.take(c.Close(position="C"))
    second = desk.placed[-1].ref
    desk.stands(second, 100, None)
    desk.asked  # noqa: B018
    desk.fills(first, 40)
    assert (held.contracts, held.leaving, desk.asked) == (60, 100, []), "it joined after that fill: it may not be cut"
    desk.wait(1.25)
    assert sorted(desk.asked) == [f"cancel {desk.stop.order.ref}", "change 60 exit"]
    desk.wait(2.25)
    assert desk.asked[-1] == f"cancel {second}", "the broker does not take that"


def test_one_that_filled_in_part_when_the_exit_joined_ends_that() -> None:
    desk = Desk()
    held = desk.hold()
    desk.session.take(c.Close(position="C"))
    (order,) = desk.placed
    desk.stands(order.ref, 100, None)
    desk.fills(desk.stop.order.ref, 40)
    desk.asked  # noqa: B018
    desk.wait(1.25)
    assert f"cancel {order.ref}" in desk.asked, "the stop goes on filling, and a change could undo a cut"
    assert held.leaving == 100, "until the broker has said so"


def test_a_close_by_the_stop_ends_what_joined_it() -> None:
    desk = Desk()
    desk.hold()
    desk.session.take(c.Close(position="C"))
    (order,) = desk.placed
    desk.asked  # noqa: B018
    desk.fills(desk.stop.order.ref, 100)
    assert desk.asked == [f"cancel {order.ref}"], "it may have arrived after the fill"


def test_an_answer_to_an_older_change_makes_no_room() -> None:
    desk = Desk()
    desk.hold()
    ref = desk.stop.order.ref
    desk.stands(ref, 60)
    desk.wait(2.25)
    assert desk.asked[-1] == "change 100 protect at 37.5"
    desk.session.take(c.Reduce(position="C", contracts=20))
    assert desk.asked == ["change 80 protect at 37.5"]
    desk.stands(ref, 60)
    assert "place 20 exit" not in desk.asked, "100 may be taken yet, and 80 refused"


def test_a_close_cancels_what_rests() -> None:
    desk = Desk()
    desk.hold()
    ref = desk.stop.order.ref
    desk.session.take(c.Close(position="C"))
    (order,) = desk.placed
    desk.fills(order.ref, 100)
    assert desk.asked[-1] == f"cancel {ref}"
    desk.says(ref, "cancelled")
    assert not desk.state.alerts


def test_a_stop_that_is_refused_alarms_and_is_placed_again_ever_later() -> None:
    desk = Desk()
    desk.hold()
    waited: list[float] = []
    for _ in range(6):
        desk.says(desk.stop.order.ref, "rejected", "too far away")
        before = desk.now_ns
        while desk.held.resting is None:
            desk.wait(0.25)
        waited.append((desk.now_ns - before) / SECOND)
    assert waited == [1, 2, 4, 8, 15, 15]
    alert = desk.state.alerts[f"A-{desk.held.id}-rests"]
    assert (alert.severity, alert.state, alert.count) == ("critical", "active", 6)
    desk.says(desk.stop.order.ref, "acknowledged")
    assert desk.state.alerts[alert.id].state == "resolved"


def test_an_order_that_works_although_it_has_ended_is_cancelled_there() -> None:
    desk = Desk()
    desk.hold()
    first = desk.stop.order.ref
    desk.says(first, "cancelled", "10349")
    desk.wait(1.25)
    desk.asked  # noqa: B018
    desk.stands(first, 100)
    assert desk.asked == [f"cancel {first}"]


def test_what_a_broker_executes_is_so_even_when_it_should_not_have() -> None:
    desk = Desk()
    held = desk.hold()
    desk.stands(desk.stop.order.ref, 60)
    ref = desk.stop.order.ref
    desk.fills(ref, 100, "37")
    desk.fills(ref, 1, "37")
    texts = [a.text for a in desk.state.alerts.values()]
    assert held.closed_ns is not None
    assert f"sold 1 NIFTY 20000 C 25 Aug by our order {ref}, which somebody else has crossed" in texts
    assert (desk.held.side, desk.held.contracts) == (-1, 1), "as the broker has it"


# ---------------------------------------------------------------- nobody there


def test_nothing_is_sent_before_the_connection_is_up_for_the_first_time() -> None:
    desk = Desk()
    desk.state.link = None
    desk.enter()
    assert desk.asked == []
    with pytest.raises(Refused, match="not connected"):
        check_linked(desk.state)


def test_nothing_is_sent_while_nobody_is_there() -> None:
    desk = Desk(profile("holding_limit max_held_s=10", "protective_stop"))
    held = desk.hold()
    desk.says(desk.stop.order.ref, "lost")
    desk.link("no server")
    desk.session.take(c.SetStop(position="C", price=45.0))
    desk.wait(12)
    assert desk.asked == []
    rule = next(a for a in held.asked if a.name == "holding_limit")
    assert rule.status == "waits: the broker is not connected"
    with pytest.raises(Refused, match="not connected"):
        check_linked(desk.state)
    desk.stands(desk.stop.order.ref, 100)
    desk.link("up")
    desk.wait(0.25)
    assert desk.asked == ["change 100 protect at 45", "place 100 exit"]
    assert held.leaving == 100


def test_what_closed_meanwhile_is_cancelled_once_somebody_is_there() -> None:
    desk = Desk()
    desk.hold()
    ref = desk.stop.order.ref
    desk.session.take(c.Close(position="C"))
    (order,) = desk.placed
    desk.link("synchronising")
    desk.asked  # noqa: B018
    desk.fills(order.ref, 100)
    assert desk.asked == []
    desk.link("up")
    assert desk.asked == [f"cancel {ref}"]
