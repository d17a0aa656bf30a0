"""Answers a change of market regime, once per transition: leaves, takes half, tightens or relaxes the stop."""

from cockpit.exits.rule import (
    HOLD,
    NO,
    UNSEEN,
    YES,
    Reading,
    Verdict,
    at,
    example,
    memory,
    pack,
    param,
    parameters,
    reaches,
    triggers,
    whole_lots,
)
from cockpit.exits.view import OWN, UNDERLYING, Position
from cockpit.market.view import PANIC, RANGE, REGIME_NAMES, TREND, TREND_DOWN, TREND_UP, UNKNOWN, Market


@parameters
class Parameters:
    """What counts as profit, and by how much the stop in force moves. All times the scale."""

    profit_bps: float = param(50.0, "bps", -10_000, 1e6, "Gain from which a position is in profit, inclusive.")
    panic_tighten_bps: float = param(50.0, "bps", 0, 10_000, "A trend panics without profit: tighten by this.")
    range_tighten_bps: float = param(30.0, "bps", 0, 10_000, "A trend ends without profit: tighten by this.")
    trend_relax_bps: float = param(20.0, "bps", 0, 10_000, "A range becomes a trend with us: relax by this.")
    calm_relax_bps: float = param(10.0, "bps", 0, 10_000, "A panic ends without profit: relax by this.")


@memory
class Memory:
    """The regime the position was last judged in, and the one whose coming has fired since."""

    reference: int = UNKNOWN
    entering: int = UNKNOWN  # an order may fill after the market has moved on: what it answered becomes the reference


REGIME_PANIC, REGIME_RANGE, REGIME_TREND, REGIME_OPPOSED = triggers(0.95, 0.75, 0.80, 0.85)
BINDING = "immediate"
NEEDS = {
    REGIME_PANIC: ("gain_bps",),
    REGIME_RANGE: ("gain_bps",),
    REGIME_TREND: ("gain_bps",),
    REGIME_OPPOSED: (),
}
URGENCY = {REGIME_PANIC: "danger"}


def opposed(pos: Position, regime: int) -> bool:
    """Whether a trend is known to run against the position."""
    return (regime == TREND_DOWN and pos.exposure > 0.0) or (regime == TREND_UP and pos.exposure < 0.0)


def trends(regime: int) -> bool:
    """Whether it is a trend, of whatever direction."""
    return regime in (TREND_UP, TREND_DOWN, TREND)


def judged(pos: Position) -> int:
    """State of a transition whose answer depends on profit."""
    return YES if pos.gain_bps == pos.gain_bps else UNSEEN


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """REGIME_PANIC, REGIME_RANGE, REGIME_TREND, REGIME_OPPOSED."""
    new, was = now.regime, m.reference
    if new == was:
        return NO
    if new == UNKNOWN:
        return NO
    if was == UNKNOWN:  # the first known regime is the reference
        m.reference = new
        return NO
    if new == TREND and was != PANIC:  # of unknown direction, which decides about it; the reference stays
        return NO
    if trends(was) and trends(new) and (was == TREND or not opposed(pos, new)):
        m.reference = new
        return NO
    m.entering = new
    if new == PANIC:
        return pack(YES if was == RANGE else judged(pos))
    if new == RANGE:
        return pack(NO, judged(pos))
    if opposed(pos, new):
        return pack(NO, NO, NO, YES)
    return pack(NO, NO, YES if was == RANGE else judged(pos))


def half(pos: Position) -> float:
    """Half of the position in whole lots, rounded down, never the last lot; odd contracts stay."""
    return whole_lots(0.5, pos.contracts, pos.lot) / pos.contracts


