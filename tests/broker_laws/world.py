"""A broker, a program of ours that may die, and the time of both; in one event loop, with real TCP between them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cockpit.domain.errors import NoBroker
from cockpit.events import NS
from cockpit.feeds.ib.contracts import Wanted
from cockpit.ib.connection import Address
from cockpit.wiring_live import LiveAsked, live_session
from tests.broker_laws.laws import View
from tests.broker_laws.pace import BROKER, FEED, Skipped, quickly
from tests.broker_laws.program import SYMBOLS, Program, Run
from tests.tws.contracts import options, stock
from tests.tws.control import Control
from tests.tws.scene import CALL, EXPIRY, LATER, PUT, SPY
from tests.tws.server import HOST, Server
from tests.tws.ticks import Greeks

BID, WIDTH = 9.8, 0.1
TICK_S = 0.004
"""How long a wait lasts at most until it looks again."""


class World:
    """All of a schedule."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.journal = folder / "journal.sqlite"
        self.clock = Skipped()
        self.skew_s = 0.0
        self.program: Program | None = None
        self.said: list[str] = []
        self._entries: set[str] = set()
        self.is_rough = False
        """One quote may fill several orders at once; else the session hears of each fill before the next one."""
        self.bids = dict.fromkeys(SYMBOLS, BID)

    @property
    def control(self) -> Control:
        """Of the server."""
        return self.server.control

    @property
    def entries(self) -> set[str]:
        """References on the wire of all orders that add to what is held."""
        return self._entries

    @property
    def asked(self) -> LiveAsked:
        """The session on SPY with one expiry."""
        return LiveAsked(
            address=Address(host=HOST, port=self.server.port, client_id=7),
            wanted=Wanted(underlyings=("SPY",), expiries=1, strikes=1),
            broker="ib",
            profile="adaptive",
            journal=self.journal,
        )

    def open_market(self) -> None:
        """Everything is quoted."""
        spy = stock(SPY, "SPY")
        chain = options(CALL, spy, expiries=[EXPIRY, LATER], strikes=[500.0], market_rule=26)
        self.control.list_contracts([spy, *chain])
        self.set_clock()
        self.control.quote(SPY, 499.99, 500.01, 500.0)
        for con_id in SYMBOLS:
            self.quote(con_id, BID)
            delta = -0.5 if con_id == PUT else 0.5
            self.control.greeks(
                con_id, Greeks(iv=0.2, delta=delta, price=9.85, gamma=0.02, vega=0.6, theta=-0.1, underlying=500.0)
            )

    def quote(self, con_id: int, bid: float) -> None:
        """A tenth wide."""
        self.bids[con_id] = bid
        self.control.quote(con_id, bid, round(bid + WIDTH, 2), sizes=(50, 50, 1))

    def requote(self) -> None:
        """All contracts as they stand, so that what has waited may trade."""
        for con_id, bid in self.bids.items():
            self.quote(con_id, bid)

    def set_clock(self) -> None:
        """The server's goes with that of the session, but for its skew."""
        self.control.clock_skew((self.clock() - time.time_ns()) / NS + self.skew_s)

    @property
    def is_hushed(self) -> bool:
        """Something was traded of which the session may not know yet: the market takes nothing until it does.

        An exit that is on its way while something else fills would take too much, and nobody could help it.
        """
        return not self.control.is_matching()

    # ---------------------------------------------------------------- our program

    @property
    def is_running(self) -> bool:
        """Whether our program lives."""
        return self.program is not None and not self.program.is_dead

    async def start(self) -> bool:
        """Starts our program, unless it runs; False when it ended at once, for want of a broker."""
        await self.mourn()
        if self.program is not None:
            return True
        try:
            live = await live_session(self.asked, say=self.said.append, timing=FEED, clock=self.clock.clock())
        except NoBroker as error:
            self.said.append(str(error))
            return False
        assert live.desk.broker is not None
        live.desk.broker.timing = BROKER
        self.program = Run(live, self._entries)
        await asyncio.sleep(0)  # it begins before anybody speaks to it
        return True

    def view(self) -> View | None:
        """What our program supervises, while it runs."""
        return None if self.program is None or self.program.is_dead else self.program.view()

    async def mourn(self) -> None:
        """A program that has died leaves nothing behind."""
        if self.program is not None and self.program.is_dead:
            program, self.program = self.program, None
            await program.bury()

    async def kill(self) -> None:
        """Kill -9, now."""
        if self.program is not None:
            self.program.is_dead = True
        await self.mourn()

    async def stop(self) -> None:
        """In order; a fault of the program is the test's."""
        program, self.program = self.program, None
        if program is not None:
            await program.stop()

    # ---------------------------------------------------------------- time

    async def breathe(self, seconds: float = TICK_S) -> None:
        """Lets both sides do what they have to; a program that failed is seen at once."""
        await asyncio.sleep(seconds)
        if self.program is not None and not self.program.is_dead:
            self.program.check()

    async def pass_s(self, seconds: float) -> None:
        """Session time passes, quarter by quarter."""
        for _ in range(max(round(seconds * 4), 1)):
            self.clock.skip(min(seconds, 0.25))
            self.set_clock()
            if self.program is not None:
                self.program.beat()
            await self.breathe()
            await self.mourn()

    async def until(self, wanted: Callable[[], Any], within_s: float, *, step_s: float = 0.25) -> Any:
        """What `wanted` gives once that is something, or what it gives at the end of that much real time."""
        ends = time.monotonic() + within_s
        while not (found := wanted()) and time.monotonic() < ends:
            await self.pass_s(step_s)
        return found


@asynccontextmanager
async def a_world(folder: Path, *, is_rough: bool = False, kind: type[World] = World) -> AsyncGenerator[World]:
    """With its market open and our program running; nothing of it is left at the end."""
    server = Server()
    await server.open()
    world = kind(server, folder)
    try:
        with quickly():
            world.is_rough = is_rough
            world.control.caution(not is_rough)
            world.open_market()
            assert await world.start(), world.said
            yield world
    finally:
        await world.kill()
        await server.close()
