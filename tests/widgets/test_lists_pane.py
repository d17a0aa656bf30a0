"""The tabs of the lists: counts, one search for all of them, and what Enter on a row asks for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from tests.widgets import frames, frames_lists
from widgets.lists.lists_pane import ALERTS, ANY_RULE, CLOSED, CONFLICTS, LEDGER, LOG, ORDERS, THIS_POSITION, ListsPane
from widgets.paint.theme import Look


@pytest.fixture
def pane(qtbot: QtBot, look: Look) -> Iterator[ListsPane]:
    made = ListsPane(look)
    made.resize(1_010, made.height_for(6))
    made.show()
    made.show_frame(frames_lists.frame())
    yield made
    Shiboken.delete(made)


def test_tabs_count_what_is_working_not_seen_and_closed(pane: ListsPane) -> None:
    assert pane.tabs.names == (LEDGER, ORDERS, ALERTS, CLOSED, CONFLICTS, LOG)
    counts = {ORDERS: 2, ALERTS: 2, CLOSED: 231}
    for name, count in counts.items():
        pane.tabs.choose(name)
        assert f"{name}, {count}" in pane.tabs.accessibleDescription()
    before = [pane.tabs.place_of(name) for name in pane.tabs.names]
    pane.show_frame(frames.frame())
    assert [pane.tabs.place_of(name) for name in pane.tabs.names] == before
    assert "Closed, 0" in pane.tabs.accessibleDescription()


def test_tabs_go_round(pane: ListsPane) -> None:
    pane.previous_tab()
    assert pane.log.isVisible()
    pane.next_tab()
    assert pane.ledger.isVisible()
    pane.ledger.setFocus()
    pane.next_tab()
    assert QApplication.focusWidget() is pane.orders


@pytest.mark.parametrize("name", [LEDGER, ORDERS, ALERTS, CLOSED, CONFLICTS, LOG])
def test_the_search_is_for_the_list_that_is_shown(pane: ListsPane, qtbot: QtBot, name: str) -> None:
    pane.tabs.choose(name)
    pane.search()
    assert QApplication.focusWidget() is pane.line
    qtbot.keyClicks(pane.line, "zebra")
    assert pane.lists[name].count == 0
    qtbot.keyClick(pane.line, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is pane.lists[name]
    pane.search()
    qtbot.keyClick(pane.line, Qt.Key.Key_Escape)
    assert pane.line.text() == ""
    assert pane.lists[name].count > 0 or name == LOG


def test_the_tab_key_goes_from_the_tabs_over_the_filters_to_the_list(pane: ListsPane) -> None:
    went, at = list[QWidget](), pane.tabs.nextInFocusChain()
    for _ in range(200):
        if at is pane.tabs:
            break
        if at.isVisible() and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            went.append(at)
        at = at.nextInFocusChain()
    assert went == [pane.scope, pane.rule, pane.kind, pane.line, pane.ledger]


def test_a_search_goes_with_the_reader_to_the_next_tab(pane: ListsPane) -> None:
    pane.line.setText("BANKNIFTY")
    pane.next_tab()
    assert {order.label for order in pane.orders.seen} == {frames_lists.SECOND}


def test_chips_narrow_the_ledger(pane: ListsPane, qtbot: QtBot) -> None:
    everything = pane.ledger.count
    pane.scope.choose(THIS_POSITION)
    assert {line.part.label for line in pane.ledger.seen} == {frames_lists.FIRST}
    watched = frames.positions()[2]
    made = frames_lists.frame()
    assert made.detail is not None
    pane.show_frame(replace(made, detail=replace(made.detail, position=watched)))
    assert {line.part.label for line in pane.ledger.seen} == {frames_lists.SECOND}
    qtbot.mouseClick(pane.rule, Qt.MouseButton.LeftButton)
    offered = {action.text(): action for action in pane.rule.menu.actions()}
    assert list(offered) == [ANY_RULE, *pane.ledger.rules]
    pane.scope.choose("all positions")
    offered["theta decay"].trigger()
    pane.rule.menu.close()
    assert {line.part.rule for line in pane.ledger.seen} == {"theta_decay"}
    pane.rule.choose(ANY_RULE)
    pane.kind.choose("fills")
    assert {line.part.kind for line in pane.ledger.seen} == {"fill"}
    pane.kind.choose("all kinds")
    assert pane.ledger.count == everything


def test_enter_on_a_line_wants_its_position_or_its_round_trip(pane: ListsPane, qtbot: QtBot) -> None:
    positions, trips = list[str](), list[str]()
    pane.position_wanted.connect(positions.append)
    pane.trip_wanted.connect(trips.append)
    pane.ledger.set_current(1)
    qtbot.keyClick(pane.ledger, Qt.Key.Key_Return)
    assert positions == ["P0003"]
    pane.tabs.choose(ORDERS)
    pane.orders.set_current(1)
    qtbot.keyClick(pane.orders, Qt.Key.Key_Return)
    assert positions == ["P0003", "P0001"]
    pane.show_frame(frames_lists.frame(positions=(), closed=(frames_lists.trip("P0001"),)))
    pane.orders.set_current(1)
    qtbot.keyClick(pane.orders, Qt.Key.Key_Return)
    pane.tabs.choose(CLOSED)
    qtbot.mouseDClick(pane.closed.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 32))
    assert trips == ["P0001", "P0001"]


def test_alerts_are_acknowledged_one_by_one_or_all(pane: ListsPane, qtbot: QtBot) -> None:
    asked = list[str | None]()
    pane.acknowledge_wanted.connect(asked.append)
    pane.tabs.choose(ALERTS)
    pane.alerts.set_current(1)
    qtbot.keyClick(pane.alerts, Qt.Key.Key_Return)
    pane.alerts.set_current(3)  # has been seen
    qtbot.keyClick(pane.alerts, Qt.Key.Key_Return)
    pane.acknowledge.click()
    assert asked == ["A3", None]


def test_the_head_says_what_a_list_comes_to(pane: ListsPane) -> None:
    pane.tabs.choose(CLOSED)
    assert pane._note.accessibleName() == "231 closed, net −4\u202f200 ₹"
    pane.tabs.choose(CONFLICTS)
    assert pane._note.accessibleName() == "NIFTY 26150 C at 10:07:41"
    pane.tabs.choose(LOG)
    assert pane._note.accessibleName() == ""


def test_a_narrow_head_holds_every_tab_and_gives_way_to_a_search(pane: ListsPane, look: Look) -> None:
    look.set_width(1_280)
    pane.resize(796, 100)
    pane.set_measures()
    QApplication.processEvents()
    assert pane.minimumSizeHint().width() <= 796
    assert pane.tabs.width() >= pane.tabs.place_of(LOG).right()
    assert (pane.line.width(), pane.kind.isVisible()) == (26, True)
    pane.search()
    assert (pane.line.width(), pane.kind.isVisible()) == (132, False)
    pane.line.left.emit()
    assert pane.kind.isVisible()
