"""What is asked about orders: their terms, what they would cost, what was done before, and why one is refused."""

import math

import pytest

from tests.tws.driving import Errors, becomes, client, in_loop, settled
from tests.tws.library import api
from tests.tws.order_fields import Margin
from tests.tws.scene import CALL, SPY, call, order, put, spy, status
from tests.tws.server import LoopbackTws


@pytest.fixture(autouse=True)
def quoted(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)


@in_loop
async def test_all_terms_of_an_order_come_back(tws: LoopbackTws) -> None:
    rested = order(
        "TRAIL LIMIT",
        "SELL",
        auxPrice=0.5,
        lmtPriceOffset=0.1,
        trailStopPrice=9.0,
        tif="GTC",
        orderRef="s/p/stop",
        ocaGroup="g1",
        ocaType=2,
        outsideRth=True,
        goodAfterTime="",
        algoStrategy="Adaptive",
        algoParams=[api.TagValue("adaptivePriority", "Urgent")],
        conditions=[api.PriceCondition(price=490.0, conId=SPY, exch="SMART", isMore=False)],
    )
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), rested)
        await becomes(ib, lambda: status(trade) == "PreSubmitted")
        async with client(tws, 8) as other:
            (seen,) = await other.reqAllOpenOrdersAsync()
        held = seen.order
        assert (held.orderType, held.action, held.totalQuantity, held.tif) == ("TRAIL LIMIT", "SELL", 2, "GTC")
        assert (held.auxPrice, held.lmtPriceOffset, held.trailStopPrice) == (0.5, 0.1, 9.0)
        assert (held.ocaGroup, held.ocaType, held.orderRef) == ("g1", 2, "s/p/stop")
        assert (held.clientId, held.orderId, held.permId) == (7, trade.order.orderId, trade.order.permId)
        assert held.outsideRth
        assert [(tag.tag, tag.value) for tag in held.algoParams] == [("adaptivePriority", "Urgent")]
        (condition,) = held.conditions
        assert (condition.price, condition.conId, condition.isMore) == (490.0, SPY, False)
        assert (seen.contract.conId, seen.contract.strike, seen.contract.right) == (CALL, 500.0, "C")
        assert math.isclose(held.percentOffset, trade.order.percentOffset)


@in_loop
async def test_a_condition_on_the_underlying_holds_an_order_back(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        below = api.PriceCondition(price=490.0, conId=SPY, exch="SMART", isMore=False)
        trade = ib.placeOrder(call(), order("MKT", "SELL", conditions=[below]))
        await becomes(ib, lambda: status(trade) == "PreSubmitted")
        tws.control.quote(SPY, 490.5, 490.52, 490.51)
        await settled(ib)
        assert trade.isActive()
        tws.control.quote(SPY, 489.98, 490.0, 490.0)
        await becomes(ib, lambda: status(trade) == "Filled")


@in_loop
async def test_what_if_shows_margin_and_places_nothing(tws: LoopbackTws) -> None:
    tws.control.what_if(
        Margin(
            initial=("0.0", "2500.0", "2500.0"),
            maintenance=("0.0", "2000.0", "2000.0"),
            equity=("100000.0", "-1.3", "99998.7"),
            commission="1.3",
            warning="close",
        )
    )
    async with client(tws) as ib:
        state = await ib.whatIfOrderAsync(call(), order("LMT", "BUY", lmtPrice=9.0))
        assert (float(state.initMarginChange), float(state.maintMarginAfter)) == (2500.0, 2000.0)
        assert (float(state.equityWithLoanAfter), state.commission, state.warningText) == (99998.7, 1.3, "close")
        assert tws.control.orders() == []


@in_loop
async def test_what_was_done_before_is_found_again(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        filled = ib.placeOrder(call(), order("MKT", "BUY", orderRef="a"))
        resting = ib.placeOrder(call(), order("LMT", "SELL", lmtPrice=12.0, orderRef="b"))
        await becomes(ib, lambda: status(filled) == "Filled" and status(resting) == "Submitted")
        last = resting.order.orderId
    async with client(tws) as again:
        (open_trade,) = again.openTrades()
        assert (open_trade.order.orderRef, open_trade.order.orderId) == ("b", last)
        (fill,) = await again.reqExecutionsAsync()
        assert (fill.execution.orderRef, fill.execution.shares) == ("a", 2)
        assert again.client.getReqId() > last
        completed = await again.reqCompletedOrdersAsync(False)
        assert [(t.order.orderRef, t.orderStatus.status) for t in completed] == [("a", "Filled")]
        assert completed[0].order.filledQuantity == 2
    async with client(tws, 8) as other:
        assert await other.reqOpenOrdersAsync() == []
        assert [t.order.orderRef for t in await other.reqAllOpenOrdersAsync()] == ["b"]
        mine = await other.reqExecutionsAsync(api.ExecutionFilter(clientId=8))
        assert mine == []
        assert len(await other.reqExecutionsAsync(api.ExecutionFilter(symbol="SPY", side="BUY"))) == 1


@in_loop
async def test_orders_that_the_broker_would_not_take(tws: LoopbackTws) -> None:
    refused = [
        (387, order("PEG MID", "BUY", lmtPrice=9.0)),
        (434, order("LMT", "BUY", 0, lmtPrice=9.0)),
        (135, order("LMT", "BUY", lmtPrice=9.0, parentId=999)),
        (110, order("LMT", "BUY", lmtPrice=9.005)),
        (110, order("STP", "SELL", auxPrice=9.0001)),
        (321, order("LMT", "BUY", lmtPrice=9.0, account="U7654321")),
    ]
    async with client(tws) as ib:
        heard = Errors(ib)
        for code, wrong in refused:
            ib.placeOrder(call(), wrong)
            await heard.code(code, wrong.orderId)
        assert tws.control.orders() == []
        ib.placeOrder(api.Stock("NONE", "SMART", "USD"), order("MKT", "BUY"))
        await heard.code(200)


@in_loop
async def test_changes_that_the_broker_would_not_make(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        done = ib.placeOrder(call(), order("MKT", "BUY"))
        resting = ib.placeOrder(call(), order("LMT", "BUY", lmtPrice=9.0, ocaGroup="g", ocaType=1))
        await becomes(ib, lambda: status(done) == "Filled" and status(resting) == "Submitted")
        ib.client.placeOrder(done.order.orderId, call(), done.order)
        await heard.code(104)
        used = done.order.orderId - 1
        ib.client.placeOrder(used, call(), order("LMT", "BUY", lmtPrice=9.0))
        await heard.code(103, used)
        resting.order.ocaGroup = "h"
        ib.placeOrder(call(), resting.order)
        await heard.code(10326)
        ib.client.placeOrder(resting.order.orderId, put(), resting.order)
        await heard.code(105)
        assert [seen.group for seen in tws.control.working()] == ["g"]


@in_loop
async def test_the_next_order_id_is_asked_for(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = ib.placeOrder(spy(), order("LMT", "BUY", lmtPrice=400.0))
        await becomes(ib, lambda: status(trade) == "Submitted")
        ib.client.reqIds(1)
        await settled(ib)
        assert ib.client.getReqId() > trade.order.orderId
