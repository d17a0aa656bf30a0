"""What a trader has arranged is there again: the layout for each set of screens, columns, keys and sounds."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest
from PySide6.QtCore import QSize, Qt

from cockpit.commands import WatchChain
from tests.widgets import frames
from tests.widgets.conftest import Table
from tests.widgets.hands import press
from widgets import view_actions
from widgets.acting.keymap import active


class Screen(NamedTuple):
    """A screen as far as layouts know one."""

    label: str
    width: int
    height: int

    def name(self) -> str:
        return self.label

    def size(self) -> QSize:
        return QSize(self.width, self.height)


DESK = (Screen("left", 3840, 2160), Screen("right", 1920, 1080))
TRAIN = (Screen("panel", 1280, 720),)


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    active.remap({})


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[tuple[Screen, ...]], None]:
    """Puts these screens on the table."""
    return lambda screens: monkeypatch.setattr(view_actions, "_screens", lambda: list(screens))


def begun(table: Table) -> Table:
    """The window as the program begins it."""
    table.window.view.restore()
    table.show(frames.quiet())
    return table


def arrange(table: Table, width: int) -> None:
    """As a human does: the panes are made free, dragged, and fixed."""
    page = table.window.cockpit.page
    press(table, "layout")
    docks = [page.docks["selected"], page.docks["rules"]]
    page.resizeDocks(docks, [width, page.width() - width], Qt.Orientation.Horizontal)
    table.qtbot.wait(1)
    press(table, "layout")


def shares(table: Table) -> tuple[int, ...]:
    table.qtbot.wait(1)
    return tuple(dock.width() for dock in table.window.cockpit.page.docks.values())


def test_a_layout_is_kept_for_these_screens_and_there_at_the_next_start(
    make_table: Callable[..., Table], at: Callable[[tuple[Screen, ...]], None]
) -> None:
    at(DESK)
    first = begun(make_table())
    designed = shares(first)
    arrange(first, 700)
    own = shares(first)
    assert own != designed
    (name,) = first.preferences.now.layouts
    assert name == "left 3840x2160+right 1920x1080"
    again = make_table()
    again.window.preferences.change(layouts=first.preferences.now.layouts)
    assert shares(begun(again)) == own
    at(TRAIN)
    elsewhere = make_table()
    elsewhere.window.preferences.change(layouts=first.preferences.now.layouts)
    assert shares(begun(elsewhere)) == designed


def test_every_set_of_screens_has_a_layout_of_its_own(table: Table, at: Callable[[tuple[Screen, ...]], None]) -> None:
    at(DESK)
    begun(table)
    arrange(table, 700)
    desk = shares(table)
    at(TRAIN)
    table.window.view.screens_changed()
    arrange(table, 900)
    train = shares(table)
    assert train != desk
    at(DESK)
    table.window.view.screens_changed()
    assert shares(table) == desk
    assert len(table.preferences.now.layouts) == 2


def test_put_back_it_is_the_designed_one_and_no_more_kept(
    table: Table, at: Callable[[tuple[Screen, ...]], None]
) -> None:
    at(DESK)
    begun(table)
    designed = shares(table)
    arrange(table, 700)
    press(table, "reset_layout")
    assert shares(table) == designed
    assert table.preferences.now.layouts == {}


def test_screens_without_a_layout_of_their_own_get_the_designed_one(
    table: Table, at: Callable[[tuple[Screen, ...]], None]
) -> None:
    at(DESK)
    begun(table)
    designed = shares(table)
    arrange(table, 700)
    at(TRAIN)
    table.window.view.screens_changed()
    assert shares(table) == designed
    assert list(table.preferences.now.layouts) == ["left 3840x2160+right 1920x1080"]


def test_columns_keys_and_sounds_are_as_they_were_left(table: Table) -> None:
    table.preferences.change(columns=["bps"], keys={"veto": ["Q"]})
    press(table, "mute")
    begun(table)
    shown = {place.column.key for place in table.window.cockpit.grid.places}
    assert "bps" in shown
    assert "gamma" not in shown
    assert active.bindings["veto"].keys == ("Q",)
    assert not table.window.sounds.wanted.on


def test_the_strips_that_were_chosen_are_there_again(table: Table) -> None:
    begun(table)
    table.window.cockpit.selected.greeks.switches["vega"].click()
    kept = table.preferences.now.strips
    assert kept is not None
    assert "vega" in kept
    table.window.cockpit.selected.choose_strips(("delta",))
    table.window.view.restore()
    assert list(table.window.cockpit.selected.strips.names) == kept


def test_keys_that_cannot_be_are_said(table: Table) -> None:
    table.preferences.change(keys={"veto": ["T"]})
    begun(table)
    assert "keeps its key" in table.window.bar.sentence()[1]


def test_the_chain_opens_while_nothing_is_held(table: Table) -> None:
    empty = frames.empty()
    table.show(replace(empty, status=replace(empty.status, chains=("NIFTY", "SPX"))))
    table.window.show_page("chain")
    assert WatchChain(underlying="NIFTY") in table.recorder.commands
