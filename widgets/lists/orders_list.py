"""The orders of the session: what is working on top, then the newest; the broker's states in a trader's words."""

from collections import Counter

from PySide6.QtCore import QPointF, QRectF

from cockpit.frame import OrderPart
from widgets.paint import format as fmt
from widgets.paint.ink import CENTRE, LEFT, Ink
from widgets.paint.theme import Look
from widgets.parts.painted_table import Cell, Column
from widgets.parts.part_table import SIGN_ROOM, Naming, PartTable, signed

# FIX words, in both spellings that brokers use: the sign, and what a trader says
STATES: dict[str, tuple[str, str]] = {
    "pending_new": ("leaving", "sending"),
    "new": ("leaving", "working"),
    "working": ("leaving", "working"),
    "partially_filled": ("leaving", "part filled"),
    "pending_cancel": ("leaving", "cancelling"),
    "filled": ("fill", "filled"),
    "cancelled": ("idle", "cancelled"),
    "canceled": ("idle", "cancelled"),
    "expired": ("idle", "expired"),
    "rejected": ("refused", "rejected"),
    "unknown": ("blind", "unknown"),
}
PURPOSES = {"entry": "opens", "exit": "leaves", "protect": "protects"}
TIFS = {"day": "day", "gtc": "GTC"}
LIVE_ONLY = ("purpose", "terms", "tif", "group")  # columns of orders that rest at a broker
PRACTICE_ONLY = ("price",)
LAST_WHERE_NARROW = ("time", "cause", "said")  # what is scrolled to in a compact window
ELBOW = 16.0  # a child of a bracket stands so much to the right
NAMING = Naming(
    "orders",
    "No orders yet\nWhat you or a rule sends to the broker is listed here, with what the broker answers.",
    "No order is like that\nEsc in the search line shows all of them again.",
)


def state_of(order: OrderPart) -> tuple[str, str]:
    """The sign and the words of an order's state; a stop that rests has the sign of protection."""
    if order.purpose == "protect" and order.state in ("new", "working"):
        return "rests", "rests"
    return STATES.get(order.state, ("leaving" if order.is_working else "idle", fmt.words(order.state)))


def cause_of(order: OrderPart) -> str:
    """The rule's short name, or what the human asked for."""
    return order.cause if order.cause.startswith("you") else fmt.short_rule(order.cause)


def terms_of(order: OrderPart) -> str:
    """What it waits for, and the limit that holds then."""
    limit = "" if order.trigger and order.price == "market" else order.price
    return fmt.signs(" ".join(word for word in (order.trigger, limit) if word))


def bracketed(orders: tuple[OrderPart, ...]) -> tuple[list[OrderPart], frozenset[str]]:
    """What works first, then the newest, each parent followed by its children; and the references of those children."""
    newest = orders[::-1]
    made: list[OrderPart] = []
    children: set[str] = set()
    for block in ([o for o in newest if o.is_working], [o for o in newest if not o.is_working]):
        there = {order.ref for order in block}
        for order in block:
            if order.parent in there:
                continue
            below = [child for child in reversed(block) if child.parent == order.ref]
            made += [order, *below]
            children |= {child.ref for child in below}
    return made, frozenset(children)


def grouped(orders: tuple[OrderPart, ...]) -> dict[str, str]:
    """A letter for each group of which more than one order works, the oldest first: one that fills ends the others."""
    count = Counter(order.group for order in orders if order.group and order.is_working)
    shared = [group for group, members in count.items() if members > 1]
    return {group: chr(ord("A") + i % 26) for i, group in enumerate(shared)}


