"""The keymap editor: every action with its key, changed by pressing the new one; a clash is refused in words."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from cockpit.preferences import PreferenceFile
from widgets.acting.keymap import KEYMAP, active, pressed, printed, title
from widgets.keys_overlay import shown_keys
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.fields import LineField
from widgets.parts.form_row import INSET, in_line
from widgets.parts.plain_list import Line, PlainList
from widgets.parts.words import Ground, Words

MODIFIERS = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
)  # fmt: skip
WIDEST = 720
HINT = "Enter, then the new key. Backspace gives the shipped key back."


class KeyList(PlainList):
    """While it listens, the next key is the answer, whatever it means elsewhere; `heard` carries it."""

    heard = Signal(str)
    given_back = Signal()
    listening = False

    def __init__(self, look: Look) -> None:
        super().__init__(look, "actions and their keys", row_height=26)

    def event(self, event: QEvent) -> bool:
        """Tab too is an answer while it listens, and no other widget's shortcut comes first."""
        if self.listening and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The key that was asked for; else Enter asks, Backspace resets, arrows move."""
        if self.listening:
            if event.key() not in MODIFIERS and not event.isAutoRepeat():
                self.heard.emit(pressed(event))
            event.accept()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.given_back.emit()
        else:
            super().keyPressEvent(event)


class KeysForm(Ground):
    """`changed` is emitted when keys are others now: they are in force and kept already."""

    changed = Signal(str)

    def __init__(self, look: Look, preferences: PreferenceFile) -> None:
        super().__init__(look)
        self._preferences = preferences
        self._actions: list[str] = []
        self.filter = LineField(look, width=260, wants="find an action or a key")
        self.list = KeyList(look)
        self.said = Words(look, HINT, inset=INSET)
        self.change = ActionButton(look, "Change", key="⏎", hint="press another key for this action")
        self.reset = ActionButton(look, "Shipped key", key="⌫", hint="give this action its shipped key back")
        self.reset_all = ActionButton(look, "All as shipped", hint="every action has its shipped key again")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 8)
        column.setSpacing(6)
        column.addWidget(Words(look, "Keys", px=15, weight=600, token="t1", inset=INSET))
        column.addWidget(in_line(look, self.filter))
        self.list.setMaximumWidth(WIDEST)  # a key far from its action is read a line too high
        column.addWidget(self.list, 1)
        column.addWidget(self.said)
        column.addWidget(in_line(look, self.change, self.reset, self.reset_all))
        self.filter.setAccessibleName("find an action or a key")
        self.filter.textChanged.connect(self.refresh)
        self.list.entered.connect(self.listen)
        self.list.heard.connect(self._heard)
        self.list.given_back.connect(self._reset_one)
        self.list.currentRowChanged.connect(self._moved)
        self.change.clicked.connect(self._ask)
        self.reset.clicked.connect(self._reset_one)
        self.reset_all.clicked.connect(self._reset_all)
        active.changed.connect(self.refresh)
        self.refresh()

    @property
    def action(self) -> str:
        """The action that is chosen; empty while none is."""
        row = self.list.currentRow()
        return self._actions[row] if 0 <= row < len(self._actions) else ""

    def choose(self, action: str) -> None:
        """Make that action current."""
        if action in self._actions:
            self.list.choose(self._actions.index(action))

    def refresh(self) -> None:
        """Show the keys as they are, of the actions that the filter lets through."""
        wanted = self.filter.text().strip().casefold()
        lines: list[Line] = []
        kept, self._actions = self.action, []
        group = ""
        for action, binding in active.bindings.items():
            caps = tuple(printed(key) for key in shown_keys(binding))
            told = " ".join((binding.group, binding.text, *caps, *binding.keys)).casefold()
            if wanted and wanted not in told:
                continue
            if binding.group != group:
                group = binding.group
                lines.append(Line(group, head=True))
                self._actions.append("")
            changed = binding.keys != KEYMAP[action].keys
            lines.append(Line(title(action), caps=caps, marked=changed))
            self._actions.append(action)
        self.list.show_lines(lines)
        self.choose(kept)
        self._offer()

    def listen(self) -> None:
        """The next key is the action's."""
        if self.action:
            self.list.listening = True
            self.list.setFocus()
            self.said.say(f"{title(self.action)}: press the new key. Esc leaves it as it is.", "accent")

    def _ask(self) -> None:
        self.listen()

    def _heard(self, key: str) -> None:
        self.list.listening = False
        action = self.action
        if key == "Esc":
            self.said.say(HINT, "t2")
        elif refused := active.refusal(action, key):
            self.said.say(refused, "loss")
        else:
            self._put({**active.overrides(), action: (key,)})
            self.said.say(f"{title(action)}: {printed(key)}.", "t2")

    def _put(self, overrides: dict[str, tuple[str, ...]]) -> bool:
        """Whether these keys could be put in force; then they are kept."""
        before = active.overrides()
        refused = active.remap(overrides)
        if refused:
            active.remap(before)
            self.said.say(refused[0], "loss")
            return False
        self._preferences.change(keys={action: list(keys) for action, keys in active.overrides().items()})
        self.changed.emit("keys")
        return True

    def _reset_one(self) -> None:
        action = self.action
        if action in active.overrides():
            rest = {each: keys for each, keys in active.overrides().items() if each != action}
            holder = next((active.action_of(key) for key in KEYMAP[action].keys if active.action_of(key)), None)
            if holder is not None and holder != action:
                self.said.say(f"{printed(KEYMAP[action].keys[0])} is the key of “{title(holder)}” now.", "loss")
            elif self._put(rest):
                self.said.say(f"{title(action)} has its shipped key again.", "t2")

    def _reset_all(self) -> None:
        if self._put({}):
            self.said.say("Every action has its shipped key.", "t2")

    def _moved(self) -> None:
        self.list.listening = False
        self.said.say(HINT, "t2")
        self._offer()

    def _offer(self) -> None:
        changed = active.overrides()
        self.change.set_off("" if self.action else "no action is chosen")
        self.reset.set_off("" if self.action in changed else "it has its shipped key")
        self.reset_all.set_off("" if changed else "every action has its shipped key")
