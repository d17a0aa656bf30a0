"""The main window: at each tick it hands the newest frame to the panes; keys and buttons become commands."""

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from cockpit.frame import Frame
from widgets.controls import Controls
from widgets.decision_bar import DecisionBar
from widgets.dispatch import Dispatch, Submit
from widgets.keymap import action_of
from widgets.keys_overlay import KeysOverlay
from widgets.ledger_list import LedgerList
from widgets.playback import Playback
from widgets.position_grid import PositionGrid
from widgets.premium_chart import PremiumChart
from widgets.rule_board import RuleBoard
from widgets.selected_header import SelectedHeader
from widgets.status_strip import StatusStrip
from widgets.theme import Look, ThemeName, dress

TICK_MS = 16
SMALLEST = (1280, 640)  # at which everything that must be seen is seen
REPEATING = ("up", "down", "stop_up", "stop_down", "faster", "slower", "step")


class Window(QMainWindow):
    """Frames in, commands out.

    `latest` gives the newest frame, None before the first one; `submit` sends a command and may be awaited for its
    answer; `leave` is told why the window wants to close, and whoever made it closes it. `first_shown` is emitted when
    the first frame is on the panes, `session_ended` when one says that the recording has been played.
    """

    first_shown = Signal()
    session_ended = Signal()

    def __init__(
        self,
        submit: Submit,
        latest: Callable[[], Frame | None],
        playback: Playback | None,
        leave: Callable[[str], None],
        *,
        theme: ThemeName = "dark",
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._latest, self._leave, self._now_s = latest, leave, now_s
        self._frame: Frame | None = None
        self.look = Look(theme)
        self.dispatch = Dispatch(submit)
        self.strip = StatusStrip(self.look)
        self.bar = DecisionBar(self.look)
        self.grid = PositionGrid(self.look, self.dispatch)
        self.header = SelectedHeader(self.look, self.dispatch)
        self.chart = PremiumChart(self.look)
        self.board = RuleBoard(self.look)
        self.ledger = LedgerList(self.look)
        self.controls = Controls(self.dispatch, self.bar, self.grid, self.header, self.strip, now_s=now_s)
        self.controls.looked.connect(self._look_at)
        self.controls.set_playback(playback)
        self._panes: dict[str, Callable[[Frame], None]] = {
            "status strip": self._show_strip,
            "decision bar": self._show_bar,
            "positions": self._show_grid,
            "rule board": self._show_board,
            "chart": self._show_chart,
            "ledger": self._show_ledger,
        }
        self._lay_out()
        self.overlay = KeysOverlay(self.look, self)
        self.setWindowTitle("Cockpit")
        self.setMinimumSize(*SMALLEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that at first the keys are the window's, not a button's
        self.setFocus()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    def set_playback(self, playback: Playback | None) -> None:
        """What the buttons for playing act on; None, and they are not there."""
        self.controls.set_playback(playback)

    def start(self) -> None:
        """Tick by itself from now on."""
        self._timer.start(TICK_MS)

    def freeze(self) -> None:
        """Take no frame and send no command any more."""
        self._timer.stop()
        self.dispatch.forget()
        self.setEnabled(False)

    def load_charts(self) -> None:
        """Import the plotting library: to be called after the first paint."""
        self.chart.load()

    def tick(self) -> None:
        """Show the newest frame, and let time go on for what fades, counts down or is held."""
        now_s = self._now_s()
        frame = self._latest()
        if frame is not None and frame is not self._frame:
            before, self._frame = self._frame, frame
            self.controls.show_frame(frame)
            for name, show in tuple(self._panes.items()):
                self._contained(name, show, frame)
            if before is None:
                self.first_shown.emit()
            if frame.ended and (before is None or not before.ended):
                self.session_ended.emit()
        self.controls.advance()
        self.bar.advance(now_s)
        self.grid.advance(now_s)
        self.strip.flatten.advance(now_s)

    def show_fault(self, error: BaseException, *, engine: bool = False) -> None:
        """Say what stopped; the window stays."""
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        after = "nothing acts now but what rests at the broker" if engine else "rules and exits go on"
        who = "the engine has stopped" if engine else "a pane had an error"
        self.bar.say(f"{who} ({what}); {after}", "fault", self._now_s())

    def set_theme(self, theme: ThemeName) -> None:
        """Dark or light, at once."""
        self.look.set_theme(theme)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            dress(app, self.look)
        self.chart.set_theme()
        for widget in self.findChildren(QWidget):
            widget.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no focused button has taken."""
        action = action_of(event)
        if action is None:
            super().keyPressEvent(event)
        elif action == "flatten":
            if not event.isAutoRepeat():
                self.strip.flatten.begin()
        elif action in REPEATING or not event.isAutoRepeat():
            self.controls.run(action)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Letting F12 go."""
        if action_of(event) == "flatten" and not event.isAutoRepeat():
            self.strip.flatten.cancel()
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """A window that loses the keyboard never sees the key go up."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.strip.flatten.cancel()
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
            for pane in (self.strip, self.bar, self.grid, self.header, self.board, self.ledger):
                pane.set_measures()
        if not self._dragged:
            self._share_out()
        top = self.strip.height() + self.bar.height() + 2 * self.look.measures.gap
        self.overlay.setGeometry(self.rect().adjusted(0, top, 0, 0))

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.chart, 1)
        self._work = _splitter(Qt.Orientation.Horizontal, left, self.board)
        self._rows = _splitter(Qt.Orientation.Vertical, self.grid, self._work, self.ledger)
        whole = QWidget()
        stack = QVBoxLayout(whole)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(self.look.measures.gap)
        stack.addWidget(self.strip)
        stack.addWidget(self.bar)
        stack.addWidget(self._rows, 1)
        self.setCentralWidget(whole)
        self._dragged = False
        for splitter in (self._rows, self._work):
            splitter.splitterMoved.connect(self._was_dragged)

    def _share_out(self) -> None:
        """Heights and widths as designed, until somebody drags a splitter."""
        compact, measures = self.look.compact, self.look.measures
        height = self.height() - self.strip.height() - self.bar.height() - 4 * measures.gap
        grid = self.grid.height_for(6 if compact else 8)
        ledger = self.ledger.height_for(3) if compact else max(height - grid - self.board.height_for(12), 0)
        self._rows.setSizes([grid, max(height - grid - ledger, 100), ledger])
        self._work.setSizes([self.width() - measures.rule_column - measures.gap, measures.rule_column])

    def _was_dragged(self) -> None:
        self._dragged = True

    def _contained(self, name: str, show: Callable[[Frame], None], frame: Frame) -> None:
        """A pane that fails is left out from then on; the others, and the engine, go on."""
        try:
            show(frame)
        except Exception as error:  # noqa: BLE001 - whatever a pane raises must not stop the other panes
            del self._panes[name]
            self.show_fault(error)
            sys.excepthook(type(error), error, error.__traceback__)

    def _show_strip(self, frame: Frame) -> None:
        self.strip.show_status(frame.status)
        title = f"{frame.status.badge} · {frame.status.feed} · Cockpit"
        if title != self.windowTitle():
            self.setWindowTitle(title)

    def _show_bar(self, frame: Frame) -> None:
        self.bar.show_frame(frame, self._now_s())

    def _show_grid(self, frame: Frame) -> None:
        first = self.grid.selected_id is None
        status = frame.status
        self.grid.show_positions(frame.positions, status.at_ns, self._now_s(), status.currency)
        if first and frame.detail is not None:
            self.grid.select(frame.detail.position.id, by_human=False)
        self.header.show_position(self.grid.position())
        shown = self.bar.shown
        self.header.set_take_over_key(shown is None or shown.position_id == self.grid.selected_id)

    def _show_board(self, frame: Frame) -> None:
        self.board.show_rules(frame.detail.rules if frame.detail is not None else (), frame.status.zone)

    def _show_chart(self, frame: Frame) -> None:
        detail = frame.detail
        waiting = [each for each in frame.pending if detail is not None and each.position_id == detail.position.id]
        due_ns = next((each.ends_ns for each in waiting if each.waits in ("countdown", "confirm")), None)
        self.chart.show_chart(detail, frame.status.zone, due_ns)

    def _show_ledger(self, frame: Frame) -> None:
        self.ledger.show_lines(frame.ledger, frame.status.zone)

    def _look_at(self, action: str) -> None:
        """Actions that change nothing but the window."""
        match action:
            case "follow":
                self.chart.follow_latest()
            case "theme":
                self.set_theme("light" if self.look.theme == "dark" else "dark")
            case "keys":
                self.overlay.toggle()
            case "close":
                self.overlay.hide()
                self.bar.hush()
            case _:
                pass


def _splitter(orientation: Qt.Orientation, *panes: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(4)
    splitter.setChildrenCollapsible(False)
    for pane in panes:
        splitter.addWidget(pane)
    return splitter
