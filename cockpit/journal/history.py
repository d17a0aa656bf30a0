"""What a journal tells: sessions, round trips and what led to them, read from one connection."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from cockpit.domain.errors import BadInput
from cockpit.journal.opening import connect_to_read
from cockpit.journal.rows import from_json, record_of
from cockpit.records import SessionRecord

Row = dict[str, Any]

JSON_COLUMNS = frozenset(
    {"entry_context", "exit_context", "readings", "suppressed", "quote", "arguments"},
)
FLAGS = frozenset({"in_cooldown", "accepted"})
BELONGING = ("exits", "executions", "orders", "decisions", "verdicts", "stops", "alerts")
MAX_NS = 2**63 - 1

_COMMANDS_OF_TRIP = """
SELECT * FROM commands WHERE session_id = ?1 AND (
  json_extract(arguments, '$.position') = ?2
  OR coalesce(json_extract(arguments, '$.position'), json_extract(arguments, '$.symbol'), ?3) = ?3
    AND at_ns BETWEEN ?4 AND ?5
) ORDER BY seq
"""
"""Commands name a position by its id, by its symbol while it is open, or not at all: those are for the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which round trips: all that is given must agree; `since_ns` and `until_ns` bound the opening, half-open."""

    session_id: str | None = None
    symbol: str | None = None
    underlying: str | None = None
    rule: str | None = None  # a rule that left it, wholly or in part
    since_ns: int | None = None
    until_ns: int | None = None
    closed: bool | None = None
    newest: int | None = None  # at most so many, the latest ones


def open_history(path: Path) -> "History":
    """Read the journal `path`, also while a cockpit writes it; BadInput when it is absent, damaged or no journal."""
    path = path.resolve()
    return History(connect_to_read(path), path)


class History:
    """Queries over a journal; times in rows are UTC ISO 8601 text (`…_at`, `at`), JSON columns are decoded."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self.connection = connection
        self.path = path

    def close(self) -> None:
        """End reading."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise BadInput(
                f"The journal {self.path} is damaged ({error}): restore a backup; `cockpit journal verify` says more."
            ) from error

    def last_session(self, feed: str | None = None) -> SessionRecord | None:
        """The session that began last, of `feed` if given; None in a new journal."""
        where, given = ("WHERE feed = ?", (feed,)) if feed is not None else ("", ())
        rows = self._select(f"SELECT * FROM sessions {where} ORDER BY seq DESC LIMIT 1", given)
        return record_of(SessionRecord, rows[0]) if rows else None

    def session(self, session_id: str) -> SessionRecord | None:
        """One session, None when the journal does not know it."""
        rows = self._select("SELECT * FROM sessions WHERE id = ?", (session_id,))
        return record_of(SessionRecord, rows[0]) if rows else None

    def sessions(self) -> list[SessionRecord]:
        """All sessions, the oldest first."""
        return [record_of(SessionRecord, row) for row in self._select("SELECT * FROM sessions ORDER BY seq")]

    def checkpoints(self, session_id: str | None = None) -> dict[str, bytes]:
        """key -> body of what the engine kept to resume `session_id`, the last session by default."""
        if session_id is None:
            last = self.last_session()
            session_id = last.id if last is not None else ""
        rows = self.connection.execute(
            "SELECT key, body FROM checkpoints WHERE session_id = ? AND body IS NOT NULL ORDER BY seq", (session_id,)
        )
        return dict(rows.fetchall())

    def ledger_lines(self, session_id: str) -> Iterator[bytes]:
        """The ledger's lines of one session, in order."""
        rows = self.connection.execute("SELECT lines FROM ledger WHERE session_id = ? ORDER BY seq", (session_id,))
        return (line for (lines,) in rows for line in lines.encode().split(b"\n"))

    def round_trips(self, wanted: Filter | None = None) -> list[Row]:
        """Round trips, session by session in order of opening; each has `rules`, in order of the fills that it left by.

        Of all sessions those of the last one are the newest: a recorded day may have been played again.
        """
        where, given = _conditions(wanted or Filter())
        newest = wanted.newest if wanted is not None else None
        query = (
            "SELECT t.*, (SELECT json_group_array(rule) FROM (SELECT rule FROM exits AS x"
            " WHERE x.session_id = t.session_id AND x.position_id = t.id GROUP BY x.cause_id, x.rule"
            " ORDER BY min(x.at_ns))) AS rules"
            f" FROM round_trips AS t {where} ORDER BY (SELECT s.seq FROM sessions AS s WHERE s.id = t.session_id) DESC,"
            " t.opened_ns DESC, t.seq DESC LIMIT ?"
        )
        rows = self._select(query, (*given, -1 if newest is None else newest))
        return [readable(row) for row in reversed(rows)]

    def count(self, wanted: Filter | None = None) -> int:
        """How many round trips agree with the filter, whatever its `newest`."""
        where, given = _conditions(wanted or Filter())
        return int(self.connection.execute(f"SELECT count(*) FROM round_trips AS t {where}", given).fetchone()[0])

    def round_trip(self, wanted: str) -> Row:
        """One round trip by id, or `SESSION/ID`, with all that belongs to it, each in order.

        Adds `exits`, `executions`, `orders`, `decisions`, `verdicts`, `stops`, `alerts` and `commands`, also those
        that were for the whole session while it lasted; of `samples` only how many there are. BadInput when the journal
        has none of that id, or several.
        """
        session_id, position_id = self._identify(wanted)
        trip = self._select("SELECT * FROM round_trips WHERE session_id = ? AND id = ?", (session_id, position_id))[0]
        found = readable(trip)
        for table in BELONGING:
            order = "at_ns, execution_id" if table == "exits" else "seq"
            query = f"SELECT * FROM {table} WHERE session_id = ? AND position_id = ? ORDER BY {order}"
            found[table] = [readable(row) for row in self._select(query, (session_id, position_id))]
        count = "SELECT count(*) FROM position_samples WHERE session_id = ? AND position_id = ?"
        (found["samples"],) = self.connection.execute(count, (session_id, position_id)).fetchone()
        life = (trip["opened_ns"], trip["closed_ns"] if trip["closed_ns"] is not None else MAX_NS)
        given = (session_id, position_id, trip["symbol"], *life)
        found["commands"] = [readable(row) for row in self._select(_COMMANDS_OF_TRIP, given)]
        return found

    def _identify(self, wanted: str) -> tuple[str, str]:
        session_id, _, position_id = wanted.rpartition("/")
        query = "SELECT session_id, id FROM round_trips WHERE id = ? AND (? = '' OR session_id = ?) ORDER BY opened_ns"
        found = self.connection.execute(query, (position_id, session_id, session_id)).fetchall()
        if not found:
            raise BadInput(f"The journal {self.path} has no round trip {wanted!r}: `cockpit journal list` shows them.")
        if len(found) > 1:
            names = ", ".join("/".join(name) for name in found[-5:])
            raise BadInput(f"The journal {self.path} has {len(found)} round trips {wanted!r}: write one of {names}.")
        return found[0]

    def _select(self, query: str, given: Sequence[Any] = ()) -> list[Row]:
        cursor = self.connection.execute(query, given)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def readable(row: Row) -> Row:
    """A row for people and JSON: `…_ns` as `…_at`, JSON decoded, flags true or false."""
    told: Row = {}
    for name, value in row.items():
        if name == "seq" or (name == "at" and "at_ns" in row):
            continue
        if name.endswith("_ns"):
            told[f"{name[:-3]}_at" if name != "at_ns" else "at"] = None if value is None else iso(value)
        elif name in JSON_COLUMNS or name == "rules":
            told[name] = None if value is None else from_json(value)
        elif name in FLAGS:
            told[name] = bool(value)
        else:
            told[name] = value
    return told


def iso(at_ns: int) -> str:
    """UTC ISO 8601 with Z and as many decimals of a second as there are, at most nine."""
    seconds, fraction = divmod(at_ns, 1_000_000_000)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction:09d}".rstrip("0").rstrip(".") + "Z" if fraction else f"{text}Z"


def _conditions(wanted: Filter) -> tuple[str, list[Any]]:
    parts: list[tuple[str, Any]] = [
        ("t.session_id = ?", wanted.session_id),
        ("t.symbol = ?", wanted.symbol),
        ("t.underlying = ?", wanted.underlying),
        (
            "EXISTS (SELECT 1 FROM exits AS x WHERE x.session_id = t.session_id AND x.position_id = t.id"
            " AND x.rule = ?)",
            wanted.rule,
        ),
        ("t.opened_ns >= ?", wanted.since_ns),
        ("t.opened_ns < ?", wanted.until_ns),
        ("(t.closed_ns IS NOT NULL) = ?", wanted.closed),
    ]
    given = [(condition, value) for condition, value in parts if value is not None]
    where = " AND ".join(condition for condition, _ in given)
    return (f"WHERE {where}" if where else ""), [value for _, value in given]
