"""The menu of a row: every entry is an action on that position, with its key."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.widgets.frames import AT_NS, position
from widgets.acting.keymap import KEYMAP, cap
from widgets.grid.position_menu import GROUPS, fill


def test_every_entry_presses_its_action_and_names_its_key(qtbot: QtBot) -> None:
    menu, pressed = QMenu(), list[tuple[str, str]]()
    qtbot.addWidget(menu)
    fill(menu, position(), lambda action, row: pressed.append((action, row)))
    entries = [entry for entry in menu.actions() if entry.data()]
    for entry in entries:
        entry.trigger()
        assert entry.text().endswith(f"\t{cap(entry.data())}")
    wanted = [name for group in GROUPS for name in group]
    assert pressed == [(name, "P0001") for name in wanted]
    assert set(wanted) <= set(KEYMAP)


def test_what_a_human_leads_can_be_handed_back(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    fill(menu, position(mode="taken over"), lambda action, row: None)
    assert "Hand back" in {entry.text().partition("\t")[0] for entry in menu.actions()}


def test_a_hold_can_be_ended_while_it_stands(qtbot: QtBot) -> None:
    menu, pressed = QMenu(), list[tuple[str, str]]()
    qtbot.addWidget(menu)

    def ends() -> list[QAction]:
        return [entry for entry in menu.actions() if entry.text() == "End the hold"]

    fill(menu, position(), lambda action, row: pressed.append((action, row)))
    assert ends() == []
    fill(menu, position(hold_until_ns=AT_NS + 1), lambda action, row: pressed.append((action, row)))
    (entry,) = ends()
    entry.trigger()
    assert pressed == [("end_hold", "P0001")]
