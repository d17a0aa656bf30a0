"""Measures that are the same for every underlying and premium."""

import math

import pytest

from cockpit.exits.scale_free import gamma_per_pct, premium_base


def test_gamma_per_percent_is_what_delta_gains_when_the_underlying_moves_by_one() -> None:
    assert gamma_per_pct(0.0012, 25_000.0) == pytest.approx(0.30)
    assert math.isnan(gamma_per_pct(0.0012, math.nan))
    assert math.isnan(gamma_per_pct(math.nan, 25_000.0))


@pytest.mark.parametrize(("mark", "noise", "points"), [(50.0, 0.0, 0.5), (50.0, 0.4, 0.8), (200.0, 0.4, 2.0)])
def test_the_base_is_the_greater_of_share_and_noise(mark: float, noise: float, points: float) -> None:
    assert premium_base(mark, noise, 1.0, 2.0) == pytest.approx(points)


def test_without_a_mark_there_is_no_base() -> None:
    assert math.isnan(premium_base(math.nan, 0.4, 1.0, 2.0))
