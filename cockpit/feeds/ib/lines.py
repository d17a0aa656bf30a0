"""The subscriptions and what has come on them since the last batch: ticks in between are folded into one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cockpit.domain.instrument import Instrument
from cockpit.events import NS, Batch, Quoted, UnderlyingQuoted
from cockpit.feeds.ib.translate import at_least_zero, known, price_of, quoted
from cockpit.market.terms import MODELLED

RESTATE_NS = 5 * NS // 2
"""The broker tells changes only. What stands unchanged for so long, half the limit of a quote, is said again."""


@dataclass(slots=True, kw_only=True, eq=False)
class Line:
    """One subscription: of an option, or of an underlying where there is no instrument."""

    contract: Any  # the library's
    underlying: str
    instrument: Instrument | None
    ticker: Any = None
    refused: int | None = None  # why it gets no data: the broker's code
    said_ns: int = 0  # its last row; 0: none on this connection
    volume: float | None = None  # of the day, of the underlying, at its last row
    traded: Any = None  # what told of the last trade of the option, at its last row


class Lines:
    """All lines of a feed, across its connections."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.all: Sequence[Line] = tuple(lines)
        self.given: set[str] = set()
        """The Greeks that the broker has given of some contract."""
        self._by_contract = {line.contract.conId: line for line in self.all}
        self._by_ticker: dict[Any, Line] = {}
        self._changed: dict[Line, None] = {}
        self._at_ns = 0

    def of(self, contract: Any) -> Line | None:
        """The line of one of the library's contracts."""
        return None if contract is None else self._by_contract.get(contract.conId)

    def attach(self, line: Line, ticker: Any) -> None:
        """From now on that ticker speaks for the line."""
        self._by_ticker.pop(line.ticker, None)
        line.ticker, line.refused, line.said_ns = ticker, None, 0
        self._by_ticker[ticker] = line

    def detach(self) -> None:
        """The connection has gone and its tickers with it."""
        self._by_ticker.clear()
        self._changed.clear()
        for line in self.all:
            line.ticker, line.refused, line.said_ns = None, None, 0

    def mark(self, tickers: Iterable[Any]) -> None:
        """These tickers have changed."""
        for ticker in tickers:
            line = self._by_ticker.get(ticker)
            if line is not None:
                self._changed[line] = None

    def batch(self, now_ns: int, *, restate: bool) -> Batch | None:
        """What has changed since the last one and, if asked, what has stood for long; None when that is nothing.

        Every batch is later than the one before, even where the machine's clock was set back.
        """
        due = dict(self._changed)
        at_ns = max(now_ns, self._at_ns + 1)
        if restate:
            due |= {line: None for line in self.all if line.said_ns and at_ns - line.said_ns >= RESTATE_NS}
        self._changed.clear()
        quotes: list[Quoted] = []
        underlyings: list[UnderlyingQuoted] = []
        for line in due:
            row = _underlying(line, at_ns) if line.instrument is None else self._option(line, line.instrument, at_ns)
            if isinstance(row, Quoted):
                quotes.append(row)
            elif row is not None:
                underlyings.append(row)
        if not quotes and not underlyings:
            return None
        self._at_ns = at_ns
        return Batch(at_ns, tuple(quotes), tuple(underlyings))

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


def _underlying(line: Line, at_ns: int) -> UnderlyingQuoted | None:
    price = price_of(line.ticker)
    if price is None:
        return None
    total, before = at_least_zero(line.ticker.volume), line.volume
    line.volume = before if total is None else total
    line.said_ns = at_ns
    since = None if total is None or before is None or total < before else total - before
    return UnderlyingQuoted(line.underlying, at_ns, price=price, volume=since)
