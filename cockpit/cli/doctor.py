"""`cockpit doctor`: whether this machine has what the cockpit needs, and what to do where it has not."""

import ctypes
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cockpit import __version__
from cockpit.cli.application import app
from cockpit.cli.finding import Finding, State
from cockpit.cli.listening import there, words_of
from cockpit.domain.errors import BadInput
from cockpit.domain.trading_hours import calendar_warning
from cockpit.feeds.inbox import socket_path
from cockpit.ib.library import installed
from cockpit.journal.history import open_history
from cockpit.journal.location import journal_path
from cockpit.journal.verify import verify
from cockpit.settings import MARKETS, market

EXIT_BROKEN = 3
PYTHONS = ((3, 11), (3, 14))  # from, and below
LEAST_BYTES, FEW_BYTES = 50_000_000, 1_000_000_000
WINDOW = ("PySide6.QtWidgets", "pyqtgraph", "qasync")
DISTRIBUTIONS = {"PySide6.QtWidgets": "PySide6-Essentials"}
LEAKING_QT = (6, 12)  # aborts on Python 3.11
WRITERS = (
    "demo.sqlite of the demo, live.sqlite of practice on live quotes, ACCOUNT.sqlite of an account (--broker ib); a "
    "recording is kept in none but where --journal names one"
)

SIGNS: dict[State, tuple[str, str]] = {"ok": ("✓", "ok"), "warning": ("!", "!"), "broken": ("✗", "x")}


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a list.")] = False,
    journal: Annotated[
        Path | None, typer.Option("--journal", metavar="FILE", help="Check this journal instead of the usual ones.")
    ] = None,
    broker: Annotated[
        str | None,
        typer.Option("--ib", metavar="HOST:PORT[:CLIENT]", help="Look at this TWS or Gateway too; nothing is changed."),
    ] = None,
) -> None:
    """Check display, libraries, clock, calendars, data folder and journal; exit code 3 when something is broken."""
    found = [finding for check in checks(journal) for finding in check()]
    if broker is not None:
        from cockpit.cli.doctor_ib import interactive_brokers

        found += interactive_brokers(broker)
    broken = any(finding.state == "broken" for finding in found)
    if as_json:
        report = {"version": __version__, "ok": not broken, "checks": found}
        typer.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        for finding in found:
            typer.echo(line(finding))
    if broken:
        raise typer.Exit(EXIT_BROKEN)


def checks(journal: Path | None) -> list[Callable[[], Iterator[Finding]]]:
    """All checks in the order in which they are told."""
    return [
        python, libraries, display, clock, calendars, data_folder, lambda: journals_whole(journal),
        lambda: running(journal), recordings,
    ]  # fmt: skip


def line(finding: Finding) -> str:
    """The finding on one line, with signs that this terminal can write."""
    sign, plain = SIGNS[finding.state]
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        sign = plain
    remedy = f": {finding.remedy}" if finding.remedy else ""
    return f"{sign} {finding.check}: {finding.said}{remedy}"


# ------------------------------------------------------------------ the program


def python() -> Iterator[Finding]:
    """The interpreter."""
    low, high = PYTHONS
    words = ".".join(map(str, sys.version_info[:3]))
    if low <= sys.version_info[:2] < high:
        yield Finding(check="python", state="ok", said=words)
        return
    yield Finding(
        check="python", state="broken", said=f"{words} is not supported",
        remedy=f"install the cockpit with Python {low[0]}.{low[1]} to {high[0]}.{high[1] - 1}",
    )  # fmt: skip


def libraries() -> Iterator[Finding]:
    """What the window is made of is really imported; the broker's library is looked for only."""
    for name in WINDOW:
        yield imported(name)
    if installed() is None:
        yield Finding(check="ib_insync", state="warning", said="not installed",
                      remedy="install it to record from Interactive Brokers")  # fmt: skip


def imported(name: str) -> Finding:
    """One library of the window."""
    check = name.partition(".")[0]
    try:
        importlib.import_module(name)
    except (ImportError, OSError) as error:  # OSError: a library of the system that it needs is missing
        said = f"cannot be imported ({' '.join(str(error).split())})"
        remedy = "install options-cockpit again, with its dependencies; cockpit replay works without"
        return Finding(check=check, state="broken", said=said, remedy=remedy)
    distribution = DISTRIBUTIONS.get(name, name)
    try:
        installed = version(distribution)
    except PackageNotFoundError:
        return Finding(check=check, state="ok", said="there")
    if check == "PySide6" and sys.version_info < (3, 12) and release(installed) >= LEAKING_QT:
        return Finding(check=check, state="broken", said=f"{installed} aborts on Python 3.11",
                       remedy="install PySide6-Essentials below 6.12, or Python 3.12")  # fmt: skip
    return Finding(check=check, state="ok", said=installed)


def release(text: str) -> tuple[int, int]:
    """6.11.3 -> (6, 11)."""
    major, minor = (*text.split("."), "0")[:2]
    return int(major), int(minor)


# ------------------------------------------------------------------ the screen


def display() -> Iterator[Finding]:
    """Whether a window could be opened, without opening one: Qt ends the program when it cannot."""
    platform = qt_platform(os.environ)
    if platform is None:
        yield Finding(check="display", state="warning", said="there is none",
                      remedy="set DISPLAY or WAYLAND_DISPLAY, or use cockpit run --headless")  # fmt: skip
        return
    lacking = missing_library(platform)
    if lacking:
        yield Finding(check="display", state="warning", said=f"Qt's {platform} platform cannot be loaded ({lacking})",
                      remedy="install that library of the system, or use cockpit run --headless")  # fmt: skip
    else:
        yield Finding(check="display", state="ok", said=platform)


