"""Panes that share a room, with a gap between them that can be dragged and shows nothing but the ground."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from widgets.paint.ink import Ink
from widgets.paint.theme import Look


class GapSplitter(QSplitter):
    """Nothing collapses; the gap is that of the look.

    Handles are painted from outside: one made in Python by `createHandle` would let the collector delete the splitter.
    """

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
            self.handle(self.count() - 1).installEventFilter(self)
        self.setSizes([1_000 * share for _, share in parts])
        return self

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The ground, where the style would paint dots."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QSplitterHandle):
            with Ink(watched, self.look) as ink:
                ink.fill(QRectF(watched.rect()), "bg0")
            return True
        return super().eventFilter(watched, event)
