"""A mark that has moved is tinted for a moment, and never so that it would glare."""

from dataclasses import replace

import pytest

from cockpit.frame import PositionPart
from tests.widgets import frames
from widgets.paint.tints import FADES_S, PAUSE_S, Tints

ROWS = frames.positions()


def moved(rows: tuple[PositionPart, ...], *ids: str) -> tuple[PositionPart, ...]:
    """The same rows but for the marks of some."""
    return tuple(replace(row, mark=(row.mark or 50.0) + 1) if row.id in ids else row for row in rows)


def test_a_tick_tints_its_mark_and_fades() -> None:
    tints = Tints()
    tints.moved(ROWS, moved(ROWS, "P0001"), 10.0)
    assert tints.of("P0001") == (1.0, pytest.approx(1.0))
    assert tints.of("P0003")[0] == 0.0
    tints.advance(10.0 + FADES_S / 2)
    assert tints.of("P0001")[0] == pytest.approx(0.5)
    tints.advance(10.0 + FADES_S)
    assert tints.of("P0001")[0] == pytest.approx(0.0, abs=1e-9)
    assert tints.any
    tints.advance(11.0)
    assert not tints.any


def test_a_rising_premium_is_not_in_a_shorts_favour() -> None:
    tints = Tints()
    tints.moved(ROWS, moved(ROWS, "P0005"), 10.0)
    assert tints.of("P0005")[1] < 0.0


def test_nothing_is_tinted_when_nearly_everything_moves() -> None:
    tints = Tints()
    tints.moved(ROWS, moved(ROWS, "P0001", "P0003", "P0004", "P0005"), 10.0)
    assert not tints.any


def test_a_mark_is_tinted_at_most_four_times_a_second() -> None:
    tints = Tints()
    once = moved(ROWS, "P0001")
    tints.moved(ROWS, once, 10.0)
    tints.moved(once, moved(once, "P0001"), 10.1)
    assert tints.of("P0001")[0] == pytest.approx(0.75)
    tints.moved(once, moved(once, "P0001"), 10.0 + PAUSE_S + 0.001)
    assert tints.of("P0001")[0] == 1.0


def test_what_became_known_or_unknown_is_no_move() -> None:
    tints = Tints()
    blind = (replace(ROWS[0], mark=None), *ROWS[1:])
    tints.moved(ROWS, blind, 10.0)
    tints.moved(blind, ROWS, 11.0)
    assert not tints.any
