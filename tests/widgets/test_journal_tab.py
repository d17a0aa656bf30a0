"""The journal tab: it asks elsewhere, shows what it is told, and keeps what a human chose."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from cockpit.domain.errors import BadInput
from cockpit.review import Stopped, TripFilter
from tests.widgets.frames_review import OPENED, Elsewhere, Memory, still_open, trip
from widgets.journal.journal_tab import JournalTab
from widgets.paint.theme import COMPACT, Look

Make = Callable[..., JournalTab]


@pytest.fixture
def make(qtbot: QtBot, look: Look) -> Iterator[Make]:
    """Makes tabs of 1544 x 860 that have not read anything."""
    made: list[JournalTab] = []

    def tab(reader: Memory, elsewhere: Elsewhere | None = None, size: tuple[int, int] = (1544, 860)) -> JournalTab:
        made.append(JournalTab(look, reader, (elsewhere or Elsewhere()).submit, now_ns=lambda: OPENED))
        made[-1].resize(*size)
        made[-1].show()
        return made[-1]

    yield tab
    for each in made:
        each.close_reader()
        each.hide()
        Shiboken.delete(each)


def cell(tab: JournalTab, row: int, key: str) -> str:
    keys = [place.column.key for place in tab.table.places]
    return tab.table.text_of(row).split("\t")[keys.index(key)]


def settle(qtbot: QtBot, tab: JournalTab) -> None:
    """Let the filter's pause pass."""
    with qtbot.waitSignal(tab.filters.changed):
        pass


def test_it_asks_for_nothing_before_it_is_told_to(make: Make) -> None:
    reader = Memory()
    make(reader)
    assert reader.asked == []


