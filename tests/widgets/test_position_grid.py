"""Rows that never jump: columns of one width, words that fit, and buttons that act on their own row."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QApplication

from cockpit.commands import Close, Reduce, TakeOver, Watch
from tests.widgets import frames
from tests.widgets.conftest import Table
from widgets.grid.position_columns import CELL, COLUMNS, LIVE_ONLY, Place, places, value
from widgets.grid.position_grid import PositionGrid
from widgets.grid.position_row import take_boxes
from widgets.paint import ink
from widgets.paint.theme import Look

SIZES = ((1280, 720), (1600, 1000))


def spot(grid: PositionGrid, row: int, action: str) -> QPoint:
    """The middle of a take-off button."""
    place = next(each for each in grid.places if each.column.key == "take")
    boxes = dict(take_boxes(QRectF(grid._row_rect(row)), place.left))
    return boxes[action].center().toPoint()


@pytest.mark.parametrize("size", SIZES)
def test_no_value_moves_a_column(make_table: Callable[..., Table], size: tuple[int, int]) -> None:
    table = make_table(size=size)
    seen: set[tuple[Place, ...]] = set()
    for seed in range(40):
        table.show(frames.noise(seed))
        seen.add(table.window.cockpit.grid.places)
    table.show(frames.thirty())
    seen.add(table.window.cockpit.grid.places)
    assert len(seen) == 1
    assert sum(place.width for place in seen.pop()) <= size[0]


@pytest.mark.parametrize("size", SIZES)
def test_every_plausible_value_fits_its_column(look: Look, size: tuple[int, int]) -> None:
    look.set_width(size[0])
    tight: list[tuple[str, str]] = []
    for seed in range(60):
        for row in frames.noise(seed).positions:
            for place in places(look, size[0] - 8):
                if place.column.fixed:
                    continue
                words, _ = value(row, place.column.key, frames.AT_NS)
                sign = {"pnl": 12.0, "protection": 17.0}.get(place.column.key, 0.0)
                room = place.width - 2 * CELL - sign + 0.5
                if look.width(words, place.column.px, place.column.weight) > room:
                    tight.append((place.column.key, words))
    assert tight == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["frame", "thirty", "short", "blind", "one_lot"])
def test_nothing_in_the_grid_is_cut_off(
    make_table: Callable[..., Table], size: tuple[int, int], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[str] = []
    elided = ink.Ink.elided

    def watched(self: ink.Ink, box: QRectF, words: str, **given: object) -> bool:
        if elided(self, box, words, **given):  # type: ignore[arg-type]
            cut.append(words)
            return True
        return False

    monkeypatch.setattr(ink.Ink, "elided", watched)
    table = make_table(size=size)
    table.show(frames.ALL[name]())
    table.window.cockpit.grid.grab()
    assert cut == []


def test_labels_fit_the_first_column(look: Look) -> None:
    for width in (1280, 1600):
        look.set_width(width)
        first = places(look, width - 8)[0]
        assert 28 + look.width("BANKNIFTY 58400 P", 12, 600) + 6 + look.width("24 Nov", 10, 500) <= first.width


def test_a_narrow_grid_drops_columns_in_turn_and_then_scrolls(make_table: Callable[..., Table]) -> None:
    keys = {
        width: [p.column.key for p in make_table(size=(width, 800)).window.cockpit.grid.places]
        for width in (1600, 1500)
    }
    assert len(keys[1600]) == len(COLUMNS) - len(LIVE_ONLY)
    assert set(keys[1600]) - set(keys[1500]) == {"vega", "gamma"}
    narrow = make_table().window
    narrow.setMinimumSize(600, 400)
    narrow.resize(1000, 700)
    assert narrow.cockpit.grid.horizontalScrollBar().maximum() > 0


def test_what_never_hides(look: Look) -> None:
    look.set_width(1280)
    shown = {place.column.key for place in places(look, 1272)}
    assert {"position", "pnl", "stop", "nearest", "protection", "take"} <= shown


def test_unknown_is_a_word_and_never_zero() -> None:
    blind = frames.positions()[1]
    for key in ("mark", "pnl", "bps", "to_stop", "delta", "theta", "iv"):
        assert value(blind, key, frames.AT_NS) == ("n/a", "t3")


@pytest.mark.parametrize(
    ("action", "command"),
    [
        ("quarter", Reduce(position="P0003", fraction=0.25)),
        ("sixty", Reduce(position="P0003", fraction=0.6)),
        ("all", Close(position="P0003")),
        ("take_over", TakeOver(position="P0003")),
    ],
)
def test_a_rows_button_acts_on_its_row_and_not_on_the_selected_one(full: Table, action: str, command: object) -> None:
    grid = full.window.cockpit.grid
    assert grid.selected_id == "P0001"
    full.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=spot(grid, 2, action))
    assert full.commands == [command]
    assert grid.selected_id == "P0001"
    assert full.window.dispatch.sending(action, "P0003")


def test_a_single_lot_has_no_fractions_and_says_why(full: Table) -> None:
    grid = full.window.cockpit.grid
    full.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=spot(grid, 3, "half"))
    assert full.commands == []
    assert grid.tip(spot(grid, 3, "half")) == "one lot cannot be split"
    full.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=spot(grid, 3, "all"))
    assert full.commands == [Close(position="P0004")]


def test_a_click_selects_and_asks_for_its_chart(full: Table) -> None:
    grid = full.window.cockpit.grid
    full.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid._row_rect(4).center())
    assert grid.selected_id == "P0005"
    assert full.recorder.commands[-1] == Watch(position="P0005")
    assert "SPXW 6860 P" in grid.accessibleDescription()


def test_tooltips_say_what_a_column_means_and_what_a_row_is(full: Table) -> None:
    grid = full.window.cockpit.grid
    head = QPoint(round(grid.places[3].left) + 4, full.window.look.measures.pane_head + 6)
    assert grid.tip(head).startswith("What the position is valued at")
    assert grid.tip(QPoint(100, 4)) == ""
    assert grid.tip(grid._row_rect(1).center()) == "quote 14 s old"
    assert "Greeks modelled" in grid.tip(grid._row_rect(2).center())


def test_a_position_that_is_gone_passes_the_selection_on(full: Table) -> None:
    grid = full.window.cockpit.grid
    grid.select("P0003")
    rows = frames.positions()
    full.show(frames.frame(positions=(*rows[:2], *rows[3:])))
    assert grid.selected_id == "P0004"
    full.show(frames.frame(positions=rows[:1]))
    assert grid.selected_id == "P0001"
    full.show(frames.empty())
    assert grid.selected_id is None


def test_selecting_scrolls_the_row_into_sight(table: Table) -> None:
    table.show(frames.thirty())
    grid = table.window.cockpit.grid
    grid.select("P0030")
    assert grid._row_rect(29).bottom() <= grid.viewport().height()
    grid.select("P0001")
    assert grid.verticalScrollBar().value() == 0


def test_an_unchanged_grid_is_not_painted_again(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    made = frames.frame()
    table.show(made)
    QApplication.processEvents()
    painted: list[str] = []
    monkeypatch.setattr("widgets.grid.position_grid.paint_row", lambda ink, box, row, xs, state: painted.append(row.id))
    table.show(replace(made, ledger=()), after_s=5.0)
    QApplication.processEvents()
    assert painted == []
    one = (replace(made.positions[0], stage=2), *made.positions[1:])
    table.show(replace(made, positions=one), after_s=5.0)
    QApplication.processEvents()
    assert "P0001" in painted


def test_an_empty_grid_says_so(table: Table) -> None:
    table.show(frames.empty())
    with_words = table.window.cockpit.grid.grab().toImage()
    assert table.window.cockpit.grid.position() is None
    table.show(frames.frame())
    assert table.window.cockpit.grid.grab().toImage() != with_words
