"""Takes part of the profit once, when the first impulse fades, and moves the rest's stop to where nothing is lost."""

from typing import Any

from cockpit.exits.rule import (
    EPS,
    HOLD,
    IDLE,
    NAN,
    NO,
    Reading,
    Verdict,
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
    tighter,
    triggers,
    under,
    whole_lots,
)
from cockpit.exits.scale_free import BASES, SCALED, gamma_per_pct, premium_base
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """When the impulse has faded, how much to take, and where the rest's stop goes."""

    basis: int = choice(BASES, "Gamma a point of the underlying and a stop in points, or both in percent.")
    min_gain_pct: float = param(0.8, "%", 0, 1000, "Gain before anything is taken, inclusive.")
    faded_gamma: float = param(0.005, "", 0, 10, "documented: gamma below this has faded.")
    scaled_faded_gamma: float = param(0.10, "/1 %", 0, 1000, "scaled: gamma below this has faded.")
    faded_ratio: float = param(0.5, "x", 0, 1000, "Volume ratio below this has faded,")
    scaled_ratio_before: float = param(1.0, "x", 0, 1000, "scaled: if it was above this one window earlier.")
    take_pct: float = param(60.0, "%", 0.1, 99.9, "Share to take, rounded down to whole lots, never the last lot.")
    keep_points: float = param(0.50, "points", 0, 1e6, "documented: distance of the rest's stop, at best at the entry.")
    scaled_keep_pct: float = param(1.0, "%", 0, 100, "scaled: the same in percent of the mark,")
    scaled_noises: float = param(1.0, "x", 0, 1000, "scaled: and at least so much of the premium's noise.")


@memory
class Memory:
    """Whether it has had its turn."""

    done: bool = False


(FIRST_IMPULSE,) = triggers(0.80)
BINDING = "vetoable"
NEEDS = {FIRST_IMPULSE: ("gain_pct", "gamma", "volume_ratio", "underlying", "volume_ratio_before")}


def faded(p: Parameters, now: Market) -> int:
    """Gamma is small, or volume has dried up."""
    quiet = under(now.volume_ratio, p.faded_ratio)
    if p.basis == SCALED:
        quiet = both(quiet, over(now.volume_ratio_before, p.scaled_ratio_before))
        return either(under(gamma_per_pct(now.gamma, now.underlying), p.scaled_faded_gamma), quiet)
    return either(under(now.gamma, p.faded_gamma), quiet)


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """FIRST_IMPULSE, until it has had its turn; the only trigger, so its state is the answer."""
    if m.done:
        return IDLE
    if pos.gain_pct < p.min_gain_pct - EPS:
        return NO
    return both(reaches(pos.gain_pct, p.min_gain_pct), faded(p, now))


def contracts_to_take(p: Parameters, pos: Position) -> float:
    """Whole lots of the share, never the last lot; odd contracts stay. 0: nothing to take."""
    return whole_lots(p.take_pct / 100.0, pos.contracts, pos.lot)


def stop_of_rest(p: Parameters, now: Market, pos: Position) -> float:
    """The entry, or a distance from the mark where that is tighter; a premium."""
    points = p.keep_points
    if p.basis == SCALED:
        points = premium_base(now.mark, now.noise, p.scaled_keep_pct, p.scaled_noises)
    return tighter(pos.entry, now.mark - pos.side * points, pos.side)


def weigh(p: Parameters, now: Market, pos: Position, m: Memory, code: int) -> Verdict:
    """The share in whole lots with the rest's stop; only the stop where nothing can be split off."""
    share = contracts_to_take(p, pos) / pos.contracts
    return Verdict(code, FIRST_IMPULSE.confidence, share, stop_of_rest(p, now, pos))


def acted(p: Parameters, now: Market, pos: Position, m: Memory) -> None:
    """Its tranche has left, its stop has moved, or it was vetoed: its turn is over."""
    m.done = True


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """The gain; what shows, or will soonest show, that the impulse has faded; and what else could show it."""
    gamma, limit, unit = now.gamma, p.faded_gamma, ""
    if p.basis == SCALED:
        gamma, limit, unit = gamma_per_pct(gamma, now.underlying), p.scaled_faded_gamma, "/1 %"
    sign = Reading("gamma", gamma, limit, unit, -1, digits=4)
    other = Reading("volume ratio", now.volume_ratio, p.faded_ratio, "x", -1)
    could_dry_up = p.basis != SCALED or now.volume_ratio_before > p.scaled_ratio_before
    near = other.nearness if could_dry_up else NAN
    if near == near and not sign.nearness >= min(near, 1.0):
        sign, other = other, sign
    code = FIRST_IMPULSE.code
    gain = Reading("gain", pos.gain_pct, p.min_gain_pct, "%", trigger=code)
    return {"gain": gain, "sign": sign._replace(trigger=code), "other": other}


BECAUSE = {FIRST_IMPULSE: "{gain} while {sign}"}

S: dict[str, Any] = {"basis": SCALED}
PUT, SHORT = {"right": -1}, {"side": -1.0}
FADED = at(60, mark=50.80, gamma=0.0049)
DRIED: dict[str, Any] = {"volume_ratio": 0.49, "volume_ratio_before": 1.01}


