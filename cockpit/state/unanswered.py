"""Orders and cancels that the broker does not answer: asked about again, and cancels sent until they are answered."""

from collections.abc import Iterator

from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.model import NS, Held, State, Working
from cockpit.state.ordering import is_linked

PATIENCE_NS = 15 * NS
"""How long a connected broker may take to say anything of an order, or of its cancel."""
ASKED = {"pending_new": "order", "pending_cancel": "the cancel of order"}


def ask_again(state: State) -> None:
    """Whatever has gone unanswered for too long: a critical alert, everything is asked, and a cancel sent anew."""
    link = state.link
    if link is None or not is_linked(state) or state.now_ns - link.at_ns < PATIENCE_NS:
        return
    for working, held in _ours(state):
        if working.state not in ASKED or not working.leaves:
            continue
        if working.asked_ns is None or state.now_ns - working.asked_ns < PATIENCE_NS:
            continue
        working.asked_ns = state.now_ns if working.state == "pending_cancel" else None
        text = f"{ASKED[working.state]} {working.order.ref} is not answered by the broker: asked again"
        raise_alert(state, _key(working), held, "critical", "order", text)
        state.effects.reconciles = state.effects.session_touched = True
        if working.state == "pending_cancel":
            state.effects.cancels.append(working.order.ref)
        if held is not None:
            state.effects.touched.append(held)


def heard(state: State, working: Working) -> None:
    """The broker has said something of it: that may have been the answer."""
    if working.state in ASKED:
        return
    working.asked_ns = None
    resolve_alert(state, _key(working))


def _ours(state: State) -> Iterator[tuple[Working, Held | None]]:
    """Every order that may still work, and its position."""
    for working in (*state.entering.values(), *state.attached.values()):
        yield working, None
    for held in (*state.held.values(), *state.closed):
        for working in held.orders.values():
            if working.order.ref not in state.entering:
                yield working, held


def _key(working: Working) -> str:
    return f"A-{working.order.ref}-unanswered"
