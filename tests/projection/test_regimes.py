"""Scores of the regime, bar by bar."""

from tests.market_of import Line
from tests.projection.looking import detail, looked


def minutes(count: int) -> list[Line]:
    """A trend that ends in a panic, a row a minute."""
    lines: list[Line] = ["09:20:00 50 50", "09:20:00 buy 1"]
    price = 20_000.0
    for i in range(count):
        price *= 1.0005 if i < 90 else 0.992 if i % 2 else 1.001
        at = 20 + i
        lines += [f"{9 + at // 60:02d}:{at % 60:02d}:30 under {price:.2f}"]
    return lines


def test_until_they_are_warm_scores_are_unknown() -> None:
    regime = detail(looked(minutes(20))[2][-1]).regime
    assert regime is not None
    assert (regime.underlying, regime.label) == ("NIFTY", "unknown")
    assert (regime.trend, regime.range, regime.panic, regime.history) == (None, None, None, ())
    assert regime.bars == 19


def test_every_completed_bar_is_remembered_and_the_part_made_anew_with_it() -> None:
    played, _, frames = looked(minutes(100))
    parts = [frame.detail.regime for frame in frames if frame.detail is not None]
    last = parts[-1]
    assert last is not None
    assert last.bars == played.state.underlyings["NIFTY"].bars == 99
    assert None not in (last.trend, last.range, last.panic)
    assert last.history[-1][1:] == (last.trend, last.range, last.panic)
    times = [t for t, *_ in last.history]
    assert times == [times[0] + 60.0 * i for i in range(len(times))]
    assert last.label != "unknown"
    assert len({id(part) for part in parts}) == 100
