"""`cockpit doctor`: a line a check, a remedy where something is wrong, and exit code 3 only for what is essential."""

import asyncio
import json
import os
import shutil
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli import doctor as doctor_file
from cockpit.cli.application import main
from cockpit.cli.doctor import Finding, display, imported, line, missing_library, qt_platform, release
from cockpit.commands import Acknowledged, Command
from cockpit.feeds.inbox import Who, is_listening, serve, socket_path
from cockpit.journal.location import journal_path
from cockpit.journal.store import open_journal
from cockpit.user_files import data_dir
from tests.journal.examples import STORY, session, tell


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No journal of another test, and no recordings."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("COCKPIT_RECORDINGS", raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, list[str]]:
    code = main(["doctor", *(str(argument) for argument in arguments)])
    return code, capsys.readouterr().out.splitlines()


def one(lines: list[str], check: str) -> str:
    found = [told for told in lines if told[2:].startswith(f"{check}:")]
    assert len(found) == 1, lines
    return found[0]


def test_a_sound_machine_is_told_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run(capsys)
    assert code == 0
    assert [told[0] for told in lines] == ["✓"] * len(lines), lines
    checks = [told[2:].split(":")[0] for told in lines]
    assert checks == [
        "python", "PySide6", "pyqtgraph", "qasync", "display", "clock", "market nse", "market us", "market crypto",
        "data folder", "journals", "cockpit",
    ]  # fmt: skip
    assert one(lines, "display") == "✓ display: offscreen"
    assert one(lines, "journals").startswith(f"✓ journals: in {data_dir()}: demo.sqlite of the demo, live.sqlite of ")
    assert one(lines, "cockpit") == "✓ cockpit: none is running"
    assert data_dir().is_dir()


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run(capsys, "--json")
    told = json.loads("\n".join(lines))
    assert (code, told["ok"]) == (0, True)
    assert told["checks"][0] == {
        "check": "python", "state": "ok", "said": ".".join(map(str, sys.version_info[:3])), "remedy": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"QT_QPA_PLATFORM": "xcb:x=1;wayland", "WAYLAND_DISPLAY": "w"}, "xcb"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "wayland"),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"DISPLAY": ""}, None),
        ({}, None),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has displays by name")
def test_the_platform_that_qt_would_choose(environment: dict[str, str], platform: str | None) -> None:
    assert qt_platform(environment) == platform


def test_without_a_display_it_warns_and_does_not_crash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    code, lines = run(capsys)
    assert code == 0
    assert one(lines, "display") == (
        "! display: there is none: set DISPLAY or WAYLAND_DISPLAY, or use cockpit run --headless"
    )


def test_a_library_of_the_system_that_qt_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: str) -> None:
        assert path.endswith("platforms/libqoffscreen.so")
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    assert missing_library("offscreen") == ""
    monkeypatch.setattr(doctor_file.ctypes, "CDLL", broken)
    assert missing_library("offscreen") == "libxcb-cursor.so.0"
    assert missing_library("unheard of") == ""
    (found,) = display()
    assert (found.state, found.said) == ("warning", "Qt's offscreen platform cannot be loaded (libxcb-cursor.so.0)")


def test_a_library_that_is_not_there_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = imported("cockpit_is_not_a_chart_library")
    assert (found.check, found.state) == ("cockpit_is_not_a_chart_library", "broken")
    assert "No module named" in found.said
    monkeypatch.setattr(doctor_file, "version", lambda name: "6.12.0")
    monkeypatch.setattr(sys, "version_info", (3, 11, 9))
    assert imported("PySide6.QtWidgets").said == "6.12.0 aborts on Python 3.11"
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    assert imported("PySide6.QtWidgets").state == "ok"


def test_releases_are_numbers() -> None:
    assert release("6.9.1") < release("6.11") < release("6.12.0.1")
    assert release("7") == (7, 0)


@pytest.mark.parametrize(("version", "state"), [((3, 10, 9), "broken"), ((3, 13, 1), "ok"), ((3, 14, 0), "broken")])
def test_a_python_it_does_not_run_on_is_broken(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], state: str
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    (found,) = doctor_file.python()
    assert found.state == state


