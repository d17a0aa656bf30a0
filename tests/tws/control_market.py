"""What a test may do to the market: list contracts, set quotes, Greeks and bars, halt, withhold permission."""

import asyncio
from typing import Literal

from tests.tws import ticks
from tests.tws.contracts import Listing
from tests.tws.floor import Floor
from tests.tws.market import Bar, Quote
from tests.tws.ticks import Greeks

_BATCH_S = 0.01


class MarketControl:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._stream: asyncio.TimerHandle | None = None
        self._streamed = 0

    def list_contracts(self, listings: list[Listing]) -> None:
        """Make contracts tradable; helpers that build them are in `contracts`."""
        self._floor.listings.add(listings)

    def set_market_rule(self, rule: int, steps: list[tuple[float, float]]) -> None:
        """From which price on which increment holds; rules 26 (0.01) and 110 (0.05, from 3.00 on 0.10) are there."""
        self._floor.data.rules[rule] = steps

    def quote(
        self,
        con_id: int,
        bid: float | None = None,
        ask: float | None = None,
        last: float | None = None,
        sizes: tuple[float, float, float] = (10, 10, 1),
    ) -> None:
        """Replace a contract's quote, tell every subscriber, then fill what it touches. None is a side not quoted."""
        changed = self._floor.market.set_quote(con_id, Quote(bid=bid, ask=ask, last=last), sizes)
        self._floor.data.stream(con_id, changed)
        self._floor.orders.book.match([con_id])

    def tick(self, con_id: int, tick: int, value: str) -> None:
        """Set one tick by its number (27 and 28 open interest, 24 implied volatility, 37 mark…), as its word."""
        self._floor.data.stream(con_id, self._floor.market.set_tick(con_id, tick, value))

    def greeks(self, con_id: int, greeks: Greeks, tick: int = ticks.MODEL_GREEKS) -> None:
        """Set an option computation (10 bid, 11 ask, 12 last, 13 model); until then a subscriber is sent none."""
        self._floor.data.stream(con_id, self._floor.market.set_greeks(con_id, greeks, tick))

    def halt(self, con_id: int, kind: int = 1, rejects_orders: bool = False) -> None:
        """0 resumes, 1 halts, 2 is a volatility halt: nothing trades, and new orders rest or are refused (154)."""
        held = self._floor.market.of(con_id)
        held.halted, held.halt_rejects = kind, rejects_orders
        self.tick(con_id, ticks.HALTED, str(kind))
        self._floor.orders.book.match([con_id])

    def permission(self, con_id: int, kind: Literal["live", "none", "competing"]) -> None:
        """What the next request for its data gets: ticks; 354 (10167 and delayed ticks if asked for); 10197."""
        self._floor.market.of(con_id).permission = kind

    def liquidity(self, con_id: int, quantity: float | None) -> None:
        """How much the market takes from now on, in all; None is any quantity."""
        self._floor.market.of(con_id).liquidity = quantity
        self._floor.orders.book.match([con_id])

    def matching(self, on: bool) -> None:
        """Whether quotes fill orders; scripted fills always do."""
        self._floor.orders.book.is_matching = on

    def is_matching(self) -> bool:
        """Whether quotes fill orders now."""
        return self._floor.orders.book.is_matching

    def caution(self, on: bool = True) -> None:
        """From now on each fill ends the matching, so that a test can let it be heard of before the next one."""
        self._floor.orders.book.is_cautious = on

    def set_bars(self, con_id: int, what: str, bars: list[Bar]) -> None:
        """What a request for history answers, whatever length it asks for; `what` is TRADES, MIDPOINT…"""
        self._floor.market.of(con_id).bars[what] = bars

    def add_bar(self, con_id: int, what: str, bar: Bar) -> None:
        """A bar that requests which keep up to date are sent; one of the same time replaces the last."""
        bars = self._floor.market.of(con_id).bars.setdefault(what, [])
        if bars and bars[-1].at_s == bar.at_s:
            bars.pop()
        bars.append(bar)
        self._floor.data.stream_bar(con_id, what, bar)

    def pace_history(self, on: bool = True) -> None:
        """Whether the same question about the past is refused within 15 s, as the broker does."""
        self._floor.data.paces_history = on

    def auction(self, con_id: int, price: float, closing: bool = True) -> None:
        """Trade the orders that wait for the close (MOC, LOC) or for the open (time in force OPG) at one price."""
        self._floor.orders.book.auction(con_id, price, closing=closing)

    def stream(self, con_ids: list[int], updates_per_s: int) -> None:
        """Load: requote these contracts in turn, a cent up and a cent down, until told 0 updates per second."""
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None
        if updates_per_s:
            self._requote(con_ids, max(1, round(updates_per_s * _BATCH_S)))

    def streamed(self) -> int:
        """How many updates the load has made."""
        return self._streamed

    def _requote(self, con_ids: list[int], count: int) -> None:
        for _ in range(count):
            turn, n = divmod(self._streamed, len(con_ids))
            quote = self._floor.market.of(con_ids[n]).quote
            if quote.bid is not None and quote.ask is not None:
                step = 0.01 if turn % 2 == 0 else -0.01
                self.quote(con_ids[n], round(quote.bid + step, 2), round(quote.ask + step, 2), quote.last)
            self._streamed += 1
        self._stream = asyncio.get_running_loop().call_later(_BATCH_S, self._requote, con_ids, count)
