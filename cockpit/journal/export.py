"""The journal's tables as JSON, CSV or Parquet files: whole or not there, and harmless to a spreadsheet."""

import csv
import dataclasses
import importlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from cockpit.domain.errors import BadInput
from cockpit.journal.history import FLAGS, JSON_COLUMNS, History, Row, iso, readable
from cockpit.journal.opening import sidecar
from cockpit.review import Progress, TripRow

WHAT = (
    "round_trips",
    "exits",
    "executions",
    "orders",
    "decisions",
    "verdicts",
    "stops",
    "samples",
    "commands",
    "alerts",
    "sessions",
)
TABLES = {"samples": "position_samples"}  # where the name of a table is another one
ORDERS = {"exits": "at_ns, execution_id", "samples": "rowid"}  # samples are too many to be sorted
FORMATS = ("csv", "json", "parquet")
CHUNK = 5_000  # rows between two reports of progress, and in one group of a Parquet file

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_KINDS = {"INTEGER": "int64", "FLOAT": "float64", "REAL": "float64"}
_TRIP_KINDS = {
    "session": "string", "id": "string", "symbol": "string", "label": "string", "underlying": "string",
    "side": "string", "contracts": "int64", "opened_at": "time", "closed_at": "time", "entry": "float64",
    "exit": "float64", "gross": "float64", "fees": "float64", "net": "float64", "currency": "string",
    "multiplier": "float64", "mae": "float64", "mfe": "float64", "hold_s": "float64", "result": "string",
    "rules": "list", "overrides": "list", "quality": "float64", "profile": "string", "zone": "string",
}  # fmt: skip


class Table(NamedTuple):
    """What is written: the kind of each column by its name, how many rows there are, and the rows themselves."""

    kinds: dict[str, str]
    length: int
    rows: Iterator[Row]


