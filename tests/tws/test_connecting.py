"""The handshake, who may connect, and what a client learns when it has."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from tests.tws.driving import WITHIN_S, Errors, Heard, client, give_up, hang_up, in_loop
from tests.tws.library import IS_FORK, api
from tests.tws.server import HOST, LoopbackTws
from tests.tws.session import SERVER_VERSION

SOON_S = 0.3
"""The library's own time-out, where the test is that it runs out."""


@in_loop
async def test_the_library_and_the_server_agree_on_a_version(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        assert ib.client.serverVersion() == SERVER_VERSION
        assert ib.isConnected()
        assert ib.managedAccounts() == ["DU1234567"]
        assert tws.control.sessions() == [7]


@in_loop
async def test_everything_a_client_asks_at_connect_is_answered(
    tws: LoopbackTws, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with client(tws):
            pass
    assert "timed out" not in caplog.text
    assert [r.kind for r in tws.control.received()][:2] == ["connect", "startApi"]


@in_loop
async def test_the_farms_are_said_to_be_connected(tws: LoopbackTws) -> None:
    ib = api.IB()
    heard = Errors(ib)
    await ib.connectAsync(HOST, tws.port, clientId=7, timeout=WITHIN_S)
    await heard.code(2158, -1)
    assert set(heard.codes) == {2104, 2106, 2158}
    await hang_up(ib)


@in_loop
async def test_two_clients_have_their_own_ids(tws: LoopbackTws) -> None:
    async with client(tws, 1) as first, client(tws, 2) as second:
        assert tws.control.sessions() == [1, 2]
        assert first.client.clientId != second.client.clientId


@in_loop
async def test_a_client_that_leaves_is_noticed(tws: LoopbackTws) -> None:
    async with client(tws):
        pass
    await tws.soon(lambda control: control.await_sessions([]))


@in_loop
async def test_a_client_id_in_use_is_refused_with_326_and_the_library_goes_on_waiting(tws: LoopbackTws) -> None:
    async with client(tws, 7):
        ib = api.IB()
        heard, api_errors = Errors(ib), Heard(ib.client.apiError)
        connecting = asyncio.ensure_future(ib.connectAsync(HOST, tws.port, clientId=7, timeout=WITHIN_S))
        await heard.code(326)
        await api_errors.when(_says_in_use)
        assert not connecting.done()
        assert tws.control.sessions() == [7]
        await give_up(ib, connecting)


def _says_in_use(said: str) -> bool:
    return "already in use" in said


@in_loop
async def test_an_id_that_a_dead_connection_still_holds_is_refused_until_it_is_given_up(tws: LoopbackTws) -> None:
    tws.control.occupy(7)
    ib = api.IB()
    heard = Errors(ib)
    connecting = asyncio.ensure_future(ib.connectAsync(HOST, tws.port, clientId=7, timeout=WITHIN_S))
    await heard.code(326)
    await give_up(ib, connecting)
    tws.control.occupy(7, False)
    async with client(tws, 7):
        assert tws.control.sessions() == [7]


@in_loop
async def test_accepted_then_closed_is_an_empty_time_out_and_the_next_try_succeeds(tws: LoopbackTws) -> None:
    tws.control.accept_then_close()
    ib = api.IB()
    heard = Errors(ib)
    with pytest.raises((TimeoutError, ConnectionError)) as failure:
        await ib.connectAsync(HOST, tws.port, clientId=7, timeout=SOON_S)
    assert IS_FORK or str(failure.value) == ""
    assert not heard.said
    await hang_up(ib)
    async with client(tws):
        pass


@in_loop
async def test_a_frozen_server_accepts_and_says_nothing(tws: LoopbackTws) -> None:
    tws.control.freeze()
    ib = api.IB()
    with pytest.raises(TimeoutError):
        await ib.connectAsync(HOST, tws.port, clientId=7, timeout=SOON_S)
    await hang_up(ib)
    tws.control.freeze(False)
    async with client(tws):
        pass


@in_loop
async def test_a_frozen_connection_stays_open_and_goes_on_when_it_thaws(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        tws.control.freeze()
        asked = asyncio.ensure_future(ib.reqCurrentTimeAsync())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(asked), 0.05)
        assert ib.isConnected()
        assert not tws.control.received("reqCurrentTime")
        tws.control.freeze(False)
        assert await asyncio.wait_for(asked, WITHIN_S)


@in_loop
async def test_a_closed_port_refuses(tws: LoopbackTws) -> None:
    tws.control.go_down()
    ib = api.IB()
    with pytest.raises(ConnectionRefusedError):
        await ib.connectAsync(HOST, tws.port, clientId=7, timeout=WITHIN_S)
    await hang_up(ib)


@in_loop
async def test_a_client_of_another_protocol_is_hung_up_on(tws: LoopbackTws) -> None:
    reader, writer = await asyncio.open_connection(HOST, tws.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await asyncio.wait_for(reader.read(), WITHIN_S) == b""
    writer.close()
    await writer.wait_closed()


@in_loop
async def test_a_client_that_knows_no_version_of_ours_is_hung_up_on(tws: LoopbackTws) -> None:
    reader, writer = await asyncio.open_connection(HOST, tws.port)
    writer.write(b"API\0" + (9).to_bytes(4, "big") + b"v100..151")
    assert await asyncio.wait_for(reader.read(), WITHIN_S) == b""
    writer.close()
    await writer.wait_closed()


@in_loop
async def test_a_message_that_breaks_the_protocol_is_answered_with_320_and_the_next_as_ever(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        heard = Errors(ib)
        ib.client.send(9, 8, "twelve", "not", "a", "contract")
        await heard.code(320)
        ib.client.send(12_345)
        await heard.code(505)
        assert await ib.reqCurrentTimeAsync()


@in_loop
async def test_the_clock_may_be_30_s_ahead(tws: LoopbackTws) -> None:
    tws.control.clock_skew(30)
    async with client(tws) as ib:
        ahead = await ib.reqCurrentTimeAsync() - datetime.now(UTC)
        assert timedelta(seconds=28) < ahead < timedelta(seconds=31)


@in_loop
async def test_a_slow_kind_of_answer_does_not_hold_up_the_others(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        tws.control.hold("reqPositions")
        slow = ib.reqPositionsAsync()
        assert await asyncio.wait_for(ib.reqCurrentTimeAsync(), WITHIN_S)
        assert not slow.done()
        tws.control.slow("reqPositions", 0.01)
        tws.control.release("reqPositions")
        assert await asyncio.wait_for(slow, WITHIN_S) == []


@in_loop
async def test_more_than_fifty_messages_in_a_second_are_error_100_and_three_end_the_connection(
    tws: LoopbackTws,
) -> None:
    async with client(tws) as ib:
        ib.client.MaxRequests = 0
        heard, gone = Errors(ib), Heard(ib.disconnectedEvent)
        tws.control.pacing(50, strikes=3)
        for _ in range(53):
            ib.client.reqIds(1)
        await gone.when(lambda: True)
        assert heard.codes.count(100) == 3
        assert len(tws.control.received("reqIds")) == 53


@in_loop
async def test_the_times_of_all_that_arrived_are_kept(tws: LoopbackTws) -> None:
    async with client(tws) as ib:
        tws.control.forget_received()
        ib.client.reqIds(1)
        ib.client.reqCurrentTime()
        (last,) = await tws.soon(lambda control: control.await_received("reqCurrentTime"))
        (first,) = tws.control.received("reqIds", client_id=7)
        assert first.at_ns <= last.at_ns
        assert (first.kind, first.client_id, first.connection) == ("reqIds", 7, last.connection)
        assert not tws.control.received("reqIds", client_id=8)
