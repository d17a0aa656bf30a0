"""Whether a journal is whole and tells one story: every finding is a sentence, none means that it holds."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

import msgspec

from cockpit.domain.errors import BadInput
from cockpit.journal.history import History, Row, iso
from cockpit.journal.ledger import Ledger
from cockpit.journal.opening import sidecar
from cockpit.journal.rows import RECORDS, from_json, shape
from cockpit.journal.spill import read_spill
from cockpit.records import Record

SLACK = 1e-9
"""Levels of stops are compared with it, as the engine compares readings."""

_LEDGER_SHAPES = {record.TABLE: shape(record) for record in RECORDS if record.LEDGER}


def verify(history: History) -> list[str]:
    """All findings: damage, positions that do not add up, exits without a decision, loosened stops, stray samples, a
    broken ledger.

    Reads one snapshot, also of a journal that is being written.
    """
    connection = history.connection
    connection.execute("BEGIN")
    try:
        damage = [f"SQLite finds damage: {text}." for (text,) in _integrity(connection) if text != "ok"]
        if damage:
            return damage
        findings = list(_unmerged(history))
        findings += _positions(connection)
        findings += _exits(connection)
        findings += _stops(connection)
        findings += _samples(connection)
        for session in history.sessions():
            findings += _ledger(history, session.id, session.ended_ns is not None, session.ledger_sha256)
        return findings
    finally:
        connection.execute("ROLLBACK")


def _integrity(connection: sqlite3.Connection) -> list[tuple[str]]:
    try:
        return connection.execute("PRAGMA integrity_check(20)").fetchall()
    except sqlite3.DatabaseError as error:
        return [(str(error),)]


def _unmerged(history: History) -> Iterator[str]:
    if history.path is None or not (spill := sidecar(history.path, ".spill")).exists():
        return
    try:
        name, batches, _ = read_spill(spill)
    except BadInput as error:
        yield str(error)
        return
    merged = history.connection.execute("SELECT 1 FROM spills WHERE id = ?", (name,)).fetchone()
    if batches and not merged:
        yield f"{spill} holds {batches} batches that are not merged: the next session on this journal merges them."


def _positions(connection: sqlite3.Connection) -> Iterator[str]:
    """Fills in order add up to what each round trip says: never past flat, never more than held, flat when closed."""
    fills: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in _rows(connection, "SELECT * FROM executions ORDER BY seq"):
        fills[row["session_id"], row["position_id"]].append(row)
        if row["contracts"] <= 0:
            yield f"Execution {row['session_id']}/{row['id']} is of {row['contracts']} contracts."
    for trip in _rows(connection, "SELECT * FROM round_trips ORDER BY seq"):
        yield from _position(trip, fills.pop((trip["session_id"], trip["id"]), []))
    for (session_id, position_id), orphans in fills.items():
        yield f"Position {session_id}/{position_id} has {len(orphans)} executions and no round trip."


def _position(trip: Row, fills: list[Row]) -> Iterator[str]:
    name, towards = f"{trip['session_id']}/{trip['id']}", 1 if trip["side"] == "long" else -1
    held = most = 0
    for fill in fills:
        held += towards * (fill["contracts"] if fill["side"] == "buy" else -fill["contracts"])
        most = max(most, held)
        if held < 0:
            yield f"Round trip {name}: execution {fill['id']} at {iso(fill['at_ns'])} takes off more than was held."
    if most != trip["contracts"]:
        yield f"Round trip {name} says {trip['contracts']} contracts at most, its executions add up to {most}."
    if trip["closed_ns"] is not None and held:
        yield f"Round trip {name} is closed, but its executions leave {held} contracts open."
    if trip["closed_ns"] is None and not held:
        yield f"Round trip {name} is open, but its executions leave nothing open."


def _exits(connection: sqlite3.Connection) -> Iterator[str]:
    """Every exit order has the decision it came from, a resting stop once it has filled; every execution its order."""
    undecided = (
        "SELECT o.session_id, o.ref FROM orders AS o LEFT JOIN decisions AS d"
        " ON d.session_id = o.session_id AND d.id = o.decision_id AND d.position_id = o.position_id"
        " WHERE (o.purpose = 'exit' OR (o.purpose = 'protect' AND o.filled > 0)) AND d.id IS NULL ORDER BY o.seq"
    )
    for row in _rows(connection, undecided):
        yield f"Exit order {row['session_id']}/{row['ref']} has no decision for its position."
    unordered = (
        "SELECT e.session_id, e.id, e.order_ref FROM executions AS e LEFT JOIN orders AS o"
        " ON o.session_id = e.session_id AND o.ref = e.order_ref WHERE o.ref IS NULL ORDER BY e.seq"
    )
    for row in _rows(connection, unordered):
        yield f"Execution {row['session_id']}/{row['id']} is of order {row['order_ref']}, which is not in the journal."
    overfilled = (
        "SELECT o.session_id, o.ref, o.contracts, sum(e.contracts) AS filled FROM orders AS o JOIN executions AS e"
        " ON e.session_id = o.session_id AND e.order_ref = o.ref GROUP BY o.session_id, o.ref"
        " HAVING sum(e.contracts) > o.contracts"
    )
    for row in _rows(connection, overfilled):
        yield f"Order {row['session_id']}/{row['ref']} of {row['contracts']} contracts was filled {row['filled']}."


def _stops(connection: sqlite3.Connection) -> Iterator[str]:
    """A held stop moves in the position's favour only, but for a recorded relax or a human.

    On the underlying, where the favourable way depends on the contract, all other moves must go one way.
    """
    query = (
        "SELECT s.*, t.side FROM stops AS s LEFT JOIN round_trips AS t"
        " ON t.session_id = s.session_id AND t.id = s.position_id ORDER BY s.session_id, s.position_id, s.seq"
    )
    before: Row = {}
    way = 0
    for stop in _rows(connection, query):
        same = all(stop[name] == before.get(name) for name in ("session_id", "position_id", "basis"))
        if not same:
            way = (-1 if stop["side"] == "short" else 1) if stop["basis"] == "premium" else 0
        elif stop["level"] is not None and before["level"] is not None and not _may_loosen(stop):
            move = stop["level"] - before["level"]
            if abs(move) > SLACK:
                way = way or (1 if move > 0 else -1)
                if move * way < 0:
                    yield (
                        f"The stop of {stop['session_id']}/{stop['position_id']} was loosened from {before['level']}"
                        f" to {stop['level']} at {iso(stop['at_ns'])} by {stop['rule']}, and no relax says so."
                    )
        before = stop


def _may_loosen(stop: Row) -> bool:
    return stop["rule"] == "human" or stop["why"].startswith(("relax", "human"))


def _samples(connection: sqlite3.Connection) -> Iterator[str]:
    """Every sample is of a round trip, and of an instant within its life."""
    query = (
        "SELECT s.session_id, s.position_id, t.id, t.opened_ns, t.closed_ns, count(*) AS there,"
        " min(s.at_ns) AS first_ns, max(s.at_ns) AS last_ns FROM position_samples AS s LEFT JOIN round_trips AS t"
        " ON t.session_id = s.session_id AND t.id = s.position_id GROUP BY s.position_id, s.session_id"
    )
    for found in _rows(connection, query):
        name = f"{found['session_id']}/{found['position_id']}"
        if found["id"] is None:
            yield f"Position {name} has {found['there']} samples and no round trip."
        elif found["first_ns"] < found["opened_ns"]:
            yield f"Round trip {name} has a sample of {iso(found['first_ns'])}, before it was opened."
        elif found["closed_ns"] is not None and found["last_ns"] > found["closed_ns"]:
            yield f"Round trip {name} has a sample of {iso(found['last_ns'])}, after it was closed."


def _ledger(history: History, session_id: str, ended: bool, stored: str | None) -> Iterator[str]:
    """The ledger's lines hash to what the session said at its end, and say what the tables say."""
    ledger = Ledger()
    added = {
        table: _rows(history.connection, f"SELECT * FROM {table} WHERE session_id = ? ORDER BY seq", session_id)
        for table, place in _LEDGER_SHAPES.items()
        if not place.record.KEY
    }
    latest: dict[tuple[str, Any], list[Any]] = {}
    for canonical in history.ledger_lines(session_id):
        ledger.add_line(canonical)
        table, *values = _decoded(canonical)
        place = _LEDGER_SHAPES.get(table)
        if place is None:
            yield f"The ledger of session {session_id} has a line of no known table in row {ledger.rows}."
            return
        if place.record.KEY:
            latest[table, values[place.fields.index(place.record.KEY[0])]] = values
        elif not _agree(place.record, next(added[table], None), values):
            yield f"The {table} of session {session_id} differ from its ledger at ledger row {ledger.rows}."
            return
    yield from (f"The {t} of session {session_id} go on after its ledger." for t in added if next(added[t], None))
    yield from _latest_agree(history.connection, session_id, latest)
    if ended and stored is None:
        yield f"Session {session_id} ended without the hash of its ledger."
    elif ended and stored != ledger.hexdigest():
        yield f"The ledger of session {session_id} does not have the hash that the session ended with: it was changed."


