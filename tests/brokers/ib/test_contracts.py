"""What is held is asked for by its expiry where there are several, never twice, and alone where that does not help."""

from dataclasses import replace
from datetime import date
from typing import Any

from cockpit.brokers.ib.contracts import Contracts
from cockpit.feeds.ib.contracts import chains_of, find_underlying
from cockpit.ib.budget import Budget
from cockpit.ib.connection import connect, hang_up
from cockpit.ib.library import library
from tests.feeds.ib.feeding import SPY_ONLY, address
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, FAR_CALL, PUT, SPY
from tests.tws.server import LoopbackTws

QUESTION = "reqContractDetails"


def held(con_id: int, **more: Any) -> Any:
    """A contract as positions name it: without an exchange."""
    named = {"secType": "OPT", "symbol": "SPY", "currency": "USD", "lastTradeDateOrContractMonth": "20301220"}
    return library().Contract(conId=con_id, **named | {"multiplier": "100", "tradingClass": "SPY"} | more)


def numbers(found: list[Any]) -> list[int]:
    return [each.contract.conId for each in found]


@in_loop
async def test_several_of_one_expiry_are_one_question(tws: LoopbackTws) -> None:
    ib = await connect(address(tws))
    contracts = Contracts()
    found = await contracts.learn(ib, Budget(), [held(CALL), held(PUT)])
    assert numbers(found) == [CALL, PUT]
    assert [each.contract.exchange for each in found] == ["SMART", "SMART"]
    assert contracts.underlyings["SPY"].conId == SPY
    assert len(tws.control.received(QUESTION)) == 2  # the expiry, and the underlying
    assert sorted(contracts.by_id) == sorted((CALL, PUT))
    assert await contracts.learn(ib, Budget(), [held(CALL), held(PUT)]) == []
    assert len(tws.control.received(QUESTION)) == 2
    await hang_up(ib)


@in_loop
async def test_a_chain_that_is_held_is_not_asked_for_again_to_be_quoted(tws: LoopbackTws) -> None:
    ib = await connect(address(tws))
    await Contracts().learn(ib, Budget(), [held(CALL), held(PUT)])
    tws.control.forget_received()
    spy = await find_underlying(ib, Budget(), "SPY", None)
    (chain,) = await chains_of(ib, Budget(), spy, replace(SPY_ONLY, expiries=1), date(2030, 12, 1))
    assert {CALL, PUT} <= {each.contract.conId for each in chain.options}
    assert len(tws.control.received(QUESTION)) == 1  # the underlying
    await hang_up(ib)


@in_loop
async def test_one_alone_and_what_is_not_listed_as_told_are_asked_for_by_number(tws: LoopbackTws) -> None:
    ib = await connect(address(tws))
    found = await Contracts().learn(ib, Budget(), [held(CALL)])
    assert numbers(found) == [CALL]
    assert tws.control.received(QUESTION)[0].fields[2] == str(CALL)
    other = {"tradingClass": "SPYX"}
    found = await Contracts().learn(ib, Budget(), [held(CALL, **other), held(FAR_CALL, **other)])
    assert numbers(found) == [CALL, FAR_CALL]
    unknown = Contracts()
    assert await unknown.learn(ib, Budget(), [held(1), held(2)]) == []
    assert unknown.why_not(held(1)) == "the broker does not know the contract any more"
    await hang_up(ib)
