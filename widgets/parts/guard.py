"""What protects a position if this program dies now, in few words: for a column, a segment and a sum."""

from cockpit.frame import PositionPart
from widgets.paint import format as fmt

BARE = ("none", "partly")  # of its contracts some or all are without a stop


def is_bare(row: PositionPart) -> bool:
    """Whether some of it would be left to itself."""
    return row.protection in BARE


def protection_short(row: PositionPart) -> str:
    """The level that rests, without what the row and the sign say already: stop 4.55 is 4.55, SPY ≤ 498 is ≤ 498."""
    words = row.protection.removeprefix("stop ")
    return fmt.signs(words.removeprefix(f"{row.underlying} "))


def lost(money: float | None, *, exact: bool = False) -> str:
    """Money that is lost, as what it does to the account: below 0, in whole units unless `exact`."""
    if money is None:
        return fmt.UNKNOWN
    return fmt.money(-money) if exact else fmt.money_short(-money)
