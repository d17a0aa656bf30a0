"""Worked examples of the rule files as sentences: what is seen, and what the rule says to it with these parameters."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from cockpit.exits.evaluate import Answer
from cockpit.exits.examples import OPENED_T, Asked, ask
from cockpit.exits.given import WORDS, known
from cockpit.exits.registry import Rule
from cockpit.exits.rule import HOLD, IDLE, Example, Trigger, Verdict

MOST_INSTANTS = 4  # of an example that are written out
DAY_S = 86_400.0


def example_of(rule: Rule, case: Example) -> dict[str, Any]:
    """A worked example: what it shows, what is seen, and what the rule says to it."""
    said = ask(rule, case).answer
    v = said.verdict
    gives = {HOLD: "hold", IDLE: "idle"}.get(case.gives, "blind")
    gives = "trigger" if isinstance(case.gives, Trigger) else gives
    says, given = _says(said), given_in(rule, case)
    return {
        "name": case.name, "gives": gives, "trigger": said.trigger,
        "confidence": None if v is None else round(v.confidence, 4), "fraction": None if v is None else v.fraction,
        "because": said.because, "sentence": f"{case.name} ({given}): {says}" if given else f"{case.name}: {says}",
        "parameters": _facts(case.params), "position": _facts(case.position),
        "instants": [{"after_s": t, **_facts(seen)} for t, seen in case.ticks],
    }  # fmt: skip


class Retold(NamedTuple):
    """An example under other parameters: what is seen, what the rule says now, and what it says as shipped."""

    name: str
    given: str
    kind: str  # hold exit adjust blind idle
    now: str
    shipped: str  # "" while it still comes out as the rule file says


def retold(rule: Rule, case: Example, p: Any) -> Retold:
    """The example with the parameters `p`; those that it sets itself are part of its story and stay."""
    usual = ask(rule, case)
    changed = {f.name: getattr(p, f.name) for f in fields(rule.Parameters)}
    asked = ask(rule, case._replace(params={**changed, **case.params}))
    same = _outcome(rule, asked) == _outcome(rule, usual)
    return Retold(
        name=case.name, given=given_in(rule, case), kind=asked.answer.kind, now=_says(asked.answer),
        shipped="" if same else _says(usual.answer),
    )  # fmt: skip


def given_in(rule: Rule, case: Example) -> str:
    """What an example sets and what is seen in it, in words."""
    return "; ".join(_instants(rule, case))


def _outcome(rule: Rule, asked: Asked) -> tuple[Any, ...]:
    """What an example is about: who acts, how, and the stop afterwards; unknown is None, which equals itself."""
    v = asked.answer.verdict
    numbers = (rule.stop(asked.memory), *((v.confidence, v.fraction, v.stop, v.shift_bps) if v is not None else ()))
    rounded = tuple(None if x is None else round(x, 8) for x in map(known, numbers))
    return asked.answer.kind, asked.answer.trigger, rounded


def _says(said: Answer) -> str:
    v = said.verdict
    if v is not None:
        return f"{_does(v)}, {said.trigger} {v.confidence:.2f}: {said.because}"
    return f"holds, {said.because}" if said.kind == "hold" and said.because != "holds" else said.because


def _does(v: Verdict) -> str:
    """What the verdict wants done, in words."""
    if v.fraction > 0.0:
        return "leaves" if v.fraction == 1.0 else f"leaves with {v.fraction:.0%}"
    if v.stop == v.stop:
        return f"moves the stop to {v.stop:g}"
    return f"moves the stop by {v.shift_bps:+g} bps" if v.shift_bps else "moves nothing"


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: known(value) if isinstance(value, float) else value for name, value in given.items()}


def _instants(rule: Rule, case: Example) -> list[str]:
    """Parameters, position and instants in words; of many instants the last."""
    told: list[str] = []
    if case.params:
        options = {f.name: f.metadata.get("options") for f in fields(rule.Parameters)}
        told.append(f"with {', '.join(f'{n} {_worded(n, v, options[n])}' for n, v in case.params.items())}")
    if case.position:
        told.append(f"a position of {_words(case.position)}")
    ticks = case.ticks
    if len(ticks) > MOST_INSTANTS:
        told.append(f"{len(ticks) - 1} instants before")
        ticks = ticks[-1:]
    for t, seen in ticks:
        when = f"after {t:g} s" if t < OPENED_T else f"at {_clock(t)}"
        told.append(f"{when} {_words(seen)}".rstrip())
    return told


def _words(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_worded(name, value, None)}" for name, value in given.items())


def _worded(name: str, value: Any, options: tuple[str, ...] | None) -> str:
    """A value as one may write it in --given."""
    if options is not None:
        return options[int(value)]
    for word, number in WORDS.get(name, {}).items():
        if number == value and len(word) > 1:
            return word
    if isinstance(value, tuple):
        return "as a table"
    if value is None or value != value:
        return "unknown"
    if name.endswith("_t") and 0.0 < value < DAY_S:
        return _clock(value)
    return plain(value)


def _clock(t: float) -> str:
    return f"{int(t // 3600)}:{int(t // 60) % 60:02d}:{t % 60:02g}"


def plain(value: Any) -> str:
    """A value as TOML would have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
