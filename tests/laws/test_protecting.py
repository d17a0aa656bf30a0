"""Resting stops and exits beside them, with a broker far away: nothing leaves twice, nothing stays unprotected."""

import os
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit import commands as c
from cockpit.domain.order import LIVE, Said
from cockpit.events import Batch, Entry, Heartbeat, LinkChanged, Quoted, UnderlyingQuoted
from cockpit.journal.ledger import Ledger
from cockpit.records import DecisionRecord, ExecutionRecord, OrderRecord
from cockpit.session import Session
from cockpit.state.making_room import room
from cockpit.state.market import advance, apply, opened
from cockpit.state.model import Held, State
from cockpit.state.remembering import kept_working, restore, resume_ns
from tests.laws.distant import Distant
from tests.market_of import How, Kept, contracts, ns, profile, stops_of

BEAT = 250_000_000
EXAMPLES = 5_000 if os.environ.get("COCKPIT_SOAK") == "1" else 200
RULES = profile("holding_limit max_held_s=60", "protective_stop", "greeks_trailing_stop", "scale_out grace_s=0")
UNDER = profile("holding_limit max_held_s=60", 'protective_stop stop_pct="off" stop_bps=30', head='gain_basis = "auto"')
STEPS = ((0.0, 0.05), (30.0, 0.1), (45.0, 0.5), (60.0, 1.0))
HAPPENINGS = (
    ("arrive",) * 6 + ("tell",) * 6 + ("beat",) * 4 + ("quote",) * 5 + ("fill",) * 4
    + ("human", "human", "enter", "lose", "restart", "both")
)  # fmt: skip


