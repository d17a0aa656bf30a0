"""Implied volatility and Greeks of a whole option chain at once: the formulas of the scalar modules on arrays."""

from math import erfc, pi
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cockpit.pricing.black76 import DAYS_PER_YEAR, INV_ROOT_TWO_PI, ROOT_HALF
from cockpit.pricing.implied_volatility import (
    CAP_SLACK,
    MAX_IV,
    MAX_STEPS,
    MIN_STDEV,
    MIN_VALUE,
    POLYA,
    STEP_TOLERANCE,
)

Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


class ChainGreeks(NamedTuple):
    """One array per measurement, of the broadcast shape of the arguments; NaN where the volatility is unknown.

    iv as a fraction in (0, 5]; the Greeks in the units of `cockpit.pricing.black76.Greeks`.
    """

    iv: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    vega: Floats
    rho: Floats


class _Quotes(NamedTuple):
    """Contracts whose premium is between its bounds, one element each."""

    price: Floats
    forward: Floats
    strike: Floats
    years: Floats
    is_call: Mask
    value: Floats
    """Time value, points."""
    room: Floats
    """Points to the upper bound of the premium."""


def chain_greeks(
    price: ArrayLike, forward: ArrayLike, strike: ArrayLike, years: ArrayLike, is_call: ArrayLike
) -> ChainGreeks:
    """Implied volatility of each premium, and the Greeks at it.

    The arguments are broadcast against each other, so that one forward and one time can serve a chain; premium,
    forward and strike in points, years of 365 days to the last trading instant; None counts as NaN. A contract is
    unknown under the conditions of `implied_volatility`, and the numbers are those of the scalar functions.
    """
    # Unknown contracts make NaN and infinity on the way; they are masked at the end, not warned about.
    with np.errstate(all="ignore"):
        known, quotes = _known_quotes(price, forward, strike, years, is_call)
        iv = _implied_stdev(quotes) / np.sqrt(quotes.years)
        iv = np.where(iv <= MAX_IV * CAP_SLACK, np.minimum(iv, MAX_IV), np.nan)
        result = np.full((len(ChainGreeks._fields), *known.shape), np.nan)
        result[:, known] = _greeks(quotes, iv)
    return ChainGreeks(*result)


def _known_quotes(
    price: ArrayLike, forward: ArrayLike, strike: ArrayLike, years: ArrayLike, is_call: ArrayLike
) -> tuple[Mask, _Quotes]:
    p, f, k, t = (np.asarray(column, dtype=np.float64) for column in (price, forward, strike, years))
    p, f, k, t, call = np.broadcast_arrays(p, f, k, t, np.asarray(is_call, dtype=np.bool_))
    value = p - np.maximum(np.where(call, f - k, k - f), 0.0)
    room = np.where(call, f, k) - p
    known = (f > 0.0) & (f < np.inf) & (k > 0.0) & (k < np.inf) & (t > 0.0) & (t < np.inf)
    known &= (value > 0.0) & (room > 0.0) & (value >= MIN_VALUE * np.maximum(f, k))
    return known, _Quotes(*(column[known] for column in (p, f, k, t, call, value, room)))


def _implied_stdev(quotes: _Quotes) -> Floats:
    """`implied_volatility._solve` on arrays: stepped until the last contract has converged."""
    low, high = np.minimum(quotes.forward, quotes.strike), np.maximum(quotes.forward, quotes.strike)
    ratio = low / high
    x, weight = np.log(ratio), np.sqrt(ratio)
    is_value = quotes.value <= quotes.room
    side = np.where(is_value, 1.0, -1.0)
    target = np.where(is_value, quotes.value, quotes.room) / (weight * high)
    stdev = _first_guess(low, high, quotes.value, quotes.room)
    is_open = stdev > MIN_STDEV
    for _ in range(MAX_STEPS):
        if not is_open.any():
            break
        h, t = x / stdev, 0.5 * stdev
        tails = _erfc(np.concatenate((-side * (h + t), t - h)) * ROOT_HALF).reshape(2, -1)
        value = 0.5 * (weight * tails[0] - side * tails[1] / weight)
        slope = INV_ROOT_TWO_PI * np.exp(-0.5 * (h * h + t * t))
        step = _step(h, t, side * slope / value, np.log(target / value))
        stdev = np.where(is_open, stdev + step, stdev)
        is_open &= np.abs(step) > STEP_TOLERANCE * stdev
    return stdev


