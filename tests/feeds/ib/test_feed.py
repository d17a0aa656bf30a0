"""The feed over TCP with the real library: rows, drops, data lost, refusals, silence; never an order."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from cockpit.domain.errors import BadInput, NoBroker
from cockpit.feeds.ib.feed import Feed
from tests.feeds.ib.feeding import FAST, LINES, OPTIONS, SPY_ONLY, Taken, address, feeding, subscribed
from tests.feeds.ib.test_translate import option
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, FAR_CALL, PUT, SPY
from tests.tws.server import LoopbackTws
from tests.tws.ticks import Greeks

COMPUTED = Greeks(iv=0.2, delta=0.5, price=9.9, gamma=0.02, vega=0.6, theta=-0.1, underlying=500.0)
NOTICES = (1300, 2100, 2105, 2106, 2107, 2108, 2119, 2137, 2157, 2158, 10349, 399, 504, 162)
BACK = "again."


@in_loop
async def test_quotes_greeks_and_interest_become_rows(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9, (3, 4, 1))
    tws.control.quote(PUT, None, 0.05)
    tws.control.tick(CALL, 8, "120")
    tws.control.tick(CALL, 27, "5000")
    tws.control.greeks(CALL, COMPUTED)
    async with feeding(tws) as (feed, taken):
        row = await taken.row(lambda row: row.symbol == option().symbol and row.delta is not None)
        assert (row.bid, row.ask, row.bid_size, row.ask_size) == (9.8, 10.0, 3.0, 4.0)
        assert await taken.row(lambda row: row.symbol == option().symbol and row.last == 9.9)
        assert (row.volume_cum, row.open_interest) == (120.0, 5000.0)
        assert (row.iv, row.delta, row.gamma, row.theta, row.vega) == (0.2, 0.5, 0.02, -0.1, 0.6)
        put = await taken.row(lambda row: row.symbol == option("P").symbol)
        assert (put.bid, put.bid_size, put.ask, put.delta) == (None, None, 0.05, None)
        (moved, *_) = await taken.until(lambda: [row for batch in taken.batches for row in batch.underlyings])
        assert (moved.underlying, moved.price) == ("SPY", 500.0)
        assert feed.instruments[option().symbol] == option()
        assert len(feed.instruments) == OPTIONS
        assert feed.given == {"iv", "delta", "gamma", "theta", "vega"}
        assert feed.state == "live"
        assert all(row.at_ns == batch.at_ns for batch in taken.batches for row in batch.quotes)


@in_loop
async def test_it_asks_for_nothing_that_has_to_do_with_orders(tws: LoopbackTws) -> None:
    tws.control.read_only()
    async with feeding(tws):
        await subscribed(tws)
    asked = {told.kind for told in tws.control.received()}
    assert asked <= {
        "connect", "disconnect", "startApi", "reqContractDetails", "reqSecDefOptParams", "reqMktData", "cancelMktData",
        "reqCurrentTime", "reqHistoricalData", "reqMarketRule",
    }  # fmt: skip


@in_loop
async def test_the_messages_stay_within_the_brokers_rate(tws: LoopbackTws) -> None:
    tws.control.pacing(30, strikes=1)
    async with feeding(tws) as (_, taken):
        await subscribed(tws)
        tws.control.quote(CALL, 9.8, 10.0)
        await taken.row(lambda row: row.bid == 9.8)
    assert taken.said == []


@in_loop
async def test_after_a_drop_everything_is_subscribed_again(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0)
    async with feeding(tws) as (feed, taken):
        await taken.row(lambda row: row.bid == 9.8)
        await subscribed(tws)
        tws.control.forget_received()
        tws.control.drop()
        await taken.sentence("has closed the connection; it is connected again as soon as possible.")
        tws.control.quote(CALL, 9.9, 10.1)
        await taken.sentence(BACK)
        await subscribed(tws, LINES)
        await taken.row(lambda row: row.bid == 9.9)
        assert len({told.fields[2] for told in tws.control.received("reqMktData")}) == LINES  # each contract once
        assert feed.state == "live"
        assert not [row for batch in taken.batches for row in batch.quotes if row.symbol != option().symbol]


@in_loop
async def test_a_server_that_is_down_is_waited_for_and_said_once(tws: LoopbackTws) -> None:
    async with feeding(tws) as (feed, taken):
        await subscribed(tws)
        tws.control.go_down()
        said = await taken.sentence("Nobody listens at")
        assert said.endswith("It is tried again.")
        assert feed.state == "connecting"
        tws.control.come_back()
        await taken.sentence(BACK)
        tws.control.quote(CALL, 9.8, 10.0)
        await taken.row(lambda row: row.bid == 9.8)
        assert len([said for said in taken.said if "Nobody listens" in said]) == 1


@in_loop
async def test_an_id_that_the_dead_connection_still_holds_is_waited_for(tws: LoopbackTws) -> None:
    async with feeding(tws) as (_, taken):
        await subscribed(tws)
        tws.control.occupy(7)
        tws.control.drop()
        await taken.sentence("Client id 7 is in use")
        tws.control.occupy(7, False)
        await taken.sentence(BACK)


@in_loop
async def test_after_1101_everything_is_subscribed_again_on_the_same_connection(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0)
    async with feeding(tws) as (feed, taken):
        await taken.row(lambda row: row.bid == 9.8)
        await subscribed(tws)
        tws.control.forget_received()
        tws.control.lose_uplink()
        await taken.sentence("TWS has lost its server")
        assert feed.state == "no server"
        tws.control.quote(CALL, 9.9, 10.1)  # nobody is told of it
        tws.control.restore_uplink(data_kept=False)
        await taken.sentence("TWS has its server again")
        await taken.row(lambda row: row.bid == 9.9)
        await subscribed(tws, LINES)
        assert not tws.control.received("startApi")
        assert feed.state == "live"


@in_loop
async def test_after_1102_it_just_goes_on(tws: LoopbackTws) -> None:
    async with feeding(tws) as (_, taken):
        await subscribed(tws)
        tws.control.lose_uplink()
        await taken.sentence("TWS has lost its server")
        tws.control.restore_uplink()
        await taken.sentence("TWS has its server again")
        tws.control.quote(CALL, 9.9, 10.1)
        await taken.row(lambda row: row.bid == 9.9)
        assert len(tws.control.received("reqMktData")) == LINES + 1


@in_loop
async def test_a_notice_ends_nothing_and_is_not_repeated_to_the_trader(tws: LoopbackTws) -> None:
    async with feeding(tws) as (feed, taken):
        await subscribed(tws)
        for code in NOTICES:
            tws.control.say(code, "a notice")
        tws.control.quote(CALL, 9.8, 10.0)
        await taken.row(lambda row: row.bid == 9.8)
        assert taken.said == []
        assert feed.state == "live"


@in_loop
async def test_a_broken_farm_is_said_once_and_when_it_is_back(tws: LoopbackTws) -> None:
    async with feeding(tws) as (_, taken):
        await subscribed(tws)
        for _ in range(2):
            tws.control.say(2103, "Market data farm connection is broken:usopt")
        await taken.sentence("The market-data farm usopt is broken")
        tws.control.say(2104, "Market data farm connection is OK:usopt")
        await taken.sentence("The market-data farm usopt is back")
        assert len(taken.said) == 2


@in_loop
async def test_refused_quotes_are_one_sentence_and_the_others_go_on(tws: LoopbackTws) -> None:
    for con_id in (CALL, FAR_CALL):
        tws.control.permission(con_id, "none")
    async with feeding(tws) as (_, taken):
        said = await taken.sentence("No quotes of options on SPY (354): the account has no permission for live quotes")
        tws.control.quote(PUT, 7.0, 7.2)
        await taken.row(lambda row: row.bid == 7.0)
        await subscribed(tws)
        assert taken.said == [said]


@in_loop
async def test_quotes_that_another_session_has_are_asked_for_again(tws: LoopbackTws) -> None:
    tws.control.permission(CALL, "competing")
    tws.control.quote(CALL, 9.8, 10.0)
    async with feeding(tws) as (_, taken):
        await taken.sentence("(10197): another live session of this user has the quotes")
        await subscribed(tws)
        tws.control.permission(CALL, "live")
        await taken.row(lambda row: row.bid == 9.8)
        await subscribed(tws, LINES + 2)
        assert len(taken.said) == 1


@in_loop
async def test_partly_permitted_quotes_are_said_and_taken(tws: LoopbackTws) -> None:
    async with feeding(tws) as (_, taken):
        await subscribed(tws)
        (*_, last) = tws.control.received("reqMktData")
        tws.control.say(10090, "Part of requested market data is not subscribed.", request=int(last.fields[1]))
        await taken.sentence("Only some of the quotes of options on SPY come (10090)")


@in_loop
async def test_a_line_too_many_is_a_sentence_with_the_remedy(tws: LoopbackTws) -> None:
    tws.control.lines(LINES - 1)
    async with feeding(tws) as (_, taken):
        assert "--strikes" in await taken.sentence("(101): all market-data lines are taken")


@in_loop
async def test_a_server_that_falls_silent_is_asked_and_then_given_up(tws: LoopbackTws) -> None:
    async with feeding(tws, timing=replace(FAST, quiet_s=0.1)) as (_, taken):
        await subscribed(tws)
        await tws.soon(lambda control: control.await_received("reqCurrentTime"))
        tws.control.freeze()
        await taken.sentence("TWS or Gateway has said nothing for 0.2 s; it is connected again")
        tws.control.freeze(False)
        await taken.sentence(BACK)
        tws.control.quote(CALL, 9.8, 10.0)
        await taken.row(lambda row: row.bid == 9.8)


@in_loop
async def test_what_stands_is_said_again(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0)
    now_ns = iter(range(10**18, 2 * 10**18, 10**9))
    async with feeding(tws, now_ns=lambda: next(now_ns)) as (_, taken):
        rows = await taken.until(lambda: [row for row in taken.rows() if row.bid == 9.8][2:])
        assert rows[0][2:] == taken.rows()[0][2:]


@in_loop
async def test_gauges(tws: LoopbackTws) -> None:
    tws.control.permission(FAR_CALL, "none")
    async with feeding(tws) as (feed, taken):
        await subscribed(tws)
        await taken.sentence("No quotes of options on SPY (354)")
        gauges = feed.gauges
        assert (gauges.state, gauges.reconnects) == ("live", 0)
        assert (gauges.lines, gauges.lines_limit) == (LINES - 1, 100)
        assert gauges.words.startswith("No quotes of options on SPY")
        assert gauges.messages_limit == 30.0
        tws.control.go_down()
        await taken.sentence("Nobody listens")
        assert (feed.gauges.state, feed.gauges.lines) == ("connecting", 0)
        tws.control.come_back()
        await taken.sentence("Connected with")
        assert feed.gauges.reconnects == 1


async def refused(server: LoopbackTws, kind: type[BadInput] = BadInput, price_s: float = 5.0, **changes: Any) -> str:
    timing = replace(FAST, price_s=price_s)
    feed = Feed(address(server), replace(SPY_ONLY, **changes), say=Taken().say, timing=timing)
    try:
        with pytest.raises(kind) as error:
            await feed.open()
    finally:
        await feed.close()
    await server.soon(lambda control: control.await_sessions([]))
    return str(error.value)


@in_loop
async def test_what_cannot_be_had_is_said_before_anything_is_recorded(tws: LoopbackTws) -> None:
    assert "knows no share or index 'NONE'" in await refused(tws, underlyings=("NONE",))
    assert "do not fit into 8 market-data lines" in await refused(tws, lines=8)
    tws.control.permission(SPY, "none")
    assert (await refused(tws)).startswith("No quotes of SPY (354): the account has no permission for live quotes")


@in_loop
async def test_no_price_is_a_sentence_and_the_last_close_will_do(tws: LoopbackTws) -> None:
    tws.control.quote(SPY, None, None)
    tws.control.tick(SPY, 4, "-1")
    assert "No price of SPY came within 0.2 s: try again while its market is open" in await refused(tws, price_s=0.2)
    tws.control.tick(SPY, 9, "500.0")
    async with feeding(tws, timing=replace(FAST, price_s=0.8)) as (feed, _):
        assert len(feed.instruments) == OPTIONS


@in_loop
async def test_a_drop_while_contracts_are_chosen_is_a_sentence(tws: LoopbackTws) -> None:
    tws.control.hold("reqSecDefOptParams")
    refusing = asyncio.ensure_future(refused(tws, NoBroker))
    await tws.soon(lambda control: control.await_received("reqSecDefOptParams"))
    tws.control.drop()
    assert "has closed the connection: see that it is logged in" in await refusing


@in_loop
async def test_a_drop_while_the_price_is_waited_for_is_a_sentence(tws: LoopbackTws) -> None:
    tws.control.hold("reqMktData")
    refusing = asyncio.ensure_future(refused(tws, NoBroker))
    await tws.soon(lambda control: control.await_received("reqMktData"))
    tws.control.drop()
    assert "has closed the connection: see that it is logged in" in await refusing


@in_loop
async def test_fewer_strikes_than_asked_for_are_said(tws: LoopbackTws) -> None:
    async with feeding(tws, replace(SPY_ONLY, lines=9)) as (feed, taken):
        assert taken.said == [
            "No market-data line is left for VIX, which stays unknown; see --lines.",
            "9 market-data lines hold 1 of 10 strikes a side; see --lines.",
        ]
        assert len(feed.instruments) == OPTIONS
