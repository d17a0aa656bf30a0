"""How busy the tape is: the volume of the sliding window against the mean of the windows before it."""

from bisect import bisect_right
from math import inf, nan

SLACK_S = 1e-9  # instants within it are the same
MEAN_WINDOWS = 20
LEAST_WINDOWS = 5


class VolumeRatio:
    """Volume ratio of one contract or underlying, now and one window earlier; NaN is unknown.

    `observe` takes every row, `ratios` answers for an instant at or after it; without a further row the answer stands
    up to and including `until`. Times in seconds since the session's local midnight, never falling.
    """

    __slots__ = (
        "_cumulative", "_edges", "_limit", "_per_row", "_sums", "_times", "before", "first_t", "ratio",
        "until", "window_s",
    )  # fmt: skip

    def __init__(self, interval_s: float) -> None:
        self.window_s = max(60.0, interval_s)
        self.ratio = nan
        self.before = nan  # the ratio one window earlier
        self.until = inf
        self._per_row = False  # a `volume` was seen: it wins over `volume_cum` from then on
        self._cumulative = nan  # last volume_cum
        self.first_t = nan  # begin of the recording of this contract, as far as volumes can be known
        self._restart(nan)

    def observe(self, t: float, volume: float | None, volume_cum: float | None = None) -> None:
        """One row: volume since the previous row, or today's so far; None adds nothing. Both non-negative.

        A fall of `volume_cum` says that what was traded between is unknown: the history starts anew there.
        """
        if volume is not None:
            self._per_row = True
            if self.first_t != self.first_t:
                self.first_t = t
                self.until = -inf
        elif self._per_row or volume_cum is None:
            if self.first_t != self.first_t:
                self.first_t = t
            return
        else:
            volume = volume_cum - self._cumulative
            self._cumulative = volume_cum
            if not volume >= 0.0:  # the first one, or a fall
                self._restart(t)
                self.until = -inf
                return
        if volume > 0.0:
            times, sums = self._times, self._sums
            times[-1] = t
            times.append(inf)
            sums.append(sums[-1] + volume)
            self.until = -inf
            if len(times) > self._limit:
                self._trim(t)

    def ratios(self, t: float) -> tuple[float, float]:
        """Brings `ratio`, `before` and `until` to `t`; the ratio now and the one a window earlier."""
        if t <= self.until:
            return self.ratio, self.before
        w = self.window_s
        x = t - w + SLACK_S
        if x - 21.0 * w < self.first_t:
            return self._warm_up(t)
        times, sums = self._times, self._sums
        a, b, c, d = self._edges  # rows up to 22, 21, 2 and 1 windows ago
        y = x - w
        while times[d] <= x:
            d += 1
        while times[c] <= y:
            c += 1
        y = x - 20.0 * w
        while times[b] <= y:
            b += 1
        y -= w
        while times[a] <= y:
            a += 1
        self._edges = a, b, c, d
        one, two = sums[d], sums[c]
        usual, usual_before = one - sums[b], two - sums[a]
        self.ratio = ratio = 20.0 * (sums[-1] - one) / usual if usual > 0.0 else nan
        self.before = before = 20.0 * (one - two) / usual_before if usual_before > 0.0 else nan
        # the next row to cross one of the four edges
        change_t = times[d] + w
        y = times[c] + 2.0 * w
        if y < change_t:
            change_t = y
        y = times[b] + 21.0 * w
        if y < change_t:
            change_t = y
        y = times[a] + 22.0 * w
        if y < change_t:
            change_t = y
        self.until = change_t - 2.0 * SLACK_S
        return ratio, before

    @property
    def traded(self) -> float:
        """Volume so far: today's where `volume_cum` says it, else of the rows seen; NaN before the first."""
        if self._cumulative == self._cumulative and not self._per_row:
            return self._cumulative
        return self._sums[-1] if self._per_row else nan

    def _warm_up(self, t: float) -> tuple[float, float]:
        """The same while fewer than 20 windows are complete, where the mean's begin depends on how many are."""
        self.ratio, change_t = self._ratio(t, 0.0)
        self.before, change_before_t = self._ratio(t - self.window_s, self.window_s)
        self.until = min(change_t, change_before_t) - 2.0 * SLACK_S
        return self.ratio, self.before

    def _ratio(self, t: float, shift: float) -> tuple[float, float]:
        """Ratio of the window that ends at `t`, and the instant, `shift` later, at which it may change next."""
        times, sums, w, first_t = self._times, self._sums, self.window_s, self.first_t
        windows = min(MEAN_WINDOWS, int((t - w - first_t + SLACK_S) // w))
        if windows < LEAST_WINDOWS:
            return nan, first_t + (LEAST_WINDOWS + 1) * w + shift
        span = (windows + 1) * w
        end, middle, begin = (bisect_right(times, x + SLACK_S) for x in (t, t - w, t - span))
        usual = (sums[middle] - sums[begin]) / windows
        ratio = (sums[end] - sums[middle]) / usual if usual > 0.0 else nan
        complete_t = first_t + (windows + 2) * w if windows < MEAN_WINDOWS else inf
        return ratio, min(times[middle] + w, times[begin] + span, complete_t) + shift

    def _restart(self, t: float) -> None:
        self.first_t = t
        self._times = [inf]  # of the rows that traded; the last entry is a sentinel
        self._sums = [0.0]  # volume of all rows before the one of the same index
        self._edges = (0, 0, 0, 0)
        self._limit = 256

    def _trim(self, t: float) -> None:
        """Forgets what no window reaches any more."""
        old = bisect_right(self._times, t - (MEAN_WINDOWS + 2) * self.window_s)
        del self._times[:old]
        del self._sums[:old]
        a, b, c, d = self._edges
        self._edges = max(a - old, 0), max(b - old, 0), max(c - old, 0), max(d - old, 0)
        self._limit = max(256, 2 * len(self._times))
