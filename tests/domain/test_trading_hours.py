"""Hours, expiries, lunch and guesses, on days where they are easy to get wrong."""

import pickle
import runpy
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import exchange_calendars
import pytest

from cockpit.domain.instrument import Instrument, Right
from cockpit.domain.trading_hours import (
    Calendar,
    calendar_warning,
    guess_market,
    hours,
    hours_of,
    is_trading,
    last_trading_at,
    last_trading_day,
    lunch_at,
    plain_name,
    product,
    trading_day,
)
from cockpit.settings import MARKETS, market, shipped


def option(underlying: str, expiry: date | None, right: Right | None = "C", market_name: str = "us") -> Instrument:
    return Instrument(
        symbol=f"{underlying} {expiry}",
        underlying=underlying,
        expiry=expiry,
        strike=100.0 if right else None,
        right=right,
        multiplier=100.0,
        lot=1,
        tick=0.05,
        currency="USD",
        market=market_name,
    )


def local_hours(name: str, underlying: str, right: Right | None, day: date, expiry: date | None = None) -> str | None:
    """`09:30-16:00` in the market's own time."""
    profile = market(name)
    found = hours(profile, underlying, right, expiry, day)
    if found is None:
        return None
    zone = ZoneInfo(profile.zone)
    assert found.open_at.tzinfo is UTC
    assert found.close_at.tzinfo is UTC
    return f"{found.open_at.astimezone(zone):%H:%M}-{found.close_at.astimezone(zone):%H:%M}"


FAR = date(2030, 1, 18)
HALF_DAY = date(2015, 12, 24)
PLAIN_DAY = date(2021, 1, 4)


@pytest.mark.parametrize(
    ("underlying", "right", "day", "expiry", "expected"),
    [
        pytest.param("GOOG", "C", PLAIN_DAY, FAR, "09:30-16:00", id="equity option"),
        pytest.param("GOOG", None, PLAIN_DAY, None, "09:30-16:00", id="stock"),
        pytest.param("SPY", None, PLAIN_DAY, None, "09:30-16:00", id="index ETF itself"),
        pytest.param("SPY", "P", PLAIN_DAY, FAR, "09:30-16:15", id="index ETF option"),
        pytest.param("SPY", "P", PLAIN_DAY, PLAIN_DAY, "09:30-16:15", id="index ETF option on its expiry day"),
        pytest.param("SPXW", "P", PLAIN_DAY, date(2021, 1, 6), "09:30-16:15", id="SPXW of Wednesday"),
        pytest.param("SPXW", "P", PLAIN_DAY, PLAIN_DAY, "09:30-16:00", id="SPXW 0DTE"),
        pytest.param("SPX", "C", PLAIN_DAY, PLAIN_DAY, "09:30-16:00", id="0DTE named by its index"),
        pytest.param("GOOG", "C", HALF_DAY, FAR, "09:30-13:00", id="Christmas Eve 2015, equity option"),
        pytest.param("QQQ", "C", HALF_DAY, FAR, "09:30-13:15", id="Christmas Eve 2015, index ETF option"),
        pytest.param("XSP", "C", HALF_DAY, FAR, "09:30-13:15", id="Christmas Eve 2015, index option"),
        pytest.param("XSP", "C", HALF_DAY, HALF_DAY, "09:30-13:00", id="Christmas Eve 2015, index option, expiry day"),
        pytest.param("QQQ", None, HALF_DAY, None, "09:30-13:00", id="Christmas Eve 2015, the ETF"),
        pytest.param("SPX", "C", date(2015, 12, 25), FAR, None, id="Christmas"),
        pytest.param("SPX", "C", date(2025, 1, 9), FAR, None, id="mourning of a president"),
        pytest.param("SPX", "C", date(2021, 1, 2), FAR, None, id="Saturday"),
    ],
)
def test_us_hours(underlying: str, right: Right | None, day: date, expiry: date | None, expected: str | None) -> None:
    assert local_hours("us", underlying, right, day, expiry) == expected


@pytest.mark.parametrize("index", ["SPX", "SPXW", "NDX", "RUT", "VIX", "XSP"])
def test_every_index_of_the_law_closes_late_but_on_its_expiry_day(index: str) -> None:
    assert local_hours("us", index, "C", PLAIN_DAY, FAR) == "09:30-16:15"
    assert local_hours("us", index, "C", PLAIN_DAY, PLAIN_DAY) == "09:30-16:00"


