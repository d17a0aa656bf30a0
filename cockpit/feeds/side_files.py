"""The files that may lie beside a recording: its underlying, and features given with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from cockpit.domain.errors import BadInput
from cockpit.events import NS, FeaturesGiven, UnderlyingQuoted
from cockpit.feeds.csv_tables import CsvTable
from cockpit.feeds.refusals import Refusals
from cockpit.feeds.row_checks import FUTURE_S
from cockpit.feeds.text_values import parse_at_ns, parse_number

MAX_SIDE_BYTES = 256 << 20
PRICE_COLUMNS = ("price", "underlying_price", "close")
BAR_COLUMNS = ("open", "high", "low", "close")
FEATURE_NUMBERS = ("momentum", "volatility_bps", "volume_ratio", "rsi", "volatility_index")
REGIMES = ("trend", "range", "panic", "unknown")
DIRECTIONS = ("up", "down")

Row = TypeVar("Row", UnderlyingQuoted, FeaturesGiven)


class SideRows(NamedTuple):
    """All side rows of a recording, in order of time, and the underlyings whose rows are their bars."""

    underlyings: list[UnderlyingQuoted]
    given: list[FeaturesGiven]
    bars: set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderlyingRows:
    """The rows of NAME_underlying.csv; `bars` when they have open, high, low and close."""

    rows: list[UnderlyingQuoted]
    bars: bool


def read_underlying(path: Path, underlying: str, now_ns: int, refusals: Refusals) -> UnderlyingRows:
    """NAME_underlying.csv as rows of `underlying`, whatever its symbol column says; raises BadInput.

    Refused rows are counted in `refusals`, their reasons prefixed with `underlying_`.
    """
    table = CsvTable(path, MAX_SIDE_BYTES)
    price = next((name for name in PRICE_COLUMNS if name in table.header), None)
    if price is None or "ts" not in table.header:
        lacking = "ts" if price else "a price"
        raise BadInput(f"{path} lacks {lacking}; it needs ts and one of {', '.join(PRICE_COLUMNS)}.")
    bars = all(name in table.header for name in BAR_COLUMNS)

    def parse(cells: dict[str, str]) -> UnderlyingQuoted:
        opened, high, low = (parse_number(cells[name]) if bars else None for name in ("open", "high", "low"))
        volume = parse_number(cells.get("volume", ""))
        return UnderlyingQuoted(
            underlying, parse_at_ns(cells["ts"]), parse_number(cells[price]), opened, high, low, volume
        )

    own = Refusals()
    rows = _accepted(table, parse, now_ns, own)
    refusals.take_over("underlying_", own)
    return UnderlyingRows(rows=rows, bars=bars)


def read_features(path: Path, underlyings: Sequence[str], now_ns: int, refusals: Refusals) -> list[FeaturesGiven]:
    """NAME_features.csv; a row without an underlying is of the first of `underlyings`; raises BadInput.

    Refused rows, those of other underlyings included, are counted in `refusals`, prefixed with `features_`.
    """
    table = CsvTable(path, MAX_SIDE_BYTES)
    features = [*FEATURE_NUMBERS, "regime", "trend_direction"]
    if "ts" not in table.header or not any(name in table.header for name in features):
        raise BadInput(f"{path} lacks a column; it needs ts and one of {', '.join(features)}.")

    def parse(cells: dict[str, str]) -> FeaturesGiven:
        return FeaturesGiven(
            _word(cells.get("underlying", ""), underlyings) or underlyings[0],
            parse_at_ns(cells["ts"]),
            regime=_word(cells.get("regime", ""), REGIMES),
            trend_direction=_word(cells.get("trend_direction", ""), DIRECTIONS),
            **{name: parse_number(cells.get(name, "")) for name in FEATURE_NUMBERS},
        )

    own = Refusals()
    rows = _accepted(table, parse, now_ns, own)
    refusals.take_over("features_", own)
    return rows


def _word(text: str, words: Sequence[str]) -> str | None:
    """One of `words`, None for an empty cell; raises ValueError for another word."""
    if text and text not in words:
        raise ValueError(f"{text[:40]!r} is none of {', '.join(words)}")
    return text or None


def _accepted(table: CsvTable, parse: Callable[[dict[str, str]], Row], now_ns: int, refusals: Refusals) -> list[Row]:
    """The rows in order of time; refused by the same law as the rows of a contract, an underlying being one."""
    accepted: list[Row] = []
    latest: dict[str, Row] = {}
    count = 0
    for count, _, cells in table:
        row = None
        try:
            row = parse(cells) if cells is not None else None
        except ValueError:
            pass
        reason = _refusal(row, latest, now_ns)
        if reason or row is None:
            refusals.add(reason or "unparseable", (count,))
            continue
        latest[row[0]] = row
        accepted.append(row)
    refusals.refuse_mostly_bad(table.path, count)
    accepted.sort(key=lambda row: row.at_ns)
    return accepted


def _refusal(row: Row | None, latest: dict[str, Row], now_ns: int) -> str | None:
    if row is None:
        return "unparseable"
    if row.at_ns > now_ns + FUTURE_S * NS:
        return "future"
    before = latest.get(row[0])
    if before is None or row.at_ns > before.at_ns:
        return None
    if row.at_ns < before.at_ns:
        return "out_of_order"
    return "duplicate" if repr(row) == repr(before) else None  # repr: NaN equals NaN here
