"""What the broker, others and the connection do to us in a schedule, and how our program dies and starts."""

from typing import Any

from cockpit import commands as c
from tests.broker_laws.doing import MAIN, Step, ask, hush, ours, step
from tests.broker_laws.world import World
from tests.tws.scene import CALL, FAR_CALL, PUT

NOTICES = {10349: "Order TIF was set to DAY based on order preset.", 399: "Order Message: it is held back."}
REJECTED = (201, "Order rejected - reason:insufficient equity")
TOO_LATE = (10148, "OrderId that needs to be cancelled can not be cancelled, state: PendingCancel.")
IN_ORDER = ("placeOrder", "cancelOrder")
"""What one connection says of orders is never reordered: these are held up together."""


# ------------------------------------------------------------------ what the broker does to orders


@step
def reject(world: World, one: Step) -> None:
    """The next order, or the next change, is refused."""
    world.control.plan_order(reject=REJECTED, reject_status="Inactive" if one.a else "")


@step
def notice(world: World, one: Step) -> None:
    """The next order is only commented upon."""
    code = tuple(NOTICES)[int(one.a) % 2]
    world.control.plan_order(notice=(code, NOTICES[code]))


@step
def refuse_cancel(world: World, one: Step) -> None:
    """The next cancel is refused."""
    world.control.plan_cancel(refuse=TOO_LATE)


@step
def crossing_fill(world: World, one: Step) -> None:
    """The next cancel is crossed by a fill."""
    if not world.is_hushed:
        world.control.plan_cancel(fill=(one.a, world.bids[CALL]))


@step
def filling_order(world: World, one: Step) -> None:
    """The next order fills so much at once."""
    if not world.is_hushed:
        world.control.plan_order(fill=(one.a, world.bids[CALL]))


@step
def fill(world: World, one: Step) -> None:
    """Some of one of our orders fills, whatever the quote."""
    order = ours(world, one.a)
    if order is not None and not world.is_hushed and order.parent_perm_id not in _alive(world):
        world.control.fill(order.perm_id, one.b, world.bids.get(order.con_id, 9.8))


@step
def fill_untold(world: World, one: Step) -> None:
    """The same, and only a question shows it."""
    order = ours(world, one.a)
    if order is not None and not world.is_hushed and order.parent_perm_id not in _alive(world):
        hush(world)
        world.control.fill(order.perm_id, one.b, world.bids.get(order.con_id, 9.8), silent=True)
        ask(world, c.Reconcile())


@step
def deliver(world: World, one: Step) -> None:
    """How executions reach us from now on."""
    commission = ("after", "before", "never")[int(one.b) % 3]
    more: dict[str, Any] = [
        {}, {"duplicates": 2}, {"reversed_batch": 2}, {"is_withheld": True}, {"status": "before"}, {"status": "never"},
    ][int(one.a) % 6]  # fmt: skip
    world.control.flush_executions()
    world.control.deliver_executions(commission=commission, **more)


@step
def cancel_ours(world: World, one: Step) -> None:
    """Somebody cancels one of our orders in TWS: a resting stop, if there is one."""
    order = ours(world, one.a, "STP") or ours(world, one.a)
    if order is not None:
        world.control.cancel(order.perm_id)


@step
def edit_ours(world: World, one: Step) -> None:
    """Somebody makes one of our stops smaller in TWS."""
    order = ours(world, one.a, "STP")
    if order is not None and order.quantity - order.filled > 1:
        world.control.change_by_hand(order.perm_id, quantity=order.quantity - 1)


def _alive(world: World) -> set[int]:
    return {order.perm_id for order in world.control.working()}


# ------------------------------------------------------------------ others


@step
def trade_elsewhere(world: World, one: Step) -> None:
    """By hand in TWS: buys, or sells."""
    con_id = (CALL, PUT, FAR_CALL)[int(one.a) % 3]
    hush(world)
    action = "BUY" if one.b > 0 else "SELL"
    world.control.manual_trade(con_id, action, max(int(abs(one.b)), 1), round(world.bids[con_id] + 0.05, 2))


@step
def close_elsewhere(world: World, one: Step) -> None:
    """By hand in TWS: all of it, or half."""
    positions = list(world.control.positions().items())
    if positions:
        con_id, held = positions[int(one.a) % len(positions)]
        hush(world)
        contracts = max(abs(held) // 2, 1) if one.b else abs(held)
        world.control.manual_trade(con_id, "SELL" if held > 0 else "BUY", contracts, round(world.bids[con_id], 2))


@step
def order_elsewhere(world: World, one: Step) -> None:
    """By hand in TWS: an order that rests for ever."""
    world.control.manual_order(MAIN[int(one.a) % 2], "BUY", 1, "LMT", 0.5, "GTC")


# ------------------------------------------------------------------ the connection


@step
def drop(world: World, one: Step) -> None:
    """It ends, with a reset or politely."""
    world.control.drop(abort=bool(one.a))


@step
def drop_at_order(world: World, one: Step) -> None:
    """It ends at the next order: before it came, before it was acknowledged, after."""
    drops: tuple[Any, ...] = ("before_order", "before_ack", "after_ack")
    world.control.plan_order(drop=drops[int(one.a) % 3])


@step
def drop_at_cancel(world: World, one: Step) -> None:
    """It ends when the next cancel has been done, and is not told."""
    world.control.plan_cancel(drop=True)


@step
def down(world: World, one: Step) -> None:
    """The server is gone."""
    world.control.go_down()


@step
def up(world: World, one: Step) -> None:
    """The server is back."""
    world.control.come_back()


@step
def freeze(world: World, one: Step) -> None:
    """The server says nothing any more, or goes on."""
    world.control.freeze(frozen=bool(one.a))


@step
def uplink(world: World, one: Step) -> None:
    """TWS loses its server, or has it again, with or without the data."""
    if one.a:
        world.control.lose_uplink()
    else:
        world.control.restore_uplink(data_kept=bool(one.b))


@step
def hold_orders(world: World, one: Step) -> None:
    """Orders and cancels lie about at the server, or go on."""
    for kind in IN_ORDER:
        (world.control.hold if one.a else world.control.release)(kind)


@step
def slow(world: World, one: Step) -> None:
    """Answers of a kind take their milliseconds."""
    kinds = (("reqExecutions",), ("reqAllOpenOrders",), ("reqPositions",), IN_ORDER)
    for kind in kinds[int(one.a) % len(kinds)]:
        world.control.slow(kind, one.b / 1000)


@step
def skew(world: World, one: Step) -> None:
    """The server's clock is off by so many seconds."""
    world.skew_s = one.a
    world.set_clock()


# ------------------------------------------------------------------ our program


@step
async def kill(world: World, one: Step) -> None:
    """Kill -9 now."""
    await world.kill()


@step
def kill_at(world: World, one: Step) -> None:
    """Kill -9 at the so-manieth commit, before or after it, or after something was sent."""
    if world.program is not None:
        world.program.die_at(("before commit", "after commit", "after send")[int(one.a) % 3], int(one.b))


@step
async def start(world: World, one: Step) -> None:
    """Our program is started, unless it runs."""
    await world.start()
