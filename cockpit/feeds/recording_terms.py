"""The terms of a recording: NAME.toml beside it, the market profile, and what had to be guessed."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, cast

from cockpit.domain.errors import BadInput
from cockpit.domain.price_grid import Steps
from cockpit.domain.trading_hours import guess_market
from cockpit.feeds.outside_files import read_text
from cockpit.settings import MARKETS
from cockpit.settings import market as market_profile

MAX_TOML_BYTES = 1 << 20
MOST_STEPS = 100
OI_UNITS = ("contracts", "lots", "shares")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a recording's TOML file says; None and empty where it says nothing."""

    market: str | None = None
    multiplier: float | None = None
    lot: int | None = None
    tick: float | None = None
    steps: Steps = ()
    currency: str | None = None
    oi_unit: str | None = None
    interval_s: float | None = None
    ignore: frozenset[str] = frozenset()
    models_lacking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every instrument of a recording has in common; `guessed` names what nobody stated."""

    market: str
    multiplier: float
    lot: int
    tick: float
    currency: str
    oi_unit: str
    guessed: tuple[str, ...]


class _Key(NamedTuple):
    allowed: str
    suits: Callable[[Any], bool]


def _number(low: float, high: float) -> Callable[[Any], bool]:
    def suits(value: Any) -> bool:
        return type(value) in (int, float) and isfinite(value) and low < value <= high

    return suits


def _steps(value: Any) -> bool:
    """Pairs of a price and the step from there on, rising from 0."""
    if not isinstance(value, list) or not 1 <= len(rows := cast(list[Any], value)) <= MOST_STEPS:
        return False
    is_price, is_step = _number(-1, 1_000_000), _number(0, 1000)
    if not all(isinstance(row, list) and len(cast(list[Any], row)) == 2 for row in rows):
        return False
    if not all(is_price(low) and is_step(step) for low, step in rows):
        return False
    lows = [low for low, _ in rows]
    return lows[0] == 0 and all(low < next for low, next in pairwise(lows))


def _one_of(words: tuple[str, ...]) -> Callable[[Any], bool]:
    def suits(value: Any) -> bool:
        return value in words

    return suits


def _currency(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Z]{3,5}", value) is not None


def _whole(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 1_000_000  # not isinstance: a bool is an int


def _yes_or_no(value: Any) -> bool:
    return type(value) is bool


def _columns(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    return all(isinstance(name, str) and name not in ("ts", "symbol") for name in cast(list[Any], value))


_KEYS = {
    "market": _Key(f"one of {', '.join(MARKETS)}", _one_of(MARKETS)),
    "multiplier": _Key("a number above 0 and up to 1000000", _number(0, 1_000_000)),
    "lot": _Key("a whole number from 1 to 1000000", _whole),
    "tick": _Key("a number above 0 and up to 1000", _number(0, 1000)),
    "steps": _Key("a list of [price, step from there on], their prices rising from 0, their steps above 0", _steps),
    "currency": _Key("3 to 5 capital letters", _currency),
    "oi_unit": _Key(f"one of {', '.join(OI_UNITS)}", _one_of(OI_UNITS)),
    "interval_s": _Key("a number of seconds above 0 and up to 86400", _number(0, 86_400)),
    "ignore": _Key("a list of column names, ts and symbol not among them", _columns),
    "models_lacking": _Key("true or false", _yes_or_no),
}


def read_stated(path: Path) -> Stated:
    """The TOML file of a recording; BadInput names the key and what is allowed there."""
    try:
        found: dict[str, Any] = tomllib.loads(read_text(path, MAX_TOML_BYTES))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"{path} is not valid TOML ({error}); correct it there.") from error
    for key, value in found.items():
        if key not in _KEYS:
            raise BadInput(f"{path}: {key[:60]}: no such key; use only {', '.join(_KEYS)}.")
        if not _KEYS[key].suits(value):
            raise BadInput(f"{path}: {key}: {str(value)[:60]} is not {_KEYS[key].allowed}; correct it.")
    for key in ("multiplier", "tick", "interval_s"):
        if key in found:
            found[key] = float(found[key])
    found["steps"] = tuple((float(low), float(step)) for low, step in found.get("steps", ()))
    found["ignore"] = frozenset(found.get("ignore", ()))
    return Stated(**found)


def settle_terms(stated: Stated, market: str | None, underlying: str, symbol: str) -> Terms:
    """Terms by precedence: `market` (an option of the command), the TOML file, the guess from the underlying.

    A market that is guessed makes its multiplier, tick and currency guesses too, where the file does not state them;
    the lot is a guess wherever it is not stated.
    """
    name = market or stated.market
    profile = market_profile(name or guess_market(underlying, symbol))
    unstated = [] if stated.lot is not None else ["lot"]
    if name is None:
        others = {"multiplier": stated.multiplier, "tick": stated.tick, "currency": stated.currency}
        unstated = ["market", *unstated, *(key for key, value in others.items() if value is None)]
    return Terms(
        market=profile.name,
        multiplier=profile.multiplier if stated.multiplier is None else stated.multiplier,
        lot=profile.lot if stated.lot is None else stated.lot,
        tick=profile.tick if stated.tick is None else stated.tick,
        currency=stated.currency or profile.currency,
        oi_unit=stated.oi_unit or "contracts",
        guessed=tuple(unstated),
    )
