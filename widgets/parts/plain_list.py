"""A list of lines in the look of the window, with Qt's own scrolling, selection and accessibility beneath."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate
from PySide6.QtWidgets import QStyleOptionViewItem as Option

from widgets.paint.ink import RIGHT, Ink
from widgets.paint.theme import Look
from widgets.parts.words import wrapped, wrapped_height

Index = QModelIndex | QPersistentModelIndex
STEPS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: +1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: +10}
ENDS: dict[int, int] = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
ENTERING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LINE = Qt.ItemDataRole.UserRole
INSET, ICON = 12, 22


class Line(NamedTuple):
    """One line: its words, quieter ones below them, and what stands at the right; a `head` cannot be chosen."""

    words: str
    below: str = ""
    right: str = ""
    icon: str = ""
    caps: tuple[str, ...] = ()
    token: str = "t1"
    below_token: str = "t2"
    marked: bool = False  # a dot: it is not as it was shipped
    head: bool = False

    @property
    def told(self) -> str:
        """All of it, for a reader of the screen."""
        parts = (self.words, self.below, ", ".join(self.caps), self.right, "changed" if self.marked else "")
        return "; ".join(part for part in parts if part)


class PlainList(QListWidget):
    """`entered` is emitted when Enter, Space or a double click picks the current line."""

    entered = Signal(int)

    def __init__(self, look: Look, name: str, *, row_height: int = 28) -> None:
        super().__init__()
        self.look, self.row_height = look, row_height
        self._lines: tuple[Line, ...] = ()
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setItemDelegate(_Painted(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setAccessibleDescription("the arrows move, Enter picks")
        self.itemDoubleClicked.connect(self._picked)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it shows."""
        return self._lines

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; the current line stays where it is, or moves to one that can be chosen."""
        if tuple(lines) == self._lines:
            return
        at, scrolled = self.currentRow(), self.verticalScrollBar().value()
        self._lines = tuple(lines)
        was_blocked = self.blockSignals(True)
        while self.count() > len(self._lines):
            self.takeItem(self.count() - 1)
        for i, line in enumerate(self._lines):
            if i == self.count():
                self.addItem(QListWidgetItem())
            item = self.item(i)
            item.setText(line.told)
            item.setData(LINE, line)
            item.setFlags(_flags(line))
        self.choose(min(max(at, 0), len(self._lines) - 1))
        self.blockSignals(was_blocked)
        self.doItemsLayout()
        self.verticalScrollBar().setValue(scrolled)
        if self.currentRow() != at:
            self.currentRowChanged.emit(self.currentRow())

    def choose(self, row: int) -> None:
        """Make that line current, or the next one that can be chosen."""
        free = [i for i, line in enumerate(self._lines) if not line.head]
        if free:
            self.setCurrentRow(next((i for i in free if i >= row), free[-1]))

    def _picked(self) -> None:
        self.entered.emit(self.currentRow())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter and Space pick; every other key is somebody else's."""
        key = event.key()
        bare = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if bare and (key in STEPS or key in ENDS):
            self._move(ENDS.get(key), STEPS.get(key, 0))
        elif bare and key in (*ENTERING, Qt.Key.Key_Space):
            self.entered.emit(self.currentRow())
        else:
            event.ignore()

    def _move(self, to: int | None, by: int) -> None:
        """To the first or the last line that can be chosen, or by so many of them."""
        free = [i for i, line in enumerate(self._lines) if not line.head]
        if free:
            at = free.index(self.currentRow()) if self.currentRow() in free else 0
            self.setCurrentRow(free[to] if to is not None else free[min(max(at + by, 0), len(free) - 1)])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is painted around the current line."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """It goes."""
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped lines are as tall as the width makes them."""
        super().resizeEvent(event)
        self.doItemsLayout()


class _Painted(QStyledItemDelegate):
    """Paints a line; the selection is a ground and an edge of 3 px."""

    def __init__(self, shown: PlainList) -> None:
        super().__init__(shown)
        self._list = shown

    def sizeHint(self, option: Option, index: Index) -> QSize:
        """One row, and what is below the words."""
        line: Line = index.data(LINE)
        width = self._list.viewport().width() - 2 * INSET - (ICON if line.icon else 0)
        below = wrapped_height(self._list.look, line.below, width)
        return QSize(40, self._first(line, width) + (below + 4 if below else 0) + (6 if line.head else 0))

    def _first(self, line: Line, width: int) -> int:
        """The height of the words: more than a row where they stand alone and do not fit into one."""
        if line.right or line.caps or line.head:
            return self._list.row_height
        extra = self._list.row_height - wrapped_height(self._list.look, "x", width, 12, 500)
        return max(wrapped_height(self._list.look, line.words, width, 12, 500) + extra, self._list.row_height)

    def paint(self, painter: QPainter, option: Option, index: Index) -> None:
        """One line."""
        line: Line = index.data(LINE)
        box = QRectF(option.rect)  # pyright: ignore[reportUnknownArgumentType, reportAttributeAccessIssue, reportUnknownMemberType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportUnknownVariableType, reportAttributeAccessIssue, reportUnknownMemberType]
        current = bool(state & QStyle.StateFlag.State_Selected) and not line.head
        hovered = bool(state & QStyle.StateFlag.State_MouseOver) and not line.head
        with Ink(painter, self._list.look) as ink:
            ink.fill(box, "sel" if current else "bg2" if hovered else "bg1")
            if current:
                ink.fill(QRectF(box.left(), box.top(), 3, box.height()), "accent")
            self._write(ink, box, line)
            if current and self._list.hasFocus():
                ink.focus_ring(box, 3)

    def _write(self, ink: Ink, box: QRectF, line: Line) -> None:
        first = QRectF(box.left() + INSET, box.top(), box.width() - 2 * INSET, self._list.row_height)
        if line.head:
            ink.text(first.translated(0, 6), line.words, px=10, weight=500, token="t2")
            return
        left, right = first.left(), first.right()
        if line.icon:
            ink.icon(
                line.icon, QRectF(left, first.center().y() - 7, 14, 14), line.token if line.token != "t1" else "t2"
            )
            left += ICON
        for word in reversed(line.caps):
            width = max(14.0, ink.look.width(word, 9, 500) + 7)
            ink.key_cap(right - width, first.center().y(), word, "t1")
            right -= width + 4
        if line.right:
            room = QRectF(left, first.top(), right - left, first.height())
            ink.text(room, line.right, px=11, token="t2", align=RIGHT)
            right -= ink.look.width(line.right, 11) + 8
        if line.marked:
            ink.rounded(QRectF(right - 8, first.center().y() - 3, 6, 6), 3, fill="accent")
            right -= 14
        tall = self._first(line, round(right - left))
        if tall == self._list.row_height:
            ink.elided(QRectF(left, first.top(), right - left, tall), line.words, weight=500, token=line.token)
        else:
            wrapped(ink, QRectF(left, first.top() + 5, right - left, tall), line.words, 12, 500, line.token)
        below = QRectF(left, first.top() + tall - 3, box.right() - INSET - left, box.height() - tall + 3)
        wrapped(ink, below, line.below, 11, 400, line.below_token)


def _flags(line: Line) -> Qt.ItemFlag:
    return Qt.ItemFlag.NoItemFlags if line.head else Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
