"""Every rule file's worked examples come out as the file says."""

import math

import pytest

from cockpit.exits.examples import ask
from cockpit.exits.registry import RULES, Rule
from cockpit.exits.rule import HOLD, IDLE, Example, Trigger

CASES = [pytest.param(r, e, id=f"{r.name}: {e.name}") for r in RULES.values() for e in r.examples]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_the_rule_answers_what_its_example_says(rule: Rule, case: Example) -> None:
    asked = ask(rule, case)
    said = asked.answer
    if isinstance(case.gives, Trigger):
        assert said.trigger == rule.trigger_names[case.gives.code], said
        assert said.because
    elif case.gives == IDLE:
        assert said.kind == "idle", said
    elif case.gives == HOLD:
        assert said.kind == "hold", said
    else:
        assert said.kind == "blind", said
        assert said.missing[:1] == (case.gives,), said
    verdict = said.verdict
    for name in ("confidence", "fraction", "shift_bps"):
        wanted = getattr(case, name)
        if wanted is not None:
            assert verdict is not None
            assert getattr(verdict, name) == pytest.approx(wanted, abs=1e-9), said
    if case.stop is not None:
        proposed = verdict.stop if verdict is not None and not math.isnan(verdict.stop) else rule.stop(asked.memory)
        assert proposed == pytest.approx(case.stop, abs=1e-9), said


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_trigger_and_blindness_has_an_example(rule: Rule) -> None:
    given = {e.gives for e in rule.examples if isinstance(e.gives, Trigger)}
    assert given == set(rule.triggers)
