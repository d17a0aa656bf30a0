"""The docks: designed shares at every size, own layouts that are saved and restored, and the way back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.cockpit_page import CockpitPage, Heights, Pane
from widgets.paint.theme import WIDE, Look

NAMES = ("grid", "selected", "rules", "interest", "lists")


def made(qtbot: QtBot, look: Look) -> CockpitPage:
    panes = tuple(Pane(name, name.title(), QWidget()) for name in NAMES)
    page = CockpitPage(look, panes, lambda height: Heights(grid=250, lists=140, board=300))
    qtbot.addWidget(page)
    page.resize(1544, 900)
    page.show()
    qtbot.wait(1)
    return page


@pytest.fixture
def page(qtbot: QtBot, look: Look) -> CockpitPage:
    look.set_width(1600)
    return made(qtbot, look)


def sizes(page: CockpitPage) -> dict[str, tuple[int, int]]:
    return {name: (dock.width(), dock.height()) for name, dock in page.docks.items()}


def test_the_designed_layout_holds_at_every_size(qtbot: QtBot, page: CockpitPage, look: Look) -> None:
    for width, height in ((1544, 900), (1900, 1200), (1544, 900)):
        page.resize(width, height)
        qtbot.wait(1)
        column = look.measures.rule_column
        assert sizes(page) == {
            "grid": (width, 250),
            "selected": (width - column - WIDE.gap, height - 250 - 140 - 2 * WIDE.gap),
            "lists": (width - column - WIDE.gap, 140),
            "rules": (column, 300),
            "interest": (column, height - 250 - 300 - 2 * WIDE.gap),
        }
    assert page.save() == b""


def test_an_own_layout_is_saved_restored_and_reset(qtbot: QtBot, page: CockpitPage, look: Look) -> None:
    designed = sizes(page)
    page.set_arranging(True)
    page.resizeDocks([page.docks["selected"], page.docks["rules"]], [700, 840], Qt.Orientation.Horizontal)
    page.docks["interest"].hide()
    page.set_arranging(False)
    qtbot.wait(1)
    own, saved = sizes(page), page.save()
    assert own != designed
    assert saved
    other = made(qtbot, look)
    assert other.restore(saved)
    qtbot.wait(1)
    assert sizes(other)["selected"] == own["selected"]
    assert not other.docks["interest"].isVisible()
    other.reset()
    qtbot.wait(1)
    assert sizes(other) == designed
    assert other.save() == b""


def test_a_layout_that_is_none_of_ours_changes_nothing(page: CockpitPage) -> None:
    before = sizes(page)
    assert not page.restore(b"not a layout")
    assert sizes(page) == before


def test_titles_are_there_only_while_the_panes_are_arranged(qtbot: QtBot, page: CockpitPage) -> None:
    title = page.docks["rules"].titleBarWidget
    assert title().sizeHint().height() == 0
    page.set_arranging(True)
    assert title().sizeHint().height() > 0
    heard: list[bool] = []
    page.arranged.connect(lambda: heard.append(True))
    page.set_arranging(False)
    assert title().sizeHint().height() == 0
    assert heard == [True]
