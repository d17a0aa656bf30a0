"""Which lines a feed begins with: underlyings, what is held, the chains, the volatility index and the benchmark."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cockpit.domain.errors import BadInput
from cockpit.domain.trading_hours import plain_name, trading_day
from cockpit.events import NS
from cockpit.feeds.ib.centring import make_room
from cockpit.feeds.ib.contracts import Chain, Underlying, Wanted, chains_of, check_one_recording, find_underlying
from cockpit.feeds.ib.first_price import first_price
from cockpit.feeds.ib.lines import Line
from cockpit.ib.budget import Budget
from cockpit.ib.instruments import Option
from cockpit.settings import market

SPELLED = {"NIFTY": "NIFTY50"}  # what the market profiles call otherwise than the broker

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """With what the broker is asked, and how long for the price of an underlying."""

    ib: Any
    budget: Budget
    price_s: float
    say: Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The lines of a feed, and the chains that they were chosen from."""

    lines: list[Line]
    chains: list[Chain]


async def choose(asking: Asking, wanted: Wanted, held: Sequence[Option], now_ns: int) -> Chosen:
    """What is wanted, what is held and what describes the market; raises BadInput for what cannot be had."""
    chains: list[Chain] = []
    lines: list[Line] = []
    prices: dict[str, float] = {}
    markets: dict[str, str] = {}
    for name in wanted.underlyings:
        found = await find_underlying(asking.ib, asking.budget, name, wanted.market)
        today = trading_day(market(found.market), datetime.fromtimestamp(now_ns / NS, UTC))
        price, own = await _price_and_chains(asking, found, wanted, today)
        near = [each for chain in own for each in chain.near(price)]
        chains += own
        lines += [Line(contract=found.contract, underlying=name, instrument=None), *of_options(near)]
        prices[name], markets[name] = price, found.market
    check_one_recording([line.instrument for line in lines if line.instrument is not None])
    lines += await _held(asking, lines, held)
    for dropped in make_room(lines, prices.get, wanted.lines):
        lines.remove(dropped)
    lines += await _describing(asking, lines, markets, wanted.lines - len(lines))
    return Chosen(lines=lines, chains=chains)


def of_options(options: Iterable[Option], *, held: bool = False) -> list[Line]:
    """A line for each."""
    return [
        Line(contract=contract, underlying=instrument.underlying, instrument=instrument, is_held=held)
        for contract, instrument in options
    ]


async def underlying_line(asking: Asking, name: str, market_name: str) -> Line | None:
    """The line of an underlying whose options are held; None, and a sentence, where the broker does not know it."""
    try:
        found = await find_underlying(asking.ib, asking.budget, name, market_name)
    except BadInput as error:  # no answer in time is one, too
        asking.say(f"No price of {name}, whose options are held: {error}")
        return None
    return Line(contract=found.contract, underlying=name, instrument=None)


async def _price_and_chains(
    asking: Asking, found: Underlying, wanted: Wanted, today: date
) -> tuple[float, list[Chain]]:
    """Asked at once, because either may take the broker seconds."""
    ib, budget = asking.ib, asking.budget
    pricing = asyncio.ensure_future(first_price(ib, budget, found.contract, found.name, within_s=asking.price_s))
    listing = asyncio.ensure_future(chains_of(ib, budget, found, wanted, today, say=asking.say))
    try:
        return await pricing, await listing
    finally:
        for task in (pricing, listing):
            task.cancel()
        await asyncio.gather(pricing, listing, return_exceptions=True)


async def _held(asking: Asking, lines: list[Line], held: Sequence[Option]) -> list[Line]:
    """Lines of what is held and not yet among `lines`, whose own are marked; of its underlyings too."""
    known = {line.contract.conId: line for line in lines}
    covered = {line.underlying for line in lines}
    more: list[Line] = []
    for each in held:
        line = known.get(each.contract.conId)
        if line is not None:
            line.hold(each.instrument)
            continue
        more += of_options([each], held=True)
        name = each.instrument.underlying
        if name not in covered:
            covered.add(name)
            found = await underlying_line(asking, name, each.instrument.market)
            more += [found] if found is not None else []
    return more


async def _describing(asking: Asking, lines: list[Line], markets: dict[str, str], free: int) -> list[Line]:
    """The market's volatility index and benchmark, as far as lines are free."""
    name = next(iter(markets.values()))
    benchmarks = market(name).benchmarks
    more: list[Line] = []
    index = await _found(asking, benchmarks.vix, name, free > 0)
    if index is not None:
        same = next((line for line in lines if line.contract.conId == index.contract.conId), None)
        if same is None:
            same = Line(contract=index.contract, underlying=index.name, instrument=None, is_underlying=False)
            more.append(same)
        same.volatility_of = tuple(each for each in markets if markets[each] == name)
    names = {plain_name(line.underlying) for line in lines}
    spelled = {benchmarks.spy, SPELLED.get(benchmarks.spy or "")} - {None}
    if names.isdisjoint(spelled):
        benchmark = await _found(asking, benchmarks.spy, name, free > len(more))
        if benchmark is not None:
            contract = benchmark.contract
            more.append(Line(contract=contract, underlying=benchmark.name, instrument=None, is_benchmark=True))
    return more


async def _found(asking: Asking, name: str | None, market_name: str, is_room: bool) -> Underlying | None:
    """An index or fund that describes the market; without it the session goes on."""
    if name is None:
        return None
    if not is_room:
        asking.say(f"No market-data line is left for {name}, which stays unknown; see --lines.")
        return None
    try:
        return await find_underlying(asking.ib, asking.budget, SPELLED.get(name, name), market_name)
    except BadInput as error:
        asking.say(f"{name} stays unknown: {error}")
        return None
