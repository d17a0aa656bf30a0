# pyright: basic
"""The one seam to pyqtgraph: a view with curves, whose pan and zoom are signals and whose axes others paint."""

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

# Its own clean-up walks over every object at exit, after ours has closed the windows.
pg.setConfigOptions(antialias=False, exitCleanup=False)

PaintOn = Callable[[QPainter, QRectF], None]


class Plot(pg.GraphicsView):
    """Curves in a window of time and value.

    `panned` carries the share of the width by which the mouse has dragged, `zoomed` the factor (below 1 is nearer) and
    the share of the width that stays where it is, `hovered` the share under the mouse or None.
    """

    panned = Signal(float)
    zoomed = Signal(float, float)
    hovered = Signal(object)

    def __init__(self, under: PaintOn, over: PaintOn, *, right: int, bottom: int) -> None:
        super().__init__(background=None)
        self._under, self._over = under, over
        self._dragged: float | None = None
        self._window = (0.0, 1.0, 0.0, 1.0)
        self._curves: dict[str, pg.PlotCurveItem] = {}
        layout = pg.GraphicsLayout()
        layout.layout.setContentsMargins(0, 0, right, bottom)
        self._view = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        layout.addItem(self._view)
        self.setCentralItem(layout)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)

    def area(self) -> QRectF:
        """Where the curves are, in pixels of this widget."""
        return self._view.sceneBoundingRect()

    def add_curve(self, name: str) -> None:
        """A curve on top of those that are there."""
        curve = pg.PlotCurveItem(connect="finite", skipFiniteCheck=False)
        self._curves[name] = curve
        self._view.addItem(curve, ignoreBounds=True)

    def set_pen(self, name: str, colour: QColor) -> None:
        """A cosmetic pen of width 1: wider ones cost seconds."""
        pen = QPen(colour, 1.0)
        pen.setCosmetic(True)
        self._curves[name].setPen(pen)

    def set_curve(self, name: str, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> None:
        """Points of a curve; NaN is a gap."""
        self._curves[name].setData(xs, ys)

    def set_window(self, start: float, end: float, low: float, high: float) -> None:
        """What is in sight: [start, end] across, [low, high] upwards."""
        self._window = (start, end, low, high)
        self._view.setRange(xRange=(start, end), yRange=(low, high), padding=0.0, disableAutoRange=True)

    def x(self, time: float) -> float:
        """The pixel of a time."""
        start, end, _, _ = self._window
        area = self.area()
        return area.left() + (time - start) / (end - start) * area.width()

    def y(self, value: float) -> float:
        """The pixel of a value."""
        _, _, low, high = self._window
        area = self.area()
        return area.bottom() - (value - low) / (high - low) * area.height()

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """What lies under the curves."""
        painter.save()
        painter.resetTransform()
        self._under(painter, self.area())
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """What lies over them."""
        painter.save()
        painter.resetTransform()
        self._over(painter, self.area())
        painter.restore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom in time around the mouse."""
        steps = event.angleDelta().y() / 120.0
        if steps:
            self.zoomed.emit(0.85**steps, self._share(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or point."""
        x = event.position().x()
        if self._dragged is None:
            self.hovered.emit(self._share(x) if self.area().contains(event.position()) else None)
        elif x != self._dragged:
            self.panned.emit((self._dragged - x) / max(self.area().width(), 1.0))
            self._dragged = x

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End."""
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nothing of its own."""
        event.accept()

    def leaveEvent(self, event: object) -> None:
        """Nothing is pointed at."""
        self.hovered.emit(None)

    def keyPressEvent(self, event: object) -> None:
        """Every key is the window's."""
        event.ignore()  # type: ignore[attr-defined]

    def _share(self, x: float) -> float:
        area = self.area()
        return (x - area.left()) / max(area.width(), 1.0)


def widget(plot: Plot) -> QWidget:
    """The plot as the widget that it is, for those who must not see pyqtgraph."""
    return plot
