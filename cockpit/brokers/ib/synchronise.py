"""What happened meanwhile: open orders, executions, completed orders and positions asked, compared and told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cockpit.brokers.ib.book import Book
from cockpit.brokers.ib.contracts import Contracts
from cockpit.brokers.ib.executions import ZERO, Execution, execution_of, newest
from cockpit.brokers.ib.names import whose
from cockpit.brokers.ib.questions import Questions
from cockpit.brokers.ib.standing import Standing
from cockpit.brokers.ib.translate import Seen, label, seen
from cockpit.domain.errors import NoBroker
from cockpit.domain.money import exact
from cockpit.domain.order import Report
from cockpit.events import BrokerEvent, BrokerPosition, Listed, Outside, OutsideOrder, Snapshot, Unsupervised
from cockpit.ib.budget import Budget

Push = Callable[[BrokerEvent | Report], None]

ATTEMPTS = 3  # to read positions while nothing trades


@dataclass(slots=True, kw_only=True)
class Synchroniser:
    """Of one connection. Nothing is concluded of an order before all that was executed has been told."""

    ib: Any
    budget: Budget
    questions: Questions
    book: Book
    contracts: Contracts
    account: str
    push: Push
    now_ns: Callable[[], int]
    is_old: bool  # executions of others that the first question shows happened before the session
    is_asking_positions: bool = False
    _orders: list[Seen] = field(default_factory=list[Seen])
    _has_completed: bool = False

    async def settle(self) -> None:
        """Asks what became of our orders; they stay in doubt while there is no answer."""
        doubts, self.book.doubts = self.book.doubts, set()
        try:
            await self._settle()
        except NoBroker:
            self.book.doubts |= doubts
            raise

    async def snapshot(self) -> None:
        """Settles, and tells everything held and working; positions are read while nothing trades."""
        known = self.book.executions.known
        held: list[Any] = []
        for _ in range(ATTEMPTS):
            await self.settle()
            before = len(known)
            held = await self._held()
            await self._execute()
            if len(known) == before:
                break
        self.is_old = False
        positions, unsupervised = await self._positions(held)
        now_ns = self.now_ns()
        self._tell(self.book.executions.due(now_ns))
        self.push(Snapshot(now_ns, tuple(positions), tuple(unsupervised), tuple(self._outside())))

    async def _settle(self) -> None:
        book, asked_count = self.book, self.book.news_count
        trades = await self.questions.open_orders()
        self._orders = [each for each in map(seen, trades) if each.account in ("", self.account)]
        listed = book.listed(self._orders)
        missing = book.missing(listed, asked_count, self.now_ns())
        await self._execute()
        completed: dict[str, Seen] = {}
        if not self._has_completed or any(_is_unexplained(standing) for standing in missing):
            completed = book.remember(map(seen, await self._completed()), self.now_ns())
        self._tell(book.compare(listed, self.now_ns()))
        self._tell(book.conclude(missing, completed, asked_count, self.now_ns()))
        book.doubt_unlisted(listed, asked_count)

    async def _completed(self) -> list[Any]:
        try:
            completed = await self.questions.completed_orders()
        except NoBroker:
            completed = []  # an old Gateway does not know the question; what it would tell is told as unknown
        self._has_completed = True
        return completed

    async def _held(self) -> list[Any]:
        self.is_asking_positions = True
        try:
            answered = await self.questions.positions()
        finally:
            self.is_asking_positions = False
        return [position for position in answered if position.account == self.account]

    async def _learn(self, contracts: Iterable[Any]) -> None:
        found = await self.contracts.learn(self.ib, self.budget, contracts)
        if found:
            self.push(Listed(self.now_ns(), tuple(option.instrument for option in found)))

    # ---------------------------------------------------------------- executions

    async def _execute(self) -> None:
        answered = await self.questions.executions()
        fills = [fill for fill in answered if fill.execution.acctNumber in ("", self.account)]
        parsed = [execution_of(fill, self.book.names, self.book.client_id) for fill in fills]
        executions = newest([each for each in parsed if each is not None])
        known = self.book.executions.known
        await self._learn(each.contract for each in executions if each.ref is None and each.id not in known)
        for each in executions:
            if each.ref is None:
                self._execute_outside(each)
            else:
                self._tell(self.book.execute(each, self.now_ns(), wait=False))

    def _execute_outside(self, each: Execution) -> None:
        now_ns = self.now_ns()
        taken = self.book.executions.take(each, now_ns, wait=False)
        self._tell(taken.tell)
        option = self.contracts.by_id.get(each.contract.conId)
        if taken.is_new and option is not None:
            self.push(
                Outside(
                    now_ns, each.id, option.instrument.symbol, each.side, each.contracts, each.price,
                    ZERO if each.fees is None else each.fees, each.whose, self.is_old,
                )
            )  # fmt: skip

    # ---------------------------------------------------------------- the account's state

    async def _positions(self, held: list[Any]) -> tuple[list[BrokerPosition], list[Unsupervised]]:
        await self._learn(position.contract for position in held)
        positions: list[BrokerPosition] = []
        unsupervised: list[Unsupervised] = []
        for position in held:
            contracts, option = round(position.position), self.contracts.by_id.get(position.contract.conId)
            why = self.contracts.why_not(position.contract)
            if contracts != position.position:
                why = f"{position.position:g} is not a whole number of contracts"
            if why is not None or option is None:
                unsupervised.append(Unsupervised(label(position.contract), contracts, why or "it is not known"))
            else:
                average = _average(position.avgCost, option.instrument.multiplier)
                positions.append(BrokerPosition(option.instrument.symbol, contracts, average))
        return positions, unsupervised

    def _outside(self) -> list[OutsideOrder]:
        book = self.book
        return [
            OutsideOrder(
                str(each.perm_id), label(each.contract), "buy" if each.side == "buy" else "sell", each.contracts,
                each.filled, each.words, each.status, whose(each.wire, each.client_id, book.client_id),
            )
            for each in self._orders
            if book.names.ours(each.wire) is None
        ]  # fmt: skip

    def _tell(self, events: Iterable[BrokerEvent | Report]) -> None:
        for event in events:
            self.push(event)


def _is_unexplained(standing: Standing) -> bool:
    return standing.is_live and not standing.trouble and not standing.is_cancelling


def _average(cost: float, multiplier: float) -> Decimal:
    return exact(round(cost / multiplier, 8))
