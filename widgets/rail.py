"""The rail on the left: one button a page, and below them the layout, the sound and the keys."""

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from widgets.acting.keymap import cap
from widgets.paint.ink import CENTRE, Ink
from widgets.paint.theme import Look

WIDTH = 56
PAGE_HEIGHT, TOOL_HEIGHT = 52, 38
MODE_LINE = 3  # the line of the mode goes on over the rail


class Entry(NamedTuple):
    """One button: the action it stands for, its icon, its word (tools have none) and what it does."""

    action: str
    icon: str
    word: str
    hint: str


PAGES: Mapping[str, Entry] = {
    "cockpit": Entry("page_cockpit", "cockpit", "Cockpit", "positions, rules and charts"),
    "chain": Entry("page_chain", "strategy", "Chain", "the option chain, and a ticket to open a position"),
    "journal": Entry("page_journal", "journal", "Journal", "round trips and how they went"),
    "settings": Entry("page_settings", "settings", "Settings", "profiles, keys and looks"),
}
TOOLS: tuple[Entry, ...] = (
    Entry("layout", "grid", "", "arrange the panes; right click puts them back"),
    Entry("mute", "sound", "", "sounds on or off"),
    Entry("keys", "help", "", "all keys"),
)


class Rail(QWidget):
    """Emits the action of the button that was pressed; the window shows the page and says which one it is."""

    pressed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._badge = look, "replay"
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("pages")
        self.pages = {name: RailButton(look, entry, PAGE_HEIGHT) for name, entry in PAGES.items()}
        self.tools = {entry.action: RailButton(look, entry, TOOL_HEIGHT) for entry in TOOLS}
        column = QVBoxLayout(self)
        column.setContentsMargins(4, MODE_LINE + 6, 4, 6)
        column.setSpacing(2)
        for button in self.pages.values():
            column.addWidget(button)
        column.addStretch(1)
        for button in self.tools.values():
            column.addWidget(button)
        for button in (*self.pages.values(), *self.tools.values()):
            button.clicked.connect(lambda _=False, action=button.entry.action: self.pressed.emit(action))
        arrange = self.tools["layout"]
        arrange.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        arrange.customContextMenuRequested.connect(self._put_back)
        self.show_page("cockpit")

    def _put_back(self, _at: QPoint) -> None:
        self.pressed.emit("reset_layout")

    def show_page(self, name: str) -> None:
        """That page is in front."""
        for each, button in self.pages.items():
            button.set_on(each == name)

    def show_badge(self, token: str) -> None:
        """The mode's colour on top, as in the strip."""
        if token != self._badge:
            self._badge = token
            self.update()

    def show_keys(self) -> None:
        """The keymap has changed."""
        for button in (*self.pages.values(), *self.tools.values()):
            button.show_key()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground and the mode's line."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            ink.fill(QRectF(0, 0, box.width(), MODE_LINE), self._badge)
            x = box.right() - 0.5
            ink.hairline(QPointF(x, MODE_LINE), QPointF(x, box.bottom()))


class RailButton(QAbstractButton):
    """An icon over its word; the one of the page in front is lit and has an accent edge."""

    def __init__(self, look: Look, entry: Entry, height: int) -> None:
        super().__init__()
        self._look, self.entry, self._height = look, entry, height
        self._on = self._crossed = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(entry.word or entry.hint)
        self.show_key()

    def sizeHint(self) -> QSize:
        """As wide as the rail allows."""
        return QSize(WIDTH - 8, self._height)

    def set_on(self, on: bool) -> None:
        """Whether its page is in front."""
        if on != self._on:
            self._on = on
            self.setAccessibleDescription("in front" if on else "")
            self.update()

    def set_crossed(self, crossed: bool) -> None:
        """Whether what it stands for is off: its icon is struck through."""
        if crossed != self._crossed:
            self._crossed = crossed
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the focused button as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def show_key(self) -> None:
        """Its key, in the tooltip."""
        hint, key = self.entry.hint, cap(self.entry.action)
        self.setToolTip(f"{hint[:1].upper()}{hint[1:]} ({key})" if key else f"{hint[:1].upper()}{hint[1:]}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button in its state."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            if self._on:
                ink.rounded(box, 6, fill="sel")
                ink.fill(QRectF(box.left() - 4, box.top() + 8, 3, box.height() - 16), "accent")
            elif self.isDown() or self.underMouse():
                ink.rounded(box, 6, fill="bg2")
            token = "accent" if self._on else "t2"
            if self.entry.word:
                ink.icon(self.entry.icon, QRectF(box.left(), box.top() + 8, box.width(), 18), token)
                words = QRectF(box.left(), box.bottom() - 22, box.width(), 14)
                weight = 600 if self._on else 500
                ink.text(words, self.entry.word, px=10, weight=weight, token="t1" if self._on else "t2", align=CENTRE)
            else:
                place = box.adjusted(10, 10, -10, -10)
                ink.icon(self.entry.icon, place, token)
                if self._crossed:
                    ink.pen("t1", 1.4)
                    ink.painter.drawLine(place.topLeft(), place.bottomRight())
            if self.hasFocus():
                ink.focus_ring(box, 6)
