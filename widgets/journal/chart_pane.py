"""A pane of charts: one of several by its tab, or as the table that says the same."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from cockpit.review import Review
from widgets.journal.review_chart import ReviewChart
from widgets.paint.ink import LEFT, RIGHT, Ink
from widgets.paint.theme import Look
from widgets.parts.painted_table import PaintedTable
from widgets.parts.tab_bar import TabBar
from widgets.parts.table_columns import Cell, Column
from widgets.parts.toggle import Toggle

BUTTON = 28


class ChartPane(QWidget):
    """Names and charts; a single one has a plain head, several have tabs.

    `activated` carries the number of the row on which Enter was pressed while a table is shown.
    """

    activated = Signal(int)

    def __init__(self, look: Look, charts: Sequence[tuple[str, ReviewChart]]) -> None:
        super().__init__()
        self._look = look
        self._charts = dict(charts)
        self._tables = {name: self._table(name, chart) for name, chart in charts}
        self._rows: list[tuple[Cell, ...]] = []
        self.as_table = Toggle(look, "", hint="show as table", icon="table")
        self.as_table.setParent(self)
        self.as_table.setFixedSize(BUTTON, 22)
        self.tabs = TabBar(look, tuple(self._charts)) if len(self._charts) > 1 else None
        self._body = QStackedWidget()
        for name, chart in charts:
            self._body.addWidget(chart)
            self._body.addWidget(self._tables[name])
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        if self.tabs is not None:
            head = QHBoxLayout()
            head.setContentsMargins(0, 0, BUTTON + 12, 0)
            head.addWidget(self.tabs)
            head.addStretch(1)
            self.tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._column.addLayout(head)
            self.tabs.chosen.connect(self._show_chosen)
        self._column.addWidget(self._body, 1)
        self.as_table.clicked.connect(self.toggle_table)
        self.setAccessibleName(", ".join(self._charts))
        self.set_measures()

    @property
    def name(self) -> str:
        """The chart that is shown, by its tab."""
        return self.tabs.current if self.tabs is not None else next(iter(self._charts))

    @property
    def chart(self) -> ReviewChart:
        """The chart itself."""
        return self._charts[self.name]

    @property
    def table(self) -> PaintedTable:
        """The table that says the same."""
        return self._tables[self.name]

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        self._column.setContentsMargins(0, 0 if self.tabs is not None else self._look.measures.pane_head, 0, 0)
        if self.tabs is not None:
            self.tabs.set_measures()
        for table in self._tables.values():
            table.set_measures()
        self._place_button()

    def show_review(self, review: Review | None, zone: str) -> None:
        """Hand it to every chart."""
        for chart in self._charts.values():
            chart.show_review(review, zone)
        self._show_chosen()
        self.update()

    def _table(self, name: str, chart: ReviewChart) -> PaintedTable:
        table = PaintedTable(
            self._look,
            chart.columns,
            row_height=lambda: self._look.measures.ledger_row,
            name=f"{name}, as a table",
            empty="Nothing to list: no closed round trip is in sight.",
        )
        table.activated.connect(self.activated)
        return table

    def toggle_table(self) -> None:
        """The chart as a table, or as a chart again; the keyboard goes with it."""
        had_focus = self.chart.hasFocus() or self.table.hasFocus()
        self.as_table.set_chosen(not self.as_table.chosen)
        self.as_table.set_hint("show as chart" if self.as_table.chosen else "show as table")
        self._show_chosen()
        if had_focus:
            (self.table if self.as_table.chosen else self.chart).setFocus()

    def _show_chosen(self) -> None:
        tabled = self.as_table.chosen or self.chart.is_table
        self.as_table.setVisible(not self.chart.is_table)
        if tabled:
            self._rows = list(self.chart.rows())
            places = {column.key: i for i, column in enumerate(self.chart.columns)}
            rows = self._rows

            def cell(row: int, column: Column) -> Cell:
                return rows[row][places[column.key]]

            self.table.set_rows(len(rows), cell)
        self._body.setCurrentWidget(self.table if tabled else self.chart)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button stays at the right."""
        self._place_button()

    def _place_button(self) -> None:
        head = self._look.measures.pane_head
        self.as_table.move(self.width() - BUTTON - 8, (head - self.as_table.height()) // 2)
        self.as_table.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The head of a single chart."""
        with Ink(self, self._look) as ink:
            box = QRectF(self.rect())
            ink.fill(box, "bg1")
            end = QPointF(box.right(), self._look.measures.pane_head - 0.5)
            ink.hairline(QPointF(0, end.y()), end)
            head = QRectF(0, 0, box.width(), self._look.measures.pane_head)
            left = self.tabs.width() + 8 if self.tabs is not None else ink.head(head, self.name)
            room = QRectF(left, 0, box.width() - BUTTON - 18 - left, head.height())
            if ink.look.width(self.chart.caption, 11) <= room.width():
                align = LEFT if self.tabs is None else RIGHT
                ink.text(room, self.chart.caption, px=11, token="t2", align=align)