class OrdersList(PartTable[OrderPart]):
    """One row an order; in a live session also what it is for, what triggers it, how long it rests and its group."""

    def __init__(self, look: Look) -> None:
        columns = (
            Column("time", "Time", "23:59:59", LEFT, 11),
            Column("state", "State", f"{SIGN_ROOM}part filled", LEFT, 11, 500),
            Column("purpose", "Does", "MM protects", LEFT, 11, 500),
            Column("label", "Position", "BANKNIFTY 58400 P  24 Nov", LEFT, 11),
            Column("side", "Side", "sell", LEFT, 11, 600),
            Column("filled", "Filled", "9 999 of 9 999", px=11),
            Column("price", "Limit", "99 999.95"),
            Column("terms", "Limit or trigger", "GOOG ≤ 99 999.95", LEFT, 11),
            Column("tif", "For", "GTC", LEFT, 11),
            Column("group", "OCA", "M", LEFT, 11),
            Column("average", "At", "99 999.95"),
            Column("cause", "Because of", "Momentum turn", LEFT, 11),
            Column("said", "The broker says", "accepted", LEFT, 11, stretches=True),
        )
        self._is_live = False
        super().__init__(look, columns, NAMING, key=lambda order: order.ref)
        self._orders: tuple[OrderPart, ...] = ()
        self._zone = "UTC"
        self._children: frozenset[str] = frozenset()
        self._groups: dict[str, str] = {}

    def set_live(self, live: bool) -> None:
        """Whether orders can rest: what only those have is left out otherwise."""
        if live != self._is_live:
            self._is_live = live
            self.set_measures()

    def set_measures(self) -> None:
        """Columns for the look's width: what rests and why stands before what one scrolls to."""
        left_out = PRACTICE_ONLY if self._is_live else LIVE_ONLY
        keys = [column.key for column in self._all if column.key not in left_out]
        if self._is_live and self._look.compact:
            keys.sort(key=LAST_WHERE_NARROW.__contains__)
        known = {column.key: column for column in self._all}
        self._shown = tuple(known[key] for key in keys)
        super().set_measures()

    def show_orders(self, orders: tuple[OrderPart, ...], zone: str) -> None:
        """Show these orders, given with the newest last."""
        if orders is self._orders and zone == self._zone:
            return
        self._orders, self._zone = orders, zone
        rows, self._children = bracketed(orders)
        self._groups = grouped(orders)
        self.show_parts(rows)

    def cell_of(self, part: OrderPart, column: Column) -> Cell:
        """What an order is, and how far it is."""
        quiet = "t1" if part.is_working else "t2"
        match column.key:
            case "time":
                return Cell(fmt.clock(part.at_ns, self._zone), "t2")
            case "state":
                sign, words = state_of(part)
                return signed(sign, words, quiet, weight=500)
            case "purpose":
                return self._purpose(part, quiet)
            case "label":
                return Cell(part.label)
            case "side":
                return Cell(part.side, quiet)
            case "filled":
                return Cell(f"{fmt.number(part.filled, 0)} of {fmt.number(part.contracts, 0)}", quiet)
            case "price":
                return Cell(fmt.signs(part.price), quiet)
            case "terms":
                return Cell(terms_of(part), quiet)
            case "tif":
                return Cell(TIFS.get(part.tif, part.tif), "t2")
            case "group":
                return self._group(part)
            case "average":
                return Cell(fmt.price(part.average) if part.average is not None else "", quiet)
            case "cause":
                return Cell(cause_of(part), quiet)
            case _:
                return Cell(fmt.signs(part.said), "t2")

    def _purpose(self, part: OrderPart, token: str) -> Cell:
        """What it does; a child hangs on its parent above."""
        words = PURPOSES.get(part.purpose, fmt.words(part.purpose))
        if part.ref not in self._children:
            return Cell(words, token)

        def paint(ink: Ink, box: QRectF) -> None:
            x, middle = round(box.left()) + 3.5, round(box.center().y()) + 0.5
            ink.hairline(QPointF(x, box.top()), QPointF(x, middle), "t3")
            ink.hairline(QPointF(x, middle), QPointF(x + 7, middle), "t3")
            ink.text(box.adjusted(ELBOW, 0, 0, 0), words, px=11, weight=500, token=token)

        return Cell(words, token, paint)

    def _group(self, part: OrderPart) -> Cell:
        """The letter of its group, on a chip."""
        letter = self._groups.get(part.group, "") if part.is_working else ""

        def paint(ink: Ink, box: QRectF) -> None:
            chip = QRectF(box.left(), box.center().y() - 7, 16, 14)
            ink.rounded(chip, 3, fill="bg3")
            ink.text(chip, letter, px=10, weight=500, align=CENTRE)

        return Cell(letter, "t1", paint) if letter else Cell("")
