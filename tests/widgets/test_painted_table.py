"""Columns keep their width whatever the values, and nothing is asked for that is not in sight."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from widgets.paint.ink import LEFT
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column, PaintedTable

ROW = 24
COLUMNS = (
    Column("name", "Name", "WWWWWWWWWWWW", LEFT),
    Column("price", "Price", "99 999.95"),
    Column("size", "Size", "99 999"),
    Column("note", "Note", "some words", LEFT, stretches=True),
)


class Asked:
    """Rows that remember who asked for them."""

    def __init__(self, words: str = "") -> None:
        self.rows: set[int] = set()
        self.cells = 0
        self.words = words

    def __call__(self, row: int, column: Column) -> Cell:
        self.rows.add(row)
        self.cells += 1
        return Cell(self.words or f"{column.key} {row}")


@pytest.fixture
def painted(qtbot: QtBot, look: Look) -> Iterator[PaintedTable]:
    made = PaintedTable(look, COLUMNS, row_height=lambda: ROW, name="trips", empty="No trips\nnone has ended yet")
    made.resize(600, 10 * ROW + look.measures.head)
    made.show()
    yield made
    Shiboken.delete(made)


def test_only_rows_in_sight_are_asked_for_however_many_there_are(painted: PaintedTable) -> None:
    costs: list[int] = []
    for count in (100, 100_000):
        asked = Asked()
        painted.set_rows(count, asked)
        QApplication.processEvents()
        assert asked.rows == set(range(10))
        costs.append(asked.cells)
    assert costs[0] == costs[1]
    asked = Asked()
    painted.set_rows(100_000, asked)
    painted.verticalScrollBar().setValue(50_000 * ROW)
    QApplication.processEvents()
    assert asked.rows == set(range(50_000, 50_010)) == set(painted.in_sight)


def test_widths_do_not_depend_on_values_heads_or_sorting(painted: PaintedTable) -> None:
    painted.set_rows(3, Asked("1"))
    before = painted.places
    painted.set_rows(100_000, Asked("−99 999 999 999.95 and many more words than any column holds"))
    painted.set_sorted("price", True)
    assert painted.places == before
    assert before[-1].left + before[-1].width == painted.width() - 8


def test_cut_words_have_a_tip_and_others_have_none(painted: PaintedTable) -> None:
    long = "a sentence that goes on and on and on, and does not fit into what is left of the table"
    painted.set_rows(2, lambda row, column: Cell(long if column.key == "note" else "x"))
    y = painted.row_rect(1).center().y()
    assert painted.tip(QPoint(round(painted.places[-1].left) + 9, y)) == long
    assert painted.tip(QPoint(20, y)) == ""
    assert painted.tip(QPoint(20, 3)) == ""


def test_keys_move_and_activate(painted: PaintedTable, qtbot: QtBot) -> None:
    selected, activated = list[int](), list[int]()
    painted.selected.connect(selected.append)
    painted.activated.connect(activated.append)
    painted.set_rows(100, Asked())
    keys = (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Up, Qt.Key.Key_Home)
    for key in keys:
        qtbot.keyClick(painted, key)
    assert selected == [0, 1, 99, 90, 89, 0]
    qtbot.keyClick(painted, Qt.Key.Key_Return)
    assert activated == [0]
    assert painted.accessibleDescription().startswith("row 1 of 100: Name name 0, Price price 0")


def test_keys_it_does_not_need_are_the_windows(painted: PaintedTable, qtbot: QtBot) -> None:
    painted.set_rows(5, Asked())
    qtbot.keyClick(painted, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert painted.current is None
    painted.set_rows(0, Asked())
    qtbot.keyClick(painted, Qt.Key.Key_Down)
    assert painted.current is None
    assert painted.accessibleName() == "trips"


def test_the_current_row_is_copied_as_columns(painted: PaintedTable, qtbot: QtBot) -> None:
    painted.set_rows(5, Asked())
    painted.set_current(3)
    qtbot.keyClick(painted, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "name 3\tprice 3\tsize 3\tnote 3"


def test_new_rows_above_leave_the_same_ones_in_sight(painted: PaintedTable) -> None:
    painted.set_rows(100, Asked())
    painted.hold_place(4)
    assert painted.verticalScrollBar().value() == 0
    painted.set_current(40)
    seen = painted.in_sight.start
    painted.set_rows(104, Asked())
    painted.hold_place(4)
    assert painted.current == 44
    assert painted.in_sight.start == seen + 4


def test_the_first_column_stays_when_the_others_scroll(painted: PaintedTable) -> None:
    painted.resize(260, 200)
    painted.set_rows(20, lambda row, column: Cell(column.key))
    painted.horizontalScrollBar().setValue(painted.horizontalScrollBar().maximum())
    assert painted.horizontalScrollBar().maximum() > 0
    last = painted.places[-1]
    assert painted._place_at(250) is last
    assert painted._place_at(20) is painted.places[0]
    assert painted.grab().width() == 260


def test_a_head_names_its_column_and_columns_are_chosen(painted: PaintedTable, qtbot: QtBot) -> None:
    named = list[str]()
    painted.head_clicked.connect(named.append)
    painted.set_columns(("size", "note"))
    painted.set_rows(3, Asked())
    qtbot.mouseClick(painted.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    qtbot.mouseClick(painted.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(400, 5))
    assert named == ["size", "note"]
    assert painted.text_of(2) == "size 2\tnote 2"
    with pytest.raises(KeyError):
        painted.set_columns(("weight",))


def test_fewer_rows_keep_a_current_one_that_exists(painted: PaintedTable) -> None:
    painted.set_rows(10, Asked())
    painted.set_current(9)
    painted.set_rows(4, Asked())
    assert painted.current == 3
    painted.set_rows(0, Asked())
    assert painted.current is None
    painted.set_current(None)
    assert painted.accessibleDescription() == "No trips. none has ended yet"
