"""The rules of a profile in order of precedence: moved, taken out and put in by button or key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from cockpit.exits.registry import RULES
from cockpit.profile_draft import Complaint, Draft
from widgets.paint import format as fmt
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.picker import Picker
from widgets.parts.plain_list import Line, PlainList
from widgets.parts.words import Ground

BINDINGS = {"mandatory": "lock", "immediate": "bolt", "vetoable": "hand", "advisory": "eye"}
ADD = "Add a rule …"


class ProfileRules(Ground):
    """The first line is the profile's own head. `chosen` carries the rule, "" for the head; the others what is asked
    of the draft: a rule and by how much it moves, one to take out, one to put in.
    """

    chosen = Signal(str)
    moved = Signal(str, int)
    removed = Signal(str)
    added = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._rules: list[str] = []
        self._read_only = True
        self.list = PlainList(look, "rules in order of precedence", row_height=28)
        self.earlier = ActionButton(look, "↑", hint="the rule comes earlier (Alt ↑)")
        self.later = ActionButton(look, "↓", hint="the rule comes later (Alt ↓)")
        self.out = ActionButton(look, "Take out", key="Del", hint="the profile no longer asks this rule")
        self.more = Picker(look, "add a rule")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addWidget(self.list, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 0, 8, 0)
        buttons.setSpacing(4)
        for button in (self.earlier, self.later, self.out):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        adding = QHBoxLayout()
        adding.setContentsMargins(8, 0, 8, 0)
        adding.addWidget(self.more)
        column.addLayout(adding)
        self.list.currentRowChanged.connect(self._chosen)
        self.earlier.clicked.connect(lambda: self._move(-1))
        self.later.clicked.connect(lambda: self._move(+1))
        self.out.clicked.connect(self._remove)
        self.more.activated.connect(self._add)

    @property
    def current(self) -> str:
        """The rule that is chosen; "" is the profile itself."""
        row = self.list.currentRow()
        return self._rules[row - 1] if 1 <= row <= len(self._rules) else ""

    def choose(self, rule: str) -> None:
        """Make that rule current."""
        self.list.choose(self._rules.index(rule) + 1 if rule in self._rules else 0)

    def show_draft(self, draft: Draft, complaint: Complaint | None, *, read_only: bool) -> None:
        """The rules as they are; what is wrong or changed is marked."""
        kept = self.current
        self._rules, self._read_only = draft.rules, read_only
        wrong = complaint.rule if complaint is not None else None
        lines = [Line("The profile itself", icon="settings", marked=draft.changed(""), token=_tone(wrong == ""))]
        for place, rule in enumerate(self._rules, 1):
            binding = draft.value(rule, "binding")
            lines.append(
                Line(fmt.title(rule), right=f"{place}", icon=BINDINGS.get(binding, "eye"), marked=draft.changed(rule),
                     token=_tone(wrong == rule))
            )  # fmt: skip
        self.list.show_lines(lines)
        if kept != self.current:
            self.choose(kept)
        self._offer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves the rule, Delete takes it out."""
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(-1 if event.key() == Qt.Key.Key_Up else +1)
        elif event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)

    def _offer(self) -> None:
        why = "a shipped profile is not changed" if self._read_only else "" if self.current else "no rule is chosen"
        for button in (self.earlier, self.later, self.out):
            button.set_off(why)
        self.more.clear()
        self.more.addItem(ADD)
        self.more.addItems([fmt.title(rule) for rule in RULES if rule not in self._rules])
        self.more.setEnabled(not self._read_only and self.more.count() > 1)

    def _chosen(self) -> None:
        self._offer()
        self.chosen.emit(self.current)

    def _move(self, by: int) -> None:
        if self.current and not self._read_only:
            self.moved.emit(self.current, by)

    def _remove(self) -> None:
        if self.current and not self._read_only:
            self.removed.emit(self.current)

    def _add(self, index: int) -> None:
        if index > 0:
            self.added.emit([rule for rule in RULES if rule not in self._rules][index - 1])


def _tone(wrong: bool) -> str:
    return "loss" if wrong else "t1"
