"""The smile: out of the money on both sides, near the spot, and read out by key."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.widgets import frames_market
from widgets.chain.smile_strip import NEAR, SmileStrip, points_of
from widgets.paint.theme import Look


@pytest.fixture
def strip(look: Look, qtbot: QtBot) -> SmileStrip:
    made = SmileStrip(look)
    qtbot.addWidget(made)
    made.resize(320, 300)
    made.show()
    return made


def test_puts_lie_below_the_spot_and_calls_above() -> None:
    points = points_of(frames_market.chain())
    assert len(points) == 2 * NEAR
    assert all((side == "put") == (strike <= 26_162.4) for strike, _, side in points)
    assert 26_350.0 not in [strike for strike, _, _ in points]  # its volatility is unknown


def test_without_a_spot_there_is_no_side() -> None:
    assert points_of(frames_market.chain(spot=None)) == ()
    assert points_of(None) == ()


def test_it_does_not_follow_every_tick(strip: SmileStrip) -> None:
    part = frames_market.chain()
    strip.show_chain(part, 10.0)
    strip.show_chain(replace(part, rows=part.rows[:20]), 10.1)
    assert strip.count() == 2 * NEAR
    strip.show_chain(replace(part, rows=part.rows[:20]), 10.5)
    assert strip.count() == NEAR
    strip.show_chain(None, 10.6)
    assert strip.count() == 0
    strip.grab()


def test_keys_read_the_points_out_from_the_spot(strip: SmileStrip, qtbot: QtBot) -> None:
    strip.show_chain(frames_market.chain(), 10.0)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert strip.accessibleDescription().startswith("26\u202f150 put: 1")
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert strip.accessibleDescription().startswith("26\u202f200 call: 1")
    strip.grab()
    assert strip.index_at(1_000.0) is None
    assert strip.index_at(14.0) == 0
