"""A scene holds what is in sight: few points, a steady axis with room for words, the stop in the outcome it leaves."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from cockpit.frame import DetailPart, RungPart
from tests.widgets import frames_selected as made
from widgets.charts.timeline import Timeline
from widgets.selected.chart_scene import Scene, scene_of

AREA = QRectF(0, 0, 700, 230)


def scene(detail: DetailPart, qapp: QApplication, *, zoom: float = 1.0) -> Scene:
    timeline = Timeline()
    timeline.show(detail, "Asia/Kolkata", "INR")
    timeline.load()
    timeline.zoom(zoom, 1.0)
    found = scene_of(timeline, AREA)
    assert found is not None
    return found


def test_there_is_no_scene_without_a_position_or_before_it_has_loaded(qapp: QApplication) -> None:
    timeline = Timeline()
    assert scene_of(timeline, AREA) is None
    timeline.show(made.detail(), "UTC", "INR")
    assert scene_of(timeline, AREA) is None


def test_no_curve_has_more_points_than_the_screen_columns(qapp: QApplication) -> None:
    detail = replace(made.detail(), chart=made.chart(every_s=0.05))
    found = scene(detail, qapp, zoom=3.0)
    for times in (found.premium[0], found.stop_times):
        assert len(times) <= 2 * 700 + 4


@pytest.mark.parametrize("side", [1, -1])
def test_the_stop_is_cut_at_the_entry_and_rests_up_to_the_edge(qapp: QApplication, side: int) -> None:
    found = scene(made.detail(side=side), qapp)
    assert np.nanmin((found.secured - made.ENTRY) * side) >= 0.0
    assert np.nanmin((found.exposed - made.ENTRY) * side) < 0.0
    assert found.stop_times[-1] == found.scale.end


def test_a_panned_window_has_no_stop_beyond_its_rows(qapp: QApplication) -> None:
    timeline = Timeline()
    timeline.show(made.detail(), "UTC", "INR")
    timeline.load()
    timeline.zoom(0.3, 1.0)
    timeline.pan(-1.0)
    found = scene_of(timeline, AREA)
    assert found is not None
    assert found.stop_times[-1] < timeline.newest_s


def test_missing_data_is_a_gap_and_minutes_are_steps(qapp: QApplication) -> None:
    found = scene(replace(made.detail(), chart=made.chart(history_s=60)), qapp, zoom=3.0)
    times, levels = found.premium
    assert np.isnan(levels).any()
    before = times < made.LEAD_S
    slanted = (np.diff(times[before]) > 2.5) & (np.diff(levels[before]) != 0.0)
    assert not np.any(slanted & ~np.isnan(np.diff(levels[before])))
    assert np.any(np.diff(times[before]) > 50.0)


def test_the_axis_holds_near_rungs_and_not_far_ones(qapp: QApplication) -> None:
    near = scene(made.detail(), qapp).scale
    assert near.low < made.FLOOR
    assert near.high > made.ENTRY * 1.15
    far = RungPart(kind="stage", price=made.ENTRY * 3, name="Stage 9", text="")
    ladder = made.ladder(rungs=(far, *made.ladder().rungs))
    assert scene(replace(made.detail(), ladder=ladder), qapp).scale.high == pytest.approx(near.high)


def test_there_is_room_for_words_over_the_curve(qapp: QApplication) -> None:
    found = scene(replace(made.detail(), ladder=None), qapp)
    assert found.scale.y(float(np.nanmax(found.premium[1]))) >= 24.0
    assert found.scale.y(made.FLOOR) <= AREA.height() - 18.0


def test_the_highest_place_of_the_curve_near_a_time(qapp: QApplication) -> None:
    found = scene(made.detail(), qapp)
    near = found.level_near(770.0, 9.0)
    assert near is not None
    assert near < found.scale.y(79.0)
    assert found.level_near(1e7, 9.0) is None


def test_a_flat_premium_has_an_axis(qapp: QApplication) -> None:
    row = made.detail()
    chart = replace(row.chart, chunks=(((0.0, 5.0, None), (1.0, 5.0, None)),), entry=5.0, stop=None, marks=())
    found = scene(replace(row, chart=chart, ladder=None), qapp)
    assert found.scale.low < 5.0 < found.scale.high
