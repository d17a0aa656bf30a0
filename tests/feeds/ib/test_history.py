"""Bars of the past: the candles they were, a sentence where there are none, rank and percentile, the broker's pace."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cockpit.events import NS, Batch
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.ib.history import MINUTES, VOLATILITY, IvHistory, Pace, Past, iv_history, warming
from cockpit.ib.budget import Budget
from cockpit.market.bars import Bar as Candle
from cockpit.market.bars import BarBuilder
from tests.feeds.ib.feeding import FAST, SPY_ONLY, Taken, address, feeding
from tests.ib.test_budget import Clock
from tests.tws.driving import in_loop
from tests.tws.market import Bar
from tests.tws.scene import CALL, SPY
from tests.tws.server import LoopbackTws

BEGIN_S = 1_893_508_200  # a minute's begin
LATER_NS = (BEGIN_S + 3600) * NS
YEAR = [Bar(at_s=BEGIN_S + 86_400 * n, open=0.2, high=0.3, low=0.1, close=0.1 + n / 1000) for n in range(250)]


def bar(minute: int, open: float, high: float, low: float, close: float, volume: float = 100.0) -> Any:
    date = datetime.fromtimestamp(BEGIN_S + 60 * minute, UTC)
    return SimpleNamespace(date=date, open=open, high=high, low=low, close=close, volume=volume)


def candles(batches: Sequence[Batch]) -> list[Candle]:
    """What the market makes of the rows; minutes as seconds since the first."""
    builder, made = BarBuilder(), list[Candle | None]()
    for batch in batches:
        (row,) = batch.underlyings
        made.append(builder.observe(batch.at_ns / NS - BEGIN_S, row.price or math.nan))
    made.append(builder.advance(1e9))
    return [candle for candle in made if candle is not None]


def test_the_rows_of_a_bar_are_its_candle() -> None:
    bars = [bar(0, 500.0, 503.0, 499.0, 501.0), bar(1, 501.0, 501.5, 495.0, 496.0), bar(3, 496.0, 496.0, 496.0, 496.0)]
    assert candles(warming({"SPY": bars}, LATER_NS)) == [
        Candle(0.0, 500.0, 503.0, 499.0, 501.0),
        Candle(60.0, 501.0, 501.5, 495.0, 496.0),
        Candle(180.0, 496.0, 496.0, 496.0, 496.0),
    ]


def test_the_extreme_nearer_to_the_open_comes_first_and_the_volume_is_all_of_it() -> None:
    batches = warming({"SPY": [bar(0, 500.0, 503.0, 499.0, 501.0)]}, LATER_NS)
    assert [batch.underlyings[0].price for batch in batches] == [500.0, 499.0, 503.0, 501.0]
    assert sum(batch.underlyings[0].volume or 0.0 for batch in batches) == 100.0


def test_the_minute_that_has_begun_ends_now() -> None:
    now_ns = (BEGIN_S + 70) * NS
    batches = warming({"SPY": [bar(0, 1, 2, 1, 2), bar(1, 2, 3, 2, 3), bar(2, 3, 4, 3, 4)]}, now_ns)
    times = [batch.at_ns for batch in batches]
    assert len(times) == 8
    assert times == sorted(set(times))
    assert (BEGIN_S + 60) * NS < times[-1] < now_ns


def test_underlyings_share_their_instants_and_volumes_may_be_unknown() -> None:
    batches = warming({"SPY": [bar(0, 1, 2, 1, 2, -1.0)], "QQQ": [bar(0, 3, 4, 3, 4)]}, LATER_NS)
    assert [[row.underlying for row in batch.underlyings] for batch in batches] == [["SPY", "QQQ"]] * 4
    assert batches[0].underlyings[0].volume is None


def test_a_bar_without_a_price_is_none() -> None:
    assert warming({"SPY": [bar(0, -1.0, 2, 1, 2), bar(1, 1, math.nan, 1, 2)]}, LATER_NS) == []


class Heard(list[Any]):
    """An event that nobody raises."""

    def __iadd__(self, handler: Any) -> "Heard":
        return self

    def __isub__(self, handler: Any) -> "Heard":
        return self


class Crossing:
    """The library's wait for an answer, and the answer that comes when it is cancelled."""

    def __init__(self) -> None:
        self.errorEvent = Heard()
        self.answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self.is_asked = asyncio.Event()

    async def reqHistoricalDataAsync(self, *_: Any, timeout: float) -> list[Any]:
        self.is_asked.set()
        return await asyncio.wait_for(self.answer, timeout)


@in_loop
async def test_a_cancel_that_crosses_the_answer_is_a_cancel() -> None:
    ib = Crossing()
    past = Past(ib, Budget(), Pace(), within_s=60.0)
    asking = asyncio.ensure_future(past.volatility(SimpleNamespace(conId=1)))
    await ib.is_asked.wait()
    await asyncio.sleep(0)
    ib.answer.set_result([])
    asking.cancel()
    await asyncio.wait((asking,))
    assert asking.cancelled()


def days(*closes: float) -> list[Any]:
    return [SimpleNamespace(close=close) for close in closes]


def test_rank_and_percentile() -> None:
    rising = [0.10 + n / 1000 for n in range(200)]
    expected = (100 * (0.30 - 0.10) / (0.45 - 0.10), 100 * 200 / 201, 0.30, 202)
    assert iv_history(days(*rising, 0.45, 0.30)) == pytest.approx(expected)
    lowest = iv_history(days(*rising, 0.05))
    assert lowest is not None
    assert (lowest.rank_pct, lowest.percentile_pct) == (0.0, 0.0)


