"""Brackets and one-cancels-all groups, with and without overfill protection; combos."""

from typing import Any

import pytest

from tests.tws.driving import Errors, becomes, client, in_loop, settled
from tests.tws.library import api
from tests.tws.scene import CALL, FAR_CALL, call, order, spread, status
from tests.tws.server import LoopbackTws


@pytest.fixture(autouse=True)
def quoted(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)
    tws.control.quote(FAR_CALL, 7.0, 7.2, 7.1)


def bracket(ib: Any, limit: float = 9.5) -> tuple[Any, ...]:
    """Parent, target and stop as placed, each a trade."""
    return tuple(ib.placeOrder(call(), part) for part in ib.bracketOrder("BUY", 2, limit, 12.0, 8.0))


@in_loop
async def test_a_bracket_is_sent_when_its_last_child_is(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        parent, target, stop = ib.bracketOrder("BUY", 2, 9.5, 12.0, 8.0)
        first = ib.placeOrder(call(), parent)
        second = ib.placeOrder(call(), target)
        await settled(ib)
        assert status(first) == status(second) == "PendingSubmit"
        assert all(seen.is_held for seen in tws.control.orders())
        assert await ib.reqOpenOrdersAsync() == []
        third = ib.placeOrder(call(), stop)
        await becomes(ib, lambda: status(first) == "Submitted" and status(third) == "PreSubmitted")
        assert status(second) == "PreSubmitted"
        assert (second.orderStatus.whyHeld, third.orderStatus.whyHeld) == ("child", "child,trigger")
        assert third.orderStatus.parentId == parent.orderId


@in_loop
async def test_the_children_wait_for_the_parent_and_one_ends_the_other(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        parent, target, stop = bracket(ib)
        await becomes(ib, lambda: status(stop) == "PreSubmitted")
        tws.control.quote(CALL, 12.5, 12.6)
        await settled(ib)
        assert target.isActive()
        tws.control.quote(CALL, 9.4, 9.5)
        await becomes(ib, lambda: status(parent) == "Filled" and status(target) == "Submitted")
        assert stop.orderStatus.whyHeld == "trigger"
        tws.control.quote(CALL, 12.1, 12.3)
        await becomes(ib, lambda: status(target) == "Filled" and status(stop) == "Cancelled")
        assert tws.control.positions() == {}


@in_loop
async def test_a_partial_fill_of_one_child_cuts_the_other(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        _parent, target, stop = bracket(ib, limit=10.0)
        await becomes(ib, lambda: status(target) == "Submitted")
        tws.control.fill(target.order.permId, 1, 12.0)
        await becomes(ib, lambda: stop.order.totalQuantity == 1)
        tws.control.quote(CALL, 7.9, 8.1)
        await becomes(ib, lambda: status(stop) == "Filled" and status(target) == "Cancelled")
        assert tws.control.positions() == {}


@in_loop
async def test_cancelling_the_parent_ends_its_children(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        parent, target, stop = bracket(ib)
        await becomes(ib, lambda: status(stop) == "PreSubmitted")
        ib.cancelOrder(parent.order)
        await becomes(ib, lambda: status(parent) == status(target) == status(stop) == "Cancelled")


@in_loop
async def test_children_of_a_cancelled_parent_protect_what_it_filled(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        parent, _target, stop = bracket(ib)
        await becomes(ib, lambda: status(stop) == "PreSubmitted")
        tws.control.fill(parent.order.permId, 1, 9.5)
        ib.cancelOrder(parent.order)
        await becomes(ib, lambda: status(parent) == "Cancelled" and stop.order.totalQuantity == 1)
        tws.control.quote(CALL, 7.5, 7.7)
        await becomes(ib, lambda: status(stop) == "Filled")
        assert tws.control.positions() == {}


def pair(ib: Any, kind: int, quantity: float = 2) -> tuple[Any, Any]:
    """Two sales that one quote touches together, in one group."""
    terms: dict[str, Any] = {"ocaGroup": f"exit-{kind}", "ocaType": kind}
    limit = ib.placeOrder(call(), order("LMT", "SELL", quantity, lmtPrice=10.5, **terms))
    touched = ib.placeOrder(call(), order("MIT", "SELL", quantity, auxPrice=10.5, **terms))
    return limit, touched


@pytest.mark.parametrize("kind", [1, 2])
@in_loop
async def test_overfill_protection_lets_one_of_two_touched_orders_fill(tws: LoopbackTws, kind: int) -> None:
    tws.control.set_position(CALL, 2, 9.0)
    async with client(tws) as ib:
        limit, touched = pair(ib, kind)
        await becomes(ib, lambda: status(touched) == "PreSubmitted")
        tws.control.quote(CALL, 10.5, 10.7)
        await becomes(ib, lambda: status(limit) == "Filled" and status(touched) == "Cancelled")
        assert tws.control.positions() == {}


@in_loop
async def test_without_it_both_fill_and_the_position_is_turned(tws: LoopbackTws) -> None:
    tws.control.set_position(CALL, 2, 9.0)
    async with client(tws) as ib:
        limit, touched = pair(ib, 3)
        await becomes(ib, lambda: status(touched) == "PreSubmitted")
        tws.control.quote(CALL, 10.5, 10.7)
        await becomes(ib, lambda: status(limit) == "Filled" and status(touched) == "Filled")
        assert tws.control.positions() == {CALL: -2}


@in_loop
async def test_kind_1_cancels_and_kinds_2_and_3_reduce_on_a_partial_fill(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        pairs = {kind: pair(ib, kind, 4) for kind in (1, 2, 3)}
        await becomes(ib, lambda: all(status(other) == "PreSubmitted" for _, other in pairs.values()))
        for first, _ in pairs.values():
            tws.control.fill(first.order.permId, 1, 10.5)
        await becomes(ib, lambda: pairs[3][1].order.totalQuantity == 3)
        assert status(pairs[1][1]) == "Cancelled"
        assert [status(pairs[kind][1]) for kind in (2, 3)] == ["PreSubmitted"] * 2
        assert pairs[2][1].order.totalQuantity == 3
        assert [status(first) for first, _ in pairs.values()] == ["Submitted"] * 3


@pytest.mark.parametrize("kind", [2, 3])
@in_loop
async def test_after_several_partial_fills_the_other_is_for_what_is_left(tws: LoopbackTws, kind: int) -> None:
    tws.control.set_position(CALL, 100, 9.0)
    async with client(tws) as ib:
        first, other = pair(ib, kind, 100)
        await becomes(ib, lambda: status(other) == "PreSubmitted")
        for quantity, left in ((40, 60), (30, 30)):
            tws.control.fill(first.order.permId, quantity, 10.5)
            await becomes(ib, lambda left=left: other.order.totalQuantity == left)
        tws.control.quote(CALL, 10.5, 10.7)
        await becomes(ib, lambda: not first.isActive() and not other.isActive())
        assert tws.control.positions() == ({} if kind == 2 else {CALL: -30})


@in_loop
async def test_who_joins_a_group_late_is_cut_by_what_fills_from_then_on(tws: LoopbackTws) -> None:
    tws.control.set_position(CALL, 100, 9.0)
    async with client(tws) as ib:
        terms: dict[str, Any] = {"ocaGroup": "late", "ocaType": 2}
        first = ib.placeOrder(call(), order("LMT", "SELL", 100, lmtPrice=12.0, **terms))
        await becomes(ib, lambda: status(first) == "Submitted")
        tws.control.fill(first.order.permId, 40, 12.0)
        await becomes(ib, lambda: first.filled() == 40)
        late = ib.placeOrder(call(), order("STP", "SELL", 60, auxPrice=8.0, **terms))
        await becomes(ib, lambda: status(late) == "PreSubmitted")
        assert late.order.totalQuantity == 60, "not cut by what had filled before it came"
        tws.control.fill(first.order.permId, 30, 12.0)
        await becomes(ib, lambda: late.order.totalQuantity == 30)


@in_loop
async def test_a_group_reaches_across_clients(tws: LoopbackTws) -> None:
    async with client(tws, 1) as first, client(tws, 2) as second:
        terms: dict[str, Any] = {"ocaGroup": "shared", "ocaType": 1}
        stop = first.placeOrder(call(), order("STP", "SELL", auxPrice=8.0, **terms))
        await becomes(first, lambda: status(stop) == "PreSubmitted")
        leaving = second.placeOrder(call(), order("MKT", "SELL", **terms))
        await becomes(second, lambda: status(leaving) == "Filled")
        await becomes(first, lambda: status(stop) == "Cancelled")


@in_loop
async def test_nobody_joins_a_group_of_which_a_member_has_filled(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        terms: dict[str, Any] = {"ocaGroup": "spent", "ocaType": 1}
        first = ib.placeOrder(call(), order("MKT", "SELL", **terms))
        await becomes(ib, lambda: status(first) == "Filled")
        late = ib.placeOrder(call(), order("MKT", "SELL", **terms))
        await heard.code(201, late.order.orderId)
        assert tws.control.positions() == {CALL: -2}


@in_loop
async def test_a_combo_fills_as_a_parent_and_its_legs(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = ib.placeOrder(spread(), order("LMT", "BUY", 2, lmtPrice=2.8, orderRef="combo"))
        await becomes(ib, lambda: status(trade) == "Submitted")
        tws.control.quote(CALL, 9.6, 9.8)
        await becomes(ib, lambda: status(trade) == "Filled" and len(trade.fills) == 3)
        parent, bought, sold = (fill.execution for fill in trade.fills)
        assert [fill.contract.secType for fill in trade.fills] == ["BAG", "OPT", "OPT"]
        assert [fill.contract.conId for fill in trade.fills][1:] == [CALL, FAR_CALL]
        assert (parent.side, parent.shares, parent.price) == ("BOT", 2, pytest.approx(2.8))
        assert (bought.side, bought.shares, bought.price) == ("BOT", 2, 9.8)
        assert (sold.side, sold.shares, sold.price) == ("SLD", 2, 7.0)
        assert {done.permId for done in (parent, bought, sold)} == {trade.order.permId}
        assert trade.filled() == 2
        assert tws.control.positions() == {CALL: 2, FAR_CALL: -2}
    async with client(tws) as again:
        assert len(await again.reqExecutionsAsync()) == 3


@in_loop
async def test_an_open_combo_comes_back_with_its_legs(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        trade = ib.placeOrder(spread(), order("LMT", "BUY", lmtPrice=1.0))
        await becomes(ib, lambda: status(trade) == "Submitted")
    async with client(tws) as again:
        (seen,) = again.openTrades()
        assert seen.contract.secType == "BAG"
        assert [(leg.conId, leg.ratio, leg.action) for leg in seen.contract.comboLegs] == [
            (CALL, 1, "BUY"),
            (FAR_CALL, 1, "SELL"),
        ]
        assert isinstance(seen.order, api.Order)