@pytest.mark.parametrize("fund", ["SPY", "QQQ", "IWM", "DIA"])
def test_every_index_fund_of_the_law_closes_late(fund: str) -> None:
    assert local_hours("us", fund, "C", PLAIN_DAY, FAR) == "09:30-16:15"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 8, 18), "09:15-15:30", id="regular Tuesday"),
        pytest.param(date(2019, 8, 29), "09:15-15:30", id="regular Thursday"),
        pytest.param(date(2026, 1, 15), None, id="Mumbai civic polls"),
        pytest.param(date(2023, 11, 12), "18:15-19:15", id="Muhurat on a Sunday"),
        pytest.param(date(2024, 11, 1), "18:00-19:00", id="Muhurat on a holiday"),
        pytest.param(date(2025, 10, 21), "13:45-14:45", id="Muhurat in the afternoon"),
        pytest.param(date(2024, 3, 2), "09:15-12:30", id="drill on a Saturday"),
        pytest.param(date(2026, 2, 1), "09:15-15:30", id="budget on a Sunday"),
        pytest.param(date(2026, 2, 8), None, id="any other Sunday"),
    ],
)
@pytest.mark.parametrize("underlying", ["NIFTY", "RELIANCE"])
def test_nse_hours_are_one_for_all_products(underlying: str, day: date, expected: str | None) -> None:
    assert local_hours("nse", underlying, "P", day, day) == expected
    assert local_hours("nse", underlying, None, day) == expected


def test_a_crypto_session_is_a_utc_day() -> None:
    christmas = date(2026, 12, 25)
    found = hours(market("crypto"), "BTC", "C", christmas, christmas)
    assert found is not None
    assert found.open_at == datetime(2026, 12, 25, tzinfo=UTC)
    assert found.close_at == datetime(2026, 12, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "open_at", "close_at"),
    [
        pytest.param(date(2024, 3, 8), "14:30", "21:00", id="Friday before the clocks go forward"),
        pytest.param(date(2024, 3, 11), "13:30", "20:00", id="Monday after"),
        pytest.param(date(2024, 11, 1), "13:30", "20:00", id="Friday before they go back"),
        pytest.param(date(2024, 11, 4), "14:30", "21:00", id="Monday after that"),
    ],
)
def test_new_york_hours_follow_daylight_saving(day: date, open_at: str, close_at: str) -> None:
    found = hours(market("us"), "AAPL", "C", FAR, day)
    assert found is not None
    assert (f"{found.open_at:%H:%M}", f"{found.close_at:%H:%M}") == (open_at, close_at)


def library_sessions(exchange: str, table: Calendar) -> dict[date, tuple[datetime, datetime]]:
    """Open and close of every session that the calendar library knows in the reach of `table`."""
    library: Any = exchange_calendars
    schedule = library.get_calendar(exchange, start=table.first_day, end=table.last_day).schedule
    return {at.date(): (at, until) for at, until in zip(schedule["open"], schedule["close"], strict=True)}


# The library, not we, uses what pandas will drop.
@pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")
@pytest.mark.parametrize(("name", "exchange"), [("nse", "XBOM"), ("us", "XNYS")])
def test_the_shipped_table_agrees_with_the_calendar_library_on_every_day(name: str, exchange: str) -> None:
    profile = market(name)
    table = profile.calendar
    assert table is not None
    known = library_sessions(exchange, table)
    added = {day for day, row in table.days.items() if row.kind == "special"} - known.keys()
    reach = [table.first_day + timedelta(days=n) for n in range((table.last_day - table.first_day).days + 1)]
    assert len(reach) > 4_700
    for day in reach:
        found = hours(profile, "a stock", None, None, day)
        if day not in added:
            assert (None if found is None else (found.open_at, found.close_at)) == known.get(day), day


@pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")
@pytest.mark.parametrize("name", ["nse", "us"])
def test_the_shipped_table_is_what_the_script_writes(name: str) -> None:
    script = runpy.run_path(str(Path(__file__).parents[2] / "packaging" / "build_calendars.py"))
    source = next(source for source in script["SOURCES"] if source.name == name)
    table = market(name).calendar
    assert table is not None
    assert script["text"](script["build"](source, table.first_day, table.last_day)) == shipped(
        "calendars", f"{name}.csv"
    )


