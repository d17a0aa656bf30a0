"""Tabs in a pane's head: names with an underline under the chosen one, and counts beside them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.paint.ink import CENTRE, Ink
from widgets.paint.theme import Look

FIRST, BETWEEN, CLOSE = 12.0, 18.0, 12.0  # room before the first tab, and between two; between many in little room
MANY = 6  # tabs that have room beside the filters of a compact window
CHIP, MOST_COUNTED = 24.0, 99  # room for a count, whatever it is
STEPS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class TabBar(QWidget):
    """One tab is chosen, by click or with the arrow keys; places never move with what is chosen or counted.

    `chosen` carries the name that a human has chosen; `choose` says it too unless it is chosen already.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, names: Sequence[str]) -> None:
        super().__init__()
        self._look = look
        self._names = list(names)
        self._counts: dict[str, int] = {}
        self._current = self._names[0] if self._names else ""
        self._hovered = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("tabs")
        self.set_measures()
        self._describe()

    @property
    def current(self) -> str:
        """The name of the chosen tab; empty while there is none."""
        return self._current

    @property
    def names(self) -> tuple[str, ...]:
        """The tabs from left to right."""
        return tuple(self._names)

    def set_measures(self) -> None:
        """Take the height of the look again."""
        self.setFixedHeight(self._look.measures.pane_head)
        self.update()

    def add(self, name: str) -> None:
        """One more tab at the right, unless there is one of that name."""
        if name not in self._names:
            self._names.append(name)
            self._current = self._current or name
            self._describe()
            self.updateGeometry()
            self.update()

    def set_count(self, name: str, count: int | None) -> None:
        """The number beside a name; None for none. Raises ValueError for a tab that is not there."""
        if name not in self._names:
            raise ValueError(f"there is no tab {name!r}")
        before = self._counts.get(name)
        if count is None:
            self._counts.pop(name, None)
        else:
            self._counts[name] = count
        if before != count:
            self._describe()
            self.update()

    def choose(self, name: str) -> None:
        """Choose the tab of that name. Raises ValueError for a tab that is not there."""
        if name not in self._names:
            raise ValueError(f"there is no tab {name!r}")
        if name != self._current:
            self._current = name
            self._describe()
            self.update()
            self.chosen.emit(name)

    def place_of(self, name: str) -> QRectF:
        """Where a tab is."""
        left, between = FIRST, CLOSE if self._look.compact and len(self._names) > MANY else BETWEEN
        for each in self._names:
            width = self._look.width(each, 12, 600) + (CHIP + 6 if each in self._counts else 0)
            if each == name:
                return QRectF(left, 0, width, self.height())
            left += width + between
        return QRectF()

    def sizeHint(self) -> QSize:
        """Every tab is seen."""
        last = self.place_of(self._names[-1]).right() if self._names else 0.0
        return QSize(round(last + FIRST), self._look.measures.pane_head)

    def minimumSizeHint(self) -> QSize:
        """As much: a tab is never cut."""
        return self.sizeHint()

    def _describe(self) -> None:
        if self._names:
            place = self._names.index(self._current) + 1
            counted = f", {self._counts[self._current]}" if self._current in self._counts else ""
            self.setAccessibleDescription(f"{self._current}{counted}: tab {place} of {len(self._names)}")

    def _at(self, at: QPointF) -> str:
        near = (n for n in self._names if self.place_of(n).adjusted(-CLOSE / 2, 0, CLOSE / 2, 0).contains(at))
        return next(near, "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what was pressed."""
        name = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and name:
            self.choose(name)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """One step lighter under the mouse."""
        self._hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """As before."""
        self._hover("")

    def _hover(self, name: str) -> None:
        if name != self._hovered:
            self._hovered = name
            self.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← and → choose the neighbour; every other key is the window's."""
        step = STEPS.get(event.key())
        if step is None or not self._names or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
            return
        place = self._names.index(self._current) + step
        self.choose(self._names[min(max(place, 0), len(self._names) - 1)])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, counts, and the underline."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            ink.underline(box)
            for name in self._names:
                self._paint_tab(ink, self.place_of(name), name)

    def _paint_tab(self, ink: Ink, box: QRectF, name: str) -> None:
        lit = name == self._current
        end = ink.run(box, name, weight=600 if lit else 500, token="t1" if lit or name == self._hovered else "t2")
        if name in self._counts:
            chip = QRectF(max(end, box.right() - CHIP), box.center().y() - 8, CHIP, 16)
            ink.rounded(chip, 3, fill="bg3")
            count = self._counts[name]
            words = f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
            ink.text(chip, words, px=10, weight=500, token="t1", align=CENTRE)
        if lit:
            ink.fill(QRectF(box.left(), box.bottom() - 2, box.width(), 2), "accent")
            if self.hasFocus():
                ink.focus_ring(box.adjusted(-6, 2, 6, -3), 4)
