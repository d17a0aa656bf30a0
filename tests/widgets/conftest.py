"""A window on a table: frames are set by hand, time is a number, and commands go to a recorder."""

import asyncio
import gc
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from cockpit.commands import Acknowledged, Command, Watch, WatchChain
from cockpit.frame import Frame
from cockpit.preferences import PreferenceFile
from tests.widgets import frames
from widgets.paint.theme import Look, dress
from widgets.window import Window

TICK_S = 0.02


@pytest.fixture(scope="module", autouse=True)
def young_heap() -> Iterator[None]:
    """What earlier modules keep is not looked through again each time a test's windows are collected."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


class Recorder:
    """Takes commands as the engine would, and answers when it is told to."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self._open: list[asyncio.Future[Acknowledged]] = []
        self._loop = asyncio.new_event_loop()

    def submit(self, command: Command) -> "asyncio.Future[Acknowledged]":
        self.commands.append(command)
        self._open.append(self._loop.create_future())
        return self._open[-1]

    def answer(self, said: str = "done", *, accepted: bool = True) -> None:
        """Answer everything that is open."""
        for future in self._open:
            if not future.done():
                future.set_result(Acknowledged(accepted=accepted, said=said))
        self._settle()

    def fail(self, error: Exception) -> None:
        """Let everything that is open end in an error."""
        for future in self._open:
            future.set_exception(error)
        self._settle()

    def close(self) -> None:
        self._settle()
        self._loop.close()

    def _settle(self) -> None:
        self._open.clear()
        self._loop.run_until_complete(asyncio.sleep(0))


class FakePlayback:
    """What a player of recordings offers, with nothing to play."""

    def __init__(self, speed: float = 60.0) -> None:
        self.playing, self.speed, self.steps = True, speed, 0
        self.slows, self.before = False, None

    def play(self) -> None:
        self.playing = True

    def pause(self) -> None:
        self.playing = False

    def step(self) -> None:
        self.steps += 1

    def set_speed(self, times: float) -> None:
        self.speed = times


class Table:
    """The window under test and all that surrounds it."""

    def __init__(
        self,
        qtbot: QtBot,
        *,
        theme: str = "dark",
        size: tuple[int, int] = (1600, 1000),
        recorder: Recorder | None = None,
    ) -> None:
        self.recorder = recorder or Recorder()
        self.playback = FakePlayback()
        self.frame: Frame | None = None
        self.now_s = 100.0
        self.left: list[str] = []
        self.qtbot = qtbot
        self.preferences = PreferenceFile()
        self.preferences.change(theme=theme, seen_first_run=True)
        self.window = Window(
            self.recorder.submit,
            lambda: self.frame,
            self.left.append,
            preferences=self.preferences,
            now_s=lambda: self.now_s,
        )
        self.window.set_playback(self.playback)
        self.window.resize(*size)
        self.window.show()

    def clear(self) -> None:
        """Delete the window now, and not when somebody collects what is left."""
        self.window.freeze()
        self.window.hide()
        self.recorder.close()
        Shiboken.delete(self.window)

    @property
    def commands(self) -> list[Command]:
        """What was asked for, without the window's own wishes to see something."""
        return [command for command in self.recorder.commands if not isinstance(command, Watch | WatchChain)]

    def show(self, frame: Frame, *, after_s: float = 1.5) -> None:
        """Let a frame arrive, some time after the last one."""
        self.now_s += after_s
        self.frame = frame
        self.window.tick()

    def pass_time(self, seconds: float) -> None:
        """Let the window tick for so long, as often as it does."""
        for _ in range(round(seconds / TICK_S)):
            self.window.tick()
            self.now_s += TICK_S
        self.window.tick()

    def press(self, key: object, modifier: object = None) -> None:
        """Press and let go a key of the window."""
        if modifier is None:
            self.qtbot.keyClick(self.window, key)
        else:
            self.qtbot.keyClick(self.window, key, modifier)


@pytest.fixture(scope="module", autouse=True)
def collected_on_this_thread() -> Iterator[None]:
    """What the windows of a module have left is Qt's: later, another thread might find it."""
    yield
    gc.collect()


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[Table]:
    """A window of 1600 x 1000 that has shown nothing yet."""
    made = Table(qtbot)
    yield made
    made.clear()


@pytest.fixture
def make_table(qtbot: QtBot) -> Iterator[Callable[..., Table]]:
    """Makes windows of other themes and sizes."""
    made: list[Table] = []

    def make(**given: object) -> Table:
        made.append(Table(qtbot, **given))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.clear()


@pytest.fixture
def look(qapp: object) -> Look:
    """The dark look of a wide window."""
    made = Look("dark")
    dress(qapp, made)  # type: ignore[arg-type]
    return made


@pytest.fixture
def full(table: Table) -> Table:
    """The window with six positions and one decision pending."""
    table.show(frames.frame())
    table.recorder.answer("")
    table.now_s += 1.5
    return table
