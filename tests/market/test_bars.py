"""One-minute bars: edges, gaps and carried closes."""

from math import ceil, inf

from hypothesis import given
from hypothesis import strategies as st

from cockpit.market.bars import Bar, BarBuilder


def built(*seen: tuple[float, float], until: float = inf) -> list[Bar]:
    builder = BarBuilder()
    bars = [builder.observe(t, price) for t, price in seen]
    return [bar for bar in (*bars, builder.advance(until)) if bar is not None]


def test_the_first_bar_opens_at_its_first_observation() -> None:
    assert built((1.0, 10.0), (30.0, 12.0), (59.0, 9.0), (60.0, 11.0)) == [Bar(0.0, 10.0, 12.0, 9.0, 11.0)]


def test_an_observation_on_the_whole_minute_belongs_to_the_bar_that_ends_there() -> None:
    bars = built((60.0, 1.0), (60.25, 2.0), (120.0, 3.0))
    assert bars == [Bar(0.0, 1.0, 1.0, 1.0, 1.0), Bar(60.0, 1.0, 3.0, 1.0, 3.0)]


def test_a_bar_opens_at_the_close_before_it_and_its_extremes_include_that() -> None:
    assert built((10.0, 10.0), (70.0, 12.0), (80.0, 11.0))[1] == Bar(60.0, 10.0, 12.0, 10.0, 11.0)


def test_a_minute_without_an_observation_has_no_bar() -> None:
    bars = built((10.0, 10.0), (190.0, 8.0))
    assert bars == [Bar(0.0, 10.0, 10.0, 10.0, 10.0), Bar(180.0, 10.0, 10.0, 8.0, 8.0)]


def test_a_bar_is_complete_only_after_its_end() -> None:
    builder = BarBuilder()
    assert builder.end_t == inf
    builder.observe(10.0, 5.0)
    assert builder.end_t == 60.0
    assert builder.advance(60.0) is None
    assert builder.advance(60.25) == Bar(0.0, 5.0, 5.0, 5.0, 5.0)
    assert builder.advance(61.0) is None
    assert builder.end_t == inf


@given(st.lists(st.tuples(st.integers(0, 2400), st.integers(1, 500)), min_size=1, max_size=60))
def test_bars_are_what_sorting_observations_into_minutes_gives(raw: list[tuple[int, int]]) -> None:
    seen = sorted(((quarter / 4.0, float(price)) for quarter, price in raw), key=lambda s: s[0])
    minutes: dict[int, list[float]] = {}
    for t, price in seen:
        minutes.setdefault(ceil(t / 60.0), []).append(price)
    expected: list[Bar] = []
    for end, prices in minutes.items():
        entered = [expected[-1].close if expected else prices[0], *prices]
        expected.append(Bar((end - 1) * 60.0, entered[0], max(entered), min(entered), entered[-1]))
    assert built(*seen) == expected
