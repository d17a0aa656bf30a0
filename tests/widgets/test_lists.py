"""Orders, alerts, round trips, conflicts and the log: the order of their rows, and what their cells say."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from cockpit.domain.order import TRANSITIONS
from tests.widgets import frames_lists
from widgets.lists.alerts_list import AlertsList
from widgets.lists.closed_list import ClosedList, ended_by
from widgets.lists.log_list import MOST_LINES, LogList, LogTail
from widgets.lists.orders_list import STATES, OrdersList, state_of
from widgets.paint.theme import Look
from widgets.parts.part_table import PartTable
from widgets.rules.conflict_view import ConflictView

ZONE = "Asia/Kolkata"


@pytest.fixture
def lists(qtbot: QtBot, look: Look) -> Iterator[list[PartTable[object]]]:
    made: list[PartTable[object]] = []
    yield made
    for each in made:
        Shiboken.delete(each)


def words(table: PartTable[object], key: str) -> list[str]:
    column = next(column for column in table._all if column.key == key)
    return [table.cell_of(part, column).words for part in table.seen]


def test_working_orders_are_on_top_then_the_newest(lists: list[object], look: Look) -> None:
    orders = OrdersList(look)
    lists.append(orders)
    orders.show_orders(frames_lists.orders(), ZONE)
    assert [order.ref for order in orders.seen] == ["X6", "X2", "X7", "X5", "X4", "X3", "E1"]
    assert words(orders, "state")[:2] == ["sending", "part filled"]
    assert words(orders, "filled")[1] == "65 of 195"
    assert words(orders, "cause")[:3] == ["you: reduce", "OI reversal", "Staged trail"]
    assert orders.grab().height() > 0


def test_every_state_of_an_order_has_words() -> None:
    assert set(TRANSITIONS) <= set(STATES)
    strange = frames_lists.order("X", state="held_by_broker", is_working=True)
    assert state_of(strange) == ("leaving", "held by broker")


def test_alerts_say_how_bad_they_are_and_who_has_seen_them(lists: list[object], look: Look) -> None:
    alerts = AlertsList(look)
    lists.append(alerts)
    alerts.show_alerts(frames_lists.alerts(), ZONE)
    assert words(alerts, "severity") == ["critical", "warning", "warning", "info"]
    assert words(alerts, "state") == ["not seen: Enter", "not seen: Enter", "resolved", "seen"]
    assert [alerts.ground_of(alert) for alert in alerts.seen] == ["warnbg", "", "", ""]
    assert words(alerts, "text")[2] == "the broker answered after −1.4 s"


def test_round_trips_say_what_they_came_to(lists: list[object], look: Look) -> None:
    closed = ClosedList(look)
    lists.append(closed)
    closed.show_trips(frames_lists.trips(), ZONE)
    assert [trip.id for trip in closed.seen] == ["P0009", "P0008", "P0007"]
    assert words(closed, "net") == ["0.00", "+1\u202f521.40", "−1\u202f112.00"]
    assert words(closed, "exit")[0] == "n/a"
    assert words(closed, "hold")[0] == "7:12"
    assert words(closed, "side")[:2] == ["short 130", "long 130"]
    said = [ended_by(trip) for trip in frames_lists.trips()]
    assert said == ["protective stop · stop reached", "staged trailing stop · stop reached", "you: close"]


def test_the_winner_of_a_conflict_is_on_top(lists: list[object], look: Look) -> None:
    view = ConflictView(look)
    lists.append(view)
    view.show_conflict(frames_lists.conflict())
    assert words(view, "outcome") == ["counts down", "lost", "vetoed", "only advises"]
    assert words(view, "rule")[0] == "Open interest reversal"
    assert words(view, "why")[1] == "suppressed by open interest reversal, the earlier full exit"
    view.show_conflict(())
    view.set_current(None)
    assert "winner" in view.accessibleDescription()


def test_the_log_takes_records_of_any_thread_and_keeps_the_last(lists: list[object], look: Look) -> None:
    log = LogList(look)
    lists.append(log)
    logger = logging.getLogger("tests.of.the.log")
    logger.setLevel(logging.INFO)
    logger.addHandler(log.tail)
    threads = [threading.Thread(target=lambda: [logger.info("row %d", i) for i in range(400)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.show_log(frames_lists.AT_NS, ZONE)
    assert log.count == MOST_LINES
    assert words(log, "text")[0] == "row 399"
    logger.warning("broker\nlate")
    log.show_log(frames_lists.AT_NS, ZONE)
    assert (words(log, "level")[0], words(log, "text")[0]) == ("warning", "broker late")
    logger.removeHandler(log.tail)
    assert log.count == MOST_LINES


def test_answers_and_errors_are_in_the_log(lists: list[object], look: Look) -> None:
    log = LogList(look)
    lists.append(log)
    log.note(frames_lists.AT_NS, "one lot cannot be split", "refused")
    log.note(frames_lists.AT_NS, "Veto of exhaustion", "said")
    assert words(log, "level") == ["accepted", "refused"]
    try:
        raise OSError("disk full")
    except OSError:
        record = logging.LogRecord("cockpit", logging.ERROR, "", 0, "journal", (), sys.exc_info())
    log.tail.handle(record)
    log.show_log(frames_lists.AT_NS, ZONE)
    assert words(log, "text")[0] == "journal: OSError: disk full"


def test_a_record_that_cannot_be_worded_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    tail, failed = LogTail(), list[logging.LogRecord]()
    monkeypatch.setattr(tail, "handleError", failed.append)
    record = logging.LogRecord("cockpit", logging.INFO, "", 0, "%d rows", ("many",), None)
    tail.handle(record)
    assert failed == [record]
    assert tail.take() == []
