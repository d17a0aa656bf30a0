"""Lines that come and go: positions in strikes that were not quoted, chains that follow the price, the line limit."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from cockpit.events import Batch, Listed
from cockpit.feeds.ib.centring import follow, make_room
from cockpit.feeds.ib.choosing import of_options
from cockpit.feeds.ib.contracts import Chain, Wanted
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.ib.lines import Line
from cockpit.ib.budget import Budget
from cockpit.ib.connection import connect, hang_up
from cockpit.ib.instruments import Option, answered, instrument_of
from cockpit.ib.library import library
from tests.feeds.ib.feeding import FAST, Taken, address, feeding, subscribed
from tests.feeds.ib.test_translate import option
from tests.tws.contracts import options, stock
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, SPY, VIX
from tests.tws.server import LoopbackTws

EXPIRY = "20301120"  # before those of the scene
STRIKES = [490.0, 495.0, 500.0, 505.0, 510.0, 515.0]
NARROW = Wanted(underlyings=("SPY",), expiries=1, strikes=1)
FIRST = 7000  # calls have the even numbers
QQQ = 320_227_571
Many = dict[float, tuple[int, int]]


def listed(server: LoopbackTws) -> Many:
    """SPY with six strikes of one expiry; con ids of call and put by strike."""
    made = options(FIRST, stock(SPY, "SPY"), expiries=[EXPIRY], strikes=STRIKES, market_rule=26)
    server.control.list_contracts(made)
    return {strike: (FIRST + 2 * n, FIRST + 2 * n + 1) for n, strike in enumerate(STRIKES)}


async def details(server: LoopbackTws, *con_ids: int, underlying: str = "SPY") -> list[Option]:
    """Options as the broker's adapter finds them."""
    ib = await connect(address(server, 99))
    try:
        found: list[Option] = []
        for con_id in con_ids:
            asked = library().Contract(conId=con_id)
            (one,) = await answered(ib.reqContractDetailsAsync(asked), str(con_id))
            one.contract.exchange = "SMART"
            found.append(Option(one.contract, instrument_of(one, underlying, "us")))
        return found
    finally:
        await hang_up(ib)


def con_ids(server: LoopbackTws, kind: str = "reqMktData") -> list[int]:
    return [int(told.fields[2]) for told in server.control.received(kind)]


def cancelled(server: LoopbackTws) -> set[int]:
    """Contracts whose quotes were ended, but for the first question about the price."""
    by_request = {told.fields[1]: int(told.fields[2]) for told in server.control.received("reqMktData")}
    return {by_request[told.fields[1]] for told in server.control.received("cancelMktData")} - {SPY}


