"""The live feed: connects, chooses its contracts, streams, and connects again for as long as it takes."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from cockpit.domain.errors import NoBroker
from cockpit.domain.instrument import Instrument
from cockpit.domain.trading_hours import trading_day
from cockpit.events import NS
from cockpit.feeds.ib.contracts import Wanted, check_one_recording, find_underlying, options_of
from cockpit.feeds.ib.first_price import first_price
from cockpit.feeds.ib.lines import Line, Lines
from cockpit.feeds.ib.stream import Push, Say, State, Stream, Timing
from cockpit.ib.budget import Budget
from cockpit.ib.connection import Address, connect, hang_up, waits_s
from cockpit.ib.trading import Trading
from cockpit.settings import market

STEADY_S = 10.0  # a connection that lasted so long was a good one: the next attempts begin without delay


class Feed:
    """Quotes of options and their underlyings, from one TWS or Gateway. It only reads: it never sends an order.

    `say` hears a sentence whenever something happens that a trader wants to know. Batches carry the time of `now_ns`,
    this machine's clock, at which they are pushed.
    """

    def __init__(
        self,
        address: Address,
        wanted: Wanted,
        *,
        say: Say,
        timing: Timing | None = None,
        now_ns: Callable[[], int] = time.time_ns,
        trading: Trading | None = None,
    ) -> None:
        self._address, self._wanted, self._say = address, wanted, say
        self._timing, self._now_ns = timing or Timing(), now_ns
        self._trading = trading
        self._lines = Lines(())
        self._ib: Any = None
        self._stream: Stream | None = None

    @property
    def instruments(self) -> dict[str, Instrument]:
        """The options that were chosen, by symbol."""
        return {line.instrument.symbol: line.instrument for line in self._lines.all if line.instrument is not None}

    @property
    def given(self) -> frozenset[str]:
        """The Greeks that the broker has given of some contract so far."""
        return frozenset(self._lines.given)

    @property
    def state(self) -> State:
        """How the connection is."""
        return "connecting" if self._stream is None else self._stream.state

    async def open(self) -> None:
        """Connects and chooses the contracts; raises NoBroker, or BadInput for what cannot be had."""
        wanted = self._wanted
        strikes = wanted.strikes_that_fit()
        self._ib = await connect(self._address, timeout_s=self._timing.connect_s)
        try:
            self._lines = Lines(await self._chosen(self._ib, Budget()))
        except ConnectionError as error:
            raise NoBroker(
                f"{self._address} has closed the connection: see that it is logged in, try again."
            ) from error
        check_one_recording(list(self.instruments.values()))
        if strikes < wanted.strikes:
            self._say(
                f"{wanted.lines} market-data lines hold {strikes} of {wanted.strikes} strikes a side; see --lines."
            )

    async def run(self, push: Push) -> None:
        """Pushes batches until it is cancelled, over as many connections as that takes; call it after `open`."""
        waits = waits_s(self._address.host)
        while True:
            began_s = time.monotonic()
            why = await self._streamed(push)
            self._say(f"{why}; it is connected again as soon as possible.")
            if time.monotonic() - began_s >= STEADY_S:
                waits = waits_s(self._address.host)
            await self._reconnect(waits)

    async def close(self) -> None:
        """Ends the connection, if there is one."""
        ib, self._ib = self._ib, None
        if ib is not None:
            await hang_up(ib)

    async def _streamed(self, push: Push) -> str:
        budget, trading = Budget(), self._trading
        self._stream = Stream(self._ib, self._lines, budget, say=self._say, timing=self._timing, trading=trading)
        why = "the connection was ended"
        try:
            if trading is not None:
                trading.link("synchronising", "asks what happened meanwhile")
                await trading.begin(self._ib, budget)
                trading.link("up", f"connected with {self._address}")
            why = await self._stream.run(push, self._now_ns)
            return why
        except (ConnectionError, NoBroker) as error:
            why = str(error) or "the connection was lost"
            return why
        finally:
            if trading is not None:
                trading.end(why)
                trading.link("connecting", why)
            self._stream = None
            await self.close()

    async def _reconnect(self, waits: Iterator[float]) -> None:
        told = ""
        while self._ib is None:
            await asyncio.sleep(next(waits))
            try:
                self._ib = await connect(self._address, timeout_s=self._timing.connect_s)
            except NoBroker as error:
                if str(error) != told:
                    told = str(error)
                    self._say(f"{told} It is tried again.")
        self._say(f"Connected with {self._address} again.")

    async def _chosen(self, ib: Any, budget: Budget) -> list[Line]:
        wanted, lines = self._wanted, list[Line]()
        now = datetime.fromtimestamp(self._now_ns() / NS, UTC)
        for name in wanted.underlyings:
            found = await find_underlying(ib, budget, name, wanted.market)
            price = await first_price(ib, budget, found.contract, name, within_s=self._timing.price_s)
            today = trading_day(market(found.market), now)
            options = await options_of(ib, budget, found, price, wanted, today)
            lines.append(Line(contract=found.contract, underlying=name, instrument=None))
            lines += [Line(contract=each, underlying=name, instrument=instrument) for each, instrument in options]
        if self._trading is not None:
            known = {line.contract.conId for line in lines}
            lines += [
                Line(contract=each, underlying=instrument.underlying, instrument=instrument)
                for each, instrument in await self._trading.held(ib, budget)
                if each.conId not in known
            ]
        return lines
