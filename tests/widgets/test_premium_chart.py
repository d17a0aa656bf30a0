"""The chart draws after the plotting library has come, follows until it is panned, and keeps gaps."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.widgets import frames
from tests.widgets.conftest import Table


def canvas(table: Table) -> object:
    return table.window.chart._plot._canvas.viewport()  # type: ignore[union-attr]


@pytest.fixture
def charted(table: Table) -> Table:
    table.show(frames.frame())
    table.window.load_charts()
    QApplication.processEvents()
    return table


def curve(table: Table, name: str) -> tuple[object, object]:
    return table.window.chart._plot._curves[name].getData()  # type: ignore[union-attr]


def test_before_the_library_has_come_there_is_a_pane_without_a_curve(table: Table) -> None:
    table.show(frames.frame())
    assert not table.window.chart.loaded
    assert table.window.chart.grab().width() > 0
    table.window.load_charts()
    table.window.load_charts()
    assert table.window.chart.loaded
    assert table.window.chart.path is not None
    assert len(table.window.chart.path.times) == 900


def test_no_curve_has_more_points_than_the_screen_columns(charted: Table) -> None:
    row = frames.positions()[0]
    long = frames.DetailPart(position=row, rules=(), chart=frames.chart(40_000))
    charted.show(frames.frame(detail=long))
    charted.window.chart.span.zoom(1e6, 1.0)
    charted.window.chart.follow_latest()
    width = charted.window.chart.width()
    for name in ("premium", "secured", "exposed"):
        assert len(curve(charted, name)[0]) <= 2 * width + 4  # type: ignore[arg-type]


def test_pens_are_one_pixel_wide(charted: Table) -> None:
    for name in ("premium", "secured", "exposed"):
        pen = charted.window.chart._plot._curves[name].opts["pen"]  # type: ignore[union-attr]
        assert pen.widthF() <= 1.0
        assert pen.isCosmetic()


def test_missing_data_is_a_gap(charted: Table) -> None:
    charted.window.chart.span.zoom(4.0, 1.0)
    charted.window.chart.follow_latest()
    _, ys = curve(charted, "premium")
    assert np.isnan(np.asarray(ys)).sum() >= 20


def test_a_stop_below_the_entry_is_exposed_and_above_it_is_secured(charted: Table) -> None:
    entry = frames.chart().entry
    _, secured = curve(charted, "secured")
    _, exposed = curve(charted, "exposed")
    assert np.nanmin(np.asarray(secured)) >= entry
    assert np.nanmin(np.asarray(exposed)) < entry


def test_a_shorts_stop_is_mirrored(charted: Table) -> None:
    charted.show(frames.short())
    made = frames.short()
    assert made.detail is not None
    _, secured = curve(charted, "secured")
    assert np.nanmax(np.asarray(secured)) <= made.detail.chart.entry


def test_dragging_looks_back_and_end_returns(charted: Table) -> None:
    chart, port = charted.window.chart, canvas(charted)
    qtbot = charted.qtbot
    assert not chart.follow.isVisible()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
    qtbot.mouseMove(port, QPoint(500, 100))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(500, 100))
    assert not chart.span.following
    assert chart.follow.isVisible()
    held = chart._plot._window[:2]  # type: ignore[union-attr]
    charted.show(frames.frame(detail=replace(frames.frame().detail, chart=frames.chart(950))))  # type: ignore[type-var]
    assert chart._plot._window[:2] == held  # type: ignore[union-attr]
    charted.press(Qt.Key.Key_End)
    assert chart.span.following
    assert not chart.follow.isVisible()


def wheel(table: Table, steps: int) -> None:
    at = QPointF(400, 100)
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas(table), event)  # type: ignore[arg-type]


def test_the_wheel_zooms_and_following_goes_on(charted: Table) -> None:
    start, end = charted.window.chart._plot._window[:2]  # type: ignore[union-attr]
    wheel(charted, 2)
    nearer = charted.window.chart._plot._window[:2]  # type: ignore[union-attr]
    assert nearer[1] - nearer[0] == pytest.approx((end - start) * 0.85**2)
    assert charted.window.chart.span.following


def test_another_position_starts_a_window_of_its_own(charted: Table) -> None:
    wheel(charted, 4)
    row = replace(frames.positions()[2])
    charted.show(frames.frame(detail=frames.DetailPart(position=row, rules=(), chart=frames.chart(700))))
    assert charted.window.chart.span._width_s is None


def test_pointing_reads_out_time_price_and_stop(charted: Table) -> None:
    marks = charted.window.chart._marks
    assert marks is not None
    charted.window.chart._hover(0.5)
    assert marks.read_out().startswith("10:0")
    assert "stop" in marks.read_out()
    charted.window.chart._hover(None)
    assert marks.read_out() == ""


def test_the_axis_lights_stop_price_and_entry_in_their_colours(charted: Table) -> None:
    marks = charted.window.chart._marks
    assert marks is not None
    assert [pill.fill for pill in marks.pills()] == ["profit", "t1", "bg3"]
    below = replace(frames.frame().detail, chart=replace(frames.chart(), stop=60.0))  # type: ignore[type-var]
    charted.show(frames.frame(detail=below))
    assert marks.pills()[0].fill == "loss"


def test_a_trade_stands_on_the_curve_where_its_price_is_of_another_axis(
    charted: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = charted.window.chart._marks
    assert marks is not None
    heights: list[float] = []
    monkeypatch.setattr(marks, "_trade", lambda ink, at, mark, taken: heights.append(at.y()))
    detail = frames.frame().detail
    assert detail is not None
    for basis in ("premium", "underlying"):
        mark = replace(detail.chart.marks[0], price=17.7)
        chart = replace(detail.chart, basis=basis, marks=(mark,))
        charted.show(frames.frame(detail=replace(detail, chart=chart)))
        charted.window.chart.grab()
    area = charted.window.chart._plot.area()  # type: ignore[union-attr]
    assert heights[0] > area.bottom()
    assert area.top() < heights[-1] < area.bottom()


def test_without_a_position_there_is_a_sentence(charted: Table) -> None:
    charted.show(frames.empty())
    assert not charted.window.chart._plot.isVisible()  # type: ignore[union-attr]
    charted.show(frames.frame())
    assert charted.window.chart._plot.isVisible()  # type: ignore[union-attr]


def test_the_same_part_is_not_drawn_again(charted: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    made = frames.frame()
    charted.show(made)
    drawn: list[bool] = []
    monkeypatch.setattr(charted.window.chart, "_draw", lambda: drawn.append(True))
    charted.show(replace(made, ledger=()))
    assert drawn == []
