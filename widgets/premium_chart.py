"""The premium of the watched position with the path of its stop, its entry, and what was decided when."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cockpit.frame import DetailPart
from widgets import format as fmt
from widgets.button import ActionButton
from widgets.chart_span import Span
from widgets.ink import Ink
from widgets.keymap import cap
from widgets.theme import Look

if TYPE_CHECKING:
    from widgets.chart_marks import ChartMarks
    from widgets.curves import Path
    from widgets.plot import Plot

NS = 1_000_000_000
RIGHT, BOTTOM = 72, 22  # margins of the axes
CURVES = ("secured", "exposed", "premium")


class PremiumChart(QWidget):
    """Follows the newest price until it is panned; pyqtgraph is imported by `load`, after the first paint."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._part: DetailPart | None = None
        self._zone, self._due_ns = "UTC", None
        self._plot: Plot | None = None
        self._path: Path | None = None
        self._marks: ChartMarks | None = None
        self._drawn: object = None
        self.span = Span()
        self.follow = ActionButton(look, "", key=cap("follow"), hint="follow the newest price", kind="plain")
        self.follow.setParent(self)
        self.follow.set_icon("follow")
        self.follow.clicked.connect(self.follow_latest)
        self.follow.hide()
        self.setAccessibleName("premium chart")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)

    @property
    def loaded(self) -> bool:
        """Whether the curves can be drawn."""
        return self._plot is not None

    @property
    def path(self) -> "Path | None":
        """The rows of the chart as arrays, once loaded."""
        return self._path

    def load(self) -> None:
        """Import the plotting library and draw what has been shown so far."""
        if self._plot is not None:
            return
        from widgets.chart_marks import ChartMarks
        from widgets.curves import Path
        from widgets.plot import Plot

        self._path = Path()
        self._marks = ChartMarks(self._look)
        self._plot = Plot(self._paint_under, self._paint_over, right=RIGHT, bottom=BOTTOM)
        for name in CURVES:
            self._plot.add_curve(name)
        self._plot.panned.connect(self._pan)
        self._plot.zoomed.connect(self._zoom)
        self._plot.hovered.connect(self._hover)
        self._box.addWidget(self._plot)
        self.follow.raise_()
        self.set_theme()
        self._draw()

    def set_theme(self) -> None:
        """Take the colours of the look again."""
        if self._plot is not None:
            for name, token in zip(CURVES, ("profit", "loss", "price"), strict=True):
                self._plot.set_pen(name, self._look.colour(token))
            self._plot.refresh()
        self.update()

    def show_chart(self, part: DetailPart | None, zone: str, due_ns: int | None) -> None:
        """Draw that position's chart, with a line at `due_ns` where a decision will act."""
        chart = None if part is None else part.chart
        key = (chart, due_ns, zone)
        if self._part is not None and part is not None and key == self._drawn and chart is self._part.chart:
            return
        if part is None and self._part is None:
            return
        other = part is None or self._part is None or part.position.id != self._part.position.id
        self._part, self._zone, self._due_ns, self._drawn = part, zone, due_ns, key
        if other:
            self.span.reset()
        self._describe()
        self._draw()

    def follow_latest(self) -> None:
        """Back to the newest price."""
        self.span.follow()
        self._draw()

    def _describe(self) -> None:
        if self._part is not None:
            row = self._part.position
            said = f"{row.label}: {fmt.price(row.mark)}, entry {fmt.price(row.entry)}, stop {fmt.price(row.stop)}"
            self.setAccessibleDescription(said)

    def _draw(self) -> None:
        plot, path, marks, part = self._plot, self._path, self._marks, self._part
        if plot is None or path is None or marks is None:
            self.update()
            return
        plot.setVisible(part is not None)
        self.follow.setVisible(part is not None and not self.span.following)
        if part is None:
            self.update()
            return
        from widgets import curves

        chart = part.chart
        path.update(chart)
        opened_s = (part.position.opened_ns - chart.origin_ns) / NS
        start, end = self.span.window(path.times, opened_s)
        rows = path.between(start, end)
        times, levels, stops = path.times[rows], path.levels[rows], path.stops[rows]
        columns = max(50, int(plot.area().width()))
        plot.set_curve("premium", *curves.decimated(times, levels, start, end, columns))
        corners, held = curves.stepped(times, stops, start, end, columns)
        secured, exposed = curves.by_outcome(held, chart.entry, part.position.level_side)
        plot.set_curve("secured", corners, secured)
        plot.set_curve("exposed", corners, exposed)
        low, high = curves.bounds((levels, stops), (chart.entry, chart.stop))
        plot.set_window(start, end, low, high)
        marks.take(part, path, (start, end, low, high), (corners, secured))
        marks.clock(self._zone, self._due_ns)
        plot.refresh()

    def _paint_under(self, painter: QPainter, area: QRectF) -> None:
        if self._plot is not None and self._marks is not None:
            self._marks.paint_under(Ink(painter, self._look), area, QRectF(self.rect()))

    def _paint_over(self, painter: QPainter, area: QRectF) -> None:
        if self._plot is not None and self._marks is not None:
            self._marks.paint_over(Ink(painter, self._look), area)

    def _pan(self, share: float) -> None:
        self.span.pan(share)
        self._draw()

    def _zoom(self, factor: float, anchor: float) -> None:
        self.span.zoom(factor, anchor)
        self._draw()

    def _hover(self, share: object) -> None:
        if self._marks is not None and self._plot is not None:
            self._marks.point(share if isinstance(share, float) else None)
            self._plot.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of pixel columns."""
        self.follow.setGeometry(self.width() - RIGHT - 66, 6, 60, 24)
        if self._part is not None:
            self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is seen while there is no curve."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            if self._part is None:
                words = box.adjusted(12, 12, -12, 0)
                words.setHeight(16)
                ink.text(words, "The premium of the selected position is drawn here.", px=11, token="t2")
