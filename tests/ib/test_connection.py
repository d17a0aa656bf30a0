"""Addresses, and what is said when TWS or Gateway cannot be reached; over TCP, with the real library."""

import asyncio
import socket
from itertools import islice
from typing import Any

import pytest

from cockpit.domain.errors import BadInput, NoBroker
from cockpit.ib.connection import SOON_S as FOR_A_MINUTE
from cockpit.ib.connection import SOON_WAIT_S, Address, connect, hang_up, is_near, parse_address, waits_s
from tests.feeds.ib.feeding import address
from tests.tws.driving import WITHIN_S, Errors, Heard, client, in_loop, settled
from tests.tws.server import HOST, LoopbackTws

SOON_S = 0.5
"""A time-out, where the test is that it runs out."""


@pytest.mark.parametrize(
    ("text", "host", "port", "client_id"),
    [
        ("127.0.0.1:7497:7", "127.0.0.1", 7497, 7),
        ("tws.lan:4002:0", "tws.lan", 4002, 0),
        ("[::1]:7496:12", "::1", 7496, 12),
    ],
)
def test_an_address(text: str, host: str, port: int, client_id: int) -> None:
    assert parse_address(text, "--feed ib") == Address(host=host, port=port, client_id=client_id)


def test_a_client_may_be_left_out_where_there_is_another() -> None:
    assert parse_address("127.0.0.1:7497", "--ib", client_id=99).client_id == 99
    assert parse_address("127.0.0.1:7497:3", "--ib", client_id=99).client_id == 3
    assert parse_address("[::1]:7497", "--ib", client_id=99) == Address(host="::1", port=7497, client_id=99)


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1", "127.0.0.1:7497", ":7497:7", "host:0:7", "host:65536:7", "host:x:7", "host:7497:-1",
             "host:7497:2147483648", "host:7497:²"],
)  # fmt: skip
def test_what_is_no_address_is_named_with_its_option(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_address(text, "--feed ib")
    assert str(refused.value).startswith(f"--feed ib: {text!r}")
    assert not isinstance(refused.value, NoBroker)


async def refusal(at: Address, timeout_s: float = WITHIN_S) -> str:
    with pytest.raises(NoBroker) as refused:
        await connect(at, timeout_s=timeout_s)
    return str(refused.value)


@in_loop
async def test_connected_is_a_handshake_and_nothing_more(tws: LoopbackTws) -> None:
    ib = await connect(address(tws))
    assert ib.client.getAccounts() == ["DU1234567"]
    await hang_up(ib)
    await hang_up(ib)
    await tws.soon(lambda control: control.await_sessions([]))
    assert [told.kind for told in tws.control.received()] == ["connect", "startApi", "disconnect"]


@in_loop
async def test_nobody_listens(tws: LoopbackTws) -> None:
    tws.control.go_down()
    said = await refusal(address(tws))
    assert said.startswith(f"Nobody listens at 127.0.0.1:{tws.port}: start TWS or Gateway")
    assert "7497" in said
    assert "4002" in said


@in_loop
async def test_a_client_id_in_use_is_told_at_once(tws: LoopbackTws) -> None:
    async with client(tws, 7):
        said = await refusal(address(tws), timeout_s=60.0)
    assert said.startswith(f"Client id 7 is in use at 127.0.0.1:{tws.port}: ")
    assert f":{tws.port}:8" in said


@in_loop
async def test_accepted_and_closed_is_told_at_once(tws: LoopbackTws) -> None:
    tws.control.accept_then_close()
    said = await refusal(address(tws), timeout_s=60.0)
    assert "accepts a connection and closes it at once: add this machine to the Trusted IPs" in said
    await hang_up(await connect(address(tws)))


@in_loop
async def test_another_server_is_told_at_once() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4)
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    server = await asyncio.start_server(greet, HOST, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        said = await refusal(Address(host=HOST, port=port, client_id=7), timeout_s=60.0)
    assert "check that it is one of them that listens there" in said


@in_loop
async def test_a_server_that_says_nothing(tws: LoopbackTws) -> None:
    tws.control.freeze()
    said = await refusal(address(tws), timeout_s=SOON_S)
    assert "accepts a connection and says nothing: answer the question that TWS may show" in said
    tws.control.freeze(False)


@in_loop
async def test_a_login_that_does_not_end() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4)
        body = b"176\x0020301220 10:00:00 UTC\x00"
        writer.write(len(body).to_bytes(4, "big") + body)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(half, HOST, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        said = await refusal(Address(host=HOST, port=port, client_id=7), timeout_s=SOON_S)
    assert "does not finish the login: wait until TWS or Gateway is logged in" in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "There is no host 'nowhere': correct it"),
        (OSError(113, "No route to host"), "nowhere:7497 does not answer (No route to host): check host"),
        (TimeoutError(), "nowhere:7497 does not answer (no word): check host, network and firewall"),
    ],
)
def test_a_host_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch, error: OSError, words: str) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", fail)
    said = asyncio.run(refusal(Address(host="nowhere", port=7497, client_id=7)))
    assert words in said


