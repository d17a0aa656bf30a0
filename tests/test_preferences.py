"""Preferences are kept, and a file that is not ours to understand is told and left alone."""

from pathlib import Path

import msgspec
import pytest

from cockpit.preferences import ConnectionPreferences, PreferenceFile, Preferences, SoundPreferences, preferences


def test_without_a_file_everything_is_as_shipped(tmp_path: Path) -> None:
    kept = PreferenceFile(tmp_path / "none.toml")
    assert kept.now == Preferences()
    assert kept.trouble == ""
    assert list(tmp_path.iterdir()) == []


def test_what_is_changed_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "cockpit" / "preferences.toml"
    PreferenceFile(path).change(
        theme="light", palette="monochrome", scale_pct=150, reduced_motion=True, seen_first_run=True,
        slow_while_pending=False, profile="mine", columns=["pnl", "mark"], keys={"veto": ["Q"]},
        layouts={"1920x1080": b"\x00\xff\x01"}, sounds=SoundPreferences(blind=False),
    )  # fmt: skip
    again = PreferenceFile(path)
    assert again.trouble == ""
    assert again.now.layouts == {"1920x1080": b"\x00\xff\x01"}
    assert again.now.sounds == SoundPreferences(blind=False)
    assert again.now == Preferences(
        theme="light", palette="monochrome", scale_pct=150, reduced_motion=True, seen_first_run=True,
        slow_while_pending=False, profile="mine", columns=["pnl", "mark"], keys={"veto": ["Q"]},
        layouts={"1920x1080": b"\x00\xff\x01"}, sounds=SoundPreferences(blind=False),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('theme = "pink"', "theme must be dark or light"),
        ("scale_pct = 300", "scale_pct must be a whole number at least 100 and at most 200"),
        ("colour = 1", "colour: no such key; remove it or correct its spelling"),
        ("[sounds]\nbells = true", "sounds.bells: no such key"),
        ("[connection]\nport = 70000", "connection.port"),
        ('[connection]\nunderlyings = ["spy"]', "underlyings"),
        ("theme =", "is not valid TOML"),
        ("[layouts]\na = 3", "layouts"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence_and_never_written_over(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "preferences.toml"
    path.write_text(text)
    kept = PreferenceFile(path)
    assert kept.refused
    assert said in kept.trouble
    assert str(path) in kept.trouble
    assert kept.trouble.endswith("until then the shipped preferences are used.")
    kept.change(theme="light")
    assert kept.now.theme == "light"
    assert path.read_text() == text


def test_a_bad_file_can_be_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "preferences.toml"
    path.write_text("theme =")
    kept = PreferenceFile(path)
    kept.change(theme="light")
    kept.set_aside()
    assert not kept.refused
    assert kept.trouble == ""
    assert (tmp_path / "preferences.toml.refused").read_text() == "theme ="
    assert PreferenceFile(path).now.theme == "light"


def test_a_connection_is_kept_and_an_older_file_has_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "preferences.toml"
    path.write_text('theme = "light"\n')
    kept = PreferenceFile(path)
    assert kept.now.connection == ConnectionPreferences()
    wanted = ConnectionPreferences(host="gateway", port=4001, account="U7654321", underlyings=("SPY", "BRK.B"))
    kept.change(connection=wanted)
    assert PreferenceFile(path).now.connection == wanted
    assert PreferenceFile(path).now.theme == "light"


def test_a_value_out_of_range_is_not_taken(tmp_path: Path) -> None:
    kept = PreferenceFile(tmp_path / "preferences.toml")
    with pytest.raises(msgspec.ValidationError):
        kept.change(scale_pct=90)
    assert kept.now == Preferences()


def test_a_folder_that_cannot_be_written_is_told_and_the_change_holds(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    kept = PreferenceFile(blocked / "preferences.toml")
    kept.change(theme="light")
    assert kept.now.theme == "light"
    assert "cannot be written" in kept.trouble


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    kept = PreferenceFile(tmp_path / "preferences.toml")
    kept.change(theme="dark")
    assert list(tmp_path.iterdir()) == []


def test_without_a_path_they_are_kept_in_memory() -> None:
    kept = PreferenceFile()
    kept.change(theme="light")
    assert kept.now.theme == "light"


def test_the_users_own_lie_in_the_settings_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert preferences().path == tmp_path / "cockpit" / "preferences.toml"


@pytest.mark.parametrize(("scale", "factor"), [(100, "1"), (125, "1.25"), (200, "2")])
def test_the_scale_as_qt_wants_it(scale: int, factor: str) -> None:
    assert Preferences(scale_pct=scale).scale_factor == factor
