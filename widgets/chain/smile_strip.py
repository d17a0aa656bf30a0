"""Implied volatility by strike of the chain, out of the money: puts below the spot, calls above it."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPolygonF

from cockpit.frame import ChainPart
from widgets.charts.cursor_chart import CursorChart
from widgets.charts.curves import value_ticks
from widgets.paint import format as fmt
from widgets.paint.amounts import strike
from widgets.paint.ink import CENTRE, RIGHT, Ink
from widgets.paint.theme import Look

LEFT, TOP, EDGE, BOTTOM = 12.0, 40.0, 40.0, 20.0
PAUSE_S = 0.25
NEAR = 12  # strikes on either side of the spot: the wings of a wide chain say little

Point = tuple[float, float, str]  # strike, volatility in percent, call | put


def points_of(part: ChainPart | None) -> tuple[Point, ...]:
    """The nearest strikes with a known volatility; none without a spot."""
    if part is None or part.spot is None:
        return ()
    made: list[Point] = []
    for row in part.rows:
        side = "call" if row.strike > part.spot else "put"
        cell = row.call if side == "call" else row.put
        if cell is not None and cell.iv is not None and math.isfinite(cell.iv):
            made.append((row.strike, cell.iv * 100.0, side))
    below = sum(point[0] <= part.spot for point in made)
    return tuple(made[max(0, below - NEAR) : below + NEAR])


class SmileStrip(CursorChart):
    """A curve through the points, calls solid and puts hollow, and the spot; the chain is its table."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "implied volatility by strike")
        self._points: tuple[Point, ...] = ()
        self._spot: float | None = None
        self._shown_s = -PAUSE_S

    def show_chain(self, part: ChainPart | None, now_s: float) -> None:
        """Paint that chain's volatilities, but not more often than the eye follows; `now_s` is monotonic."""
        if part is not None and self._points and now_s - self._shown_s < PAUSE_S:
            return
        self._shown_s = now_s
        points, spot = points_of(part), part.spot if part is not None else None
        if points != self._points or spot != self._spot:
            self._points, self._spot = points, spot
            self.update()

    def count(self) -> int:
        """Points."""
        return len(self._points)

    def home(self) -> int:
        """The point beside the spot."""
        return max(0, sum(point[2] == "put" for point in self._points) - 1)

    def index_at(self, x: float) -> int | None:
        """The point that is nearest to that x."""
        if not self._points or not self._plot().left() - 6 <= x <= self._plot().right() + 6:
            return None
        return min(range(len(self._points)), key=lambda i: abs(self._x(self._points[i][0]) - x))

    def said(self, index: int) -> str:
        """One point."""
        price, percent, side = self._points[index]
        return f"{strike(price)} {side}: {fmt.number(percent, 1)} %"

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT, TOP, -EDGE, -BOTTOM)

    def _x(self, price: float) -> float:
        low, high = self._points[0][0], self._points[-1][0]
        return self._plot().left() + (price - low) / max(high - low, 1e-9) * self._plot().width()

    def _range(self) -> tuple[float, float]:
        values = [point[1] for point in self._points]
        air = max((max(values) - min(values)) * 0.08, 0.1)
        return min(values) - air, max(values) + air

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, curve, points, spot."""
        with Ink(self, self.look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            ink.hairline(QPointF(0, 0.5), QPointF(box.right(), 0.5))
            ink.text(QRectF(LEFT, 6, box.width(), 16), "IV by strike, out of the money, %", px=11, weight=600)
            if len(self._points) < 2:
                ink.text(box, "n/a", px=11, token="t3", align=CENTRE)
            else:
                self._paint_curve(ink)
            if self.hasFocus():
                ink.focus_ring(box, 3)

    def _paint_curve(self, ink: Ink) -> None:
        plot, (low, high) = self._plot(), self._range()

        def place(price: float, percent: float) -> QPointF:
            return QPointF(self._x(price), plot.bottom() - (percent - low) / (high - low) * plot.height())

        for percent in value_ticks(low, high, max(2, int(plot.height() // 44)))[0]:
            y = round(place(self._points[0][0], percent).y()) + 0.5
            ink.hairline(QPointF(plot.left(), y), QPointF(plot.right(), y))
            words = QRectF(plot.right() + 4, y - 8, EDGE - 8, 16)
            ink.text(words, fmt.number(percent, 1), px=9, weight=500, token="t3", align=RIGHT)
        self._paint_strikes(ink, plot)
        if self._spot is not None:
            x = round(self._x(self._spot)) + 0.5
            ink.pen("t2", 1.0, Qt.PenStyle.DashLine)
            ink.painter.drawLine(QPointF(x, plot.top() - 4), QPointF(x, plot.bottom()))
        ink.pen("price")
        ink.painter.drawPolyline(QPolygonF([place(price, percent) for price, percent, _ in self._points]))
        ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing)
        for price, percent, side in self._points:
            ink.pen(side, 1.2)
            ink.painter.setBrush(ink.colour(side if side == "call" else "bg1"))
            ink.painter.drawEllipse(place(price, percent), 2.4, 2.4)
        ink.painter.setBrush(Qt.BrushStyle.NoBrush)
        ink.painter.setRenderHint(ink.painter.RenderHint.Antialiasing, False)
        index = self.cursor_index
        if index is not None:
            ink.pen("accent", 1.0)
            ink.painter.drawEllipse(place(self._points[index][0], self._points[index][1]), 5.0, 5.0)
            ink.text(QRectF(plot.left(), 22, plot.width(), 16), self.said(index), px=11, weight=600)

    def _paint_strikes(self, ink: Ink, plot: QRectF) -> None:
        y = round(plot.bottom()) + 0.5
        ink.hairline(QPointF(plot.left(), y), QPointF(plot.right(), y), "line2")
        step = max(1, len(self._points) // 4)
        for price, _, _ in self._points[step // 2 :: step]:
            words = QRectF(self._x(price) - 40, plot.bottom() + 2, 80, BOTTOM - 4)
            ink.text(words, strike(price), px=10, weight=500, token="t2", align=CENTRE)
