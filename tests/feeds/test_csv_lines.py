"""Whatever the file and the size of the reads, the lines arrive whole and sound."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.domain.errors import BadInput
from cockpit.feeds.csv_lines import SoundLines

PATH = Path("day.csv")
LINES = st.lists(st.text(st.sampled_from('ab,"é\r'), max_size=12), max_size=30)


@given(LINES, st.booleans(), st.integers(30, 200))
def test_lines_are_handed_on_whole_and_those_with_an_open_quote_as_commas(
    lines: list[str], ended: bool, size: int
) -> None:
    content = "\n".join(lines) + ("\n" if ended else "")
    reader = SoundLines(PATH, io.BufferedReader(io.BytesIO(content.encode())))
    chunks = list(iter(lambda: reader.read(size), b""))
    assert all(chunk.endswith(b"\n") for chunk in chunks[:-1])
    assert all(len(chunk) <= size for chunk in chunks)
    expected = [b"," * len(line.encode()) if line.count('"') % 2 else line.encode() for line in content.split("\n")]
    assert b"".join(chunks) == b"\n".join(expected)
    assert reader.lines == content.count("\n") + (not content.endswith("\n") and content != "")
    assert reader.cut_off == (content != "" and not content.endswith("\n"))


@pytest.mark.parametrize("size", [8, 9, 100])
def test_the_line_that_is_not_utf8_is_named(size: int) -> None:
    reader = SoundLines(PATH, io.BufferedReader(io.BytesIO(b"good\n\xc3\xa9\nbad \xc3\nok\n")))
    with pytest.raises(BadInput, match=r"day\.csv, line 3: not UTF-8"):
        list(iter(lambda: reader.read(size), b""))


def test_a_line_that_does_not_end_is_refused() -> None:
    reader = SoundLines(PATH, io.BufferedReader(io.BytesIO(b"abc\n" + b"x" * 100)))
    assert reader.read(10) == b"abc\n"
    with pytest.raises(BadInput, match=r"line 2 is longer than 10 bytes"):
        reader.read(10)
