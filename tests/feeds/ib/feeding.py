"""How these tests run a feed against the loopback server: every wait is for something that happens, and bounded."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from cockpit.events import Batch, Listed, Quoted
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.ib.stream import Timing
from cockpit.ib.connection import Address
from tests.tws.driving import WITHIN_S
from tests.tws.server import HOST, LoopbackTws

SPY_ONLY = Wanted(underlyings=("SPY",))
FAST = Timing(connect_s=WITHIN_S, price_s=WITHIN_S, pace_s=0.005, idle_s=0.01, competing_s=0.05)
LINES = 10  # SPY, two expiries of two strikes, and VIX
OPTIONS = LINES - 2


def address(server: LoopbackTws, client_id: int = 7) -> Address:
    return Address(host=HOST, port=server.port, client_id=client_id)


class Taken:
    """What a feed has pushed and said so far, and a wait for what it should."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.said: list[str] = []
        self._changed = asyncio.Event()

    def push(self, event: Batch | Listed) -> None:
        if isinstance(event, Batch):
            self.batches.append(event)
        self._changed.set()

    def say(self, sentence: str) -> None:
        self.said.append(sentence)
        self._changed.set()

    async def until(self, wanted: Callable[[], Any]) -> Any:
        """What `wanted` gives, as soon as that is something; it is asked whenever something came."""
        async with asyncio.timeout(WITHIN_S):
            while not (found := wanted()):
                self._changed.clear()
                await self._changed.wait()
        return found

    async def sentence(self, words: str) -> str:
        """The first sentence with these words."""
        return await self.until(lambda: next((said for said in self.said if words in said), None))

    async def row(self, wanted: Callable[[Quoted], bool]) -> Quoted:
        """The first row that is wanted."""
        return await self.until(lambda: next((row for row in self.rows() if wanted(row)), None))

    def rows(self) -> list[Quoted]:
        return [row for batch in self.batches for row in batch.quotes]


@asynccontextmanager
async def feeding(
    server: LoopbackTws, wanted: Wanted = SPY_ONLY, *, timing: Timing = FAST, taken: Taken | None = None, **more: Any
) -> AsyncGenerator[tuple[Feed, Taken]]:
    """A feed that runs; at the end it is stopped, and a fault of it is the test's."""
    taken = taken or Taken()
    feed = Feed(address(server), wanted, say=taken.say, timing=timing, **more)
    running: asyncio.Task[None] | None = None
    try:
        await feed.open()
        running = asyncio.create_task(feed.run(taken.push))
        yield feed, taken
    finally:
        if running is not None:
            running.cancel()
            await asyncio.wait((running,))
        await feed.close()
    assert running is not None
    assert running.cancelled(), running.exception()


async def subscribed(server: LoopbackTws, count: int = LINES + 1) -> None:
    """So many subscriptions have reached the server since it last forgot; the first asks for the price alone."""
    await server.soon(lambda control: control.await_received("reqMktData", count))