class Hearing(Taken):
    """What was pushed, `Listed` among it, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.pushed: list[Any] = []

    def push(self, event: Batch | Listed) -> None:
        self.pushed.append(event)
        super().push(event)

    def names(self) -> list[str]:
        return [each.symbol for event in self.pushed if isinstance(event, Listed) for each in event.instruments]


def chain() -> Chain:
    """Without a server."""
    made = [
        Option(
            library_like(FIRST + 2 * n + (right == "P"), strike),
            instrument(strike, right),
        )
        for n, strike in enumerate(STRIKES)
        for right in ("C", "P")
    ]
    return Chain(underlying="SPY", options=tuple(made), count=1)


def library_like(con_id: int, strike: float) -> Any:
    return SimpleNamespace(conId=con_id, strike=strike)


def instrument(strike: float, right: Any) -> Any:
    return replace(option(right), symbol=f"SPY {right}{strike:g}", strike=strike)


def at(*strikes: float) -> list[Line]:
    return of_options(each for each in chain().options if each.contract.strike in strikes)


def strikes(lines: list[Any]) -> list[float]:
    return sorted({each.contract.strike for each in lines})


def test_while_the_price_is_in_the_middle_third_nothing_moves() -> None:
    lines = at(495.0, 500.0, 505.0, 510.0)
    for price in (500.0, 502.5, 505.0):
        assert follow(replace(chain(), count=2), lines, price, ()) is None
    moved = follow(replace(chain(), count=2), lines, 505.1, ())
    assert moved is not None
    assert (strikes(moved.come), strikes(moved.go)) == ([515.0], [495.0])


def test_at_the_end_of_what_is_listed_nothing_moves() -> None:
    assert follow(chain(), at(510.0, 515.0), 520.0, ()) is None
    assert follow(replace(chain(), count=9), at(*STRIKES), 600.0, ()) is None


def test_what_is_held_never_goes() -> None:
    lines = at(490.0, 495.0)
    lines[0].is_held = True
    moved = follow(chain(), lines, 507.0, {"SPY P490"})
    assert moved is not None
    assert (strikes(moved.come), strikes(moved.go)) == ([505.0, 510.0], [495.0])


def test_room_is_made_by_the_strikes_farthest_from_the_price() -> None:
    lines = [Line(contract=library_like(SPY, 0.0), underlying="SPY", instrument=None), *at(*STRIKES)]
    going = make_room(lines, {"SPY": 506.0}.get, 9, {"SPY C490"})
    assert [line.instrument.symbol for line in going if line.instrument] == [
        "SPY P490", "SPY C495", "SPY P495", "SPY C515",
    ]  # fmt: skip
    assert make_room(lines, {"SPY": 506.0}.get, 13) == []
    assert len(make_room(lines, {"SPY": None}.get, 0)) == 12, "the price alone stays"


@in_loop
async def test_a_contract_that_is_held_from_now_on_is_listed_before_its_first_row(tws: LoopbackTws) -> None:
    at_strike = listed(tws)
    (far, near) = await details(tws, at_strike[515.0][1], at_strike[500.0][0])
    tws.control.quote(at_strike[515.0][1], 14.0, 14.2)
    taken = Hearing()
    async with feeding(tws, NARROW, taken=taken) as (feed, _):
        await subscribed(tws, 7)
        feed.list([far, near])
        assert taken.names() == [far.instrument.symbol], "the other one is known"
        assert feed.instruments[far.instrument.symbol] == far.instrument
        await taken.row(lambda row: row.symbol == far.instrument.symbol and row.bid == 14.0)
        feed.list([far])
        assert len(taken.names()) == 1
        first = next(n for n, event in enumerate(taken.pushed) if isinstance(event, Listed))
        assert not [
            row for event in taken.pushed[:first] for row in event.quotes if row.symbol == far.instrument.symbol
        ]


@in_loop
async def test_it_is_still_quoted_after_a_drop_and_first_of_all_options(tws: LoopbackTws) -> None:
    at_strike = listed(tws)
    (far,) = await details(tws, at_strike[515.0][1])
    async with feeding(tws, NARROW) as (feed, taken):
        await subscribed(tws, 7)
        feed.list([far])
        await subscribed(tws, 8)
        tws.control.forget_received()
        tws.control.drop()
        await taken.sentence("again.")
        await subscribed(tws, 7)
        assert con_ids(tws)[:3] == [SPY, at_strike[515.0][1], VIX]
        assert feed.gauges.reconnects == 1


@in_loop
async def test_positions_and_orders_that_the_session_names_are_subscribed_first(tws: LoopbackTws) -> None:
    at_strike = listed(tws)
    taken = Taken()
    feed = Feed(address(tws), NARROW, say=taken.say, timing=FAST)
    await feed.open()
    tws.control.forget_received()
    put = next(s for s, each in feed.instruments.items() if each.strike == 505.0 and each.right == "P")
    feed.hold(lambda: {put}, lambda _: None)
    running = asyncio.ensure_future(feed.run(taken.push))
    await subscribed(tws, 6)
    running.cancel()
    await asyncio.wait((running,))
    await feed.close()
    assert con_ids(tws)[:3] == [SPY, at_strike[505.0][1], VIX]


@in_loop
async def test_where_no_line_is_left_the_farthest_strike_makes_room(tws: LoopbackTws) -> None:
    at_strike = listed(tws)
    (held,) = await details(tws, at_strike[490.0][1])
    async with feeding(tws, replace(NARROW, lines=6)) as (feed, taken):
        await subscribed(tws, 7)
        feed.list([held])
        said = await taken.sentence("All 6 market-data lines are taken: ")
        assert said.endswith("SPY 301120C00505000 made room for others; see --lines.")
        await tws.soon(lambda control: control.await_received("cancelMktData", 2))
        await subscribed(tws, 8)
        assert cancelled(tws) == {at_strike[505.0][0]}
        assert feed.gauges.lines == 6
        order = [told.kind for told in tws.control.received() if told.kind in ("reqMktData", "cancelMktData")]
        assert order[-2:] == ["cancelMktData", "reqMktData"]


@in_loop
async def test_more_positions_than_lines_are_a_sentence_and_tried(tws: LoopbackTws) -> None:
    at_strike = listed(tws)
    every = await details(tws, *(con_id for pair in at_strike.values() for con_id in pair))
    async with feeding(tws, replace(NARROW, lines=6)) as (feed, taken):
        await subscribed(tws, 7)
        feed.list(every)
        said = await taken.sentence("14 market-data lines are needed for what is held and 6 are allowed")
        assert "raise --lines" in said
        await subscribed(tws, 7 + 8)


@in_loop
async def test_the_chain_follows_the_price_and_keeps_what_is_held(tws: LoopbackTws) -> None:
    at_strike = listed(tws)
    (held,) = await details(tws, at_strike[500.0][1])
    taken = Hearing()
    timing = replace(FAST, recentre_s=0.02)
    async with feeding(tws, NARROW, timing=timing, taken=taken) as (feed, _):
        await subscribed(tws, 7)
        feed.list([held])
        tws.control.quote(at_strike[510.0][0], 4.0, 4.2)
        tws.control.quote(SPY, 511.9, 512.1, 512.0)
        said = await taken.sentence("SPY 2030-11-20: quoted from 510 to 515 now.")
        await taken.row(lambda row: row.symbol.endswith("C00510000") and row.bid == 4.0)
        await tws.soon(lambda control: control.await_received("cancelMktData", 4))
        assert cancelled(tws) == {at_strike[500.0][0], *at_strike[505.0]}
        assert {name[-9:] for name in taken.names()} == {"C00510000", "P00510000", "C00515000", "P00515000"}
        assert taken.said == [said]


@in_loop
async def test_the_underlying_of_what_is_held_is_quoted_too(tws: LoopbackTws) -> None:
    listed(tws)
    qqq = stock(QQQ, "QQQ")
    tws.control.list_contracts([qqq, *options(5001, qqq, expiries=[EXPIRY], strikes=[400.0], market_rule=26)])
    tws.control.quote(QQQ, 399.99, 400.01, 400.0)
    held = await details(tws, 5001, underlying="QQQ")
    async with feeding(tws, NARROW) as (feed, taken):
        await subscribed(tws, 7)
        feed.list(held)
        await taken.until(lambda: [m for b in taken.batches for m in b.underlyings if m.underlying == "QQQ"])


@in_loop
async def test_an_underlying_that_the_broker_does_not_know_is_a_sentence_once(tws: LoopbackTws) -> None:
    listed(tws)
    (known,) = await details(tws, CALL)
    strange = Option(known.contract, replace(known.instrument, underlying="GONE", symbol="GONE 1"))
    strange.contract.conId += 100
    async with feeding(tws, NARROW) as (feed, taken):
        await subscribed(tws, 7)
        feed.list([strange])
        await taken.sentence("No price of GONE, whose options are held: Interactive Brokers knows no share or index")
        tws.control.quote(CALL, 9.8, 10.0)
        await taken.until(lambda: taken.batches)
        assert len([said for said in taken.said if "No price of GONE" in said]) == 1


class Holding:
    """What trades on the feed's connection, and holds some contracts already."""

    def __init__(self, held: list[Option]) -> None:
        self._held = held

    async def held(self, ib: Any, budget: Budget) -> list[Option]:
        return self._held

    async def begin(self, ib: Any, budget: Budget) -> None: ...

    def end(self, why: str) -> None: ...

    def link(self, state: Any, words: str) -> None: ...


