"""Many settings of one profile as arrays: what is swept."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from cockpit.domain.errors import BadInput
from cockpit.exits.profile import Profile, ProfileRule
from cockpit.exits.registry import BINDINGS
from cockpit.lab.deciding import MANDATORY, Gate
from cockpit.lab.records import Records, nested, record, values

NS = 1_000_000_000
GATES: dict[str, tuple[float, float]] = {"min_confidence": (0.0, 1.0), "hits": (1, 1000), "grace_s": (0.0, 3600.0)}


def gate(given: ProfileRule) -> Gate:
    """What the rule's exits must pass."""
    return Gate(BINDINGS.index(given.binding), given.min_confidence, given.hits, round(given.grace_s * NS))


class Configurations:
    """Parameters and gates, one row a configuration, that begin as the given profiles have them.

    All of them have the rules of one profile, in its order and tiers. `parameters[rule][name]` and the columns of
    `gates` may be read; to change a column say `set`, which knows the declared ranges.
    """

    def __init__(self, profiles: Sequence[Profile]) -> None:
        if not profiles:
            raise ValueError("no configuration at all")
        base = profiles[0]
        for other in profiles[1:]:
            if shape(other) != shape(base):
                raise BadInput(
                    f"The profile {other.name} has other rules, tiers or gain basis than {base.name}; "
                    "sweep each of them by itself."
                )
        self.base = base
        self.rules = {r.rule.name: r.rule for r in base.rules}
        self.parameters: Records = np.zeros(len(profiles), nested({n: r.Parameters for n, r in self.rules.items()}))
        self.gates: Records = np.zeros((len(profiles), len(self.rules)), record(Gate))
        for c, profile in enumerate(profiles):
            for i, r in enumerate(profile.rules):
                self.parameters[r.rule.name][c] = values(r.p)
                self.gates[c, i] = values(gate(r))

    @classmethod
    def grid(cls, profile: Profile, count: int) -> "Configurations":
        """So many times the same, to be changed by `set`."""
        one = cls([profile])
        one.parameters, one.gates = np.repeat(one.parameters, count), np.repeat(one.gates, count, axis=0)
        return one

    def __len__(self) -> int:
        return len(self.parameters)

    def set(self, rule: str, name: str, column: Any) -> None:
        """One parameter, or one of binding, min_confidence, hits and grace_s, of every configuration.

        `column` is a value for all or one a configuration; NaN is off. Raises BadInput outside the declared range.
        """
        path = f"{rule}.{name}"
        if rule not in self.rules:
            raise BadInput(f"{path}: the profile {self.base.name} has no such rule; it has {', '.join(self.rules)}.")
        if name == "binding" or name in GATES:
            self._set_gate([*self.rules].index(rule), name, column, path)
            return
        about = {f.name: f.metadata for f in dataclasses.fields(self.rules[rule].Parameters)}
        if name not in about:
            raise BadInput(f"{path}: no such parameter; it has {', '.join(about)}, binding and {', '.join(GATES)}.")
        if "row" in about[name]:
            raise BadInput(f"{path} is a table; give one profile a configuration instead.")
        if "options" in about[name] or "flag" in about[name]:
            last = len(about[name].get("options", (False, True))) - 1
            self.parameters[rule][name] = _whole(_within(column, 0, last, path), path)
            return
        low, high = about[name]["low"], about[name]["high"]
        self.parameters[rule][name] = _within(column, low, high, path, off=bool(about[name]["off"]))

    def _set_gate(self, i: int, name: str, column: Any, path: str) -> None:
        gates = self.gates[:, i]
        if name == "binding":
            if not set(np.atleast_1d(column).tolist()) <= set(BINDINGS):
                raise BadInput(f"{path} must be one of {', '.join(BINDINGS)}.")
            gates["binding"] = np.array([BINDINGS.index(word) for word in np.atleast_1d(column).tolist()])
            return
        given = _within(column, *GATES[name], path)
        if name == "grace_s":
            gates["grace_ns"] = np.round(given * NS)
        else:
            gates[name] = _whole(given, path) if name == "hits" else given

    def check(self) -> None:
        """Raises BadInput for what no profile may be: see cockpit.exits.profile."""
        for i, rule in enumerate(self.rules.values()):
            gates, own = self.gates[:, i], self.parameters[rule.name]
            mandatory = gates["binding"] == MANDATORY
            if rule.name == "protective_stop" and not mandatory.all():
                raise BadInput("protective_stop must be mandatory; no position goes without a stop.")
            least = min(t.confidence for t in rule.triggers)
            if (mandatory & (gates["min_confidence"] > least)).any():
                raise BadInput(f"{rule.name} is mandatory; a min_confidence above {least:g} would silence it.")
            for one, other in rule.either:
                if (np.isnan(own[one]) == np.isnan(own[other])).any():
                    raise BadInput(f"{rule.name}: set exactly one of {one} and {other}; give the other NaN.")


def shape(profile: Profile) -> tuple[Any, ...]:
    """What a compiled chain is made for."""
    return profile.gain_basis, profile.scale, tuple((r.rule.name, r.rank) for r in profile.rules)


def _within(column: Any, low: float, high: float, path: str, *, off: bool = False) -> Any:
    given = np.asarray(column, np.float64)
    fits = ((given >= low) & (given <= high)) | (np.isnan(given) if off else False)
    if not fits.all():
        wrong = given[~fits].flat[0]
        raise BadInput(f"{path} is {wrong:g}; it must be from {low:g} to {high:g}{' or NaN for off' if off else ''}.")
    return given


def _whole(given: Any, path: str) -> Any:
    """The column, of an option's numbers or a count."""
    if (given != np.floor(given)).any():
        raise BadInput(f"{path} must be whole numbers.")
    return given
