"""What a test may do to orders and accounts from elsewhere: by hand at the TWS, by the exchange, by the broker."""

from dataclasses import dataclass, replace

from tests.tws.book import CANCELLED
from tests.tws.floor import Floor
from tests.tws.order_fields import Margin, Terms
from tests.tws.orders import KNOWN_TYPES, Execution, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSeen:
    """An order as the server holds it."""

    perm_id: int
    client_id: int
    order_id: int
    con_id: int
    action: str
    kind: str
    tif: str
    quantity: float
    limit: float | None
    aux: float | None
    trail_stop: float | None
    group: str
    parent_perm_id: int
    reference: str
    status: str
    filled: float
    average: float
    is_manual: bool
    is_held: bool


class OrderControl:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._book = floor.orders.book

    def orders(self, reference: str = "") -> list[OrderSeen]:
        """Every order there has been, oldest first; only those with the reference, if one is named."""
        wanted = [o for o in self._book.orders if reference in ("", o.terms.word("orderRef"))]
        return [_seen(order) for order in wanted]

    def working(self) -> list[OrderSeen]:
        return [_seen(order) for order in self._book.working]

    def order(self, perm_id: int) -> OrderSeen:
        return _seen(self._book.get(perm_id))

    def executions(self) -> list[Execution]:
        """Those of the current day."""
        return list(self._floor.ledger.executions)

    def positions(self, account: str = "") -> dict[int, float]:
        """Quantity by contract, of what is not zero."""
        holdings = self._floor.ledger.accounts[self._account(account)].holdings
        return {con_id: holding.quantity for con_id, holding in holdings.items() if holding.quantity}

    def set_position(self, con_id: int, quantity: float, price: float = 0.0, account: str = "") -> None:
        """Held from before: no order and no execution explain it."""
        name = self._account(account)
        self._floor.ledger.set_position(name, self._floor.contract(con_id), quantity, price)
        self._floor.accounts.changed(name, con_id)

    def manual_order(
        self, con_id: int, action: str, quantity: float, kind: str = "LMT", limit: float | None = None, tif: str = "DAY"
    ) -> int:
        """Place an order by hand at the TWS, of any type (one the server does not know rests for ever); its permId."""
        words = {"action": action, "totalQuantity": str(quantity), "orderType": kind, "tif": tif, "openClose": "?"}
        words |= {"transmit": "1", "lmtPrice": "" if limit is None else str(limit)}
        terms = Terms(words=words)
        if kind not in KNOWN_TYPES:
            words["triggerMethod"] = "0"
        order = self._book.add(0, 0, self._floor.contract(con_id), terms, is_manual=True)
        self._floor.orders.add_manual(order)
        return order.perm_id

    def manual_trade(self, con_id: int, action: str, quantity: float, price: float) -> int:
        """Trade by hand at the TWS, at once and whatever the quote; the permId of the order it took."""
        was, self._book.is_matching = self._book.is_matching, False
        try:
            perm_id = self.manual_order(con_id, action, quantity, "MKT")
            self._book.fill([(self._book.get(perm_id), quantity, price)])
        finally:
            self._book.is_matching = was
        return perm_id

    def fill(self, perm_id: int, quantity: float, price: float, silent: bool = False) -> None:
        """Fill so much of a working order, whatever the quote; silently, nothing of it is told."""
        fills = [(self._book.get(perm_id), quantity, price)]
        if silent:
            self._floor.orders.fill_unseen(fills)
        else:
            self._book.fill(fills)

    def fill_together(self, fills: list[tuple[int, float, float]]) -> None:
        """Fill several orders (permId, quantity, price) as one quote would: what no group protects trades too much."""
        self._book.fill([(self._book.get(perm_id), quantity, price) for perm_id, quantity, price in fills])

    def cancel(
        self, perm_id: int, code: int = CANCELLED[0], text: str = CANCELLED[1], status: str = "Cancelled"
    ) -> None:
        """Cancel it from elsewhere: by hand, by the exchange, by the broker."""
        self._book.cancel(self._book.get(perm_id), (code, text), status=status)

    def inactivate(self, perm_id: int) -> None:
        """TWS works it no longer and keeps it among the open orders, until it is activated again or cancelled."""
        order = self._book.get(perm_id)
        order.is_kept = True
        order.status = "Inactive"
        self._floor.orders.changed(order)

    def change_by_hand(self, perm_id: int, quantity: float | None = None, limit: float | None = None) -> None:
        """Somebody edits the order at the TWS; its client hears of it."""
        order = self._book.get(perm_id)
        if quantity is not None:
            order.terms.words["totalQuantity"] = str(quantity)
        if limit is not None:
            order.terms.words["lmtPrice"] = str(limit)
        self._floor.orders.changed(order)
        self._book.match([order.contract.con_id])

    def correct_execution(self, price: float) -> None:
        """The last execution was at another price: it is told again, its id ending in the next number."""
        ledger = self._floor.ledger
        before = ledger.executions[-1]
        id, _, revision = before.exec_id.rpartition(".")
        corrected = replace(before, exec_id=f"{id}.{int(revision) + 1:02d}", price=price)
        ledger.executions[-1] = corrected
        self._floor.gateway.push(corrected.client_id, *self._floor.orders.post.execution(-1, corrected))

    def account_value(self, tag: str, value: str, currency: str = "USD", account: str = "") -> None:
        name = self._account(account)
        self._floor.ledger.accounts[name].values[tag] = (value, currency)
        self._floor.accounts.value_changed(name, tag)

    def what_if(self, margin: Margin) -> None:
        """What every what-if answers from now on."""
        self._floor.orders.margin = margin

    def commission(self, per_unit: float) -> None:
        self._floor.ledger.commission = per_unit

    def _account(self, name: str) -> str:
        return name or next(iter(self._floor.ledger.accounts))


def _seen(order: Order) -> OrderSeen:
    return OrderSeen(
        perm_id=order.perm_id,
        client_id=order.client_id,
        order_id=order.order_id,
        con_id=order.contract.con_id,
        action=order.action,
        kind=order.kind,
        tif=order.tif,
        quantity=order.quantity,
        limit=order.limit,
        aux=order.aux,
        trail_stop=order.trail_stop,
        group=order.group,
        parent_perm_id=order.parent_perm_id,
        reference=order.terms.word("orderRef"),
        status=order.status,
        filled=order.filled,
        average=order.average,
        is_manual=order.is_manual,
        is_held=order.is_held,
    )
