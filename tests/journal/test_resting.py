"""A stop that rested at a broker, in the journal: all its terms, and what it took off is an exit with its cause."""

from cockpit.journal.store import Store
from cockpit.journal.verify import verify
from tests.journal.examples import tell
from tests.state.test_protecting import Desk


def lived() -> Desk:
    """One position that its stop took off in two parts, and one whose stop still rests."""
    desk = Desk(cooldown=False)
    desk.hold()
    ref = desk.stop.order.ref
    desk.fills(ref, 30, "37.45")
    desk.fills(ref, 70, "37.4")
    desk.hold()
    return desk


def test_its_executions_are_exits_and_the_journal_adds_up(kept: Store) -> None:
    tell(kept, tuple(lived().journal.records))
    assert verify(kept) == []
    rows = kept.connection.execute('SELECT contracts, price, rule, "trigger" FROM exits ORDER BY at_ns').fetchall()
    assert rows == [(30, "37.45", "protective_stop", "RESTING_STOP"), (70, "37.4", "protective_stop", "RESTING_STOP")]


def test_every_term_of_an_order_is_kept(kept: Store) -> None:
    tell(kept, tuple(lived().journal.records))
    query = "SELECT ref, kind, CAST(trigger_price AS REAL), trigger_on, tif, group_ref, parent_ref FROM orders"
    entry, stop, *_ = kept.connection.execute(f"{query} ORDER BY seq").fetchall()
    assert entry[1:] == ("market", None, "", "day", "", "")
    assert stop[1:] == ("stop", 37.5, "premium", "gtc", stop[0], entry[0])
