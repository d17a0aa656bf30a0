"""Chips: one holds, keys move it, and it gives way when it is no longer offered."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from widgets.paint.theme import Look
from widgets.parts.choices import Choices


@pytest.fixture
def chips(qtbot: QtBot, look: Look) -> Choices:
    made = Choices(look, ("All", "NIFTY", "Losers"), name="which")
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    made.show()
    return made


def test_keys_move_the_choice_and_stop_at_the_ends(qtbot: QtBot, chips: Choices) -> None:
    heard: list[str] = []
    chips.chosen.connect(heard.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(chips, key)
    assert heard == ["NIFTY", "Losers", "NIFTY"]
    assert chips.accessibleDescription().startswith("NIFTY;")


def test_the_mouse_chooses_what_is_under_it(qtbot: QtBot, chips: Choices) -> None:
    x = next(x for x in range(chips.width()) if chips.at(x) == "Losers")
    qtbot.mouseClick(chips, Qt.MouseButton.LeftButton, pos=QPoint(x + 3, 8))
    assert chips.current == "Losers"


def test_a_choice_that_is_gone_gives_way_to_the_first(chips: Choices) -> None:
    chips.choose("NIFTY")
    chips.offer(("All", "Losers"))
    assert chips.current == "All"
