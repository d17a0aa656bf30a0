"""Examples retold with other parameters say what changes, and what the rule's own values would say."""

import dataclasses

import pytest

from cockpit.exits.registry import RULES, Rule
from cockpit.exits.worked_examples import example_of, retold

THETA = RULES["theta_decay"]


def told(name: str, **changed: float) -> list[str]:
    p = dataclasses.replace(THETA.Parameters(), **changed)
    case = next(each for each in THETA.examples if each.name == name)
    found = retold(THETA, case, p)
    return [found.kind, found.now, found.shipped]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_with_the_rules_own_values_nothing_is_otherwise(rule: Rule) -> None:
    found = [retold(rule, case, rule.Parameters()) for case in rule.examples]
    assert [each.shipped for each in found] == [""] * len(found)
    assert [each.now for each in found] == [example_of(rule, case)["sentence"][-len(each.now) :]
                                            for each, case in zip(found, rule.examples, strict=True)]  # fmt: skip


def test_another_limit_changes_what_is_said_and_tells_what_it_was() -> None:
    kind, now, shipped = told("volatility down 10.01 % leaves", max_iv_fall_pct=15.0)
    assert (kind, now) == ("hold", "holds, volatility fell 10.01 against 15.00 %")
    assert shipped.startswith("leaves, IV_CRUSH 0.90")


def test_a_parameter_that_an_example_sets_is_part_of_its_story() -> None:
    staged = RULES["staged_trailing_stop"]
    case = next(each for each in staged.examples if each.name == "exploring widens the distance")
    p = dataclasses.replace(staged.Parameters(), trail_multiplier=0.5)
    assert retold(staged, case, p).shipped == ""
    narrow = dataclasses.replace(staged.Parameters(), wild_bps=100.0)
    assert retold(staged, case, narrow).shipped != ""
