"""A broker, a session of ours that may die, and the time of both; in one event loop, with real TCP between them."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cockpit.commands import Acknowledged, Base
from cockpit.domain.errors import NoBroker
from cockpit.domain.order import Order, Report
from cockpit.events import NS
from cockpit.feeds.ib.contracts import Wanted
from cockpit.ib.connection import Address
from cockpit.live import LiveSession
from cockpit.ports import Broker, Journal
from cockpit.records import Record
from cockpit.state.model import State
from cockpit.wiring_live import LiveAsked, live_session
from tests.broker_laws.pace import BROKER, FEED, Skipped, quickly
from tests.tws.contracts import options, stock
from tests.tws.control import Control
from tests.tws.scene import CALL, EXPIRY, FAR_CALL, LATER, PUT, SPY
from tests.tws.server import HOST, Server
from tests.tws.ticks import Greeks

SYMBOLS = {
    CALL: "SPY 301220C00500000",
    PUT: "SPY 301220P00500000",
    FAR_CALL: "SPY 310117C00500000",  # is not among those that the session asks for
}
BID, WIDTH = 9.8, 0.1
TICK_S = 0.004
"""How long a wait lasts at most until it looks again."""


class Killed(BaseException):
    """Stands for kill -9 within one process: nothing may catch it, and nothing of the session is heard after it."""


class Run:
    """One process of ours, as far as one process can play another."""

    def __init__(self, live: LiveSession, entries: set[str]) -> None:
        self.live = live
        self.entries = entries
        self.is_dead = False
        self.fault: BaseException | None = None
        self.dies_before_commit = self.dies_after_commit = self.dies_after_send = 0
        """At which next one, counted from 1; 0: at none."""
        session = live.session
        assert session.journal is not None
        session.journal = DyingJournal(self, session.journal)
        session.broker = DyingBroker(self, session.broker)
        self.task = asyncio.create_task(live.run(self.push))

    @property
    def state(self) -> State:
        """Of the session."""
        return self.live.state

    def push(self, event: Any) -> None:
        """One event into the session; a fault of it ends the program, as the engine does it."""
        if self.is_dead or self.fault is not None:
            return
        try:
            self.live.take(event)
        except Exception as error:
            self.fault = error
            raise
        except Killed:
            pass

    def ask(self, command: Base) -> Acknowledged | None:
        """One command; None when the program died of it."""
        try:
            return self.live.take(command)
        except Killed:
            return None

    def beat(self) -> None:
        """The heartbeat that is due, if one is."""
        if not self.is_dead and self.fault is None:
            with contextlib.suppress(Killed):
                self.live._beat(self.live.parts.clock())  # pyright: ignore[reportPrivateUsage]

    def die(self) -> None:
        """From now on nothing happens."""
        self.is_dead = True
        raise Killed

    async def bury(self) -> None:
        """What the system does with what a killed process has left: its connections end, its locks are let go."""
        self.is_dead = True
        self.task.cancel()
        await asyncio.wait((self.task,))
        self.let_go()

    def let_go(self) -> None:
        """Nothing is flushed, merged or said to the journal."""
        store = self.live.parts.store
        store.connection.close()
        if store.lock is not None:
            store.lock.release()


class DyingJournal:
    """Passes on, and dies before or after a commit."""

    def __init__(self, run: Run, journal: Journal) -> None:
        self._run, self._journal = run, journal
        self.trouble = journal.trouble

    def write(self, records: Sequence[Record], *, durable: bool) -> None:
        """One commit."""
        if _is_due(self._run, "dies_before_commit"):
            self._run.die()
        self._journal.write(records, durable=durable)
        self.trouble = self._journal.trouble
        if _is_due(self._run, "dies_after_commit"):
            self._run.die()


class DyingBroker:
    """Passes on, and dies after something was sent."""

    def __init__(self, run: Run, broker: Broker) -> None:
        self._run, self._broker = run, broker

    @property
    def is_busy(self) -> bool:
        """As the broker says."""
        return self._broker.is_busy

    def place(self, order: Order, now_ns: int) -> list[Report]:
        """One order."""
        if order.purpose == "entry":
            self._run.entries.add(f"S0001:{order.ref}")
        return self._sent(self._broker.place(order, now_ns))

    def cancel(self, ref: str, now_ns: int) -> list[Report]:
        """One cancel."""
        return self._sent(self._broker.cancel(ref, now_ns))

    def change(self, order: Order, now_ns: int) -> list[Report]:
        """One change."""
        return self._sent(self._broker.change(order, now_ns))

    def advance(self, now_ns: int) -> list[Report]:
        """Time passes."""
        return self._broker.advance(now_ns)

    def __getattr__(self, name: str) -> Any:
        """What a live broker can do besides."""
        return getattr(self._broker, name)

    def _sent(self, reports: list[Report]) -> list[Report]:
        if _is_due(self._run, "dies_after_send"):
            self._run.die()
        return reports


def _is_due(run: Run, name: str) -> bool:
    left = getattr(run, name)
    if left:
        setattr(run, name, left - 1)
    return left == 1


class World:
    """All of a schedule."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.journal = folder / "journal.sqlite"
        self.clock = Skipped()
        self.skew_s = 0.0
        self.run: Run | None = None
        self.said: list[str] = []
        self.entries: set[str] = set()
        """References on the wire of all orders that add to what is held."""
        self.is_rough = False
        """One quote may fill several orders at once; else the session hears of each fill before the next one."""
        self.bids = dict.fromkeys(SYMBOLS, BID)

    @property
    def control(self) -> Control:
        """Of the server."""
        return self.server.control

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
        return self.run is not None and not self.run.is_dead

    async def start(self) -> bool:
        """Starts our program, unless it runs; False when it ended at once, for want of a broker."""
        await self.mourn()
        if self.run is not None:
            return True
        try:
            live = await live_session(self.asked, say=self.said.append, timing=FEED, clock=self.clock.clock())
        except NoBroker as error:
            self.said.append(str(error))
            return False
        assert live.desk.broker is not None
        live.desk.broker.timing = BROKER
        self.run = Run(live, self.entries)
        return True

    async def mourn(self) -> None:
        """A program that has died leaves nothing behind."""
        if self.run is not None and self.run.is_dead:
            run, self.run = self.run, None
            await run.bury()

    async def kill(self) -> None:
        """Kill -9, now."""
        if self.run is not None:
            self.run.is_dead = True
        await self.mourn()

    async def stop(self) -> None:
        """In order; a fault of the program is the test's."""
        run, self.run = self.run, None
        if run is None:
            return
        run.task.cancel()
        await asyncio.wait((run.task,))
        run.live.close()
        if run.fault is not None:
            raise run.fault
        assert run.task.cancelled(), run.task.exception()

    # ---------------------------------------------------------------- time

    async def breathe(self, seconds: float = TICK_S) -> None:
        """Lets both sides do what they have to; a program that failed is seen at once."""
        await asyncio.sleep(seconds)
        run = self.run
        if run is not None and not run.is_dead:
            if run.fault is not None:
                raise run.fault
            if run.task.done():
                run.task.result()
                raise AssertionError("the session has ended by itself")

    async def pass_s(self, seconds: float) -> None:
        """Session time passes, quarter by quarter."""
        for _ in range(max(round(seconds * 4), 1)):
            self.clock.skip(min(seconds, 0.25))
            self.set_clock()
            if self.run is not None:
                self.run.beat()
            await self.breathe()
            await self.mourn()

    async def until(self, wanted: Callable[[], Any], within_s: float, *, step_s: float = 0.25) -> Any:
        """What `wanted` gives once that is something, or what it gives at the end of that much real time."""
        ends = time.monotonic() + within_s
        while not (found := wanted()) and time.monotonic() < ends:
            await self.pass_s(step_s)
        return found


@asynccontextmanager
async def a_world(folder: Path, *, is_rough: bool = False) -> AsyncGenerator[World]:
    """With its market open and our program running; nothing of it is left at the end."""
    server = Server()
    await server.open()
    world = World(server, folder)
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
