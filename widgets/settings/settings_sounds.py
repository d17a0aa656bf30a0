"""The sounds in the settings: all of them, each of them, and how each sounds."""

from functools import partial

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cockpit.preferences import PreferenceFile, SoundPreferences
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.fields import Switch
from widgets.parts.form_row import INSET, FormRow, form, in_line
from widgets.parts.words import Ground, Words

EVENTS = {
    "decision": ("A decision waits", "An exit will happen unless you object."),
    "fill": ("A fill", "An order was executed, in part or whole."),
    "blind": ("A position is blind", "At once, and again every 10 s until you silence it."),
    "refusal": ("A refusal", "What you asked for was not done."),
}


class HeardSwitch(QWidget):
    """A switch, and beside it the button that lets one hear what it is about."""

    edited = Signal(object)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.switch = Switch(look, name)
        self.hear = ActionButton(look, "Hear it", hint=f"hear: {name.lower()}")
        self.setFocusProxy(self.switch)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.switch)
        row.addWidget(self.hear)
        self.switch.edited.connect(self.edited.emit)

    def show_value(self, value: object) -> None:
        """On or off."""
        self.switch.show_value(value)

    def set_bad(self, bad: bool) -> None:
        """A switch is never refused."""


class SoundsForm(Ground):
    """`changed` says that other sounds are wanted; `hear` carries the one to play now."""

    changed = Signal(str)
    hear = Signal(str)

    def __init__(self, look: Look, preferences: PreferenceFile, played_by: str) -> None:
        """`played_by` names what plays them, in words."""
        super().__init__(look)
        self._preferences = preferences
        self.rows: dict[str, FormRow] = {"on": FormRow(look, "Sounds", Switch(look), help="All of them, on or off.")}
        self.tests: dict[str, ActionButton] = {}
        parts: list[QWidget] = [Words(look, "Sounds", px=15, weight=600, token="t1", inset=INSET), self.rows["on"]]
        for event, (name, help) in EVENTS.items():
            field = HeardSwitch(look, name)
            field.hear.clicked.connect(partial(self._hear, event))
            self.tests[event] = field.hear
            self.rows[event] = FormRow(look, name, field, help=help)
            parts.append(self.rows[event])
        self.reset = ActionButton(look, "As shipped", hint="all of these as they were shipped")
        self.reset.clicked.connect(self._reset)
        parts += [Words(look, f"Played by {played_by}.", inset=INSET), in_line(look, self.reset)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form(look, *parts))
        for key, row in self.rows.items():
            row.edited.connect(partial(self.choose, key))
        self.refresh()

    def choose(self, key: str, value: object) -> None:
        """On or off: kept, and told."""
        self._put(msgspec.structs.replace(self._preferences.now.sounds, **{key: value}))

    def refresh(self) -> None:
        """Show the preferences as they are."""
        for key, row in self.rows.items():
            row.show_value(getattr(self._preferences.now.sounds, key))

    def _hear(self, event: str) -> None:
        self.hear.emit(event)

    def _reset(self) -> None:
        self._put(SoundPreferences())

    def _put(self, sounds: SoundPreferences) -> None:
        self._preferences.change(sounds=sounds)
        self.refresh()
        self.changed.emit("sounds")
