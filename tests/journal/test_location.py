"""The default journal lies where the platform keeps data, for its owner alone."""

from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.journal.location import journal_path


def test_the_folder_is_made_for_its_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "new"))
    assert journal_path() == tmp_path / "new" / "cockpit" / "journal.sqlite"
    assert journal_path("DU 123/../x") == tmp_path / "new" / "cockpit" / "DU_123____x.sqlite"
    assert journal_path().parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cockpit").write_text("a file")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(BadInput, match=r"cannot be made .* name a file with --journal"):
        journal_path()
