"""Any CSV with one row a quote and a contract, under other names: a column map makes a recording of it."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cockpit.domain.errors import BadInput
from cockpit.events import NS
from cockpit.feeds.csv_batches import MAX_CSV_BYTES, csv_header
from cockpit.feeds.import_target import Row
from cockpit.feeds.outside_files import regular_size, unchanged
from cockpit.feeds.text_values import parse_at_ns, parse_date, parse_number, parse_right, within_int64
from cockpit.feeds.tidy_columns import NUMBERS, PRICES, TEXTS, TIDY

LOOK_EVERY = 4_096  # rows between two words of progress
PERCENT = ("iv",)  # columns that may be given in percent
Progress = Callable[[float], None]


class TidyFile:
    """The rows of a CSV file whose columns are named by `columns` (tidy name -> its name there).

    `fixed` are values of tidy columns that the file does not have; `zone` is that of times without an offset;
    `in_percent` says that volatilities are. `skipped` counts rows that cannot be read.
    """

    def __init__(
        self,
        path: Path,
        columns: Mapping[str, str],
        fixed: Mapping[str, str],
        *,
        zone: ZoneInfo | None = None,
        in_percent: bool = False,
    ) -> None:
        self.skipped = 0
        self._path, self._fixed, self._zone, self._in_percent = path, dict(fixed), zone, in_percent
        regular_size(path, MAX_CSV_BYTES)
        header = csv_header(path)
        self._named = {name: columns.get(name, name) for name in TIDY if columns.get(name, name) in header}
        self._at = {name: header.index(there) for name, there in self._named.items()}
        self._width = len(header)
        self._check(columns, header)

    @property
    def columns(self) -> list[str]:
        """The tidy columns that it can fill."""
        return [name for name in TIDY if name in self._at or name in self._fixed]

    def rows(self, progress: Progress) -> Iterator[Row]:
        """All rows in file order. BadInput when the file is no CSV, or changes meanwhile."""
        with unchanged(self._path, MAX_CSV_BYTES) as size, self._path.open("rb") as file:
            lines = (line.decode("utf-8-sig") for line in file)
            reader = csv.reader(lines)
            try:
                next(reader)
                for number, cells in enumerate(reader):
                    row = self._row(cells) if len(cells) == self._width else None
                    if row is not None:
                        yield row
                    else:
                        self.skipped += bool(cells)
                    if number % LOOK_EVERY == 0:
                        progress(file.tell() / size)
            except (UnicodeDecodeError, csv.Error) as error:
                raise BadInput(f"{self._path}, line {reader.line_num + 1} is no UTF-8 CSV ({error}).") from error

    def _check(self, columns: Mapping[str, str], header: list[str]) -> None:
        for name, there in columns.items():
            if name not in TIDY:
                raise BadInput(f"--map {name}={there}: {name} is no column of a recording; use {', '.join(TIDY)}.")
            if there not in header:
                raise BadInput(f"--map {name}={there}: {self._path} has no column {there}; it has {', '.join(header)}.")
        for name in self._fixed:
            if name not in TIDY or name == "ts":
                raise BadInput(f"--set {name}: use one of {', '.join(TIDY[1:])}.")
        have = self.columns
        lacking = [name for name in ("ts", "symbol") if name not in have]
        lacking += [] if any(name in have for name in PRICES) else ["bid"]
        if lacking:
            raise BadInput(
                f"{self._path} has no column {lacking[0]}; say which one it is with --map {lacking[0]}=NAME."
            )

    def _row(self, cells: list[str]) -> Row | None:
        given = {**self._fixed, **{name: cells[at].strip() for name, at in self._at.items()}}
        try:
            numbers = {name: parse_number(given[name]) for name in NUMBERS if name in given}
            texts = {name: given[name] or None for name in TEXTS if name in given}
            if texts.get("right"):
                texts["right"] = parse_right(str(texts["right"]))
            if texts.get("expiry"):
                texts["expiry"] = parse_date(str(texts["expiry"])).isoformat()
            at_ns = self._at_ns(given["ts"])
        except ValueError:
            return None
        if not texts.get("symbol"):
            return None
        if self._in_percent and numbers.get("iv") is not None:
            numbers["iv"] = (numbers["iv"] or 0.0) / 100.0
        return Row(at_ns, **{**texts, **numbers})  # type: ignore[arg-type]

    def _at_ns(self, text: str) -> int:
        """A time with an offset or an epoch as it is; one without an offset on the wall clock of the zone."""
        at_ns = parse_at_ns(text)
        if self._zone is None or text.lstrip("+-").isdigit() or text[-1] in "Zz" or "+" in text or "-" in text[10:]:
            return at_ns
        wall = datetime.fromtimestamp(at_ns // NS, tz=UTC).replace(tzinfo=self._zone)
        return within_int64(round(wall.timestamp()) * NS + at_ns % NS)
