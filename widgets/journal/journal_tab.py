"""The journal: filters, the table of round trips, what they add up to, and the story of the one that is chosen."""

from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import cast, get_args

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cockpit.review import Reader, Review, SortKey, Stopped, TripStory
from widgets.acting.keymap import cap
from widgets.journal.journal_menus import ColumnsButton, ExportButton
from widgets.journal.kpi_strip import KpiStrip
from widgets.journal.review_panes import ReviewPanes
from widgets.journal.trip_columns import COLUMNS, cell, fitting
from widgets.journal.trip_detail import TripDetail
from widgets.journal.trip_filters import TripFilters
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.gap_splitter import GapSplitter
from widgets.parts.jobs import Jobs, Submit
from widgets.parts.painted_table import SCROLL_BAR, PaintedTable
from widgets.parts.table_columns import Cell, Column

SORTS: dict[str, SortKey] = {name: name for name in get_args(SortKey)}
PATIENCE_MS = 150  # until it says that it is reading
NEAR = 1_000  # rows of the table among which one is looked for: each has to be made
EMPTY = (
    "No round trips yet: the journal keeps one when a position has been opened.\nThe demo opens some within a minute."
)
NONE_FOUND = "No round trip agrees with the filters.\nEsc in the search line, or Clear, shows all again."


