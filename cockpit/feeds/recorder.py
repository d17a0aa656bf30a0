"""Records what the engine sees, as a recording: a folder that `cockpit replay` plays with the same evaluations."""

import contextlib
import csv
import errno
import io
import itertools
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cockpit.commands import Acknowledged, Base
from cockpit.domain.errors import BadInput
from cockpit.domain.instrument import Instrument
from cockpit.events import NS, Batch, Entry, FeaturesGiven, Heartbeat, Quoted, UnderlyingQuoted
from cockpit.feeds.arrow import arrow
from cockpit.feeds.csv_batches import csv_header
from cockpit.feeds.recording import Recording
from cockpit.feeds.scripts import NEEDED, OPTIONAL
from cockpit.feeds.side_files import BAR_COLUMNS
from cockpit.feeds.tidy_columns import MAX_ROWS, TEXTS
from cockpit.market.terms import LIVE, MODELLED

STATIC = ("symbol", "underlying", "expiry", "strike", "right")
FLUSH_BEATS = 4  # heartbeats: a second of session time
LIVE_INTERVAL_S = 0.001  # a live feed has no interval; so short a one changes no limit of trust
FULL = f"the recording has {MAX_ROWS:,} rows, which is all that one may have: it is closed, the session goes on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a recording says of itself beside its rows; `columns` are the Greeks that the feed gives itself."""

    market: str
    instruments: Mapping[str, Instrument]
    columns: frozenset[str]
    underlying_is_bars: frozenset[str]
    interval_s: float
    oi_unit: str = "contracts"
    models_lacking: bool = False  # a contract of which the feed gives no Greeks had modelled ones


def about(recording: Recording) -> Recorded:
    """What a recording of that recording says of itself."""
    return Recorded(
        market=recording.market,
        instruments=recording.instruments,
        columns=recording.columns,
        underlying_is_bars=recording.underlying_is_bars,
        interval_s=recording.interval_s,
        oi_unit=recording.oi_unit,
        models_lacking=recording.models_lacking,
    )


def about_live(market: str, instruments: Mapping[str, Instrument]) -> Recorded:
    """What a recording of a live feed says of itself; `instruments` may grow while it is made."""
    return Recorded(
        market=market,
        instruments=instruments,
        columns=frozenset(MODELLED),
        underlying_is_bars=frozenset(),
        interval_s=0.0,
        models_lacking=LIVE.models_lacking,
    )