def test_too_few_days_and_no_range_are_unknown() -> None:
    assert iv_history(days(*[0.1 + n / 1000 for n in range(199)])) is None
    assert iv_history(days(*[0.1 + n / 1000 for n in range(199)], -1.0, 0.0, math.nan)) is None
    assert iv_history(days(*[0.2] * 250)) is None


def test_the_same_is_not_asked_within_15_s_and_no_more_than_60_in_ten_minutes() -> None:
    async def run() -> list[float]:
        clock, asked = Clock(), list[float]()
        pace = Pace(now=clock.now, sleep=clock.sleep)
        for con_id, question in ((1, MINUTES), (1, VOLATILITY), (2, MINUTES), (1, MINUTES)):
            await pace.turn(con_id, question)
            asked.append(clock.now_s - 100.0)
        for con_id in range(3, 60):
            await pace.turn(con_id, MINUTES)
        asked.append(clock.now_s - 100.0)
        return asked

    assert asyncio.run(run()) == [0.0, 0.0, 0.0, 15.0, 600.0]


async def opened(server: LoopbackTws, history_s: float = 5.0) -> tuple[list[Batch], Feed, Taken]:
    taken = Taken()
    feed = Feed(address(server), SPY_ONLY, say=taken.say, timing=replace(FAST, history_s=history_s))
    try:
        await feed.open()
        return await feed.history(), feed, taken
    finally:
        await feed.close()


@in_loop
async def test_over_tcp_the_bars_come_before_the_stream(tws: LoopbackTws) -> None:
    past_s = 1_700_000_040
    bars = [Bar(at_s=past_s + 60 * n, open=500.0, high=502.0, low=499.5, close=501.0, volume=40.0) for n in range(3)]
    tws.control.set_bars(SPY, "TRADES", bars)
    tws.control.quote(CALL, 9.8, 10.0)
    async with feeding(tws) as (feed, taken):
        history = await feed.history()
        assert [round(batch.at_ns / NS - past_s) for batch in history] == [
            12,
            24,
            36,
            48,
            72,
            84,
            96,
            108,
            132,
            144,
            156,
            168,
        ]
        assert [row.price for batch in history[:4] for row in batch.underlyings] == [500.0, 499.5, 502.0, 501.0]
        await taken.row(lambda row: row.bid == 9.8)
        assert taken.said == []
    (asked,) = [told for told in tws.control.received("reqHistoricalData") if "TRADES" in told.fields]
    assert {"2 D", "1 min", "2"} <= set(asked.fields)


@in_loop
async def test_where_there_are_no_trades_the_middle_will_do(tws: LoopbackTws) -> None:
    tws.control.set_bars(SPY, "MIDPOINT", [Bar(at_s=1_700_000_040, open=500.0, high=502.0, low=499.5, close=501.0)])
    history, _, taken = await opened(tws)
    assert len(history) == 4
    assert taken.said == []


@in_loop
async def test_refused_bars_are_a_sentence_and_no_failure(tws: LoopbackTws) -> None:
    async with feeding(tws) as (feed, taken):
        tws.control.permission(SPY, "none")
        assert await feed.history() == []
        said = await taken.sentence("No one-minute bars of SPY: ")
        assert "No market data permissions for SMART (162); its indicators begin with the stream." in said


@in_loop
async def test_bars_that_come_too_late_are_a_sentence(tws: LoopbackTws) -> None:
    tws.control.hold("reqHistoricalData")
    history, _, taken = await opened(tws, history_s=0.05)
    assert history == []
    assert taken.said == ["No one-minute bars of SPY: no answer within 0.05 s; its indicators begin with the stream."]
    assert tws.control.received("cancelHistoricalData")


@in_loop
async def test_a_drop_meanwhile_is_a_sentence(tws: LoopbackTws) -> None:
    tws.control.hold("reqHistoricalData")
    opening = asyncio.ensure_future(opened(tws))
    await tws.soon(lambda control: control.await_received("reqHistoricalData"))
    tws.control.drop()
    history, _, taken = await opening
    assert history == []
    assert "the connection has ended" in taken.said[0]


@in_loop
async def test_rank_and_percentile_come_while_it_runs(tws: LoopbackTws) -> None:
    tws.control.set_bars(SPY, "OPTION_IMPLIED_VOLATILITY", YEAR)
    tws.control.pace_history()
    async with feeding(tws) as (feed, taken):
        tws.control.quote(CALL, 9.8, 10.0)
        await tws.soon(lambda control: control.await_received("reqHistoricalData"))
        await taken.until(lambda: feed.implied_volatility)
        assert feed.implied_volatility == {"SPY": IvHistory(100.0, 100.0, 0.349, 250)}
        tws.control.drop()  # the question is held back for 15 s, and the connection does not wait for it
        await taken.sentence("again.")
        tws.control.quote(CALL, 9.9, 10.1)
        await taken.row(lambda row: row.bid == 9.9)
        assert len(tws.control.received("reqHistoricalData")) == 1


@in_loop
async def test_less_than_200_days_are_unknown(tws: LoopbackTws) -> None:
    tws.control.set_bars(SPY, "OPTION_IMPLIED_VOLATILITY", YEAR[:199])
    async with feeding(tws) as (feed, taken):
        await tws.soon(lambda control: control.await_received("reqHistoricalData"))
        tws.control.quote(CALL, 9.8, 10.0)
        await taken.row(lambda row: row.bid == 9.8)
        assert feed.implied_volatility == {}
        assert taken.said == []
