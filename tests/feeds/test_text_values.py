"""Numbers, times, dates and rights are read strictly."""

from datetime import UTC, date, datetime, timedelta
from math import inf, isnan

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.feeds.arrow_values import instants, numbers
from cockpit.feeds.text_values import epoch_ns, parse_at_ns, parse_date, parse_number, parse_right


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1.0), (" 2.50 ", 2.5), ("-.5", -0.5), ("+3.", 3.0), ("1e3", 1000.0), ("inf", inf), ("-Infinity", -inf)],
)
def test_a_number_is_decimal(text: str, value: float) -> None:
    assert parse_number(text) == value


def test_an_empty_cell_is_null_and_nan_is_nan() -> None:
    assert parse_number("  ") is None
    assert isnan(parse_number("NaN") or 0.0)


@pytest.mark.parametrize("text", ["1_000", "1,5", "0x10", "one", "NULL", "1 2", "e5", ".", "+", "\u0661"])
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01", 0),
        ("1970-01-01T01", 3_600 * 10**9),
        ("1970-01-01 00:00:01.000000001", 1_000_000_001),
        ("1970-01-01T00:00:00,5Z", 500_000_000),
        ("1970-01-01T05:30:00+05:30", 0),
        ("1970-01-01T05:30:00+0530", 0),
        ("1969-12-31T19:00:00-05", 0),
        ("1969-12-31T23:59:59.9Z", -100_000_000),
        ("1450967460", 1450967460 * 10**9),
        ("1450967460123", 1450967460123 * 10**6),
        ("1450967460123456", 1450967460123456 * 10**3),
        ("1450967460123456789", 1450967460123456789),
    ],
)
def test_a_time_is_iso_or_an_epoch(text: str, expected: int) -> None:
    assert parse_at_ns(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2015-02-30T00:00:00Z",
        "2015-01-01T24:00:00Z",
        "2015-01-01T00:00:60Z",
        "2015-01-01T00:00:00.1234567890Z",
        "2015-01-01T00:00:00+25:00",
        "2015-01-01T00:00:00 UTC",
        "01/02/2015",
        "3000-01-01T00:00:00Z",
        "1600-01-01T00:00:00Z",
        "1450967460.5",
        "99999999999999999999",
        "9999999999999999999",
    ],
)
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_at_ns(text)


@pytest.mark.parametrize(
    ("value", "unit_ns"),
    [
        (99_999_999_999, 10**9),
        (100_000_000_000, 10**6),
        (99_999_999_999_999, 10**6),
        (100_000_000_000_000, 10**3),
        (99_999_999_999_999_999, 10**3),
        (100_000_000_000_000_000, 1),
    ],
)
def test_the_unit_of_an_epoch_goes_by_its_size(value: int, unit_ns: int) -> None:
    if value * unit_ns < 2**63:
        assert epoch_ns(value) == value * unit_ns
    else:
        with pytest.raises(ValueError, match="outside the years"):
            epoch_ns(value)


@given(
    st.integers(-8_000_000_000_000_000, 9_000_000_000_000_000),
    st.sampled_from(["T", " "]),
    st.sampled_from(["", "Z", "+05:30", "-0800", "+01"]),
    st.integers(0, 999),
)
def test_arrow_reads_times_as_we_do(microseconds: int, letter: str, zone: str, nanoseconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    text = f"{moment:%Y-%m-%d}{letter}{moment:%H:%M:%S.%f}{nanoseconds:03}{zone}"
    values, bad = instants(pa.array([text, None, text]))
    assert values[[0, 2]].tolist() == [parse_at_ns(text)] * 2
    assert bad.tolist() == [False, True, False]
    mixed, none_bad = instants(pa.array([text, "1450967460"]))
    assert mixed.tolist() == [parse_at_ns(text), 1450967460 * 10**9]
    assert not none_bad.any()


@given(st.lists(st.none() | st.floats().map(repr) | st.integers().map(str) | st.sampled_from(["nan", "inf", "+1"])))
def test_arrow_reads_numbers_as_we_do(texts: list[str | None]) -> None:
    quick, bad = numbers(pa.array(texts, pa.string()))
    assert bad is None
    slow, odd = numbers(pa.array([*texts, "odd"], pa.string()))
    assert odd is not None
    assert odd.tolist() == [False] * len(texts) + [True]
    assert quick.known.tolist() == slow.known[:-1].tolist() == [text is not None for text in texts]
    expected = [0.0 if text is None else parse_number(text) for text in texts]
    assert repr(quick.values.tolist()) == repr(slow.values[:-1].tolist()) == repr(expected)


@pytest.mark.parametrize("text", ["2026-08-18", "20260818", "2026-08-18 00:00:00", "2026-08-18T00:00:00Z"])
def test_a_date_has_two_forms(text: str) -> None:
    assert parse_date(text) == date(2026, 8, 18)


@pytest.mark.parametrize("text", ["", "2026-8-18", "2026-0818", "18-08-2026", "2026-02-30", "2026-08-18T15:30", "soon"])
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_date(text)


@pytest.mark.parametrize(("text", "right"), list(zip(["C", "call", "ce", "P", "Put", "PE"], "CCCPPP", strict=True)))
def test_a_right_has_three_forms(text: str, right: str) -> None:
    assert parse_right(text) == right


def test_another_right_is_refused() -> None:
    with pytest.raises(ValueError, match="write C or P"):
        parse_right("CALLS")
