"""Premiums and Greeks against QuantLib, exact references, the laws of the model, and their edges."""

from math import exp, inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.pricing.black76 import Greeks, greeks, price
from tests.pricing.quantlib_grid import Case, grid, quantlib_greeks, quantlib_price

RELATIVE = 1e-8
QUANTLIB_ROUNDING = 2e-15
"""QuantLib takes tails as 1 - N(d), exact to this share of 1 and no better; far tails are checked in EXACT."""

FAR_TAIL = 1e-100
"""Below it QuantLib's own gamma, a difference, loses the eighth digit: 1.1e-8 at 34 standard deviations."""

MINUTE = 2.0**-19  # of a year: 60.15 s, exact in binary

# Premiums and Greeks computed with 60 digits from the formulas of Black (1976), twelve of them kept.
EXACT = [
    (
        Case(100.0, 100.0, 1.0, 0.2, True),
        7.96556745541,
        Greeks(0.539827837277, 0.0198476273739, -0.0108754122596, 0.396952547477, -0.0796556745541),
    ),
    (
        Case(100.0, 100.0, 1.0, 0.2, False),
        7.96556745541,
        Greeks(-0.460172162723, 0.0198476273739, -0.0108754122596, 0.396952547477, -0.0796556745541),
    ),
    (
        Case(22000.0, 26000.0, 0.015625, 0.125, True),
        1.91755652299e-25,
        Greeks(6.07019284958e-27, 1.90284914958e-28, -1.97127351969e-24, 1.79878708671e-24, -2.99618206717e-29),
    ),
    (
        Case(22000.0, 18000.0, 0.015625, 0.125, False),
        1.12740205484e-36,
        Greeks(-4.25973358768e-38, 1.60198678559e-39, -1.6595924748e-35, 1.51437813325e-35, -1.76156571069e-40),
    ),
    (
        Case(450.0, 400.0, 0.00390625, 0.25, True),
        50.0,
        Greeks(1.0, 2.45072223176e-14, -4.2488977049e-13, 4.84639894465e-14, -0.001953125),
    ),
    (
        Case(5000.0, 5004.0, MINUTE, 0.09375, True),
        3.27952893373e-11,
        Greeks(3.2819264265e-10, 3.20936162365e-09, -9.66002736143e-07, 1.4346964465e-10, -6.25520502802e-19),
    ),
    (
        Case(5000.0, 5000.5, MINUTE, 0.015625, False),
        0.50000003858,
        Greeks(-0.999998205386, 8.03880499657e-05, -0.00067212290278, 5.98937645299e-07, -9.53674389992e-09),
    ),
    (
        Case(10.0, 200.0, 3.0, 5.0, False),
        199.999369013,
        Greeks(-3.38525402718e-05, 1.64588724818e-06, -5.63660016499e-06, 2.46883087227e-05, -5.9999810704),
    ),
    (
        Case(50000.0, 1000.0, 0.25, 5.0, False),
        254.437759474,
        Greeks(-0.00244031005466, 6.0744884028e-08, -5.20076061883, 1.89827762587, -0.636094398684),
    ),
]

points = st.floats(0.5, 1e5)
log_moneyness = st.floats(-3.0, 3.0)
times = st.floats(2e-6, 3.0)
volatilities = st.floats(0.01, 5.0)


def test_price_is_quantlibs() -> None:
    for case in grid():
        expected = quantlib_price(case)
        floor = QUANTLIB_ROUNDING * max(case.forward, case.strike)
        assert price(*case) == pytest.approx(expected, rel=RELATIVE, abs=floor), case


def test_greeks_are_quantlibs() -> None:
    for case in grid():
        ours, expected = greeks(*case), quantlib_greeks(case)
        rho_floor = 0.01 * case.years * QUANTLIB_ROUNDING * max(case.forward, case.strike)
        assert ours.delta == pytest.approx(expected.delta, rel=RELATIVE, abs=QUANTLIB_ROUNDING), case
        assert ours.gamma == pytest.approx(expected.gamma, rel=RELATIVE, abs=FAR_TAIL), case
        assert ours.theta == pytest.approx(expected.theta, rel=RELATIVE, abs=FAR_TAIL), case
        assert ours.vega == pytest.approx(expected.vega, rel=RELATIVE, abs=FAR_TAIL), case
        assert ours.rho == pytest.approx(expected.rho, rel=RELATIVE, abs=rho_floor), case


@pytest.mark.parametrize(("case", "premium", "exact"), EXACT)
def test_tails_and_extremes_are_exact(case: Case, premium: float, exact: Greeks) -> None:
    assert price(*case) == pytest.approx(premium, rel=1e-9, abs=0.0)
    assert greeks(*case) == pytest.approx(exact, rel=1e-9, abs=0.0)


