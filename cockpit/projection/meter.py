"""The protection meter: what would still act for a position if this program died now, and what that would cost."""

from dataclasses import dataclass, replace

from cockpit.domain.order import Order
from cockpit.projection.words import rule_words, trigger_words
from cockpit.state.making_room import exits_of, joins
from cockpit.state.model import Held, State, Working, label_of
from cockpit.state.protecting import is_held_back, is_modelled, rests

NOTHING = "none"
COMES_OR_GOES = ("pending_new", "pending_cancel")
"""States of a stop of which nobody knows whether it rests."""


@dataclass(frozen=True, slots=True)
class Meter:
    """`protection` fits a column; `lost` is money from the mark until all that rests has acted, None unknown."""

    protection: str
    why: str
    lost: float | None = None


def meter(state: State, held: Held) -> Meter:
    """Of one open position."""
    if not rests(state):
        return Meter("practice", "nothing is sent anywhere")
    stop = held.resting
    if stop is None or not stop.leaves or stop.state in COMES_OR_GOES or is_held_back(state, stop):
        return _nothing(state, held, stop)
    order, there = _as_told(stop), _there(stop)
    missing = held.contracts - there - _beside(held, stop)
    words = trigger_words(order, held.instrument.underlying)
    why = f"{words} of {rule_words(stop.cause.rule)} rests for {there} of {held.contracts}"
    if is_modelled(held, order):
        why += ", modelled: the broker takes no stop on the underlying"
    if stop.state == "unknown":
        why += ", as last told: the broker is not connected"
    if missing > 0:
        bound, what = _premium(held, missing)
        return Meter("partly", f"{why}; {missing} without a stop{what}", _sum(_until(held, order, there), bound))
    if order.trigger is not None and order.trigger.on == "underlying":
        why += "; the loss is modelled with delta"
    return Meter(words, why, _until(held, order, held.contracts))


def _as_told(stop: Working) -> Order:
    """The stop where the broker has it; a move that it has not taken yet protects nobody."""
    at = stop.order.trigger
    if at is None or stop.trigger is None:
        return stop.order
    return replace(stop.order, trigger=replace(at, price=stop.trigger))


def _there(w: Working) -> int:
    """Contracts that it would take off, in the worst case of what is under way."""
    asked = w.order.contracts
    return min(asked, asked if w.standing is None else w.standing) - w.filled


def _beside(held: Held, stop: Working) -> int:
    """Contracts that leave whatever happens to us, by exits that work; one that walks stays where it is then."""
    exits = [w for w in exits_of(held) if w.state in ("working", "partially_filled") and w.order.urgent]
    return sum(_there(w) for w in exits if not joins(w, stop))


def _nothing(state: State, held: Held, stop: Working | None) -> Meter:
    bound, what = _premium(held, held.contracts)
    return Meter(NOTHING, f"{_why_nothing(state, held, stop)}{what}", bound)


def _why_nothing(state: State, held: Held, stop: Working | None) -> str:
    if stop is not None and stop.state == "pending_cancel":
        return "the stop is being cancelled"
    if stop is not None:
        waits = is_held_back(state, stop) and stop.state != "pending_new"
        return "the stop waits at the broker for the rest of its entry" if waits else "the stop is on its way"
    if held.going >= held.contracts:
        return "all of it is leaving"
    if not state.is_armed:
        return "the account is not armed: nothing rests"
    if state.session == "halted":
        return "the session is halted: nothing is placed"
    if not held.overrides.may_act("protective_stop"):
        return f"{held.overrides.words}: no stop of {label_of(held.instrument)} acts, and none rests"
    if state.link is not None and state.link.state != "up":
        return "the broker is not connected: nothing rests"
    if held.rest_refusals:
        return "the broker has refused the stop: nothing rests until it is placed again"
    return "no level is known yet: nothing rests"


def _premium(held: Held, contracts: int) -> tuple[float | None, str]:
    """What can be lost without any stop, where that has an end."""
    mark = held.contract.view.mark
    if held.side < 0:
        return None, "; the loss has no limit"
    if mark != mark:
        return None, ""
    return mark * contracts * held.instrument.multiplier, "; all it is worth can be lost"


def _until(held: Held, order: Order, contracts: int) -> float | None:
    """From the mark to the trigger; nothing when the price is there already."""
    trigger, now = order.trigger, held.contract.view
    if trigger is None:
        return None
    points = now.mark - float(trigger.price)
    if trigger.on == "underlying":
        points = now.delta * (now.underlying - float(trigger.price))
    lost = held.side * points * contracts * held.instrument.multiplier
    return max(lost, 0.0) if lost == lost else None


def _sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b
