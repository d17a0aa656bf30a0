"""What the exchange says of a row of the journal: the terms in a contract's symbol, and the clock on its wall."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cockpit.domain.errors import BadInput
from cockpit.settings import market

NS = 1_000_000_000
HALF_HOUR_S = 1_800  # every zone's clock changes at a multiple of it
DAY_S = 86_400
SYMBOL = re.compile(r"\s*(\d\d)(\d\d)(\d\d)(?:([CP])(\d{8})|(\d+(?:\.\d+)?)(CE|PE))$")


def label(symbol: str, underlying: str) -> str:
    """`NIFTY 24200 C 14 Jul` for the symbols of options that carry their terms; any other symbol is its own label."""
    known = _labels.get(symbol)
    if known is None:
        known = _labels[symbol] = _label(symbol, underlying)
    return known


_labels: dict[str, str] = {}


def _label(symbol: str, underlying: str) -> str:
    found = SYMBOL.fullmatch(symbol.removeprefix(underlying)) if symbol.startswith(underlying) else None
    if found is None:
        return symbol
    year, month, day, right, thousandths, strike, word = found.groups()
    try:
        expiry = date(2000 + int(year), int(month), int(day))
    except ValueError:
        return symbol
    price = int(thousandths) / 1000 if thousandths else float(strike)
    return f"{underlying} {price:.10g} {right or word[0]} {expiry.day} {expiry.strftime('%b')}"


def zone_of(name: str) -> str:
    """The zone of a market by its name; UTC for one that is not known any more."""
    if name not in _zones:
        try:
            _zones[name] = market(name).zone
        except BadInput:
            _zones[name] = "UTC"
    return _zones[name]


_zones: dict[str, str] = {}


def local_s(instants: Iterable[tuple[int, str]], count: int) -> NDArray[np.int64]:
    """Instants in ns, each with the name of its market, on that market's clock, in seconds since 1970."""
    offset = _offsets()
    return np.fromiter((at_ns // NS + offset(at_ns // NS, name) for at_ns, name in instants), np.int64, count)


def _offsets() -> Callable[[int, str], int]:
    """Seconds by which a market's clock is ahead of UTC at a second since 1970; looked up once a half hour."""
    known: dict[tuple[int, str], int] = {}

    def offset(second: int, name: str) -> int:
        key = (second // HALF_HOUR_S, name)
        found = known.get(key)
        if found is None:
            there = datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone_of(name))).utcoffset()
            found = known[key] = int((there or timedelta()).total_seconds())
        return found

    return offset
