"""Where an import goes: tidy rows into a recording that appears whole, or not at all."""

import contextlib
import shutil
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cockpit.domain.errors import BadInput
from cockpit.feeds.arrow import arrow
from cockpit.feeds.tidy_columns import MAX_ROWS, TEXTS, TIDY

PORTION = 1 << 16  # rows written at a time


class Row(NamedTuple):
    """One tidy row (cockpit.md section 4); `ts` is nanoseconds UTC, None is null."""

    ts: int
    symbol: str
    underlying: str | None = None
    expiry: str | None = None
    right: str | None = None
    strike: float | None = None
    bid: float | None = None
    ask: float | None = None
    bid_size: float | None = None
    ask_size: float | None = None
    last: float | None = None
    volume: float | None = None
    volume_cum: float | None = None
    open_interest: float | None = None
    underlying_price: float | None = None
    iv: float | None = None
    delta: float | None = None
    gamma: float | None = None
    theta: float | None = None
    vega: float | None = None
    rho: float | None = None
    fwd_parity: float | None = None
    oi_change_day: float | None = None


class Bar(NamedTuple):
    """A bar of the underlying that ended at `ts`."""

    ts: int
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the recording's terms say; None is left to the market profile."""

    market: str
    lot: int | None = None
    multiplier: float | None = None
    tick: float | None = None
    oi_unit: str = "contracts"


class Target:
    """A recording being made; `columns` are those that the source can fill at all."""

    def __init__(self, folder: Path, name: str, columns: Iterable[str]) -> None:
        pa, parquet = arrow(), arrow("parquet")
        wanted = set(columns)
        self._columns = [name for name in TIDY if name in wanted]
        self._at = [Row._fields.index(name) for name in self._columns]
        kinds = {name: pa.string() for name in TEXTS} | {"ts": pa.timestamp("ns", "UTC")}
        self._schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in self._columns])
        self._folder, self._name = folder, name
        self._writer: Any = parquet.ParquetWriter(folder / f"{name}.parquet", self._schema, compression="zstd")
        self._rows: list[Row] = []
        self.rows = 0

    def add(self, row: Row) -> None:
        """One row; BadInput when a recording cannot hold so many."""
        self._rows.append(row)
        self.rows += 1
        if self.rows > MAX_ROWS:
            raise BadInput(f"There are more than {MAX_ROWS:,} rows, which is all a recording may have; import less.")
        if len(self._rows) >= PORTION:
            self._write()

    def add_bars(self, bars: Iterable[Bar]) -> None:
        """The underlying's own bars, beside the rows."""
        lines = [",".join(Bar._fields), *(",".join(map(repr, bar)) for bar in bars)]
        (self._folder / f"{self._name}_underlying.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def state(self, stated: Stated) -> None:
        """The terms, beside the rows."""
        lines = [f'market = "{stated.market}"', f'oi_unit = "{stated.oi_unit}"']
        for key in ("lot", "multiplier", "tick"):
            value = getattr(stated, key)
            lines += [] if value is None else [f"{key} = {value!r}"]
        (self._folder / f"{self._name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def close(self) -> None:
        """The rows are whole."""
        self._write()
        self._writer.close()

    def _write(self) -> None:
        if self._rows:
            pa = arrow()
            columns = list(zip(*self._rows, strict=True))
            arrays = [pa.array(columns[at], type=field.type) for at, field in zip(self._at, self._schema, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
            self._rows = []


@contextlib.contextmanager
def making(folder: Path) -> Generator[Path]:
    """A folder to write into, which becomes `folder` when the block ends well and is gone when it does not."""
    if folder.exists():
        raise BadInput(f"{folder} exists already; name a folder that does not, so that nothing is lost.")
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be made ({error.strerror}); name another one.") from error
    try:
        yield part
        part.rename(folder)
    except OSError as error:
        said = f"The recording {folder} cannot be written ({error.strerror}); make room, or name another."
        raise BadInput(said) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
