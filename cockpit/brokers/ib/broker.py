"""The broker that trades at Interactive Brokers on a feed's connection: sends at once, asks before it believes."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cockpit.brokers.ib import account as accounts
from cockpit.brokers.ib.book import Book
from cockpit.brokers.ib.contracts import Contracts
from cockpit.brokers.ib.line import Line, Timing
from cockpit.brokers.ib.margin import Margin, ask_margin, margin_told, margin_untold
from cockpit.brokers.ib.names import Names
from cockpit.brokers.ib.pricing import Price, as_far_as_allowed, is_walked, price, side
from cockpit.brokers.ib.pulse import Gauges
from cockpit.brokers.ib.questions import Questions
from cockpit.brokers.ib.standing import Standing
from cockpit.brokers.ib.synchronise import Push, Synchroniser
from cockpit.brokers.ib.translate import Envelope, label, wire_order
from cockpit.domain.errors import NoBroker, Refused
from cockpit.domain.order import Order, Report, Said
from cockpit.events import NS, LinkChanged, LinkState, Noticed
from cockpit.ib.accounts import is_live
from cockpit.ib.budget import Budget
from cockpit.ib.instruments import Option
from cockpit.ports import Quote
from cockpit.routing.walk import Walk

STEP_NS = NS  # between two changes of one order's price
NOT_CONNECTED = "the broker is not connected; nothing was sent"
NOT_QUOTED = "there is no quote to price it by, and it may wait; nothing was sent"


class IbBroker:
    """Orders, positions and the account of one session, over all connections that its feed makes.

    All of it on the engine's loop. `is_fresh` says that the session has only begun, so that executions of others
    before it are old; set it to False for a session that is taken up again. `timing` is set before `begin`.
    """

    def __init__(
        self,
        session: str,
        account: str | None,
        *,
        quote: Quote,
        walk: Walk,
        say: Callable[[str], None],
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.is_busy = False
        self.is_fresh = True
        self.timing = Timing()
        self.account = account or ""
        self.contracts = Contracts(say)
        self._wanted = account
        self._quote, self._walk, self._say, self._now_ns = quote, walk, say, now_ns

        self._names = Names(session)
        self._book = Book(self._names)
        self._push: Push = _nobody
        self._line: Line | None = None
        self._connections = 0
        self._asking: asyncio.Task[None] | None = None
        self._families: dict[str, list[Standing]] = {}
        """Entries that wait for the orders that belong to them, by reference; for one turn of the loop."""

    @property
    def is_live(self) -> bool:
        """Whether the account's money is real."""
        return is_live(self.account)

    def gauges(self) -> Gauges:
        """How the connection does."""
        reconnects = max(self._connections - 1, 0)
        return Gauges(reconnects=reconnects) if self._line is None else self._line.gauges(reconnects)

    # ---------------------------------------------------------------- before the session

    async def held(self, ib: Any, budget: Budget) -> Sequence[Option]:
        """What the account holds and has orders in, as far as it can be supervised.

        Raises BadInput when the account is not plain, NoBroker when the API only reads.
        """
        self.account = accounts.choose(ib.client.getAccounts(), self._wanted)
        questions = Questions(ib, budget, self.timing.answer_s)
        try:
            positions = [each for each in await questions.positions() if each.account == self.account]
            trades = [each for each in await questions.open_orders() if each.order.account in ("", self.account)]
        finally:
            questions.close()
        await self.contracts.learn(ib, budget, [each.contract for each in (*positions, *trades)])
        return [*self.contracts.by_id.values()]

    def know(self, options: Iterable[Option], underlyings: Mapping[str, Any]) -> None:
        """Contracts that may be traded, and those of their underlyings by name, on which stops may be conditional."""
        self.contracts.know(options, underlyings)

    def adopt(self, order: Order, placed_ns: int, leaves: int, seen: Iterable[str]) -> None:
        """An order that the journal says was working, and the ids of its fills so far; `begin` tells what it is now."""
        standing = Standing(ref=order.ref, order=order, placed_ns=placed_ns, is_lost=True)
        option = self.contracts.by_symbol.get(order.symbol)
        standing.contract = None if option is None else option.contract
        standing.executed, standing.is_kept = order.contracts - leaves, leaves <= 0
        self._book.orders[order.ref] = standing
        self._book.executions.remember(seen, order.ref)
        self.is_busy = True

    def expect(self, order: Order) -> None:
        """An order of an earlier run that may or may not have been sent; if it was, it goes on as this one."""
        self._book.unsent[order.ref] = order

    def attach(self, push: Push) -> None:
        """Where everything is told that is not the answer to a call."""
        self._push = push

    # ---------------------------------------------------------------- the connection, as its feed sees it

    async def begin(self, ib: Any, budget: Budget) -> None:
        """When it returns, all that happened meanwhile has been told and orders may be sent."""
        managed = ib.client.getAccounts()
        if self.account not in managed:
            text = f"this login no longer manages {self.account}: log TWS or Gateway in to it"
            self._push(Noticed(self._now_ns(), "A-account", "critical", text))
            raise NoBroker(f"The account has changed: {text}.")
        self._book.client_id = ib.client.clientId
        sync = Synchroniser(
            ib=ib,
            budget=budget,
            questions=Questions(ib, budget, self.timing.answer_s),
            book=self._book,
            contracts=self.contracts,
            account=self.account,
            push=self._told,
            now_ns=self._now_ns,
            is_old=self.is_fresh,
        )
        self._line = Line(sync, timing=self.timing, say=self._say)
        await self._line.open()
        self.is_fresh = False
        self._connections += 1

    def end(self, why: str) -> None:
        """What worked is unknown from now on."""
        line, self._line = self._line, None
        if line is not None:
            line.close()
        now_ns = self._now_ns()
        for family in self._families.values():
            for standing in family:
                self._tell(standing.end("rejected", NOT_CONNECTED, now_ns))
        self._families.clear()
        self._tell(self._book.lose(why, now_ns))

    def link(self, state: LinkState, words: str) -> None:
        """Passed on to the session."""
        self._push(LinkChanged(self._now_ns(), state, words))

    def reconcile(self) -> None:
        """Asks for a snapshot now."""
        if self._line is not None:
            self._line.look_again()

    # ---------------------------------------------------------------- orders

    def place(self, order: Order, now_ns: int) -> list[Report]:
        """An entry waits for one turn of the loop, so that the orders that belong to it travel with it."""
        known, option = self._book.orders.get(order.ref), self.contracts.by_symbol.get(order.symbol)
        if known is not None:
            if option is not None and known.contract is not None and known.contract.conId != option.contract.conId:
                words = f"the broker has an order {order.ref} in {label(known.contract)}; nothing was sent"
                return [Said(ref=order.ref, told="rejected", words=words, at_ns=now_ns)]
            return [*self._book.executions.of(order.ref, now_ns), *known.known(now_ns)]
        standing = Standing(ref=order.ref, order=order, placed_ns=now_ns, changed_ns=now_ns)
        self._book.orders[order.ref] = standing
        if option is None:
            return standing.end("rejected", f"{order.symbol} is not a contract that was found at the broker", now_ns)
        standing.contract = option.contract
        self.is_busy = True
        family = self._families.get(order.parent)
        if family is not None:
            family.append(standing)
        elif order.purpose == "entry":
            self._families[order.ref] = [standing]
            asyncio.get_running_loop().call_soon(self._release, order.ref)
        else:
            return self._send(standing, now_ns)
        standing.is_held = True
        return []

    def cancel(self, ref: str, now_ns: int) -> list[Report]:
        """Asks for it; what has not been sent yet is not sent, with all that belongs to it."""
        standing = self._book.orders.get(ref)
        if standing is None:
            return [Said(ref=ref, told="cancelled", words="it was never sent", at_ns=now_ns)]
        if not standing.is_live:  # its fills have told it, unless more of it was believed to work
            words = f"filled {standing.executed}, which is all that the broker had of it"
            return standing.known(now_ns) or standing.end("filled", words, now_ns)
        if standing.is_held:
            family = self._families.pop(ref, None)
            return [
                report
                for each in family or [standing]
                if each.is_live
                for report in each.end("cancelled", "cancelled before it was sent", now_ns)
            ]
        if self._is_reachable(standing) and self._line is not None:
            standing.is_cancelling = True
            self._line.cancel(standing.order_id)
        return []

    def change(self, order: Order, now_ns: int) -> list[Report]:
        """Sent at once; its group and what it belongs to stay as they were placed. Its time in the book counts."""
        standing = self._book.orders.get(order.ref)
        if standing is None or not standing.is_live or standing.is_cancelling:
            return []
        if standing.order is not None:
            order = replace(order, group=standing.order.group, parent=standing.order.parent)
        if standing.is_held:
            standing.order = order
        elif self._is_reachable(standing):
            standing.order = order
            now = self._price(order, standing, now_ns)
            self._modify(standing, standing.limit if now is None else now.limit, now_ns)
        return []

    def advance(self, now_ns: int) -> list[Report]:
        """Walks the prices of exits; what has happened is told as it happens."""
        line = self._line
        if line is not None and line.is_up:
            for standing in sorted(self._book.live, key=_changed_ns):
                if not line.budget.is_free:
                    break  # a new exit, a cancel or the kill switch would wait behind it
                if standing.is_acknowledged and not standing.is_cancelling and standing.order_id:
                    self._step(standing, now_ns)
        self._refresh()
        return []

    def kill(self) -> None:
        """Cancels every order of the login at the broker, whoever placed it."""
        now_ns = self._now_ns()
        for ref in list(self._families):
            self._tell(self.cancel(ref, now_ns))
        if self._line is None:
            return
        for standing in self._book.live:
            standing.is_cancelling = standing.is_cancelling or standing.order_id != 0
        try:
            self._line.cancel_all()
        except ConnectionError:
            self._say(f"Kill: {NOT_CONNECTED}.")
            return
        self._line.look_again(self.timing.soon_s)

    def ask_margin(self, order: Order) -> None:
        """The answer is told: `MarginTold`; a newer question takes the place of one that waits."""
        if self._asking is not None:
            self._asking.cancel()
        self._asking = asyncio.create_task(self._tell_margin(order))

    async def _tell_margin(self, order: Order) -> None:
        try:
            told = margin_told(order, await self.what_if(order), self._now_ns())
        except (Refused, NoBroker, ConnectionError) as error:
            told = margin_untold(order, str(error) or NOT_CONNECTED, self._now_ns())
        self._push(told)

    async def what_if(self, order: Order) -> Margin:
        """What the account would have to hold with this order; nothing is placed.

        Raises Refused with the broker's reason, NoBroker when it is not connected or gives no answer.
        """
        line, option = self._line, self.contracts.by_symbol.get(order.symbol)
        if line is None or option is None:
            raise NoBroker("The margin of an order is told by the broker, which is not connected or does not know it.")
        wire = self._wire(Standing(ref=order.ref, order=order, contract=option.contract), order.limit, 0)
        line.budget.urgent()
        return await ask_margin(line.ib, option.contract, wire, self.timing.answer_s)

    # ---------------------------------------------------------------- sending

    def _release(self, ref: str) -> None:
        """Of a family whatever can be sent is sent, the last of it with the word to transmit them all."""
        now_ns, ready = self._now_ns(), list[Standing]()
        for standing in self._families.pop(ref, ()):
            if standing.is_live:
                standing.is_held = False
                why = self._why_not(standing, now_ns)
                if why is None:
                    ready.append(standing)
                else:
                    self._tell(standing.end("rejected", why, now_ns))
        for standing in ready:
            self._transmit(standing, now_ns, is_last=standing is ready[-1])

    def _send(self, standing: Standing, now_ns: int) -> list[Report]:
        why = self._why_not(standing, now_ns)
        if why is not None:
            return standing.end("rejected", why, now_ns)
        self._transmit(standing, now_ns, is_last=True)
        return []

    def _why_not(self, standing: Standing, now_ns: int) -> str | None:
        """Why the order cannot be sent; None when it can."""
        line, order = self._line, standing.order
        if order is None or line is None or not line.is_up or not line.ib.client.isReady():
            return NOT_CONNECTED
        if self._price(order, standing, now_ns) is None:
            return NOT_QUOTED
        if order.trigger is not None and order.trigger.on == "underlying" and self._watched(order) is None:
            return f"the underlying of {order.symbol} is not known at the broker; nothing was sent"
        parent = self._book.orders.get(order.parent)
        if parent is not None and parent.ended is not None and not parent.executed:
            return f"the entry that it belongs to was not taken: {parent.ended.words}"
        return None

    def _transmit(self, standing: Standing, now_ns: int, *, is_last: bool) -> None:
        line, order = self._line, standing.order
        assert line is not None
        assert order is not None
        parent, now = self._book.orders.get(order.parent), self._price(order, standing, now_ns)
        standing.parent_id = parent.order_id if parent is not None and parent.is_live else 0
        standing.limit = None if now is None else now.limit
        order_id = line.ib.client.getReqId()
        self._book.sent(standing, order_id, now_ns)
        line.place(standing.contract, self._wire(standing, standing.limit, order_id, transmit=is_last))

    def _modify(self, standing: Standing, limit: Decimal | None, now_ns: int) -> None:
        assert self._line is not None
        standing.limit = limit
        self._book.sent(standing, standing.order_id, now_ns)
        self._line.modify(standing.contract, self._wire(standing, limit, standing.order_id))

    def _step(self, standing: Standing, now_ns: int) -> None:
        order = standing.order
        if order is None or not is_walked(order) or now_ns - standing.changed_ns < STEP_NS:
            return
        now = self._price(order, standing, now_ns)
        if now is not None and now.limit != standing.limit and self._is_reachable(standing):
            self._modify(standing, now.limit, now_ns)

    def _price(self, order: Order, standing: Standing, now_ns: int) -> Price | None:
        touch = self._quote(order.symbol, side(order))
        now = price(order, self._walk, touch, (now_ns - standing.placed_ns) / NS)
        if now is not None and now.limit is None and standing.is_limit_only and is_walked(order):
            furthest = as_far_as_allowed(order, self._walk, touch)
            return None if furthest is None else Price(furthest)
        return now

    def _wire(self, standing: Standing, limit: Decimal | None, order_id: int, *, transmit: bool = True) -> Any:
        order = standing.order
        assert order is not None
        envelope = Envelope(
            account=self.account,
            wire_ref=self._names.wire(order.ref),
            wire_group=self._names.wire(order.group),
            order_id=order_id,
            parent_id=standing.parent_id,
            transmit=transmit,
            watched=self._watched(order),
        )
        return wire_order(order, limit, envelope)

    def _watched(self, order: Order) -> Any:
        option = self.contracts.by_symbol.get(order.symbol)
        return None if option is None else self.contracts.underlyings.get(option.instrument.underlying)

    def _is_reachable(self, standing: Standing) -> bool:
        """Whether the connection stands and knows the order by a number."""
        line = self._line
        if line is None or not line.ib.client.isReady():
            return False
        if not standing.order_id:
            self._say(f"Order {standing.ref} was placed under another client id: change or cancel it in TWS.")
            return False
        return True

    # ---------------------------------------------------------------- telling

    def _told(self, event: Any) -> None:
        self._push(event)
        self._refresh()

    def _tell(self, reports: Iterable[Any]) -> None:
        for report in reports:
            self._told(report)

    def _refresh(self) -> None:
        self.is_busy = bool(self._families) or any(standing.is_live for standing in self._book.orders.values())


def _changed_ns(standing: Standing) -> int:
    return standing.changed_ns


def _nobody(_event: Any) -> None:
    """Before anybody listens."""