def export(
    history: History,
    target: Path,
    *,
    what: str = "round_trips",
    kind: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write one table (or the view `exits`) to `target`; the number of rows written. `kind` is one of `FORMATS`.

    BadInput when there is no such table or format, when `target` exists and not `force`, when it is the journal
    itself, or when it cannot be written; an existing file is then as it was.
    """
    if what not in WHAT:
        raise BadInput(f"There is no {what!r} to export: choose one of {', '.join(WHAT)}.")
    write = _writer(target, kind)
    _check_target(history.path, target, force)
    return _filled(target, write, lambda: _table(history, what), progress)


def export_rows(
    trips: Sequence[TripRow],
    target: Path,
    *,
    journal: Path | None,
    kind: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write round trips as the journal tab has them, with rules, overrides and quality; else as `export`."""
    write = _writer(target, kind)
    _check_target(journal, target, force)
    return _filled(target, write, lambda: Table(_TRIP_KINDS, len(trips), map(_told, trips)), progress)


def neutral(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: text that could be one gets an apostrophe before it.

    Numbers stay. Text that already begins with an apostrophe gets another, so that one can always be taken off again.
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _told(trip: TripRow) -> Row:
    """A round trip under the names of `_TRIP_KINDS`."""
    known = {field.name: getattr(trip, field.name) for field in dataclasses.fields(trip)}
    known |= {"side": "long" if trip.side > 0 else "short", "hold_s": trip.hold_s, "result": trip.result}
    known |= {"opened_at": iso(trip.opened_ns), "closed_at": None if trip.closed_ns is None else iso(trip.closed_ns)}
    known |= {"rules": list(trip.rules), "overrides": list(trip.overrides)}
    return {name: known[name] for name in _TRIP_KINDS}


def _table(history: History, what: str) -> Table:
    """Column names as readers see them, and the rows."""
    table, order = TABLES.get(what, what), ORDERS.get(what, "seq")
    declared = {name: kind for _, name, kind, *_ in history.connection.execute(f"PRAGMA table_info({table})")}
    count = history.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    cursor = history.connection.execute(f"SELECT * FROM {table} ORDER BY {order}")
    names = [column[0] for column in cursor.description]
    kinds = {told: _kind(told, declared.get(told, "TEXT")) for told in readable(dict.fromkeys(names))}
    return Table(kinds, count, (readable(dict(zip(names, row, strict=True))) for row in cursor))


def _kind(name: str, declared: str) -> str:
    if name == "at" or name.endswith("_at"):
        return "time"
    if name in FLAGS:
        return "bool"
    return "json" if name in JSON_COLUMNS else _KINDS.get(declared, "string")


def _writer(target: Path, kind: str | None) -> "Writer":
    chosen = kind or target.suffix.lower().removeprefix(".")
    if chosen not in FORMATS:
        endings = [f".{name}" for name in FORMATS]
        raise BadInput(f"{target} ends in neither {' nor '.join(endings)}: its ending chooses the format.")
    return _WRITERS[chosen]


def _filled(target: Path, write: "Writer", table: Callable[[], Table], progress: Progress | None) -> int:
    def fill(file: IO[bytes]) -> int:
        made = table()
        return write(file, made._replace(rows=_counted(made, progress)))

    try:
        return _replace(target, fill)
    except OSError as error:
        raise BadInput(f"{target} cannot be written ({error.strerror}): make room, or choose another place.") from error


def _counted(table: Table, progress: Progress | None) -> Iterator[Row]:
    for number, row in enumerate(table.rows, start=1):
        yield row
        if progress is not None and (number % CHUNK == 0 or number == table.length):
            progress(number, table.length)


def _write_json(file: IO[bytes], table: Table) -> int:
    number = 0
    for number, row in enumerate(table.rows, start=1):
        file.write(b"[\n" if number == 1 else b",\n")
        file.write(msgspec.json.encode(row))
    file.write(b"\n]\n" if number else b"[]\n")
    return number


def _write_csv(file: IO[bytes], table: Table) -> int:
    line = _Line()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(table.kinds)
    file.write(line.taken)
    number = 0
    for row in table.rows:
        writer.writerow([_cell(row[name]) for name in table.kinds])
        file.write(line.taken)
        number += 1
    return number


def _write_parquet(file: IO[bytes], table: Table) -> int:
    """Times as UTC timestamps; what is JSON in the journal stays JSON text, and decimal money stays text, lossless."""
    pa: Any = importlib.import_module("pyarrow")  # only here: its import costs more than a small export
    types: dict[str, Any] = {
        "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_(), "string": pa.string(), "json": pa.string(),
        "time": pa.timestamp("ns", "UTC"), "list": pa.list_(pa.string()),
    }  # fmt: skip
    schema = pa.schema([(name, types[kind]) for name, kind in table.kinds.items()])
    number = 0
    with importlib.import_module("pyarrow.parquet").ParquetWriter(file, schema, compression="zstd") as writer:
        while chunk := list(islice(table.rows, CHUNK)):
            columns = [pa.array(_column(chunk, name, kind)).cast(types[kind]) for name, kind in table.kinds.items()]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            number += len(chunk)
    return number


def _column(rows: Sequence[Row], name: str, kind: str) -> list[Any]:
    values = [row[name] for row in rows]
    if kind == "json":
        return [None if value is None else msgspec.json.encode(value).decode() for value in values]
    return values


Writer = Callable[[IO[bytes], Table], int]
_WRITERS: dict[str, Writer] = {"csv": _write_csv, "json": _write_json, "parquet": _write_parquet}


class _Line:
    """Takes what csv.writer writes, one line at a time."""

    def __init__(self) -> None:
        self.taken = b""

    def write(self, text: str) -> int:
        self.taken = text.encode()
        return len(text)


def _cell(value: Any) -> str | int | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return value


def _check_target(journal: Path | None, target: Path, force: bool) -> None:
    if target.is_dir() or not target.parent.is_dir():
        raise BadInput(f"{target} is a folder or lies in none that exists: name a file in an existing folder.")
    if not target.exists():
        return
    if not target.is_file():
        raise BadInput(f"{target} is not a regular file: choose another name.")
    own = [journal, *(sidecar(journal, end) for end in ("-wal", "-shm", ".lock", ".spill"))] if journal else []
    if any(path.exists() and path.samefile(target) for path in own):
        raise BadInput(f"{target} belongs to the journal itself: choose another name.")
    if not force:
        raise BadInput(f"{target} exists: choose another name, or replace it with --force.")


def _replace(target: Path, fill: Callable[[IO[bytes]], int]) -> int:
    """Fill a file beside `target` and move it there when it is complete and on the disk."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            number = fill(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
    return number
