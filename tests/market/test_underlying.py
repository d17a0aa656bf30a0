"""One underlying: computed features, features that are given, and when anything changes."""

import math
import random
from pathlib import Path

import numpy as np
import pytest
import talib

from cockpit.events import FeaturesGiven
from cockpit.market.underlying import Underlying
from cockpit.market.view import PANIC, RANGE, TREND, TREND_DOWN, TREND_UP, UNKNOWN


def make(*, ohlc: bool = False, price_limit_s: float = math.inf) -> Underlying:
    return Underlying("NIFTY", bars_per_session=375, interval_s=60.0, ohlc=ohlc, price_limit_s=price_limit_s)


def gives(underlying: Underlying, t: float, **columns: float | str) -> None:
    row = FeaturesGiven("NIFTY", 0)._replace(**columns)
    underlying.given(t, row)


def closes(seed: int, n: int) -> list[float]:
    chance, price, made = random.Random(seed), 24_000.0, list[float]()
    for _ in range(n):
        price += chance.gauss(0.0, 8.0)
        made.append(price)
    return made


def after_bars(n: int, seed: int = 1) -> Underlying:
    """One price a minute, each the close of its bar."""
    underlying = make()
    for i, price in enumerate(closes(seed, n), 1):
        underlying.observe(i * 60.0, price)
    underlying.advance(n * 60.0 + 0.25)
    return underlying


def test_features_are_those_of_the_completed_bars() -> None:
    price = closes(1, 100)
    underlying = after_bars(100)
    close = np.array(price)
    opened = np.append(close[0], close[:-1])
    atr = talib.ATR(np.maximum(opened, close), np.minimum(opened, close), close, 14)[-1]
    rsi = talib.RSI(close, 14)
    moving = np.clip((talib.EMA(close, 5) - talib.EMA(close, 20))[-1] / (2 * atr), -1, 1)
    squares = np.diff(np.log(close))[-30:] ** 2
    assert underlying.bars == 100
    assert underlying.rsi == pytest.approx(rsi[-1], abs=1e-9)
    assert underlying.rsi_ago == pytest.approx(rsi[-15], abs=1e-9)
    assert (underlying.close, underlying.close_ago) == (price[-1], price[-15])
    assert underlying.momentum == pytest.approx(moving, abs=1e-9)
    assert underlying.volatility_bps == pytest.approx(1e4 * math.sqrt(squares.mean() * 375), rel=1e-9)
    assert underlying.regime_scores.known


def test_features_wait_for_their_bars() -> None:
    known = {n: after_bars(n) for n in (14, 15, 19, 20, 28, 29, 30, 31)}
    assert math.isnan(known[14].close_ago)
    assert known[15].close_ago == known[15].close_ago
    assert math.isnan(known[14].rsi)
    assert known[15].rsi == known[15].rsi
    assert math.isnan(known[28].rsi_ago)
    assert known[29].rsi_ago == known[29].rsi_ago
    assert math.isnan(known[19].momentum)
    assert known[20].momentum == known[20].momentum
    assert math.isnan(known[30].volatility_bps)
    assert known[31].volatility_bps == known[31].volatility_bps


def test_nothing_of_a_bar_counts_before_its_end_has_passed() -> None:
    underlying = after_bars(40)
    before = underlying.rsi
    underlying.observe(40 * 60.0 + 30.0, 25_000.0)
    assert underlying.until == 41 * 60.0
    version = underlying.version
    underlying.advance(41 * 60.0)
    assert (underlying.rsi, underlying.version) == (before, version)
    underlying.advance(41 * 60.0 + 0.25)
    assert underlying.rsi > before
    assert underlying.version > version
    assert underlying.until == math.inf


