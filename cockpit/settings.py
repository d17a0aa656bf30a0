"""Strict reading of the shipped and the user's settings: market profiles and their calendars."""

import csv
from datetime import date, time
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct, inspect

from cockpit.domain.errors import BadInput
from cockpit.domain.trading_hours import (
    OPTION_ON,
    Benchmarks,
    Calendar,
    CalendarDay,
    Kind,
    MarketProfile,
    Product,
    UnderlyingKind,
    plain_name,
)

MARKETS = ("nse", "us", "crypto")
KINDS: tuple[Kind, ...] = get_args(Kind)
Shape = TypeVar("Shape", bound=Struct)

Positive = Annotated[float, Meta(gt=0, le=1_000_000)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]
WallTime = Annotated[time, Meta(tz=False)]
MAX_COMMISSION = 1_000_000


class ProductSettings(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[products.KIND]` of a market file; hours that are left out are the market's own."""

    open: WallTime | None = None
    close: WallTime | None = None
    expiry_close: WallTime | None = None
    bars_per_session: Annotated[int, Meta(ge=1, le=1440)]
    typical_volatility_bps: Annotated[float, Meta(gt=0, le=10_000)]


class ProductTable(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[products]` of a market file, one key per `Kind`; a struct, not a dict, so that complaints name the kind."""

    index: ProductSettings | None = None
    etf: ProductSettings | None = None
    stock: ProductSettings | None = None
    coin: ProductSettings | None = None
    future: ProductSettings | None = None
    index_option: ProductSettings | None = None
    etf_option: ProductSettings | None = None
    equity_option: ProductSettings | None = None
    coin_option: ProductSettings | None = None


class BenchmarkSettings(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`[benchmarks]` of a market file."""

    spy: Name | None = None
    qqq: Name | None = None
    iwm: Name | None = None
    vix: Name | None = None


class MarketSettings(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A market file."""

    zone: Name
    currency: Annotated[str, Meta(pattern="^[A-Z]{3,5}$")]
    multiplier: Positive
    lot: Annotated[int, Meta(ge=1, le=1_000_000)]
    tick: Positive
    open: WallTime
    close: WallTime
    lunch_start: WallTime | None = None
    oi: Literal["intraday", "daily"]
    commission: Decimal
    commission_note: str
    other: Literal["stock", "coin"]
    calendar: Name | None = None
    indexes: list[Name]
    index_etfs: list[Name]
    benchmarks: BenchmarkSettings = BenchmarkSettings()
    products: ProductTable


@cache
def market(name: str) -> MarketProfile:
    """The shipped market profile `nse`, `us` or `crypto` with its calendar; another name is a BadInput."""
    if name not in MARKETS:
        raise BadInput(f"There is no market {name!r}: choose one of {', '.join(MARKETS)}.")
    return parse_market(name, shipped("markets", f"{name}.toml"), f"resources/markets/{name}.toml")


def shipped(folder: str, file: str) -> str:
    """The text of one file that is shipped in `resources`."""
    return (files("resources") / folder / file).read_text(encoding="utf-8")


def parse_strict(text: str, shape: type[Shape], source: str) -> Shape:
    """TOML `text` as `shape`; BadInput names `source`, the key's path and what is allowed there."""
    try:
        return msgspec.toml.decode(text, type=shape)
    except msgspec.ValidationError as error:
        raise BadInput(f"{source}: {_complaint(str(error), shape)}.") from error
    except msgspec.DecodeError as error:
        raise BadInput(f"{source} is not valid TOML ({error}): correct it there.") from error


def parse_market(name: str, text: str, source: str) -> MarketProfile:
    """The market file `text` with the calendar it names; BadInput when a key is unknown, missing or out of range."""
    given = parse_strict(text, MarketSettings, source)
    _check_zone(given.zone, source)
    _check_products(given, source)
    if not given.commission.is_finite() or not 0 <= given.commission <= MAX_COMMISSION:
        raise BadInput(f"{source}: commission must be a number at least 0 and at most {MAX_COMMISSION}.")
    calendar = None
    if given.calendar is not None:
        table = f"{given.calendar}.csv"
        calendar = parse_calendar(given.calendar, shipped("calendars", table), f"resources/calendars/{table}")
    return MarketProfile(
        name=name,
        zone=given.zone,
        currency=given.currency,
        multiplier=given.multiplier,
        lot=given.lot,
        tick=given.tick,
        open=given.open,
        close=given.close,
        lunch_start=given.lunch_start,
        oi=given.oi,
        commission=given.commission,
        commission_note=given.commission_note,
        indexes=frozenset(plain_name(index) for index in given.indexes),
        index_etfs=frozenset(plain_name(fund) for fund in given.index_etfs),
        other=given.other,
        benchmarks=Benchmarks(
            spy=given.benchmarks.spy, qqq=given.benchmarks.qqq, iwm=given.benchmarks.iwm, vix=given.benchmarks.vix
        ),
        products=_products(given),
        calendar=calendar,
    )


def parse_calendar(name: str, text: str, source: str) -> Calendar:
    """A calendar table: `date,kind,open,close,name`, kinds holiday, early, special, and its reach as from and until."""
    days: dict[date, CalendarDay] = {}
    reach: dict[str, date] = {}
    rows = csv.DictReader(text.splitlines())
    if rows.fieldnames != ["date", "kind", "open", "close", "name"]:
        raise BadInput(f"{source} does not begin with date,kind,open,close,name: generate it again.")
    for number, row in enumerate(rows, start=2):
        try:
            day, kind = date.fromisoformat(row["date"]), row["kind"]
            if kind in ("from", "until"):
                reach[kind] = day
                continue
            if day in days:
                raise ValueError(f"{day} is there twice")
            days[day] = _calendar_day(kind, row)
        except (ValueError, TypeError) as error:
            raise BadInput(f"{source}, row {number}: {error}; generate the table again.") from error
    if len(reach) < 2 or any(not reach["from"] <= day <= reach["until"] for day in days):
        raise BadInput(f"{source} has rows outside its from and until rows, or lacks them: generate it again.")
    return Calendar(name=name, first_day=reach["from"], last_day=reach["until"], days=days)


def _calendar_day(kind: str, row: dict[str, str]) -> CalendarDay:
    """One exceptional day; ValueError when its kind is unknown or its hours do not suit the kind."""
    if kind == "holiday":
        if row["open"] or row["close"]:
            raise ValueError("a holiday has no hours")
        return CalendarDay(kind="holiday", open=None, close=None, name=row["name"])
    if kind not in ("early", "special"):
        raise ValueError(f"kind {kind!r} is not holiday, early or special")
    opening, close = time.fromisoformat(row["open"]), time.fromisoformat(row["close"])
    if close <= opening:
        raise ValueError("the close is not after the open")
    return CalendarDay(kind=kind, open=opening, close=close, name=row["name"])


def _products(given: MarketSettings) -> dict[Kind, Product]:
    products: dict[Kind, Product] = {}
    for kind in KINDS:
        item: ProductSettings | None = getattr(given.products, kind)
        if item is not None:
            products[kind] = Product(
                kind=kind,
                open=given.open if item.open is None else item.open,
                close=given.close if item.close is None else item.close,
                expiry_close=item.expiry_close,
                bars_per_session=item.bars_per_session,
                typical_volatility_bps=item.typical_volatility_bps,
            )
    return products


def _check_zone(zone: str, source: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(f"{source}: zone: {zone!r} is not a time zone; write one such as Asia/Kolkata.") from error


def _check_products(given: MarketSettings, source: str) -> None:
    """Every kind of underlying that can occur needs itself and its option among the products."""
    kinds: set[UnderlyingKind] = {given.other}
    if given.indexes:
        kinds.add("index")
    if given.index_etfs:
        kinds.add("etf")
    for kind in sorted({*kinds, *(OPTION_ON[kind] for kind in kinds)}):
        if getattr(given.products, kind) is None:
            raise BadInput(f"{source}: products.{kind} is missing: add [products.{kind}].")


def _complaint(error: str, shape: type[Struct]) -> str:
    """A validation error of msgspec with the key's path first and all that is allowed there last."""
    what, _, place = error.removesuffix("`").partition(" - at `$")
    path = place.removeprefix(".")
    if "unknown field" in what:
        return f"{_join(path, what.split('`')[1])}: no such key; remove it or correct its spelling"
    if "missing required field" in what:
        return f"{_join(path, what.split('`')[1])} is missing: add it"
    allowed = _allowed(inspect.type_info(shape), [part for part in path.replace("[", ".[").split(".") if part])
    return f"{path} must be {allowed}" if allowed else f"{path}: {what[:1].lower()}{what[1:]}"


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _allowed(kind: inspect.Type, path: list[str]) -> str:
    """The values that the key at `path` may have, in words; empty where its type alone says it."""
    if isinstance(kind, inspect.UnionType):
        kind = next(item for item in kind.types if not isinstance(item, inspect.NoneType))
    if path and isinstance(kind, inspect.StructType):
        found = [item for item in kind.fields if item.encode_name == path[0]]
        return _allowed(found[0].type, path[1:]) if found else ""
    if path and isinstance(kind, inspect.ListType):
        return _allowed(kind.item_type, path[1:])
    if isinstance(kind, inspect.LiteralType):
        return " or ".join(str(value) for value in kind.values)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return _range(kind)
    return "a local time such as 09:15:00" if isinstance(kind, inspect.TimeType) else ""


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    bounds = (("at least", kind.ge), ("more than", kind.gt), ("at most", kind.le), ("less than", kind.lt))
    words = " and ".join(f"{word} {bound:.10g}" for word, bound in bounds if bound is not None)
    return f"a {'whole ' if isinstance(kind, inspect.IntType) else ''}number {words}".rstrip()
