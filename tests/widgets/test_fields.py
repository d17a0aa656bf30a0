"""Fields say what was made of them, and take only the keys that they need."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.paint import format as fmt
from widgets.paint.theme import Look
from widgets.parts.fields import ChoiceField, LineField, NumberField, Switch, grouped, number_of, plain
from widgets.parts.form_row import FormRow
from widgets.parts.picker import Picker


class Under(QWidget):
    """Remembers the keys that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []
        self.column = QVBoxLayout(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


@pytest.fixture
def under(qtbot: QtBot) -> Under:
    made = Under()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("text", "value"),
    [("600", 600.0), (" 0.08 ", 0.08), (f"{fmt.MINUS}3", -3.0), (f"86{fmt.GROUP}400", 86_400.0), ("off", "off")],
)
def test_numbers_as_people_write_them(text: str, value: object) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize(("value", "text"), [(600.0, "600"), (0.08, "0.08"), ("off", "off"), (1e6, "1000000")])
def test_values_have_no_needless_decimals(value: object, text: str) -> None:
    assert plain(value) == text


def test_bounds_are_grouped() -> None:
    assert grouped(1e6) == f"1{fmt.GROUP}000{fmt.GROUP}000"
    assert grouped(0.1) == "0.1"


def test_a_number_is_told_at_every_key_and_enter_goes_nowhere(look: Look, under: Under, qtbot: QtBot) -> None:
    field, told = NumberField(look, whole=True), []
    under.column.addWidget(field)
    field.edited.connect(told.append)
    qtbot.keyClicks(field, "12x")
    assert told == [1, 12, "12x"]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert under.keys == []
    qtbot.keyClick(field, Qt.Key.Key_F4)
    assert under.keys == [Qt.Key.Key_F4]


def test_what_is_typed_is_not_rewritten_while_it_means_the_same(look: Look, qtbot: QtBot) -> None:
    field = NumberField(look)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "0.50")
    field.show_value(0.5)
    assert field.text() == "0.50"
    field.show_value(0.7)
    assert field.text() == "0.7"


def test_undoing_is_the_forms(look: Look, under: Under, qtbot: QtBot) -> None:
    field = LineField(look)
    under.column.addWidget(field)
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "abc"
    assert Qt.Key.Key_Z in under.keys


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_switch_turns_by_key(look: Look, qtbot: QtBot, key: Qt.Key) -> None:
    switch, told = Switch(look, "sounds"), []
    qtbot.addWidget(switch)
    switch.edited.connect(told.append)
    qtbot.keyClick(switch, key)
    qtbot.keyClick(switch, key)
    assert told == [True, False]
    switch.show_value(True)
    assert told == [True, False]


def test_a_choice_shown_is_not_a_choice_made(look: Look, qtbot: QtBot) -> None:
    field, told = ChoiceField(look, ("every_day", "never")), []
    qtbot.addWidget(field)
    field.edited.connect(told.append)
    field.show_value("never")
    assert field.chips.current == "never"
    assert told == []
    qtbot.keyClick(field.chips, Qt.Key.Key_Left)
    assert told == ["every_day"]


def test_a_row_says_what_it_was_and_what_is_wrong(look: Look, qtbot: QtBot) -> None:
    row = FormRow(look, "Max held", NumberField(look), unit="s", help="Longest time to hold.")
    qtbot.addWidget(row)
    row.resize(400, 60)
    row.show()
    assert row.field.accessibleName() == "Max held, s"
    plain_look = row.grab().toImage()
    row.show_value(300.0, 600.0)
    assert row.grab().toImage() != plain_look
    height = row.height()
    row.set_complaint("It must be a number from 10 to 86400 s, and this sentence is so long that it needs two lines.")
    assert row.height() > height
    row.set_complaint("")
    assert row.height() == height
    assert row.field.accessibleDescription() == "Longest time to hold."


def test_a_picker_leaves_letters_to_the_window(look: Look, under: Under, qtbot: QtBot) -> None:
    picker = Picker(look, "profile")
    picker.addItems(["adaptive", "veto"])
    under.column.addWidget(picker)
    qtbot.keyClick(picker, Qt.Key.Key_V)
    assert (picker.currentText(), under.keys) == ("adaptive", [Qt.Key.Key_V])
    qtbot.keyClick(picker, Qt.Key.Key_Down)
    assert picker.currentText() == "veto"
