"""Reads what is to happen in a replay: entries (CSV) and commands (JSON lines)."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar, cast
from zoneinfo import ZoneInfo

from cockpit.domain.errors import BadInput
from cockpit.domain.instrument import Instrument
from cockpit.events import NS, Entry
from cockpit.feeds.csv_tables import CsvTable
from cockpit.feeds.outside_files import read_text
from cockpit.feeds.recording import Recording
from cockpit.feeds.text_values import parse_at_ns, parse_number
from cockpit.settings import market

MAX_SCRIPT_BYTES = 64 << 20
MAX_CONTRACTS = 1_000_000_000
NEEDED = ("ts", "symbol", "side", "contracts")
OPTIONAL = ("price", "profile", "strategy_id")
CommandT = TypeVar("CommandT")


class ScriptedCommand(NamedTuple, Generic[CommandT]):
    """One line of a commands file."""

    at_ns: int
    command: CommandT


def load_entries(
    path: Path | str,
    recording: Recording,
    *,
    profiles: Callable[[str], object],
    elsewhere: frozenset[str] = frozenset(),
) -> list[Entry]:
    """The entries of a CSV file in order of time, rows of one time in file order.

    `profiles` raises BadInput for a profile that does not exist. A row that cannot be an entry raises BadInput with
    its number and the remedy. Good rows are left for the session to refuse: sizes that are no whole lots (odd
    contracts can be held), and times before the first or after the last row of the recording. `elsewhere` has the
    symbols of other recordings that the same file serves: rows that can only be meant for those are left out.
    """
    table = CsvTable(Path(path), MAX_SCRIPT_BYTES)
    for name in NEEDED:
        if name not in table.header:
            raise BadInput(f"{path} has no column {name}; write {','.join(NEEDED)}[,{'][,'.join(OPTIONAL)}].")
    for name in table.header:
        if name not in (*NEEDED, *OPTIONAL):
            raise BadInput(f"{path} has an unknown column {name[:60]!r}; use {', '.join((*NEEDED, *OPTIONAL))}.")
    zone = ZoneInfo(market(recording.market).zone)
    known_profiles: set[str] = set()
    entries: list[Entry] = []
    for row, line, cells in table:
        try:
            if cells is None:
                raise ValueError("it has more or fewer cells than the header; write one cell for each column")
            if cells["symbol"] in elsewhere and not _is_here(cells, recording):
                continue
            entry = _entry(cells, recording.instruments, zone)
            if entry.profile is not None and entry.profile not in known_profiles:
                profiles(entry.profile)
                known_profiles.add(entry.profile)
        except (ValueError, BadInput) as error:
            raise BadInput(f"{path}, row {row} (line {line}): {str(error).rstrip('.')}.") from error
        entries.append(entry)
    return sorted(entries, key=lambda entry: entry.at_ns)


def load_commands(path: Path | str, *, parse: Callable[[dict[str, Any]], CommandT]) -> list[ScriptedCommand[CommandT]]:
    """The commands of a JSON lines file in order of time, lines of one time in file order.

    Each line is an object with `at` (ISO 8601, UTC without an offset), `command` and its arguments; `parse` gets it
    without `at` and raises ValueError with a sentence. Raises BadInput with the number of the line.
    """
    commands: list[ScriptedCommand[CommandT]] = []
    for number, line in enumerate(read_text(Path(path), MAX_SCRIPT_BYTES).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            at_ns, fields = _timed_object(line)
            commands.append(ScriptedCommand(at_ns, parse(fields)))
        except (ValueError, RecursionError, BadInput) as error:
            raise BadInput(f"{path}, line {number}: {str(error).rstrip('.')}.") from error
    return sorted(commands, key=lambda command: command.at_ns)


def _entry(cells: dict[str, str], instruments: Mapping[str, Instrument], zone: ZoneInfo) -> Entry:
    """One row as an entry; raises ValueError with the reason and the remedy."""
    at_ns = parse_at_ns(cells["ts"])
    instrument = instruments.get(cells["symbol"])
    if instrument is None:
        raise ValueError(f"{cells['symbol'][:60]!r} is never in the recording; write a symbol as the recording does")
    day = datetime.fromtimestamp(at_ns // NS, tz=UTC).astimezone(zone).date()
    if instrument.expiry is not None and day > instrument.expiry:
        raise ValueError(f"{instrument.symbol} expired on {instrument.expiry}; enter it by then or leave the row out")
    side = cells["side"].lower()
    if side not in ("buy", "sell"):
        raise ValueError(f"side {cells['side'][:60]!r} is neither buy nor sell; write one of them")
    return Entry(
        at_ns=at_ns,
        symbol=instrument.symbol,
        side=side,
        contracts=_contracts(cells["contracts"]),
        price=_price(cells.get("price", "")),
        profile=cells.get("profile") or None,
        strategy_id=cells.get("strategy_id") or None,
    )


def _is_here(cells: dict[str, str], recording: Recording) -> bool:
    """Whether the row's contract is in this recording, at a time the recording covers."""
    inside = recording.first_ns <= parse_at_ns(cells["ts"]) <= recording.last_ns
    return inside and cells["symbol"] in recording.instruments


def _contracts(text: str) -> int:
    size = parse_number(text)
    if size is None or not (1 <= size <= MAX_CONTRACTS) or size != int(size):
        raise ValueError(f"contracts {text[:60]!r} is no whole number above zero; selling is said by side")
    return int(size)


def _price(text: str) -> float | None:
    price = parse_number(text)
    if price is not None and not (isfinite(price) and price > 0):
        raise ValueError(f"price {text[:60]!r} is not above zero; leave it empty for a market order")
    return price


def _timed_object(line: str) -> tuple[int, dict[str, Any]]:
    try:
        found = json.loads(line, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error}); write one object a line") from error
    if not isinstance(found, dict):
        raise ValueError("it is not an object; write one object a line")
    fields = cast(dict[str, Any], found)
    at = fields.pop("at", None)
    if not isinstance(at, str):
        raise ValueError('it has no time; write "at" as an ISO 8601 text')
    if not isinstance(fields.get("command"), str):
        raise ValueError('it names no command; write "command" as a text')
    return parse_at_ns(at), fields


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON; write a finite one")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key is there twice; leave one")
    return dict(pairs)
