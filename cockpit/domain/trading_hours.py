"""When a contract trades: market profiles, exchange calendars, opens, closes, lunch and last trading instants."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from cockpit.domain.instrument import Instrument, Right

UnderlyingKind = Literal["index", "etf", "stock", "coin"]
Kind = Literal["index", "etf", "stock", "coin", "future", "index_option", "etf_option", "equity_option", "coin_option"]
OPTION_ON: Mapping[UnderlyingKind, Kind] = {
    "index": "index_option",
    "etf": "etf_option",
    "stock": "equity_option",
    "coin": "coin_option",
}
WARN_DAYS = 30
SATURDAY = 5  # date.weekday()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day that differs from the regular week; `open` and `close` are local times, None on a holiday.

    `early` and `special` hours are those of the market itself; a product that closes later than its market
    on a regular day closes as much later on these days.
    """

    kind: Literal["holiday", "early", "special"]
    open: time | None
    close: time | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The exceptional days of one exchange from `first_day` to `last_day`, both inclusive.

    A day without a row is a regular session from Monday to Friday and closed at the weekend, outside the table too:
    expiries years ahead must have a last trading instant although nobody has announced their holidays.
    """

    name: str
    first_day: date
    last_day: date
    days: Mapping[date, CalendarDay] = field(hash=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Trading hours and sizes of one kind of instrument in one market.

    `open`, `close` and `expiry_close` are local times; a close not after the open is on the next day (00:00 to 00:00
    is the whole day). `expiry_close` is the close on a contract's own last trading day, None where it is the usual
    one. `bars_per_session` counts one-minute bars of a full session; `typical_volatility_bps` is the daily volatility
    of the underlying that stands in while the measured one is unknown.
    """

    kind: Kind
    open: time
    close: time
    expiry_close: time | None
    bars_per_session: int
    typical_volatility_bps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmarks:
    """Symbols of this market behind the journal's `spy_*`, `qqq_*`, `iwm_*` and `vix*` columns; None: it has none."""

    spy: str | None
    qqq: str | None
    iwm: str | None
    vix: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketProfile:
    """What one market has in common: zone, money, hours, calendar, products.

    `multiplier`, `lot` and `tick` (premium points) are what a contract has when its recording or broker says nothing.
    `open` and `close` are the market's own local hours. `oi` says how often open interest is published. `commission`
    is in `currency` per contract and side. `indexes` and `index_etfs` hold underlyings as `plain_name` spells them;
    any other underlying is of kind `other`. A market without a calendar trades every day.
    """

    name: str
    zone: str
    currency: str
    multiplier: float
    lot: int
    tick: float
    open: time
    close: time
    lunch_start: time | None
    oi: Literal["intraday", "daily"]
    commission: Decimal
    commission_note: str
    indexes: frozenset[str]
    index_etfs: frozenset[str]
    other: Literal["stock", "coin"]
    benchmarks: Benchmarks
    products: Mapping[Kind, Product] = field(hash=False, repr=False)
    calendar: Calendar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """One session of one product, as UTC instants; open at `open_at`, no longer open at `close_at`."""

    open_at: datetime
    close_at: datetime


def plain_name(underlying: str) -> str:
    """An underlying without the spelling of its vendor: `^spx`, `Nifty 50` and `NIFTY_50` lose sign, case and gaps."""
    return re.sub(r"[\s_^$.]", "", underlying).upper()


def underlying_kind(profile: MarketProfile, underlying: str) -> UnderlyingKind:
    """Index or index ETF when the profile lists it, else the profile's `other`."""
    name = plain_name(underlying)
    if name in profile.indexes:
        return "index"
    return "etf" if name in profile.index_etfs else profile.other


def product(profile: MarketProfile, underlying: str, right: Right | None, expiry: date | None = None) -> Product:
    """The product of an option (`right` given), of a future (only `expiry` given) or of the underlying itself.

    A market that lists no futures of its own treats one like its underlying.
    """
    kind = underlying_kind(profile, underlying)
    if right is not None:
        return profile.products[OPTION_ON[kind]]
    if expiry is not None and "future" in profile.products:
        return profile.products["future"]
    return profile.products[kind]


def hours(profile: MarketProfile, underlying: str, right: Right | None, expiry: date | None, day: date) -> Hours | None:
    """Open and close of a product on the local date `day`; None when it does not trade that day.

    `expiry` matters on the contract's last trading day only, when an index option of the US closes with the cash
    market; on later days the hours are the product's own (`is_trading` knows that the contract is gone).
    """
    session = _session(profile, day)
    if session is None:
        return None
    item = product(profile, underlying, right, expiry)
    close = item.close
    if item.expiry_close is not None and expiry is not None and day == last_trading_day(profile, expiry):
        close = item.expiry_close
    head_start = _local(day, profile.open) - _local(day, item.open)
    overtime = _closing(day, (item.open, close)) - _closing(day, (profile.open, profile.close))
    return Hours(
        open_at=_utc(profile, _local(day, session[0]) - head_start),
        close_at=_utc(profile, _closing(day, session) + overtime),
    )


