"""Every rule can be compiled, and compiled it answers and remembers exactly what it does interpreted."""

import copy
import dataclasses
import inspect
import math
import random
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

pytest.importorskip("numba", reason="numba is not installed; it comes with the extra `lab`")

from numba.core.errors import TypingError

from cockpit.exits import examples
from cockpit.exits.evaluate import first_trigger
from cockpit.exits.given import ONE_OF
from cockpit.exits.registry import RULES, Rule
from cockpit.exits.rule import NAN, NO, UNSEEN, YES, Verdict, state_of
from cockpit.exits.view import Position, follow
from cockpit.lab.compiler import Compiler, whole
from cockpit.lab.records import stored, values
from cockpit.market.view import Market
from tests.exits.compiled import Twin
from tests.laws.stories import RANGES, Moment, Story, last, spots

DRAWS = 2_000
HOOKS = ("acted", "joined", "opened", "warned")
WHOLE_NUMBERS = {"reference": ONE_OF["regime"], "entering": ONE_OF["regime"]}  # memory fields that are codes
NEVER_UNKNOWN = {"contracts", "lot"}

compiler = Compiler()
followed = Twin(compiler, follow, writes=0)


@cache
def twins(rule: Rule) -> dict[str, Twin]:
    """name -> twin, of the rule's kernel and of everything else that a sweep calls."""
    written = vars(sys.modules[rule.kernel.__module__])
    return {name: Twin(compiler, written[name]) for name in ("kernel", "weigh", *HOOKS) if name in written}


def watched(rule: Rule) -> Rule:
    """The rule, asked at both speeds."""
    made = copy.copy(rule)
    for name, twin in twins(rule).items():
        setattr(made, "_weigh" if name == "weigh" else name, twin)
    return made


def call_hooks(rule: Rule, p: Any, now: Market, pos: Position, m: Any) -> None:
    """Every hook, each from the same memory."""
    for name in HOOKS:
        if name in twins(rule):
            twins(rule)[name](p, now, pos, copy.copy(m))


every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


@every_rule
def test_every_instant_of_every_example_is_the_same_compiled(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "follow", followed)
    for case in rule.examples:
        asked = examples.ask(watched(rule), case)
        p = rule.Parameters(**{k: examples.number(v) for k, v in case.params.items()})
        call_hooks(rule, p, asked.now, asked.position, asked.memory)
    assert {str(t) for t in twins(rule)["kernel"].returns} == {"int64"}
    if "weigh" in twins(rule):
        (made,) = twins(rule)["weigh"].returns
        assert [str(t) for t in made.types] == ["int64", "float64", "float64", "float64", "float64"]


@cache
def ends(rule: Rule) -> list[Moment]:
    """The last instants of the rule's examples, around which to draw."""
    return [last(Story(rule=rule, params=e.params, position=e.position, ticks=e.ticks)) for e in rule.examples]


def drawn_number(rng: random.Random, rule: Rule, name: str, was: float) -> float:
    """Unknown, nothing, where an example stands, anywhere, or near what it was."""
    chance = rng.random()
    if chance < 0.20:
        return NAN if name not in NEVER_UNKNOWN else was
    if chance < 0.22:
        return 0.0
    if chance < 0.40 or was != was:
        return rng.choice(spots(rule, name))
    if chance < 0.60 and name in RANGES:
        return rng.uniform(*RANGES[name])
    return was * (1.0 + rng.gauss(0.0, 0.02))


def drawn(rng: random.Random, rule: Rule, thing: Any, p: Any) -> Any:
    """A market, position or memory with about every sixth field drawn anew."""
    made = copy.copy(thing)
    for f in dataclasses.fields(made):
        if rng.random() > 0.15:
            continue
        if f.name in ONE_OF or f.name in WHOLE_NUMBERS:
            one = rng.choice(ONE_OF.get(f.name) or WHOLE_NUMBERS[f.name])
            value: Any = int(one) if f.type is int else float(one)
        elif f.name == "stage":
            value = rng.randrange(len(p.stages) + 1)
        elif f.type is bool:
            value = rng.random() < 0.5
        else:
            assert f.type is float, f"say how to draw {f.name}"
            value = drawn_number(rng, rule, f.name, getattr(made, f.name))
        setattr(made, f.name, value)
    return made


