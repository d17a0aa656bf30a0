"""Connections that drop, the uplink that is lost, the night: as the real library shows them."""

import pytest

from tests.tws.driving import WITHIN_S, Errors, Heard, becomes, client, hang_up, in_loop, settled
from tests.tws.faults import Drop
from tests.tws.library import api
from tests.tws.scene import CALL, SPY, call, held, order, resting, spy, status
from tests.tws.server import HOST, LoopbackTws


@pytest.fixture(autouse=True)
def quoted(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)


@in_loop
async def test_fills_while_away_are_found_by_asking_alone(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = resting(ib, orderRef="away")
        await becomes(ib, lambda: status(trade) == "Submitted")
        gone = Heard(ib.disconnectedEvent)
        tws.control.drop(7)
        await gone.when(lambda: True)
        tws.control.quote(CALL, 8.8, 9.0)
    again = api.IB()
    pushed = Heard(again.execDetailsEvent)
    await again.connectAsync(HOST, tws.port, clientId=7, timeout=WITHIN_S)
    assert [fill.execution.orderRef for fill in await again.reqExecutionsAsync()] == ["away"]
    assert not pushed.said
    assert again.openTrades() == []
    assert again.tickers() == []
    await hang_up(again)


@in_loop
async def test_a_server_that_goes_down_refuses_until_it_is_back_on_its_port(tws: LoopbackTws) -> None:
    port = tws.port
    async with client(tws) as ib:
        gone = Heard(ib.disconnectedEvent)
        tws.control.go_down()
        await gone.when(lambda: True)
    lost = api.IB()
    with pytest.raises(ConnectionRefusedError):
        await lost.connectAsync(HOST, port, clientId=7, timeout=WITHIN_S)
    await hang_up(lost)
    tws.control.come_back()
    assert tws.port == port
    async with client(tws):
        pass


@in_loop
async def test_an_order_whose_connection_dies_is_unknown_and_may_be_either(tws: LoopbackTws) -> None:
    cases: list[tuple[Drop, int]] = [("before_order", 0), ("before_ack", 1), ("after_ack", 1)]
    for drop, arrived in cases:
        before = len(tws.control.orders())
        async with client(tws) as ib:
            gone = Heard(ib.disconnectedEvent)
            tws.control.plan_order(drop=drop)
            resting(ib, orderRef=drop)
            await gone.when(lambda: True)
        assert len(tws.control.orders()) - before == arrived
        assert [seen.reference for seen in tws.control.orders(drop)] == [drop] * arrived
        await tws.soon(lambda control: control.await_sessions([]))


@in_loop
async def test_a_partial_fill_then_a_drop(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        gone = Heard(ib.disconnectedEvent)
        tws.control.plan_order(fill=(1, 9.0), drop="after_ack")
        resting(ib, orderRef="part")
        await gone.when(lambda: True)
    await tws.soon(lambda control: control.await_sessions([]))
    async with client(tws) as again:
        (trade,) = again.openTrades()
        assert (trade.order.orderRef, trade.orderStatus.filled, trade.orderStatus.remaining) == ("part", 1, 1)
        assert held(again) == {CALL: 1}


@in_loop
async def test_the_uplink_lost_and_back_with_data_kept(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        ticker = ib.reqMktData(spy())
        trade = resting(ib)
        await becomes(ib, lambda: ticker.bid == 499.99 and status(trade) == "Submitted")
        tws.control.lose_uplink()
        await heard.code(2110)
        tws.control.quote(SPY, 498.0, 498.02)
        tws.control.quote(CALL, 8.8, 9.0)
        sent = ib.placeOrder(call(), order("MKT", "SELL"))
        await settled(ib)
        assert (ticker.bid, status(trade), status(sent)) == (499.99, "Submitted", "PendingSubmit")
        tws.control.restore_uplink()
        await becomes(ib, lambda: status(trade) == status(sent) == "Filled")
        assert {1100, 1102, 2103, 2110} <= set(heard.codes)
        tws.control.quote(SPY, 497.0, 497.02)
        await becomes(ib, lambda: ticker.bid == 497.0)


@in_loop
async def test_the_uplink_back_with_data_lost_needs_new_subscriptions(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        contract = spy()
        ticker = ib.reqMktData(contract)
        await becomes(ib, lambda: ticker.bid == 499.99)
        tws.control.lose_uplink()
        tws.control.restore_uplink(data_kept=False)
        await heard.code(1101)
        tws.control.quote(SPY, 498.0, 498.02)
        await settled(ib)
        assert ticker.bid == 499.99
        ib.reqMktData(contract)
        await becomes(ib, lambda: ticker.bid == 498.0)


@in_loop
async def test_the_nightly_reset_ends_day_orders_and_forgets_the_days_executions(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard, gone = Errors(ib), Heard(ib.disconnectedEvent)
        ib.placeOrder(call(), order("MKT", "BUY"))
        resting(ib, orderRef="day")
        kept = resting(ib, orderRef="gtc", tif="GTC")
        await becomes(ib, lambda: status(kept) == "Submitted")
        tws.control.nightly_reset()
        await gone.when(lambda: True)
        assert 1100 in set(heard.codes)
    tws.control.come_back()
    async with client(tws) as again:
        assert [trade.order.orderRef for trade in again.openTrades()] == ["gtc"]
        assert await again.reqExecutionsAsync() == []
        assert held(again) == {CALL: 2}
        assert again.client.getReqId() > kept.order.orderId
