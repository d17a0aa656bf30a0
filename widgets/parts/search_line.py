"""A line to search with, painted as the other controls: Esc empties and leaves it, Down and Enter leave it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from widgets.paint.ink import Ink
from widgets.paint.theme import Look

HEIGHT, ICON = 22, 20


class SearchLine(QLineEdit):
    """`left` is emitted when the keyboard should go to what was searched in; `focused` when it comes or goes."""

    left = Signal()
    focused = Signal(bool)

    def __init__(self, look: Look, *, hint: str, name: str) -> None:
        super().__init__()
        self._look = look
        self.setFrame(False)
        self.setFont(look.font(11))
        self.setFixedHeight(HEIGHT)
        self.setTextMargins(ICON, 0, 4, 0)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setAccessibleDescription(hint)
        self.setToolTip(f"{name[:1].upper()}{name[1:]}; Esc shows all of it again")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for a word or two."""
        return QSize(132, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter stays here: no decision is taken by somebody who searches."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring."""
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Without it."""
        super().focusOutEvent(event)
        self.focused.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text as Qt paints it, in the outline of a control, with a lens."""
        super().paintEvent(event)
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            lit = bool(self.text())
            ink.rounded(box, 4, line="accent" if lit else "line2")
            ink.icon("search", QRectF(6, 0, 13, box.height()), "t1" if lit else "t2")
            if self.hasFocus():
                ink.focus_ring(box, 4)
