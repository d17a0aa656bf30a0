"""What lies under the curves of the premium chart: hairlines, the time axis, gaps, and what the stop has secured."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

from widgets.charts import curves
from widgets.charts.chart_span import Scale
from widgets.paint.ink import CENTRE, Ink
from widgets.paint.signs import hatch
from widgets.paint.ticks import price_ticks, time_ticks
from widgets.selected.chart_scene import Scene
from widgets.selected.ladder_places import break_even

TIME_EVERY = 100  # pixels between two times, at least
LEAST_GAP, WORDED_GAP = 3.0, 12.0  # pixels: narrower gaps are not drawn, or are drawn without their words
CAPTION = 26.0  # the room of the caption and of what is due


def paint_ground(ink: Ink, scene: Scene, zone: str, origin_ns: int) -> None:
    """Everything under the curves, in their place."""
    scale = scene.scale
    area = scale.area
    for value in price_ticks(scale.low, scale.high, area.height())[0]:
        y = round(scale.y(value)) + 0.5
        ink.hairline(QPointF(area.left(), y), QPointF(area.right(), y))
    paint_time_axis(ink, scale, zone, origin_ns)
    ink.painter.setClipRect(area)
    _secured(ink, scene)
    _gaps(ink, scene)
    ink.painter.setClipping(False)


def paint_time_axis(ink: Ink, scale: Scale, zone: str, origin_ns: int) -> None:
    """Ticks and times of the exchange below an area."""
    area = scale.area
    y = round(area.bottom()) + 0.5
    ink.hairline(QPointF(area.left(), y), QPointF(area.right(), y), "line2")
    most = max(2, int(area.width() / TIME_EVERY))
    for time, word in time_ticks(origin_ns, scale.start, scale.end, most, zone):
        x = round(scale.x(time)) + 0.5
        if area.left() + 20 < x < area.right() - 20:
            ink.text(QRectF(x - 40, y + 3, 80, 16), word, px=10, weight=500, token="t2", align=CENTRE)
            ink.hairline(QPointF(x, y), QPointF(x, y + 4), "line2")


def _gaps(ink: Ink, scene: Scene) -> None:
    """Hatched: there was no data."""
    scale, area = scene.scale, scene.scale.area
    for begin, finish in curves.gaps(*scene.premium):
        left, right = max(scale.x(begin), area.left()), min(scale.x(finish), area.right())
        if right - left >= LEAST_GAP:
            hatch(ink, QRectF(left, area.top(), right - left, area.height()))
            if right - left >= WORDED_GAP:
                middle = min(max((left + right) / 2, area.left() + 28), area.right() - 28)
                plate(ink, QRectF(middle - 26, area.top() + CAPTION, 52, 14), "no data", "blind")


def _secured(ink: Ink, scene: Scene) -> None:
    """The pale ground between break-even and a stop that guarantees a profit."""
    scale = scene.scale
    level = scale.y(break_even(scene.detail))
    ink.no_pen()
    ink.painter.setBrush(ink.look.tint("bg1", "profit", 0.15))
    polygon: list[QPointF] = []
    for time, stop in zip(scene.stop_times.tolist(), scene.secured.tolist(), strict=True):
        if stop == stop:
            polygon.append(QPointF(scale.x(time), scale.y(stop)))
        elif polygon:
            _fill_down(ink, polygon, level)
            polygon = []
    if polygon:
        _fill_down(ink, polygon, level)
    ink.painter.setBrush(Qt.BrushStyle.NoBrush)


def _fill_down(ink: Ink, top: list[QPointF], level: float) -> None:
    ink.painter.drawPolygon(QPolygonF([QPointF(top[0].x(), level), *top, QPointF(top[-1].x(), level)]))


def plate(ink: Ink, box: QRectF, words: str, token: str, *, weight: int = 500) -> None:
    """Words on a plate of the pane's ground."""
    ink.rounded(box, 3, fill="bg1")
    ink.text(box, words, px=10, weight=weight, token=token, align=CENTRE)
