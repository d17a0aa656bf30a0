"""Loads a recorded session: tidy rows, refused or accepted, as batches of one instant each."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from cockpit.domain.errors import BadInput
from cockpit.domain.instrument import Instrument
from cockpit.domain.price_grid import Steps
from cockpit.events import Batch
from cockpit.feeds.batches import batches_of
from cockpit.feeds.contracts import by_frequency, instrument
from cockpit.feeds.csv_batches import gather_csv
from cockpit.feeds.parquet_batches import gather_parquet
from cockpit.feeds.recording_files import RecordingFiles, find_files
from cockpit.feeds.recording_terms import Stated, Terms, read_stated, settle_terms
from cockpit.feeds.refusals import Refusals
from cockpit.feeds.row_checks import Accepted, accept, count_malformed
from cockpit.feeds.side_files import SideRows, read_features, read_underlying
from cockpit.feeds.tidy_columns import TIDY, Gathering, TidyRows, check_columns

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """A session as it was recorded, refused rows left out.

    `batches` are in order of time, one per instant. `interval_s` is stated or the median step between rows of one
    contract, 0 when no contract has two. `columns` are the tidy columns that are there and not ignored; Greeks and IV
    among the missing ones are modelled. `underlying_is_bars` names the underlyings whose rows are their bars.
    `models_lacking` says that Greeks which are there as a column are modelled of a contract that lacks them, as live.
    `guessed` names the terms that nobody stated. `rows` counts the rows of the main files, the refused ones included.
    `refused` counts by reason, duplicates too, side files under `underlying_` and `features_`; `refused_rows` has the
    first 20 row numbers of each, counted from 1 behind the header, through all main files in the order of their names.
    """

    path: Path
    name: str
    market: str
    instruments: dict[str, Instrument]
    batches: Sequence[Batch]
    interval_s: float
    has_quotes: bool
    columns: frozenset[str]
    underlying_is_bars: frozenset[str]
    guessed: tuple[str, ...]
    oi_unit: str
    rows: int
    refused: dict[str, int]
    refused_rows: dict[str, list[int]]
    models_lacking: bool = False

    @property
    def first_ns(self) -> int:
        """The instant of the first batch."""
        return self.batches[0].at_ns

    @property
    def last_ns(self) -> int:
        """The instant of the last batch."""
        return self.batches[-1].at_ns


def load(path: Path | str, *, market: str | None = None, progress: Progress | None = None, now_ns: int) -> Recording:
    """The recording at `path`, a .parquet file, a .csv file or a folder (cockpit.md section 4).

    `market` overrules the recording's own. `progress` hears a stage and a fraction from 0 to 1. Rows later than 5 s
    after `now_ns`, the machine's clock, are refused. Raises BadInput when a file of it is bad, and then loads nothing.
    """
    path, tell = Path(path), progress or _unheard
    files = find_files(path)
    stated, steps = _stated(files)
    columns = _columns(files, stated.ignore)
    refusals = Refusals()
    rows = _gathered(files, columns, tell)
    tell("checking", 0.0)
    count_malformed(rows, refusals)
    refusals.refuse_mostly_bad(path, rows.count)
    accepted = accept(rows, now_ns, refusals)
    refusals.refuse_mostly_bad(path, rows.count)
    terms = _terms(rows, accepted, stated, market)
    side = _side_rows(files, rows, accepted, now_ns, refusals)
    return Recording(
        path=path,
        name=files.name,
        market=terms.market,
        instruments=_instruments(rows, accepted, terms, steps),
        batches=batches_of(rows, accepted.order, side, partial(tell, "preparing")),
        interval_s=stated.interval_s or accepted.interval_s,
        has_quotes=any(rows.numbers[name].known[accepted.order].any() for name in ("bid", "ask") if name in columns),
        columns=frozenset(columns),
        underlying_is_bars=frozenset(side.bars),
        guessed=(*terms.guessed, *accepted.guessed),
        oi_unit=terms.oi_unit,
        rows=rows.count,
        refused=refusals.counts,
        refused_rows=refusals.rows,
        models_lacking=stated.models_lacking,
    )


def _unheard(stage: str, fraction: float) -> None:
    pass


def _stated(files: RecordingFiles) -> tuple[Stated, list[Steps]]:
    """What all files have in common, and the steps of prices in each main file, which may differ."""
    stated = {path: read_stated(path) for path in files.terms}
    common = [replace(each, steps=()) for each in stated.values()] or [Stated()]
    for path, other in zip(stated, common, strict=False):
        if other != common[0]:
            raise BadInput(f"{path} and {files.terms[0]} state different terms; name one recording of the folder.")
    steps = {path.stem: each.steps for path, each in stated.items()}
    of_all = steps[files.terms[0].stem] if files.terms else ()
    return common[0], [steps.get(file.path.stem, of_all) for file in files.main]


def _columns(files: RecordingFiles, ignore: frozenset[str]) -> list[str]:
    for file in files.main:
        unknown = sorted(ignore.difference(TIDY, file.header))
        if unknown:
            raise BadInput(f"{files.terms[0]}: ignore: {file.path.name} has no column {unknown[0][:60]}; correct it.")
        check_columns(file.path, file.header, ignore)
    return check_columns(files.main[0].path, files.main[0].header, ignore)


def _gathered(files: RecordingFiles, columns: list[str], tell: Progress) -> TidyRows:
    gathering = Gathering(columns)
    for number, file in enumerate(files.main):

        def part(fraction: float, number: int = number) -> None:
            tell("reading", (number + fraction) / len(files.main))

        gather = gather_parquet if file.path.suffix.lower() == ".parquet" else gather_csv
        gather(file.path, gathering, part)
    return gathering.finished()


def _terms(rows: TidyRows, accepted: Accepted, stated: Stated, market: str | None) -> Terms:
    names = by_frequency(rows, accepted.statics, accepted.order)
    underlying = next(iter(names))
    return settle_terms(stated, market, underlying, names[underlying])


def _instruments(rows: TidyRows, accepted: Accepted, terms: Terms, steps: Sequence[Steps]) -> dict[str, Instrument]:
    """Every symbol that has an accepted row, in the order in which the file names them."""
    order = np.sort(accepted.order)
    codes, firsts = np.unique(rows.symbol.codes[order], return_index=True)
    found: dict[str, Instrument] = {}
    for position in np.argsort(firsts):
        code, file = int(codes[position]), bisect_right(rows.file_ends, int(order[firsts[position]]))
        symbol = rows.symbol.labels[code]
        found[symbol] = instrument(symbol, accepted.statics[code], terms, steps[file])
    return found


def _side_rows(files: RecordingFiles, rows: TidyRows, accepted: Accepted, now_ns: int, refusals: Refusals) -> SideRows:
    """What lies beside the main files; an underlying file is of the underlying most frequent in its main file."""
    side = SideRows([], [], set())
    for path, main in (*files.underlying, *files.features):
        own = accepted.order
        if main is not None:
            ends = [0, *rows.file_ends]
            own = own[(own >= ends[main]) & (own < ends[main + 1])]
        names = list(by_frequency(rows, accepted.statics, own if len(own) else accepted.order))
        if (path, main) in files.features:
            side.given.extend(read_features(path, names, now_ns, refusals))
            continue
        read = read_underlying(path, names[0], now_ns, refusals)
        side.underlyings.extend(read.rows)
        side.bars.update(names[:1] if read.bars else ())
    side.underlyings.sort(key=lambda row: row.at_ns)
    side.given.sort(key=lambda row: row.at_ns)
    return side