def test_units() -> None:
    """Each Greek is the change of the premium for one of its units, to first order."""
    forward, strike, years, iv = 450.0, 455.0, 0.25, 0.2
    here, at = price(forward, strike, years, iv, True), greeks(forward, strike, years, iv, True)
    assert price(forward + 0.01, strike, years, iv, True) - here == pytest.approx(0.01 * at.delta, rel=1e-3)
    assert greeks(forward + 0.01, strike, years, iv, True).delta - at.delta == pytest.approx(0.01 * at.gamma, rel=1e-3)
    assert price(forward, strike, years - 1.0 / 365.0, iv, True) - here == pytest.approx(at.theta, rel=1e-2)
    assert price(forward, strike, years, iv + 0.01, True) - here == pytest.approx(at.vega, rel=1e-2)
    assert exp(-0.01 * years) * here - here == pytest.approx(at.rho, rel=1e-2)


@given(points, log_moneyness, times, volatilities)
def test_put_call_parity(forward: float, moneyness: float, years: float, iv: float) -> None:
    strike = forward * exp(moneyness)
    call, put = greeks(forward, strike, years, iv, True), greeks(forward, strike, years, iv, False)
    rounding = 4e-16 * (forward + strike)
    gap = price(forward, strike, years, iv, True) - price(forward, strike, years, iv, False)
    assert gap == pytest.approx(forward - strike, rel=0.0, abs=rounding)
    assert call.delta - put.delta == pytest.approx(1.0, rel=0.0, abs=4e-16)
    assert (call.gamma, call.theta, call.vega) == (put.gamma, put.theta, put.vega)
    assert call.rho - put.rho == pytest.approx(-0.01 * years * (forward - strike), abs=0.01 * years * rounding)


@given(points, log_moneyness, times, volatilities, st.booleans())
def test_premium_and_greeks_stay_within_their_bounds(
    forward: float, moneyness: float, years: float, iv: float, is_call: bool
) -> None:
    strike = forward * exp(moneyness)
    premium = price(forward, strike, years, iv, is_call)
    intrinsic = max(forward - strike if is_call else strike - forward, 0.0)
    assert intrinsic <= premium <= (forward if is_call else strike)
    delta, gamma, theta, vega, rho = greeks(forward, strike, years, iv, is_call)
    assert 0.0 <= (delta if is_call else -delta) <= 1.0
    assert gamma >= 0.0
    assert vega >= 0.0
    assert theta <= 0.0
    assert rho == -0.01 * years * premium


@given(points, log_moneyness, times, volatilities, st.booleans(), st.floats(1.001, 2.0))
def test_premium_is_monotone(
    forward: float, moneyness: float, years: float, iv: float, is_call: bool, factor: float
) -> None:
    """It never falls with volatility or time; a call never falls with the forward, a put never rises with it."""
    strike = forward * exp(moneyness)
    here = price(forward, strike, years, iv, is_call)
    slack = 4e-16 * (forward * factor + strike)
    assert price(forward, strike, years, iv * factor, is_call) >= here - slack
    assert price(forward, strike, years * factor, iv, is_call) >= here - slack
    higher = price(forward * factor, strike, years, iv, is_call)
    assert (higher >= here - slack) if is_call else (higher <= here + slack)


@pytest.mark.parametrize(("years", "iv"), [(0.0, 0.2), (0.5, 0.0), (0.0, 0.0)])
@pytest.mark.parametrize(
    ("forward", "is_call", "premium", "delta"),
    [
        (110.0, True, 10.0, 1.0),
        (110.0, False, 0.0, 0.0),
        (90.0, True, 0.0, 0.0),
        (90.0, False, 10.0, -1.0),
        (100.0, True, 0.0, 0.5),
        (100.0, False, 0.0, -0.5),
    ],
)
def test_nothing_left_to_move_gives_the_payoff(
    forward: float, is_call: bool, premium: float, delta: float, years: float, iv: float
) -> None:
    assert price(forward, 100.0, years, iv, is_call) == premium
    assert greeks(forward, 100.0, years, iv, is_call) == Greeks(delta, 0.0, 0.0, 0.0, -0.01 * years * premium)


def test_a_volatility_too_small_to_divide_by_is_no_volatility() -> None:
    assert price(110.0, 100.0, 0.5, 5e-324, True) == 10.0
    assert greeks(110.0, 100.0, 0.5, 5e-324, True) == (1.0, 0.0, 0.0, 0.0, -0.05)


def test_rounding_never_makes_a_premium_negative() -> None:
    """Here the two terms of the premium are equal but for the last digit, and the wrong one is the larger."""
    assert price(6704.445978600285, 6704.445978600302, 1.0, 6.944483891390325e-16, True) == 0.0


@pytest.mark.parametrize("wrong", [nan, inf, -inf, -1.0])
@pytest.mark.parametrize("argument", range(4))
def test_arguments_out_of_range_are_refused(argument: int, wrong: float) -> None:
    numbers = [100.0, 100.0, 0.5, 0.2]
    numbers[argument] = wrong
    forward, strike, years, iv = numbers
    with pytest.raises(ValueError, match="Black-76 needs"):
        price(forward, strike, years, iv, True)
    with pytest.raises(ValueError, match="Black-76 needs"):
        greeks(forward, strike, years, iv, True)


@pytest.mark.parametrize(("forward", "strike"), [(0.0, 100.0), (100.0, 0.0)])
def test_zero_forward_or_strike_is_refused(forward: float, strike: float) -> None:
    with pytest.raises(ValueError, match="Black-76 needs"):
        greeks(forward, strike, 0.5, 0.2, True)
