"""The journal's tables as JSON or CSV files: whole or not there, and harmless to a spreadsheet."""

import csv
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from cockpit.domain.errors import BadInput
from cockpit.journal.history import History, Row, readable
from cockpit.journal.opening import sidecar

WHAT = (
    "round_trips",
    "exits",
    "executions",
    "orders",
    "decisions",
    "verdicts",
    "stops",
    "commands",
    "alerts",
    "sessions",
)
SUFFIXES = (".json", ".csv")

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def export(history: History, target: Path, *, what: str = "round_trips", force: bool = False) -> int:
    """Write one table (or the view `exits`) to `target`, in the format of its suffix; the number of rows written.

    BadInput when there is no such table or format, when `target` exists and not `force`, when it is the journal
    itself, or when it cannot be written; an existing file is then as it was.
    """
    if what not in WHAT:
        raise BadInput(f"There is no {what!r} to export: choose one of {', '.join(WHAT)}.")
    if target.suffix.lower() not in SUFFIXES:
        raise BadInput(f"{target} ends in neither {' nor '.join(SUFFIXES)}: its ending chooses the format.")
    _check_target(history.path, target, force)
    write = _write_csv if target.suffix.lower() == ".csv" else _write_json
    try:
        return _replace(target, lambda file: write(file, *_table(history, what)))
    except OSError as error:
        raise BadInput(f"{target} cannot be written ({error.strerror}): make room, or choose another place.") from error


def neutral(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: text that could be one gets an apostrophe before it.

    Numbers stay. Text that already begins with an apostrophe gets another, so that one can always be taken off again.
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _table(history: History, what: str) -> tuple[list[str], Iterator[Row]]:
    """Column names as readers see them, and the rows."""
    order = "at_ns, execution_id" if what == "exits" else "seq"
    cursor = history.connection.execute(f"SELECT * FROM {what} ORDER BY {order}")
    names = [column[0] for column in cursor.description]
    heading = list(readable(dict.fromkeys(names)))
    return heading, (readable(dict(zip(names, row, strict=True))) for row in cursor)


def _write_json(file: IO[bytes], _: list[str], rows: Iterator[Row]) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):
        file.write(b"[\n" if number == 1 else b",\n")
        file.write(msgspec.json.encode(row))
    file.write(b"\n]\n" if number else b"[]\n")
    return number


def _write_csv(file: IO[bytes], heading: list[str], rows: Iterator[Row]) -> int:
    line = _Line()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(heading)
    file.write(line.taken)
    number = 0
    for row in rows:
        writer.writerow([_cell(row[name]) for name in heading])
        file.write(line.taken)
        number += 1
    return number


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
