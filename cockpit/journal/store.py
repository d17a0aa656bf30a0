"""The writing side of the journal: one transaction for each batch, and a side file when the journal cannot take it."""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from cockpit.domain.errors import BadInput
from cockpit.journal.history import History
from cockpit.journal.ledger import Ledger, line
from cockpit.journal.lock import WriterLock
from cockpit.journal.merge import encode_batch, insert_spilled, merge
from cockpit.journal.opening import (
    check_header,
    check_whole,
    connect_in_memory,
    connect_to_write,
    migrate,
    read_header,
    schema_version,
    sidecar,
)
from cockpit.journal.rows import COLUMNS, LEDGER_TABLE, UPSERTS, Rows, shape
from cockpit.journal.spill import Spill
from cockpit.records import Record, SessionRecord

RETRY_S = 1.0
"""After a failed write the next ones go straight to the spill for this long: each attempt may block for 50 ms."""


def open_journal(path: Path | None, *, retry_s: float = RETRY_S) -> "Store":
    """The journal `path` for its one writer, made when absent and migrated when old; None keeps it in memory.

    BadInput when another process writes it, when it is no whole journal of this or an older schema, when it cannot
    be written, or when what an earlier session spilled beside it cannot be merged now; the file is then as it was.
    """
    if path is None:
        connection = connect_in_memory()
        migrate(connection, None)
        return Store(connection, None, None, Spill(None), retry_s)
    path = path.resolve()  # two names of one file share the lock
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent} for the journal {path.name}: make it, or name another file.")
    header = read_header(path)
    if header is not None:
        check_header(path, header)
    lock = WriterLock(path)
    try:
        return _open_locked(path, lock, retry_s)
    except BaseException:
        lock.release()
        raise


def _open_locked(path: Path, lock: WriterLock, retry_s: float) -> "Store":
    if read_header(path) is not None:
        check_whole(path)
    spill = Spill(sidecar(path, ".spill"))
    connection = connect_to_write(path)
    try:
        if schema_version(connection):
            merge(connection, spill)  # in the schema that it was spilled from
        migrate(connection, path)
        store = Store(connection, path, lock, spill, retry_s)
        store.forget_old_checkpoints()
        return store
    except (sqlite3.Error, OSError) as error:
        connection.close()
        raise BadInput(
            f"The journal {path} cannot be brought up to date ({error}): make room, or close what else uses it."
        ) from error
    except BadInput:
        connection.close()
        raise


class Store(History):
    """A journal being written, by one thread at a time; `write` never raises for want of disk, permission or lock."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path | None, lock: WriterLock | None, spill: Spill, retry_s: float
    ) -> None:
        super().__init__(connection, path)
        self.session_id: str | None = None
        self.trouble: str | None = None
        """A sentence for the alarm while rows wait beside the journal, None while it takes them."""
        self.lock = lock
        self._spill = spill
        self._retry_s = retry_s
        self._retry_at = 0.0
        self._error = ""
        self._full_sync: bool | None = None
        self._seq = self._last_seq()

    def begin(self, session: SessionRecord) -> None:
        """Start writing `session`, or go on with it when the journal knows its id."""
        self.session_id = session.id
        self.write([session], durable=True)

    def write(self, records: Sequence[Record], *, durable: bool) -> None:
        """Commit all `records` or none, in their order; `durable` waits until the disk has them.

        What cannot be committed now is spilled, `trouble` says so, and a later write merges it first.
        RuntimeError before `begin`.
        """
        if self.session_id is None:
            raise RuntimeError("begin a session before writing to the journal")
        rows = self._rows(records, self.session_id)
        if len(self._spill) and time.monotonic() < self._retry_at:
            self._spill_rows(rows, durable)
            return
        try:
            self._commit(rows, durable)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.DataError):
                raise  # a bug of ours, not of the disk
            self._retry_at, self._error = time.monotonic() + self._retry_s, str(error)
            self._spill_rows(rows, durable)

    def close(self) -> None:
        """Merge what was spilled if that is possible, and let the next writer in."""
        try:
            merge(self.connection, self._spill)
        except sqlite3.DatabaseError:
            self._spill.save()  # the next writer merges it
        finally:
            self.connection.close()
            if self.lock is not None:
                self.lock.release()
                self.lock = None

    def next_session_id(self) -> str:
        """S0001, S0002 …: the first id that this journal has not used."""
        return f"S{self.connection.execute('SELECT count(*) FROM sessions').fetchone()[0] + 1:04d}"

    def forget_old_checkpoints(self) -> None:
        """Drop what no session can resume from: deleted ones, and those of all but the newest session of each feed."""
        self.connection.execute(
            "DELETE FROM checkpoints WHERE body IS NULL OR session_id NOT IN"
            " (SELECT id FROM sessions WHERE seq IN (SELECT max(seq) FROM sessions GROUP BY feed, broker))"
        )

    def ledger(self, session_id: str | None = None) -> Ledger:
        """The ledger as the journal has it, to go on with after a restart; of the current session by default.

        Rows that still wait beside the journal are not in it; `open_journal` leaves none waiting.
        """
        ledger = Ledger()
        for canonical in self.ledger_lines(session_id or self.session_id or ""):
            ledger.add_line(canonical)
        return ledger

    def _rows(self, records: Sequence[Record], session_id: str) -> Rows:
        rows: Rows = {}
        lines: list[bytes] = []
        for record in records:
            self._seq += 1
            place = shape(type(record))
            rows.setdefault(place.table, []).append(place.row(record, session_id, self._seq))
            if record.LEDGER:
                lines.append(line(record))
        if lines:
            rows[LEDGER_TABLE] = [(session_id, self._seq, b"\n".join(lines).decode())]
        return rows

    def _commit(self, rows: Rows, durable: bool) -> None:
        execute = self.connection.execute
        waiting = len(self._spill)
        full = durable or waiting > 0  # the spill is removed only when the disk has what was in it
        if full is not self._full_sync:
            execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
            self._full_sync = full
        execute("BEGIN IMMEDIATE")
        try:
            if waiting:
                insert_spilled(self.connection, self._spill)
            for table, parameters in rows.items():
                self.connection.executemany(UPSERTS[table], parameters)
            execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                execute("ROLLBACK")
            raise
        if waiting:
            self._spill.clear()
            self.trouble = None

    def _spill_rows(self, rows: Rows, durable: bool) -> None:
        self._spill.append(encode_batch(rows), durable=durable)
        where = f"{self.path}.spill" if self.path is not None and not self._spill.in_memory else "memory alone"
        self.trouble = (
            f"The journal {self.path or 'in memory'} cannot be written ({self._error}): what happens is kept in "
            f"{where} and merged when it can be; make room, permit it or close what else uses it."
        )

    def _last_seq(self) -> int:
        """Rows are inserted in the order of `seq`, so the last one of a table has its highest: nothing is scanned."""
        newest = (f'SELECT * FROM (SELECT seq FROM "{table}" ORDER BY rowid DESC LIMIT 1)' for table in COLUMNS)
        (last,) = self.connection.execute(f"SELECT max(seq) FROM ({' UNION ALL '.join(newest)})").fetchone()
        return last or 0
