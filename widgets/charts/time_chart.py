"""What the charts over time have in common: the plot, the mouse and the keys, which all act on one timeline."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.charts.timeline import Timeline
from widgets.paint.ink import Ink
from widgets.paint.theme import Look

if TYPE_CHECKING:
    from widgets.charts.plot import Plot

AXIS = 22  # pixels below the curves, for the times
STEPS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
MANY = 10  # pixels a press with Shift


class TimeChart(QWidget):
    """Curves of these names in these tokens; pyqtgraph is imported by `load`, after the first paint.

    Dragging pans, the wheel zooms, and pointing moves the cross; with the keyboard here ← and → move it by a pixel,
    with Shift by ten, and Esc puts it away. Every other key is the window's.
    """

    def __init__(self, look: Look, timeline: Timeline, curves: Mapping[str, str], *, axis: int) -> None:
        super().__init__()
        self.look, self.timeline = look, timeline
        self._curves, self._axis = dict(curves), axis
        self.plot: Plot | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        timeline.changed.connect(self.draw)
        timeline.pointed.connect(self.refresh)

    @property
    def loaded(self) -> bool:
        """Whether the curves can be drawn."""
        return self.plot is not None

    def load(self) -> None:
        """Import the plotting library and draw what has been shown so far."""
        if self.plot is not None:
            return
        from widgets.charts.plot import Plot

        self.plot = plot = Plot(self._under, self._over, right=0, bottom=self._axis)
        for name in self._curves:
            plot.add_curve(name)
        plot.panned.connect(self.timeline.pan)
        plot.zoomed.connect(self.timeline.zoom)
        plot.hovered.connect(self.timeline.point)
        self._box.addWidget(plot)
        self.set_theme()
        self.timeline.load()
        self.draw()

    def set_theme(self) -> None:
        """Take the colours of the look again."""
        if self.plot is not None:
            for name, token in self._curves.items():
                self.plot.set_pen(name, self.look.colour(token))
        self.refresh()

    def draw(self) -> None:
        """Cut the curves down to what is in sight, and paint them."""
        raise NotImplementedError

    def paint_under(self, ink: Ink, area: QRectF) -> None:
        """What lies under the curves, on the pane's ground."""
        raise NotImplementedError

    def paint_over(self, ink: Ink, area: QRectF) -> None:
        """What lies over them."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Paint again what was drawn."""
        if self.plot is not None and self.plot.isVisible():
            self.plot.refresh()
        else:
            self.update()

    def _under(self, painter: QPainter, area: QRectF) -> None:
        ink = Ink(painter, self.look)
        ink.fill(QRectF(self.rect()), "bg1")
        self.paint_under(ink, area)

    def _over(self, painter: QPainter, area: QRectF) -> None:
        ink = Ink(painter, self.look)
        self.paint_over(ink, area)
        if self.hasFocus():
            ink.focus_ring(QRectF(self.rect()), 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cross, or leave the key to the window."""
        step = STEPS.get(event.key())
        extra = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if step is not None and not extra:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.timeline.step_cross(step * (MANY if shift else 1))
        elif event.key() == Qt.Key.Key_Escape and self.timeline.pointed_share is not None:
            self.timeline.point(None)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        self.refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keys have gone elsewhere, and the cross with them."""
        self.timeline.point(None)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of pixels."""
        self.timeline.set_columns(self.width())
        self.draw()
