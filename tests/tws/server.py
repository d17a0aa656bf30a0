"""The loopback TWS as a thread of this process: a port to trade on and a port to be controlled through."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from tests.tws.control import Control
from tests.tws.control_port import ControlPort
from tests.tws.floor import new_floor
from tests.tws.ledger import DEFAULT_ACCOUNT

T = TypeVar("T")

HOST = "127.0.0.1"
_ANSWERED_WITHIN_S = 10.0


class Server:
    """Both ports in the running event loop; `port` stays the same when the server goes down and comes back."""

    def __init__(self, accounts: tuple[str, ...] = (DEFAULT_ACCOUNT,)) -> None:
        self.port = 0
        self._floor = new_floor(accounts)
        self.control = Control(self._floor, self._open_port, self._close_port)
        self.control_port = ControlPort(self.control)
        self._listening: asyncio.Server | None = None

    async def open(self, port: int = 0, control_port: int = 0) -> None:
        self.port = port
        await self._open_port()
        await self.control_port.open(HOST, control_port)

    async def close(self) -> None:
        self.control.stream([], 0)
        await self._close_port()
        self._floor.gateway.hang_up(abort=True)
        await self.control_port.close()
        await asyncio.sleep(0)

    async def _open_port(self) -> None:
        if self._listening is None:
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(self._floor.gateway.protocol, HOST, self.port)
            self.port = self._listening.sockets[0].getsockname()[1]

    async def _close_port(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None


class LoopbackTws:
    """The server in a thread of its own, for use in a `with` block.

    `control` may be used from any thread; each call is done in the server's thread and waited for.
    """

    def __init__(self, *accounts: str) -> None:
        self._accounts = accounts or (DEFAULT_ACCOUNT,)
        self._thread = threading.Thread(target=self._run, name="loopback-tws")
        self._ready: Future[None] = Future()

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def control_port(self) -> int:
        return self._server.control_port.port

    @property
    def control(self) -> Control:
        return cast(Control, _OnThread(self))

    async def soon(self, work: Callable[[Control], Coroutine[Any, Any, T]]) -> T:
        """Await something of the server's from another event loop, which goes on meanwhile."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(self._server.control), self._loop))

    def call(self, name: str, *args: Any, **named: Any) -> Any:
        async def done() -> Any:
            result = getattr(self._server.control, name)(*args, **named)
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(_ANSWERED_WITHIN_S)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.result(_ANSWERED_WITHIN_S)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._server = Server(self._accounts)
        await self._server.open()
        self._ready.set_result(None)
        await self._stop.wait()
        await self._server.close()


class _OnThread:
    """Looks like the control, and has every method done in the server's thread."""

    def __init__(self, tws: LoopbackTws) -> None:
        self._tws = tws

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **named: self._tws.call(name, *args, **named)
