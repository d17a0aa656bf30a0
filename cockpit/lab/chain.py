"""A profile compiled: every configuration run over a position's table, decided as the engine decides.

    chain = compile_profile(profile)
    table = table_of(replay)                           # a replay with one scripted entry
    sweep = Configurations.grid(profile, 1000)
    sweep.set("theta_decay", "max_held_s", numpy.linspace(60.0, 1200.0, 1000))
    runs = chain.run(table, sweep)
    runs.exits[:, 0]["row"], runs.gained

A run is one position from its entry to its last contract, in an active session, without commands of a human: vetoes,
confirmations, cooldowns and joined entries are not in it. Exits fill whole at the exit side of the instant that
decides, or of the first one that is quoted and not suspect, as on the plain paper broker, without fees. An exit that
waits for the end of a suspicion fills at the table's next row.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from cockpit.exits.arbitrate import NEVER_ASKED, inputs_of
from cockpit.exits.profile import Profile, ProfileRule
from cockpit.exits.view import ENTRY, UNDERLYING, Position
from cockpit.lab.configurations import Configurations, shape
from cockpit.lab.deciding import MOST_EXITS, Exit, Ride, Saying, Traits
from cockpit.lab.kept import compiled
from cockpit.lab.records import Records, nested, record, values
from cockpit.lab.source import chain_source
from cockpit.lab.table import Row, Table
from cockpit.market.view import NAN
from cockpit.state.positions import basis_of

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What became of every configuration.

    `exits` are records of `deciding.Exit`, in the order in which they were decided; `count` of them are one's own. A
    position is closed when `left` is 0 contracts. `gained` is points x contracts of what has left. Empty unless asked
    for: `codes` are the packed answers by configuration, row and rule, NEVER_ASKED after the close; `stops` the levels
    of the stop rules by configuration, row and stop rule, NaN where there is none.
    """

    rules: tuple[str, ...]
    stop_rules: tuple[str, ...]
    exits: Records
    count: Array
    left: Array
    gained: Array
    codes: Array
    stops: Array

    def last(self, configuration: int) -> tuple[int, str, int] | None:
        """Row, rule and code of the exit that closed the position; None while it is open."""
        if self.left[configuration]:
            return None
        closing: Any = self.exits[configuration, self.count[configuration] - 1]
        return int(closing["row"]), self.rules[int(closing["rule"])], int(closing["code"])


class Chain:
    """The rules of one profile, compiled; profiles that differ in numbers and gates alone share it."""

    def __init__(self, profile: Profile) -> None:
        rules = {r.rule.name: r.rule for r in profile.rules}
        self.profile = profile
        self.shape = shape(profile)
        self.rules = tuple(rules)
        self.stop_rules = tuple(name for name, rule in rules.items() if rule.has_stop)
        self.source = chain_source(profile)
        self._memory = nested({name: rule.Memory for name, rule in rules.items()})
        self._fresh = tuple(values(rule.Memory()) for rule in rules.values())
        self._traits = np.array([values(traits(r)) for r in profile.rules], record(Traits))
        parameters = nested({name: rule.Parameters for name, rule in rules.items()})
        self._run = compiled(self.source, parameters, self._memory, record(Row))

    def run(
        self, table: Table, given: Configurations | Sequence[Profile], *, acting: bool = True, speaking: bool = False
    ) -> Runs:
        """All configurations over all rows.

        With `acting` off nothing ever leaves, as in the mode `observe`. `speaking` asks for codes and stops, which are
        8 to 100 bytes a row and configuration. Raises ValueError for configurations of another shape than the chain's,
        BadInput for what no profile may be, and ZeroDivisionError where a rule divides by 0: a session would go on
        without that rule.
        """
        chosen = given if isinstance(given, Configurations) else Configurations(given)
        if shape(chosen.base) != self.shape:
            raise ValueError(f"the chain is of {self.profile.name}; compile {chosen.base.name} by itself")
        chosen.check()
        many, rows = len(chosen), len(table)
        spoken = (many, rows) if speaking else (0, 0)
        codes = np.full((*spoken, len(self.rules)), NEVER_ASKED, np.int16)
        stops = np.full((*spoken, len(self.stop_rules)), NAN)
        rides, exits = self._rides(table, many), _many((many, MOST_EXITS), Exit())
        memories = np.zeros(many, self._memory)
        memories[:] = self._fresh
        self._run(
            table.rows, table.baselines, chosen.parameters, chosen.gates, self._traits,
            _many(many, self._position(table)), memories, _many((many, len(self.rules)), Saying()), exits, rides,
            acting, codes, stops,
        )  # fmt: skip
        return Runs(
            rules=self.rules, stop_rules=self.stop_rules, exits=exits, count=rides["exits"], left=rides["contracts"],
            gained=rides["gained"], codes=codes, stops=stops,
        )  # fmt: skip

    def _rides(self, table: Table, many: int) -> Records:
        owner = self.rules.index("protective_stop")
        return _many(many, Ride(contracts=round(table.position.contracts), owner=owner))

    def _position(self, table: Table) -> Position:
        """The position as it opens under this profile."""
        pos = copy(table.position)
        pos.basis = basis_of(self.profile, table.instrument.right)
        pos.level_side = pos.exposure if pos.basis == UNDERLYING else pos.side
        pos.level_entry = pos.entry if pos.basis == ENTRY else NAN
        pos.scale = table.scale if pos.basis == UNDERLYING and self.profile.scale == "auto" else 1.0
        return pos


def compile_profile(profile: Profile) -> Chain:
    """The profile's chain; made once a shape and process, and compiled once a machine.

    Raises BadInput where numba is not installed.
    """
    return _compiled(_Shaped(profile))


class _Shaped:
    """A profile that equals every other of its shape."""

    def __init__(self, profile: Profile) -> None:
        self.profile, self.shape = profile, shape(profile)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shaped) and other.shape == self.shape

    def __hash__(self) -> int:
        return hash(self.shape)


@cache
def _compiled(shaped: _Shaped) -> Chain:
    return Chain(shaped.profile)


def traits(given: ProfileRule) -> Traits:
    """What of a rule the arbitration asks for."""
    rule = given.rule
    timed = sum(1 << (t.code - 1) for t in rule.triggers if not rule.needs[t.code])
    return Traits(given.rank, inputs_of(rule), rule.has_stop, rule.warns, timed)


def _many(count: int | tuple[int, ...], thing: Any) -> Records:
    """So many rows of one object."""
    rows = np.zeros(count, record(thing.__class__))  # no chance in the padding
    rows[...] = values(thing)
    return rows
