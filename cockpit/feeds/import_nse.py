"""Dumps of the NSE's option-chain page: one JSON file a snapshot, `records` with `timestamp` and `data` by strike.

Open interest and volume are in lots ("contracts" on that page); a price, a size or a volatility of 0 says that there
is none. Two spellings of the quote's keys are in use; both are read.
"""

import json
import math
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from cockpit.domain.errors import BadInput
from cockpit.events import NS
from cockpit.feeds.import_target import Row
from cockpit.feeds.outside_files import read_text, unreadable
from cockpit.feeds.text_values import within_int64

INDIA = ZoneInfo("Asia/Kolkata")
MAX_DUMP_BYTES = 64 << 20
MAX_DUMPS = 100_000
SIDES = {"CE": "C", "PE": "P"}
KEYS = {
    "bid": ("bidprice", "bidPrice", "buyPrice1"),
    "ask": ("askPrice", "askprice", "sellPrice1"),
    "bid_size": ("bidQty", "buyQuantity1"),
    "ask_size": ("askQty", "sellQuantity1"),
    "last": ("lastPrice",),
    "volume_cum": ("totalTradedVolume",),
    "open_interest": ("openInterest",),
    "oi_change_day": ("changeinOpenInterest",),
    "underlying_price": ("underlyingValue",),
    "iv": ("impliedVolatility",),
}
NONE_AT_ZERO = ("bid", "ask", "bid_size", "ask_size", "last", "underlying_price", "iv")
COLUMNS = ("ts", "symbol", "underlying", "expiry", "right", "strike", *KEYS)
Progress = Callable[[float], None]


class NseDumps:
    """The snapshots of a file or a folder in order of time; `skipped` counts legs that are none."""

    def __init__(self, source: Path) -> None:
        self.skipped = 0
        self.paths = _paths(source)

    def rows(self, progress: Progress) -> Iterator[Row]:
        """Every leg of every snapshot; BadInput for a file that is no dump."""
        for number, path in enumerate(self.paths):
            records = _records(path)
            at_ns = _at_ns(path, records)
            for strike in _list(records.get("data")):
                yield from self._legs(at_ns, strike)
            progress((number + 1) / len(self.paths))

    def _legs(self, at_ns: int, strike: Any) -> Iterator[Row]:
        if not isinstance(strike, dict):
            self.skipped += 1
            return
        both = cast(dict[str, Any], strike)
        for leg, right in ((both[key], right) for key, right in SIDES.items() if isinstance(both.get(key), dict)):
            row = _row(at_ns, right, both, leg)
            if row is not None:
                yield row
            else:
                self.skipped += 1


def _row(at_ns: int, right: str, strike: dict[str, Any], leg: dict[str, Any]) -> Row | None:
    price, name = _number(leg.get("strikePrice", strike.get("strikePrice"))), leg.get("underlying")
    try:
        written = str(leg.get("expiryDate") or strike.get("expiryDate"))
        form = "%d-%b-%Y" if any(sign.isalpha() for sign in written) else "%d-%m-%Y"
        expiry = datetime.strptime(written, form).replace(tzinfo=INDIA).date()
    except ValueError:
        return None
    if price is None or not isinstance(name, str) or not (name and name.isprintable()):
        return None
    values = {column: _number(next((leg[k] for k in keys if k in leg), None)) for column, keys in KEYS.items()}
    for column in NONE_AT_ZERO:
        values[column] = values[column] or None
    if values["iv"] is not None:
        values["iv"] /= 100.0
    symbol = f"{name}{expiry:%y%m%d}{price:g}{'CE' if right == 'C' else 'PE'}"
    return Row(
        ts=at_ns, symbol=symbol, underlying=name, expiry=expiry.isoformat(), right=right, strike=price, **values
    )  # fmt: skip


def _number(value: Any) -> float | None:
    """A finite number; a text is read as the page writes it, with commas; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value.replace(",", ""))
        except ValueError:
            return None
    return value if isinstance(value, float) and math.isfinite(value) else None


def _paths(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    try:
        found = sorted(path for path in source.iterdir() if path.suffix.lower() == ".json")
    except OSError as error:
        raise unreadable(source, error) from error
    if not found:
        raise BadInput(f"{source} holds no .json file; name a dump of the option chain, or a folder of them.")
    if len(found) > MAX_DUMPS:
        raise BadInput(f"{source} holds {len(found):,} files; import at most {MAX_DUMPS:,} at a time.")
    timed = [(_at_ns(path, _records(path)), path) for path in found]
    return [path for _, path in sorted(timed)]


def _records(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(path, MAX_DUMP_BYTES), parse_int=float)  # of any number of digits
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON ({error}); save the page's answer again.") from error
    records = cast(dict[str, Any], found).get("records") if isinstance(found, dict) else None
    if not isinstance(records, dict) or not isinstance(cast(dict[str, Any], records).get("data"), list):
        raise BadInput(f"{path} has no records.data; name an answer of the NSE's option-chain page.")
    return cast(dict[str, Any], records)


def _list(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def _at_ns(path: Path, records: dict[str, Any]) -> int:
    said = str(records.get("timestamp"))
    try:
        at = datetime.strptime(said, "%d-%b-%Y %H:%M:%S").replace(tzinfo=INDIA)
        return within_int64(round(at.timestamp()) * NS)
    except ValueError:
        raise BadInput(f"{path}: records.timestamp is {said[:40]!r}; it is written 18-Aug-2026 15:30:00.") from None
