"""The window of time follows the newest row until a human looks back."""

import numpy as np
import pytest

from widgets.chart_span import AHEAD, LEAD_S, LEAST_S, LONGEST_S, SHORTEST_S, Span


def times(newest: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.arange(0.0, newest + 1.0)


def test_at_first_it_shows_all_since_shortly_before_the_entry() -> None:
    start, end = Span().window(times(3000), 2000.0)
    assert start == pytest.approx(2000.0 - LEAD_S)
    assert end > 3000.0
    assert (end - 3000.0) / (end - start) == pytest.approx(AHEAD)


def test_a_young_position_has_room_to_grow() -> None:
    start, end = Span().window(times(10), 5.0)
    assert start == pytest.approx(0.0)
    assert end - start >= LEAST_S
    assert Span().window(np.empty(0), 50.0)[0] == pytest.approx(50.0)


def test_it_follows_the_newest_row() -> None:
    span = Span()
    span.window(times(3000), 2900.0)
    span.zoom(0.5, 0.5)
    before = span.window(times(3000), 2900.0)
    after = span.window(times(3060), 2900.0)
    assert after[1] - before[1] == pytest.approx(60.0)
    assert after[1] - after[0] == pytest.approx(before[1] - before[0])


def test_panned_back_it_stays_and_comes_back_at_the_end() -> None:
    span = Span()
    span.window(times(3000), 2000.0)
    span.pan(-0.3)
    assert not span.following
    before = span.window(times(3000), 2000.0)
    assert span.window(times(3500), 2000.0) == before
    span.pan(0.1)
    assert not span.following
    span.pan(5.0)
    assert span.following
    assert span.window(times(3500), 2000.0)[1] > 3500.0


def test_follow_returns_at_once() -> None:
    span = Span()
    span.window(times(3000), 2000.0)
    span.pan(-0.5)
    span.follow()
    assert span.following
    assert span.window(times(3000), 2000.0)[1] > 3000.0


def test_zooming_keeps_the_place_under_the_mouse() -> None:
    span = Span()
    span.window(times(9000), 100.0)
    span.pan(-0.2)
    start, end = span.window(times(9000), 100.0)
    held = start + 0.25 * (end - start)
    span.zoom(0.5, 0.25)
    start, end = span.window(times(9000), 100.0)
    assert start + 0.25 * (end - start) == pytest.approx(held)


def test_zoom_has_its_ends() -> None:
    span = Span()
    span.window(times(3000), 2000.0)
    span.zoom(1e-9, 0.5)
    start, end = span.window(times(3000), 2000.0)
    assert end - start == pytest.approx(SHORTEST_S)
    span.zoom(1e9, 0.5)
    start, end = span.window(times(3000), 2000.0)
    assert end - start == pytest.approx(LONGEST_S)


def test_another_position_begins_anew() -> None:
    span = Span()
    first = span.window(times(3000), 2000.0)
    span.pan(-0.5)
    span.reset()
    assert span.window(times(3000), 2000.0) == first
