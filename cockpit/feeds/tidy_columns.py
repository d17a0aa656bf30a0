"""The columns of a tidy recording: their names, and the arrays that batches of rows are gathered into."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cockpit.domain.errors import BadInput
from cockpit.feeds.arrow_values import Flags, Ints, Numbers, instants, labels_of, numbers

PRICES = ("bid", "ask", "last")
NUMBERS = (
    *("strike", "bid", "ask", "bid_size", "ask_size", "last", "volume", "volume_cum", "open_interest"),
    *("underlying_price", "iv", "delta", "gamma", "theta", "vega", "rho", "fwd_parity", "oi_change_day"),
)
TEXTS = ("symbol", "underlying", "expiry", "right")
TIDY = ("ts", *TEXTS, *NUMBERS)
MAX_ROWS = 5_000_000  # about 1 kB each in memory
MAX_TEXT = 200  # characters of a symbol, an expiry, ...; a longer text is none


class Texts(NamedTuple):
    """One text column: row i holds `labels[codes[i]]`, or null where the code is -1."""

    codes: Ints
    labels: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyRows:
    """All rows of a recording's main files as arrays of one length, in file order.

    `at_ns` means nothing where `well_formed` is false: there the time, the symbol or a number cannot be read.
    `row` counts from 1, header and empty lines excluded, through all main files.
    """

    row: Ints
    at_ns: Ints
    well_formed: Flags
    symbol: Texts
    underlying: Texts | None
    expiry: Texts | None
    right: Texts | None
    numbers: dict[str, Numbers]
    malformed_rows: list[int]  # rows without the right number of cells, which have no place in the arrays
    file_ends: list[int]  # how many rows of the arrays there are up to the end of each file

    @property
    def count(self) -> int:
        """Rows in the files, the malformed ones included."""
        return len(self.row) + len(self.malformed_rows)


def check_columns(path: Path, names: Iterable[str], ignore: frozenset[str]) -> list[str]:
    """The tidy columns among a file's `names`, in their order; BadInput when one is missing or there twice."""
    present = [name for name in names if name in TIDY and name not in ignore]
    twice = sorted({name for name in present if present.count(name) > 1})
    if twice:
        raise BadInput(f"{path} has the column {twice[0]} twice; leave one.")
    for name in ("ts", "symbol"):
        if name not in present:
            raise BadInput(f"{path} has no column {name}; a recording needs ts, symbol and one of bid, ask, last.")
    if not any(name in present for name in PRICES):
        raise BadInput(f"{path} has no price column; a recording needs one of bid, ask, last.")
    return present


class Gathering:
    """Batches of Arrow rows on their way to TidyRows."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self.malformed_rows: list[int] = []
        self._rows = 0
        self._file_ends: list[int] = []
        self._chunks: dict[str, list[Any]] = {name: [] for name in columns}
        self._row_chunks: list[Ints] = []
        self._formed: list[Flags] = []
        self._codes: dict[str, dict[str, int]] = {name: {} for name in columns if name in TEXTS}

    def add(self, path: Path, batch: Any) -> None:
        """Takes one record batch; BadInput names a column of an unusable type, or too many rows."""
        self._rows += batch.num_rows
        if self._rows > MAX_ROWS:
            raise BadInput(f"{path} has more than {MAX_ROWS:,} rows; split the recording.")
        formed = np.ones(batch.num_rows, dtype=np.bool_)
        for name in self.columns:
            column = batch.column(name)
            try:
                chunk, bad = self._converted(name, column)
            except TypeError as error:
                raise BadInput(f"{path}: column {name} is {column.type}, {error}; convert it.") from error
            self._chunks[name].append(chunk)
            if bad is not None:
                formed &= ~bad
        self._formed.append(formed)

    def end_file(self, rows: int, malformed: list[int]) -> None:
        """Numbers the `rows` added since the last file, around the `malformed` ones (numbers within their file)."""
        before = (self._file_ends[-1] if self._file_ends else 0) + len(self.malformed_rows)
        every = np.arange(1, rows + len(malformed) + 1, dtype=np.int64)
        self._row_chunks.append(np.delete(every, np.array(malformed, dtype=np.int64) - 1) + before)
        self.malformed_rows.extend(row + before for row in malformed)
        self._file_ends.append(self._rows)

    def finished(self) -> TidyRows:
        """All that was gathered; the batches are given back to memory."""
        texts = {name: self._texts(name) for name in TEXTS if name in self.columns}
        numeric = {name: self._numbers(name) for name in NUMBERS if name in self.columns}
        return TidyRows(
            row=_joined(self._row_chunks, np.int64),
            at_ns=_joined(self._chunks.pop("ts"), np.int64),
            well_formed=_joined(self._formed, np.bool_),
            symbol=texts["symbol"],
            underlying=texts.get("underlying"),
            expiry=texts.get("expiry"),
            right=texts.get("right"),
            numbers=numeric,
            malformed_rows=self.malformed_rows,
            file_ends=self._file_ends,
        )

    def _converted(self, name: str, column: Any) -> tuple[Any, Flags | None]:
        if name == "ts":
            return instants(column)
        return self._encoded(name, column) if name in TEXTS else numbers(column)

    def _encoded(self, name: str, column: Any) -> tuple[Ints, Flags]:
        """Codes into the labels of the whole recording; bad are absurdly long labels, and null symbols."""
        known = self._codes[name]
        labels, indices = labels_of(column)
        texts = [_label(label) for label in labels]
        codes = np.array([known.setdefault(text, len(known)) if text else -1 for text in [*texts, ""]])
        for text in texts:
            if len(text) > MAX_TEXT:
                codes[codes == known[text]] = -2
        coded = codes[indices]
        return coded, coded < (0 if name == "symbol" else -1)

    def _texts(self, name: str) -> Texts:
        codes = _joined(self._chunks.pop(name), np.int64)
        # A row without a symbol is not well formed; it gets a code that can be looked up all the same.
        return Texts(np.maximum(codes, 0 if name == "symbol" else -1), list(self._codes[name]))

    def _numbers(self, name: str) -> Numbers:
        chunks = self._chunks.pop(name)
        values = _joined([chunk.values for chunk in chunks], np.float64)
        return Numbers(values, _joined([chunk.known for chunk in chunks], np.bool_))


def _label(value: object) -> str:
    return "" if value is None else str(value).strip()


def _joined(chunks: list[Any], kind: Any) -> Any:
    return np.concatenate(chunks) if chunks else np.empty(0, dtype=kind)
