"""The underlying and the features beside a recording."""

from collections.abc import Callable
from math import isnan
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.events import FeaturesGiven, UnderlyingQuoted
from cockpit.feeds.recording import Recording, load
from tests.feeds.conftest import HEADER, NOW_NS, at_ns, row

Write = Callable[..., Path]
T1 = "2015-12-24T14:01:00Z"
T2 = "2015-12-24T14:02:00Z"


def beside(write: Write, side: str, *lines: str) -> Recording:
    write(*lines, name=f"day_{side}.csv")
    return load(write(HEADER, row(1), row(2)), now_ns=NOW_NS)


def moved(recording: Recording) -> list[UnderlyingQuoted]:
    return [one for batch in recording.batches for one in batch.underlyings]


def told(recording: Recording) -> list[FeaturesGiven]:
    return [one for batch in recording.batches for one in batch.given]


def test_price_comes_before_underlying_price_and_close(write: Write) -> None:
    recording = beside(write, "underlying", "ts,close,underlying_price,price", f"{T1},1,2,3")
    assert moved(recording) == [UnderlyingQuoted("GOOG", at_ns(T1[:-1]), 3.0)]
    assert moved(beside(write, "underlying", "ts,close,underlying_price", f"{T1},1,2"))[0].price == 2.0
    assert moved(beside(write, "underlying", "ts,close", f"{T1},1"))[0].price == 1.0


def test_open_high_low_and_close_make_a_bar(write: Write) -> None:
    recording = beside(write, "underlying", "ts,symbol,open,high,low,close,volume,bid", f"{T1},SPX,1,4,0.5,2,77,oops")
    assert moved(recording) == [UnderlyingQuoted("GOOG", at_ns(T1[:-1]), 2.0, 1.0, 4.0, 0.5, 77.0)]
    assert recording.underlying_is_bars == {"GOOG"}


def test_three_of_the_four_make_no_bar(write: Write) -> None:
    recording = beside(write, "underlying", "ts,open,high,price", f"{T1},1,4,2")
    assert moved(recording) == [UnderlyingQuoted("GOOG", at_ns(T1[:-1]), 2.0)]
    assert recording.underlying_is_bars == frozenset()


def test_an_instant_without_a_quote_has_a_batch_of_its_own(write: Write) -> None:
    early, late = "2015-12-24T13:59:00Z", "2015-12-24T14:01:30Z"
    recording = beside(write, "underlying", "ts,price", f"{early},1", f"{late},2", f"{T2},3")
    assert [(len(batch.quotes), len(batch.underlyings)) for batch in recording.batches] == [
        (0, 1),
        (1, 0),
        (0, 1),
        (1, 1),
    ]
    assert recording.first_ns == at_ns(early[:-1])


def test_null_is_no_news_and_nan_is_left(write: Write) -> None:
    first, second = moved(beside(write, "underlying", "ts,price", f"{T1},", f"{T2},nan"))
    assert first.price is None
    assert isnan(second.price or 0.0)


def test_rows_are_refused_by_the_law_of_contracts(write: Write) -> None:
    recording = beside(
        write,
        "underlying",
        "ts,price",
        f"{T2},1",
        f"{T2},1",
        f"{T1},1",
        "2030-01-01,1",
        "oops,1",
        f"{T2},one",
        f"{T2},1,1",
        *(f"2015-12-24T14:{minute}:00Z,1" for minute in range(10, 17)),
    )
    assert recording.refused == {
        "underlying_duplicate": 1,
        "underlying_out_of_order": 1,
        "underlying_future": 1,
        "underlying_unparseable": 3,
    }
    assert recording.refused_rows["underlying_unparseable"] == [5, 6, 7]
    assert len(moved(recording)) == 8


@pytest.mark.parametrize(
    ("side", "lines", "sentence"),
    [
        ("underlying", ("ts,open", f"{T1},1"), "lacks a price"),
        ("underlying", ("time,price", f"{T1},1"), "lacks ts"),
        ("underlying", ("ts,price",), "has no rows"),
        ("underlying", ("ts,price", "oops,1"), "1 of 1 rows are refused"),
        ("underlying", ("ts,price,price", f"{T1},1,1"), "has the column price twice"),
        ("features", ("ts,symbol", f"{T1},GOOG"), "lacks a column"),
        ("features", ("ts,regime", f"{T1},storm"), "1 of 1 rows are refused"),
        ("features", ("ts,underlying,rsi", f"{T1},NIFTY,50"), "1 of 1 rows are refused"),
    ],
)
def test_a_bad_side_file_makes_the_recording_bad(
    write: Write, side: str, lines: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(BadInput, match=rf"day_{side}\.csv:? {sentence}"):
        beside(write, side, *lines)


def test_features_are_given_by_column_and_an_empty_cell_says_nothing(write: Write) -> None:
    recording = beside(
        write,
        "features",
        "ts,underlying,momentum,volatility_bps,volume_ratio,rsi,regime,trend_direction,volatility_index,colour",
        f"{T1},GOOG,0.5,90,1.5,70,trend,up,21,red",
        f"{T2},,,,,,unknown,,,",
    )
    assert told(recording) == [
        FeaturesGiven("GOOG", at_ns(T1[:-1]), 0.5, 90.0, 1.5, 70.0, "trend", "up", 21.0),
        FeaturesGiven("GOOG", at_ns(T2[:-1]), regime="unknown"),
    ]


def test_one_feature_is_enough(write: Write) -> None:
    assert told(beside(write, "features", "ts,rsi", f"{T1},55")) == [FeaturesGiven("GOOG", at_ns(T1[:-1]), rsi=55.0)]


def test_a_word_that_is_none_is_refused(write: Write) -> None:
    recording = beside(
        write, "features", "ts,regime,trend_direction", f"{T1},panic,down", f"{T2},,sideways", f"{T2},range,"
    )
    assert recording.refused == {"features_unparseable": 1}
    assert [(one.regime, one.trend_direction) for one in told(recording)] == [("panic", "down"), ("range", None)]