def test_it_shows_the_rows_the_figures_and_the_newest_story(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    assert reader.asked == [(TripFilter(), "opened", True)]
    assert tab.table.count == 12
    assert cell(tab, 0, "symbol") == "NIFTY 26050 C 18 Nov"
    assert cell(tab, 0, "net") == "+1\u202f521.40"
    assert tab.kpis.shown[0].value == "412"
    assert tab.table.current == 0
    assert tab.detail.story is not None
    assert tab.detail.story.trip.id == "P0001"
    assert tab.panes.days.count == 3


def test_another_row_is_told_and_the_same_one_only_once(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    tab.table.choose(4)
    tab.table.choose(4)
    assert reader.told == ["S0001/P0001", "S0001/P0005"]
    assert tab.detail.story is not None
    assert tab.detail.story.trip.id == "P0005"


def test_a_reload_keeps_the_chosen_round_trip(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    tab.table.choose(2)
    reader.rows = (trip(90), *reader.rows)
    tab.reload()
    assert tab.table.current == 3
    assert reader.told[-1] == "S0001/P0003"


def test_an_open_one_is_read_again(make: Make) -> None:
    reader = Memory((still_open(),))
    tab = make(reader)
    tab.reload()
    tab.reload()
    assert reader.told == ["S0001/P0001"] * 2
    assert cell(tab, 0, "net") == "open"


def test_while_it_reads_it_asks_only_once_more(make: Make, qtbot: QtBot) -> None:
    reader, elsewhere = Memory(), Elsewhere(at_once=False)
    tab = make(reader, elsewhere)
    for _ in range(5):
        tab.reload()
    assert len(elsewhere.waiting) == 1
    elsewhere.at_once = True
    elsewhere.work()
    qtbot.waitUntil(lambda: len(reader.asked) == 2)
    assert tab.table.count == 12


def test_a_slow_read_can_be_cancelled(make: Make, qtbot: QtBot) -> None:
    reader, elsewhere = Memory(), Elsewhere(at_once=False)
    tab = make(reader, elsewhere)
    tab.reload()
    qtbot.waitUntil(tab.cancel.isVisible)
    tab.cancel.click()
    assert reader.interrupts == 1
    reader.raises.append(Stopped())
    elsewhere.work()
    assert not tab.cancel.isVisible()
    assert tab.again.isVisible()
    assert "Stopped by you" in tab.filters.accessibleDescription()


def test_what_cannot_be_read_is_said_and_can_be_tried_again(make: Make, qtbot: QtBot) -> None:
    reader = Memory()
    reader.raises.append(BadInput("The journal x is damaged: restore a backup."))
    tab = make(reader)
    with qtbot.waitSignal(tab.said) as said:
        tab.reload()
    assert said.args == ["The journal x is damaged: restore a backup."]
    assert tab.table.count == 0
    tab.again.click()
    assert tab.table.count == 12


def test_a_failed_reload_leaves_what_is_shown(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    reader.raises.append(BadInput("locked"))
    tab.reload()
    assert tab.table.count == 12


def test_a_story_that_cannot_be_told_says_why(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    reader.raises.append(BadInput("it is gone"))
    tab.table.choose(3)
    assert tab.detail.story is None
    assert tab.detail.accessibleDescription() == "it is gone"


def test_an_empty_journal_says_what_fills_it(make: Make) -> None:
    tab = make(Memory(()))
    tab.reload()
    tab.table.setFocus()
    assert "No round trips yet" in tab.table.accessibleDescription()
    assert [figure.value for figure in tab.kpis.shown] == ["0", *["n/a"] * 6]


def test_words_filter_after_a_pause_and_nothing_found_is_said(make: Make, qtbot: QtBot) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    qtbot.keyClicks(tab.filters.search, "no such")
    settle(qtbot, tab)
    assert reader.asked[-1][0].text == "no such"
    assert tab.table.count == 0
    tab.table.setFocus()
    assert "No round trip agrees" in tab.table.accessibleDescription()
    assert tab.clear.isVisible()
    tab.clear.click()
    settle(qtbot, tab)
    assert tab.table.count == 12


def test_heads_sort_and_sort_the_other_way(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    for key in ("net", "net", "symbol"):
        tab.table.head_clicked.emit(key)
    assert [asked[1:] for asked in reader.asked] == [
        ("opened", True),
        ("net", True),
        ("net", False),
        ("symbol", False),
    ]


def test_every_column_has_an_order(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.columns.open()
    for action in tab.columns.menu.actions():
        tab.table.head_clicked.emit(action.data())
    tab.columns.menu.close()
    assert len({asked[1] for asked in reader.asked}) == 14


def test_a_day_in_the_map_becomes_the_filter(make: Make, qtbot: QtBot) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    tab.panes.days.setFocus()
    qtbot.keyClick(tab.panes.days, Qt.Key.Key_Left)
    qtbot.keyClick(tab.panes.days, Qt.Key.Key_Return)
    settle(qtbot, tab)
    wanted = reader.asked[-1][0]
    assert wanted.since_ns is not None
    assert wanted.until_ns is not None
    assert wanted.until_ns - wanted.since_ns == 86_400 * 10**9
    assert tab.filters.since.text() == "2025-11-17"


def test_a_rule_in_the_evidence_becomes_the_filter(make: Make, qtbot: QtBot) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    assert tab.panes.charts.tabs is not None
    tab.panes.charts.tabs.choose("Exit rules")
    tab.panes.rules.chosen.emit(1)
    settle(qtbot, tab)
    assert reader.asked[-1][0].rule == "open_interest_reversal"


def test_a_dot_chooses_its_round_trip(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    assert tab.panes.charts.tabs is not None
    tab.panes.charts.tabs.choose("MAE, MFE")
    tab.panes.dots.chosen.emit(6)
    assert tab.table.current == 6
    assert reader.told[-1] == "S0001/P0007"


def test_export_goes_elsewhere_and_says_what_was_written(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    with qtbot.waitSignal(tab.said) as said:
        tab.export.chosen.emit(tmp_path / "a.csv")
    assert reader.exported == [tmp_path / "a.csv"]
    assert said.args == ["12 round trips in a.csv"]
    reader.raises.append(BadInput("no room"))
    with qtbot.waitSignal(tab.said) as said:
        tab.export_to(tmp_path / "b.csv")
    assert said.args == ["no room"]


def test_chosen_columns_stay_at_any_width(make: Make) -> None:
    tab = make(Memory())
    tab.reload()
    tab.choose_columns(("opened", "symbol", "fees"))
    tab.resize(1000, 700)
    assert [place.column.key for place in tab.table.places] == ["opened", "symbol", "fees"]


def test_the_usual_columns_are_those_that_fit(make: Make, look: Look) -> None:
    wide = make(Memory())
    wide.reload()
    assert "excursion" in [place.column.key for place in wide.table.places]
    look.measures = COMPACT
    narrow = make(Memory(), size=(1224, 642))
    narrow.reload()
    keys = [place.column.key for place in narrow.table.places]
    assert "excursion" not in keys
    assert {"opened", "symbol", "net", "rules"} <= set(keys)
    assert not narrow.table.horizontalScrollBar().maximum()


def test_widths_do_not_change_with_values(make: Make) -> None:
    reader = Memory()
    tab = make(reader)
    tab.reload()
    before = tab.table.places
    reader.rows = tuple(trip(i, net=-12_345_678.9, label="X", rules=("a", "b", "c")) for i in range(1, 4))
    tab.reload()
    assert tab.table.places == before


def test_keys_reload_and_search(make: Make, qtbot: QtBot) -> None:
    reader = Memory()
    tab = make(reader)
    qtbot.keyClick(tab, Qt.Key.Key_F5)
    assert len(reader.asked) == 1
    qtbot.keyClick(tab, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert tab.focusWidget() is tab.filters.search
    qtbot.keyClick(tab.filters.search, Qt.Key.Key_Down)
    assert tab.focusWidget() is tab.table
    qtbot.keyClick(tab.table, Qt.Key.Key_Down)
    qtbot.keyClick(tab.table, Qt.Key.Key_Down)
    assert reader.told[-1] == "S0001/P0003"


def test_every_part_paints_in_both_themes_and_sizes(make: Make, look: Look) -> None:
    for theme in ("dark", "light"):
        look.set_theme(theme)
        for size in ((1544, 860), (1224, 642)):
            tab = make(Memory(), size=size)
            tab.reload()
            assert tab.panes.charts.tabs is not None
            for name in tab.panes.charts.tabs.names:
                tab.panes.charts.tabs.choose(name)
                tab.panes.charts.chart.point(0)
                for tabled in (False, True):
                    if tab.panes.charts.as_table.chosen != tabled:
                        tab.panes.charts.as_table.click()
                    picture = tab.grab().toImage()
                    assert picture.pixelColor(QPoint(2, 2)) == look.colour("bg1")


def test_real_threads_answer_on_the_windows_own(qtbot: QtBot, look: Look) -> None:
    reader = Memory()
    with ThreadPoolExecutor(2) as pool:
        tab = JournalTab(look, reader, pool.submit, now_ns=lambda: OPENED)
        tab.reload()
        qtbot.waitUntil(lambda: tab.detail.story is not None)
        tab.reload()
        tab.close_reader()
    Shiboken.delete(tab)
