"""Notices, refusals and halts: as the real library shows them."""

import pytest

from tests.tws.driving import Errors, becomes, client, in_loop, settled
from tests.tws.library import IS_FORK
from tests.tws.scene import CALL, call, held, order, resting, status
from tests.tws.server import LoopbackTws


@pytest.fixture(autouse=True)
def quoted(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)


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
