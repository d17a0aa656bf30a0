"""Buttons that carry their key, say when they are sending, say why they are off, or must be held to fire."""

import math
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from widgets.acting.keymap import Cap, active, cap
from widgets.paint.ink import CENTRE, Ink
from widgets.paint.signs import arc
from widgets.paint.theme import Look

HOLD_S = 0.8
MOST_HELD_S = 0.1  # of it in one step: while the window stood still nobody could be seen letting go
LET_GO = "Let go"
STOOD_STILL_S = 0.2  # held for that much longer than was seen: not a matter of the first and the last tick
Kind = Literal["plain", "act", "accent", "flat"]
FILLED: dict[str, str] = {"act": "onact", "accent": "onaccent"}


class ActionButton(QAbstractButton):
    """A word and the key that does the same.

    It shows *sending* from the press to the acknowledgement, and while it is off its tooltip says why. Of the filled
    ones a screen has one each: `act` for what is due, `accent` for the next step of a form; `flat` has no border until
    the mouse is over it. A `key` that is the `cap` of an action follows the keymap.
    """

    def __init__(self, look: Look, word: str, *, key: str = "", hint: str = "", kind: Kind = "plain") -> None:
        super().__init__()
        self._look, self._kind, self._key, self._hint = look, kind, key, hint
        self._sending = self._hovered = False
        self._icon = ""
        self._paints_key = True
        self.setText(word)
        self.setAccessibleName(hint or word)
        self.setToolTip(_tip(hint or word, key))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        active.changed.connect(self._follow_keymap)

    def set_icon(self, name: str) -> None:
        """Paint that icon before the word, or alone when there is no word."""
        if name != self._icon:
            self._icon = name
            self.update()

    def set_word(self, word: str) -> None:
        """Another word on the same button."""
        if word != self.text():
            self.setText(word)

    def set_hint(self, hint: str) -> None:
        """Another description: what the next press does."""
        if hint != self._hint:
            self._hint = hint
            self.setAccessibleName(hint)
            if self.isEnabled():
                self.setToolTip(_tip(hint, self._key))

    def set_key(self, key: str) -> None:
        """The cap to show; empty while the key means something else."""
        if key != self._key:
            self._key = key
            if self.isEnabled():
                self.setToolTip(_tip(self._hint or self.text(), key))
            self.update()

    def keep_key_in_tip(self) -> None:
        """Where there is no room for a cap the tooltip alone names the key."""
        self._paints_key = False

    def _follow_keymap(self) -> None:
        if isinstance(self._key, Cap):
            self.set_key(cap(self._key.action))
            self.updateGeometry()

    def set_sending(self, sending: bool) -> None:
        """Show that the answer is awaited."""
        if sending != self._sending:
            self._sending = sending
            self.update()

    def set_off(self, reason: str) -> None:
        """Turn the button off for that reason, or on again with an empty one."""
        if self.isEnabled() == (not reason) and (not reason or reason in self.toolTip()):
            return
        self.setEnabled(not reason)
        self.setToolTip(reason or _tip(self._hint, self._key))
        self.setAccessibleDescription(reason)

    @property
    def sending(self) -> bool:
        """Whether the answer is awaited."""
        return self._sending

    def sizeHint(self) -> QSize:
        """Wide enough for the word, the icon and the cap."""
        width = self._look.width(self.text(), 11, 500) + 20
        width += 18 if self._icon and self.text() else 0
        width += self._look.width(self._key, 9, 500) + 14 if self._key and self._paints_key else 0
        return QSize(max(28, round(width)), 26)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the focused button as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """One step lighter; nothing moves."""
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """As before."""
        self._hovered = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button in its state."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            self._ground(ink, box)
            token = self._text_token()
            if self._sending:
                arc(ink, QRectF(box.left() + 9, box.center().y() - 5, 10, 10), 0.3, token, 1.6)
                ink.text(box.adjusted(22, 0, -4, 0), "sending", px=11, weight=500, token=token)
            else:
                self._content(ink, box, token)
            if self.hasFocus():
                ink.focus_ring(box, 4)

    def _text_token(self) -> str:
        if not self.isEnabled():
            return "t3"
        return FILLED.get(self._kind, "t1")

    def _ground(self, ink: Ink, box: QRectF) -> None:
        if not self.isEnabled():
            if self._kind != "flat":
                ink.rounded(box, 4, line="line")
            return
        ground = self._kind if self._kind in FILLED else "bg2"
        fill = ink.colour(ground)
        if self.isDown():
            fill = ink.look.tint(ground, "t1", 0.10)
        elif self._hovered:
            fill = ink.look.tint(ground, "t1", 0.06)
        if self._kind == "flat" and not (self.isDown() or self._hovered):
            return
        ink.rounded(box, 4, fill=fill, line=None if self._kind in FILLED else "line2")

    def _content(self, ink: Ink, box: QRectF, token: str) -> None:
        word, middle = self.text(), box.center().y()
        wide = ink.look.width(word, 11, 500)
        cap = max(14.0, ink.look.width(self._key, 9, 500) + 7) if self._key and self._paints_key else 0.0
        icon = 14.0 if self._icon else 0.0
        gaps = (4 if icon and word else 0) + (6 if cap and (word or icon) else 0)
        left = box.left() + (box.width() - wide - cap - icon - gaps) / 2
        if icon:
            ink.icon(self._icon, QRectF(left, middle - 7, 14, 14), token)
            left += icon + (4 if word else 0)
        if word:
            left = ink.run(QRectF(left, box.top(), wide + 2, box.height()), word, px=11, weight=500, token=token)
        if cap:
            ink.key_cap(left + 6, middle, self._key, ink.colour(token) if self._kind in FILLED else "t2")


