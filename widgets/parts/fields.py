"""What one edits in a form: a line of text, a number, a switch, one of a few words; each says what was made of it."""

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QWidget

from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.choices import Choices

HEIGHT = 26
UNDOING = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def plain(value: Any) -> str:
    """A value as one types it: no needless decimals, words as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return str(int(value)) if math.isfinite(value) and float(value).is_integer() else repr(value)


def grouped(value: float) -> str:
    """A bound as the window writes numbers."""
    return plain(value) if abs(value) < 1_000 else f"{value:,.10g}".replace(",", fmt.GROUP)


def number_of(text: str) -> float | str:
    """What somebody has typed as a number; as the text it is where it is none."""
    tidy = text.strip().replace(fmt.GROUP, "").replace("\u00a0", "").replace(fmt.MINUS, "-")
    try:
        return float(tidy)
    except ValueError:
        return tidy


class LineField(QLineEdit):
    """A line of text. `edited` carries the text at every key; undoing is the form's."""

    edited = Signal(object)

    def __init__(self, look: Look, *, width: int = 120, wants: str = "") -> None:
        super().__init__()
        self._look, self._bad = look, False
        self.setFrame(False)
        self.setFont(look.font(12))
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(min(width, 60))
        self._width = width
        self.setTextMargins(6, 0, 6, 0)
        self.setPlaceholderText(wants)
        self.setAccessibleDescription(wants)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.textEdited.connect(self._typed)

    def parsed(self, text: str) -> Any:
        """What the text stands for."""
        return text

    def _typed(self, text: str) -> None:
        self.edited.emit(self.parsed(text))

    def show_value(self, value: Any) -> None:
        """Show it, unless that is what somebody is typing."""
        if self.parsed(self.text()) != value:
            self.setText(plain(value))
            self.setCursorPosition(0)

    def set_bad(self, bad: bool) -> None:
        """Outline it as refused."""
        if bad != self._bad:
            self._bad = bad
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as it was made."""
        return QSize(self._width, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends the edit and nothing else; undoing goes to the form."""
        if any(event.matches(key) for key in UNDOING):
            event.ignore()
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, and the outline around it."""
        super().paintEvent(event)
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            off = self.isReadOnly() or not self.isEnabled()
            ink.rounded(box, 4, line="line" if off else "loss" if self._bad else "line2")
            if self.hasFocus():
                ink.focus_ring(box, 4)


class NumberField(LineField):
    """A number, or a word where the rule has one for it; right-aligned."""

    def __init__(self, look: Look, *, whole: bool = False, width: int = 92) -> None:
        super().__init__(look, width=width)
        self._whole = whole
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def parsed(self, text: str) -> Any:
        """The number; the text itself where it is none."""
        value = number_of(text)
        whole = self._whole and isinstance(value, float) and value.is_integer()
        return int(value) if whole else value


class Switch(QAbstractButton):
    """On or off: the knob's side says it, and the word beside it."""

    edited = Signal(object)

    def __init__(self, look: Look, name: str = "") -> None:
        super().__init__()
        self._look = look
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(72, HEIGHT)
        self.setAccessibleName(name)
        self.setAccessibleDescription("on or off")
        self.clicked.connect(lambda: self.edited.emit(self.isChecked()))

    def show_value(self, value: Any) -> None:
        """On or off."""
        self.setChecked(value is True)

    def set_bad(self, bad: bool) -> None:
        """A switch is never refused by itself."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter turns it as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The track, the knob and the word."""
        on, usable = self.isChecked(), self.isEnabled()
        with Ink(self, self._look) as ink:
            track = QRectF(4, 5, 30, 16)
            ink.rounded(track, 8, fill=("t2" if usable else "line2") if on else "bg3", line=None if on else "line2")
            knob = QRectF(track.right() - 14 if on else track.left() + 2, 7, 12, 12)
            ink.rounded(knob, 6, fill="bg1" if on else "t3")
            word = QRectF(42, 0, 30, HEIGHT)
            ink.text(word, "on" if on else "off", px=11, token="t1" if usable else "t3")
            if self.hasFocus():
                ink.focus_ring(QRectF(self.rect()), 4)


class ChoiceField(QWidget):
    """One of a few words, as chips."""

    edited = Signal(object)

    def __init__(self, look: Look, names: Sequence[str], *, name: str = "", words: Sequence[str] = ()) -> None:
        super().__init__()
        shown = list(words) or [fmt.words(each) for each in names]
        self._codes = dict(zip(shown, names, strict=True))
        self.chips = Choices(look, shown, name=name)
        self.setFocusProxy(self.chips)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 3, 0, 3)
        row.addWidget(self.chips)
        self.chips.chosen.connect(self._chosen)

    def _chosen(self, word: str) -> None:
        self.edited.emit(self._codes[word])

    def show_value(self, value: Any) -> None:
        """Let that one hold, without saying that somebody chose it."""
        word = next((word for word, code in self._codes.items() if code == value), None)
        if word is not None:
            self.chips.blockSignals(True)
            self.chips.choose(word)
            self.chips.blockSignals(False)

    def set_bad(self, bad: bool) -> None:
        """Every word it offers is one the file may have."""
