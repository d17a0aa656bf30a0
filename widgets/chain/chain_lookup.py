"""Questions to a chain: which contract, on which side of the spot, for how much."""

from typing import NamedTuple

from cockpit.frame import ChainCell, ChainPart, ChainRow
from widgets.paint.amounts import strike


class Contract(NamedTuple):
    """One contract of a chain with what its row and its chain know about it."""

    cell: ChainCell
    strike: float
    right: str  # C | P
    name: str  # "NIFTY 26150 C"
    expiry: str  # "18 Aug"

    def quote(self, side: str) -> float | None:
        """What a buyer pays, or a seller gets."""
        return self.cell.ask if side == "buy" else self.cell.bid


def contract_of(row: ChainRow, side: str) -> ChainCell | None:
    """The contract of a row on that side: call | put."""
    return row.call if side == "call" else row.put


def find(part: ChainPart | None, symbol: str) -> Contract | None:
    """The contract of that symbol; None when the chain does not have it."""
    if part is None or not symbol:
        return None
    for row in part.rows:
        for right, cell in (("C", row.call), ("P", row.put)):
            if cell is not None and cell.symbol == symbol:
                plain = strike(row.strike).replace("\u202f", "")
                return Contract(cell, row.strike, right, f"{part.underlying} {plain} {right}", expiry_name(part))
    return None


def expiry_name(part: ChainPart) -> str:
    """The expiry of a chain as it is called: 18 Aug."""
    names = dict(part.expiries)
    return names.get(part.expiry, part.expiry).split(" · ")[0]


def same_chain(before: ChainPart, part: ChainPart) -> bool:
    """Whether both are of one underlying and expiry."""
    return (before.underlying, before.expiry) == (part.underlying, part.expiry)


def same_strikes(before: ChainPart, part: ChainPart) -> bool:
    """Whether every row stands where it stood."""
    if not same_chain(before, part) or len(before.rows) != len(part.rows):
        return False
    pairs = zip(before.rows, part.rows, strict=True)
    return before.rows is part.rows or all(old is new or old.strike == new.strike for old, new in pairs)


def money_line(part: ChainPart) -> int:
    """The row above which the spot lies, the middle one without a spot: calls before it are in the money."""
    if part.spot is None:
        return len(part.rows) // 2
    return sum(row.strike <= part.spot for row in part.rows)
