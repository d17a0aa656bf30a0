"""Buttons say their key, why they are off, and that they wait; one must be held."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from widgets.paint.theme import Look
from widgets.parts.button import HOLD_S, ActionButton, HoldButton, nothing_sent


@pytest.fixture
def button(qtbot: QtBot, look: Look) -> ActionButton:
    made = ActionButton(look, "¼", key="F1", hint="take a quarter off")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def hold(qtbot: QtBot, look: Look) -> HoldButton:
    made = HoldButton(look, "Hold to flatten", key="F12", hint="hold to leave every position")
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    made.show()
    return made


def test_a_button_has_a_name_a_tooltip_and_room_for_its_words(button: ActionButton, look: Look) -> None:
    assert button.accessibleName() == "take a quarter off"
    assert button.toolTip() == "Take a quarter off (F1)"
    assert button.sizeHint().width() >= look.width("¼", 11, 500) + look.width("F1", 9, 500)


def test_a_button_that_is_off_says_why(button: ActionButton, qtbot: QtBot) -> None:
    button.set_off("one lot cannot be split")
    assert not button.isEnabled()
    assert button.toolTip() == "one lot cannot be split"
    assert button.accessibleDescription() == "one lot cannot be split"
    button.set_off("")
    assert button.isEnabled()
    assert button.toolTip() == "Take a quarter off (F1)"


def test_enter_and_space_press_the_focused_button(button: ActionButton, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        qtbot.keyClick(button, key)
    assert len(pressed) == 3


@pytest.mark.parametrize("state", ["rest", "off", "sending", "focus", "down"])
def test_every_state_looks_different_from_rest(button: ActionButton, qtbot: QtBot, state: str) -> None:
    button.resize(90, 26)
    button.clearFocus()
    rest = button.grab().toImage()
    match state:
        case "off":
            button.set_off("no position")
        case "sending":
            button.set_sending(True)
            assert button.sending
        case "focus":
            button.activateWindow()
            button.setFocus()
            qtbot.waitUntil(button.hasFocus)
        case "down":
            button.setDown(True)
        case _:
            pass
    assert (button.grab().toImage() == rest) is (state == "rest")


def test_holding_long_enough_fires_once(hold: HoldButton, qtbot: QtBot) -> None:
    fired: list[bool] = []
    hold.fired.connect(lambda: fired.append(True))
    qtbot.mousePress(hold, Qt.MouseButton.LeftButton)
    for step in range(round(HOLD_S / 0.05)):
        hold.advance(10.0 + 0.05 * step)
    assert fired == []
    assert hold.held
    hold.advance(10.0 + HOLD_S + 0.01)
    hold.advance(12.0)
    assert fired == [True]
    assert not hold.held


def test_a_window_that_stood_still_has_not_seen_it_held(hold: HoldButton, qtbot: QtBot) -> None:
    fired: list[bool] = []
    hold.fired.connect(lambda: fired.append(True))
    qtbot.mousePress(hold, Qt.MouseButton.LeftButton)
    hold.advance(10.0)
    hold.advance(12.0)
    assert fired == []
    qtbot.mouseRelease(hold, Qt.MouseButton.LeftButton)
    hold.advance(12.1)
    assert not hold.held


@pytest.mark.parametrize("how", ["release", "leave", "key"])
def test_letting_go_early_does_nothing(hold: HoldButton, qtbot: QtBot, how: str) -> None:
    fired: list[bool] = []
    hold.fired.connect(lambda: fired.append(True))
    if how == "key":
        qtbot.keyPress(hold, Qt.Key.Key_Space)
    else:
        qtbot.mousePress(hold, Qt.MouseButton.LeftButton)
    hold.advance(10.0)
    hold.advance(10.5)
    if how == "key":
        qtbot.keyRelease(hold, Qt.Key.Key_Space)
    elif how == "release":
        qtbot.mouseRelease(hold, Qt.MouseButton.LeftButton)
    else:
        hold.leaveEvent(None)  # type: ignore[arg-type]
    hold.advance(20.0)
    assert fired == []


@pytest.mark.parametrize(
    ("how", "said"),
    [("release", "Let go"), ("leave", "The mouse slid off"), ("focus", "The keyboard went elsewhere")],
)
def test_a_hold_that_ends_early_is_told_once_and_one_that_fires_never(
    hold: HoldButton, qtbot: QtBot, how: str, said: str
) -> None:
    told: list[tuple[str, float]] = []
    hold.ended_early.connect(lambda *what: told.append(what))
    hold.setFocus()
    qtbot.mousePress(hold, Qt.MouseButton.LeftButton)
    for step in range(4):
        hold.advance(10.0 + 0.1 * step)
    qtbot.mouseRelease(hold, Qt.MouseButton.RightButton)
    assert hold.held
    if how == "leave":
        hold.leaveEvent(None)  # type: ignore[arg-type]
    elif how == "focus":
        hold.clearFocus()
    qtbot.mouseRelease(hold, Qt.MouseButton.LeftButton)
    assert told == [(said, pytest.approx(0.3))]
    qtbot.mousePress(hold, Qt.MouseButton.LeftButton)
    for step in range(10):
        hold.advance(20.0 + 0.1 * step)
    qtbot.mouseRelease(hold, Qt.MouseButton.LeftButton)
    assert len(told) == 1


def test_what_is_said_of_a_hold_never_makes_it_longer_than_it_was() -> None:
    assert nothing_sent("Let go", 0.6, 0.63) == "Let go after 0.6 s: nothing was sent. Hold 0.8 s."
    assert nothing_sent("Let go", 0.79, 0.81).startswith("Let go after 0.7 s")
    assert nothing_sent("Let go", 0.1, 2.0) == (
        "The window stood still and saw only 0.1 s of the hold: nothing was sent. Hold 0.8 s again."
    )


def test_a_click_does_not_flatten(hold: HoldButton, qtbot: QtBot) -> None:
    fired: list[bool] = []
    hold.fired.connect(lambda: fired.append(True))
    hold.clicked.connect(lambda: fired.append(True))
    qtbot.mouseClick(hold, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    hold.click()
    hold.advance(10.0)
    hold.advance(11.0)
    assert fired == [True]  # that of click(), which nobody listens to


def test_what_is_off_cannot_be_held(hold: HoldButton, qtbot: QtBot) -> None:
    hold.set_off("there is no open position")
    hold.begin()
    assert not hold.held
