"""The chart of a round trip as a table: when, the level, the stop that was held, Greeks, and what was decided."""

from PySide6.QtCore import Signal

from cockpit.review import TripStory
from widgets.journal.story_strips import strip_words
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT
from widgets.paint.theme import Look
from widgets.parts.painted_table import PaintedTable
from widgets.parts.table_columns import Cell, Column

COLUMNS = (
    Column("time", "Time", "23:59:59.9", LEFT, px=11),
    Column("level", "Level", "26 000.00", px=11, weight=600),
    Column("stop", "Stop", "26 000.00", px=11),
    Column("mark", "Premium", "1 000.00", px=11),
    Column("delta", "Delta", "\u22120.0000", px=11),
    Column("gamma", "Gamma", "0.0000", px=11),
    Column("theta", "Theta", "\u2212100.0", px=11),
    Column("vega", "Vega", "100.0", px=11),
    Column("iv", "IV %", "100.0", px=11),
    Column("oi", "OI", "95.2 M", px=11),
    Column("what", "What happened", "decision", LEFT, px=11, stretches=True),
)


GREEKS = ("delta", "gamma", "theta", "vega", "iv", "oi")


class StoryTable(PaintedTable):
    """The newest instant on top; `moved` carries the instant of the row that was chosen, in ns."""

    moved = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__(
            look,
            COLUMNS,
            row_height=lambda: look.measures.ledger_row,
            name="chart of the round trip, as a table",
            empty="Nothing was recorded.",
        )
        self._story: TripStory | None = None
        self._instants: tuple[int, ...] = ()
        self.selected.connect(self._move)

    def show_story(self, story: TripStory | None) -> None:
        """List that round trip."""
        self._story = story
        self._instants = ()
        if story is not None:
            told = {each.at_ns for each in (*story.path, *story.stops, *story.marks)}
            self._instants = tuple(sorted(told, reverse=True))
            greeks = GREEKS if story.sampled_every_s is not None else ()
            premium = ("mark",) if greeks and story.basis != "premium" else ()
            self.set_columns(("time", "level", "stop", *premium, *greeks, "what"))
        self.set_rows(len(self._instants), self._cell_of)

    def _move(self, row: int) -> None:
        self.moved.emit(self._instants[row])

    def _cell_of(self, row: int, column: Column) -> Cell:
        story, at = self._story, self._instants[row]
        if story is None:
            return Cell("")
        if column.key == "time":
            return Cell(fmt.clock(at, story.trip.zone, tenths=True), "t2")
        if column.key == "what":
            return Cell(fmt.signs("; ".join(mark.text for mark in story.marks if mark.at_ns == at)))
        if column.key in ("mark", *GREEKS):
            words = strip_words(column.key, story.level_at(at))
            return Cell(words, "t3" if words == fmt.UNKNOWN else "t2")
        known = story.level_at(at) if column.key == "level" else story.stop_at(at)
        words = fmt.price(known.level if known is not None else None)
        return Cell(words, "t3" if words == fmt.UNKNOWN else "t1")
