"""Curves are cut down to what a screen can show, and lose nothing that it would."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.charts import curves

NAN = math.nan


@given(seed=st.integers(0, 2**32 - 1), unknown=st.floats(0.0, 1.0), columns=st.integers(20, 120))
def test_a_decimated_curve_keeps_every_columns_extremes(seed: int, unknown: float, columns: int) -> None:
    chance = np.random.default_rng(seed)
    ys = chance.normal(size=int(chance.integers(300, 600))).cumsum()
    ys[np.repeat(chance.random(len(ys) // 20 + 1) < unknown, 20)[: len(ys)]] = NAN
    xs = np.arange(float(len(ys)))
    end = float(len(ys) - 1)
    drawn_x, drawn_y = curves.decimated(xs, ys, 0.0, end, columns)
    assert len(drawn_x) == len(drawn_y) <= 2 * (columns + 1)
    if not np.isnan(ys).all():
        assert np.nanmin(drawn_y) == np.nanmin(ys)
        assert np.nanmax(drawn_y) == np.nanmax(ys)
    for begin, finish in curves.gaps(xs, ys):
        if finish - begin > 3 * end / columns:
            inside = (drawn_x > begin + end / columns) & (drawn_x < finish - end / columns)
            assert np.isnan(drawn_y[inside]).all()


def test_few_points_are_left_as_they_are() -> None:
    xs, ys = np.arange(50.0), np.arange(50.0)
    assert curves.decimated(xs, ys, 0.0, 49.0, 100)[1] is ys


def test_a_stop_is_drawn_as_steps() -> None:
    xs = np.arange(6.0)
    ys = np.array([NAN, 60.0, 60.0, 62.0, 62.0, 62.0])
    corners, held = curves.stepped(xs, ys)
    assert corners.tolist() == [0.0, 1.0, 1.0, 3.0, 3.0, 5.0, 5.0]
    assert held[-4:].tolist() == [60.0, 62.0, 62.0, 62.0]
    assert curves.stepped(np.empty(0), np.empty(0))[0].size == 0


def test_a_curve_is_level_where_nothing_is_known_of_the_way() -> None:
    xs, ys = np.array([0.0, 1.0, 61.0, 62.0, 122.0]), np.array([5.0, 6.0, 9.0, NAN, 7.0])
    times, values = curves.held(xs, ys, 2.0)
    assert times.tolist() == [0.0, 1.0, 61.0, 61.0, 62.0, 122.0]
    assert values[:4].tolist() == [5.0, 6.0, 6.0, 9.0]
    assert np.isnan(values[4])
    assert curves.held(xs, ys, 100.0)[0] is xs


@pytest.mark.parametrize("side", [1, -1])
def test_a_stop_wears_the_outcome_it_guarantees(side: int) -> None:
    entry = 70.0
    held = np.array([65.0, 65.0, 72.0, 72.0]) if side > 0 else np.array([75.0, 75.0, 68.0, 68.0])
    secured, exposed = curves.by_outcome(held, entry, side)
    assert np.isnan(secured[:2]).all()
    assert secured[2:].tolist() == held[2:].tolist()
    assert exposed[:3].tolist() == held[:3].tolist()
    assert np.isnan(exposed[3])


def test_at_the_entry_nothing_is_lost() -> None:
    secured, exposed = curves.by_outcome(np.array([70.0]), 70.0, 1)
    assert secured.tolist() == [70.0]
    assert np.isnan(exposed[0])


def test_gaps_reach_from_the_last_known_row_to_the_next() -> None:
    xs = np.arange(7.0)
    ys = np.array([NAN, 1.0, NAN, NAN, 2.0, 3.0, NAN])
    assert list(curves.gaps(xs, ys)) == [(1.0, 4.0), (5.0, 6.0)]


def test_bounds_hold_everything_with_some_air() -> None:
    low, high = curves.bounds((np.array([70.0, NAN, 80.0]), np.array([NAN])), (65.0, None))
    assert low < 65.0
    assert high > 80.0
    assert curves.bounds((np.empty(0),), (None,)) == pytest.approx((-0.08, 1.08))
    flat_low, flat_high = curves.bounds((np.array([5.0]),), ())
    assert flat_low < 5.0 < flat_high


def test_steady_bounds_do_not_move_with_every_tick() -> None:
    before = curves.steady(65.2, 82.31)
    assert before[0] <= 65.2
    assert before[1] >= 82.31
    assert curves.steady(65.23, 82.28) == before


def test_one_more_point_is_appended() -> None:
    times, values = curves.joined((np.array([1.0]), np.array([2.0])), (3.0, 4.0))
    assert (times.tolist(), values.tolist()) == ([1.0, 3.0], [2.0, 4.0])
