"""Figures of an option chain through a day, taken alike from recorded sessions and from the simulator's."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cockpit.domain.trading_hours import hours, last_trading_at
from cockpit.events import NS
from cockpit.feeds.recording import Recording
from cockpit.pricing.chain import chain_greeks
from cockpit.settings import market

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

YEAR_S = 31_536_000
LEAST_PREMIUM = 0.2
COLUMNS = ("at_s", "expiry", "strike", "is_call", "bid", "ask", "last", "volume", "open_interest", "years", "contract")


class Snapshot(NamedTuple):
    """What one instant of one expiry says about volatility, from options out of the money by standard deviations."""

    at_s: float
    forward: float
    deviation: float
    """At the money to expiry, of ln F."""
    away: Floats
    ratio: Floats
    """Volatility by that at the money."""


@dataclass(slots=True, kw_only=True, eq=False)
class Figures:
    """The two nearest expiries, 0 and 1, row by row; times in seconds from the session's open, `lot` of the volumes."""

    length_s: float
    step: float
    columns: dict[str, Floats]
    prices: Floats
    """Of the underlying, once a minute."""
    lot: float

    def part(self, expiry: int, begin_s: float = 0.0, end_s: float = np.inf) -> "Figures":
        """The rows of one expiry in a part of the day."""
        c = self.columns
        kept = (c["expiry"] == expiry) & (c["at_s"] > begin_s) & (c["at_s"] <= end_s)
        columns = {name: column[kept] for name, column in c.items()}
        return Figures(
            length_s=self.length_s, step=self.step, columns=columns, prices=self.prices, lot=self.lot
        )  # fmt: skip

    @property
    def premium(self) -> Floats:
        """The mid, or the last trade where nothing is quoted."""
        bid, ask = self.columns["bid"], self.columns["ask"]
        return np.where((bid > 0.0) & (ask > bid), 0.5 * (bid + ask), self.columns["last"])

    def snapshots(self) -> Iterator[Snapshot]:
        """One expiry's instants that say enough; of a `part`."""
        c, premium = self.columns, self.premium
        for at_s in np.unique(c["at_s"]):
            here = (c["at_s"] == at_s) & (premium > 0.0)
            if here.sum() > 6 and c["years"][here][0] > 0.0:
                made = _snapshot(at_s, {name: column[here] for name, column in c.items()}, premium[here])
                if made is not None:
                    yield made

    def deviation_bps(self) -> float:
        """Median of what the money's options are priced for to expiry."""
        return 1e4 * float(np.median([s.deviation for s in self.snapshots()]))

    def smile(self, away: float) -> float:
        """Median volatility so many standard deviations from the money, by that at the money."""
        found = list(self.snapshots())
        xs, ys = np.concatenate([s.away for s in found]), np.concatenate([s.ratio for s in found])
        return float(np.median(ys[np.abs(xs - away) < 0.25]))

    def away(self) -> Floats:
        """Whole strikes out of the money of each row; below 0 in the money."""
        c = self.columns
        forward = _forwards(c, self.premium)
        side = np.where(c["is_call"] > 0.0, 1.0, -1.0)
        return np.rint(side * (c["strike"] - forward) / self.step)

    def spread_pct(self, low: float, high: float) -> float:
        """Median spread in percent of the premium, of premiums in a range and at most 1.5 % in the money."""
        c, premium = self.columns, self.premium
        quoted = (c["bid"] > 0.0) & (c["ask"] > c["bid"]) & (premium >= low) & (premium < high)
        quoted &= self.away() * self.step > -0.015 * np.median(c["strike"])
        return float(np.median(100.0 * (c["ask"] - c["bid"])[quoted] / premium[quoted]))

    def mean(self, name: str, low: float, high: float) -> float:
        """Of a column in lots, from so many strikes out of the money to so many."""
        away = self.away()
        return float(np.nanmean(self.columns[name][(away >= low) & (away <= high)])) / self.lot

    def call_share(self) -> float:
        """Of the open interest."""
        held, is_call = self.columns["open_interest"], self.columns["is_call"] > 0.0
        return float(np.nansum(held[is_call]) / np.nansum(held))

    def flow(self) -> float:
        """Median standard deviation of a contract's open interest from minute to minute, as a fraction."""
        return float(np.median([np.std(moves) for moves in self._flows()]))

    def build_pct(self) -> float:
        """Change of the contracts' open interest over the part of the day, each weighing what it held; percent."""
        held = [series for series in self._of_contracts("open_interest") if len(series) > 1]
        return 100.0 * (sum(s[-1] for s in held) / sum(s[0] for s in held) - 1.0)

    def changing(self, name: str, nearest: float) -> float:
        """Share of the rows, near the money, whose value differs from that of the row before."""
        close = np.abs(self.away()) <= nearest
        changes = [np.diff(series) != 0.0 for series in self._of_contracts(name, close)]
        return float(np.mean(np.concatenate(changes)))

    def trading(self, nearest: float) -> float:
        """Share of the rows, near the money, with any volume."""
        volume = self.columns["volume"][np.abs(self.away()) <= nearest]
        return float(np.mean(volume[~np.isnan(volume)] > 0.0))

    def _flows(self) -> Iterator[Floats]:
        for series in self._of_contracts("open_interest"):
            if len(series) > 60 and series.min() > 1000 * self.lot:
                yield np.diff(np.log(series))

    def _of_contracts(self, name: str, kept: Flags | None = None) -> Iterator[Floats]:
        c = self.columns
        known = ~np.isnan(c[name]) if kept is None else kept & ~np.isnan(c[name])
        for contract in np.unique(c["contract"]):
            yield c[name][known & (c["contract"] == contract)]

    # --- the underlying
    def returns_bps(self) -> Floats:
        """Log returns of the minutes."""
        return 1e4 * np.diff(np.log(self.prices))

    def volatility_bps(self) -> float:
        """Of a session, by its minutes."""
        return float(np.std(self.returns_bps()) * np.sqrt(self.length_s / 60.0))

    def kurtosis(self) -> float:
        """3 for a normal distribution."""
        moves = self.returns_bps()
        return float(np.mean(moves**4) / np.mean(moves**2) ** 2)

    def wandering(self) -> float:
        """Standard deviation of the logarithm of the half hours' volatility."""
        moves = self.returns_bps()
        return float(np.std([np.log(np.std(moves[i : i + 30])) for i in range(0, len(moves) - 29, 30)]))

    def jumps(self) -> float:
        """Share of the minutes that move by more than four times what is usual in the half hour around them."""
        sizes = np.abs(self.returns_bps())
        around = [np.median(sizes[max(0, i - 15) : i + 15]) / 0.6745 for i in range(len(sizes))]
        return float(np.mean(sizes > 4.0 * np.array(around)))


