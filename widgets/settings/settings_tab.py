"""The settings: sections at the left, the form of one at the right; what is changed holds at once and is kept."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from cockpit.frame import Frame
from cockpit.preferences import PreferenceFile
from widgets.paint.theme import Look
from widgets.parts.plain_list import Line, PlainList
from widgets.settings.profile_form import ProfileForm
from widgets.settings.settings_connection import ConnectionForm
from widgets.settings.settings_files import FilesForm
from widgets.settings.settings_keys import KeysForm
from widgets.settings.settings_look import LookForm
from widgets.settings.settings_sounds import SoundsForm

SECTIONS = {
    "profiles": ("Profiles", "shield"),
    "keys": ("Keys", "table"),
    "look": ("Look", "eye"),
    "sounds": ("Sounds", "sound"),
    "connection": ("Connection", "branch"),
    "files": ("About, files", "help"),
}
WIDE_LIST, COMPACT_LIST = 168, 132
MOVING = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space,
)  # fmt: skip


class SettingsTab(QWidget):
    """`changed` carries what is otherwise now: a field of the preferences, already kept.

    `applied` carries a command that puts a profile to use, `hear` the sound to play, `tour` asks for the names of the
    panes.
    """

    changed = Signal(str)
    applied = Signal(object)
    hear = Signal(str)
    tour = Signal()

    def __init__(
        self,
        look: Look,
        preferences: PreferenceFile,
        *,
        places: Sequence[tuple[str, str]] = (),
        played_by: str = "a beep",
    ) -> None:
        super().__init__()
        self._look, self._preferences = look, preferences
        self.sections = PlainList(look, "sections of the settings", row_height=34)
        self.profiles = ProfileForm(look, preferences.now.profile or "")
        self.keys = KeysForm(look, preferences)
        self.looks = LookForm(look, preferences)
        self.sounds = SoundsForm(look, preferences, played_by)
        self.connection = ConnectionForm(look, preferences)
        self.files = FilesForm(look, preferences, places)
        self._stack = QStackedWidget()
        for part in (self.profiles, self.keys, self.looks, self.sounds, self.connection, self.files):
            self._stack.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.measures.gap)
        row.addWidget(self.sections)
        row.addWidget(self._stack, 1)
        self.sections.show_lines([Line(name, icon=icon) for name, icon in SECTIONS.values()])
        self.sections.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.profiles.applied.connect(self.applied.emit)
        self.profiles.shown.connect(self._shown)
        for part in (self.keys, self.looks, self.sounds, self.connection, self.files):
            part.changed.connect(self._changed)
        self.sounds.hear.connect(self.hear.emit)
        self.looks.tour.connect(self.tour.emit)
        self.sections.choose(0)
        self.setFocusProxy(self.sections)
        self.set_measures()

    @property
    def section(self) -> str:
        """The section that is shown."""
        return list(SECTIONS)[self._stack.currentIndex()]

    def open(self, section: str) -> None:
        """Show that section. Raises ValueError for one that is not there."""
        self.sections.choose(list(SECTIONS).index(section))

    def set_measures(self) -> None:
        """Take the widths of the look again."""
        self.sections.setFixedWidth(COMPACT_LIST if self._look.compact else WIDE_LIST)
        self.profiles.set_measures()

    def show_frame(self, frame: Frame) -> None:
        """What is open, for applying a profile to it."""
        self.profiles.show_positions(frame.positions, frame.profiles)

    def refresh(self) -> None:
        """Show the preferences as they are, when they were changed elsewhere."""
        for part in (self.keys, self.looks, self.sounds, self.connection, self.files):
            part.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that move within a form are not the cockpit's, even where the form has no use for them."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if not (plain and event.key() in MOVING):
            super().keyPressEvent(event)

    def _shown(self, name: str) -> None:
        self._preferences.change(profile=name)

    def _changed(self, what: str) -> None:
        self.files.refresh()
        self.changed.emit(what)
