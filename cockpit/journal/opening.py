"""Opening a journal's file: what is no journal is refused untouched, what is old is backed up and migrated."""

import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cockpit.domain.errors import BadInput
from cockpit.journal.schema import APPLICATION_ID, MIGRATIONS

BUSY_TIMEOUT_S = 0.05
"""How long the engine may wait for a lock."""
READER_TIMEOUT_S = 2.0
WHOLE_CHECK_BYTES = 128 * 1024 * 1024
"""Above this size the check at start leaves out the indexes, so that supervising resumes within its 3 s."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_ANOTHER = "name another file with --journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first 100 bytes of a database say (https://sqlite.org/fileformat2.html, section 1.3)."""

    page_bytes: int
    pages: int | None  # None: written by an SQLite that does not keep it
    version: int
    application: int


def read_header(path: Path) -> Header | None:
    """The header of the database `path`, None when the file is absent or empty; BadInput for anything else."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise BadInput(f"The journal {path} is a folder: name a file in it with --journal.")
        if not stat.S_ISREG(kind):
            raise BadInput(f"The journal {path} is not a regular file: {_ANOTHER}.")
        with path.open("rb") as file:
            raw = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"The journal {path} cannot be read ({error.strerror}): {_ANOTHER}.") from error
    if not raw:
        if _size(sidecar(path, "-wal")):
            raise BadInput(f"The journal {path} is empty but {path.name}-wal is not: restore it from a backup.")
        return None
    if len(raw) < _HEADER_BYTES or not raw.startswith(_MAGIC):
        raise BadInput(f"{path} is not a journal (not an SQLite database, or cut off): {_ANOTHER}.")

    def number(place: int, size: int = 4) -> int:
        return int.from_bytes(raw[place : place + size], "big")

    page_bytes = number(16, 2)
    return Header(
        page_bytes=65536 if page_bytes == 1 else page_bytes,
        pages=number(28) if number(24) == number(92) else None,
        version=number(60),
        application=number(68),
    )


def check_header(path: Path, header: Header) -> None:
    """BadInput when the file is another program's, of a newer cockpit, or cut off; nothing is opened for it."""
    if header.application != APPLICATION_ID:
        raise BadInput(f"{path} is an SQLite database but not a journal of the cockpit: {_ANOTHER}.")
    check_version(path, header.version)
    expected = (header.pages or 0) * header.page_bytes
    there = _size(path)
    if there < expected and not _size(sidecar(path, "-wal")):
        raise BadInput(
            f"The journal {path} is cut off ({there} of {expected} bytes): restore it from a backup, or {_ANOTHER}."
        )


def check_version(path: Path, version: int) -> None:
    """BadInput when the schema is newer than this program knows."""
    if version > len(MIGRATIONS):
        raise BadInput(
            f"The journal {path} was written by a newer cockpit (schema {version}, this one knows {len(MIGRATIONS)}): "
            f"update the cockpit, or {_ANOTHER}."
        )


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A read-only connection to the whole and current journal `path`; BadInput otherwise, and when it is absent."""
    header = read_header(path)
    if header is None:
        raise BadInput(f"There is no journal {path}: run a session first, or {_ANOTHER}.")
    check_header(path, header)
    connection = _connect(path, "ro", READER_TIMEOUT_S)
    try:
        version = schema_version(connection)
        check_version(path, version)
    except sqlite3.Error as error:
        connection.close()
        raise BadInput(f"The journal {path} cannot be read ({error}): restore it from a backup.") from error
    except BadInput:
        connection.close()
        raise
    if version < len(MIGRATIONS):
        connection.close()
        raise BadInput(
            f"The journal {path} is of an older cockpit (schema {version}): "
            "run a session with --journal on it once, which backs it up and brings it up to date."
        )
    return connection


def check_whole(path: Path) -> None:
    """BadInput when SQLite's own check finds damage in the existing journal `path`, which is opened read-only."""
    check = "integrity_check" if _size(path) <= WHOLE_CHECK_BYTES else "quick_check"
    with closing(_connect(path, "ro")) as connection:
        try:
            check_version(path, schema_version(connection))
            found = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(1)")]
        except sqlite3.OperationalError as error:
            raise BadInput(f"The journal {path} cannot be read ({error}): close what else uses it.") from error
        except sqlite3.DatabaseError as error:
            found = [str(error)]
    if found != ["ok"]:
        raise BadInput(f"The journal {path} is damaged ({found[0]}): restore it from a backup, or {_ANOTHER}.")


def connect_to_write(path: Path) -> sqlite3.Connection:
    """The one writing connection, made for one thread at a time; call it with the lock held and the file checked."""
    fresh = not path.exists()
    try:
        if fresh:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        connection = _connect(path, "rw")
    except OSError as error:
        raise BadInput(f"The journal {path} cannot be made ({error.strerror}): {_ANOTHER}.") from error
    try:
        if not _size(path):  # before WAL, so that the file itself says what it is
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")  # read-only, locked or full: say so now and not at the first exit
        connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        connection.close()
        raise BadInput(
            f"The journal {path} cannot be written ({error}): "
            f"make room, permit it or close what else uses it, or {_ANOTHER}."
        ) from error
    return connection


def connect_in_memory() -> sqlite3.Connection:
    """A journal that ends with its connection."""
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def migrate(connection: sqlite3.Connection, path: Path | None) -> Path | None:
    """Bring the schema up to date in one transaction; the path of the backup made before, None when none was needed."""
    version = schema_version(connection)
    if version == len(MIGRATIONS):
        return None
    from sqlite_utils import Database  # only here: where pandas is installed, this import costs 0.3 s

    backup = back_up(connection, path, version) if path is not None and version else None
    with Database(connection, execute_plugins=False).atomic() as db:
        for step in MIGRATIONS[version:]:
            step(db)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    return backup


def back_up(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """A copy of the journal beside it, whole or not there at all, never over another one."""
    number = 1
    while (target := sidecar(path, f".schema-{version}.backup-{number}")).exists():
        number += 1
    partial = sidecar(target, ".partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as copy:
        connection.backup(copy)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.rename(target)
    return target


def schema_version(connection: sqlite3.Connection) -> int:
    """How many migrations the journal has been through."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def sidecar(path: Path, suffix: str) -> Path:
    """The file beside `path` whose name is longer by `suffix`."""
    return path.with_name(path.name + suffix)


def _connect(path: Path, mode: str, timeout_s: float = BUSY_TIMEOUT_S) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise BadInput(f"The journal {path} cannot be opened ({error}): {_ANOTHER}.") from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
