"""The round trips of this session that have ended, the newest on top: what they came to, and who ended them."""

from PySide6.QtCore import QPointF, QRectF

from cockpit.frame import ClosedPart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT, RIGHT, Ink
from widgets.paint.signs import direction, outcome
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column
from widgets.parts.part_table import Naming, PartTable

NS = 1_000_000_000
NAMING = Naming(
    "closed",
    "No round trip has ended yet\nEach one is listed here when its last contract has left; Enter opens it.",
    "No round trip is like that\nEsc in the search line shows all of them again.",
)


def money(net: float) -> Cell:
    """Money with the sign's shape before it."""
    words, token = fmt.money(net), outcome(net)

    def paint(ink: Ink, box: QRectF) -> None:
        ink.text(box, words, weight=600, token=token, align=RIGHT)
        if token != "t2":
            direction(ink, QPointF(box.left() + 4, box.center().y()), net, token)

    return Cell(words, token, paint)


class ClosedList(PartTable[ClosedPart]):
    """One row a round trip; activating one opens it in the journal."""

    def __init__(self, look: Look) -> None:
        columns = (
            Column("closed", "Closed", "23:59:59", LEFT, 11),
            Column("opened", "Opened", "23:59:59", LEFT, 11),
            Column("label", "Position", "BANKNIFTY 58400 P  24 Nov", LEFT, 11),
            Column("side", "Held", "short 9 999", LEFT, 11),
            Column("entry", "Entry", "99 999.95"),
            Column("exit", "Exit", "99 999.95"),
            Column("net", "Net", "▲ −99 999.95", weight=600),
            Column("hold", "Hold", "23:59 h", px=11),
            Column("rule", "Ended by", "session cutoff", LEFT, 11, stretches=True),
        )
        super().__init__(look, columns, NAMING, key=lambda trip: trip.id)
        self._trips: tuple[ClosedPart, ...] = ()
        self._zone = "UTC"

    def show_trips(self, trips: tuple[ClosedPart, ...], zone: str) -> None:
        """Show these round trips, given with the newest last."""
        if trips is not self._trips or zone != self._zone:
            self._trips, self._zone = trips, zone
            self.show_parts(trips[::-1])

    def cell_of(self, part: ClosedPart, column: Column) -> Cell:
        """What a round trip came to."""
        match column.key:
            case "closed":
                return Cell(fmt.clock(part.closed_ns, self._zone), "t2")
            case "opened":
                return Cell(fmt.clock(part.opened_ns, self._zone), "t2")
            case "label":
                return Cell(part.label)
            case "side":
                return Cell(f"{'long' if part.side > 0 else 'short'} {fmt.number(part.contracts, 0)}", "t2")
            case "entry":
                return Cell(fmt.price(part.entry), "t2")
            case "exit":
                return Cell(fmt.price(part.exit), "t1" if part.exit is not None else "t3")
            case "net":
                return money(part.net)
            case "hold":
                return Cell(fmt.duration((part.closed_ns - part.opened_ns) / NS), "t2")
            case _:
                return Cell(ended_by(part))


def ended_by(trip: ClosedPart) -> str:
    """The rule and its trigger, or what the human asked for."""
    trigger = fmt.words(trip.trigger).lower()
    if trip.rule == "human":
        return f"you: {trigger}" if trigger else "you"
    return f"{fmt.words(trip.rule)} · {trigger}" if trigger else fmt.words(trip.rule)
