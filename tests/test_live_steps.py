"""A live session in contracts whose prices step by 0.05 below 3.00 and by 0.10 from there on; over TCP.

The server refuses what is off its step, as the broker does.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cockpit.commands import Close, Enter, Reduce, SetStop
from cockpit.domain.money import exact
from cockpit.events import OffStep
from cockpit.ib.price_rules import UNTOLD
from cockpit.state.model import Held
from cockpit.wiring_live import LiveAsked
from tests.living import SYMBOL, Living, asked, living, open_market, quote
from tests.tws.conftest import tws
from tests.tws.contracts import options, stock
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, EXPIRY, LATER, SPY
from tests.tws.server import LoopbackTws

__all__ = ["tws"]
SPX = ((0.0, 0.05), (3.0, 0.1))


def trading(tws: LoopbackTws, folder: Path, bid: float, *, rule: int = 110) -> LiveAsked:
    """Orders to the broker, in options like those on SPX."""
    made = options(
        CALL, stock(SPY, "SPY"), expiries=[EXPIRY, LATER], strikes=[500.0, 505.0], market_rule=rule, min_tick=0.05
    )
    tws.control.list_contracts(made)
    open_market(tws, bid)
    return asked(tws, folder, broker="ib")


@asynccontextmanager
async def connected(given: LiveAsked) -> AsyncGenerator[Living]:
    """A session whose orders may be sent."""
    async with living(given) as session:
        await session.until(lambda: (link := session.live.state.link) and link.state == "up")
        yield session


def refused(session: Living) -> list[Any]:
    """What the broker would not take for its price."""
    return [event for event in session.events if isinstance(event, OffStep)]


async def rests(session: Living, held: Held, at: str) -> None:
    """The broker has its stop there."""
    await session.until(lambda: (stop := held.resting) and stop.state == "working" and stop.trigger == Decimal(at))


async def moves(session: Living, tws: LoopbackTws, bid: float) -> None:
    quote(tws, bid)
    await session.quoted(bid)


@pytest.mark.parametrize("bid", [2.4, 3.4, 2.95, 11.3])
@in_loop
async def test_entry_stop_partial_exit_and_exit_are_taken(tws: LoopbackTws, tmp_path: Path, bid: float) -> None:
    async with connected(trading(tws, tmp_path, bid)) as session:
        assert session.live.state.contracts[SYMBOL].instrument.steps == SPX
        held = await session.enters(4)
        stop = await session.until(lambda: held.resting and held.resting.state == "working" and held.resting)
        assert held.instrument.grid.holds(float(stop.order.trigger.price))
        assert session.ask(Reduce(position=held.id, contracts=1)).accepted
        await session.holds(3)
        await session.until(lambda: held.resting and held.resting.order.contracts == 3)
        assert session.ask(Close(position=held.id)).accepted
        await session.flat()
        assert not refused(session)
        assert UNTOLD not in session.said
    assert tws.control.positions() == {}


@in_loop
async def test_a_stop_crosses_the_edge_both_ways(tws: LoopbackTws, tmp_path: Path) -> None:
    async with connected(trading(tws, tmp_path, 3.9)) as session:
        held = await session.enters(2)
        for price, at in ((3.37, "3.3"), (3.62, "3.6"), (2.97, "2.95"), (3.08, "3")):
            assert session.ask(SetStop(position=held.id, price=price)).accepted
            await session.until(lambda: held.resting)
            held.rested_ns = 0  # it need not wait for its next move
            await rests(session, held, at)
        assert not refused(session)


@in_loop
async def test_partial_exits_below_and_above_the_edge_are_taken(tws: LoopbackTws, tmp_path: Path) -> None:
    async with connected(trading(tws, tmp_path, 3.2)) as session:
        held = await session.enters(6)
        for left, bid in ((5, 3.1), (4, 2.95), (3, 2.9), (2, 3.0), (1, 3.3)):
            await moves(session, tws, bid)
            assert session.ask(Reduce(position=held.id, contracts=1)).accepted
            await session.holds(left)
        assert not refused(session)


@in_loop
async def test_limits_of_entries(tws: LoopbackTws, tmp_path: Path) -> None:
    async with connected(trading(tws, tmp_path, 3.4)) as session:
        said = session.ask(Enter(symbol=SYMBOL, side="buy", contracts=1, price=3.55))
        assert not said.accepted
        assert said.said.endswith("a limit of 3.55 is not on the exchange's price steps: the nearest are 3.50 and 3.60")
        assert not tws.control.received("placeOrder")
        assert session.ask(Enter(symbol=SYMBOL, side="buy", contracts=1, price=3.6)).accepted
        await session.holds(1)
        assert not refused(session)


@pytest.mark.parametrize("silent", [False, True], ids=["refused", "not answered"])
@in_loop
async def test_without_the_rule_a_refused_exit_still_leaves(tws: LoopbackTws, tmp_path: Path, *, silent: bool) -> None:
    if silent:
        tws.control.hold("reqMarketRule")
    given = trading(tws, tmp_path, 3.4, rule=110 if silent else 999)
    tws.control.set_market_rule(110, list(SPX))
    async with connected(given) as session:
        assert session.live.state.contracts[SYMBOL].instrument.steps == ()
        assert session.said.count(UNTOLD) == 1
        tws.control.set_market_rule(999, list(SPX))
        held = await session.enters(2)
        assert session.ask(SetStop(position=held.id, price=3.17)).accepted
        await session.until(lambda: held.resting)
        held.rested_ns = 0
        await session.until(lambda: refused(session))
        await session.until(lambda: held.resting)
        held.rested_ns = 0
        await rests(session, held, "3.1")
        assert [event.price % exact(0.1) != 0 for event in refused(session)] == [True]
        assert held.instrument.steps == ((0.0, 0.1),)
        assert session.ask(Close(position=held.id)).accepted
        await session.flat()
    assert tws.control.positions() == {}


@in_loop
async def test_an_entry_whose_stop_is_refused_is_not_held_back(tws: LoopbackTws, tmp_path: Path) -> None:
    async with connected(trading(tws, tmp_path, 6.5, rule=999)) as session:
        tws.control.set_market_rule(999, list(SPX))
        held = await session.enters(2)
        await rests(session, held, "4.9")
        assert [event.price for event in refused(session)] == [Decimal("4.95")]


@in_loop
async def test_an_exit_that_is_refused_first_is_priced_anew(tws: LoopbackTws, tmp_path: Path) -> None:
    given = trading(tws, tmp_path, 10.3, rule=999)
    async with connected(given) as session:
        held = await session.enters(2)
        await session.until(lambda: held.resting and held.resting.state == "working")
        await moves(session, tws, 10.4)
        tws.control.set_market_rule(999, [(0.0, 0.5)])  # at 10.40 to 10.50 a first limit is 10.45
        assert session.ask(Close(position=held.id)).accepted
        closed = await session.flat()
        assert closed.exits[0].cause.trigger == "close"
        assert len(refused(session)) >= 1
        exits = [each for each in closed.orders.values() if each.order.purpose == "exit"]
        assert [each.state for each in exits[:-1]] == ["rejected"] * (len(exits) - 1)
        assert exits[-1].state == "filled"
    assert tws.control.positions() == {}


@in_loop
async def test_the_next_start_knows_the_steps_of_what_is_held(tws: LoopbackTws, tmp_path: Path) -> None:
    given = trading(tws, tmp_path, 3.4)
    async with connected(given) as session:
        await session.enters(2)
    tws.control.hold("reqMarketRule")  # nobody answers any more
    async with connected(given) as again:
        assert (await again.holds(2)).instrument.steps == SPX
        assert again.said.count(UNTOLD) == 1
    async with connected(given) as again:
        held = await again.holds(2)
        assert held.instrument.steps == SPX
        assert again.ask(Close(position=held.id)).accepted
        await again.flat()
        assert not refused(again)
