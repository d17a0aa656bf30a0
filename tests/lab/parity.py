"""Holds a compiled run against the interpreted engine: every answer, every stop, every exit of one position."""

from typing import Any

import numpy as np

from cockpit.exits.profile import Profile
from cockpit.exits.rule import NO, UNSEEN, YES, state_of
from cockpit.lab.chain import Runs, compile_profile
from cockpit.lab.table import Table
from tests.lab.engine import NOT_ASKED, Heard

WITHIN = 1e-9
WORDS = {NO: "no", YES: "yes", UNSEEN: "unseen"}


def differences(heard: Heard, table: Table, profile: Profile, *, acting: bool) -> list[str]:
    """What the compiled chain says or does otherwise than the engine; the first of each kind, with its inputs."""
    runs = compile_profile(profile).run(table, [profile], acting=acting, speaking=True)
    many = len(heard.answers)
    if not acting and many != len(table):
        return [f"{profile.name}: the engine evaluated {many} instants, the table has {len(table)}"]
    found = [*_answers(heard, table, profile, runs), *_stops(heard, table, profile, runs)]
    said, done = _exits_of(heard), _exits(runs, table, profile)
    if said != done:
        found.append(f"{profile.name}: the engine leaves by {said}, compiled by {done}")
    gained = float(heard.held.gross) / heard.held.instrument.multiplier
    if abs(gained - runs.gained[0]) > WITHIN * max(1.0, abs(gained)):
        found.append(f"{profile.name}: the engine gains {gained}, compiled {runs.gained[0]}")
    if acting and heard.held.contracts != runs.left[0]:
        found.append(f"{profile.name}: the engine still holds {heard.held.contracts}, compiled {runs.left[0]}")
    return found


def _answers(heard: Heard, table: Table, profile: Profile, runs: Runs) -> list[str]:
    said, done = heard.answers_of(runs.rules), runs.codes[0, : len(heard.answers)]
    wrong = np.argwhere((said != done) & (said != NOT_ASKED))
    if not len(wrong):
        return []
    row, i = (int(x) for x in wrong[0])
    given = profile.rules[i]
    return [
        f"{profile.name}: {given.rule.name} at row {row}, t {table.rows['t'][row]}: the engine says "
        f"{_words(given, said[row, i])}, compiled {_words(given, done[row, i])} ({len(wrong)} of {done.size} differ); "
        f"{inputs(given, table, row)}"
    ]


def _words(given: Any, packed: int) -> str:
    """A packed answer, trigger by trigger."""
    if packed < 0:
        return "idle" if packed == -1 else "nothing, it is closed"
    return ", ".join(f"{name} {WORDS[state_of(int(packed), c)]}" for c, name in given.rule.trigger_names.items())


def inputs(given: Any, table: Table, row: int) -> str:
    """What the rule reads of the market at that row, and with which parameters."""
    names = dict.fromkeys(name for needs in given.rule.needs.values() for name in needs)
    seen = {n: table.rows[n][row].item() for n in ("t", "exit_price", *names) if n in (table.rows.dtype.names or ())}
    return f"inputs {seen}, {given.p!r}, position {table.position!r}"


def _stops(heard: Heard, table: Table, profile: Profile, runs: Runs) -> list[str]:
    said = np.array(heard.stops)
    done = runs.stops[0, : len(said)]
    same = (np.abs(said - done) <= WITHIN) | (np.isnan(said) & np.isnan(done))
    wrong = np.argwhere(~same)
    if not len(wrong):
        return []
    row, i = (int(x) for x in wrong[0])
    given = next(r for r in profile.rules if r.rule.name == runs.stop_rules[i])
    return [
        f"{profile.name}: the stop of {given.rule.name} at row {row}, t {table.rows['t'][row]}: the engine's "
        f"{said[row, i]!r}, compiled {done[row, i]!r} ({len(wrong)} differ); {inputs(given, table, row)}"
    ]


def _exits_of(heard: Heard) -> list[tuple[Any, ...]]:
    return [
        (e.cause.rule, e.cause.trigger, e.contracts, float(e.total / e.contracts), e.decided_ns, e.at_ns)
        for e in heard.held.exits
    ]


def _exits(runs: Runs, table: Table, profile: Profile) -> list[tuple[Any, ...]]:
    """The fills of the run's only configuration, as the engine's."""
    at_ns = table.rows["at_ns"]
    filled = [e for e in runs.exits[0, : runs.count[0]] if e["filled"] >= 0]
    return [
        (
            runs.rules[e["rule"]], profile.rules[e["rule"]].rule.trigger_names[e["code"]], int(e["contracts"]),
            float(e["price"]), int(at_ns[e["row"]]), int(at_ns[e["filled"]]),
        )
        for e in filled
    ]  # fmt: skip
