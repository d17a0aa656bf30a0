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


def without(moment: Moment, name: str) -> dict[str, float]:
    """The input unknown, and what this text lets stand in for it: the exit side for the mark."""
    return {name: NAN, "exit_price": NAN} if name in ("mark", "level") else {name: NAN}


def broken(moment: Moment, name: str, known: list[float]) -> list[tuple[str, int, int, float]]:
    """Triggers whose state is known without the input and another with it."""
    gone = without(moment, name)
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


@pytest.mark.parametrize("rule", READING, ids=lambda r: r.name)
def test_the_stories_reach_what_the_law_is_about(rule: Rule) -> None:
    """The examples contain instants that fire although an input is gone, or one that turns blind by it."""
    fired, blind = 0, 0
    for story in told(rule):
        moment = last(story)
        for name in reads(rule):
            packed, _ = moment.say(**without(moment, name))
            fired += packed > 0 and bool(packed & HOLDS_MASK)
            blind += any(state_of(packed, code) == UNSEEN for code in rule.trigger_names)
    assert blind
    assert fired or len(reads(rule)) <= 2


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
