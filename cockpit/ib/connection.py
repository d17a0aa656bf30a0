"""A connection to TWS or Gateway: made, refused in a sentence, ended, and how long to wait before the next attempt."""

import asyncio
import contextlib
import ipaddress
import random
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cockpit.domain.errors import BadInput, NoBroker
from cockpit.ib.library import library
from cockpit.ib.notices import IN_USE

Heard = Callable[[int, int, str, Any], None]
"""Hears a numbered message: its request, its code, its text, and the contract that it is about."""

CONNECT_S = 8.0  # TWS shows a question to its user before it lets a new program in
FIRST_WAIT_S, NEAR_WAIT_S, FAR_WAIT_S = 0.25, 2.0, 30.0
SOON_WAIT_S, SOON_S = 0.5, 60.0  # towards a near host, while it has not been waited for longer: it restarts
_SENTENCES = {
    "in use": "Client id {client} is in use at {at}: close the other program, wait a minute if it was cut off, or name "
    "another id, such as {other}.",
    "no host": "There is no host '{host}': correct it; TWS on this machine is 127.0.0.1.",
    "nobody": "Nobody listens at {at}: start TWS or Gateway, enable its API in Global Configuration → API → Settings, "
    "and check the port (7497 of TWS or 4002 of Gateway for paper, 7496 or 4001 for live).",
    "no way": "{at} does not answer ({told}): check host, network and firewall.",
    "no login": "{at} answers but does not finish the login: wait until TWS or Gateway is logged in.",
    "closed": "{at} accepts a connection and closes it at once: add this machine to the Trusted IPs of TWS or Gateway, "
    "and check that it is one of them that listens there.",
    "silent": "{at} accepts a connection and says nothing: answer the question that TWS may show, and restart TWS or "
    "Gateway where it hangs.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where TWS or Gateway listens, and the number by which it knows this program."""

    host: str
    port: int
    client_id: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_address(text: str, option: str, *, client_id: int | None = None) -> Address:
    """HOST:PORT:CLIENT; where a `client_id` is given, CLIENT may be left out. Raises BadInput naming the option."""
    parts = text.rsplit(":", 2)
    if client_id is not None and (len(parts) < 3 or not parts[1].isdecimal() or text.endswith("]")):
        parts = [*text.rsplit(":", 1), str(client_id)]
    form = "HOST:PORT:CLIENT" if client_id is None else "HOST:PORT or HOST:PORT:CLIENT"
    if len(parts) != 3 or not all(part.isdecimal() and part.isascii() for part in parts[1:]):
        raise BadInput(f"{option}: {text!r} is not {form}, such as 127.0.0.1:7497:7; correct it.")
    host, port, client = parts[0].strip("[]"), int(parts[1]), int(parts[2])
    if not host or not 0 < port < 65_536 or client >= 2**31:
        raise BadInput(f"{option}: {text!r} needs a host, a port from 1 to 65535 and a client below 2147483648.")
    return Address(host=host, port=port, client_id=client)


async def connect(address: Address, *, timeout_s: float = CONNECT_S, hear: Heard | None = None) -> Any:
    """A new connected client of the library; raises NoBroker with what is probably wrong.

    Only the handshake is made: nothing is asked of orders, positions or accounts, so a read-only API is enough. `hear`
    hears the numbered messages from the first one on; some come with the handshake.
    """
    ib = library().IB()
    ib.errorEvent.clear()  # the library itself asks for account summaries at 1102, and awaits no answer
    if hear is not None:
        ib.errorEvent += hear
    attempt = _Attempt(ib)
    client = ib.client
    connecting = asyncio.ensure_future(client.connectAsync(address.host, address.port, address.client_id, timeout_s))
    try:
        await asyncio.wait((connecting, attempt.ended), return_when=asyncio.FIRST_COMPLETED)
        if connecting.done() and not attempt.in_use:
            connecting.result()
            return ib
        raise NoBroker(attempt.reason(address))
    except (OSError, TimeoutError) as error:
        raise NoBroker(attempt.reason(address, error)) from error
    except asyncio.CancelledError:
        await hang_up(ib)  # it may just have been made, and nobody would end it
        raise
    finally:
        if not client.isReady():
            connecting.cancel()
            await asyncio.wait((connecting,))
            if not connecting.cancelled():
                connecting.exception()
            await hang_up(ib)


class _Attempt:
    """What is heard while connecting: the library itself says no more than "time-out"."""

    def __init__(self, ib: Any) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.in_use = self._heard = False
        self._client = ib.client
        ib.errorEvent += self._error
        ib.client.conn.hasData += self._data
        ib.client.conn.disconnected += self._end

    def reason(self, address: Address, error: Exception | None = None) -> str:
        """The sentence."""
        told = error.strerror if isinstance(error, OSError) and error.strerror else "no word"
        other = f"{address}:{address.client_id + 1}"
        sentence = _SENTENCES[self._cause(error)]
        return sentence.format(at=address, host=address.host, client=address.client_id, other=other, told=told)

    def _cause(self, error: Exception | None) -> str:
        closed = not isinstance(error, TimeoutError)  # by the other side; the library too closes at a time-out
        if self.in_use or (closed and self._heard):
            return "in use"
        if isinstance(error, socket.gaierror):
            return "no host"
        if isinstance(error, ConnectionRefusedError):
            return "nobody"
        if not self._client.conn.numBytesSent and not self.ended.done():
            return "no way"
        if self._heard:
            return "no login"
        return "closed" if closed else "silent"

    def _error(self, request: int, code: int, *_: Any) -> None:
        if code == IN_USE:
            self.in_use = True
            self._end()

    def _data(self, *_: Any) -> None:
        self._heard = self._heard or self._client.serverVersion() > 0  # others too may listen there

    def _end(self, *_: Any) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


async def hang_up(ib: Any) -> None:
    """Ends the connection, and returns when the socket is closed; one that has ended already is fine."""
    connection = ib.client.conn
    transport = connection.transport
    if transport is None or transport.get_extra_info("socket").fileno() < 0:  # closed before the library had it
        return
    closed = asyncio.Event()

    def note(*_: Any) -> None:
        closed.set()

    connection.disconnected += note
    with contextlib.suppress(OSError):  # the other side may have gone
        ib.client.disconnect()
    transport.abort()
    await closed.wait()


def waits_s(host: str, chance: Callable[[float, float], float] = random.uniform) -> Iterator[float]:
    """How long to wait before each next attempt, for ever: not at all, then doubling, with jitter.

    Towards other networks longer; towards a near host hardly at all for a minute.
    """
    yield 0.0
    near, waited = is_near(host), 0.0
    doubling = FIRST_WAIT_S
    while True:
        most = FAR_WAIT_S if not near else NEAR_WAIT_S if waited >= SOON_S else SOON_WAIT_S
        wait = min(doubling * chance(0.5, 1.5), most)
        yield wait
        waited += wait
        doubling = min(2.0 * doubling, most)


def is_near(host: str) -> bool:
    """Whether the host is this machine or one of a private network."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
