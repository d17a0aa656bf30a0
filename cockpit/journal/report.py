"""What closed round trips add up to: rates and averages with their 95 % intervals, by rule, hour and day."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cockpit.review import Bucket, Interval, RuleLine, SessionReport

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Naming = Callable[[int], str]
Z95 = 1.959963984540054
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MANY = 100_000  # more trades than that nobody waits for


class Closed(NamedTuple):
    """Closed round trips in one currency, in order of their close; days and hours are the exchange's."""

    net: Floats
    fees: Floats
    hold_s: Floats
    closed_ns: Ints
    opened_hour: Ints  # 0 to 23
    closed_day: Ints  # since 1970-01-01
    session: Ints
    rules: Sequence[tuple[str, ...]]


def wilson(hits: int, trials: int) -> Interval | None:
    """A proportion with the score interval of Wilson (JASA 22, 1927, p. 209); None without trials."""
    if not trials:
        return None
    p, z2 = hits / trials, Z95 * Z95
    centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    return Interval(value=p, low=max(0.0, centre - half), high=min(1.0, centre + half))


def student95(degrees: int) -> float:
    """The two-sided 95 % quantile of Student's t: exact for 1 and 2 degrees of freedom, else to 4e-3.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    if degrees <= 2:
        return math.tan(0.475 * math.pi) if degrees == 1 else 0.95 / math.sqrt(2 * 0.975 * 0.025)
    z, n = Z95, float(degrees)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / n ** (i + 1) for i, term in enumerate(terms))


def mean_interval(values: Floats) -> Interval | None:
    """The mean with Student's interval; no bounds for a single value, None for none."""
    n = len(values)
    if not n:
        return None
    mean = float(values.mean())
    if n == 1:
        return Interval(value=mean, low=None, high=None)
    half = student95(n - 1) * float(values.std(ddof=1)) / math.sqrt(n)
    return Interval(value=mean, low=mean - half, high=mean + half)


def more_needed(values: Floats) -> int | None:
    """About how many more alike until their mean is clear of 0, if it and their spread stay; None: nobody can say."""
    found = mean_interval(values)
    if found is None or found.low is None or found.value == 0.0:
        return None
    n, spread = len(values), float(values.std(ddof=1))
    wanted = n
    while student95(wanted - 1) * spread >= abs(found.value) * math.sqrt(wanted):
        wanted += 1 + wanted // 100
        if wanted > MANY:
            return None
    return wanted - n


def drawdowns(net: Floats) -> tuple[Floats, Floats]:
    """The sum so far, and how far it is below its best so far; it begins at 0, which counts as a best."""
    equity = np.cumsum(net)
    return equity, equity - np.maximum(np.maximum.accumulate(equity), 0.0) if len(net) else equity


def report(trips: Closed, currency: str, *, open_left_out: int = 0, others_left_out: int = 0) -> SessionReport:
    """Everything at once."""
    net, n = trips.net, len(trips.net)
    wins, losses = net[net > 0], net[net < 0]
    lost = -float(losses.sum())
    depth, at_ns, days = _deepest(trips)
    return SessionReport(
        currency=currency,
        trades=n,
        winners=len(wins),
        losers=len(losses),
        days=len(np.unique(trips.closed_day)),
        sessions=len(np.unique(trips.session)),
        win_rate=wilson(len(wins), n),
        total=float(net.sum()),
        fees=float(trips.fees.sum()),
        average=mean_interval(net),
        largest_win=float(wins.max()) if len(wins) else None,
        largest_loss=float(losses.min()) if len(losses) else None,
        profit_factor=float(wins.sum()) / lost if len(losses) else None,
        payoff=float(wins.mean()) / -float(losses.mean()) if len(wins) and len(losses) else None,
        max_drawdown=depth,
        drawdown_at_ns=at_ns,
        drawdown_days=days,
        average_hold_s=float(trips.hold_s.mean()) if n else None,
        median_hold_s=float(np.median(trips.hold_s)) if n else None,
        rules=_by_rule(trips),
        hours=_buckets(trips, trips.opened_hour, lambda hour: f"{hour:02d}"),
        weekdays=_buckets(trips, (trips.closed_day + 3) % 7, lambda day: WEEKDAYS[day]),
        calendar=_buckets(trips, trips.closed_day, lambda day: str(np.datetime64(day, "D"))),
        open_left_out=open_left_out,
        others_left_out=others_left_out,
    )


def _deepest(trips: Closed) -> tuple[float, int | None, int]:
    """The deepest drawdown, when it ended falling, and the days with a close since the best before it."""
    equity, below = drawdowns(trips.net)
    if not len(below) or below.min() >= 0.0:
        return 0.0, None, 0
    low = int(below.argmin())
    high = int(equity[: low + 1].argmax()) if equity[: low + 1].max() > 0.0 else -1
    days = len(np.unique(trips.closed_day[high + 1 : low + 1]))
    return float(below[low]), int(trips.closed_ns[low]), days


def _by_rule(trips: Closed) -> tuple[RuleLine, ...]:
    places: dict[str, list[int]] = {}
    for i, rules in enumerate(trips.rules):
        for rule in rules:
            places.setdefault(rule, []).append(i)
    lines = [_rule_line(rule, trips.net[at]) for rule, at in places.items()]
    return tuple(sorted(lines, key=lambda line: (-line.count, line.name)))


def _rule_line(rule: str, net: Floats) -> RuleLine:
    winners = int((net > 0).sum())
    rate, average = wilson(winners, len(net)), mean_interval(net)
    assert rate is not None
    assert average is not None
    return RuleLine(
        name=rule,
        count=len(net),
        winners=winners,
        win_rate=rate,
        total=float(net.sum()),
        average=average,
        more_needed=more_needed(net),
    )


def _buckets(trips: Closed, keys: Ints, name: Naming) -> tuple[Bucket, ...]:
    found, place = np.unique(keys, return_inverse=True)
    counts = np.bincount(place, minlength=len(found)).tolist()
    winners = np.bincount(place, weights=trips.net > 0, minlength=len(found)).tolist()
    totals = np.bincount(place, weights=trips.net, minlength=len(found)).tolist()
    return tuple(
        Bucket(name=name(key), count=n, winners=int(won), total=total, average=total / n)
        for key, n, won, total in zip(found.tolist(), counts, winners, totals, strict=True)
    )
