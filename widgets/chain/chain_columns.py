"""The columns of the chain: calls on the left, puts mirrored on the right, the strike between them."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from cockpit.frame import ChainCell
from widgets.paint import format as fmt
from widgets.paint.amounts import ONE, Unit
from widgets.paint.theme import Look

CELL = 6  # inset on both sides
HELD, HELD_COMPACT = 44, 14  # beside the strike on both sides: what is held
DROPPED_IN_TURN = ("bar", "volume", "oi_change", "iv", "delta")  # where the pane is too narrow
QUOTES = ("bid", "ask")


class Column(NamedTuple):
    """One value of a contract; its width holds `widest`."""

    key: str
    head: str
    hint: str
    widest: str
    token: str = "t1"


COLUMNS: tuple[Column, ...] = (
    Column("oi", "OI", "Open interest", "999.9"),
    Column("bar", "", "Open interest: the cap was added, what is dashed has gone", "9999"),
    Column("oi_change", "OI Δ", "Change of open interest", "+999.9"),
    Column("volume", "Vol", "Contracts traded today", "999.9", "t2"),
    Column("iv", "IV %", "Implied volatility", "99.9"),
    Column("delta", "Δ", "Delta", "−0.99"),
    Column("bid", "Bid", "Click to sell at it", "99 999.9"),
    Column("ask", "Ask", "Click to buy at it", "99 999.9"),
)


class Units(NamedTuple):
    """What open interest and volume are counted in, in one chain."""

    interest: Unit = ONE
    volume: Unit = ONE


class Place(NamedTuple):
    """A column of one side and where it is; the strike has no side."""

    key: str
    side: str  # call | put | ""
    left: float
    width: float
    column: Column


STRIKE = Column("strike", "Strike", "Strike; beside it what is held", "999 999.5")
WORDS: dict[str, Callable[[ChainCell, Units], str]] = {
    "oi": lambda cell, units: units.interest.words(cell.open_interest),
    "oi_change": lambda cell, units: units.interest.words(cell.oi_change, signed=True),
    "volume": lambda cell, units: units.volume.words(cell.volume),
    "iv": lambda cell, units: fmt.volatility(cell.iv),
    "delta": lambda cell, units: fmt.number(cell.delta),
    "bid": lambda cell, units: fmt.price(cell.bid),
    "ask": lambda cell, units: fmt.price(cell.ask),
}


def value(cell: ChainCell, column: Column, units: Units) -> tuple[str, str]:
    """The words of a contract in that column, and their token."""
    words = WORDS[column.key](cell, units)
    return words, "t3" if words == fmt.UNKNOWN else column.token


def head(column: Column, units: Units) -> str:
    """The head of a column with its unit."""
    return {"oi": units.interest, "volume": units.volume}.get(column.key, ONE).head(column.head)


def places(look: Look, available: int, without: Collection[str] = ()) -> tuple[Place, ...]:
    """The columns of a chain that wide, from left to right; no value changes their widths.

    `without` are those of which nothing is known in the whole chain. A narrow pane leaves columns of
    `DROPPED_IN_TURN` out on both sides at once.
    """
    widths = {column.key: _width(look, column) for column in COLUMNS if column.key not in without}
    strike = look.width(STRIKE.widest, 12, 600) + 2 * (HELD_COMPACT if look.compact else HELD)
    for key in DROPPED_IN_TURN:
        if key in widths and 2 * sum(widths.values()) + strike > available:
            del widths[key]
    spare = max(0.0, (available - strike - 2 * sum(widths.values())) / (2 * len(widths)))
    shown = [column for column in COLUMNS if column.key in widths]
    mirrored = [*(c for c in shown if c.key in QUOTES), *(c for c in reversed(shown) if c.key not in QUOTES)]
    made: list[Place] = []
    left = 0.0
    for side, columns in (("call", shown), ("", [STRIKE]), ("put", mirrored)):
        for column in columns:
            width = float(int(widths[column.key] + spare)) if side else strike
            made.append(Place(column.key, side, left, width, column))
            left += width
    return tuple(made)


def _width(look: Look, column: Column) -> float:
    longest = f"{column.head}, M" if column.key in ("oi", "volume") else column.head
    return max(look.width(column.widest), look.width(longest, 10, 500)) + 2 * CELL
