"""Implied volatility against QuantLib's premiums, the laws of an inverse, and what is unknown."""

from math import exp, inf, log, nan, nextafter, pi, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cockpit.pricing.black76 import greeks, price
from cockpit.pricing.implied_volatility import MAX_IV, implied_volatility
from tests.pricing.quantlib_grid import Case, grid, quantlib_greeks, quantlib_price

ABSOLUTE = 1e-8
MIN_VEGA = 1e-4
"""Vega per 1.00 of volatility, as a share of the forward, from which the premium determines the volatility."""

points = st.floats(0.5, 1e5)
times = st.floats(2e-6, 3.0)
volatilities = st.floats(0.01, 5.0)
deviations = st.floats(-6.0, 6.0)
shares = st.floats(1e-50, 1.0, exclude_max=True)


def strike_at(forward: float, deviation: float, stdev: float) -> float:
    """A strike so many standard deviations from the forward, within a factor of exp(4)."""
    return forward * exp(max(-4.0, min(4.0, deviation * stdev)))


def test_inverts_quantlibs_premiums() -> None:
    checked = 0
    for case in grid():
        if 100.0 * quantlib_greeks(case).vega < MIN_VEGA * case.forward:
            continue
        found = implied_volatility(quantlib_price(case), case.forward, case.strike, case.years, case.is_call)
        assert found == pytest.approx(case.iv, rel=0.0, abs=ABSOLUTE), case
        checked += 1
    assert checked > 5_000


@given(points, deviations, times, volatilities, st.booleans())
def test_round_trip(forward: float, deviation: float, years: float, iv: float, is_call: bool) -> None:
    strike = strike_at(forward, deviation, iv * sqrt(years))
    assume(100.0 * greeks(forward, strike, years, iv, is_call).vega >= MIN_VEGA * forward)
    premium = price(forward, strike, years, iv, is_call)
    assert implied_volatility(premium, forward, strike, years, is_call) == pytest.approx(iv, rel=0.0, abs=1e-10)


@given(points, st.floats(-20.0, 20.0), times, volatilities)
def test_out_of_the_money_is_inverted_however_small_the_premium(
    forward: float, deviation: float, years: float, iv: float
) -> None:
    """Down to 1e-60: its premium has no intrinsic value to drown in, so that vega does not matter."""
    strike = strike_at(forward, deviation, iv * sqrt(years))
    is_call = strike >= forward
    premium = price(forward, strike, years, iv, is_call)
    found = implied_volatility(premium, forward, strike, years, is_call)
    if premium >= 2e-60 * max(forward, strike):
        assert found == pytest.approx(iv, rel=1e-8)
    elif premium < 1e-60 * max(forward, strike):
        assert found is None


@given(points, deviations, times, volatilities)
def test_call_and_put_of_a_strike_agree(forward: float, deviation: float, years: float, iv: float) -> None:
    strike = strike_at(forward, deviation, iv * sqrt(years))
    assume(100.0 * greeks(forward, strike, years, iv, True).vega >= MIN_VEGA * forward)
    call, put = (
        implied_volatility(price(forward, strike, years, iv, right), forward, strike, years, right)
        for right in (True, False)
    )
    assert call == pytest.approx(put, rel=0.0, abs=1e-9)


@given(points, st.floats(-3.0, 3.0), times, st.booleans(), shares, shares)
def test_never_falls_with_the_premium(
    forward: float, moneyness: float, years: float, is_call: bool, one: float, other: float
) -> None:
    """Any premium between the bounds; one too high to believe counts as the highest volatility."""
    strike = forward * exp(moneyness)
    intrinsic = max(forward - strike if is_call else strike - forward, 0.0)
    room = min(forward, strike)
    cheap, dear = (intrinsic + share * room for share in sorted((one, other)))
    assume(intrinsic < cheap)
    assume(dear < (forward if is_call else strike))
    low = implied_volatility(cheap, forward, strike, years, is_call)
    high = implied_volatility(dear, forward, strike, years, is_call)
    assert high is None or (low is not None and 0.0 < low <= high * (1.0 + 1e-9) <= MAX_IV * (1.0 + 1e-9))


@given(st.floats(), st.floats(), st.floats(), st.floats(), st.booleans())
def test_any_numbers_at_all_give_a_volatility_or_none(
    premium: float, forward: float, strike: float, years: float, is_call: bool
) -> None:
    found = implied_volatility(premium, forward, strike, years, is_call)
    assert found is None or 0.0 < found <= MAX_IV


@given(st.floats(1e-300, 1e300), st.floats(-140.0, 140.0), st.floats(1e-60, 1.0), st.floats(1e-12, 1e12))
def test_any_scale_gives_a_volatility_or_none(forward: float, moneyness: float, share: float, years: float) -> None:
    strike = forward * exp(moneyness)
    found = implied_volatility(share * min(forward, strike), forward, strike, years, strike >= forward)
    assert found is None or 0.0 < found <= MAX_IV