def test_rows_of_an_ohlc_file_are_the_bars_and_nothing_else_enters_them() -> None:
    underlying = make(ohlc=True)
    underlying.observe(30.0, 99.0)
    assert (underlying.price, underlying.bars, underlying.until) == (99.0, 0, math.inf)
    underlying.observe_bar(60.0, 10.0, 12.0, 9.0, 11.0)
    assert (underlying.price, underlying.price_t, underlying.close, underlying.bars) == (11.0, 60.0, 11.0, 1)
    underlying.observe(75.0, 500.0)
    underlying.observe_bar(120.0, 11.0, 11.5, 10.5, 11.2)
    assert (underlying.close, underlying.bars) == (11.2, 2)


def test_a_bar_that_lacks_columns_opens_at_the_close_before_it() -> None:
    whole, lacking = make(ohlc=True), make(ohlc=True)
    before = 24_000.0
    for i, close in enumerate(closes(2, 60), 1):
        opened = before if i > 1 else close
        whole.observe_bar(i * 60.0, opened, max(opened, close), min(opened, close), close)
        lacking.observe_bar(i * 60.0, None, None, None, close)
        before = close
    assert whole.momentum == lacking.momentum
    assert whole.regime_scores.trend == lacking.regime_scores.trend > 0.0


def test_momentum_is_unknown_in_a_market_that_stands_still() -> None:
    underlying = make()
    for i in range(1, 61):
        underlying.observe(i * 60.0, 100.0)
    underlying.advance(3601.0)
    assert math.isnan(underlying.momentum)
    assert (underlying.rsi, underlying.volatility_bps) == (50.0, 0.0)


def test_the_volume_ratio_slides_without_rows() -> None:
    underlying = make()
    for i in range(7):
        underlying.observe_volume(i * 60.0, 10.0 if i < 6 else 30.0)
    assert underlying.volume_ratio == 3.0
    version = underlying.version
    assert underlying.until == pytest.approx(420.0, abs=1e-6)
    underlying.advance(419.75)
    assert (underlying.volume_ratio, underlying.version) == (3.0, version)
    underlying.advance(420.0)
    assert underlying.volume_ratio == 0.0
    assert underlying.version > version


def test_a_price_that_has_grown_too_old_is_a_change() -> None:
    underlying = make(ohlc=True, price_limit_s=5.0)
    underlying.observe(100.0, 24_000.0)
    version = underlying.version
    underlying.advance(105.0)
    assert underlying.version == version
    underlying.advance(105.25)
    assert underlying.version == version + 1
    underlying.advance(105.5)
    assert underlying.version == version + 1


def test_what_is_given_replaces_what_is_computed_at_once_and_for_good() -> None:
    underlying = after_bars(80)
    version = underlying.version
    gives(underlying, 4801.0, momentum=0.7, volatility_bps=210.0, volume_ratio=3.5, rsi=81.0, volatility_index=22.0)
    assert underlying.version > version
    assert (underlying.momentum, underlying.volatility_bps, underlying.volume_ratio) == (0.7, 210.0, 3.5)
    assert (underlying.rsi, underlying.volatility_index) == (81.0, 22.0)
    assert underlying.given_names == {"momentum", "volatility_bps", "volume_ratio", "rsi", "volatility_index"}
    for i in range(81, 120):
        underlying.observe(i * 60.0, 24_000.0 + i)
        underlying.observe_volume(i * 60.0, 5.0)
    assert (underlying.momentum, underlying.volatility_bps, underlying.volume_ratio) == (0.7, 210.0, 3.5)
    assert underlying.rsi == 81.0


def test_a_given_volume_ratio_stands_whatever_slides() -> None:
    underlying = make()
    for i in range(7):
        underlying.observe_volume(i * 60.0, 10.0)
    assert underlying.until < math.inf
    gives(underlying, 361.0, volume_ratio=3.5)
    assert underlying.until == math.inf


