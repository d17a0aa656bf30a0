"""One connection's stream: every line subscribed within the budget, batches at an even pace, and when it is lost."""

import asyncio
import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from cockpit.events import Batch, Listed
from cockpit.feeds.ib.lines import Line, Lines
from cockpit.ib.budget import Budget
from cockpit.ib.connection import CONNECT_S
from cockpit.ib.notices import COMPETING, NO_LINES, meaning, partly, refusal
from cockpit.ib.uplink import Uplink, farm_of

OPEN_INTEREST = "101"
SERVER = {
    True: "TWS has its server again.",
    False: "TWS has lost its server; it connects again by itself.",
}
FARM = {
    True: "The market-data farm {} is broken: its quotes do not come.",
    False: "The market-data farm {} is back.",
}

Say = Callable[[str], None]
Push = Callable[[Batch | Listed], None]
State = Literal["connecting", "live", "no server", "quiet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How the feed keeps time, in seconds."""

    connect_s: float = CONNECT_S
    price_s: float = 10.0  # for the first price of an underlying, or else its last close
    history_s: float = 3.0  # for the bars of the past, or else there are none
    history_held_s: float = 1.0  # the same, while something is held that nobody supervises until then
    pace_s: float = 0.005  # after a tick, so that what belongs to it comes with it: bid, ask and sizes come one by one
    idle_s: float = 0.25  # without a tick, until it is looked for what is to be said again
    quiet_s: float = 5.0  # without a byte: the broker is asked for its time; as long again, and the line is dead
    competing_s: float = 30.0  # until quotes that another session has are asked for again
    recentre_s: float = 30.0  # between two looks at whether the chain is still around the price
    volatility_s: float = 900.0  # between two questions about the volatility of the past year


class Stream:
    """Runs until the connection ends.

    What the library calls back notes what has changed and does no more, because the library swallows what it raises.
    """

    def __init__(self, ib: Any, uplink: Uplink, lines: Lines, budget: Budget, *, say: Say, timing: Timing) -> None:
        self._ib, self._lines, self._budget, self._say, self._timing = ib, lines, budget, say, timing
        loop = asyncio.get_running_loop()
        self._now_s = loop.time
        self._lost: asyncio.Future[str] = loop.create_future()
        self._ticked: asyncio.Future[None] = loop.create_future()
        self._heard_s = self._asked_s = self._retried_s = loop.time()
        self.has_server = uplink.has_server
        self._broken_farms = {farm for farm in uplink.broken_farms if lines.come_from(farm)}
        self._said: set[tuple[str, int]] = set()
        self._dropped: list[Any] = []  # contracts whose quotes are to be ended
        self._wanting = asyncio.Event()
        self.servers: asyncio.Queue[bool] = asyncio.Queue()
        """Whether TWS has its own server, each time that it says so."""
        self.supervises = asyncio.Event()
        """All that positions are supervised by has been asked for."""
        ib.errorEvent += self._hear
        ib.disconnectedEvent += self._closed
        ib.updateEvent += self._note
        ib.pendingTickersEvent += self._mark

    @property
    def state(self) -> State:
        """As the status line says it."""
        if not self.has_server:
            return "no server"
        return "live" if self._is_heard() else "quiet"

    @property
    def why_lost(self) -> str:
        """Why the connection has ended; empty while it has not."""
        return self._lost.result() if self._lost.done() else ""

    async def run(self, push: Push, now_ns: Callable[[], int]) -> str:
        """Pushes batches until the connection is lost; returns why it was."""
        if not self._ib.client.isReady():
            self._closed()
        for farm in sorted(self._broken_farms):
            self._say(FARM[True].format(farm))
        self.subscribe()
        subscribing = asyncio.create_task(self._subscribed())
        try:
            while not self._lost.done():
                await self._gathered()
                self._give(push, now_ns())
                self._watch()
                if subscribing.done():
                    subscribing.result()  # a fault in it is one here
            return self._lost.result()
        finally:
            self._ib.pendingTickersEvent -= self._mark
            self._give(push, now_ns())
            subscribing.cancel()
            await asyncio.wait((subscribing,))
            self._lines.detach()
            self._give(push, now_ns())  # what is unknown from now on

    async def _gathered(self) -> None:
        """Until ticks have come, and what belongs to them; or none for a while; or the connection is lost."""
        waiting = (self._lost, self._ticked)
        await asyncio.wait(waiting, timeout=self._timing.idle_s, return_when=asyncio.FIRST_COMPLETED)
        if self._ticked.done():
            await asyncio.wait((self._lost,), timeout=self._timing.pace_s)
            self._ticked = asyncio.get_running_loop().create_future()

    def _give(self, push: Push, now_ns: int) -> None:
        batch = self._lines.batch(now_ns, restate=self._stands())
        if batch is not None:
            push(batch)

    # ---------------------------------------------------------------- subscribing

    def subscribe(self) -> None:
        """There are lines that want to be; where some are held, positions are supervised only once those are."""
        if self._lines.is_held(self._lines.next_wanting()):
            self.supervises.clear()
        self._wanting.set()

    def drop(self, line: Line) -> None:
        """This line is no more."""
        if line.is_taken:
            self._dropped.append(line.asked)
            self._wanting.set()

    async def _subscribed(self) -> None:
        """Ends what is to be ended, so that there is room, and subscribes what wants to be, as long as it runs."""
        while await self._wanting.wait():
            await self._budget.turn()
            if not self._ib.client.isReady():
                self._wanting.clear()
            elif self._dropped:
                self._ib.cancelMktData(self._dropped.pop())
            else:
                self._ask_next()

    def _ask_next(self) -> None:
        line = self._lines.next_wanting()
        if not self._lines.is_held(line):
            self.supervises.set()
        if line is None:
            self._wanting.clear()
        else:
            self._ask(line)

    def _ask(self, line: Line) -> None:
        """Subscribes a line; neither library may go on with an old ticker of the contract and its old values.

        One knows tickers by the contract object, so this is a copy, the other by the contract's number.
        """
        if line.is_taken:
            self._budget.urgent()
            self._ib.cancelMktData(line.asked)  # it would take a second place
        tickers: dict[Any, Any] = self._ib.wrapper.tickers
        for key in [key for key, old in tickers.items() if old.contract.conId == line.contract.conId]:
            del tickers[key]
        line.asked = copy.copy(line.contract)
        self._lines.attach(line, self._ib.reqMktData(line.asked, "" if line.instrument is None else OPEN_INTEREST))

    # ---------------------------------------------------------------- what is heard

    def _note(self) -> None:
        self._heard_s = self._now_s()

    def _mark(self, tickers: Iterable[Any]) -> None:
        self._lines.mark(tickers)
        if not self._ticked.done():
            self._ticked.set_result(None)

    def _closed(self) -> None:
        self._end("TWS or Gateway has closed the connection")

    def _end(self, why: str) -> None:
        if not self._lost.done():
            self._lost.set_result(why)

    def _hear(self, _request: int, code: int, text: str, contract: Any) -> None:
        match meaning(code):
            case "lost":
                self._server(has=False)
            case "back":
                self._server(has=True)
            case "resubscribe":
                self._server(has=True)
                self._dropped.clear()
                self._lines.detach()
                self.subscribe()
            case "broken farm":
                self._farm(text, broken=True)
            case "farm":
                self._farm(text, broken=False)
            case "partly" | "refused":
                self._refused(code, contract)
            case "nothing":
                pass

    def _server(self, *, has: bool) -> None:
        if has is not self.has_server:
            self._say(SERVER[has])
        if has or self.has_server:
            self.servers.put_nowait(has)
        self.has_server = has
        self._broken_farms.clear()

    def _farm(self, text: str, *, broken: bool) -> None:
        """One from which none of ours come is broken to others."""
        name = farm_of(text)
        if not self._lines.come_from(name):
            return
        if broken is (name not in self._broken_farms):
            self._say(FARM[broken].format(name))
        (self._broken_farms.add if broken else self._broken_farms.discard)(name)

    def _refused(self, code: int, contract: Any) -> None:
        line = self._lines.of(contract)
        if line is None or line.asked is not contract:
            return  # about an order, or about the past
        what = line.underlying if line.instrument is None else f"options on {line.underlying}"
        if meaning(code) == "partly":
            self._once(what, code, partly(what))
            return
        line.refused, line.said_ns = code, 0
        self._retried_s = self._now_s()
        self._once(what, code, refusal(what, code))

    def _once(self, what: str, code: int, sentence: str) -> None:
        """Says it, but not for each of a hundred contracts."""
        if (what, code) not in self._said:
            self._said.add((what, code))
            self._say(sentence)

    # ---------------------------------------------------------------- the watch

    def _is_heard(self) -> bool:
        return self._now_s() - self._heard_s < self._timing.quiet_s

    def _stands(self) -> bool:
        """Whether what has not changed is known to stand."""
        return self.has_server and not self._broken_farms and self._is_heard()

    def _watch(self) -> None:
        """Asks a silent server for its time, gives up one that does not answer, and asks again for competing quotes."""
        now_s, timing = self._now_s(), self._timing
        if now_s - self._heard_s >= 2 * timing.quiet_s:
            self._end(f"TWS or Gateway has said nothing for {2 * timing.quiet_s:g} s")
        elif not self._is_heard() and self._asked_s <= self._heard_s and self._ib.client.isReady():
            self._asked_s = now_s
            self._budget.urgent()
            self._ib.client.reqCurrentTime()
        if now_s - self._retried_s >= timing.competing_s:
            self._retried_s = now_s
            for line in self._lines.all:
                if line.refused == COMPETING or (line.refused == NO_LINES and self._lines.is_held(line)):
                    line.is_wanting = True
                    self.subscribe()
