"""Simulates a whole option chain for a day, as a recording whose rows are made when they are asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath
from typing import NamedTuple, overload

import numpy as np
from numpy.random import RandomState

from cockpit.events import NS, Batch, Quoted, UnderlyingQuoted
from cockpit.feeds.recording import Recording
from cockpit.feeds.simulated_chain import LOT, STRIKE_STEP, Chain, Flags, Ints, book, chain_of, open_interest, traded, worth
from cockpit.feeds.simulated_path import MARKET, STEP_NS, STEPS_PER_MIN, STEPS_PER_S, UNDERLYING, Path

COLUMNS = frozenset(
    ("ts", "symbol", "underlying", "expiry", "strike", "right", "bid", "ask", "bid_size", "ask_size", "last", "volume",
     "open_interest", "underlying_price", "iv", "delta", "gamma", "theta", "vega", "rho")
)  # fmt: skip
INTERVAL_S = 1.0
HISTORY_STEPS = 5 * STEPS_PER_S  # between two prices of the underlying before the live part
PER_HISTORY_MIN = STEPS_PER_MIN // HISTORY_STEPS
WATCHED, NEAR, FAR = 2, 4, 16  # steps between two quotes of a contract
NEAR_POINTS = 1.6 * STRIKE_STEP
JITTER_NS = 200_000_000  # rows come some time after their quarter second
FUTURES_PER_S = 60.0  # lots of the underlying's future, whose volume stands in for the index's own
KEPT_MINUTES = 2


class Attention(NamedTuple):
    """A contract that is quoted twice a second for a while, or not at all."""

    symbol: str
    begin_ns: int
    end_ns: int
    silent: bool = False


def simulate(path: Path, attention: Sequence[Attention] = (), *, name: str = "simulated") -> Recording:
    """The day of `path` as a recording.

    In its history every contract has a row a minute, at the whole minute, and the underlying a price every five
    seconds; in its live part contracts near the money are quoted every second, the others every four, a few at a time.
    The rows are a function of the plan and `attention` alone.
    """
    chain = chain_of(path.plan)
    return Recording(
        path=FilePath(name),
        name=name,
        market=MARKET,
        instruments={i.symbol: i for i in chain.instruments},
        batches=SimulatedBatches(path, chain, attention),
        interval_s=INTERVAL_S,
        has_quotes=True,
        columns=COLUMNS,
        underlying_is_bars=frozenset(),
        guessed=(),
        oi_unit="contracts",
        rows=0,
        refused={},
        refused_rows={},
    )


class SimulatedBatches(Sequence[Batch]):
    """The batches of a simulated day, made a minute at a time and the last few minutes kept."""

    def __init__(self, path: Path, chain: Chain, attention: Sequence[Attention]) -> None:
        self._path = path
        self._chain = chain
        self._attention = [(a, self._index(a.symbol)) for a in attention]
        self._minutes: dict[int, list[Batch]] = {}

    def _index(self, symbol: str) -> int:
        return next(i for i, instrument in enumerate(self._chain.instruments) if instrument.symbol == symbol)

    def __len__(self) -> int:
        plan = self._path.plan
        return plan.history_min * PER_HISTORY_MIN + plan.minutes * STEPS_PER_MIN

    @overload
    def __getitem__(self, at: int) -> Batch: ...
    @overload
    def __getitem__(self, at: slice) -> list[Batch]: ...
    def __getitem__(self, at: int | slice) -> Batch | list[Batch]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        i = at + len(self) if at < 0 else at
        if not 0 <= i < len(self):
            raise IndexError(at)
        history_min = self._path.plan.history_min
        if i < history_min * PER_HISTORY_MIN:
            return self._minute(i // PER_HISTORY_MIN)[i % PER_HISTORY_MIN]
        i -= history_min * PER_HISTORY_MIN
        return self._minute(history_min + i // STEPS_PER_MIN)[i % STEPS_PER_MIN]

    def __iter__(self) -> Iterator[Batch]:
        plan = self._path.plan
        for minute in range(plan.history_min + plan.minutes):
            yield from self._minute(minute)

    def _minute(self, minute: int) -> list[Batch]:
        kept = self._minutes
        made = kept.pop(minute, None)
        if made is None:
            made = self._history(minute) if minute < self._path.plan.history_min else self._live(minute)
        kept[minute] = made
        if len(kept) > KEPT_MINUTES:
            del kept[next(iter(kept))]
        return made

    def _history(self, minute: int) -> list[Batch]:
        steps = minute * STEPS_PER_MIN + HISTORY_STEPS * np.arange(1, PER_HISTORY_MIN + 1)
        at_ns = self._path.plan.first_ns + steps * STEP_NS
        which = np.arange(len(self._chain.instruments))
        last = np.full(len(which), steps[-1])
        quotes = self._quotes(last, which, np.full(len(which), 60.0), at_ns[-1:].repeat(len(which)))
        prices = self._prices(steps, at_ns)
        return [
            Batch(price.at_ns, quotes=tuple(quotes) if i == PER_HISTORY_MIN - 1 else (), underlyings=(price,))
            for i, price in enumerate(prices)
        ]

    def _live(self, minute: int) -> list[Batch]:
        plan = self._path.plan
        steps = minute * STEPS_PER_MIN + np.arange(STEPS_PER_MIN)
        jitter_ms = RandomState([plan.seed, 4, minute]).randint(1, JITTER_NS // 1_000_000, STEPS_PER_MIN)
        at_ns = plan.first_ns + steps * STEP_NS + jitter_ms * 1_000_000
        due, seconds = self._due(steps)
        rows, which = np.nonzero(due)
        quotes = self._quotes(steps[rows], which, seconds[rows, which], at_ns[rows])
        prices = self._prices(steps[::STEPS_PER_S], at_ns[::STEPS_PER_S])
        ends = np.searchsorted(rows, np.arange(STEPS_PER_MIN + 1)).tolist()
        return [
            Batch(
                at,
                quotes=tuple(quotes[ends[i] : ends[i + 1]]),
                underlyings=(prices[i // STEPS_PER_S],) if i % STEPS_PER_S == 0 else (),
            )
            for i, at in enumerate(at_ns.tolist())
        ]

    def _due(self, steps: Ints) -> tuple[Flags, np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
        """Which contracts are quoted at which step, and the seconds since their quote before; steps by contracts."""
        chain, plan = self._chain, self._path.plan
        count = len(chain.instruments)
        is_near = np.abs(chain.strike - self._path.spot[steps][:, None]) <= NEAR_POINTS
        every = np.where(is_near, NEAR, FAR)
        at_ns = plan.first_ns + steps * STEP_NS
        for attention, i in self._attention:
            span = (at_ns >= attention.begin_ns) & (at_ns < attention.end_ns)
            every[span, i] = 0 if attention.silent else WATCHED
        phase = np.arange(count) * 7
        spoken = every > 0
        due = spoken & ((steps[:, None] + phase) % np.where(spoken, every, 1) == 0)
        return due, every / float(STEPS_PER_S)

    def _prices(self, steps: Ints, at_ns: Ints) -> list[UnderlyingQuoted]:
        random = RandomState([self._path.plan.seed, 5, int(steps[0])])
        seconds = float(steps[1] - steps[0]) / STEPS_PER_S
        lots = random.poisson(FUTURES_PER_S * seconds * self._path.volume[steps])
        spots = np.round(self._path.spot[steps], 2).tolist()
        return [
            UnderlyingQuoted(UNDERLYING, at, price=spot, volume=volume)
            for at, spot, volume in zip(at_ns.tolist(), spots, (LOT * lots.astype(np.float64)).tolist(), strict=True)
        ]

    def _quotes(self, steps: Ints, which: Ints, seconds: np.ndarray[tuple[int], np.dtype[np.float64]], at_ns: Ints) -> list[Quoted]:
        path, chain = self._path, self._chain
        value = worth(path, chain, steps, which)
        quoted = book(path, chain, steps, which, value.premium)
        volume = traded(path, chain, steps, which, seconds)
        bought = RandomState([path.plan.seed, 6, int(steps[0])]).uniform(size=len(which)) < 0.5
        lasts = np.where(bought, quoted.ask, quoted.bid).tolist()
        volumes = volume.tolist()
        instruments = chain.instruments
        return list(
            map(
                Quoted,
                [instruments[i].symbol for i in which.tolist()],
                at_ns.tolist(),
                *(column.tolist() for column in quoted),
                [last if traded else None for last, traded in zip(lasts, volumes, strict=True)],
                volumes,
                [None] * len(which),
                open_interest(path, chain, steps, which).tolist(),
                np.round(path.spot[steps], 2).tolist(),
                *(column.tolist() for column in value[1:]),
            )
        )
