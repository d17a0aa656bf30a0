"""Who acts is decided as the engine's arbitration decides it, whatever the rules say and in whatever order."""

import random
from types import SimpleNamespace
from typing import Any

import pytest

from cockpit.exits.arbitrate import Asked, Bench, Ruling, arbitrate, asked_for
from cockpit.exits.evaluate import first_trigger
from cockpit.exits.override import Overrides
from cockpit.exits.profile import Profile
from cockpit.exits.rule import NAN, UNSEEN, YES, Verdict
from cockpit.exits.view import Position
from cockpit.lab import deciding
from cockpit.lab.chain import traits
from cockpit.lab.configurations import gate
from cockpit.lab.table import Row
from cockpit.state import stops
from cockpit.wiring import SHIPPED_PROFILES, profile
from tests.lab import drawing

SEEDS, STEPS = 150, 60
NS = 1_000_000_000
HELD = 10


class Both:
    """One position's rules as the engine keeps them, and as a run does."""

    def __init__(self, chosen: Profile, rng: random.Random) -> None:
        self.rng = rng
        self.chosen = chosen
        self.asked = asked_for(chosen, frozenset())
        self.sayings = [deciding.Saying() for _ in chosen.rules]
        self.gates = [gate(r) for r in chosen.rules]
        self.traits = [traits(r) for r in chosen.rules]
        rank = 0
        for i, (a, of) in enumerate(zip(self.asked, self.traits, strict=True)):
            rank = rank if rng.random() < 0.5 else i  # the same: one tier
            a.rank = of.rank = rank

    def say(self, a: Asked, s: deciding.Saying) -> None:
        """A rule says anything, or what it said before."""
        rng = self.rng
        if rng.random() < 0.4:
            return
        triggers = len(a.rule.triggers)
        states = [rng.choice((0, 0, YES, UNSEEN)) for _ in range(triggers)] if rng.random() < 0.6 else [0] * triggers
        packed = sum(state << 2 * i for i, state in enumerate(states)) if rng.random() > 0.05 else -1
        a.packed, a.code = packed, first_trigger(packed)
        a.verdict = None
        a.kind = "idle" if packed < 0 else "blind" if packed & 0xAAAAAAAA else "hold"
        assert deciding.speak(s, packed) == a.code
        if a.code:
            fraction, stop, shift = rng.choice(((1.0, NAN, 0.0), (1.0, NAN, 0.0), (0.5, 9.0, 0.0), (0.0, 9.0, 0.0),
                                                (0.0, NAN, 20.0), (0.0, NAN, -20.0)))  # fmt: skip
            a.verdict = Verdict(a.code, rng.choice((0.3, 0.6, 0.9)), fraction, stop, shift)
            a.kind = "exit" if fraction > 0.0 else "adjust"
            deciding.weighed(s, *a.verdict[1:])

    def step(self, now_ns: int, leaving: int) -> tuple[Ruling, deciding.Ride]:
        """One evaluation at both."""
        rng = self.rng
        for a, s in zip(self.asked, self.sayings, strict=True):
            self.say(a, s)
        seen = {"observed": rng.choice((0, 1, 3, 31)), "suspect": rng.random() < 0.1, "stale": rng.random() < 0.1}
        bench: dict[str, Any] = {"overrides": Overrides(), "profile": self.chosen, "halted": False, **seen}
        ruling = arbitrate(self.asked, Bench(now_ns=now_ns, leaving=leaving, held=HELD, **bench))
        ride = deciding.Ride(contracts=HELD, leaving=leaving)
        now = Row()
        now.at_ns, now.observed, now.suspect, now.stale = now_ns, seen["observed"], seen["suspect"], seen["stale"]
        deciding.arbitrate(self.sayings, self.gates, self.traits, ride, now)
        return ruling, ride

    def compare(self, ruling: Ruling, ride: deciding.Ride) -> tuple[str, ...]:
        """What happened, after both have agreed on it."""
        index = {a: i for i, a in enumerate(self.asked)}
        assert ride.winner == (-1 if ruling.winner is None else index[ruling.winner])
        assert ride.hurries == (-1 if ruling.hurries is None else index[ruling.hurries])
        assert ride.warning == bool(ruling.warnings)
        acting = [i for i, s in enumerate(self.sayings) if s.kind == deciding.ADJUST and s.acts]
        assert acting == [index[a] for a in ruling.adjustments]
        for a, s in zip(self.asked, self.sayings, strict=True):
            assert s.waits == (a.countdown is not None), a.name
            if a.countdown is not None:
                assert (s.ends_ns, s.is_full, s.held) == (a.countdown.ends_ns, a.countdown.full, a.countdown.held)
        met = {
            "won": ruling.winner is not None, "part won": ride.winner >= 0 and self.sayings[ride.winner].fraction < 1.0,
            "hurried": ride.hurries >= 0, "warned": ride.warning, "adjusted": bool(acting),
            "suppressed": len(ruling.suppressed) > 1, "waits": any(s.waits for s in self.sayings),
            "part waits for the whole": ruling.winner is None and bool(ruling.suppressed),
        }  # fmt: skip
        if ruling.winner is not None:
            ruling.winner.countdown, self.sayings[ride.winner].waits = None, False
        return tuple(name for name, happened in met.items() if happened)


@pytest.mark.parametrize("name", SHIPPED_PROFILES)
def test_the_same_rulings(name: str) -> None:
    met: set[str] = set()
    for seed in range(SEEDS):
        rng = random.Random(f"{name} {seed}")
        both = Both(drawing.profile(profile(name), seed), rng)
        now_ns = 0
        for _ in range(STEPS):
            now_ns += rng.choice((0, NS // 4, 5 * NS, rng.randrange(9 * NS)))
            met |= set(both.compare(*both.step(now_ns, rng.choice((0, 0, 0, 4, HELD)))))
    assert len(met) == (7 if name == "ladder" else 8), met  # nothing in ladder warns


def test_stops_are_shifted_as_the_engine_shifts_them() -> None:
    rng, moved = random.Random(1), 0
    for _ in range(5_000):
        side, level = rng.choice((1.0, -1.0)), rng.uniform(90.0, 110.0)
        pos = Position(level=level, level_entry=100.0, level_side=side, basis=rng.choice((0, 2)), scale=rng.random())
        initial, lock = 100.0 - side * rng.uniform(0.0, 3.0), rng.choice((NAN, 100.0 + side * rng.uniform(-2.0, 2.0)))
        pos.held_stop = rng.choice((initial, lock if lock == lock else initial)) + side * rng.choice((0.0, 0.1, 1.0))
        protective = SimpleNamespace(name="protective_stop", m=SimpleNamespace(initial=initial))
        staged = SimpleNamespace(name="staged_trailing_stop", m=SimpleNamespace(lock=lock))
        held: Any = SimpleNamespace(
            pos=pos, stop_rules=[protective, staged], stop_memory=lambda name, m=protective.m: m
        )  # fmt: skip
        shift_bps = rng.uniform(-200.0, 200.0)
        expected = stops.shifted(held, shift_bps)
        assert deciding.shifted(pos, shift_bps, initial, lock) == expected
        moved += expected != pos.held_stop
    assert moved > 1_000
