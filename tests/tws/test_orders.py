"""Orders of every type: placed, resting, filled, changed, cancelled, asked for again, and what they would cost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.tws.driving import Errors, Heard, becomes, client, in_loop, settled
from tests.tws.scene import CALL, PUT, call, order, put, status
from tests.tws.server import LoopbackTws


@pytest.fixture(autouse=True)
def quoted(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)


@in_loop
async def test_a_market_order_fills_at_the_exit_side(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        bought = ib.placeOrder(call(), order("MKT", "BUY", orderRef="s1/p1/entry"))
        await becomes(ib, lambda: status(bought) == "Filled" and bought.fills[0].commissionReport.execId)
        assert (bought.orderStatus.avgFillPrice, bought.orderStatus.filled) == (10.0, 2)
        sold = ib.placeOrder(call(), order("MKT", "SELL"))
        await becomes(ib, lambda: status(sold) == "Filled")
        assert sold.orderStatus.avgFillPrice == 9.8
        assert [seen.reference for seen in tws.control.orders("s1/p1/entry")] == ["s1/p1/entry"]
        assert bought.order.permId == tws.control.orders()[0].perm_id


@in_loop
async def test_an_execution_says_who_what_when_and_what_it_cost(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        reports = Heard(ib.commissionReportEvent)
        trade = ib.placeOrder(call(), order("MKT", "BUY", orderRef="ref"))
        await becomes(ib, lambda: reports.said)
        (fill,) = trade.fills
        done, report = fill.execution, fill.commissionReport
        assert (done.side, done.shares, done.price, done.cumQty, done.avgPrice) == ("BOT", 2, 10.0, 2, 10.0)
        assert (done.orderRef, done.clientId, done.orderId) == ("ref", 7, trade.order.orderId)
        assert (done.permId, done.acctNumber) == (trade.order.permId, "DU1234567")
        assert abs(done.time - datetime.now(UTC)) < timedelta(seconds=5)
        assert (report.commission, report.currency, report.realizedPNL) == (1.3, "USD", 0.0)
        tws.control.quote(CALL, 11.0, 11.2)
        ib.placeOrder(call(), order("MKT", "SELL"))
        await becomes(ib, lambda: len(reports.said) == 2)
        assert reports.said[1][2].realizedPNL == pytest.approx((11.0 - 10.0) * 100 * 2 - 1.3)


@in_loop
async def test_a_market_order_waits_for_a_side_that_is_not_quoted(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, None, 10.0)
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("MKT", "SELL"))
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.quote(CALL, 9.5, 10.0)
        await becomes(ib, lambda: status(trade) == "Filled")
        assert trade.orderStatus.avgFillPrice == 9.5


RESTING: list[tuple[str, str, dict[str, float], list[tuple[float, float]], tuple[float, float], float]] = [
    # type, action, terms, quotes that leave it alone, the quote that fills it, its price
    ("LMT", "BUY", {"lmtPrice": 9.5}, [(9.4, 9.6)], (9.3, 9.5), 9.5),
    ("LMT", "SELL", {"lmtPrice": 10.5}, [(10.4, 10.6)], (10.6, 10.8), 10.6),
    ("STP", "SELL", {"auxPrice": 9.0}, [(9.1, 9.3)], (8.9, 9.2), 8.9),
    ("STP", "BUY", {"auxPrice": 11.0}, [(10.5, 10.9)], (10.8, 11.1), 11.1),
    ("STP LMT", "SELL", {"auxPrice": 9.0, "lmtPrice": 8.9}, [(9.1, 9.3), (8.5, 8.8)], (8.95, 9.1), 8.95),
    ("MIT", "BUY", {"auxPrice": 9.5}, [(9.4, 9.6)], (9.2, 9.4), 9.4),
    ("MIT", "SELL", {"auxPrice": 10.5}, [(10.4, 10.6)], (10.5, 10.7), 10.5),
    ("TRAIL", "SELL", {"auxPrice": 0.5}, [(10.5, 10.7), (10.1, 10.3)], (10.0, 10.2), 10.0),
    ("TRAIL", "BUY", {"auxPrice": 0.5}, [(9.2, 9.4), (9.6, 9.8)], (9.8, 9.95), 9.95),
    ("TRAIL", "SELL", {"trailingPercent": 10.0, "trailStopPrice": 8.0}, [(10.0, 10.2), (9.1, 9.3)], (9.0, 9.2), 9.0),
    ("REL", "BUY", {"auxPrice": 0.05, "lmtPrice": 9.9}, [(9.8, 9.91)], (9.8, 9.85), 9.85),
    ("REL", "SELL", {"auxPrice": 0.05}, [(9.8, 10.0)], (9.95, 10.0), 9.95),
]


@pytest.mark.parametrize(("kind", "action", "terms", "quiet", "filling", "price"), RESTING)
@in_loop
async def test_a_resting_order_fills_when_its_level_is_touched(
    tws: LoopbackTws,
    kind: str,
    action: str,
    terms: dict[str, float],
    quiet: Any,
    filling: tuple[float, float],
    price: float,
) -> None:
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order(kind, action, **terms))
        await becomes(ib, lambda: status(trade) in ("Submitted", "PreSubmitted"))
        for bid, ask in quiet:
            tws.control.quote(CALL, bid, ask)
        await settled(ib)
        assert trade.isActive()
        assert not trade.fills
        tws.control.quote(CALL, *filling)
        await becomes(ib, lambda: status(trade) == "Filled")
        assert trade.orderStatus.avgFillPrice == pytest.approx(price)


@in_loop
async def test_a_stop_is_held_until_it_is_touched(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("STP LMT", "SELL", auxPrice=9.0, lmtPrice=8.95))
        await becomes(ib, lambda: status(trade) == "PreSubmitted")
        assert trade.orderStatus.whyHeld == "trigger"
        tws.control.quote(CALL, 8.5, 8.8)
        await becomes(ib, lambda: status(trade) == "Submitted")
        assert trade.orderStatus.whyHeld == ""


@in_loop
async def test_an_order_for_the_close_waits_for_it(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("MOC", "SELL"))
        opening = ib.placeOrder(put(), order("LMT", "BUY", lmtPrice=5.0, tif="OPG"))
        await becomes(ib, lambda: status(trade) == status(opening) == "PreSubmitted")
        tws.control.quote(CALL, 20.0, 20.2)
        tws.control.auction(CALL, 12.34)
        await becomes(ib, lambda: status(trade) == "Filled")
        assert trade.orderStatus.avgFillPrice == 12.34
        tws.control.auction(PUT, 5.5, closing=False)
        await becomes(ib, lambda: status(opening) == "Cancelled")


@in_loop
async def test_immediate_or_cancel_takes_what_there_is(tws: LoopbackTws) -> None:
    tws.control.liquidity(CALL, 1)
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("LMT", "BUY", 3, lmtPrice=10.0, tif="IOC"))
        await becomes(ib, lambda: status(trade) == "Cancelled")
        assert trade.orderStatus.filled == 1
        assert [fill.execution.shares for fill in trade.fills] == [1]


@in_loop
async def test_partial_fills_by_liquidity_and_by_script(tws: LoopbackTws) -> None:
    tws.control.liquidity(CALL, 1)
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("LMT", "BUY", 5, lmtPrice=10.0))
        await becomes(ib, lambda: trade.orderStatus.filled == 1)
        assert (status(trade), trade.orderStatus.remaining) == ("Submitted", 4)
        tws.control.fill(tws.control.working()[0].perm_id, 2, 9.7)
        await becomes(ib, lambda: trade.orderStatus.filled == 3)
        assert trade.orderStatus.avgFillPrice == pytest.approx((10.0 + 2 * 9.7) / 3)
        tws.control.liquidity(CALL, None)
        await becomes(ib, lambda: status(trade) == "Filled")
        assert [fill.execution.cumQty for fill in trade.fills] == [1, 3, 5]
        assert len({fill.execution.execId for fill in trade.fills}) == 3


@in_loop
async def test_matching_can_be_left_to_the_script(tws: LoopbackTws) -> None:
    tws.control.matching(False)
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("MKT", "BUY"))
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.fill(tws.control.working()[0].perm_id, 2, 3.21)
        await becomes(ib, lambda: status(trade) == "Filled")
        assert trade.orderStatus.avgFillPrice == 3.21


@in_loop
async def test_a_modification_keeps_the_order_and_changes_its_terms(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("LMT", "BUY", lmtPrice=9.0))
        await becomes(ib, lambda: status(trade) == "Submitted")
        perm_id = trade.order.permId
        trade.order.lmtPrice, trade.order.totalQuantity = 9.1, 4
        ib.placeOrder(call(), trade.order)
        await becomes(ib, lambda: trade.orderStatus.remaining == 4)
        (seen,) = tws.control.orders()
        assert (seen.perm_id, seen.limit, seen.quantity) == (perm_id, 9.1, 4)
        trade.order.lmtPrice = 10.0
        ib.placeOrder(call(), trade.order)
        await becomes(ib, lambda: status(trade) == "Filled")
        assert trade.orderStatus.filled == 4


@in_loop
async def test_a_stop_can_be_moved(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = ib.placeOrder(call(), order("STP", "SELL", auxPrice=9.0))
        await becomes(ib, lambda: status(trade) == "PreSubmitted")
        trade.order.auxPrice = 9.5
        ib.placeOrder(call(), trade.order)
        await settled(ib)
        assert (tws.control.orders()[0].aux, trade.order.auxPrice) == (9.5, 9.5)
        tws.control.quote(CALL, 9.4, 9.6)
        await becomes(ib, lambda: status(trade) == "Filled")


@in_loop
async def test_a_cancelled_order_is_said_to_be(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        trade = ib.placeOrder(call(), order("LMT", "BUY", lmtPrice=9.0))
        await becomes(ib, lambda: status(trade) == "Submitted")
        ib.cancelOrder(trade.order)
        assert status(trade) == "PendingCancel"
        await heard.code(202, trade.order.orderId)
        assert status(trade) == "Cancelled"
        tws.control.quote(CALL, 8.0, 8.2)
        await settled(ib)
        assert not trade.fills


@in_loop
async def test_an_unknown_order_cannot_be_cancelled(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        ib.client.cancelOrder(4711)
        await heard.code(10147, 4711)


@in_loop
async def test_the_global_cancel_ends_the_orders_of_everybody(tws: LoopbackTws) -> None:
    async with client(tws, 1) as first, client(tws, 2) as second:
        theirs = second.placeOrder(call(), order("LMT", "BUY", lmtPrice=9.0))
        manual = tws.control.manual_order(CALL, "BUY", 1, limit=8.0)
        await becomes(second, lambda: status(theirs) == "Submitted")
        first.reqGlobalCancel()
        await becomes(second, lambda: status(theirs) == "Cancelled")
        assert tws.control.order(manual).status == "Cancelled"
