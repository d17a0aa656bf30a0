"""Simulates a whole option chain for a day, as a recording whose rows are made when they are asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath
from typing import NamedTuple, overload

import numpy as np
from numpy.random import RandomState

from cockpit.events import Batch, Quoted, UnderlyingQuoted
from cockpit.feeds.recording import Recording
from cockpit.feeds.simulated_chain import (
    LOT,
    STRIKE_STEP,
    Chain,
    Flags,
    Ints,
    book,
    chain_of,
    open_interest,
    traded,
    worth,
)
from cockpit.feeds.simulated_path import (
    MARKET,
    STEP_NS,
    STEPS_PER_MIN,
    STEPS_PER_S,
    UNDERLYING,
    Floats,
    Path,
)

COLUMNS = frozenset(
    ("ts", "symbol", "underlying", "expiry", "strike", "right", "bid", "ask", "bid_size", "ask_size", "last", "volume",
     "open_interest", "underlying_price", "iv", "delta", "gamma", "theta", "vega", "rho")
)  # fmt: skip
INTERVAL_S = 1.0
HISTORY_STEPS = 5 * STEPS_PER_S  # between two prices of the underlying before the live part
PER_HISTORY_MIN = STEPS_PER_MIN // HISTORY_STEPS
SPAN_MIN = 10  # of the history made at once
PER_HISTORY_SPAN = SPAN_MIN * PER_HISTORY_MIN
SPAN_STEPS = 15 * STEPS_PER_S  # made at once in the live part: 5 ms of work
WATCHED, NEAR, FAR = 2, 4, 16  # steps between two quotes of a contract
NEAR_POINTS = 1.6 * STRIKE_STEP
JITTER_MS = 200  # rows come at most so long after their quarter second
FUTURES_PER_S = 60.0  # lots of the underlying's future, whose volume stands in for the index's own
KEPT_SPANS = 18  # the history and a minute: read to warm the features, then passed over when the rest is played


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
    The rows are a function of the day and `attention` alone. `rows` of the recording is 0: there is no file.
    """
    chain = chain_of(path.day)
    return Recording(
        path=FilePath(name),
        name=name,
        market=MARKET,
        instruments={i.symbol: i for i in chain.instruments},
        # annotated as a list, used as a sequence
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
    """The batches of a simulated day, made a span of time at once; the newest spans are kept."""

    def __init__(self, path: Path, chain: Chain, attention: Sequence[Attention]) -> None:
        self._path = path
        self._chain = chain
        self._symbols = [i.symbol for i in chain.instruments]
        self._attention = [(a, self._symbols.index(a.symbol)) for a in attention]
        self._history = path.day.history_min * PER_HISTORY_MIN  # batches before those of the live part
        self._past_spans = -(-self._history // PER_HISTORY_SPAN)
        self._spans_of_all = self._past_spans + path.day.minutes * STEPS_PER_MIN // SPAN_STEPS
        self._spans: dict[int, list[Batch]] = {}

    def __len__(self) -> int:
        return self._history + (self._spans_of_all - self._past_spans) * SPAN_STEPS

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
        later = i - self._history
        if later < 0:
            return self._span(i // PER_HISTORY_SPAN)[i % PER_HISTORY_SPAN]
        return self._span(self._past_spans + later // SPAN_STEPS)[later % SPAN_STEPS]

    def __iter__(self) -> Iterator[Batch]:
        for number in range(self._spans_of_all):
            yield from self._span(number)

    def _span(self, number: int) -> list[Batch]:
        kept = self._spans
        made = kept.pop(number, None)
        if made is None:
            made = self._past(number) if number < self._past_spans else self._present(number - self._past_spans)
        kept[number] = made
        if len(kept) > KEPT_SPANS:
            del kept[next(iter(kept))]
        return made

    def _past(self, number: int) -> list[Batch]:
        """Minutes of the history: prices of the underlying, and with the last of each minute the whole chain."""
        begin = number * PER_HISTORY_SPAN
        steps = HISTORY_STEPS * np.arange(begin + 1, min(begin + PER_HISTORY_SPAN, self._history) + 1)
        at_ns = self._path.day.first_ns + steps * STEP_NS
        count, ends = len(self._symbols), np.arange(PER_HISTORY_MIN - 1, len(steps), PER_HISTORY_MIN)
        which = np.tile(np.arange(count), len(ends))
        quotes = self._quotes(
            steps[ends].repeat(count), which, np.full(len(which), 60.0), at_ns[ends].repeat(count)
        )  # fmt: skip
        made = [Batch(price.at_ns, underlyings=(price,)) for price in self._prices(steps, at_ns)]
        for i, end in enumerate(ends.tolist()):
            made[end] = made[end]._replace(quotes=tuple(quotes[i * count : (i + 1) * count]))
        return made

    def _present(self, number: int) -> list[Batch]:
        """A span of the live part, one batch a step."""
        day = self._path.day
        steps = self._history * HISTORY_STEPS + number * SPAN_STEPS + np.arange(SPAN_STEPS)
        late_ms = RandomState([day.seed, 4, number]).randint(1, JITTER_MS, SPAN_STEPS)
        at_ns = day.first_ns + steps * STEP_NS + late_ms * 1_000_000
        due, seconds = self._due(steps)
        rows, which = np.nonzero(due)
        quotes = self._quotes(steps[rows], which, seconds[rows, which], at_ns[rows])
        prices = self._prices(steps[::STEPS_PER_S], at_ns[::STEPS_PER_S])
        ends = np.searchsorted(rows, np.arange(SPAN_STEPS + 1)).tolist()
        return [
            Batch(at, tuple(quotes[ends[i] : ends[i + 1]]), (prices[i // STEPS_PER_S],) if i % STEPS_PER_S == 0 else ())
            for i, at in enumerate(at_ns.tolist())
        ]

    def _due(self, steps: Ints) -> tuple[Flags, Floats]:
        """Which contracts are quoted at which step, and the seconds since their quote before; steps by contracts."""
        chain, day = self._chain, self._path.day
        is_near = np.abs(chain.strike - self._path.spot[steps][:, None]) <= NEAR_POINTS
        every = np.where(is_near, NEAR, FAR)
        is_silent = np.zeros_like(is_near)
        at_ns = day.first_ns + steps * STEP_NS
        for attention, i in self._attention:
            lasts = (at_ns >= attention.begin_ns) & (at_ns < attention.end_ns)
            if attention.silent:
                is_silent[lasts, i] = True
            else:
                every[lasts, i] = WATCHED
        phase = np.arange(len(chain.instruments)) * 7
        return ((steps[:, None] + phase) % every == 0) & ~is_silent, every / float(STEPS_PER_S)

    def _prices(self, steps: Ints, at_ns: Ints) -> list[UnderlyingQuoted]:
        """Rows of the underlying; `steps` are evenly spaced."""
        random = RandomState([self._path.day.seed, 5, int(steps[0])])
        seconds = float(steps[1] - steps[0]) / STEPS_PER_S
        volumes = LOT * random.poisson(FUTURES_PER_S * seconds * self._path.volume[steps])
        rows = zip(at_ns.tolist(), self._path.spot[steps].tolist(), volumes.tolist(), strict=True)
        return [UnderlyingQuoted(UNDERLYING, at, price=spot, volume=float(volume)) for at, spot, volume in rows]

    def _quotes(self, steps: Ints, which: Ints, seconds: Floats, at_ns: Ints) -> list[Quoted]:
        """Rows of the contracts `which` at `steps`, `seconds` after their row before."""
        path, chain = self._path, self._chain
        value = worth(path, chain, steps, which)
        quoted = book(path, chain, steps, which, value.premium)
        volumes = traded(path, chain, steps, which, seconds).tolist()
        is_bought = RandomState([path.day.seed, 6, int(steps[0])]).uniform(size=len(which)) < 0.5
        lasts = np.where(is_bought, quoted.ask, quoted.bid).tolist()
        return list(
            map(
                Quoted,
                map(self._symbols.__getitem__, which.tolist()),
                at_ns.tolist(),
                *(column.tolist() for column in quoted),
                [last if volume else None for last, volume in zip(lasts, volumes, strict=True)],
                volumes,
                [None] * len(which),  # volume_cum: `volume` says it
                open_interest(path, chain, steps, which).tolist(),
                path.spot[steps].tolist(),
                *(column.tolist() for column in value[1:]),
            )
        )
