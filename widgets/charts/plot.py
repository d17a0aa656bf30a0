# pyright: basic
"""The one seam to pyqtgraph: a view with curves, whose pan and zoom are signals and whose axes others paint."""

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QGraphicsView, QVBoxLayout, QWidget

# Its own clean-up walks over every object at exit, after ours has closed the windows.
pg.setConfigOptions(antialias=False, exitCleanup=False)

PaintOn = Callable[[QPainter, QRectF], None]


class Plot(QWidget):
    """Curves in a window of time and value; `under` and `over` paint below and above them, in pixels of the widget.

    `panned` carries the share of the width by which the mouse has dragged, `zoomed` the factor (below 1 is nearer) and
    the share of the width that stays where it is, `hovered` the share under the mouse or None. `right` and `bottom`
    are the margins that the axes need.
    """

    panned = Signal(float)
    zoomed = Signal(float, float)
    hovered = Signal(object)

    def __init__(self, under: PaintOn, over: PaintOn, *, right: int, bottom: int) -> None:
        super().__init__()
        self._window = (0.0, 1.0, 0.0, 1.0)
        self._curves: dict[str, pg.PlotCurveItem] = {}
        self._canvas = _Canvas(self, under, over, right, bottom)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._canvas)

    def area(self) -> QRectF:
        """Where the curves are, in pixels of this widget."""
        return self._canvas.box.sceneBoundingRect()

    def add_curve(self, name: str) -> None:
        """A curve on top of those that are there."""
        curve = pg.PlotCurveItem(connect="finite")
        self._curves[name] = curve
        self._canvas.box.addItem(curve, ignoreBounds=True)

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
        self._canvas.box.setRange(xRange=(start, end), yRange=(low, high), padding=0.0, disableAutoRange=True)

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

    def refresh(self) -> None:
        """Paint again, together with whatever else has changed in the scene."""
        self._canvas.scene().update()

    def share(self, at: QPointF) -> float:
        """How far across the curves a place is, 0 … 1 inside."""
        area = self.area()
        return (at.x() - area.left()) / max(area.width(), 1.0)


class _Canvas(pg.GraphicsView):
    """pyqtgraph's view without its mouse, menu and axes."""

    def __init__(self, plot: Plot, under: PaintOn, over: PaintOn, right: int, bottom: int) -> None:
        super().__init__(plot)
        self.setBackground(None)
        self._plot, self._under, self._over = plot, under, over
        self._dragged: float | None = None
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 0, right, bottom)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        layout.addItem(self.box)
        self.setCentralItem(layout)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """What lies under the curves."""
        painter.save()
        painter.resetTransform()
        self._under(painter, self._plot.area())
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """What lies over them."""
        painter.save()
        painter.resetTransform()
        self._over(painter, self._plot.area())
        painter.restore()

    def wheelEvent(self, ev: QWheelEvent) -> None:
        """Zoom in time around the mouse."""
        steps = ev.angleDelta().y() / 120.0
        if steps:
            self._plot.zoomed.emit(0.85**steps, self._plot.share(ev.position()))
        ev.accept()

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Begin to drag."""
        if ev.button() == Qt.MouseButton.LeftButton:
            self._dragged = ev.position().x()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Drag, or point."""
        x, area = ev.position().x(), self._plot.area()
        if self._dragged is None:
            self._plot.hovered.emit(self._plot.share(ev.position()) if area.contains(ev.position()) else None)
        elif x != self._dragged:
            self._plot.panned.emit((self._dragged - x) / max(area.width(), 1.0))
            self._dragged = x

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        """End."""
        self._dragged = None

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Nothing of its own."""
        ev.accept()

    def leaveEvent(self, ev: QEvent) -> None:
        """Nothing is pointed at."""
        self._plot.hovered.emit(None)

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Every key is the window's."""
        ev.ignore()
