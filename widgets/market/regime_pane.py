"""The regime of the watched underlying: which one is in force, how well each fits, and how that went bar by bar."""

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cockpit.frame import RegimePart
from cockpit.market.regime import PANIC_SCORE, RANGE_SCORE, STANDING_BARS, TREND_SCORE
from widgets.charts.curves import EMPTY
from widgets.charts.line_chart import Level, Line, LineChart
from widgets.paint import format as fmt
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import TRIGGER_AT, hatch
from widgets.paint.theme import Look
from widgets.parts.button import beside
from widgets.parts.painted_table import Cell, Column, PaintedTable
from widgets.parts.toggle import Toggle

WARM_BARS = 74  # completed minutes until all scores are known: 60 average ranges, each of 14 true ones
PANEL = 236  # width of the words and gauges beside the chart
BESIDE_FROM = 520  # narrower panes put the chart below them
BUTTON = 26


class Score(NamedTuple):
    """One of the three: its field, the score from which it speaks, and its line in the chart."""

    key: str
    speaks_from: float
    token: str
    style: Qt.PenStyle


SCORES = (
    Score("trend", TREND_SCORE, "s1", Qt.PenStyle.SolidLine),
    Score("range", RANGE_SCORE, "s2", Qt.PenStyle.DashLine),
    Score("panic", PANIC_SCORE, "s4", Qt.PenStyle.DotLine),
)
COLUMNS = (Column("time", "Bar", "23:59:59", align=0.0), *(Column(s.key, s.key.title(), "Range 0.00") for s in SCORES))


def value_of(part: RegimePart, key: str) -> float | None:
    """A score by its name."""
    return {"trend": part.trend, "range": part.range, "panic": part.panic}[key]


def _score_words(value: float) -> str:
    return fmt.number(value, 2)


