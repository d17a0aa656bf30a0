"""What is asked of the broker: one question at a time, each with a limit, and only what is answered is read."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cockpit.brokers.ib.words import READ_ONLY
from cockpit.domain.errors import NoBroker
from cockpit.ib.budget import Budget

ONLY_READS = (
    "The API of TWS or Gateway is read-only: untick Read-Only API in Global Configuration → API → Settings, or trade "
    "on paper here."
)


class Questions:
    """To one connection. Two questions of a kind at once would share an answer, and one would never have it.

    Each raises NoBroker when there is no answer or the API only reads, ConnectionError when the connection ends.
    """

    def __init__(self, ib: Any, budget: Budget, answer_s: float) -> None:
        self._ib, self._budget, self._answer_s = ib, budget, answer_s
        self._lock = asyncio.Lock()
        self._refused = asyncio.Event()
        ib.errorEvent += self._hear

    def close(self) -> None:
        """No more questions."""
        self._ib.errorEvent -= self._hear

    async def open_orders(self) -> list[Any]:
        """Of all clients, as the library's trades; they go on changing."""
        return await self._ask(self._ib.reqAllOpenOrdersAsync, "open orders")

    async def completed_orders(self) -> list[Any]:
        """Of today, of all clients."""
        return await self._ask(lambda: self._ib.reqCompletedOrdersAsync(True), "completed orders")

    async def executions(self) -> list[Any]:
        """Of today, of all clients, with their fees where they are known.

        For a fill that it knew, the library answers with one without fees: those of its own list have them.
        """
        answered = await self._ask(self._ib.reqExecutionsAsync, "executions")
        kept = {fill.execution.execId: fill for fill in self._ib.fills()}
        return [kept.get(fill.execution.execId, fill) for fill in answered]

    async def positions(self) -> list[Any]:
        """Of all accounts, the newest word on each; what is no longer held is left out."""
        answered = await self._ask(self._ib.reqPositionsAsync, "positions")
        newest = {(position.account, position.contract.conId): position for position in answered}
        return [position for position in newest.values() if position.position]

    async def account(self, name: str) -> None:
        """Its values, now and whenever they change."""
        await self._ask(lambda: self._ib.reqAccountUpdatesAsync(name), "the account")

    async def time(self) -> datetime:
        """The broker's clock, in whole seconds; the caller has had its turn, so that it can time the answer."""
        return await self._ask(self._ib.reqCurrentTimeAsync, "its time", is_paced=True)

    async def _ask(self, question: Callable[[], Any], about: str, *, is_paced: bool = False) -> Any:
        async with self._lock:
            if not is_paced:
                self._budget.urgent()
            self._refused.clear()
            answer, refused = asyncio.ensure_future(question()), asyncio.ensure_future(self._refused.wait())
            try:
                await asyncio.wait((answer, refused), timeout=self._answer_s, return_when=asyncio.FIRST_COMPLETED)
                if answer.done():
                    return answer.result()
                if refused.done():
                    raise NoBroker(ONLY_READS)
                raise NoBroker(f"TWS or Gateway gave no answer about {about}: see that it is logged in.")
            finally:
                answer.cancel()
                refused.cancel()

    def _hear(self, request: int, code: int, text: str, *_: Any) -> None:
        if code == READ_ONLY and request == -1 and "market rule" not in text.lower():  # that is no question of these
            self._refused.set()
