"""The figures over the journal."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from cockpit.review import Interval
from tests.widgets.frames_review import NOTHING, report
from widgets.journal.kpi_strip import KpiStrip, bounds, figures
from widgets.paint.theme import Look

ZONE = "Asia/Kolkata"


def test_seven_figures_with_their_intervals() -> None:
    told = {figure.caption: (figure.value, figure.below, figure.token) for figure in figures(report(), ZONE)}
    assert told == {
        "Round trips": ("412", "63 days", "t1"),
        "Net": ("+186\u202f420 ₹", "fees 14\u202f230", "profit"),
        "Win rate": ("54.1 %", "95 % 49.3 to 58.9", "t1"),
        "Expectancy": ("+452 ₹", "95 % +118 to +790", "profit"),
        "Profit factor": ("1.38", "payoff 1.17", "t1"),
        "Max drawdown": ("\u221241\u202f300 ₹", "17 Nov, 9 days", "loss"),
        "Average hold": ("6:42", "median 5:10", "t1"),
    }


def test_an_expectancy_that_is_not_clear_has_no_colour() -> None:
    made = report(average=Interval(value=12.0, low=-3.0, high=27.0))
    assert figures(made, ZONE)[3].token == "t1"


def test_what_a_sum_leaves_out_is_said() -> None:
    below = figures(report(open_left_out=2, others_left_out=1), ZONE)[1].below
    assert below == "fees 14\u202f230 · 2 open left out · 1 not in INR left out"


def test_unknown_is_said(qtbot: QtBot, look: Look) -> None:
    assert [figure.value for figure in figures(None, ZONE)] == ["n/a"] * 7
    assert [figure.value for figure in figures(NOTHING, ZONE)] == ["0", *["n/a"] * 6]
    one = replace(report(1), profit_factor=None, average=Interval(value=5.0, low=None, high=None))
    assert figures(one, ZONE)[3].below == "95 % n/a"
    assert bounds(Interval(value=5.0, low=None, high=None)) == "n/a"
    strip = KpiStrip(look)
    qtbot.addWidget(strip)
    strip.show_report(one, ZONE)
    assert "Profit factor n/a" in strip.accessibleDescription()
