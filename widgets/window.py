"""The main window: at each tick it hands the newest frame to the panes; keys and buttons become commands."""

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from cockpit.commands import Acknowledge, ApplyProfile, SetStop
from cockpit.frame import Frame, PositionPart
from cockpit.preferences import PreferenceFile
from widgets.acting.dispatch import Dispatch, Submit
from widgets.acting.keymap import action_of
from widgets.ask_bar import AskBar
from widgets.cockpit_panes import CockpitPanes
from widgets.controls import Controls, Panes
from widgets.decision_bar import DecisionBar
from widgets.decision_words import undecided
from widgets.keys_overlay import KeysOverlay
from widgets.pages import NotThere, Pages
from widgets.paint.theme import Look, PaletteName, ThemeName, dress
from widgets.parts.link import trades
from widgets.playback import Playback
from widgets.rail import Rail
from widgets.sounds import Sounds
from widgets.status_strip import StatusStrip
from widgets.strip_live import BADGES, title_of
from widgets.view_actions import ViewActions

TICK_MS = 16
SMALLEST = (1280, 640)  # at which everything that must be seen is seen
ASK_WIDTH = 640
LOOKING = ("keys", "tour", "close", "flatten", "kill", "theme", "palette")  # what the overlays let through
REPEATING = (
    "up", "down", "stop_up", "stop_down", "faster", "slower", "step", "zoom_in", "zoom_out", "pan_left", "pan_right"
)  # fmt: skip


