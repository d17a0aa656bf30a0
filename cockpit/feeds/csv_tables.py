"""Reads a small CSV file row by row: side files of a recording, entries."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cockpit.domain.errors import BadInput
from cockpit.feeds.outside_files import MAX_LINE_BYTES, read_text


class CsvRow(NamedTuple):
    """One row: `row` counts from 1 behind the header, empty lines excluded; `line` is what an editor shows."""

    row: int
    line: int
    cells: dict[str, str] | None  # stripped; None: a wrong number of cells


class CsvTable:
    """A CSV file with a header; raises BadInput, on opening and during iteration, when it is none."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        text = read_text(path, limit_bytes)
        self.path = path
        self._complete = text.endswith(("\n", "\r"))
        self._reader = csv.reader(self._lines(text))
        self.header = [name.strip() for name in self._cells() or []]
        twice = sorted({name for name in self.header if name and self.header.count(name) > 1})
        if twice:
            raise BadInput(f"{path} has the column {twice[0][:60]} twice; leave one.")

    def __iter__(self) -> Iterator[CsvRow]:
        row, short, width = 0, False, len(self.header)
        while (cells := self._cells()) is not None:
            if not cells:
                continue
            row += 1
            short = len(cells) < width
            named = dict(zip(self.header, map(str.strip, cells), strict=True)) if len(cells) == width else None
            yield CsvRow(row, self._reader.line_num, named)
        if short and not self._complete:
            raise BadInput(f"{self.path} is cut off in row {row}, its last; copy or export it again.")

    def _lines(self, text: str) -> Iterator[str]:
        for number, line in enumerate(io.StringIO(text, newline=""), start=1):
            if len(line) > MAX_LINE_BYTES:
                raise BadInput(f"{self.path}, line {number} is longer than {MAX_LINE_BYTES:,} characters; split it.")
            yield line

    def _cells(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise BadInput(f"{self.path}, line {self._reader.line_num} is no CSV row ({error}); correct it.") from error