def test_an_empty_cell_says_nothing_new_and_an_absent_column_stays_computed() -> None:
    underlying, alone = after_bars(80), after_bars(80)
    gives(underlying, 4801.0, momentum=0.7)
    gives(underlying, 4802.0, rsi=60.0)
    assert (underlying.momentum, underlying.rsi) == (0.7, 60.0)
    assert underlying.volatility_bps == alone.volatility_bps
    assert underlying.regime == alone.regime
    for each in (underlying, alone):
        each.observe(4850.0, 24_100.0)
        each.advance(4860.25)
    assert underlying.volatility_bps == alone.volatility_bps


def test_rsi_a_while_ago_never_compares_given_with_computed() -> None:
    underlying = after_bars(80)
    assert underlying.rsi_ago == underlying.rsi_ago
    gives(underlying, 4801.0, rsi=70.0)
    assert math.isnan(underlying.rsi_ago)
    for i in range(81, 96):
        underlying.observe(i * 60.0, 24_000.0)
        assert math.isnan(underlying.rsi_ago)
        gives(underlying, i * 60.0, rsi=float(i))
    underlying.advance(95 * 60.0 + 0.25)
    assert (underlying.rsi, underlying.rsi_ago) == (95.0, 81.0)


def test_rsi_given_beside_the_row_of_a_bar_belongs_to_that_bar() -> None:
    underlying = make(ohlc=True)
    for i in range(1, 17):
        underlying.observe_bar(i * 60.0, None, None, None, 100.0 + i)
        gives(underlying, i * 60.0, rsi=50.0 + i)
    assert (underlying.rsi, underlying.close) == (66.0, 116.0)
    underlying.observe_bar(17 * 60.0, None, None, None, 117.0)
    assert (underlying.rsi_ago, underlying.close_ago) == (53.0, 103.0)


@pytest.mark.parametrize(
    ("cells", "regime"),
    [
        ((("trend", "up"),), TREND_UP),
        ((("trend", "down"),), TREND_DOWN),
        ((("trend", None),), TREND),
        ((("range", None),), RANGE),
        ((("panic", None),), PANIC),
        ((("trend", "up"), ("unknown", None)), UNKNOWN),
        ((("trend", "up"), (None, None)), TREND_UP),
        ((("trend", "up"), ("trend", None)), TREND_UP),
        ((("trend", "up"), (None, "down")), TREND_DOWN),
        ((("range", None), (None, "down")), RANGE),
        ((("range", "up"), ("trend", None)), TREND_UP),
        ((("trend", "up"), ("range", None), ("trend", None)), TREND),  # a direction ends with its trend
        (((None, "up"),), UNKNOWN),
    ],
)
def test_given_regimes(cells: tuple[tuple[str | None, str | None], ...], regime: int) -> None:
    underlying = make()
    for i, (label, direction) in enumerate(cells):
        underlying.given(float(i), FeaturesGiven("NIFTY", 0, regime=label, trend_direction=direction))
    assert underlying.regime == regime
    assert ("regime" in underlying.given_names) == any(label for label, _ in cells)


def test_a_given_row_comes_after_the_bar_that_ended_before_it() -> None:
    underlying = after_bars(40)
    underlying.observe(2450.0, 24_000.0)
    bars = underlying.bars
    gives(underlying, 2465.0, momentum=0.1)
    assert underlying.bars == bars + 1


def test_features_of_a_recorded_day_are_known_once_warm(recordings: Path) -> None:
    """One price a minute: every feature becomes known and stays in its range."""
    rows = (recordings / "in_nifty_20260818_1m_underlying.csv").read_text().splitlines()[1:]
    underlying = make()
    for row in rows:
        stamp, _, price, _ = row.split(",")
        hours, minutes, seconds = stamp[11:19].split(":")
        underlying.observe(int(hours) * 3600.0 + int(minutes) * 60.0 + int(seconds), float(price))
        if underlying.bars >= 74:
            assert -1.0 <= underlying.momentum <= 1.0
            assert 0.0 <= underlying.rsi <= 100.0
            assert 5.0 < underlying.volatility_bps < 500.0
            assert underlying.regime_scores.known
    assert underlying.bars > 200
