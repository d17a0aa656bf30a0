"""Leaves when the move is spent: gamma collapses, volume climaxes, delta no longer follows, the last bar turns."""

from typing import Any

from cockpit.exits.rule import (
    EPS,
    HOLD,
    NAN,
    NO,
    UNSEEN,
    YES,
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
    since,
    triggers,
    under,
)
from cockpit.exits.scale_free import BASES, SCALED, gamma_per_pct
from cockpit.exits.view import Position
from cockpit.market.view import Market

BAR_S = 60.0


@parameters
class Parameters:
    """Thresholds; `basis` chooses gamma a point and premium in points, or gamma per 1 % and premium in percent."""

    basis: int = choice(BASES, "Gamma a point of the underlying and premium in points, or both in percent.")
    high_gamma: float = param(0.015, "", 0, 10, "documented: gamma was above this within five lookbacks.")
    collapsed_gamma: float = param(0.005, "", 0, 10, "documented: and is below this now.")
    scaled_high_gamma: float = param(0.30, "/1 %", 0, 1000, "scaled: gamma was above this within five lookbacks.")
    scaled_collapsed_gamma: float = param(0.10, "/1 %", 0, 1000, "scaled: and is below this now.")
    climax_ratio: float = param(2.0, "x", 0, 1000, "documented: volume ratio of a climax.")
    climax_gamma: float = param(0.010, "", 0, 10, "documented: gamma below this in a climax.")
    climax_min_gain_pct: float = param(NAN, "%", 0, 1000, "documented: gain without which no climax counts.", off=True)
    scaled_climax_ratio: float = param(5.0, "x", 0, 1000, "scaled: volume ratio of a climax.")
    scaled_climax_gamma: float = param(0.20, "/1 %", 0, 1000, "scaled: gamma below this in a climax.")
    scaled_climax_min_gain_pct: float = param(0.5, "%", 0, 1000, "scaled: gain without which no climax counts.")
    divergence_points: float = param(2.0, "points", 0, 1e6, "documented: premium moved by more our way.", off=True)
    divergence_pct: float = param(NAN, "%", 0, 1000, "documented: the same in percent of the premium.", off=True)
    scaled_divergence_pct: float = param(5.0, "%", 0, 1000, "scaled: premium moved by more of itself in our favour,")
    scaled_divergence_noises: float = param(3.0, "x", 0, 1000, "scaled: and by more than so much of its noise.")
    divergence_delta: float = param(0.10, "", 0, 1, "While |delta| changed by less.")
    candle_delta: float = param(0.30, "", 0, 1, "A turned bar counts below this |delta|.")


EXACTLY_ONE = (("divergence_points", "divergence_pct"),)


@memory
class Memory:
    """Nothing to remember."""


GAMMA_COLLAPSE, VOLUME_CLIMAX, DELTA_DIVERGENCE, CANDLE_REVERSAL = triggers(0.90, 0.85, 0.75, 0.70)
BINDING = "vetoable"
WARNS = True  # overruled or gated, it still tells the trail to come closer
NEEDS = {
    GAMMA_COLLAPSE: ("gamma", "gamma_high", "underlying"),
    VOLUME_CLIMAX: ("volume_ratio", "gamma", "gain_pct", "underlying"),
    DELTA_DIVERGENCE: ("mark", "mark_ago", "delta", "delta_ago"),
    CANDLE_REVERSAL: ("delta", "last_open", "last_close", "bar_open", "bar_close"),
}


def collapse(p: Parameters, now: Market) -> int:
    """Gamma was high and is low."""
    gamma, high, lowest, highest = now.gamma, now.gamma_high, p.collapsed_gamma, p.high_gamma
    if p.basis == SCALED:  # both with the underlying now
        gamma, high = gamma_per_pct(gamma, now.underlying), gamma_per_pct(high, now.underlying)
        lowest, highest = p.scaled_collapsed_gamma, p.scaled_high_gamma
    return both(under(gamma, lowest), over(high, highest))


def climax(p: Parameters, now: Market, pos: Position) -> int:
    """Volume far above its average while gamma is small, and the position has gained where that is asked."""
    gamma, ratio, small, gain = now.gamma, p.climax_ratio, p.climax_gamma, p.climax_min_gain_pct
    if p.basis == SCALED:
        gamma, small = gamma_per_pct(gamma, now.underlying), p.scaled_climax_gamma
        ratio, gain = p.scaled_climax_ratio, p.scaled_climax_min_gain_pct
    state = both(over(now.volume_ratio, ratio), under(gamma, small))
    return both(state, reaches(pos.gain_pct, gain)) if gain == gain else state


