"""What can be held: an option, or the share, future or coin that is its own underlying."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from cockpit.domain.price_grid import Grid, Steps

Right = Literal["C", "P"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One tradeable contract.

    `expiry`, `strike` and `right` are None together for an instrument that is its own underlying.
    `lot` is the tradeable step in contracts; money = contracts x `multiplier` x premium.
    `tick` is the smallest step of a price, in premium points; where it depends on the price, `steps` say how.
    """

    symbol: str
    underlying: str
    expiry: date | None
    strike: float | None
    right: Right | None
    multiplier: float
    lot: int
    tick: float
    currency: str
    market: str  # name of the market profile: nse, us, crypto
    steps: Steps = ()  # from this price on, this step; rising; empty: `tick` at every price

    @property
    def grid(self) -> Grid:
        """The prices at which an order in it may stand."""
        return Grid(self.tick, self.steps)

    def step(self, price: float) -> float:
        """The step of prices there, in premium points."""
        return self.grid.at(price)

    @property
    def exposure_sign(self) -> int:
        """Sign of the delta of one long contract: +1 call and underlying, -1 put."""
        return -1 if self.right == "P" else 1
