"""How one row of the position grid is painted, cell by cell, and the heads above the rows."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from cockpit.frame import PositionPart
from widgets.grid.position_columns import CELL, Place, value
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, LEFT, RIGHT, Ink
from widgets.paint.signs import arc, direction, gauge, glyph, outcome, pips
from widgets.parts.guard import is_bare

Xs = tuple[tuple[Place, float], ...]
GAUGE = 40
FOUND = "found beyond its stop"


class Take(NamedTuple):
    """A take-off button of a row; `splits` when a position of one lot cannot do it."""

    word: str
    does: str
    splits: bool


TAKES: dict[str, Take] = {
    "quarter": Take("¼", "Take a quarter off", True),
    "half": Take("½", "Take half off", True),
    "sixty": Take("60", "Take 60 % off", True),
    "all": Take("all", "Take all of it off", False),
    "take_over": Take("", "Take over or hand back", False),
}


class RowState(NamedTuple):
    """All that a row's looks depend on beside its part."""

    at_ns: int
    selected: bool
    hovered: bool
    focused: bool
    lit: str  # the button under the mouse
    sending: tuple[str, ...]
    tint: float  # of the mark, 0 … 1
    tint_sign: float
    undecided: bool = False  # found beyond its stop: only observed until somebody decides


def take_boxes(row: QRectF, left: float) -> list[tuple[str, QRectF]]:
    """The buttons of a row whose take-off cell begins at `left`."""
    height = 20.0
    top = row.top() + (row.height() - height) / 2
    widths = (22.0, 22.0, 24.0, 22.0, 20.0)
    boxes: list[tuple[str, QRectF]] = []
    x = left + CELL
    for action, width in zip(TAKES, widths, strict=True):
        boxes.append((action, QRectF(x, top, width, height)))
        x += width + 2
    return boxes


def grid_head(ink: Ink, box: QRectF, xs: Xs) -> None:
    """The names of the columns; the first one stays when the others scroll."""
    ink.fill(box, "bg1")
    for place, x in (*xs[1:], *xs[:1]):
        cell = QRectF(x, box.top(), place.width, box.height())
        if place.left == 0:
            ink.fill(cell, "bg1")
        if place.column.opens_group:
            ink.hairline(QPointF(round(x) + 0.5, cell.top() + 6), QPointF(round(x) + 0.5, cell.bottom() - 6), "line2")
        align = LEFT if place.column.left or place.column.key == "take" else RIGHT
        inner = cell.adjusted(28 if place.left == 0 else CELL, 0, -CELL, 0)
        ink.text(inner, place.column.head, px=10, weight=500, token="t2", align=align)
    y = box.bottom() - 0.5
    ink.hairline(QPointF(box.left(), y), QPointF(box.right(), y))


def paint_row(ink: Ink, box: QRectF, row: PositionPart, xs: Xs, state: RowState) -> None:
    """One position from edge to edge."""
    ground = _ground(row, state)
    fill = ink.look.tint(ground, "t1", 0.03) if state.hovered and not state.selected else ink.colour(ground)
    ink.fill(box, fill)
    ink.underline(box)
    for place, x in xs[1:]:
        cell = QRectF(x, box.top(), place.width, box.height())
        match place.column.key:
            case "stage":
                pips(ink, cell.adjusted(CELL, 0, -CELL, 0), row.stage, row.stages)
            case "nearest":
                (_found if state.undecided and row.state == "observe" else _nearest)(ink, cell, row)
            case "take":
                _takes(ink, box, x, row, state)
            case _:
                _value(ink, cell, row, place, state)
    sign = "alert" if state.undecided and row.state == "observe" else row.state
    _name(ink, QRectF(0, box.top(), xs[0][0].width, box.height() - 1), row, sign, fill)
    if state.selected:
        ink.fill(QRectF(0, box.top(), 3, box.height() - 1), "accent")
    if state.focused:
        ink.focus_ring(box.adjusted(0, 0, 0, -1), 2)


def _ground(row: PositionPart, state: RowState) -> str:
    if row.state == "due" or (state.undecided and not state.selected):
        return "warnbg"
    if row.state == "blind":
        return "blindbg"
    return "sel" if state.selected else "bg1"


