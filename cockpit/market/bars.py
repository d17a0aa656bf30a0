"""One-minute bars of a price, built tick by tick."""

from math import ceil, inf
from typing import NamedTuple

MINUTE_S = 60.0


class Bar(NamedTuple):
    """A completed bar over (`begin_t`, end]; times in seconds since the session's local midnight."""

    begin_t: float
    open: float
    high: float
    low: float
    close: float


class BarBuilder:
    """Builds the bars (m, m + 1 min] of one price from observations in the order of time.

    A bar opens at the previous bar's close, the first at its first observation, and its high and low include the open.
    It is complete when its end has passed, so it comes out of the first call with a later `t`; a minute without an
    observation has no bar.
    """

    __slots__ = ("_open", "close", "end_t", "high", "low")

    def __init__(self) -> None:
        self.end_t = inf  # end of the bar that is being built: at any later instant it is complete
        self._open = self.high = self.low = self.close = float("nan")  # of that bar so far

    def observe(self, t: float, price: float) -> Bar | None:
        """Takes a known price in; the bar that was complete before it, if any."""
        done = self._complete() if t > self.end_t else None
        if self.end_t == inf:
            before = self.close
            self._open = self.high = self.low = before if before == before else price
            self.end_t = ceil(t / MINUTE_S) * MINUTE_S
        if price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price
        self.close = price
        return done

    def advance(self, t: float) -> Bar | None:
        """The bar whose end has passed at `t`, once."""
        return self._complete() if t > self.end_t else None

    def _complete(self) -> Bar:
        begin_t = self.end_t - MINUTE_S
        self.end_t = inf
        return Bar(begin_t, self._open, self.high, self.low, self.close)