class Played:
    """A session with a broker far away, told by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.on_underlying = self.chance.random() < 0.3
        known = contracts()
        if seed % 2:
            known["C"] = replace(known["C"], steps=STEPS)
        self.how = How(profile=UNDER if self.on_underlying else RULES, instruments=known)
        self.now_ns = ns("10:00:00")
        self.mid = 50.0
        self.broker = Distant(self.chance)
        self.broker.refuses_changes = self.chance.choice((0.0, 0.0, 0.3))
        self.broker.refuses_stops = self.chance.choice((0.0, 0.0, 0.3))
        self.broker.holds_back = self.chance.random() < 0.5
        self.batches: list[Batch] = []
        self.journal = Kept()
        self.seen: Counter[str] = Counter()
        self.loosened: set[str] = set()  # positions whose stop a human has touched
        self.session = Session(self.made(), self.broker, Ledger(), self.journal)
        self.link("up")
        self.quote()

    def made(self) -> State:
        """A state that knows nothing yet."""
        return opened(replace(self.how.setup(ns("10:00:00")), protection="broker", cooldown=False))

    @property
    def state(self) -> State:
        """Of the session that runs."""
        return self.session.state

    def link(self, to: str) -> None:
        """The connection as it is from now on."""
        self.session.take(LinkChanged(self.now_ns, to, to))  # pyright: ignore[reportArgumentType]

    def play(self, length: int) -> "Played":
        """So many happenings, then quiet."""
        self.enter()
        for _ in range(length):
            getattr(self, self.chance.choice(HAPPENINGS))()
            self.check()
        self.calm()
        return self

    # ------------------------------------------------------------ what happens

    def arrive(self) -> None:
        """A request reaches the broker."""
        if self.broker.asked:
            self.broker.arrive()

    def tell(self) -> None:
        """What the broker said reaches us; executions now and then later than what follows from them, or early."""
        said = self.broker.said
        if len(said) > 1 and not any(isinstance(r, Said) for r in (said[0], said[1])) and self.chance.random() < 0.2:
            said[0], said[1] = said[1], said[0]
        if said:
            self.session.take(said.popleft())

    def both(self) -> None:
        """All that is under way."""
        while self.broker.asked or self.broker.said:
            self.arrive()
            self.tell()

    def beat(self) -> None:
        """A quarter of a second."""
        self.now_ns += BEAT
        self.broker.now_ns = self.now_ns
        self.session.take(Heartbeat(self.now_ns))

    def quote(self, move: float | None = None) -> None:
        """The market moves."""
        self.now_ns += BEAT
        self.mid = round(max(self.mid * (move or self.chance.choice((0.9, 0.97, 0.99, 1.0, 1.01, 1.03, 1.15))), 2.0), 1)
        under = round(20_000 + 40 * (self.mid - 50), 2)
        rows = (Quoted("C", self.now_ns, self.mid - 0.05, self.mid + 0.05, gamma=0.01, delta=0.5, theta=-5.0, iv=0.2),)
        batch = Batch(self.now_ns, quotes=rows, underlyings=(UnderlyingQuoted("NIFTY", self.now_ns, under),))
        self.batches.append(batch)
        self.session.take(batch)
        self.broker.now_ns = self.now_ns
        self.broker.price(Decimal(str(under if self.on_underlying else self.mid)))

    def fill(self) -> None:
        """An execution of any size."""
        if found := self.broker.fillable():
            there = self.chance.choice(found)
            most = self.broker.active(there)
            contracts = self.chance.choice((most, most, self.chance.randint(1, most)))
            self.seen[f"fill {there.order.purpose}"] += 1
            self.broker.fill(there, contracts, Decimal(str(self.mid)))

    def enter(self) -> None:
        """A scripted entry, in a batch of its own."""
        self.now_ns += BEAT
        side = self.chance.choice(("buy", "buy", "sell"))
        entry = Entry(self.now_ns, "C", side, self.chance.choice((1, 10, 100)))  # pyright: ignore[reportArgumentType]
        self.session.take(Batch(self.now_ns, entries=(entry,)))
        self.batches.append(Batch(self.now_ns))

    def human(self) -> None:
        """Something that a trader does."""
        held = next(iter(self.state.held.values()), None)
        if held is None:
            return
        what = self.chance.choice(
            ("reduce", "reduce", "reduce", "close", "cancel", "stop", "mode", "halt", "active", "kill")
        )
        if what in ("stop", "mode"):
            self.loosened.add(held.id)
        price = round(self.mid * (1 - 0.1 * held.side), 1)
        command: c.Command = {
            "reduce": c.Reduce(position="C", fraction=self.chance.choice((0.25, 0.5, 0.9))),
            "close": c.Close(position="C"),
            "cancel": c.CancelExit(position="C"),
            "stop": c.SetStop(position="C", price=price),
            "mode": c.SetMode(position="C", mode=self.chance.choice(("automatic", "confirm", "observe"))),
            "halt": c.SetSession(state="halted"),
            "kill": c.Kill(scope=self.chance.choice(("all", "winners", "losers"))),
            "active": c.SetSession(state="active"),
        }[what]
        self.seen[f"human {what}"] += bool(self.session.take(command))

    def lose(self) -> None:
        """The connection drops, and comes back some time later."""
        self.seen["lost"] += 1
        for report in self.broker.lose(self.state):
            self.session.take(report)
        self.link("no server")
        for _ in range(self.chance.randint(0, 6)):
            getattr(self, self.chance.choice(("beat", "quote", "fill", "human")))()
            assert not self.broker.asked, "nothing is sent while nobody is there"
        self.find()

    def find(self) -> None:
        """Connected again: all that happened is told before anything is sent."""
        self.broker.said.clear()
        self.link("synchronising")
        for report in self.broker.found(self.state):
            self.session.take(report)
        assert not self.broker.asked or self.state.link is None
        self.link("up")

    def restart(self) -> None:
        """Killed; a new process knows what the journal has."""
        self.seen["restarted"] += 1
        self.broker.lose(self.state)
        bodies, records = self.journal.bodies, self.journal.records
        at_ns, state = resume_ns(bodies), self.made()
        assert at_ns is not None
        for batch in self.batches:
            apply(state, batch)
        advance(state, max(at_ns, self.batches[-1].at_ns))
        restore(state, bodies, stops_of(records))
        self.session = Session(state, self.broker, Ledger(), self.journal)
        state.link = LinkChanged(self.now_ns, "synchronising", "")
        self.session.resume(None)
        assert not self.broker.asked
        self.find()

    # ------------------------------------------------------------ what must hold

    def check(self) -> None:
        """At any instant."""
        for held in self.state.held.values():
            asked = [
                w.order.contracts - w.filled
                for w in held.orders.values()
                if w.order.purpose == "exit" and w.leaves and not w.is_ending
            ]
            assert sum(asked) <= held.contracts
            assert all(w.state == "pending_new" for w in held.orders.values() if w.waits_for)
            stops = [w for w in held.orders.values() if w.order.purpose == "protect" and w.state in LIVE]
            assert len([w for w in stops if w.state != "pending_cancel"]) <= 1
            assert held.resting is None or held.resting in stops
            for trigger in (w.order.trigger for w in stops):
                assert trigger is None or trigger.on != "premium" or held.instrument.grid.holds(float(trigger.price))
        for held in (*self.state.held.values(), *self.state.closed):
            self.kept(held)

    def kept(self, held: Held) -> None:
        """A restart would know every order as it is."""
        orders = msgspec.json.decode(self.journal.bodies[f"position {held.id}"])["orders"]
        kept = {order["order"]["ref"]: order for order in orders}
        for ref, w in held.orders.items():
            now = msgspec.json.decode(msgspec.json.encode(kept_working(w)))
            assert ref in self.state.entering or kept[ref] == now, ref

    def settle(self, seconds: int) -> None:
        """Everything is delivered at once, and the clock goes on."""
        for _ in range(4 * seconds):
            self.both()
            self.beat()
            self.quote(1.0)
        self.both()

    def calm(self) -> None:
        """A broker that takes everything: soon all is as it should be."""
        self.broker.refuses_changes = self.broker.refuses_stops = 0.0
        self.session.take(c.SetSession(state="active"))
        for held in self.state.held.values():
            self.session.take(c.SetMode(position=held.id, mode="automatic"))
        self.settle(4)
        if any(held.rest_refusals for held in self.state.held.values()):
            self.settle(16)
        for there in self.broker.orders.values():
            there.beyond = 0  # it has been put right
        self.broker.check()
        for held in self.state.held.values():
            self.protected(held)
        assert self.broker.position.get("C", 0) == sum(h.side * h.contracts for h in self.state.held.values())
        if not self.state.held:
            assert not [
                o for o in self.broker.orders.values() if self.broker.active(o) and o.order.purpose == "protect"
            ]

    def protected(self, held: Held) -> None:
        """What does not leave otherwise has a stop, at the level of the rule that may act."""
        left = room(self.state, held)
        stop = held.resting
        joined = [w for w in held.orders.values() if w.order.purpose == "exit" and w.leaves and w.order.group]
        if left and not joined and held.stops:
            assert stop is not None, (held.contracts, held.leaving)
            assert self.broker.active(self.broker.orders[stop.order.ref]) == left == stop.leaves
            assert stop.order.trigger == self.broker.orders[stop.order.ref].order.trigger
            self.seen["protected"] += 1

    def told(self) -> None:
        """The journal has every execution once, each of an order that was decided."""
        records = self.journal.records
        fills = {r.id: r for r in records if isinstance(r, ExecutionRecord)}
        there = {f.id: f for o in self.broker.orders.values() for f in o.fills}
        assert {i: f.contracts for i, f in fills.items()} == {i: f.contracts for i, f in there.items()}
        decided = {r.id for r in records if isinstance(r, DecisionRecord)}
        last = {r.ref: r for r in records if isinstance(r, OrderRecord)}
        for order in last.values():
            assert order.purpose == "entry" or not order.filled or order.decision_id in decided
            assert order.filled <= order.contracts


@settings(max_examples=EXAMPLES)
@given(length=st.integers(5, 150), seed=st.integers(0, 1 << 32))
def test_nothing_leaves_twice_and_nothing_stays_unprotected(length: int, seed: int) -> None:
    played = Played(seed).play(length)
    played.told()


@settings(max_examples=EXAMPLES)
@given(length=st.integers(5, 150), seed=st.integers(0, 1 << 32))
def test_what_rests_never_moves_against_the_position_but_for_a_human(length: int, seed: int) -> None:
    played = Played(seed).play(length)
    for held in (*played.state.closed, *played.state.held.values()):
        if held.id in played.loosened:
            continue
        path = played.broker.triggers.get(held.id, [])[1:]  # the first was at the expected price of the entry
        side = -1 if path and path[0].above else 1
        for before, after in pairwise(path):
            assert float(after.price - before.price) * side >= 0.0, path


def test_the_schedules_reach_what_they_are_about() -> None:
    seen: Counter[str] = Counter()
    for seed in range(60):
        played = Played(seed).play(120)
        seen += played.seen
        seen["resting fills"] += sum(e.cause.trigger == "RESTING_STOP" for h in played.state.closed for e in h.exits)
        seen["too large"] += sum(o.came_too_large for o in played.broker.orders.values())
        seen["waited"] += sum("never sent" in w.said for h in played.state.closed for w in h.orders.values())
        seen["grouped"] += sum(
            w.order.purpose == "exit" and bool(w.order.group) and w.filled > 0
            for h in played.state.closed
            for w in h.orders.values()
        )
    wanted = ("fill protect", "fill exit", "fill entry", "lost", "restarted", "protected", "resting fills", "waited",
              "grouped", "human reduce", "human close", "human kill", "too large")  # fmt: skip
    assert not [name for name in wanted if not seen[name]], seen
