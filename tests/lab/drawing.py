"""Random settings of a profile: parameters from their declared ranges, and the gates beside them."""

import dataclasses
import math
import random
from typing import Any

from cockpit.exits.profile import Profile, ProfileRule
from cockpit.exits.registry import BINDINGS
from cockpit.exits.rule import NAN

SPANS = (1e-3, 1e3)  # what stands for 0 and for the far end of a range of many magnitudes


def number(rng: random.Random, default: float, low: float, high: float) -> float:
    """The default, something near it, or anything in the range, every magnitude alike."""
    chance = rng.random()
    if default == default and chance < 0.25:
        return default
    if default == default and default != 0.0 and chance < 0.8:
        return min(max(default * rng.uniform(0.2, 2.0), low), high)
    if low <= 0.0 and (chance < 0.85 or high <= 1.0):
        return rng.uniform(max(low, -SPANS[1]), min(high, SPANS[1]))
    least, most = max(low, SPANS[0]), min(high, max(low, 1.0) * SPANS[1])
    return math.exp(rng.uniform(math.log(least), math.log(most)))


def table(rng: random.Random, about: Any) -> tuple[Any, ...]:
    """Stages of the trail, of any length, each with a lock that its gain can bear."""
    rows: list[Any] = []
    reached = 0.0
    for _ in range(rng.randint(1, about["capacity"])):
        reached += rng.uniform(0.5, 40.0)
        rows.append(about["row"](reached_bps=reached, trail_bps=rng.uniform(0.5, 40.0),
                                 lock_bps=rng.uniform(-10.0, reached)))  # fmt: skip
    return tuple(rows)


def parameters(rng: random.Random, p: Any, either: tuple[tuple[str, str], ...]) -> Any:
    """All parameters of a rule drawn anew; of a pair exactly one is on."""
    drawn: dict[str, Any] = {}
    for f in dataclasses.fields(p):
        about = f.metadata
        if "options" in about:
            drawn[f.name] = rng.randrange(len(about["options"]))
        elif "flag" in about:
            drawn[f.name] = rng.random() < 0.5
        elif "row" in about:
            drawn[f.name] = table(rng, about)
        else:
            default: Any = f.default
            drawn[f.name] = number(rng, default, about["low"], about["high"])
            if about["off"] and rng.random() < 0.3:
                drawn[f.name] = NAN
    for pair in either:
        on = rng.choice(pair)
        for name in pair:
            about = next(f for f in dataclasses.fields(p) if f.name == name).metadata
            drawn[name] = number(rng, getattr(p, name), about["low"], about["high"]) if name == on else NAN
    return dataclasses.replace(p, **drawn)


def gated(rng: random.Random, given: ProfileRule, p: Any) -> ProfileRule:
    """Gates: mostly as they are, and else anything that a profile may say."""
    binding: Any = given.binding
    if given.rule.name != "protective_stop" and rng.random() < 0.4:
        binding = rng.choice(BINDINGS)
    confidence = rng.choice((0.0, 0.0, rng.random()))
    least = min(t.confidence for t in given.rule.triggers)
    return dataclasses.replace(
        given,
        p=p,
        binding=binding,
        min_confidence=min(confidence, least) if binding == "mandatory" else confidence,
        hits=rng.choice((1, 1, 1, 2, 3)),
        grace_s=rng.choice((0.0, 0.25, 5.0, rng.uniform(0.0, 90.0))),
    )


def profile(base: Profile, seed: int) -> Profile:
    """The profile with other numbers, under a name of its own; the same for the same seed."""
    rng = random.Random(f"{base.name} {seed}")
    rules = tuple(gated(rng, r, parameters(rng, r.p, r.rule.either)) for r in base.rules)
    name = f"{base.name} {seed}"
    return dataclasses.replace(base, name=name, rules=rules, sha256=name)
