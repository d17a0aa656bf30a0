"""What stands over the premium's curve: entry, trades, verdicts, stages, the stop's name, and what is due."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from cockpit.frame import MarkPart
from widgets.charts.curves import Floats
from widgets.charts.timeline import Timeline
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, Ink
from widgets.paint.signs import glyph
from widgets.selected.chart_ground import CAPTION, plate
from widgets.selected.chart_scene import Scene

ABOVE = 22.0  # from the curve to the middle of a verdict's glyph: 14 px of air
LEAST_NAMED = 76.0, 20.0  # pixels of a level stop that its name needs: across, and down to the entry


class ChartMarks:
    """Paints one scene; labels that would cover an earlier one are left out."""

    def __init__(self, ink: Ink, scene: Scene, timeline: Timeline, caption: QRectF) -> None:
        self._ink, self._scene, self._timeline, self._caption = ink, scene, timeline, caption
        self._scale, self._area = scene.scale, scene.scale.area
        self._taken: list[QRectF] = []

    def paint(self) -> None:
        """Everything over the curves."""
        ink, area = self._ink, self._area
        ink.painter.setClipRect(area)
        self._entry()
        self._newest()
        self._stages()
        self._due()
        for mark in self._scene.detail.chart.marks:
            if mark.kind in ("entry", "exit"):
                self._trade(mark)
        for mark in self._scene.detail.chart.marks:
            if mark.kind not in ("entry", "exit", "stage"):
                self._verdict(mark)
        self._name_stop(self._scene.secured, "stop, secured", "profit")
        self._name_stop(self._scene.exposed, "stop", "loss")
        ink.painter.setClipping(False)

    def _x(self, mark: MarkPart) -> float:
        return self._scale.x(self._timeline.seconds(mark.at_ns))

    def _in_sight(self, x: float) -> bool:
        return self._area.left() - 8 <= x <= self._area.right() + 8

    def _entry(self) -> None:
        """Dashed, from the entry on."""
        y = round(self._scale.y(self._scene.detail.chart.entry)) + 0.5
        left = max(self._area.left(), self._scale.x(self._timeline.opened_s))
        self._ink.pen("t1", 1.0, Qt.PenStyle.DashLine)
        self._ink.painter.drawLine(QPointF(left, y), QPointF(self._area.right(), y))

    def _newest(self) -> None:
        """A dot where the price is, and dots from there to the axis."""
        newest, timeline = self._scene.newest, self._timeline
        if newest is None or newest[0] != timeline.newest_s or newest[1] != newest[1]:
            return
        x, y = self._scale.x(newest[0]), self._scale.y(newest[1])
        self._ink.pen("t3", 1.0, Qt.PenStyle.DotLine)
        self._ink.painter.drawLine(QPointF(x + 4, round(y) + 0.5), QPointF(self._area.right(), round(y) + 0.5))
        dot = QPainterPath()
        dot.addEllipse(QPointF(x, y), 3.0, 3.0)
        self._smooth(dot, "price")

    def _stages(self) -> None:
        """The number of each stage at the bottom, below the moment it was reached."""
        for mark in self._scene.detail.chart.marks:
            x = self._x(mark)
            if mark.kind == "stage" and self._in_sight(x):
                bottom = self._area.bottom()
                top = self._scale.y(mark.price) if mark.price is not None else self._area.top() + CAPTION
                self._ink.pen("line2", 1.0, Qt.PenStyle.DashLine)
                self._ink.painter.drawLine(QPointF(round(x) + 0.5, max(top, CAPTION)), QPointF(round(x) + 0.5, bottom))
                width = max(16.0, self._ink.look.width(mark.text, 10, 500) + 8)
                chip = QRectF(x - width / 2, bottom - 18, width, 15)
                self._ink.rounded(chip, 3, fill="bg2", line="line2")
                self._ink.text(chip, mark.text, px=10, weight=500, align=CENTRE)
                self._taken.append(chip)

    def _due(self) -> None:
        """The dotted line at which a decision acts, its sign over the price, and how long it is until then."""
        due_ns, timeline = self._timeline.due_ns, self._timeline
        if due_ns is None:
            return
        x = round(self._scale.x(timeline.seconds(due_ns))) + 0.5
        left_s = max(timeline.seconds(due_ns) - timeline.newest_s, 0.0)
        words = f"{timeline.due_words or 'acts'} in {fmt.age(left_s) if left_s < 60.0 else fmt.until(left_s)}"
        at = min(x, self._area.right())
        box = QRectF(at - 8 - self._ink.look.width(words, 11, 600) - 8, 5, 0, 16)
        box.setRight(at - 6)
        if box.left() < self._caption.right():  # the chart's caption is painted there, later
            box.moveLeft(max(at, self._caption.right()) + 6)
        self._ink.rounded(box, 3, fill="bg1")
        self._ink.text(box, words, px=11, weight=600, token="warn", align=CENTRE)
        self._taken.append(box)
        self._ink.pen("warn", 1.0, Qt.PenStyle.DotLine)
        self._ink.painter.drawLine(QPointF(x, 5), QPointF(x, self._area.bottom()))
        newest = self._scene.newest
        if newest is not None and newest[1] == newest[1]:
            sign = QRectF(x - 8, max(self._scale.y(newest[1]) - ABOVE - 8, CAPTION), 16, 16)
            glyph(self._ink, "exit", sign)
            self._taken.append(sign)

    def _trade(self, mark: MarkPart) -> None:
        """A triangle at the price: up where it was bought, down where it was sold."""
        detail, x = self._scene.detail, self._x(mark)
        value = mark.price
        if value is None or detail.chart.basis != "premium":  # the price is of another axis
            row = self._timeline.path.at(self._timeline.seconds(mark.at_ns)) if self._timeline.path else None
            value = row[1] if row is not None and row[1] == row[1] else detail.chart.entry
        if not self._in_sight(x):
            return
        sign = 1.0 if (mark.kind == "entry") == (detail.position.side > 0) else -1.0
        y = self._scale.y(value) + 2 * sign
        path = QPainterPath(QPointF(x, y))
        path.lineTo(x + 5, y + 8 * sign)
        path.lineTo(x - 5, y + 8 * sign)
        path.closeSubpath()
        self._smooth(path, "accent")
        self._taken.append(QRectF(x - 5, min(y, y + 8 * sign), 10, 8))
        middle = y + 18 * sign
        if middle - 8 < self._area.top() + CAPTION - 8:  # the caption stands there
            middle = y - 14 * sign
        self._label(QPointF(x, middle), mark.text, "t1")

    def _verdict(self, mark: MarkPart) -> None:
        """Its glyph above the curve and its words to the left of it."""
        x = self._x(mark)
        time = self._timeline.seconds(mark.at_ns)
        if not self._in_sight(x):
            return
        curve = self._scene.level_near(time, 9.0)
        middle = max(
            (curve if curve is not None else self._scale.y(self._scene.detail.chart.entry)) - ABOVE, CAPTION + 8
        )
        box = QRectF(x - 8, middle - 8, 16, 16)
        if any(box.intersects(other) for other in self._taken):
            return
        glyph(self._ink, mark.kind, box)
        self._taken.append(box)
        self._label(QPointF(x - 12, middle), mark.text, "t2", before=True)

    def _name_stop(self, levels: Floats, words: str, token: str) -> None:
        """The stop's name beside the longest level stretch of it, on the side away from the price."""
        found = self._longest_level(levels)
        if found is not None:
            left, right, level = found
            away = 11.0 * self._scene.detail.position.level_side * (1 if token == "profit" else -1)
            self._label(QPointF((left + right) / 2, self._scale.y(level) + away), words, token, bare=True)

    def _longest_level(self, levels: Floats) -> tuple[float, float, float] | None:
        """Left, right and value of the longest stretch at one value, in sight and with room for words."""
        area, entry = self._area, self._scale.y(self._scene.detail.chart.entry)
        times, heights = self._scene.stop_times.tolist(), levels.tolist()
        best: tuple[float, float, float] | None = None
        for i in (levels[1:] == levels[:-1]).nonzero()[0].tolist():
            left, right = max(self._scale.x(times[i]), area.left()), min(self._scale.x(times[i + 1]), area.right())
            fits = right - left >= LEAST_NAMED[0] and abs(self._scale.y(heights[i]) - entry) >= LEAST_NAMED[1]
            if fits and (best is None or right - left > best[1] - best[0]):
                best = (left, right, heights[i])
        return best

    def _label(self, at: QPointF, words: str, token: str, *, before: bool = False, bare: bool = False) -> None:
        """Words around a place, or ending there; on a plate unless they are `bare`."""
        width = self._ink.look.width(words, 10, 500) + 8
        centre = at.x() - width / 2 if before else at.x()
        centre = min(max(centre, self._area.left() + width / 2 + 2), self._area.right() - width / 2 - 2)
        box = QRectF(centre - width / 2, at.y() - 8, width, 16)
        inside = self._area.top() + 2 <= box.top() and box.bottom() <= self._area.bottom()
        if not words or not inside or any(box.intersects(other) for other in self._taken):
            return
        self._taken.append(box)
        if bare:
            self._ink.text(box, words, px=10, weight=600, token=token, align=CENTRE)
        else:
            plate(self._ink, box, words, token)

    def _smooth(self, path: QPainterPath, token: str) -> None:
        self._ink.painter.setRenderHint(self._ink.painter.RenderHint.Antialiasing)
        self._ink.painter.fillPath(path, self._ink.colour(token))
        self._ink.painter.setRenderHint(self._ink.painter.RenderHint.Antialiasing, False)
