"""Incremental indicators over completed bars, with TA-Lib's seeding: NaN until warm, then one step a bar.

The averages are Wilder's (J. W. Wilder, New Concepts in Technical Trading Systems, 1978).
"""

from math import log, nan, sqrt


def clamp(x: float, low: float, high: float) -> float:
    """x within [low, high]; an unknown x stays unknown."""
    return low if x < low else high if x > high else x


def true_range(high: float, low: float, close_before: float) -> float:
    """Span of the bar together with the gap from the close before it."""
    return max(high - low, abs(high - close_before), abs(low - close_before))


class Ema:
    """Exponential moving average of `period` values, seeded with their mean."""

    __slots__ = ("_count", "_gain", "_period", "_sum", "value")

    def __init__(self, period: int) -> None:
        self._period = period
        self._gain = 2.0 / (period + 1.0)
        self._count = 0
        self._sum = 0.0
        self.value = nan

    def step(self, x: float) -> float:
        """Takes the next value in."""
        if self._count >= self._period:
            self.value += (x - self.value) * self._gain
            return self.value
        self._count += 1
        self._sum += x
        if self._count == self._period:
            self.value = self._sum / self._period
        return self.value


class Wilder:
    """Wilder's average of `period` values, seeded with their mean."""

    __slots__ = ("_count", "_period", "_sum", "value")

    def __init__(self, period: int = 14) -> None:
        self._period = period
        self._count = 0
        self._sum = 0.0
        self.value = nan

    def step(self, x: float) -> float:
        """Takes the next value in."""
        if self._count >= self._period:
            self.value = (self.value * (self._period - 1) + x) / self._period
            return self.value
        self._count += 1
        self._sum += x
        if self._count == self._period:
            self.value = self._sum / self._period
        return self.value


class Rsi:
    """Relative strength index, 0 to 100; 50 in a flat market, where TA-Lib says 0. Known from bar `period` + 1 on."""

    __slots__ = ("_close", "_falls", "_rises", "value")

    def __init__(self, period: int = 14) -> None:
        self._close = nan
        self._rises, self._falls = Wilder(period), Wilder(period)
        self.value = nan

    def step(self, close: float) -> float:
        """Takes the next bar's close in."""
        change = close - self._close
        self._close = close
        if change == change:
            rise = self._rises.step(max(change, 0.0))
            moved = rise + self._falls.step(max(-change, 0.0))
            self.value = 50.0 if moved == 0.0 else 100.0 * rise / moved
        return self.value


class Atr:
    """Average true range in the price's own points. Known from bar `period` + 1 on."""

    __slots__ = ("_average", "_close", "value")

    def __init__(self, period: int = 14) -> None:
        self._average = Wilder(period)
        self._close = nan
        self.value = nan

    def step(self, high: float, low: float, close: float) -> float:
        """Takes the next bar in."""
        if self._close == self._close:
            self.value = self._average.step(true_range(high, low, self._close))
        self._close = close
        return self.value


class Adx:
    """Average directional index, 0 to 100. Known from bar 2 x `period` on."""

    __slots__ = ("_average", "_close", "_count", "_down", "_high", "_low", "_period", "_range", "_up", "value")

    def __init__(self, period: int = 14) -> None:
        self._period = period
        self._count = 0
        self._high = self._low = self._close = nan
        self._up = self._down = self._range = 0.0
        self._average = Wilder(period)
        self.value = nan

    def step(self, high: float, low: float, close: float) -> float:
        """Takes the next bar in."""
        if self._close == self._close:
            self._count += 1
            self._move(high, low)
            if self._count >= self._period:
                self._average_in()
        self._high, self._low, self._close = high, low, close
        return self.value

    def _move(self, high: float, low: float) -> None:
        """Sums the directional moves and the true range: plainly at first, then with Wilder's decay."""
        up, down = high - self._high, self._low - low
        if self._count >= self._period:
            keep = 1.0 / self._period
            self._up -= self._up * keep
            self._down -= self._down * keep
            self._range -= self._range * keep
        self._range += true_range(high, low, self._close)
        if down > 0.0 and up < down:
            self._down += down
        elif up > 0.0 and up > down:
            self._up += up

    def _average_in(self) -> None:
        index = 0.0  # without any direction so far
        if self._range > 0.0:
            plus, minus = 100.0 * (self._up / self._range), 100.0 * (self._down / self._range)
            if plus + minus > 0.0:
                index = 100.0 * abs(minus - plus) / (plus + minus)
        self.value = self._average.step(index)


class SquaredReturns:
    """Squared log returns between the closes of consecutive bars, the last `bars` of them."""

    __slots__ = ("_bars", "_close", "_squares")

    def __init__(self, bars: int) -> None:
        self._bars = bars
        self._close = nan
        self._squares: list[float] = []

    def step(self, close: float) -> None:
        """Takes the next bar's close in; a price that is not positive makes its returns unknown."""
        before, self._close = self._close, close
        if before == before:
            known = before > 0.0 and close > 0.0
            self._squares.append(log(close / before) ** 2 if known else nan)
            if len(self._squares) > self._bars:
                del self._squares[0]

    def deviation(self, bars: int) -> float:
        """Root of the mean square of the last `bars` returns, NaN before there are as many."""
        if len(self._squares) < bars:
            return nan
        return sqrt(sum(self._squares[-bars:]) / bars)


def realised_volatility_bps(returns: SquaredReturns, bars: int, bars_per_session: int) -> float:
    """Daily volatility in bps: 10 000 x root(mean squared return of the last `bars` x bars per full session)."""
    return 1e4 * returns.deviation(bars) * sqrt(bars_per_session)


def momentum(fast: float, slow: float, atr: float) -> float:
    """(fast - slow average) / (2 x average true range) within [-1, 1]; unknown when the range is 0."""
    return clamp((fast - slow) / (2.0 * atr), -1.0, 1.0) if atr > 0.0 else nan
