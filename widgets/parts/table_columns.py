"""The columns of a painted table: their places, which depend on the look and the width alone, their cells and heads."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from widgets.paint.ink import RIGHT, Ink
from widgets.paint.signs import direction
from widgets.paint.theme import Look

CELL = 6  # inset on both sides
ARROW = 11  # room for the sign of sorting beside every head, so that sorting moves nothing


class Column(NamedTuple):
    """One column; its width holds `widest` at its size and weight, and no value ever changes it.

    The one that `stretches` is at least as wide, takes what is left over, and cuts its words with an ellipsis.
    """

    key: str
    head: str
    widest: str
    align: float = RIGHT
    px: int = 12
    weight: int = 400
    stretches: bool = False


class Cell(NamedTuple):
    """The words of one cell; `paint` paints them instead, in the box that is left between the insets."""

    words: str
    token: str = "t1"
    paint: Callable[[Ink, QRectF], None] | None = None


class Place(NamedTuple):
    """A column and where it is, before scrolling sideways; `before` and `after` are its insets."""

    column: Column
    left: float
    width: float
    before: float
    after: float

    @property
    def room(self) -> float:
        """Between the insets."""
        return self.width - self.before - self.after

    def inside(self, box: QRectF) -> QRectF:
        """The part of a cell that is between the insets."""
        return box.adjusted(self.before, 0, -self.after, 0)


def places(look: Look, columns: Sequence[Column], available: float) -> tuple[Place, ...]:
    """The columns of a table that wide, from left to right."""
    edge = float(look.measures.inset)
    before = [edge if i == 0 else float(CELL) for i in range(len(columns))]
    after = [edge if i == len(columns) - 1 else float(CELL) for i in range(len(columns))]
    rooms = [_room(look, column) for column in columns]
    spare = max(0.0, available - sum(rooms) - sum(before) - sum(after))
    made: list[Place] = []
    left = 0.0
    for i, column in enumerate(columns):
        width = rooms[i] + before[i] + after[i]
        if column.stretches:
            width, spare = width + spare, 0.0
        made.append(Place(column, left, width, before[i], after[i]))
        left += width
    return tuple(made)


def _room(look: Look, column: Column) -> float:
    head = look.width(column.head, 10, 500) + ARROW if column.head else 0.0
    return float(round(max(head, look.width(column.widest, column.px, column.weight))) + 1)


def head_of(ink: Ink, box: QRectF, place: Place, by: tuple[str, bool] | None) -> None:
    """The head of a column, with an arrow when the rows are sorted by it: up is ascending."""
    inside, column = place.inside(box), place.column
    sorts = by is not None and by[0] == column.key
    ink.text(inside, column.head, px=10, weight=500, token="t1" if sorts else "t2", align=column.align)
    if by is not None and sorts:
        width = ink.look.width(column.head, 10, 500)
        free = inside.width() - width
        text = inside.left() + column.align * free
        x = text + width + 6 if column.align < RIGHT else text - 6
        direction(ink, QPointF(x, inside.center().y()), -1.0 if by[1] else 1.0, "t1")
