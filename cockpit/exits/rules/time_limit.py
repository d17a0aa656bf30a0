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
from cockpit.exits.view import OWN, UNDERLYING, Position
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
NEEDS = {TIME_LIMIT_WITH_PROFIT: ("gain_bps",), TIME_LIMIT_CUT_LOSS: ("gain_bps",)}
URGENCY = {TIME_LIMIT_WITH_PROFIT: "profit", TIME_LIMIT_CUT_LOSS: "warning"}


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """TIME_LIMIT_WITH_PROFIT, TIME_LIMIT_CUT_LOSS."""
    if p.max_hold_min <= 0.0 or reaches(pos.age_s, p.max_hold_min * 60.0) == NO:
        return NO
    won = over(pos.gain_bps, 0.0)
    if won == UNSEEN:
        return pack(UNSEEN, UNSEEN)
    return pack(won, NO if won else YES)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Minutes held, and the gain of the gain basis that decides which of the two it is."""
    if p.max_hold_min <= 0.0:
        return {}
    lost = over(pos.gain_bps, 0.0) != YES
    code = TIME_LIMIT_CUT_LOSS.code if lost else TIME_LIMIT_WITH_PROFIT.code
    held = Reading("held", pos.age_s / 60.0, p.max_hold_min, "min", trigger=code, digits=1)
    return {"held": held, "gain": Reading("gain", pos.gain_bps, 0.0, "bps", -1 if lost else 1)}


BECAUSE = {TIME_LIMIT_WITH_PROFIT: "{held} with a {gain}", TIME_LIMIT_CUT_LOSS: "{held} with a {gain}"}

SHORT, PUT = {"side": -1.0}, {"right": -1, "basis": UNDERLYING}
EXAMPLES = (
    example("119:59 holds", at(7199, mark=51.0), gives=HOLD),
    example("120 minutes with profit", at(7200, mark=51.0), gives=TIME_LIMIT_WITH_PROFIT, confidence=0.70,
            fraction=1.0),
    example("120 minutes with a loss", at(7200, mark=49.0), gives=TIME_LIMIT_CUT_LOSS, confidence=0.80, fraction=1.0),
    example("no gain is no profit", at(7200, mark=50.0), gives=TIME_LIMIT_CUT_LOSS),
    example("the least gain is one", at(7200, mark=50.01), gives=TIME_LIMIT_WITH_PROFIT),
    example("a short gains when the premium falls", at(7200, mark=49.0), gives=TIME_LIMIT_WITH_PROFIT, position=SHORT),
    example("a short loses when it rises", at(7200, mark=51.0), gives=TIME_LIMIT_CUT_LOSS, position=SHORT),
    example("the premium lost, the underlying rose", at(7200, mark=45.0, underlying=20_001.0),
            gives=TIME_LIMIT_WITH_PROFIT, position={"basis": UNDERLYING}),
    example("the premium won, the underlying stands still", at(7200, mark=55.0, underlying=20_000.0),
            gives=TIME_LIMIT_CUT_LOSS, position={"basis": UNDERLYING}),
    example("a put gains when the underlying falls", at(7200, mark=45.0, underlying=19_999.0),
            gives=TIME_LIMIT_WITH_PROFIT, position=PUT),
    example("and loses when it rises", at(7200, mark=55.0, underlying=20_001.0), gives=TIME_LIMIT_CUT_LOSS,
            position=PUT),
    example("on the own basis from the entry mark", at(7200, mark=50.01), gives=TIME_LIMIT_CUT_LOSS,
            position={"basis": OWN, "entry_mark": 50.01}),
    example("the least gain on it", at(7200, mark=49.995), gives=TIME_LIMIT_WITH_PROFIT,
            position={"basis": OWN, "entry_mark": 49.99}),
    example("later it still wants to leave", at(9000, mark=51.0), gives=TIME_LIMIT_WITH_PROFIT),
    example("0 is off", at(90_000, mark=51.0), gives=HOLD, max_hold_min=0.0),
    example("a shorter limit", at(60, mark=51.0), gives=TIME_LIMIT_WITH_PROFIT, max_hold_min=1.0),
    example("blind at the limit without a mark", at(7200, mark=None), gives="gain_bps"),
    example("blind at the limit without the underlying", at(7200, mark=51.0, underlying=None), gives="gain_bps",
            position={"basis": UNDERLYING}),
    example("not blind without the mark where the underlying decides", at(7200, mark=None, underlying=20_001.0),
            gives=TIME_LIMIT_WITH_PROFIT, position={"basis": UNDERLYING}),
    example("but not before", at(7199, mark=None), gives=HOLD),
)  # fmt: skip