class Later(datetime):
    """The last days of the calendar tables."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        last = doctor_file.market("us").calendar
        assert last is not None
        return datetime.combine(date.fromordinal(last.last_day.toordinal() - 10), datetime.min.time(), UTC)


def test_a_calendar_that_ends_soon_warns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_file, "datetime", Later)
    code, lines = run(capsys)
    assert code == 0
    assert one(lines, "market us").startswith("! market us: The us trading calendar ends on ")
    assert one(lines, "market us").endswith(", in 10 days: later holidays and early closes are not known: install a"
                                            " newer version")  # fmt: skip


def test_a_data_folder_that_cannot_be_written_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    code, lines = run(capsys)
    assert code == 3
    told = one(lines, "data folder")
    assert told.startswith(f"✗ data folder: The folder {tmp_path / 'file' / 'cockpit'} for the journal cannot be made")
    assert told.endswith(": name a file with --journal")


@pytest.mark.parametrize(("free", "sign"), [(49_000_000, "✗"), (999_000_000, "!"), (1_000_000_000, "✓")])
def test_little_room_warns_and_none_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, free: int, sign: str
) -> None:
    usage = shutil.disk_usage(os.curdir)
    monkeypatch.setattr(doctor_file.shutil, "disk_usage", lambda _: usage._replace(free=free))
    code, lines = run(capsys)
    assert code == (3 if sign == "✗" else 0)
    assert one(lines, "data folder")[0] == sign


def test_a_journal_is_checked_and_a_damaged_one_is_broken(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with open_journal(path) as store:
        tell(store, STORY)
        store.begin(session("S0002"))
    code, lines = run(capsys, "--journal", path)
    assert code == 0
    assert one(lines, "journal") == f"✓ journal: {path} is whole and adds up"
    assert one(lines, "cockpit") == f"✓ cockpit: none writes {path}"
    with open_journal(path) as store:
        store.connection.execute("DELETE FROM executions WHERE seq = (SELECT max(seq) FROM executions)")
    code, lines = run(capsys, "--journal", path)
    assert code == 3
    broken = [told for told in lines if told.startswith("✗ journal: ")]
    assert broken
    assert all(told.endswith(f": keep a copy of {path}, and restore a backup") for told in broken)


def test_a_named_journal_must_be_there_and_be_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, lines = run(capsys, "--journal", tmp_path / "none.sqlite")
    assert code == 3
    assert one(lines, "journal").startswith(f"✗ journal: There is no journal {tmp_path / 'none.sqlite'}: ")
    (tmp_path / "text.sqlite").write_text("hello")
    assert run(capsys, "--journal", tmp_path / "text.sqlite")[0] == 3


def test_every_journal_that_a_run_writes_is_checked_when_it_exists(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the demo's and one that no run writes were: not that of an account."""
    names = ("DU1234567", "demo", "live")
    for name in names:
        with open_journal(journal_path(name)) as store:
            store.begin(session("S0001"))
    _, lines = run(capsys)
    checked = [told for told in lines if told[2:].startswith("journal:")]
    assert checked == [f"✓ journal: {journal_path(name)} is whole and adds up" for name in names]


def test_a_running_cockpit_is_seen(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = socket_path(None)

    async def submit(command: Command) -> Acknowledged:
        raise AssertionError(command)

    async def whole() -> list[str]:
        serving = asyncio.create_task(serve(path, submit, Who(kind="live", account="U1", journal="/u.sqlite")))
        while not is_listening(path):
            assert not serving.done(), serving.exception()
            await asyncio.sleep(0)
        lines = (await asyncio.to_thread(run, capsys))[1]
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        return lines

    assert one(asyncio.run(whole()), "cockpit") == ("✓ cockpit: running: LIVE account U1 (journal /u.sqlite)")


def test_recordings_are_counted_where_they_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COCKPIT_RECORDINGS", str(tmp_path))
    (tmp_path / "a.parquet").touch()
    (tmp_path / "a.csv").touch()
    assert one(run(capsys)[1], "recordings") == f"✓ recordings: 1 in {tmp_path}"
    monkeypatch.setenv("COCKPIT_RECORDINGS", str(tmp_path / "none"))
    code, lines = run(capsys)
    assert code == 0
    assert one(lines, "recordings").startswith("! recordings: ")


class Ascii:
    """A terminal that knows no signs."""

    encoding = "ascii"


def test_a_terminal_without_the_signs_gets_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding(check="x", state="broken", said="y", remedy="z")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Ascii())
        told = line(finding)
    assert told == "x x: y: z"