@in_loop
async def test_what_is_held_at_the_start_has_its_lines_before_the_chain(tws: LoopbackTws) -> None:
    at_strike = listed(tws)
    qqq = stock(QQQ, "QQQ")
    tws.control.list_contracts([qqq, *options(5001, qqq, expiries=[EXPIRY], strikes=[400.0], market_rule=26)])
    held = [*await details(tws, at_strike[515.0][0], at_strike[500.0][1]), *await details(tws, 5001, underlying="QQQ")]
    async with feeding(tws, replace(NARROW, lines=7), trading=Holding(held)) as (feed, taken):
        await subscribed(tws, 8)
        assert con_ids(tws)[1:6] == [SPY, QQQ, at_strike[500.0][1], at_strike[515.0][0], 5001]
        assert len(feed.instruments) == 5
        assert "No market-data line is left for VIX" in taken.said[0]


@in_loop
async def test_what_is_held_gets_its_line_when_tws_has_none_left(tws: LoopbackTws) -> None:
    contracts = listed(tws)
    async with feeding(tws, NARROW) as (feed, taken):
        await subscribed(tws, 7)
        await taken.until(lambda: feed.gauges.lines == len(feed.lines))
        tws.control.lines(len(feed.lines))  # its own watch lists have the rest
        quoted = {line.contract.conId for line in feed.lines}
        con_id = next(one for pair in contracts.values() for one in pair if one not in quoted)
        tws.control.quote(con_id, 5.0, 5.2)
        (far,) = await details(tws, con_id)
        feed.list([far])
        await taken.sentence("(101)")
        await taken.row(lambda row: row.symbol == far.instrument.symbol and row.bid == 5.0)
        assert any("made room" in said for said in taken.said)
