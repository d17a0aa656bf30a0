"""What can happen in a schedule: each step is a word and its numbers, and does the same to any state of things."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from cockpit import commands as c
from cockpit.state.model import Held
from tests.broker_laws.laws import fits, holds
from tests.broker_laws.world import SYMBOLS, World
from tests.tws.control_orders import OrderSeen
from tests.tws.scene import CALL, FAR_CALL, PUT, SPY

NOTICES = {10349: "Order TIF was set to DAY based on order preset.", 399: "Order Message: it is held back."}
REJECTED = (201, "Order rejected - reason:insufficient equity")
TOO_LATE = (10148, "OrderId that needs to be cancelled can not be cancelled, state: PendingCancel.")
HEARD_WITHIN_S = 0.1
MAIN = (CALL, PUT)
IN_ORDER = ("placeOrder", "cancelOrder")
"""What one connection says of orders is never reordered: these are held up together."""


class Step(NamedTuple):
    """One, as it is printed."""

    word: str
    a: float = 0
    b: float = 0


Doing = Callable[[World, Step], Awaitable[None] | None]
DOING: dict[str, Doing] = {}


def step(doing: Doing) -> Doing:
    """Names it after the function."""
    DOING[getattr(doing, "__name__", "").rstrip("_")] = doing
    return doing


async def do(world: World, one: Step) -> None:
    """One step; before it, the market goes on if the session knows all that was traded."""
    if world.is_rough and world.is_running:
        await world.until(lambda: is_agreed(world), HEARD_WITHIN_S, step_s=0.0)
    go_on(world)
    doing = DOING[one.word](world, one)
    if doing is not None:
        await doing
    await world.mourn()


def go_on(world: World) -> None:
    """The market takes orders again, if the session knows all that was traded."""
    if world.is_hushed and is_agreed(world):
        world.control.matching(True)
        world.requote()


def hush(world: World) -> None:
    """The market takes nothing until the session has heard of what was done behind its back.

    Whoever trades elsewhere while an exit works can always overtake it; that is nobody's fault.
    """
    world.control.matching(False)
    world.control.forget_plans()


def is_agreed(world: World) -> bool:
    """Whether the session holds what the server does, and nothing works that could take more."""
    if world.run is None or world.run.is_dead:
        return False
    state = world.run.state
    is_up = state.link is not None and state.link.state == "up"
    return is_up and not [*holds(world.control, state, SYMBOLS), *fits(world.control, SYMBOLS, world.entries)]


def held_of(world: World, number: float) -> Held | None:
    """One of the open positions."""
    open_ = list(world.run.state.held.values()) if world.run is not None and not world.run.is_dead else []
    return open_[int(number) % len(open_)] if open_ else None


def ask(world: World, command: c.Base) -> None:
    """Of the session, if it runs; refusals are answers."""
    if world.run is not None and not world.run.is_dead:
        world.run.ask(command)


def ours(world: World, number: float, *kinds: str) -> OrderSeen | None:
    """One of our orders that work at the server."""
    found = [o for o in world.control.working() if o.reference and not o.is_held and (not kinds or o.kind in kinds)]
    return found[int(number) % len(found)] if found else None


# ------------------------------------------------------------------ the market


@step
def quote(world: World, one: Step) -> None:
    """The bid of a contract, in cents around where it began."""
    world.quote(MAIN[int(one.a) % 2], round(9.8 + one.b / 100, 2))


@step
def far_quote(world: World, one: Step) -> None:
    """That of the contract which others may trade."""
    world.quote(FAR_CALL, round(9.8 + one.b / 100, 2))


@step
def underlying(world: World, one: Step) -> None:
    """The price of the underlying."""
    world.control.quote(SPY, 500 + one.b - 0.01, 500 + one.b + 0.01, 500 + one.b)


@step
def no_bid(world: World, one: Step) -> None:
    """Nobody buys."""
    con_id = MAIN[int(one.a) % 2]
    world.control.quote(con_id, None, round(world.bids[con_id] + 0.1, 2), sizes=(0, 50, 1))


@step
def liquidity(world: World, one: Step) -> None:
    """So many contracts are taken from now on; none said is any number."""
    world.control.liquidity(MAIN[int(one.a) % 2], one.b or None)


@step
async def wait(world: World, one: Step) -> None:
    """Session time passes."""
    await world.pass_s(one.a)


@step
async def breathe(world: World, one: Step) -> None:
    """Milliseconds of real time."""
    await world.breathe(one.a / 1000)


# ------------------------------------------------------------------ the human


@step
def enter(world: World, one: Step) -> None:
    """Buys or, with a negative number, sells; a cooldown is ended first."""
    ask(world, c.ResetCooldown(reason="the schedule goes on"))
    side = "buy" if one.b > 0 else "sell"
    ask(world, c.Enter(symbol=SYMBOLS[MAIN[int(one.a) % 2]], side=side, contracts=max(int(abs(one.b)), 1)))


@step
def enter_resting(world: World, one: Step) -> None:
    """Buys below the market."""
    ask(world, c.ResetCooldown(reason="the schedule goes on"))
    con_id = MAIN[int(one.a) % 2]
    price = round(world.bids[con_id] - 0.2, 2)
    ask(world, c.Enter(symbol=SYMBOLS[con_id], side="buy", contracts=int(one.b), price=price, rests="day"))


@step
def reduce(world: World, one: Step) -> None:
    """Takes some off."""
    held = held_of(world, one.a)
    if held is not None:
        ask(world, c.Reduce(position=held.id, contracts=int(one.b)))


@step
def close(world: World, one: Step) -> None:
    """Takes all off."""
    held = held_of(world, one.a)
    if held is not None:
        ask(world, c.Close(position=held.id))


@step
def cancel_exit(world: World, one: Step) -> None:
    """Thinks better of it."""
    held = held_of(world, one.a)
    if held is not None:
        ask(world, c.CancelExit(position=held.id))


@step
def set_stop(world: World, one: Step) -> None:
    """In cents below the bid, or above the ask of what was sold."""
    held = held_of(world, one.a)
    if held is not None:
        bid = world.bids.get(next(k for k, v in SYMBOLS.items() if v == held.instrument.symbol), 9.8)
        price = bid - one.b / 100 if held.side > 0 else bid + 0.1 + one.b / 100
        ask(world, c.SetStop(position=held.id, price=max(round(price, 2), 0.01)))


@step
def set_mode(world: World, one: Step) -> None:
    """Rules act, or wait for a yes."""
    held = held_of(world, one.a)
    if held is not None:
        ask(world, c.SetMode(position=held.id, mode="confirm" if one.b else "automatic"))


@step
def flatten(world: World, one: Step) -> None:
    """All."""
    ask(world, c.Flatten())


@step
def kill_switch(world: World, one: Step) -> None:
    """All, and everything that works."""
    ask(world, c.Kill())


@step
def session(world: World, one: Step) -> None:
    """Active again, or only reducing."""
    ask(world, c.SetSession(state="reducing" if one.a else "active"))


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
    if world.run is not None:
        name = ("dies_before_commit", "dies_after_commit", "dies_after_send")[int(one.a) % 3]
        setattr(world.run, name, int(one.b))


@step
async def start(world: World, one: Step) -> None:
    """Our program is started, unless it runs."""
    await world.start()