@in_loop
async def test_cancelled_while_connecting_leaves_nothing_open(tws: LoopbackTws) -> None:
    tws.control.freeze()
    connecting = asyncio.ensure_future(connect(address(tws)))
    await tws.soon(lambda control: control.await_received("connect"))
    connecting.cancel()
    await asyncio.wait((connecting,))
    assert connecting.cancelled()
    tws.control.freeze(False)
    await tws.soon(lambda control: control.await_received("disconnect"))


@in_loop
async def test_hanging_up_on_a_server_that_has_gone(tws: LoopbackTws) -> None:
    ib = await connect(address(tws))
    gone = Heard(ib.disconnectedEvent)
    tws.control.drop()
    await gone.when(lambda: True)
    await hang_up(ib)
    assert ib.client.conn.transport is None


def middle(low: float, high: float) -> float:
    return (low + high) / 2


def test_waits_double_up_to_their_limit() -> None:
    assert list(islice(waits_s("8.8.8.8", middle), 10)) == [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_a_near_host_is_tried_often_for_a_minute() -> None:
    waits = list(islice(waits_s("127.0.0.1", middle), 130))
    assert waits[:4] == [0.0, 0.25, 0.5, 0.5]
    first_longer = next(number for number, wait in enumerate(waits) if wait > SOON_WAIT_S)
    assert FOR_A_MINUTE <= sum(waits[:first_longer]) < FOR_A_MINUTE + 2 * SOON_WAIT_S
    assert waits[first_longer:][:3] == [1.0, 2.0, 2.0]


def test_waits_have_jitter_within_the_limit() -> None:
    longest = list(islice(waits_s("8.8.8.8", lambda low, high: high), 9))
    assert longest == [0.0, 0.375, 0.75, 1.5, 3.0, 6.0, 12.0, 24.0, 30.0]
    assert list(islice(waits_s("10.0.0.5", lambda low, high: low), 3)) == [0.0, 0.125, 0.25]


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("192.168.1.4", True), ("10.1.2.3", True),
     ("8.8.8.8", False), ("tws.example.com", False)],
)  # fmt: skip
def test_near_is_this_machine_or_a_private_network(host: str, near: bool) -> None:
    assert is_near(host) is near


@in_loop
async def test_the_library_asks_for_nothing_by_itself_when_the_uplink_is_back(tws: LoopbackTws) -> None:
    ib = await connect(address(tws))
    heard = Errors(ib)
    tws.control.lose_uplink()
    tws.control.restore_uplink()
    await heard.code(1102)
    await settled(ib)
    assert {told.kind for told in tws.control.received()} == {"connect", "startApi", "reqCurrentTime"}
    await hang_up(ib)
