"""Past observations of one contract: the value a lookback ago, and the highest gamma of five lookbacks."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator

from cockpit.market.view import NAN, Market

SLACK = 1e-6  # rows stamped a minute apart are a minute apart
KEEP, SLACK_ROWS = 256, 64
FOREVER = 1e18


Seen = tuple[float, float, float, float, float]
"""One instant's observations, NaN where it said nothing: time, mark, delta, theta, and the mark that stood then."""
TIME, MARK, DELTA, THETA, STOOD = range(5)


class History:
    """Marks, deltas and thetas by time of observation. Times in session seconds."""

    __slots__ = (
        "ago", "due_s", "full", "gammas", "gammas_s", "limit_s", "lookback_s", "oldest_t", "partial_t", "rows",
        "unseen",
    )  # fmt: skip

    def __init__(self, lookback_s: float, limit_s: float) -> None:
        self.lookback_s = lookback_s
        self.limit_s = limit_s
        self.due_s = lookback_s - SLACK
        self.gammas_s = 5.0 * lookback_s + SLACK
        self.rows: list[Seen] = []
        self.ago = -1  # newest observation at least a lookback old
        self.gammas: deque[tuple[float, float]] = deque()  # time and gamma, falling: the first is the window's highest
        self.oldest_t = FOREVER  # of the observations that were written last
        self.partial_t = -FOREVER  # the last instant that left something out
        self.full = 2 * KEEP  # observations at which the old ones are dropped
        self.unseen = [MARK, DELTA, THETA]  # what has never been known: a share has no delta, and never will

    def observe(
        self, t: float, mark: float, delta: float, theta: float, gamma: float = NAN, stood: float = NAN
    ) -> None:
        """Adds the observations of one instant, NaN where it made none; `stood` is the mark where it was not news."""
        rows = self.rows
        rows.append((t, mark, delta, theta, mark if mark == mark else stood))
        everything = mark + delta + theta
        if everything != everything:
            self.partial_t = t
        if len(rows) > self.full:
            self._forget(t)
        if self.unseen:
            self.unseen = [which for which in self.unseen if rows[-1][which] != rows[-1][which]]
        if gamma == gamma:
            gammas = self.gammas
            while gammas and gammas[-1][1] <= gamma:
                gammas.pop()
            gammas.append((t, gamma))

    def observe_all(self, t: float, mark: float, delta: float, theta: float, gamma: float) -> None:
        """`observe` of an instant that left nothing out."""
        rows, gammas = self.rows, self.gammas
        rows.append((t, mark, delta, theta, mark))
        while gammas and gammas[-1][1] <= gamma:
            gammas.pop()
        gammas.append((t, gamma))
        if self.unseen:
            self.unseen = []
        if len(rows) > self.full:
            self._forget(t)

    def forget_greeks(self) -> None:
        """What was observed of them is not comparable with what follows."""
        self.rows = [(t, mark, NAN, NAN, stood) for t, mark, _, _, stood in self.rows]
        self.gammas.clear()
        if self.rows:
            self.partial_t = self.rows[-1][TIME]

    def marks(self) -> Iterator[tuple[float, float]]:
        """Time and mark of every instant that is remembered; NaN where it observed none."""
        return ((row[TIME], row[MARK]) for row in self.rows)

    def fill(self, now: Market, t: float) -> None:
        """Writes the lookback fields of `now` for instant `t`."""
        gammas, high = self.gammas, NAN
        if gammas:
            seen_t, high = gammas[0]
            if seen_t < t - self.gammas_s:
                self._trim_gammas(t)
                high = gammas[0][1] if gammas else NAN
        now.gamma_high = high
        rows, i, due = self.rows, self.ago, t - self.due_s
        latest_t = rows[-1][0] if rows else -FOREVER
        if latest_t <= due:
            i = len(rows) - 1
        else:
            while rows[i + 1][0] <= due:
                i += 1
        self.ago = i
        if i < 0:
            now.mark_ago = now.mark_ago_t = now.delta_ago = now.delta_ago_t = NAN
            now.theta_ago = now.theta_span_s = now.theta_mark_ago = NAN
            return
        ago_t, mark, delta, theta, _ = rows[i]
        if ago_t <= self.partial_t or ago_t == latest_t or ago_t < t - self.limit_s - SLACK:
            self._fill_in_part(now, t)
            return
        now.mark_ago = now.theta_mark_ago = mark
        now.delta_ago = delta
        now.theta_ago = theta
        now.mark_ago_t = now.delta_ago_t = ago_t
        now.theta_span_s = latest_t - ago_t
        self.oldest_t = ago_t

    def stands_until(self, t: float) -> float:
        """Until when what `fill` wrote at `t` stands if no observation follows."""
        until = FOREVER
        if self.gammas:
            until = self.gammas[0][0] + 5.0 * self.lookback_s
        if self.ago < len(self.rows) - 1:
            until = min(until, self.rows[self.ago + 1][TIME] + self.lookback_s - 2.0 * SLACK)
        return until if self.ago < 0 else min(until, self.oldest_t + self.limit_s)

    def _fill_in_part(self, now: Market, t: float) -> None:
        """The same where rows left something out: each value has its own observation."""
        last = len(self.rows) - 1
        i = min(self.ago, last - 1)  # the latest observation is never its own lookback
        oldest = t - self.limit_s - SLACK
        now.mark_ago, now.mark_ago_t = self._known(MARK, i, oldest)
        now.delta_ago, now.delta_ago_t = self._known(DELTA, i, oldest)
        now.theta_ago, theta_t = self._known(THETA, i, oldest)
        if theta_t == theta_t:
            now.theta_span_s = self._latest_t(THETA) - theta_t
            now.theta_mark_ago = self._mark_at(theta_t, i)
        else:
            now.theta_span_s = now.theta_mark_ago = NAN
        self.oldest_t = FOREVER
        for seen in (now.mark_ago_t, now.delta_ago_t, theta_t):
            if seen < self.oldest_t:
                self.oldest_t = seen

    def _known(self, which: int, i: int, oldest: float) -> tuple[float, float]:
        """The newest known value at or before index `i` that is not the latest one known, and its time."""
        if which in self.unseen:
            return NAN, NAN
        rows = self.rows
        latest = len(rows) - 1
        while latest >= 0 and rows[latest][which] != rows[latest][which]:
            latest -= 1
        i = min(i, latest - 1)
        while i >= 0 and rows[i][TIME] >= oldest:
            value = rows[i][which]
            if value == value:
                return value, rows[i][TIME]
            i -= 1
        return NAN, NAN

    def _latest_t(self, which: int) -> float:
        i = len(self.rows) - 1
        while self.rows[i][which] != self.rows[i][which]:
            i -= 1
        return self.rows[i][TIME]

    def _mark_at(self, t: float, i: int) -> float:
        """The mark that stood at time `t`, at or before index `i`."""
        while i >= 0 and self.rows[i][TIME] > t:
            i -= 1
        return self.rows[i][STOOD] if i >= 0 else NAN

    def _trim_gammas(self, t: float) -> None:
        gammas, oldest = self.gammas, t - self.gammas_s
        while gammas and gammas[0][0] < oldest:
            gammas.popleft()

    def _forget(self, t: float) -> None:
        """Drops what no lookback reaches any more, but for the newest observations."""
        rows = self.rows
        old = min(bisect_left(rows, t - 2.0 * self.limit_s, key=_time), len(rows) - KEEP)
        if old > 0:
            del rows[:old]
            self.ago = max(self.ago - old, -1)
        self.full = len(rows) + SLACK_ROWS
        self._trim_gammas(t)


def _time(seen: Seen) -> float:
    return seen[TIME]