def hours_of(profile: MarketProfile, instrument: Instrument, day: date) -> Hours | None:
    """`hours` of one instrument. They hold for a whole day: ask once per contract and day, not per tick."""
    return hours(profile, instrument.underlying, instrument.right, instrument.expiry, day)


def is_trading(profile: MarketProfile, instrument: Instrument, at: datetime) -> bool:
    """Whether `instrument` trades at `at`: from its open up to, not including, its close, until its expiry."""
    today = hours_of(profile, instrument, trading_day(profile, at))
    if today is None or not today.open_at <= at < today.close_at:
        return False
    last_at = last_trading_at(profile, instrument)
    return last_at is None or at < last_at


def last_trading_day(profile: MarketProfile, expiry: date) -> date:
    """The session on or before `expiry`: listings name Saturdays (US monthlies until 2015) and moved holidays."""
    day = expiry
    while _session(profile, day) is None:
        day -= timedelta(days=1)
    return day


def last_trading_at(profile: MarketProfile, instrument: Instrument) -> datetime | None:
    """The instant (UTC) from which a contract no longer trades; None for what never expires.

    It is the contract's close on its last trading day. AM-settled contracts (standard SPX, NDX, RUT and VIX
    expiries) really stop on the day before; they share their underlying's name with the PM-settled ones, and are
    treated as those.
    """
    if instrument.expiry is None:
        return None
    last = hours_of(profile, instrument, last_trading_day(profile, instrument.expiry))
    return None if last is None else last.close_at


def trading_day(profile: MarketProfile, at: datetime) -> date:
    """The exchange's local date at `at`; crypto days are UTC days."""
    return at.astimezone(ZoneInfo(profile.zone)).date()


def lunch_at(profile: MarketProfile, day: date) -> datetime | None:
    """Start (UTC) of the lunch hour on the local date `day`; None where the market or that day's session has none."""
    session = _session(profile, day)
    if session is None or profile.lunch_start is None or not session[0] <= profile.lunch_start < session[1]:
        return None
    return _utc(profile, _local(day, profile.lunch_start))


def calendar_warning(calendar: Calendar | None, today: date) -> str | None:
    """One sentence when the table ends within 30 days of `today` or does not reach it, else None."""
    if calendar is None:
        return None
    if today < calendar.first_day:
        return (
            f"The {calendar.name} trading calendar starts on {calendar.first_day}: holidays and early closes before it"
            " are not known."
        )
    days = (calendar.last_day - today).days
    if days > WARN_DAYS:
        return None
    ends = f"ends on {calendar.last_day}, in {days} days" if days >= 0 else f"ended on {calendar.last_day}"
    return (
        f"The {calendar.name} trading calendar {ends}: later holidays and early closes are not known;"
        " install a newer version."
    )


# NSE writes ...CE and ...PE where others write C and P; SENSEX and BANKEX are BSE's, with the same hours.
_NSE_UNDERLYING = re.compile(r"NIFTY|^(SENSEX|BANKEX|INDIAVIX)")
_NSE_SYMBOL = re.compile(r"\d(CE|PE)$|\d{2}[A-Z]{3}FUT$|\.NS$")
_COIN = re.compile(r"^(BTC|XBT|ETH|SOL|XRP|BNB|DOGE|ADA|AVAX|LTC)([-/]?(USD[TC]?|EUR|PERP|PERPETUAL)|-\d.*)?$")


def guess_market(underlying: str, symbol: str) -> str:
    """The profile that an instrument of unknown origin most likely belongs to: `nse`, `crypto`, else `us`."""
    name = plain_name(underlying or symbol)
    if _NSE_UNDERLYING.search(name) or _NSE_SYMBOL.search(symbol.upper()):
        return "nse"
    return "crypto" if _COIN.search(name) else "us"


def _session(profile: MarketProfile, day: date) -> tuple[time, time] | None:
    """The market's own local hours on `day`."""
    regular = (profile.open, profile.close)
    if profile.calendar is None:
        return regular
    row = profile.calendar.days.get(day)
    if row is None:
        return None if day.weekday() >= SATURDAY else regular
    return None if row.open is None or row.close is None else (row.open, row.close)


def _local(day: date, at: time) -> datetime:
    """A wall-clock reading without its zone, so that differences are those of the clock on the wall."""
    return datetime.combine(day, at)


def _closing(day: date, session: tuple[time, time]) -> datetime:
    """The close as a wall-clock reading, on the next day when it is not after the open."""
    opening, close = session
    return _local(day, close) + timedelta(days=0 if close > opening else 1)


def _utc(profile: MarketProfile, local: datetime) -> datetime:
    return local.replace(tzinfo=ZoneInfo(profile.zone)).astimezone(UTC)