def moved_limit(p: Parameters, now: Market, mark_ago: float) -> float:
    """How far the premium must have moved, in points."""
    if p.basis == SCALED:
        share = p.scaled_divergence_pct * mark_ago / 100.0
        noisy = p.scaled_divergence_noises * now.noise
        return noisy if noisy > share else share
    if p.divergence_points == p.divergence_points:
        return p.divergence_points
    return p.divergence_pct * mark_ago / 100.0


def divergence(p: Parameters, now: Market, pos: Position) -> int:
    """The premium moved in our favour and |delta| did not follow, both since the position opened."""
    mark_ago = since(now.mark_ago, now.mark_ago_t, pos.opened_t)
    moved = (now.mark - mark_ago) * pos.side
    delta_ago = since(now.delta_ago, now.delta_ago_t, pos.opened_t)
    still = under(abs(abs(now.delta) - abs(delta_ago)), p.divergence_delta)
    return both(still, over(moved, moved_limit(p, now, mark_ago)))


def turned(now: Market, pos: Position) -> int:
    """The bar before the last went our way, the last against us and past the middle of it."""
    if not now.last_t >= pos.opened_t - EPS:  # not both begun since the position opened
        return UNSEEN
    if abs(now.bar_t - now.last_t - BAR_S) > EPS:
        return NO
    ours = over((now.last_close - now.last_open) * pos.side, 0.0)
    against = under((now.bar_close - now.bar_open) * pos.side, 0.0)
    return both(ours, both(against, under(past_middle(now, pos), 0.0)))


def past_middle(now: Market, pos: Position) -> float:
    """Points by which the last close is on our side of the middle of the bar before."""
    return (now.bar_close - (now.last_open + now.last_close) / 2.0) * pos.side


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """GAMMA_COLLAPSE, VOLUME_CLIMAX, DELTA_DIVERGENCE, CANDLE_REVERSAL; each usual NO is decided early."""
    if p.basis == SCALED:
        a = collapse(p, now)
        b = NO if now.volume_ratio <= p.scaled_climax_ratio else climax(p, now, pos)
    else:
        a = NO if now.gamma_high <= p.high_gamma or now.gamma >= p.collapsed_gamma else collapse(p, now)
        b = NO if now.volume_ratio <= p.climax_ratio or now.gamma >= p.climax_gamma else climax(p, now, pos)
    ours = now.mark_ago_t >= pos.opened_t
    c = NO if ours and (now.mark - now.mark_ago) * pos.side <= 0.0 else divergence(p, now, pos)
    d = NO if abs(now.delta) >= p.candle_delta else both(under(abs(now.delta), p.candle_delta), turned(now, pos))
    return pack(a, b, c, d) if a or b or c or d else NO


def gamma_readings(p: Parameters, now: Market) -> dict[str, Reading]:
    """Gamma against the limits of a collapse and of a climax."""
    code, gamma, high, unit = GAMMA_COLLAPSE.code, now.gamma, now.gamma_high, ""
    limits = p.collapsed_gamma, p.high_gamma, p.climax_gamma
    if p.basis == SCALED:
        limits = p.scaled_collapsed_gamma, p.scaled_high_gamma, p.scaled_climax_gamma
        gamma, high, unit = gamma_per_pct(gamma, now.underlying), gamma_per_pct(high, now.underlying), "/1 %"
    return {
        "gamma": Reading("gamma", gamma, limits[0], unit, -1, code, digits=4),
        "high": Reading("highest gamma", high, limits[1], unit, trigger=code, digits=4),
        "small": Reading("gamma", gamma, limits[2], unit, -1, VOLUME_CLIMAX.code, digits=4),
    }


