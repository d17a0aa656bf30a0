"""How a chain is painted: its heads, and a strike with both contracts, what is held, where keys and mouse are."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from cockpit.frame import ChainCell, ChainRow
from widgets.chain.chain_columns import CELL, QUOTES, Place, Units, head, value
from widgets.market.open_interest_bars import bar_of
from widgets.paint import format as fmt
from widgets.paint.amounts import strike
from widgets.paint.ink import CENTRE, LEFT, RIGHT, Ink
from widgets.paint.signs import direction

CAPTION = 18  # height of the line over the names of the columns
HINT = "click a bid to sell, an ask to buy · shaded: in the money"
Spot = tuple[str, str]  # a side and a quote: ("call", "ask")


class RowState(NamedTuple):
    """All that a row's looks depend on beside its part."""

    in_money: str = ""  # the side that is in the money
    hovered: bool = False
    lit: Spot | None = None  # the quote under the mouse
    cursor: Spot | None = None  # the quote that the keys act on
    picked: Spot | None = None  # the quote that is in the ticket
    call_held: int = 0  # signed contracts
    put_held: int = 0


class Scale(NamedTuple):
    """What the numbers of a chain are measured in."""

    units: Units = Units()
    most_interest: float = 0.0  # of any contract: the length of the bars


def paint_empty(ink: Ink, box: QRectF, what: str, why: str, *, focused: bool) -> None:
    """What is said in place of rows."""
    ink.text(QRectF(0, box.center().y() - 24, box.width(), 20), what, px=13, weight=600, align=CENTRE)
    ink.text(QRectF(0, box.center().y(), box.width(), 18), why, px=11, token="t2", align=CENTRE)
    if focused:
        ink.focus_ring(box, 3)


def paint_heads(ink: Ink, box: QRectF, right: float, places: tuple[Place, ...], units: Units) -> None:
    """Whose side is which, what a click does, and the names of the columns; the columns end at `right`."""
    ink.fill(box, "bg1")
    line = QRectF(box.left(), box.top(), right, CAPTION)
    ink.text(line.adjusted(12, 0, 0, 0), "Calls", px=11, weight=600, token="call")
    ink.text(line.adjusted(0, 0, -12, 0), "Puts", px=11, weight=600, token="put", align=RIGHT)
    ink.text(line, HINT, px=10, weight=500, token="t2", align=CENTRE)
    for place in places:
        cell = QRectF(place.left + CELL, line.bottom(), place.width - 2 * CELL, box.bottom() - line.bottom())
        align = RIGHT if place.side else CENTRE
        ink.text(cell, head(place.column, units), px=10, weight=500, token="t2", align=align)
    y = box.bottom() - 0.5
    ink.hairline(QPointF(box.left(), y), QPointF(box.right(), y))


def paint_row(ink: Ink, box: QRectF, row: ChainRow, places: tuple[Place, ...], scale: Scale, state: RowState) -> None:
    """One strike from edge to edge."""
    ink.fill(box, "bg1")
    middle = next(place for place in places if not place.side)
    shade = ink.look.tint("bg1", "sel", 0.62)
    if state.in_money == "call":
        ink.fill(QRectF(box.left(), box.top(), middle.left, box.height()), shade)
    elif state.in_money == "put":
        right = middle.left + middle.width
        ink.fill(QRectF(right, box.top(), box.right() - right, box.height()), shade)
    if state.hovered:
        veil = ink.colour("t1")
        ink.fill(box, type(veil)(veil.red(), veil.green(), veil.blue(), 9))
    ink.hairline(QPointF(box.left(), box.bottom() - 0.5), QPointF(box.right(), box.bottom() - 0.5))
    for place in places:
        cell = QRectF(place.left, box.top(), place.width, box.height() - 1)
        if not place.side:
            _paint_strike(ink, cell, row, state)
            continue
        contract = row.call if place.side == "call" else row.put
        if contract is not None:
            _paint_value(ink, cell, place, contract, scale, state)


def _paint_value(ink: Ink, cell: QRectF, place: Place, contract: ChainCell, scale: Scale, state: RowState) -> None:
    if place.key == "bar":
        _paint_bar(ink, cell.adjusted(CELL, 0, -CELL, 0), place.side, contract, scale.most_interest)
        return
    here = (place.side, place.key)
    if place.key in QUOTES:
        chip = cell.adjusted(2, 2, -1, -1)
        if here == state.picked:
            ink.rounded(chip, 3, fill="sel", line="accent")
        elif here == state.lit:
            ink.rounded(chip, 3, fill="bg3", line="line2")
        if here == state.cursor:
            ink.focus_ring(chip.adjusted(-1, -1, 1, 1), 3)
    words, token = value(contract, place.column, scale.units)
    _number(ink, cell, words, 500 if place.key in QUOTES else 400, token)


def _number(ink: Ink, cell: QRectF, words: str, weight: int, token: str) -> None:
    """Words at the right of a cell: the short way, for a chain has a thousand of them."""
    ink.style(12, weight, token)
    line, width, height = ink.look.laid_out(words, 12, weight)
    y = round(cell.top() + (cell.height() - height) / 2)
    ink.painter.drawStaticText(QPointF(cell.right() - CELL - width, y), line)


def _paint_bar(ink: Ink, box: QRectF, side: str, contract: ChainCell, most: float) -> None:
    """Calls grow to the left, puts to the right: away from the strike."""
    bar = bar_of(contract.open_interest, contract.oi_change, most)
    if bar is None:
        return
    room, top, height = box.width(), round(box.center().y()) - 4, 8.0
    kept, added = round(bar.kept * room), round(bar.added * room)
    gone = min(round(bar.gone * room), round(room) - kept - added)

    def part(begin: int, length: int) -> QRectF:
        left = box.left() + begin if side == "put" else box.right() - begin - length
        return QRectF(round(left), top, length, height)

    if side == "call":
        ink.fill(part(0, kept), ink.look.tint("bg1", "call", 0.55))
    elif kept > 1:
        ink.pen("put")
        ink.painter.drawRect(part(0, kept).adjusted(0, 0, -1, -1))
    if added:
        ink.fill(part(kept, added), side)
    if gone > 2:
        outline = QPen(ink.colour(side), 1.0)
        outline.setDashPattern([2.0, 2.0])
        ink.no_pen()  # it forgets which pen is set
        ink.painter.setPen(outline)
        ink.painter.setBrush(Qt.BrushStyle.NoBrush)
        ink.painter.drawRect(part(kept + added, gone).adjusted(0, 0, -1, -1))


def _paint_strike(ink: Ink, cell: QRectF, row: ChainRow, state: RowState) -> None:
    """The strike; a triangle towards the side that is held, up for long, and how many."""
    ink.text(cell, strike(row.strike), weight=600, align=CENTRE)
    for count, align in ((state.call_held, LEFT), (state.put_held, RIGHT)):
        if count:
            x = cell.left() + 10 if align == LEFT else cell.right() - 10
            direction(ink, QPointF(x, cell.center().y()), float(count), "t1")
            if not ink.look.compact:
                words = fmt.number(count, 0, signed=True)
                ink.text(cell.adjusted(17, 0, -17, 0), words, px=9, weight=500, token="t2", align=align)
