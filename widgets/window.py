"""The main window: at each tick it hands the newest frame to the panes; keys and buttons become commands."""

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from cockpit.commands import Flatten, GoNow, SetSession, TakeOver, Unveto, Veto, Watch
from cockpit.frame import Frame
from widgets.actions import ON_POSITION, position_command
from widgets.decision_bar import DecisionBar, Tone
from widgets.dispatch import Dispatch, Submit
from widgets.keymap import action_of
from widgets.keys_overlay import KeysOverlay
from widgets.ledger_list import LedgerList
from widgets.playback import Playback, SlowWhilePending, next_speed
from widgets.position_grid import PositionGrid
from widgets.premium_chart import PremiumChart
from widgets.rule_board import RuleBoard
from widgets.selected_header import SelectedHeader
from widgets.status_strip import StatusStrip
from widgets.theme import Look, ThemeName, dress

TICK_MS = 16
SETTLED_S = 1.0  # a selection that moved by itself is not acted on before this
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
        self._vetoed: tuple[str, str] | None = None
        self._moved_s = -SETTLED_S
        self.look = Look(theme)
        self.dispatch = Dispatch(submit)
        self.strip = StatusStrip(self.look)
        self.set_playback(playback)
        self.bar = DecisionBar(self.look)
        self.grid = PositionGrid(self.look, self.dispatch)
        self.header = SelectedHeader(self.look, self.dispatch)
        self.chart = PremiumChart(self.look)
        self.board = RuleBoard(self.look)
        self.ledger = LedgerList(self.look)
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
        self._connect()
        self.setWindowTitle("Cockpit")
        self.setMinimumSize(960, 600)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that at first the keys are the window's, not a button's
        self.setFocus()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    def set_playback(self, playback: Playback | None) -> None:
        """What the buttons for playing act on; None, and they are not there."""
        self._playback = playback
        self.slow = SlowWhilePending(playback) if playback is not None else None
        self.strip.show_playback(playback is not None)

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
            for name, show in tuple(self._panes.items()):
                self._contained(name, show, frame)
            if before is None:
                self.first_shown.emit()
            if frame.ended and (before is None or not before.ended):
                self.session_ended.emit()
        if self._playback is not None and self.slow is not None:
            if frame is not None:
                self.slow.watch(frame.pending)
            self.strip.playback.show_state(self._playback.playing, self._playback.speed, self.slow.before)
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

    def run(self, action: str, position: str | None = None) -> None:
        """Carry out an action of the keymap; `position` is the row whose button was pressed, else the selected one."""
        if action == "take_over" and position is None and self.bar.shown is not None:
            self._decide(action)
        elif action in ON_POSITION:
            self._on_position(action, position)
        elif action in ("veto", "go"):
            self._decide(action)
        elif action in ("play", "step", "faster", "slower", "slow"):
            self._play(action)
        else:
            self._look_at(action)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no focused button has taken."""
        action = action_of(event)
        if action is None:
            super().keyPressEvent(event)
        elif action == "flatten":
            if not event.isAutoRepeat():
                self.strip.flatten.begin()
        elif action in REPEATING or not event.isAutoRepeat():
            self.run(action)

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
        self.overlay.setGeometry(self.rect())

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

    def _share_out(self) -> None:
        """Heights and widths as designed, until somebody drags a splitter."""
        compact, measures = self.look.compact, self.look.measures
        height = self.height() - self.strip.height() - self.bar.height() - 4 * measures.gap
        grid = self.grid.height_for(6 if compact else 8)
        ledger = self.ledger.height_for(3) if compact else max(height - grid - self.board.height_for(12), 0)
        self._rows.setSizes([grid, max(height - grid - ledger, 100), ledger])
        self._work.setSizes([self.width() - measures.rule_column - measures.gap, measures.rule_column])

    def _connect(self) -> None:
        self.dispatch.answered.connect(self._answered)
        self.dispatch.changed.connect(self._show_sending)
        self.grid.pressed.connect(self.run)
        self.grid.selected.connect(self._selected)
        self.header.pressed.connect(self.run_selected)
        self.strip.session.clicked.connect(lambda: self.run("session"))
        self.strip.flatten.fired.connect(lambda: self.dispatch.send(Flatten(), "flatten"))
        self.strip.playback.pressed.connect(self.run)
        for button, action in ((self.bar.veto, "veto"), (self.bar.take_over, "take_over"), (self.bar.go, "go_clicked")):
            button.clicked.connect(lambda _=False, action=action: self._decide(action))
        self.bar.undo.clicked.connect(lambda: self.run("undo_veto"))
        for splitter in (self._rows, self._work):
            splitter.splitterMoved.connect(self._was_dragged)

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

    def _show_sending(self) -> None:
        shown = self.bar.shown
        position = shown.position_id if shown is not None else ""
        for action, button in (("veto", self.bar.veto), ("take_over", self.bar.take_over), ("go", self.bar.go)):
            button.set_sending(self.dispatch.sending(action, position))
        self.bar.undo.set_sending(self.dispatch.sending("undo_veto"))
        self.strip.session.set_sending(self.dispatch.sending("session"))
        self.strip.flatten.set_sending(self.dispatch.sending("flatten"))

    def _say(self, text: str, tone: Tone = "refused") -> None:
        self.bar.say(text, tone, self._now_s())

    def _answered(self, where: tuple[str, str], accepted: bool, said: str) -> None:
        """The engine has answered: say so, and offer to take a veto back."""
        action, _ = where
        if action == "undo_veto" and accepted:
            self._vetoed = None
        if said and not (action == "watch" and accepted):
            self.bar.say(said, "said" if accepted else "refused", self._now_s(), can_undo=action == "veto" and accepted)

    def _selected(self, position: str, by_human: bool) -> None:
        """Another row: its board and chart are wanted. One that came up by itself is not acted on at once."""
        if not by_human and self._frame is not None and self.header.has_position:
            self._moved_s = self._now_s()
        self.header.show_position(self.grid.position())
        frame = self._frame
        if frame is None or frame.detail is None or frame.detail.position.id != position:
            self.dispatch.send(Watch(position=position), "watch", position)

    def run_selected(self, action: str) -> None:
        """An action of the selected position's own button."""
        if self.grid.selected_id is not None:
            self.run(action, self.grid.selected_id)

    def _on_position(self, action: str, position: str | None) -> None:
        row = self.grid.position(position)
        if row is None:
            self._say("No position is selected.")
        elif position is None and self._now_s() - self._moved_s < SETTLED_S:
            self._say(f"The selection has just moved to {row.label}: press again if you mean it.")
        else:
            command = position_command(action, row)
            if isinstance(command, str):
                self._say(command)
            else:
                self.dispatch.send(command, action, row.id)

    def _decide(self, action: str) -> None:
        """Answer the decision that is shown."""
        shown = self.bar.shown
        if shown is None:
            return
        position = shown.position_id
        if action == "veto" and shown.binding == "mandatory":
            self._say("A mandatory exit cannot be vetoed; take the position over instead.")
        elif action == "veto":
            self._vetoed = (position, shown.rule)
            self.dispatch.send(Veto(position=position, rule=shown.rule), "veto", position)
        elif action == "take_over":
            self.dispatch.send(TakeOver(position=position), "take_over", position)
        elif action == "go_clicked" or self.bar.ready(self._now_s()):
            self.dispatch.send(GoNow(position=position, rule=shown.rule), "go", position)

    def _play(self, action: str) -> None:
        playback, slow = self._playback, self.slow
        if playback is None or slow is None:
            return
        match action:
            case "play":
                (playback.pause if playback.playing else playback.play)()
            case "step":
                playback.step()
            case "slow":
                slow.on = not slow.on
                self._say(f"Playback {'slows' if slow.on else 'no longer slows'} down while a decision waits.", "said")
            case _:
                slow.chosen()
                playback.set_speed(next_speed(playback.speed, 1 if action == "faster" else -1))

    def _look_at(self, action: str) -> None:
        """Actions that change the window, and the two that mean the session."""
        match action:
            case "up" | "down":
                self.grid.move_selection(1 if action == "down" else -1)
            case "previous_decision" | "next_decision":
                self.bar.move_shown(1 if action == "next_decision" else -1)
            case "follow":
                self.chart.follow_latest()
            case "theme":
                self.set_theme("light" if self.look.theme == "dark" else "dark")
            case "keys":
                self.overlay.toggle()
            case "close":
                self.overlay.hide()
                self.bar.hush()
            case "session" if self._frame is not None:
                wanted = "halted" if self._frame.status.session == "active" else "active"
                self.dispatch.send(SetSession(state=wanted), "session")
            case "undo_veto" if self._vetoed is not None:
                position, rule = self._vetoed
                self.dispatch.send(Unveto(position=position, rule=rule), "undo_veto")
            case _:
                pass


def _splitter(orientation: Qt.Orientation, *panes: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(4)
    splitter.setChildrenCollapsible(False)
    for pane in panes:
        splitter.addWidget(pane)
    return splitter
