"""Fixtures and guards of the whole suite: recordings, campaigns, a home of its own, and nothing left behind."""

import gc
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # read once, when Qt is first imported

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SOAK = os.environ.get("COCKPIT_SOAK") == "1"
RECORDINGS = Path(os.environ.get("COCKPIT_RECORDINGS") or ROOT.parent / "shared" / "data")
GUARDED_THREADS = ("engine", "journal")
JOINED_WITHIN_S = 5.0
WITHOUT_RECORDINGS = "no recordings: set COCKPIT_RECORDINGS to their folder"

settings.register_profile(
    "suite",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak", deadline=None, max_examples=1_000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("soak" if SOAK else "suite")


@pytest.fixture(scope="session")
def recordings() -> Path:
    """Folder of the real recordings, read where they are and never copied."""
    if not RECORDINGS.is_dir():
        pytest.skip(WITHOUT_RECORDINGS)
    return RECORDINGS


@pytest.fixture(scope="session")
def campaign() -> Callable[[int], range]:
    """The seeds of a heavy campaign of n runs: all n under COCKPIT_SOAK=1, the first tenth (at least one) otherwise."""
    return lambda runs: range(runs if SOAK else max(1, runs // 10))


@pytest.fixture(scope="session", autouse=True)
def home() -> Iterator[Path]:
    """A home and XDG folders of the suite's own; short, because the path of a local socket has 107 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="ck"))
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    with pytest.MonkeyPatch.context() as environment:
        for name in names:
            place = folder / name.removeprefix("XDG_").lower()
            place.mkdir(mode=0o700)
            environment.setenv(name, str(place))
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail the test that leaves one of our threads running or a top-level widget alive."""
    threads, windows = set(_our_threads()), _windows()
    yield
    leaked = [thread for thread in _our_threads() if thread not in threads]
    for thread in leaked:
        thread.join(JOINED_WITHIN_S)
    running = [thread.name for thread in leaked if thread.is_alive()]
    assert not running, f"the test left threads running: {running}; stop the engine and join it"
    left = _windows_after_deletion(windows)
    assert not left, f"the test left top-level widgets: {left}; register them with qtbot.addWidget"


def _our_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(GUARDED_THREADS)]


def _windows() -> set[int]:
    """Identities of the C++ objects, so that looking keeps no Python wrapper alive."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return set()
    from shiboken6 import Shiboken

    return {Shiboken.getCppPointer(window)[0] for window in widgets.QApplication.topLevelWidgets()}


def _windows_after_deletion(before: set[int]) -> list[str]:
    if not _windows() - before:
        return []
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication
    from shiboken6 import Shiboken

    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    return [
        f"{type(window).__name__} {window.objectName()!r}"
        for window in QApplication.topLevelWidgets()
        if Shiboken.getCppPointer(window)[0] not in before
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what reads recordings."""
    for item in items:
        if "recordings" in getattr(item, "fixturenames", ()):
            item.add_marker("recordings")


class NoSilentSkips:
    """Under COCKPIT_ALL_TESTS=1 (packaging/test.sh) a skip is a failure, unless it is for want of recordings."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one skipped test."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note one skipped module."""
        if report.skipped:
            self._note(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a green run with skips into a red one."""
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name them."""
        if self.skipped:
            terminalreporter.section("skipped, and nothing may be skipped here", red=True)
            for line in self.skipped:
                terminalreporter.line(line, red=True)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if WITHOUT_RECORDINGS not in reason or RECORDINGS.is_dir():
            self.skipped.append(f"{report.nodeid}: {reason}")


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that reports to the user counts skips; xdist's workers report to it."""
    if os.environ.get("COCKPIT_ALL_TESTS") == "1" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(NoSilentSkips())
