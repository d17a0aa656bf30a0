"""What goes wrong between us and the broker, against the whole live session: what the trader reads, and one exit."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cockpit.commands import CancelExit, Close, Enter
from cockpit.domain.errors import BadInput, NoBroker
from cockpit.feeds.ib.contracts import Wanted
from cockpit.journal.store import open_journal
from cockpit.wiring_live import LiveAsked, live_session
from tests.broker_laws.blows import NOTICES
from tests.broker_laws.doing import is_agreed
from tests.broker_laws.pace import FEED
from tests.broker_laws.program import SYMBOLS, Run
from tests.broker_laws.schedule import is_ready, quiet
from tests.broker_laws.world import World, a_world
from tests.tws.control import Control
from tests.tws.control_orders import OrderSeen
from tests.tws.driving import in_loop
from tests.tws.faults import Drop
from tests.tws.scene import CALL

WITHIN_S = 5.0


class Trader:
    """Whoever sits before a session that runs."""

    def __init__(self, world: World) -> None:
        self.world, self.control = world, world.control

    @property
    def run(self) -> Run:
        """The program."""
        assert isinstance(self.world.program, Run)
        return self.world.program

    async def until(self, wanted: Callable[[], Any]) -> Any:
        """What is wanted, within a few seconds."""
        found = await self.world.until(wanted, WITHIN_S)
        assert found, [alert.text for alert in self.run.live.state.alerts.values()]
        return found

    async def reads(self, words: str) -> str:
        """The first alert with these words."""
        alerts = self.run.live.state.alerts

        def found() -> str:
            return next((alert.text for alert in alerts.values() if words in alert.text), "")

        return await self.until(found)

    async def enters(self, contracts: int = 2) -> None:
        """Buys calls, which rest a stop; it has been moved to where it belongs."""
        said = self.run.ask(Enter(symbol=SYMBOLS[CALL], side="buy", contracts=contracts))
        assert said is not None
        assert said.accepted, said.said
        await self.holds(contracts)
        await self.until(lambda: [order for order in self.control.working() if order.kind == "STP"])
        await self.world.pass_s(4.0)

    def closes(self) -> None:
        """All of it."""
        said = self.run.ask(Close(position=SYMBOLS[CALL]))
        assert said is not None
        assert said.accepted, said.said

    async def holds(self, contracts: int) -> None:
        """Here and at the broker."""
        await self.until(lambda: is_agreed(self.world) and self.control.positions().get(CALL, 0) == contracts)

    def exits(self) -> list[OrderSeen]:
        """Orders that were sent to leave, as the server has them."""
        return [order for order in self.control.orders() if order.action == "SELL" and order.kind != "STP"]


@asynccontextmanager
async def trading(folder: Path) -> AsyncGenerator[Trader]:
    """A session that is quoted; at the end everything is as it should be between it, its journal and the server."""
    async with a_world(folder, is_rough=True) as world:
        assert await world.until(lambda: is_ready(world), WITHIN_S)
        yield Trader(world)
        assert await quiet(world) == []
        await world.stop()


# ------------------------------------------------------------------ at the start


async def refused(world: World, kind: type[Exception], words: str, asked: LiveAsked) -> None:
    """The next start is refused in a sentence, and leaves the journal to whoever comes next."""
    await world.kill()
    with pytest.raises(kind, match=words):
        await live_session(asked, say=world.said.append, timing=replace(FEED, connect_s=0.3), clock=world.clock.clock())
    open_journal(world.journal).close()
    assert world.control.orders() == []


START: list[tuple[str, Callable[[Control], None], type[Exception], str]] = [
    ("port", lambda control: control.go_down(), NoBroker, "Nobody listens at .* start TWS or Gateway"),
    ("client id", lambda control: control.occupy(7), NoBroker, "Client id 7 is in use .* name another id"),
    ("read-only", lambda control: control.read_only(), NoBroker, "[Rr]ead-[Oo]nly"),
    ("closes at once", lambda control: control.accept_then_close(9), NoBroker, "Trusted IPs"),
    ("frozen", lambda control: control.freeze(), NoBroker, "accepts a connection and says nothing"),
]


@pytest.mark.parametrize(("_name", "fault", "kind", "words"), START, ids=[name for name, *_ in START])
@in_loop
async def test_a_start_that_cannot_be(
    tmp_path: Path, _name: str, fault: Callable[[Control], None], kind: type[Exception], words: str
) -> None:
    async with a_world(tmp_path) as world:
        fault(world.control)
        await refused(world, kind, words, world.asked)
        world.control.heal()
        assert await world.start()


@in_loop
async def test_a_host_that_is_not_there(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        asked = world.asked
        nowhere = replace(asked.address, host="tws.invalid")
        await refused(world, NoBroker, "no host 'tws.invalid'", replace(asked, address=nowhere))


@in_loop
async def test_a_contract_that_is_unknown(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        asked = replace(world.asked, wanted=Wanted(underlyings=("NOPE",)))
        await refused(world, BadInput, "knows no share or index 'NOPE'", asked)


# ------------------------------------------------------------------ the market


@in_loop
async def test_no_permission_for_quotes_and_the_human_leaves_at_the_market(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(2)
        trader.control.permission(CALL, "none")
        trader.control.lose_uplink()
        trader.control.restore_uplink(data_kept=False)
        await trader.reads("no permission for live quotes")
        await trader.holds(2)
        trader.closes()
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [2]


@in_loop
async def test_a_halted_contract_refuses_the_exit_until_it_trades_again(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(2)
        trader.control.halt(CALL, rejects_orders=True)
        trader.closes()
        assert "wait until it trades again" in await trader.reads("the contract is halted")
        trader.control.halt(CALL, 0)
        await trader.holds(2)
        trader.closes()
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [2]


# ------------------------------------------------------------------ orders


@in_loop
async def test_a_rejected_exit_is_told_and_sent_once_more_by_the_human(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(2)
        trader.control.plan_order(reject=(201, "Order rejected - reason:No trading permission"))
        trader.closes()
        await trader.reads("the broker refused it (201: No trading permission)")
        await trader.holds(2)
        trader.closes()
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [2]


@in_loop
async def test_a_price_out_of_the_collar_is_refused_here_and_one_of_theirs_is_told(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        said = trader.run.ask(Enter(symbol=SYMBOLS[CALL], side="buy", contracts=1, price=98.0))
        assert said is not None
        assert "beyond the quote of 9.9" in said.said
        assert trader.control.orders() == []
        await trader.enters(2)
        trader.control.plan_order(reject=(163, "The following order price exceeds the Percentage constraint of 3%."))
        trader.closes()
        assert "Presets" in await trader.reads("the price is outside the precautions of TWS")
        trader.closes()
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [2]


@pytest.mark.parametrize("code", NOTICES)
@in_loop
async def test_a_notice_does_not_make_a_second_exit(tmp_path: Path, code: int) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(2)
        trader.control.liquidity(CALL, 0)
        trader.control.plan_order(notice=(code, NOTICES[code]))
        trader.closes()
        await trader.reads(f"({code}")
        trader.control.liquidity(CALL, None)
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [2]


@in_loop
async def test_a_partial_fill_then_a_drop(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(3)
        trader.control.liquidity(CALL, 1)
        trader.closes()
        await trader.until(lambda: trader.control.positions()[CALL] == 2)
        trader.control.go_down()
        text = await trader.reads("not connected with the broker")
        assert "only what rests there protects" in text
        trader.control.come_back()
        await trader.holds(2)
        trader.control.liquidity(CALL, None)
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [3]


@pytest.mark.parametrize("drop", ["before_order", "before_ack", "after_ack"])
@in_loop
async def test_an_exit_of_which_nobody_knows_whether_it_arrived(tmp_path: Path, drop: Drop) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(2)
        trader.control.plan_order(drop=drop)
        trader.closes()
        await trader.reads("closed the connection")
        await trader.until(lambda: is_agreed(trader.world))
        if trader.control.positions():
            trader.closes()
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [2]


@in_loop
async def test_a_cancel_that_crosses_a_fill(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(2)
        trader.control.liquidity(CALL, 0)
        trader.closes()
        await trader.until(lambda: [order for order in trader.exits() if order.status == "Submitted"])
        trader.control.plan_cancel(fill=(2, 9.8), reference=trader.exits()[0].reference)
        said = trader.run.ask(CancelExit(position=SYMBOLS[CALL]))
        assert said is not None
        assert said.accepted, said.said
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [2]


@pytest.mark.parametrize("how", [{"duplicates": 3}, {"reversed_batch": 2}, {"is_withheld": True}, {"status": "never"}])
@in_loop
async def test_executions_that_come_twice_reversed_or_not_at_all(tmp_path: Path, how: dict[str, Any]) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(3)
        trader.control.deliver_executions(**how)
        trader.control.liquidity(CALL, 1)
        trader.closes()
        await trader.until(lambda: trader.control.positions()[CALL] == 2)
        trader.control.liquidity(CALL, None)
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [3]
        (closed,) = trader.run.live.state.closed
        assert closed.exit_contracts == 3


# ------------------------------------------------------------------ the connection


@in_loop
async def test_a_server_that_freezes_is_left_and_found_again(tmp_path: Path) -> None:
    async with trading(tmp_path) as trader:
        await trader.enters(2)
        trader.control.freeze()
        trader.closes()
        await trader.reads("said nothing for")
        assert [order.filled for order in trader.exits()] == []
        trader.control.freeze(frozen=False)
        await trader.until(lambda: is_agreed(trader.world))
        if trader.control.positions():
            trader.closes()
        await trader.holds(0)
        assert [order.filled for order in trader.exits() if order.filled] == [2]


@pytest.mark.parametrize(("skew_s", "words"), [(30.0, "ahead"), (-30.0, "behind")])
@in_loop
async def test_a_clock_that_is_off_is_told_and_changes_nothing(tmp_path: Path, skew_s: float, words: str) -> None:
    async with trading(tmp_path) as trader:
        trader.world.skew_s = skew_s
        trader.world.set_clock()
        trader.control.drop()
        await trader.reads("clock")
        await trader.until(lambda: is_agreed(trader.world))
        await trader.enters(2)
        trader.closes()
        await trader.holds(0)
        assert [order.filled for order in trader.exits()] == [2]
