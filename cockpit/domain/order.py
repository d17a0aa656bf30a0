"""An order and the states it can be in, as one transition table (FIX words)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

State = Literal[
    "pending_new", "working", "partially_filled", "filled", "pending_cancel", "cancelled", "rejected", "expired",
    "unknown",
]  # fmt: skip
Told = Literal["acknowledged", "part_filled", "filled", "cancel_sent", "cancelled", "rejected", "expired", "lost"]

Purpose = Literal["entry", "exit", "protect"]
"""What it is for; `protect` is the stop that rests at the broker in case this program dies."""
Tif = Literal["day", "gtc", "ioc", "opg"]

LIVE: frozenset[State] = frozenset(("pending_new", "working", "partially_filled", "pending_cancel", "unknown"))

# state -> what we are told -> next state; what is not here is illegal: logged, and the state stays
TRANSITIONS: dict[State, dict[Told, State]] = {
    "pending_new": {
        "acknowledged": "working", "part_filled": "partially_filled", "filled": "filled", "rejected": "rejected",
        "cancel_sent": "pending_cancel", "cancelled": "cancelled", "expired": "expired", "lost": "unknown",
    },
    "working": {
        "acknowledged": "working", "part_filled": "partially_filled", "filled": "filled", "rejected": "rejected",
        "cancel_sent": "pending_cancel", "cancelled": "cancelled", "expired": "expired", "lost": "unknown",
    },
    "partially_filled": {
        "acknowledged": "partially_filled", "part_filled": "partially_filled", "filled": "filled",
        "cancel_sent": "pending_cancel", "cancelled": "cancelled", "expired": "expired", "lost": "unknown",
    },
    "pending_cancel": {
        "part_filled": "pending_cancel", "filled": "filled", "cancelled": "cancelled", "rejected": "rejected",
        "expired": "expired", "lost": "unknown",
    },
    "unknown": {
        "acknowledged": "working", "part_filled": "partially_filled", "filled": "filled", "cancelled": "cancelled",
        "rejected": "rejected", "expired": "expired", "lost": "unknown",
    },
    "filled": {},
    "cancelled": {"part_filled": "cancelled", "filled": "filled"},  # a cancel that crossed a fill
    "rejected": {},
    "expired": {"part_filled": "expired", "filled": "filled"},
}  # fmt: skip


def step(state: State, told: Told) -> State | None:
    """The next state, or None when the table does not allow it."""
    return TRANSITIONS[state].get(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What brings a resting order to life: that price of the option itself, or of its underlying.

    `above` says that it acts at or above the price, else at or below it.
    """

    price: Decimal
    on: Literal["premium", "underlying"]
    above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is sent to a broker. `ref` is ours, unique, and recognised after a restart.

    With a `trigger` it is a stop (or, with a `limit` too, a stop-limit) that rests; with `trail` a trailing stop that
    follows at so many points. Of the orders of one `group` only as much fills as any single one of them is for (OCA,
    reduced with block). A `parent` is the reference of the entry whose fill brings the order to life.
    """

    ref: str
    position_id: str
    symbol: str
    side: Literal["buy", "sell"]
    contracts: int
    limit: Decimal | None  # None: market
    purpose: Purpose
    fills_suspect: bool  # may be filled while the mark is suspect: the clock's mandatory exits and a human's
    at_once: bool = False  # fills at once or is cancelled
    urgent: bool = False  # crosses at once instead of walking: mandatory and immediate exits, and a human's
    trigger: Trigger | None = None
    trail: Decimal | None = None
    tif: Tif = "day"
    group: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution of an order, as the broker reports it."""

    id: str
    ref: str
    contracts: int
    price: Decimal
    fees: Decimal
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A change of an order's state, in the broker's words."""

    ref: str
    told: Told
    words: str
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """A live order as the broker holds it now: taken, changed as asked, or cut because another of its group filled.

    `contracts` is the whole order, what has filled of it included. `limit` and `trigger` are None where it has none.
    """

    ref: str
    contracts: int
    limit: Decimal | None
    trigger: Decimal | None
    at_ns: int


Report = Fill | Said | Stands
