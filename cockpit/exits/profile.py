"""A profile: the ordered rules with their parameters, read from strict TOML; the order is the precedence."""

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cockpit.domain.errors import BadInput
from cockpit.exits.registry import BINDINGS, RULES, Binding, Rule
from cockpit.exits.rule import NAN

GainBasis = Literal["entry", "own", "underlying", "auto"]
PREMIUM_STOPS = ("greeks_trailing_stop", "scale_out")
GAIN_BASES = ("entry", "own", "underlying", "auto")
PROFILE_KEYS = ("name", "description", "market", "extends", "gain_basis", "scale", "confirm_s", "on_timeout", "rules")
RULE_KEYS = ("rule", "binding", "min_confidence", "hits", "grace_s", "tier", "enabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRule:
    """One rule as a profile asks it."""

    rule: Rule
    p: Any
    binding: Binding
    min_confidence: float = 0.0
    hits: int = 1
    grace_s: float = 5.0
    tier: int | None = None
    rank: int = 0  # of precedence; rules of one tier share it


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a position is supervised by.

    `sha256` identifies every parameter that can change a decision; `toml` is the text it was read from.
    """

    name: str
    description: str
    market: str | None
    gain_basis: GainBasis
    scale: Literal["auto", "none"]
    confirm_s: float
    on_timeout: Literal["act", "hold"]
    rules: tuple[ProfileRule, ...]
    sha256: str
    toml: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a profile holds rule functions; send its name")


def parse(text: str, source: str, load: Callable[[str], str]) -> Profile:
    """A profile from TOML text. `load` gives the text of the profile that this one extends.

    Raises BadInput with one sentence that names the source, the key's path and what is allowed there.
    """
    table = _merged(text, source, load, ())
    rules: list[ProfileRule] = []
    ranks: dict[int, int] = {}
    for i, given in enumerate(table["rules"]):
        made = _rule(given, f"{source}: rules[{i}] {given.get('rule', '')}")
        if made is None:
            continue
        rank = i if made.tier is None else ranks.setdefault(made.tier, i)
        rules.append(dataclasses.replace(made, rank=rank))
    staged = any(r.rule.name == "protective_stop" and r.p.stop_bps == r.p.stop_bps for r in rules)
    basis, scale = ("auto", "auto") if staged else ("entry", "none")  # a stop in bps is one of the gain basis
    profile = Profile(
        name=_text(table, "name", source),
        description=_text(table, "description", source, ""),
        market=_text(table, "market", source, "") or None,
        gain_basis=_one_of(table.get("gain_basis", basis), GAIN_BASES, f"{source}: gain_basis"),
        scale=_one_of(table.get("scale", scale), ("auto", "none"), f"{source}: scale"),
        confirm_s=_number(table.get("confirm_s", 15.0), 1.0, 3600.0, "s", f"{source}: confirm_s"),
        on_timeout=_one_of(table.get("on_timeout", "act"), ("act", "hold"), f"{source}: on_timeout"),
        rules=tuple(rules),
        sha256="",
        toml=text,
    )  # fmt: skip
    _check(profile, source)
    return dataclasses.replace(profile, sha256=_identity(profile))


def _merged(text: str, source: str, load: Callable[[str], str], seen: tuple[str, ...]) -> dict[str, Any]:
    """The profile's table with what it extends underneath."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{source} is not valid TOML: {error}.") from None
    for key in table:
        if key not in PROFILE_KEYS:
            raise BadInput(f"{source}: {key}: no such key; a profile has {', '.join(PROFILE_KEYS)}.")
    rules = _tables(table.get("rules", []))
    if rules is None:
        raise BadInput(f"{source}: rules must be [[rules]] tables, one a rule.")
    table["rules"] = rules
    names = [str(r.get("rule")) for r in rules]
    for name in names:
        if name not in RULES:
            raise BadInput(f"{source}: rules: there is no rule {name!r}; rules are {', '.join(RULES)}.")
        if names.count(name) > 1:
            raise BadInput(f"{source}: rules: {name} stands twice; give each rule once.")
    parent = table.pop("extends", None)
    if parent is None:
        return table
    if not isinstance(parent, str) or parent in seen:
        raise BadInput(f"{source}: extends must name another profile, and never in a circle.")
    below = _merged(load(parent), parent, load, (*seen, parent))
    changed = {r["rule"]: r for r in rules}
    merged = [{**r, **changed.pop(r["rule"], {})} for r in below["rules"]]
    return {**below, **table, "rules": [*merged, *changed.values()]}


def _rule(given: Mapping[str, Any], path: str) -> ProfileRule | None:
    """One [[rules]] table; None when it is switched off."""
    rule = RULES[given["rule"]]
    enabled = given.get("enabled", True)
    if not isinstance(enabled, bool):
        raise BadInput(f"{path}.enabled must be true or false.")
    own = {k: v for k, v in given.items() if k not in RULE_KEYS}
    p = rule.Parameters(**parameters_from(rule.Parameters, own, path))
    hits = given.get("hits", 1)
    tier = given.get("tier")
    if not isinstance(hits, int) or isinstance(hits, bool) or not 1 <= hits <= 1000:
        raise BadInput(f"{path}.hits must be a whole number from 1 to 1000.")
    if tier is not None and (not isinstance(tier, int) or isinstance(tier, bool)):
        raise BadInput(f"{path}.tier must be a whole number.")
    binding = _one_of(given.get("binding", rule.binding), BINDINGS, f"{path}.binding")
    if not enabled:
        return None
    return ProfileRule(
        rule=rule,
        p=p,
        binding=binding,
        min_confidence=_number(given.get("min_confidence", 0.0), 0.0, 1.0, "", f"{path}.min_confidence"),
        hits=hits,
        grace_s=_number(given.get("grace_s", 5.0), 0.0, 3600.0, "s", f"{path}.grace_s"),
        tier=tier,
    )


def parameters_from(cls: Any, given: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Checked keyword arguments for a rule's (or a table row's) parameters; words become numbers."""
    known = {f.name: f for f in dataclasses.fields(cls)}
    made: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise BadInput(f"{path}.{key}: no such parameter; it has {', '.join(known) or 'none'}.")
        made[key] = _parameter(known[key].metadata, value, f"{path}.{key}")
    return made


def _parameter(about: Mapping[str, Any], value: Any, path: str) -> Any:
    if "options" in about:
        return about["options"].index(_one_of(value, about["options"], path))
    if about.get("flag"):
        if not isinstance(value, bool):
            raise BadInput(f"{path} must be true or false.")
        return value
    if "row" in about:
        return _table(about, value, path)
    if value == "off" and about.get("off"):
        return NAN
    return _number(value, about["low"], about["high"], about["unit"], path, off=bool(about.get("off")))


def _tables(value: Any) -> list[dict[str, Any]] | None:
    """A TOML array of tables, None when it is anything else."""
    items: list[Any] = [*value] if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
    return items if all(isinstance(item, dict) for item in items) else None


def _table(about: Mapping[str, Any], value: Any, path: str) -> tuple[Any, ...]:
    row, capacity = about["row"], about["capacity"]
    rows = _tables(value)
    if not rows:
        raise BadInput(f"{path} must be a list of 1 to {capacity} tables.")
    if len(rows) > capacity:
        raise BadInput(f"{path} has {len(rows)} rows; at most {capacity} are allowed.")
    names = [f.name for f in dataclasses.fields(row)]
    made: list[Any] = []
    for i, given in enumerate(rows):
        if set(names) - set(given):
            raise BadInput(f"{path}[{i}] lacks {', '.join(sorted(set(names) - set(given)))}.")
        made.append(row(**parameters_from(row, given, f"{path}[{i}]")))
    firsts = [getattr(r, names[0]) for r in made]
    if sorted(set(firsts)) != firsts:
        raise BadInput(f"{path} must rise in {names[0]} from row to row.")
    return tuple(made)


def _number(value: Any, low: float, high: float, unit: str, path: str, *, off: bool = False) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        also = ' or "off"' if off else ""
        raise BadInput(
            f"{path} is {value!r}; it must be a number from {low:g} to {high:g}{f' {unit}' if unit else ''}{also}."
        )
    return float(value)


def _one_of(value: Any, options: tuple[str, ...], path: str) -> Any:
    if value not in options:
        raise BadInput(f"{path} is {value!r}; it must be one of {', '.join(options)}.")
    return value


def _text(table: Mapping[str, Any], key: str, source: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise BadInput(f"{source}: {key} must be a text.")
    return value


def _identity(profile: Profile) -> str:
    """Hash of everything that can change a decision, whether it was said or is a default."""
    head = [profile.gain_basis, profile.scale, profile.confirm_s, profile.on_timeout]
    body = [
        (r.rule.name, repr(r.p), r.binding, r.min_confidence, r.hits, r.grace_s, r.rank) for r in profile.rules
    ]  # fmt: skip
    return hashlib.sha256(json.dumps([head, body]).encode()).hexdigest()


def _check(profile: Profile, source: str) -> None:
    """What no profile may lack or mix."""
    by_name = {r.rule.name: r for r in profile.rules}
    stop = by_name.get("protective_stop")
    if stop is None or stop.binding != "mandatory":
        raise BadInput(
            f"{source}: protective_stop must be there, enabled and mandatory; no position goes without a stop."
        )
    for r in profile.rules:
        least = min(t.confidence for t in r.rule.triggers)
        if r.binding == "mandatory" and r.min_confidence > least:
            raise BadInput(f"{source}: {r.rule.name} is mandatory; a min_confidence above {least:g} would silence it.")
        wrong = r.rule.check(r.p) if r.rule.check is not None else ""
        if wrong:
            raise BadInput(f"{source}: {r.rule.name}: {wrong}.")
        for one, other in r.rule.either:
            on = [getattr(r.p, n) == getattr(r.p, n) for n in (one, other)]
            if on[0] == on[1]:
                raise BadInput(f'{source}: {r.rule.name}: set exactly one of {one} and {other}; give the other "off".')
    for name in PREMIUM_STOPS:
        if name in by_name and profile.gain_basis in ("underlying", "auto"):
            raise BadInput(f"{source}: the stop of {name} is a premium; gain_basis must be entry or own.")
