"""Every key of the window: one table from action to keys, and the same table as the trader has changed it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence


class Binding(NamedTuple):
    """The keys of an action, the first one shown on buttons, and its line in the overlay."""

    group: str
    keys: tuple[str, ...]
    text: str


LEAVE, DECIDE, LEAD, ENTER, LIVE = "Take off", "Decide", "Lead", "Open", "Live broker"
LOOK, TABS, CHART, PLAY, WINDOW = "Look", "Tabs", "Charts", "Playback", "Window"
KEYMAP: dict[str, Binding] = {
    "quarter": Binding(LEAVE, ("F1",), "take a quarter off"),
    "half": Binding(LEAVE, ("F2",), "take half off"),
    "sixty": Binding(LEAVE, ("F3",), "take 60 % off"),
    "all": Binding(LEAVE, ("F4",), "take all of it off"),
    "number": Binding(LEAVE, ("N",), "take n contracts off: asks how many"),
    "cancel": Binding(LEAVE, ("X",), "cancel its exit, or no to what asks"),
    "flatten": Binding(LEAVE, ("F12",), "hold for 0.8 s: leave everything"),
    "scopes": Binding(LEAVE, ("Shift+F12",), "leave all, winners, losers, one name"),
    "veto": Binding(DECIDE, ("V",), "veto the decision that is shown"),
    "veto_more": Binding(DECIDE, ("Shift+V",), "veto: how long, and why"),
    "veto_reason_1": Binding(DECIDE, ("1",), "vetoed because the data are bad"),
    "veto_reason_2": Binding(DECIDE, ("2",), "vetoed because of the trend"),
    "veto_reason_3": Binding(DECIDE, ("3",), "vetoed because of news"),
    "undo_veto": Binding(DECIDE, ("Z",), "take the last veto or hold back"),
    "go": Binding(DECIDE, ("Return", "Enter"), "let it act now, or confirm it"),
    "hold_until": Binding(DECIDE, ("U",), "hold until a time"),
    "previous_decision": Binding(DECIDE, ("Shift+Up",), "the decision before"),
    "next_decision": Binding(DECIDE, ("Shift+Down",), "the next decision"),
    "take_over": Binding(LEAD, ("T",), "take over, or hand back"),
    "mode": Binding(LEAD, ("M",), "automatic, confirm, observe"),
    "break_even": Binding(LEAD, ("B",), "move the stop to break-even"),
    "stop_up": Binding(LEAD, ("Ctrl+Up",), "move the stop up by one tick"),
    "stop_down": Binding(LEAD, ("Ctrl+Down",), "move the stop down by one tick"),
    "stop_price": Binding(LEAD, ("P",), "type a price for the stop"),
    "session": Binding(LEAD, ("H",), "halt the session, or go on"),
    "cooldown": Binding(LEAD, ("Ctrl+R",), "end the cooldown, with a reason"),
    "buy": Binding(ENTER, ("Ctrl+B",), "ticket: buy the marked contract"),
    "sell": Binding(ENTER, ("Ctrl+S",), "ticket: sell the marked contract"),
    "submit": Binding(ENTER, ("Ctrl+Return",), "send the ticket"),
    "arm": Binding(LIVE, ("Ctrl+Shift+A",), "arm: type the account code"),
    "kill": Binding(LIVE, ("Ctrl+F12",), "kill switch: halt, cancel all, leave"),
    "reconcile": Binding(LIVE, ("Ctrl+G",), "compare with the broker now"),
    "up": Binding(LOOK, ("Up", "K"), "select the position above"),
    "down": Binding(LOOK, ("Down", "J"), "select the position below"),
    "alerts": Binding(LOOK, ("A",), "the alerts have been seen"),
    "next_list": Binding(LOOK, ("Ctrl+Tab",), "ledger, orders, alerts, log"),
    "previous_list": Binding(LOOK, ("Ctrl+Shift+Tab",), "the same, backwards"),
    "search": Binding(LOOK, ("Ctrl+F",), "search in the list"),
    "columns": Binding(LOOK, ("Ctrl+K",), "choose the columns of the grid"),
    "page_cockpit": Binding(TABS, ("Ctrl+1",), "cockpit"),
    "page_journal": Binding(TABS, ("Ctrl+2",), "journal"),
    "page_settings": Binding(TABS, ("Ctrl+3",), "settings"),
    "page_chain": Binding(TABS, ("C",), "chain, to open a position from"),
    "reload": Binding(TABS, ("R",), "journal: read it again"),
    "export": Binding(TABS, ("Ctrl+E",), "journal: export what is listed"),
    "chart_1": Binding(CHART, ("Alt+1",), "the first chart"),
    "chart_2": Binding(CHART, ("Alt+2",), "the second chart"),
    "chart_3": Binding(CHART, ("Alt+3",), "the third chart"),
    "chart_4": Binding(CHART, ("Alt+4",), "the fourth chart"),
    "follow": Binding(CHART, ("End",), "follow the newest price"),
    "zoom_in": Binding(CHART, ("Ctrl++", "Ctrl+="), "less time, larger"),
    "zoom_out": Binding(CHART, ("Ctrl+-",), "more time, smaller"),
    "pan_left": Binding(CHART, ("Alt+Left",), "earlier"),
    "pan_right": Binding(CHART, ("Alt+Right",), "later"),
    "table": Binding(CHART, ("Alt+T",), "show the chart as a table"),
    "play": Binding(PLAY, ("Space",), "play or pause"),
    "step": Binding(PLAY, (".",), "one step"),
    "faster": Binding(PLAY, ("+", "="), "faster"),
    "slower": Binding(PLAY, ("-",), "slower"),
    "again": Binding(PLAY, ("Ctrl+Space",), "at the end: play it again"),
    "slow": Binding(PLAY, ("S",), "slow to ×1 while a decision waits"),
    "theme": Binding(WINDOW, ("Ctrl+D",), "dark or light"),
    "palette": Binding(WINDOW, ("Ctrl+Shift+D",), "the next palette"),
    "mute": Binding(WINDOW, ("Ctrl+M",), "sounds on or off"),
    "layout": Binding(WINDOW, ("Ctrl+L",), "arrange the panes"),
    "reset_layout": Binding(WINDOW, ("Ctrl+Shift+R",), "put the panes back"),
    "close": Binding(WINDOW, ("Esc",), "hide these keys, or a message"),
    "tour": Binding(WINDOW, ("Shift+F1",), "name the panes"),
    "keys": Binding(WINDOW, ("?",), "show or hide these keys"),
}
PRINTED = {
    "Return": "⏎", "Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "Space": "space", "-": "\u2212", "Ctrl": "Ctrl ",
    "Alt": "Alt ", "Meta": "Meta ", "Shift": "⇧",
}  # fmt: skip
RESERVED = {
    "Tab": "it moves the keyboard from one control to the next",
    "Shift+Tab": "it moves the keyboard from one control to the one before",
}


def conflicts(keymap: Mapping[str, Binding]) -> list[str]:
    """The keys that two actions claim, or that no keyboard has; empty when the table is sound."""
    used = Counter(key for binding in keymap.values() for key in binding.keys)
    twice = [f"{key} is used {count} times" for key, count in used.items() if count > 1]
    unknown = [f"{key} is no key" for key in used if not is_key(key)]
    empty = [f"{action} has no key" for action, binding in keymap.items() if not binding.keys]
    return twice + unknown + empty


def is_key(word: str) -> bool:
    """Whether that is one key as the table writes keys."""
    sequence = QKeySequence(word)
    return sequence.count() == 1 and sequence.toString() == word


def printed(key: str) -> str:
    """A key as its cap shows it: `Ctrl+Shift+D` is Ctrl ⇧D."""
    modifiers, plus, last = key[:-1].rpartition("+")
    parts = [*(modifiers.split("+") if plus else ()), last + key[-1:]]
    return "".join(PRINTED.get(part, part) for part in parts)


class Cap(str):
    """What is printed on the key of `action`: a button that wears it wears the new one when the keymap changes."""

    __slots__ = ("action",)
    action: str

    def __new__(cls, action: str, key: str) -> "Cap":
        made = super().__new__(cls, printed(key))
        made.action = action
        return made


class ActiveKeymap(QObject):
    """The shipped table with the trader's own keys in it; `changed` says that caps are others now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bindings: Mapping[str, Binding] = KEYMAP
        self._actions: dict[str, str] = _by_key(KEYMAP)

    def remap(self, overrides: Mapping[str, Iterable[str]]) -> list[str]:
        """Put these keys in the place of the shipped ones; a sentence for each that is refused.

        Where keys clash, those of `overrides` give way, so that what is left is sound whatever a file says.
        """
        wanted = {action: tuple(dict.fromkeys(keys)) for action, keys in overrides.items()}
        refused = [f"{a!r} is no action: remove it." for a in wanted if a not in KEYMAP]
        for action in [a for a in wanted if a in KEYMAP]:
            said = next((said for key in wanted[action] if (said := wrong_key(key))), "")
            if said or not wanted[action]:
                refused.append(f"{title(action)} keeps its key: {said or 'it was given none'}.")
                del wanted[action]
        made = _with(wanted)
        while clashing := _clashes(made, wanted):
            action, key, other = clashing[0]
            refused.append(f"{title(action)} keeps its key: {printed(key)} is the key of “{title(other)}”.")
            del wanted[action]
            made = _with(wanted)
        self.bindings, self._actions = made, _by_key(made)
        self.changed.emit()
        return refused

    def refusal(self, action: str, key: str) -> str:
        """Why that key cannot be the action's, in words; empty when it can."""
        other = self._actions.get(key)
        if said := wrong_key(key):
            return f"{said[:1].upper()}{said[1:]}."
        if other is not None and other != action:
            return f"{printed(key)} is the key of “{title(other)}”: give that another one first."
        return ""

    def overrides(self) -> dict[str, tuple[str, ...]]:
        """What differs from the shipped table: for the preferences."""
        return {action: b.keys for action, b in self.bindings.items() if b.keys != KEYMAP[action].keys}

    def action_of(self, word: str) -> str | None:
        """The action of a key as the table writes it."""
        return self._actions.get(word)