def tuned(rng: random.Random, p: Any) -> Any:
    """The parameters with about every third drawn anew inside its range; tables of any length."""
    changed: dict[str, Any] = {}
    for f in dataclasses.fields(p):
        about = f.metadata
        if rng.random() > 0.3:
            continue
        if "options" in about:
            changed[f.name] = rng.randrange(len(about["options"]))
        elif "flag" in about:
            changed[f.name] = rng.random() < 0.5
        elif "row" in about:
            rows = [tuned(rng, about["row"]()) for _ in range(rng.randint(1, about["capacity"]))]
            changed[f.name] = tuple(sorted(rows, key=lambda row: values(row)[0]))
        elif about["off"] and rng.random() < 0.3:
            changed[f.name] = NAN
        else:
            usual: Any = f.default if f.default == f.default else 1.0
            changed[f.name] = min(max(usual * rng.uniform(0.5, 1.5), about["low"]), about["high"])
    return dataclasses.replace(p, **changed)


def asked_at_random(rule: Rule, rng: random.Random) -> int | None:
    """One drawn state at both speeds: the packed answer, None where both speeds refuse to reckon."""
    end = rng.choice(ends(rule))
    p = tuned(rng, end.p) if rng.random() < 0.5 else end.p
    now, pos = drawn(rng, rule, end.now, p), drawn(rng, rule, end.pos, p)
    m = drawn(rng, rule, end.m, p)
    if hasattr(m, "stage"):
        m.stage = min(m.stage, len(p.stages))
    try:
        if rng.random() < 0.5:
            followed(pos, now)
        packed = twins(rule)["kernel"](p, now, pos, m)
        if first_trigger(packed) and "weigh" in twins(rule):
            twins(rule)["weigh"](p, now, pos, m, first_trigger(packed))
        call_hooks(rule, p, now, pos, m)
    except ArithmeticError:
        return None
    return packed


@every_rule
def test_any_state_is_the_same_compiled(rule: Rule) -> None:
    rng = random.Random(rule.name)
    said = [asked_at_random(rule, rng) for _ in range(DRAWS)]
    answers = [packed for packed in said if packed is not None]
    assert len(answers) > 0.9 * DRAWS, "too many refusals to prove anything"
    for code, name in rule.trigger_names.items():
        met = {state_of(packed, code) for packed in answers}
        assert {NO, YES} <= met, f"{name}: only {met} in {DRAWS} draws"
        assert UNSEEN in met or not rule.needs[code], f"{name} was never blind"


# --- what the proofs above are worth


def table_length(p: Any, now: Market, pos: Position, m: Any) -> int:
    """Differs: compiled a table is as long as its capacity."""
    return len(p.stages)


def remembers_length(p: Any, now: Market, pos: Position, m: Any) -> int:
    """The same in memory only."""
    m.stage = len(p.stages)
    return 0


def forgets_its_place(p: Any, now: Market, pos: Position, m: Any) -> int:
    """Writes to the market."""
    now.mark = 1.0
    return 0


def makes_an_object(p: Any, now: Market, pos: Position, m: Any) -> int:
    """A dataclass is nothing that can be compiled."""
    return 1 if Market().mark > 0.0 else 0


@pytest.mark.parametrize(
    ("kernel", "error", "says"),
    [
        (table_length, AssertionError, "compiled 12, interpreted 4"),
        (remembers_length, AssertionError, "remembers_length leaves"),
        (forgets_its_place, AssertionError, "writes to argument 1"),
        (makes_an_object, TypingError, "Market"),
    ],
)
def test_a_difference_is_found(kernel: Callable[..., int], error: type[Exception], says: str) -> None:
    rule = RULES["staged_trailing_stop"]
    with pytest.raises(error, match=says):
        Twin(compiler, kernel)(rule.Parameters(), Market(), Position(), rule.Memory())


def test_a_number_of_another_kind_is_refused() -> None:
    memory = RULES["staged_trailing_stop"].Memory()
    memory.stage = 1.5
    with pytest.raises(TypeError, match=r"Memory\.stage is 1\.5"):
        stored(memory)


def test_rows_that_a_table_lacks_are_never_reached() -> None:
    row = stored(RULES["staged_trailing_stop"].Parameters())
    assert row["stages"]["reached_bps"].tolist() == [50.0, 100.0, 200.0, 400.0] + [math.inf] * 8


def test_a_compiled_verdict_has_the_defaults_of_a_verdict() -> None:
    def given(f: Callable[..., Verdict]) -> list[tuple[str, str]]:
        return [(x.name, repr(x.default)) for x in inspect.signature(f).parameters.values()]

    assert given(whole) == given(Verdict)