def climax_readings(p: Parameters, now: Market, pos: Position) -> dict[str, Reading]:
    """Volume, and the gain without which it does not count."""
    code, ratio, gain = VOLUME_CLIMAX.code, p.climax_ratio, p.climax_min_gain_pct
    if p.basis == SCALED:
        ratio, gain = p.scaled_climax_ratio, p.scaled_climax_min_gain_pct
    seen = {"volume": Reading("volume ratio", now.volume_ratio, ratio, "x", trigger=code)}
    if gain == gain:
        seen["gain"] = Reading("gain", pos.gain_pct, gain, "%", trigger=code)
    return seen


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Gamma, volume, the premium's move beside |delta|'s, and the last two bars."""
    mark_ago = since(now.mark_ago, now.mark_ago_t, pos.opened_t)
    change = abs(abs(now.delta) - abs(since(now.delta_ago, now.delta_ago_t, pos.opened_t)))
    moved, code = (now.mark - mark_ago) * pos.side, DELTA_DIVERGENCE.code
    seen = gamma_readings(p, now) | climax_readings(p, now, pos)
    seen["moved"] = Reading("premium moved our way", moved, moved_limit(p, now, mark_ago), "points", trigger=code)
    seen["change"] = Reading("|delta| changed by", change, p.divergence_delta, "", -1, code, digits=3)
    bars = CANDLE_REVERSAL.code if turned(now, pos) == YES else 0  # |delta| alone is not near to a turn
    seen["turn"] = Reading("last bar closed past the middle of the one before by", -past_middle(now, pos), 0.0,
                           "points", trigger=bars)  # fmt: skip
    seen["delta"] = Reading("|delta|", abs(now.delta), p.candle_delta, "", -1, bars, digits=3)
    return seen


BECAUSE = {
    GAMMA_COLLAPSE: "{high} and now {gamma}",
    VOLUME_CLIMAX: "{volume} and {small}",
    DELTA_DIVERGENCE: "{moved} while {change}",
    CANDLE_REVERSAL: "{turn} and {delta}",
}

S: dict[str, Any] = {"basis": SCALED}
PUT, SHORT = {"right": -1}, {"side": -1.0}
BARS: dict[str, Any] = {"delta": 0.29, "last_open": 50.0, "last_close": 51.0, "bar_open": 51.0, "bar_close": 50.49,
        "last_t": 36_000.0, "bar_t": 36_060.0}  # fmt: skip
MIRRORED: dict[str, Any] = {**BARS, "last_close": 49.0, "bar_open": 49.0, "bar_close": 49.51}
EXAMPLES = (
    example("gamma collapses from above 0.015 to below 0.005", at(60, gamma_high=0.0151, gamma=0.0049),
            gives=GAMMA_COLLAPSE, confidence=0.90, fraction=1.0),
    example("gamma was exactly 0.015", at(60, gamma_high=0.015, gamma=0.0049), gives=HOLD),
    example("gamma is exactly 0.005", at(60, gamma_high=0.0151, gamma=0.005), gives=HOLD),
    example("a collapse counts for a short put", at(60, gamma_high=0.0151, gamma=0.0049, delta=-0.55),
            gives=GAMMA_COLLAPSE, position={**PUT, **SHORT}),
    example("blind without gamma", at(60, gamma=None, gamma_high=0.02), gives="gamma"),
    example("without the highest gamma, but gamma is not low", at(60, gamma_high=None), gives=HOLD),
    example("volume 2.01 times its average at gamma 0.0099", at(60, volume_ratio=2.01, gamma=0.0099),
            gives=VOLUME_CLIMAX, confidence=0.85, fraction=1.0),
    example("volume exactly 2.0 times", at(60, volume_ratio=2.0, gamma=0.0099), gives=HOLD),
    example("gamma exactly 0.010 in a climax", at(60, volume_ratio=2.01, gamma=0.010), gives=HOLD),
    example("a climax at a loss counts", at(60, volume_ratio=2.01, gamma=0.0099, mark=49.0), gives=VOLUME_CLIMAX),
    example("unless a gain is asked for, inclusive", at(60, volume_ratio=2.01, gamma=0.0099, mark=50.50),
            gives=VOLUME_CLIMAX, climax_min_gain_pct=1.0),
    example("and this is not enough of it", at(60, volume_ratio=2.01, gamma=0.0099, mark=50.49), gives=HOLD,
            climax_min_gain_pct=1.0),
    example("blind without volume", at(60, volume_ratio=None, gamma=0.0099), gives="volume_ratio"),
    example("without volume, but gamma is too large for a climax", at(60, volume_ratio=None, gamma=0.010), gives=HOLD),
    example("the premium moved 2.01 points and |delta| 0.09", at(60, mark=52.01, delta=0.64), gives=DELTA_DIVERGENCE,
            confidence=0.75, fraction=1.0),
    example("moved exactly 2.00 points", at(60, mark=52.0), gives=HOLD),
    example("|delta| changed by exactly 0.10", at(60, mark=52.01, delta=0.65), gives=HOLD),
    example("|delta| of a put fell by 0.09", at(60, mark=52.01, delta=-0.46, delta_ago=-0.55), gives=DELTA_DIVERGENCE,
            position=PUT),
    example("a short's premium fell 2.01 points", at(60, mark=47.99), gives=DELTA_DIVERGENCE, position=SHORT),
    example("moved against us", at(60, mark=47.99), gives=HOLD),
    example("moved 3.01 % of itself", at(60, mark=51.51), gives=DELTA_DIVERGENCE, divergence_points=NAN,
            divergence_pct=3.0),
    example("moved exactly 3 % of itself", at(60, mark=51.50), gives=HOLD, divergence_points=NAN, divergence_pct=3.0),
    example("blind without the mark", at(60, mark=None), gives="mark"),
    example("blind without the lookback's mark", at(60, mark_ago=None, mark_ago_t=None), gives="mark_ago"),
    example("the last bar turned", at(180, **BARS), gives=CANDLE_REVERSAL, confidence=0.70, fraction=1.0),
    example("the last bar closed exactly in the middle", at(180, **{**BARS, "bar_close": 50.5}), gives=HOLD),
    example("|delta| is exactly 0.30", at(180, **{**BARS, "delta": 0.30}), gives=HOLD),
    example("the bar before had no body", at(180, **{**BARS, "last_open": 51.0}), gives=HOLD),
    example("the last bar had no body", at(180, **{**BARS, "bar_open": 50.49}), gives=HOLD),
    example("a minute without a bar between them", at(240, **{**BARS, "bar_t": 36_120.0}), gives=HOLD),
    example("the last bar turned against a short", at(180, **MIRRORED), gives=CANDLE_REVERSAL, position=SHORT),
    example("the short's last bar closed exactly in the middle", at(180, **{**MIRRORED, "bar_close": 49.5}), gives=HOLD,
            position=SHORT),
    example("a put's last bar turned", at(180, **{**BARS, "delta": -0.29}), gives=CANDLE_REVERSAL, position=PUT),
    example("blind without bars", at(180, **{**BARS, "last_open": None, "last_close": None, "last_t": None}),
            gives="last_open"),
    example("without bars, but |delta| is too large", at(180, last_open=None, last_close=None, last_t=None),
            gives=HOLD),
    example("scaled: gamma per 1 % was above 0.30 and is below 0.10", at(60, gamma_high=0.00151, gamma=0.00049),
            gives=GAMMA_COLLAPSE, **S),
    example("scaled: was exactly 0.30", at(60, gamma_high=0.0015, gamma=0.00049), gives=HOLD, **S),
    example("scaled: is exactly 0.10", at(60, gamma_high=0.00151, gamma=0.0005), gives=HOLD, **S),
    example("scaled: the underlying now counts", at(60, gamma_high=0.0015, gamma=0.00049, underlying=20_010.0),
            gives=GAMMA_COLLAPSE, **S),
    example("scaled: blind without the underlying", at(60, gamma_high=0.00151, gamma=0.00049, underlying=None),
            gives="underlying", **S),
    example("scaled: volume 5.01 times at gamma 0.198, gain exactly 0.5 %",
            at(60, volume_ratio=5.01, gamma=0.00099, mark=50.25), gives=VOLUME_CLIMAX, **S),
    example("scaled: volume exactly 5 times", at(60, volume_ratio=5.0, gamma=0.00099, mark=50.25), gives=HOLD, **S),
    example("scaled: gamma exactly 0.20", at(60, volume_ratio=5.01, gamma=0.001, mark=50.25), gives=HOLD, **S),
    example("scaled: gain 0.49 %", at(60, volume_ratio=5.01, gamma=0.00099, mark=50.245), gives=HOLD, **S),
    example("scaled: the premium moved 5.01 % of itself", at(60, mark=52.505), gives=DELTA_DIVERGENCE, **S),
    example("scaled: moved exactly 5 %", at(60, mark=52.50), gives=HOLD, **S),
    example("scaled: moved exactly three times its noise", at(60, mark=53.0, noise=1.0), gives=HOLD, **S),
    example("scaled: moved more than three times its noise", at(60, mark=53.01, noise=1.0), gives=DELTA_DIVERGENCE,
            **S),
    example("scaled: a short's premium moved 5.01 %", at(60, mark=47.495), gives=DELTA_DIVERGENCE, position=SHORT, **S),
)  # fmt: skip
