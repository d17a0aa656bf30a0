"""What a broker does wrong around an order, and what is made of it; over TCP."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cockpit.domain.order import Fill, Said
from cockpit.events import Noticed, OffStep, Snapshot
from tests.brokers.ib.desk import CALL_SYMBOL, QUICK, an_order, premium_stop, touch, trading
from tests.tws.driving import in_loop
from tests.tws.scene import CALL
from tests.tws.server import LoopbackTws


@pytest.mark.parametrize("code", [10349, 399, 2109, 10167])
@in_loop
async def test_a_notice_ends_no_order_whatever_the_library_makes_of_it(tws: LoopbackTws, code: int) -> None:
    async with trading(tws) as desk:
        tws.control.plan_order(notice=(code, "Order TIF was set to DAY based on order preset."))
        order = desk.place(an_order())
        assert (await desk.noticed("Order TIF was set")).severity == "info"
        await desk.next_snapshot()
        assert desk.words(order) == ["acknowledged"]
        tws.control.quote(CALL, 12.0, 12.2)
        assert (await desk.filled(order))[0].price == Decimal("12.0")


@in_loop
async def test_what_the_library_takes_for_cancelled_can_be_changed(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = await desk.working(an_order(purpose="protect", limit=None, trigger=premium_stop("7")))
        tws.control.say(10349, "Order TIF was set to DAY.", request=desk.seen(stop).order_id)
        await desk.noticed("TIF was set")
        desk.change(replace(stop, contracts=1))
        await desk.until(lambda: desk.stands(stop).contracts == 1)


@in_loop
async def test_after_a_notice_a_cancel_at_the_broker_is_still_noticed(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order())
        tws.control.say(10349, "Order TIF was set to DAY.", request=desk.seen(order).order_id)
        await desk.noticed("TIF was set")
        await desk.next_snapshot()
        tws.control.cancel(desk.seen(order).perm_id)
        assert (await desk.told(order, "cancelled")).words
        assert desk.words(order) == ["acknowledged", "cancelled"]


@pytest.mark.parametrize("status", ["Inactive", "", "Cancelled"])
@in_loop
async def test_a_refused_order_is_told_with_its_reason_and_remedy(tws: LoopbackTws, status: str) -> None:
    async with trading(tws) as desk:
        tws.control.plan_order(reject=(201, "Order rejected - reason:No trading permission"), reject_status=status)
        order = desk.place(an_order())
        said = await desk.told(order, "rejected")
        assert "No trading permission" in said.words
        assert "the broker refused it" in said.words
        await desk.next_snapshot()
        assert desk.words(order) == ["rejected"]


@in_loop
async def test_an_unknown_refusal_is_believed_after_asking(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.plan_order(reject=(9999, "Something new"), reject_status="")
        order = desk.place(an_order())
        assert "Something new" in (await desk.told(order, "rejected")).words


@pytest.mark.parametrize(
    ("limit", "refusal", "remedy"),
    [
        ("12.005", None, "correct the limit"),
        ("99", (109, "The price is out of the range defined by the precautionary settings"), "precautions of TWS"),
    ],
)
@in_loop
async def test_a_price_out_of_tick_or_collar(tws: LoopbackTws, limit: str, refusal: Any, remedy: str) -> None:
    async with trading(tws) as desk:
        if refusal is not None:
            tws.control.plan_order(reject=refusal, reject_status="")
        order = desk.place(an_order(limit=Decimal(limit)))
        assert remedy in (await desk.told(order, "rejected")).words


@in_loop
async def test_a_price_off_its_step_is_told_as_such(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = desk.place(an_order(limit=Decimal("12.005")))
        await desk.told(order, "rejected")
        assert [event[1:] for event in desk.all(OffStep)] == [(order.ref, CALL_SYMBOL, Decimal("12.005"))]
        stop = await desk.working(an_order(limit=None, trigger=premium_stop("7.5"), purpose="protect"))
        desk.change(replace(stop, trigger=premium_stop("7.505")))
        await desk.until(lambda: len(desk.all(OffStep)) == 2)
        assert desk.all(OffStep)[1][1:] == (stop.ref, CALL_SYMBOL, Decimal("7.505"))
        assert desk.seen(stop).aux == 7.5, "what stood goes on"


@in_loop
async def test_a_market_rule_that_is_refused_does_not_make_the_api_read_only(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.hold("reqPositions")
        before = len(desk.all(Snapshot))
        desk.broker.reconcile()
        await tws.soon(lambda control: control.await_received("reqPositions", 2))
        assert await desk.ib.reqMarketRuleAsync(999) is None
        tws.control.release("reqPositions")
        await desk.until(lambda: len(desk.all(Snapshot)) > before)
        assert not [said for said in desk.said if "read-only" in said]


@in_loop
async def test_an_api_that_turns_read_only(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.read_only()
        order = desk.place(an_order())
        assert "untick Read-Only API" in (await desk.told(order, "rejected")).words


@in_loop
async def test_a_refused_change_leaves_the_order_as_it_stood(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = await desk.working(an_order(purpose="protect", limit=None, trigger=premium_stop("7")))
        tws.control.plan_order(reject=(201, "Order rejected - reason:Too late to replace"))
        desk.change(replace(stop, contracts=1))
        assert (await desk.noticed("Too late to replace")).severity == "warning"
        await desk.next_snapshot()
        assert desk.words(stop) == ["acknowledged"]
        assert desk.stands(stop).contracts == 2
        desk.change(replace(stop, contracts=1))
        await desk.until(lambda: desk.stands(stop).contracts == 1)


@in_loop
async def test_an_exit_that_may_not_become_a_market_order_goes_to_the_collar(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.halt(CALL)
        desk.quotes[CALL_SYMBOL] = touch(9.9, 10.0)
        order = await desk.working(an_order(limit=None, urgent=True))
        tws.control.plan_order(reject=(329, "Order modify failed. Cannot change to the new order type."))
        desk.advance(6.0)
        await desk.noticed("cannot be changed")
        await desk.next_snapshot()
        await desk.free()
        desk.advance(3.0)
        await desk.until(lambda: desk.stands(order).limit == Decimal("9"))


@in_loop
async def test_a_fill_that_crosses_its_cancel(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order())
        tws.control.plan_cancel(fill=(2, 12.0))
        desk.cancel(order)
        (fill,) = await desk.filled(order)
        await desk.next_snapshot()
        assert (fill.contracts, desk.words(order)) == (2, ["acknowledged"])


@in_loop
async def test_a_partial_fill_that_crosses_its_cancel_is_told_before_it(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(is_withheld=True)
    async with trading(tws) as desk:
        order = await desk.working(an_order())
        tws.control.plan_cancel(fill=(1, 12.0))
        desk.cancel(order)
        await desk.told(order, "cancelled")
        kinds = [type(event) for event in desk.events if isinstance(event, Fill | Said) and event.ref == order.ref]
        assert kinds == [Said, Fill, Said]


@in_loop
async def test_a_refused_cancel_is_unknown_and_then_works_again(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order())
        tws.control.plan_cancel(refuse=(161, "Cancel attempted when order is not in a cancellable state."))
        desk.cancel(order)
        assert "could not be cancelled" in (await desk.told(order, "lost")).words
        await desk.until(lambda: desk.words(order) == ["acknowledged", "lost", "acknowledged"])
        desk.cancel(order)
        await desk.told(order, "cancelled")


@in_loop
async def test_a_cancel_of_what_the_broker_no_longer_knows(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order())
        tws.control.plan_cancel(refuse=(10147, "OrderId that needs to be cancelled is not found."))
        tws.control.hold("cancelOrder")
        desk.cancel(order)
        await tws.soon(lambda control: control.await_received("cancelOrder"))
        tws.control.fill(desk.seen(order).perm_id, 2, 12.0, silent=True)
        tws.control.release("cancelOrder")
        assert (await desk.filled(order))[0].contracts == 2
        assert "cancelled" not in desk.words(order)


@in_loop
async def test_a_cancel_at_the_broker_is_told_after_asking(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order())
        tws.control.forget_received()
        tws.control.cancel(desk.seen(order).perm_id, 202, "Order Canceled - reason:Risk of the account")
        assert "Risk of the account" in (await desk.told(order, "cancelled")).words
        assert tws.control.received("reqAllOpenOrders")


@in_loop
async def test_the_end_of_an_orders_day_is_told_as_expired(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order())
        tws.control.cancel(desk.seen(order).perm_id, 202, "Order Canceled - reason:The order has expired")
        await desk.told(order, "expired")


@in_loop
async def test_duplicate_executions_are_one_fill(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(duplicates=2)
    async with trading(tws) as desk:
        order = desk.place(an_order(limit=None, urgent=True))
        await desk.filled(order)
        await desk.next_snapshot()
        assert len({fill.id for fill in desk.of(order, Fill)}) == len(desk.of(order, Fill)) == 1


@in_loop
async def test_reordered_executions_are_all_told(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(reversed_batch=3, status="before")
    async with trading(tws) as desk:
        order = await desk.working(an_order(contracts=3))
        for price in (12.0, 12.1, 12.2):
            tws.control.fill(desk.seen(order).perm_id, 1, price)
        fills = await desk.filled(order, 3)
        await desk.next_snapshot()
        assert sorted(fill.price for fill in fills) == [Decimal("12.0"), Decimal("12.1"), Decimal("12.2")]
        assert len(desk.of(order, Fill)) == 3
        assert desk.words(order) == ["acknowledged"]


@in_loop
async def test_a_corrected_execution_is_told_and_is_no_other_fill(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = desk.place(an_order(limit=None, urgent=True))
        await desk.filled(order)
        tws.control.correct_execution(9.7)
        assert (await desk.noticed("2 @ 9.80 to 2 @ 9.70")).severity == "critical"
        await desk.next_snapshot()
        assert len(desk.of(order, Fill)) == 1


@in_loop
async def test_a_server_that_does_not_read_gets_the_order_when_it_does(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.freeze()
        order = desk.place(an_order())
        desk.cancel(order)
        assert desk.words(order) == []
        tws.control.freeze(False)
        await desk.told(order, "cancelled")


@in_loop
async def test_a_status_without_its_executions_has_them_asked(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(is_withheld=True)
    async with trading(tws) as desk:
        order = desk.place(an_order(limit=None, urgent=True))
        (fill,) = await desk.filled(order)
        assert (fill.contracts, fill.fees) == (2, Decimal("1.3"))


@pytest.mark.parametrize("when", ["before", "never"])
@in_loop
async def test_fees_that_do_not_come_are_told_later_with_the_same_fill(tws: LoopbackTws, when: Any) -> None:
    tws.control.deliver_executions(commission=when)
    async with trading(tws, timing=replace(QUICK, soon_s=60.0, fees_s=0.01)) as desk:
        order = desk.place(an_order(limit=None, urgent=True))
        await desk.filled(order)
        await desk.next_snapshot()
        first, later = await desk.filled(order, 2)
        assert (first.fees, later.fees) == (Decimal(0), Decimal("1.3"))
        assert replace(later, fees=first.fees, at_ns=first.at_ns) == first


@in_loop
async def test_fees_that_come_in_time_are_told_with_the_fill(tws: LoopbackTws) -> None:
    tws.control.deliver_executions(commission="never")
    async with trading(tws, timing=replace(QUICK, fees_s=60.0)) as desk:
        order = desk.place(an_order(limit=None, urgent=True))
        await desk.next_snapshot()
        assert [fill.fees for fill in desk.of(order, Fill)] == [Decimal("1.3")]


@in_loop
async def test_too_many_messages_are_told(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.say(100, "Max rate of messages per second has been exceeded")
        assert (await desk.noticed("asked too fast")).id == "A-pace"


@in_loop
async def test_a_message_about_nothing_of_ours_is_not_the_brokers(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        before = len(desk.all(Noticed))
        tws.control.say(2104, "Market data farm connection is OK:usopt")
        tws.control.say(201, "Order rejected", request=4711)
        await desk.next_snapshot()
        assert len(desk.all(Noticed)) == before
