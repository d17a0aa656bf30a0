"""The live feed: connects, chooses its contracts, streams, and connects again for as long as it takes."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cockpit.domain.errors import NoBroker
from cockpit.domain.instrument import Instrument
from cockpit.events import Batch
from cockpit.feeds.ib.changing import Changing, Tell
from cockpit.feeds.ib.choosing import Asking, Chosen, choose
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.ib.history import IvHistory, Pace, Past, iv_history, warming
from cockpit.feeds.ib.lines import Line
from cockpit.feeds.ib.rate import Rate
from cockpit.feeds.ib.stream import SERVER, Push, Say, State, Stream, Timing
from cockpit.ib.budget import PER_S, Budget
from cockpit.ib.connection import Address, connect, hang_up, waits_s
from cockpit.ib.ending import first_of
from cockpit.ib.instruments import Option
from cockpit.ib.trading import Trading
from cockpit.ib.uplink import Uplink

STEADY_S = 10.0  # a connection that lasted so long was a good one: the next attempts begin without delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """How the connection is, and how much of what the broker allows is used."""

    state: State
    words: str  # the newest sentence about it
    lines: int  # subscriptions that are not refused
    lines_limit: int
    reconnects: int
    messages_per_s: float  # to the broker
    messages_limit: float = PER_S


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
        self.implied_volatility: dict[str, IvHistory] = {}
        """By underlying; one that is lacking is unknown: no permission for it, or less than 200 days of it."""
        self._address, self._wanted, self._heard = address, wanted, say
        self._timing, self._now_ns = timing or Timing(), now_ns
        self._trading = trading
        self._changing = self._of(Chosen(lines=[], chains=[]))
        self._ib: Any = None
        self._pace: Pace | None = None
        self._budget: Budget | None = None
        self._uplink = Uplink()
        self._words, self._reconnects, self._rate = "", 0, Rate()

    @property
    def instruments(self) -> dict[str, Instrument]:
        """Every option that is or was quoted, by symbol: the table itself, which grows."""
        return self._changing.instruments

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything that is quoted now, or will be."""
        return tuple(self._changing.lines.all)

    @property
    def given(self) -> frozenset[str]:
        """The Greeks that the broker has given of some contract so far."""
        return frozenset(self._changing.lines.given)

    @property
    def state(self) -> State:
        """How the connection is."""
        stream = self._changing.stream
        return "connecting" if stream is None else stream.state

    @property
    def gauges(self) -> Gauges:
        """For the panel of the connection."""
        sent = 0 if self._budget is None else self._budget.sent
        lines = sum(line.ticker is not None and line.refused is None for line in self._changing.lines.all)
        return Gauges(
            state=self.state, words=self._words, lines=lines, lines_limit=self._changing.limit,
            reconnects=self._reconnects, messages_per_s=self._rate.per_s(sent, time.monotonic()),
        )  # fmt: skip

    async def open(self) -> None:
        """Connects and chooses the contracts; raises NoBroker, or BadInput for what cannot be had."""
        wanted, trading = self._wanted, self._trading
        strikes = wanted.strikes_that_fit()
        budget = await self._connect()
        self._pace = Pace()
        try:
            held = () if trading is None else await trading.held(self._ib, budget)
            chosen = await choose(self._asking(budget), wanted, held, self._now_ns())
        except ConnectionError as error:
            raise NoBroker(
                f"{self._address} has closed the connection: see that it is logged in, try again."
            ) from error
        self._changing = self._of(chosen)
        if strikes < wanted.strikes:
            self._say(
                f"{wanted.lines} market-data lines hold {strikes} of {wanted.strikes} strikes a side; see --lines."
            )

    async def history(self) -> list[Batch]:
        """Rows of today's session and the one before, to be played before the first live batch; call it after `open`.

        Where the broker refuses or is late, that is a sentence and the features of that underlying begin unknown; where
        something is held it is late soon, because until then nobody supervises that. Nothing is asked after a drop: the
        features go on from where they were, and the gap is one.
        """
        timing, is_held = self._timing, any(line.is_held for line in self.lines)
        past = self._past(timing.history_held_s if is_held else timing.history_s)
        lines = self._underlyings()
        answers = await asyncio.gather(*(past.minutes(line.contract) for line in lines))
        bars = {line.underlying: own for line, (own, _) in zip(lines, answers, strict=True)}
        for line, (own, why) in zip(lines, answers, strict=True):
            if not own:
                self._say(f"No one-minute bars of {line.underlying}: {why}; its indicators begin with the stream.")
        batches = warming(bars, self._now_ns())
        if batches:
            self._changing.lines.begin_after(batches[-1].at_ns)
        return batches

    async def run(self, push: Push) -> None:
        """Pushes batches until it is cancelled, over as many connections as that takes; call it after `open`."""
        self._changing.push = push
        waits = waits_s(self._address.host)
        while True:
            began_s = time.monotonic()
            why = await self._streamed(push)
            self._say(f"{why}; it is connected again as soon as possible.")
            if time.monotonic() - began_s >= STEADY_S:
                waits = waits_s(self._address.host)
            await self._reconnect(waits)

    def hold(self, held: Callable[[], Collection[str]], tell: Tell) -> None:
        """`held` names the contracts of positions and orders: subscribed first, and never dropped; after `open`.

        `tell` hears of those that get no quotes, and of their end.
        """
        self._changing.lines.held, self._changing.tell = held, tell

    def list(self, options: Sequence[Option]) -> None:
        """Contracts that are held from now on: they are quoted, and `Listed` is pushed at once."""
        self._changing.list(options)

    async def close(self) -> None:
        """Ends the connection, if there is one."""
        ib, self._ib = self._ib, None
        if ib is not None:
            await hang_up(ib)

    # ---------------------------------------------------------------- connections

    async def _streamed(self, push: Push) -> str:
        budget, trading, changing = self._budget, self._trading, self._changing
        assert budget is not None, "there is a connection"
        stream = changing.stream = Stream(
            self._ib, self._uplink, changing.lines, budget, say=self._say, timing=self._timing
        )
        why = "the connection was ended"
        try:
            together = (stream.run(push, self._now_ns), self._trade(stream, budget), self._follow(budget))
            await first_of([asyncio.ensure_future(each) for each in (*together, self._rank(stream))])
            why = stream.why_lost
            return why
        except (ConnectionError, NoBroker) as error:
            why = stream.why_lost or str(error) or "the connection was lost"
            return why
        finally:
            if trading is not None:
                trading.end(why)
                trading.link("connecting", why)
            changing.stream = self._budget = None
            await self.close()

    async def _trade(self, stream: Stream, budget: Budget) -> None:
        """What trades begins with the connection, and again when TWS, on the same one, has its own server again."""
        has = stream.has_server
        words = f"connected with {self._address}" if has else SERVER[False]
        if not has:
            self._say(words)
        while True:
            changing = asyncio.ensure_future(stream.servers.get())
            await first_of((changing, asyncio.ensure_future(self._begin(stream, budget, words, has=has))))
            has = changing.result()
            words = SERVER[has]
            if self._trading is not None:
                self._trading.end(SERVER[False])

    async def _begin(self, stream: Stream, budget: Budget, words: str, *, has: bool) -> None:
        """Orders are sent when all is known and what is held is quoted: 50 stops do not delay 50 quotes. For ever."""
        trading = self._trading
        if trading is not None and not has:
            trading.link("no server", words)
        elif trading is not None:
            trading.link("synchronising", "asks what happened meanwhile")
            await trading.begin(self._ib, budget)
            await stream.supervises.wait()
            trading.link("up", words)
        await asyncio.get_running_loop().create_future()

    async def _follow(self, budget: Budget) -> None:
        """Chains follow the price, and what is listed gets the price of its underlying."""
        next_s = time.monotonic() + self._timing.recentre_s
        while True:
            await asyncio.sleep(self._timing.idle_s)
            await self._changing.cover(self._asking(budget))
            self._changing.squeeze()
            self._changing.tell_blind()
            if time.monotonic() >= next_s:
                next_s = time.monotonic() + self._timing.recentre_s
                self._changing.recentre()

    async def _rank(self, stream: Stream) -> None:
        """Implied volatility beside that of the past year, from time to time; what is held is quoted before that."""
        await stream.supervises.wait()
        while True:
            past = self._past(self._timing.history_s)
            for line in self._underlyings():
                found = iv_history(await past.volatility(line.contract))
                if found is not None:
                    self.implied_volatility[line.underlying] = found
            await asyncio.sleep(self._timing.volatility_s)

    async def _reconnect(self, waits: Iterator[float]) -> None:
        told = ""
        while self._ib is None:
            await asyncio.sleep(next(waits))
            try:
                await self._connect()
            except NoBroker as error:
                if str(error) != told:
                    told = str(error)
                    self._say(f"{told} It is tried again.")
        self._reconnects += 1
        self._say(f"Connected with {self._address} again.")

    async def _connect(self) -> Budget:
        """Raises NoBroker; each connection has a budget of its own."""
        self._uplink = Uplink()
        self._ib = await connect(self._address, timeout_s=self._timing.connect_s, hear=self._uplink.hear)
        self._budget = Budget()
        return self._budget

    # ---------------------------------------------------------------- parts

    def _of(self, chosen: Chosen) -> Changing:
        return Changing(chosen, self._wanted.lines, say=self._say, now_ns=self._now_ns)

    def _asking(self, budget: Budget) -> Asking:
        return Asking(ib=self._ib, budget=budget, price_s=self._timing.price_s, say=self._say)

    def _past(self, within_s: float) -> Past:
        return Past(self._ib, self._budget or Budget(), self._pace or Pace(), within_s=within_s)

    def _underlyings(self) -> Sequence[Line]:
        return [line for line in self.lines if line.turn(()) == 0]

    def _say(self, sentence: str) -> None:
        self._words = sentence
        self._heard(sentence)
