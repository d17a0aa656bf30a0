"""How much a human may do at once by mistake: bounds on new risk; none of them can hold up a reduction."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one entry. None switches a bound off.

    `contracts_per_order` at most; `collar_pct` of the mid that a limit may be worse than the far side of the quote, so
    that a misplaced point is caught; `orders_per_s` and `orders_per_min` of entries.
    """

    contracts_per_order: int | None = None
    collar_pct: float | None = None
    orders_per_s: int | None = None
    orders_per_min: int | None = None


LIVE = Limits(contracts_per_order=50, collar_pct=10.0, orders_per_s=2, orders_per_min=20)
"""Of a session whose orders go to a broker, unless it is asked for others."""