def figures(recording: Recording, underlying: str, *, until_s: float = np.inf) -> Figures:
    """Of the two nearest expiries up to a time; volumes and open interest as recorded, in units of `Figures.lot`."""
    profile = market(recording.market)
    any_of = next(iter(recording.instruments.values()))
    day = min(i.expiry for i in recording.instruments.values() if i.expiry is not None)
    session = hours(profile, underlying, None, None, day)
    assert session is not None
    open_s = session.open_at.timestamp()
    expiries = sorted({i.expiry for i in recording.instruments.values() if i.expiry is not None})[:2]
    numbers = {symbol: number for number, symbol in enumerate(recording.instruments)}
    last_s = {}
    for symbol, instrument in recording.instruments.items():
        last = last_trading_at(profile, instrument)
        assert last is not None
        last_s[symbol] = last.timestamp()
    rows: list[tuple[object, ...]] = []
    prices: dict[int, float] = {}
    for batch in recording.batches:
        at_s = batch.at_ns / NS - open_s
        if at_s > until_s:
            break
        for price in batch.underlyings:
            if price.price is not None:
                prices[int(at_s // 60)] = price.price
        for q in batch.quotes:
            instrument = recording.instruments[q.symbol]
            if instrument.expiry in expiries:
                if not batch.underlyings and q.underlying_price is not None:
                    prices[int(at_s // 60)] = q.underlying_price
                rows.append(
                    (at_s, expiries.index(instrument.expiry), instrument.strike, instrument.right == "C", q.bid, q.ask,
                     q.last, q.volume, q.open_interest, (last_s[q.symbol] - batch.at_ns / NS) / YEAR_S,
                     numbers[q.symbol])
                )  # fmt: skip
    table = np.array(rows, dtype=np.float64)  # None becomes NaN
    columns = {name: table[:, i] for i, name in enumerate(COLUMNS)}
    strikes = np.unique(columns["strike"][columns["expiry"] == 0])
    return Figures(
        length_s=session.close_at.timestamp() - open_s,
        step=float(np.median(np.diff(strikes))),
        columns=columns,
        prices=np.array([prices[minute] for minute in sorted(prices)]),
        lot=float(any_of.lot) if recording.oi_unit == "contracts" else 1.0,
    )


def _forwards(c: dict[str, Floats], premium: Floats) -> Floats:
    """Each row's forward by parity."""
    found = np.full(len(premium), np.nan)
    for at_s in np.unique(c["at_s"]):
        here = c["at_s"] == at_s
        forward = _forward(c["strike"][here], c["is_call"][here] > 0.0, premium[here])
        found[here] = np.nan if forward is None else forward
    return found


def _forward(strike: Floats, is_call: Flags, premium: Floats) -> float | None:
    """Of the two strikes whose call and put differ least; None where there are not two."""
    calls = dict(zip(strike[is_call].tolist(), premium[is_call].tolist(), strict=True))
    puts = dict(zip(strike[~is_call].tolist(), premium[~is_call].tolist(), strict=True))
    pairs = sorted((abs(calls[k] - puts[k]), k + calls[k] - puts[k]) for k in calls if k in puts)
    known = [forward for gap, forward in pairs if gap == gap][:2]
    return None if len(known) < 2 else sum(known) / 2.0


def _snapshot(at_s: float, c: dict[str, Floats], premium: Floats) -> Snapshot | None:
    is_call, strike, years = c["is_call"] > 0.0, c["strike"], float(c["years"][0])
    forward = _forward(strike, is_call, premium)
    if forward is None:
        return None
    deviation = chain_greeks(premium, forward, strike, years, is_call).iv * np.sqrt(years)
    outer = (is_call == (strike >= forward)) & ~np.isnan(deviation) & (premium > LEAST_PREMIUM)
    if outer.sum() < 4:
        return None
    order = np.argsort(strike[outer])
    strikes, found = strike[outer][order], deviation[outer][order]
    middle = float(np.interp(forward, strikes, found))
    return Snapshot(at_s, forward, middle, np.log(strikes / forward) / middle, found / middle)
