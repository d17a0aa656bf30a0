"""The newest line is on top, and scrolling back keeps its place."""

from PySide6.QtCore import QPoint

from tests.widgets import frames
from tests.widgets.conftest import Table
from widgets.ledger_list import LedgerList


def first_seen(ledger: LedgerList) -> str:
    head = ledger._look.measures.pane_head
    return ledger.tip(QPoint(400, head + 4))


def test_the_newest_line_is_on_top(table: Table) -> None:
    made = frames.frame()
    table.show(made)
    assert first_seen(table.window.ledger) == made.ledger[-1].text
    assert made.ledger[-1].text in table.window.ledger.accessibleDescription()
    assert table.window.ledger.tip(QPoint(400, 3)) == ""


def test_who_has_scrolled_back_keeps_sight_of_the_same_line(table: Table) -> None:
    made = frames.frame(ledger=frames.ledger() * 4)
    table.show(made)
    ledger = table.window.ledger
    ledger.verticalScrollBar().setValue(5 * table.window.look.measures.ledger_row)
    seen = first_seen(ledger)
    assert seen == made.ledger[-6].text
    fresh = frames.ledger()[:3]
    table.show(frames.frame(ledger=(*made.ledger, *fresh)))
    assert first_seen(ledger) == seen


def test_who_is_at_the_top_sees_the_newest(table: Table) -> None:
    made = frames.frame()
    table.show(made)
    newer = frames.ledger()[3]
    table.show(frames.frame(ledger=(*made.ledger, newer)))
    assert first_seen(table.window.ledger) == newer.text
