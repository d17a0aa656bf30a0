"""A chip that shows one choice of several and opens a menu of them; its border says that it leaves something out."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QEnterEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy

from widgets.paint.ink import Ink
from widgets.paint.theme import Look

HEIGHT, INSET, CHEVRON = 22, 7, 12
OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)


class MenuChip(QAbstractButton):
    """The first choice leaves nothing out. `chosen` carries what a human has chosen.

    `widest` fixes the width; longer words are cut, and whole in the tooltip.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, choices: Sequence[str], *, name: str, widest: str) -> None:
        super().__init__()
        self._look, self._widest = look, widest
        self._choices = tuple(choices)
        self._current = self._choices[0]
        self._hovered = False
        self.menu = QMenu(self)
        self.menu.triggered.connect(self._triggered)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open)
        self._describe()

    @property
    def current(self) -> str:
        """The choice that holds."""
        return self._current

    @property
    def narrows(self) -> bool:
        """Whether something is left out."""
        return self._current != self._choices[0]

    def offer(self, choices: Sequence[str]) -> None:
        """Other choices; the one that holds stays, offered or not."""
        self._choices = tuple(choices)

    def choose(self, choice: str) -> None:
        """Let that one hold."""
        if choice != self._current:
            self._current = choice
            self._describe()
            self.update()
            self.chosen.emit(choice)

    def open(self) -> None:
        """Show the menu below the chip."""
        self.menu.clear()
        for choice in self._choices:
            action = self.menu.addAction(choice)
            action.setCheckable(True)
            action.setChecked(choice == self._current)
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def sizeHint(self) -> QSize:
        """As wide as its widest words, whichever it shows."""
        return QSize(round(self._look.width(self._widest, 11, 500)) + 2 * INSET + CHEVRON + 2, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Down open it as Space does."""
        if Qt.Key(event.key()) in OPENS:
            self.open()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """One step lighter."""
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """As before."""
        self._hovered = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words and the chevron."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            if self.narrows:
                ink.rounded(box, 4, fill="sel", line="accent")
            elif self._hovered or self.menu.isVisible():
                ink.rounded(box, 4, fill="bg2", line="line2")
            words = box.adjusted(INSET, 0, -INSET - CHEVRON, 0)
            ink.elided(words, self._current, px=11, weight=500, token="t1" if self.narrows else "t2")
            ink.icon("chev", QRectF(box.right() - INSET - CHEVRON + 2, 0, CHEVRON, box.height()), "t2")
            if self.hasFocus():
                ink.focus_ring(box, 4)

    def _triggered(self, action: QAction) -> None:
        self.choose(action.text())

    def _describe(self) -> None:
        self.setToolTip(f"{self.accessibleName()}: {self._current}")
        self.setAccessibleDescription(self._current)
