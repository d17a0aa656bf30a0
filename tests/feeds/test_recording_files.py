"""What belongs to a recording, in a folder and by name."""

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cockpit.domain.errors import BadInput
from cockpit.feeds.recording import Recording, load
from tests.feeds.conftest import CALL, HEADER, NOW_NS, PUT, row

Load = Callable[..., Recording]
Write = Callable[..., Path]


def test_a_folder_is_a_recording_with_its_side_files(write: Write, tmp_path: Path) -> None:
    write(HEADER, row(1), name="day/quotes.csv")
    write("ts,price", "2015-12-24T14:01:00Z,748", name="day/quotes_underlying.csv")
    write("ts,regime", "2015-12-24T14:01:00Z,panic", name="day/quotes_features.csv")
    write('market = "us"', "lot = 5", name="day/quotes.toml")
    recording = load(tmp_path / "day", now_ns=NOW_NS)
    assert recording.name == "quotes"
    assert recording.instruments[CALL].lot == 5
    assert recording.batches[0].underlyings[0].price == 748.0
    assert recording.batches[0].given[0].regime == "panic"


def test_side_files_may_have_the_name_of_the_folder(write: Write, tmp_path: Path) -> None:
    write(HEADER, row(1), name="day/quotes.csv")
    write("ts,price", "2015-12-24T14:01:00Z,748", name="day/day_underlying.csv")
    write("lot = 5", name="day.toml")
    recording = load(tmp_path / "day", now_ns=NOW_NS)
    assert recording.instruments[CALL].lot == 5
    assert recording.batches[0].underlyings[0].underlying == "GOOG"


def test_other_files_are_not_read(write: Write, tmp_path: Path) -> None:
    write(HEADER, row(1), name="day/quotes.csv")
    write("ts,symbol,side,contracts,last", "nonsense", name="day/entries.csv")
    write("DATE,CLOSE", "nonsense", name="day/vix.csv")
    write("ts,last", name="day/.hidden.csv")
    (tmp_path / "day" / "latin.csv").write_bytes(b"\xe9\xff\xfe")
    (tmp_path / "day" / "empty.csv").touch()
    (tmp_path / "day" / "notes.txt").write_text("a,b")
    (tmp_path / "day" / "folder.csv").mkdir()
    assert load(tmp_path / "day", now_ns=NOW_NS).rows == 1


def test_several_files_of_the_same_columns_follow_one_another_by_name(write: Write, tmp_path: Path) -> None:
    write(HEADER, row(3), row(4), "oops", row(4), name="day/b.csv")
    write(HEADER, row(1), row(2, PUT), "oops", name="day/a.csv")
    recording = load(tmp_path / "day", now_ns=NOW_NS)
    assert recording.name == "day"
    assert recording.rows == 7
    assert recording.refused_rows == {"unparseable": [3, 6], "duplicate": [7]}
    assert len(recording.batches) == 4


def test_an_underlying_file_is_of_the_underlying_of_its_main_file(write: Write, tmp_path: Path) -> None:
    aapl = row(1).replace("GOOG", "AAPL")
    write(HEADER, row(1), row(2), name="day/goog.csv")
    write(HEADER, aapl, name="day/aapl.csv")
    for name in ("goog", "aapl"):
        write("ts,symbol,close", "2015-12-24T14:01:00Z,anything,9", name=f"day/{name}_underlying.csv")
    moved = load(tmp_path / "day", now_ns=NOW_NS).batches[0].underlyings
    assert {one.underlying for one in moved} == {"AAPL", "GOOG"}


def test_files_of_different_columns_are_not_one_recording(recordings: Path) -> None:
    with pytest.raises(BadInput, match="different columns"):
        load(recordings, now_ns=NOW_NS)


def test_the_same_name_twice_is_bad(write: Write, tmp_path: Path) -> None:
    write("ts,symbol,last", "1,A,1", name="day/x.csv")
    pq.write_table(pa.table({"ts": [1], "symbol": ["A"], "last": [1.0]}), tmp_path / "day" / "x.parquet")
    with pytest.raises(BadInput, match=r"as \.parquet and \.csv"):
        load(tmp_path / "day", now_ns=NOW_NS)


def test_prices_may_step_otherwise_in_each_file(write: Write, tmp_path: Path) -> None:
    for name, symbol, steps in (("a", CALL, "[[0, 0.05]]"), ("b", PUT, "[[0, 0.01], [3, 0.05]]")):
        write(HEADER, row(1, symbol), name=f"day/{name}.csv")
        write("lot = 1", f"steps = {steps}", name=f"day/{name}.toml")
    write(HEADER, row(1, "GOOG 151224C00710000"), name="day/c.csv")
    found = load(tmp_path / "day", now_ns=NOW_NS).instruments
    assert found[CALL].steps == ((0.0, 0.05),)
    assert found[PUT].steps == ((0.0, 0.01), (3.0, 0.05))
    assert found["GOOG 151224C00710000"].steps == ((0.0, 0.05),), "as all that it does not state itself"


def test_terms_that_differ_are_bad(write: Write, tmp_path: Path) -> None:
    for name, lot in (("a", 1), ("b", 2)):
        write(HEADER, row(lot), name=f"day/{name}.csv")
        write(f"lot = {lot}", name=f"day/{name}.toml")
    with pytest.raises(BadInput, match="state different terms"):
        load(tmp_path / "day", now_ns=NOW_NS)


def test_a_folder_without_a_recording_is_bad(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no recording"):
        load(tmp_path, now_ns=NOW_NS)
    (tmp_path / "x.csv").write_bytes(b"\xe9\n")
    with pytest.raises(BadInput, match=r"x\.csv, line 1 is no header"):
        load(tmp_path, now_ns=NOW_NS)


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.parquet"])
def test_a_pipe_is_not_read(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    for path in (tmp_path / name, tmp_path):
        with pytest.raises(BadInput, match=r"is a pipe, not a file"):
            load(path, now_ns=NOW_NS)


@pytest.mark.parametrize("name", ["missing.csv", "missing.parquet", "missing", "nul\0.csv", "x" * 300 + ".csv"])
def test_what_is_not_there_is_bad(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load(tmp_path / name, now_ns=NOW_NS)


def test_another_kind_of_file_is_bad(write: Write) -> None:
    with pytest.raises(BadInput, match=r"neither \.parquet nor \.csv"):
        load(write(HEADER, row(1), name="day.txt"), now_ns=NOW_NS)


def test_a_bad_side_file_makes_the_recording_bad(write: Write, tmp_path: Path) -> None:
    path = write(HEADER, row(1))
    (tmp_path / "day.toml").mkdir()
    with pytest.raises(BadInput, match=r"day\.toml is a folder"):
        load(path, now_ns=NOW_NS)
