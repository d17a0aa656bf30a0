"""Stops, limits and refusals where the step of a price depends on the price."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cockpit import commands as c
from cockpit.domain.order import Order
from cockpit.events import OffStep
from tests.state.test_protecting import Desk

SPX = ((0.0, 0.05), (3.0, 0.10))
PAUSE_S = 6  # until a quote after a jump is trusted


def desk(mid: float = 6.0, steps: tuple[tuple[float, float], ...] = SPX) -> Desk:
    """The call at that price, in these steps."""
    made = Desk()
    contract = made.state.contracts["C"]
    contract.instrument = replace(contract.instrument, steps=steps)
    made.wait(PAUSE_S, mid)
    return made


def holding(mid: float = 6.0, steps: tuple[tuple[float, float], ...] = SPX) -> Desk:
    """A hundred of them."""
    made = desk(mid, steps)
    made.enter()
    entry, stop = made.placed
    made.says(stop.ref, "acknowledged")
    made.fills(entry.ref, 100, str(mid))
    made.stands(stop.ref, 100, str(_trigger(stop)))
    made.wire.asked.clear()
    return made


def _trigger(order: Order) -> Decimal:
    assert order.trigger is not None
    return order.trigger.price


def set_stop(made: Desk, price: float) -> None:
    """By hand, and time for it to be moved."""
    assert made.session.take(c.SetStop(position="C", price=price)).accepted  # type: ignore[union-attr]
    made.wait(3, 6.0)


@pytest.mark.parametrize(
    ("level", "rests"), [(4.98, "4.9"), (4.35, "4.3"), (3.04, "3"), (2.99, "2.95"), (2.36, "2.35")]
)
def test_a_stop_rests_on_its_step_away_from_the_price(level: float, rests: str) -> None:
    made = holding()
    set_stop(made, level)
    assert _trigger(made.stop.order) == Decimal(rests)


def test_a_stop_is_moved_when_that_is_a_step_where_it_goes() -> None:
    made = holding()
    set_stop(made, 4.7)
    made.stands(made.stop.order.ref, 100, "4.7")
    made.wire.asked.clear()
    set_stop(made, 4.75)
    assert not made.wire.asked, "in 0.10 that is no other price"
    set_stop(made, 4.8)
    assert {_trigger(order) for what, order in made.wire.asked if what == "change"} == {Decimal("4.8")}


def test_the_step_over_an_edge_is_one_of_those_below_it() -> None:
    made = holding()
    set_stop(made, 2.95)
    made.stands(made.stop.order.ref, 100, "2.95")
    set_stop(made, 3.05)
    assert _trigger(made.stop.order) == Decimal("3")


def test_ticks_by_hand_are_steps_of_the_stop() -> None:
    made = holding(3.9)  # whose stop begins at 2.925
    made.session.take(c.SetStop(position="C", price=3.0))
    for ticks, level in ((1, 3.1), (-2, 2.95), (4, 3.3)):
        made.session.take(c.StopByTicks(position="C", ticks=ticks))
        assert made.held.pos.held_stop == pytest.approx(level)


@pytest.mark.parametrize(
    ("price", "nearest"), [(6.15, "6.10 and 6.20"), (2.97, "2.95 and 3.00"), (3.05, "3.00 and 3.10"), (0.02, "0.05")]
)
def test_a_limit_off_its_step_is_refused_in_a_sentence(price: float, nearest: str) -> None:
    made = desk()
    said = made.session.take(c.Enter(symbol="C", side="buy", contracts=1, price=price, rests="day"))
    assert said is not None
    why = f"a limit of {price:g} is not on the exchange's price steps: the nearest are {nearest}"
    assert (said.accepted, said.said) == (False, f"entry refused: {why}")
    asked = made.session.take(c.AskMargin(symbol="C", side="buy", contracts=1, price=price))
    assert asked is not None
    assert (asked.accepted, asked.said) == (False, why)
    assert not made.wire.asked


@pytest.mark.parametrize("price", [6.1, 3.0, 2.95, 0.05])
def test_a_limit_on_its_step_is_sent(price: float) -> None:
    made = desk()
    said = made.session.take(c.Enter(symbol="C", side="buy", contracts=1, price=price, rests="day"))
    assert said is not None
    assert said.accepted, said.said
    assert made.placed[0].limit == Decimal(str(price))


# ------------------------------------------------------------------ a broker that has not told its steps


def refuse(made: Desk, order: Order, price: str) -> None:
    """The broker does not take a new order at that price."""
    made.says(order.ref, "rejected", "the price is not on the exchange's step (110)")
    made.session.take(OffStep(made.now_ns, order.ref, "C", Decimal(price)))


def steps_of(made: Desk) -> tuple[tuple[float, float], ...]:
    return made.state.contracts["C"].instrument.steps


def test_an_exit_that_was_refused_for_its_price_is_sent_again_at_once_in_coarser_steps() -> None:
    made = holding(steps=())
    made.session.take(c.Close(position="C"))
    (first,) = made.placed
    made.wire.asked.clear()
    refuse(made, first, "6.05")
    (again,) = made.placed
    assert (again.contracts, again.purpose, again.ref != first.ref) == (100, "exit", True)
    assert steps_of(made) == ((0.0, 0.1),)
    assert made.held.orders[again.ref].cause.trigger == "close"
    made.fills(again.ref, 100, "6")
    assert not made.state.held


def test_of_two_refusals_at_one_time_only_the_first_makes_steps_coarser() -> None:
    made = holding(steps=())
    made.session.take(c.Close(position="C"))
    (first,) = made.placed
    refuse(made, first, "6.05")
    again = made.placed[-1]
    refuse(made, again, "6.05")
    assert steps_of(made) == ((0.0, 0.1),)
    assert len(made.placed) == 2, "that one was made before the steps were known"


def test_it_ends_where_it_is_no_matter_of_steps() -> None:
    made = holding(steps=())
    made.session.take(c.Close(position="C"))
    for _ in range(12):
        refuse(made, made.placed[-1], "10")
    assert steps_of(made)[0][1] == 5.0
    assert len(made.placed) == 5


def test_a_stop_that_was_refused_for_its_price_rests_again_at_once() -> None:
    made = holding(steps=())
    set_stop(made, 4.75)
    stop = made.stop.order
    assert _trigger(stop) == Decimal("4.75")
    made.says(stop.ref, "rejected", "the price is not on the exchange's step (110)")
    made.wire.asked.clear()
    made.session.take(OffStep(made.now_ns, stop.ref, "C", Decimal("4.75")))
    (again,) = made.placed
    assert (_trigger(again), again.purpose, again.contracts) == (Decimal("4.7"), "protect", 100)


def test_a_move_that_was_refused_for_its_price_is_made_in_coarser_steps() -> None:
    made = holding(steps=())
    set_stop(made, 4.75)
    assert _trigger(made.stop.order) == Decimal("4.75")
    made.session.take(OffStep(made.now_ns, made.stop.order.ref, "C", Decimal("4.75")))
    made.stands(made.stop.order.ref, 100, "4.5")
    made.wait(3, 6.0)
    assert _trigger(made.stop.order) == Decimal("4.7")


def test_the_stop_of_an_entry_teaches_the_steps_before_there_is_a_position() -> None:
    made = desk(6.6, ())
    made.enter()
    entry, stop = made.placed
    assert _trigger(stop) == Decimal("4.95")
    refuse(made, stop, "4.95")
    assert steps_of(made) == ((0.0, 0.1),)
    again = made.placed[-1]
    assert (again.parent, _trigger(again)) == (entry.ref, Decimal("4.9"))
    made.fills(entry.ref, 100, "6.6")
    assert made.stop.order == again


def test_a_halted_engine_sends_nothing_again_but_a_humans_exit_is() -> None:
    made = holding(steps=())
    made.session.take(c.SetSession(state="halted"))
    made.session.take(c.Close(position="C"))
    first = made.placed[-1]
    refuse(made, first, "6.05")
    assert made.placed[-1].ref != first.ref
