"""Open interest by strike of a watched expiry, its totals over time, and where it would hurt its buyers most."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cockpit.frame import OpenInterestPart, StrikePart
from cockpit.market.open_interest import OpenInterest
from cockpit.projection.expiry_contracts import ExpiryContracts, Pair
from cockpit.projection.kept import kept
from cockpit.projection.totals import Totals
from cockpit.projection.words import day_words
from cockpit.state.model import NS, Held, State

AROUND = 25  # strikes on either side of the spot
APART_S = 5.0
Sums = tuple[float, float, float]


class Interest:
    """Follows the totals of all expiries; makes the part of one, at most once a second and only when it is news."""

    def __init__(self, state: State, totals: Totals, contracts: ExpiryContracts) -> None:
        self.state, self.totals, self.contracts = state, totals, contracts
        self._series: dict[OpenInterest, list[Sums]] = {}
        self._observed: dict[OpenInterest, float] = {}
        self._sampled_t = -APART_S
        self._key: tuple[Any, ...] = ()
        self._second = -1
        self._part: OpenInterestPart | None = None

    def sample(self, t: float) -> None:
        """Remembers the totals of every expiry that has been seen again; of a level stretch only its ends."""
        if t - self._sampled_t < APART_S:
            return
        self._sampled_t = t
        for chain in self.state.chains.values():
            both = self.totals.of(chain)
            if both is not None and chain.observed_t != self._observed.get(chain):
                self._observed[chain] = chain.observed_t
                series = self._series.setdefault(chain, [])
                if len(series) > 1 and series[-1][1:] == series[-2][1:] == both:
                    series.pop()
                series.append((t, *both))

    def part(self, held: Held, t: float) -> OpenInterestPart | None:
        """Of the position's expiry; None for what is no option, or while nothing is known."""
        chain, instrument = held.open_interest, held.instrument
        if chain is None or not chain.values or instrument.expiry is None:
            return None
        where = instrument.underlying, instrument.expiry
        under = held.contract.underlying
        key = (*where, chain.version, len(chain.values), chain.observed_t, under.version, self._observed.get(chain))
        if self._part is None or key[:2] != self._key[:2] or (key != self._key and int(t) != self._second):
            self._key, self._second = key, int(t)
            self._part = kept(self._part, self._made(chain, *where))
        return self._part

    def _made(self, chain: OpenInterest, underlying: str, expiry: date) -> OpenInterestPart:
        state = self.state
        pairs = self.contracts.of(underlying, expiry)
        price, price_t = state.underlyings[underlying].price, state.underlyings[underlying].price_t
        is_fresh = state.now_t - price_t <= state.terms.underlying_limit_s + 1e-6
        spot = price if price == price and is_fresh else None
        both = self.totals.of(chain)
        calls, puts = both or (None, None)
        return OpenInterestPart(
            underlying=underlying, expiry=day_words(expiry), unit=state.setup.oi_unit,
            strikes=tuple(self._strike(chain, strike, pairs[strike]) for strike in around(list(pairs), spot)),
            calls=calls, puts=puts, put_call_ratio=self.totals.put_call_ratio(chain),
            max_pain=max_pain(interest_by_strike(chain, pairs)), spot=spot,
            observed_ns=state.anchor_ns + round(chain.observed_t * NS),
            is_live=state.setup.market.oi != "daily" and chain.is_published(),
            series=tuple(self._series.get(chain, ())),
        )  # fmt: skip

    def _strike(self, chain: OpenInterest, strike: float, pair: Pair) -> StrikePart:
        values = [None if c is None else chain.values.get(c.instrument.symbol) for c in pair]
        changes = [None if c is None else chain.change(c.instrument.symbol) for c in pair]
        return StrikePart(
            strike=strike, calls=values[0], puts=values[1], calls_change=changes[0], puts_change=changes[1]
        )


def around(strikes: list[float], spot: float | None) -> list[float]:
    """At most 25 strikes on either side of the spot; of an unknown spot the middle ones."""
    if spot is None:
        middle = len(strikes) // 2
    else:
        middle = sum(strike < spot for strike in strikes)
    return strikes[max(0, middle - AROUND) : middle + AROUND]


def interest_by_strike(chain: OpenInterest, pairs: Mapping[float, Pair]) -> list[Sums]:
    """(strike, calls, puts) where anything is known, ascending."""
    found: list[Sums] = []
    for strike, pair in pairs.items():
        known = [None if c is None else chain.values.get(c.instrument.symbol) for c in pair]
        if known != [None, None]:
            found.append((strike, known[0] or 0.0, known[1] or 0.0))
    return found


def max_pain(interest: list[Sums]) -> float | None:
    """The strike at which all known contracts together would pay least; the lowest of several, None without any.

    With strikes ascending, each step up to the next one makes every call below it worth more and every put at or
    above it worth less.
    """
    if not any(calls or puts for _, calls, puts in interest):
        return None
    lowest = interest[0][0]
    pays = sum(puts * (strike - lowest) for strike, _, puts in interest)
    slope = -sum(puts for _, _, puts in interest)
    best, best_strike, before = pays, lowest, lowest
    for strike, calls, puts in interest:
        pays += slope * (strike - before)
        if pays < best - 1e-9 * abs(best):
            best, best_strike = pays, strike
        slope += calls + puts
        before = strike
    return best_strike
