"""A live session over TCP against the loopback server, on a trading day's morning; every wait is bounded."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cockpit.commands import Acknowledged, Base, Enter
from cockpit.events import NS
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.ib.stream import Timing
from cockpit.feeds.wall_clock import WallClock
from cockpit.ib.connection import Address
from cockpit.live import LiveSession
from cockpit.state.model import Held
from cockpit.wiring_live import LiveAsked, live_session
from tests.tws.scene import CALL, SPY
from tests.tws.server import HOST, LoopbackTws
from tests.tws.ticks import Greeks

WITHIN_S = 5.0
MORNING_NS = int(datetime(2030, 12, 17, 15, 0, tzinfo=UTC).timestamp()) * NS  # a Tuesday, 10:00 in New York
DAY_NS = 86_400 * NS
BEGAN_NS = time.time_ns()
SYMBOL = "SPY 301220C00500000"
FAST = Timing(connect_s=WITHIN_S, price_s=WITHIN_S, pace_s=0.01)


def clock(later_ns: int = 0) -> WallClock:
    """The machine's, as if these tests had begun in the morning of a trading day."""
    return WallClock(lambda: time.time_ns() - BEGAN_NS + MORNING_NS + later_ns)


def open_market(tws: LoopbackTws, bid: float = 9.8) -> None:
    """The call is quoted, and the server's clock is that of these tests."""
    tws.control.clock_skew((MORNING_NS - BEGAN_NS) / NS)
    quote(tws, bid)
    tws.control.greeks(CALL, Greeks(iv=0.2, delta=0.5, price=9.9, gamma=0.02, vega=0.6, theta=-0.1, underlying=500.0))
    tws.control.quote(SPY, 499.99, 500.01, 500.0)


def quote(tws: LoopbackTws, bid: float) -> None:
    """The call, ten cents wide."""
    tws.control.quote(CALL, bid, round(bid + 0.1, 2), sizes=(50, 50, 1))


def asked(tws: LoopbackTws, folder: Path, **more: Any) -> LiveAsked:
    """Practice on SPY, unless `more` says otherwise."""
    given: dict[str, Any] = {
        "address": Address(host=HOST, port=tws.port, client_id=7),
        "wanted": Wanted(underlyings=("SPY",)),
        "broker": "paper",
        "profile": "adaptive",
        "journal": folder / "journal.sqlite",
    }
    return LiveAsked(**given | more)


class Living:
    """A session that runs, and waits for what should become of it."""

    def __init__(self, live: LiveSession, said: list[str]) -> None:
        self.live, self.said = live, said
        self.events: list[Any] = []
        self._changed = asyncio.Event()

    def push(self, event: Any) -> None:
        """One event into the session."""
        self.live.take(event)
        self.events.append(event)
        self._changed.set()

    def ask(self, command: Base) -> Acknowledged:
        """One command, answered."""
        said = self.live.take(command)
        assert said is not None
        return said

    async def until(self, wanted: Callable[[], Any]) -> Any:
        """What `wanted` gives, as soon as that is something; asked after each event, four times a second at least."""
        async with asyncio.timeout(WITHIN_S):
            while not (found := wanted()):
                self._changed.clear()
                await self._changed.wait()
        return found

    async def quoted(self, bid: float) -> None:
        """The session has seen that bid of the call."""
        contract = self.live.state.contracts[SYMBOL]
        await self.until(lambda: contract.bid == bid)

    async def holds(self, contracts: int) -> Held:
        """The position in the call, once it has so many."""

        def found() -> Held | None:
            held = self.live.state.by_symbol.get(SYMBOL)
            return held if held is not None and held.contracts == contracts else None

        return await self.until(found)

    async def enters(self, contracts: int = 2) -> Held:
        """Buys calls at the market."""
        said = self.ask(Enter(symbol=SYMBOL, side="buy", contracts=contracts))
        assert said.accepted, said.said
        return await self.holds(contracts)

    async def flat(self) -> Held:
        """The closed position, once there is none open."""
        await self.until(lambda: self.live.state.closed and not self.live.state.held)
        return self.live.state.closed[-1]


@asynccontextmanager
async def living(given: LiveAsked, *, later_ns: int = 0, quoted: bool = True) -> AsyncGenerator[Living]:
    """A session that runs; at the end it is stopped as the engine does it, and a fault of it is the test's."""
    said: list[str] = []
    live = await live_session(given, say=said.append, timing=FAST, clock=clock(later_ns))
    made = Living(live, said)
    running = asyncio.create_task(live.run(made.push))
    await asyncio.sleep(0)  # what never began cannot end
    try:
        if quoted:
            await made.until(lambda: live.state.contracts[SYMBOL].bid is not None)
        yield made
    finally:
        running.cancel()
        await asyncio.wait((running,))
        live.close()
    assert running.cancelled(), running.exception()