class RegimePane(QWidget):
    """The label in force, a gauge for each score, and their history as lines or as a table."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._part: RegimePart | None = None
        self._origin: tuple[int, str] = (0, "UTC")
        self.chart = LineChart(look, "regime scores over time", _score_words, fixed=(0.0, 1.04))
        self.table = PaintedTable(
            look, COLUMNS, row_height=lambda: look.measures.ledger_row, name="regime scores, table",
            empty=f"n/a\nScores begin with bar {WARM_BARS}.",
        )  # fmt: skip
        self.as_table = Toggle(look, "", hint="show as table", icon="table")
        self.as_table.clicked.connect(self.toggle_table)
        self.chart.setParent(self)
        self.table.setParent(self)
        self.table.hide()
        beside(self, self.as_table)
        self.setAccessibleName("regime")
        self._fill()

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self.table.set_measures()
        self._place()
        self.update()

    def show_part(self, part: RegimePart | None, *, origin_ns: int = 0, zone: str = "UTC") -> None:
        """Paint that part unless it is the one that is shown; its history counts from `origin_ns`."""
        if part is self._part and (origin_ns, zone) == self._origin:
            return
        self._part, self._origin = part, (origin_ns, zone)
        self._fill()
        self.setAccessibleDescription(self.said())
        self.update()

    def said(self) -> str:
        """Label and scores as one sentence."""
        part = self._part
        if part is None:
            return "n/a"
        scores = ", ".join(f"{each.key} {fmt.number(value_of(part, each.key), 2)}" for each in SCORES)
        return f"{part.underlying}: {part.label}; {scores}"

    def toggle_table(self) -> None:
        """Show the history as a table, or as lines again."""
        self.as_table.set_chosen(not self.as_table.chosen)
        self.table.setVisible(self.as_table.chosen)
        self.chart.setVisible(not self.as_table.chosen)
        self._fill()

    def _fill(self) -> None:
        part = self._part
        history = part.history if part is not None else ()
        if self.as_table.chosen:
            self.table.set_rows(len(history), self._cell)
            return
        rows = np.array(history, dtype=np.float64).reshape(-1, 4)
        columns = [np.ascontiguousarray(rows[:, i]) for i in range(4)] if len(rows) else [EMPTY] * 4
        lines = tuple(Line(s.key, s.token, s.style, columns[i + 1]) for i, s in enumerate(SCORES))
        levels = (Level(TREND_SCORE, "trend, range", under=True), Level(PANIC_SCORE, "panic"))
        warming = part is not None and part.bars < WARM_BARS
        self.chart.set_empty(f"n/a: scores begin with bar {WARM_BARS}" if warming else "n/a")
        self.chart.show_lines(columns[0], lines, origin_ns=self._origin[0], zone=self._origin[1], levels=levels)

    def _cell(self, row: int, column: Column) -> Cell:
        """The newest bar on top."""
        if self._part is None:
            return Cell("")
        values = self._part.history[-1 - row]
        if column.key == "time":
            return Cell(fmt.clock(self._origin[0] + round(values[0] * fmt.NS), self._origin[1])[:5], "t2")
        index = next(i for i, score in enumerate(SCORES) if score.key == column.key)
        return Cell(_score_words(values[index + 1]), "t1" if values[index + 1] >= SCORES[index].speaks_from else "t2")

    def _place(self) -> None:
        head, width = self._look.measures.pane_head, self.width()
        self.as_table.setGeometry(width - 8 - BUTTON, (head - 22) // 2, BUTTON, 22)
        left, top = (PANEL, head) if width >= BESIDE_FROM else (0, head + round(self._panel_height()))
        for view in (self.chart, self.table):
            view.setGeometry(left, top, width - left, max(0, self.height() - top))

    def _row(self) -> float:
        return 20.0 if self._look.compact or self.width() < BESIDE_FROM else 26.0

    def _panel_height(self) -> float:
        return 42 + 3 * self._row() + 8

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside one another, or below."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Head, label, gauges."""
        with Ink(self, self._look) as ink:
            ink.fill(QRectF(self.rect()), "bg1")
            part = self._part
            head = QRectF(0, 0, self.width(), self._look.measures.pane_head)
            ink.head(head, "Regime", part.underlying if part is not None else "n/a")
            y = head.bottom() - 0.5
            ink.hairline(QPointF(0, y), QPointF(head.right(), y))
            if part is None:
                ink.text(QRectF(12, head.bottom() + 6, PANEL, 20), "Select a position.", px=11, token="t2")
                return
            right = PANEL - 8.0 if self.width() >= BESIDE_FROM else self.width() - 12.0
            self._paint_label(ink, QRectF(12, head.bottom() + 4, right - 12, 38), part)
            top = head.bottom() + 44
            for i, score in enumerate(SCORES):
                self._paint_score(ink, QRectF(12, top + i * self._row(), right - 12, self._row()), score, part)

    def _paint_label(self, ink: Ink, box: QRectF, part: RegimePart) -> None:
        known = part.label != "unknown"
        ink.text(QRectF(box.left(), box.top(), box.width(), 20), fmt.title(part.label) if known else "n/a", px=15,
                 weight=600, token="t1" if known else "t3")  # fmt: skip
        words = f"a new one stands after {STANDING_BARS} bars" if known else "no regime fits well enough"
        if part.bars < WARM_BARS:
            words = f"warming up: {part.bars} of {WARM_BARS} bars"
        ink.text(QRectF(box.left(), box.top() + 20, box.width(), 16), words, px=10, weight=500, token="t2")

    def _paint_score(self, ink: Ink, box: QRectF, score: Score, part: RegimePart) -> None:
        """A gauge whose tick is where the score begins to speak; while warming up, how far that is."""
        value = value_of(part, score.key)
        speaks = value is not None and value >= score.speaks_from - 1e-9
        ink.text(box, score.key.title(), px=11, weight=600 if speaks else 400, token="t1" if speaks else "t2")
        track = QRectF(box.left() + 46, box.center().y() - 2.5, box.width() - 46 - 78, 5)
        if value is None:
            hatch(ink, track, "t3")
        else:
            ink.rounded(track, 2.5, fill="bg3")
            filled = track.width() * min(value / score.speaks_from * TRIGGER_AT, 1.0)
            if filled >= 2:
                shown = QRectF(track.left(), track.top(), filled, track.height())
                ink.rounded(shown, 2.5, fill="t1" if speaks else "t3")
        tick = round(track.left() + track.width() * TRIGGER_AT)
        ink.fill(QRectF(tick, box.center().y() - 6, 1, 12), "t2")
        words = f"{fmt.number(value, 2)} / {score.speaks_from:.2f}"
        ink.text(
            box, words, px=11, weight=600 if speaks else 400, token="t1" if value is not None else "t3", align=RIGHT
        )