class HoldButton(ActionButton):
    """Fires after it has been held for `HOLD_S`, with the mouse or with its key; letting go earlier does nothing.

    `begun` comes with every hold, and after it `fired` or `ended_early`: by what, and the seconds of it that were seen.
    """

    begun = Signal()
    fired = Signal()
    ended_early = Signal(str, float)

    def __init__(self, look: Look, word: str, *, key: str = "", hint: str = "") -> None:
        super().__init__(look, word, key=key, hint=hint)
        self._since_s: float | None = None
        self._wanted = False
        self._held_s = 0.0
        self.set_icon("power")

    @property
    def held(self) -> bool:
        """Whether somebody is holding it."""
        return self._wanted

    def begin(self) -> None:
        """Somebody has begun to hold it."""
        if self.isEnabled() and not self._sending:
            self._wanted, self._since_s, self._held_s = True, None, 0.0
            self.begun.emit()
            self.update()

    def cancel(self, how: str = LET_GO) -> None:
        """The hold ends before its time; `how` is said."""
        if self._wanted:
            seen_s = self._held_s
            self._end()
            self.ended_early.emit(how, seen_s)

    def _end(self) -> None:
        self._wanted, self._since_s, self._held_s = False, None, 0.0
        self.update()

    def advance(self, now_s: float) -> None:
        """Time goes on (monotonic seconds); the first call after `begin` starts the measure."""
        if not self._wanted:
            return
        if self._since_s is not None:
            self._held_s += min(now_s - self._since_s, MOST_HELD_S)
        self._since_s = now_s
        if self._held_s >= HOLD_S:
            self._end()
            self.fired.emit()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin with the left button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.begin()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.cancel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter hold the focused button as the mouse does."""
        if event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        elif not event.isAutoRepeat():
            self.begin()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End."""
        if event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        elif not event.isAutoRepeat():
            self.cancel()

    def leaveEvent(self, event: QEvent) -> None:
        """Sliding off lets go."""
        self.cancel("The mouse slid off")
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The key goes up elsewhere."""
        self.cancel("The keyboard went elsewhere")
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The red outline that fills while it is held."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            off = not self.isEnabled()
            ink.rounded(box, 4, fill="lossbg", line="line2" if off else "loss")
            if self._wanted:
                share = min(self._held_s / HOLD_S, 1.0)
                filled = QRectF(box.left() + 1, box.top() + 1, (box.width() - 2) * share, box.height() - 2)
                ink.rounded(filled, 3, fill=ink.look.tint("lossbg", "loss", 0.45))
            token = "t3" if off else "loss"
            if self._sending:
                ink.text(box, "flattening", px=11, weight=500, token=token, align=CENTRE)
            elif self._wanted:
                words = f"keep holding {max(0.0, HOLD_S - self._held_s):.1f} s"
                ink.text(box, words, px=11, weight=500, token="t1", align=CENTRE)
            else:
                self._content(ink, box, token)
            if self.hasFocus():
                ink.focus_ring(box, 4)


def nothing_sent(how: str, seen_s: float, held_s: float) -> str:
    """What to say after a hold that has ended early: `seen_s` of the `held_s` seconds were seen."""
    seen = f"{math.floor(seen_s * 10 + 1e-6) / 10:.1f} s"  # never rounded up to what would have been enough
    if held_s - seen_s > STOOD_STILL_S:
        return f"The window stood still and saw only {seen} of the hold: nothing was sent. Hold {HOLD_S} s again."
    return f"{how} after {seen}: nothing was sent. Hold {HOLD_S} s."


def _tip(hint: str, key: str) -> str:
    return f"{hint[:1].upper()}{hint[1:]} ({key})" if key else f"{hint[:1].upper()}{hint[1:]}"


def beside(parent: QWidget, *buttons: ActionButton) -> None:
    """Make the buttons children of a hand-painted pane."""
    for button in buttons:
        button.setParent(parent)
