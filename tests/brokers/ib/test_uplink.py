"""TWS loses its own server and gets it back on the same connection: all is asked again before orders are sent."""

import pytest

from cockpit.domain.order import Fill
from cockpit.events import LinkChanged, Snapshot
from tests.brokers.ib.desk import CALL_SYMBOL, SESSION, Desk, an_order
from tests.feeds.ib.feeding import feeding
from tests.tws.driving import in_loop
from tests.tws.scene import CALL
from tests.tws.server import LoopbackTws


def states(desk: Desk) -> list[str]:
    return [each.state for each in desk.all(LinkChanged)]


@in_loop
@pytest.mark.parametrize("data_kept", [True, False])
async def test_a_fill_while_the_server_is_away_is_told_before_the_link_is_up(
    tws: LoopbackTws, *, data_kept: bool
) -> None:
    tws.control.quote(CALL, 9.8, 10.0, 9.9)
    tws.control.set_position(CALL, 2, 9.0)
    desk = Desk(tws)
    async with feeding(tws, trading=desk.broker) as (_, taken):
        await desk.until(lambda: states(desk)[-1:] == ["up"])
        await taken.row(lambda row: row.symbol == CALL_SYMBOL and row.bid == 9.8)
        order = await desk.working(an_order())
        tws.control.lose_uplink()
        await desk.told(order, "lost")
        await desk.until(lambda: states(desk)[-1] == "no server")
        refused = desk.place(an_order())
        await desk.told(refused, "rejected")
        tws.control.deliver_executions(is_withheld=True)  # TWS tells it only when it is asked
        tws.control.fill(tws.control.orders(f"{SESSION}:{order.ref}")[0].perm_id, 2, 12.0)
        snapshots = len(desk.all(Snapshot))
        tws.control.restore_uplink(data_kept=data_kept)
        assert (await desk.filled(order))[0].contracts == 2
        await desk.until(lambda: states(desk)[-1] == "up")
        assert len(desk.all(Snapshot)) > snapshots
        assert desk.all(Snapshot)[-1].positions == ()
        tws.control.quote(CALL, 9.7, 10.0, 9.9)
        await taken.row(lambda row: row.symbol == CALL_SYMBOL and row.bid == 9.7)
    assert len(tws.control.received("startApi")) == 1
    assert states(desk) == ["synchronising", "up", "no server", "synchronising", "up", "connecting"]
    fill, up = desk.events.index(desk.of(order, Fill)[0]), desk.events.index(desk.all(LinkChanged)[4])
    assert fill < up


@in_loop
async def test_a_server_that_goes_again_while_it_is_asked_is_waited_for_again(tws: LoopbackTws) -> None:
    tws.control.set_position(CALL, 2, 9.0)
    desk = Desk(tws)
    async with feeding(tws, trading=desk.broker):
        await desk.until(lambda: states(desk)[-1:] == ["up"])
        order = await desk.working(an_order())
        tws.control.forget_received()
        tws.control.hold("reqExecutions")
        tws.control.lose_uplink()
        tws.control.restore_uplink()
        await tws.soon(lambda control: control.await_received("reqExecutions"))
        tws.control.lose_uplink()
        await desk.until(lambda: states(desk)[-1] == "no server")
        tws.control.release("reqExecutions")
        tws.control.restore_uplink()
        await desk.until(lambda: states(desk)[-1] == "up")
        desk.cancel(order)
        await desk.told(order, "cancelled")
    assert states(desk)[2:-1] == ["no server", "synchronising", "no server", "synchronising", "up"]