class Window(QMainWindow):
    """Frames in, commands out.

    `latest` gives the newest frame, None before the first one; `submit` sends a command and may be awaited for its
    answer; `leave` is told why the window wants to close, and whoever made it closes it. `first_shown` is emitted when
    the first frame is on the panes, `session_ended` when one says that the recording has been played, `again` when it
    is to be played anew.
    """

    first_shown = Signal()
    session_ended = Signal()
    again = Signal()

    def __init__(
        self,
        submit: Submit,
        latest: Callable[[], Frame | None],
        leave: Callable[[str], None],
        *,
        preferences: PreferenceFile | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._latest, self._leave, self._now_s = latest, leave, now_s
        self._frame: Frame | None = None
        self._flatten_key = -1  # that is held to flatten
        self._repeats = False
        self.preferences = preferences or PreferenceFile()
        wanted = self.preferences.now
        self.look = Look(wanted.theme, wanted.palette)
        self.look.reduced_motion = wanted.reduced_motion
        self.dispatch = Dispatch(submit)
        self.rail = Rail(self.look)
        self.strip = StatusStrip(self.look)
        self.bar = DecisionBar(self.look)
        self.cockpit = CockpitPanes(self.look, self.dispatch)
        self.pages = Pages(self.look, self.dispatch, self.preferences, self.cockpit.page)
        self._lay_out()
        self.ask = AskBar(self.look, self)
        self.overlay = KeysOverlay(self.look, self)
        self.sounds = Sounds(wanted.sounds, now_s=now_s)
        panes = Panes(self.bar, self.cockpit.grid, self.cockpit.header, self.strip, self.ask)
        self.controls = Controls(self.dispatch, panes, now_s=now_s)
        self.controls.selected_in_sight = self._selected_in_sight
        self.view = ViewActions(self)
        for part in (self.dispatch, self.cockpit, self.sounds, self.controls):
            part.setParent(self)  # what it is connected to dies with the window, and with it all that it shows
        self._panes: dict[str, Callable[[Frame], None]] = {
            "status strip": self._show_strip,
            "decision bar": self._show_bar,
            "positions": self._show_grid,
            "lists": self.cockpit.lists.show_frame,
            **self.cockpit.shows,
            "page": self._show_page,
        }
        self._connect()
        self.set_playback(None)
        self.setWindowTitle("Cockpit")
        self.setMinimumSize(*SMALLEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that at first the keys are the window's, not a button's
        self.setFocus()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    @property
    def frame(self) -> Frame | None:
        """The frame that is shown."""
        return self._frame

    def set_playback(self, playback: Playback | None) -> None:
        """What the buttons for playing act on; None, and they are not there."""
        self.controls.set_playback(playback)
        if playback is not None:
            playback.slows = self.preferences.now.slow_while_pending

    def start(self) -> None:
        """Tick by itself from now on."""
        self._timer.start(TICK_MS)

    def freeze(self) -> None:
        """Take no frame, make no sound and send no command any more."""
        self._timer.stop()
        self.dispatch.forget()
        self.sounds.close()
        self.pages.close_reader()
        self.setEnabled(False)

    def load_charts(self) -> None:
        """Import the plotting library: to be called after the first paint."""
        self.cockpit.selected.load()

    def tick(self) -> None:
        """Show the newest frame, and let time go on for what fades, counts down or is held."""
        now_s = self._now_s()
        frame = self._latest()
        if frame is not None and frame is not self._frame:
            before, self._frame = self._frame, frame
            self.controls.show_frame(frame)
            self._show(frame)
            self.sounds.follow(frame)
            if before is None:
                self.first_shown.emit()
            if frame.ended and (before is None or not before.ended):
                self.session_ended.emit()
        self.controls.advance()
        self.bar.advance(now_s)
        self.cockpit.grid.advance(now_s)
        if QApplication.activePopupWidget() is not None:
            self.strip.flatten.cancel("A menu came up")  # it would swallow the release of the key
        self.strip.flatten.advance(now_s)
        self.pages.advance(now_s)

    def show_page(self, name: str) -> None:
        """Bring a page to the front: cockpit, chain, journal or settings."""
        if name == self.pages.current:
            return
        try:
            self.pages.show_page(name)
        except NotThere as refusal:
            self.controls.say(str(refusal))
            return
        except Exception as error:  # noqa: BLE001 - a page that cannot be made must not take the others with it
            self.show_fault(error)
            sys.excepthook(type(error), error, error.__traceback__)
            return
        self.rail.show_page(name)
        self.bar.set_slim(name != "cockpit")
        self._place_over()
        if self._frame is not None:
            self._show(self._frame)

    def show_fault(self, error: BaseException, *, engine: bool = False) -> None:
        """Say what stopped; the window stays."""
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        after = "nothing acts now but what rests at the broker" if engine else "rules and exits go on"
        who = "the engine has stopped" if engine else "a pane had an error"
        self.bar.say(f"{who} ({what}); {after}", "fault" if engine else "stopped", self._now_s())

    def set_theme(self, theme: ThemeName, palette: PaletteName | None = None) -> None:
        """Other colours, at once."""
        self.look.set_theme(theme, palette)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            dress(app, self.look)
        self.cockpit.selected.set_theme()
        for widget in self.findChildren(QWidget):
            widget.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no focused button has taken."""
        action = action_of(event)
        if action is None:
            super().keyPressEvent(event)
        elif self._covered() and action not in LOOKING:
            self._uncover()  # who reads about keys does not mean them
            self.controls.say("Press again if you mean it.", "said")
        elif event.isAutoRepeat():
            if action in REPEATING and self._repeats:
                self.controls.run(action)
        elif action == "flatten":
            self._flatten_key = event.key()
            self.controls.hold_to_flatten()
        elif action == "go" and self.focusWidget() not in (None, self, self.cockpit.grid):
            if self.bar.shown is not None:  # Go now has a button, and answers from the grid
                self.controls.say("Enter belongs to what has the ring; Esc gives the keys back.", "said")
        else:
            self.strip.flatten.cancel("Another key ended it")
            self._repeats = self.controls.selected_in_sight()  # what was only asked about is not repeated
            self.controls.run(action)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Letting F12 go, whatever else is held by then."""
        if event.key() == self._flatten_key and not event.isAutoRepeat():
            self.strip.flatten.cancel()
        else:
            super().keyReleaseEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A pane that floats is a window of its own: the keys it leaves are this window's all the same."""
        if isinstance(event, QKeyEvent) and isinstance(watched, QWidget) and watched.isWindow():
            (self.keyPressEvent if event.type() == QEvent.Type.KeyPress else self.keyReleaseEvent)(event)
            return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """A window that loses the keyboard never sees the key go up."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.strip.flatten.cancel("The window lost the keyboard")
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whoever made the window closes it, after the engine."""
        event.ignore()
        self._leave("closed")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measures for the new width."""
        before = self.look.measures
        self.look.set_width(self.width())
        if before is not self.look.measures:
            self.strip.set_measures()
            self.bar.set_measures()
            self.cockpit.set_measures()
            self.pages.set_measures()
            self.cockpit.page.share_out()
        self._place_over()

    def _place_over(self) -> None:
        """What lies over the pages begins below the decision bar: what happens next stays in sight."""
        top = self.strip.height() + self.bar.height() + 2 * self.look.measures.gap
        self.overlay.setGeometry(self.rect().adjusted(0, top, 0, 0))
        self.ask.setGeometry(self.width() - ASK_WIDTH - 12, top + 4, ASK_WIDTH, self.ask.height())
        self.view.place()

    def _lay_out(self) -> None:
        beside = QWidget()
        stack = QVBoxLayout(beside)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addWidget(self.strip)
        stack.addWidget(self.bar)
        stack.addSpacing(self.look.measures.gap)
        stack.addWidget(self.pages, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(beside, 1)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        """What the panes ask for beyond their own buttons."""
        lists, grid = self.cockpit.lists, self.cockpit.grid
        for dock in self.cockpit.page.docks.values():
            dock.installEventFilter(self)
        self.rail.pressed.connect(self.controls.run)
        self.controls.looked.connect(self.view.run)
        self.controls.wants_cockpit.connect(lambda: self.show_page("cockpit"))
        self.dispatch.answered.connect(self._note)
        self.cockpit.selected.stop_wanted.connect(self._set_stop)
        self.cockpit.board.veto_wanted.connect(self.controls.veto_rule)
        self.cockpit.board.unveto_wanted.connect(self.controls.unveto_rule)
        self.cockpit.board.explain_wanted.connect(self.view.explain)
        lists.position_wanted.connect(grid.select)
        lists.trip_wanted.connect(self.view.show_trip)
        lists.acknowledge_wanted.connect(self._acknowledge)
        lists.compare_wanted.connect(lambda: self.controls.run("reconcile"))
        self.pages.pressed.connect(self.controls.run)
        self.pages.said.connect(self._say)
        self.pages.changed.connect(self.view.preference_changed)
        self.pages.applied.connect(self._apply)
        self.pages.hear.connect(self.sounds.play)
        self.pages.tour.connect(lambda: self.view.run("tour"))

    def _covered(self) -> bool:
        """Whether the keys or the names of the panes lie over what a key would act on."""
        return self.overlay.isVisible() or self.view.first_run.isVisible()

    def _uncover(self) -> None:
        self.overlay.hide()
        self.view.first_run.end()

    def _selected_in_sight(self) -> bool:
        """Whether the trader can see which position the keys act on."""
        return self.cockpit.grid.isVisible() or self.cockpit.header.isVisible()

    def _set_stop(self, position: str, price: float, was: float) -> None:
        """The stop of that position was dragged from where it was, or moved by keys on the ladder."""
        self.dispatch.send(SetStop(position=position, price=price, typed=False, was=was), "set_stop", position)
        self.controls.answered_by_enter()

    def _acknowledge(self, alert: str | None) -> None:
        self.dispatch.send(Acknowledge(alert=alert), "alerts", alert or "")

    def _apply(self, command: ApplyProfile) -> None:
        self.dispatch.send(command, "apply_profile")

    def _say(self, text: str) -> None:
        self.controls.say(text, "said")

    def _note(self, where: tuple[str, str], accepted: bool, said: str) -> None:
        """Answers go to the log too, and a refusal is heard."""
        if said and self._frame is not None and where[0] not in ("watch", "watch_chain"):
            self.cockpit.lists.note(self._frame.status.at_ns, said, "said" if accepted else "refused")
            if not accepted:
                self.sounds.hear("refusal")

    def _show(self, frame: Frame) -> None:
        """The frame to all panes; those of the cockpit only while it is in front."""
        in_front = self.pages.current == "cockpit"
        for name, show in tuple(self._panes.items()):
            if in_front or name not in self.cockpit.shows:
                self._contained(name, show, frame)

    def _contained(self, name: str, show: Callable[[Frame], None], frame: Frame) -> None:
        """A pane that fails is left out from then on; the others, and the engine, go on."""
        try:
            show(frame)
        except Exception as error:  # noqa: BLE001 - whatever a pane raises must not stop the other panes
            del self._panes[name]
            self.show_fault(error)
            sys.excepthook(type(error), error, error.__traceback__)

    def _show_strip(self, frame: Frame) -> None:
        self.strip.show_link(frame.connection)
        self.strip.show_status(frame.status)
        self.strip.show_orders(frame.orders)
        self.rail.show_badge(BADGES.get(frame.status.badge, "replay"))
        title = title_of(frame.status, frame.connection)
        if title != self.windowTitle():
            self.setWindowTitle(title)

    def _show_bar(self, frame: Frame) -> None:
        self.bar.show_frame(frame, self._now_s())

    def _show_grid(self, frame: Frame) -> None:
        grid, header = self.cockpit.grid, self.cockpit.header
        first = grid.selected_id is None
        grid.set_live(trades(frame.connection))
        grid.set_undecided(undecided(frame.alerts))
        grid.show_positions(frame.positions, frame.status, self._now_s())
        if first and frame.positions:
            grid.select(_liveliest(frame.positions).id, by_human=False)
        detail = frame.detail
        if detail is not None and grid.selected_id not in (None, detail.position.id):
            self.controls.watch_selected()  # a wish that was overtaken by another one is made again
        header.show_position(grid.position())
        shown = self.bar.shown
        header.set_take_over_key(shown is None or shown.position_id == grid.selected_id)

    def _show_page(self, frame: Frame) -> None:
        self.pages.show_frame(frame, self._now_s())


def _liveliest(rows: tuple[PositionPart, ...]) -> PositionPart:
    """The position to look at first: where a rule that nobody has vetoed is nearest to firing."""
    near = [row for row in rows if row.state in ("hold", "due") and row.nearness is not None]
    return max(near or rows, key=lambda row: row.nearness or 0.0)
