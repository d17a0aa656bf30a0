"""Sizes are short, and a column has one unit."""

import pytest

from widgets.paint.amounts import ONE, Unit, amount, strike, unit_for


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "n/a"),
        (float("nan"), "n/a"),
        (0.0, "0"),
        (984.0, "984"),
        (61_240.0, "61.2 k"),
        (999_600.0, "1.00 M"),
        (1_844_000.0, "1.84 M"),
        (-250_000.0, "−250 k"),
        (2.5e9, "2.50 B"),
    ],
)
def test_an_amount_by_itself(value: float | None, words: str) -> None:
    assert amount(value) == words


def test_gains_have_a_sign_when_asked_for() -> None:
    assert amount(12_300.0, signed=True) == "+12.3 k"
    assert amount(0.0, signed=True) == "0"


@pytest.mark.parametrize(
    ("largest", "unit"),
    [
        (9_999.0, ONE),
        (12_000.0, Unit(1e3, "k")),
        (1.2e6, Unit(1e6, "M")),
        (8e11, Unit(1e9, "B")),
        (4e12, Unit(1e9, "B")),
    ],
)
def test_the_unit_of_a_column_follows_its_largest_value(largest: float, unit: Unit) -> None:
    assert unit_for((None, 3.0, -largest)) == unit


def test_all_values_of_a_column_have_at_most_five_signs() -> None:
    for largest in (1.0, 9_999.0, 10_000.0, 999_999.0, 5.5e6, 9.9e8):
        unit = unit_for((largest,))
        for share in (1.0, 0.5, 0.09, 0.0):
            assert len(unit.words(largest * share)) <= 6
    assert unit_for(()).words(None) == "n/a"


def test_a_head_names_its_unit() -> None:
    assert Unit(1e6, "M").head("OI") == "OI, M"
    assert ONE.head("OI") == "OI"


def test_a_strike_has_the_decimals_it_needs() -> None:
    assert [strike(value) for value in (26_150.0, 6_862.5, 0.75)] == ["26\u202f150", "6\u202f862.5", "0.75"]
