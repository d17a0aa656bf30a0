"""Our program as a real process: commanded through its socket, seen through its journal, killed with kill -9."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec

from cockpit.commands import Acknowledged, Base
from cockpit.feeds.inbox import socket_path
from cockpit.journal.history import open_history
from tests.broker_laws.killed import Asked
from tests.broker_laws.laws import View, rows
from tests.broker_laws.world import World
from tests.tws.control import Control
from tests.tws.server import HOST

ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 30.0
ANSWERS_WITHIN_S = 5.0
MOST_S = 0.3
"""Of real time that a wait of a schedule takes at most."""


class Child:
    """One process."""

    def __init__(self, process: asyncio.subprocess.Process, journal: Path, control: Control) -> None:
        self.is_dead = False
        self._process, self._journal, self._control = process, journal, control
        self._socket = socket_path(journal)

    @property
    def is_quoted(self) -> bool:
        """It says that it is connected once it is."""
        return True

    def ask(self, command: Base) -> Acknowledged | None:
        """Through the socket; None when nobody listens there or dies of it."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
                asking.settimeout(ANSWERS_WITHIN_S)
                asking.connect(os.fspath(self._socket))
                asking.sendall(msgspec.json.encode(command) + b"\n")
                said = asking.makefile("rb").readline()
        except OSError:
            return None
        return msgspec.json.decode(said, type=Acknowledged) if said else None

    def view(self) -> View:
        """From the journal."""
        with open_history(self._journal) as history:
            executions = rows(history, "SELECT * FROM executions ORDER BY seq")
            trips = rows(history, "SELECT id, symbol FROM round_trips WHERE closed_ns IS NULL ORDER BY seq")
            found = {row["position_id"] for row in rows(history, "SELECT position_id FROM alerts WHERE kind = 'found'")}
        held = Counter[str]()
        for row in executions:
            held[row["symbol"]] += row["contracts"] if row["side"] == "buy" else -row["contracts"]
        bare = frozenset(row["symbol"] for row in trips if row["id"] in found)  # beyond its stop: only observed
        return View(dict(held), [row["id"] for row in trips], 7 in self._control.sessions(), bare)

    def die_at(self, kind: str, number: int) -> None:
        """At once: from outside no commit can be counted."""
        self._process.send_signal(signal.SIGKILL)
        self.is_dead = True

    def beat(self) -> None:
        """It has a clock of its own."""

    def check(self) -> None:
        """Raises when it has ended by itself."""
        assert self._process.returncode is None, f"the process has ended with {self._process.returncode}"

    async def bury(self) -> None:
        """Kill -9."""
        if self._process.returncode is None:
            self._process.kill()
        await self._ended()

    async def stop(self) -> None:
        """Ctrl+C."""
        self._process.send_signal(signal.SIGINT)
        complaints = (await self._ended()).decode()
        assert self._process.returncode == 0, complaints
        assert "Traceback" not in complaints, complaints

    async def _ended(self) -> bytes:
        """What it has complained of."""
        async with asyncio.timeout(STARTS_WITHIN_S):
            _, complaints = await self._process.communicate()
        self.is_dead = True
        return complaints


class ProcessWorld(World):
    """A world whose session is a process; session time is real."""

    began_ns = 0

    @property
    def entries(self) -> set[str]:
        """From the journal."""
        if not self.journal.exists():
            return set()
        with open_history(self.journal) as history:
            return {row["ref"] for row in rows(history, "SELECT ref FROM orders WHERE purpose = 'entry'")}

    async def start(self) -> bool:
        """A new process, which says that it is connected."""
        await self.mourn()
        if self.program is not None:
            return True
        self.began_ns = self.began_ns or time.time_ns()
        asked = Asked(host=HOST, port=self.server.port, journal=str(self.journal), began_ns=self.began_ns)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.broker_laws.killed", json.dumps(msgspec.to_builtins(asked)),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        assert process.stdout is not None
        async with asyncio.timeout(STARTS_WITHIN_S):
            said = b""
            while not said.startswith(b"Connected"):
                said = await process.stdout.readline()
                if not said:
                    self.said.append((await process.communicate())[1].decode())
                    return False
        self.program = Child(process, self.journal, self.control)
        return True

    async def pass_s(self, seconds: float) -> None:
        """In real time, and shorter."""
        await self.breathe(min(seconds, MOST_S) or 0.01)
        await self.mourn()
