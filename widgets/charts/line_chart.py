"""A small chart of a few lines over time, painted by hand: each has a pattern of its own beside its colour."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPolygonF

from widgets.charts.cursor_chart import CursorChart
from widgets.charts.curves import EMPTY, Floats, bounds, decimated, time_ticks, value_ticks
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, RIGHT, Ink
from widgets.paint.theme import Look

LEFT, TOP, BOTTOM = 52.0, 18.0, 20.0
LINE = 13.0  # between the names at the ends of the lines

Words = Callable[[float], str]


class Line(NamedTuple):
    """One line: its name, colour, pattern, and a value for each of the chart's times; NaN is a gap."""

    name: str
    token: str
    style: Qt.PenStyle
    values: Floats


class Level(NamedTuple):
    """A value that matters: a dotted line with a word over or under it."""

    value: float
    word: str
    under: bool = False


class LineChart(CursorChart):
    """Lines share one axis of values; `fixed` is its range where the data do not decide it."""

    def __init__(self, look: Look, name: str, words: Words, *, fixed: tuple[float, float] | None = None) -> None:
        super().__init__(look, name)
        self._words, self._fixed = words, fixed
        self._times: Floats = EMPTY
        self._lines: tuple[Line, ...] = ()
        self._levels: tuple[Level, ...] = ()
        self._origin_ns, self._zone, self._empty = 0, "UTC", "n/a"

    def show_lines(
        self, times: Floats, lines: tuple[Line, ...], *, origin_ns: int, zone: str, levels: tuple[Level, ...] = ()
    ) -> None:
        """Paint these lines; times are seconds since `origin_ns`, ascending."""
        self._times, self._lines, self._levels = times, lines, levels
        self._origin_ns, self._zone = origin_ns, zone
        if self.cursor_index is not None:
            self.move_cursor(self.cursor_index)
        self.update()

    def set_empty(self, words: str) -> None:
        """What is said while there is nothing to draw."""
        self._empty = words
        self.update()

    def count(self) -> int:
        """Instants."""
        return len(self._times)

    def index_at(self, x: float) -> int | None:
        """The newest instant at or before that x."""
        plot = self._plot()
        if not self.count() or not plot.left() <= x <= plot.right():
            return None
        start, end = self._span()
        at = start + (x - plot.left()) / max(plot.width(), 1.0) * (end - start)
        return max(0, int(np.searchsorted(self._times, at + 1e-9, side="right")) - 1)

    def said(self, index: int) -> str:
        """The time and the value of every line."""
        values = (f"{line.name} {self._words(float(line.values[index]))}" for line in self._lines)
        return f"{self._clock(index)}: {', '.join(values)}"

    def _clock(self, index: int) -> str:
        return fmt.clock(self._origin_ns + round(float(self._times[index]) * fmt.NS), self._zone)

    def _span(self) -> tuple[float, float]:
        start, end = float(self._times[0]), float(self._times[-1])
        return start, end if end > start else start + 1.0

    def _plot(self) -> QRectF:
        names = max((self.look.width(self._end_words(line), 10, 600) for line in self._lines), default=40.0)
        return QRectF(self.rect()).adjusted(LEFT, TOP, -names - 20, -BOTTOM)

    def _end_words(self, line: Line) -> str:
        last = float(line.values[-1]) if len(line.values) else float("nan")
        return f"{line.name} {self._words(last)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, lines, their names at their ends, and the read-out."""
        with Ink(self, self.look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            if self.count() < 2:
                ink.text(box, self._empty, px=11, token="t2", align=CENTRE)
            else:
                self._paint_chart(ink)
            if self.hasFocus():
                ink.focus_ring(box, 3)

    def _paint_chart(self, ink: Ink) -> None:
        plot, (start, end) = self._plot(), self._span()
        low, high = self._fixed or bounds(tuple(line.values for line in self._lines), ())

        def place(time: float, value: float) -> QPointF:
            x = plot.left() + (time - start) / (end - start) * plot.width()
            return QPointF(x, plot.bottom() - (value - low) / (high - low) * plot.height())

        self._paint_axes(ink, plot, place, (low, high))
        for line in self._lines:
            self._paint_line(ink, plot, place, line)
        self._paint_names(ink, plot, place)
        if self.cursor_index is not None:
            self._paint_readout(ink, plot, place, self.cursor_index)

    def _paint_axes(
        self, ink: Ink, plot: QRectF, place: Callable[[float, float], QPointF], ends: tuple[float, float]
    ) -> None:
        start, end = self._span()
        for value in value_ticks(*ends, max(2, int(plot.height() // 34)))[0]:
            y = round(place(start, value).y()) + 0.5
            ink.hairline(QPointF(plot.left(), y), QPointF(plot.right(), y))
            box = QRectF(0, y - 8, LEFT - 6, 16)
            ink.text(box, self._words(value), px=9, weight=500, token="t3", align=RIGHT)
        for level in self._levels:
            y = round(place(start, level.value).y()) + 0.5
            ink.pen("t3", 1.0, Qt.PenStyle.DotLine)
            ink.painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            ink.text(
                QRectF(plot.left() + 4, y if level.under else y - 13, 200, 12), level.word, px=9, weight=500, token="t3"
            )
        y = round(plot.bottom()) + 0.5
        ink.hairline(QPointF(plot.left(), y), QPointF(plot.right(), y), "line2")
        for time, word in time_ticks(self._origin_ns, start, end, max(2, int(plot.width() // 80)), self._zone):
            x = place(time, ends[0]).x()
            if plot.left() + 14 <= x <= plot.right() - 14:
                box = QRectF(x - 40, plot.bottom() + 2, 80, BOTTOM - 4)
                ink.text(box, word, px=10, weight=500, token="t2", align=CENTRE)

    def _paint_line(self, ink: Ink, plot: QRectF, place: Callable[[float, float], QPointF], line: Line) -> None:
        times, values = decimated(self._times, line.values, *self._span(), max(1, int(plot.width())))
        ink.pen(line.token, 1.0, line.style)
        run: list[QPointF] = []
        for time, value in zip(times.tolist(), values.tolist(), strict=True):
            if value == value:
                run.append(place(time, value))
            elif run:
                ink.painter.drawPolyline(QPolygonF(run))
                run = []
        if run:
            ink.painter.drawPolyline(QPolygonF(run))

    def _paint_names(self, ink: Ink, plot: QRectF, place: Callable[[float, float], QPointF]) -> None:
        """Names and newest values beside the ends, moved apart where lines meet."""
        ends = [
            (place(0.0, float(line.values[-1])).y(), line) for line in self._lines if line.values[-1] == line.values[-1]
        ]
        below = plot.top() - LINE
        for y, line in sorted(ends, key=lambda end: end[0]):
            below = max(y - LINE / 2, below + LINE)
            box = QRectF(plot.right() + 8, below, 200, LINE)
            ink.text(box, self._end_words(line), px=10, weight=600, token=line.token)

    def _paint_readout(self, ink: Ink, plot: QRectF, place: Callable[[float, float], QPointF], index: int) -> None:
        x = round(place(float(self._times[index]), 0.0).x()) + 0.5
        ink.hairline(QPointF(x, plot.top()), QPointF(x, plot.bottom()), "t3")
        line = QRectF(plot.left(), 0, plot.width(), TOP)
        left = ink.run(line, self._clock(index), px=11, weight=600)
        for each in self._lines:
            words = f"{each.name} {self._words(float(each.values[index]))}"
            left = ink.run(line.adjusted(left - line.left() + 12, 0, 0, 0), words, px=11, weight=500, token=each.token)
