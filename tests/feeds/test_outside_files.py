"""Files from outside are regular, bounded, UTF-8 and unchanged, or a sentence says what they are."""

import os
import socket
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.feeds.outside_files import exists, is_folder, read_bytes, read_text, regular_size, unchanged


def test_a_regular_file_has_its_size(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert regular_size(tmp_path / "x", 5) == 5
    assert read_bytes(tmp_path / "x", 5) == b"12345"
    with pytest.raises(BadInput, match="has 5 bytes, more than the 4 allowed"):
        regular_size(tmp_path / "x", 4)


def test_what_is_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for path, kind in (("pipe", "a pipe"), ("socket", "a socket"), (".", "a folder"), ("/dev/null", "a device")):
            with pytest.raises(BadInput, match=f"is {kind}, not a file"):
                regular_size(Path(path), 10)


def test_an_empty_or_missing_file_is_bad(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(BadInput, match="is empty"):
        read_text(tmp_path / "empty", 10)
    with pytest.raises(BadInput, match="No such file or directory"):
        read_text(tmp_path / "missing", 10)
    with pytest.raises(BadInput, match="No such file"):
        is_folder(tmp_path / "missing")
    assert not exists(tmp_path / "missing")
    assert not exists(tmp_path / "empty" / "below")


def test_links_are_followed_as_far_as_they_lead(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for look in (is_folder, exists):
        with pytest.raises(BadInput, match="symbolic links"):
            look(tmp_path / "loop")
    (tmp_path / "x").write_text("text")
    (tmp_path / "link").symlink_to(tmp_path / "x")
    assert read_text(tmp_path / "link", 10) == "text"


def test_text_is_utf8_with_or_without_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes("\ufeffé\r\n".encode())
    assert read_text(path, 10) == "é\r\n"
    path.write_bytes(b"a\nb\xe9\n")
    with pytest.raises(BadInput, match="x, line 2: not UTF-8"):
        read_text(path, 10)
    path.write_text("é", encoding="utf-16")
    with pytest.raises(BadInput, match="is UTF-16"):
        read_text(path, 10)


@pytest.mark.parametrize("how", ["append", "touch", "replace"])
def test_a_change_while_reading_is_noticed(tmp_path: Path, how: str) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    with pytest.raises(BadInput, match="changed while it was read"), unchanged(path, 100):
        _change(path, how)


def test_a_change_explains_whatever_else_was_found(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    with pytest.raises(BadInput, match="changed while it was read"), unchanged(path, 100):
        _change_and_stumble(path)
    with pytest.raises(BadInput, match="No such file"), unchanged(path, 100):
        path.unlink()


def test_an_error_of_the_system_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    with pytest.raises(BadInput, match=r"x cannot be read \(Input/output error\)"), unchanged(path, 100):
        raise OSError(5, "Input/output error")


def _change_and_stumble(path: Path) -> None:
    _change(path, "append")
    raise BadInput("the file makes no sense.")


def _change(path: Path, how: str) -> None:
    if how == "append":
        path.write_text("older")
    elif how == "touch":
        os.utime(path, ns=(1, 1))
    else:
        other = path.with_name("other")
        other.write_text("new")
        other.replace(path)
