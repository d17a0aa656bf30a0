"""Leaves when the position has been held longer than any trade of this kind should be."""

from cockpit.exits.rule import HOLD, NO, Reading, at, example, memory, over, param, parameters, triggers
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """One limit in seconds."""

    max_held_s: float = param(1200.0, "s", 10, 86_400, "Longest time to hold, whatever else happens.")


@memory
class Memory:
    """Nothing to remember."""


(EXTREME_HOLD,) = triggers(0.99)
BINDING = "mandatory"
NEEDS = {EXTREME_HOLD: ()}


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """EXTREME_HOLD; the only trigger, so its state is the answer."""
    return NO if pos.age_s <= p.max_held_s else over(pos.age_s, p.max_held_s)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Time held."""
    return {"held": Reading("held", pos.age_s, p.max_held_s, "s", trigger=EXTREME_HOLD.code, digits=0)}


BECAUSE = {EXTREME_HOLD: "{held}"}

EXAMPLES = (
    example("1200 s holds", at(1200), gives=HOLD),
    example("1201 s leaves", at(1201), gives=EXTREME_HOLD, confidence=0.99, fraction=1.0),
    example("1201 s leaves a short position and without a quote", at(1201, mark=None, exit_price=None),
            gives=EXTREME_HOLD, position={"side": -1.0}),
    example("an hour exactly, where an hour is allowed", at(3600), gives=HOLD, max_held_s=3600.0),
)  # fmt: skip
