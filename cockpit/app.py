"""The only place of Qt: the window over the engine's thread, from the first paint to an orderly end; its pictures."""

import asyncio
import concurrent.futures
import contextlib
import gc
import importlib
import itertools
import logging
import math
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, cast

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication

from cockpit.domain.errors import BadInput
from cockpit.engine import Driven, Engine, Submit
from cockpit.frame import Frame
from cockpit.journal.review import JournalReader
from cockpit.preferences import PreferenceFile, preferences
from cockpit.turns import Crowding, yielding
from widgets.paint.theme import ThemeName, dress
from widgets.playback import Playback
from widgets.window import Window

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SIZE = (1600, 1000)
PLAY_AGAIN = -1  # no exit code: the same session from the start, in a window of its own
WATCHDOG_S = 1.0
WHOLE_COLLECTION_S = 300  # the younger generations are collected every second
PICTURE_AFTER_S = 5.0
READING = "Reading the session …"


class Plays(Driven, Protocol):
    """What the engine drives here: a feed with a player has its speed in the window's hands."""

    @property
    def player(self) -> Playback | None:
        """Play, pause, step and speed; None for a live feed."""
        ...

    @property
    def journal(self) -> Path | None:
        """The file that this session's journal is kept in; None when it keeps none."""
        ...


Make = Callable[[], Plays | Awaitable[Plays]]
Listen = Callable[[Plays, Submit], Awaitable[None]]
"""Takes commands from outside for what is driven, beside it."""


