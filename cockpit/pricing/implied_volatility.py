"""Implied volatility: the volatility at which Black-76 gives an observed premium.

The premium is first turned into its time value, which by parity is the premium of the out-of-the-money option of
the same strike, and by symmetry that of a call with forward min(F, K) and strike max(F, K). Units are then those of
P. Jäckel, "Let's be rational" (2015): x = ln(forward / strike) <= 0 and premiums in units of sqrt(F K).
"""

from math import cosh, erfc, exp, inf, log, log1p, pi, sinh, sqrt

from cockpit.pricing.black76 import INV_ROOT_TWO_PI, ROOT_HALF

MAX_IV = 5.0
"""Highest volatility that is believed (500 %); anything above is unknown."""

MIN_VALUE = 1e-60
"""Time value, as a share of the larger of forward and strike, below which the premium counts as intrinsic."""

CAP_SLACK = 1.0 + 1e-9
"""A premium priced at exactly MAX_IV may come back a few roundings above it."""

STEP_TOLERANCE = 1e-4
"""Relative step that ends the search: a fourth-order step this small leaves an error near 1e-16."""

MIN_STDEV = 1e-10
"""Standard deviation (0.000 007 % over a minute) below which the first guess stands: rounding hides the rest."""

MAX_STEPS = 8
"""Two steps are the rule and four the most seen from the first guess; the limit ends a search amid rounding."""

POLYA = 2.0 / pi


def implied_volatility(price: float, forward: float, strike: float, years: float, is_call: bool) -> float | None:
    """Implied volatility as a fraction in (0, 5]; None when unknown.

    Unknown: a premium not above intrinsic or not below its bound (the forward for a call, the strike for a put),
    a volatility above 5, or any argument that is NaN, infinite or (forward, strike, years) not above 0.
    price, forward and strike in points; years of 365 days to the last trading instant.
    """
    if not (0.0 < forward < inf and 0.0 < strike < inf and 0.0 < years < inf):
        return None
    low, high = (forward, strike) if forward <= strike else (strike, forward)
    value = price - max(forward - strike if is_call else strike - forward, 0.0)
    room = (forward if is_call else strike) - price
    if not (value > 0.0 and room > 0.0 and value >= MIN_VALUE * high):
        return None
    ratio = low / high
    weight, root_years = sqrt(ratio), sqrt(years)
    side = 1.0 if value <= room else -1.0
    target = (value if value <= room else room) / (weight * high)
    iv = _solve(log(ratio), weight, target, side, _first_guess(low, high, value, room)) / root_years
    return min(iv, MAX_IV) if iv <= MAX_IV * CAP_SLACK else None


def _first_guess(forward: float, strike: float, value: float, room: float) -> float:
    """Standard deviation within about 12 % of the exact one, for a call at or out of the money.

    Source: D. Stefanica and R. Radoičić, "An explicit implied volatility formula", IJTAF 20 (2017), on Pólya's
    approximation N(d) ~ 1/2 + sgn(d)/2 sqrt(1 - exp(-2 d^2 / pi)). Their quadratic, a tail^2 + b tail = c, is
    rearranged into sums whose terms have one sign: as printed it cancels where the premium is small.
    """
    ratio = forward / strike
    alpha = value / strike
    gap = (strike - forward) / strike
    x = log(ratio)
    inner, outer = x * (1.0 - POLYA), x * POLYA
    excess = 4.0 * alpha * (alpha + gap) / ratio
    a = 4.0 * sinh(inner) * sinh(inner)
    b = 16.0 * sinh(0.5 * x) * sinh(0.5 * (outer - inner)) + 4.0 * excess * cosh(inner)
    c = 4.0 * excess * (room / strike) * (1.0 + alpha) / ratio
    root = sqrt(b * b + 4.0 * a * c)
    tail = 2.0 * c / (b + root)
    if tail < 0.5:
        level = -0.5 * pi * log(tail)
    else:
        # 1 - tail, from the same quadratic shifted by one, where log(tail) would cancel.
        half = 4.0 * sinh(0.5 * outer)
        skew = (2.0 * alpha + gap) ** 2 / ratio - half * sinh(0.5 * (x + inner))
        level = -0.5 * pi * log1p(-min(2.0 * (skew * skew + half * half) / (2.0 * a + b + root), 0.5))
    far, near = sqrt(level - x), sqrt(max(level + x, 0.0))
    inflection = 0.5 * (forward - strike * (1.0 - sqrt(1.0 - exp(2.0 * outer))))
    return -2.0 * x / (far + near) if value <= inflection else far + near


def _solve(x: float, weight: float, target: float, side: float, guess: float) -> float:
    """Standard deviation whose premium is `target` (side +1) or falls short of its bound by `target` (side -1).

    x is ln(forward / strike) <= 0 and weight is exp(x / 2), the bound of the premium.

    Householder steps of fourth order on the logarithm of the premium or of the shortfall, whichever is the smaller:
    nearly a power of the standard deviation in either tail, so that the steps need no bracket.
    """
    stdev = guess
    for _ in range(MAX_STEPS if guess > MIN_STDEV else 0):
        h, t = x / stdev, 0.5 * stdev
        value = 0.5 * (weight * erfc(-side * (h + t) * ROOT_HALF) - side * erfc((t - h) * ROOT_HALF) / weight)
        slope = INV_ROOT_TWO_PI * exp(-0.5 * (h * h + t * t))
        step = _step(h, t, side * slope / value, log(target / value))
        stdev += step
        if abs(step) <= STEP_TOLERANCE * stdev:
            break
    return stdev


def _step(h: float, t: float, rate: float, gap: float) -> float:
    """Householder step from the log-derivative `rate` of the premium and the logarithmic `gap` to the target."""
    stdev = 2.0 * t
    newton = gap / rate
    second = (h * h - t * t) / stdev
    third = second * second - 3.0 * (h / stdev) ** 2 - 0.25
    curve = second - rate
    bend = third - 3.0 * second * rate + 2.0 * rate * rate
    return newton * (1.0 + 0.5 * curve * newton) / (1.0 + newton * (curve + bend * newton / 6.0))
