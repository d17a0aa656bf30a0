"""Tabs are chosen by mouse and by key, and nothing moves when they are."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from widgets.paint.theme import Look
from widgets.parts.tab_bar import TabBar

NAMES = ("Ledger", "Orders", "Alerts", "Log")


@pytest.fixture
def tabs(look: Look, qtbot: QtBot) -> TabBar:
    made = TabBar(look, NAMES)
    qtbot.addWidget(made)
    made.resize(500, made.height())
    made.show()
    return made


@pytest.fixture
def heard(tabs: TabBar) -> list[str]:
    said: list[str] = []
    tabs.chosen.connect(said.append)
    return said


def test_the_first_tab_is_chosen_at_first(tabs: TabBar) -> None:
    assert tabs.current == "Ledger"
    assert "tab 1 of 4" in tabs.accessibleDescription()


def test_a_click_chooses_once(tabs: TabBar, heard: list[str], qtbot: QtBot) -> None:
    at = tabs.place_of("Alerts").center().toPoint()
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=at)
    assert tabs.current == "Alerts"
    assert heard == ["Alerts"]


def test_arrow_keys_choose_the_neighbour_and_stop_at_the_ends(tabs: TabBar, heard: list[str], qtbot: QtBot) -> None:
    for _ in range(6):
        qtbot.keyClick(tabs, Qt.Key.Key_Right)
    assert heard == ["Orders", "Alerts", "Log"]
    qtbot.keyClick(tabs, Qt.Key.Key_Left)
    assert tabs.current == "Alerts"


def test_counts_never_move_what_is_beside_them(tabs: TabBar) -> None:
    tabs.set_count("Orders", 1)
    before = tabs.place_of("Log")
    for count in (9, 99, 12_345, 0):
        tabs.set_count("Orders", count)
        tabs.choose("Orders" if tabs.current != "Orders" else "Ledger")
        assert tabs.place_of("Log") == before
    tabs.choose("Orders")
    assert "Orders, 0" in tabs.accessibleDescription()
    tabs.set_count("Orders", None)
    assert tabs.place_of("Log").left() < before.left()


def test_a_tab_may_come_later_and_is_there_once(tabs: TabBar) -> None:
    tabs.add("Chain")
    tabs.add("Chain")
    assert tabs.names == (*NAMES, "Chain")
    assert tabs.sizeHint().width() >= tabs.place_of("Chain").right()
    with pytest.raises(ValueError, match="no tab"):
        tabs.choose("Nothing")
    with pytest.raises(ValueError, match="no tab"):
        tabs.set_count("Nothing", 1)


def test_the_underline_is_under_the_chosen_tab(tabs: TabBar, look: Look) -> None:
    tabs.choose("Orders")
    picture = tabs.grab().toImage()
    box = tabs.place_of("Orders")
    y = round(box.bottom()) - 1
    assert picture.pixelColor(round(box.center().x()), y) == look.colour("accent")
    assert picture.pixelColor(round(tabs.place_of("Ledger").center().x()), y) != look.colour("accent")
