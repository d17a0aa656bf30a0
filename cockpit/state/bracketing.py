"""The resting stop that goes out together with an entry, so that no fill is ever without one."""

from dataclasses import replace
from decimal import Decimal

from cockpit.domain.money import exact
from cockpit.domain.order import LIVE, Fill, Order
from cockpit.exits.arbitrate import Asked
from cockpit.state.alarms import call, raise_alert
from cockpit.state.model import Held, State, Working
from cockpit.state.ordering import cancel, queue, record
from cockpit.state.positions import drafted
from cockpit.state.protecting import Wanted, made_stop, rests, trigger_of

STOP = "protective_stop"


def protect_entry(state: State, entry: Working) -> None:
    """Queues the entry's stop as its child, right after it, at the protective stop's distance from the expected price.

    Where that level cannot be known beforehand the entry goes alone, and its stop is rested at the first fill; more of
    a position that is held has its stop already.
    """
    order = entry.order
    if not rests(state) or not state.is_armed or order.symbol in state.by_symbol:
        return
    price = order.limit or _expected(state, order)
    if price is None:
        return
    fill = Fill(id="", ref=order.ref, contracts=order.contracts, price=price, fees=Decimal(0), at_ns=state.now_ns)
    held = drafted(state, order, fill, state.profiles[state.entry_profile[order.ref]])
    stop = next(a for a in held.asked if a.name == STOP)
    trigger = trigger_of(held, _level(state, held, stop))
    if trigger is None:
        return
    child = made_stop(state, held, Wanted(contracts=order.contracts, trigger=trigger, rule=STOP), parent=order.ref)
    state.attached[child.order.ref] = child
    queue(state, child)


def _expected(state: State, order: Order) -> Decimal | None:
    price = state.contracts[order.symbol].executable(1.0 if order.side == "buy" else -1.0, state.t(state.now_ns))
    return None if price is None else exact(price)


def _level(state: State, held: Held, stop: Asked) -> float:
    call(state, held, stop, stop.rule.opened)
    return stop.m.stop


def attach(state: State, held: Held, entry: Working) -> None:
    """The entry has filled: from now on its stop is the position's."""
    child = _child(state, entry) or _left_behind(state, held, entry)
    if child is None:
        return
    ref = child.order.ref
    state.attached.pop(ref, None)
    held.orders[ref] = child
    if child.order.position_id != held.id and child.cause.decision_id is None:
        child.order = replace(child.order, position_id=held.id)  # where it will have decided, should it fill
        record(state, child)
    if held.resting is not None:
        cancel(state, child)  # somebody else has opened the position meanwhile
    elif child.state in LIVE:
        held.resting, held.rested_ns = child, 0  # the price may be another than the expected one: moved at once


def _left_behind(state: State, held: Held, entry: Working) -> Working | None:
    """The entry's stop where it has closed what had filled by then: it still works, and now for this position."""
    for past in reversed(state.closed) if held.id != entry.order.position_id else ():
        for child in past.orders.values():
            if child.order.parent == entry.order.ref and child.state in LIVE and held.resting is None:
                del past.orders[child.order.ref]
                state.effects.touched.append(past)
                return child
    return None


def entry_ended(state: State, entry: Working) -> None:
    """An entry that has ended without a fill takes its stop with it."""
    child = _child(state, entry)
    if child is not None:
        cancel(state, child)
        _forget(state, child)


def child_ended(state: State, child: Working) -> None:
    """The stop has ended before its entry has filled; unless that has ended too, it is rested at the first fill."""
    if child.order.parent in state.entering and child.state != "cancelled":
        text = f"the stop of the entry is {child.state}: {child.said or 'no reason given'}; it is placed after the fill"
        raise_alert(state, f"A-{child.order.ref}", None, "warning", "order", text)
    _forget(state, child)


def _forget(state: State, child: Working) -> None:
    if child.state not in LIVE:
        state.attached.pop(child.order.ref, None)


def _child(state: State, entry: Working) -> Working | None:
    return next((w for w in state.attached.values() if w.order.parent == entry.order.ref), None)
