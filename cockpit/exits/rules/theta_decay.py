"""Leaves when time works against the premium: held too long, theta accelerating, or volatility crushed."""

from typing import Any

from cockpit.exits.rule import (
    HOLD,
    NAN,
    NO,
    Reading,
    at,
    both,
    choice,
    example,
    memory,
    over,
    pack,
    param,
    parameters,
    reaches,
    triggers,
)
from cockpit.exits.scale_free import BASES, SCALED
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """Thresholds per minute and in percent; `basis` chooses absolute theta or theta's share of the premium."""

    basis: int = choice(BASES, "Absolute theta, or what theta costs as a share of the premium.")
    max_held_s: float = param(600.0, "s", 10, 86_400, "Longest time to hold.")
    max_rate: float = param(0.08, "points/min", 0, 10, "documented: growth of |theta| that suffices alone.")
    combined_rate: float = param(0.05, "points/min", 0, 10, "documented: growth of |theta| beside a volatility crush.")
    max_iv_fall_pct: float = param(10.0, "%", 0, 100, "Fall of implied volatility since entry.")
    max_cost_pct: float = param(2.0, "%", 0, 100, "scaled: share of the premium that ten minutes cost.")
    cost_growth: float = param(1.5, "x", 1, 100, "scaled: and its growth since entry.")
    combined_cost_pct: float = param(1.2, "%", 0, 100, "scaled: the cost that suffices beside a volatility crush.")


@memory
class Memory:
    """Nothing to remember."""


TIME_WINDOW_EXCEEDED, COMBINED, THETA_ACCELERATION, IV_CRUSH = triggers(0.99, 0.98, 0.95, 0.90)
BINDING = "immediate"
NEEDS = {
    TIME_WINDOW_EXCEEDED: (),
    COMBINED: ("iv", "iv_at_entry", "theta", "theta_ago", "theta_span_s", "mark", "theta_mark_ago"),
    THETA_ACCELERATION: ("theta", "theta_ago", "theta_span_s", "mark", "theta_mark_ago", "theta_cost_at_entry"),
    IV_CRUSH: ("iv", "iv_at_entry"),
}


def theta_rate(now: Market) -> float:
    """Growth of |theta| in points a day per minute, between its two observations."""
    return (abs(now.theta) - abs(now.theta_ago)) * 60.0 / now.theta_span_s


def cost_pct(theta: float, mark: float) -> float:
    """What ten minutes cost, in percent of the premium."""
    return abs(theta) * 10.0 / 1440.0 / mark * 100.0 if mark > 0.0 else NAN


def iv_fall_pct(now: Market, pos: Position) -> float:
    """Fall of implied volatility since entry, in percent of its value at entry."""
    return (1.0 - now.iv / pos.iv_at_entry) * 100.0


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """TIME_WINDOW_EXCEEDED, COMBINED, THETA_ACCELERATION, IV_CRUSH."""
    fall = iv_fall_pct(now, pos)
    rate = cost_pct(now.theta, now.mark) if p.basis == SCALED else theta_rate(now)
    most = p.max_cost_pct if p.basis == SCALED else p.max_rate
    if pos.age_s <= p.max_held_s and fall <= p.max_iv_fall_pct and rate <= most:
        return NO  # the usual case: all that can alone decide is seen, and within its limit
    held = over(pos.age_s, p.max_held_s)
    crushed = over(fall, p.max_iv_fall_pct)
    if p.basis == SCALED:
        cost = rate
        rising = over(cost, cost_pct(now.theta_ago, now.theta_mark_ago))
        grown = reaches(cost, p.cost_growth * pos.theta_cost_at_entry)
        combined = both(crushed, both(over(cost, p.combined_cost_pct), rising))
        return pack(held, combined, both(over(cost, p.max_cost_pct), both(rising, grown)), crushed)
    return pack(held, both(crushed, reaches(rate, p.combined_rate)), over(rate, p.max_rate), crushed)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Time held, theta's growth or cost, and the fall of volatility against their limits."""
    fall = Reading("volatility fell", iv_fall_pct(now, pos), p.max_iv_fall_pct, "%", trigger=IV_CRUSH.code)
    if p.basis == SCALED:
        theta = Reading("ten minutes cost", cost_pct(now.theta, now.mark), p.max_cost_pct, "%")
        beside = theta._replace(limit=p.combined_cost_pct)
        grown = theta._replace(name="cost since entry", limit=p.cost_growth * pos.theta_cost_at_entry)
        risen = theta._replace(name="cost a lookback ago", limit=cost_pct(now.theta_ago, now.theta_mark_ago))
    else:
        theta = Reading("theta accelerating", theta_rate(now), p.max_rate, "points/min", digits=3)
        beside = theta._replace(limit=p.combined_rate)
        grown = risen = theta
    return {
        "held": Reading("held", pos.age_s, p.max_held_s, "s", trigger=TIME_WINDOW_EXCEEDED.code, digits=0),
        "theta": theta._replace(trigger=THETA_ACCELERATION.code),
        "grown": grown._replace(trigger=THETA_ACCELERATION.code),
        "risen": risen._replace(trigger=THETA_ACCELERATION.code),
        "fall": fall,
        "beside": beside._replace(trigger=COMBINED.code),
        "crush": fall._replace(trigger=COMBINED.code),
    }


