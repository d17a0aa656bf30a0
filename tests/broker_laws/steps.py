"""What the market does in a schedule, and what the human asks for."""

from cockpit import commands as c
from tests.broker_laws.doing import MAIN, Step, ask, held_of, step
from tests.broker_laws.program import SYMBOLS
from tests.broker_laws.world import World
from tests.tws.scene import CALL, FAR_CALL, SPY

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
        ask(world, c.Reduce(position=held, contracts=int(one.b)))


@step
def close(world: World, one: Step) -> None:
    """Takes all off."""
    held = held_of(world, one.a)
    if held is not None:
        ask(world, c.Close(position=held))


@step
def cancel_exit(world: World, one: Step) -> None:
    """Thinks better of it."""
    held = held_of(world, one.a)
    if held is not None:
        ask(world, c.CancelExit(position=held))


@step
def set_stop(world: World, one: Step) -> None:
    """In cents below the bid or, with a negative number, above the ask."""
    held = held_of(world, one.a)
    if held is not None:
        price = world.bids[CALL] + (-one.b if one.b > 0 else 10 - one.b) / 100
        ask(world, c.SetStop(position=held, price=max(round(price, 2), 0.01)))


@step
def set_mode(world: World, one: Step) -> None:
    """Rules act, or wait for a yes."""
    held = held_of(world, one.a)
    if held is not None:
        ask(world, c.SetMode(position=held, mode="confirm" if one.b else "automatic"))


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
