"""All charts share rows, window and cross, and hear of a change only when they would look different."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from cockpit.frame import ChartPart, DetailPart
from tests.widgets import frames, frames_selected
from widgets.charts.timeline import Timeline

ZONE, CURRENCY = "Asia/Kolkata", "INR"


def grown(detail: DetailPart, price: float, *, after_s: float = 0.25) -> DetailPart:
    """The same position one row later."""
    chart: ChartPart = detail.chart
    last = chart.chunks[-1]
    chunks = (*chart.chunks[:-1], (*last, (last[-1][0] + after_s, price, last[-1][2])))
    return replace(detail, chart=replace(chart, chunks=chunks))


@pytest.fixture
def timeline(qapp: QApplication) -> Timeline:
    made = Timeline()
    made.show(frames_selected.detail(), ZONE, CURRENCY)
    made.load()
    return made


@pytest.fixture
def heard(timeline: Timeline) -> list[str]:
    said: list[str] = []
    for name in ("changed", "grown", "pointed"):
        getattr(timeline, name).connect(lambda name=name: said.append(name))
    return said


def test_rows_are_loaded_once_and_late(qapp: QApplication) -> None:
    made = Timeline()
    made.show(frames_selected.detail(), ZONE, CURRENCY)
    assert made.path is None
    made.load()
    before = made.path
    made.load()
    assert made.path is before
    assert made.path is not None
    assert made.greeks is not None
    assert made.greeks.size > 1_000


def test_the_same_part_says_nothing(timeline: Timeline, heard: list[str]) -> None:
    detail = timeline.detail
    timeline.show(detail, ZONE, CURRENCY)
    assert detail is not None
    timeline.show(replace(detail, rules=()), ZONE, CURRENCY)
    assert heard == []


def test_a_new_row_in_sight_is_said(timeline: Timeline, heard: list[str]) -> None:
    assert timeline.detail is not None
    timeline.show(grown(timeline.detail, 79.0), ZONE, CURRENCY)
    assert heard == ["grown", "changed"]


def test_a_new_row_beyond_a_panned_window_changes_nothing_in_it(timeline: Timeline, heard: list[str]) -> None:
    timeline.pan(-0.5)
    heard.clear()
    assert timeline.detail is not None
    timeline.show(grown(timeline.detail, 79.0), ZONE, CURRENCY)
    assert heard == ["grown"]
    timeline.follow()
    assert heard == ["grown", "changed"]


def test_what_is_due_is_said_when_its_tenth_of_a_second_changes(timeline: Timeline, heard: list[str]) -> None:
    timeline.set_due(frames.AT_NS + frames.NS, "sells all")
    timeline.set_due(frames.AT_NS + frames.NS, "sells all")
    assert heard == ["changed"]


def test_another_position_forgets_where_one_looked(timeline: Timeline) -> None:
    timeline.pan(-0.5)
    timeline.point(0.3)
    other = frames_selected.detail()
    timeline.show(replace(other, position=replace(other.position, id="P0009")), ZONE, CURRENCY)
    assert timeline.span.following
    assert timeline.pointed_share is None
    timeline.show(None, ZONE, CURRENCY)
    assert timeline.path is not None
    assert timeline.path.size == 0


def test_following_twice_shows_all_again(timeline: Timeline) -> None:
    whole = timeline.window
    timeline.zoom(0.3, 1.0)
    timeline.pan(-0.3)
    timeline.follow()
    assert timeline.window[1] - timeline.window[0] == pytest.approx(0.3 * (whole[1] - whole[0]), rel=0.01)
    timeline.follow()
    assert timeline.window == pytest.approx(whole)


def test_the_cross_moves_by_pixels_from_the_newest_row(timeline: Timeline, heard: list[str]) -> None:
    timeline.step_cross(-1)
    pixel = (timeline.window[1] - timeline.window[0]) / timeline.columns
    assert timeline.pointed_s == pytest.approx(timeline.newest_s - pixel)
    timeline.step_cross(-10_000)
    assert timeline.pointed_share == 0.0
    timeline.point(None)
    assert timeline.pointed_s is None
    assert heard == ["pointed"] * 3
