"""The chart of a round trip as a table says what the chart shows, and moves its cursor."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.widgets.frames_review import OPENED, story
from widgets.journal.story_table import StoryTable
from widgets.paint.theme import Look

NS = 1_000_000_000


def made(qtbot: QtBot, look: Look) -> StoryTable:
    table = StoryTable(look)
    qtbot.addWidget(table)
    table.resize(600, 400)
    table.show()
    return table


def test_every_instant_of_level_stop_and_marks_is_a_row_the_newest_on_top(qtbot: QtBot, look: Look) -> None:
    table, told = made(qtbot, look), story()
    table.show_story(told)
    instants = {each.at_ns for each in (*told.path, *told.stops, *told.marks)}
    assert table.count == len(instants)
    assert "66.00" in table.text_of(0).split("\t")[3]
    vetoed = next(table.text_of(row) for row in range(table.count) if "veto" in table.text_of(row))
    assert "n/a" in vetoed, "the level is unknown there"
    table.show_story(None)
    assert table.count == 0


def test_a_row_that_is_chosen_carries_its_instant(qtbot: QtBot, look: Look) -> None:
    table, told = made(qtbot, look), story()
    table.show_story(told)
    table.setFocus()
    moved: list[object] = []
    table.moved.connect(moved.append)
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert moved == [min(each.at_ns for each in (*told.path, *told.stops, *told.marks))]
    assert isinstance(moved[0], int)
    assert abs(moved[0] - OPENED) < 86_400 * NS
