"""What every broker promises, held against the practice broker and against the one that trades over TCP."""

import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal, Protocol

import pytest

from cockpit.brokers.paper import Paper, PaperOptions
from cockpit.domain.order import Fill, Order, Report, Said
from cockpit.domain.quote import Touch
from tests.brokers.ib.desk import CALL_SYMBOL, Desk, an_order, touch, trading
from tests.conftest import SOAK
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, LISTINGS, SPY
from tests.tws.server import LoopbackTws

Kind = Literal["paper", "ib"]
BOTH: tuple[Kind, ...] = ("paper", "ib")
ENDS = ("cancelled", "rejected", "expired", "filled")
SEEDS = range(200 if SOAK else 4)
NS = 1_000_000_000


class Venue(Protocol):
    """A broker with a market that a test moves."""

    events: list[Any]

    def place(self, order: Order) -> Any:
        """Whatever it reports is among the events."""
        ...

    def cancel(self, order: Order) -> None:
        """Likewise."""
        ...

    def change(self, order: Order) -> None:
        """Likewise."""
        ...

    async def quote(self, bid: float, size: float | None = None) -> None:
        """The call, two tenths wide; so many contracts are to be had of it, in all."""
        ...

    async def settle(self) -> None:
        """Everything has been told."""
        ...


class PaperVenue:
    """The practice broker."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self._bid, self._size, self._now_s = 9.8, 1000.0, 0.0
        self._broker = Paper(PaperOptions(participation=1.0), self._touch)

    def place(self, order: Order) -> None:
        self._tell(self._broker.place(order, self._now_ns))

    def cancel(self, order: Order) -> None:
        self._tell(self._broker.cancel(order.ref, self._now_ns))

    def change(self, order: Order) -> None:
        self._tell(self._broker.change(order, self._now_ns))

    async def quote(self, bid: float, size: float | None = None) -> None:
        self._now_s += 1.0
        self._bid, self._size = bid, 1000.0 if size is None else size
        await self.settle()

    async def settle(self) -> None:
        self._tell(self._broker.advance(self._now_ns))

    @property
    def _now_ns(self) -> int:
        return round(self._now_s * NS)

    def _tell(self, reports: list[Report]) -> None:
        self.events += reports

    def _touch(self, _: str, side: int) -> Touch:
        price = round(self._bid + 0.2, 2) if side > 0 else self._bid
        return replace(touch(price, self._bid + 0.1), size=self._size, quote_t=self._now_s)


class IbVenue:
    """The one over TCP."""

    def __init__(self, server: LoopbackTws, desk: Desk) -> None:
        self._server, self._desk = server, desk
        self.events = desk.events
        self.place, self.cancel, self.change = desk.place, desk.cancel, desk.change

    async def quote(self, bid: float, size: float | None = None) -> None:
        self._desk.quotes[CALL_SYMBOL] = touch(bid, bid + 0.1)
        self._server.control.liquidity(CALL, size)
        self._server.control.quote(CALL, bid, round(bid + 0.2, 2))
        await self.settle()

    async def settle(self) -> None:
        await self._desk.next_snapshot()


@asynccontextmanager
async def venue(kind: Kind) -> AsyncGenerator[Venue]:
    """One of both."""
    if kind == "paper":
        yield PaperVenue()
        return
    with LoopbackTws() as server:
        server.control.list_contracts(LISTINGS)
        server.control.quote(SPY, 499.99, 500.01, 500.0)
        async with trading(server) as desk:
            yield IbVenue(server, desk)


def filled(made: Venue, order: Order) -> int:
    """Contracts, each execution once."""
    fills = {each.id: each for each in made.events if isinstance(each, Fill) and each.ref == order.ref}
    return sum(fill.contracts for fill in fills.values())


def told(made: Venue, order: Order) -> list[str]:
    """What was said of it."""
    return [each.told for each in made.events if isinstance(each, Said) and each.ref == order.ref]


@pytest.mark.parametrize("kind", BOTH)
@in_loop
async def test_a_reference_is_one_order(kind: Kind) -> None:
    async with venue(kind) as made:
        order = an_order(limit=Decimal("9.5"))
        for _ in range(3):
            made.place(order)
        await made.settle()
        made.place(order)
        await made.settle()
        assert filled(made, order) == 2


@pytest.mark.parametrize("kind", BOTH)
@in_loop
async def test_a_cancel_of_what_has_filled_undoes_nothing(kind: Kind) -> None:
    async with venue(kind) as made:
        order = an_order(limit=Decimal("9.5"))
        made.place(order)
        made.cancel(order)
        await made.settle()
        made.cancel(order)
        await made.settle()
        assert filled(made, order) == 2
        assert "cancelled" not in told(made, order)


@pytest.mark.parametrize("kind", BOTH)
@in_loop
async def test_a_change_of_what_has_ended_leaves_it_ended(kind: Kind) -> None:
    async with venue(kind) as made:
        order = an_order()
        made.place(order)
        await made.settle()
        made.cancel(order)
        await made.settle()
        made.change(replace(order, limit=Decimal("9.0"), contracts=5))
        await made.quote(9.8)
        assert told(made, order)[-1] == "cancelled"
        assert filled(made, order) == 0


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("seed", SEEDS)
@in_loop
async def test_fills_never_exceed_an_order_and_nothing_follows_its_end(kind: Kind, seed: int) -> None:
    chance = random.Random(seed)
    async with venue(kind) as made:
        orders: list[Order] = []
        for _ in range(20):
            move = chance.choice(("place", "again", "cancel", "change", "quote", "settle"))
            order = chance.choice(orders) if orders else None
            if move == "place" or order is None:
                limit = Decimal(chance.choice(("9.00", "9.60", "9.80", "12.00")))
                orders.append(an_order(contracts=chance.randint(1, 4), limit=limit))
                made.place(orders[-1])
            elif move == "again":
                made.place(order)
            elif move == "cancel":
                made.cancel(order)
            elif move == "change":
                made.change(replace(order, limit=Decimal(chance.choice(("9.50", "11.00")))))
            elif move == "quote":
                await made.quote(chance.choice((9.4, 9.7, 10.0, 12.5)), chance.choice((None, 1.0, 2.0)))
            else:
                await made.settle()
        await made.settle()
        for order in orders:
            assert filled(made, order) <= order.contracts
            ends = [each for each in told(made, order) if each in ENDS]
            assert len(set(ends)) <= 1
            assert "cancelled" not in ends or filled(made, order) < order.contracts
