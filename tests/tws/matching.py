"""When an order trades and at what price: the exit side of the quote, touched or marketable; no book, no chance."""

import math
from collections.abc import Callable

from tests.tws.market import Quote
from tests.tws.order_fields import PRICE_CONDITION, Condition
from tests.tws.orders import Order


def conditions_hold(order: Order, quote_of: Callable[[int], Quote]) -> bool:
    """Whether the order's conditions allow it now, joined left to right; only conditions on a price ever hold.

    A price is the last trade, or the middle of the quote where nothing has traded.
    """
    holds = True
    joined_by_or = False
    for n, condition in enumerate(order.terms.conditions):
        met = _condition_holds(condition, quote_of)
        holds = met if n == 0 else (holds or met if joined_by_or else holds and met)
        joined_by_or = condition.is_or
    return holds


def advance(order: Order, quote: Quote) -> None:
    """Move a trail with the quote and mark a stop that has been touched.

    Touched is the exit side at or through the level, whatever the trigger method, but for method 2: the last trade.
    """
    watched = quote.last if order.terms.word("triggerMethod") == "2" else quote.exit_side(order.action)
    if watched is None or order.is_triggered:
        return
    if order.kind.startswith("TRAIL"):
        _move_trail(order, watched)
        level = order.trail_stop
        falls_to = True
    else:
        level = order.aux
        falls_to = order.kind.startswith("STP")
    if level is not None:
        order.is_triggered = _touched(order.action, watched, level, stops=falls_to)


def price_now(order: Order, quote: Quote) -> float | None:
    """The price it trades at with this quote, None while it rests: its exit side, when its limit allows that."""
    side = quote.exit_side(order.action)
    if side is None:
        return None
    limit = limit_now(order, quote)
    if limit is None:
        return side
    if order.action == "BUY":
        return side if side <= limit else None
    return side if side >= limit else None


def limit_now(order: Order, quote: Quote) -> float | None:
    if order.kind == "TRAIL LIMIT" and order.trail_stop is not None:
        offset = order.terms.number("lmtPriceOffset") or 0.0
        return order.trail_stop + (offset if order.action == "BUY" else -offset)
    if order.kind == "REL":
        return _relative(order, quote)
    return order.limit if order.kind in ("LMT", "STP LMT", "LIT", "LOC") else None


def _condition_holds(condition: Condition, quote_of: Callable[[int], Quote]) -> bool:
    if condition.kind != PRICE_CONDITION:
        return False
    wants_more, level, con_id = condition.price()
    quote = quote_of(con_id)
    price = quote.last
    if price is None and quote.bid is not None and quote.ask is not None:
        price = (quote.bid + quote.ask) / 2
    return price is not None and (price >= level if wants_more else price <= level)


def _move_trail(order: Order, watched: float) -> None:
    percent = order.terms.number("trailingPercent")
    distance = watched * percent / 100 if percent is not None else order.aux or 0.0
    start = order.terms.number("trailStopPrice")
    held = order.trail_stop if order.trail_stop is not None else start
    if order.action == "SELL":
        order.trail_stop = max(watched - distance, -math.inf if held is None else held)
    else:
        order.trail_stop = min(watched + distance, math.inf if held is None else held)
    order.terms.words["trailStopPrice"] = str(round(order.trail_stop, 6))


def _touched(action: str, price: float, level: float, *, stops: bool) -> bool:
    """A stop sells below and buys above the market; an if-touched order the other way round."""
    from_above = (action == "SELL") == stops
    return price <= level if from_above else price >= level


def _relative(order: Order, quote: Quote) -> float | None:
    """Pegged to its own side of the quote, more aggressive by `auxPrice`, capped by the limit if it has one."""
    own = quote.bid if order.action == "BUY" else quote.ask
    if own is None:
        return order.limit
    offset = order.aux or 0.0
    pegged = own + offset if order.action == "BUY" else own - offset
    if not order.limit:
        return pegged
    return min(pegged, order.limit) if order.action == "BUY" else max(pegged, order.limit)
