"""Past observations of one contract: the value a lookback ago, and the highest gamma of five lookbacks."""

from bisect import bisect_left

from cockpit.market.view import NAN, Market

SLACK = 1e-6  # rows stamped a minute apart are a minute apart
KEEP = 256


class History:
    """Marks, deltas and thetas by time of observation; NaN where a row had none. Times in session seconds."""

    __slots__ = (
        "ago",
        "deltas",
        "full",
        "gamma_head",
        "gamma_t",
        "gammas",
        "limit_s",
        "lookback_s",
        "marks",
        "stood",
        "thetas",
        "times",
    )

    def __init__(self, lookback_s: float, limit_s: float) -> None:
        self.lookback_s = lookback_s
        self.limit_s = limit_s
        self.times: list[float] = []
        self.marks: list[float] = []
        self.stood: list[float] = []  # the mark that stood then, observed at that instant or before
        self.deltas: list[float] = []
        self.thetas: list[float] = []
        self.ago = -1  # newest observation at least a lookback old
        self.gamma_t: list[float] = []  # a falling queue: its head is the highest of the window
        self.gammas: list[float] = []
        self.gamma_head = 0
        self.full = 2 * KEEP  # observations at which the old ones are dropped

    def observe(self, t: float, mark: float, delta: float, theta: float, stood: float = NAN) -> None:
        """Adds the observations of one instant; `stood` is the mark where it was not observed anew."""
        self.times.append(t)
        self.marks.append(mark)
        self.stood.append(mark if mark == mark else stood)
        self.deltas.append(delta)
        self.thetas.append(theta)
        if len(self.times) > self.full:
            self._forget(t)

    def observe_gamma(self, t: float, gamma: float) -> None:
        """Adds an observation of gamma."""
        gammas = self.gammas
        while len(gammas) > self.gamma_head and gammas[-1] <= gamma:
            gammas.pop()
            self.gamma_t.pop()
        gammas.append(gamma)
        self.gamma_t.append(t)

    def fill(self, now: Market, t: float) -> float:
        """Writes the lookback fields of `now` for instant `t`; returns until when they stand."""
        times = self.times
        last = len(times) - 1
        due = t - self.lookback_s + SLACK
        ago = self.ago
        while ago < last and times[ago + 1] <= due:
            ago += 1
        self.ago = ago
        until = times[ago + 1] + self.lookback_s - 2.0 * SLACK if ago < last else 1e18
        i = ago if ago < last else last - 1  # the latest observation is never its own lookback
        oldest = t - self.limit_s - SLACK
        now.mark_ago, now.mark_ago_t = self._known(self.marks, i, oldest)
        now.delta_ago, now.delta_ago_t = self._known(self.deltas, i, oldest)
        theta, theta_t = self._known(self.thetas, i, oldest)
        now.theta_ago = theta
        if theta == theta:
            now.theta_span_s = self._latest_t(self.thetas) - theta_t
            now.theta_mark_ago = self._mark_at(theta_t, i)
        else:
            now.theta_span_s = now.theta_mark_ago = NAN
        for seen in (now.mark_ago_t, now.delta_ago_t, theta_t):
            if seen + self.limit_s < until:
                until = seen + self.limit_s
        return min(until, self._fill_gamma(now, t))

    def _known(self, values: list[float], i: int, oldest: float) -> tuple[float, float]:
        """The newest known value at or before index `i` that is not the latest one known."""
        times = self.times
        if i >= 0 and values[-1] == values[-1]:  # usual: the latest instant knows it, so `i` is an earlier one
            while i >= 0 and times[i] >= oldest:
                value = values[i]
                if value == value:
                    return value, times[i]
                i -= 1
            return NAN, NAN
        latest = len(values) - 1
        while latest >= 0 and values[latest] != values[latest]:
            latest -= 1
        i = min(i, latest - 1)
        while i >= 0 and times[i] >= oldest:
            if values[i] == values[i]:
                return values[i], times[i]
            i -= 1
        return NAN, NAN

    def _latest_t(self, values: list[float]) -> float:
        i = len(values) - 1
        while values[i] != values[i]:
            i -= 1
        return self.times[i]

    def _mark_at(self, t: float, i: int) -> float:
        """The mark that stood at time `t`, at or before index `i`."""
        while i >= 0 and self.times[i] > t:
            i -= 1
        return self.stood[i] if i >= 0 else NAN

    def _fill_gamma(self, now: Market, t: float) -> float:
        oldest = t - 5.0 * self.lookback_s - SLACK
        head, times = self.gamma_head, self.gamma_t
        while head < len(times) and times[head] < oldest:
            head += 1
        if head > KEEP:
            del times[:head], self.gammas[:head]
            head = 0
        self.gamma_head = head
        if head < len(times):
            now.gamma_high = self.gammas[head]
            return times[head] + 5.0 * self.lookback_s
        now.gamma_high = NAN
        return 1e18

    def _forget(self, t: float) -> None:
        """Drops what no lookback reaches any more, but for the newest observations."""
        old = min(bisect_left(self.times, t - 2.0 * self.limit_s), len(self.times) - KEEP)
        if old > 0:
            del self.times[:old], self.marks[:old], self.stood[:old], self.deltas[:old], self.thetas[:old]
            self.ago = max(self.ago - old, -1)
        self.full = 2 * len(self.times) + KEEP
