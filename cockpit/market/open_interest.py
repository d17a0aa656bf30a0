"""Open interest of one expiry: when it counts as published, and sums over the contracts known at a baseline."""

from cockpit.domain.instrument import Right
from cockpit.market.view import NAN


class Cohort:
    """The contracts of an expiry that were known at one baseline, and the sums of their last known open interest."""

    __slots__ = ("calls", "known", "puts")

    def __init__(self, known: int, calls: float, puts: float) -> None:
        self.known = known  # contracts that appeared before the baseline
        self.calls = calls
        self.puts = puts


class OpenInterest:
    """Last known open interest of every contract of one expiry, in order of first appearance."""

    __slots__ = (
        "cohorts", "first", "index", "observed_t", "published_t", "rights", "values", "version",
    )  # fmt: skip

    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.first: dict[str, float] = {}  # of the trading day
        self.rights: dict[str, Right] = {}
        self.index: dict[str, int] = {}
        self.published_t = NAN  # first time a contract changed its value during the session
        self.observed_t = NAN
        self.version = 0  # of the values
        self.cohorts: dict[int, Cohort] = {}

    def observe(self, symbol: str, right: Right, value: float, t: float) -> bool:
        """Takes a contract's value; true when it is a change."""
        self.observed_t = t
        if symbol not in self.first:
            self.first[symbol] = value
        before = self.values.get(symbol)
        if before == value:
            return False
        if before is None:
            self.index[symbol] = len(self.index)
            self.rights[symbol] = right
            self.values[symbol] = value
            return False
        self.values[symbol] = value
        self.version += 1
        if self.published_t != self.published_t:
            self.published_t = t
        known, change = self.index[symbol], value - before
        for cohort in self.cohorts.values():
            if known < cohort.known:
                if right == "C":
                    cohort.calls += change
                else:
                    cohort.puts += change
        return True

    def begin_day(self) -> None:
        """Another trading day: changes count from its own first values."""
        self.first = {}

    def change(self, symbol: str) -> float | None:
        """Since the day's first value; None while the values are yesterday's."""
        now, first = self.values.get(symbol), self.first.get(symbol)
        return now - first if self.is_published() and now is not None and first is not None else None

    def is_published(self) -> bool:
        """Whether some contract changed during the session; before that the values are yesterday's."""
        return self.published_t == self.published_t

    def cohort(self, known: int | None = None) -> Cohort:
        """The first `known` contracts to appear, by default all of them; one cohort for every such number."""
        known = len(self.index) if known is None else known
        if known not in self.cohorts:
            values = [(self.rights[s], self.values[s]) for s, i in self.index.items() if i < known]
            calls = sum(v for right, v in values if right == "C")
            self.cohorts[known] = Cohort(known, calls, sum(v for _, v in values) - calls)
        return self.cohorts[known]

    def totals(self) -> tuple[float, float]:
        """Calls and puts over all contracts seen."""
        calls = sum(v for s, v in self.values.items() if self.rights[s] == "C")
        return calls, sum(self.values.values()) - calls
