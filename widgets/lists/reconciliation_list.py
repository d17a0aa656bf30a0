"""The broker's state beside ours: differences with what was made of them, orders of others, what nobody supervises."""

from collections.abc import Sequence
from typing import NamedTuple

from cockpit.frame import OutsideOrderPart, ReconciliationPart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column
from widgets.parts.part_table import SIGN_ROOM, Naming, PartTable, signed

NAMING = Naming(
    "comparison with the broker",
    "Not compared yet\nEvery minute, and on each connection, all that the broker holds is compared with our state.",
    "Nothing is like that\nEsc in the search line shows all of it again.",
)
SIGNS = {  # what stands first, and what of it is seen without a colour
    "open": "alert", "differs": "leaving", "outside order": "command", "unsupervised": "observe", "explained": "fill",
    "agrees": "hold",
}  # fmt: skip

WANTING = "open"  # what nobody has explained
SINCE = "ours as of now, the broker's as last told: compared again within a minute"


class Compared(NamedTuple):
    """One row: a difference, an order, a holding or a position that agrees."""

    key: tuple[object, ...]
    kind: str
    at_ns: int | None
    label: str
    ours: str
    theirs: str
    words: str


def compared(part: ReconciliationPart) -> tuple[Compared, ...]:
    """What is open first, then what others do, what was explained, and last what agrees."""
    differences = [
        Compared(("difference", d.at_ns, d.label, d.words), "open" if d.is_open else "explained", d.at_ns, d.label,
                 d.ours, d.theirs, d.words)
        for d in part.differences
    ]  # fmt: skip
    told = {d.label for d in part.differences if d.is_open}
    held = [
        Compared(("held", label), "agrees" if ours == theirs else "differs", part.at_ns, label,
                 fmt.number(ours, 0, signed=True), fmt.number(theirs, 0, signed=True),
                 "" if ours == theirs else SINCE)
        for label, ours, theirs in part.positions
        if ours == theirs or label not in told
    ]  # fmt: skip
    others = [_order(order, part.at_ns) for order in part.orders]
    left_out = [
        Compared(("unsupervised", label), "unsupervised", part.at_ns, label, "none", fmt.number(count, 0, signed=True),
                 why)
        for label, count, why in part.unsupervised
    ]  # fmt: skip
    rows = (*differences, *held, *others, *left_out)
    return tuple(row for kind in SIGNS for row in rows if row.kind == kind)


def _order(order: OutsideOrderPart, at_ns: int | None) -> Compared:
    done = f", {fmt.number(order.filled, 0)} filled" if order.filled else ""
    theirs = f"{order.side} {fmt.number(order.contracts, 0)}"
    words = f"{order.words}, {order.state}{done}, {order.whose}"
    return Compared(("order", order.id), "outside order", at_ns, order.label, "none", theirs, words)


class ReconciliationList(PartTable[Compared]):
    """One row each; what nobody has explained is tinted."""

    def __init__(self, look: Look) -> None:
        columns = (
            Column("time", "Time", "23:59:59", LEFT, 11),
            Column("kind", "Is", f"{SIGN_ROOM}outside order", LEFT, 11, 600),
            Column("label", "Position", "BANKNIFTY 58400 P  24 Nov", LEFT, 11),
            Column("ours", "Ours", "cancelled"),
            Column("theirs", "Broker's", "sell 99 999"),
            Column("words", "What was made of it", "taken off at the mark", LEFT, 11, stretches=True),
        )
        super().__init__(look, columns, NAMING, key=lambda row: row.key)
        self._part: ReconciliationPart | None = None
        self._zone = "UTC"

    @property
    def all(self) -> Sequence[Compared]:
        """Every row, whatever is searched for."""
        return self._parts

    def show_part(self, part: ReconciliationPart | None, zone: str) -> None:
        """Show this comparison."""
        if part is not self._part or zone != self._zone:
            self._part, self._zone = part, zone
            self.show_parts(compared(part) if part is not None else ())

    def cell_of(self, part: Compared, column: Column) -> Cell:
        """What a row says."""
        quiet = "t2" if part.kind in ("agrees", "explained") else "t1"
        match column.key:
            case "time":
                return Cell("" if part.at_ns is None else fmt.clock(part.at_ns, self._zone), "t2")
            case "kind":
                return signed(SIGNS[part.kind], part.kind, quiet, weight=600)
            case "label":
                return Cell(part.label, quiet)
            case "ours":
                return Cell(fmt.signs(part.ours), quiet)
            case "theirs":
                return Cell(fmt.signs(part.theirs), quiet)
            case _:
                return Cell(fmt.signs(part.words), quiet)

    def ground_of(self, part: Compared) -> str:
        """What is open wants somebody."""
        return "warnbg" if part.kind == WANTING else ""
