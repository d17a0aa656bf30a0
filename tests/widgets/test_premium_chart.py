"""The chart draws after the plotting library has come, follows until it is panned, and reads out what is pointed at."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cockpit.frame import MarkPart
from tests.widgets import frames_selected as made
from tests.widgets.frames import AT_NS, NS
from widgets.charts.timeline import Timeline
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.selected.chart_marks import ChartMarks
from widgets.selected.ladder_places import outcome_of
from widgets.selected.premium_chart import PremiumChart

ZONE = "Asia/Kolkata"


@pytest.fixture
def bare(look: Look, qtbot: QtBot) -> PremiumChart:
    built = PremiumChart(look, Timeline())
    qtbot.addWidget(built)
    built.resize(726, 260)
    built.show()
    return built


@pytest.fixture
def chart(bare: PremiumChart) -> PremiumChart:
    bare.timeline.show(made.detail(), ZONE, "INR")
    bare.load()
    QApplication.processEvents()
    return bare


def canvas(chart: PremiumChart) -> object:
    return chart.plot._canvas.viewport()  # type: ignore[union-attr]


def curve(chart: PremiumChart, name: str) -> tuple[object, object]:
    return chart.plot._curves[name].getData()  # type: ignore[union-attr]


def labels(chart: PremiumChart, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that the chart paints."""
    said: list[str] = []
    text = Ink.text
    monkeypatch.setattr(Ink, "text", lambda self, box, words, **k: (said.append(words), text(self, box, words, **k))[1])
    chart.grab()
    return said


def test_before_the_library_has_come_there_is_a_pane_without_a_curve(bare: PremiumChart) -> None:
    bare.timeline.show(made.detail(), ZONE, "INR")
    assert not bare.loaded
    assert bare.grab().width() == 726
    bare.load()
    bare.load()
    assert bare.loaded
    assert len(curve(bare, "premium")[0]) > 700  # type: ignore[arg-type]


def test_pens_are_one_pixel_wide(chart: PremiumChart) -> None:
    for name in ("premium", "secured", "exposed"):
        pen = chart.plot._curves[name].opts["pen"]  # type: ignore[union-attr]
        assert pen.widthF() <= 1.0
        assert pen.isCosmetic()


def test_the_ladder_hears_of_the_axis(chart: PremiumChart) -> None:
    said: list[tuple[float, float]] = []
    chart.scaled.connect(lambda low, high: said.append((low, high)))
    chart.draw()
    assert chart.scene is not None
    assert said == [(chart.scene.scale.low, chart.scene.scale.high)]
    assert chart.plot._window[2:] == said[0]  # type: ignore[union-attr]


def test_dragging_looks_back_and_following_returns(chart: PremiumChart, qtbot: QtBot) -> None:
    port = canvas(chart)
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
    qtbot.mouseMove(port, QPoint(500, 100))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(500, 100))
    assert not chart.timeline.span.following
    held = chart.timeline.window
    longer = made.detail(chart=made.chart(until_s=900.0))
    chart.timeline.show(longer, ZONE, "INR")
    assert chart.timeline.window == held
    chart.timeline.follow()
    assert chart.timeline.span.following
    assert chart.timeline.window[1] > 900.0


def wheel(chart: PremiumChart, steps: int) -> None:
    at = QPointF(400, 100)
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas(chart), event)  # type: ignore[arg-type]


def test_the_wheel_zooms_and_following_goes_on(chart: PremiumChart) -> None:
    start, end = chart.timeline.window
    wheel(chart, 2)
    nearer = chart.timeline.window
    assert nearer[1] - nearer[0] == pytest.approx((end - start) * 0.85**2)
    assert chart.timeline.span.following
    assert chart.plot._window[:2] == nearer  # type: ignore[union-attr]


def test_pointing_reads_out_time_price_stop_and_greeks(chart: PremiumChart, qtbot: QtBot) -> None:
    qtbot.mouseMove(canvas(chart), QPoint(363, 120))
    said = chart.said()
    assert said.startswith("10:0")
    for name in ("premium", "stop", "Δ", "Γ", "Θ", "V", "IV", "OI"):
        assert f", {name} " in said
    chart.timeline.point(None)
    assert "entry" in chart.said()


def test_arrow_keys_move_the_cross_and_escape_puts_it_away(chart: PremiumChart, qtbot: QtBot) -> None:
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    near = chart.timeline.pointed_s
    qtbot.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    far = chart.timeline.pointed_s
    assert near is not None
    assert far is not None
    assert far < near
    assert chart.accessibleDescription().startswith("10:0")
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.timeline.pointed_s is None


def test_what_is_due_is_named_with_its_seconds(chart: PremiumChart, monkeypatch: pytest.MonkeyPatch) -> None:
    chart.timeline.set_due(AT_NS + 3_200_000_000, "sells all")
    assert "sells all in 3.2 s" in labels(chart, monkeypatch)


