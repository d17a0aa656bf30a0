"""Law 9: what fires without input X fires whatever X is; and what is seen not to hold stays so."""

import copy
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.exits.registry import RULES, Rule
from cockpit.exits.rule import HOLDS_MASK, UNSEEN, pack, state_of
from cockpit.market.view import NAN
from tests.laws.stories import Moment, last, reads, stories, told, values

READING = [r for r in RULES.values() if reads(r)]


def without(name: str) -> dict[str, float]:
    """The input unknown, and with the mark its stand-in, the exit side."""
    return {name: NAN, "exit_price": NAN} if name in ("mark", "level") else {name: NAN}


def broken(moment: Moment, name: str, known: list[float]) -> list[tuple[str, int, int, float]]:
    """Triggers whose state is known without the input and another with it."""
    gone = without(name)
    blind, _ = moment.say(**gone)
    found: list[tuple[str, int, int, float]] = []
    for value in known:
        packed, _ = moment.say(**{**gone, name: value})
        for code, trigger in moment.rule.trigger_names.items():
            before, after = state_of(blind, code), state_of(packed, code)
            if before not in (UNSEEN, after):
                found.append((trigger, before, after, value))
    return found


@pytest.mark.parametrize("rule", READING, ids=lambda r: r.name)
@given(data=st.data())
def test_what_is_decided_without_an_input_is_decided_so_whatever_it_is(rule: Rule, data: st.DataObject) -> None:
    moment = last(data.draw(stories(rule)))
    for name in reads(rule):
        known = data.draw(st.lists(values(rule, name), min_size=1, max_size=3))
        assert not broken(moment, name, known), name


def decided_without(rule: Rule) -> tuple[int, int]:
    """How many of the rule's examples fire although an input is gone, and how many turn blind by it."""
    fired, blind = 0, 0
    for story in told(rule):
        moment = last(story)
        for name in reads(rule):
            packed, _ = moment.say(**without(name))
            fired += packed > 0 and bool(packed & HOLDS_MASK)
            blind += any(state_of(packed, code) == UNSEEN for code in rule.trigger_names)
    return fired, blind


@pytest.mark.parametrize("rule", READING, ids=lambda r: r.name)
def test_every_rule_that_reads_can_be_blind(rule: Rule) -> None:
    assert decided_without(rule)[1]


@pytest.mark.parametrize("name", ["theta_decay", "open_interest_reversal", "exhaustion", "scale_out"])
def test_rules_with_several_signs_fire_by_one_while_another_is_gone(name: str) -> None:
    assert decided_without(RULES[name])[0]


def test_the_law_has_teeth() -> None:
    """A kernel that reads `not gamma >= limit` as a trigger is caught."""

    def careless(p: Any, now: Any, pos: Any, m: Any) -> int:
        return pack(int(not now.gamma >= 0.005))

    rule = RULES["exhaustion"]
    story = told(rule)[0]
    moment = last(story)
    fake = cast(Any, SimpleNamespace(kernel=careless, trigger_names={1: "CARELESS"}))
    moment = Moment(rule=fake, p=moment.p, now=moment.now, pos=moment.pos, m=copy.copy(moment.m), kept={})
    assert broken(moment, "gamma", [0.004]) == []
    assert broken(moment, "gamma", [0.012]) == [("CARELESS", 1, 0, 0.012)]
