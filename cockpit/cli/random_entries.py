"""Entries at random into a recording: uniform over its minutes, then over the contracts that could be traded then."""

import random
from collections.abc import Iterator
from datetime import date

from cockpit.domain.errors import BadInput
from cockpit.domain.instrument import Instrument
from cockpit.domain.trading_hours import MarketProfile, hours_of, last_trading_at, trading_day
from cockpit.events import NS, Batch, Entry, Quoted
from cockpit.feeds.recording import Recording
from cockpit.settings import market
from cockpit.state.market import at, ns_of

MINUTE_NS = 60 * NS
RECENT_NS = 5 * MINUTE_NS  # since a contract's last quote or trade
NEAR = 0.03  # distance of the strike from the underlying, as a share of the underlying
LOTS = 10  # of each entry, so that a tranche can leave


def draw(recording: Recording, number: int, seed: int) -> list[Entry]:
    """`number` long entries at market in order of time, no two of one contract and minute.

    A contract may be drawn in a minute of its trading hours in which its strike is within 3 % of the underlying and
    it was quoted or traded within the last five minutes. BadInput when there are too few of them.
    """
    choices = [(at_ns, symbols) for at_ns, symbols in minutes(recording) if symbols]
    there = sum(len(symbols) for _, symbols in choices)
    if there < number:
        raise BadInput(
            f"{recording.path} has {there} pairs of a minute and a contract near its underlying, not {number}: "
            "ask for fewer with --random-entries."
        )
    chance = random.Random(seed)
    drawn: list[Entry] = []
    while len(drawn) < number:
        i = chance.randrange(len(choices))
        at_ns, symbols = choices[i]
        symbol = symbols.pop(chance.randrange(len(symbols)))
        if not symbols:
            del choices[i]
        drawn.append(Entry(at_ns, symbol, "buy", LOTS * recording.instruments[symbol].lot))
    return sorted(drawn, key=lambda entry: (entry.at_ns, entry.symbol))


def minutes(recording: Recording) -> Iterator[tuple[int, list[str]]]:
    """Every whole minute from the first row to the last, with the contracts that could be traded at it."""
    seen = _Seen(recording)
    batches, i = recording.batches, 0
    at_ns = recording.first_ns + -recording.first_ns % MINUTE_NS
    while at_ns <= recording.last_ns:
        while i < len(batches) and batches[i].at_ns <= at_ns:
            seen.take(batches[i])
            i += 1
        yield at_ns, [symbol for symbol in recording.instruments if seen.is_choice(symbol, at_ns)]
        at_ns += MINUTE_NS


class _Seen:
    """What has been seen of every contract so far: its last quote or trade, and the price of its underlying."""

    def __init__(self, recording: Recording) -> None:
        self._instruments = recording.instruments
        self._profile = market(recording.market)
        self._by_volume = not recording.columns.isdisjoint(("volume", "volume_cum"))
        self._prices: dict[str, float] = {}
        self._live_ns: dict[str, int] = {}
        self._volumes: dict[str, float] = {}
        self._hours: dict[tuple[str, date], tuple[int, int]] = {}

    def take(self, batch: Batch) -> None:
        """Everything of one instant."""
        for row in batch.underlyings:
            self._see_price(row.underlying, row.price)
        for row in batch.quotes:
            self._see_price(self._instruments[row.symbol].underlying, row.underlying_price)
            if _is_above_0(row.bid) or _is_above_0(row.ask) or self._has_traded(row):
                self._live_ns[row.symbol] = batch.at_ns

    def _see_price(self, underlying: str, price: float | None) -> None:
        if price is not None and _is_above_0(price):
            self._prices[underlying] = price

    def _has_traded(self, row: Quoted) -> bool:
        """Whether the row tells of a trade since the contract's row before; without volumes a price is one."""
        if not self._by_volume:
            return _is_above_0(row.last)
        if row.volume is not None:
            return _is_above_0(row.volume)
        if row.volume_cum is None:
            return False
        before = self._volumes.get(row.symbol)
        self._volumes[row.symbol] = row.volume_cum
        return before is not None and row.volume_cum > before

    def is_choice(self, symbol: str, at_ns: int) -> bool:
        """Near the underlying, alive lately, and within its trading hours."""
        instrument = self._instruments[symbol]
        price, live_ns = self._prices.get(instrument.underlying), self._live_ns.get(symbol)
        if instrument.strike is None or price is None or live_ns is None or at_ns - live_ns > RECENT_NS:
            return False
        if abs(instrument.strike - price) > NEAR * price + 1e-9:
            return False
        day = trading_day(self._profile, at(at_ns))
        hours = self._hours.get((symbol, day))
        if hours is None:
            hours = self._hours[symbol, day] = _hours(self._profile, instrument, day)
        return hours[0] <= at_ns < hours[1]


def _hours(profile: MarketProfile, instrument: Instrument, day: date) -> tuple[int, int]:
    """Open and close on a day in ns, at its last trading instant at the latest; (0, 0) when it does not trade."""
    hours = hours_of(profile, instrument, day)
    last_at = last_trading_at(profile, instrument)
    if hours is None:
        return 0, 0
    close_at = hours.close_at if last_at is None else min(hours.close_at, last_at)
    return ns_of(hours.open_at), ns_of(close_at)


def _is_above_0(x: float | None) -> bool:
    return x is not None and x > 0.0
