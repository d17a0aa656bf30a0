"""Everything a test may do to the loopback server and ask of it; in process and over a socket alike."""

import asyncio
from collections.abc import Callable

from tests.tws.control_faults import FaultControl, Switch
from tests.tws.control_market import MarketControl
from tests.tws.control_orders import OrderControl
from tests.tws.floor import Floor
from tests.tws.session import Received


class Control(MarketControl, OrderControl, FaultControl):
    """Methods take and give plain values and the frozen dataclasses of this package, so that they travel as JSON."""

    def __init__(self, floor: Floor, open_port: Switch, close_port: Switch) -> None:
        MarketControl.__init__(self, floor)
        OrderControl.__init__(self, floor)
        FaultControl.__init__(self, floor, open_port, close_port)
        self._waiters: list[asyncio.Event] = []
        floor.gateway.on_change = self._wake

    def received(self, kind: str = "", client_id: int | None = None) -> list[Received]:
        """Every message that arrived, oldest first, with its time; of one kind and one client, if named."""
        log = self._floor.gateway.received
        return [r for r in log if kind in ("", r.kind) and client_id in (None, r.client_id)]

    def forget_received(self) -> None:
        self._floor.gateway.received.clear()

    async def await_received(self, kind: str, count: int = 1, timeout_s: float = 5.0) -> list[Received]:
        """All messages of a kind, once there are so many; TimeoutError when they do not come."""
        await self._until(lambda: len(self.received(kind)) >= count, timeout_s)
        return self.received(kind)

    async def await_sessions(self, client_ids: list[int], timeout_s: float = 5.0) -> None:
        """Wait until exactly these clients are connected."""
        await self._until(lambda: self.sessions() == sorted(client_ids), timeout_s)

    async def _until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        changed = asyncio.Event()
        self._waiters.append(changed)
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    changed.clear()
                    await changed.wait()
        finally:
            self._waiters.remove(changed)

    def _wake(self) -> None:
        for waiter in self._waiters:
            waiter.set()
