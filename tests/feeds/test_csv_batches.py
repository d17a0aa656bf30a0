"""A large CSV is read in batches, and what is no such CSV is one sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.feeds import csv_batches
from cockpit.feeds.recording import Recording, load
from tests.feeds.conftest import HEADER, NOW_NS, row

Load = Callable[..., Recording]
Write = Callable[..., Path]
MINUTES = ("ts,symbol,last", *(f"{1450967460 + 60 * n},A,{n}.5" for n in range(100_000)))


def content_loads(tmp_path: Path, content: bytes) -> Recording:
    path = tmp_path / "day.csv"
    path.write_bytes(content)
    return load(path, now_ns=NOW_NS)


def test_rows_keep_their_numbers_through_many_blocks(loaded: Load) -> None:
    lines = [*MINUTES, *(f"{line},extra" for line in MINUTES[1:50])]
    spoilt = {7, 40_000, 77_777, 99_999}
    for number in spoilt:
        lines[number] = "nonsense"
    lines[500] += "\n"  # an empty line is no row
    recording = loaded(*lines)
    assert recording.refused_rows["unparseable"] == sorted([*spoilt, *range(100_001, 100_017)])
    assert recording.refused == {"unparseable": 53}
    assert recording.rows == 100_049


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_may_end_either_way_and_begin_with_a_mark(tmp_path: Path, ending: str) -> None:
    text = ending.join((HEADER, row(1), row(2))) + ending
    recording = content_loads(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert (recording.rows, recording.refused) == (2, {})


def test_a_last_line_need_not_end(tmp_path: Path) -> None:
    assert content_loads(tmp_path, "\n".join((HEADER, row(1), row(2))).encode()).rows == 2


def test_cells_may_be_quoted_and_spaced(loaded: Load) -> None:
    recording = loaded(' ts ,"symbol",last', '"1450967460"," A A ", 1.5 ', "1450967461,A A,")
    assert [batch.quotes[0].last for batch in recording.batches] == [1.5, None]
    assert list(recording.instruments) == ["A A"]
    assert recording.refused == {}


def test_an_unclosed_quote_swallows_its_own_row_only(loaded: Load) -> None:
    recording = loaded(HEADER, row(1), '"' + row(2), row(3), row(4, bid='"1'), row(5))
    assert recording.refused_rows == {"unparseable": [2, 4]}
    assert recording.rows == 5


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n", "has no column ts"),
        (HEADER.encode(), "has no rows"),
        (f"{HEADER}\n".encode(), "has no rows"),
        (f"{HEADER}\n\n\n".encode(), "has no rows"),
        (f"{HEADER}\n{row(1)}\n{row(2)[:40]}".encode(), "is cut off in row 2, its last"),
        (f"{HEADER}\n{row(1)}\n".encode("utf-16"), "is UTF-16"),
        (f"{HEADER}\n{row(1)}\n".encode("utf-16-le"), "is not UTF-8"),
        (f"{HEADER}\n{row(1)}\n{row(2)}".encode() + b"\xe9\n", "line 3: not UTF-8"),
        (f"{HEADER}\n{row(1)}\nnonsense \xe9,\n".encode("latin-1"), "line 3: not UTF-8"),
        (f"{HEADER},\xe9\n".encode("latin-1"), "line 1 is no header in UTF-8"),
        (f"{HEADER}\n{row(1)}\n".replace(",", ";").encode(), "has no column ts"),
        (b"ts,last\n1,1\n", "has no column symbol"),
        (b"ts,symbol,price\n1,A,1\n", "has no price column"),
        (b"ts,symbol,mark_price\n1,A,1\n", "has no price column"),
        (b"ts,symbol,last,last\n1,A,1,1\n", "has the column last twice"),
        (b"x" * (1 << 21), "line 1 is longer than 1,048,576 bytes"),
        (f"{HEADER}\n{row(1)}\n".encode() + b"x" * (1 << 21), "line 3 is longer than 1,048,576 bytes"),
        (f"{HEADER}\n{row(1)}\n".encode() + b"\0" * (1 << 21), "line 3 is longer than 1,048,576 bytes"),
    ],
)
def test_a_file_that_is_no_csv_of_rows_is_bad(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=rf"day\.csv,? .*{sentence}"):
        content_loads(tmp_path, content)


def test_a_sparse_file_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "day.csv").open("wb") as file:
        file.truncate(10 << 30)
    with pytest.raises(BadInput, match="10,737,418,240 bytes, more than the 2,147,483,648 allowed"):
        load(tmp_path / "day.csv", now_ns=NOW_NS)


def test_too_many_malformed_rows_end_the_reading(monkeypatch: pytest.MonkeyPatch, loaded: Load) -> None:
    monkeypatch.setattr(csv_batches, "MAX_MALFORMED", 3)
    assert loaded(HEADER, row(1), row(2), row(3), "x", "y", "z").refused == {"unparseable": 3}
    with pytest.raises(BadInput, match="has 3 rows with too few or too many cells"):
        loaded(HEADER, row(1), row(2), row(3), row(4), "w", "x", "y", "z")


def test_a_file_that_changes_while_it_is_read_is_bad(write: Write) -> None:
    path = write(HEADER, row(1), row(2))

    def append(stage: str, _: float) -> None:
        if stage == "reading":
            with path.open("a") as file:
                file.write(f"{row(3)}\n")

    with pytest.raises(BadInput, match="changed while it was read; try again"):
        load(path, progress=append, now_ns=NOW_NS)
