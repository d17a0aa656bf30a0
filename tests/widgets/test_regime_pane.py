"""The regime in force, what speaks for it, and how long it takes to know."""

import math

import pytest
from pytestqt.qtbot import QtBot

from cockpit.market.bars import Bar
from cockpit.market.regime import RegimeClassifier
from tests.widgets import frames, frames_market
from widgets.market.regime_pane import WARM_BARS, RegimePane
from widgets.paint.theme import Look

ZONE = "Asia/Kolkata"


@pytest.fixture
def pane(look: Look, qtbot: QtBot) -> RegimePane:
    made = RegimePane(look)
    qtbot.addWidget(made)
    made.resize(640, 300)
    made.show()
    return made


def test_scores_are_known_from_the_bar_that_the_pane_names() -> None:
    classifier, price = RegimeClassifier(), 100.0
    for count in range(1, WARM_BARS + 1):
        close = price * (1 + 0.001 * math.sin(count * 1.7))
        classifier.step(Bar(count * 60.0, price, max(price, close) + 0.05, min(price, close) - 0.05, close))
        assert classifier.scores.known == (count >= WARM_BARS)
        price = close


def test_the_sentence_of_the_pane(pane: RegimePane) -> None:
    pane.show_part(frames_market.regime(trend=0.714, range=0.31, panic=0.06))
    assert pane.accessibleDescription() == "NIFTY: trend up; trend 0.71, range 0.31, panic 0.06"
    pane.show_part(frames_market.warming())
    assert pane.accessibleDescription() == "NIFTY: unknown; trend n/a, range n/a, panic n/a"
    pane.grab()
    pane.show_part(None)
    assert pane.accessibleDescription() == "n/a"
    pane.grab()


def test_the_history_as_lines_and_as_a_table(pane: RegimePane) -> None:
    pane.show_part(frames_market.regime(), origin_ns=frames.AT_NS - 5_400_000_000_000, zone=ZONE)
    assert pane.chart.count() == 90
    pane.as_table.click()
    assert pane.table.isVisible()
    assert pane.table.count == 90
    newest, oldest = pane.table.text_of(0).split("\t"), pane.table.text_of(89).split("\t")
    assert newest[0] == "10:06"
    assert oldest == ["08:37", "0.20", "0.80", "0.10"]


@pytest.mark.parametrize(("width", "beside"), [(640, True), (420, False)])
def test_a_narrow_pane_puts_the_chart_below(pane: RegimePane, width: int, beside: bool) -> None:
    pane.show_part(frames_market.regime())
    pane.resize(width, 300)
    assert (pane.chart.x() > 0) == beside
    assert pane.chart.geometry().right() <= width
    assert pane.chart.height() > 100
    pane.grab()
