"""One session over a written day or a recording: what is played, and what it has told."""

import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from cockpit.brokers.paper import PaperOptions
from cockpit.feeds.recording import load
from cockpit.journal.history import open_history
from cockpit.journal.store import Store
from cockpit.routing.walk import Walk
from cockpit.wiring import Plan, Replay, profile, read_script, replay_of

TABLES = ("round_trips", "executions", "orders", "decisions", "verdicts", "stops", "commands", "alerts")


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """What a session is played with; the same every time it is started."""

    recording: str
    entries: str
    commands: str | None = None
    profile: str = "adaptive"
    latency_ms: float = 0.0
    participation: float = 0.0
    reject_rate: float = 0.0
    commission: str = "0"
    walk: bool = False

    def started(self, store: Store | None) -> Replay:
        """The session, new or where the journal says that it was killed."""
        recording = load(Path(self.recording), now_ns=time.time_ns())
        script, named = read_script(recording, Path(self.entries), None if not self.commands else Path(self.commands))
        default = profile(self.profile)
        options = PaperOptions(
            latency_ms=self.latency_ms, participation=self.participation, reject_rate=self.reject_rate,
            commission=Decimal(self.commission), walk=Walk() if self.walk else None,
        )  # fmt: skip
        profiles = {**named, default.name: default}
        plan = Plan(profiles=profiles, default_profile=default.name, script=script, options=options)
        return replay_of(recording, plan, store=store)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything that a journal says of its only session, without the numbers that count transactions."""

    ledger: tuple[bytes, ...]
    tables: dict[str, list[dict[str, Any]]]
    ended: bool
    resumed: int


def told_by(journal: Path) -> Told:
    """Reads it, read-only."""
    with open_history(journal) as history:
        (session,) = history.sessions()
        history.connection.row_factory = None
        tables: dict[str, list[dict[str, Any]]] = {}
        for table in TABLES:
            cursor = history.connection.execute(f"SELECT * FROM {table} ORDER BY seq")
            names = [column[0] for column in cursor.description]
            tables[table] = [
                {name: value for name, value in zip(names, row, strict=True) if name not in ("seq", "session_id")}
                for row in cursor
            ]
        return Told(
            ledger=tuple(history.ledger_lines(session.id)), tables=tables, ended=session.ended_ns is not None,
            resumed=session.resumed,
        )  # fmt: skip
