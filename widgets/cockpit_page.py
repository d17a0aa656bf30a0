"""The cockpit's panes as docks: the designed layout until somebody arranges them, and a way back to it."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from widgets.paint.ink import Ink
from widgets.paint.theme import Look

VERSION = 1  # of a saved layout: another one is not restored
TITLE = 24


class Pane(NamedTuple):
    """A widget of the cockpit and what its dock is called."""

    name: str
    title: str
    widget: QWidget


class Heights(NamedTuple):
    """What the designed layout gives to whom, in logical pixels."""

    grid: int
    lists: int
    board: int


class CockpitPage(QMainWindow):
    """Five docks: grid, selected, rules, interest, lists.

    `heights` tells what the designed layout wants at that height. Docks have title bars only while they are arranged,
    so that the designed measures hold. `arranged` is emitted when a human has changed the layout.
    """

    arranged = Signal()

    def __init__(self, look: Look, panes: tuple[Pane, ...], heights: Callable[[int], Heights]) -> None:
        super().__init__(flags=Qt.WindowType.Widget)
        self._look, self._heights = look, heights
        self._is_own = self._arranging = False
        self._pressed: tuple[QSize, ...] = ()
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setAccessibleName("cockpit")
        self.docks: dict[str, QDockWidget] = {}
        for pane in panes:
            dock = QDockWidget(pane.title, self)
            dock.setObjectName(pane.name)
            dock.setWidget(pane.widget)
            dock.setTitleBarWidget(_NoTitle(dock))
            dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
            self.docks[pane.name] = dock
        self._lay_out()

    @property
    def is_own(self) -> bool:
        """Whether a human has arranged the panes."""
        return self._is_own

    @property
    def arranging(self) -> bool:
        """Whether the panes can be dragged now."""
        return self._arranging

    def set_arranging(self, on: bool) -> None:
        """Give the panes title bars to drag, float and close them by, or take them away."""
        if on == self._arranging:
            return
        self._arranging = on
        movable = (
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        for dock in self.docks.values():
            dock.setFeatures(movable if on else QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
            dock.setTitleBarWidget(_Title(self._look, dock) if on else _NoTitle(dock))
        if not on:
            self._is_own = True
            self.arranged.emit()

    def reset(self) -> None:
        """The designed layout again."""
        if self._arranging:
            self.set_arranging(False)
        self._is_own = False
        for dock in self.docks.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        self._lay_out()
        self.share_out()
        self.arranged.emit()

    def save(self) -> bytes:
        """The layout as it is; empty while it is the designed one."""
        return bytes(self.saveState(VERSION).data()) if self._is_own else b""

    def restore(self, saved: bytes) -> bool:
        """The layout that was saved; False, and the one that is there stays, when it is none of ours."""
        if not (saved and self.restoreState(QByteArray(saved), VERSION)):
            return False
        self._is_own = True
        return True

    def share_out(self) -> None:
        """Heights and widths as designed, unless a human has chosen others."""
        if self._is_own or self._arranging or self.width() < 50:
            return
        measures, heights = self._look.measures, self._heights(self.height())
        left = self.width() - measures.rule_column - measures.gap
        middle = self.height() - heights.grid - 2 * measures.gap
        docks, down, across = self.docks, Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        layout = self.layout()
        if layout is not None:
            layout.activate()  # or the docks would be shared out on the size before
        self.resizeDocks([docks["grid"], docks["selected"]], [heights.grid, middle], down)
        self.resizeDocks([docks["selected"], docks["rules"]], [left, measures.rule_column], across)
        self.resizeDocks([docks["selected"], docks["lists"]], [middle - heights.lists, heights.lists], down)
        self.resizeDocks([docks["rules"], docks["interest"]], [heights.board, middle - heights.board], down)

    def _lay_out(self) -> None:
        docks, across, down = self.docks, Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, docks["grid"])
        self.splitDockWidget(docks["grid"], docks["selected"], down)
        self.splitDockWidget(docks["selected"], docks["rules"], across)
        self.splitDockWidget(docks["selected"], docks["lists"], down)
        self.splitDockWidget(docks["rules"], docks["interest"], down)
        for dock in docks.values():
            dock.show()

    def event(self, event: QEvent) -> bool:
        """Panes whose border a human has dragged stay as they are: only separators take the mouse from us."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = self._sizes()
        handled = super().event(event)
        if event.type() == QEvent.Type.MouseButtonRelease and self._pressed not in ((), self._sizes()):
            self._pressed, self._is_own = (), True
            self.arranged.emit()
        return handled

    def _sizes(self) -> tuple[QSize, ...]:
        return tuple(dock.size() for dock in self.docks.values())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The designed shares of the new size."""
        super().resizeEvent(event)
        self.share_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Shares that were given before it was seen did not count."""
        super().showEvent(event)
        self.share_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The gaps between the panes."""
        with Ink(self, self._look) as ink:
            ink.fill(QRectF(self.rect()), "bg0")


class _NoTitle(QWidget):
    """No title bar: the pane's own head names it."""

    def sizeHint(self) -> QSize:
        """Nothing."""
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Nothing."""
        return QSize(0, 0)


class _Title(QWidget):
    """What a pane is dragged by."""

    def __init__(self, look: Look, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._look, self._dock = look, dock
        self.setToolTip("Drag to another place, double-click to float")

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(80, TITLE)

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(80, TITLE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The grip and the name."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg3")
            ink.icon("drag", QRectF(6, 0, 14, box.height()), "t2")
            ink.text(box.adjusted(26, 0, 0, 0), self._dock.windowTitle(), px=11, weight=500)
            ink.hairline(QPointF(0, box.bottom() - 0.5), QPointF(box.right(), box.bottom() - 0.5), "line2")
