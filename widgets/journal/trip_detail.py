"""One round trip told: its chart, what every rule said at the cursor, how it was left, and how well."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from cockpit.review import CommandLine, ExitLine, QualityPart, Said, TripRow, TripStory
from widgets.journal.story_chart import StoryChart
from widgets.journal.story_table import StoryTable
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT, Ink
from widgets.paint.signs import glyph, outcome
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.painted_table import PaintedTable
from widgets.parts.plain_list import Line, PlainList
from widgets.parts.tab_bar import TabBar
from widgets.parts.table_columns import Cell, Column
from widgets.parts.toggle import Toggle

HEAD = 36
SAID = (
    Column("rule", "Rule", "      Open interest rev", LEFT, px=11, weight=500),
    Column("words", "What it said", "premium", LEFT, px=11, stretches=True),
    Column("age", "Before", "12:34 h", px=11),
)
PARTS = (
    Column("name", "Part", "Gamma at entry", LEFT, px=11, weight=500),
    Column("points", "Points", "20.0 of 30", px=11),
    Column("found", "Found", "left", LEFT, px=11, stretches=True),
)
CONTEXT = (
    Column("name", "Figure", "Theta a day", LEFT, px=11, weight=500),
    Column("entry", "At entry", "26 000.00", px=11),
    Column("exit", "At exit", "26 000.00", px=11),
    Column("change", "Change", "−26 000.00", px=11, stretches=True),
)
NAMES = ("Exits", "Quality", "Entry and exit")
EMPTY = "No round trip is chosen."


class TripDetail(QWidget):
    """Shows one story at a time; `say` shows why there is none."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._story: TripStory | None = None
        self._words = EMPTY
        self.chart, self.table = StoryChart(look), StoryTable(look)
        self.said = self._table(SAID, "what every rule said at the cursor", "Nothing was said until then.")
        self.exits = PlainList(look, "exits and commands")
        self.parts = self._table(
            PARTS, "parts of the quality score", "No score.\nOnly what was opened and closed on one day has one."
        )
        self.context = self._table(CONTEXT, "figures at entry and exit", "Nothing was recorded.")
        self.tabs = TabBar(look, NAMES)
        self.previous = ActionButton(look, "", hint="to the mark before", kind="flat")
        self.previous.set_icon("back")
        self.next = ActionButton(look, "", hint="to the next mark", kind="flat")
        self.next.set_icon("right")
        self.as_table = Toggle(look, "", hint="show as table", icon="table")
        self._lay_out()
        self.as_table.clicked.connect(self.toggle_table)
        self.table.moved.connect(self.chart.move_to)
        self.chart.moved.connect(self._moved)
        self.tabs.chosen.connect(self._show_tab)
        self.previous.clicked.connect(partial(self.chart.move_to_mark, -1))
        self.next.clicked.connect(partial(self.chart.move_to_mark, 1))
        self.setAccessibleName("round trip")
        self.show_story(None)

    @property
    def story(self) -> TripStory | None:
        """The story that is shown."""
        return self._story

    def set_measures(self) -> None:
        """Take the heights of the look again."""
        for table in (self.table, self.said, self.parts, self.context):
            table.set_measures()
        self.tabs.set_measures()
        self._grid.setRowMinimumHeight(0, HEAD)
        self.update()

    def say(self, words: str) -> None:
        """There is no story, and this is why."""
        self._words = words
        self.show_story(None)

    def show_story(self, story: TripStory | None) -> None:
        """Tell that one."""
        self._story = story
        for widget in (self._drawn, self.as_table, self.said, self.tabs, self._body, self.previous, self.next):
            widget.setVisible(story is not None)
        if story is not None:
            self._words = EMPTY
            self._show_exits(story)
            self._show_parts(story)
            self._show_context(story)
            self.tabs.set_count("Exits", len(story.exits))
        self.chart.show_story(story)
        self.table.show_story(story)
        self.setAccessibleDescription(story.trip.label if story is not None else self._words)
        self.update()

    def toggle_table(self) -> None:
        """The chart as a table, or as a chart again; the keyboard goes with it."""
        had_focus = self.chart.hasFocus() or self.table.hasFocus()
        self.as_table.set_chosen(not self.as_table.chosen)
        self.as_table.set_hint("show as chart" if self.as_table.chosen else "show as table")
        shown = self.table if self.as_table.chosen else self.chart
        self._drawn.setCurrentWidget(shown)
        if had_focus:
            shown.setFocus()

    def _lay_out(self) -> None:
        self._drawn = QStackedWidget()
        self._drawn.addWidget(self.chart)
        self._drawn.addWidget(self.table)
        self._body = QStackedWidget()
        for part in (self.exits, self.parts, self.context):
            self._body.addWidget(part)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.tabs)
        right.addWidget(self._body, 1)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(self._look.measures.gap)
        self._grid.setVerticalSpacing(0)
        self._grid.setRowMinimumHeight(0, HEAD)
        self._grid.addWidget(self._drawn, 1, 0)
        self._grid.addWidget(self.said, 1, 1)
        self._grid.addLayout(right, 0, 2, 2, 1)
        for column, stretch in enumerate((47, 30, 25)):
            self._grid.setColumnStretch(column, stretch)
        self._grid.setRowStretch(1, 1)
        for button in (self.as_table, self.previous, self.next):
            button.setParent(self)
            button.setFixedSize(26, 24)

    def _table(self, columns: tuple[Column, ...], name: str, empty: str) -> PaintedTable:
        height = self._look.measures
        return PaintedTable(self._look, columns, row_height=lambda: height.ledger_row, name=name, empty=empty)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons stay beside the cursor's time."""
        self._place_buttons()

    def _place_buttons(self) -> None:
        right = self.said.x() - 8
        self.next.move(right - 26, (HEAD - 24) // 2)
        self.previous.move(right - 54, (HEAD - 24) // 2)
        self.as_table.move(right - 86, (HEAD - 24) // 2)
        for button in (self.as_table, self.previous, self.next):
            button.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The heads; the gaps between the panes are the window's ground."""
        self._place_buttons()
        with Ink(self, self._look) as ink:
            ink.fill(QRectF(self.rect()), "bg0" if self._story is not None else "bg1")
            if self._story is None:
                box = QRectF(12, 8, self.width() - 24, 18)
                ink.elided(box, self._words, px=11, token="t2")
                return
            head = QRectF(0, 0, self._drawn.width(), HEAD)
            ink.fill(head, "bg1")
            self._paint_head(ink, head.adjusted(12, 0, -102, 0), self._story)
            told = QRectF(self.said.x(), 0, self.said.width(), HEAD)
            ink.fill(told, "bg1")
            at = self.chart.cursor_ns
            end = ink.head(told, f"At {fmt.clock(at, self._story.trip.zone)}" if at is not None else "At the cursor")
            ink.elided(QRectF(end - 4, 0, told.right() - end, HEAD), "what every rule said", px=11, token="t2")
            for box in (head, told):
                ink.hairline(QPointF(box.left(), HEAD - 0.5), QPointF(box.right(), HEAD - 0.5))

    def _paint_head(self, ink: Ink, box: QRectF, story: TripStory) -> None:
        trip = story.trip
        words = _head_words(trip)
        left = ink.run(box, trip.label, px=15, weight=600)
        for text, px, weight, token in (
            (_net_words(trip), 13, 600, outcome(trip.net) if trip.closed_ns is not None else "t2"),
            (words, 11, 400, "t2"),
            *((text, 11, 500, "t1") for text in _quality_words(story)),
        ):
            if left + 12 + ink.look.width(text, px, weight) <= box.right():
                room = QRectF(left + 12, box.top(), box.right() - left - 12, box.height())
                left = ink.run(room, text, px=px, weight=weight, token=token)

    def _moved(self, at_ns: object) -> None:
        """Another instant: what every rule said then."""
        story = self._story
        if story is None or not isinstance(at_ns, int):
            return
        lines = story.said_at(at_ns)
        self.said.set_rows(
            len(lines),
            lambda row, column: _said_cell(lines[row], column, at_ns),
            lambda row: {"exit": "warnbg", "blind": "blindbg"}.get(lines[row].kind, ""),
        )
        self.update()

    def _show_tab(self, name: str) -> None:
        self._body.setCurrentIndex(NAMES.index(name))

    def _show_exits(self, story: TripStory) -> None:
        """Exit fills with what they came from, and what humans asked for, in order."""
        rows = [(line.at_ns, _exit_line(line, story.trip)) for line in story.exits]
        rows += [(line.at_ns, _command_line(line, story.trip.zone)) for line in story.commands]
        lines = [line for _, line in sorted(rows, key=lambda row: row[0])]
        self.exits.show_lines(lines or [Line("Nothing has left it yet.", head=True)])

    def _show_parts(self, story: TripStory) -> None:
        score = story.quality
        rows = [_part(part) for part in score.parts] if score is not None else []
        if score is not None:
            total = f"{fmt.number(score.total, 0)} of 100"
            rows.append(
                (Cell("Total"), Cell(total), Cell(score.label if score.total is not None else "a part is unknown"))
            )
        _fill(self.parts, PARTS, rows)

    def _show_context(self, story: TripStory) -> None:
        rows: list[tuple[Cell, ...]] = []
        for line in story.context:
            change = None if line.entry is None or line.exit is None else line.exit - line.entry
            size = max(abs(line.entry or 0.0), abs(line.exit or 0.0))
            figures = (_figure(line.entry, size), _figure(line.exit, size), _figure(change, size, signed=True))
            rows.append((Cell(line.name), *figures))
        _fill(self.context, CONTEXT, rows)


def _head_words(trip: TripRow) -> str:
    opened = fmt.moment(trip.opened_ns, trip.zone)
    until = fmt.clock(trip.closed_ns, trip.zone) if trip.closed_ns is not None else "open"
    side = "long" if trip.side > 0 else "short"
    day = f"{opened.day} {opened.strftime('%b')} {opened.strftime('%H:%M:%S')}"
    return f"{day} → {until}   {side} {fmt.number(trip.contracts, 0)}   {trip.profile}"


def _net_words(trip: TripRow) -> str:
    return "open" if trip.closed_ns is None else f"{fmt.money(trip.net)} {fmt.currency(trip.currency)}"


def _quality_words(story: TripStory) -> list[str]:
    trip, score = story.trip, story.quality
    words = [f"quality {fmt.number(score.total, 0)}"] if score is not None else []
    gain = trip.exit_gain
    if gain is not None and trip.mfe is not None and trip.mfe > 0 and gain > 0:
        words.append(f"{min(gain / trip.mfe, 1.0) * 100:.0f} % of MFE captured")
    return words


def _exit_line(line: ExitLine, trip: TripRow) -> Line:
    beaten = ", ".join(f"{fmt.words(rule)} {fmt.words(trigger).lower()}" for rule, trigger in line.suppressed)
    why = f"{line.because}; before {beaten}" if beaten else line.because
    what = f"{fmt.contracts(line.contracts, -trip.side)} @ {fmt.price(line.price)}"
    name = fmt.title(line.rule) if line.rule else "Exit"
    return Line(f"{name}  {what}", fmt.signs(why), fmt.clock(line.at_ns, trip.zone), "check")


def _command_line(line: CommandLine, zone: str) -> Line:
    answer = line.answer if line.accepted else f"refused: {line.answer}"
    name = f"{fmt.title(line.command)} by {line.author}"
    return Line(name, fmt.signs(answer), fmt.clock(line.at_ns, zone), "hand")


def _said_cell(said: Said, column: Column, at_ns: int) -> Cell:
    quiet = said.kind in ("idle", "not offered")
    match column.key:
        case "rule":
            return Cell(fmt.title(said.rule), "t1", partial(_rule, said, quiet=quiet))
        case "words":
            words = f"{said.words} · {said.status}" if said.status else said.words
            token = {"exit": "warn", "blind": "blind"}.get(said.kind, "t3" if quiet else "t2")
            return Cell(fmt.signs(words.replace(" against ", " / ")), token)
        case _:
            return Cell(fmt.duration((at_ns - said.at_ns) / fmt.NS), "t2")


def _rule(said: Said, ink: Ink, box: QRectF, *, quiet: bool) -> None:
    """The sign of what it said, and its name."""
    glyph(ink, "vetoed" if said.status == "vetoed" else said.kind, QRectF(box.left(), box.top(), 14, box.height()))
    room = box.adjusted(20, 0, 0, 0)
    ink.elided(room, fmt.short_rule(said.rule), px=11, weight=500, token="t3" if quiet else "t1")


def _part(part: QualityPart) -> tuple[Cell, ...]:
    if part.points is None:
        return Cell(part.name), Cell(f"{fmt.UNKNOWN} of {part.most:.0f}", "t3"), Cell(fmt.UNKNOWN, "t3")
    return Cell(part.name), Cell(f"{part.points:.0f} of {part.most:.0f}"), Cell(fmt.signs(part.found), "t2")


def _figure(value: float | None, size: float, *, signed: bool = False) -> Cell:
    """As many decimals as suit the larger of the two that are compared."""
    if value is None:
        return Cell(fmt.UNKNOWN, "t3")
    if size >= 1e6:
        return Cell(f"{fmt.number(value / 1e6, 2, signed=signed)} M")
    return Cell(fmt.number(value, 0 if size >= 100_000 else 2 if size >= 10 else 4, signed=signed))


def _fill(table: PaintedTable, columns: tuple[Column, ...], rows: list[tuple[Cell, ...]]) -> None:
    places = {column.key: i for i, column in enumerate(columns)}
    table.set_rows(len(rows), lambda row, column: rows[row][places[column.key]])
