"""Ticks, Greeks, open interest, delayed data, halts, permissions, lines, and bars."""

import logging
import math
from typing import Any

import pytest

from tests.tws.driving import Errors, becomes, client, in_loop, settled
from tests.tws.library import IS_FORK, api
from tests.tws.market import Bar
from tests.tws.scene import CALL, FAR_CALL, PUT, SPY, VIX, call, far_call, put, spread, spy
from tests.tws.server import LoopbackTws
from tests.tws.ticks import Greeks

COMPUTED = Greeks(iv=0.2, delta=0.5, price=9.9, dividend=0.0, gamma=0.02, vega=0.6, theta=-0.1, underlying=500.0)


@in_loop
async def test_a_new_subscriber_is_sent_what_is_known_and_then_each_change(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        ticker = ib.reqMktData(spy())
        await becomes(ib, lambda: (ticker.bid, ticker.ask, ticker.last) == (499.99, 500.01, 500.0))
        assert (ticker.bidSize, ticker.askSize, ticker.lastSize) == (10, 10, 1)
        assert (ticker.marketDataType, ticker.minTick) == (1, 0.01)
        tws.control.quote(SPY, 501.0, 501.02, 501.01, (3, 4, 5))
        await becomes(ib, lambda: (ticker.bid, ticker.askSize, ticker.lastSize) == (501.0, 4, 5))


@in_loop
async def test_each_quote_is_a_tick_even_when_several_arrive_at_once(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        ticker = ib.reqMktData(spy())
        await becomes(ib, lambda: ticker.bid == 499.99)
        seen: list[float] = []

        def note(told: Any) -> None:
            seen.extend(tick.price for tick in told.ticks if tick.tickType == 1)

        ticker.updateEvent += note
        for cents in range(5):
            tws.control.quote(SPY, 510 + cents / 100, 511.0)
        await becomes(ib, lambda: ticker.bid == 510.04)
        assert seen == [510.0, 510.01, 510.02, 510.03, 510.04]


@in_loop
async def test_no_bid_arrives_as_minus_one(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, None, 0.05)
    async with client(tws) as ib:
        ticker = ib.reqMktData(call())
        await becomes(ib, lambda: ticker.ask == 0.05)
        assert (ticker.bid, ticker.bidSize) == (-1.0, 0)


@in_loop
async def test_generic_ticks_come_to_who_asked_for_them(tws: LoopbackTws) -> None:
    values = {29: "5000", 27: "1200", 23: "0.18", 87: "30000", 24: "0.21", 21: "80000000", 20: "550.5", 37: "500.02"}
    async with client(tws) as ib:
        asked = ib.reqMktData(spy(), "100,101,104,105,106,165,221")
        plain = ib.reqMktData(put())
        for tick, value in values.items():
            tws.control.tick(SPY, tick, value)
            tws.control.tick(PUT, tick, value)
        await becomes(ib, lambda: asked.markPrice == 500.02)
        await settled(ib)
        assert (asked.callVolume, asked.callOpenInterest, asked.avOptionVolume) == (5000, 1200, 30000)
        assert (asked.histVolatility, asked.impliedVolatility, asked.avVolume) == (0.18, 0.21, 80_000_000)
        assert asked.high52week == 550.5
        assert math.isnan(plain.callOpenInterest)
        assert math.isnan(plain.markPrice)


@in_loop
async def test_a_string_tick_carries_the_volume_and_the_average(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        ticker = ib.reqMktData(spy(), "233")
        tws.control.tick(SPY, 48, "500.01;3;1893456000000;67854;499.5;true")
        await becomes(ib, lambda: ticker.vwap == 499.5)
        assert ticker.rtVolume == 67854


@in_loop
async def test_greeks_are_none_until_they_come(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0)
    async with client(tws) as ib:
        ticker = ib.reqMktData(call())
        await becomes(ib, lambda: ticker.bid == 9.8)
        await settled(ib)
        assert ticker.modelGreeks is None
        tws.control.greeks(CALL, COMPUTED)
        greeks = await becomes(ib, lambda: ticker.modelGreeks)
        assert (greeks.delta, greeks.theta, greeks.undPrice) == (0.5, -0.1, 500.0)
        assert ticker.bidGreeks is None
        tws.control.greeks(CALL, COMPUTED, tick=10)
        assert (await becomes(ib, lambda: ticker.bidGreeks)).vega == 0.6


@in_loop
async def test_uncomputed_greeks_arrive_as_the_protocol_sends_them(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        ticker = ib.reqMktData(call())
        tws.control.greeks(CALL, Greeks(iv=0.2, underlying=500.0))
        greeks = await becomes(ib, lambda: ticker.modelGreeks)
        assert (greeks.delta, greeks.gamma, greeks.optPrice) == (None, None, None)
        assert greeks.theta in (-2.0, None)
        assert greeks.vega in (-2.0, None)
        assert (greeks.theta, greeks.vega) == (-2.0, -2.0) or IS_FORK


@in_loop
async def test_a_cancelled_line_is_sent_nothing_more(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        contract = spy()
        ticker = ib.reqMktData(contract)
        await becomes(ib, lambda: ticker.bid == 499.99)
        ib.cancelMktData(contract)
        await settled(ib)
        tws.control.quote(SPY, 400.0, 400.02)
        await settled(ib)
        assert ticker.bid == 499.99


@in_loop
async def test_a_snapshot_ends(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        (ticker,) = await ib.reqTickersAsync(spy())
        assert (ticker.bid, ticker.last) == (499.99, 500.0)


@in_loop
async def test_a_halt_is_a_tick(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        ticker = ib.reqMktData(spy())
        tws.control.halt(SPY, 2)
        await becomes(ib, lambda: ticker.halted == 2.0)
        tws.control.halt(SPY, 0)
        await becomes(ib, lambda: ticker.halted == 0.0)


@in_loop
async def test_without_permission_it_is_354_and_delayed_data_only_for_who_asks(tws: LoopbackTws) -> None:
    tws.control.permission(SPY, "none")
    async with client(tws) as ib:
        heard = Errors(ib)
        refused = ib.reqMktData(spy())
        await heard.code(354)
        assert math.isnan(refused.bid)
        ib.reqMarketDataType(3)
        delayed = ib.reqMktData(spy())
        await heard.code(10167)
        await becomes(ib, lambda: delayed.bid == 499.99)
        assert delayed.marketDataType == 3


@in_loop
async def test_a_competing_session_takes_the_data(tws: LoopbackTws) -> None:
    tws.control.permission(VIX, "competing")
    async with client(tws) as ib:
        heard = Errors(ib)
        ib.reqMktData(api.Index("VIX", "CBOE", "USD", conId=VIX))
        await heard.code(10197)


@in_loop
async def test_one_line_too_many_is_101_and_a_cancelled_one_makes_room(tws: LoopbackTws) -> None:
    tws.control.lines(2)
    tws.control.quote(FAR_CALL, 7.0, 7.2)
    async with client(tws) as ib:
        heard = Errors(ib)
        contract = spy()
        ib.reqMktData(contract)
        ib.reqMktData(call())
        ib.reqMktData(put())
        await heard.code(101)
        ib.cancelMktData(contract)
        ticker = ib.reqMktData(far_call())
        await becomes(ib, lambda: ticker.bid == 7.0)
        assert heard.codes.count(101) == 1


@in_loop
async def test_lines_end_with_their_connection(tws: LoopbackTws) -> None:
    tws.control.lines(1)
    async with client(tws) as ib:
        ticker = ib.reqMktData(spy())
        await becomes(ib, lambda: ticker.bid == 499.99)
    await tws.soon(lambda control: control.await_sessions([]))
    async with client(tws) as ib:
        ticker = ib.reqMktData(spy())
        await becomes(ib, lambda: ticker.bid == 499.99)


@in_loop
async def test_a_combo_is_quoted_from_its_legs(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0)
    tws.control.quote(FAR_CALL, 7.0, 7.2)
    async with client(tws) as ib:
        ticker = ib.reqMktData(spread())
        await becomes(ib, lambda: (ticker.bid, ticker.ask) == (2.6, 3.0))
        tws.control.quote(FAR_CALL, 6.0, 6.2)
        await becomes(ib, lambda: (ticker.bid, ticker.ask) == (3.6, 4.0))


@in_loop
async def test_a_load_of_updates_streams(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0)
    async with client(tws) as ib:
        ticker = ib.reqMktData(call())
        await becomes(ib, lambda: ticker.bid == 9.8)
        tws.control.stream([CALL, SPY], 1000)
        await becomes(ib, lambda: ticker.bid == 9.81)
        await becomes(ib, lambda: ticker.bid == 9.8)
        tws.control.stream([], 0)
        assert tws.control.streamed() >= 4


BARS = [
    Bar(at_s=1_893_508_200 + 60 * n, open=500.0, high=501.0 + n, low=499.0, close=500.5, volume=100.0, count=7)
    for n in range(3)
]


@in_loop
async def test_history_answers_the_bars_that_were_set(tws: LoopbackTws) -> None:
    tws.control.set_bars(SPY, "TRADES", BARS)
    async with client(tws) as ib:
        bars = await ib.reqHistoricalDataAsync(spy(), "", "1 D", "1 min", "TRADES", True, 2)
        assert [bar.date.timestamp() for bar in bars] == [bar.at_s for bar in BARS]
        assert [bar.high for bar in bars] == [501.0, 502.0, 503.0]
        assert (bars[0].volume, bars[0].barCount) == (100.0, 7)
        local = await ib.reqHistoricalDataAsync(spy(), "", "1 D", "1 min", "TRADES", True, 1)
        assert [bar.date for bar in local] == [bar.date for bar in bars]
        daily = await ib.reqHistoricalDataAsync(spy(), "", "1 Y", "1 day", "TRADES", True, 1)
        assert daily[0].date.year == bars[0].date.year


@in_loop
async def test_history_that_keeps_up_is_sent_new_bars(tws: LoopbackTws) -> None:
    tws.control.set_bars(SPY, "TRADES", BARS)
    async with client(tws) as ib:
        bars = await ib.reqHistoricalDataAsync(spy(), "", "1 D", "1 min", "TRADES", True, 2, keepUpToDate=True)
        new = Bar(at_s=BARS[-1].at_s + 60, open=1.0, high=2.0, low=0.5, close=1.5)
        tws.control.add_bar(SPY, "TRADES", new)
        await becomes(ib, lambda: len(bars) == 4)
        assert (bars[-1].open, bars[-1].high, bars[-1].low, bars[-1].close) == (1.0, 2.0, 0.5, 1.5)
        ib.cancelHistoricalData(bars)
        await settled(ib)
        assert tws.control.received("cancelHistoricalData")


@in_loop
async def test_history_of_nothing_is_162(tws: LoopbackTws, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL):
        async with client(tws) as ib:
            heard = Errors(ib)
            bars = await ib.reqHistoricalDataAsync(spy(), "", "1 Y", "1 day", "OPTION_IMPLIED_VOLATILITY", True)
            assert not bars
            assert heard.codes[-1] == 162
