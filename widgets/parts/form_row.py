"""One line of a form: a name, what one edits, its unit and range, what it means, and what is wrong with it."""

from typing import Any, Protocol, cast

from PySide6.QtCore import QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.paint.ink import RIGHT, Ink
from widgets.paint.theme import Look
from widgets.parts.fields import HEIGHT, plain
from widgets.parts.words import Ground, wrapped, wrapped_height

LABEL, LABEL_COMPACT, INSET = 176, 138, 12
BEST_WIDTH = 640  # of a form; a sentence much longer than that is not read


class Field(Protocol):
    """What a form asks of that which one edits."""

    @property
    def edited(self) -> SignalInstance:
        """Emitted with the value that somebody has made."""
        ...

    def show_value(self, value: Any) -> None:
        """Show that value."""
        ...

    def set_bad(self, bad: bool) -> None:
        """Show that the value is refused."""
        ...


class FormRow(QWidget):
    """The name at the left, the field beside it, help below; `edited` carries the new value."""

    edited = Signal(object)

    def __init__(self, look: Look, name: str, field: QWidget, *, unit: str = "", help: str = "") -> None:
        super().__init__()
        self._look, self._name, self._unit, self._help = look, name, unit, help
        self.field = field
        self._was, self._wrong = "", ""
        field.setParent(self)
        field.setAccessibleName(f"{name}, {unit}" if unit else name)
        field.setAccessibleDescription(help or name)
        self._asked.edited.connect(self.edited.emit)

    @property
    def complaint(self) -> str:
        """What is wrong with the value; empty when nothing is."""
        return self._wrong

    def show_value(self, value: Any, shipped: Any = None) -> None:
        """Show a value, and beside it the shipped one where that is another."""
        self._asked.show_value(value)
        was = "" if shipped is None or value == shipped else f"was {_short(shipped)}"
        if was != self._was:
            self._was = was
            self.update()

    def set_complaint(self, wrong: str) -> None:
        """Say what is wrong below the field, or nothing again."""
        if wrong != self._wrong:
            self._wrong = wrong
            self._asked.set_bad(bool(wrong))
            self.field.setAccessibleDescription(wrong or self._help or self._name)
            self._fit()
            self.update()

    def sizeHint(self) -> QSize:
        """As tall as it is."""
        return QSize(BEST_WIDTH, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field beside the name, the help wrapped."""
        self.refit()

    def refit(self) -> None:
        """Give the field the room that it asks for now."""
        hint, left = self.field.sizeHint(), self._left()
        room = self.width() - left - INSET
        self.field.setGeometry(left, 4, min(hint.width(), room), max(hint.height(), HEIGHT))
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The name, the unit, what it was, and the help or the complaint."""
        with Ink(self, self._look) as ink:
            first = QRectF(INSET, 4, self._left() - INSET - 8, HEIGHT)
            ink.elided(first, self._name, weight=500)
            beside = QRectF(self.field.geometry().right() + 8, 4, 0, HEIGHT)
            beside.setRight(self.width() - INSET)
            ink.text(beside, self._unit, px=11, token="t2")
            ink.text(beside, self._was, px=11, token="accent", align=RIGHT)
            token, text = ("loss", self._wrong) if self._wrong else ("t2", self._help)
            left = INSET
            if self._wrong:
                ink.icon("alert", QRectF(INSET, self._below() + 1, 13, 13), "loss")
                left += 18
            box = QRectF(left, self._below(), self.width() - left - INSET, self.height() - self._below())
            wrapped(ink, box, text, 11, 400, token)

    @property
    def _asked(self) -> Field:
        return cast(Field, self.field)

    def _left(self) -> int:
        return LABEL if self.width() >= 470 else LABEL_COMPACT

    def _below(self) -> int:
        return self.field.geometry().bottom() + 3

    def _fit(self) -> None:
        left = INSET + (18 if self._wrong else 0)
        text = wrapped_height(self._look, self._wrong or self._help, self.width() - left - INSET)
        height = self._below() + text + 5
        if height != self.minimumHeight():
            self.setFixedHeight(height)


def form(look: Look, *parts: QWidget) -> QScrollArea:
    """Rows, sentences and buttons below one another, scrolled where they do not fit."""
    page, made = Ground(look), QScrollArea()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 10, 0, 12)
    column.setSpacing(4)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    made.setWidget(page)
    made.setWidgetResizable(True)
    made.setFrameShape(QScrollArea.Shape.NoFrame)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def in_line(look: Look, *parts: QWidget) -> QWidget:
    """Parts beside one another, from the inset of a form on."""
    made = Ground(look)
    row = QHBoxLayout(made)
    row.setContentsMargins(INSET, 2, INSET, 2)
    row.setSpacing(6)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return made


def _short(value: Any) -> str:
    if isinstance(value, list):
        return "another table"
    text = {True: "on", False: "off"}[value] if isinstance(value, bool) else plain(value)
    return text.replace("_", " ") if len(text) <= 24 else "another text"
