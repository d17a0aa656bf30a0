"""A painted table over the parts of a frame: it can be searched, and stays where the reader is when rows are added."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

from PySide6.QtCore import QRectF

from widgets.paint.ink import Ink
from widgets.paint.signs import glyph
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column, PaintedTable

Part = TypeVar("Part")
SIGN_ROOM = "MM "  # before the widest words of a column whose cells begin with a sign
SIGN = 16.0
WARNING = "warning"  # the triangle, without the colour that means an exit


class Naming(NamedTuple):
    """What a table is called, what it says without rows, and what when the search finds none."""

    name: str
    empty: str
    none_found: str


class PartTable(PaintedTable, Generic[Part]):
    """Rows in the order given; `key` says which part is the same row as before.

    A search keeps the rows in whose cells every word of it is found, whatever its case.
    """

    def __init__(
        self, look: Look, columns: Sequence[Column], naming: Naming, *, key: Callable[[Part], Hashable]
    ) -> None:
        super().__init__(
            look, columns, row_height=lambda: look.measures.ledger_row, name=naming.name, empty=naming.empty
        )
        self._naming, self._key = naming, key
        self._parts: Sequence[Part] = ()
        self._seen: Sequence[Part] = ()
        self._wanted: tuple[str, ...] = ()
        self._keeps: Callable[[Part], bool] | None = None

    def cell_of(self, part: Part, column: Column) -> Cell:
        """The cell of a part in that column."""
        raise NotImplementedError

    def ground_of(self, part: Part) -> str:
        """The token under a part's row; empty for none."""
        return ""

    def text_of_part(self, part: Part) -> str:
        """What a search looks at, in lower case: the words of all columns."""
        return " ".join(self.cell_of(part, column).words for column in self._all).casefold()

    @property
    def current_part(self) -> Part | None:
        """The part of the current row."""
        return self.part(self.current) if self.current is not None else None

    @property
    def seen(self) -> Sequence[Part]:
        """The parts that search and filter leave."""
        return self._seen

    def part(self, row: int) -> Part:
        """The part of that row."""
        return self._seen[row]

    def height_for(self, rows: int) -> int:
        """The height at which that many rows are seen."""
        head = self._look.measures.head if any(column.head for column in self._shown) else 0
        return head + rows * self._look.measures.ledger_row

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show these unless they are the ones that are shown; who has scrolled or chosen a row keeps sight of it."""
        if parts is self._parts:
            return
        chosen = self.current_part
        top = self.in_sight.start if chosen is None else self.current or 0
        anchor = self._seen[top] if top < len(self._seen) else None
        self._parts = parts
        self._choose_rows()
        row = None if anchor is None else self._row_of(anchor)
        if row is not None:
            self._current = None if chosen is None else top
            self.hold_place(row - top)
        elif chosen is not None:
            self.set_current(None)

    def search(self, words: str) -> None:
        """Keep the rows that have all these words; all rows for an empty search."""
        wanted = tuple(words.casefold().split())
        if wanted != self._wanted:
            self._wanted = wanted
            self._narrow()

    def keep_only(self, keeps: Callable[[Part], bool] | None) -> None:
        """Leave out the parts of which that is not true."""
        self._keeps = keeps
        self._narrow()

    def _narrow(self) -> None:
        """The current row goes on being the current one if it is still there; else the first rows are seen."""
        chosen = self.current_part
        self._choose_rows()
        row = None if chosen is None else self._row_of(chosen)
        self.set_current(row)
        if row is None:
            self.verticalScrollBar().setValue(0)

    def _choose_rows(self) -> None:
        kept = self._parts if self._keeps is None else [part for part in self._parts if self._keeps(part)]
        self._seen = [part for part in kept if self._found(part)] if self._wanted else kept
        self.set_empty(self._naming.none_found if self._parts and not self._seen else self._naming.empty)
        self.set_rows(
            len(self._seen),
            lambda row, column: self.cell_of(self._seen[row], column),
            lambda row: self.ground_of(self._seen[row]),
        )

    def _found(self, part: Part) -> bool:
        text = self.text_of_part(part)
        return all(word in text for word in self._wanted)

    def _row_of(self, part: Part) -> int | None:
        key = self._key(part)
        return next((i for i, each in enumerate(self._seen) if self._key(each) == key), None)


def signed(state: str, words: str, token: str = "t1", *, px: int = 11, weight: int = 400) -> Cell:
    """A cell that begins with the sign of a state, or of a warning."""

    def paint(ink: Ink, box: QRectF) -> None:
        place = QRectF(box.left() - 2, box.top(), SIGN, box.height())
        if state == WARNING:
            ink.icon("alert", place.adjusted(1, 0, -1, 0), "t2")
        else:
            glyph(ink, state, place)
        ink.elided(box.adjusted(SIGN + 4, 0, 0, 0), words, px=px, weight=weight, token=token)

    return Cell(words, token, paint)
