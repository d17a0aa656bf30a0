"""Which positions the grid shows: all, those of one underlying, winners, losers, those that expire today."""

from collections.abc import Callable, Sequence

from cockpit.frame import PositionPart

ALL, WINNERS, LOSERS, TODAY = "All", "Winners", "Losers", "Expiring today"
MOST_UNDERLYINGS = 4  # chips; more of them would push the sums out


def names(rows: Sequence[PositionPart]) -> tuple[str, ...]:
    """The filters that there are for these positions; an underlying is one only beside others."""
    underlyings = list(dict.fromkeys(row.underlying for row in rows))
    shown = underlyings[:MOST_UNDERLYINGS] if len(underlyings) > 1 else []
    return (ALL, *shown, WINNERS, LOSERS, TODAY)


def keeps(name: str, today: str) -> Callable[[PositionPart], bool]:
    """Whether a position passes that filter; `today` is the exchange's ISO date. A blind one neither wins nor loses."""
    tests: dict[str, Callable[[PositionPart], bool]] = {
        ALL: lambda row: True,
        WINNERS: lambda row: row.pnl is not None and row.pnl > 0.0,
        LOSERS: lambda row: row.pnl is not None and row.pnl < 0.0,
        TODAY: lambda row: row.expiry == today,
    }
    return tests.get(name, lambda row: row.underlying == name)
