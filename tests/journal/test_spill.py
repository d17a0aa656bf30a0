"""Rows that wait beside the journal come back in order, whole batches only, and once."""

import os
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.journal.spill import Spill, read_spill


@pytest.fixture
def spill_path(tmp_path: Path) -> Path:
    """Where the test's spill lies."""
    return tmp_path / "journal.sqlite.spill"


def test_batches_come_back_in_order_also_to_the_next_process(spill_path: Path) -> None:
    spill = Spill(spill_path)
    for number in range(3):
        spill.append(b'{"a":%d}' % number, durable=True)
    expected = [b'{"a":0}\n', b'{"a":1}\n', b'{"a":2}\n']
    assert list(spill.batches()) == list(Spill(spill_path).batches()) == expected
    assert len(spill) == len(Spill(spill_path)) == 3
    assert Spill(spill_path).name == spill.name != ""


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_batch_that_was_cut_off_was_never_acknowledged(spill_path: Path, cut: int) -> None:
    spill = Spill(spill_path)
    spill.append(b'{"a":0}', durable=True)
    spill.append(b'{"a":1}', durable=True)
    whole = spill_path.read_bytes()
    spill_path.write_bytes(whole[:-cut])
    again = Spill(spill_path)
    assert list(again.batches()) == [b'{"a":0}\n']
    again.append(b'{"a":2}', durable=True)
    assert list(Spill(spill_path).batches()) == [b'{"a":0}\n', b'{"a":2}\n']


def test_a_file_cut_in_its_first_line_holds_nothing(spill_path: Path) -> None:
    Spill(spill_path).append(b"{}", durable=True)
    spill_path.write_bytes(spill_path.read_bytes()[:10])
    again = Spill(spill_path)
    assert len(again) == 0
    again.append(b'{"a":1}', durable=False)
    assert list(Spill(spill_path).batches()) == [b'{"a":1}\n']


def test_half_a_write_is_taken_back(spill_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spill = Spill(spill_path)
    spill.append(b'{"a":0}', durable=True)
    whole, pwrite = spill_path.read_bytes(), os.pwrite
    with monkeypatch.context() as patched:
        patched.setattr("os.pwrite", lambda file, text, at: pwrite(file, text[:3], at))
        spill.append(b'{"a":1}', durable=True)
    assert spill_path.read_bytes() == whole
    assert spill.in_memory == 1
    assert list(spill.batches()) == [b'{"a":0}\n', b'{"a":1}']
    spill.append(b'{"a":2}', durable=True)
    assert spill.in_memory == 0
    assert list(Spill(spill_path).batches()) == [b'{"a":0}\n', b'{"a":1}\n', b'{"a":2}\n']


def test_forgetting_removes_the_file_and_the_next_one_has_another_name(spill_path: Path) -> None:
    spill = Spill(spill_path)
    spill.append(b"{}", durable=False)
    before = spill.name
    spill.clear()
    assert len(spill) == 0
    assert not spill_path.exists()
    spill.append(b"{}", durable=False)
    assert spill.name != before


def test_a_file_that_cannot_be_removed_is_overwritten_by_the_next(
    spill_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spill = Spill(spill_path)
    spill.append(b'{"a":"a long first batch"}', durable=False)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        spill.clear()
    assert spill_path.exists()
    spill.append(b"{}", durable=False)
    assert list(Spill(spill_path).batches()) == [b"{}\n"]


def test_durable_batches_are_forced_to_the_disk_with_their_folder(
    spill_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[str] = []
    monkeypatch.setattr("os.fsync", lambda file: forced.append(os.readlink(f"/proc/self/fd/{file}")))
    spill = Spill(spill_path)
    spill.append(b"{}", durable=True)
    spill.append(b"{}", durable=False)
    spill.append(b"{}", durable=True)
    assert forced == [str(spill_path), str(spill_path.parent), str(spill_path)]


def test_without_a_file_all_is_in_memory() -> None:
    spill = Spill(None)
    spill.append(b"{}", durable=True)
    assert list(spill.batches()) == [b"{}"]
    spill.clear()
    assert len(spill) == spill.in_memory == 0


@pytest.mark.parametrize("text", [b"hello\n", b'{"other":"x"}\n', b"[1]\n"])
def test_another_file_of_that_name_is_refused(spill_path: Path, text: bytes) -> None:
    spill_path.write_bytes(text)
    with pytest.raises(BadInput, match="is not what a journal left behind"):
        read_spill(spill_path)
