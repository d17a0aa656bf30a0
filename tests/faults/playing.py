"""One session over a written day or a recording: what it is played with, and everything its journal tells."""

import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from cockpit.brokers.paper import PaperOptions
from cockpit.feeds.recording import Recording, load
from cockpit.journal.history import History
from cockpit.journal.store import Store
from cockpit.profiles import profile
from cockpit.routing.walk import Walk
from cockpit.wiring import Plan, Replay, read_script, replay_of

TABLES = ("round_trips", "executions", "orders", "decisions", "verdicts", "stops", "commands", "alerts")
NS = 1_000_000_000
Sample = tuple[Any, ...]


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

    def loaded(self) -> Recording:
        """The recording, read."""
        return load(Path(self.recording), now_ns=time.time_ns())

    def started(self, recording: Recording, store: Store) -> Replay:
        """The session: new, or where the journal says that it was killed."""
        script, named = read_script(recording, Path(self.entries), Path(self.commands) if self.commands else None)
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
    """Everything that a journal says of its only session, without how many transactions it took to write it."""

    ledger: tuple[bytes, ...]
    tables: dict[str, list[dict[str, Any]]]
    sha256: str | None  # as the session ended with
    resumed: int
    samples: dict[str, dict[int, Sample]]  # what was known of each position, by instant


def told_by(history: History) -> Told:
    """Reads it."""
    (session,) = history.sessions()
    tables: dict[str, list[dict[str, Any]]] = {}
    for table in TABLES:
        cursor = history.connection.execute(f"SELECT * FROM {table} ORDER BY seq")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
        tables[table] = [{name: row[name] for name in names if name not in ("seq", "session_id")} for row in rows]
    ledger = tuple(history.ledger_lines(session.id))
    return Told(
        ledger=ledger, tables=tables, sha256=session.ledger_sha256, resumed=session.resumed, samples=_samples(history)
    )


def _samples(history: History) -> dict[str, dict[int, Sample]]:
    found: dict[str, dict[int, Sample]] = {}
    for _, _, at_ns, position, *values in history.connection.execute("SELECT * FROM position_samples ORDER BY at_ns"):
        found.setdefault(position, {})[at_ns] = tuple(values)
    return found


def difference(told: Told, whole: Told) -> str:
    """The first thing in which two journals differ, in words; empty when they tell the same."""
    for number, (line, other) in enumerate(zip(told.ledger, whole.ledger, strict=False)):
        if line != other:
            return f"ledger line {number} is {line[:300]!r}, uninterrupted it is {other[:300]!r}"
    if len(told.ledger) != len(whole.ledger):
        return f"the ledger has {len(told.ledger)} lines, uninterrupted {len(whole.ledger)}"
    for table in TABLES:
        rows, others = told.tables[table], whole.tables[table]
        for row, other in zip(rows, others, strict=False):
            if row != other:
                names = [name for name in row if row[name] != other[name]]
                changed = {name: (row[name], other[name]) for name in names}
                return f"{table}: {changed} (here, uninterrupted) in {row}"
        if len(rows) != len(others):
            return f"{table} has {len(rows)} rows, uninterrupted {len(others)}"
    return "" if told.sha256 == whole.sha256 else f"the ledger's hash is {told.sha256}, uninterrupted {whole.sha256}"
