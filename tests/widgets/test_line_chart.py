"""Lines over time: gaps stay gaps, names do not cover one another, and every instant can be read out."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from tests.widgets import frames
from widgets.charts.line_chart import Level, Line, LineChart
from widgets.paint import ink
from widgets.paint.theme import Look

SOLID, DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine


@pytest.fixture
def chart(look: Look, qtbot: QtBot) -> LineChart:
    made = LineChart(look, "scores", lambda value: f"{value:.2f}", fixed=(0.0, 1.0))
    qtbot.addWidget(made)
    made.resize(420, 200)
    made.show()
    return made


def show(chart: LineChart, *values: list[float]) -> None:
    times = np.arange(len(values[0]), dtype=np.float64) * 60.0
    lines = tuple(
        Line(f"line {i}", "s1", SOLID if i == 0 else DASHED, np.array(each, dtype=np.float64))
        for i, each in enumerate(values)
    )
    levels = (Level(0.6, "speaks"),)
    chart.show_lines(times, lines, origin_ns=frames.AT_NS, zone="Asia/Kolkata", levels=levels)


def test_a_gap_is_not_bridged(chart: LineChart, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(QPainter, "drawPolyline", lambda self, points: drawn.append(len(points)))
    show(chart, [0.1, 0.2, float("nan"), 0.4, 0.5, 0.6])
    chart.grab()
    assert drawn == [2, 3]


def test_a_long_line_is_drawn_with_two_points_a_pixel(chart: LineChart, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(QPainter, "drawPolyline", lambda self, points: drawn.append(len(points)))
    show(chart, (np.sin(np.arange(50_000) / 99) / 2 + 0.5).tolist())
    chart.grab()
    assert drawn
    assert drawn[0] <= 2 * chart.width()


def test_names_at_the_ends_are_moved_apart(chart: LineChart, monkeypatch: pytest.MonkeyPatch) -> None:
    tops: list[float] = []
    text = ink.Ink.text

    def watched(self: ink.Ink, box: QRectF, words: str, **given: Any) -> None:
        if words.startswith("line"):
            tops.append(box.top())
        text(self, box, words, **given)

    monkeypatch.setattr(ink.Ink, "text", watched)
    show(chart, [0.1, 0.50], [0.2, 0.51], [0.3, 0.50])
    chart.grab()
    assert len(tops) == 3
    assert min(b - a for a, b in zip(sorted(tops), sorted(tops)[1:], strict=False)) >= 13


def test_the_newest_instant_is_read_out_first(chart: LineChart, qtbot: QtBot) -> None:
    show(chart, [0.1, 0.2, 0.3])
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "10:09:42: line 0 0.30"
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.cursor_index == 1
    chart.grab()


def test_nothing_to_draw_is_said(chart: LineChart) -> None:
    chart.set_empty("n/a: not yet")
    show(chart, [0.1])
    chart.grab()
    assert chart.index_at(5.0) is None
