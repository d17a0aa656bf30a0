"""What is made of answers that come late, of orders that the broker keeps without working them, and of guesses."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cockpit.brokers.ib.line import Timing
from cockpit.domain.order import Said
from cockpit.events import NS
from tests.brokers.ib.desk import CALL_SYMBOL, PUT_SYMBOL, QUICK, an_order, premium_stop, touch, trading
from tests.tws.control import Control
from tests.tws.driving import in_loop
from tests.tws.scene import CALL
from tests.tws.server import LoopbackTws


@in_loop
async def test_what_is_acknowledged_while_it_is_asked_for_is_not_missing(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.hold("placeOrder")
        order = desk.place(an_order())
        desk.now_ns += 3 * NS  # long enough for an order that is not listed to be looked for
        tws.control.hold("reqExecutions")
        asked = len(tws.control.received("reqExecutions"))
        desk.broker.reconcile()
        await tws.soon(lambda control: control.await_received("reqExecutions", asked + 1))
        tws.control.release("placeOrder")
        await desk.told(order, "acknowledged")
        tws.control.release("reqExecutions")
        await desk.next_snapshot()
        assert desk.words(order) == ["acknowledged"]


@in_loop
async def test_a_late_answer_is_not_that_of_the_next_question(tws: LoopbackTws) -> None:
    timing = Timing(answer_s=0.6, again_s=0.05, soon_s=0.02, beat_s=1000.0)
    async with trading(tws, timing=timing) as desk:
        tws.control.freeze(True)
        desk.broker.reconcile()
        await asyncio.sleep(0.0)
        order = desk.place(an_order())
        await desk.until(lambda: any("no answer about open orders" in each for each in desk.said))
        desk.now_ns += 3 * NS
        desk.broker.reconcile()
        tws.control.freeze(False)
        await desk.told(order, "acknowledged")
        await desk.next_snapshot()
        await desk.next_snapshot()
        assert desk.words(order) == ["acknowledged"]


@in_loop
async def test_an_order_that_is_kept_inactive_has_ended_and_is_cancelled(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = await desk.working(an_order(purpose="protect", limit=None, trigger=premium_stop("7")))
        tws.control.inactivate(desk.seen(stop).perm_id)
        said = await desk.told(stop, "rejected")
        assert "inactive" in said.words
        await tws.soon(lambda control: control.await_received("cancelOrder"))
        await desk.next_snapshot()
        assert tws.control.working() == []
        assert desk.words(stop) == ["acknowledged", "rejected"]


@in_loop
async def test_a_guess_of_the_librarys_stays_one_when_a_fill_follows(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order(contracts=3))
        tws.control.hold("cancelOrder")
        desk.cancel(order)
        await tws.soon(_refuse_and_fill)
        await desk.filled(order)
        await desk.next_snapshot()
        assert desk.words(order) == ["acknowledged", "lost", "part_filled"]
        assert desk.seen(order).status == "Submitted"


async def _refuse_and_fill(control: Control) -> None:
    """161 about the cancel, a fill, the order; its status comes in the next segment."""
    floor: Any = control._floor  # pyright: ignore[reportPrivateUsage] - nothing else can send half of an answer
    (order,) = (floor.orders.book.get(each.perm_id) for each in control.working())
    floor.gateway.say(7, order.order_id, 161, "Cancel attempted when order is not in a cancellable state.")
    control.deliver_executions(status="never")
    control.fill(order.perm_id, 1, 12.0)
    floor.gateway.push(7, 5, *floor.orders._shown(order))
    control.deliver_executions()


@in_loop
async def test_the_kill_switch_does_not_wait_behind_walking_exits(tws: LoopbackTws) -> None:
    async with trading(tws, per_s=30.0, timing=replace(QUICK, beat_s=1000.0)) as desk:
        tws.control.halt(CALL)
        for order in [desk.place(an_order(limit=None, contracts=1, urgent=True)) for _ in range(30)]:
            await desk.told(order, "acknowledged")
        for cents in range(200):
            desk.quotes[CALL_SYMBOL] = touch(9.8 + cents / 100.0, 9.9 + cents / 100.0)
            desk.advance(0.001 if cents else 1.0)
            await asyncio.sleep(0.0)
        desk.broker.kill()
        assert len(desk.ib.client._msgQ) == 0, "the library holds messages back, and this one with them"
        await tws.soon(lambda control: control.await_received("reqGlobalCancel"))


@in_loop
async def test_an_order_of_the_same_name_in_another_contract_is_not_taken_for_this_one(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = await desk.working(an_order(purpose="protect", limit=None, trigger=premium_stop("7"), tif="gtc"))
    async with trading(tws) as desk:
        placed = desk.place(an_order(ref=stop.ref, symbol=PUT_SYMBOL, limit=Decimal("4")))
        assert [each.told for each in desk.of(placed, Said)][-1] == "rejected"
        assert desk.of(placed, Said)[-1].words.endswith("nothing was sent")


@in_loop
async def test_a_fault_of_its_own_ends_the_connection(tws: LoopbackTws) -> None:
    heard: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: heard.append(told["exception"]))
    async with trading(tws) as desk:
        line: Any = desk.broker._line  # pyright: ignore[reportPrivateUsage] - no message is known that makes it fail

        async def fail() -> None:
            raise ZeroDivisionError

        line.pulse.beat = fail
        line._beat_s = 0.0
        desk.broker.reconcile()
        await desk.lost()
        assert not line.is_up
        assert [type(each) for each in heard] == [ZeroDivisionError]
