"""One connection's stream: every line subscribed within the budget, batches at an even pace, and when it is lost."""

import asyncio
import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from cockpit.events import Batch
from cockpit.feeds.ib.lines import Line, Lines
from cockpit.ib.budget import Budget
from cockpit.ib.connection import CONNECT_S
from cockpit.ib.notices import COMPETING, meaning, partly, refusal
from cockpit.ib.trading import Trading

OPEN_INTEREST = "101"

Say = Callable[[str], None]
Push = Callable[[Batch], None]
State = Literal["connecting", "live", "no server", "quiet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How the feed keeps time, in seconds."""

    connect_s: float = CONNECT_S
    price_s: float = 10.0  # for the first price of an underlying, or else its last close
    pace_s: float = 0.25  # between two batches, at least
    quiet_s: float = 5.0  # without a byte: the broker is asked for its time; as long again, and the line is dead
    competing_s: float = 30.0  # until quotes that another session has are asked for again


class Stream:
    """Runs until the connection ends.

    What the library calls back notes what has changed and does no more, because the library swallows what it raises.
    """

    def __init__(
        self, ib: Any, lines: Lines, budget: Budget, *, say: Say, timing: Timing, trading: Trading | None = None
    ) -> None:
        self._ib, self._lines, self._budget, self._say, self._timing = ib, lines, budget, say, timing
        self._trading = trading
        loop = asyncio.get_running_loop()
        self._now_s = loop.time
        self._lost: asyncio.Future[str] = loop.create_future()
        self._heard_s = self._asked_s = self._retried_s = loop.time()
        self._has_server = True
        self._broken_farms: set[str] = set()
        self._said: set[tuple[str, int]] = set()
        self._subscribing: asyncio.Future[None] = loop.create_future()

    @property
    def state(self) -> State:
        """As the status line says it."""
        if not self._has_server:
            return "no server"
        return "live" if self._is_heard() else "quiet"

    async def run(self, push: Push, now_ns: Callable[[], int]) -> str:
        """Pushes batches until the connection is lost; returns why it was."""
        ib = self._ib
        ib.errorEvent += self._hear
        ib.disconnectedEvent += self._closed
        ib.updateEvent += self._note
        ib.pendingTickersEvent += self._lines.mark
        if not ib.client.isReady():
            self._closed()
        self._subscribe(self._lines.all)
        try:
            while not self._lost.done():
                await asyncio.wait((self._lost,), timeout=self._timing.pace_s)
                self._give(push, now_ns())
                self._watch()
            return self._lost.result()
        finally:
            ib.pendingTickersEvent -= self._lines.mark
            self._give(push, now_ns())
            self._subscribing.cancel()
            await asyncio.wait((self._subscribing,))
            self._lines.detach()

    def _give(self, push: Push, now_ns: int) -> None:
        batch = self._lines.batch(now_ns, restate=self._stands())
        if batch is not None:
            push(batch)

    # ---------------------------------------------------------------- subscribing

    def _subscribe(self, lines: Iterable[Line]) -> None:
        self._subscribing.cancel()
        self._subscribing = asyncio.create_task(self._subscribed(tuple(lines)))

    async def _subscribed(self, lines: tuple[Line, ...]) -> None:
        for line in lines:
            await self._budget.turn()
            if not self._ib.client.isReady():
                return
            # A copy: with the same object the library would go on with the old ticker and its old values.
            contract = copy.copy(line.contract)
            generic = "" if line.instrument is None else OPEN_INTEREST
            self._lines.attach(line, self._ib.reqMktData(contract, generic))

    # ---------------------------------------------------------------- what is heard

    def _note(self) -> None:
        self._heard_s = self._now_s()

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
                self._lines.detach()
                self._subscribe(self._lines.all)
            case "broken farm":
                self._farm(text, broken=True)
            case "farm":
                self._farm(text, broken=False)
            case "partly" | "refused":
                self._refused(code, contract)
            case "nothing":
                pass

    def _server(self, *, has: bool) -> None:
        if has is not self._has_server:
            words = "TWS has its server again." if has else "TWS has lost its server; it connects again by itself."
            self._say(words)
            if self._trading is not None:
                self._trading.link("up" if has else "no server", words)
        self._has_server = has
        self._broken_farms.clear()

    def _farm(self, text: str, *, broken: bool) -> None:
        """The broker's message ends with the farm's name: "… is broken:usopt"."""
        name = text.rpartition(":")[2]
        if broken is (name not in self._broken_farms):
            self._say(f"The market-data farm {name} is {'broken: its quotes do not come' if broken else 'back'}.")
        (self._broken_farms.add if broken else self._broken_farms.discard)(name)

    def _refused(self, code: int, contract: Any) -> None:
        line = self._lines.of(contract)
        if line is None:
            return
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
        return self._has_server and not self._broken_farms and self._is_heard()

    def _watch(self) -> None:
        """Asks a silent server for its time, gives up one that does not answer, and asks again for competing quotes."""
        now_s, timing = self._now_s(), self._timing
        if self._subscribing.done():
            self._subscribing.result()  # a fault in it is one here
        if now_s - self._heard_s >= 2 * timing.quiet_s:
            self._end(f"TWS or Gateway has said nothing for {2 * timing.quiet_s:g} s")
        elif not self._is_heard() and self._asked_s <= self._heard_s and self._ib.client.isReady():
            self._asked_s = now_s
            self._budget.urgent()
            self._ib.client.reqCurrentTime()
        if now_s - self._retried_s >= timing.competing_s:
            self._retried_s = now_s
            competing = [line for line in self._lines.all if line.refused == COMPETING]
            if competing and self._subscribing.done():
                self._subscribe(competing)
