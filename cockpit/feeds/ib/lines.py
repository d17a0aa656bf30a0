"""The subscriptions and what has come on them since the last batch: ticks in between are folded into one row."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from math import nan
from typing import Any

from cockpit.domain.instrument import Instrument
from cockpit.events import NS, Batch, FeaturesGiven, Quoted, UnderlyingQuoted
from cockpit.feeds.ib.translate import at_least_zero, known, price_of, quoted
from cockpit.ib.notices import COMPETING
from cockpit.market.terms import MODELLED

RESTATE_NS = 5 * NS // 2
"""The broker tells changes only. What stands unchanged for so long, half the limit of a quote, is said again."""
LOOK_NS = NS // 4  # how often it is looked for
HELD = 1  # the turn of what positions are in; before it is what they are priced by
INDEX_LIMIT_NS = 60 * NS
"""A volatility index is told every 15 s; where it has not been known to stand for so long, it is unknown."""


@dataclass(slots=True, kw_only=True, eq=False)
class Line:
    """One subscription: of an option, or of a share or index where there is no instrument."""

    contract: Any  # the library's
    underlying: str
    instrument: Instrument | None
    share: Instrument | None = None  # of an underlying that is held itself: its quotes are said beside its price
    volatility_of: tuple[str, ...] = ()  # the underlyings whose volatility index this is
    is_underlying: bool = True  # its price is said; not of an index that only tells volatility
    is_benchmark: bool = False  # of no option: it goes last
    is_held: bool = False  # a position or an order is, or was, in it: it stays
    is_wanting: bool = True  # to be subscribed
    ticker: Any = None
    asked: Any = None  # the contract object with which that was asked for
    refused: int | None = None  # why it gets no data: the broker's code
    said_ns: int = 0  # its last row; 0: none on this connection
    volume: float | None = None  # of the day, of the underlying, at its last row
    traded: Any = None  # what told of the last trade of the option, at its last row
    index: float | None = None  # the volatility index as last said
    stood_ns: int = 0  # when that was last known to stand

    @property
    def listed(self) -> Instrument | None:
        """What may be held on it."""
        return self.share if self.instrument is None else self.instrument

    def hold(self, instrument: Instrument) -> None:
        """A position or an order is in it."""
        self.is_held = True
        if self.instrument is None:
            self.share = instrument

    @property
    def is_taken(self) -> bool:
        """Whether TWS counts it as a market-data line; quotes that another session has are only interrupted."""
        return self.ticker is not None and self.refused in (None, COMPETING)

    def turn(self, held: Collection[str]) -> int:
        """Which are subscribed first: what positions are supervised by, and then the rest of the chain."""
        if self.instrument is not None:
            return HELD if self.is_held or self.instrument.symbol in held else 3
        return 4 if self.is_benchmark else 0 if self.is_underlying else 2


class Lines:
    """All lines of a feed, across its connections."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.all: dict[Line, None] = {}  # in order
        self.given: set[str] = set()
        """The Greeks that the broker has given of some contract."""
        self.held: Callable[[], Collection[str]] = frozenset
        """The contracts of positions and orders."""
        self._indexes: list[Line] = []
        self._by_contract: dict[int, Line] = {}
        self._by_ticker: dict[Any, Line] = {}
        self._changed: dict[Line, None] = {}
        self._at_ns = self._looked_ns = 0
        self.add(lines)

    def add(self, lines: Iterable[Line]) -> None:
        """Further lines, to be subscribed."""
        for line in lines:
            self.all[line] = None
            self._by_contract[line.contract.conId] = line
            if line.volatility_of:
                self._indexes.append(line)

    def remove(self, line: Line) -> None:
        """The line is no more."""
        del self.all[line], self._by_contract[line.contract.conId]
        self._changed.pop(line, None)
        self._by_ticker.pop(line.ticker, None)

    def of(self, contract: Any) -> Line | None:
        """The line of one of the library's contracts."""
        return None if contract is None else self._by_contract.get(contract.conId)

    def come_from(self, farm: str) -> bool:
        """Whether a market-data farm of that name may serve any of them: those of the US have their own."""
        markets = {line.instrument.market for line in self.all if line.instrument is not None}
        return markets != {"us"} or farm.startswith("us")

    def is_held(self, line: Line | None) -> bool:
        """Whether positions are supervised by it."""
        return line is not None and line.turn(self.held()) <= HELD

    def next_wanting(self) -> Line | None:
        """The line that is to be subscribed next: what is held goes first."""
        wanting = [line for line in self.all if line.is_wanting]
        if not wanting:
            return None
        symbols = self.held()
        return min(wanting, key=lambda line: line.turn(symbols))

    def attach(self, line: Line, ticker: Any) -> None:
        """From now on that ticker speaks for the line."""
        self._by_ticker.pop(line.ticker, None)
        line.ticker, line.refused, line.said_ns, line.is_wanting = ticker, None, 0, False
        self._by_ticker[ticker] = line

    def detach(self) -> None:
        """The connection has gone and its tickers with it."""
        self._by_ticker.clear()
        self._changed.clear()
        for line in self.all:
            line.ticker, line.refused, line.said_ns, line.is_wanting = None, None, 0, True

    def mark(self, tickers: Iterable[Any]) -> None:
        """These tickers have changed."""
        for ticker in tickers:
            line = self._by_ticker.get(ticker)
            if line is not None:
                self._changed[line] = None

    def begin_after(self, at_ns: int) -> None:
        """Batches are later than that instant."""
        self._at_ns = max(self._at_ns, at_ns)

    def batch(self, now_ns: int, *, restate: bool) -> Batch | None:
        """What has changed since the last one and, if asked, what has stood for long; None when that is nothing.

        Every batch is later than the one before, even where the machine's clock was set back.
        """
        due, self._changed = self._changed, {}
        at_ns = max(now_ns, self._at_ns + 1)
        given = self._given(at_ns, due, stands=restate)
        if restate and at_ns - self._looked_ns >= LOOK_NS:
            self._looked_ns = at_ns
            due |= {line: None for line in self.all if line.said_ns and at_ns - line.said_ns >= RESTATE_NS}
        quotes: list[Quoted] = []
        underlyings: list[UnderlyingQuoted] = []
        for line in due:
            if line.instrument is not None:
                row = self._option(line, line.instrument, at_ns)
                if row is not None:
                    quotes.append(row)
            elif line.is_underlying:
                row = None if line.share is None else self._option(line, line.share, at_ns)
                if row is not None:
                    quotes.append(row)
                moved = _underlying(line, at_ns)
                if moved is not None:
                    underlyings.append(moved)
        if not quotes and not underlyings and not given:
            return None
        self._at_ns = at_ns
        return Batch(at_ns, tuple(quotes), tuple(underlyings), given)

    def _option(self, line: Line, contract: Instrument, at_ns: int) -> Quoted | None:
        row = quoted(contract, line.ticker, at_ns)
        if not line.said_ns and all(value is None for value in row[2:]):
            return None  # it has only begun
        traded = (row.last, known(line.ticker.lastSize), row.volume_cum)
        if line.said_ns and traded == line.traded:
            row = row._replace(last=None)  # it is no news, and must not look like a trade of now
        line.said_ns, line.traded = at_ns, traded
        if len(self.given) < len(MODELLED):
            self.given |= {name for name in MODELLED if getattr(row, name) is not None}
        return row

    def _given(self, at_ns: int, due: Collection[Line], *, stands: bool) -> tuple[FeaturesGiven, ...]:
        """What is new of the volatility indexes; NaN says that one is unknown from now on."""
        rows: list[FeaturesGiven] = []
        for line in self._indexes:
            value = None if line.ticker is None or line.refused is not None else price_of(line.ticker)
            if stands or line in due:
                line.stood_ns = at_ns
            elif at_ns - line.stood_ns > INDEX_LIMIT_NS:
                value = None
            if value != line.index:
                line.index = value
                told = nan if value is None else value
                rows += [FeaturesGiven(name, at_ns, volatility_index=told) for name in line.volatility_of]
        return tuple(rows)


def _underlying(line: Line, at_ns: int) -> UnderlyingQuoted | None:
    price = price_of(line.ticker)
    if price is None:
        return None
    total, before = at_least_zero(line.ticker.volume), line.volume
    line.volume = before if total is None else total
    line.said_ns = at_ns
    since = None if total is None or before is None or total < before else total - before
    return UnderlyingQuoted(line.underlying, at_ns, price=price, volume=since)
