"""What the contracts of a simulated chain are worth: Black-76 at a given volatility, on arrays."""

from math import erfc
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cockpit.feeds.simulated_path import Floats
from cockpit.pricing.black76 import DAYS_PER_YEAR, INV_ROOT_TWO_PI, ROOT_HALF

Flags: TypeAlias = NDArray[np.bool_]

DIGITS = (5, 7, 4, 5, 6)  # of delta, gamma, theta, vega and rho, as a feed sends them


class Worth(NamedTuple):
    """Premium in points and Greeks in the units of `cockpit.pricing.black76`, one element a row."""

    premium: Floats
    iv: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    vega: Floats
    rho: Floats


def priced(forward: Floats, strike: Floats, years: Floats, iv: Floats, is_call: Flags) -> Worth:
    """`black76.price` and `black76.greeks` on arrays of one length, all above 0; the Greeks rounded as feeds do."""
    stdev = iv * np.sqrt(years)
    d1 = np.log(forward / strike) / stdev + 0.5 * stdev
    sign = np.where(is_call, 1.0, -1.0)
    is_below = forward <= strike  # then the call is the one out of the money, whose premium is the time value of both
    outer = np.where(is_below, -1.0, 1.0)
    tail1, tail2 = _erfc(outer * d1 * ROOT_HALF), _erfc(outer * (d1 - stdev) * ROOT_HALF)
    value = np.maximum(0.5 * outer * (strike * tail2 - forward * tail1), 0.0)
    premium = np.maximum(sign * (forward - strike), 0.0) + value
    density = INV_ROOT_TWO_PI * np.exp(-0.5 * d1 * d1)
    vega = forward * density * np.sqrt(years)
    # the tail of d1 on the side of the option out of the money; the other one's delta is what is missing to ±1
    delta = np.where((sign > 0.0) == is_below, 0.5 * sign * tail1, sign * (1.0 - 0.5 * tail1))
    made = (
        delta,
        density / (forward * stdev),
        -0.5 * vega * iv / (years * DAYS_PER_YEAR),
        0.01 * vega,
        -0.01 * years * premium,
    )
    return Worth(premium, iv, *(column.round(digits) for column, digits in zip(made, DIGITS, strict=True)))


def _erfc(x: Floats) -> Floats:
    """numpy has none."""
    return np.fromiter(map(erfc, x.tolist()), np.float64, x.size)