BECAUSE = {
    TIME_WINDOW_EXCEEDED: "{held}",
    COMBINED: "{beside} and {crush}",
    THETA_ACCELERATION: "{theta}",
    IV_CRUSH: "{fall}",
}

THETA = {"theta": -0.05, "theta_ago": -0.05, "theta_span_s": 60.0}
COSTLY: dict[str, Any] = {"basis": SCALED}  # entry cost: |theta| 36 x 10 / 1440 / 50 = 0.5 %
EXAMPLES = (
    example("theta doubles in a minute while volatility falls",
            at(60, theta=-0.10, theta_ago=-0.05, theta_span_s=60.0, iv=0.17), gives=COMBINED, confidence=0.98),
    example("a rate of exactly 0.05 beside a crush", at(120, theta=-0.15, theta_ago=-0.05, theta_span_s=120.0, iv=0.17),
            gives=COMBINED),
    example("volatility down exactly 10 % holds", at(60, iv=0.18), gives=HOLD),
    example("volatility down 10.01 % leaves", at(60, iv=0.17998), gives=IV_CRUSH, confidence=0.90),
    example("a rate exactly at the limit holds", at(60, theta=-0.13, theta_ago=-0.05, theta_span_s=60.0), gives=HOLD),
    example("theta alone", at(60, theta=-0.1301, theta_ago=-0.05, theta_span_s=60.0), gives=THETA_ACCELERATION,
            confidence=0.95),
    example("600 s holds", at(600), gives=HOLD),
    example("601 s leaves", at(601), gives=TIME_WINDOW_EXCEEDED, confidence=0.99),
    example("blind without theta", at(60, theta=None), gives="theta"),
    example("blind without theta, but the clock still counts", at(601, theta=None), gives=TIME_WINDOW_EXCEEDED),
    example("scaled: a cost of exactly 2 % holds", at(60, theta=-144.0, theta_ago=-100.0), gives=HOLD, **COSTLY),
    example("scaled: a cost above 2 %, rising, 1.5 times the entry's", at(60, theta=-144.1, theta_ago=-100.0),
            gives=THETA_ACCELERATION, **COSTLY),
    example("scaled: not rising holds", at(60, theta=-144.1, theta_ago=-144.1), gives=HOLD, **COSTLY),
    example("scaled: exactly 1.5 times the entry's cost leaves", at(60, theta=-216.0, theta_ago=-100.0),
            gives=THETA_ACCELERATION, position={"theta_cost_at_entry": 2.0}, **COSTLY),
    example("scaled: below 1.5 times the entry's cost holds", at(60, theta=-215.9, theta_ago=-100.0), gives=HOLD,
            position={"theta_cost_at_entry": 2.0}, **COSTLY),
    example("scaled: exactly 1.2 % adds nothing to a crush", at(60, theta=-86.4, theta_ago=-80.0, iv=0.17),
            gives=IV_CRUSH, **COSTLY),
    example("scaled: nor does a cost that does not rise", at(60, theta=-86.5, theta_ago=-86.5, iv=0.17), gives=IV_CRUSH,
            **COSTLY),
    example("scaled: above 1.2 % beside a crush", at(60, theta=-86.5, theta_ago=-80.0, iv=0.17), gives=COMBINED,
            **COSTLY),
)  # fmt: skip
