"""The ground behind a row of tabs and controls, on a hairline."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.paint.ink import Ink
from widgets.paint.theme import Look


class Band(QWidget):
    """Painted only; its owner lays out what stands on it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            ink.underline(box)
