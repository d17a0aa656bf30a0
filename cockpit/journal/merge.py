"""Spilled rows: written as text beside the journal, and merged into it exactly once."""

import base64
import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from cockpit.journal.rows import COLUMNS, Rows, upsert_sql
from cockpit.journal.spill import Spill


class SpilledRows(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Rows of one table; `columns` by name, so that they survive a column that is added later."""

    columns: list[str]
    rows: list[list[str | int | float | None]]


_BATCH = msgspec.json.Decoder(dict[str, SpilledRows])


def encode_batch(rows: Rows) -> bytes:
    """One line without its end; bytes are base64."""
    return msgspec.json.encode({table: {"columns": COLUMNS[table], "rows": kept} for table, kept in rows.items()})


def merge(connection: sqlite3.Connection, spill: Spill) -> None:
    """Commit all that was spilled, durably and once, then forget the spill; sqlite3.Error leaves both as they were."""
    if not len(spill):
        return
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        insert_spilled(connection, spill)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    spill.clear()


def insert_spilled(connection: sqlite3.Connection, spill: Spill) -> None:
    """Insert what was spilled, unless a crash came between its commit and its removal; inside a transaction."""
    if spill.name and connection.execute("SELECT 1 FROM spills WHERE id = ?", (spill.name,)).fetchone():
        return
    for batch in spill.batches():
        try:
            tables = _BATCH.decode(batch)
        except msgspec.MsgspecError as error:
            raise sqlite3.DatabaseError(f"the spill {spill.name} is damaged: {error}") from error
        for table, kept in tables.items():
            _insert(connection, table, kept)
    if spill.name:
        connection.execute("INSERT INTO spills (id, batches) VALUES (?, ?)", (spill.name, len(spill)))


def _insert(connection: sqlite3.Connection, table: str, kept: SpilledRows) -> None:
    known = {row[1]: (row[2], row[5]) for row in connection.execute("SELECT * FROM pragma_table_info(?)", (table,))}
    if table not in COLUMNS or not known.keys() >= set(kept.columns):
        raise sqlite3.DatabaseError(f"the spill names a table or column that the journal has not: {table}")
    key = sorted((name for name, (_, place) in known.items() if place), key=lambda name: known[name][1])
    blobs = [place for place, name in enumerate(kept.columns) if known[name][0] == "BLOB"]
    statement = upsert_sql(table, kept.columns, key)
    connection.executemany(statement, (_with_blobs(row, blobs) for row in kept.rows))


def _with_blobs(row: Sequence[Any], blobs: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in blobs:
        if values[place] is not None:
            values[place] = base64.b64decode(values[place])
    return values