def _first_guess(forward: Floats, strike: Floats, value: Floats, room: Floats) -> Floats:
    """`implied_volatility._first_guess` on arrays, where source and terms are explained."""
    ratio, alpha, gap = forward / strike, value / strike, (strike - forward) / strike
    x = np.log(ratio)
    inner, outer = x * (1.0 - POLYA), x * POLYA
    excess = 4.0 * alpha * (alpha + gap) / ratio
    sinh_inner = np.sinh(inner)
    a = 4.0 * sinh_inner * sinh_inner
    b = 16.0 * np.sinh(0.5 * x) * np.sinh(0.5 * (outer - inner)) + 4.0 * excess * np.cosh(inner)
    c = 4.0 * excess * (room / strike) * (1.0 + alpha) / ratio
    root = np.sqrt(b * b + 4.0 * a * c)
    tail = 2.0 * c / (b + root)
    half = 4.0 * np.sinh(0.5 * outer)
    skew = (2.0 * alpha + gap) ** 2 / ratio - half * np.sinh(0.5 * (x + inner))
    body = np.minimum(2.0 * (skew * skew + half * half) / (2.0 * a + b + root), 0.5)
    level = -0.5 * pi * np.where(tail < 0.5, np.log(tail), np.log1p(-body))
    far, near = np.sqrt(level - x), np.sqrt(np.maximum(level + x, 0.0))
    inflection = 0.5 * (forward - strike * (1.0 - np.sqrt(1.0 - np.exp(2.0 * outer))))
    return np.where(value <= inflection, -2.0 * x / (far + near), far + near)


def _step(h: Floats, t: Floats, rate: Floats, gap: Floats) -> Floats:
    """`implied_volatility._step` on arrays."""
    stdev = 2.0 * t
    newton = gap / rate
    second = (h * h - t * t) / stdev
    third = second * second - 3.0 * (h / stdev) ** 2 - 0.25
    curve = second - rate
    bend = third - 3.0 * second * rate + 2.0 * rate * rate
    return newton * (1.0 + 0.5 * curve * newton) / (1.0 + newton * (curve + bend * newton / 6.0))


def _greeks(quotes: _Quotes, iv: Floats) -> Floats:
    """Rows iv, delta, gamma, theta, vega, rho; `black76.greeks` on arrays, with the observed premium in rho."""
    forward, years = quotes.forward, quotes.years
    stdev = iv * np.sqrt(years)
    d1 = np.log(forward / quotes.strike) / stdev + 0.5 * stdev
    sign = np.where(quotes.is_call, 1.0, -1.0)
    density = INV_ROOT_TWO_PI * np.exp(-0.5 * d1 * d1)
    vega = forward * density * np.sqrt(years)
    return np.stack(
        (
            iv,
            0.5 * sign * _erfc(-sign * d1 * ROOT_HALF),
            density / (forward * stdev),
            -0.5 * vega * iv / (years * DAYS_PER_YEAR),
            0.01 * vega,
            np.where(np.isnan(iv), np.nan, -0.01 * years * quotes.price),
        )
    )


def _erfc(x: Floats) -> Floats:
    """Complementary error function, bit for bit that of the scalar modules.

    numpy has none. The C library's, called per element, costs 50 ns: at the size of a chain that is less than the
    some sixty array passes of a rational approximation (W. J. Cody, Math. Comp. 23, 1969), and it is accurate to
    the last digit.
    """
    return np.fromiter(map(erfc, x.tolist()), np.float64, x.size)
