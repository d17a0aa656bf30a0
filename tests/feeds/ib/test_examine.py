"""What the doctor finds out, over TCP; and that it changes nothing."""

from cockpit.feeds.ib.examine import Examined, examine
from tests.feeds.ib.feeding import address
from tests.tws.driving import in_loop
from tests.tws.scene import SPY
from tests.tws.server import LoopbackTws
from tests.tws.session import SERVER_VERSION


async def found(server: LoopbackTws, question_s: float = 5.0) -> Examined:
    told = await examine(address(server, 99), question_s=question_s)
    await server.soon(lambda control: control.await_sessions([]))
    return told


@in_loop
async def test_a_sound_one(tws: LoopbackTws) -> None:
    told = await found(tws)
    assert (told.server_version, told.accounts, told.is_read_only) == (SERVER_VERSION, ("DU1234567",), False)
    assert told.ahead_s is not None
    assert abs(told.ahead_s) < 2.0
    assert told.quotes == ""
    asked = {message.kind for message in tws.control.received(client_id=99)}
    questions = {"startApi", "reqAllOpenOrders", "reqCurrentTime", "reqContractDetails", "reqMktData"}
    assert asked - {"cancelMktData", "disconnect"} == questions  # what is sent last may go down with the connection


@in_loop
async def test_read_only_a_skewed_clock_and_no_permission(tws: LoopbackTws) -> None:
    tws.control.read_only()
    tws.control.clock_skew(-30)
    tws.control.permission(SPY, "none")
    told = await found(tws)
    assert told.is_read_only is True
    assert told.ahead_s is not None
    assert -32.0 < told.ahead_s < -28.0
    assert told.quotes.startswith("No quotes of SPY (354): the account has no permission")


@in_loop
async def test_what_is_not_answered_is_unknown(tws: LoopbackTws) -> None:
    tws.control.hold("reqAllOpenOrders")
    tws.control.hold("reqCurrentTime")
    tws.control.hold("reqMktData")
    told = await found(tws, question_s=0.1)
    assert (told.is_read_only, told.ahead_s) == (None, None)
    assert told.quotes.startswith("No price of SPY came within 0.1 s: ")
