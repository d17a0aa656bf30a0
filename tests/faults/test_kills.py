"""Kill -9 at instants drawn around commit, send and fill; restarted on the same journal, nothing may be missing.

With `pytest -s` every case is a line of a Markdown table: what was in flight, and how long the restart took.
"""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cockpit.journal.history import open_history
from cockpit.journal.verify import verify
from tests.faults.boundaries import AFTER_COMMIT, INSIDE_COMMIT, KINDS
from tests.faults.day import Day, write_day, write_spxw
from tests.faults.killed import Asked
from tests.faults.playing import Play, Told, difference, told_by
from tests.faults.promises import changed, doubled, lost, strayed, unbalanced, unfit

ROOT = Path(__file__).parents[2]
KILLS = 100  # a tenth is enough to meet every kind of boundary
SPXW_KILLS = 20
READY_S = 3.0
ANY_INSTANT = "any instant, from outside"
KINDS_DRAWN = (*KINDS, ANY_INSTANT)
AHEAD = 80  # lines that fit into the pipe: the process may have come to its end before the parent has read them

Line = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A session played without interruption, in a process of its own like the others."""

    play: Play
    told: Told
    outcome: dict[str, Any]
    crossed: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One process: what it said line by line, how it ended, and when it said `ready`."""

    lines: list[Line]
    status: int
    ready_s: float | None

    def all(self, word: str) -> list[Line]:
        """Its lines of one word."""
        return [line for line in self.lines if line["word"] == word]

    @property
    def in_flight(self) -> str:
        """What it had in hand when it died, as exactly as it could say."""
        dying = self.all("dying") or self.all("committed")
        return dying[-1]["in_flight"] if dying else "nothing yet"


def run(asked: Asked, *, kill_after: int | None = None) -> Ran:
    """Runs it to its end, or kills it once it has said `kill_after` lines."""
    command = [sys.executable, "-m", "tests.faults.killed", msgspec.json.encode(asked).decode()]
    began, ready_s, lines = time.perf_counter(), None, []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for said in process.stdout:
            if said.endswith(b"\n"):
                lines.append(msgspec.json.decode(said))
                if lines[-1]["word"] == "ready":
                    ready_s = time.perf_counter() - began
            if len(lines) == kill_after:
                process.kill()
        assert process.stderr.read().decode() == ""
    return Ran(lines=lines, status=process.returncode, ready_s=ready_s)


def uninterrupted(play: Play, journal: Path) -> Whole:
    """The session as it should be."""
    ran = run(Asked(play=play, journal=str(journal)))
    assert ran.status == 0
    (done,) = ran.all("done")
    with open_history(journal) as history:
        told = told_by(history)
        assert verify(history) == []
    return Whole(play=play, told=told, outcome=done["outcome"], crossed=done["crossed"])


def files_of(day: Day) -> dict[str, str]:
    """As a play names them."""
    return {"recording": str(day.recording), "entries": str(day.entries), "commands": str(day.commands)}


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Whole]:
    """Two made-up days with orders that stay in flight."""
    folders = [tmp_path_factory.mktemp("day") for _ in range(2)]
    adaptive, scalp = (files_of(write_day(folder, seed=3 + i, seconds=240)) for i, folder in enumerate(folders))
    plays = (
        Play(**adaptive, latency_ms=700, participation=0.3, reject_rate=0.2, commission="0.5"),
        Play(**scalp, profile="scalp", latency_ms=300, participation=0.5, walk=True),
    )
    return [uninterrupted(play, folder / "whole.sqlite") for play, folder in zip(plays, folders, strict=True)]


