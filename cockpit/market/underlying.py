"""One underlying: its price, and the features of its completed one-minute bars that rules read."""

from collections import deque
from math import inf, nan
from typing import Protocol

from cockpit.market.bars import Bar, BarBuilder
from cockpit.market.indicators import Atr, Ema, Rsi, SquaredReturns, momentum, realised_volatility_bps
from cockpit.market.regime import RegimeClassifier, Scores
from cockpit.market.view import PANIC, RANGE, TREND, TREND_DOWN, TREND_UP, UNKNOWN
from cockpit.market.volume import VolumeRatio

Scored = tuple[float, float, float, float]  # end of a bar in session seconds; scores of trend, range and panic
REGIMES_KEPT = 1440
VOLATILITY_BARS = 30
AGO_BARS = 14
STALE_SLACK_S = 1e-6

REGIMES = {"trend": TREND, "range": RANGE, "panic": PANIC, "unknown": UNKNOWN}
DIRECTIONS = {"up": TREND_UP, "down": TREND_DOWN}


class Given(Protocol):
    """Feature values supplied with a recording, as `cockpit.events.FeaturesGiven` has them; None says nothing new."""

    @property
    def momentum(self) -> float | None: ...
    @property
    def volatility_bps(self) -> float | None: ...
    @property
    def volume_ratio(self) -> float | None: ...
    @property
    def rsi(self) -> float | None: ...
    @property
    def regime(self) -> str | None: ...
    @property
    def trend_direction(self) -> str | None: ...
    @property
    def volatility_index(self) -> float | None: ...


