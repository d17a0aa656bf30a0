"""The beginning and the end of a recording that was being written when its cockpit died: what warms the next one."""

import contextlib
import csv
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from cockpit.domain.instrument import Instrument
from cockpit.events import Batch, Quoted, UnderlyingQuoted
from cockpit.feeds.recorder import STATIC, stem_of

HEAD_BYTES, ROWS_BYTES, UNDERLYING_BYTES = 1 << 16, 5 << 20, 3 << 20
"""Of one file at most. Rows of options are needed for minutes, and the first of a day; those of an underlying for
hours. So a restart reads in a fraction of a second what took the market a day to say."""
NUMBERS = Quoted._fields[2:]


def recorded_tail(folders: Iterable[Path], instruments: Mapping[str, Instrument]) -> list[Batch]:
    """The rows of these instruments and of their underlyings, in order of time, one batch an instant.

    Folders, files and lines that cannot be read are passed over and logged: a session starts without them, too.
    """
    quotes: dict[int, dict[str, Quoted]] = {}
    underlyings: dict[int, dict[str, UnderlyingQuoted]] = {}
    for folder in folders:
        for name in sorted({each.underlying for each in instruments.values()}):
            for row in _quoted(folder / f"{stem_of(name)}.csv", instruments):
                quotes.setdefault(row.at_ns, {})[row.symbol] = row
            for moved in _moved(folder / f"{stem_of(name)}_underlying.csv", name):
                underlyings.setdefault(moved.at_ns, {})[name] = moved
    instants = sorted(quotes.keys() | underlyings.keys())
    return [Batch(at, (*quotes.get(at, {}).values(),), (*underlyings.get(at, {}).values(),)) for at in instants]


def _quoted(path: Path, instruments: Mapping[str, Instrument]) -> Iterator[Quoted]:
    header, lines = _lines(path, ROWS_BYTES)
    names = header[1 + len(STATIC) :]
    if not set(names) <= set(NUMBERS):
        return
    for cells in csv.reader(lines):
        if len(cells) == len(header) and cells[1] in instruments:
            with contextlib.suppress(ValueError):
                values = dict(zip(names, map(_number, cells[1 + len(STATIC) :]), strict=True))
                yield Quoted(cells[1], int(cells[0]), **values)


def _moved(path: Path, name: str) -> Iterator[UnderlyingQuoted]:
    header, lines = _lines(path, UNDERLYING_BYTES)
    if header != ["ts", "price", "volume"]:
        return
    for cells in csv.reader(lines):
        if len(cells) == len(header):
            with contextlib.suppress(ValueError):
                yield UnderlyingQuoted(name, int(cells[0]), price=_number(cells[1]), volume=_number(cells[2]))


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _lines(path: Path, most: int) -> tuple[list[str], Sequence[str]]:
    """The names of the columns, and the first and the last whole lines; nothing where that is no such file."""
    try:
        with path.open("rb") as file:
            header = file.readline().decode(errors="replace").strip().split(",")
            head = file.read(HEAD_BYTES)
            behind, size = file.tell(), file.seek(0, 2)
            start = max(behind, size - most)
            file.seek(start)
            rest = file.read()
    except FileNotFoundError:
        return [], []
    except OSError as error:
        logging.getLogger(__name__).warning("%s cannot be read (%s)", path, error.strerror)
        return [], []
    if start == behind:
        whole = (head + rest).split(b"\n")[:-1]  # what has no end was being written
    else:
        whole = [*head.split(b"\n")[:-1], *rest.split(b"\n")[1:-1]]
    return header, [line.decode(errors="replace") for line in whole]
