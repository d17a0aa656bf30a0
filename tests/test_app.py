"""The window over an engine's thread: every way out is orderly, and a picture needs no display."""

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cockpit.app import Listen, dispose, gui_loop, paint_frame, run_window
from cockpit.cli.application import main
from cockpit.commands import Close
from cockpit.domain.errors import BadInput
from cockpit.feeds.inbox import Who, serve
from cockpit.preferences import PreferenceFile, preferences
from cockpit.wiring_live import live_session
from tests.driven import Counting, Push
from tests.living import asked
from tests.tws.server import LoopbackTws
from tests.widgets import frames
from widgets.window import Window

LOOK_MS = 5


@pytest.fixture(autouse=True)
def own_preferences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PreferenceFile:
    """Preferences of this test alone, of somebody who has seen the window before."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    made = preferences()
    made.change(seen_first_run=True)
    return made


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> Iterator[None]:
    """What a run of the window changes for the whole process is put back."""
    hook, interval = sys.excepthook, sys.getswitchinterval()
    handlers = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    yield
    assert sys.excepthook is hook
    sys.setswitchinterval(interval)
    for name, handler in handlers.items():
        signal.signal(name, handler)
    gc.collect()  # what a traceback has kept of a window is Qt's: another thread must not find it


class Watcher:
    """Looks at the window while it runs, and does something once when something is seen there."""

    def __init__(self, seen: Callable[[Window], bool], then: Callable[[Window], object]) -> None:
        self._seen, self._then = seen, then
        self.done = False
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, Window) and window.isVisible() and not self.done and self._seen(window):
                self.done = True
                self._timer.stop()
                self._then(window)


def listening_at(path: Path) -> Listen:
    """Commands are taken there, whatever is driven."""
    return lambda _, submit: serve(path, submit, Who(kind="demo"))


def has_frame(window: Window) -> bool:
    return window.cockpit.grid.position("P0001") is not None


def test_closing_the_window_ends_the_engine_too() -> None:
    live = Counting()
    watcher = Watcher(has_frame, lambda window: window.close())
    assert run_window(lambda: live) == 0
    assert watcher.done
    assert live.closed_on == "engine"
    assert not any(thread.name in ("engine", "closing") for thread in threading.enumerate())


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(name: signal.Signals) -> None:
    async def script(live: Counting, push: Push) -> None:
        os.kill(os.getpid(), name)
        await asyncio.Event().wait()

    live = Counting(script)
    assert run_window(lambda: live) == 0
    assert live.closed_on == "engine"


def test_a_press_reaches_the_session_and_its_answer_the_bar() -> None:
    live = Counting()
    said: list[str] = []

    def answered(window: Window) -> bool:
        return any("events before" in line for line in window.bar.sentence())

    def close(window: Window) -> None:
        said.extend(window.bar.sentence())
        window.close()

    pressing = Watcher(has_frame, lambda window: window.controls.run("all", "P0001"))
    closing = Watcher(answered, close)
    assert run_window(lambda: live) == 0
    assert pressing.done
    assert closing.done
    assert Close(position="P0001") in live.commands
    assert "0 events before" in said


def test_garbage_is_collected_on_the_windows_thread_alone() -> None:
    seen: list[bool] = []

    def close(window: Window) -> None:
        seen.append(gc.isenabled())
        window.close()

    watcher = Watcher(has_frame, close)
    assert gc.isenabled()
    assert run_window(Counting) == 0
    assert watcher.done
    assert seen == [False]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_a_session_that_cannot_begin_is_bad_input() -> None:
    def make() -> Counting:
        raise BadInput("There is no recording x.parquet; name one that exists.")

    with pytest.raises(BadInput, match=r"There is no recording x\.parquet"):
        run_window(make)


def test_while_it_connects_the_window_says_so_and_can_be_closed(tmp_path: Path) -> None:
    with LoopbackTws() as tws:
        tws.control.freeze()  # it is asked, and never answers
        given = asked(tws, tmp_path, broker="ib")
        said: list[str] = []

        def close(window: Window) -> None:
            said.extend(window.bar.sentence())
            window.close()

        watcher = Watcher(lambda window: window.bar.sentence()[0].startswith("Connecting"), close)
        waiting = f"Connecting with {given.address} …"
        assert run_window(lambda: live_session(given, say=said.append), waiting=waiting) == 0
    assert watcher.done
    assert said == [waiting, ""]
    assert not (tmp_path / "journal.sqlite").exists()
    assert not any(thread.name in ("engine", "closing") for thread in threading.enumerate())


def test_where_nobody_listens_the_window_goes_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with LoopbackTws() as tws:
        port = tws.port  # free again in a moment
    feed = f"ib:127.0.0.1:{port}:7"
    journal = tmp_path / "j.sqlite"
    assert main(["run", "--feed", feed, "--broker", "ib", "--underlying", "SPY", "--journal", str(journal)]) == 4
    said = capsys.readouterr().err
    assert said.startswith(f"cockpit: Nobody listens at 127.0.0.1:{port}: start TWS or Gateway")
    assert "Traceback" not in said
    assert not journal.exists()


def test_an_engine_that_stops_leaves_a_window_that_says_so(capsys: pytest.CaptureFixture[str], qtbot: QtBot) -> None:
    async def script(live: Counting, push: Push) -> None:
        push("break")
        await asyncio.Event().wait()

    said: list[str] = []

    def close(window: Window) -> None:
        said.extend(window.bar.sentence())
        window.close()

    watcher = Watcher(lambda window: window.bar.sentence()[0] == "Something stopped", close)
    with qtbot.captureExceptions() as seen:
        assert run_window(partial(Counting, script)) == 1
    assert watcher.done
    assert said[1].startswith("the engine has stopped (ValueError: the event broke the session)")
    assert [str(error) for _, error, _ in seen] == ["the event broke the session"]


def test_a_socket_that_another_cockpit_has_is_said_without_a_traceback(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "taken.sock"
    path.mkdir()
    said: list[str] = []

    def close(window: Window) -> None:
        said.extend(window.bar.sentence())
        window.close()

    watcher = Watcher(lambda window: window.bar.sentence()[0] == "Something stopped", close)
    with pytest.raises(BadInput) as refused:
        run_window(Counting, listen=listening_at(path))
    path.rmdir()
    assert watcher.done
    assert str(refused.value) in said[1]
    assert "Traceback" not in capsys.readouterr().err


def test_a_display_that_goes_takes_the_engine_with_it() -> None:
    live = Counting()
    watcher = Watcher(has_frame, lambda window: QApplication.exit(1))
    with pytest.raises(BadInput, match="The display has gone"):
        run_window(lambda: live)
    assert watcher.done
    assert live.closed_on == "engine"
    for window in QApplication.topLevelWidgets():
        if isinstance(window, Window):
            dispose(window)


def test_an_error_in_a_slot_is_shown_once_and_the_window_lives(qtbot: QtBot) -> None:
    def fail(window: Window) -> None:
        def broken() -> None:
            raise KeyError("the overlay has no such key")

        for _ in range(3):
            QTimer.singleShot(0, broken)

    said: list[str] = []

    def close(window: Window) -> None:
        said.extend(window.bar.sentence())
        window.close()

    failing = Watcher(has_frame, fail)
    closing = Watcher(lambda window: window.bar.sentence()[1].endswith("rules and exits go on"), close)
    with qtbot.captureExceptions() as seen:
        assert run_window(Counting) == 0
    assert failing.done
    assert closing.done
    assert len(seen) == 1


def test_commands_come_in_through_the_socket(tmp_path_factory: pytest.TempPathFactory, home: Path) -> None:
    inbox = home / "socket" / "c.sock"

    async def script(live: Counting, push: Push) -> None:
        for _ in range(1_000):
            if inbox.exists():
                break
            await asyncio.sleep(0)
        reader, writer = await asyncio.open_unix_connection(str(inbox))
        writer.write(b'{"command": "close", "position": "P0007"}\n')
        live.shown = frames.quiet() if b"true" in await reader.readline() else frames.empty()
        writer.close()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    live = Counting(script)
    assert run_window(lambda: live, listen=listening_at(inbox)) == 0
    assert live.commands == [Close(position="P0007")]
    assert live.shown.positions
    assert not inbox.exists()


def ended() -> Counting:
    live = Counting()
    live.shown = frames.frame(ended=True)
    return live


def test_a_screenshot_of_a_session_that_has_ended_is_painted_and_the_window_closes(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.png"
    assert run_window(ended, screenshot=path, size=(1280, 720), theme="light") == 0
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1280, 720)


def test_a_screenshot_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="could not be written"):
        run_window(ended, screenshot=tmp_path / "nowhere" / "cockpit.png")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1280, 720), (1600, 1000)])
def test_a_frame_is_painted_without_a_window(tmp_path: Path, theme: str, size: tuple[int, int]) -> None:
    path = tmp_path / "frame.png"
    paint_frame(frames.frame(), path, size=size, theme=theme)
    image = QImage(str(path))
    assert (image.width(), image.height()) == size
    ground = image.pixelColor(size[0] // 3, size[1] - 4).lightness()
    assert ground < 40 if theme == "dark" else ground > 200
    with pytest.raises(BadInput):
        paint_frame(frames.frame(), tmp_path / "no" / "frame.png")


def test_a_frame_is_painted_where_no_loop_runs_any_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(asyncio.sleep(0))  # as headless, after the session
    paint_frame(frames.frame(), tmp_path / "frame.png")
    assert capsys.readouterr().err == ""


def test_timers_of_the_windows_loop_are_never_early(qapp: QApplication) -> None:
    async def measure() -> list[float]:
        taken: list[float] = []
        for wait_s in (0.0004, 0.0031, 0.0099):
            began = time.perf_counter()
            await asyncio.sleep(wait_s)
            taken.append(time.perf_counter() - began - wait_s)
        return taken

    with asyncio.Runner(loop_factory=lambda: gui_loop(qapp)) as runner:
        late = runner.run(measure())
    assert min(late) > -0.0002
