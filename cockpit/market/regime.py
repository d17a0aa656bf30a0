"""Which regime a market is in: scores of trend, range and panic from completed one-minute bars, with hysteresis."""

from math import nan
from typing import NamedTuple

from cockpit.market.bars import Bar
from cockpit.market.indicators import Adx, Atr, Ema, SquaredReturns, clamp
from cockpit.market.view import PANIC, RANGE, TREND_DOWN, TREND_UP, UNKNOWN

SLACK = 1e-9  # readings within it are equal
SHORT_BARS, LONG_BARS = 10, 60  # realised volatility now, and what is usual
STANDING_BARS = 3  # a new label stands as long before it counts

TREND_SCORE = RANGE_SCORE = 0.6
PANIC_SCORE = 0.7


class Parts(NamedTuple):
    """What the scores are made of; NaN until warm."""

    adx: float = nan  # 0 to 100
    spread: float = nan  # (EMA5 - EMA21) / ATR14; above 0 is up
    volatility_ratio: float = nan  # of the last 10 bars to the last 60
    range_rank: float = nan  # share of the last 60 ATR14 at or below the newest, 0 to 1


class Scores(NamedTuple):
    """How well each regime fits, 0 to 1; NaN until all parts are warm."""

    trend: float = nan
    range: float = nan
    panic: float = nan

    @property
    def known(self) -> bool:
        """Whether all three are warm."""
        return self.trend == self.trend and self.range == self.range and self.panic == self.panic


def scores_of(parts: Parts) -> Scores:
    """The three scores (exits.md 5)."""
    lean = clamp(abs(parts.spread), 0.0, 1.0)
    trend = 0.5 * clamp((parts.adx - 15.0) / 20.0, 0.0, 1.0) + 0.5 * lean
    ranging = 0.5 * clamp((25.0 - parts.adx) / 15.0, 0.0, 1.0) + 0.5 * (1.0 - lean)
    burst = clamp((parts.volatility_ratio - 1.2) / 1.3, 0.0, 1.0)
    panic = 0.5 * burst + 0.5 * clamp((parts.range_rank - 0.8) / 0.2, 0.0, 1.0)
    return Scores(trend, ranging, panic)


def label_of(scores: Scores, spread: float) -> int:
    """The regime a single bar speaks for; the direction of a trend is the sign of the spread."""
    if not scores.known:
        return UNKNOWN
    if scores.panic >= PANIC_SCORE - SLACK:
        return PANIC
    if scores.trend >= TREND_SCORE - SLACK and scores.trend > scores.range + SLACK:
        return TREND_UP if spread > 0.0 else TREND_DOWN
    return RANGE if scores.range >= RANGE_SCORE - SLACK else UNKNOWN


class RegimeClassifier:
    """Follows the completed bars of one underlying; `regime` changes when a label has stood for three bars."""

    __slots__ = ("_adx", "_atr", "_atrs", "_fast", "_label", "_returns", "_slow", "_stood", "parts", "regime", "scores")

    def __init__(self) -> None:
        self.regime = UNKNOWN
        self.parts = Parts()
        self.scores = Scores()
        self._adx, self._atr = Adx(14), Atr(14)
        self._fast, self._slow = Ema(5), Ema(21)
        self._returns = SquaredReturns(LONG_BARS)
        self._atrs: list[float] = []
        self._label = UNKNOWN  # of the newest bar
        self._stood = 0  # bars in a row with that label

    def step(self, bar: Bar) -> int:
        """Takes the next completed bar in."""
        self.parts = parts = self._measure(bar)
        self.scores = scores_of(parts)
        label = label_of(self.scores, parts.spread)
        self._stood = self._stood + 1 if label == self._label else 1
        self._label = label
        if self._stood >= STANDING_BARS:
            self.regime = label
        return self.regime

    def _measure(self, bar: Bar) -> Parts:
        high, low, close = bar.high, bar.low, bar.close
        adx = self._adx.step(high, low, close)
        atr = self._atr.step(high, low, close)
        spread = self._fast.step(close) - self._slow.step(close)
        self._returns.step(close)
        usual = self._returns.deviation(LONG_BARS)
        return Parts(
            adx,
            spread / atr if atr > 0.0 else nan,
            self._returns.deviation(SHORT_BARS) / usual if usual > 0.0 else nan,
            self._rank(atr),
        )

    def _rank(self, atr: float) -> float:
        if atr != atr:
            return nan
        self._atrs.append(atr)
        if len(self._atrs) > LONG_BARS:
            del self._atrs[0]
        if len(self._atrs) < LONG_BARS:
            return nan
        newest = atr * (1.0 + SLACK)  # relative: a coin may cost a millionth
        return sum(value <= newest for value in self._atrs) / LONG_BARS
