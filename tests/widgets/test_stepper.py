"""A number that is typed, stepped or clicked, and always whole steps in the end."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from cockpit.domain.price_grid import Grid
from widgets.paint.theme import Look
from widgets.parts.stepper import Stepper


@pytest.fixture
def lots(look: Look, qtbot: QtBot) -> Stepper:
    made = Stepper(look, "lots", step=1.0, most=50)
    qtbot.addWidget(made)
    made.resize(136, 26)
    made.show()
    return made


@pytest.fixture
def price(look: Look, qtbot: QtBot) -> Stepper:
    made = Stepper(look, "limit price", step=0.05, digits=2)
    qtbot.addWidget(made)
    made.show()
    return made


def test_digits_begin_a_new_number(lots: Stepper, qtbot: QtBot) -> None:
    heard: list[float] = []
    lots.changed.connect(heard.append)
    qtbot.keyClicks(lots, "12")
    assert heard == [1.0, 12.0]
    qtbot.keyClick(lots, Qt.Key.Key_Backspace)
    assert lots.value == 1.0
    lots.end_typing()
    qtbot.keyClicks(lots, "7")
    assert lots.value == 7.0
    assert lots.accessibleDescription() == "7"


def test_what_is_no_number_changes_nothing(lots: Stepper, price: Stepper, qtbot: QtBot) -> None:
    qtbot.keyClicks(lots, "0.x")
    assert lots.value == 1.0
    qtbot.keyClicks(price, "1.2.3")
    assert price.value == 1.23


def test_there_is_a_most_and_a_least(lots: Stepper, qtbot: QtBot) -> None:
    qtbot.keyClicks(lots, "999")
    assert lots.value == 50.0
    lots.step(-100)
    assert lots.value == 1.0


def test_arrows_signs_and_clicks_step(lots: Stepper, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Plus, Qt.Key.Key_PageUp):
        qtbot.keyClick(lots, key)
    assert lots.value == 13.0
    qtbot.keyClick(lots, Qt.Key.Key_Down)
    qtbot.mouseClick(lots, Qt.MouseButton.LeftButton, pos=QPoint(8, 13))
    assert lots.value == 11.0
    qtbot.mouseClick(lots, Qt.MouseButton.LeftButton, pos=QPoint(128, 13))
    qtbot.mouseClick(lots, Qt.MouseButton.LeftButton, pos=QPoint(68, 13))
    assert lots.value == 12.0


def test_a_typed_price_becomes_whole_ticks(price: Stepper, qtbot: QtBot) -> None:
    qtbot.keyClicks(price, "78.37")
    assert price.value == 78.37
    entered: list[str] = []
    price.entered.connect(lambda: entered.append("entered"))
    qtbot.keyClick(price, Qt.Key.Key_Return)
    assert price.value == 78.35
    assert entered == ["entered"]


def test_the_step_may_depend_on_the_price(price: Stepper, qtbot: QtBot) -> None:
    price.set_grid(Grid(0.05, ((0.0, 0.05), (3.0, 0.10))), 2)
    price.set_value(2.9)
    heard = [price.value]
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_PageUp):
        qtbot.keyClick(price, key)
        heard.append(price.value)
    assert heard == [2.9, 2.95, 3.0, 3.1, 3.0, 2.95, 3.9]
    qtbot.keyClicks(price, "4.36")
    price.end_typing()
    assert price.value == 4.4
    qtbot.keyClicks(price, "2.36")
    price.end_typing()
    assert price.value == 2.35


def test_the_windows_keys_pass(lots: Stepper, qtbot: QtBot) -> None:
    heard: list[float] = []
    lots.changed.connect(heard.append)
    for key in (Qt.Key.Key_F1, Qt.Key.Key_Escape, Qt.Key.Key_V):
        qtbot.keyClick(lots, key)
    qtbot.keyClick(lots, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert heard == []
