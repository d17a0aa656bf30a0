"""One client's connection: the handshake, the messages it sent with their times, and what is sent back."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.tws.wire import BadMessage, Field, Frames, fields_of, frame

SERVER_VERSION = 176
"""The newest that ib_insync 0.9.86 decodes, and understood by ib_async 2.1 too (157 to 178)."""

_HELLO = b"API\0"
_VERSIONS = re.compile(rb"v(\d+)\.\.(\d+)")

REQUESTS = {
    1: "reqMktData",
    2: "cancelMktData",
    3: "placeOrder",
    4: "cancelOrder",
    5: "reqOpenOrders",
    6: "reqAccountUpdates",
    7: "reqExecutions",
    8: "reqIds",
    9: "reqContractDetails",
    14: "setServerLogLevel",
    15: "reqAutoOpenOrders",
    16: "reqAllOpenOrders",
    17: "reqManagedAccts",
    20: "reqHistoricalData",
    25: "cancelHistoricalData",
    49: "reqCurrentTime",
    58: "reqGlobalCancel",
    59: "reqMarketDataType",
    61: "reqPositions",
    62: "reqAccountSummary",
    63: "cancelAccountSummary",
    64: "cancelPositions",
    71: "startApi",
    74: "reqPositionsMulti",
    75: "cancelPositionsMulti",
    76: "reqAccountUpdatesMulti",
    77: "cancelAccountUpdatesMulti",
    78: "reqSecDefOptParams",
    91: "reqMarketRule",
    99: "reqCompletedOrders",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message of a client; also `connect` and `disconnect`, when a connection was made and when it had ended."""

    at_ns: int
    """CLOCK_MONOTONIC when its last byte had been read; comparable between the processes of one machine."""
    connection: int
    """Counts the connections from 1."""
    client_id: int
    """−1 before the client has named itself."""
    kind: str
    fields: tuple[str, ...]
    """After the message's number."""


class Listener(Protocol):
    """Who answers a session."""

    def opened(self, session: "Session") -> None: ...
    def heard(self, session: "Session", received: Received) -> None: ...
    def broken(self, session: "Session", error: BadMessage) -> None: ...
    def closed(self, session: "Session") -> None: ...


class Session(asyncio.Protocol):
    def __init__(self, listener: Listener, number: int, time_text: Callable[[], str]) -> None:
        self.number = number
        self.client_id = -1
        self.is_ready = False
        self.strikes = 0
        self.arrivals: deque[int] = deque()
        """Times (ns) of the messages of the last second, for pacing."""
        self._listener = listener
        self._time_text = time_text
        self._frames = Frames()
        self._said_hello = False
        self._knows_versions = False
        self._transport: asyncio.Transport | None = None
        self._kept: list[bytes] | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._listener.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._listener.closed(self)

    def data_received(self, data: bytes) -> None:
        self._frames.feed(data)
        if not self._said_hello:
            hello = self._frames.take(len(_HELLO))
            if hello is None:
                return
            if hello != _HELLO:
                self.close()
                return
            self._said_hello = True
        try:
            for body in self._frames:
                self._take(body)
        except BadMessage as error:
            self._listener.broken(self, error)

    def event(self, kind: str, *fields: str) -> Received:
        """Something that just happened on this connection."""
        return Received(
            at_ns=time.monotonic_ns(),
            connection=self.number,
            client_id=self.client_id,
            kind=kind,
            fields=fields,
        )

    def send(self, *fields: Field) -> None:
        self._write(frame(*fields))

    def error(self, request: int, code: int, text: str) -> None:
        self.send(4, 2, request, code, text, "")

    def close(self, *, abort: bool = False) -> None:
        """End the connection: after what is buffered has left, or at once with a reset."""
        if self._transport is None:
            return
        if abort:
            self._transport.abort()
        else:
            self._transport.close()

    def freeze(self) -> None:
        """Neither read nor write any more, with the connection open."""
        if self._kept is None and self._transport is not None:
            self._kept = []
            self._transport.pause_reading()

    def thaw(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None and self._transport is not None:
            self._transport.write(b"".join(kept))
            self._transport.resume_reading()

    def _write(self, data: bytes) -> None:
        if self._kept is not None:
            self._kept.append(data)
        elif self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _take(self, body: bytes) -> None:
        if not self._knows_versions:
            self._agree(body)
            return
        number, *fields = fields_of(body) or [""]
        if not number.isdecimal():
            raise BadMessage(f"{number!r} is not a message's number")
        kind = REQUESTS.get(int(number), number)
        if kind == "startApi":
            self.client_id = int(fields[1])
        self._listener.heard(self, self.event(kind, *fields))

    def _agree(self, body: bytes) -> None:
        """Take the newest version that both sides know; a client that is too old or too new is turned away."""
        versions = _VERSIONS.match(body)
        if versions is None or not int(versions[1]) <= SERVER_VERSION <= int(versions[2]):
            self.close()
            return
        self._knows_versions = True
        self.send(SERVER_VERSION, self._time_text())
