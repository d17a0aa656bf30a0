"""The library's ways of saying "unknown" become None, never a number."""

import math
import sys
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from cockpit.domain.instrument import Instrument, Right
from cockpit.feeds.ib.translate import greek, known, last, price_of, quoted, side

NAN = math.nan
UNSET = sys.float_info.max


def option(right: Right = "C") -> Instrument:
    return Instrument(
        symbol=f"SPY 301220{right}00500000", underlying="SPY", expiry=date(2030, 12, 20), strike=500.0, right=right,
        multiplier=100.0, lot=1, tick=0.01, currency="USD", market="us",
    )  # fmt: skip


def model(**values: Any) -> SimpleNamespace:
    none = dict.fromkeys(("impliedVol", "delta", "gamma", "theta", "vega"))
    return SimpleNamespace(**{**none, **values})


def ticker(**values: Any) -> SimpleNamespace:
    """One on which nothing has come."""
    names = ("bid", "ask", "bidSize", "askSize", "last", "lastSize", "volume", "callOpenInterest", "putOpenInterest")
    return SimpleNamespace(**{**dict.fromkeys(names, NAN), "modelGreeks": None, **values})


@pytest.mark.parametrize("value", [None, NAN, math.inf, -math.inf, UNSET, -UNSET])
def test_what_is_not_set_is_unknown(value: float | None) -> None:
    assert known(value) is None
    assert last(value) is None
    assert greek(value) is None
    assert side(value, 10.0) == (None, None)


def test_numbers_stay() -> None:
    assert known(-0.25) == -0.25
    assert known(0) == 0.0
    assert last(12.5) == 12.5
    assert greek(-0.1) == -0.1


@pytest.mark.parametrize(
    ("price", "size", "expected"),
    [
        (9.8, 10.0, (9.8, 10.0)),
        (9.8, NAN, (9.8, None)),  # the size comes in a message of its own
        (-1.0, 0.0, (None, None)),  # nobody quotes
        (9.8, 0.0, (None, None)),  # a price left over: the library passes no price of 0 on
        (0.0, 5.0, (None, None)),
        (9.8, -1.0, (9.8, None)),
        (9.8, UNSET, (9.8, None)),
    ],
)
def test_a_side(price: float, size: float, expected: tuple[float | None, float | None]) -> None:
    assert side(price, size) == expected


def test_a_last_of_minus_one_or_zero_is_none() -> None:
    assert last(-1.0) is None
    assert last(0.0) is None


def test_a_whole_row() -> None:
    greeks = model(impliedVol=0.2, delta=0.5, gamma=0.02, theta=-0.1, vega=0.6)
    told = ticker(bid=9.8, ask=10.0, bidSize=3, askSize=4, last=9.9, volume=120.0, callOpenInterest=5000.0,
                  putOpenInterest=0.0, modelGreeks=greeks)  # fmt: skip
    row = quoted(option(), told, 7)
    assert (row.symbol, row.at_ns) == ("SPY 301220C00500000", 7)
    assert (row.bid, row.ask, row.bid_size, row.ask_size, row.last) == (9.8, 10.0, 3.0, 4.0, 9.9)
    assert (row.volume, row.volume_cum, row.open_interest) == (None, 120.0, 5000.0)
    assert (row.iv, row.delta, row.gamma, row.theta, row.vega) == (0.2, 0.5, 0.02, -0.1, 0.6)


def test_open_interest_is_that_of_the_own_side() -> None:
    told = ticker(callOpenInterest=5000.0, putOpenInterest=700.0)
    assert quoted(option("C"), told, 1).open_interest == 5000.0
    assert quoted(option("P"), told, 1).open_interest == 700.0


def test_nothing_known_is_a_row_of_none() -> None:
    assert set(quoted(option(), ticker(), 1)[2:]) == {None}
    assert set(quoted(option(), ticker(modelGreeks=model()), 1)[2:]) == {None}


@pytest.mark.parametrize("name", ["delta", "gamma", "theta", "vega"])
def test_a_greek_of_minus_two_was_not_computed(name: str) -> None:
    assert getattr(quoted(option(), ticker(modelGreeks=model(**{name: -2.0})), 1), name) is None


@pytest.mark.parametrize("volatility", [-1.0, 0.0, NAN, UNSET])
def test_a_volatility_that_is_none(volatility: float) -> None:
    assert quoted(option(), ticker(modelGreeks=model(impliedVol=volatility)), 1).iv is None


@pytest.mark.parametrize("volume", [-1.0, NAN, UNSET])
def test_a_volume_that_is_none(volume: float) -> None:
    assert quoted(option(), ticker(volume=volume), 1).volume_cum is None


@pytest.mark.parametrize(
    ("bid", "ask", "traded", "price"),
    [
        (499.0, 501.0, 500.5, 500.5),
        (499.0, 501.0, 498.0, 500.0),  # an old trade
        (499.0, 501.0, NAN, 500.0),
        (-1.0, 501.0, 500.5, 500.5),
        (-1.0, -1.0, 500.5, 500.5),  # an index
        (501.0, 499.0, 500.0, 500.0),  # crossed
        (-1.0, -1.0, NAN, None),
        (499.0, -1.0, -1.0, None),
    ],
)
def test_the_price_of_an_underlying(bid: float, ask: float, traded: float, price: float | None) -> None:
    assert price_of(ticker(bid=bid, ask=ask, bidSize=1, askSize=1, last=traded)) == price
