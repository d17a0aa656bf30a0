"""Every key of the window: one table from action to keys and what it says about itself."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence


class Binding(NamedTuple):
    """The keys of an action, the first one shown on buttons, and its line in the overlay."""

    group: str
    keys: tuple[str, ...]
    text: str


LEAVE, LEAD, DECIDE, LOOK, PLAY = "Take off", "Lead", "Decide", "Look", "Playback"
KEYMAP: dict[str, Binding] = {
    "quarter": Binding(LEAVE, ("F1",), "take a quarter of the selected position off"),
    "half": Binding(LEAVE, ("F2",), "take half off"),
    "sixty": Binding(LEAVE, ("F3",), "take 60 % off"),
    "all": Binding(LEAVE, ("F4",), "take all of it off"),
    "flatten": Binding(LEAVE, ("F12",), "hold for 0.8 s: leave every position"),
    "veto": Binding(DECIDE, ("V",), "veto the decision that is shown"),
    "go": Binding(DECIDE, ("Return", "Enter"), "let it act now"),
    "undo_veto": Binding(DECIDE, ("Z",), "take the last veto back"),
    "previous_decision": Binding(DECIDE, ("Shift+Up",), "show the decision before"),
    "next_decision": Binding(DECIDE, ("Shift+Down",), "show the next decision"),
    "take_over": Binding(LEAD, ("T",), "take the position over, or hand it back"),
    "mode": Binding(LEAD, ("M",), "mode: automatic, confirm, observe"),
    "break_even": Binding(LEAD, ("B",), "move the stop to break-even"),
    "stop_up": Binding(LEAD, ("Ctrl+Up",), "move the stop up by one tick"),
    "stop_down": Binding(LEAD, ("Ctrl+Down",), "move the stop down by one tick"),
    "session": Binding(LEAD, ("H",), "halt the session, or make it active again"),
    "up": Binding(LOOK, ("Up", "K"), "select the position above"),
    "down": Binding(LOOK, ("Down", "J"), "select the position below"),
    "follow": Binding(LOOK, ("End",), "chart: follow the newest price"),
    "close": Binding(LOOK, ("Esc",), "hide these keys, or a message"),
    "alerts": Binding(LOOK, ("A",), "the alerts have been seen"),
    "theme": Binding(LOOK, ("Ctrl+D",), "dark or light"),
    "keys": Binding(LOOK, ("?",), "show or hide these keys"),
    "play": Binding(PLAY, ("Space",), "play or pause"),
    "step": Binding(PLAY, (".",), "one step"),
    "faster": Binding(PLAY, ("+", "="), "faster"),
    "slower": Binding(PLAY, ("-",), "slower"),
    "slow": Binding(PLAY, ("S",), "slow to ×1 while a decision waits: on, off"),
}
CAPS = {
    "Return": "⏎",
    "Up": "↑",
    "Down": "↓",
    "Shift+Up": "⇧↑",
    "Shift+Down": "⇧↓",
    "Ctrl+Up": "Ctrl ↑",
    "Ctrl+Down": "Ctrl ↓",
    "Ctrl+D": "Ctrl D",
    "Space": "space",
    "-": "\u2212",
}


def conflicts(keymap: Mapping[str, Binding]) -> list[str]:
    """The keys that two actions claim, or that no keyboard has; empty when the table is sound."""
    used = Counter(key for binding in keymap.values() for key in binding.keys)
    twice = [f"{key} is used {count} times" for key, count in used.items() if count > 1]
    unknown = [f"{key} is no key" for key in used if QKeySequence(key).toString() != key]
    empty = [f"{action} has no key" for action, binding in keymap.items() if not binding.keys]
    return twice + unknown + empty


def cap(action: str, keymap: Mapping[str, Binding] = KEYMAP) -> str:
    """What is printed on the key of an action."""
    key = keymap[action].keys[0]
    return CAPS.get(key, key)


def pressed(event: QKeyEvent) -> str:
    """The key of an event as the table writes it; Shift is part of a symbol (?), of letters and arrows it is not."""
    key = event.key()
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if Qt.Key.Key_Space < key < Qt.Key.Key_AsciiTilde and not Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(key))).toString(QKeySequence.SequenceFormat.PortableText)


def action_of(event: QKeyEvent, keymap: Mapping[str, Binding] = KEYMAP) -> str | None:
    """The action that the pressed key stands for."""
    word = pressed(event)
    return next((action for action, binding in keymap.items() if word in binding.keys), None)
