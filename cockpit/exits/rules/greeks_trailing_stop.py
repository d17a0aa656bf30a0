"""Trails the premium at a distance that delta and gamma set; arms on a gain that delta confirms."""

from typing import Any

from cockpit.exits.rule import (
    EPS,
    HOLD,
    NAN,
    NO,
    YES,
    Level,
    Reading,
    at,
    both,
    choice,
    either,
    example,
    memory,
    over,
    param,
    parameters,
    reaches,
    triggers,
)
from cockpit.exits.scale_free import BASES, SCALED, gamma_per_pct, premium_base
from cockpit.exits.stops import ratchet, struck
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """What arms the trail, and its distance: a base by exactly one of points and percent, times a factor."""

    basis: int = choice(BASES, "Base in points and gamma a point of the underlying, or both in percent.")
    arm_gain_pct: float = param(0.5, "%", 0, 1000, "Gain that arms the trail, inclusive.")
    arm_delta: float = param(0.60, "", 0, 1, "documented: |delta| above this arms.")
    arm_rising_delta: float = param(0.50, "", 0, 1, "documented: |delta| above this arms while it rises.")
    base_points: float = param(0.80, "points", 0.0001, 1e6, "documented: distance.", off=True)
    base_pct: float = param(NAN, "%", 0.001, 100, "documented: distance in percent of the mark.", off=True)
    scaled_base_pct: float = param(1.0, "%", 0.001, 100, "scaled: distance in percent of the mark,")
    scaled_noises: float = param(1.0, "x", 0, 1000, "scaled: and at least so much of the premium's noise.")
    weak_delta: float = param(0.30, "", 0, 1, "|delta| below this is weak.")
    falling_delta: float = param(0.05, "", 0, 1, "So is |delta| that fell by more over the lookback.")
    weak_factor: float = param(0.60, "x", 0.01, 10, "Factor for a weak delta; the first factor that applies counts.")
    high_gamma: float = param(0.015, "", 0, 10, "documented: gamma above this is high.")
    scaled_high_gamma: float = param(0.30, "/1 %", 0, 1000, "scaled: gamma above this is high.")
    high_gamma_factor: float = param(0.70, "x", 0.01, 10, "Factor for a high gamma.")
    low_gamma: float = param(0.010, "", 0, 10, "documented: gamma below this is low.")
    scaled_low_gamma: float = param(0.20, "/1 %", 0, 1000, "scaled: gamma below this is low.")
    low_gamma_factor: float = param(0.95, "x", 0.01, 10, "Factor for a low gamma.")
    strong_delta: float = param(0.60, "", 0, 1, "|delta| above this is strong.")
    strong_factor: float = param(1.20, "x", 0.01, 10, "Factor for a strong delta.")
    warned_factor: float = param(0.50, "x", 0.01, 1, "Factor, once, after an exhaustion exit that was not carried out.")


EXACTLY_ONE = (("base_points", "base_pct"),)


@memory
class Memory:
    """The held stop, a premium; what has happened to the trail; since when the exit side is beyond the stop."""

    stop: float = NAN
    ground: float = NAN
    armed: bool = False
    measured: bool = False  # its Greeks have been known since it was armed
    halved: bool = False
    beyond_t: float = NAN
    beyond_rows: float = 0.0


(TRAIL_HIT,) = triggers(0.85)
BINDING = "immediate"
NEEDS = {TRAIL_HIT: ("mark", "gain_pct", "gain", "delta", "delta_ago", "gamma", "underlying", "level", "exit_price")}


def base(p: Parameters, now: Market) -> float:
    """Distance before any factor, in points of premium."""
    if p.basis == SCALED:
        return premium_base(now.mark, now.noise, p.scaled_base_pct, p.scaled_noises)
    return p.base_points if p.base_points == p.base_points else p.base_pct * now.mark / 100.0


def least_gain(p: Parameters, now: Market, pos: Position) -> float:
    """scaled: the gain in points that arms the trail."""
    least, distance = p.arm_gain_pct * pos.entry / 100.0, base(p, now)
    return least if least > distance else distance


def arms(p: Parameters, now: Market, pos: Position) -> int:
    """Whether the gain, and in documented |delta| too, arm the trail."""
    if p.basis == SCALED:
        return reaches(pos.gain, least_gain(p, now, pos))
    gained = reaches(pos.gain_pct, p.arm_gain_pct)
    d = abs(now.delta)
    rising = both(over(d, p.arm_rising_delta), over(d, abs(now.delta_ago)))
    return both(gained, either(over(d, p.arm_delta), rising))


