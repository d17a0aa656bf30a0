"""The orders of the session: what is working on top, then the newest; the broker's states in a trader's words."""

from cockpit.frame import OrderPart
from widgets.paint import format as fmt
from widgets.paint.ink import LEFT
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
    "unknown": ("refused", "asking the broker"),
}
NAMING = Naming(
    "orders",
    "No orders yet\nWhat you or a rule sends to the broker is listed here, with what the broker answers.",
    "No order is like that\nEsc in the search line shows all of them again.",
)


def state_of(order: OrderPart) -> tuple[str, str]:
    """The sign and the words of an order's state."""
    return STATES.get(order.state, ("leaving" if order.is_working else "idle", fmt.words(order.state)))


def cause_of(order: OrderPart) -> str:
    """The rule's short name, or what the human asked for."""
    return order.cause if order.cause.startswith("you") else fmt.short_rule(order.cause)


class OrdersList(PartTable[OrderPart]):
    """One row an order."""

    def __init__(self, look: Look) -> None:
        columns = (
            Column("time", "Time", "23:59:59", LEFT, 11),
            Column("state", "State", f"{SIGN_ROOM}asking the broker", LEFT, 11, 500),
            Column("label", "Position", "BANKNIFTY 58400 P  24 Nov", LEFT, 11),
            Column("side", "Side", "sell", LEFT, 11, 600),
            Column("filled", "Filled", "9 999 of 9 999", px=11),
            Column("price", "Limit", "99 999.95"),
            Column("average", "At", "99 999.95"),
            Column("cause", "Because of", "Momentum turn", LEFT, 11),
            Column("said", "The broker says", "accepted", LEFT, 11, stretches=True),
        )
        super().__init__(look, columns, NAMING, key=lambda order: order.ref)
        self._orders: tuple[OrderPart, ...] = ()
        self._zone = "UTC"

    def show_orders(self, orders: tuple[OrderPart, ...], zone: str) -> None:
        """Show these orders, given with the newest last."""
        if orders is self._orders and zone == self._zone:
            return
        self._orders, self._zone = orders, zone
        newest = orders[::-1]
        self.show_parts([o for o in newest if o.is_working] + [o for o in newest if not o.is_working])

    def cell_of(self, part: OrderPart, column: Column) -> Cell:
        """What an order is, and how far it is."""
        quiet = "t1" if part.is_working else "t2"
        match column.key:
            case "time":
                return Cell(fmt.clock(part.at_ns, self._zone), "t2")
            case "state":
                sign, words = state_of(part)
                return signed(sign, words, quiet, weight=500)
            case "label":
                return Cell(part.label)
            case "side":
                return Cell(part.side, quiet)
            case "filled":
                return Cell(f"{fmt.number(part.filled, 0)} of {fmt.number(part.contracts, 0)}", quiet)
            case "price":
                return Cell(fmt.signs(part.price), quiet)
            case "average":
                return Cell(fmt.price(part.average) if part.average is not None else "", quiet)
            case "cause":
                return Cell(cause_of(part), quiet)
            case _:
                return Cell(fmt.signs(part.said), "t2")
