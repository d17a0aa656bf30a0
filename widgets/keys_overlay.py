"""The keys of the window, painted over it from the one table; they go on working while they are read."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.ink import Ink
from widgets.keymap import CAPS, KEYMAP, Binding
from widgets.theme import Look

COLUMN, LINE, HEAD = 372.0, 24.0, 34.0


class KeysOverlay(QWidget):
    """Two columns of groups; a click hides it. It lies below the decision bar: what happens next stays in sight."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAccessibleName("keys")
        self.setAccessibleDescription("; ".join(f"{', '.join(b.keys)}: {b.text}" for b in KEYMAP.values()))
        self.hide()

    def toggle(self) -> None:
        """Show it, or hide it."""
        self.setVisible(not self.isVisible())
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide it."""
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The window dimmed, the panel in the middle."""
        groups: dict[str, list[Binding]] = {}
        for binding in KEYMAP.values():
            groups.setdefault(binding.group, []).append(binding)
        columns = _balanced(groups)
        height = max(sum(HEAD + LINE * len(groups[name]) for name in column) for column in columns) + 56
        with Ink(self, self._look) as ink:
            veil = self._look.colour("bg0")
            veil.setAlphaF(0.72)
            ink.fill(QRectF(self.rect()), veil)
            panel = QRectF(0, 0, COLUMN * len(columns) + 24, height)
            panel.moveCenter(QRectF(self.rect()).center())
            ink.rounded(panel, 6, fill="bg2", line="line2")
            ink.text(QRectF(panel.left() + 24, panel.top() + 10, 300, 26), "Keys", px=15, weight=600)
            for i, column in enumerate(columns):
                top = panel.top() + 36
                for name in column:
                    top = self._group(ink, panel.left() + 24 + i * COLUMN, top, name, groups[name])

    def _group(self, ink: Ink, left: float, top: float, name: str, bindings: list[Binding]) -> float:
        ink.text(QRectF(left, top + 10, COLUMN, 20), name, px=10, weight=500, token="t2")
        top += HEAD
        for binding in bindings:
            x = left
            for key in (key for key in binding.keys if key != "Enter"):  # ⏎ already says it
                x = ink.key_cap(x, top + LINE / 2 - 2, CAPS.get(key, key), "t1") + 4
            ink.text(QRectF(left + 92, top - 2, COLUMN - 100, LINE), binding.text, px=11)
            top += LINE
        return top


def _balanced(groups: dict[str, list[Binding]]) -> list[list[str]]:
    """The groups in their order on two columns of about the same height."""
    sizes = {name: len(bindings) + 1.4 for name, bindings in groups.items()}
    names, half = list(groups), sum(sizes.values()) / 2
    count, seen = 0, 0.0
    while count < len(names) and seen + sizes[names[count]] / 2 < half:
        seen += sizes[names[count]]
        count += 1
    return [names[:count], names[count:]]
