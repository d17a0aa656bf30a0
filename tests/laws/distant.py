"""A broker far away, made up: it answers later, fills in parts, cuts what is in one group, refuses, and gets lost."""

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Literal

from cockpit.domain.order import LIVE, Fill, Order, Report, Said, Stands, Told, Trigger
from cockpit.state.model import State
from cockpit.state.remembering import working


@dataclass(slots=True)
class There:
    """An order as the broker has it."""

    order: Order
    total: int
    asked: int  # contracts, as the session said last
    filled: int = 0
    state: Literal["working", "filled", "cancelled", "rejected"] = "working"
    is_triggered: bool = False
    beyond: int = 0  # contracts by which it came too large, as what its group had filled before was not known there
    came_too_large: bool = False
    fills: list[Fill] = field(default_factory=list[Fill])

    @property
    def remaining(self) -> int:
        """Contracts that may still fill."""
        return self.total - self.filled if self.state == "working" else 0


class Distant:
    """What has been asked waits in `asked` until it arrives there, what it says waits in `said` until it is told."""

    is_busy = False

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.orders: dict[str, There] = {}
        self.asked: deque[tuple[str, str, Order | None]] = deque()
        self.said: deque[Report] = deque()
        self.refuses_changes = self.refuses_stops = 0.0
        self.holds_back = False  # a child until its parent has ended; else it may act for what the parent has filled
        self.now_ns = 0
        self.position: dict[str, int] = {}
        self.triggers: dict[str, list[Trigger]] = {}  # by position: where its stop has rested, in order
        self.fills = 0

    # ------------------------------------------------------------ as the session sees it

    def place(self, order: Order, now_ns: int) -> list[Report]:
        """Later."""
        self.asked.append(("place", order.ref, order))
        return []

    def cancel(self, ref: str, now_ns: int) -> list[Report]:
        """Later."""
        self.asked.append(("cancel", ref, None))
        return []

    def change(self, order: Order, now_ns: int) -> list[Report]:
        """Later."""
        self.asked.append(("change", order.ref, order))
        return []

    def advance(self, now_ns: int) -> list[Report]:
        """Nothing happens by itself."""
        return []

    def kill(self) -> None:
        """Nobody asks for it here."""

    def reconcile(self) -> None:
        """It tells what it holds by itself."""

    def ask_margin(self, order: Order) -> None:
        """Nobody asks for it here."""

    # ------------------------------------------------------------ what happens there

    def arrive(self) -> None:
        """The oldest request is dealt with."""
        what, ref, order = self.asked.popleft()
        if what == "place":
            assert order is not None
            self._take(order)
        elif ref in self.orders and self.orders[ref].state == "working":
            (self._cancel(self.orders[ref]) if order is None else self._change(self.orders[ref], order))
        self.check()

    def _take(self, order: Order) -> None:
        if order.ref in self.orders:
            return
        there = self.orders[order.ref] = There(order, order.contracts, order.contracts)
        members = self._group(there)
        is_spent = any(m.state == "filled" for m in members)
        if is_spent or (order.purpose == "protect" and self.chance.random() < self.refuses_stops):
            there.state = "rejected"
            self._say(there, "rejected", "the group is spent" if is_spent else "no such stop")
            return
        largest = max(there.total, *(m.total for m in members), 0)
        there.beyond = max(there.total - largest + sum(m.filled for m in members), 0) if members else 0
        there.came_too_large = there.beyond > 0
        self._say(there, "acknowledged", "")
        self._rests(there)

    def _change(self, there: There, order: Order) -> None:
        if order.purpose == "protect" and self.chance.random() < self.refuses_changes:
            self._stands(there)
            return
        if order.contracts != there.asked or there.beyond:  # else another price of what a group has cut meanwhile
            there.beyond = max(there.beyond - max(there.total - order.contracts, 0), 0)
            there.total = max(order.contracts, there.filled)
        there.order, there.asked = order, order.contracts
        self._rests(there)
        if there.remaining:
            self._stands(there)
        else:
            there.state = "filled" if there.filled else "cancelled"
            self._say(there, "filled" if there.filled else "cancelled", "")

    def _rests(self, there: There) -> None:
        if there.order.trigger is not None:
            path = self.triggers.setdefault(there.order.position_id, [])
            if path and path[-1].on != there.order.trigger.on:
                path.clear()  # a modelled price of the premium is no level of the underlying
            if not path or path[-1] != there.order.trigger:
                path.append(there.order.trigger)

    def _cancel(self, there: There) -> None:
        there.state = "cancelled"
        self._say(there, "cancelled", "cancelled")
        for child in self.orders.values():
            if child.order.parent == there.order.ref and child.state == "working":
                if not there.filled:
                    self._cancel(child)
                elif child.total > there.filled:
                    child.total = max(there.filled, child.filled)
                    self._stands(child)
                    self._end(child)

    def _group(self, there: There) -> list[There]:
        group = there.order.group
        return [o for o in self.orders.values() if group and o is not there and o.order.group == group]

    def active(self, there: There) -> int:
        """What of it may fill now: a child no more than its parent has filled, as long as that works.

        What came too large is not filled that far: only that it is put right is a law.
        """
        parent = self.orders.get(there.order.parent)
        if parent is None or parent.state != "working":
            return max(there.remaining - there.beyond, 0)
        most = 0 if self.holds_back else parent.filled - there.filled
        return max(min(there.remaining, most), 0)

    def fillable(self) -> list[There]:
        """Orders that the market would take."""
        return [o for o in self.orders.values() if self.active(o) and (o.order.trigger is None or o.is_triggered)]

    def price(self, bid: Decimal) -> None:
        """Stops of long positions act at or below their trigger, those of short ones at or above."""
        for there in self.orders.values():
            trigger = there.order.trigger
            if trigger is not None and self.active(there):
                there.is_triggered |= bid >= trigger.price if trigger.above else bid <= trigger.price

    def fill(self, there: There, contracts: int, price: Decimal) -> None:
        """An execution; the others of its group are cut by it."""
        order = there.order
        self.fills += 1
        there.filled += contracts
        fill = Fill(
            id=f"E{self.fills}", ref=order.ref, contracts=contracts, price=price, fees=Decimal(0), at_ns=self.now_ns
        )
        there.fills.append(fill)
        self.said.append(fill)
        if self.chance.random() < 0.1:
            self.said.append(fill)  # a callback that comes twice
        held = self.position.get(order.symbol, 0)
        now = held + (contracts if order.side == "buy" else -contracts)
        assert order.purpose == "entry" or (abs(now) < abs(held) and now * held >= 0), f"{order.ref}: {held} -> {now}"
        self.position[order.symbol] = now
        self._end(there)
        for other in self._group(there):
            if other.remaining:
                other.total = max(other.total - contracts, other.filled)
                if other.total > other.filled:
                    self._stands(other)
                else:
                    other.state = "cancelled"
                    self._say(other, "cancelled", "the group has filled")
        self.check()

    def _end(self, there: There) -> None:
        if there.filled == there.total:
            there.state = "filled"
            self._say(there, "filled", "")

    def check(self) -> None:
        """What may leave never exceeds what is held; a group counts once, at its largest."""
        for symbol, held in self.position.items():
            groups: dict[str, int] = {}
            for o in self.orders.values():
                if o.order.symbol == symbol and o.order.purpose != "entry":
                    name = o.order.group or o.order.ref
                    groups[name] = max(groups.get(name, 0), self.active(o))
            assert sum(groups.values()) <= abs(held), f"{groups} may leave of {held}"

    def _say(self, there: There, told: Told, words: str) -> None:
        self.said.append(Said(ref=there.order.ref, told=told, words=words, at_ns=self.now_ns))

    def _stands(self, there: There) -> None:
        trigger = there.order.trigger
        self.said.append(
            Stands(
                ref=there.order.ref, contracts=there.total, limit=there.order.limit,
                trigger=None if trigger is None else trigger.price, at_ns=self.now_ns,
            )
        )  # fmt: skip

    # ------------------------------------------------------------ lost and found

    def lose(self, state: State) -> list[Report]:
        """The connection ends: some of what was under way arrives, nothing more is told; what worked is unknown."""
        for _ in range(self.chance.randint(0, len(self.asked))):
            self.arrive()
        known = {ref for what, ref, _ in self.asked if what == "place"} | set(self.orders)
        self.asked.clear()
        self.said.clear()
        lost = [w for w in working(state) if w.order.ref in known]
        return [Said(ref=w.order.ref, told="lost", words="the connection is lost", at_ns=self.now_ns) for w in lost]

    def found(self, state: State) -> list[Report]:
        """What became of every order that the session believes to work, as a new connection is told."""
        told: list[Report] = []
        ours = {h.id: h for h in (*state.held.values(), *state.closed)}
        refs = [w.order.ref for h in ours.values() for w in h.orders.values()]
        for ref in dict.fromkeys((*state.entering, *refs, *state.attached)):
            told += self.orders[ref].fills if ref in self.orders else []
        for w in (*working(state), *(w for h in ours.values() for w in h.orders.values() if w.state in LIVE)):
            there = self.orders.get(w.order.ref)
            if there is None:
                if w.state != "pending_new":
                    told.append(Said(ref=w.order.ref, told="cancelled", words="not known there", at_ns=self.now_ns))
            elif there.state == "working":
                self.said.clear()
                self._stands(there)
                told.append(self.said.pop())
            else:
                told.append(Said(ref=w.order.ref, told=there.state, words="", at_ns=self.now_ns))
        return list({(type(t), t.ref, getattr(t, "id", "")): t for t in told}.values())
