"""Positions, account values, summaries; what was made elsewhere, and who hears of it."""

from typing import Any

import pytest

from tests.tws.driving import Errors, Heard, becomes, client, in_loop, settled
from tests.tws.scene import CALL, PUT, SPY, call, held, order, status
from tests.tws.server import LoopbackTws


@in_loop
async def test_positions_are_there_at_connect_and_follow_every_change(tws: LoopbackTws) -> None:
    tws.control.set_position(CALL, 3, 9.0)
    tws.control.set_position(SPY, -100, 480.0)
    async with client(tws) as ib:
        assert held(ib) == {CALL: 3, SPY: -100}
        position = next(p for p in ib.positions() if p.contract.conId == CALL)
        assert (position.account, position.avgCost) == ("DU1234567", 900.0)
        assert (position.contract.multiplier, position.contract.exchange) == ("100", "")
        tws.control.set_position(CALL, 5, 9.5)
        await becomes(ib, lambda: held(ib) == {CALL: 5, SPY: -100})
        tws.control.manual_trade(CALL, "SELL", 5, 10.0)
        await becomes(ib, lambda: held(ib) == {SPY: -100})
        assert [p.contract.conId for p in await ib.reqPositionsAsync()] == [SPY]


@in_loop
async def test_the_average_cost_follows_the_trades(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.0, 10.0)
    async with client(tws) as ib:
        ib.placeOrder(call(), order("MKT", "BUY", 1))
        await becomes(ib, lambda: held(ib) == {CALL: 1})
        tws.control.quote(CALL, 11.0, 12.0)
        ib.placeOrder(call(), order("MKT", "BUY", 1))
        await becomes(ib, lambda: held(ib) == {CALL: 2})
        assert ib.positions()[0].avgCost == pytest.approx(1100.0)
        tws.control.quote(CALL, 11.5, 12.0)
        ib.placeOrder(call(), order("MKT", "SELL", 3))
        await becomes(ib, lambda: held(ib) == {CALL: -1})
        assert ib.positions()[0].avgCost == pytest.approx(1150.0)


@in_loop
async def test_the_portfolio_is_worth_what_the_market_says(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)
    tws.control.set_position(CALL, 2, 9.0)
    async with client(tws) as ib:
        (item,) = ib.portfolio()
        assert (item.position, item.marketPrice, item.averageCost) == (2, 9.9, 900.0)
        assert item.unrealizedPNL == pytest.approx(180.0)


@in_loop
async def test_account_values_are_there_and_follow(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        values = {value.tag: value.value for value in ib.accountValues()}
        assert (values["NetLiquidation"], values["BuyingPower"]) == ("100000.00", "400000.00")
        tws.control.account_value("NetLiquidation", "99000.00")
        await becomes(ib, lambda: "99000.00" in [v.value for v in ib.accountValues() if v.tag == "NetLiquidation"])
        summary = {value.tag: value.value for value in await ib.accountSummaryAsync()}
        assert (summary["NetLiquidation"], summary["AccountType"]) == ("99000.00", "INDIVIDUAL")


@in_loop
async def test_positions_of_one_account_alone(tws: LoopbackTws) -> None:
    tws.control.set_position(CALL, 3, 9.0)
    async with client(tws) as ib:
        told: list[tuple[Any, ...]] = []

        def note(*args: Any) -> None:
            told.append(args)

        ib.wrapper.positionMulti = ib.wrapper.positionMultiEnd = note
        ib.client.reqPositionsMulti(900, "DU1234567", "")
        ib.client.reqPositionsMulti(901, "DU0000000", "")
        await settled(ib)
        assert [(args[0], *args[4:]) for args in told] == [(900, 3.0, 900.0), (900,), (901,)]


def test_several_accounts_are_managed() -> None:
    @in_loop
    async def two(tws: LoopbackTws) -> None:
        async with client(tws) as ib:
            assert ib.managedAccounts() == ["DU1", "U2"]
            assert {value.account for value in ib.accountValues()} == {"DU1", "U2"}

    with LoopbackTws("DU1", "U2") as tws:
        two(tws)


@in_loop
async def test_orders_made_by_hand_are_seen_by_who_asks_for_all(tws: LoopbackTws) -> None:
    known = tws.control.manual_order(CALL, "SELL", 1, limit=20.0)
    odd = tws.control.manual_order(PUT, "BUY", 1, "IBALGO ODDITY", limit=1.0)
    async with client(tws) as ib:
        assert ib.openTrades() == []
        trades = await ib.reqAllOpenOrdersAsync()
        assert {trade.order.permId: trade.order.orderType for trade in trades} == {known: "LMT", odd: "IBALGO ODDITY"}
        assert [trade.order.orderId for trade in trades] == [0, 0]


@in_loop
async def test_client_0_binds_them_and_may_cancel_them(tws: LoopbackTws) -> None:
    tws.control.manual_order(CALL, "SELL", 1, limit=20.0)
    async with client(tws, 0) as ib:
        (trade,) = ib.openTrades()
        assert trade.order.orderId < 0
        new = tws.control.manual_order(CALL, "SELL", 1, limit=21.0)
        await becomes(ib, lambda: new in [seen.order.permId for seen in ib.openTrades()])
        ib.client.cancelOrder(trade.order.orderId)
        await becomes(ib, lambda: status(trade) == "Cancelled")


@in_loop
async def test_only_client_0_may_bind(tws: LoopbackTws) -> None:
    async with client(tws, 7) as ib:
        heard = Errors(ib)
        ib.reqAutoOpenOrders(True)
        await heard.code(321)


@in_loop
async def test_a_trade_by_hand_is_found_by_asking_and_its_order_id_is_unset(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        pushed = Heard(ib.execDetailsEvent)
        perm_id = tws.control.manual_trade(CALL, "BUY", 2, 9.9)
        await becomes(ib, lambda: held(ib) == {CALL: 2})
        (fill,) = await ib.reqExecutionsAsync()
        assert (fill.execution.permId, fill.execution.orderId, fill.execution.clientId) == (perm_id, 0, 0)
        assert not pushed.said


@in_loop
async def test_an_edit_by_hand_reaches_the_orders_client(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0)
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("LMT", "BUY", lmtPrice=9.0))
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.change_by_hand(trade.order.permId, quantity=1, limit=9.2)
        await becomes(ib, lambda: (trade.order.totalQuantity, trade.order.lmtPrice) == (1, 9.2))
        tws.control.cancel(trade.order.permId)
        await becomes(ib, lambda: status(trade) == "Cancelled")