class Recorder:
    """Rows as they come, whole lines at a time; every row of a batch gets the batch's own instant.

    While it grows it is CSV, so that a kill loses at most what `flush` has not yet written; `close` makes Parquet of
    it. There is one file an underlying: rows of different underlyings at one instant are replayed in the order of
    those names. A command of a human is recorded a nanosecond after the instant at which it was obeyed.
    """

    def __init__(self, folder: Path, recorded: Recorded) -> None:
        check_free(folder)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise BadInput(f"The folder {folder} cannot be made ({error.strerror}); name another one.") from error
        self.folder, self.rows, self.trouble = folder, 0, ""
        self._about = recorded
        given = tuple(name for name in MODELLED if name in recorded.columns)
        self._numbers = tuple(name for name in Quoted._fields[2:] if name not in MODELLED or name in given)
        self._at = tuple(Quoted._fields.index(name) for name in self._numbers)
        self._header = ("ts", *STATIC, *self._numbers)
        self._lines: dict[str, list[str]] = {}
        self._static: dict[str, tuple[str, str]] = {}  # symbol -> its file's stem, its static cells

    def see(self, event: Batch) -> None:
        """Takes one batch in; nothing touches the disk before `flush`."""
        at = str(event.at_ns)
        for row in event.quotes:
            stem, static = self._static.get(row.symbol) or self._known(row)
            cells = ",".join(["" if (x := row[i]) is None else repr(x) for i in self._at])
            self._line(f"{stem}.csv", f"{at},{static},{cells}")
        self.rows += len(event.quotes)
        for moved in event.underlyings:
            self._line(f"{stem_of(moved.underlying)}_underlying.csv", self._underlying(at, moved))
        for given in event.given:
            self._line(f"{stem_of(given.underlying)}_features.csv", _joined((at, given.underlying, *given[2:])))
        for entry in event.entries:
            self._line("entries.csv", _entry(at, entry))
        for command in event.commands:
            self.see_command(command, event.at_ns - 1)

    def see_command(self, command: Base, now_ns: int) -> None:
        """Takes a human's command in, obeyed at `now_ns`."""
        fields = {"at": _iso(now_ns + 1), **msgspec.to_builtins(command)}
        self._line("commands.jsonl", msgspec.json.encode(fields).decode())

    def flush(self) -> None:
        """What has come goes to the disk; what cannot be written is said in `trouble`, and no more is tried.

        A file that the disk refuses keeps the whole lines that it had.
        """
        lines, self._lines = self._lines, {}
        if self.trouble:
            return
        try:
            for name, new in lines.items():
                self._append(name, new)
        except OSError as error:
            self.trouble = f"the recording {self.folder} cannot be written ({error.strerror}): it ends here"
        if self.rows >= MAX_ROWS:
            self.trouble = FULL

    def close(self) -> None:
        """The rest is written, and the rows become Parquet. Raises BadInput when that cannot be done."""
        self.flush()
        try:
            for path in sorted(self.folder.glob("*.csv")):
                if csv_header(path)[:2] == ["ts", "symbol"] and "side" not in csv_header(path):
                    _to_parquet(path)
        except (OSError, arrow().ArrowException) as error:
            raise BadInput(
                f"The rows in {self.folder} could not be made Parquet ({error}); they can be replayed as they are."
            ) from error

    def _known(self, row: Quoted) -> tuple[str, str]:
        contract = self._about.instruments[row.symbol]
        cells = (contract.symbol, contract.underlying, contract.expiry, contract.strike, contract.right)
        stem = stem_of(contract.underlying)
        found = self._static[row.symbol] = (stem, _joined(cells))
        if f"{stem}.toml" not in self._lines and not (self.folder / f"{stem}.toml").exists():
            self._lines[f"{stem}.toml"] = self._terms(contract)
        return found

    def _terms(self, contract: Instrument) -> list[str]:
        return [
            f'market = "{self._about.market}"', f"multiplier = {contract.multiplier!r}", f"lot = {contract.lot}",
            f"tick = {contract.tick!r}", f'currency = "{contract.currency}"', f'oi_unit = "{self._about.oi_unit}"',
            f"interval_s = {self._about.interval_s or LIVE_INTERVAL_S!r}",
            *([f"steps = {[list(row) for row in contract.steps]!r}"] if contract.steps else []),
            *(["models_lacking = true"] if self._about.models_lacking else []),
        ]  # fmt: skip

    def _underlying(self, at: str, row: UnderlyingQuoted) -> str:
        if row.underlying in self._about.underlying_is_bars:
            return _joined((at, row.open, row.high, row.low, row.price, row.volume))
        return _joined((at, row.price, row.volume))

    def _line(self, name: str, line: str) -> None:
        self._lines.setdefault(name, []).append(line)

    def _append(self, name: str, lines: list[str]) -> None:
        path = self.folder / name
        if not path.exists():
            head = self._head(name)
            lines = [head, *lines] if head else lines
        try:
            _append_whole(path, ("\n".join(lines) + "\n").encode())
        except OSError:
            with contextlib.suppress(OSError):
                if not path.stat().st_size:  # without its header it would be no file of a recording
                    path.unlink()
            raise

    def _head(self, name: str) -> str:
        if name.endswith("_underlying.csv"):
            bars = any(name == f"{stem_of(each)}_underlying.csv" for each in self._about.underlying_is_bars)
            return ",".join(("ts", *(BAR_COLUMNS if bars else ("price",)), "volume"))
        if name.endswith("_features.csv"):
            return ",".join(("ts", "underlying", *FeaturesGiven._fields[2:]))
        if name == "entries.csv":
            return ",".join((*NEEDED, *OPTIONAL))
        return ",".join(self._header) if name.endswith(".csv") else ""


