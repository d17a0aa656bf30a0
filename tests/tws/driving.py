"""How these tests drive the real client library: in one event loop, with every wait bounded and every event kept."""

import asyncio
import functools
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from tests.tws.library import api
from tests.tws.server import HOST, LoopbackTws

WITHIN_S = 5.0


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test in a loop of its own, with a limit."""

    @functools.wraps(test)
    def run(*args: Any, **named: Any) -> None:
        async def limited() -> None:
            async with asyncio.timeout(2 * WITHIN_S):
                await test(*args, **named)

        asyncio.run(limited())

    return run


@asynccontextmanager
async def client(server: LoopbackTws | int, client_id: int = 7, **options: Any) -> AsyncGenerator[Any]:
    """A client connected to a server or to a port of ours, disconnected at the end whatever happened."""
    port = server if isinstance(server, int) else server.port
    ib = api.IB()
    try:
        await ib.connectAsync(HOST, port, clientId=client_id, timeout=WITHIN_S, **options)
        yield ib
    finally:
        await hang_up(ib)


async def hang_up(ib: Any) -> None:
    """Disconnect and wait until the socket is closed."""
    connection = ib.client.conn
    closed = Heard(connection.disconnected)
    if ib.isConnected():
        ib.disconnect()
    else:
        ib.client.disconnect()  # between the two handshakes `IB.disconnect` itself raises
    if connection.transport is not None:
        connection.transport.abort()
        await closed.when(lambda *_: True)


async def give_up(ib: Any, connecting: asyncio.Future[Any]) -> None:
    """End an attempt to connect that would go on waiting."""
    connecting.cancel()
    await asyncio.wait([connecting])
    await hang_up(ib)


class Heard:
    """Everything that an event of the library has said since, and a wait for what it should say."""

    def __init__(self, event: Any) -> None:
        self.said: list[tuple[Any, ...]] = []
        self._changed = asyncio.Event()
        event += self._hear

    async def when(self, wanted: Callable[..., bool]) -> tuple[Any, ...]:
        """The first thing said that is wanted, said already or to come; TimeoutError when nothing is."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                for args in self.said:
                    if wanted(*args):
                        return args
                self._changed.clear()
                await self._changed.wait()

    def _hear(self, *args: Any) -> None:
        self.said.append(args)
        self._changed.set()


async def becomes(ib: Any, condition: Callable[[], Any]) -> Any:
    """Wait until the condition gives something true, looking whenever the library has read from its socket."""
    changed = asyncio.Event()

    def wake(*_: Any) -> None:
        changed.set()

    ib.updateEvent += wake
    try:
        async with asyncio.timeout(WITHIN_S):
            while not (value := condition()):
                changed.clear()
                await changed.wait()
        return value
    finally:
        ib.updateEvent -= wake


async def settled(ib: Any) -> None:
    """Everything sent before has been answered: the server answers in order, and this asks for the time."""
    await asyncio.wait_for(ib.reqCurrentTimeAsync(), WITHIN_S)


class Errors(Heard):
    """The errors and notices that a client has been sent."""

    def __init__(self, ib: Any) -> None:
        super().__init__(ib.errorEvent)

    @property
    def codes(self) -> list[int]:
        return [code for _, code, *_ in self.said]

    async def code(self, code: int, request: int | None = None) -> tuple[Any, ...]:
        """The first error of this code, about this request or order if one is named."""

        def wanted(about: int, said: int, *_: Any) -> bool:
            return said == code and request in (None, about)

        return await self.when(wanted)
