"""Exports are whole, lossless, and no spreadsheet runs what stands in them."""

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.domain.errors import BadInput
from cockpit.journal.export import TABLES, WHAT, export, export_rows, neutral
from cockpit.journal.history import open_history
from cockpit.journal.review import JournalReader
from cockpit.journal.store import Store, open_journal
from cockpit.review import Stopped, TripFilter
from tests.journal.examples import alert, order, tell


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_every_table_is_exported_whole(kept: Store, tmp_path: Path, what: str, suffix: str) -> None:
    tell(kept)
    target = tmp_path / f"out{suffix}"
    rows = kept.connection.execute(f"SELECT count(*) FROM {TABLES.get(what, what)}").fetchone()[0]
    assert rows
    assert export(kept, target, what=what) == rows
    text = target.read_text()
    read = json.loads(text) if suffix == ".json" else list(csv.DictReader(text.splitlines()))
    assert len(read) == rows
    assert not {"seq", "at_ns", "opened_ns"} & set(read[0])


def test_json_is_what_readers_see(kept: Store, tmp_path: Path) -> None:
    tell(kept)
    export(kept, tmp_path / "trips.json")
    trips = kept.round_trips()
    del trips[0]["rules"]
    assert json.loads((tmp_path / "trips.json").read_text()) == trips


def test_csv_has_plain_numbers_empty_unknowns_and_json_in_cells(kept: Store, tmp_path: Path) -> None:
    tell(kept)
    export(kept, tmp_path / "trips.CSV")
    row = next(csv.DictReader((tmp_path / "trips.CSV").read_text().splitlines()))
    assert (row["net"], row["mae"], row["mfe"]) == ("105", "-0.5", "")
    assert row["in_cooldown"] == "false"
    assert json.loads(row["entry_context"]) == {"delta": 0.52, "iv": None}
    assert row["opened_at"] == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_an_empty_table_is_an_empty_file_of_its_format(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out{suffix}"
    with open_journal(None) as store:
        assert export(store, target, what="executions") == 0
    assert target.read_text() == "[]\n" if suffix == ".json" else target.read_text().startswith("session_id,id,")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-1+2", "'-1+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-", "'-"),
        ("'=1", "''=1"),
        ("-105.25", "-105.25"),
        ("+3", "+3"),
        ("-1e-9", "-1e-9"),
        ("NIFTY -1", "NIFTY -1"),
        ("", ""),
    ],
)
def test_text_that_could_be_a_formula_is_neutralised(text: str, cell: str) -> None:
    assert neutral(text) == cell


@given(st.text())
def test_what_was_neutralised_can_be_taken_back(text: str) -> None:
    cell = neutral(text)
    assert (cell[1:] if cell.startswith("'") else cell) == text


def test_texts_survive_the_csv(kept: Store, tmp_path: Path) -> None:
    said = '=1, "quoted"\nnext line ₹'
    kept.write([replace(order(0, "buy", 1), said=said)], durable=True)
    export(kept, tmp_path / "orders.csv", what="orders")
    with (tmp_path / "orders.csv").open(newline="") as file:
        assert next(csv.DictReader(file))["said"] == f"'{said}"


@pytest.mark.parametrize("what", WHAT)
def test_parquet_has_every_row_with_times_and_numbers(kept: Store, tmp_path: Path, what: str) -> None:
    tell(kept)
    target = tmp_path / "out.parquet"
    rows = kept.connection.execute(f"SELECT count(*) FROM {TABLES.get(what, what)}").fetchone()[0]
    assert export(kept, target, what=what) == rows
    export(kept, tmp_path / "out.json", what=what)
    table, said = pq.read_table(target), json.loads((tmp_path / "out.json").read_text())
    assert table.num_rows == rows == len(said)
    assert table.schema.names == list(said[0])
    times = [field.name for field in table.schema if str(field.type) == "timestamp[ns, tz=UTC]"]
    assert times
    assert not {"seq", "at_ns"} & set(table.schema.names)