def qt_platform(environment: Any) -> str | None:
    """The platform plugin Qt would choose: xcb, wayland, offscreen …; None without a display."""
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0]
    if chosen:
        return chosen
    if sys.platform != "linux":
        return "cocoa" if sys.platform == "darwin" else "windows"
    if environment.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if environment.get("DISPLAY") else None


def missing_library(platform: str) -> str:
    """Why the plugin of a platform cannot be loaded, in the system's words; empty when it can, or nobody can tell."""
    try:
        core = importlib.import_module("PySide6.QtCore")
    except (ImportError, OSError):
        return ""  # said above
    plugins = Path(core.QLibraryInfo.path(core.QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    plugin = plugins / f"libq{platform.removesuffix('-egl')}.so"
    if sys.platform != "linux" or not plugin.exists():
        return ""
    try:
        ctypes.CDLL(os.fspath(plugin))
    except OSError as error:
        return str(error).partition(": cannot open")[0]
    return ""


# ------------------------------------------------------------------ time


def clock() -> Iterator[Finding]:
    """The machine's clocks and time zones."""
    before, info = time.monotonic(), time.get_clock_info("monotonic")
    if not info.monotonic or time.monotonic() < before:
        yield Finding(check="clock", state="broken", said="the monotonic clock runs backwards",
                      remedy="repair the machine's clock source")  # fmt: skip
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    yield Finding(check="clock", state="ok", said=f"{now}, steps of {info.resolution:g} s")


def calendars() -> Iterator[Finding]:
    """Time zones and calendar tables of every market."""
    today = datetime.now(UTC).date()
    for name in MARKETS:
        try:
            profile = market(name)
        except BadInput as error:
            yield Finding(check=f"market {name}", state="broken", said=str(error).rstrip("."),
                          remedy="install options-cockpit again, with tzdata")  # fmt: skip
            continue
        warning = calendar_warning(profile.calendar, today)
        if warning:
            said, _, remedy = warning.rstrip(".").rpartition("; ")
            yield Finding(check=f"market {name}", state="warning", said=said or remedy, remedy=remedy if said else "")
            continue
        reach = f", calendar to {profile.calendar.last_day}" if profile.calendar else ", open every day"
        yield Finding(check=f"market {name}", state="ok", said=f"{profile.zone}{reach}")


# ------------------------------------------------------------------ what is kept


def data_folder() -> Iterator[Finding]:
    """Whether a journal could be written where it belongs."""
    try:
        folder = journal_path().parent
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"cockpit")
            file.flush()
        free = shutil.disk_usage(folder).free
    except BadInput as error:
        said, _, remedy = str(error).rstrip(".").rpartition(": ")
        yield Finding(check="data folder", state="broken", said=said, remedy=remedy)
        return
    except OSError as error:
        yield Finding(check="data folder", state="broken", said=f"{journal_path().parent} ({error.strerror})",
                      remedy="make it writable, make room on it, or name a journal with --journal")  # fmt: skip
        return
    room = f"{free / 1e9:.1f} GB free"
    if free < FEW_BYTES:
        state: State = "broken" if free < LEAST_BYTES else "warning"
        yield Finding(check="data folder", state=state, said=f"{folder}, {room}", remedy="make room")
    else:
        yield Finding(check="data folder", state="ok", said=f"{folder}, {room}")


def journals_whole(named: Path | None) -> Iterator[Finding]:
    """Which run writes which journal, and whether each that exists is whole and adds up; a named one must be there."""
    if named is not None:
        yield from journal_whole(named)
        return
    try:
        folder = journal_path().parent
    except BadInput:
        return  # said above
    yield Finding(check="journals", state="ok", said=f"in {folder}: {WRITERS}")
    for path in sorted(folder.glob("*.sqlite")):
        yield from journal_whole(path)


def journal_whole(path: Path) -> Iterator[Finding]:
    """One journal."""
    try:
        with open_history(path) as history:
            findings = verify(history)
    except BadInput as error:
        said, _, remedy = str(error).rstrip(".").rpartition(": ")
        yield Finding(check="journal", state="broken", said=said or remedy, remedy=remedy if said else "")
        return
    if not findings:
        yield Finding(check="journal", state="ok", said=f"{path} is whole and adds up")
    for finding in findings:
        yield Finding(check="journal", state="broken", said=finding.rstrip("."),
                      remedy=f"keep a copy of {path}, and restore a backup")  # fmt: skip


def running(named: Path | None) -> Iterator[Finding]:
    """Cockpits that listen on a socket of ours, and what they are."""
    found = there()
    if named is not None:
        found = [each for each in found if each[0] == socket_path(named)]
        said = f"{words_of(found)} is running" if found else f"none writes {named}"
    else:
        said = f"running: {words_of(found)}" if found else "none is running"
    yield Finding(check="cockpit", state="ok", said=said)


def recordings() -> Iterator[Finding]:
    """The folder that COCKPIT_RECORDINGS names, if it names one."""
    named = os.environ.get("COCKPIT_RECORDINGS")
    if not named:
        return
    folder = Path(named)
    if not folder.is_dir():
        yield Finding(check="recordings", state="warning", said=f"{folder} is no folder",
                      remedy="correct COCKPIT_RECORDINGS or leave it out")  # fmt: skip
        return
    number = sum(1 for path in folder.iterdir() if path.suffix == ".parquet")
    yield Finding(check="recordings", state="ok", said=f"{number} in {folder}")
