"""Asks one rule once about what somebody gives: facts that are not given are unknown (`cockpit rules NAME --given`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from math import isfinite
from typing import Any, cast

from cockpit.exits.evaluate import Answer, answer
from cockpit.exits.examples import MARKET_FIELDS, OPENED_T, POSITION_FIELDS, Asked
from cockpit.exits.profile import parameters_from
from cockpit.exits.registry import Rule
from cockpit.exits.rule import Reading
from cockpit.exits.view import BASIS_NAMES, OWN, UNDERLYING, Position, follow
from cockpit.market.view import NAN, REGIME_NAMES, Market

SECTIONS = ("market", "position", "parameters", "memory")  # a flat name belongs to the first that knows it
CONTRACTS = 100.0  # of a position whose size is not given: enough that a part of it can leave
SPAN_S = 60.0  # between two Greeks whose distance in time is not given: the lookback
WORDS: Mapping[str, Mapping[str, float]] = {
    "side": {"long": 1.0, "short": -1.0},
    "right": {"c": 1, "call": 1, "p": -1, "put": -1},
    "basis": {name: i for i, name in enumerate(BASIS_NAMES)},
    "regime": {name: i for i, name in enumerate(REGIME_NAMES)},
}
ONE_OF: Mapping[str, tuple[float, ...]] = {
    "side": (1, -1), "exposure": (1, -1), "level_side": (1, -1), "right": (1, -1, 0), "basis": (0, 1, 2),
    "regime": tuple(range(len(REGIME_NAMES))),
}  # fmt: skip
POSITIVE = {
    "entry", "entry_mark", "entry_underlying", "level_entry", "iv_at_entry", "theta_span_s", "contracts", "lot", "tick",
    "scale",
}  # fmt: skip


def sorted_by_section(rule: Rule, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """section -> name -> value: the sections as they are, and every flat name in the first section that has it.

    Raises ValueError with one sentence for a name that is nowhere, twice, or not in the section it is given in.
    """
    known: dict[str, set[str]] = {
        "market": MARKET_FIELDS,
        "position": POSITION_FIELDS,
        "parameters": {f.name for f in fields(rule.Parameters)},
        "memory": set(rule.memory_fields),
    }
    found: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for section in SECTIONS:
        inside = given.get(section, {})
        if not isinstance(inside, dict):
            raise ValueError(f"{section} must be an object with a value for each name")
        for name, value in cast(dict[str, Any], inside).items():
            if name not in known[section]:
                raise ValueError(f"{section} has no '{name}'{_near(name, known[section])}")
            found[section][name] = value
    for name, value in given.items():
        if name in SECTIONS:
            continue
        section = next((s for s in SECTIONS if name in known[s]), None)
        if section is None:
            everywhere = {n for names in known.values() for n in names}
            raise ValueError(f"neither {rule.name} nor the engine knows a '{name}'{_near(name, everywhere)}")
        if name in found[section]:
            raise ValueError(f"'{name}' is there twice, flat and in {section}")
        found[section][name] = value
    return found


def _near(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, sorted(names), 3)
    return f"; did you mean {' or '.join(close)}" if close else ""


def ask_given(rule: Rule, given: Mapping[str, Any]) -> Asked:
    """What the rule answers at the instant that `given` describes, asked once.

    Not given, a feature is unknown; a position is long, of 100 contracts and opened at this instant; what follows from
    its entry and the mark is computed, unless it is given itself. Observations of a lookback without their times
    count as made since the opening, a lookback ago. Raises ValueError or BadInput with one sentence.
    """
    found = sorted_by_section(rule, given)
    market = {name: _value(name, value) for name, value in found["market"].items()}
    facts = {name: _value(name, value) for name, value in found["position"].items()}
    p = rule.Parameters(**_parameters(rule, found["parameters"]))
    m = rule.Memory()
    for name, value in found["memory"].items():
        setattr(m, name, _remembered(name, value, getattr(m, name)))
    now, pos = Market(), _position(facts)
    for name, value in market.items():
        setattr(now, name, value)
    _tell_time(now, pos, market, facts)
    _date_lookbacks(now, pos, market)
    follow(pos, now)
    for name, value in facts.items():
        if name != "opened_t":
            setattr(pos, name, value)
    try:
        if rule.opened and not found["memory"]:
            rule.opened(p, now, pos, m)
        said = answer(rule, p, now, pos, m)
    except (ArithmeticError, IndexError) as error:
        raise ValueError(f"{rule.name} cannot reckon with these values ({error})") from None
    return Asked(answer=said, now=now, position=pos, memory=m)


def _parameters(rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    """Checked against their ranges; of a pair of which one must be off, the one that is not given is."""
    made = parameters_from(rule.Parameters, given, rule.name)
    for one, other in rule.either:
        for asked, left in ((one, other), (other, one)):
            if made.get(asked, NAN) == made.get(asked, NAN) and left not in made:
                made[left] = NAN
    return made


def _value(name: str, value: Any) -> float:
    """The number that kernels see; null is unknown, and the words of the cockpit stand for their numbers."""
    if value is None and name not in ONE_OF:
        return NAN
    if isinstance(value, str):
        return _word(name, value)
    number = 0.0 if value is None else _finite(name, value)  # no right: the underlying itself; no regime: unknown
    if name in ONE_OF and number not in ONE_OF[name]:
        raise ValueError(f"{name} is {value}; it must be one of {', '.join(f'{x:g}' for x in ONE_OF[name])}")
    if name in POSITIVE and number <= 0.0:
        raise ValueError(f"{name} is {value}; it must be above 0, or null for unknown")
    return int(number) if name in ("right", "basis", "regime") else number


def _finite(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{name} is {value!r}; it must be a number, or null for unknown")
    return float(value)


def _word(name: str, text: str) -> float:
    if name in WORDS:
        words = WORDS[name]
        found = words.get(text.replace("_", " ").lower())
        if found is None:
            raise ValueError(f"{name} is '{text}'; it must be one of {', '.join(words)}")
        return found
    if name == "t" or name.endswith("_t"):
        return _seconds(name, text)
    raise ValueError(f"{name} is '{text}'; it must be a number, or null for unknown")


def _seconds(name: str, text: str) -> float:
    """Seconds since local midnight of a time such as 15:14:59."""
    parts = text.split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) == 2 for part in parts):
        raise ValueError(f"{name} is '{text}'; write a local time such as 15:14:59, or seconds since midnight")
    hour, minute, second = (*map(int, parts), 0)[:3]
    return hour * 3600.0 + minute * 60.0 + second


def _remembered(name: str, value: Any, usual: Any) -> Any:
    """A value of the rule's memory, of the kind that is there already."""
    if isinstance(usual, bool):
        if not isinstance(value, bool):
            raise ValueError(f"memory: {name} is {value!r}; it must be true or false")
        return value
    if value is None:
        return NAN
    if isinstance(value, str) and isinstance(usual, int):
        return _word("regime", value)
    number = _finite(f"memory: {name}", value)
    if isinstance(usual, int) and (number < 0.0 or number != int(number)):
        raise ValueError(f"memory: {name} is {value!r}; it must be a whole number")
    return int(number) if isinstance(usual, int) else number


