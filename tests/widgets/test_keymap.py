"""The table of keys is sound, and a key press finds its action."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from widgets.keymap import KEYMAP, Binding, action_of, cap, conflicts

PLAIN, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def test_no_key_means_two_things() -> None:
    assert conflicts(KEYMAP) == []


def test_conflicts_unknown_keys_and_actions_without_one_are_found() -> None:
    keymap = {
        "one": Binding("x", ("V", "Nonsense"), ""),
        "two": Binding("x", ("V",), ""),
        "three": Binding("x", (), ""),
    }
    assert conflicts(keymap) == ["V is used 2 times", "Nonsense is no key", "three has no key"]


@pytest.mark.parametrize(
    ("key", "modifiers", "action"),
    [
        (Qt.Key.Key_F1, PLAIN, "quarter"),
        (Qt.Key.Key_F12, PLAIN, "flatten"),
        (Qt.Key.Key_V, PLAIN, "veto"),
        (Qt.Key.Key_V, SHIFT, None),
        (Qt.Key.Key_V, CTRL, None),
        (Qt.Key.Key_Return, PLAIN, "go"),
        (Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, "go"),
        (Qt.Key.Key_Up, CTRL, "stop_up"),
        (Qt.Key.Key_Up, SHIFT, "previous_decision"),
        (Qt.Key.Key_Up, PLAIN, "up"),
        (Qt.Key.Key_Question, SHIFT, "keys"),
        (Qt.Key.Key_Plus, SHIFT, "faster"),
        (Qt.Key.Key_Plus, Qt.KeyboardModifier.KeypadModifier, "faster"),
        (Qt.Key.Key_Equal, PLAIN, "faster"),
        (Qt.Key.Key_Minus, PLAIN, "slower"),
        (Qt.Key.Key_Space, PLAIN, "play"),
        (Qt.Key.Key_Period, PLAIN, "step"),
        (Qt.Key.Key_D, CTRL, "theme"),
        (Qt.Key.Key_Escape, PLAIN, "close"),
        (Qt.Key.Key_A, PLAIN, "alerts"),
        (Qt.Key.Key_Q, PLAIN, None),
        (Qt.Key.Key_Shift, SHIFT, None),
    ],
)
def test_a_key_press_finds_its_action(key: Qt.Key, modifiers: Qt.KeyboardModifier, action: str | None) -> None:
    assert action_of(QKeyEvent(QEvent.Type.KeyPress, key, modifiers)) == action


def test_caps_are_what_is_printed_on_keys() -> None:
    assert cap("quarter") == "F1"
    assert cap("go") == "⏎"
    assert cap("stop_up") == "Ctrl ↑"
