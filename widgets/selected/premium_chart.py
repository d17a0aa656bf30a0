"""The premium of the watched position with the path of its stop, its entry, and what was decided when."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent

from widgets.charts.time_chart import AXIS, TimeChart
from widgets.charts.timeline import Timeline
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.selected.ladder_places import Outcome

if TYPE_CHECKING:
    from widgets.selected.chart_scene import Scene

CURVES = {"secured": "profit", "exposed": "loss", "premium": "price"}
DUE = 160  # pixels at the right that the read-out leaves to what is due


class PremiumChart(TimeChart):
    """Draws what the timeline shows; `scaled` carries the lowest and highest price of the axis, for the ladder."""

    scaled = Signal(float, float)

    def __init__(self, look: Look, timeline: Timeline) -> None:
        super().__init__(look, timeline, CURVES, axis=AXIS)
        self.scene: Scene | None = None
        self._ghost: Outcome | None = None
        self.setAccessibleName("premium chart")
        self.timeline.pointed.connect(self._describe)

    def draw(self) -> None:
        """Cut the curves down to what is in sight, and paint them."""
        detail, plot = self.timeline.detail, self.plot
        self._describe()
        if plot is None:
            self.update()
            return
        plot.setVisible(detail is not None)
        from widgets.selected.chart_scene import scene_of

        self.scene = scene = scene_of(self.timeline, QRectF(0, 0, self.width(), max(self.height() - AXIS, 1)))
        if scene is None:
            self.update()
            return
        scale = scene.scale
        plot.set_curve("premium", *scene.premium)
        plot.set_curve("secured", scene.stop_times, scene.secured)
        plot.set_curve("exposed", scene.stop_times, scene.exposed)
        plot.set_window(scale.start, scale.end, scale.low, scale.high)
        plot.refresh()
        self.scaled.emit(scale.low, scale.high)

    def set_ghost(self, ghost: Outcome | None) -> None:
        """A line where the stop is being moved to."""
        if ghost != self._ghost:
            self._ghost = ghost
            self.refresh()

    def said(self) -> str:
        """The read-out, or what the position is at, as words."""
        detail, at = self.timeline.detail, self.timeline.pointed_s
        if detail is None:
            return "no position is selected"
        if at is not None and self.loaded:
            from widgets.charts.read_out import said_at

            return ", ".join(f"{each.name} {each.value}".strip() for each in said_at(self.timeline, at))
        row = detail.position
        return f"{row.label}: {fmt.price(row.mark)}, entry {fmt.price(row.entry)}, stop {fmt.price(row.stop)}"

    def _describe(self) -> None:
        self.setAccessibleDescription(self.said())

    def paint_under(self, ink: Ink, area: QRectF) -> None:
        """Hairlines, times, gaps, and what the stop has secured."""
        if self.scene is not None:
            from widgets.selected.chart_ground import paint_ground

            paint_ground(ink, self.scene, self.timeline.zone, self.timeline.instant(0.0))

    def paint_over(self, ink: Ink, area: QRectF) -> None:
        """Marks, the ghost of the stop, and the read-out or the caption."""
        if self.scene is None:
            return
        from widgets.charts.read_out import paint_cross, paint_plate, said_at
        from widgets.selected.chart_marks import ChartMarks

        words = self._caption()
        caption = QRectF(8, 5, ink.look.width(words, 11, 500) + 8, 16)
        ChartMarks(ink, self.scene, self.timeline, caption).paint()
        self._paint_ghost(ink, self.scene)
        at = self.timeline.pointed_s
        said = said_at(self.timeline, at) if at is not None else []
        if said:
            paint_cross(ink, self.scene.scale, self.timeline)
            paint_plate(ink, QRectF(8, 6, max(self.width() - DUE, 240), 0), said)
        else:
            ink.rounded(caption, 3, fill="bg1")
            ink.text(caption.adjusted(4, 0, 0, 0), words, px=11, weight=500, token="t2")

    def _paint_ghost(self, ink: Ink, scene: "Scene") -> None:
        if self._ghost is not None:
            y = round(scene.scale.y(self._ghost.price)) + 0.5
            ink.pen("profit" if self._ghost.secures else "loss", 1.0, Qt.PenStyle.DashLine)
            ink.painter.drawLine(QPointF(scene.scale.area.left(), y), QPointF(scene.scale.area.right(), y))

    def _caption(self) -> str:
        detail = self.timeline.detail
        if detail is None or detail.chart.basis != "premium":
            return "underlying"
        unit = fmt.currency(self.timeline.currency)
        return f"mark, {unit}" if unit else "mark"

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is seen while there is no curve."""
        with Ink(self, self.look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            if self.timeline.detail is None:
                words = box.adjusted(12, 12, -12, 0)
                words.setHeight(16)
                ink.text(words, "The premium of the selected position is drawn here.", px=11, token="t2")
            if self.hasFocus():
                ink.focus_ring(box, 4)
