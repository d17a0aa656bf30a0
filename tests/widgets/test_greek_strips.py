"""Each strip has its own height and the chart's time; unknown is a gap and the word n/a."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets import frames_selected as made
from widgets.charts.timeline import GREEKS, Timeline
from widgets.paint import format as fmt
from widgets.paint.ink import Ink
from widgets.paint.theme import Look
from widgets.selected.greek_strips import GreekStrips
from widgets.selected.greeks_page import GreeksPage

ZONE = "Asia/Kolkata"


@pytest.fixture
def strips(look: Look, qtbot: QtBot) -> GreekStrips:
    built = GreekStrips(look, Timeline())
    qtbot.addWidget(built)
    built.resize(726, 120)
    built.show()
    built.timeline.show(made.detail(), ZONE, "INR")
    built.load()
    QApplication.processEvents()
    return built


def heights(strips: GreekStrips, name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.asarray(strips.plot._curves[name].getData()[1])  # type: ignore[union-attr]


def test_every_strip_stays_in_its_own_height(strips: GreekStrips) -> None:
    for place, name in enumerate(strips.names):
        drawn = heights(strips, name)
        floor = len(strips.names) - 1 - place
        assert np.nanmin(drawn) > floor
        assert np.nanmax(drawn) < floor + 1
        assert np.isnan(drawn).any()


def test_its_newest_value_is_said(strips: GreekStrips) -> None:
    assert strips.accessibleDescription().startswith("Delta 0.5")
    assert [strip.name for strip in strips.strips] == ["delta", "theta", "oi"]


def test_other_strips_can_be_chosen(strips: GreekStrips) -> None:
    strips.choose(("iv", "gamma"))
    assert [strip.name for strip in strips.strips] == ["iv", "gamma"]
    assert heights(strips, "delta").size == 0
    with pytest.raises(ValueError, match="no strip 'rho'"):
        strips.choose(("rho",))


def test_what_is_not_known_is_na(strips: GreekStrips) -> None:
    detail = made.detail()
    gone = tuple(tuple((row[0], *[None] * 6) for row in chunk) for chunk in detail.chart.greeks)
    for greeks in (gone, ()):
        strips.timeline.show(replace(detail, chart=replace(detail.chart, greeks=greeks)), ZONE, "INR")
        assert strips.accessibleDescription() == "Delta n/a, Theta /day n/a, OI C+P n/a"
        assert strips.grab().width() == 726


def test_mouse_pans_and_points_for_all_charts(strips: GreekStrips, qtbot: QtBot) -> None:
    port = strips.plot._canvas.viewport()  # type: ignore[union-attr]
    qtbot.mouseMove(port, QPoint(300, 60))
    assert strips.timeline.pointed_share == pytest.approx(300 / 726, abs=0.01)
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    qtbot.mouseMove(port, QPoint(500, 60))
    assert not strips.timeline.span.following


def test_a_hidden_pane_is_not_drawn(strips: GreekStrips, monkeypatch: pytest.MonkeyPatch) -> None:
    strips.hide()
    drawn: list[str] = []
    monkeypatch.setattr(strips.plot, "set_curve", lambda name, *_: drawn.append(name))
    strips.timeline.pan(-0.2)
    assert drawn == []
    strips.show()
    assert "delta" in drawn


@pytest.fixture
def page(look: Look, qtbot: QtBot) -> GreeksPage:
    built = GreeksPage(look, Timeline(), ("delta", "theta", "oi"))
    qtbot.addWidget(built)
    built.resize(726, 360)
    built.show()
    return built


def test_the_page_has_all_strips_and_their_choice(page: GreeksPage, qtbot: QtBot) -> None:
    assert page.strips.names == GREEKS
    chosen: list[tuple[str, ...]] = []
    page.chosen.connect(chosen.append)
    page.switches["iv"].click()
    assert chosen == [("theta", "iv", "oi")]
    assert not page.switches["delta"].isChecked()
    page.switches["oi"].click()
    assert chosen[-1] == ("theta", "iv")
    assert page.switches["iv"].accessibleName() == "IV % under the premium"


def test_a_compact_page_has_no_choice(page: GreeksPage, look: Look) -> None:
    look.set_width(1280)
    page.set_measures()
    assert not page.switches["iv"].isVisible()


def test_a_switch_that_is_on_looks_different(page: GreeksPage) -> None:
    switch = page.switches["gamma"]
    before = switch.grab().toImage()
    switch.setChecked(True)
    assert switch.grab().toImage() != before


def test_the_page_says_when_it_is_that_is_pointed_at(page: GreeksPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page.strips.timeline.show(made.detail(), ZONE, "INR")
    page.load()
    page.strips.timeline.point(0.5)
    painted: list[str] = []
    text = Ink.text
    monkeypatch.setattr(
        Ink, "text", lambda self, box, words, **k: (painted.append(words), text(self, box, words, **k))[1]
    )
    page.grab()
    at = page.strips.timeline.pointed_s
    assert at is not None
    assert fmt.clock(page.strips.timeline.instant(at), ZONE) in painted
