"""Playback of a recording: what a feed offers, and the row of buttons for it."""

from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.acting.keymap import cap
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, Ink
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton

SPEEDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_000.0)


class Playback(Protocol):
    """What plays a recording or the demo; every call may come from the window's thread. Speeds are 1 … 1000 or inf.

    With `slows` it plays at ×1 while a decision asks; a speed that is set meanwhile stays.
    """

    slows: bool

    @property
    def playing(self) -> bool:
        """Whether time goes on."""
        ...

    @property
    def speed(self) -> float:
        """Session seconds a second."""
        ...

    @property
    def before(self) -> float | None:
        """The speed to return to; None while nothing is slowed down."""
        ...

    def play(self) -> None:
        """Go on."""
        ...

    def pause(self) -> None:
        """Stop the session's time."""
        ...

    def step(self) -> None:
        """Play one batch of rows, and pause."""
        ...

    def set_speed(self, times: float) -> None:
        """Play that many times as fast as the recording was made."""
        ...


def next_speed(speed: float, steps: int) -> float:
    """The next of `SPEEDS` above or below; the ends stay."""
    if steps > 0:
        return next((each for each in SPEEDS if each > speed), SPEEDS[-1])
    return next((each for each in reversed(SPEEDS) if each < speed), SPEEDS[0])


class PlaybackControls(QWidget):
    """Play or pause, step, and the speed; it emits the action, the window carries it out."""

    pressed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: tuple[bool, float, float | None] | None = None
        self.play = ActionButton(look, "", key=cap("play"), hint="pause", kind="flat")
        self.step = ActionButton(look, "", key=cap("step"), hint="one step", kind="flat")
        self.slower = ActionButton(look, fmt.MINUS, key=cap("slower"), hint="slower", kind="flat")
        self.faster = ActionButton(look, "+", key=cap("faster"), hint="faster", kind="flat")
        for button in (self.play, self.step, self.slower, self.faster):
            button.keep_key_in_tip()
        self.play.set_icon("pause")
        self.step.set_icon("step")
        self._speed = _Speed(look)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (self.play, self.step, self.slower, self._speed, self.faster):
            row.addWidget(part)
        for action, button in (("play", self.play), ("step", self.step), ("slower", self.slower)):
            button.clicked.connect(lambda _=False, action=action: self.pressed.emit(action))
        self.faster.clicked.connect(lambda: self.pressed.emit("faster"))

    def show_state(self, playing: bool, speed: float, before: float | None) -> None:
        """Paint the state of the playback; `before` is the speed it was slowed down from."""
        if (playing, speed, before) == self._shown:
            return
        self._shown = (playing, speed, before)
        self.play.set_icon("pause" if playing else "play")
        self.play.set_hint("pause" if playing else "play")
        self.slower.set_off("this is the slowest" if speed <= SPEEDS[0] else "")
        self.faster.set_off("this is the fastest" if speed >= SPEEDS[-1] else "")
        self._speed.show_speed(playing, speed, before)


class _Speed(QWidget):
    """The speed, and below it the one that comes back after the decision."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._speed, self._before, self._playing = look, 1.0, None, True
        self.setAccessibleName("speed ×1")

    def show_speed(self, playing: bool, speed: float, before: float | None) -> None:
        """Paint it, or that time stands still."""
        self._playing, self._speed, self._before = playing, speed, before
        self.setAccessibleName(f"speed {fmt.speed(speed)}")
        slowed = ""
        if before is not None:
            slowed = f" until the decision is made, then {fmt.speed(before)} again (S switches this off)"
        self.setToolTip(f"Playback {fmt.speed(speed)}{slowed}")
        self.update()

    def sizeHint(self) -> QSize:
        """Fixed: wide enough for ×1 000."""
        return QSize(round(self._look.width(f"×1{fmt.GROUP}000", 12, 600)) + 6, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One line, or two while slowed down."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            if not self._playing:
                ink.text(box, "paused", px=11, weight=600, token="warn", align=CENTRE)
            elif self._before is None:
                ink.text(box, fmt.speed(self._speed), weight=600, align=CENTRE)
            else:
                ink.text(box.adjusted(0, -1, 0, -12), fmt.speed(self._speed), weight=600, token="warn", align=CENTRE)
                ink.text(
                    box.adjusted(0, 14, 0, 1),
                    f"→ {fmt.speed(self._before)}",
                    px=9,
                    weight=500,
                    token="t3",
                    align=CENTRE,
                )