class Underlying:
    """Price and features of one underlying; NaN is unknown. Times in seconds since the session's local midnight.

    Within one instant call `advance` or one of the others as often as there are rows, in the order of time; without a
    further row everything stands up to and including `until`. `version` grows with every change, `features_version`
    with those of anything but the price.
    A price older than `price_limit_s` counts as a change too; judging its age is the caller's.
    """

    __slots__ = (
        "_atr", "_bar_t", "_bars_per_session", "_builder", "_classifier", "_closes", "_fast", "_features_until",
        "_given_direction", "_given_regime", "_price_limit_s", "_price_until", "_returns", "_rsi", "_rsis", "_slow",
        "_within_until", "bars", "close", "close_ago", "features_version", "first_price", "given_names", "momentum",
        "name", "ohlc", "price", "price_t", "regime", "regimes", "rsi", "rsi_ago", "until", "version",
        "volatility_bps", "volatility_index", "volume", "volume_ratio",
    )  # fmt: skip

    def __init__(
        self, name: str, *, bars_per_session: int, interval_s: float, ohlc: bool, price_limit_s: float = inf
    ) -> None:
        self.name = name
        self.ohlc = ohlc  # bars come as rows, and no price enters them
        self.version = 0
        self.features_version = 0  # the same for everything but the price
        self.until = inf
        self.price = nan
        self.price_t = -inf
        self.first_price = nan  # of the trading day: the open of its first completed bar
        # --- features
        self.momentum = nan  # -1 to 1
        self.volatility_bps = nan  # a day
        self.rsi = nan
        self.rsi_ago = nan  # 14 bars before the last
        self.close = nan  # of the last bar
        self.close_ago = nan
        self.volume_ratio = nan
        self.regime = UNKNOWN
        self.regimes: deque[Scored] = deque(maxlen=REGIMES_KEPT)
        self.volatility_index = nan
        self.given_names: frozenset[str] = frozenset()  # of the features that are given, not computed
        # --- what they are made of
        self.volume = VolumeRatio(interval_s)
        self.bars = 0
        self._bars_per_session = bars_per_session
        self._price_limit_s = price_limit_s + STALE_SLACK_S
        self._price_until = inf  # then the price is too old
        self._features_until = -inf  # then a bar is complete or the volume ratio changes
        self._within_until = -inf  # until then a price only moves the bar that is being built
        self._builder = BarBuilder()
        self._rsi, self._atr = Rsi(14), Atr(14)
        self._fast, self._slow = Ema(5), Ema(20)
        self._returns = SquaredReturns(VOLATILITY_BARS)
        self._classifier = RegimeClassifier()
        self._closes: list[float] = []
        self._rsis: list[float] = []
        self._bar_t = -inf  # end of the last bar
        self._given_regime: int = UNKNOWN
        self._given_direction: str | None = None

    @property
    def regime_scores(self) -> Scores:
        """Scores of the computed regime, also when the regime is given."""
        return self._classifier.scores

    def observe(self, t: float, price: float) -> None:
        """A known price, positive; enters the bars unless they come as rows."""
        self.price = price
        self.price_t = t
        self._price_until = until = t + self._price_limit_s
        self.version += 1
        if t <= self._within_until:  # every tick comes through here
            building = self._builder
            if price > building.high:
                building.high = price
            elif price < building.low:
                building.low = price
            building.close = price
            features_until = self._features_until
            self.until = until if until < features_until else features_until
            return
        bar = None if self.ohlc else self._builder.observe(t, price)
        if bar is not None:
            self._take(bar)
        self._reckon(t)

    def observe_bar(self, t: float, open: float | None, high: float | None, low: float | None, close: float) -> None:
        """The bar that ended at `t`, complete at once; what is None follows from the close before it and its own."""
        self.price, self.price_t = close, t
        self._price_until = t + self._price_limit_s
        self.version += 1
        begin = open if open is not None else self.close if self.bars else close
        top, bottom = max(begin, close), min(begin, close)
        top = top if high is None else max(high, top)
        bottom = bottom if low is None else min(low, bottom)
        self._take(Bar(t - 60.0, begin, top, bottom, close))
        self._reckon(t)

    def observe_volume(self, t: float, volume: float | None, volume_cum: float | None = None) -> None:
        """Volume of one row, None when it said none; as `VolumeRatio.observe`."""
        self.volume.observe(t, volume, volume_cum)
        self._reckon(t)

    def advance(self, t: float) -> None:
        """Brings everything to `t`: completes the bar that has ended before it and slides the volume window."""
        if t <= self.until:
            return
        bar = self._builder.advance(t)
        if bar is not None:
            self._take(bar)
        if t > self._price_until:
            self._price_until = inf
            self.version += 1
        self._reckon(t)

    def given(self, t: float, row: Given) -> None:
        """Values of a features file: they replace what is computed from now on, count at once and do not age."""
        self.advance(t)
        self.features_version += 1
        self.version += 1
        seen = set(self.given_names)
        if row.momentum is not None:
            self.momentum = row.momentum
            seen.add("momentum")
        if row.volatility_bps is not None:
            self.volatility_bps = row.volatility_bps
            seen.add("volatility_bps")
        if row.volume_ratio is not None:
            self.volume_ratio = row.volume_ratio
            seen.add("volume_ratio")
        if row.rsi is not None:
            self._give_rsi(t, row.rsi)
            seen.add("rsi")
        if row.volatility_index is not None:
            self.volatility_index = row.volatility_index
            seen.add("volatility_index")
        if self._give_regime(row.regime, row.trend_direction) or "regime" in seen:
            seen.add("regime")
            direction = DIRECTIONS.get(self._given_direction or "", TREND)
            self.regime = direction if self._given_regime == TREND else self._given_regime
        if len(seen) > len(self.given_names):
            self.given_names = frozenset(seen)
            self._reckon(t)

    def _give_rsi(self, t: float, rsi: float) -> None:
        if "rsi" not in self.given_names:  # what was computed is not comparable with what is given
            self._rsis = [nan] * len(self._rsis)
            self.rsi_ago = nan
        self.rsi = rsi
        if self._rsis and t <= self._bar_t:
            self._rsis[-1] = rsi

    def _give_regime(self, regime: str | None, direction: str | None) -> bool:
        """Whether a regime was said. A direction belongs to the trend it was said of and ends with it."""
        if direction is not None or (regime is not None and regime != "trend"):
            self._given_direction = direction
        if regime is not None:
            self._given_regime = REGIMES.get(regime, UNKNOWN)
        return regime is not None

    def _take(self, bar: Bar) -> None:
        """Features of a further completed bar."""
        self.bars += 1
        self._bar_t = bar.begin_t + 60.0
        self.features_version += 1
        self.version += 1
        close = bar.close
        self._returns.step(close)
        rsi = self._rsi.step(close)
        moving = momentum(self._fast.step(close), self._slow.step(close), self._atr.step(bar.high, bar.low, close))
        regime = self._classifier.step(bar)
        if self.first_price != self.first_price:
            self.first_price = bar.open
        scores = self._classifier.scores
        if scores.known:
            self.regimes.append((self._bar_t, scores.trend, scores.range, scores.panic))
        given = self.given_names
        if "rsi" not in given:
            self.rsi = rsi
        if "momentum" not in given:
            self.momentum = moving
        if "volatility_bps" not in given:
            self.volatility_bps = realised_volatility_bps(self._returns, VOLATILITY_BARS, self._bars_per_session)
        if "regime" not in given:
            self.regime = regime
        self.close, self.close_ago = close, _remember(self._closes, close)
        self.rsi_ago = _remember(self._rsis, self.rsi)

    def _reckon(self, t: float) -> None:
        """Volume ratio at `t`, and until when everything stands."""
        end_t = self._features_until = self._builder.end_t
        if "volume_ratio" not in self.given_names:
            before, ratio = self.volume_ratio, self.volume.ratios(t)[0]
            if ratio != before and (ratio == ratio or before == before):
                self.volume_ratio = ratio
                self.features_version += 1
                self.version += 1
            self._features_until = min(end_t, self.volume.until)
        self._within_until = self._features_until if end_t < inf else -inf
        self.until = min(self._features_until, self._price_until)


def _remember(values: list[float], newest: float) -> float:
    """Appends; the value 14 bars before it, NaN when there is none."""
    values.append(newest)
    if len(values) > AGO_BARS + 1:
        del values[0]
    return values[0] if len(values) == AGO_BARS + 1 else nan