def weigh(p: Parameters, now: Market, pos: Position, m: Memory, code: int) -> Verdict:
    """The table of exits.md 5: from the reference regime to the one entered."""
    was = m.reference
    profit = reaches(pos.gain_bps, p.profit_bps * pos.scale) == YES
    if code == REGIME_OPPOSED.code:
        return Verdict(code, 0.90 if was == PANIC else 0.85)
    if code == REGIME_PANIC.code:
        if was == RANGE:
            return Verdict(code, 0.90)
        return Verdict(code, 0.95) if profit else Verdict(code, 0.85, 0.0, shift_bps=p.panic_tighten_bps)
    if was == RANGE:
        return Verdict(code, 0.80, 0.0, shift_bps=-p.trend_relax_bps)
    if profit:
        return Verdict(code, 0.75, half(pos))
    return Verdict(code, 0.70, 0.0, shift_bps=-p.calm_relax_bps if was == PANIC else p.range_tighten_bps)


def acted(p: Parameters, now: Market, pos: Position, m: Memory) -> None:
    """What it fired on has been answered, or vetoed: judged from there on."""
    if m.entering != UNKNOWN:
        m.reference = m.entering


def alert(p: Parameters, now: Market, pos: Position, m: Memory) -> str:
    """What the trader has to judge alone: a range has become a trend of unknown direction. Empty: nothing."""
    return "range has become a trend of unknown direction" if now.regime == TREND and m.reference == RANGE else ""


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """The gain against what counts as profit, named after the transition."""
    was, new = REGIME_NAMES[m.reference], REGIME_NAMES[now.regime]
    name = f"{was}, gain" if now.regime == m.reference else f"{was} became {new}, gain"
    return {"gain": Reading(name, pos.gain_bps, p.profit_bps * pos.scale, "bps", digits=1)}


BECAUSE = {REGIME_PANIC: "{gain}", REGIME_RANGE: "{gain}", REGIME_TREND: "{gain}", REGIME_OPPOSED: "{gain}"}

