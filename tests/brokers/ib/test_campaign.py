"""Everything that can go wrong, drawn at random: in the end what was told is what the server holds; over TCP."""

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cockpit.domain.order import LIVE, Fill, Order, Said, Stands, State, step
from cockpit.domain.order import Told as ToldAs
from tests.brokers.ib.desk import SESSION, Desk, an_order, premium_stop, trading
from tests.tws.driving import in_loop
from tests.tws.scene import CALL
from tests.tws.server import LoopbackTws

STEPS = 25


@dataclass(slots=True)
class Told:
    """One order as a session folds what it is told of it."""

    order: Order
    state: State = "pending_new"
    standing: int = 0
    filled: dict[str, int] = field(default_factory=dict[str, int])
    illegal: list[str] = field(default_factory=list[str])

    def fold(self, event: object) -> None:
        if isinstance(event, Said):
            self.step(event.told)
        elif isinstance(event, Stands):
            self.standing = event.contracts
        elif isinstance(event, Fill) and event.id not in self.filled:
            self.filled[event.id] = event.contracts
            most = max(self.order.contracts, self.standing)
            self.step("filled" if sum(self.filled.values()) >= most else "part_filled")

    def step(self, told: ToldAs) -> None:
        after = step(self.state, told)
        if after is None:
            self.illegal.append(f"{self.state} and then {told}")
        else:
            self.state = after


class Trader:
    """Does things at random, only such as a session does: nothing is sent while the connection is down."""

    def __init__(self, desk: Desk, server: LoopbackTws, seed: int) -> None:
        self.desk, self.server, self.chance = desk, server, random.Random(seed)
        self.told: dict[str, Told] = {}
        self._read = 0

    async def act(self) -> None:
        deeds: list[Callable[[], None]] = [
            self.place, self.place, self.place, self.bracket, self.cancel, self.cancel, self.shrink, self.fill,
            self.fill, self.cancel_by_hand, self.notice, self.plan, self.deliver,
        ]  # fmt: skip
        self.chance.choice(deeds)()
        if not self.desk.ib.client.isReady() or self.chance.random() < 0.1:
            await self.desk.rejoin()
        elif self.chance.random() < 0.5:
            with contextlib.suppress(ConnectionError):
                await self.desk.ib.reqExecutionsAsync()
        self.fold()

    def fold(self) -> None:
        for event in self.desk.events[self._read :]:
            told = self.told.get(getattr(event, "ref", ""))
            if told is not None:
                told.fold(event)
        self._read = len(self.desk.events)

    def place(self) -> None:
        limit = self.chance.choice([Decimal("12"), Decimal("12"), None])
        self._place(an_order(contracts=self.chance.randint(1, 4), limit=limit, urgent=limit is None))

    def bracket(self) -> None:
        entry = an_order(purpose="entry", side="buy", limit=self.chance.choice([Decimal("9"), Decimal("10")]))
        self._place(entry)
        self._place(an_order(purpose="protect", limit=None, trigger=premium_stop("2"), parent=entry.ref))

    def cancel(self) -> None:
        told = self._one()
        if told is not None:
            told.step("cancel_sent")
            self.desk.cancel(told.order)

    def shrink(self) -> None:
        told = self._one()
        if told is not None and told.order.contracts > 1 and not told.filled:
            told.standing = max(told.standing, told.order.contracts)
            told.order = replace(told.order, contracts=told.order.contracts - 1)
            self.desk.change(told.order)

    def fill(self) -> None:
        working = [seen for seen in self.server.control.working() if not seen.is_held]
        if working:
            seen = self.chance.choice(working)
            most = int(seen.quantity - seen.filled)
            self.server.control.fill(
                seen.perm_id, self.chance.randint(1, most), 12.0, silent=self.chance.random() < 0.2
            )

    def cancel_by_hand(self) -> None:
        working = self.server.control.working()
        if working:
            self.server.control.cancel(self.chance.choice(working).perm_id)

    def notice(self) -> None:
        working = self.server.control.working()
        if working:
            code = self.chance.choice([10349, 399, 2109, 161, 202])
            self.server.control.say(code, "Told at random", request=self.chance.choice(working).order_id)

    def plan(self) -> None:
        control = self.server.control
        self.chance.choice(
            [
                lambda: control.plan_order(drop="before_order"),
                lambda: control.plan_order(drop="before_ack"),
                lambda: control.plan_order(drop="after_ack", fill=(1, 12.0)),
                lambda: control.plan_order(reject=(201, "Order rejected - reason:No")),
                lambda: control.plan_order(notice=(10349, "TIF was set to DAY")),
                lambda: control.plan_cancel(fill=(1, 12.0)),
                lambda: control.plan_cancel(drop=True),
                lambda: control.plan_cancel(refuse=(161, "Not in a cancellable state")),
            ]
        )()

    def deliver(self) -> None:
        self.server.control.flush_executions()
        self.server.control.deliver_executions(
            duplicates=self.chance.randint(0, 1),
            reversed_batch=self.chance.choice([0, 0, 2]),
            is_withheld=self.chance.random() < 0.2,
            commission=self.chance.choice(["after", "before", "never"]),
            status=self.chance.choice(["before", "after", "never"]),
        )

    def _place(self, order: Order) -> None:
        self.told[order.ref] = Told(order)
        self.desk.place(order)

    def _one(self) -> Told | None:
        self.fold()
        live = [told for told in self.told.values() if told.state in ("working", "partially_filled")]
        return self.chance.choice(live) if live and self.desk.ib.client.isReady() else None


@in_loop
async def one_campaign(server: LoopbackTws, seed: int) -> None:
    async with trading(server) as desk:
        trader = Trader(desk, server, seed)
        for _ in range(STEPS):
            await trader.act()
        server.control.deliver_executions()
        server.control.flush_executions()
        await desk.rejoin()
        await desk.next_snapshot()
        trader.fold()
        for ref, told in trader.told.items():
            seen = server.control.orders(f"{SESSION}:{ref}")
            executed = sum(each.quantity for each in server.control.executions() if each.reference.endswith(f":{ref}"))
            what = f"seed {seed}, {ref}: {told.state}, server {seen}"
            assert told.illegal == [], what
            assert sum(told.filled.values()) == executed, what
            works = bool(seen) and seen[-1].status in ("PreSubmitted", "Submitted")
            assert (told.state in LIVE) is works, what


def test_what_is_told_is_what_the_server_holds(tws: LoopbackTws, campaign: Callable[[int], range]) -> None:
    for seed in campaign(60):
        tws.control.quote(CALL, 9.8, 10.0, 9.9)
        one_campaign(tws, seed)
