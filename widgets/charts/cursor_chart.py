"""A painted chart with a read-out that follows the mouse or the arrow keys."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from widgets.paint.theme import Look

HINT = "the left and right keys read its values out"


class CursorChart(QWidget):
    """What is read out has an index; a chart says how many there are, which one lies at an x, and what it says.

    ← and → move the read-out, Home and End go to the ends, Esc puts it away; every other key is the window's.
    """

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.look = look
        self._cursor: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they are
        self.setAccessibleName(name)
        self.setAccessibleDescription(HINT)

    @property
    def cursor_index(self) -> int | None:
        """What is read out; None while nothing is."""
        count = self.count()
        return None if self._cursor is None or count == 0 else min(self._cursor, count - 1)

    def count(self) -> int:
        """How many there are to read out."""
        raise NotImplementedError

    def index_at(self, x: float) -> int | None:
        """Which one lies at that x; None beside the plot."""
        raise NotImplementedError

    def said(self, index: int) -> str:
        """The read-out of that one as words."""
        raise NotImplementedError

    def home(self) -> int:
        """Where the keys begin: the newest one."""
        return self.count() - 1

    def move_cursor(self, index: int | None) -> None:
        """Read that one out, or none."""
        if index is not None:
            index = min(max(index, 0), self.count() - 1) if self.count() else None
        if index != self._cursor:
            self._cursor = index
            self.update()
        self.setAccessibleDescription(HINT if index is None else self.said(index))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the mouse."""
        self.move_cursor(self.index_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse has gone."""
        self.move_cursor(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keys have gone elsewhere."""
        self.move_cursor(None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the read-out."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        index = self.cursor_index
        if step is not None and self.count():
            self.move_cursor(self.home() if index is None else index + step)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.count():
            self.move_cursor(0 if event.key() == Qt.Key.Key_Home else self.count() - 1)
        elif event.key() == Qt.Key.Key_Escape and index is not None:
            self.move_cursor(None)
        else:
            event.ignore()
