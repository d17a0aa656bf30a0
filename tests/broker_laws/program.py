"""Our program as a schedule sees it: the real live session, which may be killed at a commit or behind a message."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Protocol, cast

from cockpit.commands import Acknowledged, Base
from cockpit.domain.order import Order, Report
from cockpit.live import LiveSession
from cockpit.ports import Broker, Journal
from cockpit.records import Record
from tests.broker_laws.laws import View
from tests.tws.scene import CALL, FAR_CALL, PUT

SYMBOLS = {
    CALL: "SPY 301220C00500000",
    PUT: "SPY 301220P00500000",
    FAR_CALL: "SPY 310117C00500000",  # is not among those that the session asks for
}


class Killed(BaseException):
    """Stands for kill -9 within one process: nothing may catch it, and nothing of the session is heard after it."""


class Program(Protocol):
    """Our program, in this process or another one."""

    is_dead: bool

    @property
    def is_quoted(self) -> bool:
        """Whether it has quotes."""
        ...

    def ask(self, command: Base) -> Acknowledged | None:
        """One command; None when the program died of it."""
        ...

    def view(self) -> View:
        """What it supervises."""
        ...

    def die_at(self, kind: str, number: int) -> None:
        """Kill -9 at the so-manieth commit, before or after it, or after something was sent."""
        ...

    def beat(self) -> None:
        """Session time has passed."""
        ...

    def check(self) -> None:
        """Raises what it has failed with."""
        ...

    async def bury(self) -> None:
        """Kill -9, and all that the system does then."""
        ...

    async def stop(self) -> None:
        """In order; raises what it has failed with."""
        ...


class Run:
    """One process of ours, as far as one process can play another."""

    def __init__(self, live: LiveSession, entries: set[str]) -> None:
        self.live = live
        self.entries = entries
        self.is_dead = False
        self.fault: BaseException | None = None
        self._dies_at: dict[str, int] = {}
        session = live.session
        assert session.journal is not None
        session.journal = DyingJournal(self, session.journal)
        session.broker = cast(Broker, DyingBroker(self, session.broker))
        self.task = asyncio.create_task(live.run(self.push))

    @property
    def is_quoted(self) -> bool:
        """Whether it has quotes."""
        return self.live.state.contracts[SYMBOLS[CALL]].bid is not None

    def view(self) -> View:
        """What it supervises."""
        state = self.live.state
        held = {symbol: held.side * held.contracts for symbol, held in state.by_symbol.items()}
        halted = state.session == "halted"
        bare = frozenset(s for s, held in state.by_symbol.items() if halted or held.overrides.mode == "observe")
        return View(held, list(state.held), state.link is not None and state.link.state == "up", bare)

    def die_at(self, kind: str, number: int) -> None:
        """Kill -9 at the so-manieth from now."""
        self._dies_at[kind] = number

    def cross(self, kind: str) -> None:
        """One of these; dies of it when it is time."""
        left = self._dies_at[kind] = self._dies_at.get(kind, 0) - 1
        if left == 0:
            self.is_dead = True
            raise Killed

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

    def check(self) -> None:
        """Raises what it has failed with, and when it has ended by itself."""
        if self.fault is not None:
            raise self.fault
        if self.task.done():
            self.task.result()
            raise AssertionError("the session has ended by itself")

    async def bury(self) -> None:
        """What the system does with what a killed process has left: its connections end, its locks are let go."""
        self.is_dead = True
        self.task.cancel()
        await asyncio.wait((self.task,))
        store = self.live.parts.store
        store.connection.close()
        if store.lock is not None:
            store.lock.release()

    async def stop(self) -> None:
        """As the engine does it."""
        self.task.cancel()
        await asyncio.wait((self.task,))
        self.live.close()
        if self.fault is not None:
            raise self.fault
        assert self.task.cancelled(), self.task.exception()


class DyingJournal:
    """Passes on, and dies before or after a commit."""

    def __init__(self, run: Run, journal: Journal) -> None:
        self._run, self._journal = run, journal
        self.trouble = journal.trouble

    def write(self, records: Sequence[Record], *, durable: bool) -> None:
        """One commit."""
        self._run.cross("before commit")
        self._journal.write(records, durable=durable)
        self.trouble = self._journal.trouble
        self._run.cross("after commit")


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
            self._run.entries.add(order.ref)
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
        self._run.cross("after send")
        return reports
