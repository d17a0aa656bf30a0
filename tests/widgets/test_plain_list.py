"""A list keeps its place, skips heads, and leaves every key it has no use for to the window."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from widgets.paint.theme import Look
from widgets.parts.plain_list import Line, PlainList

LINES = (Line("Fruit", head=True), Line("apple"), Line("pear"), Line("Roots", head=True), Line("beet", right="red"))


@pytest.fixture
def shown(look: Look, qtbot: QtBot) -> PlainList:
    made = PlainList(look, "food")
    qtbot.addWidget(made)
    made.resize(200, 300)
    made.show_lines(LINES)
    made.show()
    return made


def test_arrows_and_ends_pass_over_heads(shown: PlainList, qtbot: QtBot) -> None:
    rows: list[int] = [shown.currentRow()]
    for key in (
        Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp
    ):  # fmt: skip
        qtbot.keyClick(shown, key)
        rows.append(shown.currentRow())
    assert rows == [1, 2, 4, 4, 1, 4, 1]


def test_the_current_line_stays_where_it_is_when_lines_change(shown: PlainList) -> None:
    shown.choose(2)
    shown.show_lines([*LINES[:2], Line("plum"), *LINES[3:]])
    assert shown.currentRow() == 2
    told: list[int] = []
    shown.currentRowChanged.connect(told.append)
    shown.show_lines(LINES[:2])
    assert shown.currentRow() == 1
    assert told == [1]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_and_space_pick(shown: PlainList, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(shown.entered) as picked:
        qtbot.keyClick(shown, key)
    assert picked.args == [1]


def test_a_line_is_told_whole(shown: PlainList) -> None:
    assert shown.item(4).text() == "beet; red"
    assert Line("a", below="b", caps=("F1", "F2"), marked=True).told == "a; b; F1, F2; changed"


def test_long_words_are_wrapped_and_not_cut(look: Look, qtbot: QtBot, shown: PlainList) -> None:
    before = shown.sizeHintForRow(1)
    shown.show_lines((LINES[0], Line("an apple that has a name far too long for a single line of this list")))
    assert shown.sizeHintForRow(1) > before
