"""What keys and buttons do: an action becomes a command, an answer becomes a sentence, or the window changes."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject, QPoint, Qt, Signal

from cockpit.commands import Acknowledge, Close, Command, Flatten, GoNow, SetSession, TakeOver, Veto, Watch
from cockpit.frame import Frame, PendingPart, PositionPart
from widgets import questions
from widgets.acting.actions import ON_POSITION, position_command
from widgets.acting.answered import Answered
from widgets.acting.dispatch import Dispatch, Tone
from widgets.acting.vetoes import Vetoes, standing
from widgets.ask_bar import AskBar
from widgets.decision_bar import UNREADY_S, DecisionBar
from widgets.decision_buttons import REASONS
from widgets.grid.position_grid import PositionGrid
from widgets.live_actions import ON_BROKER, LiveActions
from widgets.parts.button import nothing_sent
from widgets.playback import Playback, next_speed
from widgets.selected.selected_header import SelectedHeader
from widgets.status_strip import StatusStrip

SETTLED_S = 1.0  # a selection that moved by itself is not acted on before this
SLID_S = 0.5  # nor a row that has slid under the mouse
ENTERED_S = 0.5  # after a question or the ladder was answered by Enter, another Enter is not "go now"
DECIDING = ("veto", "veto_more", "go", "go_clicked", "leave")
ASKING = ("number", "stop_price", "hold_until", "cooldown", "scopes")
PLAYING = ("play", "step", "faster", "slower", "slow")


class Panes(NamedTuple):
    """The panes that an action reads, or that show what became of it."""

    bar: DecisionBar
    grid: PositionGrid
    header: SelectedHeader
    strip: StatusStrip
    ask: AskBar


class Controls(QObject):
    """Carries out the actions of the keymap.

    `looked` carries those that only change the window; `wants_cockpit` asks for the page on which the selected
    position can be seen, before anything is done to it.
    """

    looked = Signal(str)
    wants_cockpit = Signal()

    def __init__(self, dispatch: Dispatch, panes: Panes, *, now_s: Callable[[], float]) -> None:
        super().__init__()
        self._dispatch, self._now_s = dispatch, now_s
        self._bar, self._grid, self._header, self._strip, self._ask = panes
        self._frame: Frame | None = None
        self.playback: Playback | None = None
        self._vetoes = Vetoes(dispatch)
        self._live = LiveActions(dispatch, self._ask, self.say)
        self._answered_last = Answered()
        self._held_from_s = 0.0  # since when flatten is held
        self.selected_in_sight: Callable[[], bool] = lambda: True
        self._moved_s = -SETTLED_S
        self._entered_s = -ENTERED_S
        self._cancels: tuple[str | None, float] = (None, 0.0)  # whom the bar's own button means, and since when
        self._found: tuple[str, float] = ("", 0.0)  # and whom the buttons about what was found mean
        self._connect()

    def set_playback(self, playback: Playback | None) -> None:
        """What the actions of playing act on."""
        self.playback = playback
        self._strip.show_playback(playback is not None)

    def show_frame(self, frame: Frame) -> None:
        """Know the newest frame, before the panes show it."""
        self._frame = frame

    def advance(self) -> None:
        """Show how fast it plays."""
        if self._bar.cancels != self._cancels[0]:
            self._cancels = (self._bar.cancels, self._now_s())
        if self._bar.found_id != self._found[0]:
            self._found = (self._bar.found_id, self._now_s())
        if self.playback is not None:
            self._strip.playback.show_state(self.playback.playing, self.playback.speed, self.playback.before)

    def run(self, action: str, position: str | None = None) -> None:
        """Carry out an action; `position` is the row whose button was pressed, else the selected one is meant."""
        shown = self._bar.shown if position is None else None
        if position is None and self._is_echo(action):
            return
        if action == "take_over" and shown is not None:
            self._decide(action)
        elif action == "cancel" and shown is not None and shown.waits == "confirm":
            self._cancel_shown()  # the "no" to what Enter says "yes" to
        elif action in ON_POSITION:
            self._on_position(action, position)
        elif action in DECIDING:
            self._decide(action)
        elif action in PLAYING:
            self._play(action)
        elif action in ASKING:
            self._ask_for(action, position)
        elif action in ON_BROKER or (action == "session" and not self._is_armed()):
            self._live.run("arm" if action == "session" else action, self._frame)
        elif action == "end_hold" and position is not None:
            self._vetoes.take_back(position, None, pressed_at=position)
        elif action in REASONS:
            self._give_reason(action)
        elif action in ("previous_decision", "next_decision"):
            self._bar.move_shown(1 if action == "next_decision" else -1)
        elif action in ("up", "down"):
            self._grid.move_selection(1 if action == "down" else -1)
        elif action in ("session", "undo_veto", "flatten", "alerts"):
            self._session_wide(action)
        else:
            self.looked.emit(action)

    def answered_by_enter(self) -> None:
        """Enter has just answered something else: a second one is not meant for what counts down."""
        self._entered_s = self._now_s()

    def hold_to_flatten(self) -> None:
        """The key of flatten went down; while there is nothing to leave it says so."""
        flatten = self._strip.flatten
        if flatten.isEnabled():
            flatten.begin()
        else:
            self.say(f"Nothing to flatten: {flatten.accessibleDescription()}.")

    def watch_selected(self) -> None:
        """Ask again for the board and chart of the selected row, unless the wish is on its way."""
        position = self._grid.selected_id
        if position is not None and not self._dispatch.sending("watch", position):
            self._dispatch.send(Watch(position=position), "watch", position)

    def say(self, text: str, tone: Tone = "refused") -> None:
        """A sentence in the bar."""
        self._bar.say(text, tone, self._now_s())

    def _connect(self) -> None:
        self._dispatch.answered.connect(self._answered)
        self._dispatch.changed.connect(self._show_sending)
        self._grid.pressed.connect(self._on_row)
        self._ask.entered.connect(self.answered_by_enter)
        self._grid.selected.connect(self._selected)
        self._header.pressed.connect(self._on_selected)
        self._strip.session.clicked.connect(lambda: self.run("session"))
        self._strip.arm_wanted.connect(lambda: self.run("arm"))
        self._strip.kill.clicked.connect(lambda: self.run("kill"))
        self._strip.flatten.fired.connect(lambda: self.run("flatten"))
        self._strip.flatten.begun.connect(self._hold_begun)
        self._strip.flatten.ended_early.connect(self._hold_ended)
        self._strip.playback.pressed.connect(self.run)
        self._bar.veto.clicked.connect(lambda: self.run("veto"))
        self._bar.take_over.clicked.connect(lambda: self.run("take_over"))
        self._bar.go.clicked.connect(lambda: self.run("go_clicked"))
        self._bar.undo.clicked.connect(lambda: self.run("undo_veto"))
        self._bar.leave.clicked.connect(lambda: self.run("leave"))
        self._bar.again.clicked.connect(lambda: self.run("again"))
        self._bar.cancel.clicked.connect(self._cancel_shown)
        for button, action in ((self._bar.veto, "veto_more"), (self._strip.flatten, "scopes")):
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(partial(self._run_at, action))
        for action, button in self._bar.found.items():
            button.clicked.connect(lambda _=False, action=action: self._decide_found(action))
        for action, button in self._bar.reasons.items():
            button.clicked.connect(lambda _=False, action=action: self.run(action))

    def _run_at(self, action: str, _at: QPoint) -> None:
        self.run(action)

    def _hold_begun(self) -> None:
        self._held_from_s = self._now_s()

    def _hold_ended(self, how: str, seen_s: float) -> None:
        self.say(nothing_sent(how, seen_s, self._now_s() - self._held_from_s))

    def _show_sending(self) -> None:
        shown = self._bar.shown
        position = shown.position_id if shown is not None else ""
        for action, button in (("veto", self._bar.veto), ("take_over", self._bar.take_over), ("go", self._bar.go)):
            button.set_sending(self._dispatch.sending(action, position))
        self._bar.cancel.set_sending(self._dispatch.sending("cancel", self._bar.cancels or ""))
        self._bar.leave.set_sending(self._dispatch.sending("all", position))
        self._bar.undo.set_sending(self._dispatch.sending("undo_veto"))
        self._strip.session.set_sending(self._dispatch.sending("session"))
        self._strip.flatten.set_sending(self._dispatch.sending("flatten"))
        self._strip.kill.set_sending(self._dispatch.sending("kill"))

    def _answered(self, where: tuple[str, str], accepted: bool, said: str) -> None:
        """The engine has answered: say so, and offer to take a veto back."""
        action, _ = where
        if said and not (action in ("watch", "margin") and accepted):
            vetoed = action in ("veto", "hold_until") and accepted
            self._bar.say(said, "said" if accepted else "refused", self._now_s(), can_undo=vetoed)

    def _selected(self, position: str, by_human: bool) -> None:
        """Another row: its board and chart are wanted. One that came up by itself is not acted on at once."""
        if not by_human and self._header.has_position:
            self._moved_s = self._now_s()
        self._header.show_position(self._grid.position())
        detail = self._frame.detail if self._frame is not None else None
        if detail is None or detail.position.id != position:
            self._dispatch.send(Watch(position=position), "watch", position)

    def _on_selected(self, action: str) -> None:
        """A button of the selected position means that position, whatever is pending."""
        row = self._grid.position()
        if row is None or not self._has_settled(row):
            return
        self.run(action, row.id)

    def _on_row(self, action: str, position: str) -> None:
        """A button of a row means that row, unless it was another one's place a moment ago."""
        row = self._grid.position(position)
        if row is not None and self._now_s() - self._grid.slid_s < SLID_S:
            self.say(f"The rows have just moved: press again if you mean {row.label}.")
        else:
            self.run(action, position)

    def _decide_found(self, action: str) -> None:
        """A button about what was found beyond its stop means that position; it may just have come up."""
        position, since_s = self._found
        if self._now_s() - since_s < SETTLED_S:
            self.say("It has just come up: press again if you mean it.")
        elif position:
            self.run(action, position)

    def _cancel_shown(self) -> None:
        """The bar's own button means what the bar says."""
        position, since_s = self._cancels
        if position is not None and self._now_s() - since_s >= UNREADY_S:
            self._on_position("cancel", position)
            if self._bar.shown is not None:
                self._answered_last.note("cancel", self._bar.shown, self._now_s())

    def _is_echo(self, action: str) -> bool:
        """Say so when the key has answered a decision a moment ago, and would now act on something else."""
        shown, row = self._bar.shown, self._grid.position()
        if action == "cancel" and shown is not None and shown.waits != "confirm":
            shown = None  # it means the selected position then
        if not self._answered_last.is_echo(action, shown, self._now_s()):
            return False
        if shown is not None:
            self.say(f"{shown.sentence}: it has just come up, press again if you mean it.")
        elif action in ON_POSITION and row is not None:
            self.say(f"{row.label} is selected: press again if you mean it.")
        return True

    def _has_settled(self, row: PositionPart) -> bool:
        if self._now_s() - self._moved_s >= SETTLED_S:
            return True
        self.say(f"The selection has just moved to {row.label}: press again if you mean it.")
        return False

    def _on_position(self, action: str, position: str | None) -> None:
        row = self._grid.position(position)
        if row is None:
            self.say("No position is selected.")
        elif position is None and not self.selected_in_sight():
            self.wants_cockpit.emit()
            self.say(f"{row.label} is selected: press again if you mean it.")
        elif position is not None or self._has_settled(row):
            command = position_command(action, row)
            if isinstance(command, str):
                self.say(command)
            else:
                self._dispatch.send(command, action, row.id)

    def _decide(self, action: str) -> None:
        """Answer the decision that is shown."""
        shown = self._bar.shown
        if shown is None:
            return
        position = shown.position_id
        if action in ("veto", "veto_more") and shown.binding == "mandatory":
            self.say("A mandatory exit cannot be vetoed; take the position over instead.")
        elif not self._may_decide(action):
            self.say(f"{shown.sentence}: it has just come up, press again if you mean it.")
        elif action == "veto_more" and self._frame is not None:
            left_s = questions.until_close_s(self._grid.position(position), self._frame.status.at_ns)
            self._ask.ask(questions.veto(position, shown.rule, shown.label, left_s, self._vetoes.give))
        else:
            self._answer(action, shown)

    def _answer(self, action: str, shown: PendingPart) -> None:
        """To the engine; for a moment the same key answers nothing else."""
        position = shown.position_id
        self._answered_last.note(action, shown, self._now_s())
        if action == "veto":
            self._vetoes.give(Veto(position=position, rule=shown.rule))
        elif action == "leave":
            self._dispatch.send(Close(position=position), "all", position)
        elif action == "take_over":
            self._dispatch.send(TakeOver(position=position), "take_over", position)
        elif action.startswith("go") and shown.waits != "blind":
            self._dispatch.send(GoNow(position=position, rule=shown.rule), "go", position)

    def _may_decide(self, action: str) -> bool:
        """Only what could have been read is decided, and Enter only when it was not meant for something else."""
        now_s = self._now_s()
        return self._bar.ready(now_s) and (action != "go" or now_s - self._entered_s >= ENTERED_S)

    def _give_reason(self, action: str) -> None:
        """Say why the veto that has just been sent was: it is journalled with its reason."""
        given, notice = self._vetoes.newest, self._bar.notice
        if given is not None and notice is not None and notice.can_undo:
            self._vetoes.give(msgspec.structs.replace(given, reason=REASONS[action].lower()))

    def veto_rule(self, rule: str, how: str) -> None:
        """Forbid a rule of the position whose board is shown: ten minutes, until the close, or as is asked for."""
        frame = self._frame
        if frame is None or frame.detail is None:
            return
        row = frame.detail.position
        left_s = questions.until_close_s(row, frame.status.at_ns)
        if how == "reason":
            self._ask.ask(questions.veto(row.id, rule, row.label, left_s, self._vetoes.give))
        elif how == "until_close" and left_s > 0.0:
            self._vetoes.give(Veto(position=row.id, rule=rule, for_s=left_s))
        else:
            self._vetoes.give(Veto(position=row.id, rule=rule))

    def unveto_rule(self, rule: str) -> None:
        """Let it act again on the position whose board is shown; without a rule, all that the hold keeps from it."""
        if self._frame is not None and self._frame.detail is not None:
            position = self._frame.detail.position.id
            self._vetoes.take_back(position, rule or None, pressed_at=position)

    def _ask_for(self, action: str, position: str | None) -> None:
        """What a key alone does not say is asked for under the bar."""
        frame, row = self._frame, self._grid.position(position)
        if frame is None:
            return
        if action == "cooldown":
            self._ask.ask(questions.reset_cooldown(lambda command: self._dispatch.send(command, action)))
        elif action == "scopes" and frame.positions:
            self._ask.ask(questions.scopes(frame.positions, lambda command: self._dispatch.send(command, "flatten")))
        elif row is None:
            self.say("No position is selected.")
        elif action == "number":
            self._ask.ask(questions.how_many(row, self._sender(action, row.id)))
        elif action == "stop_price":
            self._ask.ask(questions.stop_price(row, self._sender(action, row.id)))
        elif action == "hold_until":
            left_s = questions.until_close_s(row, frame.status.at_ns)
            self._ask.ask(questions.hold_until(row, left_s, self._vetoes.give))

    def _is_armed(self) -> bool:
        return self._frame is None or self._frame.status.is_armed

    def _sender(self, action: str, position: str) -> Callable[[Command], None]:
        return lambda command: self._dispatch.send(command, action, position)

    def _session_wide(self, action: str) -> None:
        if action == "flatten":
            self._dispatch.send(Flatten(), "flatten")
        elif action == "alerts":
            self._dispatch.send(Acknowledge(), "alerts")
        elif action == "session" and self._frame is not None:
            wanted = "halted" if self._frame.status.session == "active" else "active"
            self._dispatch.send(SetSession(state=wanted), "session")
        elif action == "undo_veto" and not self._vetoes.take_last_back() and self._frame is not None:
            self.say(standing(self._frame, self._grid.position()))

    def _play(self, action: str) -> None:
        playback = self.playback
        if playback is None:
            return
        match action:
            case "play":
                (playback.pause if playback.playing else playback.play)()
            case "step":
                playback.step()
            case "slow":
                playback.slows = not playback.slows
                slows = "slows" if playback.slows else "no longer slows"
                self.say(f"Playback {slows} down while a decision waits.", "said")
            case _:
                playback.set_speed(next_speed(playback.speed, 1 if action == "faster" else -1))
