"""How fast the broker is asked: a few at once, then evenly, below its limit, and what is urgent goes first."""

import asyncio
from collections.abc import Awaitable, Callable

PER_S, BURST, MOST_BEHIND_S = 30.0, 10, 1.0
"""The broker takes 50 messages a second, and the library holds back above 45, first come first served. These two make
no more than 40 in any second, so that an exit is never held back."""


class Budget:
    """Turns to send one message each, at equal distances; after a silence up to `burst` of them at once.

    One for each connection. An urgent message never waits, however many others do; it takes its place in the budget, so
    that those wait longer, but not for ever.
    """

    def __init__(
        self,
        per_s: float = PER_S,
        *,
        burst: int = BURST,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._step_s = 1.0 / per_s
        self._saved_s = (burst - 1) * self._step_s  # what a silence saves at most
        self._now = now or asyncio.get_running_loop().time
        self._sleep = sleep
        self._free_at = self._now() - self._saved_s
        self.sent = 0
        """Messages that had their turn so far."""
        self._queue = asyncio.Lock()  # wakes in the order of arrival

    @property
    def is_free(self) -> bool:
        """Whether a turn could be taken now."""
        return self._free_at <= self._now()

    def urgent(self) -> None:
        """The caller sends at once."""
        now = self._now()
        self._free_at = min(max(self._free_at, now - self._saved_s) + self._step_s, now + MOST_BEHIND_S)
        self.sent += 1

    async def turn(self) -> None:
        """Returns when the caller may send, in order of arrival."""
        async with self._queue:
            while (wait_s := self._free_at - self._now()) > 0:
                await self._sleep(wait_s)
            self.urgent()
