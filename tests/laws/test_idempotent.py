"""A heartbeat asks again about what it has asked before: the same inputs give the same answer and change nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.exits.registry import RULES, Rule
from tests.laws.stories import last, stories


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(data=st.data())
def test_asking_twice_changes_nothing(rule: Rule, data: st.DataObject) -> None:
    moment = last(data.draw(stories(rule)))
    packed, memory = moment.say()
    moment.m = memory
    again, memory_after = moment.say()
    assert again == packed
    assert repr(memory_after) == repr(memory)
