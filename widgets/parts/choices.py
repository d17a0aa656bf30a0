"""Choices beside one another as chips, of which one holds; the left and right keys move it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.paint.ink import CENTRE, Ink
from widgets.paint.theme import Look

HEIGHT, INSET, GAP = 20, 9, 2


class Choices(QWidget):
    """`chosen` carries the name; a name that is no longer offered gives way to the first one."""

    chosen = Signal(str)

    def __init__(self, look: Look, names: Sequence[str], *, name: str) -> None:
        super().__init__()
        self._look = look
        self._names: tuple[str, ...] = tuple(names)
        self._current = self._names[0]
        self._hover = ""
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self._describe()

    @property
    def current(self) -> str:
        """The choice that holds."""
        return self._current

    def offer(self, names: Sequence[str]) -> None:
        """Other choices."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self.updateGeometry()
            if self._current not in self._names:
                self.choose(self._names[0])
            self.adjustSize()
            self.update()

    def choose(self, name: str) -> None:
        """Let that one hold."""
        if name != self._current and name in self._names:
            self._current = name
            self._describe()
            self.update()
            self.chosen.emit(name)

    def sizeHint(self) -> QSize:
        """All of them beside one another."""
        return QSize(round(sum(self._width(name) + GAP for name in self._names)), HEIGHT)

    def at(self, x: float) -> str:
        """The choice at that place; empty beside them."""
        left = 0.0
        for name in self._names:
            if left <= x < left + self._width(name):
                return name
            left += self._width(name) + GAP
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(self.at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the one under the mouse."""
        hover = self.at(event.position().x())
        if hover != self._hover:
            self._hover = hover
            self.update()

    def leaveEvent(self, event: object) -> None:
        """Nothing is under the mouse."""
        self._hover = ""
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right; every other key is the window's."""
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}.get(event.key())
        if steps is None:
            event.ignore()
        else:
            index = self._names.index(self._current) + steps
            self.choose(self._names[min(max(index, 0), len(self._names) - 1)])

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chips; the one that holds is filled and in full ink."""
        with Ink(self, self._look) as ink:
            left = 0.0
            for name in self._names:
                box = QRectF(left, 0, self._width(name), HEIGHT)
                on = name == self._current
                if on or name == self._hover:
                    ink.rounded(box, 10, fill="bg3" if on else "bg2")
                ink.text(box, name, px=11, weight=600 if on else 400, token="t1" if on else "t2", align=CENTRE)
                left += self._width(name) + GAP
            if self.hasFocus():
                ink.focus_ring(QRectF(QPointF(0, 0), QPointF(left - GAP, HEIGHT)), 10)

    def _width(self, name: str) -> float:
        return self._look.width(name, 11, 600) + 2 * INSET

    def _describe(self) -> None:
        self.setAccessibleDescription(f"{self._current}; one of {', '.join(self._names)}")
