"""What runs in a terminal until Ctrl+C, a kill or the end of its minutes, and what it says there meanwhile."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Generator, Iterable
from contextlib import contextmanager
from typing import Any

from cockpit.ib.ending import first_of

SIGNALS = (signal.SIGINT, signal.SIGTERM)
CLEAR = "\r\x1b[K"


class Screen:
    """Stderr: sentences, and at a terminal one line below them that changes."""

    def __init__(self) -> None:
        self._moves = sys.stderr.isatty()

    def say(self, sentence: str) -> None:
        """A sentence that stays."""
        sys.stderr.write(f"{CLEAR if self._moves else ''}cockpit: {sentence}\n")
        sys.stderr.flush()

    def show(self, line: str) -> None:
        """The line that changes; empty takes it away."""
        if self._moves:
            sys.stderr.write(f"{CLEAR}{line}")
            sys.stderr.flush()


@contextmanager
def while_stoppable() -> Generator[asyncio.Future[None]]:
    """Done once it is to stop: until then the signals end nothing by themselves."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()

    def stop() -> None:
        if not stopped.done():
            stopped.set_result(None)

    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield stopped
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def until_stopped(
    stopped: asyncio.Future[None], doing: Iterable[Coroutine[Any, Any, Any]], minutes: float | None
) -> None:
    """Until it is to stop, one of them ends or the time is over; all have ended then, and a fault is raised."""
    tasks = [asyncio.ensure_future(each) for each in doing]
    await first_of((*tasks, stopped), within_s=None if minutes is None else 60.0 * minutes)