def test_what_is_due_is_not_hidden_by_the_caption(chart: PremiumChart, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chart.scene is not None
    places: dict[str, QRectF] = {}
    text = Ink.text
    monkeypatch.setattr(
        Ink, "text", lambda self, box, words, **k: (places.update({words: box}), text(self, box, words, **k))[1]
    )
    for share in (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 0.98):
        scale = chart.scene.scale
        at_s = scale.start + share * (scale.end - scale.start)
        chart.timeline.set_due(chart.timeline.instant(at_s), "sells all")
        chart.grab()
        due = next(box for words, box in places.items() if words.startswith("sells all in"))
        assert not due.intersects(places["mark, ₹"])
        assert due.right() <= chart.scene.scale.area.right()
        places.clear()


def test_marks_have_their_words(chart: PremiumChart, monkeypatch: pytest.MonkeyPatch) -> None:
    said = labels(chart, monkeypatch)
    for words in ("buy 195 @ 71.60", "divergence vetoed", "1", "2", "3", "stop", "stop, secured", "no data", "mark, ₹"):
        assert words in said


@pytest.mark.parametrize(("side", "kind", "below"), [(1, "entry", True), (1, "exit", False), (-1, "entry", False)])
def test_what_was_bought_points_up_from_below(
    chart: PremiumChart, monkeypatch: pytest.MonkeyPatch, side: int, kind: str, below: bool
) -> None:
    mark = MarkPart(at_ns=AT_NS - 100 * NS, price=made.ENTRY, kind=kind, text="")
    detail = made.detail(side=side)
    chart.timeline.show(replace(detail, chart=replace(detail.chart, marks=(mark,))), ZONE, "INR")
    places: list[QRectF] = []
    monkeypatch.setattr(
        ChartMarks,
        "_smooth",
        lambda self, path, token: places.append(path.boundingRect()) if token == "accent" else None,
    )
    chart.grab()
    assert chart.scene is not None
    assert (places[0].center().y() > chart.scene.scale.y(made.ENTRY)) is below


def test_a_trade_stands_on_the_curve_where_its_price_is_of_another_axis(
    chart: PremiumChart, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = MarkPart(at_ns=AT_NS - 100 * NS, price=17.7, kind="entry", text="")
    detail = made.detail()
    heights: list[float] = []
    monkeypatch.setattr(
        ChartMarks,
        "_smooth",
        lambda self, path, token: heights.append(path.boundingRect().top()) if token == "accent" else None,
    )
    for basis in ("premium", "underlying"):
        other = replace(detail.chart, basis=basis, marks=(mark,))
        chart.timeline.show(replace(detail, chart=other), ZONE, "INR")
        chart.grab()
    area = QRectF(0, 0, chart.width(), chart.height() - 22)
    assert heights[0] > area.bottom()
    assert area.top() < heights[-1] < area.bottom()


def test_labels_never_cover_one_another(chart: PremiumChart) -> None:
    crowd = tuple(
        MarkPart(at_ns=AT_NS - (i + 1) * 3 * NS, price=None, kind="veto", text=f"rule {i} vetoed") for i in range(40)
    )
    detail = made.detail()
    chart.timeline.show(replace(detail, chart=replace(detail.chart, marks=crowd)), ZONE, "INR")
    assert chart.scene is not None
    picture = chart.grab()
    marks = ChartMarks(Ink(picture, chart.look), chart.scene, chart.timeline, QRectF(8, 5, 60, 16))
    marks.paint()
    marks._ink.painter.end()
    taken = marks._taken
    assert len(taken) > 3
    assert not any(a.intersects(b) for i, a in enumerate(taken) for b in taken[i + 1 :])


def test_the_ghost_of_a_stop_is_a_line(chart: PremiumChart) -> None:
    before = chart.grab().toImage()
    chart.set_ghost(outcome_of(made.detail(), 75.0))
    assert chart.grab().toImage() != before
    chart.set_ghost(None)
    assert chart.grab().toImage() == before


def test_without_a_position_there_is_a_sentence(chart: PremiumChart) -> None:
    chart.timeline.show(None, ZONE, "INR")
    assert chart.plot is not None
    assert not chart.plot.isVisible()
    chart.timeline.show(made.detail(), ZONE, "INR")
    assert chart.plot.isVisible()


def test_the_same_part_is_not_drawn_again(chart: PremiumChart, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(chart.plot, "set_curve", lambda name, *_: drawn.append(name))
    detail = chart.timeline.detail
    assert detail is not None
    chart.timeline.show(replace(detail, rules=()), ZONE, "INR")
    assert drawn == []


def test_another_theme_has_other_pens(chart: PremiumChart, look: Look) -> None:
    look.set_theme("light")
    chart.set_theme()
    assert chart.plot._curves["premium"].opts["pen"].color() == look.colour("price")  # type: ignore[union-attr]
    assert np.asarray(curve(chart, "premium")[0]).size
