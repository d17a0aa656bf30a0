"""Lean's minute zips of one option underlying and one day: quotes, trades, open interest, and the share's own bars.

Layout: https://www.quantconnect.com/docs/v2/lean-engine/data-format/equity-options. A line begins with the
milliseconds since midnight in New York at which its minute began; prices and strikes are ten-thousandths.
"""

import io
import lzma
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from cockpit.domain.errors import BadInput
from cockpit.events import NS
from cockpit.feeds.import_target import Bar, Row
from cockpit.feeds.text_values import within_int64

SCALE = 10_000.0
MINUTE_NS = 60 * NS
NEW_YORK = ZoneInfo("America/New_York")
DAY_MS = 86_400_000
MAX_LINES = 1_440  # of one contract: the minutes of a day
MAX_LINE = 1_000  # signs
COLUMNS = (
    *("ts", "symbol", "underlying", "expiry", "right", "strike", "bid", "ask", "bid_size", "ask_size"),
    *("last", "volume", "open_interest"),
)
_ZIP = re.compile(r"(?P<day>\d{8})_(?P<kind>quote|trade|openinterest)_(?:american|european)\.zip", re.ASCII)
_MEMBER = re.compile(
    r"\d{8}_(?P<name>[a-z0-9.]+)_minute_(?:quote|trade|openinterest)_(?:american|european)_"
    r"(?P<right>call|put)_(?P<strike>\d{1,15})_(?P<expiry>\d{8})\.csv",
    re.ASCII | re.IGNORECASE,
)
UNREADABLE = (  # whatever a damaged, encrypted or foreign zip makes of the library that unpacks it
    OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
)  # fmt: skip
Progress = Callable[[float], None]
Contract = tuple[str, str, float]  # expiry, right, strike


@dataclass(slots=True)
class _Minute:
    """What is known of a contract in one minute."""

    quote: tuple[float | None, ...] = (None, None, None, None)  # bid, ask, bid size, ask size
    trade: tuple[float | None, ...] = (None, None)  # last, volume
    open_interest: float | None = None


