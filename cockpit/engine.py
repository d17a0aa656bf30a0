"""The engine's thread: a loop of its own, where the feed runs and the session takes events, with one seam to others."""

import asyncio
import concurrent.futures
import contextlib
import inspect
import logging
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from cockpit.commands import Acknowledged, Command
from cockpit.frame import Frame
from cockpit.turns import eager

STOPPED = "the engine has stopped"
FRAME_S = 0.016  # frames are projected at most this often: nobody sees more
SLICE_S = 0.00015  # of a frame, after which events get their turn; a frame that has taken FRAME_S is finished at once
BEAT_S = 0.010
LATE_S = 0.020  # a beat later than this is counted and its culprit named


class Driven(Protocol):
    """What the engine drives: a session, its frames, and the feed that plays into it."""

    def take(self, event: Any, /) -> Acknowledged | None:
        """Apply one event or command; a refusal is an answer, an exception is a bug and stops the engine."""
        ...

    def frame(self) -> Frame:
        """Everything, as of the newest event."""
        ...

    async def run(self, push: Callable[[Any], None], /) -> None:
        """Push events until cancelled, each taken before `push` returns: await now and then. Its return ends all.

        A library that swallows what its callbacks raise must not call `push` itself, but let the loop do it.
        """
        ...

    def close(self) -> None:
        """Free what it holds, on the thread on which it was made; also after a failure."""
        ...


@runtime_checkable
class Leaving(Protocol):
    """What is driven may tell an orderly end from a failure, after which it wants to be resumed."""

    def leave(self) -> None:
        """It is over, in order; `close` follows."""
        ...


@runtime_checkable
class Sliced(Protocol):
    """What is driven may make a frame bit by bit, so that no event has to wait for a whole one."""

    @property
    def lags(self) -> bool:
        """Whether a further frame will show more although nothing may be happening any more."""
        ...

    def slices(self, since_s: float, /) -> Iterator[Frame | None]:
        """None after each bit of a frame, and the frame last; `since_s` is the time since the last one began.

        Events and whole frames may come in between. One that is left unfinished is nothing lost.
        """
        ...


Submit = Callable[[Command], Awaitable[Acknowledged]]
OnExit = Callable[[BaseException | None], None]
LiveT = TypeVar("LiveT", bound=Driven)


@dataclass(frozen=True, slots=True)
class Gaps:
    """How often the engine could not run when it should have, and what held it up."""

    count: int = 0
    worst_s: float = 0.0
    culprit: str = ""
    contained: str = ""  # the last failure on its loop that was not its own

    def words(self) -> str:
        """For the status strip."""
        also = f"; contained: {self.contained}" if self.contained else ""
        if not self.count:
            return f"No engine gap over {LATE_S * 1e3:.0f} ms{also}"
        times = "once" if self.count == 1 else f"{self.count} times"
        return f"Engine late {times}, at worst {self.worst_s * 1e3:.0f} ms; last held up by {self.culprit}{also}"


