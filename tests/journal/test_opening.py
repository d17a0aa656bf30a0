"""What is opened, what is refused untouched, and how an old journal becomes a new one without losing a row."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from cockpit.domain.errors import BadInput
from cockpit.journal import opening
from cockpit.journal.history import open_history
from cockpit.journal.schema import APPLICATION_ID, MIGRATIONS
from cockpit.journal.store import open_journal
from cockpit.journal.verify import verify
from tests.journal.examples import STORY, sample, session, tell

VERSION_1 = Path(__file__).with_name("version_1.sql")
HERE = Path(__file__)


def written(path: Path) -> Path:
    with open_journal(path) as store:
        tell(store)
    return path


def a_folder(path: Path) -> str:
    path.mkdir()
    return "is a folder"


def a_fifo(path: Path) -> str:
    os.mkfifo(path)
    return "is not a regular file"


def garbage(path: Path) -> str:
    path.write_bytes(os.urandom(8192))
    return "is not a journal"


def a_text(path: Path) -> str:
    path.write_text("at,what\n")
    return "is not a journal"


def another_program(path: Path) -> str:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url)")
        other.execute("INSERT INTO bookmarks VALUES ('x')")
        other.commit()
    return "is an SQLite database but not a journal"


def a_newer_one(path: Path) -> str:
    with closing(sqlite3.connect(written(path))) as journal:
        journal.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    return "was written by a newer cockpit"


def a_newer_one_not_checkpointed(path: Path) -> str:
    with closing(sqlite3.connect(written(path))) as journal:
        journal.execute("PRAGMA wal_autocheckpoint = 0")
        journal.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        wal = path.with_name("journal.sqlite-wal").read_bytes()
        main = path.read_bytes()
    path.write_bytes(main)
    path.with_name("journal.sqlite-wal").write_bytes(wal)
    return "was written by a newer cockpit"


def cut_to_half(path: Path) -> str:
    whole = written(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 8192 * 4096])
    return "is cut off"


def cut_in_the_header(path: Path) -> str:
    path.write_bytes(written(path).read_bytes()[:50])
    return "cut off"


def emptied_beside_its_wal(path: Path) -> str:
    path.write_bytes(b"")
    path.with_name("journal.sqlite-wal").write_bytes(b"x" * 4096)
    return "is empty but journal.sqlite-wal is not"


def overwritten_inside(path: Path) -> str:
    whole = bytearray(written(path).read_bytes())
    for page in range(3, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 64] = os.urandom(64)
    path.write_bytes(whole)
    return "is damaged"


BAD: tuple[Callable[[Path], str], ...] = (
    a_folder,
    a_fifo,
    garbage,
    a_text,
    another_program,
    a_newer_one,
    a_newer_one_not_checkpointed,
    cut_to_half,
    cut_in_the_header,
    emptied_beside_its_wal,
    overwritten_inside,
)


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_a_writer_refuses_it_and_leaves_it_as_it_was(path: Path, make: Callable[[Path], str]) -> None:
    said = make(path)
    before = path.read_bytes() if path.is_file() else None
    for _ in range(2):
        with pytest.raises(BadInput, match=said) as refused:
            open_journal(path)
        assert str(path) in str(refused.value)
    assert before == (path.read_bytes() if path.is_file() else None)


@pytest.mark.parametrize(
    "make", [make for make in BAD if make is not overwritten_inside], ids=lambda make: make.__name__
)
def test_a_reader_refuses_it_too(path: Path, make: Callable[[Path], str]) -> None:
    said = make(path)
    with pytest.raises(BadInput, match=said):
        open_history(path)


def test_a_reader_says_that_there_is_none_and_makes_none(path: Path) -> None:
    with pytest.raises(BadInput, match="There is no journal"):
        open_history(path)
    path.touch()
    with pytest.raises(BadInput, match="There is no journal"):
        open_history(path)
    assert path.stat().st_size == 0


def test_a_writer_makes_no_folders(path: Path) -> None:
    with pytest.raises(BadInput, match="There is no folder"):
        open_journal(path.parent / "missing" / path.name)


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.touch()
    with open_journal(path) as store:
        tell(store)
    with open_history(path) as history:
        assert verify(history) == []


def test_a_file_that_another_program_holds_is_refused(path: Path) -> None:
    written(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BadInput, match="database is locked"):
            open_journal(path)
    open_journal(path).close()


def test_the_check_of_a_large_journal_is_the_quick_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overwritten_inside(path)
    monkeypatch.setattr(opening, "WHOLE_CHECK_BYTES", 0)
    with pytest.raises(BadInput, match="is damaged"):
        open_journal(path)


def test_readers_see_what_is_being_written_and_cannot_write(path: Path) -> None:
    with open_journal(path) as store, open_history(path) as history:
        assert history.round_trips() == []
        tell(store)
        assert [trip["id"] for trip in history.round_trips()] == ["P0001"]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            history.connection.execute("DELETE FROM round_trips")


def test_a_journal_that_was_killed_is_read_without_a_writer(path: Path, tmp_path: Path) -> None:
    killed = tmp_path / "killed.sqlite"
    with open_journal(path) as store:
        tell(store)
        killed.write_bytes(path.read_bytes())
        killed.with_name("killed.sqlite-wal").write_bytes(path.with_name("journal.sqlite-wal").read_bytes())
    with open_history(killed) as history:
        assert verify(history) == []
        assert len(history.round_trips()) == 1


def old_journal(path: Path) -> Path:
    """A journal as schema 1 was released."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text())
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    return path


