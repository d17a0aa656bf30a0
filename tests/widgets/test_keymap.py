"""The table of keys is sound, a key press finds its action, and keys can be changed without a clash."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from widgets.acting.keymap import KEYMAP, RESERVED, Binding, action_of, active, cap, conflicts, is_key, printed
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton

PLAIN, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    """The keymap is one for the whole window: what a test changes ends with it."""
    yield
    active.remap({})


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
        (Qt.Key.Key_V, SHIFT, "veto_more"),
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
        (Qt.Key.Key_Plus, CTRL, "zoom_in"),
        (Qt.Key.Key_Plus, CTRL | SHIFT, "zoom_in"),
        (Qt.Key.Key_Minus, CTRL, "zoom_out"),
        (Qt.Key.Key_D, CTRL | SHIFT, "palette"),
        (Qt.Key.Key_Tab, CTRL, "next_list"),
        (Qt.Key.Key_Backtab, CTRL | SHIFT, "previous_list"),
        (Qt.Key.Key_F12, SHIFT, "scopes"),
        (Qt.Key.Key_1, PLAIN, "veto_reason_1"),
        (Qt.Key.Key_1, CTRL, "page_cockpit"),
        (Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier, "chart_1"),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier, "pan_left"),
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
    assert cap("palette") == "Ctrl ⇧D"
    assert cap("zoom_out") == "Ctrl \u2212"
    assert cap("zoom_in") == "Ctrl +"
    assert cap("scopes") == "⇧F12"


def test_every_cap_is_another_one() -> None:
    caps = [printed(key) for binding in KEYMAP.values() for key in binding.keys if key != "Enter"]
    assert len(set(caps)) == len(caps)
    assert not any(key in RESERVED for binding in KEYMAP.values() for key in binding.keys)


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> str | None:
    return action_of(QKeyEvent(QEvent.Type.KeyPress, key, modifiers))


def test_a_changed_key_acts_and_the_shipped_one_does_no_more() -> None:
    assert active.remap({"veto": ["Ctrl+Q"]}) == []
    assert press(Qt.Key.Key_Q, CTRL) == "veto"
    assert press(Qt.Key.Key_V) is None
    assert cap("veto") == "Ctrl Q"
    assert active.overrides() == {"veto": ("Ctrl+Q",)}


def test_two_actions_can_change_places() -> None:
    assert active.remap({"veto": ["T"], "take_over": ["V"]}) == []
    assert (cap("veto"), cap("take_over")) == ("T", "V")


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"veto": ["T"]}, "Veto the decision that is shown keeps its key: T is the key of “Take over, or hand back”."),
        ({"veto": ["Nonsense"]}, "Veto the decision that is shown keeps its key: 'Nonsense' is no key."),
        ({"veto": []}, "Veto the decision that is shown keeps its key: it was given none."),
        ({"veto": ["Tab"]}, "Veto the decision that is shown keeps its key: Tab is not free: it moves the keyboard"),
        ({"dance": ["Q"]}, "'dance' is no action: remove it."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_the_shipped_key_kept(
    overrides: dict[str, list[str]], said: str
) -> None:
    refused = active.remap({**overrides, "half": ["Ctrl+2", "Ctrl+H"]} if "dance" in overrides else overrides)
    assert said in refused[0]
    assert active.bindings["veto"] == KEYMAP["veto"]
    assert conflicts(active.bindings) == []


def test_of_two_changes_to_one_key_one_is_left_and_the_table_is_sound() -> None:
    refused = active.remap({"veto": ["Q"], "half": ["Q"], "mode": ["Ctrl+Q"]})
    assert len(refused) == 1
    assert conflicts(active.bindings) == []
    assert cap("mode") == "Ctrl Q"
    assert [cap("veto"), cap("half")].count("Q") == 1


def test_a_key_is_refused_where_another_action_has_it() -> None:
    assert active.refusal("veto", "T") == "T is the key of “Take over, or hand back”: give that another one first."
    assert active.refusal("veto", "V") == ""
    assert active.refusal("veto", "Q") == ""
    assert active.refusal("veto", "Tab").startswith("Tab is not free")


def test_the_shipped_table_has_only_keys_that_a_keyboard_has() -> None:
    assert all(is_key(key) for binding in KEYMAP.values() for key in binding.keys)


def test_a_button_wears_the_new_key(look: Look, qtbot: QtBot) -> None:
    button = ActionButton(look, "Veto", key=cap("veto"), hint="veto this decision")
    off = ActionButton(look, "Veto", key=cap("veto"), hint="veto this decision")
    plain = ActionButton(look, "Save", key="V", hint="save")
    for each in (button, off, plain):
        qtbot.addWidget(each)
    off.set_off("nothing is pending")
    active.remap({"veto": ["Ctrl+Q"]})
    assert button.toolTip() == "Veto this decision (Ctrl Q)"
    assert off.toolTip() == "nothing is pending"
    assert plain.toolTip() == "Save (V)"
    off.set_off("")
    assert off.toolTip() == "Veto this decision (Ctrl Q)"