def test_extreme_premiums_reprice() -> None:
    """From one rounding above intrinsic to one below the bound, for strikes far and near: always a solution."""
    for moneyness in (-100.0, -5.0, -1.0, -0.01, -1e-9, 0.0, 1e-9, 0.01, 1.0, 5.0, 100.0):
        forward, strike = 100.0, 100.0 * exp(moneyness)
        is_call = strike >= forward
        unit = min(forward, strike)
        for share in (1e-30, 1e-15, 1e-8, 1e-3, 0.1, 0.5, 0.9, 0.999, 1.0 - 1e-9, 1.0 - 1e-14):
            premium = share * unit
            iv = implied_volatility(premium, forward, strike, 1e4, is_call)
            if premium < 1e-60 * max(forward, strike):
                assert iv is None
                continue
            assert iv is not None
            tolerance = 1e-15 * unit if abs(moneyness) < 1e-3 else 0.0
            assert price(forward, strike, 1e4, iv, is_call) == pytest.approx(premium, rel=1e-9, abs=tolerance)


@pytest.mark.parametrize("is_call", [True, False])
@pytest.mark.parametrize("strike", [60.0, 100.0, 170.0])
def test_premium_at_intrinsic_or_bound_is_unknown(strike: float, is_call: bool) -> None:
    forward, years = 100.0, 0.25
    intrinsic = max(forward - strike if is_call else strike - forward, 0.0)
    bound = forward if is_call else strike
    assert implied_volatility(intrinsic, forward, strike, years, is_call) is None
    assert implied_volatility(intrinsic - 0.01, forward, strike, years, is_call) is None
    assert implied_volatility(bound, forward, strike, years, is_call) is None
    assert implied_volatility(bound + 0.01, forward, strike, years, is_call) is None
    assert implied_volatility(intrinsic + 0.01, forward, strike, years, is_call) is not None


@pytest.mark.parametrize("is_call", [True, False])
@pytest.mark.parametrize("strike", [60.0, 100.0, 170.0])
@pytest.mark.parametrize("years", [1.0 / 365.0, 0.25, 3.0])
def test_five_hundred_percent_is_the_highest_believed(years: float, strike: float, is_call: bool) -> None:
    at_limit = price(100.0, strike, years, 5.0, is_call)
    found = implied_volatility(at_limit, 100.0, strike, years, is_call)
    assert found == pytest.approx(5.0, rel=0.0, abs=1e-9)
    assert found is not None
    assert found <= 5.0
    assert implied_volatility(price(100.0, strike, years, 5.001, is_call), 100.0, strike, years, is_call) is None
    next_to_bound = nextafter(100.0 if is_call else strike, 0.0)
    assert implied_volatility(next_to_bound, 100.0, strike, years, is_call) is None


@pytest.mark.parametrize("wrong", [nan, inf, -inf, 0.0, -1.0])
@pytest.mark.parametrize("argument", range(4))
@pytest.mark.parametrize("is_call", [True, False])
def test_arguments_out_of_range_are_unknown(argument: int, wrong: float, is_call: bool) -> None:
    numbers = [5.0, 100.0, 100.0, 0.25]
    numbers[argument] = wrong
    premium, forward, strike, years = numbers
    assert implied_volatility(premium, forward, strike, years, is_call) is None


def test_deep_in_the_money_is_solved_on_its_time_value() -> None:
    """A call 40 % in the money: the volatility is that of the put of the strike, to the premium's own rounding."""
    case = Case(100.0, 60.0, 0.25, 0.35, True)
    put = price(*case._replace(is_call=False))
    found = implied_volatility(price(*case), 100.0, 60.0, 0.25, True)
    assert put < 0.01
    assert found == pytest.approx(0.35, rel=0.0, abs=1e-11)


@pytest.mark.parametrize("premium", [1e-14, 1e-12, 1e-7, 1e-5])
def test_premiums_that_vanish_at_the_money(premium: float) -> None:
    """At the money sqrt(2 pi) x premium / forward, exact in the limit."""
    found = implied_volatility(premium, 100.0, 100.0, 1.0, True)
    assert found == pytest.approx(sqrt(2.0 * pi) * premium / 100.0)


def test_units_cancel() -> None:
    """Points are any currency's: scaling premium, forward and strike by a power of two changes nothing at all."""
    found = implied_volatility(7.25, 450.0, 455.0, 0.1, True)
    assert found == implied_volatility(7.25 * 1024, 450.0 * 1024, 455.0 * 1024, 0.1, True)
    assert found is not None
    assert log(found) == pytest.approx(log(0.17), abs=0.05)
