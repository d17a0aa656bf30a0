"""`cockpit desktop` writes an entry that starts this program, with its icon, and takes both away again."""

import shlex
from pathlib import Path

import pytest

from cockpit.cli import main
from cockpit.cli.desktop import places


def test_an_entry_and_its_icon_come_and_go(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["desktop"]) == 0
    entry, icon = (place for place in places().values())
    lines = dict(line.split("=", 1) for line in entry.read_text().splitlines() if "=" in line)
    assert Path(shlex.split(lines["Exec"])[0]).exists()
    assert icon.stem == lines["Icon"]
    assert icon.read_text().startswith("<svg")
    assert str(entry) in capsys.readouterr().out
    assert main(["desktop", "--remove"]) == 0
    assert not entry.exists()
    assert not icon.exists()
    assert main(["desktop", "--remove"]) == 0


def test_a_place_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "applications").write_text("a file where a folder should be")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["desktop"]) == 3
    assert capsys.readouterr().err.count("\n") == 1