def _position(facts: Mapping[str, float]) -> Position:
    """The position's own facts, and those that follow from them."""
    pos = Position(contracts=CONTRACTS)
    for name, value in facts.items():
        setattr(pos, name, value)

    def unless_given(name: str, value: Callable[[], float]) -> None:
        if name not in facts:
            setattr(pos, name, value())

    unless_given("exposure", lambda: pos.side * (-1.0 if pos.right < 0 else 1.0))
    unless_given("entry_mark", lambda: pos.entry)
    unless_given("level_side", lambda: pos.exposure if pos.basis == UNDERLYING else pos.side)
    own = pos.entry_mark if pos.basis == OWN else pos.entry
    unless_given("level_entry", lambda: pos.entry_underlying if pos.basis == UNDERLYING else own)
    return pos


def _tell_time(now: Market, pos: Position, market: Mapping[str, float], facts: Mapping[str, float]) -> None:
    """Of now, the opening and the age, two give the third; what is still open is 10:00, and an age of 0."""
    age_s = facts.get("age_s", NAN)
    t, opened_t = market.get("t", NAN), facts.get("opened_t", NAN)
    known_age_s = age_s if age_s == age_s else 0.0
    if opened_t != opened_t:
        opened_t = t - known_age_s if t == t else OPENED_T
    pos.opened_t = opened_t
    now.t = t if t == t else opened_t + known_age_s


def _date_lookbacks(now: Market, pos: Position, market: Mapping[str, float]) -> None:
    """Times of observations that are given without them."""
    for value, time, default in (
        ("mark_ago", "mark_ago_t", max(now.t - SPAN_S, pos.opened_t)),
        ("delta_ago", "delta_ago_t", max(now.t - SPAN_S, pos.opened_t)),
        ("theta_ago", "theta_span_s", SPAN_S),
        ("last_close", "last_t", pos.opened_t),
        ("bar_close", "bar_t", (market.get("last_t", pos.opened_t)) + 60.0),
    ):
        if value in market and time not in market:
            setattr(now, time, default)


def known(x: float) -> float | None:
    """None for unknown, and no negative zero."""
    return x + 0 if x == x else None


def reading(r: Reading) -> dict[str, Any]:
    """A reading as JSON has it."""
    return {"name": r.name, "value": known(r.value), "limit": known(r.limit), "unit": r.unit, "margin": known(r.margin)}


def verdict_of(rule: Rule, asked: Asked) -> dict[str, Any]:
    """The object that `cockpit rules NAME --given --json` prints: the verdict, its readings, and the memory after it.

    `stop` is the level of the remainder or of the adjustment, else the one the rule's memory holds.
    """
    said: Answer = asked.answer
    v = said.verdict
    stop = NAN if v is None else v.stop
    held = rule.stop(asked.memory)
    return {
        "rule": rule.name,
        "kind": said.kind,
        "trigger": said.trigger,
        "confidence": None if v is None else round(v.confidence, 4),
        "fraction": None if v is None else v.fraction,
        "stop": known(stop) if stop == stop else known(held),
        "shift_bps": None if v is None else v.shift_bps,
        "because": said.because,
        "readings": {name: reading(r) for name, r in said.readings.items()},
        "others": list(said.others),
        "missing": list(said.missing),
        "memory": {name: known(getattr(asked.memory, name)) for name in rule.memory_fields},
    }
