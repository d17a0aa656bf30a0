"""How an exit is priced without paying more than it must: urgent ones cross at once within a collar, others walk."""

from dataclasses import dataclass
from decimal import Decimal

from cockpit.domain.quote import Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Prices by time since the order became active (strategies.md 4).

    Urgent exits are marketable limits, let go by `step_pct` of mid every second up to the collar `collar_pct`, then
    market. The others walk from mid to the far side in `steps` over `walk_s` seconds, then cross at market.
    """

    steps: int = 4
    walk_s: float = 8.0
    collar_pct: float = 10.0
    step_pct: float = 2.0

    def limit(self, side: int, touch: Touch, elapsed_s: float, *, urgent: bool) -> Decimal | None:
        """The limit in force (`side` +1 buys), on its step away from the mid; None is market."""
        if touch.price is None or touch.mid is None:
            return None
        if urgent:
            given_pct = self.step_pct * (1 + int(elapsed_s))
            if given_pct > self.collar_pct:
                return None
            return touch.grid.to(touch.mid * (1.0 + side * given_pct / 100.0), side)
        if elapsed_s >= self.walk_s:
            return None
        share = int(elapsed_s / self.walk_s * self.steps) / self.steps
        return touch.grid.to(touch.mid + (touch.price - touch.mid) * share, side)
