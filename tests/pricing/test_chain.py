"""The chain against the scalar functions and QuantLib, its shapes, and what is unknown."""

from math import nan, sqrt

import numpy as np
import pytest

from cockpit.pricing.black76 import greeks, price
from cockpit.pricing.chain import ChainGreeks, chain_greeks
from cockpit.pricing.implied_volatility import implied_volatility
from tests.pricing.quantlib_grid import grid, quantlib_greeks, quantlib_price

SAME = 1e-10
STRIKES = np.repeat(np.arange(17_000.0, 27_000.0, 50.0), 2)
IS_CALL = np.tile([True, False], STRIKES.size // 2)


def test_same_numbers_as_the_scalar_functions() -> None:
    """Relative 1e-10, or that share of the Greek's peak over strikes where the premium is next to nothing."""
    cases = list(grid())
    premiums = [price(*case) for case in cases]
    forward, strike, years, _, is_call = zip(*cases, strict=True)
    chain = chain_greeks(premiums, forward, strike, years, is_call)
    known = 0
    for case, premium, row in zip(cases, premiums, zip(*chain, strict=True), strict=True):
        iv = implied_volatility(premium, case.forward, case.strike, case.years, case.is_call)
        if iv is None:
            assert np.isnan(row).all(), case
            continue
        known += 1
        peaks = greeks(case.forward, case.forward, case.years, iv, True)
        expected = greeks(case.forward, case.strike, case.years, iv, case.is_call)
        assert row[0] == pytest.approx(iv, rel=0.0, abs=SAME), case
        for ours, scalar, peak in zip(row[1:], expected, peaks, strict=True):
            assert ours == pytest.approx(scalar, rel=SAME, abs=SAME * abs(peak)), case
    assert known > 7_000


def test_chain_is_quantlibs() -> None:
    cases = [case for case in grid(seed=77) if 100.0 * quantlib_greeks(case).vega >= 1e-4 * case.forward]
    forward, strike, years, iv, is_call = zip(*cases, strict=True)
    chain = chain_greeks([quantlib_price(case) for case in cases], forward, strike, years, is_call)
    assert len(cases) > 5_000
    assert chain.iv == pytest.approx(np.array(iv), rel=0.0, abs=1e-8)


def test_one_forward_and_one_time_serve_a_chain() -> None:
    premiums = np.array([price(22_000.0, k, 0.1, 0.3, c) for k, c in zip(STRIKES, IS_CALL.tolist(), strict=True)])
    chain = chain_greeks(premiums, 22_000.0, STRIKES, 0.1, IS_CALL)
    assert STRIKES.size == 400
    assert chain.iv == pytest.approx(np.full(400, 0.3), rel=0.0, abs=1e-11)
    calls, puts = chain.delta[0::2], chain.delta[1::2]
    assert calls - puts == pytest.approx(np.ones(200), rel=0.0, abs=1e-11)
    assert (np.diff(calls) < 0.0).all()


def test_shapes_are_broadcast() -> None:
    strikes = np.array([[95.0], [100.0], [105.0]])
    chain = chain_greeks(6.0, 100.0, strikes, 0.25, [True, False])
    for field in chain:
        assert field.shape == (3, 2)
        assert field.dtype == np.float64
    assert chain.iv[2, 0] == pytest.approx(implied_volatility(6.0, 100.0, 105.0, 0.25, True))
    assert chain.iv[0, 1] == pytest.approx(implied_volatility(6.0, 100.0, 95.0, 0.25, False))


def test_a_single_contract_and_an_empty_chain() -> None:
    single = chain_greeks(6.0, 100.0, 100.0, 0.25, True)
    assert float(single.iv) == pytest.approx(implied_volatility(6.0, 100.0, 100.0, 0.25, True))
    empty = chain_greeks([], 100.0, [], 0.25, [])
    assert [field.shape for field in empty] == [(0,)] * 6


def test_unknown_contracts_are_nan_in_every_array_and_leave_the_others_alone() -> None:
    premiums = [6.0, nan, None, 0.0, -1.0, 100.0, 20.0, 99.9, 6.0, 6.0, 6.0, 6.0, 1e-70]
    strikes = [100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 80.0, 100.0, nan, 100.0, 0.0, 100.0, 100.0]
    years = [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.0, 0.25, np.inf, 0.25]
    chain = chain_greeks(np.array(premiums, dtype=object), 100.0, strikes, years, True)
    iv = implied_volatility(6.0, 100.0, 100.0, 0.25, True)
    assert iv is not None
    assert tuple(field[0] for field in chain) == pytest.approx((iv, *greeks(100.0, 100.0, 0.25, iv, True)))
    for field in chain:
        assert np.isnan(field[1:]).all()


@pytest.mark.parametrize("forward", [nan, 0.0, -100.0, np.inf])
def test_without_a_forward_the_whole_chain_is_unknown(forward: float) -> None:
    chain = chain_greeks([6.0, 7.0, np.inf], forward, [100.0, 105.0, 110.0], 0.25, [True, False, True])
    for field in chain:
        assert np.isnan(field).all()


def test_highest_volatility_is_known_and_the_next_is_not() -> None:
    strikes = np.array([[20.0], [60.0], [90.0], [100.0], [111.0], [120.0], [170.0], [500.0]])
    volatilities = (5.0, 5.001)
    premiums = [[price(100.0, strike, 0.25, iv, True) for iv in volatilities] for strike in strikes.ravel().tolist()]
    chain = chain_greeks(premiums, 100.0, strikes, 0.25, True)
    assert chain.iv[:, 0] == pytest.approx(np.full(8, 5.0), rel=0.0, abs=1e-9)
    assert (chain.iv[:, 0] <= 5.0).all()
    for field in chain:
        assert np.isfinite(field[:, 0]).all()
        assert np.isnan(field[:, 1]).all()


@pytest.mark.parametrize("premium", [1e-14, 1e-12, 1e-7, 1e-5])
def test_premiums_that_vanish_at_the_money(premium: float) -> None:
    """At the money sqrt(2 pi) x premium / forward; the next contract of the chain is none the worse for it."""
    chain = chain_greeks([premium, 6.0], 100.0, 100.0, 1.0, True)
    assert chain.iv[0] == pytest.approx(sqrt(2.0 * np.pi) * premium / 100.0)
    assert chain.iv[1] == pytest.approx(implied_volatility(6.0, 100.0, 100.0, 1.0, True))


def test_rows_are_named() -> None:
    assert ChainGreeks._fields == ("iv", "delta", "gamma", "theta", "vega", "rho")
