"""Every fault that the server can be told to make, as the real library shows it."""

import asyncio
from typing import Any

import pytest

from tests.tws.driving import WITHIN_S, Errors, Heard, becomes, client, hang_up, in_loop, settled
from tests.tws.faults import Drop
from tests.tws.library import IS_FORK, api
from tests.tws.scene import CALL, SPY, call, spy
from tests.tws.server import HOST, LoopbackTws
from tests.tws.test_accounts import held
from tests.tws.test_orders import order, status


@pytest.fixture(autouse=True)
def quoted(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)


def resting(ib: Any, **terms: Any) -> Any:
    return ib.placeOrder(call(), order("LMT", "BUY", lmtPrice=9.0, **terms))


# connections


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


# notices and refusals


@pytest.mark.parametrize(("code", "is_warning"), [(10349, False), (399, True)])
@in_loop
async def test_a_notice_makes_the_library_misjudge_a_live_order(tws: LoopbackTws, code: int, is_warning: bool) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        tws.control.plan_order(notice=(code, "Order TIF was set to DAY based on order preset."))
        trade = resting(ib)
        await heard.code(code, trade.order.orderId)
        wrong = "Submitted" if is_warning and not IS_FORK else "ValidationError" if is_warning else "Cancelled"
        assert status(trade) == wrong
        assert tws.control.working()[0].status == "Submitted"
        await ib.reqOpenOrdersAsync()
        assert status(trade) == "Submitted"
        tws.control.quote(CALL, 8.8, 9.0)
        await becomes(ib, lambda: status(trade) == "Filled")


@in_loop
async def test_a_notice_can_come_at_any_time_and_to_anybody(tws: LoopbackTws) -> None:
    async with client(tws, 1) as first, client(tws, 2) as second:
        heard, other = Errors(first), Errors(second)
        tws.control.say(2108, "Market data farm connection is inactive")
        tws.control.say(504, "Not connected", client_id=1, request=3)
        assert (await heard.code(504))[0] == 3
        await other.code(2108)
        assert 504 not in set(other.codes)


@in_loop
async def test_a_rejected_order_is_201_and_nothing_is_held(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        tws.control.plan_order(reject=(201, "Order rejected - reason:No trading permission"))
        trade = resting(ib)
        await heard.code(201, trade.order.orderId)
        assert status(trade) == ("Inactive" if IS_FORK else "Cancelled")
        assert tws.control.orders() == []
        assert "No trading permission" in heard.said[-1][2]


@in_loop
async def test_a_plan_may_wait_for_an_order_of_a_reference(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        tws.control.plan_order(reject=(201, "no"), reference="/exit/")
        entry = resting(ib, orderRef="s/p/entry/1")
        refused = resting(ib, orderRef="s/p/exit/1")
        await heard.code(201, refused.order.orderId)
        assert [seen.reference for seen in tws.control.working()] == ["s/p/entry/1"]
        tws.control.plan_cancel(refuse=(161, "no"), reference="/exit/")
        ib.cancelOrder(entry.order)
        await becomes(ib, lambda: status(entry) == "Cancelled")


@in_loop
async def test_a_rejected_change_leaves_the_order_working_and_the_library_wrong(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        trade = resting(ib)
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.plan_order(reject=(201, "Order rejected - reason:Too late to replace"))
        trade.order.lmtPrice = 9.1
        ib.placeOrder(call(), trade.order)
        await heard.code(201)
        assert status(trade) == "Cancelled"
        (seen,) = tws.control.working()
        assert (seen.limit, seen.status) == (9.0, "Submitted")


@in_loop
async def test_a_read_only_api_refuses_orders_and_questions_about_them(tws: LoopbackTws) -> None:
    tws.control.read_only()
    tws.control.set_position(CALL, 1, 9.0)
    async with client(tws, readonly=True) as ib:
        heard = Errors(ib)
        trade = resting(ib)
        await heard.code(321, trade.order.orderId)
        ib.client.cancelOrder(trade.order.orderId)
        ib.reqGlobalCancel()
        ib.client.reqAllOpenOrders()
        await settled(ib)
        assert heard.codes.count(321) == 4
        assert held(ib) == {CALL: 1}
        assert tws.control.orders() == []


@in_loop
async def test_a_halted_contract_rests_or_refuses_orders(tws: LoopbackTws) -> None:
    tws.control.halt(CALL)
    async with client(tws) as ib:
        heard = Errors(ib)
        trade = ib.placeOrder(call(), order("MKT", "BUY"))
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.halt(CALL, 1, rejects_orders=True)
        refused = ib.placeOrder(call(), order("MKT", "BUY"))
        await heard.code(154, refused.order.orderId)
        assert not trade.fills
        tws.control.halt(CALL, 0)
        await becomes(ib, lambda: status(trade) == "Filled")


# fills and their news


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