def kill(whole: Whole, journal: Path, kind: str, chance: random.Random, share: int) -> Ran:
    """A process that is killed at a boundary of that kind, one of the first `1 / share` of them."""
    crossings = whole.crossed[AFTER_COMMIT] - AHEAD if kind == ANY_INSTANT else whole.crossed[kind]
    number = chance.randint(1, crossings // share)
    if kind == ANY_INSTANT:
        return run(Asked(play=whole.play, journal=str(journal)), kill_after=number)
    return run(Asked(play=whole.play, journal=str(journal), kind=kind, number=number))


def case(whole: Whole, journal: Path, seed: int) -> None:
    """Kill, and every fifth time once more while it is going on; then restart, and hold it against the promises."""
    chance, first = random.Random(seed), KINDS_DRAWN[seed % len(KINDS_DRAWN)]
    kinds = [first, chance.choice(KINDS_DRAWN)] if seed % 5 == 4 else [first]
    died: list[Ran] = []
    name = f"{Path(whole.play.recording).stem} {whole.play.profile}, kill {seed}"
    for kind, share in zip(kinds, (len(kinds), 4), strict=False):
        died.append(kill(whole, journal, kind, chance, share))
        name = f"{name}, {kind} ({died[-1].in_flight})"
        assert died[-1].status == -signal.SIGKILL, name
        with open_history(journal) as history:
            assert list(lost(history, promised(died))) == [], name
    ran = run(Asked(play=whole.play, journal=str(journal)))
    assert ran.status == 0, name
    hold(whole, journal, promised(died), name)
    if kinds[-1] != ANY_INSTANT:  # from outside, a commit may be done and not yet told
        for found in ran.all("restored"):
            assert list(changed(promised(died)[-1]["standing"], found["standing"])) == [], name
    (done,), (ready,) = ran.all("done"), ran.all("ready")
    assert list(changed(whole.outcome, done["outcome"])) == [], name
    assert ready["after_s"] < READY_S, name
    tell(seed, whole, kinds, died, ready["after_s"], ran.ready_s or 0.0)


def promised(died: list[Ran]) -> list[Line]:
    """Every receipt that was given before the last kill."""
    return [receipt for ran in died for receipt in ran.all("committed")]


def hold(whole: Whole, journal: Path, receipts: list[Line], name: str) -> None:
    """The journal of a finished session against the promises, and against the journal of the uninterrupted one."""
    with open_history(journal) as history:
        assert list(lost(history, receipts)) == [], name
        assert verify(history) == [], name
        told = told_by(history)
    assert [*doubled(told), *unbalanced(told), *unfit(told), *strayed(told, whole.told)] == [], name
    assert difference(told, whole.told) == "", name


def tell(seed: int, whole: Whole, kinds: list[str], died: list[Ran], after_s: float, restart_s: float) -> None:
    """One line of the table."""
    flights = "; then ".join(f"{kind}: {ran.in_flight}" for kind, ran in zip(kinds, died, strict=True))
    where = f"{Path(whole.play.recording).stem}, {whole.play.profile}"
    print(f"| {seed} | {where} | {flights} | as uninterrupted | {after_s:.2f} | {restart_s:.2f} |")


def test_killed_on_made_up_days(days: list[Whole], tmp_path: Path, campaign: Callable[[int], range]) -> None:
    for seed in campaign(KILLS):
        case(days[seed // 2 % 2], tmp_path / f"{seed}.sqlite", seed)


def test_killed_on_the_recorded_day(recordings: Path, tmp_path: Path, campaign: Callable[[int], range]) -> None:
    day = write_spxw(tmp_path, recordings, seed=11)
    play = Play(**files_of(day), latency_ms=400, participation=0.1, commission="0.65")
    whole = uninterrupted(play, tmp_path / "whole.sqlite")
    for seed in campaign(SPXW_KILLS):
        case(whole, tmp_path / f"{seed}.sqlite", 7 * seed + 3)


def test_a_restart_finds_its_way_when_killed_before_anything_happened(days: list[Whole], tmp_path: Path) -> None:
    journal = tmp_path / "new.sqlite"
    ran = run(Asked(play=days[0].play, journal=str(journal), kind=INSIDE_COMMIT, number=1))
    assert ran.status == -signal.SIGKILL
    assert ran.all("committed") == []
    assert run(Asked(play=days[0].play, journal=str(journal))).status == 0
    with open_history(journal) as history:
        assert difference(told_by(history), days[0].told) == ""
