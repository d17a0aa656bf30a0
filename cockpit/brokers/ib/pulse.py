"""How the connection does: the way there and back, the broker's clock beside ours, and how much is sent."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from cockpit.brokers.ib.questions import Questions
from cockpit.events import NS, Noticed
from cockpit.ib.budget import Budget

CLOCK_OFF_S = 2.0  # from here on the trader is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """As measured last; None is not measured on this connection."""

    latency_ms: float | None = None
    clock_off_s: float | None = None  # the broker's clock less ours, exact to half a second
    messages_per_s: float = 0.0
    synchronised_ns: int | None = None
    reconnects: int = 0


class Pulse:
    """Asks the broker for its time; of one connection."""

    def __init__(self, questions: Questions, budget: Budget, now_ns: Callable[[], int]) -> None:
        self._questions, self._budget, self._now_ns = questions, budget, now_ns
        self._now_s = asyncio.get_running_loop().time
        self._counted, self._counted_s = budget.sent, self._now_s()
        self._was_off = False
        self.latency_ms: float | None = None
        self.clock_off_s: float | None = None
        self.messages_per_s = 0.0

    async def beat(self) -> list[Noticed]:
        """Asks once; a clock that is off is told when it begins to be, and when it no longer is."""
        self._budget.urgent()  # whoever waits behind it waits for news of our orders
        sent_ns, sent_s = self._now_ns(), self._now_s()
        told = await self._questions.time()
        took_s = self._now_s() - sent_s
        self.latency_ms = took_s * 1e3
        off_s = told.timestamp() + 0.5 - (sent_ns / NS + took_s / 2.0)
        self.clock_off_s = off_s
        self.count()
        is_off = abs(off_s) > CLOCK_OFF_S
        if is_off is self._was_off:
            return []
        self._was_off = is_off
        return [Noticed(self._now_ns(), "A-clock", "warning" if is_off else "info", _words(off_s, is_off=is_off))]

    def count(self) -> None:
        """Takes the messages sent since it was last asked."""
        now_s = self._now_s()
        elapsed_s = now_s - self._counted_s
        if elapsed_s > 0.0:
            self.messages_per_s = (self._budget.sent - self._counted) / elapsed_s
            self._counted, self._counted_s = self._budget.sent, now_s


def _words(off_s: float, *, is_off: bool) -> str:
    if not is_off:
        return "the clocks of TWS and of this machine agree again"
    way = "ahead of" if off_s > 0.0 else "behind"
    return f"the clock of TWS is {abs(off_s):.0f} s {way} this machine's: set both by a time server"
