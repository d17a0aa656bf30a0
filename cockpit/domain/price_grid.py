"""The prices at which an order may stand: multiples of a step, which at many exchanges grows with the price."""

from decimal import Decimal
from typing import NamedTuple

from cockpit.domain.money import exact, to_tick

Steps = tuple[tuple[float, float], ...]
"""From this price on, this step; rising in price, the first from 0."""
NOISE = 1e-9  # of prices that were reckoned, not quoted


class Grid(NamedTuple):
    """`tick` is the step wherever no `steps` are known."""

    tick: float
    steps: Steps = ()

    def at(self, price: float) -> float:
        """The step at a price, in premium points."""
        found = self.steps[0][1] if self.steps else self.tick
        for low, step in self.steps:
            if price < low - NOISE:
                break
            found = step
        return found

    def to(self, price: float, direction: int) -> Decimal:
        """The next price on its step down (direction -1) or up (+1); one that is on its step stays.

        A price that comes into other steps by that is rounded in these, too.
        """
        rounded = to_tick(price, self.at(price), direction)
        while (again := to_tick(float(rounded), self.at(float(rounded)), direction)) != rounded:
            rounded = again
        return rounded

    def holds(self, price: float) -> bool:
        """Whether the price is on its step."""
        return self.to(price, 1) == self.to(price, -1)

    def moved(self, price: float, count: int) -> float:
        """So many steps up (count above 0) or down, each of the size that it has there."""
        if not self.steps:
            return price + count * self.tick
        way = 1 if count > 0 else -1
        for _ in range(abs(count)):
            price += way * self.at(price + 2.0 * way * NOISE)  # down from an edge the steps are those below it
        return price

    def coarser(self, price: float) -> "Grid":
        """The same with the next coarser step from the steps of that price on, for a broker that refuses these."""
        rows = self.steps or ((0.0, self.tick),)
        step = _coarser(self.at(price))
        low = max((low for low, _ in rows if low <= price + NOISE), default=rows[0][0])
        return self._replace(steps=tuple((each, size if each < low else max(size, step)) for each, size in rows))


def _coarser(step: float) -> float:
    """0.01, 0.05, 0.1, 0.5, 1: what is on one of them is on those before it; any other is doubled."""
    digits = exact(step).normalize().as_tuple().digits
    return float(exact(step) * (5 if digits == (1,) else 2))
