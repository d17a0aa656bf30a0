"""The ledger, the newest line on top: when, which position, which rule, and what it said or did."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent

from cockpit.frame import LedgerPart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.painted_table import Cell, Column
from widgets.parts.part_table import Naming, PartTable, signed

KEPT, DROPPED = 5_000, 1_000  # lines kept here, and how many of the oldest go at once
VERDICTS = ("hold", "exit", "adjust", "blind", "idle")
KINDS: dict[str, tuple[str, ...]] = {
    "all kinds": (),
    "verdicts": VERDICTS,
    "due": ("exit", "decision"),
    "blind": ("blind",),
    "fills": ("fill",),
    "stops": ("stop", "adjust"),
    "commands": ("command",),
    "alerts": ("alert", "refused"),
}
NAMING = Naming(
    "ledger",
    "Nothing has happened yet\nVerdicts, decisions, orders and stops appear here as they come.",
    "No line is like that\nEsc in the search line, or the filters beside it, show all of them again.",
)


class Line(NamedTuple):
    """A line, its number, which tells it from one that says the same, and what a search looks at."""

    number: int
    part: LedgerPart
    text: str


def searched(part: LedgerPart) -> str:
    """The words of a line, in lower case."""
    return f"{part.label} {fmt.words(part.rule)} {part.kind} {fmt.signs(part.text)}".casefold()


class LedgerList(PartTable[Line]):
    """Keeps more lines than one frame brings; who reads further down stays there, and is told how many are newer."""

    def __init__(self, look: Look) -> None:
        columns = (
            Column("time", "", "23:59:59.9", LEFT, 11),
            Column("sign", "", "MM", LEFT, 11),
            Column("label", "", "BANKNIFTY 58400 P  24 Nov", LEFT, 11),
            Column("rule", "", "open interest reversal", LEFT, 11, 600),
            Column("text", "", "what it said", LEFT, 11, stretches=True),
        )
        self._newer = ActionButton(look, "", hint="show the newest lines", key="Home")
        super().__init__(look, columns, NAMING, key=lambda line: line.number)
        self._lines: list[Line] = []
        self._tail: tuple[LedgerPart, ...] = ()
        self._zone = "UTC"
        self._newer.setParent(self)
        self._newer.clicked.connect(self.follow)
        self._newer.hide()
        self.verticalScrollBar().valueChanged.connect(self._count_newer)
        self.set_measures()

    @property
    def newer(self) -> int:
        """How many lines there are above those in sight."""
        return self.in_sight.start

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that have a line, in words, in the order of their names."""
        return tuple(sorted({fmt.words(line.part.rule) for line in self._lines}))

    def show_lines(self, lines: tuple[LedgerPart, ...], zone: str) -> None:
        """Take the tail of the ledger: what is new in it comes on top. An empty one empties the list."""
        if lines is self._tail and zone == self._zone:
            return
        newest = self._tail[-1] if self._tail else None
        self._tail, self._zone = lines, zone
        added = next((i for i, line in enumerate(reversed(lines)) if line == newest), len(lines))
        if not lines:
            self._lines = []
        elif not added:
            return
        first = self._lines[-1].number + 1 if self._lines else 0
        self._lines += [Line(first + i, part, searched(part)) for i, part in enumerate(lines[len(lines) - added :])]
        if len(self._lines) > KEPT:
            del self._lines[:DROPPED]
        self.show_parts(self._lines[::-1])
        self._count_newer()

    def narrow_to(self, label: str, rule: str, kind: str) -> None:
        """Lines of that position, rule (in words) and kind (a key of `KINDS`); an empty word leaves that out.

        The column of positions is left out where it would say the same in every line.
        """
        if bool(label) == any(column.key == "label" for column in self._shown):
            self.set_columns([c.key for c in self._all if c.key != "label" or not label])
        kinds = KINDS.get(kind, ())
        tests: list[Callable[[LedgerPart], bool]] = []
        if label:
            tests.append(lambda part: part.label == label)
        if rule:
            tests.append(lambda part: fmt.words(part.rule) == rule)
        if kinds:
            tests.append(lambda part: part.kind in kinds)
        self.keep_only((lambda line: all(test(line.part) for test in tests)) if tests else None)

    def follow(self) -> None:
        """Show the newest line, and those that come."""
        if self._newer.hasFocus():  # it is about to hide
            self.setFocus()
        self.set_current(None)
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def text_of_part(self, part: Line) -> str:
        """Made once: there may be thousands of lines."""
        return part.text

    def cell_of(self, part: Line, column: Column) -> Cell:
        """Time, sign, position, rule, and what was said."""
        line = part.part
        match column.key:
            case "time":
                return Cell(fmt.clock(line.at_ns, self._zone, tenths=True), "t2")
            case "sign":
                return signed(line.kind, "")._replace(words=line.kind)
            case "label":
                return Cell(line.label)
            case "rule":
                return Cell(fmt.words(line.rule))
            case _:
                return Cell(fmt.signs(line.text), "t2")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home goes back to the newest line and follows it."""
        if event.key() == Qt.Key.Key_Home and not event.modifiers():
            self.follow()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The count of newer lines stays in its corner."""
        super().resizeEvent(event)
        self._count_newer()

    def _count_newer(self) -> None:
        newer = self.newer if self.verticalScrollBar().value() else 0
        self._newer.setVisible(newer > 0)
        if newer:
            self._newer.set_word(f"{newer} newer")
            size = self._newer.sizeHint()
            self._newer.setGeometry(self.width() - size.width() - 20, 4, size.width(), 22)
