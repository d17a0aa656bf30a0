"""Compiled chains answer, trail and leave exactly as the interpreted engine, whatever the parameters and the gates."""

import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba", reason="numba is not installed; it comes with the extra `lab`")

from cockpit.cli.random_entries import draw
from cockpit.events import NS, Batch, Entry, Heartbeat
from cockpit.exits.profile import Profile
from cockpit.exits.rule import UNSEEN, YES, state_of
from cockpit.feeds.recording import Recording, load
from cockpit.lab.chain import compile_profile
from cockpit.lab.table import table_of, tables_of
from cockpit.wiring import SHIPPED_PROFILES, Plan, Replay, Script, profile, replay_of
from tests.conftest import SOAK
from tests.lab import drawing
from tests.lab.engine import Heard, heard
from tests.lab.parity import differences
from tests.lab.ticks import Day, Played

RECORDINGS = ("in_nifty_20260818_1m", "in_banknifty_20190829_snap15m", "us_spxw_20210104_1m", "us_goog_20151224_1m")
SETS = 25
TICKS = 1_000_000 if SOAK else 35_000  # of all sets of a profile together; a tenth of a million of the three profiles
RARE = 3  # triggers of a profile that need not fire in so few ticks
CONTRACTS = 8 if SOAK else 2  # of a recording, a profile and a mode
BEAT_EVERY_NS = NS // 4 if SOAK else 30 * NS


# ---------------------------------------------------------------- synthetic ticks


@pytest.mark.parametrize("name", SHIPPED_PROFILES)
def test_random_parameters_on_synthetic_ticks(name: str) -> None:
    met: set[tuple[str, int, int]] = set()
    base = profile(name)
    for seed in range(SETS):
        chosen = drawing.profile(base, seed)
        of = Day(seed=seed, ticks=TICKS // SETS, chosen=chosen)
        acting = seed % 2 == 0
        played = Played(of)
        (said,) = heard(played.session, played.events(), acting=acting)
        wrong = differences(said, table_of(Played(of)), chosen, acting=acting)
        assert not wrong, "\n".join(wrong)
        met |= seen(said, chosen)
    never = {(r.rule.name, c) for r in base.rules for c in r.rule.trigger_names if (r.rule.name, c, YES) not in met}
    assert len(never) <= (0 if SOAK else RARE), f"never in {TICKS} ticks: {never}"
    assert len({rule for rule, _, state in met if state == UNSEEN}) >= len(base.rules) // 2


def seen(said: Heard, chosen: Profile) -> set[tuple[str, int, int]]:
    """Rule, trigger and state of all that was answered."""
    asked = {r.rule.name: r.rule for r in chosen.rules}
    found: set[tuple[str, int, int]] = set()
    for rule, column in zip(said.held.asked, zip(*set(said.answers), strict=True), strict=True):
        for packed in set(column):
            found |= {(rule.name, c, state_of(packed, c)) for c in asked[rule.name].trigger_names}
    return found


# ---------------------------------------------------------------- recordings


class Thinned:
    """A replay of which the heartbeats are left out but for every so many nanoseconds."""

    def __init__(self, replay: Replay) -> None:
        self.replay, self.state = replay, replay.state

    def events(self) -> Iterator[Batch | Heartbeat]:
        """What is left."""
        return (e for e in self.replay.events() if isinstance(e, Batch) or e.at_ns % BEAT_EVERY_NS == 0)


def chosen_for(recording: Recording) -> list[tuple[Entry, Profile]]:
    """Random entries, one a contract, each under random parameters of its own; every second of a profile's observes."""
    by_symbol = {e.symbol: e for e in reversed(draw(recording, 8 * CONTRACTS, 1))}
    rng = random.Random(recording.path.stem)
    made: list[tuple[Entry, Profile]] = []
    for i, entry in enumerate(sorted(by_symbol.values())[: len(SHIPPED_PROFILES) * CONTRACTS]):
        used = drawing.profile(profile(SHIPPED_PROFILES[i % len(SHIPPED_PROFILES)]), 100 + i)
        side: Any = rng.choice(("buy", "buy", "sell"))
        made.append(
            (entry._replace(profile=used.name, side=side, contracts=entry.contracts * rng.choice((1, 3, 20))), used)
        )
    return made  # fmt: skip


def replayed(recording: Recording, made: Iterable[tuple[Entry, Profile]]) -> Thinned:
    """A session of the composition root with those entries."""
    made = list(made)
    entries, profiles = [entry for entry, _ in made], {used.name: used for _, used in made}
    plan = Plan(profiles=profiles, default_profile=made[0][1].name, script=Script(entries=entries), cooldown=False)
    return Thinned(replay_of(recording, plan))


@pytest.mark.parametrize("name", RECORDINGS)
def test_random_parameters_on_recordings(recordings: Path, name: str) -> None:
    recording = load(recordings / f"{name}.parquet", now_ns=time.time_ns())
    made = chosen_for(recording)
    profiles = {used.name: used for _, used in made}
    for acting in (True, False):
        session = replayed(recording, made)
        said = heard(session.replay.session, session.events(), acting=acting)
        tables = tables_of(replayed(recording, made))
        assert len(said) == len(tables) >= 0.6 * len(made), session.state.refused_entries
        for one, table in zip(said, tables, strict=True):
            assert one.held.instrument == table.instrument
            wrong = differences(one, table, profiles[one.held.profile.name], acting=acting)
            assert not wrong, "\n".join(wrong)


# ---------------------------------------------------------------- what the proofs are worth


def test_a_difference_names_rule_instant_and_inputs() -> None:
    chosen = profile("scalp")
    of = Day(seed=1, ticks=2_000, chosen=chosen)
    played = Played(of)
    (said,) = heard(played.session, played.events(), acting=False)
    table = table_of(Played(of))
    table.rows["iv"][100:] *= 0.5
    table.rows["mark"][100:] *= 0.5
    wrong = differences(said, table, chosen, acting=False)
    assert any("theta_decay at row 100" in line and "'iv': " in line and "IV_CRUSH yes" in line for line in wrong)
    assert any("the stop of greeks_trailing_stop" in line for line in wrong) or len(wrong) == 1


def test_many_configurations_are_what_each_is_alone() -> None:
    base = profile("adaptive")
    chosen = [drawing.profile(base, seed) for seed in range(12)]
    table = table_of(Played(Day(seed=3, ticks=1_500, chosen=base)))
    chain = compile_profile(base)
    together = chain.run(table, chosen, speaking=True)
    for c, one in enumerate(chosen):
        alone = chain.run(table, [one], speaking=True)
        assert together.last(c) == alone.last(0)
        assert together.exits[c].tobytes() == alone.exits[0].tobytes()
        assert np.array_equal(together.codes[c], alone.codes[0])
        assert np.array_equal(together.stops[c], alone.stops[0], equal_nan=True)
    assert len({together.last(c) for c in range(12)}) > 3
