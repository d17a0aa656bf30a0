"""Axes have round values, and not too many."""

import pytest

from tests.widgets.frames import AT_NS
from widgets.paint import ticks


def test_values_are_round_and_not_too_many() -> None:
    values, digits = ticks.value_ticks(63.4, 85.2, 5)
    assert values == [65.0, 70.0, 75.0, 80.0, 85.0]
    assert digits == 2
    assert ticks.value_ticks(0.0101, 0.0199, 5)[1] == 3
    assert ticks.value_ticks(1.0, 1.0, 5) == ([], 2)


def test_a_higher_axis_has_more_prices() -> None:
    assert len(ticks.price_ticks(60.0, 90.0, 500.0)[0]) > len(ticks.price_ticks(60.0, 90.0, 100.0)[0]) >= 1


@pytest.mark.parametrize(("least", "step"), [(0.3, 0.5), (1.0, 1.0), (1.1, 2.0), (6.0, 10.0), (0.021, 0.05)])
def test_steps_are_one_two_or_five(least: float, step: float) -> None:
    assert ticks.round_step(least) == pytest.approx(step)


def test_times_are_round_on_the_exchanges_clock() -> None:
    times = ticks.time_ticks(AT_NS, 0.0, 600.0, 6, "Asia/Kolkata")
    assert [word for _, word in times] == ["10:08", "10:10", "10:12", "10:14", "10:16"]
    assert times[0][0] == pytest.approx(17.2)
    assert [w for _, w in ticks.time_ticks(AT_NS, 0.0, 20.0, 4, "UTC")] == [
        "04:37:45",
        "04:37:50",
        "04:37:55",
        "04:38:00",
    ]
