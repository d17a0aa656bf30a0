"""The window of time follows the newest row, by whole pixels, until a human looks back."""

import pytest
from PySide6.QtCore import QRectF

from widgets.charts.chart_span import AHEAD, LEAD_S, LEAST_LEAD_S, LEAST_S, LONGEST_S, SHORTEST_S, Scale, Span

COLUMNS = 700


def shown(span: Span, newest: float, opened_s: float = 2000.0) -> tuple[float, float]:
    return span.window(0.0, newest, opened_s, COLUMNS)


def test_at_first_it_shows_all_since_shortly_before_the_entry() -> None:
    start, end = shown(Span(), 3000.0)
    assert start == pytest.approx(2000.0 - LEAD_S)
    assert (end - 3000.0) / (end - start) * COLUMNS == pytest.approx(AHEAD)


def test_a_window_that_shows_all_moves_seldom() -> None:
    span = Span()
    windows = {shown(span, 3000.0 + i * 0.25) for i in range(400)}
    assert len(windows) < 8
    assert all(end > 3000.0 for _, end in windows)


def test_a_young_position_has_room_to_grow() -> None:
    start, end = Span().window(0.0, 10.0, 5.0, COLUMNS)
    assert start == 5.0 - LEAST_LEAD_S
    assert end - start >= LEAST_S
    assert Span().window(50.0, 50.0, 50.0, COLUMNS)[0] == 50.0 - LEAST_LEAD_S


def test_following_it_moves_by_whole_pixels() -> None:
    span = Span()
    shown(span, 3000.0)
    span.zoom(0.5, 0.5)
    start, end = shown(span, 3000.0)
    pixel = (end - start) / COLUMNS
    later = shown(span, 3060.0)
    assert later[1] - later[0] == pytest.approx(end - start)
    assert later[1] - end == pytest.approx(60.0, abs=1.01 * pixel)
    assert (later[1] - end) / pixel == pytest.approx(round((later[1] - end) / pixel), abs=1e-6)
    assert shown(span, 3060.0 + pixel / 100.0)[1] - later[1] in (0.0, pytest.approx(pixel))


def test_panned_back_it_stays_and_comes_back_at_the_end() -> None:
    span = Span()
    shown(span, 3000.0)
    span.pan(-0.3)
    assert not span.following
    before = shown(span, 3000.0)
    assert shown(span, 3500.0) == before
    span.pan(0.1)
    assert not span.following
    span.pan(5.0)
    assert span.following
    assert shown(span, 3500.0)[1] > 3500.0


def test_follow_returns_at_once() -> None:
    span = Span()
    shown(span, 3000.0)
    span.pan(-0.5)
    span.follow()
    assert span.following
    assert shown(span, 3000.0)[1] > 3000.0


def test_zooming_keeps_the_place_under_the_mouse() -> None:
    span = Span()
    shown(span, 9000.0, 100.0)
    span.pan(-0.2)
    start, end = shown(span, 9000.0, 100.0)
    held = start + 0.25 * (end - start)
    span.zoom(0.5, 0.25)
    start, end = shown(span, 9000.0, 100.0)
    assert start + 0.25 * (end - start) == pytest.approx(held)


def test_zoom_has_its_ends() -> None:
    span = Span()
    shown(span, 3000.0)
    span.zoom(1e-9, 0.5)
    start, end = shown(span, 3000.0)
    assert end - start == pytest.approx(SHORTEST_S)
    span.zoom(1e9, 0.5)
    start, end = shown(span, 3000.0)
    assert end - start == pytest.approx(LONGEST_S)


def test_another_position_begins_anew() -> None:
    span = Span()
    first = shown(span, 3000.0)
    span.pan(-0.5)
    span.reset()
    assert shown(span, 3000.0) == first


def test_a_scale_goes_both_ways() -> None:
    scale = Scale(QRectF(10, 20, 200, 100), 0.0, 400.0, 50.0, 100.0)
    assert scale.x(100.0) == 60.0
    assert scale.time(scale.x(123.0)) == pytest.approx(123.0)
    assert scale.y(50.0) == 120.0
    assert scale.y(100.0) == 20.0
