"""The orders of the loopback server: placed, modified, cancelled, filled; brackets and one-cancels-all groups."""

from collections.abc import Callable, Iterable
from typing import Protocol

from tests.tws.contracts import Contract
from tests.tws.ledger import Ledger
from tests.tws.market import Market, Quote
from tests.tws.matching import advance, conditions_hold, price_now
from tests.tws.order_fields import PRICE_CONDITION, Terms
from tests.tws.orders import STOPPED_TYPES, Fill, Order

CANCELLED = (202, "Order Canceled - reason:")
_EPSILON = 1e-9


class News(Protocol):
    """Who hears what became of orders."""

    def changed(self, order: Order) -> None: ...
    def filled(self, fill: Fill) -> None: ...
    def refused(self, order: Order, code: int, text: str) -> None: ...


class Book:
    """Every order of every client, in the order in which they came.

    A quote fills what it touches, at its own side, in order of arrival. What one execution does to the other orders
    of a group with overfill protection is done before the next order is looked at; without protection it is done
    after all that the same quote touches has traded, so that such a group can trade too much.
    """

    def __init__(self, market: Market, ledger: Ledger, news: News, clock: Callable[[], float]) -> None:
        self.is_matching = True
        self.is_cautious = False
        """After a fill nothing more trades, by quote or by plan, until matching is switched on again."""
        self._market = market
        self._ledger = ledger
        self._news = news
        self._clock = clock
        self._orders: dict[int, Order] = {}
        self._watching: dict[int, dict[int, Order]] = {}
        self._spent_groups: set[str] = set()
        self._perm_id = 1_800_000_000

    # lookup

    @property
    def orders(self) -> list[Order]:
        return list(self._orders.values())

    @property
    def working(self) -> list[Order]:
        return [order for order in self._orders.values() if order.is_working]

    def get(self, perm_id: int) -> Order:
        return self._orders[perm_id]

    def find(self, client_id: int, order_id: int) -> Order | None:
        of_client = (o for o in self._orders.values() if (o.client_id, o.order_id) == (client_id, order_id))
        return next((order for order in of_client if order_id), None)

    def highest_id(self, client_id: int) -> int:
        return max((order.order_id for order in self._orders.values() if order.client_id == client_id), default=0)

    def why_held(self, order: Order) -> str:
        reasons = ["child"] if self._waits_for_parent(order) else []
        if order.kind in STOPPED_TYPES and not order.is_triggered:
            reasons.append("trigger")
        return ",".join(reasons)

    def takes_plans(self, order: Order) -> bool:
        """Whether what was planned may fill the order now; a child that sleeps never fills."""
        return (self.is_matching or not self.is_cautious) and not self._waits_for_parent(order)

    def is_spent(self, group: str) -> bool:
        """Whether a member of the group has filled, so that nobody may join it any more."""
        return bool(group) and group in self._spent_groups

    # requests

    def add(self, client_id: int, order_id: int, contract: Contract, terms: Terms, *, is_manual: bool = False) -> Order:
        """Accept a new order; it rests, or trades at once. A child of a parent we hold joins its bracket."""
        self._perm_id += 1
        order = Order(
            client_id=client_id,
            order_id=order_id,
            perm_id=self._perm_id,
            contract=contract,
            terms=terms,
            is_manual=is_manual,
        )
        terms.words |= {"clientId": str(client_id), "permId": str(order.perm_id)}
        terms.words["account"] = terms.word("account") or next(iter(self._ledger.accounts))
        parent = self.find(client_id, int(terms.word("parentId") or 0))
        if parent:
            order.parent_perm_id = parent.perm_id
            if not order.group:
                terms.words |= {"ocaGroup": str(parent.perm_id), "ocaType": "3"}
        order.is_held = terms.word("transmit") == "0"
        self._orders[order.perm_id] = order
        for con_id in self._watched(order):
            self._watching.setdefault(con_id, {})[order.perm_id] = order
        if not order.is_held:
            self._transmit(order)
        return order

    def modify(self, order: Order, terms: Terms) -> None:
        """Replace the terms of a working order; a stop already touched stays touched unless its type changes."""
        if terms.word("orderType") != order.kind:
            order.is_triggered = False
        kept = ("clientId", "permId", "account", "ocaGroup", "ocaType")
        terms.words |= {name: order.terms.word(name) for name in kept}
        order.terms = terms
        if terms.number("trailStopPrice") is not None:
            order.trail_stop = None
        if order.is_held and terms.word("transmit") != "0":
            self._transmit(order)
        elif not order.is_held:
            self._refresh(order)
            self._news.changed(order)
            self._match_and_expire(order)

    def cancel(self, order: Order, refusal: tuple[int, str] = CANCELLED, *, status: str = "Cancelled") -> None:
        """End a working order and what hangs on it: a parent's children, cut to what the parent has filled."""
        if not order.is_working:
            return
        self._end(order, status, refusal[1])
        self._news.changed(order)
        self._news.refused(order, *refusal)
        for child in self._children(order):
            if not order.filled:
                self.cancel(child)
            elif child.is_working:
                child.terms.words["totalQuantity"] = str(order.filled)
                self._refresh(child)
                self._news.changed(child)
                self._match_and_expire(child)

    def expire_day_orders(self) -> None:
        for order in self.working:
            if order.tif == "DAY":
                self.cancel(order)

    # trading

    def match(self, con_ids: Iterable[int]) -> None:
        """Trade whatever the quotes of these contracts touch, and whatever that sets free."""
        touched = list(con_ids)
        while touched:
            con_id = touched.pop(0)
            filled = self._pass(list(self._watching.get(con_id, {}).values()))
            touched += [watched for order in filled for watched in self._freed_by(order) if watched not in touched]

    def fill(self, fills: list[tuple[Order, float, float]]) -> None:
        """Fill by script, whatever the quote: order, quantity, price; together, as one quote would."""
        after: list[tuple[Order, float]] = []
        for order, quantity, price in fills:
            if order.is_working:
                self._fill(order, min(quantity, order.remaining), price, after)
        self._apply(after)
        self.match(con_id for order, _, _ in fills for con_id in self._freed_by(order))

    def auction(self, con_id: int, price: float, *, closing: bool) -> None:
        """The one price at which orders for the open or the close trade; those whose limit it misses are cancelled."""
        for order in list(self._watching.get(con_id, {}).values()):
            at_close = order.kind in ("MOC", "LOC")
            if not order.is_working or not order.waits_for_auction or at_close != closing:
                continue
            limit = order.limit if order.kind in ("LMT", "LOC") else None
            misses = limit is not None and (price > limit if order.action == "BUY" else price < limit)
            if misses:
                self.cancel(order)
            else:
                self.fill([(order, order.remaining, price)])

    # inside

    def _transmit(self, order: Order) -> None:
        """Send the order on, and with it the family that waited for it."""
        parent = self._orders.get(order.parent_perm_id)
        family = [parent, *self._children(parent)] if parent else [order, *self._children(order)]
        sent = [member for member in family if member.is_held or member is order]
        for member in sent:
            member.is_held = False
            self._refresh(member)
            self._news.changed(member)
        for member in sent:
            self._match_and_expire(member)

    def _match_and_expire(self, order: Order) -> None:
        """Try the order against the quote; what is immediate or nothing is cancelled when it has had its chance."""
        self.match(self._watched(order))
        if order.tif in ("IOC", "FOK") and order.is_working and not self._waits_for_parent(order):
            self.cancel(order)

    def _pass(self, orders: list[Order]) -> list[Order]:
        after: list[tuple[Order, float]] = []
        filled: list[Order] = []
        for order in orders:
            price = self._price(order)
            quantity = self._takes(order) if price is not None else 0.0
            if price is not None and quantity > _EPSILON:
                self._fill(order, quantity, price, after)
                filled.append(order)
        self._apply(after)
        return filled

    def _price(self, order: Order) -> float | None:
        """What it would trade at now; a stop that this quote touches is said to be on its way first."""
        if (
            not order.is_working
            or order.is_held
            or order.is_kept
            or self._waits_for_parent(order)
            or not self._conditions_hold(order)
        ):
            return None
        quote = self._market.quote_of(order.contract)
        if order.kind in STOPPED_TYPES:
            advance(order, quote)
        status = order.status
        self._refresh(order)
        if status != order.status:
            self._news.changed(order)
        blocked = not self.is_matching or order.waits_for_auction or self._market.is_halted(order.contract)
        return None if blocked or self.why_held(order) else price_now(order, quote)

    def _takes(self, order: Order) -> float:
        """How much of the order the market takes; any quantity unless the test set how much there is."""
        held = self._market.of(order.contract.con_id)
        quantity = order.remaining if held.liquidity is None else min(order.remaining, held.liquidity)
        if order.tif == "FOK" and quantity < order.remaining:
            return 0.0
        if held.liquidity is not None:
            held.liquidity -= quantity
        return quantity

    def _fill(self, order: Order, quantity: float, price: float, after: list[tuple[Order, float]]) -> None:
        if quantity <= _EPSILON:
            return
        fill = self._ledger.record(order, quantity, price, self._market.quote_of)
        if order.remaining <= _EPSILON:
            self._end(order, "Filled", "")
        else:
            order.status = "Submitted"
        self._news.filled(fill)
        self.is_matching = self.is_matching and not self.is_cautious
        if order.group and order.status == "Filled":
            self._spent_groups.add(order.group)
        after.append((order, quantity / (order.remaining + quantity)))
        if order.group_kind != 3:
            self._apply(after)
        if order.status == "Filled":
            for child in self._children(order):
                self._refresh(child)
                if child.is_working:
                    self._news.changed(child)

    def _apply(self, after: list[tuple[Order, float]]) -> None:
        """Cancel or cut the other members of the group of each order that traded, by that share of what remained."""
        traded, after[:] = list(after), []
        for order, share in traded:
            if not order.group:
                continue
            for other in self.working:
                if other is order or other.group != order.group:
                    continue
                if order.group_kind == 1:
                    self.cancel(other)
                else:
                    self._reduce(other, share * other.remaining)

    def _reduce(self, order: Order, quantity: float) -> None:
        left = order.quantity - round(quantity)
        if left - order.filled <= _EPSILON:
            self.cancel(order)
        else:
            order.terms.words["totalQuantity"] = str(left)
            self._news.changed(order)

    def _end(self, order: Order, status: str, said: str) -> None:
        order.status = status
        order.ended_at_s = self._clock()
        order.ended_by = said
        for con_id in self._watched(order):
            self._watching.get(con_id, {}).pop(order.perm_id, None)

    def _refresh(self, order: Order) -> None:
        """The status of an order that works: on its way while something holds it back, else in the market."""
        if order.is_working and not order.is_held and not order.is_kept:
            waits = self.why_held(order) or order.waits_for_auction or not self._conditions_hold(order)
            order.status = "PreSubmitted" if waits else "Submitted"

    def _waits_for_parent(self, order: Order) -> bool:
        parent = self._orders.get(order.parent_perm_id)
        return parent is not None and parent.is_working

    def _conditions_hold(self, order: Order) -> bool:
        return conditions_hold(order, self._quote)

    def _quote(self, con_id: int) -> Quote:
        return self._market.of(con_id).quote

    def _children(self, order: Order) -> list[Order]:
        return [child for child in self._orders.values() if child.parent_perm_id == order.perm_id]

    def _freed_by(self, order: Order) -> list[int]:
        """Contracts to look at again after this order traded: its own and its children's."""
        return [con_id for member in [order, *self._children(order)] for con_id in self._watched(member)]

    def _watched(self, order: Order) -> list[int]:
        """Contracts whose quotes may move the order: its own, its legs, those its conditions name."""
        own = [leg.con_id for leg in order.contract.legs] or [order.contract.con_id]
        return own + [c.price()[2] for c in order.terms.conditions if c.kind == PRICE_CONDITION]
