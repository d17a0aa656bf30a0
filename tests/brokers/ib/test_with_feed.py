"""Feed and broker on one connection, which drops and comes back while orders work; over TCP."""

from itertools import pairwise

from cockpit.domain.order import Fill
from cockpit.events import LinkChanged, Snapshot
from cockpit.ib.instruments import Option
from tests.brokers.ib.desk import CALL_SYMBOL, SESSION, Desk, an_order
from tests.feeds.ib.feeding import feeding
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, FAR_CALL, SPY
from tests.tws.server import LoopbackTws


@in_loop
async def test_what_is_held_is_quoted_before_anything_may_be_sent_and_the_past_is_asked_for(tws: LoopbackTws) -> None:
    for con_id in (CALL, FAR_CALL):
        tws.control.set_position(con_id, 2, 9.0)
    desk = Desk(tws)
    async with feeding(tws, trading=desk.broker) as (feed, _):
        tws.control.forget_received()
        await desk.until(lambda: [each.state for each in desk.all(LinkChanged)][-1:] == ["up"])
        first = {line.contract.conId for line in feed.lines if line.ticker is not None}
        assert {SPY, CALL, FAR_CALL} <= first
        await tws.soon(lambda control: control.await_received("reqHistoricalData"))
    asked = [int(told.fields[2]) for told in tws.control.received("reqMktData")]
    assert asked[0] == SPY
    assert set(asked[1:3]) == {CALL, FAR_CALL}
    kinds = [told.kind for told in tws.control.received()]
    assert kinds[: kinds.index("reqHistoricalData")].count("reqMktData") >= 3


@in_loop
async def test_an_order_fills_while_the_feed_is_away(tws: LoopbackTws) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)
    tws.control.set_position(CALL, 2, 9.0)
    desk = Desk(tws)
    async with feeding(tws, trading=desk.broker) as (feed, taken):
        assert isinstance(desk.broker.contracts.by_symbol[CALL_SYMBOL], Option)
        await taken.row(lambda row: row.symbol == CALL_SYMBOL and row.bid == 9.8)
        await desk.until(lambda: desk.all(LinkChanged)[-1].state == "up")
        assert [each.contracts for each in desk.all(Snapshot)[-1].positions] == [2]
        kinds = [told.kind for told in tws.control.received()]
        assert kinds.index("reqExecutions") < len(kinds) - 1 - kinds[::-1].index("reqMktData")
        order = await desk.working(an_order())
        tws.control.go_down()
        await desk.told(order, "lost")
        tws.control.fill(tws.control.orders(f"{SESSION}:{order.ref}")[0].perm_id, 2, 12.0)
        tws.control.come_back()
        assert (await desk.filled(order))[0].contracts == 2
        await desk.until(lambda: desk.all(LinkChanged)[-1].state == "up")
        assert desk.all(Snapshot)[-1].positions == ()
        assert feed.state == "live"
    states = [each.state for each in desk.all(LinkChanged)]
    assert states == ["synchronising", "up", "connecting", "synchronising", "up", "connecting"]
    fill, up = desk.events.index(desk.of(order, Fill)[0]), desk.events.index(desk.all(LinkChanged)[4])
    assert fill < up
    assert all(before.at_ns < after.at_ns for before, after in pairwise(desk.all(LinkChanged)))
