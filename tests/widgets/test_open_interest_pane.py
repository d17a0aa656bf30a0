"""Open interest by strike: bars of three parts, a read-out, totals over time, and a table of the same values."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from pytestqt.qtbot import QtBot

from cockpit.frame import StrikePart
from tests.widgets import frames, frames_market
from widgets.market.open_interest_bars import bar_of, highest_of
from widgets.market.open_interest_pane import OpenInterestPane, strike_of
from widgets.paint import ink
from widgets.paint.theme import Look

ZONE = "Asia/Kolkata"


@pytest.fixture
def pane(look: Look, qtbot: QtBot) -> OpenInterestPane:
    made = OpenInterestPane(look)
    qtbot.addWidget(made)
    made.resize(528, 240)
    made.show()
    made.show_part(
        frames_market.open_interest(), frames.position(), origin_ns=frames.AT_NS - 4_200_000_000_000, zone=ZONE
    )
    return made


def test_what_came_is_part_of_a_bar_and_what_went_is_not() -> None:
    assert bar_of(100.0, 20.0, 200.0) == (0.4, 0.1, 0.0)
    assert bar_of(100.0, -20.0, 200.0) == (0.5, 0.0, 0.1)
    assert bar_of(100.0, None, 200.0) == (0.5, 0.0, 0.0)
    assert bar_of(100.0, 150.0, 200.0) == (0.0, 0.5, 0.0)
    assert bar_of(None, None, 200.0) is None


def test_the_tallest_bar_counts_what_has_gone() -> None:
    rows = (
        StrikePart(strike=1.0, calls=100.0, puts=None, calls_change=5.0, puts_change=None),
        StrikePart(strike=2.0, calls=90.0, puts=80.0, calls_change=-40.0, puts_change=1.0),
    )
    assert highest_of(rows) == 130.0
    assert highest_of(()) == 0.0


def test_the_strike_is_read_from_the_label() -> None:
    assert strike_of(frames.position()) == 26_150.0
    assert strike_of(frames.position(label="SPXW 6862.5 P  18 Aug")) == 6_862.5
    assert strike_of(frames.position(label="GOOG")) is None
    assert strike_of(None) is None


def test_the_sentence_of_the_pane(pane: OpenInterestPane) -> None:
    assert pane.accessibleDescription() == (
        "NIFTY 18 Aug: calls 1.84 M, puts 2.02 M contracts, put/call 1.10, max pain 26\u202f100"
    )
    pane.show_part(frames_market.unseen_strikes(), frames.position())
    assert "calls n/a, puts 2.02 M contracts, yesterday's, put/call n/a, max pain n/a" in pane.accessibleDescription()
    pane.show_part(None, None)
    assert pane.accessibleDescription() == "n/a"


def test_keys_move_the_read_out_from_the_strike_that_is_held(pane: OpenInterestPane, qtbot: QtBot) -> None:
    bars = pane.bars
    qtbot.keyClick(bars, Qt.Key.Key_Left)
    assert bars.cursor_index == 5
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    assert bars.accessibleDescription().startswith("26\u202f200: calls 300 k")
    qtbot.keyClick(bars, Qt.Key.Key_End)
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    assert bars.cursor_index == 10
    qtbot.keyClick(bars, Qt.Key.Key_Escape)
    assert bars.cursor_index is None


def test_the_mouse_reads_out_what_it_is_over(pane: OpenInterestPane, qtbot: QtBot) -> None:
    for x in (1, pane.width() - 2):
        assert pane.bars.index_at(x) is None
    qtbot.mouseMove(pane.bars, QPoint(14, 60))
    assert pane.bars.cursor_index == 0


def test_an_unknown_side_is_read_out_as_such(pane: OpenInterestPane) -> None:
    pane.show_part(frames_market.unseen_strikes(), frames.position())
    assert "calls n/a, change n/a" in pane.bars.said(3)


def test_of_many_strikes_those_around_the_spot_are_shown(pane: OpenInterestPane, qtbot: QtBot) -> None:
    pane.show_part(frames_market.many_strikes(), frames.position())
    bars = pane.bars
    window = bars.window_of_strikes()
    assert len(window) == 11
    strikes = frames_market.many_strikes().strikes
    assert strikes[window.start].strike < 26_162.4 < strikes[window.stop - 1].strike
    assert bars.index_at(13) == window.start
    for key in (Qt.Key.Key_Left, Qt.Key.Key_End):
        qtbot.keyClick(bars, key)
    assert bars.window_of_strikes().stop == 50
    qtbot.keyClick(bars, Qt.Key.Key_Home)
    assert bars.window_of_strikes().start == 0
    bars.grab()
    pane.resize(1_000, 500)
    qtbot.keyClick(bars, Qt.Key.Key_Escape)
    assert len(bars.window_of_strikes()) == 21


def test_without_a_spot_the_middle_strikes_are_shown(pane: OpenInterestPane) -> None:
    pane.show_part(replace(frames_market.many_strikes(), spot=None), None)
    window = pane.bars.window_of_strikes()
    assert (window.start, window.stop) == (20, 31)
    pane.bars.grab()


def test_the_table_has_every_value_and_its_button_brings_the_bars_back(pane: OpenInterestPane) -> None:
    pane.as_table.click()
    assert pane.table.isVisible()
    assert not pane.bars.isVisible()
    assert pane.table.count == 11
    assert pane.table.text_of(5).split("\t")[:2] == ["26\u202f150", "280\u202f000"]
    pane.as_table.click()
    assert pane.bars.isVisible()


def test_the_totals_over_time_have_their_own_read_out(pane: OpenInterestPane) -> None:
    pane.over_time.click()
    assert pane.totals.isVisible()
    assert pane.totals.count() == 70
    assert pane.totals.said(0) == "08:57:42: C 1.70 M, P 2.11 M"
    pane.as_table.click()
    assert not pane.over_time.chosen


def test_totals_without_a_series_say_so(pane: OpenInterestPane) -> None:
    pane.over_time.click()
    pane.show_part(frames_market.open_interest(series=()), frames.position())
    assert pane.totals.count() == 0
    pane.totals.grab()


def test_the_same_part_is_painted_once(pane: OpenInterestPane, monkeypatch: pytest.MonkeyPatch) -> None:
    part, row = frames_market.open_interest(), frames.position()
    pane.show_part(part, row)
    filled: list[str] = []
    monkeypatch.setattr(pane, "_fill", lambda: filled.append("again"))
    pane.show_part(part, replace(row, mark=80.0))
    assert filled == []
    pane.show_part(replace(part, calls=2e6), row)
    assert filled == ["again"]


@pytest.fixture
def captions(monkeypatch: pytest.MonkeyPatch) -> list[QRectF]:
    """Where the words of the line over the bars are painted from now on."""
    boxes: list[QRectF] = []
    text = ink.Ink.text

    def watched(self: ink.Ink, box: QRectF, words: str, **given: Any) -> None:
        width = self.look.width(words, given.get("px", 12), given.get("weight", 400))
        if box.top() < 10:
            boxes.append(QRectF(box.left() + given.get("align", 0.0) * (box.width() - width), 0, width, 10))
        text(self, box, words, **given)

    monkeypatch.setattr(ink.Ink, "text", watched)
    return boxes


@pytest.mark.parametrize("size", [(424, 150), (528, 240), (1000, 500)])
@pytest.mark.parametrize("spot", [25_910.0, 26_162.4, 26_390.0])
def test_no_word_leaves_the_bars_or_meets_another(
    pane: OpenInterestPane, size: tuple[int, int], spot: float, captions: list[QRectF]
) -> None:
    pane.resize(*size)
    for pain in (25_950.0, 26_150.0, 26_200.0, 26_350.0, None):
        pane.show_part(frames_market.open_interest(max_pain=pain, spot=spot), frames.position())
        captions.clear()
        pane.bars.grab()
        assert len(captions) >= 2
        for i, box in enumerate(captions):
            assert box.left() >= 0
            assert box.right() <= size[0]
            assert not any(box.intersects(other) for other in captions[i + 1 :])
