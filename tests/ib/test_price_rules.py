"""Market rules: which one is a contract's, asked once a connection, and what there is without an answer; over TCP."""

import asyncio
import math
from types import SimpleNamespace
from typing import Any

import pytest

from cockpit.ib.budget import Budget
from cockpit.ib.connection import connect, hang_up
from cockpit.ib.instruments import instrument_of
from cockpit.ib.library import library
from cockpit.ib.price_rules import UNTOLD, price_steps, rule_of, steps_of, unheard
from tests.feeds.ib.feeding import address
from tests.tws.contracts import options, stock
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, SPY
from tests.tws.server import LoopbackTws

SPX = ((0.0, 0.05), (3.0, 0.1))
QUESTION = "reqMarketRule"


def details(exchanges: str, rules: str, exchange: str = "CBOE") -> Any:
    return SimpleNamespace(
        validExchanges=exchanges, marketRuleIds=rules, contract=SimpleNamespace(exchange=exchange, secType="OPT")
    )


@pytest.mark.parametrize(
    ("exchanges", "rules", "rule"),
    [
        ("CBOE,SMART,PHLX", "1,2,3", 2),
        ("PHLX,CBOE", "1,2", 2),
        ("PHLX,ISE", "1,2", 1),
        ("PHLX,CBOE", "1", 1),
        ("SMART", "", None),
        ("", "7", 7),
        ("SMART", "x", None),
        (None, None, None),
    ],
)
def test_the_rule_is_that_of_where_orders_go(exchanges: str, rules: str, rule: int | None) -> None:
    assert rule_of(details(exchanges, rules)) == rule


def test_increments_become_steps_as_far_as_they_make_sense() -> None:
    def rows(*pairs: tuple[float, float]) -> list[Any]:
        return [SimpleNamespace(lowEdge=low, increment=step) for low, step in pairs]

    assert steps_of(rows((3.0, 0.1), (0.0, 0.05))) == SPX
    assert steps_of(rows((0.0, 0.05), (3.0, 0.0), (math.nan, 1.0), (4.0, math.inf), (-1.0, 0.01))) == ((0.0, 0.05),)
    assert steps_of([]) == steps_of(None) == ()


def list_spx(tws: LoopbackTws, rule: int = 110) -> None:
    """The options of these tests move as those on SPX do."""
    made = options(
        CALL, stock(SPY, "SPY"), expiries=["20301220", "20310117"], strikes=[500.0, 505.0], market_rule=rule,
        min_tick=0.05,
    )  # fmt: skip
    tws.control.list_contracts(made)


async def listed(ib: Any) -> list[Any]:
    return await ib.reqContractDetailsAsync(
        library().Contract(secType="OPT", symbol="SPY", exchange="SMART", currency="USD")
    )


@in_loop
async def test_a_rule_is_asked_once_by_whoever_asks_at_the_same_time(tws: LoopbackTws) -> None:
    list_spx(tws)
    ib = await connect(address(tws))
    chain, budget = await listed(ib), Budget()
    assert len(chain) == 8
    first, second = await asyncio.gather(*(price_steps(ib, budget, part, unheard) for part in (chain[:4], chain[4:])))
    assert first == second == [SPX] * 4
    assert await price_steps(ib, budget, chain[:1], unheard) == [SPX]
    assert len(tws.control.received(QUESTION)) == 1
    assert budget.sent == 1
    made = instrument_of(chain[0], "SPY", "us", SPX)
    assert (made.tick, made.steps, made.step(2.0), made.step(4.0)) == (0.05, SPX, 0.05, 0.1)
    await hang_up(ib)
    again = await connect(address(tws))
    assert await price_steps(again, Budget(), await listed(again), unheard) == [SPX] * 8
    assert len(tws.control.received(QUESTION)) == 2
    await hang_up(again)


def test_one_step_that_is_the_tick_needs_no_steps() -> None:
    one = SimpleNamespace(
        contract=SimpleNamespace(secType="STK", symbol="SPY", localSymbol="", multiplier="", currency="USD"),
        minTick=0.01, sizeIncrement=1,
    )  # fmt: skip
    assert instrument_of(one, "SPY", "us", ((0.0, 0.01),)).steps == ()
    assert instrument_of(one, "SPY", "us", ((0.0, 0.05),)).steps == ((0.0, 0.05),)


@in_loop
async def test_a_rule_that_is_refused_or_not_answered_is_said_once(tws: LoopbackTws) -> None:
    list_spx(tws, rule=999)
    ib, said = await connect(address(tws)), list[str]()
    chain = await listed(ib)
    assert await price_steps(ib, Budget(), chain, said.append) == [()] * 8
    assert await price_steps(ib, Budget(), chain, said.append) == [()] * 8
    assert said == [UNTOLD]
    assert len(tws.control.received(QUESTION)) == 1
    await hang_up(ib)


@in_loop
async def test_a_caller_that_is_cancelled_leaves_the_answer_to_the_others(tws: LoopbackTws) -> None:
    list_spx(tws)
    tws.control.hold(QUESTION)
    ib, said = await connect(address(tws)), list[str]()
    chain = await listed(ib)
    leaving, staying = (asyncio.create_task(price_steps(ib, Budget(), chain, said.append)) for _ in range(2))
    await tws.soon(lambda control: control.await_received(QUESTION))
    leaving.cancel()
    tws.control.release(QUESTION)
    assert await staying == [SPX] * 8
    assert leaving.cancelled()
    assert said == []
    await hang_up(ib)


@in_loop
async def test_a_connection_that_ends_meanwhile_answers_nothing(tws: LoopbackTws) -> None:
    list_spx(tws)
    tws.control.hold(QUESTION)
    ib, said = await connect(address(tws)), list[str]()
    chain = await listed(ib)
    asking = asyncio.create_task(price_steps(ib, Budget(), chain, said.append))
    await tws.soon(lambda control: control.await_received(QUESTION))
    tws.control.go_down()
    assert await asking == [()] * 8
    await hang_up(ib)
