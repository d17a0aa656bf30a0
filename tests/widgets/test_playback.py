"""Speeds, and slowing down while a human may object."""

import pytest

from tests.widgets.conftest import FakePlayback
from tests.widgets.frames import pending
from widgets.playback import SPEEDS, SlowWhilePending, next_speed


@pytest.mark.parametrize(
    ("speed", "steps", "wanted"),
    [(60.0, 1, 120.0), (60.0, -1, 30.0), (45.0, 1, 60.0), (45.0, -1, 30.0), (1.0, -1, 1.0), (1000.0, 1, 1000.0)],
)
def test_the_next_speed(speed: float, steps: int, wanted: float) -> None:
    assert next_speed(speed, steps) == wanted


def test_as_fast_as_it_goes_comes_down_to_the_fastest_step() -> None:
    assert next_speed(float("inf"), -1) == SPEEDS[-1]


@pytest.mark.parametrize("waits", ["countdown", "confirm"])
def test_a_decision_slows_down_and_gives_the_speed_back(waits: str) -> None:
    playback = FakePlayback(60.0)
    slow = SlowWhilePending(playback)
    slow.watch((pending(waits=waits),))
    assert (playback.speed, slow.before) == (1.0, 60.0)
    slow.watch((pending(waits=waits),))
    slow.watch(())
    assert (playback.speed, slow.before) == (60.0, None)


def test_a_blind_decision_waits_for_data_not_for_a_human() -> None:
    playback = FakePlayback(60.0)
    SlowWhilePending(playback).watch((pending(waits="blind"),))
    assert playback.speed == 60.0


def test_a_speed_that_was_chosen_meanwhile_stays() -> None:
    playback = FakePlayback(60.0)
    slow = SlowWhilePending(playback)
    slow.watch((pending(),))
    slow.chosen()
    playback.set_speed(2.0)
    slow.watch((pending(),))
    assert (playback.speed, slow.before) == (2.0, None)
    slow.watch(())
    assert playback.speed == 2.0
    slow.watch((pending(),))
    assert (playback.speed, slow.before) == (1.0, 2.0)


def test_switched_off_it_leaves_the_speed_alone() -> None:
    playback = FakePlayback(60.0)
    slow = SlowWhilePending(playback)
    slow.watch((pending(),))
    slow.on = False
    slow.watch((pending(),))
    assert playback.speed == 60.0
    slow.watch((pending(),))
    assert playback.speed == 60.0
