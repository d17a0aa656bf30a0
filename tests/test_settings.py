"""Shipped market files are right; wrong ones are refused in a sentence that names the key and what is allowed."""

import subprocess
import sys
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.domain.trading_hours import CalendarDay
from cockpit.settings import MARKETS, market, parse_calendar, parse_market, shipped

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("name", "zone", "currency", "multiplier", "oi", "lunch"),
    [
        ("nse", "Asia/Kolkata", "INR", 1.0, "intraday", time(11, 30)),
        ("us", "America/New_York", "USD", 100.0, "daily", None),
        ("crypto", "UTC", "USD", 1.0, "intraday", None),
    ],
)
def test_what_a_market_has_in_common(
    name: str, zone: str, currency: str, multiplier: float, oi: str, lunch: time | None
) -> None:
    profile = market(name)
    assert (profile.name, profile.zone, profile.currency) == (name, zone, currency)
    assert (profile.multiplier, profile.lot, profile.oi) == (multiplier, 1, oi)
    assert profile.lunch_start == lunch
    assert profile.commission > 0
    assert isinstance(profile.commission, Decimal)


def test_ticks_and_commissions_that_are_shipped() -> None:
    assert {name: market(name).tick for name in MARKETS} == {"nse": 0.05, "us": 0.01, "crypto": 0.01}
    assert {name: str(market(name).commission) for name in MARKETS} == {"nse": "0.40", "us": "0.65", "crypto": "30.00"}


def test_the_journals_columns_map_to_this_markets_indices() -> None:
    assert market("nse").benchmarks.vix == "INDIAVIX"
    assert market("us").benchmarks.spy == "SPY"
    assert market("crypto").benchmarks.iwm is None


def test_the_tables_cover_the_recorded_sessions() -> None:
    for name in ("nse", "us"):
        table = market(name).calendar
        assert table is not None
        assert table.first_day <= date(2014, 6, 6)
        assert table.last_day >= date(2026, 12, 31)


def test_a_market_is_read_once() -> None:
    assert market("nse") is market("nse")


def test_an_unknown_market_is_refused_with_the_choice() -> None:
    with pytest.raises(BadInput, match=r"There is no market 'eurex': choose one of nse, us, crypto\."):
        market("eurex")


@pytest.mark.parametrize(
    ("line", "instead", "complaint"),
    [
        ("lot = 1", "lots = 1", "my.toml: lots: no such key; remove it or correct its spelling."),
        ("lot = 1", "lot = 0", "my.toml: lot must be a whole number at least 1 and at most 1000000."),
        ("lot = 1", "lot = 1000001", "my.toml: lot must be a whole number at least 1 and at most 1000000."),
        ("lot = 1", "lot = 1.5", "my.toml: lot must be a whole number at least 1 and at most 1000000."),
        ("lot = 1\n", "\n", "my.toml: lot is missing: add it."),
        ("tick = 0.01", "tick = 0", "my.toml: tick must be a number more than 0 and at most 1000000."),
        ("tick = 0.01", "tick = nan", "my.toml: tick must be a number more than 0 and at most 1000000."),
        ("tick = 0.01", "tick = inf", "my.toml: tick must be a number more than 0 and at most 1000000."),
        ('oi = "daily"', 'oi = "weekly"', "my.toml: oi must be daily or intraday."),
        ("open = 09:30:00", 'open = "9:30"', "my.toml: open must be a local time such as 09:15:00."),
        ("open = 09:30:00", 'open = "09:30:00Z"', "my.toml: open must be a local time such as 09:15:00."),
        ('"0.65"', '"-0.01"', "my.toml: commission must be a number at least 0 and at most 1000000."),
        ('"0.65"', '"nan"', "my.toml: commission must be a number at least 0 and at most 1000000."),
        ("New_York", "Boston", "my.toml: zone: 'America/Boston' is not a time zone; write one such as Asia/Kolkata."),
        ('"SPX", ', '"", ', "my.toml: indexes[0]: expected `str` of length >= 1."),
        (
            "bars_per_session = 405",
            "bars_per_session = 0",
            "my.toml: products.index.bars_per_session must be a whole number at least 1 and at most 1440.",
        ),
        (
            "bars_per_session = 405",
            "bars = 405",
            "my.toml: products.index.bars: no such key; remove it or correct its spelling.",
        ),
        ("[products.stock]", "[products.share]", "my.toml: products.share: no such key; remove it"),
        ("[products.stock]", "[products.future]", "my.toml: products.stock is missing: add [products.stock]."),
        ("lot = 1", "lot = [", "my.toml is not valid TOML"),
    ],
)
def test_a_wrong_market_file_is_refused_with_key_and_range(line: str, instead: str, complaint: str) -> None:
    text = shipped("markets", "us.toml")
    assert line in text
    with pytest.raises(BadInput) as refusal:
        parse_market("us", text.replace(line, instead, 1), "my.toml")
    assert str(refusal.value).startswith(complaint)


@pytest.mark.parametrize(("edge", "lot"), [("lot = 1", 1), ("lot = 1000000", 1_000_000)])
def test_the_ends_of_a_range_are_allowed(edge: str, lot: int) -> None:
    assert parse_market("us", shipped("markets", "us.toml").replace("lot = 1", edge, 1), "my.toml").lot == lot


HEADER = "date,kind,open,close,name\n2020-01-01,from,,,\n"
END = "2020-12-31,until,,,\n"


def test_a_calendar_table_says_what_differs_from_the_regular_week() -> None:
    rows = "2020-05-01,holiday,,,May Day\n2020-05-02,special,18:00,19:00,Muhurat\n"
    table = parse_calendar("x", HEADER + rows + END, "x.csv")
    assert (table.first_day, table.last_day) == (date(2020, 1, 1), date(2020, 12, 31))
    assert table.days == {
        date(2020, 5, 1): CalendarDay(kind="holiday", open=None, close=None, name="May Day"),
        date(2020, 5, 2): CalendarDay(kind="special", open=time(18), close=time(19), name="Muhurat"),
    }


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("2020-13-01,holiday,,,\n", "x.csv, row 3: month must be in 1..12; generate the table again."),
        ("2020-05-01,feast,,,\n", "x.csv, row 3: kind 'feast' is not holiday, early or special"),
        ("2020-05-01,holiday,09:00,,\n", "x.csv, row 3: a holiday has no hours"),
        ("2020-05-01,early,09:00,,\n", "x.csv, row 3: Invalid isoformat string"),
        ("2020-05-01,early,13:00,13:00,\n", "x.csv, row 3: the close is not after the open"),
        ("2020-05-01\n", "x.csv, row 3: "),
        ("2020-05-01,holiday,,,\n2020-05-01,holiday,,,\n", "x.csv, row 4: 2020-05-01 is there twice"),
        ("2021-05-01,holiday,,,\n", "x.csv has rows outside its from and until rows, or lacks them"),
    ],
)
def test_a_wrong_calendar_row_is_refused_with_its_number(rows: str, complaint: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_calendar("x", HEADER + rows + END, "x.csv")
    assert str(refusal.value).startswith(complaint)


@pytest.mark.parametrize("text", ["", "day,kind\n", HEADER])
def test_a_table_without_header_or_reach_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"^x\.csv .*: generate it again\."):
        parse_calendar("x", text, "x.csv")


def test_reading_a_market_imports_no_calendar_library_and_no_pandas() -> None:
    code = (
        "import sys, cockpit.settings as s; [s.market(n) for n in s.MARKETS];"
        "print([n for n in ('exchange_calendars', 'pandas', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