@pytest.mark.parametrize(
    ("at", "trading"),
    [("14:29:59", False), ("14:30:00", True), ("20:59:59", True), ("21:00:00", False), ("21:14:59", False)],
)
def test_a_session_includes_its_open_and_excludes_its_close(at: str, trading: bool) -> None:
    instant = datetime.combine(PLAIN_DAY, time.fromisoformat(at), UTC)
    assert is_trading(market("us"), option("AAPL", FAR), instant) is trading
    assert is_trading(market("us"), option("SPXW", PLAIN_DAY), instant) is trading


def test_a_later_spxw_still_trades_while_todays_is_gone() -> None:
    at = datetime(2021, 1, 4, 21, 10, tzinfo=UTC)
    assert is_trading(market("us"), option("SPXW", date(2021, 1, 6)), at)
    assert not is_trading(market("us"), option("SPXW", date(2021, 1, 4)), at)


def test_an_expired_contract_never_trades_again() -> None:
    at = datetime(2021, 1, 5, 15, 0, tzinfo=UTC)
    assert is_trading(market("us"), option("GOOG", date(2021, 1, 5)), at)
    assert not is_trading(market("us"), option("GOOG", date(2021, 1, 4)), at)


@pytest.mark.parametrize(
    ("name", "underlying", "expiry", "expected"),
    [
        pytest.param("nse", "NIFTY", date(2026, 8, 18), "2026-08-18T10:00", id="NIFTY weekly"),
        pytest.param("us", "SPXW", date(2021, 1, 4), "2021-01-04T21:00", id="SPXW"),
        pytest.param("us", "SPY", date(2021, 1, 4), "2021-01-04T21:15", id="SPY"),
        pytest.param("us", "GOOG", date(2015, 12, 24), "2015-12-24T18:00", id="half day"),
        pytest.param("us", "AAPL", date(2014, 6, 21), "2014-06-20T20:00", id="Saturday expiry of 2014"),
        pytest.param("us", "RUT", date(2014, 6, 21), "2014-06-20T20:00", id="index option, Saturday expiry"),
        pytest.param("us", "AAPL", date(2014, 4, 19), "2014-04-17T20:00", id="Saturday after Good Friday"),
        pytest.param("us", "AAPL", date(2032, 1, 16), "2032-01-16T21:00", id="beyond the table"),
        pytest.param("crypto", "BTC", date(2026, 12, 25), "2026-12-26T00:00", id="coin"),
    ],
)
def test_last_trading_instant(name: str, underlying: str, expiry: date, expected: str) -> None:
    found = last_trading_at(market(name), option(underlying, expiry, market_name=name))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_an_index_option_that_expires_on_a_closed_day_leaves_with_the_cash_market_on_the_day_before() -> None:
    assert last_trading_day(market("us"), date(2014, 6, 21)) == date(2014, 6, 20)
    assert local_hours("us", "RUT", "C", date(2014, 6, 20), date(2014, 6, 21)) == "09:30-16:00"
    assert local_hours("us", "RUT", "C", date(2014, 6, 19), date(2014, 6, 21)) == "09:30-16:15"


def test_what_never_expires_has_no_last_trading_instant() -> None:
    assert last_trading_at(market("us"), option("SPY", None, right=None)) is None


def test_the_trading_day_is_the_local_date() -> None:
    assert trading_day(market("us"), datetime(2021, 1, 5, 3, 0, tzinfo=UTC)) == date(2021, 1, 4)
    assert trading_day(market("nse"), datetime(2021, 1, 4, 19, 0, tzinfo=UTC)) == date(2021, 1, 5)
    assert trading_day(market("crypto"), datetime(2021, 1, 4, 23, 59, tzinfo=UTC)) == date(2021, 1, 4)


def test_lunch_is_nse_on_days_that_have_a_noon() -> None:
    assert lunch_at(market("nse"), date(2026, 8, 18)) == datetime(2026, 8, 18, 6, 0, tzinfo=UTC)
    assert lunch_at(market("nse"), date(2025, 10, 21)) is None  # Muhurat begins after noon
    assert lunch_at(market("nse"), date(2026, 8, 16)) is None  # Sunday
    assert lunch_at(market("us"), date(2026, 8, 18)) is None
    assert lunch_at(market("crypto"), date(2026, 8, 18)) is None


