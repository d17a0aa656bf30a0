"""The program, its ports, and the control from another process."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tws.contracts import Listing, options
from tests.tws.control import Control
from tests.tws.control_port import RemoteError, remote_control
from tests.tws.driving import WITHIN_S, becomes, client, in_loop
from tests.tws.order_fields import Margin
from tests.tws.scene import CALL, LISTINGS, call, order, status
from tests.tws.server import HOST, LoopbackTws
from tests.tws.ticks import Greeks

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def remote(tws: LoopbackTws) -> Iterator[Control]:
    with remote_control(HOST, tws.control_port) as control:
        yield control


def test_calls_and_results_travel_as_what_they_are(tws: LoopbackTws, remote: Control) -> None:
    remote.quote(CALL, bid=9.8, ask=10.0)
    remote.greeks(CALL, Greeks(delta=0.5))
    remote.what_if(Margin(commission="2.6"))
    remote.list_contracts(LISTINGS[:1])
    remote.plan_order(reject=(201, "no"))
    perm_id = remote.manual_trade(CALL, "BUY", 2, 9.9)
    (execution,) = remote.executions()
    assert execution == tws.control.executions()[0]
    assert execution.contract == next(listing.contract for listing in LISTINGS if _is_call(listing))
    assert remote.order(perm_id) == tws.control.order(perm_id)
    assert remote.positions() == {CALL: 2}
    assert remote.received(client_id=7) == []
    remote.go_down()
    remote.come_back()


def test_a_long_chain_is_listed_in_one_call(remote: Control) -> None:
    chain = options(50_000, LISTINGS[0], expiries=[f"2031{month:02d}15" for month in range(1, 13)], strikes=range(99))
    remote.list_contracts(chain)
    remote.quote(chain[-1].contract.con_id, 1.0, 1.1)
    assert remote.sessions() == []


def _is_call(listing: Listing) -> bool:
    return listing.contract.con_id == CALL


def test_a_call_that_fails_says_why_and_the_next_is_answered(remote: Control) -> None:
    with pytest.raises(RemoteError, match="KeyError"):
        remote.order(4711)
    assert remote.sessions() == []


@pytest.mark.parametrize("line", [b"nonsense\n", b'{"call": "_wake"}\n', b'{"call": "quote", "args": ["x"]}\n'])
@in_loop
async def test_nonsense_is_answered_with_an_error(tws: LoopbackTws, line: bytes) -> None:
    reader, writer = await asyncio.open_connection(HOST, tws.control_port)
    writer.write(line)
    answer = json.loads(await asyncio.wait_for(reader.readline(), WITHIN_S))
    assert answer["error"]
    writer.close()
    await writer.wait_closed()


def test_the_program_ends_with_whoever_holds_its_stdin() -> None:
    command = [sys.executable, "-m", "tests.tws", "--while-stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        ports = json.loads(program.stdout.readline())
        with remote_control(HOST, ports["control_port"]) as control:
            assert control.sessions() == []
            program.stdin.close()
            assert program.wait(WITHIN_S) == 0
            with pytest.raises((RemoteError, ConnectionError)):
                control.sessions()


def test_the_program_serves_clients_and_its_control() -> None:
    command = [sys.executable, "-m", "tests.tws", "--account", "DU42"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as program:
        assert program.stdout is not None
        ports = json.loads(program.stdout.readline())
        try:
            with remote_control(HOST, ports["control_port"]) as control:
                control.list_contracts(LISTINGS)
                control.quote(CALL, 9.8, 10.0)
                trade_against(ports["port"], control)
        finally:
            program.terminate()
        assert program.wait(WITHIN_S) == 0


@in_loop
async def trade_against(port: int, control: Control) -> None:
    async with client(port) as ib:
        assert ib.managedAccounts() == ["DU42"]
        trade = ib.placeOrder(call(), order("MKT", "BUY", orderRef="other process"))
        await becomes(ib, lambda: status(trade) == "Filled")
        assert [seen.reference for seen in control.orders()] == ["other process"]
        assert control.positions("DU42") == {CALL: 2}
