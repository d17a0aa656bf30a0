"""Frames in slices: they come to the same as a whole one, and what happens in between is not lost."""

from collections.abc import Iterator
from itertools import islice
from math import inf

import pytest

from cockpit.commands import Close, SetMode, SetSession, Watch
from cockpit.frame import Frame
from cockpit.projection.projector import Projector
from tests.market_of import Playing, play, playing, profile
from tests.projection.looking import detail, projector

APART_S = 0.0165  # of frames, sixty times a second
OPENED = [f"10:00:00 {row}" for row in ("50 50", "P 30 30", "N 70 70", "buy 10", "buy 10 P", "buy 10 N")]
NEXT = ["10:00:01 51 51", "10:00:01 P 31 31", "10:00:01 N 71 71", "10:00:02 52 52", "10:00:02 P 32 32"]


def last(slices: Iterator[Frame | None]) -> Frame:
    """The frame that the slices come to."""
    (frame,) = (each for each in slices if each is not None)
    return frame


def begun() -> tuple[Playing, Projector]:
    """Three positions, which have been looked at."""
    played = play([*OPENED, "10:00:01 50 50"])
    made = projector(played)
    made.frame()
    return played, made


def marks(frame: Frame) -> list[float | None]:
    return [part.mark for part in frame.positions]


def test_slices_come_to_the_whole_frame() -> None:
    one, other = play([*OPENED, *NEXT]), play([*OPENED, *NEXT])
    assert last(projector(one).slices(inf)) == projector(other).frame()


def test_a_row_a_slice_and_the_frame_at_the_end() -> None:
    _, made = begun()
    said = [frame is not None for frame in made.slices(inf)]
    assert said.count(True) == 1
    assert said[-1]
    assert len(said) > 3


def test_every_row_has_its_turn_within_a_tenth_of_a_second() -> None:
    played, made = begun()
    played.play(playing(["10:00:03 55 55", "10:00:03 P 33 33", "10:00:03 N 77 77"], profile("theta_decay"))[1][:1])
    seen: list[list[float | None]] = []
    while made.lags or not seen:
        seen.append(marks(last(made.slices(APART_S))))
    assert 1 < len(seen) <= 6
    assert seen[-1] == marks(made.frame())
    assert seen[0] != seen[-1]
    assert not made.lags


def test_after_a_pause_all_rows_have_their_turn_at_once() -> None:
    played, made = begun()
    played.play(playing(["10:00:03 55 55", "10:00:03 P 33 33", "10:00:03 N 77 77"])[1][:1])
    assert marks(last(made.slices(0.25))) == marks(made.frame())


def test_nothing_lags_without_positions() -> None:
    made = projector(play(["10:00:00 50 50"]))
    last(made.slices(APART_S))
    assert not made.lags


def test_an_end_that_no_frame_has_shown_lags() -> None:
    _, made = begun()
    assert not made.lags
    made.ended = True
    assert made.lags
    assert last(made.slices(APART_S)).ended
    assert not made.lags


@pytest.mark.parametrize("after", range(5))
def test_what_changes_between_two_slices_is_in_the_frame(after: int) -> None:
    played, made = begun()
    slices = made.slices(inf)
    for _ in range(after):
        assert next(slices) is None
    played.command(SetMode(position="P", mode="observe"))
    played.command(Watch(position="P0002"))
    frame = last(slices)
    assert [part.mode for part in frame.positions] == ["auto", "observe", "auto"]
    assert detail(frame).position.mode == "observe"
    assert frame == made.frame()


@pytest.mark.parametrize("after", range(5))
def test_who_closes_between_two_slices_is_gone(after: int) -> None:
    played, made = begun()
    slices = made.slices(inf)
    for _ in range(after):
        assert next(slices) is None
    played.command(Close(position="C"))
    frame = last(slices)
    assert [part.symbol for part in frame.positions] == ["P", "N"]
    assert detail(frame).position.symbol == "P"
    assert [order.purpose for order in frame.orders].count("exit") == 1
    assert len(frame.closed) == 1


def test_a_halt_between_two_slices_shows_in_all_rows() -> None:
    played, made = begun()
    slices = made.slices(APART_S)
    assert next(slices) is None
    played.command(SetSession(state="halted"))
    assert [part.state for part in last(slices).positions] == ["observe"] * 3


@pytest.mark.parametrize("after", range(8))
def test_slices_that_are_left_lose_nothing(after: int) -> None:
    played, made = begun()
    played.command(SetMode(position="N", mode="observe"))
    left = made.slices(APART_S)
    for _ in islice(left, after):
        pass
    frame = made.frame()
    assert [part.mode for part in frame.positions] == ["auto", "auto", "observe"]
    assert frame == made.frame()


def test_what_comes_after_the_rows_had_their_turn_lags() -> None:
    played, made = begun()
    slices = made.slices(inf)
    for _ in range(4):
        assert next(slices) is None
    played.play(playing(["10:00:03 55 55", "10:00:03 P 33 33", "10:00:03 N 77 77"], profile("theta_decay"))[1][:1])
    early = last(slices)
    assert made.lags
    assert marks(last(made.slices(inf))) == marks(made.frame()) != marks(early)
    assert not made.lags


@pytest.mark.parametrize("after", [1, 2])
def test_rows_of_slices_that_are_left_keep_their_turn(after: int) -> None:
    played, made = begun()
    played.play(playing(["10:00:03 55 55", "10:00:03 P 33 33", "10:00:03 N 77 77"], profile("theta_decay"))[1][:1])
    for _ in range(3):
        assert list(islice(made.slices(0.05), after)) == [None] * after  # two rows a frame
    while made.lags:
        frame = last(made.slices(APART_S))
    assert marks(frame) == marks(made.frame())
