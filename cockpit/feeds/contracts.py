"""What each symbol of a recording is: the static columns of its rows become one instrument."""

import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from cockpit.domain.instrument import Instrument, Right
from cockpit.domain.price_grid import Steps
from cockpit.feeds.arrow_values import Flags, Ints
from cockpit.feeds.recording_terms import Terms
from cockpit.feeds.text_values import parse_date, parse_right
from cockpit.feeds.tidy_columns import Texts, TidyRows

# What a symbol itself says: OSI (GOOG 151224C00690000) and the Indian form of the recordings (NIFTY26081822000CE).
_FORMS = (
    re.compile(r"(?P<root>[A-Z][A-Z0-9.]{0,5}) *(?P<expiry>\d{6})(?P<right>[CP])(?P<milli>\d{8})", re.ASCII),
    re.compile(r"(?P<root>[A-Z][A-Z&-]*)(?P<expiry>\d{6})(?P<strike>\d+(?:\.\d+)?)(?P<right>[CP]E)", re.ASCII),
)
_INDEX_OF_ROOT = {"SPXW": "SPX", "NDXP": "NDX", "RUTW": "RUT", "VIXW": "VIX"}


class Static(NamedTuple):
    """What a symbol is: an option with expiry, strike and right, or its own underlying without any of them."""

    underlying: str
    expiry: date | None = None
    strike: float | None = None
    right: Right | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """The statics by symbol code, which rows were refused while finding them, and what had to be guessed."""

    statics: list[Static]
    refused: dict[str, Flags]
    guessed: tuple[str, ...]


def contracts_of(rows: TidyRows, usable: Flags) -> Contracts:
    """Settles each symbol by the first of its `usable` rows that states a property.

    Refused: `bad_right`, `bad_expiry` and `bad_strike` (text or number that is none), `contradictory` (another value
    than an earlier row of the symbol). Where a column is missing the symbol is read instead; an option whose expiry,
    strike or right remains unknown is held as its own underlying. Both, and an unstated underlying, are guesses.
    """
    settling = _Settling(rows, usable.copy())
    underlyings = settling.texts("underlying", rows.underlying, str)
    expiries = settling.texts("expiry", rows.expiry, parse_date)
    rights = settling.texts("right", rows.right, parse_right)
    strikes = settling.strikes()
    columns = {"expiry": rows.expiry, "strike": rows.numbers.get("strike"), "right": rows.right}
    missing = {name for name, column in columns.items() if column is None}
    statics: list[Static] = []
    guessed: set[str] = set()
    stated = map(_Stated, underlyings, expiries, strikes, rights)
    for symbol, own in zip(rows.symbol.labels, stated, strict=True):
        static, guesses = _settled(symbol, own, missing)
        statics.append(static)
        guessed |= guesses
    return Contracts(statics=statics, refused=settling.refused, guessed=tuple(sorted(guessed)))


def instrument(symbol: str, static: Static, terms: Terms, steps: Steps) -> Instrument:
    """One tradeable contract on the recording's terms; `steps` are its underlying's."""
    return Instrument(
        symbol=symbol,
        underlying=sys.intern(static.underlying),
        expiry=static.expiry,
        strike=static.strike,
        right=static.right,
        multiplier=terms.multiplier,
        lot=terms.lot,
        tick=terms.tick,
        currency=terms.currency,
        market=terms.market,
        steps=steps,
    )


def by_frequency(rows: TidyRows, statics: list[Static], indices: Ints) -> dict[str, str]:
    """The underlyings of the rows at `indices`, the one with most rows first -> the first symbol of each."""
    codes, firsts, counts = np.unique(rows.symbol.codes[indices], return_index=True, return_counts=True)
    total: Counter[str] = Counter()
    first_symbol: dict[str, str] = {}
    for position in np.argsort(firsts):
        code = int(codes[position])
        name = statics[code].underlying
        total[name] += int(counts[position])
        first_symbol.setdefault(name, rows.symbol.labels[code])
    return {name: first_symbol[name] for name, _ in total.most_common()}


