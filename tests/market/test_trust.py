"""What is refused with a reason and counted, and what merely says nothing."""

from collections import Counter
from math import inf, nan

import pytest

from cockpit.market.trust import amount, bounded, price, refusal


@pytest.mark.parametrize(
    ("given", "reason"),
    [(nan, "nan"), (inf, "infinite"), (-inf, "negative"), (-0.05, "negative"), (-1.0, "no_data")],
)
def test_an_impossible_price_is_refused_with_its_reason(given: float, reason: str) -> None:
    refused = Counter[str]()
    assert price(given, refused, "bid") is None
    assert refused == {f"bid_{reason}": 1}
    assert refusal(given) == reason


@pytest.mark.parametrize("given", [None, 0.0])
def test_null_and_zero_are_no_price_and_no_complaint(given: float | None) -> None:
    refused = Counter[str]()
    assert price(given, refused, "ask") is None
    assert not refused


def test_a_price_is_a_price() -> None:
    assert price(0.05, Counter(), "bid") == 0.05


def test_zero_is_an_amount_and_null_is_none() -> None:
    refused = Counter[str]()
    assert amount(0.0, refused, "volume") == 0.0
    assert amount(None, refused, "volume") is None
    assert not refused


@pytest.mark.parametrize(("given", "reason"), [(-1.0, "no_data"), (-2.0, "negative"), (nan, "nan"), (inf, "infinite")])
def test_an_impossible_amount_is_refused(given: float, reason: str) -> None:
    refused = Counter[str]()
    assert amount(given, refused, "open_interest") is None
    assert refused == {f"open_interest_{reason}": 1}


def test_bounds_are_inclusive() -> None:
    refused = Counter[str]()
    assert bounded(-1.0, -1.0, 1.0, refused, "delta") == -1.0
    assert bounded(1.0, -1.0, 1.0, refused, "delta") == 1.0
    assert not refused


@pytest.mark.parametrize(("given", "reason"), [(1.0001, "out_of_bounds"), (nan, "nan"), (-inf, "infinite")])
def test_a_greek_outside_its_bounds_is_refused(given: float, reason: str) -> None:
    refused = Counter[str]()
    assert bounded(given, -1.0, 1.0, refused, "delta") is None
    assert refused == {f"delta_{reason}": 1}
