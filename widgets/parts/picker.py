"""One of many, from a list that opens: Qt's own box, painted as the window's buttons are."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.fields import HEIGHT


class Picker(QComboBox):
    """Space and the arrows open and move it; letters are the window's."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self.setFont(look.font(12))
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(name)
        self.setAccessibleDescription("Space opens the list, the arrows choose")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A letter would look for a name that begins with it."""
        if event.text().isalnum():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past it chooses nothing."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The name that is chosen, and the sign that there are more."""
        with Ink(self, self._look) as ink:
            box, usable = QRectF(self.rect()), self.isEnabled()
            ground = self._look.tint("bg2", "t1", 0.06) if self.underMouse() else self._look.colour("bg2")
            ink.rounded(box, 4, fill=ground if usable else None, line="line2" if usable else "line")
            words = box.adjusted(9, 0, -26, 0)
            ink.elided(words, self.currentText(), weight=500, token="t1" if usable else "t3")
            ink.icon("chev", QRectF(box.right() - 22, box.center().y() - 7, 14, 14), "t2" if usable else "t3")
            if self.hasFocus():
                ink.focus_ring(box, 4)