class JournalTab(QWidget):
    """Asks `reader` by `submit`, an executor's, so that the window never waits; `now_ns` is the session's time.

    Nothing is read before the first `reload`. `said` carries a sentence for the window: what was written, what failed.
    """

    said = Signal(str)

    def __init__(self, look: Look, reader: Reader, submit: Submit, *, now_ns: Callable[[], int]) -> None:
        super().__init__()
        self._look, self._reader, self._now_ns = look, reader, now_ns
        self.jobs = Jobs(submit)
        self.review: Review | None = None
        self._sort: tuple[SortKey, bool] = ("opened", True)
        self._columns: tuple[str, ...] | None = None  # as a human has chosen them
        self._asking = self._again = False
        self._chosen = ""  # SESSION/ID
        self._wanted = ""  # ID, of the newest session that has it
        self.kpis = KpiStrip(look)
        self.filters = TripFilters(look)
        self.table = PaintedTable(
            look, COLUMNS, row_height=self._row_height, name="round trips", empty="Reading the journal…"
        )
        self.panes = ReviewPanes(look)
        self.detail = TripDetail(look)
        self.cancel = ActionButton(look, "Cancel", hint="stop reading the journal")
        self.again = ActionButton(look, "", key=cap("reload"), hint="read the journal again", kind="flat")
        self.again.set_icon("reset")
        self.again.keep_key_in_tip()
        self.clear = ActionButton(look, "Clear", hint="show all round trips", kind="flat")
        self.columns, self.export = ColumnsButton(look), ExportButton(look)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._lay_out()
        self._connect()
        self.set_measures()

    @property
    def zone(self) -> str:
        """The exchange's zone, of the first round trip in sight."""
        return self.review.rows[0].zone if self.review is not None and len(self.review.rows) else "UTC"

    def reload(self) -> None:
        """Read what is new; while it is being read, once more afterwards."""
        if self._asking:
            self._again = True
            return
        self._asking = True
        wanted, (sort, descending) = self.filters.wanted(self._now_ns(), self.zone), self._sort
        self._patience.start()
        self.jobs.ask(
            lambda: self._reader.review(wanted, sort, descending=descending, progress=self._progress),
            self._reviewed,
            self._failed,
        )

    def choose(self, trip: str) -> None:
        """Tell the newest round trip of that id, P0004, when the journal has been read again."""
        self._wanted = trip
        self.reload()

    def set_measures(self) -> None:
        """Take heights, columns and colours of the look again."""
        for part in (self.kpis, self.filters, self.panes, self.detail):
            part.set_measures()
        self._fit_columns()
        self.update()

    def close_reader(self) -> None:
        """Nobody waits any more; what is being read stops."""
        self.jobs.close()
        self._reader.interrupt()

    def toggle_table(self) -> None:
        """The chart that has the keyboard as a table, or as a chart again; without one, the one of the tabs."""
        focused = cast("QWidget | None", self.window().focusWidget())
        if focused is not None and self.detail.isAncestorOf(focused):
            self.detail.toggle_table()
        else:
            self.panes.toggle_table(focused)

    def choose_columns(self, keys: tuple[str, ...]) -> None:
        """Show these columns of the table, whatever room there is."""
        self._columns = keys
        self._fit_columns()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The table has got another width: the usual columns that fit."""
        if event.type() == QEvent.Type.Resize:
            self._fit_columns()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F5 reads again, Ctrl F searches; every other key is the window's."""
        if event.key() == Qt.Key.Key_F5:
            self.reload()
        elif event.key() == Qt.Key.Key_F and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.filters.search.setFocus()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground between the panes."""
        with Ink(self, self._look) as ink:
            ink.fill(QRectF(self.rect()), "bg0")

    def _fit_columns(self) -> None:
        keys = self._columns or fitting(self._look, self.table.width() - SCROLL_BAR)
        if keys != tuple(place.column.key for place in self.table.places):
            self.table.set_columns(keys)
        else:
            self.table.set_measures()
        self.columns.show_columns(keys)

    def _row_height(self) -> int:
        return 22 if self._look.compact else 24

    def _progress(self, done: int, there: int) -> None:
        """Called on the reader's thread."""
        self.jobs.tell(lambda: self._say_progress(done, there))

    def _say_progress(self, done: int, there: int) -> None:
        if self._asking and not self._patience.isActive() and self.review is None:
            self.table.set_empty(f"Reading the journal: {fmt.number(done, 0)} of {fmt.number(there, 0)} round trips")

    def _say_reading(self) -> None:
        self.cancel.show()
        self.filters.say("reading…")

    def _reviewed(self, review: Review) -> None:
        self._rest()
        self.review = review
        self.filters.offer(review.choices)
        found = len(review.rows)
        counted = fmt.number(found, 0)
        counted += f" of {fmt.number(review.there, 0)}" if found != review.there or not self._look.compact else ""
        self.filters.say(counted if self._look.compact else f"{counted} · {1_000 * review.took_s:.0f} ms")
        self.table.set_empty(NONE_FOUND if review.there else EMPTY)
        self.clear.setVisible(self.filters.narrows)
        self.kpis.show_report(review.report, self.zone)
        self.panes.show_review(review, self.zone)
        rows = review.rows

        def told(row: int, column: Column) -> Cell:
            return cell(rows[row], column)

        self.table.set_rows(found, told)
        key, descending = self._sort
        self.table.set_sorted(key, descending)
        self._keep_chosen(review)

    def _keep_chosen(self, review: Review) -> None:
        """The same round trip stays chosen while it is in sight; at first it is the newest one."""
        rows, at = review.rows, self.table.current or 0
        near = (*range(at, min(at + NEAR, len(rows))), *range(min(at, NEAR)))  # new ones may have come above it
        place = next((i for i in near if rows[i].key == self._chosen), None)
        if self._wanted:
            place = next((i for i in range(min(NEAR, len(rows))) if rows[i].id == self._wanted), place)
            self._wanted = ""
        if place is None and len(rows):
            place = 0
        self.table.set_current(place)
        if place is not None:
            self._tell(place)
        else:
            self._chosen = ""
            self.detail.say("Nothing to tell." if review.there else "The story of a round trip is told here.")

    def _tell(self, row: int) -> None:
        """Have the story of that row read."""
        if self.review is None:
            return
        trip = self.review.rows[row]
        if self.detail.story is not None and self.detail.story.trip == trip and trip.closed_ns is not None:
            self._chosen = trip.key
        else:
            self._read(trip.key)

    def _read(self, key: str) -> None:
        self._chosen = key
        self.jobs.ask(lambda: self._reader.story(key), partial(self._told, key), partial(self._not_told, key))

    def _told(self, key: str, story: TripStory) -> None:
        if key == self._chosen:
            self.detail.show_story(story)

    def _not_told(self, key: str, error: Exception) -> None:
        if key == self._chosen and not isinstance(error, Stopped):
            self.detail.say(str(error))

    def _rest(self) -> None:
        """Nothing is being read; unless something else was asked for meanwhile."""
        self._asking = False
        self._patience.stop()
        self.cancel.hide()
        if self._again:
            self._again = False
            QTimer.singleShot(0, self, self.reload)

    def _failed(self, error: Exception) -> None:
        """Say what stopped; what is shown stays."""
        self._rest()
        if isinstance(error, Stopped):
            words = "Stopped by you"
        else:
            words = f"{str(error) or type(error).__name__}\nRules and exits go on without it."
        self.filters.say(words.partition("\n")[0])
        self.said.emit(words.partition("\n")[0])
        if self.review is None or not len(self.review.rows):
            self.table.set_empty(words)

    def _sort_by(self, key: str) -> None:
        before, descending = self._sort
        sort = SORTS[key]
        self._sort = (sort, not descending) if sort == before else (sort, sort not in ("symbol", "rules", "profile"))
        self.reload()

    def _choose_rule(self, rule: str) -> None:
        self.filters.rule.choose(fmt.short_rule(rule))

    def _choose_key(self, key: str) -> None:
        """Tell that round trip, and select it where the table has it near its top."""
        rows = self.review.rows if self.review is not None else ()
        place = next((i for i, trip in enumerate(islice(rows, NEAR)) if trip.key == key), None)
        if place is not None:
            self.table.set_current(place)
        self._read(key)

    def export_to(self, target: Path) -> None:
        """Write what the filters leave to that file, which is replaced; its ending is the format."""
        wanted = self.filters.wanted(self._now_ns(), self.zone)
        self.filters.say(f"writing {target.name}…")
        self.export.set_sending(True)
        self.jobs.ask(
            lambda: self._reader.export(wanted, target, force=True, progress=None),
            lambda number: self._exported(f"{fmt.number(number, 0)} round trips in {target.name}"),
            lambda error: self._exported(str(error)),
        )

    def _exported(self, words: str) -> None:
        self.export.set_sending(False)
        self.filters.say(words)
        self.said.emit(words)

    def _connect(self) -> None:
        self.table.installEventFilter(self)
        self._patience.timeout.connect(self._say_reading)
        self.filters.changed.connect(self.reload)
        self.filters.left.connect(self.table.setFocus)
        self.table.head_clicked.connect(self._sort_by)
        self.table.selected.connect(self._tell)
        self.cancel.clicked.connect(self._reader.interrupt)
        self.again.clicked.connect(self.reload)
        self.clear.clicked.connect(self.filters.clear)
        self.columns.chosen.connect(self.choose_columns)
        self.export.chosen.connect(self.export_to)
        self.panes.day_chosen.connect(self.filters.choose_day)
        self.panes.rule_chosen.connect(self._choose_rule)
        self.panes.trip_chosen.connect(self._choose_key)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self.table, 1)
        top = GapSplitter(self._look, Qt.Orientation.Horizontal).share((left, 67), (self.panes, 33))
        whole = GapSplitter(self._look, Qt.Orientation.Vertical).share((top, 10), (self.detail, 10))
        for button in (self.cancel, self.clear, self.again, self.columns, self.export):
            self.filters.add(button)
        for button in (self.cancel, self.clear):
            button.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(self._look.measures.gap)
        box.addWidget(self.kpis)
        box.addWidget(whole, 1)
        self.setAccessibleName("journal")
