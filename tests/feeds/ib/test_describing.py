"""The volatility index and the benchmark of the market: within the lines, known while they stand, else unknown."""

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cockpit.events import NS, FeaturesGiven
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.ib.lines import INDEX_LIMIT_NS, Line, Lines
from tests.feeds.ib.feeding import SPY_ONLY, Taken, feeding, subscribed
from tests.feeds.ib.test_lines import new_ticker
from tests.feeds.ib.test_recorded import Clock, play, quote, replayed, written
from tests.tws.contracts import index, options, stock
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, SPY, VIX
from tests.tws.server import LoopbackTws

T = 1_800_000_000 * NS
QQQ = 320_227_571


def index_line(**values: Any) -> tuple[Lines, Line]:
    line = Line(
        contract=SimpleNamespace(conId=VIX),
        underlying="VIX",
        instrument=None,
        is_underlying=False,
        volatility_of=("SPY", "QQQ"),
    )
    lines = Lines([line])
    lines.attach(line, new_ticker(**values))
    return lines, line


def said(lines: Lines, at_ns: int, *, stands: bool = True) -> list[tuple[str, float | None]]:
    batch = lines.batch(at_ns, restate=stands)
    given = () if batch is None else batch.given
    return [
        (row.underlying, None if math.isnan(row.volatility_index or 0.0) else row.volatility_index) for row in given
    ]


def test_it_is_said_of_every_underlying_and_only_when_it_changes() -> None:
    lines, line = index_line(last=17.5)
    assert said(lines, T) == [("SPY", 17.5), ("QQQ", 17.5)]
    assert said(lines, T + NS) == []
    line.ticker.last = 18.0
    assert said(lines, T + 2 * NS) == [("SPY", 18.0), ("QQQ", 18.0)]


def test_it_is_unknown_when_it_is_no_more_known_to_stand() -> None:
    lines, line = index_line(last=17.5)
    said(lines, T)
    assert said(lines, T + INDEX_LIMIT_NS, stands=False) == []
    assert said(lines, T + INDEX_LIMIT_NS + 1, stands=False) == [("SPY", None), ("QQQ", None)]
    assert said(lines, T + INDEX_LIMIT_NS + 2, stands=False) == []
    lines.mark([line.ticker])
    assert said(lines, T + INDEX_LIMIT_NS + 3, stands=False) == [("SPY", 17.5), ("QQQ", 17.5)]


def test_it_is_unknown_once_it_is_refused_or_the_connection_has_gone() -> None:
    lines, line = index_line(last=17.5)
    said(lines, T)
    line.refused = 10197
    assert said(lines, T + 1) == [("SPY", None), ("QQQ", None)]
    lines, _ = index_line(last=17.5)
    said(lines, T)
    lines.detach()
    assert said(lines, T + 1) == [("SPY", None), ("QQQ", None)]


def given(taken: Taken) -> list[FeaturesGiven]:
    return [row for batch in taken.batches for row in batch.given]


@in_loop
async def test_the_index_reaches_the_underlyings_and_is_none_itself(tws: LoopbackTws) -> None:
    tws.control.quote(VIX, None, None, 17.5)
    async with feeding(tws) as (_, taken):
        (row, *_) = await taken.until(lambda: given(taken))
        assert (row.underlying, row.volatility_index) == ("SPY", 17.5)
        tws.control.quote(VIX, None, None, 21.0)
        await taken.until(lambda: given(taken)[-1].volatility_index == 21.0)
        tws.control.drop()
        await taken.until(lambda: math.isnan(given(taken)[-1].volatility_index or 0.0))
        await taken.until(lambda: given(taken)[-1].volatility_index == 21.0)
        assert {moved.underlying for batch in taken.batches for moved in batch.underlyings} == {"SPY"}


@in_loop
async def test_an_index_that_is_refused_is_a_sentence_and_unknown(tws: LoopbackTws) -> None:
    tws.control.permission(VIX, "none")
    async with feeding(tws) as (_, taken):
        await taken.sentence("No quotes of VIX (354)")
        tws.control.quote(CALL, 9.8, 10.0)
        await taken.row(lambda row: row.bid == 9.8)
        assert given(taken) == []


@in_loop
async def test_the_benchmark_is_an_underlying_of_its_own_and_goes_last(tws: LoopbackTws) -> None:
    qqq = stock(QQQ, "QQQ")
    tws.control.list_contracts([qqq, *options(5001, qqq, expiries=["20301220"], strikes=[400.0], market_rule=26)])
    tws.control.quote(QQQ, 399.99, 400.01, 400.0)
    async with feeding(tws, Wanted(underlyings=("QQQ",))) as (_, taken):
        await taken.until(lambda: {m.underlying for b in taken.batches for m in b.underlyings} >= {"QQQ", "SPY"})
        asked = [int(told.fields[2]) for told in tws.control.received("reqMktData")]
        assert asked == [QQQ, QQQ, VIX, 5001, 5002, SPY]
        assert taken.said == []


@in_loop
async def test_a_line_that_is_not_left_is_a_sentence(tws: LoopbackTws) -> None:
    async with feeding(tws, replace(SPY_ONLY, lines=9, strikes=1)) as (_, taken):
        assert taken.said == ["No market-data line is left for VIX, which stays unknown; see --lines."]


@in_loop
async def test_an_index_as_underlying_is_its_own_volatility_index(tws: LoopbackTws) -> None:
    vix = index(VIX, "VIX")
    tws.control.list_contracts(options(6001, vix, expiries=["20301220"], strikes=[17.0], market_rule=26))
    tws.control.quote(VIX, None, None, 17.5)
    async with feeding(tws, Wanted(underlyings=("VIX",))) as (_, taken):
        (row, *_) = await taken.until(lambda: given(taken))
        assert (row.underlying, row.volatility_index) == ("VIX", 17.5)
        await taken.until(lambda: [m for b in taken.batches for m in b.underlyings if m.underlying == "VIX"])
        await subscribed(tws, 5)
        asked = [int(told.fields[2]) for told in tws.control.received("reqMktData")]
        assert asked == [VIX, VIX, 6001, 6002, SPY]


@in_loop
async def test_it_is_recorded_and_replayed(tws: LoopbackTws, tmp_path: Path) -> None:
    quote(tws, 0)
    tws.control.quote(VIX, None, None, 25.0)
    async with feeding(tws, now_ns=Clock()) as (feed, taken):
        await taken.until(lambda: given(taken))
        await play(tws, taken, range(1, 12))
    recording = written(tmp_path / "live", feed, taken.batches)
    assert recording.refused == {}
    assert [repr(batch) for batch in recording.batches] == [repr(batch) for batch in taken.batches]
    assert math.isnan(recording.batches[-1].given[0].volatility_index or 0.0), "the end of the connection"
    assert math.isnan(replayed(recording).state.underlyings["SPY"].volatility_index)
