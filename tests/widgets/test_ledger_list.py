"""The newest line is on top, reading further down keeps its place, and filters leave lines out."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from cockpit.frame import LedgerPart
from tests.widgets import frames, frames_lists
from widgets.lists import ledger_list
from widgets.lists.ledger_list import KINDS, LedgerList
from widgets.paint.theme import Look

ZONE = "Asia/Kolkata"


@pytest.fixture
def ledger(qtbot: QtBot, look: Look) -> Iterator[LedgerList]:
    made = LedgerList(look)
    made.resize(1_010, made.height_for(5))
    made.show()
    yield made
    Shiboken.delete(made)


def texts(ledger: LedgerList) -> list[str]:
    return [line.part.text for line in ledger.seen]


def again(lines: tuple[LedgerPart, ...]) -> tuple[LedgerPart, ...]:
    """Equal lines that are other objects, as every frame brings them."""
    return tuple(replace(line) for line in lines)


def test_the_newest_line_is_on_top_and_every_line_comes_once(ledger: LedgerList) -> None:
    first = frames_lists.more_lines(30)
    ledger.show_lines(first, ZONE)
    assert texts(ledger)[:2] == ["line 29", "line 28"]
    tail = (*again(first[10:]), *frames_lists.more_lines(4, start=30))
    ledger.show_lines(tail, ZONE)
    assert texts(ledger) == [f"line {i}" for i in reversed(range(34))]


def test_lines_that_no_frame_has_any_more_stay(ledger: LedgerList, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_list, "KEPT", 50)
    monkeypatch.setattr(ledger_list, "DROPPED", 10)
    for start in range(0, 60, 6):
        ledger.show_lines(frames_lists.more_lines(6, start=start), ZONE)
    assert texts(ledger)[0] == "line 59"
    assert len(texts(ledger)) == 44 + 6
    ledger.show_lines((), ZONE)
    assert ledger.count == 0


def test_who_reads_further_down_stays_there_and_is_told(ledger: LedgerList, qtbot: QtBot) -> None:
    first = frames_lists.more_lines(60)
    ledger.show_lines(first, ZONE)
    assert not ledger._newer.isVisible()
    ledger.verticalScrollBar().setValue(5 * ledger.row_rect(0).height())
    ledger.show_lines((*again(first), *frames_lists.more_lines(7, start=60)), ZONE)
    assert ledger.part(ledger.in_sight.start).part.text == "line 54"
    assert ledger._newer.isVisible()
    assert ledger._newer.text() == "12 newer"
    qtbot.keyClick(ledger, Qt.Key.Key_Home)
    assert not ledger._newer.isVisible()
    assert ledger.part(ledger.in_sight.start).part.text == "line 66"


def test_who_is_at_the_top_sees_the_newest(ledger: LedgerList) -> None:
    ledger.show_lines(frames_lists.more_lines(60), ZONE)
    ledger.show_lines(frames_lists.more_lines(63), ZONE)
    assert ledger.part(ledger.in_sight.start).part.text == "line 62"


def test_a_chosen_line_stays_in_sight(ledger: LedgerList, qtbot: QtBot) -> None:
    ledger.show_lines(frames_lists.more_lines(60), ZONE)
    qtbot.keyClick(ledger, Qt.Key.Key_Down)
    ledger.show_lines(frames_lists.more_lines(90), ZONE)
    assert ledger.current_part is not None
    assert ledger.current_part.part.text == "line 59"
    assert ledger.current in ledger.in_sight
    assert ledger._newer.text() == "30 newer"


def test_filters_narrow_and_are_taken_off(ledger: LedgerList) -> None:
    lines = frames.ledger()
    ledger.show_lines(lines, ZONE)
    ledger.narrow_to(frames_lists.SECOND, "", "")
    assert {line.part.label for line in ledger.seen} == {frames_lists.SECOND}
    assert all(place.column.key != "label" for place in ledger.places)
    ledger.narrow_to("", "theta decay", "")
    assert {line.part.rule for line in ledger.seen} == {"theta_decay"}
    ledger.narrow_to("", "", "due")
    assert {line.part.kind for line in ledger.seen} == {"exit"}
    ledger.narrow_to("", "", "all kinds")
    assert ledger.count == len(lines)
    assert [place.column.key for place in ledger.places][2] == "label"
    assert ledger.rules == (
        "all rules",
        "human",
        "open interest reversal",
        "protective stop",
        "staged trailing stop",
        "theta decay",
    )


def test_every_kind_of_line_is_in_a_filter() -> None:
    kinds = {"hold", "exit", "adjust", "blind", "idle", "decision", "fill", "stop", "command", "alert", "refused"}
    assert kinds == {kind for group in KINDS.values() for kind in group}