def factor(p: Parameters, now: Market) -> float:
    """The first factor that applies; NaN while the Greeks that decide it are unknown.

    |delta| and gamma must be known; a fall that no lookback value shows is no fall.
    """
    d = abs(now.delta)
    if d < p.weak_delta - EPS or abs(now.delta_ago) - d > p.falling_delta + EPS:
        return p.weak_factor
    gamma, high, low = now.gamma, p.high_gamma, p.low_gamma
    if p.basis == SCALED:
        gamma, high, low = gamma_per_pct(gamma, now.underlying), p.scaled_high_gamma, p.scaled_low_gamma
    if d != d or gamma != gamma:
        return NAN
    if gamma > high + EPS:
        return p.high_gamma_factor
    if gamma < low - EPS:
        return p.low_gamma_factor
    return p.strong_factor if d > p.strong_delta + EPS else 1.0


def trail(p: Parameters, now: Market, pos: Position, m: Memory) -> None:
    """Moves the stop after the mark, at least one tick from it.

    While Greeks that have been known are unknown, the held stop stands.
    """
    greeks = factor(p, now)
    if greeks == greeks:
        m.measured = True
    elif m.measured:
        return
    else:
        greeks = 1.0
    points = base(p, now) * greeks
    if m.halved:
        points *= p.warned_factor
    if points < pos.tick:
        points = pos.tick
    ratchet(m, now.mark - pos.side * points, pos.side)


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """TRAIL_HIT; the only trigger, so its state is the answer. Not for positions on the underlying's gain basis."""
    if not m.armed:
        if pos.gain_pct < p.arm_gain_pct - EPS and p.basis != SCALED:
            return NO  # the usual case
        armed = arms(p, now, pos)
        if armed != YES:
            return armed
        m.armed = True
    if now.mark == now.mark:
        trail(p, now, pos, m)
    return struck(now, pos, m, m.stop)


def warned(p: Parameters, now: Market, pos: Position, m: Memory) -> None:
    """An exhaustion exit was vetoed by a human or gated: an armed trail comes closer, once."""
    m.halved = m.halved or m.armed


def arming(p: Parameters, now: Market, pos: Position) -> dict[str, Reading]:
    """What is missing until the trail is armed; context only, it cannot be hit yet."""
    if p.basis == SCALED:
        return {"gain": Reading("gain, to arm", pos.gain, least_gain(p, now, pos), "points")}
    d = abs(now.delta)
    limit = p.arm_rising_delta if d > abs(now.delta_ago) else p.arm_delta
    return {
        "gain": Reading("gain, to arm", pos.gain_pct, p.arm_gain_pct, "%"),
        "delta": Reading("|delta|, to arm", d, limit, "", digits=3),
    }


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """What is missing to arm; then the premium, or the exit side in its stead, against the trail, and its factor."""
    if not m.armed:
        return arming(p, now, pos)
    known = now.mark == now.mark
    price = Reading("premium" if known else "exit side", now.mark if known else pos.exit_price, m.stop, "points",
                    -int(pos.side), TRAIL_HIT.code, pos.entry - m.stop)  # fmt: skip
    greeks, name = factor(p, now), "factor of the distance"
    if greeks != greeks:
        greeks, name = NAN if m.measured else 1.0, "factor of the distance, delta or gamma unknown,"
    return {"price": price, "factor": Reading(name, greeks, 1.0, "x")}


def overlay(p: Parameters, now: Market, pos: Position, m: Memory) -> list[Level]:
    """The trail, once it is armed."""
    return [Level("trail", m.stop)] if m.armed else []


BECAUSE = {TRAIL_HIT: "trail reached: {price}"}

