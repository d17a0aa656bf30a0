"""The writing side: whole transactions, keys that replace, memory to resume from, and exits that never wait."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.journal.history import open_history
from cockpit.journal.store import Store, open_journal
from cockpit.journal.verify import verify
from tests.journal.examples import STORY, alert, checkpoint, decision, order, sample, session, tell, verdict


def count(store: Store, table: str) -> int:
    return store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def fill_the_disk(store: Store) -> None:
    """No page more than there are; enough rows then fail as on a full disk."""
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages}")


def make_room(store: Store) -> None:
    store.connection.execute("PRAGMA max_page_count = 1000000")


AT_2 = sample(2, None).at_ns
MANY = [replace(verdict(number), because="x" * 500) for number in range(200)]


def test_nothing_is_written_before_a_session_begins(path: Path) -> None:
    with open_journal(path) as store, pytest.raises(RuntimeError, match="begin a session"):
        store.write([alert()], durable=True)


def test_a_key_that_is_known_replaces_its_row_and_keeps_its_place(kept: Store) -> None:
    kept.write([order(1, "sell", 50, state="pending_new"), order(2, "sell", 50)], durable=True)
    kept.write([order(1, "sell", 50, state="filled")], durable=True)
    rows = kept.connection.execute("SELECT ref, state FROM orders ORDER BY seq").fetchall()
    assert rows == [("P0001-0001", "filled"), ("P0001-0002", "filled")]


def test_a_sample_that_is_written_twice_is_one_row(path: Path) -> None:
    with open_journal(path) as store:
        store.begin(session())
        store.write([sample(1, 50.0), sample(2, 51.0)], durable=False)
    with open_journal(path, retry_s=0.0) as store:
        store.begin(session())
        store.write([sample(2, 52.0)], durable=False)
        fill_the_disk(store)
        store.write([*(sample(second, 53.0) for second in range(2, 200)), *MANY], durable=False)
        assert store.trouble
        make_room(store)
        store.write([sample(2, 54.0), replace(sample(2, 60.0), position_id="P0002")], durable=False)
        rows = store.connection.execute("SELECT position_id, level FROM position_samples WHERE at_ns <= ?", (AT_2,))
        assert rows.fetchall() == [("P0001", 50.0), ("P0001", 54.0), ("P0002", 60.0)]
        store.begin(session("S0002"))
        store.write([sample(2, 50.0)], durable=False)
        assert count(store, "position_samples") == 201


def test_what_is_written_after_a_restart_comes_after_everything_else(path: Path) -> None:
    with open_journal(path) as store:
        tell(store, (*STORY, sample(3, 50.0)))
        last = store.connection.execute("SELECT max(seq) FROM sessions").fetchone()[0]
        of_samples = store.connection.execute("SELECT max(seq) FROM position_samples").fetchone()[0]
    with open_journal(path) as store:
        store.begin(session("S0002"))
        assert store.connection.execute("SELECT seq FROM sessions WHERE id = 'S0002'").fetchone()[0] > of_samples > last


def test_rows_without_a_key_are_all_kept(kept: Store) -> None:
    kept.write([verdict(), verdict()], durable=False)
    assert count(kept, "verdicts") == 2


def test_the_same_key_in_another_session_is_another_row(kept: Store) -> None:
    kept.write([alert()], durable=True)
    kept.begin(session("S0002"))
    kept.write([alert(count=2)], durable=True)
    assert kept.connection.execute("SELECT session_id, count FROM alerts ORDER BY seq").fetchall() == [
        ("S0001", 1),
        ("S0002", 2),
    ]


def test_a_batch_is_written_whole_or_not_at_all(kept: Store) -> None:
    kept.connection.execute("CREATE UNIQUE INDEX one_alert ON alerts (kind)")
    with pytest.raises(sqlite3.IntegrityError):
        kept.write([verdict(), alert(), replace(alert(), id="another")], durable=True)
    assert count(kept, "verdicts") == count(kept, "alerts") == count(kept, "ledger") == 0


def test_durable_writes_wait_for_the_disk_and_samples_do_not(store: Store) -> None:
    statements: list[str] = []
    store.write([verdict()], durable=False)
    store.connection.set_trace_callback(statements.append)
    store.write([verdict()], durable=False)
    assert store.connection.execute("PRAGMA synchronous").fetchone()[0] == 1
    assert sum("COMMIT" in text for text in statements) == 1
    store.write([decision(1, "human", "close", 100)], durable=True)
    store.connection.set_trace_callback(None)
    assert store.connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_checkpoints_are_what_was_kept_last(store: Store, path: Path) -> None:
    store.write([checkpoint("session", b"1"), checkpoint("position P0001", b"\x00\xff")], durable=True)
    store.write([checkpoint("session", b"2")], durable=True)
    assert store.checkpoints() == {"session": b"2", "position P0001": b"\x00\xff"}
    store.write([checkpoint("position P0001", None)], durable=True)
    store.close()
    with open_journal(path) as again:
        assert again.checkpoints() == again.checkpoints("S0001") == {"session": b"2"}
        assert again.checkpoints("S0009") == {}
        assert count(again, "checkpoints") == 1


def test_only_the_newest_session_of_a_feed_can_be_resumed(path: Path) -> None:
    with open_journal(path) as store:
        for number, feed in enumerate(("ib:localhost:4002:1", "demo", "demo"), start=1):
            store.begin(replace(session(f"S000{number}"), feed=feed))
            store.write([checkpoint("session", feed.encode())], durable=True)
    with open_journal(path) as store:
        held = [store.checkpoints(name) for name in ("S0001", "S0002", "S0003")]
        assert held == [{"session": b"ib:localhost:4002:1"}, {}, {"session": b"demo"}]
        assert store.last_session() == replace(session("S0003"))
        last = store.last_session("ib:localhost:4002:1")
        assert last is not None
        assert last.id == "S0001"


def test_a_resumed_session_goes_on_where_it_was(path: Path) -> None:
    with open_journal(path) as store:
        assert store.last_session() is None
        assert store.next_session_id() == "S0001"
        store.begin(session())
        store.write(STORY[:8], durable=True)
        before = store.ledger().hexdigest()
    with open_journal(path) as store:
        last = store.last_session()
        assert last == session()
        store.begin(replace(session(), resumed=1))
        ledger = store.ledger()
        assert ledger.hexdigest() == before
        store.write(STORY[8:], durable=True)
        for record in STORY[8:]:
            ledger.add(record)
        assert store.ledger().hexdigest() == ledger.hexdigest()
        assert store.next_session_id() == "S0002"
        assert verify(store) == []


def test_a_journal_is_its_owners_alone(store: Store, path: Path) -> None:
    store.write([alert()], durable=True)
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(modes, 0o600)
    assert len(modes) >= 3


def test_a_full_disk_spills_and_the_next_write_with_room_merges(store: Store, path: Path) -> None:
    fill_the_disk(store)
    store.write(MANY, durable=True)
    assert store.trouble is not None
    assert "database or disk is full" in store.trouble
    assert str(path) in store.trouble
    assert count(store, "verdicts") == 0
    store.write([alert()], durable=True)  # fits, but not before what came first
    assert count(store, "alerts") == 0
    make_room(store)
    store.write([order(1, "buy", 100)], durable=False)
    assert store.connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # or a power cut loses what was spilled
    assert store.trouble is None
    assert (count(store, "verdicts"), count(store, "alerts"), count(store, "orders")) == (200, 1, 1)
    assert not path.with_name("journal.sqlite.spill").exists()
    assert verify(store) == []


def test_a_locked_file_spills_without_waiting_longer_than_it_may(path: Path) -> None:
    with open_journal(path, retry_s=3600.0) as store:
        store.begin(session())
        assert store.connection.execute("PRAGMA busy_timeout").fetchone()[0] <= 50
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        store.write([verdict(1)], durable=True)
        other.close()
        tried: list[str] = []
        store.connection.set_trace_callback(tried.append)
        store.write([verdict(2)], durable=True)  # the lock is gone, but nobody waits for it twice in an hour
        assert tried == []
        store.connection.set_trace_callback(None)
        assert count(store, "verdicts") == 0
    with open_history(path) as history:
        assert history.connection.execute("SELECT at_ns FROM verdicts ORDER BY seq").fetchall() == [
            (verdict(1).at_ns,),
            (verdict(2).at_ns,),
        ]


def test_what_was_spilled_by_a_killed_session_is_merged_at_the_next_start(path: Path) -> None:
    store = open_journal(path)
    store.begin(session())
    fill_the_disk(store)
    store.write([*MANY, checkpoint("session", b"\x00\xff")], durable=True)
    abandon(store)
    with open_history(path) as history:
        findings = verify(history)
    assert len(findings) == 1
    assert "holds 1 batches that are not merged" in findings[0]
    with open_journal(path) as again:
        assert count(again, "verdicts") == 200
        assert again.checkpoints() == {"session": b"\x00\xff"}
        assert verify(again) == []


def test_a_crash_between_merging_and_removing_the_spill_merges_once(path: Path) -> None:
    store = open_journal(path, retry_s=0.0)
    store.begin(session())
    fill_the_disk(store)
    store.write([*MANY, alert(state="active")], durable=True)
    spill = path.with_name("journal.sqlite.spill")
    spilled = spill.read_bytes()
    make_room(store)
    store.write([alert(state="resolved")], durable=True)
    abandon(store)
    spill.write_bytes(spilled)  # as if it had not been removed
    with open_history(path) as history:
        assert verify(history) == []
    with open_journal(path) as again:
        assert count(again, "verdicts") == 200
        assert again.connection.execute("SELECT state FROM alerts").fetchall() == [("resolved",)]
        assert not spill.exists()


def test_a_spill_that_cannot_be_merged_is_not_passed_over(path: Path) -> None:
    tell_and_leave_a_spill(path, b'{"orders": {"columns": ["ref", "no_such"], "rows": [["a", 1]]}}\n')
    with pytest.raises(BadInput, match=r"cannot be brought up to date .*a table or column that the journal has not"):
        open_journal(path)
    tell_and_leave_a_spill(path, b'{"sqlite_master": {"columns": ["name"], "rows": [["a"]]}}\n')
    with pytest.raises(BadInput, match="that the journal has not: sqlite_master"):
        open_journal(path)
    tell_and_leave_a_spill(path, b"nonsense\n")
    with pytest.raises(BadInput, match="is damaged"):
        open_journal(path)
    assert path.with_name("journal.sqlite.spill").exists()


def test_without_any_disk_rows_wait_in_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_journal(path, retry_s=0.0) as store:
        store.begin(session())
        fill_the_disk(store)
        with monkeypatch.context() as patched:
            patched.setattr("os.pwrite", lambda *_: 0)  # what a write to a full disk says
            store.write(MANY, durable=True)
            assert store.trouble is not None
            assert "kept in memory alone" in store.trouble
        store.write([alert()], durable=True)
        assert store.trouble is not None
        assert f"kept in {path}.spill" in store.trouble
        make_room(store)
        store.write([verdict(999)], durable=False)
        assert store.trouble is None
        assert (count(store, "verdicts"), count(store, "alerts")) == (201, 1)
        assert verify(store) == []


def test_a_damaged_journal_does_not_stop_the_session(path: Path) -> None:
    with open_journal(path, retry_s=0.0) as store:
        tell(store)
        store.connection.execute("DROP TABLE alerts")
        store.write([alert()], durable=True)
        assert store.trouble is not None
        assert "no such table" in store.trouble


def tell_and_leave_a_spill(path: Path, batch: bytes) -> None:
    path.with_name("journal.sqlite.spill").unlink(missing_ok=True)
    with open_journal(path) as store:
        tell(store)
    path.with_name("journal.sqlite.spill").write_bytes(b'{"spill":"0123"}\n' + batch)


def abandon(store: Store) -> None:
    """What kill -9 leaves: files as they are, the lock let go by the system."""
    store.connection.close()
    assert store.lock is not None
    store.lock.release()
