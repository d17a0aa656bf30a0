"""Indicators against TA-Lib, to 1e-9, and where we differ from it on purpose."""

import math
import random
from collections.abc import Callable

import numpy as np
import pytest
import talib

from cockpit.market.indicators import (
    Adx,
    Atr,
    Ema,
    Rsi,
    SquaredReturns,
    clamp,
    momentum,
    realised_volatility_bps,
)

Rows = list[tuple[float, float, float]]


def random_walk(seed: int, bars: int = 400) -> Rows:
    """High, low, close with gaps, stretches of one price, and bars without a range."""
    chance = random.Random(seed)
    price, rows = 100.0 * 10 ** chance.uniform(-1, 3), []
    for i in range(bars):
        still = seed % 2 and 150 <= i < 230
        close = price if still else price * math.exp(chance.gauss(0, 0.001) * (10 if i % 97 == 0 else 1))
        reach = 0.0 if still or i % 13 == 0 else price * 0.0005
        rows.append((max(price, close) + chance.random() * reach, min(price, close) - chance.random() * reach, close))
        price = close
    return rows


def in_steps(seed: int, bars: int = 400) -> Rows:
    """Whole ticks, so that up and down moves are often equal."""
    chance = random.Random(seed)
    price, rows = 500.0, []
    for _ in range(bars):
        close = price + chance.choice((-1.0, 0.0, 0.0, 1.0))
        rows.append(
            (max(price, close) + chance.choice((0.0, 1.0)), min(price, close) - chance.choice((0.0, 1.0)), close)
        )
        price = close
    return rows


WALKS = [pytest.param(random_walk(seed), id=f"walk {seed}") for seed in range(6)]
WALKS += [pytest.param(in_steps(seed), id=f"steps {seed}") for seed in range(3)]
WALKS.append(pytest.param([(7.0, 7.0, 7.0)] * 20 + in_steps(9), id="flat while seeding"))
STILL = [(500.0, 500.0, 500.0)] * 700
WITHOUT_DIRECTION = [(500.0, 499.0, 499.5)] * 60
WALKS.append(pytest.param(WITHOUT_DIRECTION + in_steps(12, 60), id="a range but no direction while seeding"))
WALKS.append(pytest.param(in_steps(10, 60) + STILL + in_steps(11, 60), id="still for a long time"))

Values = tuple[np.ndarray, np.ndarray, np.ndarray]


def on_closes(period: int) -> Callable[[float, float, float], float]:
    ema = Ema(period)
    return lambda high, low, close: ema.step(close)


AGAINST: list[tuple[str, Callable[[], Callable[[float, float, float], float]], Callable[[Values], np.ndarray]]] = [
    ("adx", lambda: Adx(14).step, lambda v: talib.ADX(*v, timeperiod=14)),
    ("atr", lambda: Atr(14).step, lambda v: talib.ATR(*v, timeperiod=14)),
    ("ema5", lambda: on_closes(5), lambda v: talib.EMA(v[2], timeperiod=5)),
    ("ema20", lambda: on_closes(20), lambda v: talib.EMA(v[2], timeperiod=20)),
    ("ema21", lambda: on_closes(21), lambda v: talib.EMA(v[2], timeperiod=21)),
]


@pytest.mark.parametrize("rows", WALKS)
@pytest.mark.parametrize(("name", "ours", "theirs"), AGAINST, ids=[a[0] for a in AGAINST])
def test_an_indicator_is_what_ta_lib_says(
    name: str,
    ours: Callable[[], Callable[[float, float, float], float]],
    theirs: Callable[[Values], np.ndarray],
    rows: Rows,
) -> None:
    high, low, close = np.array(rows).T.copy()
    step = ours()
    np.testing.assert_allclose([step(*row) for row in rows], theirs((high, low, close)), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rows", WALKS)
def test_rsi_is_what_ta_lib_says_but_in_a_flat_market(rows: Rows) -> None:
    close = np.array([row[2] for row in rows])
    expected = talib.RSI(close, timeperiod=14)
    expected[expected == 0.0] = 50.0  # TA-Lib's word for a market in which nothing moves
    rsi = Rsi(14)
    np.testing.assert_allclose([rsi.step(c) for c in close], expected, rtol=1e-9, atol=1e-9)


def test_rsi_of_a_flat_market_is_50_from_the_fifteenth_bar_on() -> None:
    rsi = Rsi(14)
    values = [rsi.step(100.0) for _ in range(20)]
    assert all(math.isnan(value) for value in values[:14])
    assert values[14:] == [50.0] * 6


def test_volatility_is_the_root_of_the_mean_square_of_thirty_returns_by_the_day() -> None:
    closes = [row[2] for row in random_walk(3)]
    returns = SquaredReturns(30)
    for i, close in enumerate(closes):
        returns.step(close)
        value = realised_volatility_bps(returns, 30, 375)
        if i < 30:
            assert math.isnan(value)
        else:
            window = np.diff(np.log(closes[i - 30 : i + 1]))
            assert value == pytest.approx(1e4 * math.sqrt(float(np.mean(window**2)) * 375), rel=1e-12)


def test_a_price_that_is_not_positive_makes_volatility_unknown_until_it_has_left_the_window() -> None:
    returns = SquaredReturns(3)
    for close in (10.0, 0.0, 10.0, 10.1, 10.2):
        returns.step(close)
    assert math.isnan(returns.deviation(3))
    returns.step(10.3)
    assert returns.deviation(3) > 0.0


def test_momentum_is_clamped_and_unknown_without_a_range() -> None:
    assert momentum(101.0, 100.0, 2.0) == 0.25
    assert momentum(120.0, 100.0, 2.0) == 1.0
    assert momentum(80.0, 100.0, 2.0) == -1.0
    assert math.isnan(momentum(101.0, 100.0, 0.0))
    assert math.isnan(momentum(101.0, math.nan, 2.0))
    assert math.isnan(momentum(101.0, 100.0, math.nan))


def test_clamp_leaves_the_unknown_unknown() -> None:
    assert [clamp(x, 0.0, 1.0) for x in (-1.0, 0.5, 2.0)] == [0.0, 0.5, 1.0]
    assert math.isnan(clamp(math.nan, 0.0, 1.0))
