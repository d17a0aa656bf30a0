"""Plays a session's events against the wall clock: play, pause, step and speed, and slowly while a human may object."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Generator, Iterator

from cockpit.events import NS, Batch, Heartbeat

SLICE_S = 0.004  # events handed over before others on the loop get their turn
FASTEST = float("inf")
WATCHED = 1.0  # the speed at which a human can read and object

Push = Callable[[Batch | Heartbeat], None]


class Player:
    """Hands events to `push` when their time has come. Speeds are session seconds a second, `inf` as fast as it goes.

    The controls only set what the next turn of `run` looks at, so they may be called from any thread. With `slows`
    the speed is ×1 from the very event on after which `asks` is true, so that no decision is over before it is seen; a
    speed that is chosen meanwhile stays.
    """

    def __init__(
        self,
        events: Iterator[Batch | Heartbeat],
        *,
        speed: float,
        on_end: Callable[[], None],
        asks: Callable[[], bool] = lambda: False,
    ) -> None:
        self.slows = False
        self._events = events
        self._on_end = on_end
        self._asks = asks
        self._before: float | None = None
        self._was_chosen = False  # a speed, while a decision asked
        self._speed = speed
        self._playing = True
        self._steps = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None
        self._anchor: tuple[float, int] | None = None  # wall clock and session time that belong together
        self.ended = False

    @property
    def playing(self) -> bool:
        """Whether time goes on."""
        return self._playing

    @property
    def speed(self) -> float:
        """Session seconds a second."""
        return self._speed

    @property
    def before(self) -> float | None:
        """The speed that comes back when nothing asks any more; None while nothing is slowed down."""
        return self._before

    def play(self) -> None:
        """Go on."""
        with self._changing():
            self._playing = True

    def pause(self) -> None:
        """Stop the session's time."""
        with self._changing():
            self._playing = False

    def step(self) -> None:
        """Play up to and including the next batch of rows, and pause."""
        with self._changing():
            self._playing = False
            self._steps += 1

    def set_speed(self, times: float) -> None:
        """From now on so many times as fast as the recording was made."""
        with self._changing():
            self._speed, self._before, self._was_chosen = times, None, True

    @contextlib.contextmanager
    def _changing(self) -> Generator[None]:
        """The new pace is counted from now: the other thread must not see it with an instant of long ago."""
        self._anchor = None
        yield
        self._anchor = None
        loop, changed = self._loop, self._changed
        if loop is not None and changed is not None and not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    async def run(self, push: Push) -> None:
        """Plays to the end; returns when the last event has been handed over."""
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        turn_ends = time.monotonic() + SLICE_S
        for event in self._events:
            await self._due(event.at_ns)
            push(event)
            if self.slows or self._before is not None:
                self._watch()
            if self._steps and isinstance(event, Batch) and event.quotes:
                self._steps -= 1
            if time.monotonic() >= turn_ends:
                await asyncio.sleep(0)
                turn_ends = time.monotonic() + SLICE_S
        self.ended, self._playing = True, False
        await asyncio.sleep(0)
        self._on_end()

    def _watch(self) -> None:
        """Slowly while a decision asks, and as before afterwards."""
        asks = self.slows and self._asks()
        if not asks:
            self._was_chosen = False
        if asks and not self._was_chosen and self._before is None and self._speed > WATCHED:
            self._before, self._speed, self._anchor = self._speed, WATCHED, None
        elif not asks and self._before is not None:
            self._before, self._speed, self._anchor = None, self._before, None

    async def _due(self, at_ns: int) -> None:
        """Waits until the event's time has come at the present speed, however often that changes."""
        changed = self._changed
        assert changed is not None
        while not self._steps:
            wait_s: float | None = None
            if self._playing:
                if self._speed == FASTEST:
                    return
                now = time.monotonic()
                if self._anchor is None:
                    self._anchor = (now, at_ns)
                wall, session_ns = self._anchor
                wait_s = wall + (at_ns - session_ns) / NS / self._speed - now
                if wait_s <= 0.0:
                    return
            changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await changed.wait()
