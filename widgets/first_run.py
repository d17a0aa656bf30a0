"""The first look at the window: every pane by its name, laid over it once."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.acting.keymap import action_of, cap
from widgets.paint.ink import CENTRE, Ink
from widgets.paint.theme import Look
from widgets.parts.words import wrapped, wrapped_height

Pane = tuple[QRect, str, str]  # where in the window, its name, what it is for
WIDEST, NARROW, PAD, TITLE = 340.0, 160.0, 10.0, 20.0


class FirstRun(QWidget):
    """Any click, Esc, or the key that shows the keys ends it; every other key does what it always does."""

    ended = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._over = look, parent
        self._panes: tuple[Pane, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("the parts of the window")
        self.hide()

    def show_panes(self, panes: Sequence[Pane]) -> None:
        """Lay the names over these panes; rectangles in coordinates of the window. Call it again when it is resized."""
        self._panes = tuple(panes)
        self.setAccessibleDescription("; ".join(f"{title}: {text}" for _, title, text in panes))
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.setFocus()
        self.update()

    def end(self) -> None:
        """Away with it."""
        if self.isVisible():
            self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """It is over, and the keys are the window's again."""
        self.window().setFocus()
        self.ended.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """End."""
        self.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends it; the key of the keys ends it and is the window's."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
            return
        if action_of(event) == "keys":
            self.end()
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The window dimmed, an outline and a plate on each pane, and how it ends."""
        with Ink(self, self._look) as ink:
            veil = self._look.colour("bg0")
            veil.setAlphaF(0.62)
            ink.fill(QRectF(self.rect()), veil)
            for rect, title, text in self._panes:
                ink.rounded(QRectF(rect).adjusted(1, 1, -1, -1), 4, line="accent")
                self._plate(ink, QRectF(rect), title, text)
            self._foot(ink)

    def _plate(self, ink: Ink, pane: QRectF, title: str, text: str) -> None:
        if pane.width() < NARROW:  # beside it, where there is room
            name, told = (self._look.width(*words) for words in ((title, 12, 600), (text, 11, 400)))
            self._line(ink, QRectF(pane.right(), pane.top(), name + told + 4 * PAD, pane.height()), title, text)
            return
        width = min(WIDEST, pane.width() - 2 * PAD)
        height = TITLE + wrapped_height(self._look, text, int(width - 2 * PAD)) + 2 * PAD - 4
        if height > pane.height() - 6:
            self._line(ink, pane, title, text)
            return
        plate = QRectF(0, 0, width, height)
        plate.moveCenter(pane.center())
        ink.rounded(plate, 6, fill="bg2", line="line2")
        inside = plate.adjusted(PAD, PAD - 4, -PAD, 0)
        ink.text(QRectF(inside.left(), inside.top(), inside.width(), TITLE), title, px=13, weight=600)
        wrapped(ink, inside.adjusted(0, TITLE + 2, 0, 0), text, 11, 400, "t2")

    def _line(self, ink: Ink, pane: QRectF, title: str, text: str) -> None:
        """A pane too low for a plate: one line."""
        name = self._look.width(title, 12, 600)
        told = self._look.width(text, 11) + 10 if text else 0.0
        told = told if name + told + 2 * PAD <= pane.width() - 8 else 0.0
        plate = QRectF(0, 0, min(name + told + 2 * PAD, pane.width() - 4), min(26.0, pane.height() - 2))
        plate.moveCenter(pane.center())
        ink.rounded(plate, 6, fill="bg2", line="line2")
        ink.elided(plate.adjusted(PAD, 0, -4, 0), title, weight=600)
        if told:
            ink.text(plate.adjusted(PAD + name + 10, 0, 0, 0), text, px=11, token="t2")

    def _foot(self, ink: Ink) -> None:
        words = f"A click or Esc ends this. {cap('keys')} shows every key."
        plate = QRectF(0, 0, self._look.width(words, 12, 600) + 32, 34)
        plate.moveCenter(QRectF(self.rect()).center())
        plate.moveBottom(self.height() - 14)
        ink.rounded(plate, 6, fill="accent")
        ink.text(plate, words, px=12, weight=600, token="onaccent", align=CENTRE)
