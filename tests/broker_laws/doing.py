"""How a step of a schedule is done: a word and its numbers, which mean something in any state of things."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from cockpit import commands as c
from tests.broker_laws.laws import fits, holds
from tests.broker_laws.program import SYMBOLS
from tests.broker_laws.world import World
from tests.tws.control_orders import OrderSeen
from tests.tws.scene import CALL, PUT

HEARD_WITHIN_S = 0.1
MAIN = (CALL, PUT)


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
    view = world.view()
    if view is None or not view.is_linked:
        return False
    return not [*holds(world.control, view, SYMBOLS), *fits(world.control, SYMBOLS, world.entries)]


def held_of(world: World, number: float) -> str | None:
    """One of the open positions, by its id."""
    view = world.view()
    return view.ids[int(number) % len(view.ids)] if view is not None and view.ids else None


def ask(world: World, command: c.Base) -> None:
    """Of the session, if it runs; refusals are answers."""
    if world.program is not None and not world.program.is_dead:
        world.program.ask(command)


def ours(world: World, number: float, *kinds: str) -> OrderSeen | None:
    """One of our orders that work at the server."""
    found = [o for o in world.control.working() if o.reference and not o.is_held and (not kinds or o.kind in kinds)]
    return found[int(number) % len(found)] if found else None
