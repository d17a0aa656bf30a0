"""The regime classifier: its formulas against a plain reimplementation, its thresholds, and its hysteresis."""

import math
import random

import numpy as np
import pytest
import talib

from cockpit.market.bars import Bar
from cockpit.market.regime import Parts, RegimeClassifier, Scores, label_of, scores_of
from cockpit.market.view import PANIC, RANGE, TREND_DOWN, TREND_UP, UNKNOWN


def walk(seed: int, bars: int = 700) -> list[Bar]:
    """Stretches of drift, of quiet and of wild moves, so that every regime comes up."""
    chance = random.Random(seed)
    price, drift, width, made = 20_000.0, 0.0, 2.0, list[Bar]()
    for i in range(bars):
        if i % 50 == 0:
            drift, width = chance.choice(((0.0, 2.0), (5.0, 3.0), (-5.0, 3.0), (0.0, 30.0), (-10.0, 20.0), (0.0, 4.0)))
        close = price + drift + chance.gauss(0.0, width)
        high = max(price, close) + abs(chance.gauss(0.0, width / 2))
        low = min(price, close) - abs(chance.gauss(0.0, width / 2))
        made.append(Bar(i * 60.0, price, high, low, close))
        price = close
    return made


def plainly(bars: list[Bar]) -> list[tuple[Scores, int]]:
    """exits.md 5, written out over whole arrays."""
    high, low, close = (np.array([getattr(b, name) for b in bars]) for name in ("high", "low", "close"))
    adx, atr = talib.ADX(high, low, close, 14), talib.ATR(high, low, close, 14)
    e = (talib.EMA(close, 5) - talib.EMA(close, 21)) / atr
    squares = np.append(np.nan, np.diff(np.log(close)) ** 2)
    result, standing, labels = list[tuple[Scores, int]](), UNKNOWN, list[int]()
    for i in range(len(bars)):
        v = a = np.nan
        if i >= 60:
            v = math.sqrt(squares[i - 9 : i + 1].mean() / squares[i - 59 : i + 1].mean())
        if i >= 14 + 59:
            a = float(np.mean(atr[i - 59 : i + 1] <= atr[i]))
        trend = 0.5 * np.clip((adx[i] - 15) / 20, 0, 1) + 0.5 * np.clip(abs(e[i]), 0, 1)
        ranging = 0.5 * np.clip((25 - adx[i]) / 15, 0, 1) + 0.5 * (1 - np.clip(abs(e[i]), 0, 1))
        panic = 0.5 * np.clip((v - 1.2) / 1.3, 0, 1) + 0.5 * np.clip((a - 0.8) / 0.2, 0, 1)
        label = UNKNOWN
        if not np.isnan([trend, ranging, panic]).any():
            if panic >= 0.7:
                label = PANIC
            elif trend >= 0.6 and trend > ranging:
                label = TREND_UP if e[i] > 0 else TREND_DOWN
            elif ranging >= 0.6:
                label = RANGE
        labels.append(label)
        if labels[-3:] == [label] * 3:
            standing = label
        result.append((Scores(float(trend), float(ranging), float(panic)), standing))
    return result


@pytest.mark.parametrize("seed", range(5))
def test_scores_and_regimes_are_those_of_the_plain_formulas(seed: int) -> None:
    bars = walk(seed)
    classifier = RegimeClassifier()
    met = set[int]()
    for bar, (scores, regime) in zip(bars, plainly(bars), strict=True):
        assert classifier.step(bar) == regime
        met.add(regime)
        np.testing.assert_allclose(classifier.scores, scores, rtol=1e-9, atol=1e-9)
    assert met >= {UNKNOWN, RANGE, TREND_UP, TREND_DOWN}


def test_the_walks_know_panic() -> None:
    assert any(regime == PANIC for seed in range(5) for _, regime in plainly(walk(seed)))


def test_warm_after_74_bars() -> None:
    classifier = RegimeClassifier()
    known = list[bool]()
    for bar in walk(1, 80):
        classifier.step(bar)
        known.append(classifier.scores.known)
    assert known.index(True) == 73
    assert all(known[73:])


def test_a_market_that_stands_still_is_unknown() -> None:
    classifier = RegimeClassifier()
    regimes = {classifier.step(Bar(i * 60.0, 100.0, 100.0, 100.0, 100.0)) for i in range(200)}
    assert regimes == {UNKNOWN}
    assert math.isnan(classifier.parts.spread)
    assert math.isnan(classifier.parts.volatility_ratio)


@pytest.mark.parametrize(
    ("parts", "scores"),
    [
        (Parts(15.0, 0.0, 1.2, 0.8), Scores(0.0, 0.5 * 10 / 15 + 0.5, 0.0)),
        (Parts(35.0, 1.0, 2.5, 1.0), Scores(1.0, 0.0, 1.0)),
        (Parts(50.0, -3.0, 9.0, 1.0), Scores(1.0, 0.0, 1.0)),
        (Parts(10.0, 0.0, 0.5, 0.1), Scores(0.0, 1.0, 0.0)),
        (Parts(25.0, -0.5, 1.85, 0.9), Scores(0.5, 0.25, 0.5)),
    ],
)
def test_scores(parts: Parts, scores: Scores) -> None:
    assert scores_of(parts) == pytest.approx(scores, abs=1e-12)


@pytest.mark.parametrize(
    ("scores", "spread", "label"),
    [
        (Scores(1.0, 0.0, 0.7), 1.0, PANIC),
        (Scores(1.0, 0.0, 0.699), 1.0, TREND_UP),
        (Scores(0.6, 0.3, 0.0), -0.5, TREND_DOWN),
        (Scores(0.599, 0.3, 0.0), 1.0, UNKNOWN),
        (Scores(0.6, 0.6, 0.0), 1.0, RANGE),  # a trend has to be above the range
        (Scores(0.61, 0.60, 0.0), 1.0, TREND_UP),
        (Scores(0.2, 0.6, 0.0), 0.1, RANGE),
        (Scores(0.2, 0.599, 0.0), 0.1, UNKNOWN),
        (Scores(1.0, 0.0, math.nan), 1.0, UNKNOWN),
        (Scores(math.nan, 0.9, 0.9), 1.0, UNKNOWN),
    ],
)
def test_thresholds(scores: Scores, spread: float, label: int) -> None:
    assert label_of(scores, spread) == label
