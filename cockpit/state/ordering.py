"""How the core asks for orders: each is recorded and handed to the session, which journals before it sends."""

from collections.abc import Callable
from decimal import Decimal

from cockpit.domain.order import Order, step
from cockpit.records import OrderRecord
from cockpit.state.model import Held, State, Working


def is_linked(state: State) -> bool:
    """Whether anything may be sent now; in practice there is no connection to lose."""
    return state.setup.protection == "practice" if state.link is None else state.link.state == "up"


def queue(state: State, working: Working) -> None:
    """Records an order and hands it to the session for sending, unless it still waits for the resting stop."""
    if not working.waits_for:
        state.effects.orders.append(working.order)
        working.asked_ns = state.now_ns
    record(state, working)


def change(state: State, working: Working, order: Order) -> None:
    """The working order goes on as this one; until the broker has taken that, the larger of both may fill."""
    orders = state.effects.orders
    unsent = next((n for n, queued in enumerate(orders) if queued.ref == order.ref), None)
    if unsent is not None:
        orders[unsent] = order
    elif not working.waits_for:
        before = working.order.contracts
        if state.setup.protection == "broker" and (working.standing is None or order.contracts < before):
            working.standing = max(working.standing or 0, before)
        if order.contracts < before:
            working.cut_ns = state.now_ns
        state.effects.changes.append(order)
    working.order = order
    record(state, working)


def cancel(state: State, working: Working) -> bool:
    """Asks for a cancel, unless that has been done or the order has ended; what was never sent ends at once.

    Of an order of which nothing is known it is asked as soon as something is.
    """
    after = step(working.state, "cancel_sent")
    if working.state == "unknown" and not working.is_unwanted:
        working.is_unwanted = True
        record(state, working)
        return True
    if after is None:
        return False
    queued = [order for order in state.effects.orders if order.ref == working.order.ref]
    if working.waits_for or queued:
        state.effects.orders = [order for order in state.effects.orders if order not in queued]
        working.state, working.said, working.waits_for = "cancelled", "never sent", ""
    else:
        working.state, working.asked_ns, working.is_unwanted = after, state.now_ns, True
        state.effects.cancels.append(working.order.ref)
    record(state, working)
    return True


def stop_entering(state: State, wanted: Callable[[Working], bool]) -> int:
    """Cancels what the wanted entries still lack; returns how many of them there are."""
    return sum(cancel(state, w) for w in state.entering.values() if wanted(w))


def record(state: State, working: Working) -> None:
    """The order has changed: its row, and what a restart has to know of it."""
    state.effects.records.append(order_record(state, working))
    state.effects.durable = True
    state.effects.session_touched = True
    state.effects.touched += holders(state, working)


def holders(state: State, working: Working) -> list[Held]:
    """The positions whose checkpoints have it; none while its entry has not filled."""
    ref = working.order.ref
    held = state.held.get(working.order.position_id)
    if held is not None and ref in held.orders:
        return [held]
    return [past for past in (*state.held.values(), *state.closed) if ref in past.orders]


def order_record(state: State, w: Working) -> OrderRecord:
    """The order as the journal keeps it, at this instant."""
    o = w.order
    return OrderRecord(
        ref=o.ref, position_id=o.position_id, decision_id=w.cause.decision_id, symbol=o.symbol, side=o.side,
        contracts=o.contracts, limit_price=_text(o.limit), purpose=o.purpose, state=w.state,
        filled=w.filled, placed_ns=w.placed_ns, changed_ns=state.now_ns, said=w.said, kind=_kind(o),
        trigger_price=_text(o.trigger.price) if o.trigger else None, trigger_on=o.trigger.on if o.trigger else "",
        trail=_text(o.trail), tif=o.tif, group_ref=o.group, parent_ref=o.parent,
    )  # fmt: skip


def _text(price: Decimal | None) -> str | None:
    return None if price is None else str(price)


def _kind(order: Order) -> str:
    if order.trail is not None:
        return "trail"
    if order.trigger is not None:
        return "stop" if order.limit is None else "stop-limit"
    return "market" if order.limit is None else "limit"