def gui_loop(app: QApplication) -> asyncio.AbstractEventLoop:
    """A loop on Qt whose timers keep their time: qasync's own are whole milliseconds and 5 % early or late."""
    loop: Any = importlib.import_module("qasync").QEventLoop(app)
    timer, call_later = loop._timer, loop.call_later

    def precise(milliseconds: int) -> int:
        return QObject.startTimer(timer, milliseconds, Qt.TimerType.PreciseTimer)

    def rounded_up(delay: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        return call_later(math.ceil(max(delay, 0.0) * 1e3) / 1e3, callback, *args, context=context)

    timer.startTimer, loop.call_later = precise, rounded_up
    return cast(asyncio.AbstractEventLoop, loop)


def application() -> QApplication:
    """The one application; it ends when we say so, not when a window closes."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("cockpit")
    app.setApplicationDisplayName("Cockpit")
    app.setQuitOnLastWindowClosed(False)
    return app


def run_window(
    make: Make,
    *,
    listen: Listen | None = None,
    theme: str | None = None,
    size: tuple[int, int] | None = None,
    screenshot: Path | None = None,
    waiting: str = READING,
) -> int:
    """Show the window until it is closed; the exit code.

    `make` is called on the engine's thread, and `waiting` is said until what it makes is there. `listen` takes
    commands from outside. `theme` and `size` are the user's own unless given. With `screenshot` the window is
    painted into that file when the recording has ended or after five seconds, and closes. Raises BadInput when the
    session could not begin or the picture not be written.
    """
    wanted = PreferenceFile() if screenshot is not None else preferences()
    if theme is not None:
        wanted.now = msgspec.structs.replace(wanted.now, theme=cast(ThemeName, theme))
    if wanted.now.scale_pct != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", wanted.now.scale_factor)
    app = application()
    with yielding(), collecting_here(), asyncio.Runner(loop_factory=lambda: gui_loop(app)) as runner:
        code = PLAY_AGAIN
        while code == PLAY_AGAIN:
            cockpit = Cockpit(make, listen, wanted, size, screenshot)
            cockpit.window.bar.set_waiting(waiting)
            code = _run(runner, cockpit)
        return code


def _run(runner: asyncio.Runner, cockpit: "Cockpit") -> int:
    """The window to its end; an engine is never left behind, also when Qt itself ends everything."""
    hook = sys.excepthook
    try:
        return runner.run(cockpit.main())
    except RuntimeError as error:
        if cockpit.has_left:
            raise
        raise BadInput("The display has gone, and the session was ended with it: start the cockpit again.") from error
    finally:
        cockpit.engine.stop()
        cockpit.engine.join()
        sys.excepthook = hook


@contextlib.contextmanager
def collecting_here() -> Generator[None]:
    """No other thread collects garbage: what it finds may be Qt's, and belongs to this thread."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.collect()
        if was_enabled:
            gc.enable()


class Cockpit:
    """One run of the window: every way out ends in `leave`."""

    def __init__(
        self,
        make: Make,
        listen: Listen | None,
        wanted: PreferenceFile,
        size: tuple[int, int] | None,
        screenshot: Path | None,
    ) -> None:
        self._screenshot = screenshot
        self._left: asyncio.Future[str | BaseException] | None = None
        self._said: set[tuple[type[BaseException], str]] = set()
        self._hook = sys.excepthook
        beside = partial(self._listen, listen) if listen is not None else None
        self.engine: Engine[Plays] = Engine(make, self._engine_ended, beside=beside)
        self.window = Window(self.engine.submit, self._latest, self.leave, preferences=wanted)
        self.window.resize(*(size or _fitting()))
        self._reading = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._reader: JournalReader | None = None

    @property
    def has_left(self) -> bool:
        """Whether there is a reason to close."""
        return self._left is None or self._left.done()

    def leave(self, why: str | BaseException) -> None:
        """Close for that reason, the first one counts; on the window's thread."""
        if self._left is not None and not self.has_left:
            self._left.set_result(why)

    async def main(self) -> int:
        """From the first paint to the last thread; the exit code."""
        self._loop = asyncio.get_running_loop()
        self._left = self._loop.create_future()
        self._contain()
        jobs = [asyncio.create_task(job) for job in (self._start(), self._watch())]
        for job in jobs:
            job.add_done_callback(self._job_done)
        why = await self._left
        if isinstance(why, BaseException) and self.engine.latest is not None and self._screenshot is None:
            why = await self._stay(why)
        await self._close(jobs)
        if isinstance(why, BadInput):
            raise why
        if why == "again":
            return PLAY_AGAIN
        return 1 if isinstance(why, BaseException) else 0

    async def _listen(self, listen: Listen, submit: Submit) -> None:
        """On the engine's thread, once it is known what is driven."""
        assert self.engine.live is not None
        await listen(self.engine.live, submit)

    def _latest(self) -> Frame | None:
        return self.engine.latest

    def _contain(self) -> None:
        """Errors in slots and paint events are shown and logged; signals close the window in order."""
        for name in SIGNALS:
            with contextlib.suppress(NotImplementedError, ValueError):  # not on this platform, or not the main thread
                self._loop.add_signal_handler(name, self.leave, name.name)
        sys.excepthook = self._fault
        self._loop.set_exception_handler(lambda _, context: self._fault_of(context))

    async def _start(self) -> None:
        """The shell first, then the engine, then the plotting library: each is seen as soon as it can be."""
        window = self.window
        dress(application(), window.look)
        logging.getLogger().addHandler(window.cockpit.lists.log.tail)
        window.first_shown.connect(self._begun)
        window.again.connect(lambda: self.leave("again"))
        window.show()
        await asyncio.sleep(0.02)  # the first paint
        gc.collect()  # here it holds nobody up
        self.engine.start()
        window.load_charts()
        window.start()

    def _begun(self) -> None:
        """The first frame is on the screen."""
        window, live = self.window, self.engine.live
        if live is not None:
            window.set_playback(live.player)
            self._reader = JournalReader(live.journal)
            window.pages.set_journal(self._reader, self._reading.submit)
            window.pages.places = (("Journal", str(live.journal or "none: this session keeps no journal")),)
        window.view.restore()
        if self._screenshot is None:
            window.view.greet()
        gc.freeze()  # what is there now stays: a full collection would hold the engine up for tens of milliseconds
        if self._screenshot is not None:
            self.window.session_ended.connect(self._paint)
            self._loop.call_later(PICTURE_AFTER_S, self._paint)

    def _paint(self) -> None:
        """The screenshot, and away."""
        if self._screenshot is not None and self._left is not None and not self._left.done():
            try:
                save(self.window, self._screenshot)
            except BadInput as error:
                self.leave(error)
            self.leave("painted")

    async def _watch(self) -> None:
        """The watchdog's count, where it can be read; the garbage, see `collecting_here`; and who waits for whom."""
        crowding = Crowding()
        for second in itertools.count(1):
            await asyncio.sleep(WATCHDOG_S)
            crowding.look()
            self.window.strip.set_watchdog(self.engine.gaps.words())
            gc.collect(1 if second % WHOLE_COLLECTION_S else 2)

    async def _stay(self, error: BaseException) -> str | BaseException:
        """The engine has stopped by itself: a window that vanished would hide it from the trader."""
        self.window.show_fault(error, engine=True)
        if not isinstance(error, BadInput):  # that says itself what to do, and is said again at the end
            self._hook(type(error), error, error.__traceback__)
        self._left = self._loop.create_future()
        await self._left
        return error

    async def _close(self, jobs: list["asyncio.Task[None]"]) -> None:
        self.window.freeze()
        logging.getLogger().removeHandler(self.window.cockpit.lists.log.tail)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        self.engine.stop()
        if self._reader is not None:
            self._reading.submit(self._reader.close)
        with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="closing") as waiting:
            await self._loop.run_in_executor(waiting, self.engine.join)
            await self._loop.run_in_executor(waiting, self._reading.shutdown)
        self._loop.set_exception_handler(None)
        sys.excepthook = self._hook  # before the window goes, on which faults are shown
        dispose(self.window)
        del self.window  # whoever still knows the engine must not keep what is left of it
        for name in SIGNALS:
            with contextlib.suppress(NotImplementedError, ValueError):
                self._loop.remove_signal_handler(name)

    def _engine_ended(self, error: BaseException | None) -> None:
        """On the engine's thread."""
        with contextlib.suppress(RuntimeError):  # the window has gone already
            self._loop.call_soon_threadsafe(self.leave, error or "the engine has ended")

    def _job_done(self, job: "asyncio.Task[None]") -> None:
        error = None if job.cancelled() else job.exception()
        if error is not None:
            self._fault(type(error), error, error.__traceback__)

    def _fault_of(self, context: dict[str, Any]) -> None:
        error: BaseException = context.get("exception") or RuntimeError(str(context.get("message")))
        self._fault(type(error), error, error.__traceback__)

    def _fault(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        """Say it once: a pane that fails fails at every paint."""
        if (kind, str(error)) not in self._said:
            self._said.add((kind, str(error)))
            self._hook(kind, error, at)
            self.window.show_fault(error)


def _fitting() -> tuple[int, int]:
    """The usual size, or what the screen has."""
    room = QApplication.primaryScreen().availableSize()
    return min(SIZE[0], room.width()), min(SIZE[1], room.height())


def paint_frame(frame: Frame, path: Path, size: tuple[int, int] = (1600, 1000), theme: str = "dark") -> None:
    """Paint the window as it shows that frame into a .png, without a display; BadInput when it can't be written."""
    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = application()
    with collecting_here():
        wanted = PreferenceFile()
        wanted.change(theme=theme)
        loop = asyncio.new_event_loop()  # it never runs: a picture's commands are not answered
        window = Window(lambda _: loop.create_future(), lambda: frame, lambda _: None, preferences=wanted)
        dress(app, window.look)
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.resize(*size)
        window.show()
        window.load_charts()
        window.tick()
        app.processEvents()
        try:
            save(window, path)
        finally:
            window.freeze()
            dispose(window)
            loop.close()
            del window


def save(window: Window, path: Path) -> None:
    """The window as it is into a picture; BadInput when the file can't be written."""
    if not window.grab().save(str(path)):
        raise BadInput(f"The picture {path} could not be written: name a .png file in a folder that you may write to.")


def dispose(window: Window) -> None:
    """Delete the window now, while this thread and the application still stand."""
    window.hide()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
