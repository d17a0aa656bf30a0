"""The speeds to choose from."""

import pytest

from widgets.playback import SPEEDS, next_speed


@pytest.mark.parametrize(
    ("speed", "steps", "wanted"),
    [(60.0, 1, 120.0), (60.0, -1, 30.0), (45.0, 1, 60.0), (45.0, -1, 30.0), (1.0, -1, 1.0), (1000.0, 1, 1000.0)],
)
def test_the_next_speed(speed: float, steps: int, wanted: float) -> None:
    assert next_speed(speed, steps) == wanted


def test_as_fast_as_it_goes_comes_down_to_the_fastest_step() -> None:
    assert next_speed(float("inf"), -1) == SPEEDS[-1]
