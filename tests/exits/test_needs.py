"""NEEDS of every rule is what its kernel reads, trigger by trigger, and what a rule cannot see is what it misses."""

import ast
import inspect
import itertools
import textwrap
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import pytest

from cockpit.exits.evaluate import label, unseen
from cockpit.exits.registry import RULES, Rule
from cockpit.exits.rule import BLIND_MASK, UNSEEN, state_of
from cockpit.exits.view import Position
from cockpit.market.view import NAN, Market
from tests.laws.stories import FOLLOWED, INPUTS, Moment, last, reads, spots, told

RECORDS = {"now": Market, "pos": Position}
POSITIVE = {"iv", "iv_at_entry", "theta_span_s", "entry_mark", "entry_underlying"}  # what is 0 there is refused
LOST_WITH = {"theta_ago": ("theta_span_s",)}  # of one observation


def read_by(function: Callable[..., Any], seen: set[Any] | None = None) -> set[str]:
    """Inputs that a kernel reads from `now` and `pos`, with the plain functions it calls."""
    seen = seen if seen is not None else set()
    seen.add(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Name):
            record = {r.__name__: n for n, r in RECORDS.items()}.get(node.annotation.id, node.arg)
            assert node.arg == record or node.arg not in RECORDS, f"{function.__qualname__}: call it {record}"
            assert node.annotation.id not in ("Market", "Position") or node.arg in RECORDS
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in RECORDS:
            found |= {node.attr} & INPUTS.keys()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = function.__globals__.get(node.func.id)
            if isinstance(called, FunctionType) and called not in seen:
                found |= read_by(called, seen)
    return found


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_inputs_a_rule_names_are_those_its_kernel_reads(rule: Rule) -> None:
    named = {name for needs in rule.needs.values() for name in needs}
    assert named == read_by(rule.kernel)


@cache
def moments(name: str) -> tuple[Moment, ...]:
    """The last instants of all examples under all parameters, and the instants just opened."""
    return tuple(last(s) for s in told(RULES[name]))


def varied(moment: Moment, name: str) -> list[float]:
    """Other values for an input: unknown, those of the examples, and values far off."""
    return [NAN, *spots(moment.rule, name), 1e-9 if name in POSITIVE else 0.0, 1e6]


@cache
def matters_to(name: str) -> tuple[dict[int, set[str]], set[str]]:
    """By trigger the inputs that change its state, and the inputs that change the rule's memory."""
    rule = RULES[name]
    states: dict[int, set[str]] = {code: set() for code in rule.trigger_names}
    remembered: set[str] = set()
    for moment in moments(name):
        packed, memory = moment.say()
        for x in INPUTS:
            for value in varied(moment, x):
                direct = {k: moment.of(k) for k in FOLLOWED}
                other, after = moment.say(**{**direct, x: value})
                remembered |= {x} if repr(after) != repr(memory) else set()
                for code in states:
                    if state_of(other, code) != state_of(packed, code):
                        states[code].add(x)
    return states, remembered


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_trigger_names_what_can_change_it_and_nothing_else(rule: Rule) -> None:
    states, remembered = matters_to(rule.name)
    for code, trigger in rule.trigger_names.items():
        named = set(rule.needs[code])
        assert states[code] <= named, trigger
        assert named <= states[code] | remembered, trigger
        assert len(named) == len(rule.needs[code]), trigger


def lost(names: tuple[str, ...]) -> dict[str, float]:
    """These inputs unknown, with those that are never known without them."""
    return dict.fromkeys([*names, *(other for n in names for other in LOST_WITH.get(n, ()))], NAN)


def can_be_lost(rule: Rule) -> list[str]:
    """Inputs of the rule that can be unknown while others are known."""
    together = {other for others in LOST_WITH.values() for other in others}
    return [name for name in reads(rule) if name not in together]


def blinding(moment: Moment, names: tuple[str, ...]) -> set[int]:
    """Triggers that cannot see once these inputs are gone, and could before."""
    before, _ = moment.say()
    after, _ = moment.say(**lost(names))
    return {c for c in moment.rule.trigger_names if state_of(after, c) == UNSEEN != state_of(before, c)}


@cache
def blinded_by(name: str) -> dict[tuple[str, int], set[str]]:
    """By parameters and trigger: inputs whose loss, alone or with one stand-in, blinds the trigger somewhere."""
    rule = RULES[name]
    found: dict[tuple[str, int], set[str]] = {}
    for moment in moments(name):
        alone: dict[int, set[str]] = {c: set() for c in rule.trigger_names}
        for x in can_be_lost(rule):
            for code in blinding(moment, (x,)):
                alone[code].add(x)
        for pair in itertools.combinations(can_be_lost(rule), 2):
            for code in blinding(moment, pair):
                cause = alone[code] & set(pair) or set(pair)
                found.setdefault((repr(moment.p), code), set()).update(cause)
        for code, names in alone.items():
            found.setdefault((repr(moment.p), code), set()).update(names)
    return found


MADE_OF_THE_MARK = {"gain", "gain_pct", "level", "gain_bps"}


@pytest.mark.parametrize("rule", [r for r in RULES.values() if reads(r)], ids=lambda r: r.name)
def test_the_cause_of_blindness_is_an_input_that_blinds(rule: Rule) -> None:
    causes = blinded_by(rule.name)
    asked = 0
    for moment in moments(rule.name):
        for pair in itertools.combinations_with_replacement(can_be_lost(rule), 2):
            gone = lost(pair)
            packed, _ = moment.say(**gone)
            blind = packed & BLIND_MASK if packed > 0 else 0
            if not blind:
                continue
            code = (blind & -blind).bit_length() // 2
            now, pos = moment.seen(**gone)
            missing = unseen(rule, packed, now, pos)
            if not missing:
                continue  # known, but from before the position opened
            asked += 1
            first = {"mark", "underlying"} if missing[0] in MADE_OF_THE_MARK else {missing[0]}
            assert first & causes[(repr(moment.p), code)], (rule.trigger_names[code], missing)
            assert label(missing[0])
    assert asked
