"""The side of a market an order would trade against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What a broker may trade against now: the fresh quote of one side of one contract."""

    price: float | None  # None: not quoted, or too old
    size: float | None  # displayed on that side; None: unknown
    mid: float | None
    quote_t: float  # when the quote was made, to tell updates apart
    is_suspect: bool
    tick: float
    lot: int
