"""Answers what clients ask about orders and executions, and tells them what became of theirs."""

from collections.abc import Callable
from dataclasses import replace

from tests.tws.book import Book
from tests.tws.contracts import Contract, Listings
from tests.tws.data_desk import UNKNOWN, DataDesk
from tests.tws.execution_post import ExecutionPost
from tests.tws.faults import OrderPlan
from tests.tws.gateway import Gateway
from tests.tws.ledger import Ledger
from tests.tws.market import Market
from tests.tws.order_fields import Margin, Terms, completed_order, open_order, read_order
from tests.tws.orders import DONE, KNOWN_TYPES, Fill, Order
from tests.tws.session import Session
from tests.tws.wire import Field, Reader

READ_ONLY = (321, "Error validating request.-'bF' : cause - The API interface is currently in Read-Only mode.")
_PRICED = ("LMT", "STP LMT", "LOC", "LIT")


class OrderDesk:
    def __init__(self, gateway: Gateway, listings: Listings, market: Market, ledger: Ledger, data: DataDesk) -> None:
        self.book = Book(market, ledger, self, gateway.now_s)
        self.margin = Margin(
            initial=("0.0", "1000.0", "1000.0"),
            maintenance=("0.0", "800.0", "800.0"),
            equity=("100000.0", "0.0", "100000.0"),
            commission="1.05",
        )
        self.post = ExecutionPost(gateway, self.listeners, self.changed)
        self.on_fill: Callable[[Fill], None] = lambda fill: None
        self._gateway = gateway
        self._listings = listings
        self._market = market
        self._ledger = ledger
        self._data = data
        self._is_binding = False
        self._bound = 0
        gateway.next_order_id = lambda client_id: self.book.highest_id(client_id) + 1
        gateway.handle(
            {
                "placeOrder": self._place,
                "cancelOrder": self._cancel,
                "reqGlobalCancel": self._cancel_all,
                "reqOpenOrders": self._own_open_orders,
                "reqAllOpenOrders": self._all_open_orders,
                "reqAutoOpenOrders": self._bind_new,
                "reqCompletedOrders": self._completed,
                "reqExecutions": self._executions,
            }
        )

    # news of the book

    def changed(self, order: Order) -> None:
        for client_id in self.listeners(order):
            self._gateway.push(client_id, 5, *self._shown(order))
            self._gateway.push(client_id, 3, *self._status(order))

    def filled(self, fill: Fill) -> None:
        self.post.deliver(fill)
        if not self.post.is_silent:
            self.on_fill(fill)

    def refused(self, order: Order, code: int, text: str) -> None:
        for client_id in self.listeners(order):
            self._gateway.push(client_id, 4, 2, order.order_id, code, text, "")

    def listeners(self, order: Order) -> list[int]:
        """Clients that hear of the order unasked: whose it is; client 0 of manual ones once it binds them."""
        if order.is_manual:
            return [0] if order.order_id else []
        return [order.client_id]

    def add_manual(self, order: Order) -> None:
        if self._is_binding:
            self._bind(order)
            self.changed(order)

    # orders

    def _place(self, session: Session, reader: Reader) -> None:
        order_id = reader.whole()
        contract, terms = read_order(reader)
        known = self._listings.resolved(contract)
        if self._gateway.faults.is_read_only:
            session.error(order_id, *READ_ONLY)
        elif known is None:
            session.error(order_id, *UNKNOWN)
        elif terms.flag("whatIf"):
            order = self._order_like(session, order_id, terms)
            session.send(5, *open_order(order_id, known, order, "PreSubmitted", self.margin))
        else:
            held = self.book.find(session.client_id, order_id)
            refusal = self._refusal(session, order_id, replace(known, legs=contract.legs), terms, held)
            if refusal:
                session.error(order_id, *refusal)
            else:
                self._accept(session, order_id, replace(known, legs=contract.legs), terms)

    def _order_like(self, session: Session, order_id: int, terms: Terms) -> Terms:
        terms.words |= {"clientId": str(session.client_id), "permId": "0"}
        return terms

    def _accept(self, session: Session, order_id: int, contract: Contract, terms: Terms) -> None:
        plan = self._gateway.faults.order_plan(terms.word("orderRef"))
        held = self.book.find(session.client_id, order_id)
        if plan.drop == "before_order":
            session.close(abort=True)
            return
        if plan.reject:
            self._reject(session, order_id, contract, terms, plan)
            return
        if plan.drop == "before_ack":
            session.close(abort=True)
        if held:
            self.book.modify(held, terms)
        else:
            held = self.book.add(session.client_id, order_id, contract, terms)
        self._finish(session, held, plan)

    def _finish(self, session: Session, order: Order, plan: OrderPlan) -> None:
        if plan.notice:
            session.error(order.order_id, *plan.notice)
        if plan.fill and self.book.takes_plans(order):
            self.fill_unseen([(order, *plan.fill)]) if plan.is_silent else self.book.fill([(order, *plan.fill)])
        if plan.drop == "after_ack":
            session.close()

    def fill_unseen(self, fills: list[tuple[Order, float, float]]) -> None:
        """Fill without telling anybody: neither status nor executions."""
        with self.post.silence():
            self.book.fill(fills)

    def _reject(self, session: Session, order_id: int, contract: Contract, terms: Terms, plan: OrderPlan) -> None:
        """Refuse: a new order ends before it began, a modification changes nothing."""
        assert plan.reject
        if plan.reject_status and not self.book.find(session.client_id, order_id):
            shown = self._order_like(session, order_id, terms)
            session.send(5, *open_order(order_id, contract, shown, plan.reject_status, Margin()))
            unfilled = (0, shown.word("totalQuantity"), 0, 0, shown.word("parentId") or 0, 0, session.client_id, "", 0)
            session.send(3, order_id, plan.reject_status, *unfilled)
        session.error(order_id, *plan.reject)

    def _refusal(
        self, session: Session, order_id: int, contract: Contract, terms: Terms, held: Order | None
    ) -> tuple[int, str] | None:
        """Why the broker would not take this order, None when it would."""
        if held is None and order_id <= self.book.highest_id(session.client_id):
            return 103, "Duplicate order id"
        if held and held.status in DONE:
            return 104, "Cannot modify a filled order."
        if held and (held.contract.con_id, held.action) != (contract.con_id, terms.word("action")):
            return 105, "Order being modified does not match original order"
        if held and terms.word("ocaGroup") not in ("", held.group):
            return 10326, "OCA group revision is not allowed"
        if held and (terms.number("totalQuantity") or 0) <= held.filled:
            return 201, "Order rejected - reason:The quantity is not above what has filled"
        return self._unfit(session, contract, terms, is_new=held is None)

    def _unfit(self, session: Session, contract: Contract, terms: Terms, *, is_new: bool) -> tuple[int, str] | None:
        kind, parent = terms.word("orderType"), int(terms.word("parentId") or 0)
        held = self._market.of(contract.con_id)
        if kind not in KNOWN_TYPES:
            return 387, "Unsupported order type for this exchange and security type."
        if (terms.number("totalQuantity") or 0) <= 0:
            return 434, "The order size cannot be zero."
        if terms.word("account") not in ("", *self._ledger.accounts):
            return 321, "Error validating request.-'bG' : cause - Invalid account code"
        if parent and is_new and not self.book.find(session.client_id, parent):
            return 135, f"Can't find order with ID ={parent}"
        if is_new and self.book.is_spent(terms.word("ocaGroup")):
            return 201, "Order rejected - reason:A member of the OCA group has already filled"
        if held.halted and held.halt_rejects:
            return 154, "Orders cannot be transmitted for a halted security"
        prices = (terms.number("lmtPrice") if kind in _PRICED else None, _stop_price(terms))
        if any(price is not None and self._data.off_tick(contract, price) for price in prices):
            return 110, "The price does not conform to the minimum price variation for this contract."
        return None

    def _cancel(self, session: Session, reader: Reader) -> None:
        reader.word()
        order_id = reader.whole()
        order = self.book.find(session.client_id, order_id)
        if self._gateway.faults.is_read_only:
            session.error(order_id, *READ_ONLY)
            return
        if order is None:
            session.error(order_id, 10147, f"OrderId {order_id} that needs to be cancelled is not found.")
            return
        plan = self._gateway.faults.cancel_plan(order.terms.word("orderRef"))
        if plan.fill and self.book.takes_plans(order):
            self.book.fill([(order, *plan.fill)])
        if plan.refuse:
            session.error(order_id, *plan.refuse)
            return
        if plan.drop:
            session.close(abort=True)
        if order.is_working:
            self.book.cancel(order)
        else:
            text = f"OrderId {order_id} that needs to be cancelled can not be cancelled, state: {order.status}."
            session.error(order_id, 10148, text)

    def _cancel_all(self, session: Session, reader: Reader) -> None:
        reader.word()
        if self._gateway.faults.is_read_only:
            session.error(-1, *READ_ONLY)
            return
        for order in self.book.working:
            self.book.cancel(order)

    # questions

    def _own_open_orders(self, session: Session, reader: Reader) -> None:
        manual = [order for order in self.book.working if order.is_manual] if session.client_id == 0 else []
        for order in manual:
            self._bind(order)
        own = [o for o in self.book.working if o.client_id == session.client_id and not o.is_manual]
        self._answer_open(session, [*manual, *own])

    def _all_open_orders(self, session: Session, reader: Reader) -> None:
        self._answer_open(session, self.book.working)

    def _answer_open(self, session: Session, orders: list[Order]) -> None:
        if self._gateway.faults.is_read_only:
            session.error(-1, *READ_ONLY)
            return
        for order in orders:
            if not order.is_held:
                session.send(5, *self._shown(order))
                session.send(3, *self._status(order))
        session.send(53, 1)

    def _bind_new(self, session: Session, reader: Reader) -> None:
        """Client 0 alone may bind the orders that are placed by hand, from now on and those there are."""
        reader.word()
        wanted = reader.flag()
        if session.client_id != 0:
            session.error(-1, 321, "Error validating request.-'bA' : cause - Only client 0 may bind manual orders")
            return
        self._is_binding = wanted
        for order in [o for o in self.book.working if o.is_manual and wanted and not o.order_id]:
            self._bind(order)
            self.changed(order)

    def _bind(self, order: Order) -> None:
        """Give a manual order the negative id by which client 0 may change it."""
        if not order.order_id:
            self._bound -= 1
            order.order_id = self._bound

    def _completed(self, session: Session, reader: Reader) -> None:
        api_only = reader.flag()
        if self._gateway.faults.is_read_only:
            session.error(-1, *READ_ONLY)
            return
        for order in self.book.orders:
            if order.status in DONE and not (api_only and order.is_manual):
                words = {"filledQuantity": str(order.filled), "parentPermId": str(order.parent_perm_id)}
                terms = replace(order.terms, words=order.terms.words | words)
                at, said = self._gateway.time_text(order.ended_at_s), _outcome(order)
                session.send(101, *completed_order(order.contract, terms, order.status, at, said))
        session.send(102)

    def _executions(self, session: Session, reader: Reader) -> None:
        reader.word()
        request, client_id, account = reader.whole(), reader.whole(), reader.word()
        reader.word()
        symbol, kind, _exchange, side = reader.word(), reader.word(), reader.word(), reader.word()
        wanted = {"BUY": "BOT", "SELL": "SLD"}.get(side, side)
        for execution in self._ledger.executions:
            pairs = (
                (account, execution.account),
                (symbol, execution.contract.symbol),
                (kind, execution.contract.sec_type),
                (wanted, execution.side),
            )
            if client_id in (0, execution.client_id) and all(asked in ("", held) for asked, held in pairs):
                session.send(*self.post.execution(request, execution))
                session.send(*self.post.commission(execution))
        session.send(55, 1, request)

    # messages

    def _shown(self, order: Order) -> list[Field]:
        return open_order(order.order_id, order.contract, order.terms, order.status, Margin())

    def _status(self, order: Order) -> list[Field]:
        parent = self.book.get(order.parent_perm_id).order_id if order.parent_perm_id else 0
        amounts = (order.filled, order.remaining, order.average, order.perm_id, parent, order.last_price)
        return [order.order_id, order.status, *amounts, order.client_id, self.book.why_held(order), 0]


def _stop_price(terms: Terms) -> float | None:
    return terms.number("auxPrice") if terms.word("orderType") in ("STP", "STP LMT", "MIT", "LIT") else None


def _outcome(order: Order) -> str:
    return f"Filled Size: {order.filled:g}" if order.status == "Filled" else "Cancelled by Trader"
