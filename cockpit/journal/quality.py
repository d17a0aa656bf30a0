"""The scalp quality score of an intraday round trip: parts and label as in journal.md, section 2."""

from typing import NamedTuple

from cockpit.review import QualityPart, QualityScore

PROFITS = ((1.0, 30.0), (0.5, 20.0), (0.2, 10.0), (0.0, 5.0))  # more than so many percent of the entry
HOLDS = ((120.0, 20.0), (300.0, 15.0), (600.0, 10.0))  # shorter than so many seconds
LONG_HOLD = 5.0
GAMMAS = ((0.010, 10.0), (0.005, 5.0))  # more than that at entry
STEADY_IV = 0.05  # of the IV at entry
LABELS = ((80.0, "excellent"), (60.0, "good"), (40.0, "fair"))
UNKNOWN = "n/a"


class Scalp(NamedTuple):
    """What is scored: points a contract in the position's favour, IV as fractions, None for unknown."""

    side: int
    profit_pct: float | None  # net, of the money that the entry cost or brought
    hold_s: float
    gamma_entry: float | None
    gamma_exit: float | None
    iv_entry: float | None
    iv_exit: float | None
    exit_gain: float | None
    worst: float | None
    best: float | None


def quality(trip: Scalp) -> QualityScore:
    """The score with its parts; a part that is unknown leaves the total unknown."""
    parts = tuple(
        QualityPart(name=name, found=UNKNOWN if points is None else found, points=points, most=most)
        for (name, most), points, found in zip(PARTS, points_of(trip), _found(trip), strict=True)
    )
    total = total_of(trip)
    return QualityScore(parts=parts, total=total, label=UNKNOWN if total is None else label(total))


def total_of(trip: Scalp) -> float | None:
    """The score alone; None when a part is unknown."""
    total = 0.0
    for points in points_of(trip):
        if points is None:
            return None
        total += points
    return total


def label(total: float) -> str:
    """excellent from 80, good from 60, fair from 40, else poor."""
    return next((word for least, word in LABELS if total >= least), "poor")


PARTS = (
    ("Profit", 30.0),
    ("Hold", 20.0),
    ("Gamma at entry", 10.0),
    ("Gamma fell", 10.0),
    ("IV", 10.0),
    ("Timing", 20.0),
)


def points_of(trip: Scalp) -> tuple[float | None, ...]:
    """What each of `PARTS` has earned."""
    before, after = trip.gamma_entry, trip.gamma_exit
    return (
        _over(trip.profit_pct, PROFITS),
        next((points for less, points in HOLDS if trip.hold_s < less), LONG_HOLD),
        _over(before, GAMMAS),
        None if before is None or after is None else 10.0 if after < before else 0.0,
        _volatility(trip),
        _timing(trip),
    )


def _over(value: float | None, steps: tuple[tuple[float, float], ...]) -> float | None:
    return None if value is None else next((points for more, points in steps if value > more), 0.0)


def _volatility(trip: Scalp) -> float | None:
    """Long positions gain by a rise of IV, short ones by a fall; `|ΔIV| < 5 %` is taken of the IV at entry."""
    if trip.iv_entry is None or trip.iv_exit is None:
        return None
    moved = trip.iv_exit - trip.iv_entry
    return 10.0 if moved * trip.side > 0.0 else 5.0 if abs(moved) < STEADY_IV * trip.iv_entry else 0.0


def _timing(trip: Scalp) -> float | None:
    """Where in the range of its P&L path it was left; the exit itself belongs to the path."""
    if trip.exit_gain is None or trip.worst is None or trip.best is None:
        return None
    worst, best = min(trip.worst, trip.exit_gain), max(trip.best, trip.exit_gain)
    return 20.0 * ((trip.exit_gain - worst) / (best - worst)) if best > worst else 10.0


def _found(trip: Scalp) -> tuple[str, ...]:
    """What was looked at, in words."""
    iv, gamma = (trip.iv_entry, trip.iv_exit), (trip.gamma_entry, trip.gamma_exit)
    return (
        f"{trip.profit_pct or 0.0:+.2f} % net",
        f"{trip.hold_s:.0f} s",
        f"{gamma[0] or 0.0:.4f}",
        f"{gamma[0] or 0.0:.4f} to {gamma[1] or 0.0:.4f}",
        f"{100 * (iv[0] or 0.0):.1f} to {100 * (iv[1] or 0.0):.1f} %",
        f"left at {trip.exit_gain or 0.0:+.2f} of {trip.worst or 0.0:+.2f} to {trip.best or 0.0:+.2f}",
    )
