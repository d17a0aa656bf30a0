"""The control over TCP: a line of JSON asks for one call, a line of JSON answers it."""

import asyncio
import inspect
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast, get_type_hints

import msgspec

from tests.tws.control import Control

_LONGEST_LINE = 1 << 24
"""A chain of some thousand contracts travels in one call."""


class Ask(msgspec.Struct, frozen=True):
    call: str
    args: list[Any] = []
    named: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True):
    result: Any = None
    error: str = ""


class ControlPort:
    def __init__(self, control: Control) -> None:
        self.port = 0
        self._control = control
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self, host: str, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, host, port, limit=_LONGEST_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while line := await reader.readline():
                writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
                await writer.drain()
        except ConnectionError:
            pass  # whoever controlled us is gone
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, line: bytes) -> Answer:
        """The result of one call; whatever it raises is the caller's to hear, and ends nothing here."""
        try:
            ask = msgspec.json.decode(line, type=Ask)
            method = _method(self._control, ask.call)
            result = method(*_typed(method, ask.args), **_typed_by_name(method, ask.named))
            return Answer(result=await result if inspect.iscoroutine(result) else result)
        except Exception as error:  # noqa: BLE001
            return Answer(error=f"{type(error).__name__}: {error}")


class RemoteError(Exception):
    """The server could not do what it was asked; the message is its own."""


@contextmanager
def remote_control(host: str, port: int, timeout_s: float = 10.0) -> Generator[Control]:
    """A `Control` of a server in another process; each call is sent and its answer waited for."""
    with socket.create_connection((host, port), timeout_s) as connection, connection.makefile("rwb") as stream:
        yield cast(Control, _Remote(stream))


class _Remote:
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(Control, name)

        def call(*args: Any, **named: Any) -> Any:
            self._stream.write(msgspec.json.encode(Ask(name, list(args), named)) + b"\n")
            self._stream.flush()
            line = self._stream.readline()
            if not line:
                raise RemoteError("the server has closed the connection")
            answer = msgspec.json.decode(line, type=Answer)
            if answer.error:
                raise RemoteError(answer.error)
            return _converted(answer.result, get_type_hints(method)["return"])

        return call


def _method(control: Control, name: str) -> Callable[..., Any]:
    if name.startswith("_"):
        raise AttributeError(f"{name} is not for others")
    return getattr(control, name)


def _typed(method: Callable[..., Any], args: list[Any]) -> list[Any]:
    hints = get_type_hints(method)
    names = list(inspect.signature(method).parameters)
    return [_converted(arg, hints[name]) for name, arg in zip(names, args, strict=False)]


def _typed_by_name(method: Callable[..., Any], named: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(method)
    return {name: _converted(value, hints[name]) for name, value in named.items()}


def _converted(value: Any, kind: Any) -> Any:
    """As the type says; the keys of a JSON object are words, whatever they were."""
    return msgspec.convert(value, kind, str_keys=True)
