"""Reads a large tidy CSV in batches of rows, and the numbers of the rows that had to be left out."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from cockpit.domain.errors import BadInput
from cockpit.feeds.arrow import arrow, read_errors
from cockpit.feeds.csv_lines import SoundLines
from cockpit.feeds.outside_files import MAX_LINE_BYTES, refuse_wide_encoding, unchanged, unreadable
from cockpit.feeds.tidy_columns import TEXTS, Gathering

MAX_CSV_BYTES = 2 << 30
MAX_MALFORMED = 1_000_000


def csv_header(path: Path) -> list[str]:
    """The column names of a CSV file, stripped; raises BadInput when its first line is no header."""
    try:
        with path.open("rb") as file:
            line = file.readline(MAX_LINE_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    refuse_wide_encoding(path, line[:4])
    if b"\0" in line:
        raise BadInput(f"{path} is not UTF-8 text; save the file as UTF-8 CSV.")
    if len(line) > MAX_LINE_BYTES:
        raise BadInput(f"{path}, line 1 is longer than {MAX_LINE_BYTES:,} bytes; this is no CSV with a header.")
    try:
        names = next(csv.reader(io.StringIO(line.decode("utf-8-sig"))), None) or []
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path}, line 1 is no header in UTF-8; save the file as UTF-8 CSV.") from error
    return [name.strip() for name in names]


def gather_csv(path: Path, gathering: Gathering, progress: Callable[[float], None]) -> None:
    """Adds the rows of one CSV file to `gathering`; raises BadInput for a file that is no UTF-8 CSV."""
    with unchanged(path, MAX_CSV_BYTES) as size, path.open("rb") as file:
        lines, malformed, rows = SoundLines(path, file), _Malformed(), 0
        try:
            for batch in _opened(lines, csv_header(path), gathering.columns, malformed):
                gathering.add(path, batch)
                rows += batch.num_rows
                progress(file.tell() / size)
        except read_errors() as error:
            if lines.lines > 1:
                raise _explained(path, error, malformed) from error
            # Arrow calls a header alone an error; that there are no rows is told with the other counts
        if lines.cut_off and malformed.short_row and malformed.short_row == rows + len(malformed.rows):
            raise BadInput(f"{path} is cut off in row {malformed.short_row}, its last; copy or export it again.")
        gathering.end_file(rows, malformed.rows)


class _Malformed:
    """Collects the numbers of rows with too few or too many cells, counted from 1 behind the header."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.short_row = 0  # the latest one with too few cells

    def __call__(self, invalid: Any) -> Literal["skip", "error"]:
        if len(self.rows) >= MAX_MALFORMED:
            return "error"
        self.rows.append(invalid.number - 1)
        if invalid.actual_columns < invalid.expected_columns:
            self.short_row = self.rows[-1]
        return "skip"


def _opened(file: Any, names: list[str], wanted: list[str], malformed: _Malformed) -> Any:
    pa, source = arrow(), arrow("csv")
    label = pa.dictionary(pa.int32(), pa.string())
    return source.open_csv(
        file,
        # One thread, because Arrow numbers malformed rows only then.
        read_options=source.ReadOptions(use_threads=False, column_names=names, skip_rows=1, block_size=MAX_LINE_BYTES),
        parse_options=source.ParseOptions(invalid_row_handler=malformed),
        convert_options=source.ConvertOptions(
            column_types={name: label if name in TEXTS else pa.string() for name in wanted},
            include_columns=wanted,
            null_values=[""],  # "nan" is a value here, and "NA" a text that is no number
            strings_can_be_null=True,
        ),
    )


def _explained(path: Path, error: Exception, malformed: _Malformed) -> BadInput:
    if len(malformed.rows) >= MAX_MALFORMED:
        return BadInput(f"{path} has {MAX_MALFORMED:,} rows with too few or too many cells; export it again.")
    return unreadable(path, error)