def schema(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [(name, " ".join(sql.split())) for name, sql in rows]


def test_a_journal_of_schema_1_is_brought_up_to_date_and_keeps_every_row(path: Path) -> None:
    with open_journal(old_journal(path)) as store, open_journal(None) as fresh:
        assert schema(store.connection) == schema(fresh.connection)
        assert verify(store) == []
        assert store.ledger("S0001").rows == sum(record.LEDGER for record in STORY)
        trip = store.round_trip("P0001")
        assert [fill["price"] for fill in trip["executions"]] == ["50", "52.3", "49.8"]


def rows_of(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall() for (name,) in names}


def test_later_schemas_add_samples_and_terms_of_orders_to_a_backed_up_journal_of_schema_1(path: Path) -> None:
    with closing(sqlite3.connect(old_journal(path))) as old:
        before = rows_of(old)
    assert sum(map(len, before.values())) > 10
    with open_journal(path) as store:
        orders = [(*row, "market", None, "", None, "day", "", "") for row in before["orders"]]
        assert rows_of(store.connection) == {**before, "position_samples": [], "orders": orders}
        store.begin(session())
        store.write([sample(5, 50.0)], durable=False)
    with closing(sqlite3.connect(path.with_name("journal.sqlite.schema-1.backup-1"))) as backup:
        assert rows_of(backup) == before
        assert backup.execute("PRAGMA user_version").fetchone() == (1,)


def add_a_column(db: Database) -> None:
    db.table("round_trips").add_column("strategy_id", str)


def fail_half_way(db: Database) -> None:
    db.table("round_trips").drop()
    raise sqlite3.OperationalError("database or disk is full")


def test_a_migration_backs_up_first_and_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(path)
    with open_history(path) as history:
        trips = history.round_trips()
    monkeypatch.setattr(opening, "MIGRATIONS", (*MIGRATIONS, add_a_column))
    with pytest.raises(BadInput, match="is of an older cockpit"):
        open_history(path)
    with open_journal(path) as store:
        assert store.round_trips() == [{**trip, "strategy_id": None} for trip in trips]
    backup = path.with_name(f"journal.sqlite.schema-{len(MIGRATIONS)}.backup-1")
    monkeypatch.setattr(opening, "MIGRATIONS", MIGRATIONS)
    with open_history(backup) as history:
        assert history.round_trips() == trips
        assert verify(history) == []


def test_a_migration_that_fails_leaves_the_journal_and_a_backup(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(path)
    monkeypatch.setattr(opening, "MIGRATIONS", (*MIGRATIONS, fail_half_way))
    for _ in range(2):
        with pytest.raises(BadInput, match="cannot be brought up to date"):
            open_journal(path)
    monkeypatch.setattr(opening, "MIGRATIONS", MIGRATIONS)
    with open_journal(path) as store:
        assert len(store.round_trips()) == 1
        assert verify(store) == []
    backups = [file.name for file in path.parent.glob("*.backup-*")]
    assert sorted(backups) == [f"journal.sqlite.schema-{len(MIGRATIONS)}.backup-{number}" for number in (1, 2)]


def test_what_was_spilled_before_a_migration_is_merged_before_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(path)
    line = b'{"alerts": {"columns": ["session_id", "seq", "id", "text"], "rows": [["S0001", 999, "A1", "late"]]}}\n'
    path.with_name("journal.sqlite.spill").write_bytes(b'{"spill": "01"}\n' + line)
    monkeypatch.setattr(opening, "MIGRATIONS", (*MIGRATIONS, add_a_column))
    with open_journal(path) as store:
        assert store.connection.execute("SELECT text FROM alerts WHERE id = 'A1'").fetchall() == [("late",)]