class _Stated(NamedTuple):
    """What the rows of one symbol say; None where none of them does."""

    underlying: str | None
    expiry: date | None
    strike: float | None
    right: Right | None


def _settled(symbol: str, stated: _Stated, missing: set[str]) -> tuple[Static, set[str]]:
    """What a symbol is, and the names of what was guessed; only `missing` columns are read from the symbol."""
    guesses: set[str] = set()
    underlying, expiry, strike, right = stated
    if missing:
        said = _said_by_symbol(symbol)
        expiry = said.expiry if "expiry" in missing else expiry
        strike = said.strike if "strike" in missing else strike
        right = said.right if "right" in missing else right
    if (expiry, strike, right) != stated[1:] or (right is not None and (expiry is None or strike is None)):
        guesses.add("contract")
    if expiry is None or strike is None or right is None:
        return Static(symbol), guesses
    if underlying is None:
        guesses.add("underlying")
        underlying = _said_by_symbol(symbol).underlying
    return Static(underlying or symbol, expiry, strike, right), guesses


def _said_by_symbol(symbol: str) -> _Stated:
    found = next((match for form in _FORMS if (match := form.fullmatch(symbol))), None)
    if found is None:
        letters = re.match(r"[A-Za-z]+", symbol)
        return _Stated(letters[0] if letters else None, None, None, None)
    root, parts = found["root"], found.groupdict()
    strike = int(parts["milli"]) / 1000 if "milli" in parts else float(parts["strike"])
    try:
        expiry = parse_date(f"20{found['expiry']}")
    except ValueError:
        expiry = None
    return _Stated(_INDEX_OF_ROOT.get(root, root), expiry, strike or None, parse_right(found["right"]))


class _Settling:
    def __init__(self, rows: TidyRows, usable: Flags) -> None:
        self.rows = rows
        self.usable = usable  # rows that may still speak
        self.refused: dict[str, Flags] = {}

    def refuse(self, reason: str, which: Flags) -> None:
        which = which & self.usable
        if which.any():
            self.refused[reason] = self.refused[reason] | which if reason in self.refused else which
            self.usable = self.usable & ~which

    def texts(self, name: str, column: Texts | None, parse: Callable[[str], Any]) -> list[Any]:
        """The value of every symbol."""
        if column is None:
            return [None] * len(self.rows.symbol.labels)
        values: dict[Any, int] = {}
        codes = [_value_code(label, parse, values) for label in column.labels]
        stated = np.array([*codes, -1], dtype=np.int64)[column.codes]
        self.refuse(f"bad_{name}", stated == -2)
        found = list(values)
        return [None if code < 0 else found[code] for code in self._first(stated).tolist()]

    def strikes(self) -> list[float | None]:
        """The strike of every symbol; zero, negative and NaN strikes are refused on options only."""
        column = self.rows.numbers.get("strike")
        if column is None:
            return [None] * len(self.rows.symbol.labels)
        possible = column.known & np.isfinite(column.values) & (column.values > 0)
        values, codes = np.unique(column.values, return_inverse=True)
        right = self.rows.right
        if right is not None:
            self.refuse("bad_strike", column.known & ~possible & (right.codes >= 0))
        first = self._first(np.where(possible, codes, -1))
        return [None if code < 0 else float(values[code]) for code in first.tolist()]

    def _first(self, stated: Ints) -> Ints:
        """Per symbol the first code >= 0 of its usable rows, else -1; rows that differ from it are contradictory."""
        symbols = self.rows.symbol.codes
        first = np.full(len(self.rows.symbol.labels), -1, dtype=np.int64)
        speaking = np.flatnonzero(self.usable & (stated >= 0))[::-1]  # reversed: of several writes the last stays
        first[symbols[speaking]] = stated[speaking]
        self.refuse("contradictory", (stated >= 0) & (stated != first[symbols]))
        return first


def _value_code(label: str, parse: Callable[[str], Any], values: dict[Any, int]) -> int:
    try:
        return values.setdefault(parse(label), len(values))
    except ValueError:
        return -2
