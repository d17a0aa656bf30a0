"""Statistics against published values, and sums against plain loops."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.journal.report import Closed, drawdowns, mean_interval, more_needed, report, student95, wilson
from cockpit.review import SessionReport

HOUR_NS = 3_600 * 10**9
DAY_NS = 24 * HOUR_NS
MONEY = st.lists(st.integers(-500, 500), min_size=1, max_size=40)


def closed(net: list[float], rules: list[tuple[str, ...]] | None = None) -> Closed:
    """Round trips that were opened every hour from 9 to 14, six a day, and held for a minute."""
    n = len(net)
    places = np.arange(n, dtype=np.int64)
    return Closed(
        net=np.array(net, dtype=np.float64),
        fees=np.full(n, 2.0),
        hold_s=np.full(n, 60.0),
        closed_ns=places // 6 * DAY_NS + (9 + places % 6) * HOUR_NS,
        opened_hour=9 + places % 6,
        closed_day=places // 6,
        session=places // 6,
        rules=rules or [("a",)] * n,
    )


def told(net: list[float], rules: list[tuple[str, ...]] | None = None) -> SessionReport:
    return report(closed(net, rules), "INR")


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe(hits: int, trials: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    found = wilson(hits, trials)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert found.value == hits / trials


def test_no_trials_have_no_rate() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (1_000, 1.962)],
)
def test_students_quantile_agrees_with_tables(degrees: int, quantile: float) -> None:
    assert student95(degrees) == pytest.approx(quantile, abs=4e-3)


@given(MONEY)
def test_a_mean_lies_in_the_middle_of_its_interval(values: list[int]) -> None:
    found = mean_interval(np.array(values, dtype=np.float64))
    assert found is not None
    assert found.value == pytest.approx(statistics.fmean(values))
    if len(values) > 1:
        assert found.low is not None
        assert found.high is not None
        half = student95(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
        assert found.high - found.value == pytest.approx(half)
        assert found.value - found.low == pytest.approx(half)
    else:
        assert (found.low, found.high, found.is_clear) == (None, None, False)


def test_what_is_needed_is_enough_and_no_more_than_about_that() -> None:
    values = np.array([30.0, -20.0, 25.0, -15.0, 10.0, -5.0])
    needed = more_needed(values)
    assert needed is not None
    assert needed > 0
    spread, mean = float(values.std(ddof=1)), float(values.mean())

    def half(n: int) -> float:
        return student95(n - 1) * spread / math.sqrt(n)

    assert half(len(values) + needed) < mean
    assert half(len(values) + needed - 1 - needed // 50) >= mean * 0.98


@pytest.mark.parametrize(
    ("values", "needed"),
    [([10.0, 11.0, 9.0, 10.0, 10.5], 0), ([5.0, -5.0], None), ([1.0], None), ([], None), ([1e6, -1e6, 1.0], None)],
)
def test_what_is_clear_needs_none_and_what_is_hopeless_has_no_number(values: list[float], needed: int | None) -> None:
    assert more_needed(np.array(values)) == needed


@given(MONEY)
def test_drawdowns_are_the_distance_to_the_best_so_far(values: list[int]) -> None:
    equity, below = drawdowns(np.array(values, dtype=np.float64))
    best = total = 0.0
    for i, value in enumerate(values):
        total += value
        best = max(best, total)
        assert equity[i] == total
        assert below[i] == total - best


def test_everything_adds_up() -> None:
    net = [100.0, -50.0, 0.0, 200.0, -150.0, -30.0, 80.0]
    found = told(net)
    assert (found.trades, found.winners, found.losers, found.days, found.sessions) == (7, 3, 3, 2, 2)
    assert (found.total, found.fees) == (150.0, 14.0)
    assert (found.largest_win, found.largest_loss) == (200.0, -150.0)
    assert found.profit_factor == pytest.approx(380 / 230)
    assert found.payoff == pytest.approx((380 / 3) / (230 / 3))
    assert found.max_drawdown == -180.0
    assert found.drawdown_at_ns == 14 * HOUR_NS
    assert found.drawdown_days == 1
    assert (found.average_hold_s, found.median_hold_s) == (60.0, 60.0)
    assert [(bucket.name, bucket.count) for bucket in found.hours][:2] == [("09", 2), ("10", 1)]
    assert [(bucket.name, bucket.total) for bucket in found.calendar] == [("1970-01-01", 70.0), ("1970-01-02", 80.0)]
    assert [bucket.name for bucket in found.weekdays] == ["Thu", "Fri"]
    assert sum(bucket.winners for bucket in found.hours) == 3


def test_a_drawdown_that_begins_at_once_counts_from_the_start() -> None:
    found = told([-10.0, -20.0, 5.0])
    assert (found.max_drawdown, found.drawdown_days) == (-30.0, 1)


def test_without_a_loss_there_is_no_factor() -> None:
    found = told([10.0, 20.0])
    assert (found.profit_factor, found.payoff, found.largest_loss) == (None, None, None)
    assert (found.max_drawdown, found.drawdown_at_ns) == (0.0, None)


def test_nothing_adds_up_to_nothing_known() -> None:
    found = told([])
    assert (found.trades, found.total, found.win_rate, found.average, found.average_hold_s) == (
        0,
        0.0,
        None,
        None,
        None,
    )
    assert found.rules == found.hours == found.calendar == ()


def test_a_round_trip_counts_for_every_rule_that_left_it() -> None:
    found = told([10.0, -5.0, 20.0], [("trail",), ("stop",), ("tranche", "trail")])
    lines = {line.name: (line.count, line.winners, line.total) for line in found.rules}
    assert lines == {"trail": (2, 2, 30.0), "stop": (1, 0, -5.0), "tranche": (1, 1, 20.0)}
    assert found.rules[0].name == "trail"