def title(action: str) -> str:
    """What an action does, as a name that begins a sentence."""
    text = KEYMAP[action].text
    return f"{text[:1].upper()}{text[1:]}"


def wrong_key(key: str) -> str:
    """Why no action may have that key, whatever the others have; empty when one may."""
    if key in RESERVED:
        return f"{printed(key)} is not free: {RESERVED[key]}"
    return "" if is_key(key) else f"{key!r} is no key"


def _with(overrides: Mapping[str, tuple[str, ...]]) -> dict[str, Binding]:
    return {a: b._replace(keys=overrides[a]) if a in overrides else b for a, b in KEYMAP.items()}


def _by_key(bindings: Mapping[str, Binding]) -> dict[str, str]:
    return {key: action for action, binding in bindings.items() for key in binding.keys}


def _clashes(bindings: Mapping[str, Binding], overrides: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """(overridden action, key, the other action that has it)."""
    holders: dict[str, list[str]] = {}
    for action, binding in bindings.items():
        for key in binding.keys:
            holders.setdefault(key, []).append(action)
    return [
        (action, key, next(each for each in found if each != action))
        for key, found in holders.items()
        if len(set(found)) > 1
        for action in found
        if action in overrides
    ]


active = ActiveKeymap()


def cap(action: str) -> Cap:
    """What is printed on the key of an action now."""
    return Cap(action, active.bindings[action].keys[0])


def pressed(event: QKeyEvent) -> str:
    """The key of an event as the table writes it; Shift is part of a symbol (?), of letters and arrows it is not."""
    key = event.key()
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if Qt.Key.Key_Space < key < Qt.Key.Key_AsciiTilde and not Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    if key == Qt.Key.Key_Backtab:  # what Qt makes of Shift and Tab
        key, modifiers = Qt.Key.Key_Tab, modifiers | Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(key))).toString(QKeySequence.SequenceFormat.PortableText)


def action_of(event: QKeyEvent) -> str | None:
    """The action that the pressed key stands for."""
    return active.action_of(pressed(event))
