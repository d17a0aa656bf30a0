"""Playing: the pace, slowly while a decision asks, and back."""

import asyncio
from collections.abc import Callable

import pytest

from cockpit.events import Batch, Heartbeat
from cockpit.feeds.player import FASTEST, Player

APART_NS = 1_000  # of events: nobody waits for it at any speed


class Played:
    """Events 0 to 9, of which some ask; the speed just before and the one after each of them."""

    def __init__(self, *asking: int, speed: float = FASTEST) -> None:
        self.asking, self.newest = asking, -1
        self.acts: dict[int, Callable[[], None]] = {}  # of the other thread, while that event is taken
        self.speeds: list[float] = []
        self.ended = False
        self.player = Player(
            iter([Heartbeat(i * APART_NS) for i in range(10)]),
            speed=speed,
            on_end=self.end,
            asks=lambda: self.newest in self.asking,
        )
        self.player.slows = True

    def end(self) -> None:
        self.ended = True

    def push(self, event: Batch | Heartbeat) -> None:
        self.newest = event.at_ns // APART_NS
        self.speeds.append(self.player.speed)
        self.acts.get(self.newest, lambda: None)()

    def play(self) -> list[float]:
        asyncio.run(asyncio.wait_for(self.player.run(self.push), 20.0))
        assert self.ended
        return self.speeds


@pytest.mark.parametrize("speed", [2.0, 1_000.0, FASTEST])
def test_what_asks_slows_from_the_next_event_on_and_gives_the_speed_back(speed: float) -> None:
    assert Played(3, 4, 5, speed=speed).play() == [speed] * 4 + [1.0] * 3 + [speed] * 3


def test_nothing_is_made_faster() -> None:
    assert Played(3, speed=1.0).play() == [1.0] * 10


def test_a_speed_that_is_chosen_while_something_asks_stays_and_the_next_decision_slows_again() -> None:
    played = Played(2, 3, 4, 7)
    played.acts[3] = lambda: played.player.set_speed(500.0)
    assert played.play() == [FASTEST] * 3 + [1.0] + [500.0] * 4 + [1.0] + [500.0]


def test_switched_off_it_plays_on() -> None:
    played = Played(2, 3, 4, 5)
    played.acts[3] = lambda: setattr(played.player, "slows", False)
    assert played.play() == [FASTEST] * 3 + [1.0] + [FASTEST] * 6


def test_without_a_window_nothing_slows() -> None:
    played = Played(2, 3)
    played.player.slows = False
    assert played.play() == [FASTEST] * 10


def test_the_speed_that_comes_back_is_told() -> None:
    played = Played(2, 3)
    told: list[float | None] = []
    played.acts = {i: lambda: told.append(played.player.before) for i in range(10)}
    played.play()
    assert told == [None] * 3 + [FASTEST] * 2 + [None] * 5


def test_a_new_pace_is_counted_from_now() -> None:
    """A pace with an anchor of long ago would let the session jump."""
    played = Played(speed=1.0)
    seen: list[object] = []

    class Watched(Player):
        def __setattr__(self, name: str, value: object) -> None:
            if name == "_speed" and "_anchor" in self.__dict__:
                seen.append(self._anchor)
            super().__setattr__(name, value)

    played.player.__class__ = Watched
    played.acts[4] = lambda: played.player.set_speed(1_000.0)
    played.play()
    assert seen == [None]
