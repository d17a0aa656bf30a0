"""Words never stop a decision, whatever of a rule cannot say them."""

from copy import copy
from typing import Any

import pytest

from cockpit.exits.evaluate import closest, explain
from cockpit.exits.registry import RULES, Rule
from cockpit.exits.rule import UNSEEN, YES, Reading, Verdict, pack
from cockpit.exits.view import Position
from cockpit.market.view import Market


def broken(*given: object) -> Any:
    raise ZeroDivisionError("by the test")


def nothing(*given: object) -> Any:
    return None


def no_readings(*given: object) -> dict[str, Reading]:
    return {}


def adjusts(*given: object) -> Verdict:
    return Verdict(1, 0.5, 0.0)


def without_limit(*given: object) -> dict[str, Any]:
    return {"held": Reading("held", 5.0, None, "s", trigger=1)}  # type: ignore[arg-type]


def theta(**parts: Any) -> Rule:
    """The rule with some of its parts replaced."""
    rule = copy(RULES["theta_decay"])
    for name, part in parts.items():
        setattr(rule, name, part)
    return rule


def said(rule: Rule, packed: int) -> tuple[str, str | None, str]:
    answer = explain(rule, rule.Parameters(), Market(), Position(side=1.0), rule.Memory(), packed)
    return answer.kind, answer.trigger, answer.because


UNEXPLAINED: list[dict[str, Any]] = [
    {"readings": broken},
    {"readings": no_readings},
    {"readings": without_limit},
    {"readings": nothing},
    {"because": dict.fromkeys(range(1, 5), "{nothing_of_that_name}")},
    {"because": {}},
    {"weigh": broken},
    {"weigh": nothing},
]


@pytest.mark.parametrize(
    "parts",
    UNEXPLAINED,
    ids=["readings", "none of them", "no limit", "no table", "a name unknown", "no words", "weigh", "no verdict"],
)
def test_a_trigger_that_cannot_be_explained_keeps_its_name(parts: dict[str, Any]) -> None:
    rule = theta(**parts)
    name = rule.trigger_names[1]
    assert said(rule, pack(YES)) == ("exit", name, name)
    assert explain(rule, rule.Parameters(), Market(), Position(), rule.Memory(), pack(YES)).readings == {}


def test_an_adjustment_stays_one_without_its_words() -> None:
    rule = theta(weigh=adjusts, readings=broken)
    assert said(rule, pack(YES))[0] == "adjust"


def test_silence_that_cannot_be_explained() -> None:
    rule = theta(readings=broken)
    assert said(rule, 0) == ("hold", None, "cannot say why")
    assert said(rule, pack(UNSEEN))[0] == "blind"
    assert said(rule, -1)[0] == "idle"


@pytest.mark.parametrize("readings", [broken, without_limit, nothing])
def test_what_cannot_be_read_is_not_near(readings: Any) -> None:
    rule = theta(readings=readings)
    assert closest(rule, rule.Parameters(), Market(), Position(), rule.Memory(), 0) is None
