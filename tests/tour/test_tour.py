"""The window over the whole demo: every page painted, nothing cut in a fixed column, no column that moves.

With COCKPIT_TOUR=FOLDER the pictures are kept there, one a page, theme and size.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cockpit.frame import Frame
from cockpit.journal.review import JournalReader
from tests.tour.playing import Toured, toured
from tests.widgets.conftest import Table
from widgets.grid.grid_filter import ALL
from widgets.grid.position_columns import CELL, value
from widgets.grid.position_grid import PositionGrid
from widgets.paint.theme import THEMES, Look, dress
from widgets.parts.painted_table import PaintedTable
from widgets.rail import PAGES

pytestmark = pytest.mark.xdist_group("tour")  # the tour is played once, in one worker
SIZES = ((1600, 1000), (1280, 720))
PANES = ("grid", "selected", "board", "interest", "lists")
CHARTS = ("Premium", "Greeks", "Open interest", "Regime")
LISTS = ("Ledger", "Orders", "Alerts", "Closed", "Conflicts", "Log")
COLOURS = 8  # a pane that shows something has more than its ground and a head


@pytest.fixture(scope="module")
def played() -> Toured:
    return toured()


def test_the_board_and_the_chart_are_those_of_what_asks(played: Toured) -> None:
    asking = [frame for frame in played.frames if frame.pending]
    assert len(asking) > 10
    for frame in asking:
        assert frame.detail is not None
        assert frame.detail.position.id == frame.pending[0].position_id


@pytest.fixture
def window_of(qtbot: QtBot, played: Toured) -> Iterator[Callable[..., Table]]:
    """Makes windows that show a frame of the tour, with its journal behind them."""
    made: list[Table] = []
    reading = ThreadPoolExecutor(1)
    reader = JournalReader(played.journal)

    def make(frame: Frame, theme: str = "dark", size: tuple[int, int] = SIZES[0]) -> Table:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, Look(theme))  # type: ignore[arg-type]
        table = Table(qtbot, theme=theme, size=size)
        made.append(table)
        table.window.pages.set_journal(reader, reading.submit)
        table.window.load_charts()
        table.show(frame)
        table.show(frame)
        return table

    yield make
    for table in made:
        table.clear()
    reading.submit(reader.close).result()
    reading.shutdown()


def kept(picture: QImage, name: str) -> QImage:
    """The picture, also on disk where that was asked for."""
    folder = os.environ.get("COCKPIT_TOUR")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        assert picture.save(str(Path(folder) / f"{name}.png"))
    return picture


def colours(widget: QWidget) -> int:
    picture = widget.grab().toImage()
    return len({picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)})


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_painted(
    window_of: Callable[..., Table], played: Toured, page: str, theme: str, size: tuple[int, int]
) -> None:
    frame = played.latest_chain() if page == "chain" else played.busiest()
    table = window_of(frame, theme, size)
    window = table.window
    window.show_page(page)
    table.show(frame)
    if page == "journal":
        table.qtbot.waitUntil(lambda: window.pages.journal is not None and window.pages.journal.review is not None)
    for _ in range(100):  # the chain paints a few rows at a time
        table.now_s += 0.02
        window.tick()
        table.qtbot.wait(1)
    picture = kept(window.grab().toImage(), f"{page}-{theme}-{size[0]}x{size[1]}")
    assert (picture.width(), picture.height()) == size
    assert window.pages.current == page
    assert colours(window.pages) > COLOURS


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_pane_is_empty_or_without_size(
    window_of: Callable[..., Table], played: Toured, size: tuple[int, int]
) -> None:
    table = window_of(played.busiest(), "dark", size)
    table.qtbot.wait(1)
    cockpit = table.window.cockpit
    for name in PANES:
        pane: QWidget = getattr(cockpit, name)
        assert min(pane.width(), pane.height()) >= 60, name
        assert colours(pane) > COLOURS, name


@pytest.mark.parametrize("theme", THEMES)
def test_every_chart_and_list_shows_something(window_of: Callable[..., Table], played: Toured, theme: str) -> None:
    frame = next(f for f in reversed(played.frames) if f.positions and f.orders and f.closed)
    table = window_of(frame, theme)
    cockpit = table.window.cockpit
    assert cockpit.selected.tabs.names == CHARTS
    for name in CHARTS:
        cockpit.selected.tabs.choose(name)  # no new frame comes: a session may stand still
        assert colours(cockpit.selected) > COLOURS, name
        kept(cockpit.selected.grab().toImage(), f"selected-{name.replace(' ', '_')}-{theme}")
    assert cockpit.lists.tabs.names == LISTS
    for name in LISTS:
        cockpit.lists.tabs.choose(name)
        assert colours(cockpit.lists) > 4, name
        kept(cockpit.lists.grab().toImage(), f"lists-{name}-{theme}")


def test_no_words_are_cut_in_a_fixed_column_and_none_moves(window_of: Callable[..., Table], played: Toured) -> None:
    """Over a thousand frames of the tour, wide and compact."""
    for size in SIZES:
        table = window_of(played.frames[0], "dark", size)
        look, grid, lists = table.window.look, table.window.cockpit.grid, table.window.cockpit.lists
        for name in LISTS:  # each has its size when it has been in front
            lists.tabs.choose(name)
            table.qtbot.wait(1)
        at_first = grid_widths(grid), [table_widths(each) for each in tables(lists)]
        for number, frame in enumerate(played.frames):
            table.show(frame, after_s=0.016)
            assert cut_in_grid(look, grid, frame) == []
            if number % 50 == 0:
                for name in LISTS:
                    lists.tabs.choose(name)
                    for each in tables(lists):
                        assert cut_in_table(look, each) == []
        assert (grid_widths(grid), [table_widths(each) for each in tables(lists)]) == at_first


def grid_widths(grid: PositionGrid) -> list[tuple[str, float, float]]:
    return [(place.column.key, place.left, place.width) for place in grid.places]


def tables(widget: QWidget) -> list[PaintedTable]:
    return widget.findChildren(PaintedTable)


def table_widths(table: PaintedTable) -> list[tuple[str, float]]:
    return [(place.column.key, place.width) for place in table.places]


def cut_in_grid(look: Look, grid: PositionGrid, frame: Frame) -> list[str]:
    """Words of the grid's cells that are wider than their column."""
    assert grid.filter.current == ALL
    found: list[str] = []
    for place in grid.places:
        column = place.column
        if column.key in ("position", "nearest", "take", "stage"):
            continue
        room = place.width - 2 * CELL
        for row in frame.positions:
            words, _ = value(row, column.key, frame.status.at_ns)
            if look.width(words, column.px, column.weight) > room + 0.5:
                found.append(f"{column.key}: {words}")
    return found


def cut_in_table(look: Look, table: PaintedTable) -> list[str]:
    """Words in the fixed columns of the rows in sight that are wider than their column."""
    found: list[str] = []
    for row in range(min(table.count, 200)):
        for place, words in zip(table.places, table.text_of(row).split("\t"), strict=True):
            column = place.column
            is_painted = column.key == "sign"  # a glyph, whose word is for those who cannot see it
            if not (column.stretches or is_painted) and look.width(words, column.px, column.weight) > place.room + 0.5:
                found.append(f"{table.accessibleName()}, {column.key}: {words}")
    return found
