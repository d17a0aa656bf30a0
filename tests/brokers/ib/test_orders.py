"""Orders of every kind as the server receives them, and how they walk, change and end; over TCP."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cockpit.domain.errors import Refused
from cockpit.domain.order import Fill, Said, Stands, Trigger
from cockpit.events import NS, MarginTold
from cockpit.ib.budget import PER_S
from tests.brokers.ib.desk import CALL_SYMBOL, SESSION, Desk, an_order, premium_stop, touch, trading
from tests.tws.driving import in_loop
from tests.tws.order_fields import Margin
from tests.tws.scene import CALL, PUT, SPY, spy
from tests.tws.server import LoopbackTws

TRANSMIT = 26  # of the fields of a placed order
UNDER_495 = Trigger(price=Decimal("495"), on="underlying", above=False)


@pytest.mark.parametrize(
    ("terms", "kind", "limit", "aux", "tif"),
    [
        ({"limit": Decimal("12")}, "LMT", 12.0, None, "DAY"),
        ({"limit": Decimal("12"), "tif": "gtc"}, "LMT", 12.0, None, "GTC"),
        ({"limit": None, "trigger": premium_stop("7.5"), "purpose": "protect"}, "STP", None, 7.5, "DAY"),
        ({"limit": Decimal("7.4"), "trigger": premium_stop("7.5"), "tif": "gtc"}, "STP LMT", 7.4, 7.5, "GTC"),
        ({"limit": None, "trail": Decimal("1.5"), "purpose": "protect"}, "TRAIL", None, 1.5, "DAY"),
        ({"limit": None, "trigger": UNDER_495, "purpose": "protect"}, "MKT", None, None, "DAY"),
        ({"limit": Decimal("12"), "tif": "opg"}, "LMT", 12.0, None, "OPG"),
    ],
)
@in_loop
async def test_every_kind_of_order_rests(
    tws: LoopbackTws, terms: dict[str, Any], kind: str, limit: float | None, aux: float | None, tif: str
) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order(**terms))
        seen = desk.seen(order)
        assert (seen.kind, seen.tif, seen.action, seen.quantity, seen.con_id) == (kind, tif, "SELL", 2.0, CALL)
        assert (seen.limit if "LMT" in kind else None, seen.aux if kind != "LMT" else None) == (limit, aux)
        assert seen.reference == f"{SESSION}:{order.ref}"
        assert desk.stands(order).contracts == 2
        assert desk.stands(order).limit == terms["limit"]


@in_loop
async def test_a_stop_on_the_underlying_acts_on_its_price(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order(limit=None, trigger=UNDER_495, purpose="protect"))
        assert desk.stands(order).trigger == Decimal("495")
        assert not desk.of(order, Fill)
        tws.control.quote(SPY, 494.0, 494.02, 494.01)
        assert (await desk.filled(order))[0].price == Decimal("9.8")


@in_loop
async def test_a_market_order_fills_and_tells_its_fees_with_the_fill(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = desk.place(an_order(limit=None, purpose="entry", side="buy"))
        (fill,) = await desk.filled(order)
        assert (fill.contracts, fill.price, fill.fees) == (2, Decimal("10.0"), Decimal("1.3"))
        assert not desk.broker.is_busy


@in_loop
async def test_what_should_fill_at_once_and_cannot_is_cancelled(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = desk.place(an_order(at_once=True, purpose="entry", side="buy", limit=Decimal("9.5")))
        assert (await desk.told(order, "cancelled")).words
        assert desk.seen(order).tif == "IOC"


@in_loop
async def test_an_exit_walks_from_mid_through_the_spread_and_then_crosses(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        desk.quotes[CALL_SYMBOL] = touch(9.6, 10.0)
        tws.control.halt(CALL)
        order = await desk.working(an_order(limit=None))
        limits = [desk.stands(order).limit]
        for _ in range(3):
            await desk.free()
            desk.advance(2.0)
            await desk.until(lambda: desk.stands(order).limit != limits[-1])
            limits.append(desk.stands(order).limit)
        assert limits == [Decimal("10"), Decimal("9.9"), Decimal("9.8"), Decimal("9.7")]
        await desk.free()
        desk.advance(2.0)
        await desk.until(lambda: desk.stands(order).limit is None)
        assert desk.seen(order).kind == "MKT"


@in_loop
async def test_an_urgent_exit_crosses_and_is_changed_at_most_each_second(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.halt(CALL)
        desk.quotes[CALL_SYMBOL] = touch(9.9, 10.0)
        order = await desk.working(an_order(limit=None, urgent=True))
        assert desk.stands(order).limit == Decimal("9.8")
        for cents in range(1, 30):
            desk.quotes[CALL_SYMBOL] = touch(9.9, 10.0 + cents)
            await desk.free()
            desk.advance(0.1)
        placed = await tws.soon(lambda control: control.await_received("placeOrder", 3))
        desk.cancel(order)
        await desk.told(order, "cancelled")
        assert len(tws.control.received("placeOrder")) == len(placed) == 1 + 2  # in 2.9 s


@in_loop
async def test_without_a_quote_only_what_must_go_goes_at_market(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        desk.quotes[CALL_SYMBOL] = touch(None, None)
        waits = desk.place(an_order(limit=None))
        assert "no quote" in desk.of(waits, Said)[0].words
        goes = desk.place(an_order(limit=None, urgent=True))
        assert (await desk.filled(goes))[0].price == Decimal("9.8")
        assert [seen.reference for seen in tws.control.orders()] == [f"{SESSION}:{goes.ref}"]


@in_loop
async def test_a_bracket_travels_together(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        entry = an_order(purpose="entry", side="buy", limit=Decimal("9.5"))
        ref = f"{entry.ref}-stop"
        stop = an_order(
            ref=ref, purpose="protect", limit=None, trigger=premium_stop("7"), parent=entry.ref, group=ref, tif="gtc"
        )
        desk.place(entry)
        desk.place(stop)
        assert not tws.control.received("placeOrder")
        await desk.told(stop, "acknowledged")
        parent, child = desk.seen(entry), desk.seen(stop)
        assert child.parent_perm_id == parent.perm_id
        assert child.group == f"{SESSION}:{ref}"
        assert [message.fields[TRANSMIT] for message in tws.control.received("placeOrder")] == ["0", "1"]
        tws.control.quote(CALL, 9.3, 9.5)
        assert (await desk.filled(entry))[0].contracts == 2
        tws.control.quote(CALL, 7.0, 7.2)
        assert (await desk.filled(stop))[0].price == Decimal("7.0")


@in_loop
async def test_of_a_bracket_whatever_can_be_sent_is_transmitted(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        desk.broker.contracts.underlyings.clear()
        entry = desk.place(an_order(purpose="entry", side="buy", limit=Decimal("9.5")))
        stop = desk.place(an_order(purpose="protect", limit=None, trigger=UNDER_495, parent=entry.ref))
        assert "underlying" in (await desk.told(stop, "rejected")).words
        await desk.told(entry, "acknowledged")


@in_loop
async def test_what_belongs_to_a_refused_entry_is_refused(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.plan_order(reject=(201, "Order rejected - reason:Margin"), reject_status="")
        entry = desk.place(an_order(purpose="entry", side="buy", limit=Decimal("9.5")))
        stop = desk.place(an_order(purpose="protect", limit=None, trigger=premium_stop("7"), parent=entry.ref))
        await desk.told(entry, "rejected")
        assert "ended" in (await desk.told(stop, "rejected")).words
        late = desk.place(an_order(purpose="protect", limit=None, trigger=premium_stop("7"), parent=entry.ref))
        assert "was not taken" in desk.of(late, Said)[0].words


@in_loop
async def test_an_entry_alone_is_transmitted(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        entry = await desk.working(an_order(purpose="entry", side="buy", limit=Decimal("9.5")))
        assert not desk.seen(entry).is_held


@in_loop
async def test_what_is_cancelled_before_it_was_sent_is_not_sent(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        entry = desk.place(an_order(purpose="entry", side="buy"))
        stop = desk.place(an_order(purpose="protect", limit=None, trigger=premium_stop("7"), parent=entry.ref))
        desk.cancel(entry)
        assert desk.words(entry) == desk.words(stop) == ["cancelled"]
        exit = await desk.working(an_order())
        assert [seen.reference for seen in tws.control.orders()] == [f"{SESSION}:{exit.ref}"]


@in_loop
async def test_of_a_group_only_one_fills(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = an_order(purpose="protect", limit=None, trigger=premium_stop("7"))
        stop = await desk.working(replace(stop, group=stop.ref))
        full = await desk.working(an_order(group=stop.ref))
        assert desk.seen(full).group == f"{SESSION}:{stop.ref}"
        tws.control.fill(desk.seen(full).perm_id, 1, 12.0)
        await desk.until(lambda: desk.stands(stop).contracts == 1)
        tws.control.fill(desk.seen(full).perm_id, 1, 12.0)
        await desk.told(stop, "cancelled")
        assert sum(fill.contracts for fill in desk.of(full, Fill)) == 2
        assert not desk.of(stop, Fill)


@in_loop
async def test_what_its_group_has_cut_is_told_filled_when_the_rest_fills(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = an_order(purpose="protect", limit=None, trigger=premium_stop("7"))
        stop = await desk.working(replace(stop, group=stop.ref))
        full = await desk.working(an_order(group=stop.ref))
        tws.control.fill(desk.seen(full).perm_id, 1, 12.0)
        await desk.until(lambda: desk.stands(stop).contracts == 1)
        tws.control.fill(desk.seen(stop).perm_id, 1, 7.0)
        assert "tell only 1 of 2" in (await desk.told(stop, "filled")).words
        assert [fill.contracts for fill in desk.of(stop, Fill)] == [1]


@in_loop
async def test_a_change_is_confirmed_when_the_broker_has_taken_it(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = await desk.working(an_order(purpose="protect", limit=None, trigger=premium_stop("7")))
        desk.change(replace(stop, contracts=1, trigger=premium_stop("7.5")))
        await desk.until(lambda: desk.stands(stop).contracts == 1)
        assert desk.stands(stop).trigger == Decimal("7.5")
        assert (desk.seen(stop).quantity, desk.seen(stop).aux) == (1.0, 7.5)


@in_loop
async def test_a_condition_is_moved(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = await desk.working(an_order(purpose="protect", limit=None, trigger=UNDER_495))
        desk.change(replace(stop, trigger=replace(UNDER_495, price=Decimal("499"))))
        await desk.until(lambda: desk.stands(stop).trigger == Decimal("499"))
        tws.control.quote(SPY, 498.0, 498.02, 498.01)
        await desk.filled(stop)


@in_loop
async def test_a_reference_once_seen_is_never_sent_again(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        resting = await desk.working(an_order())
        done = desk.place(an_order(limit=None, urgent=True))
        await desk.filled(done)
        again = desk.broker.place(resting, desk.now_ns)
        assert [type(report) for report in again] == [Said, Stands]
        assert [type(report) for report in desk.broker.place(done, desk.now_ns)] == [Fill]
        await desk.next_snapshot()
        assert len(tws.control.orders()) == 2


@in_loop
async def test_an_exit_goes_before_150_subscriptions_that_wait(tws: LoopbackTws) -> None:
    tws.control.lines(1000)
    async with trading(tws, per_s=PER_S) as desk:

        async def subscribe() -> None:
            await desk.budget.turn()
            desk.ib.reqMktData(spy())

        waiting = [asyncio.create_task(subscribe()) for _ in range(150)]
        await asyncio.sleep(0)
        before = len(tws.control.received("reqMktData"))
        desk.place(an_order())
        await tws.soon(lambda control: control.await_received("placeOrder"))
        kinds = [told.kind for told in tws.control.received() if told.kind in ("placeOrder", "reqMktData")]
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
        assert kinds.index("placeOrder") <= before + 3
        assert not desk.ib.client._isThrottling  # the library's own limit was never reached


@in_loop
async def test_kill_cancels_everything_of_everybody(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.manual_order(CALL, "SELL", 1, "LMT", 20.0)
        ours = await desk.working(an_order())
        held = desk.place(an_order(purpose="entry", side="buy"))
        desk.broker.kill()
        assert (await desk.told(ours, "cancelled")).words == "cancelled on request"
        assert desk.words(held) == ["cancelled"]
        await desk.next_snapshot()
        assert tws.control.working() == []


@in_loop
async def test_the_margin_of_an_order_is_told_and_nothing_is_placed(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.what_if(Margin(initial=("0", "1500", "1500"), maintenance=("0", "900", "900"), commission="1.3"))
        margin = await desk.broker.what_if(an_order(purpose="entry", side="buy"))
        assert (margin.initial, margin.maintenance_change, margin.commission) == (1500.0, 900.0, 1.3)
        assert margin.currency == "USD"
        assert margin.equity is None
        assert tws.control.orders() == []
        tws.control.read_only()
        with pytest.raises(Refused, match="read-only"):
            await desk.broker.what_if(an_order(purpose="entry", side="buy"))


@in_loop
async def test_the_fills_of_another_contract_are_its_own(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.quote(PUT, 5.0, 5.2)
        put = desk.place(an_order(symbol="SPY 301220P00500000", limit=None, urgent=True, contracts=1))
        (fill,) = await desk.filled(put)
        assert (fill.contracts, fill.price, fill.at_ns < desk.now_ns + NS) == (1, Decimal("5.0"), True)


@in_loop
async def test_what_was_not_found_is_refused(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        unknown = desk.place(an_order(symbol="QQQ"))
        assert "QQQ is not a contract" in desk.of(unknown, Said)[0].words


@in_loop
async def test_nothing_is_sent_without_a_connection(tws: LoopbackTws) -> None:
    desk = Desk(tws)
    async with trading(tws) as other:
        desk.broker.know(other.broker.contracts.by_symbol.values(), {})
    order = desk.place(an_order())
    assert "not connected" in desk.of(order, Said)[0].words
    assert desk.words(order) == ["rejected"]


@in_loop
async def test_the_margin_of_a_draft_is_told_and_nothing_is_placed(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.what_if(Margin(initial=("0", "1500", "1500"), maintenance=("0", "900", "900"), commission="1.3"))
        desk.broker.ask_margin(an_order(purpose="entry", side="buy"))
        told = (await desk.until(lambda: desk.all(MarginTold)))[-1]
        assert (told.symbol, told.side, told.contracts, told.initial_change) == (CALL_SYMBOL, "buy", 2, 1500.0)
        tws.control.read_only()
        desk.broker.ask_margin(an_order(purpose="entry", side="buy"))
        refused = (await desk.until(lambda: desk.all(MarginTold)[1:]))[-1]
        assert refused.is_refused
        assert "read-only" in refused.words
        assert tws.control.orders() == []