def holding(contracts: float, lot: float = 1.0) -> dict[str, float]:
    """A position of that size."""
    return {"contracts": contracts, "lot": lot}


EXAMPLES = (
    example("60 of 100 leave at +1.6 %, the rest's stop is 50.30", FADED, gives=FIRST_IMPULSE, confidence=0.80,
            fraction=0.6, stop=50.30),
    example("a gain of exactly 0.8 %, stop at the entry", at(60, mark=50.40, gamma=0.0049), gives=FIRST_IMPULSE,
            fraction=0.6, stop=50.0),
    example("a gain of 0.79 % holds", at(60, mark=50.395, gamma=0.0049), gives=HOLD),
    example("gamma of exactly 0.005 holds", at(60, mark=50.80, gamma=0.005), gives=HOLD),
    example("volume below half its average", at(60, mark=50.80, volume_ratio=0.49), gives=FIRST_IMPULSE, fraction=0.6),
    example("volume of exactly half its average holds", at(60, mark=50.80, volume_ratio=0.5), gives=HOLD),
    example("a short takes too, mirrored", at(60, mark=49.20, gamma=0.0049), gives=FIRST_IMPULSE, fraction=0.6,
            stop=49.70, position=SHORT),
    example("a short at exactly 0.8 %", at(60, mark=49.60, gamma=0.0049), gives=FIRST_IMPULSE, stop=50.0,
            position=SHORT),
    example("a put takes the same", FADED, gives=FIRST_IMPULSE, fraction=0.6, stop=50.30, position=PUT),
    example("one of two lots", FADED, gives=FIRST_IMPULSE, fraction=0.5, position=holding(2)),
    example("one of three lots", FADED, gives=FIRST_IMPULSE, fraction=1 / 3, position=holding(3)),
    example("three of five lots", FADED, gives=FIRST_IMPULSE, fraction=0.6, position=holding(5)),
    example("in whole lots of 65, odd contracts stay", FADED, gives=FIRST_IMPULSE, fraction=65 / 200,
            position=holding(200, 65)),
    example("60 % of three lots and a half is two lots", FADED, gives=FIRST_IMPULSE, fraction=130 / 245,
            position=holding(245, 65)),
    example("one lot is not split, its stop moves", FADED, gives=FIRST_IMPULSE, fraction=0.0, stop=50.30,
            position=holding(65, 65)),
    example("less than a lot is not split", FADED, gives=FIRST_IMPULSE, fraction=0.0, stop=50.30,
            position=holding(64, 65)),
    example("never the last lot", FADED, gives=FIRST_IMPULSE, fraction=0.5, position=holding(2), take_pct=99.0),
    example("a share below one lot is none", FADED, gives=FIRST_IMPULSE, fraction=0.0, position=holding(3),
            take_pct=30.0),
    example("blind without gamma", at(60, mark=50.80, gamma=None), gives="gamma"),
    example("blind without volume", at(60, mark=50.80, volume_ratio=None), gives="volume_ratio"),
    example("gamma alone suffices", at(60, mark=50.80, gamma=0.0049, volume_ratio=None), gives=FIRST_IMPULSE),
    example("without volume, but without a gain too", at(60, volume_ratio=None), gives=HOLD),
    example("blind without the mark", at(60, mark=None, gamma=0.0049), gives="gain_pct"),
    example("scaled: gamma per 1 % below 0.10", at(60, mark=50.80, gamma=0.00049), gives=FIRST_IMPULSE, fraction=0.6,
            stop=50.292, **S),
    example("scaled: gamma of exactly 0.10 holds", at(60, mark=50.80, gamma=0.0005), gives=HOLD, **S),
    example("scaled: volume dried up", at(60, mark=50.80, **DRIED), gives=FIRST_IMPULSE, **S),
    example("scaled: volume of exactly half", at(60, mark=50.80, **{**DRIED, "volume_ratio": 0.5}), gives=HOLD, **S),
    example("scaled: volume was no more than average", at(60, mark=50.80, **{**DRIED, "volume_ratio_before": 1.0}),
            gives=HOLD, **S),
    example("scaled: at the entry where the mark is near", at(60, mark=50.40, **DRIED), gives=FIRST_IMPULSE, stop=50.0,
            **S),
    example("scaled: at the entry where the noise is great", at(60, mark=50.80, noise=0.9, **DRIED),
            gives=FIRST_IMPULSE, stop=50.0, **S),
    example("scaled: noise keeps more distance", at(60, mark=52.0, noise=0.7, **DRIED), gives=FIRST_IMPULSE, stop=51.3,
            **S),
    example("scaled: a short", at(60, mark=49.0, gamma=0.00049), gives=FIRST_IMPULSE, stop=49.49, position=SHORT, **S),
    example("scaled: blind without the underlying", at(60, mark=50.80, underlying=None), gives="underlying", **S),
    example("scaled: blind without the window before", at(60, mark=50.80, volume_ratio=0.49, volume_ratio_before=None),
            gives="volume_ratio_before", **S),
)  # fmt: skip