def _name(ink: Ink, cell: QRectF, row: PositionPart, sign: str, ground: QColor) -> None:
    ink.fill(cell, ground)
    glyph(ink, sign, QRectF(7, cell.top(), 16, cell.height()))
    name, tag = fmt.split_label(row.label)
    right = ink.run(cell.adjusted(28, 0, 0, 0), name, weight=600)
    ink.text(cell.adjusted(right + 6, 1, 0, 0), tag, px=10, weight=500, token="t2")


def _value(ink: Ink, cell: QRectF, row: PositionPart, place: Place, state: RowState) -> None:
    column = place.column
    words, token = value(row, column.key, state.at_ns)
    inner = cell.adjusted(CELL, 0, -CELL, 0)
    if column.key == "mark" and state.tint > 0.0:
        ink.fill(cell.adjusted(2, 3, -2, -4), ink.look.tint("bg1", outcome(state.tint_sign), 0.22 * state.tint))
    if column.key == "pnl" and token in ("profit", "loss"):
        left = inner.right() - ink.look.width(words, 12, 600) - 8
        direction(ink, QPointF(left, cell.center().y()), row.pnl or 0.0, token)
    if column.key == "dies" and token == "loss":
        left = inner.right() - ink.look.width(words, column.px, column.weight) - 8
        direction(ink, QPointF(left, cell.center().y()), -1.0, token)
    if column.key == "protection":
        ink.icon("alert" if is_bare(row) else "shield", QRectF(cell.left() + 4, cell.center().y() - 7, 14, 14), token)
    ink.text(inner, words, px=column.px, weight=column.weight, token=token, align=LEFT if column.left else RIGHT)


def _found(ink: Ink, cell: QRectF, row: PositionPart) -> None:
    """Whoever looks for the nearest rule sees that none acts, and why."""
    ink.elided(cell.adjusted(CELL, 0, -CELL, 0), FOUND, px=11, weight=600, token="warn")


def _nearest(ink: Ink, cell: QRectF, row: PositionPart) -> None:
    """Gauge, name and margin of the rule that is nearest; what is in flight instead while the position leaves."""
    inner = cell.adjusted(CELL, 0, -CELL, 0)
    if row.state == "leaving" and row.working:
        ink.elided(inner, row.working, px=11, weight=500, token="accent")
        return
    kinds = {"due": "exit", "vetoed": "vetoed", "blind": "blind"}
    gauge(ink, QRectF(inner.left(), inner.top(), GAUGE, inner.height() - 1), row.nearness, kinds.get(row.state, "hold"))
    words = inner.adjusted(GAUGE + 8, 0, 0, 0)
    if row.state == "blind":
        ink.text(words, "blind", px=11, weight=600, token="blind", align=RIGHT)
        words.setRight(words.right() - 34)
        ink.elided(words, row.blind_cause, px=11, token="t1")
        return
    margin_token = "warn" if row.state == "due" else "t1" if row.nearness is not None else "t3"
    margin = fmt.short_margin(row.nearest_text)
    ink.text(words, margin, px=11, weight=600, token=margin_token, align=RIGHT)
    words.setRight(words.right() - ink.look.width(margin, 11, 600) - 8)
    due = row.state == "due"
    ink.elided(words, fmt.short_rule(row.nearest_rule), px=11, weight=600 if due else 400, token="t1" if due else "t2")


def _takes(ink: Ink, box: QRectF, left: float, row: PositionPart, state: RowState) -> None:
    """¼ ½ 60 all and the hand: outlined where the keys or the mouse act, quiet elsewhere, dim when off."""
    outlined = state.selected or state.hovered
    for action, place in take_boxes(box, left):
        off = bool(row.split_refusal) and TAKES[action].splits
        token = "t3" if off else "t1" if outlined else "t2"
        if outlined and not off:
            lit = state.lit == action
            ink.rounded(place, 3, fill=ink.look.tint("bg2", "t1", 0.10) if lit else "bg2", line="line2")
        if action in state.sending:
            centre = place.center()
            arc(ink, QRectF(centre.x() - 5, centre.y() - 5, 10, 10), 0.3, token, 1.6)
        elif action == "take_over":
            ink.icon("hand", place.adjusted(4, 3, -4, -3), "accent" if row.mode == "taken over" else token)
        else:
            ink.text(place, TAKES[action].word, px=11, weight=500, token=token, align=CENTRE)
