"""Ten thousand seeded contracts, and what QuantLib says of them."""

import random
from collections.abc import Iterator
from importlib import import_module
from math import exp, log, sqrt
from typing import Any, NamedTuple

from cockpit.pricing.black76 import Greeks

# Imported by name, because its bindings carry no types.
ql: Any = import_module("QuantLib")

CASES = 10_000
MINUTE = 60.0 / 31_536_000.0
LOG_MONEYNESS = 4.0


class Case(NamedTuple):
    """A contract and its volatility, in the order of the arguments of `price` and `greeks`."""

    forward: float
    strike: float
    years: float
    iv: float
    is_call: bool


def grid(seed: int = 76, count: int = CASES) -> Iterator[Case]:
    """Contracts from one minute to three years, 1 % to 500 %, calls and puts.

    Moneyness: a tenth at the money, seven tenths within six standard deviations, the rest anywhere within a factor
    of exp(4) = 55 either way.
    """
    chance = random.Random(seed)
    for _ in range(count):
        forward = 10.0 ** chance.uniform(0.0, 5.0)
        years = exp(chance.uniform(log(MINUTE), log(3.0)))
        iv = exp(chance.uniform(log(0.01), log(5.0)))
        near = min(6.0 * iv * sqrt(years), LOG_MONEYNESS)
        width = chance.choices((0.0, near, LOG_MONEYNESS), (1, 7, 2))[0]
        strike = forward * exp(chance.uniform(-width, width))
        yield Case(forward, strike, years, iv, chance.random() < 0.5)


def quantlib_price(case: Case) -> float:
    """Undiscounted Black-76 premium, points."""
    kind = ql.Option.Call if case.is_call else ql.Option.Put
    return float(ql.blackFormula(kind, case.strike, case.forward, case.iv * sqrt(case.years)))


def quantlib_greeks(case: Case) -> Greeks:
    """QuantLib's Greeks of a spot that is the forward, scaled to our units.

    Its rho and dividend rho move the forward opposite ways, so that their sum is the rho of a fixed forward.
    """
    kind = ql.Option.Call if case.is_call else ql.Option.Put
    black = ql.BlackCalculator(ql.PlainVanillaPayoff(kind, case.strike), case.forward, case.iv * sqrt(case.years), 1.0)
    return Greeks(
        float(black.delta(case.forward)),
        float(black.gamma(case.forward)),
        float(black.theta(case.forward, case.years)) / 365.0,
        float(black.vega(case.years)) / 100.0,
        float(black.rho(case.years) + black.dividendRho(case.years)) / 100.0,
    )
