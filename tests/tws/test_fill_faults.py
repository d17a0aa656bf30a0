"""Fills that cross, double, swap, hide or come late: as the real library shows them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.tws.driving import Errors, Heard, becomes, client, in_loop, settled
from tests.tws.scene import CALL, call, order, resting, spy, status
from tests.tws.server import LoopbackTws


@pytest.fixture(autouse=True)
def quoted(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)


@in_loop
async def test_a_fill_crosses_the_cancellation(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        trade = resting(ib)
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.plan_cancel(fill=(2, 9.0))
        ib.cancelOrder(trade.order)
        await heard.code(10148, trade.order.orderId)
        assert [fill.execution.shares for fill in trade.fills] == [2]
        assert tws.control.order(trade.order.permId).status == "Filled"


@in_loop
async def test_a_partial_fill_crosses_the_cancellation(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = resting(ib)
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.plan_cancel(fill=(1, 9.0))
        ib.cancelOrder(trade.order)
        await becomes(ib, lambda: status(trade) == "Cancelled")
        assert (trade.orderStatus.filled, trade.orderStatus.remaining) == (1, 1)


@in_loop
async def test_a_cancellation_is_refused_or_its_answer_lost(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard, gone = Errors(ib), Heard(ib.disconnectedEvent)
        trade = resting(ib)
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.plan_cancel(refuse=(161, "Cancel attempted when order is not in a cancellable state."))
        ib.cancelOrder(trade.order)
        await heard.code(161)
        assert tws.control.order(trade.order.permId).status == "Submitted"
        tws.control.plan_cancel(drop=True)
        ib.client.cancelOrder(trade.order.orderId)
        await gone.when(lambda: True)
        assert tws.control.orders()[0].status == "Cancelled"


@in_loop
async def test_duplicate_executions_carry_one_id(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(duplicates=2)
    async with client(tws) as ib:
        told: list[str] = []
        as_it_was = ib.wrapper.execDetails

        def note(request: int, contract: Any, execution: Any) -> None:
            told.append(execution.execId)
            as_it_was(request, contract, execution)

        ib.wrapper.execDetails = note
        trade = ib.placeOrder(call(), order("MKT", "BUY"))
        await becomes(ib, lambda: status(trade) == "Filled" and len(told) == 3)
        assert len(set(told)) == 1
        assert len(trade.fills) == 1


@in_loop
async def test_executions_arrive_in_reverse(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(reversed_batch=3, status="before")
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("LMT", "BUY", 6, lmtPrice=9.0))
        await becomes(ib, lambda: status(trade) == "Submitted")
        for price in (9.0, 8.9, 8.8):
            tws.control.fill(trade.order.permId, 2, price)
        await becomes(ib, lambda: len(trade.fills) == 3)
        assert [fill.execution.cumQty for fill in trade.fills] == [6, 4, 2]
        assert status(trade) == "Filled"
        last = ib.placeOrder(call(), order("MKT", "SELL"))
        await becomes(ib, lambda: status(last) == "Filled")
        assert not last.fills
        tws.control.flush_executions()
        await becomes(ib, lambda: len(last.fills) == 1)


@in_loop
async def test_a_status_without_its_executions_is_told_by_asking(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(is_withheld=True)
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("MKT", "BUY"))
        await becomes(ib, lambda: status(trade) == "Filled")
        await settled(ib)
        assert not trade.fills
        assert len(await ib.reqExecutionsAsync()) == 1


@in_loop
async def test_executions_without_their_status(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(status="never")
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("MKT", "BUY"))
        await becomes(ib, lambda: trade.fills)
        await settled(ib)
        assert status(trade) == "Submitted"


@pytest.mark.parametrize("when", ["before", "never"])
@in_loop
async def test_a_commission_that_comes_first_is_lost_to_the_library(tws: LoopbackTws, when: Any) -> None:
    tws.control.deliver_executions(commission=when)
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("MKT", "BUY"))
        await becomes(ib, lambda: status(trade) == "Filled")
        await settled(ib)
        assert trade.fills[0].commissionReport.commission == 0.0
        await ib.reqExecutionsAsync()
        assert trade.fills[0].commissionReport.commission == 1.3


@in_loop
async def test_a_silent_fill_shows_in_executions_alone(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = resting(ib)
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.fill(trade.order.permId, 2, 9.0, silent=True)
        await settled(ib)
        assert (status(trade), trade.fills) == ("Submitted", [])
        assert len(await ib.reqExecutionsAsync()) == 1


@in_loop
async def test_two_fills_at_once_overfill_what_nothing_protects(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        first, second = resting(ib, ocaGroup="g", ocaType=3), resting(ib, ocaGroup="g", ocaType=3)
        await becomes(ib, lambda: status(second) == "Submitted")
        tws.control.fill_together([(first.order.permId, 2, 9.0), (second.order.permId, 2, 9.0)])
        await becomes(ib, lambda: status(first) == status(second) == "Filled")
        assert tws.control.positions() == {CALL: 4}


@in_loop
async def test_held_orders_are_released_in_their_order(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        tws.control.hold("placeOrder")
        trades = [resting(ib) for _ in range(3)]
        await tws.soon(lambda control: control.await_received("placeOrder", 3))
        assert [status(trade) for trade in trades] == ["PendingSubmit"] * 3
        tws.control.release("placeOrder")
        await becomes(ib, lambda: [status(trade) for trade in trades] == ["Submitted"] * 3)
        assert [seen.order_id for seen in tws.control.orders()] == [trade.order.orderId for trade in trades]


@in_loop
async def test_the_library_sends_an_order_behind_150_subscriptions_last_and_the_times_show_it(
    tws: LoopbackTws,
) -> None:
    """Its own throttle, 45 a second, is first come first served; it is lifted here once all are in its queue."""
    tws.control.lines(1000)
    async with client(tws) as ib:
        tws.control.forget_received()
        for _ in range(150):
            ib.reqMktData(spy())
        resting(ib)
        ib.client.MaxRequests = 0
        ib.client.reqIds(1)
        (placed,) = await tws.soon(lambda control: control.await_received("placeOrder"))
        subscribed = tws.control.received("reqMktData")
        assert len(subscribed) == 150
        assert subscribed[-1].at_ns <= placed.at_ns


@in_loop
async def test_an_order_the_server_does_not_read_stays_unanswered(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        tws.control.freeze()
        trade = resting(ib)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ib.reqOpenOrdersAsync(), 0.05)
        assert (status(trade), tws.control.orders()) == ("PendingSubmit", [])
        tws.control.freeze(False)
        await becomes(ib, lambda: status(trade) == "Submitted")


@in_loop
async def test_executions_carry_the_servers_clock(tws: LoopbackTws) -> None:
    tws.control.clock_skew(30)
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("MKT", "BUY"))
        await becomes(ib, lambda: trade.fills)
        ahead = trade.fills[0].execution.time - datetime.now(UTC)
        assert timedelta(seconds=27) < ahead < timedelta(seconds=31)
