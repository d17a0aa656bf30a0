"""The user's settings lie where the platform says, and a file is replaced whole or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit.domain.errors import BadInput
from cockpit.user_files import config_dir, data_dir, read_text, write_whole


@pytest.mark.parametrize(
    ("folder", "variables", "usual", "windows"),
    [
        (config_dir, ("XDG_CONFIG_HOME", "APPDATA"), ".config", "Roaming"),
        (data_dir, ("XDG_DATA_HOME", "LOCALAPPDATA"), ".local/share", "Local"),
    ],
)
def test_the_platform_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Callable[[], Path], variables: tuple[str, str],
    usual: str, windows: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    given = {"linux": tmp_path / "home" / usual, "win32": tmp_path / "home" / "AppData" / windows}
    for platform, variable in zip(given, variables, strict=True):
        monkeypatch.setattr("sys.platform", platform)
        monkeypatch.setenv(variable, str(tmp_path))
        assert folder() == tmp_path / "cockpit"
        monkeypatch.setenv(variable, "")
        assert folder() == given[platform] / "cockpit"
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv(variables[0], "relative")
    assert folder() == given["linux"] / "cockpit"
    monkeypatch.setattr("sys.platform", "darwin")
    assert folder() == tmp_path / "home" / "Library" / "Application Support" / "cockpit"


def test_a_file_is_written_whole_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.toml"
    write_whole(path, "one = 1\n")
    write_whole(path, "two = ₹\n")
    assert read_text(path) == "two = ₹\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["file.toml"]


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.toml"
    write_whole(path, "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BadInput, match=r"file\.toml cannot be written \(No space left on device\)"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file.toml"]


@pytest.mark.parametrize(
    ("content", "said"), [(b"\xff\xfe", "is not UTF-8 text"), (b"x" * 11, "is larger than 10 bytes")]
)
def test_what_is_no_text_of_ours_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said) as refused:
        read_text(path, 10)
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.toml cannot be read"):
        read_text(tmp_path / "none.toml")
