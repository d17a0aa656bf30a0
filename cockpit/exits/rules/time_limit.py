"""Leaves what has been held for long enough, in profit or not."""

from cockpit.exits.rule import (
    HOLD,
    NO,
    UNSEEN,
    YES,
    Reading,
    at,
    example,
    memory,
    over,
    pack,
    param,
    parameters,
    reaches,
    triggers,
)
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """How long is long enough."""

    max_hold_min: float = param(120.0, "min", 0, 100_000, "Longest time to hold, inclusive; 0 is off.")


@memory
class Memory:
    """Nothing to remember."""


TIME_LIMIT_WITH_PROFIT, TIME_LIMIT_CUT_LOSS = triggers(0.70, 0.80)
BINDING = "vetoable"
NEEDS = {TIME_LIMIT_WITH_PROFIT: ("gain",), TIME_LIMIT_CUT_LOSS: ("gain",)}
URGENCY = {TIME_LIMIT_WITH_PROFIT: "profit", TIME_LIMIT_CUT_LOSS: "warning"}


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """TIME_LIMIT_WITH_PROFIT, TIME_LIMIT_CUT_LOSS."""
    if p.max_hold_min <= 0.0 or reaches(pos.age_s, p.max_hold_min * 60.0) == NO:
        return NO
    won = over(pos.gain, 0.0)
    if won == UNSEEN:
        return pack(UNSEEN, UNSEEN)
    return pack(won, NO if won else YES)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Minutes held, and the gain that decides which of the two it is."""
    if p.max_hold_min <= 0.0:
        return {}
    lost = not pos.gain > 0.0
    code = TIME_LIMIT_CUT_LOSS.code if lost else TIME_LIMIT_WITH_PROFIT.code
    held = Reading("held", pos.age_s / 60.0, p.max_hold_min, "min", trigger=code, digits=1)
    return {"held": held, "gain": Reading("gain", pos.gain, 0.0, "points", -1 if lost else 1)}


BECAUSE = {TIME_LIMIT_WITH_PROFIT: "{held} with a {gain}", TIME_LIMIT_CUT_LOSS: "{held} with a {gain}"}

SHORT = {"side": -1.0}
EXAMPLES = (
    example("119:59 holds", at(7199, mark=51.0), gives=HOLD),
    example("120 minutes with profit", at(7200, mark=51.0), gives=TIME_LIMIT_WITH_PROFIT, confidence=0.70,
            fraction=1.0),
    example("120 minutes with a loss", at(7200, mark=49.0), gives=TIME_LIMIT_CUT_LOSS, confidence=0.80, fraction=1.0),
    example("no gain is no profit", at(7200, mark=50.0), gives=TIME_LIMIT_CUT_LOSS),
    example("the least gain is one", at(7200, mark=50.01), gives=TIME_LIMIT_WITH_PROFIT),
    example("a short gains when the premium falls", at(7200, mark=49.0), gives=TIME_LIMIT_WITH_PROFIT, position=SHORT),
    example("a short loses when it rises", at(7200, mark=51.0), gives=TIME_LIMIT_CUT_LOSS, position=SHORT),
    example("later it still wants to leave", at(9000, mark=51.0), gives=TIME_LIMIT_WITH_PROFIT),
    example("0 is off", at(90_000, mark=51.0), gives=HOLD, max_hold_min=0.0),
    example("a shorter limit", at(60, mark=51.0), gives=TIME_LIMIT_WITH_PROFIT, max_hold_min=1.0),
    example("blind at the limit without a mark", at(7200, mark=None), gives="gain"),
    example("but not before", at(7199, mark=None), gives=HOLD),
)  # fmt: skip
