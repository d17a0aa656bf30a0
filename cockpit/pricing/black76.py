"""Black-76 premium and Greeks of a European option on a forward, at an interest rate of zero.

Source: F. Black, "The pricing of commodity contracts", Journal of Financial Economics 3 (1976), with r = 0:
call = F N(d1) - K N(d2), d1 = ln(F/K) / s + s/2, d2 = d1 - s, s = iv * sqrt(years); the put follows by parity.
"""

from math import erfc, exp, inf, log, pi, sqrt
from typing import NamedTuple

DAYS_PER_YEAR = 365.0
"""Calendar days that a year of theta is spread over."""

ROOT_HALF = sqrt(0.5)
INV_ROOT_TWO_PI = 1.0 / sqrt(2.0 * pi)


class Greeks(NamedTuple):
    """Sensitivities of the premium of one contract with multiplier 1.

    delta: premium points per point of the forward, -1..1.
    gamma: delta per point of the forward, >= 0.
    theta: premium points per calendar day that passes, <= 0.
    vega: premium points per percentage point of volatility (iv + 0.01), >= 0.
    rho: premium points per percentage point of the rate, <= 0. Black-76 discounts the premium of a fixed forward,
        exp(-rT) * premium, so that at r = 0 rho is -years * premium / 100 for calls and puts alike.
    """

    delta: float
    gamma: float
    theta: float
    vega: float
    rho: float


def price(forward: float, strike: float, years: float, iv: float, is_call: bool) -> float:
    """Premium in points: intrinsic value plus time value, never below intrinsic.

    forward and strike in points, above 0; years of 365 days to the last trading instant, >= 0; iv as a fraction
    (0.20 is 20 %), >= 0. No time or no volatility left gives the intrinsic value. ValueError outside these ranges.
    """
    stdev = _stdev(forward, strike, years, iv)
    intrinsic = max(forward - strike if is_call else strike - forward, 0.0)
    if stdev == 0.0:
        return intrinsic
    middle = log(forward / strike) / stdev
    return intrinsic + _time_value(forward, strike, middle + 0.5 * stdev, middle - 0.5 * stdev)


def greeks(forward: float, strike: float, years: float, iv: float, is_call: bool) -> Greeks:
    """Greeks in the units of `Greeks`; the arguments, their ranges and errors are those of `price`.

    No time or no volatility left gives the payoff's own: delta 0 or ±1 (±0.5 at the money), rho of the intrinsic
    value, and 0 for the others.
    """
    stdev = _stdev(forward, strike, years, iv)
    intrinsic = max(forward - strike if is_call else strike - forward, 0.0)
    if stdev == 0.0:
        return _payoff_greeks(forward, strike, years, intrinsic, is_call)
    middle = log(forward / strike) / stdev
    d1 = middle + 0.5 * stdev
    premium = intrinsic + _time_value(forward, strike, d1, middle - 0.5 * stdev)
    density = INV_ROOT_TWO_PI * exp(-0.5 * d1 * d1)
    vega = forward * density * sqrt(years)
    delta = 0.5 * erfc(-d1 * ROOT_HALF) if is_call else -0.5 * erfc(d1 * ROOT_HALF)
    gamma = density / (forward * stdev)
    theta = -0.5 * vega * iv / (years * DAYS_PER_YEAR)
    return Greeks(delta, gamma, theta, 0.01 * vega, -0.01 * years * premium)


def _stdev(forward: float, strike: float, years: float, iv: float) -> float:
    """Standard deviation of ln F at expiry, after the ranges have been checked (NaN fails every comparison)."""
    if 0.0 < forward < inf and 0.0 < strike < inf and 0.0 <= years < inf and 0.0 <= iv < inf:
        return iv * sqrt(years)
    raise ValueError(
        f"Black-76 needs forward and strike above 0, years and iv at or above 0, all finite: "
        f"got forward {forward}, strike {strike}, years {years}, iv {iv}"
    )


def _time_value(forward: float, strike: float, d1: float, d2: float) -> float:
    """Premium of whichever of call and put is out of the money: by parity the time value of both.

    erfc of the smaller tail keeps its relative accuracy where 1 - N(d) would round to nothing.
    """
    if forward <= strike:
        value = 0.5 * (forward * erfc(-d1 * ROOT_HALF) - strike * erfc(-d2 * ROOT_HALF))
    else:
        value = 0.5 * (strike * erfc(d2 * ROOT_HALF) - forward * erfc(d1 * ROOT_HALF))
    return value if value > 0.0 else 0.0


def _payoff_greeks(forward: float, strike: float, years: float, intrinsic: float, is_call: bool) -> Greeks:
    size = 0.5 if forward == strike else 1.0 if intrinsic > 0.0 else 0.0
    return Greeks(size if is_call else -size, 0.0, 0.0, 0.0, -0.01 * years * intrinsic)