def test_parquet_is_lossless(kept: Store, tmp_path: Path) -> None:
    tell(kept)
    export(kept, tmp_path / "trips.parquet")
    row = pq.read_table(tmp_path / "trips.parquet").to_pylist()[0]
    assert (row["net"], row["mae"], row["mfe"], row["in_cooldown"], row["contracts"]) == ("105", -0.5, None, False, 100)
    assert json.loads(row["entry_context"]) == {"delta": 0.52, "iv": None}
    assert row["opened_at"].isoformat() == "2023-11-14T22:13:20+00:00"


def test_an_empty_parquet_still_has_its_columns(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    with open_journal(None) as store:
        assert export(store, target, what="executions") == 0
    assert pq.read_table(target).schema.names[:2] == ["session_id", "id"]


def test_the_format_may_be_named(kept: Store, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    export(kept, target, kind="json")
    assert target.read_text() == "[]\n"


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_reviewed_round_trips_go_to_every_format(path: Path, tmp_path: Path, ending: str) -> None:
    with open_journal(path) as store:
        tell(store)
    rows = JournalReader(path).review(TripFilter()).rows
    target = tmp_path / f"out.{ending}"
    seen: list[tuple[int, int]] = []
    done = export_rows(rows, target, journal=path, progress=lambda done, there: seen.append((done, there)))
    assert (done, seen) == (1, [(1, 1)])
    if ending == "parquet":
        told = pq.read_table(target).to_pylist()[0]
    else:
        text = target.read_text()
        told = json.loads(text)[0] if ending == "json" else next(csv.DictReader(text.splitlines()))
    assert (told["id"], told["side"], float(told["net"]), told["result"]) == ("P0001", "long", 105.0, "winners")
    rules = told["rules"] if ending != "csv" else json.loads(told["rules"])
    assert rules == ["scale_out", "protective_stop"]


def test_who_stops_an_export_leaves_nothing_behind(path: Path, tmp_path: Path) -> None:
    with open_journal(path) as store:
        tell(store)

    def enough(done: int, there: int) -> None:
        raise Stopped

    rows = JournalReader(path).review(TripFilter()).rows
    with pytest.raises(Stopped):
        export_rows(rows, tmp_path / "out.csv", journal=path, progress=enough)
    assert not (tmp_path / "out.csv").exists()
    assert not list(tmp_path.glob(".out*"))


def test_an_existing_file_is_replaced_only_when_told(kept: Store, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("mine")
    with pytest.raises(BadInput, match="exists: choose another name, or replace it with --force"):
        export(kept, target)
    assert target.read_text() == "mine"
    export(kept, target, force=True)
    assert target.read_text() == "[]\n"


def test_the_journal_cannot_be_overwritten_with_itself(path: Path, tmp_path: Path) -> None:
    with open_journal(path) as store:
        tell(store)
    alias = tmp_path / "alias.csv"
    os.link(path, alias)
    with open_history(path) as history, pytest.raises(BadInput, match="belongs to the journal itself"):
        export(history, alias, force=True)


@pytest.mark.parametrize(
    ("name", "what", "said"),
    [
        ("out.json", "checkpoints", "There is no 'checkpoints' to export"),
        ("out.json", "exits; DROP TABLE exits", "There is no"),
        ("out.xlsx", "orders", r"ends in neither \.csv nor \.json nor \.parquet"),
        ("out", "orders", r"ends in neither \.csv nor \.json nor \.parquet"),
        ("missing/out.csv", "orders", "is a folder or lies in none that exists"),
        ("folder.csv", "orders", "is a folder or lies in none that exists"),
        ("fifo.csv", "orders", "is not a regular file"),
    ],
)
def test_what_cannot_be_exported_is_said(kept: Store, tmp_path: Path, name: str, what: str, said: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "fifo.csv")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BadInput, match=said):
        export(kept, tmp_path / name, what=what, force=True)
    assert sorted(tmp_path.iterdir()) == before


def test_a_failed_export_leaves_the_old_file_and_nothing_else(
    kept: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.json"
    target.write_text("mine")
    kept.write([alert()], durable=True)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BadInput, match=r"cannot be written \(No space left"):
        export(kept, target, what="alerts", force=True)
    assert [file.name for file in tmp_path.iterdir()] == ["out.json"]
    assert target.read_text() == "mine"