@pytest.mark.parametrize(
    ("name", "underlying", "right", "bars", "typical"),
    [
        ("nse", "NIFTY", "C", 375, 60.0),
        ("nse", "BANKNIFTY", None, 375, 60.0),
        ("us", "SPX", "C", 405, 80.0),
        ("us", "SPX", None, 405, 80.0),
        ("us", "SPY", "C", 390, 80.0),
        ("us", "SPY", None, 390, 80.0),
        ("us", "GOOG", "P", 390, 150.0),
        ("us", "GOOG", None, 390, 150.0),
        ("crypto", "BTC", "C", 1440, 300.0),
        ("crypto", "SOL", None, 1440, 300.0),
    ],
)
def test_bars_and_typical_volatility(
    name: str, underlying: str, right: Right | None, bars: int, typical: float
) -> None:
    found = product(market(name), underlying, right)
    assert (found.bars_per_session, found.typical_volatility_bps) == (bars, typical)


def test_a_future_is_its_own_product_where_the_market_lists_one() -> None:
    assert product(market("nse"), "NIFTY", None, date(2026, 8, 25)).kind == "future"
    assert product(market("us"), "SPX", None, date(2026, 9, 18)).kind == "index"


TABLE = Calendar(name="nse", first_day=date(2020, 1, 1), last_day=date(2026, 12, 31), days={})


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 11, 30), None),
        (date(2026, 12, 1), "The nse trading calendar ends on 2026-12-31, in 30 days:"),
        (date(2026, 12, 31), "The nse trading calendar ends on 2026-12-31, in 0 days:"),
        (date(2027, 1, 1), "The nse trading calendar ended on 2026-12-31:"),
        (date(2020, 1, 1), None),
        (date(2019, 12, 31), "The nse trading calendar starts on 2020-01-01:"),
    ],
)
def test_a_table_that_ends_within_30_days_warns(today: date, words: str | None) -> None:
    warning = calendar_warning(TABLE, today)
    assert (warning or "").startswith(words or "")
    assert (warning is None) is (words is None)


def test_a_market_without_a_table_never_warns() -> None:
    assert calendar_warning(market("crypto").calendar, date(2099, 1, 1)) is None


@pytest.mark.parametrize(
    ("underlying", "symbol", "expected"),
    [
        ("NIFTY", "NIFTY26081826950CE", "nse"),
        ("BANKNIFTY", "BANKNIFTY19091928600CE", "nse"),
        ("Nifty 50", "Nifty 50", "nse"),
        ("RELIANCE", "RELIANCE26AUG1400PE", "nse"),
        ("RELIANCE", "RELIANCE26AUGFUT", "nse"),
        ("", "FINNIFTY26AUG25000CE", "nse"),
        ("SENSEX", "SENSEX", "nse"),
        ("BTC", "BTC-27DEC24-60000-C", "crypto"),
        ("", "BTC-27DEC24-60000-C", "crypto"),
        ("ETH_USDC", "ETH_USDC-PERPETUAL", "crypto"),
        ("BTCUSDT", "BTCUSDT", "crypto"),
        ("SOL", "SOL", "crypto"),
        ("SOLV", "SOLV 260117C00020000", "us"),
        ("SPX", "SPXW 210104C03700000", "us"),
        ("AAPL", "AAPL 140606C00642500", "us"),
        ("NICE", "NICE", "us"),
        ("PE", "PE", "us"),
    ],
)
def test_the_market_is_guessed_from_the_names(underlying: str, symbol: str, expected: str) -> None:
    assert guess_market(underlying, symbol) == expected


@pytest.mark.parametrize("name", MARKETS)
def test_every_listed_index_and_fund_is_guessed_into_its_own_market(name: str) -> None:
    profile = market(name)
    listed = profile.indexes | profile.index_etfs
    assert {guess_market(underlying, underlying) for underlying in listed} <= {name}


def test_vendors_spellings_are_one_name() -> None:
    assert {plain_name(name) for name in ("NIFTY 50", "nifty_50", "NIFTY50", "^Nifty 50")} == {"NIFTY50"}


@pytest.mark.parametrize("name", MARKETS)
def test_a_profile_pickles(name: str) -> None:
    assert pickle.loads(pickle.dumps(market(name))) == market(name)


def test_hours_of_an_instrument_are_those_of_its_names() -> None:
    held = option("SPXW", PLAIN_DAY)
    assert hours_of(market("us"), held, PLAIN_DAY) == hours(market("us"), "SPXW", "C", PLAIN_DAY, PLAIN_DAY)
