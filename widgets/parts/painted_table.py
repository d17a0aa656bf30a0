"""The one table of the window: painted, asked only for the rows in sight, with columns whose width no value changes."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent, QResizeEvent

from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.row_area import RowArea
from widgets.parts.table_columns import Cell, Column, Place, head_of, places

__all__ = ["Cell", "Column", "PaintedTable"]

SCROLL_BAR = 8  # always left free, so that no column moves when the rows begin to scroll
SIDEWAYS = {Qt.Key.Key_Left: -40, Qt.Key.Key_Right: 40}  # pixels
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PaintedTable(RowArea):
    """Rows are counted from the top; one is current, chosen by a human or with `set_current`.

    `selected` carries the row that a human made current; `activated` the one that was double-clicked or on which Enter
    was pressed; `head_clicked` the key of a column.
    """

    activated = Signal(int)
    head_clicked = Signal(str)

    def __init__(
        self, look: Look, columns: Sequence[Column], *, row_height: Callable[[], int], name: str, empty: str
    ) -> None:
        """`empty` says what is shown without rows, and after a line break why or what to do."""
        super().__init__(look, name)
        self._row_height, self._empty = row_height, empty
        self._all = tuple(columns)
        self._shown = self._all
        self._places: tuple[Place, ...] = ()
        self._cell: Callable[[int, Column], Cell] = lambda row, column: Cell("")
        self._ground: Callable[[int], str] | None = None
        self._sorted: tuple[str, bool] | None = None
        self.set_measures()

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the columns are, before scrolling sideways."""
        return self._places

    def set_rows(
        self, count: int, cell: Callable[[int, Column], Cell], ground: Callable[[int], str] | None = None
    ) -> None:
        """Show `count` rows; `cell` is asked for what is in sight, `ground` for the token under a row ("": none)."""
        self._count, self._cell, self._ground = count, cell, ground
        if self._current is not None and self._current >= count:
            self._current = count - 1 if count else None
        self.set_ranges()
        if self.hasFocus():
            self.setAccessibleDescription(self.description())
        self.viewport().update()

    def hold_place(self, above: int) -> None:
        """So many rows were put above the others: who has scrolled or chosen a row keeps sight of the same ones."""
        if self._current is not None:
            self._current = min(self._current + above, self._count - 1) if self._count else None
        bar = self.verticalScrollBar()
        if bar.value() or self._current is not None:
            bar.setValue(bar.value() + above * self.row_height())

    def set_columns(self, keys: Sequence[str]) -> None:
        """Show these columns, in this order. Raises KeyError for one that the table does not have."""
        known = {column.key: column for column in self._all}
        self._shown = tuple(known[key] for key in keys)
        self.set_measures()

    def set_sorted(self, key: str, descending: bool) -> None:
        """The arrow beside the head of that column; the rows are sorted by whoever gives them."""
        self._sorted = key, descending
        self.viewport().update()

    def set_empty(self, words: str) -> None:
        """Other words for a table without rows."""
        if words != self._empty:
            self._empty = words
            self.viewport().update()

    def set_measures(self) -> None:
        """Take heights and columns of the look again."""
        self._places = places(self._look, self._shown, self.width() - SCROLL_BAR)
        self.set_ranges()
        self.viewport().update()

    def row_height(self) -> int:
        """As it was asked for."""
        return self._row_height()

    def head_height(self) -> int:
        """None for a list whose columns have no heads."""
        return self._look.measures.head if any(column.head for column in self._shown) else 0

    def text_of(self, row: int) -> str:
        """The words of a row, with a tab between columns."""
        return "\t".join(self._cell(row, place.column).words for place in self._places)

    def tip(self, at: QPoint) -> str:
        """The words of a cell that are cut, whole."""
        row, place = self.row_at(at), self._place_at(at.x())
        if row is None or place is None:
            return ""
        words, column = self._cell(row, place.column).words, place.column
        is_cut = self._look.width(words, column.px, column.weight) > place.room
        return words if is_cut else ""

    def _x(self, place: Place) -> float:
        """Where a column is now: all but the first one scroll sideways."""
        return place.left if place is self._places[0] else place.left - self.horizontalScrollBar().value()

    def _place_at(self, x: int) -> Place | None:
        return next((p for p in self._places if self._x(p) <= x < self._x(p) + p.width), None)

    def description(self) -> str:
        """The cells of the current row by the heads of their columns."""
        if self._current is None:
            return f"{self._count} rows" if self._count else self._empty.replace("\n", ". ")
        cells = [(p.column, self._cell(self._current, p.column).words) for p in self._places]
        said = ", ".join(f"{column.head} {words}".strip() for column, words in cells if words)
        return f"row {self._current + 1} of {self._count}: {said}"

    def set_ranges(self) -> None:
        """Scroll sideways too, where the columns are wider than the table."""
        super().set_ranges()
        width = sum(place.width for place in self._places)
        self.horizontalScrollBar().setRange(0, max(0, round(width) - self.width() + SCROLL_BAR))
        self.horizontalScrollBar().setSingleStep(SIDEWAYS[Qt.Key.Key_Right])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns for the new width."""
        self.set_measures()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that move, activate or copy; every other one is the window's."""
        key, plain = Qt.Key(event.key()), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.matches(QKeySequence.StandardKey.Copy) and self._current is not None:
            QGuiApplication.clipboard().setText(self.text_of(self._current))
        elif plain and key in SIDEWAYS and self.horizontalScrollBar().maximum():
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + SIDEWAYS[key])
        elif plain and key in ENTER and self._current is not None:
            self.activated.emit(self._current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row, or name the head."""
        at = event.position().toPoint()
        place = self._place_at(at.x())
        if at.y() >= self.head_height():
            super().mousePressEvent(event)
        elif place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.head_clicked.emit(place.column.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Activate the row."""
        row = self.row_at(event.position().toPoint())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows in sight, the head over them, and the ring."""
        with Ink(self.viewport(), self._look) as ink:
            dirty, whole, top = event.rect(), self.viewport().rect(), self.head_height()
            ink.fill(QRectF(dirty), "bg1")
            rows = [row for row in self.in_sight if self.row_rect(row).intersects(dirty)]
            body = dirty.intersected(whole.adjusted(0, top, 0, 0))
            ink.painter.setClipRect(body)
            for row in rows:
                self._paint_ground(ink, row)
            self._paint_columns(ink, body, rows)
            if self.hasFocus() and self._current in rows:
                ink.focus_ring(QRectF(self.row_rect(self._current)), 2)
            ink.painter.setClipRect(dirty)
            if not self._count:
                self._paint_empty(ink)
            if self.hasFocus() and self._current not in rows:
                ink.focus_ring(QRectF(whole), 2)

    def _paint_columns(self, ink: Ink, body: QRect, rows: list[int]) -> None:
        """The first column last, for it stays where the others scroll under it."""
        frozen = round(self._places[0].width) if self._places else 0
        top, width = self.head_height(), self.viewport().width()
        head = QRect(0, 0, width, top)
        scrolled = self.horizontalScrollBar().value() > 0
        for first in (False, True):
            side = QRect(0, 0, frozen, self.height()) if first else QRect(frozen, 0, width, self.height())
            for place in self._places[:1] if first else self._places[1:]:
                box = QRectF(self._x(place), 0, place.width, 0)
                if box.right() <= (0 if first else frozen) or box.left() >= width:
                    continue
                ink.painter.setClipRect(body.intersected(side))
                for row in rows:
                    area = self.row_rect(row)
                    self._paint_cell(ink, QRectF(box.left(), area.top(), box.width(), area.height() - 1), row, place)
                if top:
                    ink.painter.setClipRect(head.intersected(side))
                    head_of(ink, QRectF(box.left(), 0, box.width(), top), place, self._sorted)
        ink.painter.setClipRect(head.united(body))
        if top:
            ink.hairline(QPointF(0, top - 0.5), QPointF(width, top - 0.5))
        if scrolled:
            ink.hairline(QPointF(frozen - 0.5, 0), QPointF(frozen - 0.5, body.bottom()), "line2")

    def _paint_cell(self, ink: Ink, box: QRectF, row: int, place: Place) -> None:
        cell, column = self._cell(row, place.column), place.column
        inside = place.inside(box)
        if cell.paint is not None:
            cell.paint(ink, inside)
        elif cell.words:
            ink.elided(inside, cell.words, px=column.px, weight=column.weight, token=cell.token, align=column.align)

    def _paint_ground(self, ink: Ink, row: int) -> None:
        box = QRectF(self.row_rect(row))
        token = self._ground(row) if self._ground is not None else ""
        if row == self._current:
            ink.fill(box, "sel" if not token else ink.look.tint(token, "accent", 0.12))
            ink.fill(QRectF(0, box.top(), 3, box.height()), "accent")
        elif row == self._hover:
            ink.fill(box, ink.look.tint(token or "bg2", "t1", 0.03))
        elif token:
            ink.fill(box, token)
        if self.head_height():  # a list without heads is read as text: it has no lines either
            ink.underline(box)

    def _paint_empty(self, ink: Ink) -> None:
        what, _, why = self._empty.partition("\n")
        left = float(self._look.measures.inset)
        box = QRectF(left, self.head_height() + 6, self.viewport().width() - 2 * left, 18)
        ink.elided(box, what, weight=600)
        ink.elided(box.translated(0, 18), why, px=11, token="t2")
