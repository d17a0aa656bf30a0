"""Which contracts are chosen: pure choices, and over TCP what the broker knows."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from cockpit.domain.errors import BadInput, NoBroker
from cockpit.feeds.ib.contracts import (
    Underlying,
    Wanted,
    around,
    chains_of,
    check_one_recording,
    find_underlying,
    next_series,
)
from cockpit.ib import instruments
from cockpit.ib.budget import Budget
from cockpit.ib.connection import connect, hang_up
from cockpit.ib.instruments import Option
from tests.feeds.ib.feeding import SPY_ONLY, address
from tests.feeds.ib.test_translate import option
from tests.tws.contracts import index, options, stock
from tests.tws.driving import in_loop
from tests.tws.scene import SPY
from tests.tws.server import LoopbackTws

TODAY = date(2026, 11, 20)
UNDERLYING: Any = SimpleNamespace(symbol="SPY", currency="USD")


def chain(trading_class: str, *expiries: str, exchange: str = "SMART") -> Any:
    return SimpleNamespace(exchange=exchange, tradingClass=trading_class, multiplier="100", expirations=list(expiries))


def classes(chains: list[Any], count: int = 2) -> list[tuple[str, str]]:
    return [(series.expiry, series.trading_class) for series in next_series(UNDERLYING, chains, count, TODAY)]


def test_the_next_expiries_are_those_from_today_on() -> None:
    chains = [chain("SPY", "20261127", "20261119", "20261120", "20261123")]
    assert classes(chains) == [("20261120", "SPY"), ("20261123", "SPY")]
    assert len(classes(chains, 9)) == 3
    assert classes([]) == []


def test_of_one_day_the_class_with_most_expiries_is_taken() -> None:
    monthly = chain("SPX", "20261120", "20261218")
    weekly = chain("SPXW", "20261120", "20261123", "20261124", "20261218")
    left_over = chain("2SPX", "20261120")
    assert classes([monthly, left_over, weekly], 3) == [
        ("20261120", "SPXW"), ("20261123", "SPXW"), ("20261124", "SPXW"),
    ]  # fmt: skip
    assert classes([monthly, chain("SPXW", "20261123", "20261124", "20261125")], 2) == [
        ("20261120", "SPX"), ("20261123", "SPXW"),
    ]  # fmt: skip


def test_smart_routing_goes_before_single_exchanges() -> None:
    (series,) = next_series(UNDERLYING, [chain("SPY", "20261120", exchange="AMEX"), chain("SPY", "20261120")], 1, TODAY)
    assert series.exchange == "SMART"
    (series,) = next_series(UNDERLYING, [chain("NIFTY", "20261120", exchange="NSE")], 1, TODAY)
    assert series.exchange == "NSE"


@pytest.mark.parametrize(
    ("price", "count", "expected"),
    [
        (500.0, 1, {500.0, 505.0}),
        (502.0, 2, {495.0, 500.0, 505.0, 510.0}),
        (499.99, 1, {495.0, 500.0}),
        (100.0, 2, {490.0, 495.0}),
        (900.0, 1, {510.0}),
        (500.0, 50, {490.0, 495.0, 500.0, 505.0, 510.0}),
    ],
)
def test_strikes_around_the_price(price: float, count: int, expected: set[float]) -> None:
    assert around([510.0, 490.0, 495.0, 505.0, 500.0], price, count) == expected


def test_strikes_shrink_to_the_lines() -> None:
    assert SPY_ONLY.strikes_that_fit() == 10  # 81 lines
    assert replace(SPY_ONLY, strikes=20).strikes_that_fit() == 12  # 97 lines
    assert replace(SPY_ONLY, expiries=5).strikes_that_fit() == 4
    assert Wanted(underlyings=("SPY", "QQQ")).strikes_that_fit() == 6
    assert replace(SPY_ONLY, lines=9).strikes_that_fit() == 1
    with pytest.raises(BadInput, match="2 expiries of SPY do not fit into 8 market-data lines; ask for less"):
        replace(SPY_ONLY, lines=8).strikes_that_fit()


def test_one_recording_has_one_set_of_terms() -> None:
    check_one_recording([option("C"), option("P"), replace(option(), underlying="QQQ")])
    with pytest.raises(BadInput, match="record one --underlying a folder"):
        check_one_recording([option("C"), replace(option(), tick=0.05)])


async def found(server: LoopbackTws, name: str, market: str | None = None) -> Underlying:
    ib = await connect(address(server))
    try:
        return await find_underlying(ib, Budget(), name, market)
    finally:
        await hang_up(ib)


@in_loop
async def test_shares_and_indices_are_found(tws: LoopbackTws) -> None:
    spy = await found(tws, "SPY")
    assert (spy.contract.conId, spy.contract.exchange, spy.market) == (SPY, "SMART", "us")
    vix = await found(tws, "VIX")
    assert (vix.contract.secType, vix.contract.exchange, vix.market) == ("IND", "CBOE", "us")
    assert (await found(tws, "SPY", "crypto")).market == "crypto"


@in_loop
async def test_an_index_of_another_exchange_has_its_market(tws: LoopbackTws) -> None:
    nifty = index(9, "NIFTY50", exchange="NSE")
    tws.control.list_contracts([replace(nifty, contract=replace(nifty.contract, currency="INR"))])
    assert (await found(tws, "NIFTY50")).market == "nse"


@in_loop
async def test_an_unknown_one_is_a_sentence(tws: LoopbackTws) -> None:
    with pytest.raises(BadInput, match="knows no share or index 'NONE' in USD; correct --underlying") as refused:
        await found(tws, "NONE")
    assert not isinstance(refused.value, NoBroker)


async def chosen(server: LoopbackTws, price: float, wanted: Wanted) -> list[Option]:
    ib = await connect(address(server))
    try:
        spy = await find_underlying(ib, Budget(), "SPY", None)
        chains = await chains_of(ib, Budget(), spy, wanted, TODAY)
        return [each for chain in chains for each in chain.near(price)]
    finally:
        await hang_up(ib)


@in_loop
async def test_options_become_instruments(tws: LoopbackTws) -> None:
    call, put, *rest = await chosen(tws, 500.0, replace(SPY_ONLY, expiries=1, strikes=1))
    assert (call.instrument, put.instrument) == (option("C"), option("P"))
    assert [each.instrument.strike for each in rest] == [505.0, 505.0]
    assert (call.contract.exchange, call.contract.lastTradeDateOrContractMonth) == ("SMART", "20301220")


@in_loop
async def test_each_expiry_has_its_own_strikes_and_one_question(tws: LoopbackTws) -> None:
    spy = stock(SPY, "SPY")
    listed = [
        *options(2000, spy, expiries=["20261120"], strikes=[400.0, 498.0, 499.0, 501.0, 502.0, 600.0], market_rule=26),
        *options(3000, spy, expiries=["20261123"], strikes=[450.0, 500.0, 550.0], market_rule=26),
    ]
    tws.control.list_contracts(listed)
    found = await chosen(tws, 500.5, replace(SPY_ONLY, strikes=2))
    strikes = [(each.instrument.expiry, each.instrument.strike) for each in found if each.instrument.right == "C"]
    assert strikes == [
        (date(2026, 11, 20), 498.0), (date(2026, 11, 20), 499.0), (date(2026, 11, 20), 501.0),
        (date(2026, 11, 20), 502.0),
        (date(2026, 11, 23), 450.0), (date(2026, 11, 23), 500.0), (date(2026, 11, 23), 550.0),
    ]  # fmt: skip
    assert len(tws.control.received("reqContractDetails")) == 3
    assert len(tws.control.received("reqSecDefOptParams")) == 1


@in_loop
async def test_no_options_is_a_sentence(tws: LoopbackTws) -> None:
    tws.control.list_contracts([stock(77, "BRK A")])
    ib = await connect(address(tws))
    share = await find_underlying(ib, Budget(), "BRK A", None)
    with pytest.raises(BadInput, match="lists no options on BRK A; name another --underlying"):
        await chains_of(ib, Budget(), share, SPY_ONLY, TODAY)
    await hang_up(ib)


@in_loop
async def test_an_answer_that_does_not_come_is_a_sentence(tws: LoopbackTws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instruments, "ANSWER_S", 0.05)
    tws.control.hold("reqContractDetails")
    with pytest.raises(NoBroker, match="gave no answer about SPY: see that it is logged in"):
        await found(tws, "SPY")