def _latest_agree(
    connection: sqlite3.Connection, session_id: str, latest: dict[tuple[str, Any], list[Any]]
) -> Iterator[str]:
    for table, place in _LEDGER_SHAPES.items():
        if not place.record.KEY:
            continue
        for row in _rows(connection, f"SELECT * FROM {table} WHERE session_id = ? ORDER BY seq", session_id):
            key = row[place.record.KEY[0]]
            if not _agree(place.record, row, latest.pop((table, key), None)):
                yield f"Row {session_id}/{key} of {table} is not what the ledger says."
    for table, key in latest:
        yield f"Row {session_id}/{key} of {table} is in the ledger and no longer in the table."


def _agree(record: type[Record], row: Row | None, values: list[Any] | None) -> bool:
    """A line of an older cockpit ends before the fields that orders have been given since."""
    if row is None or values is None:
        return False
    place = _LEDGER_SHAPES[record.TABLE]
    in_json = {place.columns[index] for index in place.json_at}
    told = [from_json(row[name]) if name in in_json else row[name] for name in place.fields]
    since = sum(field.default is not MISSING for field in fields(record))
    return told == values or (len(values) == len(told) - since and told[: len(values)] == values)


def _decoded(canonical: bytes) -> list[Any]:
    try:
        return msgspec.json.decode(canonical, type=list[Any]) or [""]
    except msgspec.MsgspecError:
        return [""]


def _rows(connection: sqlite3.Connection, query: str, *given: object) -> Iterator[Row]:
    cursor = connection.execute(query, given)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)
