"""One connection as the broker uses it: what is sent and heard on it, and what is asked again and when."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cockpit.brokers.ib import account
from cockpit.brokers.ib.book import Told
from cockpit.brokers.ib.executions import execution_of
from cockpit.brokers.ib.pulse import Gauges, Pulse
from cockpit.brokers.ib.synchronise import Synchroniser
from cockpit.brokers.ib.translate import seen
from cockpit.brokers.ib.words import TOO_FAST, sentence
from cockpit.domain.errors import NoBroker
from cockpit.events import AccountTold, Noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How the broker keeps time, in seconds."""

    answer_s: float = 10.0  # to a question
    again_s: float = 1.0  # until what is still in doubt is asked again
    soon_s: float = 1.0  # from news of others to the next snapshot
    snapshot_s: float = 60.0
    beat_s: float = 5.0
    fees_s: float = 0.25  # that a fill waits for them


class Line:
    """Made for a new connection, and of no use after `close`.

    What the library calls back is only noted, and told in the loop's next turn: it swallows what a callback raises.
    """

    def __init__(self, sync: Synchroniser, *, timing: Timing, say: Callable[[str], None]) -> None:
        self.sync, self.ib, self.budget = sync, sync.ib, sync.budget
        self.pulse = Pulse(sync.questions, sync.budget, sync.now_ns)
        self.synchronised_ns: int | None = None
        self.is_up = False
        self._timing, self._say = timing, say
        self._loop = asyncio.get_running_loop()
        self._heard: deque[tuple[Callable[..., Iterable[Told | AccountTold]], tuple[Any, ...]]] = deque()
        self._wake = asyncio.Event()
        now_s = self._loop.time()
        self._settle_s, self._snapshot_s, self._beat_s = now_s, now_s + timing.snapshot_s, now_s
        self._task: asyncio.Task[None] | None = None
        self._handlers = (
            (self.ib.openOrderEvent, self._on_order),
            (self.ib.orderStatusEvent, self._on_order),
            (self.ib.execDetailsEvent, self._on_execution),
            (self.ib.commissionReportEvent, self._on_fees),
            (self.ib.errorEvent, self._on_error),
            (self.ib.positionEvent, self._on_position),
            (self.ib.accountValueEvent, self._on_account),
        )

    async def open(self) -> None:
        """Hears, and asks for all that happened meanwhile."""
        self.ib.wrapper.clientId = self.ib.client.clientId  # a mere handshake leaves the library without it
        for event, handler in self._handlers:
            event += handler
        await self._snapshot()
        await self.sync.questions.account(self.sync.account)
        self.drain()
        self.is_up = True
        self._task = self._loop.create_task(self._attend())
        self._task.add_done_callback(self._ended)

    def close(self) -> None:
        """Hears no more; what was heard before is told."""
        self.is_up = False
        for event, handler in self._handlers:
            event -= handler
        self.sync.questions.close()
        if self._task is not None:
            self._task.cancel()
        self.drain()

    def look_again(self, within_s: float = 0.0) -> None:
        """A snapshot is asked for by then."""
        self._snapshot_s = min(self._snapshot_s, self._loop.time() + within_s)
        self._wake.set()

    def gauges(self, reconnects: int) -> Gauges:
        """As measured last."""
        return Gauges(
            latency_ms=self.pulse.latency_ms,
            clock_off_s=self.pulse.clock_off_s,
            messages_per_s=self.pulse.messages_per_s,
            synchronised_ns=self.synchronised_ns,
            reconnects=reconnects,
        )

    # ---------------------------------------------------------------- sending: at once, whoever else waits

    def place(self, contract: Any, order: Any) -> None:
        """A new order; raises ConnectionError."""
        self.budget.urgent()
        self.ib.placeOrder(contract, order)

    def modify(self, contract: Any, order: Any) -> None:
        """Not by the library's own way, which asserts on a state that it only guesses; raises ConnectionError."""
        self.budget.urgent()
        self.ib.client.placeOrder(order.orderId, contract, order)

    def cancel(self, order_id: int) -> None:
        """Raises ConnectionError."""
        self.budget.urgent()
        self.ib.client.cancelOrder(order_id, "")

    def cancel_all(self) -> None:
        """Of every client and by hand; raises ConnectionError."""
        self.budget.urgent()
        self.ib.reqGlobalCancel()

    # ---------------------------------------------------------------- hearing

    def drain(self) -> None:
        """Tells what has been heard so far."""
        while self._heard:
            handle, heard = self._heard.popleft()
            self._tell(handle(*heard))
        self._cancel_strays()
        if self.sync.book.is_in_doubt:
            self._wake.set()

    def _cancel_strays(self) -> None:
        strays = self.sync.book.strays
        while strays and self.ib.client.isReady():
            self.cancel(strays.pop())

    def _note(self, handle: Callable[..., Iterable[Told | AccountTold]], *heard: Any) -> None:
        if not self._heard:
            self._loop.call_soon(self.drain)
        self._heard.append((handle, heard))

    def _tell(self, events: Iterable[Told | AccountTold]) -> None:
        for event in events:
            self.sync.push(event)

    def _on_order(self, trade: Any) -> None:
        self._note(self._order, trade)

    def _on_execution(self, _trade: Any, fill: Any) -> None:
        self._note(self._execution, fill)

    def _on_fees(self, _trade: Any, fill: Any, _report: Any) -> None:
        self._note(self._fees, fill)

    def _on_error(self, request: int, code: int, text: str, _contract: Any) -> None:
        self._note(self._error, request, code, text)

    def _on_position(self, _position: Any) -> None:
        if not self.sync.is_asking_positions:
            self.look_again(self._timing.soon_s)

    def _on_account(self, _value: Any) -> None:
        if not any(handle == self._account for handle, _ in self._heard):
            self._note(self._account)

    def _order(self, trade: Any) -> Iterable[Told]:
        state = seen(trade)
        if self.sync.book.names.ours(state.wire) is None:
            self.look_again(self._timing.soon_s)
            return ()
        return self.sync.book.hear(state, self.sync.now_ns())

    def _execution(self, fill: Any) -> Iterable[Told]:
        book = self.sync.book
        execution = execution_of(fill, book.names, book.client_id)
        if execution is None:
            return ()
        if execution.ref is None:
            self.look_again(self._timing.soon_s)
            return ()
        told = book.execute(execution, self.sync.now_ns(), wait=True)
        if execution.id in book.executions.waiting:
            self._loop.call_later(self._timing.fees_s, self._wait_no_longer, execution.id)
        return told

    def _wait_no_longer(self, id: str) -> None:
        self._tell(self.sync.book.executions.due(self.sync.now_ns(), id=id))

    def _fees(self, fill: Any) -> Iterable[Told]:
        book = self.sync.book
        execution = execution_of(fill, book.names, book.client_id)
        return () if execution is None else book.executions.charge(execution.id, execution.fees, self.sync.now_ns())

    def _error(self, request: int, code: int, text: str) -> Iterable[Told]:
        now_ns = self.sync.now_ns()
        if code == TOO_FAST:
            return (Noticed(now_ns, "A-pace", "warning", f"TWS is asked too fast: {sentence(code, text)}"),)
        return self.sync.book.refuse(request, code, text, now_ns)

    def _account(self) -> Iterable[AccountTold]:
        name = self.sync.account
        told = account.told(name, self.ib.accountValues(name), self.sync.now_ns())
        return () if told is None else (told,)

    # ---------------------------------------------------------------- asking

    async def _attend(self) -> None:
        while True:
            due_s = min(self._snapshot_s, self._beat_s)
            if self.sync.book.is_in_doubt:
                due_s = min(due_s, self._settle_s)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due_s):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._ask()
            except NoBroker as error:
                self._say(str(error))
                self._settle_s = self._loop.time() + self._timing.again_s
                self._snapshot_s = min(self._snapshot_s, self._settle_s + self._timing.answer_s)

    async def _ask(self) -> None:
        now_s = self._loop.time()
        if now_s >= self._snapshot_s:
            await self._snapshot()
        elif self.sync.book.is_in_doubt and now_s >= self._settle_s:
            self._settle_s = now_s + self._timing.again_s  # when it is still in doubt then
            await self.sync.settle()
            self._cancel_strays()
            if not self.sync.book.is_in_doubt:
                self._settle_s = now_s
        if now_s >= self._beat_s:
            self._beat_s = now_s + self._timing.beat_s
            self._tell(await self.pulse.beat())

    async def _snapshot(self) -> None:
        self._snapshot_s = self._loop.time() + self._timing.snapshot_s
        await self.sync.snapshot()
        self.synchronised_ns = self.sync.now_ns()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Whoever is not told what the broker has may not send: the connection ends, and the feed makes another."""
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        self.is_up = False
        if not isinstance(error, ConnectionError):  # a fault, which must be seen
            self._loop.call_exception_handler({"message": "the broker's questions have ended", "exception": error})
        self.ib.disconnect()  # the event of which the feed hears
