"""The pane of open interest: by strike, as totals over time, or as a table."""

import re

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cockpit.frame import OpenInterestPart, PositionPart
from widgets.charts.curves import EMPTY
from widgets.charts.line_chart import Line, LineChart
from widgets.market.open_interest_bars import StrikeBars
from widgets.paint import format as fmt
from widgets.paint.amounts import amount, strike
from widgets.paint.ink import RIGHT, Ink
from widgets.paint.theme import Look
from widgets.parts.button import beside
from widgets.parts.painted_table import Cell, Column, PaintedTable
from widgets.parts.toggle import Toggle

STRIKE = re.compile(r" (\d+(?:\.\d+)?) [CP]\b")
BUTTON = 26
ROOMY_FROM = 500  # narrower panes say it shorter
WIDEST = "+99 999 999"
COLUMNS = (
    Column("strike", "Strike", "999 999.5", px=11, weight=600),
    Column("calls", "Calls", WIDEST, px=11),
    Column("calls_change", "Calls Δ", WIDEST, px=11),
    Column("puts", "Puts", WIDEST, px=11),
    Column("puts_change", "Puts Δ", WIDEST, px=11),
)


def strike_of(position: PositionPart | None) -> float | None:
    """The strike that a position's label names; None for what is no option."""
    found = STRIKE.search(position.label) if position is not None else None
    return float(found[1]) if found is not None else None


class OpenInterestPane(QWidget):
    """A head with totals and put/call ratio; below it one of three views."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._part: OpenInterestPart | None = None
        self._held: float | None = None
        self._origin: tuple[int, str] = (0, "UTC")
        self.bars = StrikeBars(look)
        self.totals = LineChart(look, "open interest over time", amount)
        self.totals.set_empty("n/a: the totals have not changed since the chart began")
        self.table = PaintedTable(
            look, COLUMNS, row_height=lambda: look.measures.ledger_row, name="open interest by strike, table",
            empty="n/a\nNo strike of this expiry has a value yet.",
        )  # fmt: skip
        self.over_time = Toggle(look, "", hint="totals over time", icon="lines")
        self.as_table = Toggle(look, "", hint="show as table", icon="table")
        self.over_time.clicked.connect(lambda: self._toggle(self.over_time, self.as_table))
        self.as_table.clicked.connect(self.toggle_table)
        for view in (self.bars, self.totals, self.table):
            view.setParent(self)
        beside(self, self.over_time, self.as_table)
        self.setAccessibleName("open interest")
        self._show_view()

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self.table.set_measures()
        self._place()
        self.update()

    def show_part(
        self, part: OpenInterestPart | None, position: PositionPart | None, *, origin_ns: int = 0, zone: str = "UTC"
    ) -> None:
        """Paint that part unless it is the one that is shown; the part's series counts from `origin_ns`."""
        held, origin = strike_of(position), (origin_ns, zone)
        if part is self._part and held == self._held and origin == self._origin:
            return
        self._part, self._held, self._origin = part, held, origin
        self._fill()
        self.setAccessibleDescription(self.said())
        self.update()

    def toggle_table(self) -> None:
        """Show the strikes as a table, or the bars again."""
        self._toggle(self.as_table, self.over_time)

    def said(self) -> str:
        """The head as one sentence."""
        part = self._part
        if part is None:
            return "n/a"
        when = "" if part.is_live else ", yesterday's"
        totals = f"calls {amount(part.calls)}, puts {amount(part.puts)} {part.unit}{when}"
        pain = "n/a" if part.max_pain is None else strike(part.max_pain)
        return f"{part.underlying} {part.expiry}: {totals}, put/call {fmt.ratio(part.put_call_ratio)}, max pain {pain}"

    def _toggle(self, pressed: Toggle, other: Toggle) -> None:
        pressed.set_chosen(not pressed.chosen)
        other.set_chosen(False)
        self._show_view()
        self._fill()

    def _show_view(self) -> None:
        self.table.setVisible(self.as_table.chosen)
        self.totals.setVisible(self.over_time.chosen)
        self.bars.setVisible(not (self.as_table.chosen or self.over_time.chosen))
        self.update()

    def _fill(self) -> None:
        """Hand the part to the view that is seen."""
        part = self._part
        if self.as_table.chosen:
            self.table.set_rows(len(part.strikes) if part is not None else 0, self._cell)
        elif self.over_time.chosen:
            self._fill_totals(part)
        else:
            self.bars.show_part(part, self._held)

    def _fill_totals(self, part: OpenInterestPart | None) -> None:
        rows = np.array(part.series if part is not None else (), dtype=np.float64).reshape(-1, 3)
        times, calls, puts = (np.ascontiguousarray(rows[:, i]) for i in range(3)) if len(rows) else (EMPTY,) * 3
        lines = (
            Line("C", "call", Qt.PenStyle.SolidLine, calls),
            Line("P", "put", Qt.PenStyle.DashLine, puts),
        )
        self.totals.show_lines(times, lines, origin_ns=self._origin[0], zone=self._origin[1])

    def _cell(self, row: int, column: Column) -> Cell:
        part = self._part
        if part is None:
            return Cell("")
        each = part.strikes[row]
        if column.key == "strike":
            return Cell(strike(each.strike), "t1" if each.strike == self._held else "t2")
        value: float | None = getattr(each, column.key)
        words = fmt.number(value, 0, signed=column.key.endswith("change"))
        return Cell(words, "t3" if value is None else "t1")

    def _place(self) -> None:
        head = self._look.measures.pane_head
        right = self.width() - 8
        for button in (self.as_table, self.over_time):
            button.setGeometry(right - BUTTON, (head - 22) // 2, BUTTON, 22)
            right -= BUTTON + 4
        for view in (self.bars, self.totals, self.table):
            view.setGeometry(0, head, self.width(), max(0, self.height() - head))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the view the rest of the pane."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The head: name, totals, ratio."""
        with Ink(self, self._look) as ink:
            head = QRectF(0, 0, self.width(), self._look.measures.pane_head)
            ink.fill(QRectF(self.rect()), "bg1")
            roomy = self.width() >= ROOMY_FROM
            left = ink.head(head, "Open interest by strike" if roomy else "Open interest")
            right = self._paint_totals(ink, head, self.over_time.geometry().left() - 10.0)
            words = "calls solid, puts hollow; cap added, dashed gone"
            if ink.look.width(words, 10, 500) <= right - left - 16:
                box = QRectF(left - 4, 0.5, right - left, head.height())
                ink.text(box, words, px=10, weight=500, token="t2")
            ink.hairline(QPointF(0, head.bottom() - 0.5), QPointF(head.right(), head.bottom() - 0.5))

    def _paint_totals(self, ink: Ink, head: QRectF, right: float) -> float:
        """From the right: ratio, puts, calls; the x at which they begin."""
        part = self._part
        if part is None:
            return right
        totals = [(f"PCR {fmt.ratio(part.put_call_ratio)}", "t1")]
        if not (self.bars.isVisibleTo(self) and self.bars.has_totals):
            totals += [(f"P {amount(part.puts)}", "put"), (f"C {amount(part.calls)}", "call")]
        for words, token in totals:
            ink.text(QRectF(0, 0, right, head.height()), words, px=11, weight=600, token=token, align=RIGHT)
            right -= ink.look.width(words, 11, 600) + 12
        return right
