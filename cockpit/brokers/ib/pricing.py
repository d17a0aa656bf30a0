"""The price at which an order is sent now: its own, or for an exit without one where the walk has come to."""

from decimal import Decimal
from typing import NamedTuple

from cockpit.domain.order import Order
from cockpit.domain.quote import Touch
from cockpit.routing.walk import Walk


class Price(NamedTuple):
    """A limit; None is market."""

    limit: Decimal | None


def is_walked(order: Order) -> bool:
    """Whether its price is ours to find."""
    return order.purpose == "exit" and order.limit is None and order.trigger is None and order.trail is None


def price(order: Order, walk: Walk, touch: Touch, elapsed_s: float) -> Price | None:
    """None: there is no quote to price an exit by, and it may wait; one that must not goes at market."""
    if not is_walked(order):
        return Price(order.limit)
    must_go = order.urgent or order.fills_suspect
    if touch.price is None or touch.mid is None or (touch.is_suspect and not must_go):
        return Price(None) if must_go else None
    return Price(walk.limit(side(order), touch, elapsed_s, urgent=order.urgent))


def as_far_as_allowed(order: Order, walk: Walk, touch: Touch) -> Decimal | None:
    """The collar's limit, for a broker that does not let the order become a market order; None without a quote."""
    if touch.mid is None:
        return None
    return touch.grid.to(touch.mid * (1.0 + side(order) * walk.collar_pct / 100.0), side(order))


def side(order: Order) -> int:
    """+1 buys, -1 sells."""
    return 1 if order.side == "buy" else -1
