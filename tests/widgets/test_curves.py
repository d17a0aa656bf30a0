"""Curves are cut down to what a screen can show, and lose nothing that it would."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.frames import AT_NS, chart
from widgets import curves

NAN = math.nan


def test_rows_become_arrays_and_unknown_becomes_nan() -> None:
    part = chart(600)
    path = curves.Path()
    path.update(part)
    rows = [row for chunk in part.chunks for row in chunk]
    assert len(path.times) == 600
    assert path.times.tolist() == [row[0] for row in rows]
    assert all((value is None) == bool(np.isnan(level)) for (_, value, _), level in zip(rows, path.levels, strict=True))


def test_a_chunk_that_is_the_same_object_is_not_read_again() -> None:
    part = chart(600)
    path = curves.Path()
    path.update(part)
    before = [array for _, array in path._chunks]
    longer = replace(part, chunks=(*part.chunks[:-1], (*part.chunks[-1], (600.0, 80.0, 78.0))))
    path.update(longer)
    after = [array for _, array in path._chunks]
    assert all(a is b for a, b in zip(before[:-1], after[:-1], strict=True))
    assert path.at(1e9) == (600.0, 80.0, 78.0)
    path.update(replace(part, chunks=()))
    assert path.at(1e9) is None


def test_the_row_in_force_at_a_time() -> None:
    path = curves.Path()
    path.update(replace(chart(30), chunks=(((0.0, 1.0, None), (10.0, None, 0.5)),)))
    assert path.at(-1.0) is None
    assert path.at(9.9) == (0.0, 1.0, None)
    assert path.at(10.0) == (10.0, None, 0.5)


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
    corners, held = curves.stepped(xs, ys, 0.0, 5.0, 100)
    assert corners.tolist() == [0.0, 1.0, 1.0, 3.0, 3.0, 5.0, 5.0]
    assert held[-4:].tolist() == [60.0, 62.0, 62.0, 62.0]
    assert curves.stepped(np.empty(0), np.empty(0), 0.0, 1.0, 10)[0].size == 0


def test_a_stop_that_moves_at_every_tick_has_one_corner_a_column() -> None:
    xs, ys = np.arange(5_000.0), np.arange(5_000.0)
    corners, _ = curves.stepped(xs, ys, 0.0, 4_999.0, 100)
    assert len(corners) <= 2 * 101


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


def test_ticks_are_round_and_not_too_many() -> None:
    ticks, digits = curves.value_ticks(63.4, 85.2, 5)
    assert ticks == [65.0, 70.0, 75.0, 80.0, 85.0]
    assert digits == 2
    ticks, digits = curves.value_ticks(0.0101, 0.0199, 5)
    assert digits == 3
    assert curves.value_ticks(1.0, 1.0, 5) == ([], 2)


def test_times_are_round_on_the_exchanges_clock() -> None:
    ticks = curves.time_ticks(AT_NS, 0.0, 600.0, 6, "Asia/Kolkata")
    assert [word for _, word in ticks] == ["10:08", "10:10", "10:12", "10:14", "10:16"]
    assert ticks[0][0] == pytest.approx(17.2)
    assert [w for _, w in curves.time_ticks(AT_NS, 0.0, 20.0, 4, "UTC")] == [
        "04:37:45",
        "04:37:50",
        "04:37:55",
        "04:38:00",
    ]
