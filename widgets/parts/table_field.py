"""A table of parameters in a form: one line a row, a field a column, rows added and taken away at the right."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.fields import HEIGHT, NumberField

COLUMN, GAP, HEAD = 84, 6, 18


class TableField(QWidget):
    """`cell` carries row, column and value; `added` and `removed` (the row) ask for another number of rows."""

    edited = Signal(object)
    cell = Signal(int, str, object)
    added = Signal()
    removed = Signal(int)

    def __init__(self, look: Look, columns: Mapping[str, str], most: int) -> None:
        """`columns` are keys with their heads; there are at most `most` rows."""
        super().__init__()
        self._look, self._columns, self._most = look, dict(columns), most
        self._fields: list[dict[str, NumberField]] = []
        self._less: list[ActionButton] = []
        self.more = ActionButton(look, "Add a row", hint="one more row, like the last one")
        self.more.setParent(self)
        self.more.clicked.connect(self.added.emit)

    def show_value(self, value: Any) -> None:
        """Show these rows."""
        rows: Sequence[Mapping[str, Any]] = value
        while len(self._fields) > len(rows):
            self._drop()
        while len(self._fields) < len(rows):
            self._append(len(self._fields))
        for fields, row in zip(self._fields, rows, strict=True):
            for key, field in fields.items():
                field.show_value(row[key])
        self.more.set_off("" if len(rows) < self._most else f"there are at most {self._most} rows")
        for button in self._less:
            button.set_off("" if len(rows) > 1 else "one row must stay")
        self.updateGeometry()
        self._place()

    def set_bad(self, bad: bool) -> None:
        """Which cell it is, `set_bad_cell` says."""
        if not bad:
            self.set_bad_cell(None, "")

    def set_bad_cell(self, row: int | None, column: str) -> None:
        """Outline that cell as refused, every other one as usual; without a column the whole row."""
        for i, fields in enumerate(self._fields):
            for key, field in fields.items():
                field.set_bad(i == row and column in ("", key))

    def sizeHint(self) -> QSize:
        """All rows and the button below them."""
        width = len(self._columns) * (COLUMN + GAP) + 30
        return QSize(width, HEAD + (len(self._fields) + 1) * (HEIGHT + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The heads of the columns."""
        with Ink(self, self._look) as ink:
            for i, head in enumerate(self._columns.values()):
                box = QRectF(i * (COLUMN + GAP), 0, COLUMN, HEAD)
                ink.text(box, head, px=10, weight=500, token="t2", align=RIGHT)

    def _append(self, row: int) -> None:
        fields = {key: NumberField(self._look, width=COLUMN) for key in self._columns}
        for key, field in fields.items():
            field.setParent(self)
            field.setAccessibleName(f"row {row + 1}, {self._columns[key]}")
            field.setAccessibleDescription("a number")
            field.edited.connect(partial(self.cell.emit, row, key))
            field.show()
        less = ActionButton(self._look, fmt.MINUS, hint=f"take row {row + 1} away", kind="flat")
        less.setParent(self)
        less.clicked.connect(partial(self._remove, row))
        less.show()
        self._fields.append(fields)
        self._less.append(less)
        self._order()

    def _remove(self, row: int) -> None:
        self.removed.emit(row)

    def _drop(self) -> None:
        for field in self._fields.pop().values():
            field.deleteLater()
        self._less.pop().deleteLater()

    def _order(self) -> None:
        """Tab goes row by row."""
        chain: list[QWidget] = []
        for fields, less in zip(self._fields, self._less, strict=True):
            chain += [*fields.values(), less]
        for one, other in zip(chain, [*chain[1:], self.more], strict=True):
            QWidget.setTabOrder(one, other)

    def _place(self) -> None:
        top = HEAD
        for fields, less in zip(self._fields, self._less, strict=True):
            for i, field in enumerate(fields.values()):
                field.setGeometry(i * (COLUMN + GAP), top, COLUMN, HEIGHT)
            less.setGeometry(len(fields) * (COLUMN + GAP), top, 28, HEIGHT)
            top += HEIGHT + 4
        self.more.setGeometry(0, top, self.more.sizeHint().width(), HEIGHT)