@dataclass(slots=True)
class LeanDay:
    """The zips of one day."""

    ticker: str
    day: str
    zips: dict[str, Path]
    bars: Path | None
    skipped: int = 0  # lines that are none
    _midnight_ns: int = field(init=False)

    def __post_init__(self) -> None:
        noon = _noon(self.day)  # and not midnight: the day on which the clocks change has another offset then
        self._midnight_ns = (round(noon.timestamp()) - 12 * 3600) * NS

    def rows(self, progress: Progress) -> Iterator[Row]:
        """Every contract's minutes, contract by contract; a row stands at the end of its minute."""
        with _opened(self.zips) as archives:
            members = self._members(archives)
            for number, (contract, found) in enumerate(sorted(members.items())):
                yield from self._contract(contract, {kind: (archives[kind], m) for kind, m in found.items()})
                progress((number + 1) / len(members))

    def underlying(self) -> Iterator[Bar]:
        """The share's own bars of the day, where their zip is there."""
        if self.bars is None:
            return
        with _opened({"bars": self.bars}) as archives:
            archive = archives["bars"]
            if not archive.infolist():
                raise BadInput(f"{self.bars} is empty; download it again, or remove it to import without it.")
            for cells in self._lines(archive, archive.infolist()[0]):
                if len(cells) >= 6:
                    opened, high, low, close = (x / SCALE for x in cells[1:5])
                    yield Bar(self._end_ns(cells[0]), opened, high, low, close, cells[5])

    def _members(self, archives: dict[str, zipfile.ZipFile]) -> dict[Contract, dict[str, zipfile.ZipInfo]]:
        """contract -> kind -> member."""
        found: dict[Contract, dict[str, zipfile.ZipInfo]] = {}
        for kind, archive in archives.items():
            for member in archive.infolist():
                named = _MEMBER.fullmatch(Path(member.filename).name)
                if named is None:
                    continue
                right = "C" if named["right"].lower() == "call" else "P"
                found.setdefault((named["expiry"], right, int(named["strike"]) / SCALE), {})[kind] = member
        if not found:
            some = next(iter(self.zips.values()))
            raise BadInput(f"{some} holds no minutes of an option; name the folder of Lean's minute zips.")
        return found

    def _contract(self, contract: Contract, files: dict[str, tuple[zipfile.ZipFile, zipfile.ZipInfo]]) -> Iterator[Row]:
        expiry, right, strike = contract
        symbol = f"{self.ticker} {expiry[2:]}{right}{round(strike * 1000):08d}"
        minutes: dict[int, _Minute] = {}
        for kind, (archive, member) in files.items():
            for cells in self._lines(archive, member):
                self._take(minutes, kind, cells)
        for at_ns in sorted(minutes):
            minute = minutes[at_ns]
            bid, ask, bid_size, ask_size = minute.quote
            last, volume = minute.trade
            yield Row(
                ts=at_ns, symbol=symbol, underlying=self.ticker, right=right, strike=strike,
                expiry=f"{expiry[:4]}-{expiry[4:6]}-{expiry[6:]}", bid=bid, ask=ask, bid_size=bid_size,
                ask_size=ask_size, last=last, volume=volume, open_interest=minute.open_interest,
            )  # fmt: skip

    def _take(self, minutes: dict[int, _Minute], kind: str, cells: list[float]) -> None:
        """A line of one kind into its minute; a price of 0 is a side that nobody quotes."""
        needed = {"quote": 11, "trade": 6, "openinterest": 2}[kind]
        if len(cells) < needed:
            self.skipped += 1
            return
        minute = minutes.setdefault(self._end_ns(cells[0]), _Minute())
        if kind == "quote":
            bid, ask = cells[4] / SCALE or None, cells[9] / SCALE or None
            minute.quote = (bid, ask, cells[5] if bid else None, cells[10] if ask else None)
        elif kind == "trade":
            minute.trade = (cells[4] / SCALE or None, cells[5])
        else:
            minute.open_interest = cells[1]

    def _end_ns(self, milliseconds: float) -> int:
        return self._midnight_ns + round(milliseconds) * 1_000_000 + MINUTE_NS

    def _lines(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[list[float]]:
        """Lines as numbers, empty cells as 0; what is no line of a minute is counted and left out.

        However far a member unpacks, no more of it is held than one line. BadInput for more lines than a day has.
        """
        where = f"{archive.filename}, {member.filename}"
        with _readable(where), archive.open(member) as file, io.TextIOWrapper(file, "ascii", "replace") as text:
            for number, line in enumerate(iter(partial(text.readline, MAX_LINE + 1), "")):
                if number == MAX_LINES or len(line) > MAX_LINE:
                    raise BadInput(f"{where} is longer than the minutes of a day are; download it again.")
                cells = _numbers(line)
                if cells is not None:
                    yield cells
                else:
                    self.skipped += bool(line.strip())


def _numbers(line: str) -> list[float] | None:
    """Finite numbers, the first of them a time of day; None for any other line."""
    try:
        cells = [float(cell) if cell.strip() else 0.0 for cell in line.split(",")]
    except ValueError:
        return None
    return cells if 0.0 <= cells[0] < DAY_MS and line.strip() and all(map(math.isfinite, cells)) else None


def find_lean(source: Path, day: str | None) -> LeanDay:
    """The zips of a day in Lean's folder of one underlying (…/option/usa/minute/goog), or beside one of its zips.

    Raises BadInput when there are none, or those of several days and none was named.
    """
    folder = source.parent if source.suffix.lower() == ".zip" else source
    if not folder.is_dir():
        raise BadInput(f"{source} is no folder of Lean's minute zips; name one such as …/option/usa/minute/goog.")
    wanted = day or (source.name[:8] if source != folder else None)
    if wanted is not None:
        _noon(wanted)
    zips: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        named = _ZIP.fullmatch(path.name)
        if named is not None and wanted in (None, named["day"]):
            zips.setdefault(named["day"], {})[named["kind"]] = path
    days = [each for each, kinds in zips.items() if "quote" in kinds or "trade" in kinds]
    if not days:
        raise BadInput(f"{folder} has no YYYYMMDD_quote_american.zip{f' of {wanted}' if wanted else ''}; name another.")
    if len(days) > 1:
        raise BadInput(f"{folder} has {len(days)} days, {days[0]} to {days[-1]}; name one with --date YYYYMMDD.")
    return LeanDay(folder.resolve().name.upper(), days[0], zips[days[0]], _bars(folder, days[0]))


def _bars(folder: Path, day: str) -> Path | None:
    """…/equity/usa/minute/goog/DAY_trade.zip, seen from …/option/usa/minute/goog."""
    if len(folder.resolve().parents) < 4:
        return None
    found = folder.resolve().parents[3] / "equity" / "usa" / "minute" / folder.name / f"{day}_trade.zip"
    return found if found.is_file() else None


def _noon(day: str) -> datetime:
    try:
        noon = datetime.strptime(f"{day} 12", "%Y%m%d %H").replace(tzinfo=NEW_YORK)
        within_int64(round(noon.timestamp()) * NS)
        return noon
    except ValueError:
        raise BadInput(f"'{day}' is no date; write --date YYYYMMDD.") from None


@contextmanager
def _readable(what: object) -> Generator[None]:
    """BadInput for what cannot be unpacked."""
    try:
        yield
    except UNREADABLE as error:
        said = " ".join(str(error).split())[:200].rstrip(".")
        raise BadInput(f"{what} cannot be read ({said}); copy or download it again.") from error


@contextmanager
def _opened(paths: dict[str, Path]) -> Generator[dict[str, zipfile.ZipFile]]:
    """Several zips at once; BadInput for one that is none."""
    with ExitStack() as stack:
        found: dict[str, zipfile.ZipFile] = {}
        for kind, path in paths.items():
            with _readable(path):
                found[kind] = stack.enter_context(zipfile.ZipFile(path))
        yield found
