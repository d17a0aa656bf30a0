"""A search keeps rows by their words, and rows that come do not move the reader."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from widgets.paint.ink import LEFT
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column
from widgets.parts.part_table import Naming, PartTable


class Fruit(NamedTuple):
    number: int
    name: str
    colour: str


class Fruits(PartTable[Fruit]):
    def __init__(self, look: Look) -> None:
        columns = (Column("name", "Name", "pomegranate", LEFT), Column("colour", "Colour", "red", LEFT))
        super().__init__(look, columns, Naming("fruits", "None\nyet", "None\nfound"), key=lambda fruit: fruit.number)

    def cell_of(self, part: Fruit, column: Column) -> Cell:
        return Cell(part.name if column.key == "name" else part.colour)


def basket(count: int, start: int = 0) -> list[Fruit]:
    return [Fruit(i, f"apple {i}", "red" if i % 2 else "Green") for i in range(start, start + count)]


@pytest.fixture
def fruits(qtbot: QtBot, look: Look) -> Iterator[Fruits]:
    made = Fruits(look)
    made.resize(300, made.height_for(5))
    made.show()
    yield made
    Shiboken.delete(made)


def test_a_search_wants_every_word_in_any_case_and_any_column(fruits: Fruits) -> None:
    fruits.show_parts(basket(12))
    fruits.search("GREEN apple")
    assert [fruit.number for fruit in fruits.seen] == [0, 2, 4, 6, 8, 10]
    fruits.search("green 10")
    assert [fruit.number for fruit in fruits.seen] == [10]
    fruits.search("plum")
    assert fruits.count == 0
    fruits.set_current(None)
    assert fruits.accessibleDescription() == "None. found"
    fruits.search("")
    assert fruits.count == 12


def test_a_search_keeps_the_current_part(fruits: Fruits) -> None:
    fruits.show_parts(basket(12))
    fruits.set_current(8)
    fruits.search("green")
    assert fruits.current_part == basket(12)[8]
    fruits.search("red")
    assert fruits.current_part is None


def test_rows_above_leave_the_reader_where_he_is(fruits: Fruits) -> None:
    old = basket(40)
    fruits.show_parts(old)
    fruits.verticalScrollBar().setValue(10 * fruits.row_rect(0).height())
    assert fruits.part(fruits.in_sight.start).number == 10
    fruits.show_parts([*basket(7, 100), *old])
    assert fruits.part(fruits.in_sight.start).number == 10
    fruits.set_current(fruits.in_sight.start + 2)
    fruits.show_parts([*basket(3, 200), *basket(7, 100), *old[:30]])
    assert fruits.current_part is not None
    assert fruits.current_part.number == 12
    assert fruits.part(fruits.in_sight.start).number == 10


def test_a_part_that_is_gone_is_no_longer_current(fruits: Fruits) -> None:
    fruits.show_parts(basket(10))
    fruits.set_current(9)
    fruits.show_parts(basket(5))
    assert fruits.current is None


def test_the_same_parts_are_not_asked_again(fruits: Fruits, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = basket(10)
    fruits.show_parts(parts)
    QApplication.processEvents()
    asked = list[Fruit]()
    monkeypatch.setattr(fruits, "cell_of", lambda part, column: asked.append(part))
    fruits.show_parts(parts)
    QApplication.processEvents()
    assert asked == []