class Engine(Generic[LiveT]):
    """Shares three things with other threads: `submit`, `latest`, and a call of `on_exit` when it has ended.

    `make` is called, and what it makes is closed, on the engine's thread while its loop runs: whatever it opens (a
    journal, a broker's connection) belongs to that thread. What it gives may have to be awaited, because it connects
    first: a stop meanwhile cancels that. `beside` runs on the same loop with the means to submit: the local socket.
    """

    def __init__(
        self,
        make: Callable[[], LiveT | Awaitable[LiveT]],
        on_exit: OnExit,
        *,
        beside: Callable[[Submit], Awaitable[None]] | None = None,
    ) -> None:
        self.latest: Frame | None = None
        self.gaps = Gaps()
        self.live: LiveT | None = None
        self._make, self._on_exit, self._beside = make, on_exit, beside
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._error: BaseException | None = None
        self._acks: set[concurrent.futures.Future[Acknowledged]] = set()
        self._stop_asked = self._over = False
        self._begun_s = self._projected_s = self._busy_s = 0.0
        self._sliced: Sliced | None = None
        self._slices: Iterator[Frame | None] | None = None  # of a frame that is being made
        self._next_slice: asyncio.TimerHandle | None = None
        self._thread = threading.Thread(target=self._run, name="engine")

    def start(self) -> None:
        """Begin; returns at once. `latest` is None until the session stands."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; safe from any thread, and at any time."""
        self._stop_asked = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has closed: it has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; False when it has not come within the time."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def submit(self, command: Command) -> Awaitable[Acknowledged]:
        """Send a command; await the answer on the loop that calls. ConnectionError when the engine has ended."""
        return asyncio.wrap_future(self.ask(command))

    def ask(self, command: Command) -> "concurrent.futures.Future[Acknowledged]":
        """The same for threads without a loop. No answer is ever left open."""
        ack: concurrent.futures.Future[Acknowledged] = concurrent.futures.Future()
        self._acks.add(ack)
        ack.add_done_callback(self._acks.discard)
        try:
            if self._loop is None or self.live is None:
                raise RuntimeError("it does not stand yet")
            self._loop.call_soon_threadsafe(self._act, command, ack)
        except RuntimeError:
            _refuse(ack)
        return ack

    def _run(self) -> None:
        error: BaseException | None = None
        eager()
        try:
            asyncio.run(self._main())
        except BaseException as raised:  # noqa: BLE001 - whatever ends the engine is told to the one who started it
            error = raised
        for ack in list(self._acks):  # submitted, but the loop closed first
            _refuse(ack)
        self._on_exit(error)

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self._contain(context))
        self._loop = loop
        if self._stop_asked:
            self._stopping.set()
        live = await self._made()
        if live is None:
            return
        self.live = live
        self._sliced = live if isinstance(live, Sliced) else None
        try:
            self._project()
            loop.call_later(BEAT_S, self._beat, time.monotonic() + BEAT_S, 0.0)
            await self._supervise(live)
            if self._error is None and isinstance(live, Leaving):
                live.leave()
        finally:
            self._over = True  # what is still on its way here is refused, not carried out on what is closed
            live.close()
        if self._error is not None:
            raise self._error

    async def _made(self) -> LiveT | None:
        """What is driven; None when it was stopped before that stood."""
        made = self._make()
        if not inspect.isawaitable(made):
            return made
        making, stopping = asyncio.ensure_future(made), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((making, stopping), return_when=asyncio.FIRST_COMPLETED)
            if making.done():
                return making.result()
        finally:
            for task in (making, stopping):
                task.cancel()
            await asyncio.gather(making, stopping, return_exceptions=True)
        return None if making.cancelled() else making.result()  # it stood in the same moment: it is closed in order

    async def _supervise(self, live: Driven) -> None:
        """Until stopped, or until the feed or what runs beside it ends; whatever they raise ends the engine."""
        tasks: list[asyncio.Future[Any]] = [asyncio.ensure_future(live.run(self._take))]
        tasks.append(asyncio.ensure_future(self._stopping.wait()))
        if self._beside is not None:
            tasks.append(asyncio.ensure_future(self._beside(self._submit_here)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._project()

    async def _submit_here(self, command: Command) -> Acknowledged:
        """For those on the engine's own loop."""
        try:
            return self._carry_out(command)
        except Exception as error:
            self._fail(error)
            raise

    def _act(self, command: Command, ack: "concurrent.futures.Future[Acknowledged]") -> None:
        if not ack.set_running_or_notify_cancel():
            return  # cancelled in time: never carried out
        try:
            said = self._carry_out(command)
        except Exception as error:  # noqa: BLE001 - a refusal is an answer; whatever is raised here is a bug
            ack.set_exception(error)
            self._fail(error)
        else:
            ack.set_result(said)

    def _carry_out(self, command: Command) -> Acknowledged:
        """The answer is given after the frame that shows it."""
        live = self.live
        if live is None or self._over or self._error is not None:
            raise ConnectionError(STOPPED)
        said = live.take(command)
        if said is None:
            raise TypeError(f"the session did not answer {type(command).__name__}")
        self._project()
        return said

    def _take(self, event: Any) -> None:
        """One event of the feed, now, and a frame when one is due.

        Taken at once, so that a feed that outruns its session is slowed down instead of piling up events.
        """
        if self.live is None or self._over or self._error is not None:
            return
        began_s = time.monotonic()
        try:
            self.live.take(event)
        except Exception as error:
            self._fail(error)  # whoever called, and whatever they make of it
            raise
        self._busy_s += time.monotonic() - began_s
        self._project_soon()

    def _project_soon(self) -> None:
        if self._next_slice is None and self._loop is not None:
            wait_s = max(self._projected_s + FRAME_S - time.monotonic(), 0.0)
            self._next_slice = self._loop.call_later(wait_s, self._project_on)

    def _project_on(self) -> None:
        """A slice of the next frame, and the next slice when all that has come in meanwhile has had its turn."""
        if self.live is None or self._loop is None or self._over or self._error is not None:
            return
        try:
            if not self._is_shown_after(time.monotonic()):
                self._next_slice = self._loop.call_later(0.0, self._project_on)
            elif self._sliced is not None and self._sliced.lags:
                self._project_soon()
        except Exception as error:  # noqa: BLE001 - a frame that cannot be made is a bug of ours
            self._fail(error)

    def _is_shown_after(self, began_s: float) -> bool:
        """Goes on with the frame, or begins one, until a slice's time is over or it is there."""
        slices = self._slices
        if slices is None:
            since_s, self._begun_s = began_s - self._begun_s, began_s
            self._slices = slices = self._sliced.slices(since_s) if self._sliced is not None else self._in_one()
        is_late = began_s - self._begun_s > FRAME_S
        now_s = began_s
        for frame in slices:
            now_s = time.monotonic()
            if frame is not None:
                self._show(frame, now_s)
                break
            if now_s - began_s >= SLICE_S and not is_late:
                break
        self._busy_s += now_s - began_s
        return self._slices is None

    def _in_one(self) -> Iterator[Frame | None]:
        assert self.live is not None
        yield self.live.frame()

    def _project(self) -> None:
        """A whole frame at once, instead of one that is being made."""
        if self.live is not None and self._error is None:
            self._begun_s = time.monotonic()
            self._show(self.live.frame(), time.monotonic())
            self._busy_s += self._projected_s - self._begun_s

    def _show(self, frame: Frame, now_s: float) -> None:
        self.latest = frame  # one store: whoever reads sees the old frame or the new one
        self._projected_s, self._slices = now_s, None
        if self._next_slice is not None:
            self._next_slice.cancel()
            self._next_slice = None

    def _contain(self, context: dict[str, Any]) -> None:
        """What others' callbacks and tasks on this loop raise is shown and logged: no client may stop a stop."""
        error = _raised(context)
        if error is not self._error:
            logging.getLogger(__name__).error("%s", context.get("message"), exc_info=error)
            self.gaps = replace(self.gaps, contained=f"{type(error).__name__}: {error}")

    def _fail(self, error: BaseException) -> None:
        if self._error is None:
            self._error = error
        self._stopping.set()

    def _beat(self, due_s: float, busy_s: float) -> None:
        """Notice when the loop could not run in time: its own work, or another thread that held the interpreter.

        And what a frame has still to show although the feed is silent.
        """
        now_s = time.monotonic()
        late_s = now_s - due_s
        if late_s > LATE_S:
            own = self._busy_s - busy_s > late_s / 2
            culprit = "its own work" if own else _where_main_is()
            worst_s = max(self.gaps.worst_s, late_s)
            self.gaps = replace(self.gaps, count=self.gaps.count + 1, worst_s=worst_s, culprit=culprit)
        if self._sliced is not None and self._sliced.lags and not self._over:
            self._project_soon()
        if self._loop is not None:
            self._loop.call_later(BEAT_S, self._beat, now_s + BEAT_S, self._busy_s)


def _refuse(ack: "concurrent.futures.Future[Acknowledged]") -> None:
    with contextlib.suppress(concurrent.futures.InvalidStateError):  # answered, or refused by the other thread
        ack.set_exception(ConnectionError(STOPPED))


def _raised(context: dict[str, Any]) -> BaseException:
    return context.get("exception") or RuntimeError(str(context.get("message")))


def _where_main_is() -> str:
    """The line at which the main thread is now; after a call that kept the interpreter it is still that call."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # pyright: ignore[reportPrivateUsage]
    if frame is None:
        return "the machine"
    code = frame.f_code
    if code.co_name == "run_forever":  # in no Python of ours
        return "Qt, or the machine"
    return f"{code.co_name} ({PurePath(code.co_filename).name}, line {frame.f_lineno})"
