"""The keys of the window, painted over it from the keymap in force; they go on working while they are read."""

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.acting.keymap import Binding, active, printed
from widgets.paint.ink import Ink
from widgets.paint.theme import Look

WIDEST, NARROWEST = 372.0, 284.0  # of a column
HEAD, TITLE, MARGIN = 30.0, 42.0, 24.0
LINES = (24.0, 22.0, 20.0, 18.0, 16.0)  # heights, the first that fits
CAPS = 88.0  # of a column, left of what a key does


class Plan(NamedTuple):
    """How the groups are laid out: names by column, and what a column and a line measure."""

    columns: tuple[tuple[str, ...], ...]
    width: float
    line: float

    def height(self, groups: dict[str, list[Binding]]) -> float:
        """Of the panel."""
        most = max(sum(HEAD + self.line * len(groups[name]) for name in column) for column in self.columns)
        return most + TITLE + MARGIN / 2


class KeysOverlay(QWidget):
    """Columns of groups; a click hides it. It lies below the decision bar: what happens next stays in sight."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAccessibleName("keys")
        active.changed.connect(self._describe)
        self._describe()
        self.hide()

    def toggle(self) -> None:
        """Show it, or hide it."""
        self.setVisible(not self.isVisible())
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide it."""
        self.hide()

    def plan(self) -> Plan:
        """As many columns as the width has room for, with the tallest lines that fit."""
        return _plan(_groups(), self.width() - 2 * MARGIN, self.height() - MARGIN)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The window dimmed, the panel in the middle."""
        groups, plan = _groups(), self.plan()
        with Ink(self, self._look) as ink:
            veil = self._look.colour("bg0")
            veil.setAlphaF(0.72)
            ink.fill(QRectF(self.rect()), veil)
            panel = QRectF(0, 0, plan.width * len(plan.columns) + MARGIN, plan.height(groups))
            panel.moveCenter(QRectF(self.rect()).center())
            ink.rounded(panel, 6, fill="bg2", line="line2")
            ink.text(QRectF(panel.left() + MARGIN, panel.top() + 10, 300, 26), "Keys", px=15, weight=600)
            for i, column in enumerate(plan.columns):
                top = panel.top() + TITLE - 6
                for name in column:
                    box = QRectF(panel.left() + MARGIN + i * plan.width, top, plan.width - MARGIN, plan.line)
                    top = self._group(ink, box, name, groups[name])

    def _group(self, ink: Ink, box: QRectF, name: str, bindings: list[Binding]) -> float:
        ink.text(QRectF(box.left(), box.top() + 10, box.width(), 18), name, px=10, weight=500, token="t2")
        box = box.translated(0, HEAD - 2)
        for binding in bindings:
            x = box.left()
            for key in shown_keys(binding):
                x = ink.key_cap(x, box.center().y(), printed(key), "t1") + 4
            ink.text(box.adjusted(max(CAPS, x - box.left() + 4), 0, 0, 0), binding.text, px=11)
            box = box.translated(0, box.height())
        return box.top() + 2

    def _describe(self) -> None:
        told = (f"{', '.join(binding.keys)}: {binding.text}" for binding in active.bindings.values())
        self.setAccessibleDescription("; ".join(told))
        self.update()


def shown_keys(binding: Binding) -> list[str]:
    """The keys of an action without those that another one's cap already says."""
    return [key for key in binding.keys if key != "Enter" or "Return" not in binding.keys]


def _groups() -> dict[str, list[Binding]]:
    groups: dict[str, list[Binding]] = {}
    for binding in active.bindings.values():
        groups.setdefault(binding.group, []).append(binding)
    return groups


def _plan(groups: dict[str, list[Binding]], width: float, height: float) -> Plan:
    count = max(1, min(len(groups), int(width // NARROWEST)))
    plans: list[Plan] = []
    for columns in range(1, count + 1):
        for line in LINES:
            plans.append(Plan(_balanced(groups, columns, line), min(WIDEST, width / columns), line))
    fitting = [plan for plan in plans if plan.height(groups) <= height]
    return max(fitting, key=lambda plan: (plan.line, -len(plan.columns))) if fitting else plans[-1]


def _balanced(groups: dict[str, list[Binding]], count: int, line: float) -> tuple[tuple[str, ...], ...]:
    """The groups in their order on `count` columns, the tallest of which is as low as it can be."""
    sizes = [HEAD + line * len(bindings) for bindings in groups.values()]
    low, high = max(sizes), sum(sizes)
    while high - low > 1.0:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(groups, sizes, middle)) <= count else (middle, high)
    return _filled(groups, sizes, high)


def _filled(groups: dict[str, list[Binding]], sizes: list[float], most: float) -> tuple[tuple[str, ...], ...]:
    """Columns filled in order, none taller than `most`."""
    columns: list[list[str]] = [[]]
    used = 0.0
    for name, size in zip(groups, sizes, strict=True):
        if columns[-1] and used + size > most:
            columns.append([])
            used = 0.0
        columns[-1].append(name)
        used += size
    return tuple(tuple(column) for column in columns)
