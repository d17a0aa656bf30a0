"""The scalp quality score, part by part, at the bounds of journal.md."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.journal.quality import PARTS, Scalp, label, quality, total_of

BEST = Scalp(
    side=1, profit_pct=1.01, hold_s=119.0, gamma_entry=0.0101, gamma_exit=0.01, iv_entry=0.2, iv_exit=0.21,
    exit_gain=2.0, worst=-1.0, best=2.0,
)  # fmt: skip
NAMES = [name for name, _ in PARTS]


def points(name: str, **changed: Any) -> float | None:
    score = quality(BEST._replace(**changed))
    return score.parts[NAMES.index(name)].points


def test_the_best_has_a_hundred() -> None:
    score = quality(BEST)
    assert (score.total, score.label) == (100.0, "excellent")
    assert sum(part.most for part in score.parts) == 100.0


@pytest.mark.parametrize(
    ("profit", "earned"),
    [(1.01, 30), (1.0, 20), (0.51, 20), (0.5, 10), (0.21, 10), (0.2, 5), (0.001, 5), (0.0, 0), (-3.0, 0), (None, None)],
)
def test_profit(profit: float | None, earned: float | None) -> None:
    assert points("Profit", profit_pct=profit) == earned


@pytest.mark.parametrize(("held", "earned"), [(119.9, 20), (120.0, 15), (299.9, 15), (300.0, 10), (600.0, 5)])
def test_hold(held: float, earned: float) -> None:
    assert points("Hold", hold_s=held) == earned


@pytest.mark.parametrize(("gamma", "earned"), [(0.0101, 10), (0.010, 5), (0.0051, 5), (0.005, 0), (None, None)])
def test_gamma_at_entry(gamma: float | None, earned: float | None) -> None:
    assert points("Gamma at entry", gamma_entry=gamma) == earned


@pytest.mark.parametrize(("at_exit", "earned"), [(0.0100, 10), (0.0101, 0), (0.02, 0), (None, None)])
def test_gamma_fell(at_exit: float | None, earned: float | None) -> None:
    assert points("Gamma fell", gamma_exit=at_exit) == earned


@pytest.mark.parametrize(
    ("side", "at_exit", "earned"),
    [(1, 0.201, 10), (1, 0.2, 5), (1, 0.1901, 5), (1, 0.19, 0), (-1, 0.19, 10), (-1, 0.209, 5), (-1, 0.22, 0)],
)
def test_volatility_moved_with_the_vega(side: int, at_exit: float, earned: float) -> None:
    assert points("IV", side=side, iv_exit=at_exit) == earned


@pytest.mark.parametrize(
    ("gain", "worst", "best", "earned"),
    [(2.0, -1.0, 2.0, 20.0), (-1.0, -1.0, 2.0, 0.0), (0.5, -1.0, 2.0, 10.0), (0.0, 0.0, 0.0, 10.0), (3.0, -1, 2, 20.0)],
)
def test_timing(gain: float, worst: float, best: float, earned: float) -> None:
    assert points("Timing", exit_gain=gain, worst=worst, best=best) == pytest.approx(earned)


@pytest.mark.parametrize(
    ("total", "word"),
    [(80.0, "excellent"), (79.9, "good"), (60.0, "good"), (59.0, "fair"), (40.0, "fair"), (39.9, "poor")],
)
def test_labels(total: float, word: str) -> None:
    assert label(total) == word


@pytest.mark.parametrize("missing", ["profit_pct", "gamma_entry", "gamma_exit", "iv_entry", "iv_exit", "worst", "best"])
def test_what_is_unknown_is_not_nothing(missing: str) -> None:
    score = quality(BEST._replace(**{missing: None}))
    assert (score.total, score.label) == (None, "n/a")
    unknown = [part for part in score.parts if part.points is None]
    assert unknown
    assert all(part.found == "n/a" for part in unknown)


@given(st.builds(Scalp, st.sampled_from([1, -1]), *[st.floats(-1e3, 1e3) for _ in range(9)]))
def test_the_total_is_the_sum_of_the_parts_within_0_and_100(trip: Scalp) -> None:
    score = quality(trip)
    assert score.total == total_of(trip) == sum(part.points or 0.0 for part in score.parts)
    assert 0.0 <= score.total <= 100.0
    assert all(0.0 <= (part.points or 0.0) <= part.most for part in score.parts)
