"""Panes that share a room, with a gap between them that can be dragged and shows nothing but the ground."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from widgets.ink import Ink
from widgets.theme import Look


class GapSplitter(QSplitter):
    """Nothing collapses; the gap is that of the look."""

    def __init__(self, look: Look, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.look = look
        self.setHandleWidth(look.measures.gap)
        self.setChildrenCollapsible(False)

    def share(self, *parts: tuple[QWidget, int]) -> "GapSplitter":
        """Add these, each with its share of the room; the splitter itself."""
        for part, share in parts:
            self.addWidget(part)
            self.setStretchFactor(self.count() - 1, share)
        self.setSizes([1_000 * share for _, share in parts])
        return self

    def createHandle(self) -> QSplitterHandle:
        """A handle without dots."""
        return _Gap(self.orientation(), self)


class _Gap(QSplitterHandle):
    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground."""
        parent = self.splitter()
        if isinstance(parent, GapSplitter):
            with Ink(self, parent.look) as ink:
                ink.fill(QRectF(self.rect()), "bg0")
