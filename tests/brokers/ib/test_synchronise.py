"""What happened while nobody listened, what others did, and what the account holds; over TCP."""

import asyncio
import time
from dataclasses import replace
from decimal import Decimal

import pytest

from cockpit.brokers.ib.standing import MISSING
from cockpit.domain.errors import NoBroker
from cockpit.domain.order import Fill, Said
from cockpit.events import AccountTold, LinkChanged, Listed, Outside, Snapshot
from tests.brokers.ib.desk import CALL_SYMBOL, PUT_SYMBOL, QUICK, SESSION, Desk, an_order, premium_stop, trading
from tests.tws.contracts import Contract, Listing
from tests.tws.driving import client, in_loop
from tests.tws.scene import CALL, FAR_CALL, PUT, call, order, put
from tests.tws.server import LoopbackTws

PARENT = 27  # of the fields of a placed order


@in_loop
async def test_begin_asks_in_order_before_anything_may_be_sent(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        kinds = [told.kind for told in tws.control.received() if told.kind.startswith("req")]
        start = kinds.index("reqAllOpenOrders", kinds.index("reqAllOpenOrders") + 1)
        assert [kind for kind in kinds[start:] if kind != "reqContractDetails"] == [
            "reqAllOpenOrders", "reqExecutions", "reqCompletedOrders", "reqPositions", "reqExecutions",
            "reqAccountUpdates",
        ]  # fmt: skip
        assert desk.all(Snapshot)[0].positions == ()
        assert desk.broker.gauges().synchronised_ns is not None


@in_loop
async def test_fills_while_away_are_told_though_no_event_tells_them(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        whole, part = await desk.working(an_order()), await desk.working(an_order())
        await desk.leave()
        assert desk.words(whole) == ["acknowledged", "lost"]
        tws.control.fill(desk.server.control.orders(f"{SESSION}:{whole.ref}")[0].perm_id, 2, 12.0)
        tws.control.fill(desk.server.control.orders(f"{SESSION}:{part.ref}")[0].perm_id, 1, 12.1)
        await desk.join()
        await desk.broker.begin(desk.ib, desk.budget)
        assert [(fill.contracts, fill.fees) for fill in desk.of(whole, Fill)] == [(2, Decimal("1.3"))]
        assert [fill.contracts for fill in desk.of(part, Fill)] == [1]
        assert desk.words(part) == ["acknowledged", "lost", "acknowledged"]
        assert desk.events.index(desk.all(Fill)[-1]) < desk.events.index(desk.all(Snapshot)[-1])
        desk.cancel(part)
        await desk.told(part, "cancelled")
        await desk.rejoin()
        assert len(desk.of(whole, Fill)) == 1


@in_loop
async def test_a_partial_fill_and_then_the_end_of_the_connection(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.plan_order(fill=(1, 12.0), drop="after_ack")
        order = desk.place(an_order())
        await desk.lost()
        await desk.rejoin()
        assert [fill.contracts for fill in desk.of(order, Fill)] == [1]
        assert desk.words(order)[-1] == "part_filled"
        tws.control.quote(CALL, 12.0, 12.2)
        await desk.filled(order, 2)


@in_loop
async def test_an_order_that_never_arrived(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.plan_order(drop="before_order")
        order = desk.place(an_order())
        await desk.lost()
        await desk.rejoin()
        assert desk.words(order) == ["lost", "cancelled"]
        assert desk.of(order, Said)[-1].words == MISSING
        assert tws.control.orders() == []


@in_loop
async def test_an_order_that_was_given_up_and_arrives_late_is_cancelled(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.plan_order(drop="before_order")
        late = desk.place(an_order())
        await desk.lost()
        await desk.rejoin()
        assert desk.words(late) == ["lost", "cancelled"]
        desk.ib.placeOrder(call(), order("LMT", "SELL", 2, lmtPrice=12.0, orderRef=f"{SESSION}:{late.ref}"))
        assert (await desk.noticed("works after all")).severity == "critical"
        await tws.soon(lambda control: control.await_received("cancelOrder"))
        await desk.next_snapshot()
        assert tws.control.working() == []
        assert desk.words(late) == ["lost", "cancelled"]


@in_loop
async def test_an_order_whose_acknowledgement_was_lost_is_found_and_not_sent_again(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.plan_order(drop="before_ack")
        order = desk.place(an_order())
        await desk.lost()
        await desk.rejoin()
        assert desk.words(order) == ["lost", "acknowledged"]
        assert type(desk.broker.place(order, desk.now_ns)[0]) is Said
        desk.cancel(order)
        await desk.told(order, "cancelled")
        assert len(tws.control.orders()) == 1


@in_loop
async def test_what_was_cancelled_meanwhile(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        by_us, by_hand = await desk.working(an_order()), await desk.working(an_order())
        tws.control.plan_cancel(drop=True)
        desk.cancel(by_us)
        await desk.lost()
        await desk.leave()
        tws.control.cancel(tws.control.orders(f"{SESSION}:{by_hand.ref}")[0].perm_id)
        await desk.join()
        await desk.broker.begin(desk.ib, desk.budget)
        assert desk.words(by_us)[-1] == desk.words(by_hand)[-1] == "cancelled"
        assert "not by this program" in desk.of(by_hand, Said)[-1].words


@in_loop
async def test_filled_before_the_nightly_reset_forgot_its_executions(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order(tif="gtc"))
        perm_id = desk.seen(order).perm_id
        await desk.leave()
        tws.control.fill(perm_id, 2, 12.0)
        tws.control.nightly_reset()
        tws.control.come_back()
        await desk.join()
        await desk.broker.begin(desk.ib, desk.budget)
        assert desk.words(order) == ["acknowledged", "lost", "filled"]
        assert not desk.of(order, Fill)


@in_loop
async def test_another_program_takes_up_the_session(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        stop = await desk.working(an_order(purpose="protect", limit=None, trigger=premium_stop("7")))
        part = await desk.working(an_order())
        tws.control.fill(desk.seen(part).perm_id, 1, 12.0)
        (before,) = await desk.filled(part)
        gone = await desk.working(an_order())
        never = an_order()
        await desk.leave()
        tws.control.fill(tws.control.orders(f"{SESSION}:{gone.ref}")[0].perm_id, 2, 12.0)
    again = Desk(tws)
    try:
        for taken_up, leaves, seen in ((stop, 2, []), (part, 1, [before.id]), (gone, 2, []), (never, 2, [])):
            again.broker.adopt(taken_up, again.now_ns, leaves, seen)
        again.broker.is_fresh = False
        await again.open()
        assert again.words(stop) == ["acknowledged"]
        assert (again.words(part), again.of(part, Fill)) == (["part_filled"], [])
        assert [fill.contracts for fill in again.of(gone, Fill)] == [2]
        assert again.words(never) == ["cancelled"]
        again.change(replace(stop, contracts=1))
        await again.until(lambda: again.stands(stop).contracts == 1)
        sent = len(tws.control.received("placeOrder"))
        for known in (stop, part, gone, never):
            again.place(known)
        again.cancel(part)
        await again.told(part, "cancelled")
        assert len(tws.control.received("placeOrder")) == sent
    finally:
        await again.leave()


@in_loop
async def test_a_stop_that_is_taken_up_again_still_belongs_to_its_entry(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        entry = an_order(purpose="entry", side="buy", limit=Decimal("9.5"))
        stop = an_order(
            ref=f"{entry.ref}-stop", purpose="protect", limit=None, trigger=premium_stop("7"), parent=entry.ref,
            group=f"{entry.ref}-stop",
        )  # fmt: skip
        desk.place(entry)
        desk.place(stop)
        await desk.told(stop, "acknowledged")
        await desk.leave()
    again = Desk(tws)
    try:
        for taken_up in (entry, stop):
            again.broker.adopt(taken_up, again.now_ns, 2, [])
        await again.open()
        again.change(replace(stop, trigger=premium_stop("8")))
        await again.until(lambda: again.stands(stop).trigger == Decimal("8"))
        parents = [message.fields[PARENT] for message in tws.control.received("placeOrder")]
        assert parents == ["0", parents[1], parents[1]]
        assert parents[1] != "0"
    finally:
        await again.leave()


@pytest.mark.parametrize("works", [True, False])
@in_loop
async def test_a_stop_that_was_cut_in_vain_is_told_as_the_broker_has_it(tws: LoopbackTws, works: bool) -> None:
    async with trading(tws) as desk:
        stop = await desk.working(an_order(purpose="protect", limit=None, trigger=premium_stop("7")))
        perm_id = desk.seen(stop).perm_id
        await desk.leave()
        tws.control.fill(perm_id, 1, 7.0)
        if not works:
            tws.control.cancel(perm_id)
    again = Desk(tws)
    try:
        again.broker.adopt(replace(stop, contracts=1), again.now_ns, 1, [])  # as it was asked, and refused
        await again.open()
        assert [fill.contracts for fill in again.of(stop, Fill)] == [1]
        if works:
            assert again.stands(stop).contracts == 2
            again.cancel(stop)
            await again.told(stop, "cancelled")
        else:
            assert again.words(stop)[-1] == "cancelled"
    finally:
        await again.leave()


@in_loop
async def test_what_only_the_broker_remembers_is_never_sent_again(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        filled = desk.place(an_order(limit=None, urgent=True))
        await desk.filled(filled)
        cancelled, open_one = await desk.working(an_order()), await desk.working(an_order())
        desk.cancel(cancelled)
        await desk.told(cancelled, "cancelled")
    again = Desk(tws)
    try:
        await again.open()
        for known in (filled, cancelled, open_one):
            again.place(known)
        assert again.words(cancelled) == ["cancelled"]
        assert again.words(open_one)[0] == "acknowledged"
        again.cancel(open_one)
        await again.told(open_one, "cancelled")
        assert len(tws.control.orders()) == 3
    finally:
        await again.leave()


@in_loop
async def test_yesterdays_orders_and_those_of_others_are_shown_and_never_ours(tws: LoopbackTws) -> None:
    async with client(tws, 3) as other:
        other.placeOrder(put(), order("LMT", "BUY", 1, lmtPrice=4.0, orderRef=f"S0002:{SESSION}"))
        await tws.soon(lambda control: control.await_received("placeOrder"))
        tws.control.manual_order(FAR_CALL, "SELL", 1, "IBALGO ODDITY", 20.0)
        async with trading(tws) as desk:
            shown = {each.whose: each for each in desk.all(Snapshot)[-1].orders}
            assert sorted(shown) == ["by hand in TWS", "by session S0002"]
            assert shown["by session S0002"].words == "LMT 4 DAY"
            assert shown["by session S0002"].label == PUT_SYMBOL
            assert shown["by hand in TWS"].words == "IBALGO ODDITY DAY"
            assert not desk.all(Said)


@in_loop
async def test_a_trade_by_hand_is_told_with_the_next_snapshot(tws: LoopbackTws) -> None:
    tws.control.manual_trade(PUT, "BUY", 1, 5.0)
    async with trading(tws) as desk:
        (old,) = desk.all(Outside)
        assert (old.symbol, old.side, old.is_old, old.whose) == (PUT_SYMBOL, "buy", True, "by hand in TWS")
        snapshots = len(desk.all(Snapshot))
        tws.control.manual_trade(CALL, "BUY", 3, 9.9)
        await desk.until(lambda: len(desk.all(Snapshot)) > snapshots)
        news = desk.all(Outside)[-1]
        assert (news.symbol, news.contracts, news.price, news.is_old) == (CALL_SYMBOL, 3, Decimal("9.9"), False)
        assert desk.events.index(news) < desk.events.index(desk.all(Snapshot)[-1])
        held = {each.symbol: each for each in desk.all(Snapshot)[-1].positions}
        assert (held[CALL_SYMBOL].contracts, held[CALL_SYMBOL].average) == (3, Decimal("9.9"))
        await desk.rejoin()
        assert len(desk.all(Outside)) == 2


@in_loop
async def test_a_trade_by_hand_while_away_is_news(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        await desk.leave()
        tws.control.manual_trade(CALL, "BUY", 1, 9.9)
        await desk.join()
        await desk.broker.begin(desk.ib, desk.budget)
        assert [each.is_old for each in desk.all(Outside)] == [False]


@in_loop
async def test_positions_in_what_nobody_listed_are_listed_first(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        assert not desk.all(Listed)
        later = FAR_CALL + 3
        tws.control.set_position(later, -2, 3.0)
        await desk.until(lambda: desk.all(Listed))
        (instrument,) = desk.all(Listed)[0].instruments
        found = await desk.until(lambda: [each for each in desk.all(Snapshot) if each.positions])
        assert (found[-1].positions[0].symbol, found[-1].positions[0].contracts) == (instrument.symbol, -2)
        assert instrument.underlying == "SPY"


@in_loop
async def test_what_cannot_be_supervised_is_told_and_never_crashes(tws: LoopbackTws) -> None:
    future = Contract(con_id=77, symbol="ES", sec_type="FUT", expiry="20301220", multiplier="50", exchange="CME",
                      currency="USD", local_symbol="ESZ0")  # fmt: skip
    foreign = Contract(con_id=78, symbol="SAP", sec_type="STK", exchange="IBIS", currency="EUR", local_symbol="SAP")
    tws.control.list_contracts([Listing(contract=future), Listing(contract=foreign)])
    tws.control.set_position(77, 1, 5000.0)
    tws.control.set_position(78, 10, 100.0)
    tws.control.set_position(CALL, 1.5, 9.0)
    async with trading(tws) as desk:
        told = {each.label: each.why for each in desk.all(Snapshot)[-1].unsupervised}
        assert "type FUT" in told["ESZ0 FUT"]
        assert "EUR" in told["SAP"]
        assert "whole number" in told[CALL_SYMBOL]
        assert desk.all(Snapshot)[-1].positions == ()


@in_loop
async def test_held_finds_contracts_of_positions_and_orders(tws: LoopbackTws) -> None:
    tws.control.set_position(CALL, 1, 9.0)
    tws.control.manual_order(PUT, "SELL", 1, "LMT", 20.0)
    desk = Desk(tws)
    await desk.join()
    try:
        held = {option.instrument.symbol: option for option in await desk.broker.held(desk.ib, desk.budget)}
        assert sorted(held) == [CALL_SYMBOL, PUT_SYMBOL]
        assert held[CALL_SYMBOL].contract.exchange == "SMART"
        assert held[CALL_SYMBOL].instrument.market == "us"
        assert "SPY" in desk.broker.contracts.underlyings
        assert (desk.broker.account, desk.broker.is_live) == ("DU1234567", False)
    finally:
        await desk.leave()


@in_loop
async def test_a_read_only_api_is_named_before_the_session_and_on_each_connection(tws: LoopbackTws) -> None:
    tws.control.read_only()
    desk = Desk(tws)
    await desk.join()
    try:
        with pytest.raises(NoBroker, match="untick Read-Only API"):
            await desk.broker.held(desk.ib, desk.budget)
        with pytest.raises(NoBroker, match="untick Read-Only API"):
            await desk.broker.begin(desk.ib, desk.budget)
    finally:
        await desk.leave()


@in_loop
async def test_an_account_that_has_gone_is_told(tws: LoopbackTws) -> None:
    desk = Desk(tws)
    desk.broker.account = "DU7"
    await desk.join()
    try:
        with pytest.raises(NoBroker, match="no longer manages DU7"):
            await desk.broker.begin(desk.ib, desk.budget)
        assert (await desk.noticed("no longer manages DU7")).severity == "critical"
    finally:
        await desk.leave()


@in_loop
async def test_a_frozen_server_is_given_up(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        order = await desk.working(an_order())
        await desk.leave()
        desk.broker.timing = replace(QUICK, answer_s=0.05)
        await desk.join()
        tws.control.freeze()
        with pytest.raises(NoBroker, match="no answer about open orders"):
            await desk.broker.begin(desk.ib, desk.budget)
        await desk.leave()
        tws.control.freeze(False)
        desk.broker.timing = QUICK
        await desk.join()
        await desk.broker.begin(desk.ib, desk.budget)
        assert desk.words(order)[-1] == "acknowledged"


@in_loop
async def test_a_question_without_an_answer_is_told_and_asked_again(tws: LoopbackTws) -> None:
    desk = Desk(tws, timing=replace(QUICK, answer_s=0.1))
    try:
        await desk.open()
        order = await desk.working(an_order())
        tws.control.hold("reqAllOpenOrders")
        tws.control.cancel(desk.seen(order).perm_id)
        await desk.until(lambda: desk.said)
        assert "cancelled" not in desk.words(order)
        tws.control.release("reqAllOpenOrders")
        await desk.told(order, "cancelled")
        assert "no answer about open orders" in desk.said[0]
    finally:
        await desk.leave()


@in_loop
async def test_a_connection_that_ends_while_synchronising(tws: LoopbackTws) -> None:
    desk = Desk(tws)
    await desk.join()
    await desk.broker.held(desk.ib, desk.budget)
    tws.control.hold("reqAllOpenOrders")
    beginning = asyncio.ensure_future(desk.broker.begin(desk.ib, desk.budget))
    await tws.soon(lambda control: control.await_received("reqAllOpenOrders", 2))
    tws.control.drop()
    with pytest.raises(ConnectionError):
        await beginning
    await desk.leave()
    tws.control.release("reqAllOpenOrders")


@in_loop
async def test_the_account_is_told_now_and_when_it_changes(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        told = desk.all(AccountTold)[-1]
        assert (told.account, told.currency, told.net_liquidation, told.available) == (
            "DU1234567", "USD", 100_000.0, 100_000.0,
        )  # fmt: skip
        assert (told.initial_margin, told.realised) == (0.0, 0.0)
        tws.control.account_value("NetLiquidation", "98765.43")
        await desk.until(lambda: desk.all(AccountTold)[-1].net_liquidation == 98765.43)


@pytest.mark.parametrize("skew_s", [30.0, -30.0])
@in_loop
async def test_a_clock_that_is_off_is_told(tws: LoopbackTws, skew_s: float) -> None:
    tws.control.clock_skew(skew_s)
    desk = Desk(tws)
    desk.now_ns = time.time_ns()
    try:
        await desk.open()
        said = await desk.noticed("set both by a time server")
        assert said.severity == "warning"
        assert ("ahead of" in said.text) is (skew_s > 0)
        gauges = desk.broker.gauges()
        assert gauges.clock_off_s is not None
        assert abs(gauges.clock_off_s - skew_s) < 2.0
        assert gauges.latency_ms is not None
        assert gauges.latency_ms >= 0.0
    finally:
        await desk.leave()


@in_loop
async def test_gauges_beat(tws: LoopbackTws) -> None:
    desk = Desk(tws, timing=replace(QUICK, beat_s=0.01))
    try:
        await desk.open()
        await tws.soon(lambda control: control.await_received("reqCurrentTime", 4))
        assert desk.broker.gauges().messages_per_s > 0.0
        assert desk.broker.gauges().reconnects == 0
        desk.broker.timing = QUICK
        await desk.rejoin()
        assert desk.broker.gauges().reconnects == 1
        await desk.leave()
        assert desk.broker.gauges().latency_ms is None
    finally:
        await desk.leave()


@in_loop
async def test_the_link_is_passed_on(tws: LoopbackTws) -> None:
    desk = Desk(tws)
    desk.broker.link("synchronising", "asks what happened meanwhile")
    (told,) = desk.all(LinkChanged)
    assert (told.state, told.words) == ("synchronising", "asks what happened meanwhile")


@in_loop
async def test_an_order_placed_while_the_open_orders_are_asked_is_not_taken_for_lost(tws: LoopbackTws) -> None:
    async with trading(tws) as desk:
        tws.control.hold("placeOrder")
        tws.control.forget_received()
        early = desk.place(an_order())
        await desk.next_snapshot()
        assert desk.words(early) == []
        tws.control.release("placeOrder")
        await desk.told(early, "acknowledged")
        assert desk.words(early) == ["acknowledged"]
