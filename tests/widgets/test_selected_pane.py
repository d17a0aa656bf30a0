"""The pane's parts agree: one price axis, one time axis, one cross; pages, strips and table come and go."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.widgets import frames_selected as made
from tests.widgets.conftest import Recorder
from tests.widgets.frames import AT_NS
from widgets.acting.dispatch import Dispatch
from widgets.paint.theme import Look
from widgets.selected.selected_header import SelectedHeader
from widgets.selected.selected_pane import STRIPS, SelectedPane

ZONE = "Asia/Kolkata"


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    yield made
    made.close()


@pytest.fixture
def pane(look: Look, qtbot: QtBot, recorder: Recorder) -> SelectedPane:
    dispatch = Dispatch(recorder.submit)
    built = SelectedPane(look, dispatch, SelectedHeader(look, dispatch))
    qtbot.addWidget(built)
    built.resize(1_012, 480)
    built.show()
    built.load()
    built.show_detail(made.detail(), ZONE, "INR", AT_NS + 3_200_000_000)
    QApplication.processEvents()
    return built


@pytest.mark.parametrize(("size", "window"), [((1_012, 480), 1_600), ((796, 330), 1_280), ((1_400, 330), 1_600)])
def test_chart_and_ladder_have_one_price_axis(
    pane: SelectedPane, look: Look, size: tuple[int, int], window: int
) -> None:
    look.set_width(window)
    pane.set_measures()
    pane.resize(*size)
    QApplication.processEvents()
    scale = pane.ladder.scale()
    assert scale is not None
    assert pane.chart.scene is not None
    assert pane.chart.scene.scale.area.height() >= 100
    for price in (made.FLOOR, made.ENTRY, made.STOP, made.MARK):
        beside = pane.ladder.mapTo(pane, QPoint(0, round(scale.y(price))))
        curve = pane.chart.mapTo(pane, QPoint(0, round(pane.chart.scene.scale.y(price))))
        assert beside.y() == curve.y()
    assert pane.ladder.width() == (286 if window == 1_600 else 250)


def test_strips_stand_under_the_chart_where_there_is_room(pane: SelectedPane, look: Look) -> None:
    assert pane.strips.isVisible()
    assert pane.strips.height() == STRIPS
    assert pane.strips.width() == pane.chart.width()
    pane.resize(1_012, 330)
    assert not pane.strips.isVisible()
    pane.resize(1_012, 480)
    look.set_width(1_280)
    pane.set_measures()
    assert not pane.strips.isVisible()


def test_tabs_show_their_pages_and_pages_can_be_added(pane: SelectedPane) -> None:
    other = QLabel("open interest")
    pane.add_page("Open interest", other, lambda: None)
    assert pane.tabs.names == ("Premium", "Greeks", "Open interest")
    pane.tabs.choose("Greeks")
    assert pane.greeks.isVisible()
    assert not pane.strips.isVisible()
    assert len(pane.greeks.strips.strips) == 6
    pane.tabs.choose("Open interest")
    assert other.isVisible()
    assert not pane.as_table.isVisible()
    pane.tabs.choose("Premium")
    assert pane.chart.isVisible()
    assert pane.strips.isVisible()


def test_the_chart_is_a_table_and_back(pane: SelectedPane, qtbot: QtBot) -> None:
    pane.as_table.click()
    assert pane.table.isVisible()
    path = pane.timeline.path
    assert path is not None
    assert pane.table.count == path.size
    first = [pane.table._cell_of(0, place.column).words for place in pane.table.places]
    assert first == ["10:07:42.8", "78.35", "76.50", first[3], "0.0022", first[5], "6.10", "11.8", first[8]]
    assert "n/a" in [pane.table._cell_of(i, pane.table.places[1].column).words for i in range(pane.table.count)]
    pane.toggle_table()
    assert pane.chart.isVisible()


def test_the_table_grows_while_it_is_seen(pane: SelectedPane) -> None:
    pane.toggle_table()
    before = pane.table.count
    pane.show_detail(made.detail(chart=made.chart(until_s=900.0)), ZONE, "INR", None)
    assert pane.table.count > before


def test_looking_around_by_keys(pane: SelectedPane) -> None:
    whole = pane.timeline.window
    pane.zoom_in()
    assert pane.timeline.window[1] - pane.timeline.window[0] < whole[1] - whole[0]
    assert pane.follow.isChecked()
    pane.pan_left()
    assert not pane.follow.isChecked()
    pane.pan_right()
    pane.pan_right()
    assert pane.follow.isChecked()
    pane.pan_left()
    pane.zoom_out()
    pane.follow.click()
    assert pane.follow.isChecked()
    pane.follow_latest()
    assert pane.timeline.window == pytest.approx(whole, abs=2.0)


def test_a_moved_stop_comes_out_of_the_pane_and_shows_in_the_chart(pane: SelectedPane, qtbot: QtBot) -> None:
    wanted: list[tuple[str, float, float]] = []
    pane.stop_wanted.connect(lambda *said: wanted.append(said))
    qtbot.keyClick(pane.ladder, Qt.Key.Key_Down)
    assert pane.chart._ghost is pane.ladder.ghost or pane.chart._ghost == pane.ladder.ghost
    assert pane.chart._ghost is not None
    qtbot.keyClick(pane.ladder, Qt.Key.Key_Enter)
    assert wanted == [("P0001", pytest.approx(76.50), made.STOP)]
    assert pane.chart._ghost is None


def test_strips_are_chosen_on_the_greeks_page(pane: SelectedPane) -> None:
    chosen: list[tuple[str, ...]] = []
    pane.strips_chosen.connect(chosen.append)
    pane.greeks.switches["vega"].click()
    assert chosen == [("theta", "vega", "oi")]
    assert pane.strips.names == ("theta", "vega", "oi")
    pane.choose_strips(("delta", "colour"))
    assert pane.greeks.switches["delta"].isChecked()
    assert not pane.greeks.switches["vega"].isChecked()


def test_the_verb_of_what_is_due_is_that_of_the_side(pane: SelectedPane) -> None:
    assert pane.timeline.due_words == "sells"
    pane.show_detail(made.detail(side=-1), ZONE, "INR", AT_NS)
    assert pane.timeline.due_words == "buys back"
    pane.show_detail(made.detail(), ZONE, "INR", AT_NS, "sells ½")
    assert pane.timeline.due_words == "sells ½"


def test_without_a_position_every_part_is_empty(pane: SelectedPane) -> None:
    pane.show_detail(None, ZONE, "INR", None)
    assert pane.ladder.scale() is None
    assert pane.chart.accessibleDescription() == "no position is selected"
    assert pane.grab().height() == 480
    pane.show_detail(made.detail(), ZONE, "INR", None)
    assert pane.ladder.scale() is not None


def test_another_theme_repaints_all(pane: SelectedPane, look: Look) -> None:
    look.set_theme("light")
    pane.set_theme()
    QApplication.processEvents()
    picture = pane.grab().toImage()
    ground = look.colour("bg1")
    for x, y in ((400, 52), (300, 466), (1_008, 260)):
        assert picture.pixelColor(x, y) == ground


def test_everything_that_takes_the_keyboard_has_a_name(pane: SelectedPane) -> None:
    reached = [w for w in pane.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert {pane.ladder, pane.chart, pane.tabs, pane.as_table, pane.follow} <= set(reached)
    assert [w for w in reached if not w.accessibleName()] == []


def test_a_young_position_is_at_risk(pane: SelectedPane) -> None:
    young = made.young()
    pane.show_detail(replace(young, position=replace(young.position, id="P0007")), ZONE, "INR", None)
    scale = pane.ladder.scale()
    assert scale is not None
    assert scale.low < made.FLOOR
    assert pane.ladder.said() == "stop 65.87, at risk −800 bps"


@pytest.mark.parametrize("scale", [0.001, 1.0, 800.0])
@pytest.mark.parametrize("tab", ["Premium", "Greeks"])
def test_prices_of_any_size_and_positions_without_rows_are_painted(pane: SelectedPane, scale: float, tab: str) -> None:
    pane.tabs.choose(tab)
    whole = made.detail()
    rungs = tuple(replace(rung, price=rung.price * scale) for rung in made.ladder().rungs)
    chart = replace(whole.chart, chunks=(), greeks=(), marks=(), stop=None, entry=made.ENTRY * scale)
    parts = (
        replace(whole, chart=chart, ladder=made.ladder(rungs=rungs)),
        replace(whole, chart=replace(chart, chunks=((),), greeks=((),)), ladder=None),
        replace(whole, chart=replace(chart, chunks=(((0.0, None, None),),)), ladder=made.ladder(rungs=())),
        replace(whole, chart=replace(chart, chunks=(((0.0, 1e-4, 5e4), (9.0, None, None)),), basis="underlying")),
    )
    for number, part in enumerate(parts):
        part = replace(part, position=replace(part.position, id=f"P{number}", mark=None))
        pane.show_detail(part, ZONE, "INR", AT_NS, "")
        pane.timeline.step_cross(-3)
        assert pane.ladder.scale() is not None
        assert pane.grab().width() == 1_012
        pane.toggle_table()
        assert pane.grab().width() == 1_012
        pane.toggle_table()


def test_pointing_repaints_each_chart_once(pane: SelectedPane, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[str] = []
    for name, chart in (("premium", pane.chart), ("strips", pane.strips)):
        monkeypatch.setattr(chart, "paint_under", lambda ink, area, name=name: painted.append(name))
    pane.timeline.point(0.4)
    QApplication.processEvents()
    QApplication.processEvents()
    assert sorted(painted) == ["premium", "strips"]
