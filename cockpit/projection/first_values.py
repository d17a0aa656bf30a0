"""The first value that was seen of each thing today, to tell by how much it has changed."""

from datetime import date

from cockpit.market.open_interest import OpenInterest
from cockpit.state.model import State


class FirstValues:
    """Open interest of every contract and prices of underlyings, as they were first seen on the trading day."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._day: date | None = None
        self._interest: dict[str, float] = {}
        self._seen: dict[OpenInterest, int] = {}
        self._prices: dict[str, float] = {}

    def look(self) -> None:
        """Notes what is new; the day's end forgets all."""
        state = self.state
        if state.day != self._day:
            self._day = state.day
            self._interest, self._seen, self._prices = {}, {}, {}
        for chain in state.chains.values():
            if len(chain.values) != self._seen.get(chain, 0):
                self._seen[chain] = len(chain.values)
                self._interest = {**chain.values, **self._interest}
        if len(self._prices) < len(state.underlyings):
            fresh = {name: under.price for name, under in state.underlyings.items() if under.price == under.price}
            self._prices = {**fresh, **self._prices}

    def interest_change(self, chain: OpenInterest, symbol: str) -> float | None:
        """Contracts since the day's first value; None while the values are yesterday's."""
        now, first = chain.values.get(symbol), self._interest.get(symbol)
        return now - first if chain.is_published() and now is not None and first is not None else None

    def price_change(self, underlying: str) -> float | None:
        """Points since the session's first price."""
        now, first = self.state.underlyings[underlying].price, self._prices.get(underlying)
        return now - first if first is not None and now == now else None
