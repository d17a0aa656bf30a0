"""The loopback TWS as a thread of this process: a port to trade on and a port to be controlled through."""

import asyncio
import socket
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
        self._listening: asyncio.Task[asyncio.Server] | None = None

    async def open(self, port: int = 0, control_port: int = 0) -> None:
        self.port = port
        self._open_port()
        await self.control_port.open(HOST, control_port)

    async def close(self) -> None:
        self.control.stream([], 0)
        self._close_port()
        self._floor.gateway.hang_up(abort=True)
        await self.control_port.close()
        await asyncio.sleep(0)

    def _open_port(self) -> None:
        """Listen from now on; whoever connects before the loop accepts is kept in the queue of the socket."""
        if self._listening is None:
            listener = _listener(self.port)
            self.port = listener.getsockname()[1]
            loop = asyncio.get_running_loop()
            self._listening = loop.create_task(loop.create_server(self._floor.gateway.protocol, sock=listener))

    def _close_port(self) -> None:
        listening, self._listening = self._listening, None
        if listening is None:
            return
        if listening.done():
            listening.result().close()  # at once, because it may be opened again in the same turn
        else:
            listening.add_done_callback(lambda listening: listening.result().close())


def _listener(port: int) -> socket.socket:
    """A socket that says it is TCP: only to such a one does asyncio send small messages without delay."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    listener.listen(100)
    listener.setblocking(False)
    return listener


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
