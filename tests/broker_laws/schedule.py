"""Draws a schedule from a seed, plays it, and says what it broke."""

import random
import time
from pathlib import Path

from tests.broker_laws import blows, steps
from tests.broker_laws.doing import DOING, Step, do, go_on, is_agreed
from tests.broker_laws.laws import breaches, fits, holds
from tests.broker_laws.program import SYMBOLS
from tests.broker_laws.world import World, a_world
from tests.tws.scene import CALL, FAR_CALL, PUT

QUIET_WITHIN_S = 6.0
STAYS_QUIET = 8  # looks, a quarter of a second of session time each
WEIGHTS = {
    "quote": 14, "far_quote": 1, "underlying": 2, "no_bid": 1, "liquidity": 4, "wait": 10, "breathe": 8,
    "enter": 10, "enter_resting": 2, "reduce": 7, "close": 5, "cancel_exit": 2, "set_stop": 3, "set_mode": 1,
    "flatten": 1, "kill_switch": 0.5, "session": 1.5,
    "reject": 2, "notice": 2, "refuse_cancel": 1, "crossing_fill": 2, "filling_order": 3, "fill": 4, "fill_untold": 1,
    "deliver": 3, "cancel_ours": 2, "edit_ours": 1,
    "trade_elsewhere": 2, "close_elsewhere": 2, "order_elsewhere": 1,
    "drop": 2, "drop_at_order": 3, "drop_at_cancel": 1, "down": 1, "up": 2, "freeze": 1.5, "uplink": 1.5,
    "hold_orders": 1.5, "slow": 1.5, "skew": 0.5,
    "kill": 2, "kill_at": 2, "start": 4,
}  # fmt: skip
SLOW_NEWS = (
    "fill",
    "fill_untold",
    "deliver",
    "slow",
    "hold_orders",
    "freeze",
    "uplink",
    "crossing_fill",
    "filling_order",
)
"""Not in a rough schedule, in which the next fill does not wait until the session has heard of the last one."""


def drawn(seed: int, *, is_rough: bool = False) -> list[Step]:
    """The steps of a schedule; it begins with something to lose."""
    steps = _drawn(random.Random(seed))
    return [one for one in steps if not is_rough or one.word not in SLOW_NEWS]


def _drawn(chance: random.Random) -> list[Step]:
    steps = [Step("enter", 0, chance.choice((1, 2, 3, 4, -2))), Step("wait", 0.25)]
    words = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=chance.randint(8, 26))
    for word in words:
        steps.append(_numbered(chance, word))
        if chance.random() < 0.4:
            steps.append(Step("breathe", chance.choice((0, 1, 3, 8))))
        if word in ("kill", "kill_at") and chance.random() < 0.7:
            steps += [_numbered(chance, "wait"), Step("start")]
    return steps


def _numbered(chance: random.Random, word: str) -> Step:
    a, b = chance.randint(0, 5), chance.randint(1, 3)
    match word:
        case "quote":
            return Step(word, chance.choice((0, 0, 0, 1)), chance.choice((-400, -260, -120, -30, 0, 20, 60, 150, 400)))
        case "far_quote":
            return Step(word, 0, chance.randint(-100, 100))
        case "underlying":
            return Step(word, 0, chance.choice((-8, -2, 0, 2, 8)))
        case "liquidity":
            return Step(word, chance.randint(0, 1), chance.choice((0, 0, 1, 1, 2)))
        case "wait":
            return Step(word, chance.choice((0.25, 0.5, 1, 2, 4)))
        case "breathe":
            return Step(word, chance.choice((0, 1, 3, 8, 20)))
        case "enter":
            return Step(word, chance.randint(0, 1), chance.choice((1, 2, 3, 4, -2)))
        case "set_stop":
            return Step(word, a, chance.choice((5, 20, 60, 150, -20, -60)))
        case "set_mode" | "session" | "close_elsewhere":
            return Step(word, int(chance.random() < 0.3) if word == "session" else a, chance.randint(0, 1))
        case "trade_elsewhere":
            return Step(word, a, chance.choice((1, 2, -1, -2, -5)))
        case "freeze" | "uplink" | "hold_orders" | "drop" | "reject":
            return Step(word, chance.randint(0, 1), chance.randint(0, 1))
        case "slow":
            return Step(word, a, chance.choice((0, 5, 30)))
        case "skew":
            return Step(word, chance.choice((-30, 0, 30)))
        case _:
            return Step(word, a, b)


async def played(steps: list[Step], folder: Path, *, is_rough: bool = False, kind: type[World] = World) -> list[str]:
    """What is broken after it, as sentences."""
    async with a_world(folder, is_rough=is_rough, kind=kind) as world:
        await world.until(lambda: is_ready(world), QUIET_WITHIN_S)
        for one in steps:
            await do(world, one)
        found = await quiet(world)
        if not found:
            await world.stop()
            found = breaches(world.control, None, world.journal, SYMBOLS, world.entries)
    return found


def is_ready(world: World) -> bool:
    """Whether it can be traded."""
    return is_agreed(world) and world.program is not None and world.program.is_quoted


async def quiet(world: World) -> list[str]:
    """Everything is healthy and nothing happens any more: what does not hold then, after a bounded wait."""
    world.control.heal()
    for con_id in (CALL, PUT, FAR_CALL):
        world.control.liquidity(con_id, None)
    world.requote()
    ends = time.monotonic() + QUIET_WITHIN_S
    while not world.is_running and time.monotonic() < ends:
        await world.start()
        await world.pass_s(0.25)
    found = ["our program does not start again", *world.said[-3:]]
    while time.monotonic() < ends:
        looks = 0
        while looks < STAYS_QUIET and (looks == 0 or not found):
            go_on(world)
            await world.pass_s(0.25)
            if not world.is_running:
                await world.start()
            found = _hasty(world)
            looks += 1
        if not found:
            found = breaches(world.control, world.view(), world.journal, SYMBOLS, world.entries)
            if not found:
                return []
    return found


def _hasty(world: World) -> list[str]:
    """Whether it is worth looking closer."""
    view = world.view()
    if view is None:
        return ["our program has died"]
    if not is_agreed(world):
        found = [*holds(world.control, view, SYMBOLS), *fits(world.control, SYMBOLS, world.entries)]
        return found or ["our program is not connected"]
    return ["the market is still hushed"] if world.is_hushed else []


def told(seed: int, steps: list[Step], found: list[str]) -> str:
    """A failure, so that it can be played alone."""
    lines = [f"schedule {seed}:", *(f"  {found_}" for found_ in found), "steps:", f"  {[tuple(s) for s in steps]}"]
    return "\n".join(lines)


assert WEIGHTS.keys() == DOING.keys(), f"{steps.__name__} and {blows.__name__} do what is drawn, and nothing else"