def recording(
    take: Callable[[Any], Acknowledged | None], recorder: Recorder, now_ns: Callable[[], int]
) -> Callable[[Any], Acknowledged | None]:
    """`take` of a session, and what it takes is recorded: written once a second of session time.

    Whatever goes wrong in recording is the recorder's `trouble` and ends it; the session goes on.
    """
    beats = itertools.count(1)

    def record(event: Any) -> None:
        if isinstance(event, Batch):
            recorder.see(event)
        elif isinstance(event, Base):
            recorder.see_command(event, now_ns())
        elif isinstance(event, Heartbeat) and next(beats) % FLUSH_BEATS == 0:
            recorder.flush()

    def taken(event: Any) -> Acknowledged | None:
        if not recorder.trouble:
            try:
                record(event)
            except Exception as error:  # positions are supervised, whatever becomes of a recording
                recorder.trouble = f"the recording {recorder.folder} ends here ({type(error).__name__}: {error})"
                logging.getLogger(__name__).error("The recording has failed", exc_info=error)
        return take(event)

    return taken


def check_free(folder: Path) -> None:
    """Raises BadInput when something has that name already."""
    if os.path.lexists(folder):
        raise BadInput(f"{folder} exists already; name a folder that does not, so that nothing is lost.")


def free_folder(folder: Path) -> Path:
    """That folder, or the first of FOLDER-2, FOLDER-3 … that does not exist yet."""
    more = (folder.with_name(f"{folder.name}-{number}") for number in itertools.count(2))
    return next(each for each in itertools.chain((folder,), more) if not os.path.lexists(each))


def leave_out(folder: Path, columns: Iterable[str]) -> None:
    """The finished recording says that these columns are to be ignored, so that Greeks among them are modelled.

    A column that is there and empty says that the feed knew nothing; the engine then models nothing either.
    Raises BadInput when it cannot be written.
    """
    names = ", ".join(f'"{name}"' for name in sorted(columns))
    if not names:
        return
    try:
        for path in folder.glob("*.toml"):
            _append_whole(path, f"ignore = [{names}]\n".encode())
    except OSError as error:
        raise BadInput(
            f"{folder} is recorded, but ignore = [{names}] could not be written into its .toml files "
            f"({error.strerror}); add it there, so that these columns are modelled."
        ) from error


def _append_whole(path: Path, content: bytes) -> None:
    """All of it at the end of the file, or nothing of it. Raises OSError.

    A disk that is nearly full takes a part without complaint and complains at the next attempt.
    """
    with path.open("ab", buffering=0) as file:
        before, rest = file.seek(0, os.SEEK_END), memoryview(content)
        try:
            while rest:
                written = file.write(rest)
                if not written:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
                rest = rest[written:]
        except OSError:
            file.truncate(before)
            raise


def stem_of(underlying: str) -> str:
    """The name of an underlying’s files, without their ends."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in underlying) or "_"


def _joined(values: Iterable[Any]) -> str:
    """One CSV line of values; numbers as Python writes them, which reads back as the same number."""
    buffer = io.StringIO()
    cells = ["" if x is None else repr(x) if isinstance(x, float) else str(x) for x in values]
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()


def _entry(at: str, entry: Entry) -> str:
    return _joined((at, entry.symbol, entry.side, entry.contracts, entry.price, entry.profile, entry.strategy_id))


def _iso(at_ns: int) -> str:
    """ISO 8601 in UTC, exact to the nanosecond."""
    seconds, rest = divmod(at_ns, NS)
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def _to_parquet(path: Path) -> None:
    """A CSV of rows becomes a Parquet file of the same rows; the CSV goes when the other is whole."""
    pa, source, target = arrow(), arrow("csv"), arrow("parquet")
    kinds = {name: pa.dictionary(pa.int32(), pa.string()) for name in TEXTS}
    kinds["ts"] = pa.int64()
    numbers = {name: pa.float64() for name in csv_header(path) if name not in kinds}
    convert = source.ConvertOptions(column_types={**kinds, **numbers}, null_values=[""], strings_can_be_null=True)
    made = path.with_suffix(".parquet.part")
    with contextlib.ExitStack() as stack:
        stack.callback(made.unlink, missing_ok=True)  # where it did not become whole
        rows = stack.enter_context(source.open_csv(path, convert_options=convert))
        schema = rows.schema.set(rows.schema.get_field_index("ts"), pa.field("ts", pa.timestamp("ns", "UTC")))
        writer = stack.enter_context(target.ParquetWriter(made, schema, compression="zstd"))
        for batch in rows:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
        writer.close()
        os.replace(made, path.with_suffix(".parquet"))
    path.unlink()
