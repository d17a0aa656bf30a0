"""Lookback values: the latest observation at least a lookback old, and never the latest one itself."""

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.market.history import History
from cockpit.market.view import Market


def seen(*marks: tuple[float, float], interval_s: float = 1.0) -> History:
    """Marks by time."""
    history = History(60.0, 3.0 * max(60.0, interval_s))
    for t, mark in marks:
        history.observe(t, mark, nan, nan)
    return history


def ago(history: History, t: float) -> float:
    """The lookback value of the mark at `t`."""
    now = Market()
    history.fill(now, t)
    return now.mark_ago


def test_it_is_the_latest_that_is_at_least_a_lookback_old() -> None:
    history = seen((0.0, 50.0), (39.0, 51.0), (40.0, 52.0), (41.0, 53.0), (100.0, 60.0))
    assert ago(history, 100.0) == 52.0
    assert ago(seen((0.0, 50.0), (41.0, 53.0), (100.0, 60.0)), 100.0) == 50.0


def test_exactly_a_lookback_old_is_old_enough() -> None:
    assert ago(seen((40.0, 52.0), (100.0, 60.0)), 100.0) == 52.0
    assert isnan(ago(seen((40.01, 52.0), (100.0, 60.0)), 100.0))


def test_it_is_unknown_when_older_than_three_lookbacks() -> None:
    assert ago(seen((0.0, 50.0), (180.0, 60.0)), 180.0) == 50.0
    assert isnan(ago(seen((0.0, 50.0), (180.1, 60.0)), 180.1))


def test_or_than_three_intervals_of_a_slow_recording() -> None:
    slow = seen((0.0, 50.0), (2700.0, 60.0), interval_s=900.0)
    assert ago(slow, 2700.0) == 50.0
    assert isnan(ago(seen((0.0, 50.0), (2701.0, 60.0), interval_s=900.0), 2701.0))


def test_latest_and_lookback_are_never_the_same_observation() -> None:
    history = seen((0.0, 50.0))
    assert isnan(ago(history, 60.0))
    assert isnan(ago(history, 120.0))
    two = seen((0.0, 50.0), (60.0, 51.0))
    assert ago(two, 130.0) == 50.0, "the latest mark is still that of 60"


def test_each_value_looks_back_on_its_own_observations() -> None:
    history = History(60.0, 180.0)
    history.observe(0.0, 50.0, 0.5, -10.0)
    history.observe(30.0, 51.0, 0.6, nan)
    history.observe(100.0, nan, nan, -12.0)
    now = Market()
    history.fill(now, 100.0)
    assert (now.mark_ago, now.mark_ago_t) == (50.0, 0.0), "its latest mark is that of 30"
    assert (now.delta_ago, now.delta_ago_t) == (0.5, 0.0)
    assert now.theta_ago == -10.0
    assert now.theta_span_s == 100.0, "rates divide by the time between the two observations"


def test_a_row_without_the_value_is_no_observation_of_it() -> None:
    history = seen((0.0, 50.0), (30.0, nan), (40.0, nan), (100.0, 60.0))
    assert ago(history, 100.0) == 50.0


def test_theta_comes_with_the_mark_that_stood_beside_it() -> None:
    history = History(60.0, 180.0)
    history.observe(0.0, 50.0, nan, -10.0)
    history.observe(50.0, 55.0, nan, -11.0)
    history.observe(100.0, 60.0, nan, -12.0)
    now = Market()
    history.fill(now, 100.0)
    assert (now.theta_ago, now.theta_mark_ago) == (-10.0, 50.0)


def test_the_highest_gamma_of_five_lookbacks() -> None:
    history = History(60.0, 180.0)
    for t, gamma in ((0.0, 0.020), (1.0, 0.010), (200.0, 0.012), (250.0, 0.004)):
        history.observe(t, 50.0, nan, nan, gamma)
    now = Market()
    history.fill(now, 300.0)
    assert now.gamma_high == 0.020
    history.fill(now, 301.0)
    assert now.gamma_high == 0.012
    history.fill(now, 551.0)
    assert isnan(now.gamma_high)


def test_it_stays_small_and_forgets_nothing_that_is_looked_back_on() -> None:
    history = History(60.0, 180.0)
    for i in range(5_000):
        history.observe(i / 4.0, float(i), nan, nan)
    assert len(history.rows) < 2_500
    assert ago(history, 4_999 / 4.0) == 4_999 - 240


Observation = tuple[float, float, float, float]
observations = st.lists(
    st.tuples(
        st.sampled_from((0.25, 1.0, 29.75, 60.0, 61.0, 200.0)),
        st.sampled_from((nan, 50.0, 51.0)),
        st.sampled_from((nan, 0.5, 0.6)),
        st.sampled_from((nan, -10.0, -11.0)),
    ),
    min_size=1,
    max_size=12,
)


def plainly(times: list[float], values: list[float], t: float) -> float:
    """The law, word by word."""
    known = [(at, value) for at, value in zip(times, values, strict=True) if value == value]
    old = [(at, value) for at, value in known[:-1] if t - 180.0 - 1e-6 <= at <= t - 60.0 + 1e-6]
    return old[-1][1] if old else nan


@given(steps=observations, later=st.sampled_from((0.0, 0.25, 60.0, 119.75, 120.0, 120.25, 180.0)))
def test_it_says_what_the_law_says(steps: list[Observation], later: float) -> None:
    history, times, columns = History(60.0, 180.0), list[float](), ([], [], [])
    t = 0.0
    for step, *values in steps:
        t += step
        times.append(t)
        history.observe(t, *values)
        for column, value in zip(columns, values, strict=True):
            column.append(value)
        now = Market()
        history.fill(now, t)
    until = history.stands_until(t)
    cached, now = now, Market()
    history.fill(now, t + later)
    for name, column in zip(("mark_ago", "delta_ago", "theta_ago"), columns, strict=True):
        assert getattr(now, name) == pytest.approx(plainly(times, column, t + later), nan_ok=True), name
        if t + later <= until:
            assert getattr(cached, name) == pytest.approx(getattr(now, name), nan_ok=True), f"{name} stands until then"
