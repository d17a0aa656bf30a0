"""The chart as a table, for who cannot see a chart: time, level, stop and Greeks, the newest row on top."""

from PySide6.QtGui import QShowEvent

from widgets.charts.read_out import SIGNS, greek_words
from widgets.charts.timeline import GREEKS, LEVEL, STOP, Timeline
from widgets.paint import format as fmt
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column, PaintedTable

WIDEST = {"delta": "\u22120.000", "gamma": "\u22120.0000", "theta": "\u221200 000", "vega": "\u221200 000"}
HEADS = {"iv": "IV %"}
COLUMNS = (
    Column("time", "Time", "00:00:00.0"),
    Column("level", "Premium", "00 000.00", weight=600),
    Column("stop", "Stop", "00 000.00"),
    *(Column(name, HEADS.get(name, SIGNS[name]), WIDEST.get(name, "000.00 M")) for name in GREEKS),
)


class ChartTable(PaintedTable):
    """Every row of the timeline; who has scrolled back keeps sight of the same ones."""

    def __init__(self, look: Look, timeline: Timeline) -> None:
        super().__init__(
            look,
            COLUMNS,
            row_height=lambda: look.measures.ledger_row,
            name="premium, stop and Greeks as a table",
            empty="Nothing is known yet\nrows come with the first quote",
        )
        self._timeline = timeline
        self._position = ""
        timeline.grown.connect(self.draw)

    def draw(self) -> None:
        """Take the rows that have come; nothing is done while it is not seen."""
        path, detail = self._timeline.path, self._timeline.detail
        if not self.isVisible() or path is None:
            return
        position = "" if detail is None else detail.position.id
        added = path.size - self.count
        self.set_rows(path.size, self._cell_of)
        if position == self._position and added > 0:
            self.hold_place(added)
        self._position = position

    def _cell_of(self, row: int, column: Column) -> Cell:
        path, greeks = self._timeline.path, self._timeline.greeks
        if path is None or greeks is None or not 0 <= row < path.size:
            return Cell("")
        time, *values = path.row(path.size - 1 - row)
        if column.key == "time":
            return Cell(fmt.clock(self._timeline.instant(time), self._timeline.zone, tenths=True), "t2")
        if column.key in ("level", "stop"):
            return _cell(fmt.price(values[LEVEL if column.key == "level" else STOP]))
        known = greeks.at(time)
        return _cell(greek_words(column.key, None if known is None else known[1 + GREEKS.index(column.key)]))

    def showEvent(self, event: QShowEvent) -> None:
        """What has come while it was not seen."""
        self.draw()


def _cell(words: str) -> Cell:
    return Cell(words, "t3" if words == fmt.UNKNOWN else "t1")
