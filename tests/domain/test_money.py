"""Decimals as they were written, averages with eight decimals, prices on the tick grid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.domain.money import average, cents, exact, plain, to_tick


def test_a_float_is_the_decimal_it_was_written_as() -> None:
    assert exact(0.1) == Decimal("0.1")
    assert exact(49.95) + exact(0.05) == Decimal("50.00")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("50.00", "50"),
        ("50.10", "50.1"),
        ("1E+3", "1000"),
        ("0.00000001", "0.00000001"),
        ("-0.00", "0"),
        ("-3.50", "-3.5"),
    ],
)
def test_text_has_no_exponent_and_no_trailing_zeros(given: str, text: str) -> None:
    assert plain(Decimal(given)) == text


@pytest.mark.parametrize(
    ("total", "contracts", "text"),
    [
        ("100", 3, "33.33333333"),
        ("200", 3, "66.66666667"),
        ("0.00000001", 2, "0"),  # half to even
        ("0.00000003", 2, "0.00000002"),
        ("151", 2, "75.5"),
    ],
)
def test_averages_have_eight_decimals_half_to_even(total: str, contracts: int, text: str) -> None:
    assert plain(average(Decimal(total), contracts)) == text


@pytest.mark.parametrize(
    ("price", "direction", "text"),
    [
        (50.02, -1, "50"),
        (50.02, 1, "50.05"),
        (50.05, -1, "50.05"),
        (50.05, 1, "50.05"),
        (0.1 + 0.2, 1, "0.3"),
        (0.1 + 0.2, -1, "0.3"),
        (2.15 * 1.0000000000000002, 1, "2.15"),
    ],
)
def test_a_price_goes_to_the_tick_grid_and_stays_there(price: float, direction: int, text: str) -> None:
    assert plain(to_tick(price, 0.05, direction)) == text


@given(
    price=st.floats(0.01, 1e5), tick=st.sampled_from((0.01, 0.05, 0.1, 0.25, 1.0)), direction=st.sampled_from((-1, 1))
)
def test_rounding_never_passes_a_whole_tick(price: float, tick: float, direction: int) -> None:
    rounded = to_tick(price, tick, direction)
    assert rounded % exact(tick) == 0
    assert -1e-9 <= (float(rounded) - price) * direction < tick + 1e-9


@pytest.mark.parametrize(("x", "words"), [("2.4", "2.40"), ("5", "5.00"), ("0.005", "0.005"), ("-1.50", "-1.50")])
def test_a_price_has_two_decimals_at_least(x: str, words: str) -> None:
    assert cents(Decimal(x)) == words
