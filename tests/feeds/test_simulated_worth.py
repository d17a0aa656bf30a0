"""Whole columns of contracts are worth what the scalar formulas say."""

import numpy as np
import pytest

from cockpit.feeds.simulated_worth import DIGITS, priced
from cockpit.pricing.black76 import greeks, price

COUNT = 2000


def test_prices_and_greeks_are_those_of_the_scalar_formulas() -> None:
    random = np.random.default_rng(1)
    forward = np.full(COUNT, 24_200.0)
    strike = 24_200.0 + 50.0 * random.integers(-20, 21, COUNT)
    years = random.uniform(60, 8 * 86_400, COUNT) / 31_536_000
    iv, is_call = random.uniform(0.04, 1.5, COUNT), random.random(COUNT) < 0.5
    worth = priced(forward, strike, years, iv, is_call)
    rows = list(zip(forward, strike, years, iv, is_call, strict=True))
    assert worth.premium == pytest.approx([price(*row) for row in rows], abs=1e-9)
    assert worth.iv is iv
    for i, digits in enumerate(DIGITS):
        exact = [greeks(*row)[i] for row in rows]
        assert worth[2 + i] == pytest.approx(exact, abs=0.51 * 10.0**-digits)


def test_a_premium_is_never_below_what_is_in_the_money() -> None:
    spot, strikes = np.full(2, 24_200.0), np.array([23_000.0, 25_400.0])
    worth = priced(spot, strikes, np.full(2, 1e-5), np.full(2, 0.05), np.array([True, False]))
    assert worth.premium.tolist() == [1200.0, 1200.0]
    assert worth.delta.tolist() == [1.0, -1.0]