S: dict[str, Any] = {"basis": SCALED}
PUT, SHORT = {"right": -1}, {"side": -1.0}
ARMED = at(60, mark=51.20, delta=0.65, gamma=0.008)  # delta 0.55 a lookback ago; 0.80 x 0.95 below 51.20
BLIND_SINCE = at(60, mark=51.0, delta=None, gamma=None)  # scaled: armed without Greeks, 51.0 - 0.51
EXAMPLES = (
    example("51.20, delta 0.65, gamma 0.008: 0.76 below", ARMED, gives=HOLD, stop=50.44),
    example("50.45 holds", ARMED, at(61, mark=50.45), gives=HOLD, stop=50.44),
    example("50.44 hits", ARMED, at(61, mark=50.44), gives=TRAIL_HIT, confidence=0.85, fraction=1.0, stop=50.44),
    example("it never loosens, and stays armed below what armed it", ARMED, at(61, mark=50.50, delta=0.40, gamma=0.012),
            gives=HOLD, stop=50.44),
    example("it follows a higher mark", ARMED, at(61, mark=52.20), gives=HOLD, stop=51.44),
    example("a put's trail", at(60, mark=51.20, delta=-0.65, delta_ago=-0.55, gamma=0.008), gives=HOLD, stop=50.44,
            position=PUT),
    example("a short's trail is above", at(60, mark=48.80, delta=0.65, gamma=0.008), gives=HOLD, stop=49.56,
            position=SHORT),
    example("a short's trail hits", at(60, mark=48.80, delta=0.65, gamma=0.008), at(61, mark=49.56), gives=TRAIL_HIT,
            position=SHORT),
    example("a short put's trail", at(60, mark=48.80, delta=-0.65, gamma=0.008), gives=HOLD, stop=49.56,
            position={**SHORT, **PUT}),
    example("a gain of exactly 0.5 % arms", at(60, mark=50.25, delta=0.61), gives=HOLD, stop=49.29),
    example("a gain of 0.49 % does not", at(60, mark=50.245, delta=0.61), at(61, mark=45.0), gives=HOLD),
    example("|delta| 0.60 that does not rise does not arm", at(60, mark=51.2, delta=0.60, delta_ago=0.60),
            at(61, mark=45.0), gives=HOLD),
    example("|delta| above 0.60 arms without rising", at(60, mark=51.2, delta=0.601, delta_ago=0.601), gives=HOLD,
            stop=50.24),
    example("|delta| above 0.50 arms while it rises", at(60, mark=51.2, delta=0.501, delta_ago=0.50), gives=HOLD,
            stop=50.40),
    example("|delta| of exactly 0.50 does not", at(60, mark=51.2, delta=0.50, delta_ago=0.40), at(61, mark=45.0),
            gives=HOLD),
    example("blind without delta, once there is a gain", at(60, mark=51.2, delta=None), gives="delta"),
    example("without delta, but without a gain too", at(60, delta=None), gives=HOLD),
    example("blind where a rise decides and cannot be seen", at(60, mark=51.2, delta_ago=None), gives="delta_ago"),
    example("blind without the mark", at(60, mark=None, delta=0.65), gives="mark"),
    example("without the mark, but delta does not arm", at(60, mark=None), gives=HOLD),
    example("|delta| below 0.30: 0.6", ARMED, at(61, mark=52.0, delta=0.299, delta_ago=0.299), gives=HOLD, stop=51.52),
    example("|delta| of exactly 0.30 is not weak", ARMED, at(61, mark=52.0, delta=0.30, delta_ago=0.30, gamma=0.012),
            gives=HOLD, stop=51.20),
    example("|delta| fell by 0.051: 0.6", ARMED, at(61, mark=52.0, delta=0.549, delta_ago=0.60), gives=HOLD,
            stop=51.52),
    example("|delta| fell by exactly 0.05", ARMED, at(61, mark=52.0, delta=0.55, delta_ago=0.60, gamma=0.012),
            gives=HOLD, stop=51.20),
    example("a put's |delta| fell by 0.051", at(60, mark=51.2, delta=-0.65), at(61, mark=52.0, delta=-0.549,
            delta_ago=-0.60), gives=HOLD, stop=51.52, position=PUT),
    example("gamma above 0.015: 0.7", ARMED, at(61, mark=52.0, gamma=0.0151), gives=HOLD, stop=51.44),
    example("gamma of exactly 0.015 is not high", ARMED, at(61, mark=52.0, gamma=0.015, delta=0.55), gives=HOLD,
            stop=51.20),
    example("gamma below 0.010: 0.95", ARMED, at(61, mark=52.0, gamma=0.0099), gives=HOLD, stop=51.24),
    example("gamma of exactly 0.010 is not low", ARMED, at(61, mark=52.0, gamma=0.010, delta=0.55), gives=HOLD,
            stop=51.20),
    example("|delta| above 0.60: 1.2", ARMED, at(61, mark=52.0, gamma=0.012, delta=0.601), gives=HOLD, stop=51.04),
    example("|delta| of exactly 0.60 is not strong", ARMED, at(61, mark=52.0, gamma=0.012, delta=0.60), gives=HOLD,
            stop=51.20),
    example("a fall that cannot be seen is none", at(60, mark=51.2, delta=0.65, delta_ago=None, gamma=0.008),
            gives=HOLD, stop=50.44),
    example("a weak delta decides without gamma", ARMED, at(61, mark=52.0, delta=0.2, gamma=None), gives=HOLD,
            stop=51.52),
    example("without gamma the held stop stands", ARMED, at(61, mark=52.0, gamma=None), gives=HOLD, stop=50.44),
    example("and is watched", ARMED, at(61, mark=50.44, gamma=None, delta=None), gives=TRAIL_HIT),
    example("armed without gamma: factor 1", at(60, mark=51.2, delta=0.65, gamma=None), gives=HOLD, stop=50.40),
    example("factor 1 follows until Greeks are known", at(60, mark=51.2, delta=0.65, gamma=None), at(61, mark=52.2),
            gives=HOLD, stop=51.40),
    example("and not afterwards", at(60, mark=51.2, delta=0.65, gamma=None), at(61, gamma=0.008),
            at(62, mark=54.0, gamma=None), gives=HOLD, stop=50.44),
    example("at least one tick", at(60, mark=51.2, delta=0.65, gamma=0.008), gives=HOLD, stop=51.15, base_points=0.01),
    example("a base in percent", at(60, mark=51.2, delta=0.65, gamma=0.008), gives=HOLD, stop=50.2272, base_points=NAN,
            base_pct=2.0),
    example("the bid stands in for an unknown mark for 10 s and two rows", ARMED,
            at(61, mark=None, exit_price=50.40, rows=7.0), at(71, rows=8.0), gives=TRAIL_HIT, stop=50.44),
    example("armed, but neither mark nor bid", ARMED, at(61, mark=None, exit_price=None), gives="mark"),
    example("scaled: 1 % of 51.00 below, gamma 0.24 per 1 %", at(60, mark=51.0, gamma=0.0012), gives=HOLD, stop=50.49,
            **S),
    example("scaled: a gain of exactly 1 % of the mark arms", at(60, mark=50.0, gamma=0.0012), gives=HOLD, stop=49.5,
            position={"entry": 49.5}, **S),
    example("scaled: a gain just below does not", at(60, mark=50.0), at(61, mark=30.0), gives=HOLD,
            position={"entry": 49.51}, **S),
    example("scaled: 0.5 % of the entry, where the base is smaller", at(60, mark=50.25, gamma=0.0012), gives=HOLD,
            stop=50.19975, scaled_base_pct=0.1, **S),
    example("scaled: and not below that", at(60, mark=50.249), at(61, mark=30.0), gives=HOLD, scaled_base_pct=0.1, **S),
    example("scaled: the noise is the base where it is greater", at(60, mark=52.0, noise=2.0, gamma=0.0012), gives=HOLD,
            stop=50.0, **S),
    example("scaled: and a gain below the noise does not arm", at(60, mark=51.99, noise=2.0), at(61, mark=30.0),
            gives=HOLD, **S),
    example("scaled: gamma above 0.30: 0.7", at(60, mark=51.0, gamma=0.00151), gives=HOLD, stop=50.643, **S),
    example("scaled: gamma of exactly 0.30 is not high", at(60, mark=51.0, gamma=0.0015), gives=HOLD, stop=50.49, **S),
    example("scaled: gamma below 0.20: 0.95", at(60, mark=51.0, gamma=0.00099), gives=HOLD, stop=50.5155, **S),
    example("scaled: gamma of exactly 0.20 is not low", at(60, mark=51.0, gamma=0.001), gives=HOLD, stop=50.49, **S),
    example("scaled: the factor does not change what arms", at(60, mark=50.5, delta=0.2, delta_ago=0.2),
            at(61, mark=30.0), gives=HOLD, **S),
    example("scaled: arms without any Greeks at factor 1", BLIND_SINCE, gives=HOLD, stop=50.49, **S),
    example("scaled: hits without any Greeks", BLIND_SINCE, at(61, mark=50.49), gives=TRAIL_HIT, **S),
    example("scaled: without the underlying, factor 1", at(60, mark=51.0, underlying=None), gives=HOLD, stop=50.49,
            **S),
    example("scaled: blind without the mark", at(60, mark=None), gives="mark", **S),
    example("scaled: a short's trail", at(60, mark=49.0, gamma=0.0012), gives=HOLD, stop=49.49, position=SHORT, **S),
)  # fmt: skip
