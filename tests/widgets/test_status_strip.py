"""Feed, clock, money, cooldown and session, each in its fixed place."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor

from tests.widgets import frames
from tests.widgets.conftest import Table
from widgets.paint.theme import tokens


def top_line(table: Table) -> str:
    image = table.window.strip.grab().toImage()
    return QColor(image.pixel(image.width() // 2, 1)).name().upper()


@pytest.mark.parametrize(("badge", "token"), [("REPLAY", "replay"), ("PAPER", "paper"), ("LIVE", "live")])
def test_badge_top_line_and_title_agree(table: Table, badge: str, token: str) -> None:
    table.show(frames.frame(status=frames.status(badge=badge)))
    assert top_line(table) == tokens("dark")[token]
    assert table.window.windowTitle().startswith(f"{badge} · in_nifty_20260818_1m")


def test_the_age_of_the_feed_is_session_time(table: Table) -> None:
    table.show(frames.frame())
    assert table.window.strip.feed_age_s() == pytest.approx(0.2)
    assert "newest row 0.2 s ago" in table.window.strip.words()["feed"]
    table.show(frames.trouble())
    assert table.window.strip.feed_age_s() == pytest.approx(14.0)
    table.show(frames.frame(status=frames.status(newest_row_ns=None)))
    assert table.window.strip.feed_age_s() is None


def test_every_section_says_itself_in_words(table: Table) -> None:
    table.show(frames.frame())
    words = table.window.strip.words()
    assert words["badge"] == "A recording is played; nothing reaches a broker."
    assert "1 blind left out" in words["money"]
    assert words["session"] == "No engine gaps seen"
    table.window.strip.set_watchdog("Engine late once, at worst 31 ms")
    assert table.window.strip.words()["session"] == "Engine late once, at worst 31 ms"
    table.show(frames.trouble())
    assert table.window.strip.words()["alerts"].startswith("NIFTY 26200 P: no mark")


def test_the_session_button_says_what_the_next_press_does(table: Table) -> None:
    table.show(frames.frame())
    strip = table.window.strip
    assert (strip.session.text(), strip.session.accessibleName()) == ("Active", "halt the session")
    table.show(frames.trouble())
    assert (strip.session.text(), strip.session.accessibleName()) == ("Halted", "make the session active again")


def test_without_positions_there_is_nothing_to_flatten(table: Table) -> None:
    table.show(frames.empty())
    assert table.window.strip.flatten.toolTip() == "there is no open position, and no entry works"
    table.show(frames.frame())
    assert table.window.strip.flatten.isEnabled()


def test_a_live_feed_has_no_playback(table: Table) -> None:
    table.show(frames.frame())
    assert table.window.strip.playback.isVisible()
    table.window.set_playback(None)
    assert not table.window.strip.playback.isVisible()


@pytest.mark.parametrize("size", [(1280, 720), (1600, 1000)])
def test_sections_and_buttons_do_not_overlap(make_table: Callable[..., Table], size: tuple[int, int]) -> None:
    table = make_table(size=size)
    table.show(frames.trouble())
    strip = table.window.strip
    right = max(box.right() for box in strip._boxes.values())
    assert right <= strip.flatten.geometry().left()
    assert strip.playback.geometry().right() <= strip._boxes["playback"].right()
