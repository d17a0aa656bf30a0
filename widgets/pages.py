"""The pages beside the rail, each made when it is first opened, and what they ask of the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from cockpit.frame import Frame
from cockpit.preferences import PreferenceFile
from widgets.acting.dispatch import Dispatch
from widgets.paint.theme import Look
from widgets.parts.link import trades

if TYPE_CHECKING:
    from cockpit.review import Reader
    from widgets.chain.chain_tab import ChainTab
    from widgets.journal.journal_tab import JournalTab
    from widgets.parts.jobs import Submit
    from widgets.settings.settings_tab import SettingsTab

WITHOUT_JOURNAL = "There is no journal to read yet: it comes with the session."


class NotThere(Exception):
    """A page that cannot be shown now, and why, in a sentence."""


class Pages(QStackedWidget):
    """Cockpit, chain, journal and settings.

    `pressed` carries an action of the keymap, `said` a sentence, `changed` a field of the preferences, `applied` a
    command, `hear` a sound, `tour` the wish to have the panes named.
    """

    pressed = Signal(str)
    said = Signal(str)
    changed = Signal(str)
    applied = Signal(object)
    hear = Signal(str)
    tour = Signal()

    def __init__(self, look: Look, dispatch: Dispatch, preferences: PreferenceFile, cockpit: QWidget) -> None:
        super().__init__()
        self._look, self._dispatch, self._preferences = look, dispatch, preferences
        self._journal: tuple[Reader, Submit] | None = None
        self._frame: Frame | None = None
        self._closed = -1  # round trips of the session when the journal was last read
        self.places: tuple[tuple[str, str], ...] = ()
        self.played_by = "a beep"
        self.chain: ChainTab | None = None
        self.journal: JournalTab | None = None
        self.settings: SettingsTab | None = None
        self._makers: dict[str, Callable[[], QWidget]] = {
            "chain": self._make_chain,
            "journal": self._make_journal,
            "settings": self._make_settings,
        }
        self._made: dict[str, QWidget] = {"cockpit": cockpit}
        self.addWidget(cockpit)
        self.current = "cockpit"

    def set_journal(self, reader: "Reader", submit: "Submit") -> None:
        """Where the round trips are read, and who waits for them."""
        self._journal = (reader, submit)

    def show_page(self, name: str) -> None:
        """Bring that page to the front. Raises whatever making it raises, and then nothing has changed."""
        page = self._made.get(name)
        if page is None:
            page = self._made[name] = self._makers[name]()
            self.addWidget(page)
        before, self.current = self.current, name
        if before == "chain" and self.chain is not None:
            self.chain.closed()
        self.setCurrentWidget(page)
        if name == "chain" and self.chain is not None:
            self.chain.opened(self._underlying())
        elif name == "journal" and self.journal is not None:
            self.journal.reload()
            self.journal.table.setFocus()
        elif name == "settings":
            page.setFocus()
        else:
            self.window().setFocus()

    def show_frame(self, frame: Frame, now_s: float) -> None:
        """What the page in front shows of it."""
        self._frame = frame
        if self.current == "chain" and self.chain is not None:
            self.chain.set_live(trades(frame.connection))
            self.chain.show_chain(frame.chain, frame.status, frame.positions, now_s)
            self.chain.ticket.show_margin(frame.margin)
        elif self.current == "settings" and self.settings is not None:
            self.settings.show_frame(frame)
        elif self.current == "journal" and self.journal is not None:
            ended = frame.closed[-1].closed_ns if frame.closed else -1
            if ended != self._closed:
                self._closed = ended
                self.journal.reload()

    def advance(self, now_s: float) -> None:
        """Time goes on (monotonic seconds)."""
        if self.current == "chain" and self.chain is not None:
            self.chain.advance(now_s)

    def set_measures(self) -> None:
        """Take the measures of the look again."""
        for page in (self.chain, self.journal, self.settings):
            if page is not None:
                page.set_measures()

    def close_reader(self) -> None:
        """Nobody waits for the journal any more."""
        if self.journal is not None:
            self.journal.close_reader()

    def _underlying(self) -> str:
        """Of the watched position; while flat the first one that has options."""
        frame = self._frame
        if frame is None:
            return ""
        return frame.detail.position.underlying if frame.detail is not None else next(iter(frame.status.chains), "")

    def _make_chain(self) -> QWidget:
        from widgets.chain.chain_tab import ChainTab

        self.chain = ChainTab(self._look, self._dispatch)
        self.chain.pressed.connect(self.pressed)
        self.chain.left.connect(lambda: self.pressed.emit("page_cockpit"))
        return self.chain

    def _make_journal(self) -> QWidget:
        if self._journal is None:
            raise NotThere(WITHOUT_JOURNAL)
        from widgets.journal.journal_tab import JournalTab

        self.journal = JournalTab(self._look, *self._journal, now_ns=self._now_ns)
        self.journal.said.connect(self.said)
        return self.journal

    def _make_settings(self) -> QWidget:
        from widgets.settings.settings_tab import SettingsTab

        made = SettingsTab(self._look, self._preferences, places=self.places, played_by=self.played_by)
        made.changed.connect(self.changed)
        made.applied.connect(self.applied)
        made.hear.connect(self.hear)
        made.tour.connect(self.tour)
        self.settings = made
        return made

    def _now_ns(self) -> int:
        return self._frame.status.at_ns if self._frame is not None else 0