UP, DOWN = at(0, regime=TREND_UP), at(0, regime=TREND_DOWN)
RANGING, PANICKING = at(0, regime=RANGE), at(0, regime=PANIC)
PROFIT, LOSS = 50.25, 50.249  # +50 and +49.8 bps of 50
PUT, SHORT = {"right": -1}, {"side": -1.0}
EXAMPLES = (
    # --- trend to panic, to range
    example("a trend panics at +50 bps: all", UP, at(60, regime=PANIC, mark=PROFIT), gives=REGIME_PANIC,
            confidence=0.95, fraction=1.0),
    example("a trend panics just below: tighten by 50", UP, at(60, regime=PANIC, mark=LOSS), gives=REGIME_PANIC,
            confidence=0.85, fraction=0.0, shift_bps=50.0),
    example("a trend ends at +50 bps: half", UP, at(60, regime=RANGE, mark=PROFIT), gives=REGIME_RANGE,
            confidence=0.75, fraction=0.5),
    example("a trend ends just below: tighten by 30", UP, at(60, regime=RANGE, mark=LOSS), gives=REGIME_RANGE,
            confidence=0.70, fraction=0.0, shift_bps=30.0),
    example("a trend down panics with a put in profit", DOWN, at(60, regime=PANIC, mark=PROFIT), gives=REGIME_PANIC,
            position=PUT, confidence=0.95, fraction=1.0),
    example("a trend against us panics: the direction does not matter", DOWN, at(60, regime=PANIC, mark=PROFIT),
            gives=REGIME_PANIC, confidence=0.95, fraction=1.0),
    example("a trend of unknown direction ends", at(0, regime=TREND), at(60, regime=RANGE, mark=LOSS),
            gives=REGIME_RANGE, shift_bps=30.0),
    example("a short profits when the premium falls", UP, at(60, regime=PANIC, mark=49.75), gives=REGIME_PANIC,
            position=SHORT, confidence=0.95, fraction=1.0),
    example("and not just above", UP, at(60, regime=PANIC, mark=49.751), gives=REGIME_PANIC, position=SHORT,
            confidence=0.85, shift_bps=50.0),
    # --- range to panic, to trend
    example("a range panics with profit: all", RANGING, at(60, regime=PANIC, mark=PROFIT), gives=REGIME_PANIC,
            confidence=0.90, fraction=1.0),
    example("a range panics without: all", RANGING, at(60, regime=PANIC, mark=LOSS), gives=REGIME_PANIC,
            confidence=0.90, fraction=1.0),
    example("a range panics, whatever the gain may be", RANGING, at(60, regime=PANIC, mark=None), gives=REGIME_PANIC,
            confidence=0.90, fraction=1.0),
    example("a range becomes our trend: relax by 20", RANGING, at(60, regime=TREND_UP), gives=REGIME_TREND,
            confidence=0.80, fraction=0.0, shift_bps=-20.0),
    example("a put's trend is down", RANGING, at(60, regime=TREND_DOWN), gives=REGIME_TREND, position=PUT,
            confidence=0.80, fraction=0.0, shift_bps=-20.0),
    example("a range becomes a trend against us: all", RANGING, at(60, regime=TREND_DOWN), gives=REGIME_OPPOSED,
            confidence=0.85, fraction=1.0),
    example("a trend up is against a put", RANGING, at(60, regime=TREND_UP), gives=REGIME_OPPOSED, position=PUT,
            confidence=0.85, fraction=1.0),
    example("a trend up is against a short call", RANGING, at(60, regime=TREND_UP), gives=REGIME_OPPOSED,
            position=SHORT, confidence=0.85, fraction=1.0),
    example("a trend up is with a short put", RANGING, at(60, regime=TREND_UP), gives=REGIME_TREND,
            position={**SHORT, **PUT}, confidence=0.80, shift_bps=-20.0),
    example("a range becomes a trend of unknown direction: hold", RANGING, at(60, regime=TREND), gives=HOLD),
    example("and its direction is still a transition from the range", RANGING, at(60, regime=TREND),
            at(61, regime=TREND_DOWN), gives=REGIME_OPPOSED, confidence=0.85),
    # --- panic to trend or range
    example("a panic calms at +50 bps: half", PANICKING, at(60, regime=RANGE, mark=PROFIT), gives=REGIME_RANGE,
            confidence=0.75, fraction=0.5),
    example("a panic calms just below: relax by 10", PANICKING, at(60, regime=RANGE, mark=LOSS), gives=REGIME_RANGE,
            confidence=0.70, fraction=0.0, shift_bps=-10.0),
    example("a panic becomes our trend with profit: half", PANICKING, at(60, regime=TREND_UP, mark=PROFIT),
            gives=REGIME_TREND, confidence=0.75, fraction=0.5),
    example("a panic becomes our trend without: relax by 10", PANICKING, at(60, regime=TREND_UP, mark=LOSS),
            gives=REGIME_TREND, confidence=0.70, fraction=0.0, shift_bps=-10.0),
    example("a panic becomes a trend against us: all", PANICKING, at(60, regime=TREND_DOWN, mark=PROFIT),
            gives=REGIME_OPPOSED, confidence=0.90, fraction=1.0),
    example("without profit too", PANICKING, at(60, regime=TREND_DOWN, mark=LOSS), gives=REGIME_OPPOSED,
            confidence=0.90, fraction=1.0),
    example("a panic becomes a trend of unknown direction at +50 bps: half", PANICKING,
            at(60, regime=TREND, mark=PROFIT), gives=REGIME_TREND, confidence=0.75, fraction=0.5),
    example("just below: relax by 10", PANICKING, at(60, regime=TREND, mark=LOSS), gives=REGIME_TREND,
            confidence=0.70, fraction=0.0, shift_bps=-10.0),
    example("a put's too", PANICKING, at(60, regime=TREND, mark=LOSS), gives=REGIME_TREND, position=PUT,
            confidence=0.70, fraction=0.0, shift_bps=-10.0),
    example("a direction that shows against us before it was answered: all", PANICKING,
            at(60, regime=TREND, mark=PROFIT), at(61, regime=TREND_DOWN), gives=REGIME_OPPOSED, confidence=0.90,
            fraction=1.0),
    # --- trend to trend
    example("our trend turns against us: all", UP, at(60, regime=TREND_DOWN, mark=PROFIT), gives=REGIME_OPPOSED,
            confidence=0.85, fraction=1.0),
    example("a trend turns against a put", DOWN, at(60, regime=TREND_UP), gives=REGIME_OPPOSED, position=PUT,
            confidence=0.85, fraction=1.0),
    example("a trend against us turns: hold", DOWN, at(60, regime=TREND_UP), gives=HOLD),
    example("and the reference takes the direction", DOWN, at(60, regime=TREND_UP), at(61, regime=TREND_DOWN),
            gives=REGIME_OPPOSED, confidence=0.85),
    example("a trend loses its direction: hold", UP, at(60, regime=TREND), gives=HOLD),
    example("and the reference stays", UP, at(60, regime=TREND), at(61, regime=TREND_DOWN), gives=REGIME_OPPOSED),
    example("a trend of unknown direction shows it: hold", at(0, regime=TREND), at(60, regime=TREND_DOWN), gives=HOLD),
    example("and the reference takes it", at(0, regime=TREND), at(60, regime=TREND_UP), at(61, regime=TREND_DOWN),
            gives=REGIME_OPPOSED),
    # --- unknown, and what stands
    example("nothing changes", UP, at(60, regime=TREND_UP), gives=HOLD),
    example("into the unknown: hold", UP, at(60, regime=UNKNOWN), gives=HOLD),
    example("and the reference stays through the unknown", UP, at(60, regime=UNKNOWN), at(61, regime=PANIC),
            gives=REGIME_PANIC, confidence=0.85),
    example("the first known regime is the reference, even a panic", at(0, regime=UNKNOWN), at(60, regime=PANIC),
            gives=HOLD),
    example("back where it came from: hold", UP, at(60, regime=PANIC), at(61, regime=TREND_UP), gives=HOLD),
    example("it keeps asking until it has been answered", UP, at(60, regime=PANIC), at(61), at(120),
            gives=REGIME_PANIC),
    # --- half in whole lots, profit by scale and basis, blindness
    example("half of five lots is two", UP, at(60, regime=RANGE, mark=PROFIT), gives=REGIME_RANGE, fraction=0.4,
            position={"contracts": 250.0, "lot": 50.0}),
    example("odd contracts stay", UP, at(60, regime=RANGE, mark=PROFIT), gives=REGIME_RANGE, fraction=100.0 / 270.0,
            position={"contracts": 270.0, "lot": 50.0}),
    example("half of one lot is nothing, and moves nothing", UP, at(60, regime=RANGE, mark=PROFIT), gives=REGIME_RANGE,
            confidence=0.75, fraction=0.0, shift_bps=0.0, position={"contracts": 65.0, "lot": 65.0}),
    example("profit is scaled", UP, at(60, regime=PANIC, mark=50.075), gives=REGIME_PANIC, confidence=0.95,
            position={"scale": 0.3}),
    example("profit is of the gain basis", UP, at(60, regime=PANIC, mark=40.0, underlying=20_100.0),
            gives=REGIME_PANIC, confidence=0.95, position={"basis": UNDERLYING}),
    example("a put profits when the underlying falls", DOWN, at(60, regime=PANIC, underlying=19_900.0),
            gives=REGIME_PANIC, confidence=0.95, position={**PUT, "basis": UNDERLYING}),
    example("on the own basis from the entry mark", UP, at(60, regime=PANIC, mark=50.25), gives=REGIME_PANIC,
            confidence=0.85, position={"basis": OWN, "entry_mark": 50.01}),
    example("blind where profit decides and the gain is unknown", UP, at(60, regime=PANIC, mark=None),
            gives="gain_bps"),
    example("blind at the end of a trend", UP, at(60, regime=RANGE, mark=None), gives="gain_bps"),
    example("blind at the end of a panic", PANICKING, at(60, regime=TREND_UP, mark=None), gives="gain_bps"),
    example("blind at its end in a trend of unknown direction", PANICKING, at(60, regime=TREND, mark=None),
            gives="gain_bps"),
    example("not blind when a range becomes one", RANGING, at(60, regime=TREND, mark=None), gives=HOLD),
    example("not blind against a trend", PANICKING, at(60, regime=TREND_DOWN, mark=None), gives=REGIME_OPPOSED),
    example("not blind while nothing changes", UP, at(60, mark=None), gives=HOLD),
)  # fmt: skip
