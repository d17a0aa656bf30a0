"""Charts of the journal: what can be pointed at is described, and every chart says the same as a table."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from cockpit.review import Bucket
from tests.widgets.frames_review import NOTHING, report, review, rule_line
from widgets.journal.chart_pane import ChartPane
from widgets.journal.day_map import DayMap
from widgets.journal.equity_chart import EquityChart
from widgets.journal.excursion_chart import ExcursionChart
from widgets.journal.hour_bars import HourBars
from widgets.journal.report_sheet import ReportSheet
from widgets.journal.review_chart import ReviewChart
from widgets.journal.rule_evidence import RuleEvidence, verdict
from widgets.paint.theme import Look

ZONE = "Asia/Kolkata"
KINDS: tuple[Callable[[Look], ReviewChart], ...] = (
    EquityChart,
    DayMap,
    HourBars,
    ExcursionChart,
    RuleEvidence,
    ReportSheet,
)
DRAWN = KINDS[:-1]


@pytest.fixture(params=KINDS)
def chart(request: pytest.FixtureRequest, qtbot: QtBot, look: Look) -> ReviewChart:
    made: ReviewChart = request.param(look)
    qtbot.addWidget(made)
    made.resize(480, 200)
    made.show_review(review(), ZONE)
    return made


def test_the_table_has_a_row_for_everything_and_a_cell_for_every_column(chart: ReviewChart) -> None:
    rows = chart.rows()
    assert len(rows) == chart.count > 0
    assert all(len(row) == len(chart.columns) for row in rows)


def test_arrow_keys_point_at_everything_in_turn(chart: ReviewChart, qtbot: QtBot) -> None:
    said: list[str] = []
    for _ in range(chart.count + 2):
        qtbot.keyClick(chart, Qt.Key.Key_Right)
        said.append(chart.accessibleDescription())
    assert said[: chart.count] == [chart.words_of(item) for item in range(chart.count)]
    assert chart.pointed == chart.count - 1
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.pointed == max(0, chart.count - 2)


def test_enter_chooses_what_is_pointed_at(chart: ReviewChart, qtbot: QtBot) -> None:
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    with qtbot.waitSignal(chart.chosen) as chosen:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert chosen.args == [0]


def test_another_review_points_at_nothing(chart: ReviewChart) -> None:
    chart.point(0)
    chart.show_review(None, ZONE)
    assert chart.count == 0
    assert chart.pointed is None
    assert not chart.rows()
    chart.show_review(review((), report=NOTHING), ZONE)
    assert chart.count == 0
    chart.grab()


@pytest.mark.parametrize("kind", DRAWN)
def test_the_mouse_finds_what_is_drawn(kind: Callable[[Look], ReviewChart], qtbot: QtBot, look: Look) -> None:
    made = kind(look)
    qtbot.addWidget(made)
    made.resize(480, 200)
    made.show_review(review(), ZONE)
    made.grab()
    found = {made.nearest(QPointF(x, y)) for x in range(0, 480, 3) for y in range(20, 200, 3)}
    assert None in found or kind is RuleEvidence
    assert len(found - {None}) >= (1 if kind is ExcursionChart else min(made.count, 2))


def test_the_map_has_a_place_for_every_day_in_sight(qtbot: QtBot, look: Look) -> None:
    made = DayMap(look)
    qtbot.addWidget(made)
    made.resize(480, 170)
    made.show_review(review(), ZONE)
    assert [made.day(i) for i in range(3)] == ["2025-11-13", "2025-11-14", "2025-11-17"]
    assert made.words_of(0) == "Thu 13 Nov 2025   \u22122\u202f000.00   4 round trips, 1 won"
    weekend = (*report().calendar, Bucket(name="2025-11-22", count=1, winners=1, total=5.0, average=5.0))
    made.show_review(review(report=report(calendar=weekend)), ZONE)
    made.grab()
    assert made.count == 4


def test_few_round_trips_are_no_evidence() -> None:
    assert verdict(rule_line("a", clear=True)) == "clear of 0"
    assert verdict(rule_line("a", clear=False)) == "≈ 45 more"


def test_a_pane_shows_a_chart_or_its_table(qtbot: QtBot, look: Look) -> None:
    pane = ChartPane(look, (("Hours", HourBars(look)), ("Report", ReportSheet(look))))
    qtbot.addWidget(pane)
    pane.resize(480, 200)
    pane.show()
    pane.show_review(review(), ZONE)
    assert pane.chart.isVisible()
    pane.as_table.click()
    assert pane.table.isVisible()
    assert pane.table.text_of(0).startswith("09 to 10\t200\t110\t")
    pane.as_table.click()
    assert pane.chart.isVisible()
    assert pane.tabs is not None
    pane.tabs.choose("Report")
    assert pane.table.isVisible()  # it is nothing else
    assert not pane.as_table.isVisible()
    assert pane.table.text_of(2).startswith("Win rate\t54.1 %\t95 % 49.3 to 58.9")


def test_a_row_of_the_table_can_be_chosen(qtbot: QtBot, look: Look) -> None:
    pane = ChartPane(look, (("Days", DayMap(look)),))
    qtbot.addWidget(pane)
    pane.resize(480, 200)
    pane.show()
    pane.show_review(review(), ZONE)
    pane.as_table.click()
    with qtbot.waitSignal(pane.activated) as activated:
        pane.table.choose(1)
        qtbot.keyClick(pane.table, Qt.Key.Key_Return)
    assert activated.args == [1]


def test_a_click_chooses_a_day(qtbot: QtBot, look: Look) -> None:
    made = DayMap(look)
    qtbot.addWidget(made)
    made.resize(480, 170)
    made.show_review(review(), ZONE)
    place = next(
        QPoint(x, y) for x in range(480) for y in range(170) if made.nearest(QPointF(x + 4, y + 4)) == 2
    ) + QPoint(4, 4)
    with qtbot.waitSignal(made.chosen) as chosen:
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [2]
