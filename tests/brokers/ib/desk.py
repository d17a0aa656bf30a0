"""How these tests drive the broker against the loopback server: every wait is for something told, and bounded."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, TypeVar

from cockpit.brokers.ib.broker import IbBroker
from cockpit.brokers.ib.line import Timing
from cockpit.domain.order import Fill, Order, Said, Stands, Trigger
from cockpit.domain.quote import Touch
from cockpit.events import NS, Noticed, Snapshot
from cockpit.ib.budget import Budget
from cockpit.ib.connection import connect, hang_up
from cockpit.ib.instruments import Option, instrument_of
from cockpit.ib.library import library
from cockpit.routing.walk import Walk
from tests.feeds.ib.feeding import address
from tests.tws.control_orders import OrderSeen
from tests.tws.driving import WITHIN_S
from tests.tws.scene import CALL, FAR_CALL, PUT, SPY
from tests.tws.server import LoopbackTws

T = TypeVar("T")

SESSION = "S0003"
CALL_SYMBOL, PUT_SYMBOL = "SPY 301220C00500000", "SPY 301220P00500000"
QUICK = Timing(answer_s=WITHIN_S, again_s=0.02, soon_s=0.02)
_numbers = itertools.count(1)


def touch(price: float | None, mid: float | None) -> Touch:
    return Touch(price=price, size=10.0, mid=mid, quote_t=0.0, is_suspect=False, tick=0.01, lot=1)


def an_order(**terms: Any) -> Order:
    """To sell two calls at 12.00, above the market of these tests: it rests."""
    usual: dict[str, Any] = {
        "ref": f"P{next(_numbers):04d}-0001", "position_id": "P0001", "symbol": CALL_SYMBOL, "side": "sell",
        "contracts": 2, "limit": Decimal("12"), "purpose": "exit", "fills_suspect": False,
    }  # fmt: skip
    return Order(**(usual | terms))


def premium_stop(price: str) -> Trigger:
    return Trigger(price=Decimal(price), on="premium", above=False)


class Desk:
    """A broker, what it has told, and its connection."""

    def __init__(
        self, server: LoopbackTws, *, account: str | None = None, timing: Timing = QUICK, per_s: float = 1000.0
    ) -> None:
        self.server, self.events, self.said = server, list[Any](), list[str]()
        self._per_s = per_s
        self.now_ns = 1_900_000_000 * NS
        self.quotes: dict[str, Touch] = {CALL_SYMBOL: touch(9.8, 9.9), PUT_SYMBOL: touch(5.0, 5.1)}
        self.broker = IbBroker(
            SESSION, account, quote=lambda symbol, side: self.quotes[symbol], walk=Walk(), say=self.say,
            now_ns=self._now,
        )  # fmt: skip
        self.broker.timing = timing
        self.broker.attach(self.push)
        self.ib: Any = None
        self.budget: Any = None
        self._changed = asyncio.Event()

    def push(self, event: Any) -> None:
        self.events.append(event)
        self._changed.set()

    def say(self, sentence: str) -> None:
        self.said.append(sentence)
        self._changed.set()

    async def open(self) -> None:
        """Connects, finds the contracts of these tests, and synchronises."""
        await self.join()
        await self.broker.held(self.ib, self.budget)
        options: list[Option] = []
        for con_id in (CALL, PUT, FAR_CALL):
            (details,) = await self.ib.reqContractDetailsAsync(library().Contract(conId=con_id))
            options.append(Option(details.contract, instrument_of(details, "SPY", "us")))
        (spy,) = await self.ib.reqContractDetailsAsync(library().Contract(conId=SPY))
        self.broker.know(options, {"SPY": spy.contract})
        await self.broker.begin(self.ib, self.budget)

    async def join(self) -> None:
        self.ib = await connect(address(self.server))
        self.budget = Budget(self._per_s)

    async def leave(self, why: str = "the connection was lost") -> None:
        self.broker.end(why)
        if self.ib is not None:
            await hang_up(self.ib)
            self.ib = None

    async def rejoin(self) -> None:
        await self.leave()
        await self.join()
        await self.broker.begin(self.ib, self.budget)

    async def lost(self) -> None:
        """The connection has ended from the other side."""
        async with asyncio.timeout(WITHIN_S):
            while self.ib.client.isConnected():
                ended = asyncio.Event()
                self.ib.disconnectedEvent += lambda: ended.set()  # noqa: B023
                await ended.wait()

    def place(self, order: Order) -> Order:
        for report in self.broker.place(order, self.now_ns):
            self.push(report)
        return order

    def cancel(self, order: Order) -> None:
        for report in self.broker.cancel(order.ref, self.now_ns):
            self.push(report)

    def change(self, order: Order) -> None:
        for report in self.broker.change(order, self.now_ns):
            self.push(report)

    def advance(self, seconds: float) -> None:
        self.now_ns += round(seconds * NS)
        for report in self.broker.advance(self.now_ns):
            self.push(report)

    async def free(self) -> None:
        """Nothing waits for its turn to be sent."""
        async with asyncio.timeout(WITHIN_S):
            while not self.budget.is_free:  # noqa: ASYNC110 - time alone makes it so
                await asyncio.sleep(0.0)

    async def until(self, wanted: Callable[[], T]) -> T:
        """What `wanted` gives, as soon as that is something; asked whenever something was told."""
        async with asyncio.timeout(WITHIN_S):
            while not (found := wanted()):
                self._changed.clear()
                await self._changed.wait()
        return found

    async def told(self, order: Order, told: str) -> Said:
        """The first report of that kind about an order."""

        def wanted() -> Said | None:
            return next((each for each in self.of(order, Said) if each.told == told), None)

        found = await self.until(wanted)
        assert found is not None
        return found

    async def working(self, order: Order) -> Order:
        """Placed, and acknowledged."""
        self.place(order)
        await self.told(order, "acknowledged")
        return order

    async def filled(self, order: Order, count: int = 1) -> list[Fill]:
        """Its fills, once there are so many."""

        def wanted() -> list[Fill] | None:
            fills = self.of(order, Fill)
            return fills if len(fills) >= count else None

        found = await self.until(wanted)
        assert found is not None
        return found

    async def next_snapshot(self) -> Snapshot:
        """One that was asked for from now on."""
        before = len(self.all(Snapshot))
        self.broker.reconcile()
        await self.until(lambda: len(self.all(Snapshot)) > before)
        return self.all(Snapshot)[-1]

    async def noticed(self, words: str) -> Noticed:
        found = await self.until(lambda: next((each for each in self.all(Noticed) if words in each.text), None))
        assert found is not None
        return found

    def of(self, order: Order, kind: type[T]) -> list[T]:
        return [each for each in self.events if isinstance(each, kind) and getattr(each, "ref", "") == order.ref]

    def words(self, order: Order) -> list[str]:
        """All that was said of an order, in its order."""
        return [each.told for each in self.of(order, Said)]

    def all(self, kind: type[T]) -> list[T]:
        return [each for each in self.events if isinstance(each, kind)]

    def stands(self, order: Order) -> Stands:
        return self.of(order, Stands)[-1]

    def seen(self, order: Order) -> OrderSeen:
        """As the server holds it."""
        return self.server.control.orders(f"{SESSION}:{order.ref}")[-1]

    def _now(self) -> int:
        self.now_ns += 1_000_000
        return self.now_ns


@asynccontextmanager
async def trading(server: LoopbackTws, **more: Any) -> AsyncGenerator[Desk]:
    """A desk that is connected and synchronised; at the end it is closed."""
    server.control.quote(CALL, 9.8, 10.0, 9.9)
    desk = Desk(server, **more)
    try:
        await desk.open()
        yield desk
    finally:
        await desk.leave("the test is over")
