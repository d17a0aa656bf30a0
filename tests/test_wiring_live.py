"""A live session whose orders go to the broker: entries, exits, accounts, arming, and what a restart finds."""

import os
from pathlib import Path

import pytest

from cockpit.commands import Close, Enter
from cockpit.domain.errors import BadInput
from cockpit.wiring_live import LiveAsked, live_session
from tests.living import FAST, SYMBOL, Living, asked, living, open_market, quote
from tests.tws.conftest import tws
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, LISTINGS, SPY
from tests.tws.server import LoopbackTws

__all__ = ["tws"]
LIVE_ACCOUNT = "U7654321"


def trading(tws: LoopbackTws, folder: Path, **more: object) -> LiveAsked:
    """Orders to the broker."""
    return asked(tws, folder, broker="ib", **more)


def is_up(session: Living) -> bool:
    """Whether orders may be sent."""
    link = session.live.state.link
    return link is not None and link.state == "up"


@in_loop
async def test_an_entry_and_an_exit_from_end_to_end(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    async with living(trading(tws, tmp_path)) as session:
        await session.until(lambda: is_up(session))
        assert session.live.frame().status.badge == "PAPER"
        held = await session.enters(2)
        assert tws.control.positions() == {CALL: 2}
        resting = await session.until(lambda: held.resting)
        assert resting.order.contracts == 2
        quote(tws, 10.4)
        await session.quoted(10.4)
        assert session.ask(Close(position=held.id)).accepted
        await session.flat()
        await session.until(lambda: not tws.control.working())
    assert tws.control.positions() == {}


@in_loop
async def test_the_next_start_finds_the_same_position_and_sends_nothing_twice(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    given = trading(tws, tmp_path)
    async with living(given) as session:
        await session.until(lambda: is_up(session))
        held = await session.enters(2)
        await session.until(lambda: held.resting and held.resting.state == "working")
    orders = [order.reference for order in tws.control.orders()]
    async with living(given) as again:
        await again.until(lambda: is_up(again))
        same = await again.holds(2)
        assert (same.id, same.is_adopted) == (held.id, False)
        await again.until(lambda: same.resting and same.resting.state == "working")
        assert [order.reference for order in tws.control.orders()] == orders
        assert tws.control.positions() == {CALL: 2}


@in_loop
async def test_a_stop_that_filled_meanwhile_is_told_at_the_next_start(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    given = trading(tws, tmp_path)
    async with living(given) as session:
        await session.until(lambda: is_up(session))
        held = await session.enters(2)
        await session.until(lambda: held.resting and held.resting.state == "working")
    quote(tws, 4.0)
    assert tws.control.positions() == {}
    async with living(given) as again:
        closed = await again.flat()
        assert closed.exits[0].cause.rule == "protective_stop"


@in_loop
async def test_a_drop_and_back(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    async with living(trading(tws, tmp_path)) as session:
        await session.until(lambda: is_up(session))
        held = await session.enters(2)
        await session.until(lambda: held.resting and held.resting.state == "working")
        tws.control.go_down()
        await session.until(lambda: not is_up(session))
        refused = session.ask(Enter(symbol=SYMBOL, side="buy", contracts=1))
        assert not refused.accepted
        tws.control.come_back()
        await session.until(lambda: is_up(session))
        assert session.ask(Close(position=held.id)).accepted
        await session.flat()
    assert tws.control.positions() == {}


@in_loop
async def test_what_the_account_holds_is_adopted(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    tws.control.set_position(CALL, 3, 9.5)
    async with living(trading(tws, tmp_path)) as session:
        held = await session.holds(3)
        assert (held.is_adopted, held.overrides.words) == (True, "taken over")


@in_loop
async def test_what_the_account_holds_is_led_at_once_where_that_is_asked_for(tws: LoopbackTws, tmp_path: Path) -> None:
    open_market(tws)
    tws.control.set_position(CALL, 3, 9.5)
    async with living(trading(tws, tmp_path, leads_found=True)) as session:
        assert (await session.holds(3)).overrides.words == "auto"


@pytest.mark.parametrize("at_first", [True, False])
@in_loop
async def test_shares_of_an_underlying_are_supervised_beside_its_options(
    tws: LoopbackTws, tmp_path: Path, at_first: bool
) -> None:
    open_market(tws)
    tws.control.set_position(CALL, 3, 9.5)
    if at_first:
        tws.control.set_position(SPY, 100, 480.0)
    async with living(trading(tws, tmp_path)) as session:
        await session.holds(3)
        await session.until(lambda: is_up(session))
        if not at_first:
            tws.control.set_position(SPY, 100, 480.0)
        shares = await session.until(lambda: session.live.state.by_symbol.get("SPY"))
        await session.until(lambda: shares.resting is not None and shares.resting.state == "working")
        assert (shares.contracts, shares.contract.view.mark) == (100, 500.0)
        assert [order.aux for order in tws.control.working() if order.con_id == SPY] == [360.0]
        tws.control.quote(SPY, 509.99, 510.01, 510.0)
        await session.until(lambda: shares.contract.view.mark == shares.contract.view.underlying == 510.0)


@in_loop
async def test_an_account_that_is_not_there_is_named(tws: LoopbackTws, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--account: 'DU9' is not an account of this login"):
        await live_session(trading(tws, tmp_path, account="DU9"), say=lambda _: None, timing=FAST)
    assert os.listdir(tmp_path) == []


@in_loop
async def test_arming_another_account_is_refused(tws: LoopbackTws, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--arm: U1 is not the account DU1234567"):
        await live_session(trading(tws, tmp_path, arm="U1"), say=lambda _: None, timing=FAST)
    assert os.listdir(tmp_path) == []


@in_loop
async def test_a_live_account_begins_unarmed_and_says_so(tmp_path: Path) -> None:
    with LoopbackTws(LIVE_ACCOUNT) as tws:
        tws.control.list_contracts(LISTINGS)
        open_market(tws)
        async with living(trading(tws, tmp_path)) as session:
            await session.until(lambda: is_up(session))
            assert session.live.frame().status.badge == "LIVE"
            assert any(f"{LIVE_ACCOUNT} is a live account and not armed" in said for said in session.said)
            assert not session.ask(Enter(symbol=SYMBOL, side="buy", contracts=1)).accepted
        assert tws.control.orders() == []
        async with living(trading(tws, tmp_path, arm=LIVE_ACCOUNT)) as armed:
            await armed.until(lambda: is_up(armed))
            await armed.enters(1)
