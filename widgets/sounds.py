"""Four soft sounds, made here and played by the system's own player, one at a time and never too often."""

import math
import shutil
import struct
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QProcess
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from cockpit.frame import Frame
from cockpit.preferences import SoundPreferences

PLAYERS: dict[str, tuple[str, ...]] = {"pw-play": (), "paplay": (), "aplay": ("-q",), "afplay": ()}
SILENT_ON = ("offscreen", "minimal", "minimalegl", "vnc")  # platforms on which nobody hears anything
RATE_HZ, LOUDNESS, FADE_S = 22_050, 0.16, 0.012
NOTES: dict[str, tuple[tuple[float, float], ...]] = {  # Hz and seconds, one after the other
    "decision": ((659.3, 0.11), (880.0, 0.16)),
    "fill": ((523.3, 0.09),),
    "blind": ((293.7, 0.16), (0.0, 0.07), (293.7, 0.16)),
    "refusal": ((440.0, 0.10), (329.6, 0.15)),
}
LEAST_S = 1.0  # between two sounds of one kind
AGAIN_S = 10.0  # between two alarms for positions that stay blind


class Plays(Protocol):
    """Something that makes a file heard."""

    @property
    def busy(self) -> bool:
        """Whether it still plays."""
        ...

    def play(self, file: Path) -> None:
        """Begin to play; never waits."""
        ...


class SystemPlayer(QObject):
    """The first player found on the path; without one, or when it fails, the system's beep."""

    def __init__(self) -> None:
        super().__init__()
        found = ((path, options) for name, options in PLAYERS.items() if (path := shutil.which(name)))
        self._command = next(found, None)
        self._process = QProcess(self)
        self._process.errorOccurred.connect(self._failed)

    @property
    def words(self) -> str:
        """What plays, for the settings."""
        return Path(self._command[0]).name if self._command else "the system's beep"

    @property
    def busy(self) -> bool:
        """Whether the last sound is not over."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def play(self, file: Path) -> None:
        """Begin to play that file."""
        if self._command is None:
            QApplication.beep()
        else:
            program, options = self._command
            self._process.start(program, [*options, str(file)])

    def stop(self) -> None:
        """End now: the window closes."""
        if self.busy:
            self._process.errorOccurred.disconnect(self._failed)
            self._process.kill()
            self._process.waitForFinished(200)

    def _failed(self) -> None:
        """It does not work here: from now on it beeps."""
        self._command = None


class Sounds(QObject):
    """Hears what happens from frames; `wanted` says which of it is to be heard.

    `now_s` is monotonic. Nothing is ever heard on a platform without a screen, unless a `player` is given.
    """

    def __init__(
        self,
        wanted: SoundPreferences,
        *,
        player: Plays | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.wanted = wanted
        self._now_s = now_s
        self._player: Plays | None = player
        if player is None and QGuiApplication.platformName() not in SILENT_ON:
            self._player = SystemPlayer()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._last_s: dict[str, float] = {}
        self._frame: Frame | None = None
        self._pending: frozenset[tuple[str, str]] = frozenset()
        self._blind: frozenset[str] = frozenset()
        self._silenced: frozenset[str] = frozenset()

    @property
    def played_by(self) -> str:
        """What plays, in words."""
        return self._player.words if isinstance(self._player, SystemPlayer) else "nothing here"

    def follow(self, frame: Frame) -> None:
        """Hear what is new in the frame; what the first one shows is not new, but for blindness."""
        before, self._frame = self._frame, frame
        if before is not frame:
            self._hear_decisions(frame, first=before is None)
            self._hear_fills(before, frame)
            blind = frozenset(each.id for each in frame.positions if each.state == "blind")
            if blind - self._blind:
                self._last_s.pop("blind", None)
            self._blind, self._silenced = blind, self._silenced & blind
        if self._blind - self._silenced and self._now_s() - self._last_s.get("blind", -math.inf) >= AGAIN_S:
            self.hear("blind")

    def hear(self, event: str) -> None:
        """That has happened: `decision`, `fill`, `blind` or `refusal`."""
        if self.wanted.on and getattr(self.wanted, event):
            self.play(event)

    def play(self, event: str) -> None:
        """Play it, whatever is wanted, unless another sound is playing or it has just been heard."""
        now_s = self._now_s()
        player = self._player
        if player is None or player.busy or now_s - self._last_s.get(event, -math.inf) < LEAST_S:
            return
        self._last_s[event] = now_s
        player.play(self._file(event))

    def silence(self) -> None:
        """The positions that are blind now have been heard; another one will be."""
        self._silenced = self._blind

    def close(self) -> None:
        """Let go of the player and the files."""
        if isinstance(self._player, SystemPlayer):
            self._player.stop()
        self._player = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _hear_decisions(self, frame: Frame, *, first: bool) -> None:
        pending = frozenset((each.position_id, each.rule) for each in frame.pending if each.waits != "blind")
        if pending - self._pending and not first:
            self.hear("decision")
        self._pending = pending

    def _hear_fills(self, before: Frame | None, frame: Frame) -> None:
        if before is None or before.ledger is frame.ledger:
            return
        last = before.ledger[-1] if before.ledger else None
        for line in reversed(frame.ledger):
            if line is last:
                return
            if line.kind == "fill":
                self.hear("fill")
                return

    def _file(self, event: str) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="cockpit-sounds-", ignore_cleanup_errors=True)
        file = Path(self._folder.name) / f"{event}.wav"
        if not file.exists():
            write_wave(file, NOTES[event])
        return file


def write_wave(file: Path, notes: tuple[tuple[float, float], ...]) -> None:
    """Sine notes that fade in and out, 16 bit mono; 0 Hz is a rest."""
    samples: list[int] = []
    for pitch_hz, length_s in notes:
        count = round(length_s * RATE_HZ)
        for i in range(count):
            at_s, left_s = i / RATE_HZ, (count - i) / RATE_HZ
            swell = min(at_s / FADE_S, left_s / (length_s * 0.6), 1.0)
            samples.append(round(32_767 * LOUDNESS * swell * math.sin(2 * math.pi * pitch_hz * at_s)))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
