"""What happens is heard once, not too often, and not at all by those who want quiet."""

import os
import stat
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cockpit.frame import Frame, LedgerPart
from cockpit.preferences import SoundPreferences
from tests.widgets import frames
from widgets.sounds import NOTES, Sounds, SystemPlayer


class Ear:
    """Takes what is played."""

    def __init__(self) -> None:
        self.busy = False
        self.heard: list[str] = []
        self.files: list[Path] = []

    def play(self, file: Path) -> None:
        self.heard.append(file.stem)
        self.files.append(file)


class Hearing:
    """Sounds on a table: time is a number."""

    def __init__(self, wanted: SoundPreferences) -> None:
        self.ear, self.now_s = Ear(), 100.0
        self.sounds = Sounds(wanted, player=self.ear, now_s=lambda: self.now_s)

    def follow(self, frame: Frame, after_s: float = 2.0) -> list[str]:
        """What is heard when that frame arrives."""
        self.now_s += after_s
        self.ear.heard.clear()
        self.sounds.follow(frame)
        return list(self.ear.heard)


@pytest.fixture
def hearing(qapp: object) -> Iterator[Hearing]:
    made = Hearing(SoundPreferences())
    yield made
    made.sounds.close()


def quiet() -> Frame:
    made = frames.frame()
    held = tuple(replace(each, state="hold") for each in made.positions)
    return replace(made, pending=(), positions=held, ledger=())


def test_a_new_decision_is_heard_once(hearing: Hearing) -> None:
    assert hearing.follow(quiet()) == []
    waiting = replace(quiet(), pending=frames.frame().pending)
    assert hearing.follow(waiting) == ["decision"]
    assert hearing.follow(replace(waiting, idle="later")) == []


def test_what_already_waits_at_the_start_is_not_new(hearing: Hearing) -> None:
    assert hearing.follow(replace(quiet(), pending=frames.frame().pending)) == []


def test_a_fill_is_heard(hearing: Hearing) -> None:
    before = quiet()
    hearing.follow(before)
    fill = LedgerPart(at_ns=1, label="NIFTY", rule="theta_decay", kind="fill", text="sold 65")
    after = replace(before, ledger=(*before.ledger, fill))
    assert hearing.follow(after) == ["fill"]
    held = LedgerPart(at_ns=2, label="NIFTY", rule="theta_decay", kind="hold", text="holds")
    assert hearing.follow(replace(after, ledger=(*after.ledger, held))) == []


def test_blindness_is_heard_at_once_and_every_ten_seconds_until_it_is_silenced(hearing: Hearing) -> None:
    seeing = quiet()
    blind = replace(seeing, positions=(replace(seeing.positions[0], state="blind"), *seeing.positions[1:]))
    assert hearing.follow(blind) == ["blind"]
    assert hearing.follow(blind, 9.0) == []
    assert hearing.follow(blind, 1.0) == ["blind"]
    hearing.sounds.silence()
    assert hearing.follow(blind, 60.0) == []
    second = replace(blind, positions=tuple(replace(each, state="blind") for each in blind.positions[:2]))
    assert hearing.follow(second, 2.0) == ["blind"]
    assert hearing.follow(seeing, 60.0) == []
    assert hearing.follow(blind, 2.0) == ["blind"]


def test_one_kind_is_not_heard_twice_within_a_second_nor_over_another(hearing: Hearing) -> None:
    hearing.sounds.hear("refusal")
    hearing.now_s += 0.5
    hearing.sounds.hear("refusal")
    assert hearing.ear.heard == ["refusal"]
    hearing.now_s += 0.5
    hearing.sounds.hear("refusal")
    hearing.ear.busy = True
    hearing.sounds.hear("fill")
    assert hearing.ear.heard == ["refusal", "refusal"]


def test_who_wants_quiet_has_it(hearing: Hearing) -> None:
    hearing.sounds.wanted = SoundPreferences(fill=False)
    hearing.sounds.hear("fill")
    hearing.sounds.wanted = SoundPreferences(on=False)
    for event in NOTES:
        hearing.sounds.hear(event)
    assert hearing.ear.heard == []
    hearing.sounds.play("fill")  # the settings let one hear what is off
    assert hearing.ear.heard == ["fill"]


def test_without_a_screen_nothing_is_heard(qapp: object) -> None:
    silent = Sounds(SoundPreferences())
    assert silent.played_by == "nothing here"
    silent.hear("blind")
    silent.close()


@pytest.mark.parametrize("event", NOTES)
def test_every_sound_is_short_and_soft(hearing: Hearing, event: str) -> None:
    hearing.sounds.play(event)
    with wave.open(str(hearing.ear.files[-1]), "rb") as made:
        assert made.getnframes() / made.getframerate() <= 0.5
        data = memoryview(made.readframes(made.getnframes())).cast("h")
    assert 2_000 < max(abs(each) for each in data) <= 0.2 * 32_767
    assert abs(data[0]) < 100
    assert abs(data[-1]) < 100
    hearing.sounds.close()
    assert not hearing.ear.files[-1].exists()


def test_the_systems_player_is_found_and_does_not_block(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "heard"
    script = tmp_path / "paplay"
    script.write_text(f"#!/bin/sh\necho $1 > {heard}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setattr("widgets.sounds.PLAYERS", {"paplay": ()})
    player = SystemPlayer()
    assert player.words == "paplay"
    player.play(tmp_path / "x.wav")
    assert player.busy
    qtbot.waitUntil(lambda: not player.busy)
    assert heard.read_text().strip() == str(tmp_path / "x.wav")
    player.stop()


def test_without_a_player_it_beeps(qapp: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    beeps: list[bool] = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("PySide6.QtWidgets.QApplication.beep", lambda: beeps.append(True))
    player = SystemPlayer()
    assert player.words == "the system's beep"
    player.play(tmp_path / "x.wav")
    assert beeps == [True]
