"""Which alerts are active, in which order, and how many that are over are remembered."""

from cockpit.commands import Acknowledge, Close
from cockpit.records import AlertRecord
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.alert_book import RESOLVED, AlertBook
from tests.market_of import play

BUY = ["10:00:00 50 50", "10:00:00 buy 100", "10:00:01 50 50"]


def alert(id: str, state: str = "active", severity: str = "warning") -> AlertRecord:
    return AlertRecord(id=id, at_ns=0, position_id=None, severity=severity, kind="blind", text=id, count=1, state=state)


def test_an_alert_that_is_raised_again_is_the_newest() -> None:
    book = AlertBook()
    for id in ("A", "B", "A"):
        book.keep(alert(id))
    assert list(book) == list(book.active) == ["B", "A"]


def test_only_active_ones_count() -> None:
    book = AlertBook()
    for id in ("A", "B", "C"):
        book.keep(alert(id, severity="critical"))
    book.keep(alert("A", "acknowledged", "critical"))
    book.keep(alert("C", "resolved", "critical"))
    assert list(book.active) == list(book.critical) == ["B"]
    assert list(book) == ["A", "B", "C"]
    assert book.version == 5


def test_of_resolved_ones_the_newest_are_kept() -> None:
    book = AlertBook()
    book.keep(alert("stands"))
    for i in range(RESOLVED + 50):
        book.keep(alert(f"{i}"))
        book.keep(alert(f"{i}", "resolved"))
    assert list(book) == ["stands", *(f"{i}" for i in range(50, RESOLVED + 50))]
    book.keep(alert("50"))
    book.keep(alert("new", "resolved"))
    assert "51" in book, "one that is raised again makes room"


def test_what_was_wrong_with_a_position_ends_with_it() -> None:
    played = play(BUY)
    raise_alert(played.state, "A", played.held, "critical", "blind", "by the test")
    raise_alert(played.state, "B", played.held, "critical", "order", "sold too many")
    raise_alert(played.state, "C", None, "warning", "spread", "of another")
    assert played.command(Close(position="C")).accepted
    assert {id: a.state for id, a in played.state.alerts.items()} == {"A": "resolved", "B": "active", "C": "active"}
    told = [(r.id, r.state) for r in played.journal.records if isinstance(r, AlertRecord)]
    assert told[-1] == ("A", "resolved")


def test_all_that_are_active_are_acknowledged() -> None:
    played = play(BUY)
    for id in ("A", "B", "C"):
        raise_alert(played.state, id, None, "critical", "blind", "by the test")
    resolve_alert(played.state, "B")
    assert played.command(Acknowledge()).said == "2 alerts acknowledged"
    assert played.state.alerts.active == {}
