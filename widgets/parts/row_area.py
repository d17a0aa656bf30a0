"""Rows of one height below a head that stays: which are in sight, which one is current, and the keys that move it."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from widgets.paint.theme import Look

STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}


class RowArea(QAbstractScrollArea):
    """Painted by whoever derives from it. `selected` carries the row that a human made current."""

    selected = Signal(int)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._count = 0
        self._current: int | None = None
        self._hover: int | None = None
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.viewport().setMouseTracking(True)

    def row_height(self) -> int:
        """Of every row, in logical pixels."""
        raise NotImplementedError

    def head_height(self) -> int:
        """Of what stays above the rows."""
        raise NotImplementedError

    def description(self) -> str:
        """What a screen reader says: the current row, or all of them in short."""
        raise NotImplementedError

    def tip(self, at: QPoint) -> str:
        """The tooltip at a place of the viewport."""
        raise NotImplementedError

    @property
    def current(self) -> int | None:
        """The row that the keys act on."""
        return self._current

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._count

    @property
    def in_sight(self) -> range:
        """The rows that are at least partly seen."""
        height, top = self.row_height(), self.verticalScrollBar().value()
        last = -(-(top + self._room()) // height)
        return range(min(top // height, self._count), min(last, self._count))

    def set_current(self, row: int | None) -> None:
        """Make that row the current one, or none, and bring it into sight; it is not `selected`."""
        self._current = None if row is None or not self._count else min(max(row, 0), self._count - 1)
        if self._current is not None:
            bar, height = self.verticalScrollBar(), self.row_height()
            lowest = (self._current + 1) * height - max(height, self._room())
            bar.setValue(min(max(bar.value(), lowest), self._current * height))
        self.setAccessibleDescription(self.description())
        self.viewport().update()

    def choose(self, row: int) -> None:
        """What a human does with a click or a key: the row is current, and `selected`."""
        self.set_current(row)
        if self._current is not None:
            self.selected.emit(self._current)

    def row_at(self, at: QPoint) -> int | None:
        """The row at a place of the viewport."""
        row = (at.y() - self.head_height() + self.verticalScrollBar().value()) // self.row_height()
        return row if at.y() >= self.head_height() and 0 <= row < self._count else None

    def row_rect(self, row: int) -> QRect:
        """Where a row is in the viewport."""
        top = self.head_height() + row * self.row_height() - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self.row_height())

    def set_ranges(self) -> None:
        """Scroll over as many rows as there are now."""
        self.verticalScrollBar().setRange(0, max(0, self._count * self.row_height() - self._room()))
        self.verticalScrollBar().setSingleStep(self.row_height())
        self.verticalScrollBar().setPageStep(self._room())

    def _room(self) -> int:
        return max(0, self.viewport().height() - self.head_height())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint again: the head stays."""
        self._hover = None
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of rows fits."""
        self.set_ranges()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring, and what a screen reader says."""
        self.setAccessibleDescription(self.description())
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Without the ring."""
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that move the current row; every other one is the window's."""
        key = Qt.Key(event.key())
        moves = key in STEPS or key in PAGES or key in ENDS
        if not moves or not self._count or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in ENDS:
            self.choose(ENDS[key] % self._count)
        elif self._current is None:  # the first key of all chooses the first row in sight
            self.choose(self.in_sight.start)
        else:
            page = max(1, self._room() // self.row_height() - 1)
            self.choose(self._current + STEPS.get(key, PAGES.get(key, 0) * page))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row."""
        row = self.row_at(event.position().toPoint())
        if row is not None:
            self.choose(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The press has done it all; what lies below hears of neither."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the mouse."""
        self._light(self.row_at(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips, and the mouse leaving."""
        if event.type() == QEvent.Type.Leave:
            self._light(None)
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def _light(self, row: int | None) -> None:
        if row != self._hover:
            self._hover = row
            self.viewport().update()
