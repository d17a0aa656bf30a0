"""About the cockpit in the settings: its version, where its files lie, and a file that could not be read."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout

from cockpit import __version__
from cockpit.preferences import PreferenceFile
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.form_row import INSET, in_line
from widgets.parts.plain_list import Line, PlainList
from widgets.parts.words import Ground, Words

HINT = "Enter copies the path of a file."


class FilesForm(Ground):
    """`changed` says that preferences which could not be kept are kept now."""

    changed = Signal(str)

    def __init__(self, look: Look, preferences: PreferenceFile, places: Sequence[tuple[str, str]]) -> None:
        """`places` are names and paths, the preferences' own is added."""
        super().__init__(look)
        self._preferences = preferences
        own = str(preferences.path) if preferences.path is not None else "kept in memory alone"
        self._places = (("Preferences", own), *places)
        self.trouble = Words(look, token="loss", inset=INSET)
        self.aside = ActionButton(look, "Set it aside", hint="give that file another name and begin a new one")
        self.list = PlainList(look, "files", row_height=26)
        self.list.show_lines([Line(name, below=path) for name, path in self._places])
        self.said = Words(look, HINT, inset=INSET)
        self._aside = in_line(look, self.aside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 8)
        column.setSpacing(6)
        column.addWidget(Words(look, f"Cockpit {__version__}", px=15, weight=600, token="t1", inset=INSET))
        for part in (self.trouble, self._aside):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        column.addWidget(self.said)
        self.list.entered.connect(self._copy)
        self.aside.clicked.connect(self._set_aside)
        self.refresh()

    def refresh(self) -> None:
        """Say what is wrong with the file of the preferences, if anything is."""
        self.trouble.say(self._preferences.trouble)
        self._aside.setVisible(self._preferences.refused)

    def _copy(self, row: int) -> None:
        name, path = self._places[row]
        QGuiApplication.clipboard().setText(path)
        self.said.say(f"{name}: the path is on the clipboard.")

    def _set_aside(self) -> None:
        self._preferences.set_aside()
        self.refresh()
        self.changed.emit("file")
