"""A profile while somebody edits it: a plain table with undo, checked at every edit by the parser of profiles."""

import copy
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, NamedTuple

from cockpit.domain.errors import BadInput
from cockpit.exits.profile import GAIN_BASES, Profile, parse
from cockpit.exits.registry import BINDINGS, RULES, Rule
from cockpit.profiles import profile_text
from cockpit.toml_text import toml_text

Kind = Literal["number", "whole", "choice", "flag", "text", "table"]
Table = dict[str, Any]
PLACE = re.compile(r"rules\[\d+\] (\w+)\.(\w+)(?:\[(\d+)\](?:\.(\w+))?)?(?: |:)(.*)")
SOURCE = "profile"
MARKETS = ("any", "nse", "us", "crypto")  # any: the key is left out


class Declared(NamedTuple):
    """One value of a form, as its rule declares it. `default` is in the words of the file; `off` may be written."""

    key: str
    kind: Kind
    help: str
    default: Any
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    off: bool = False
    options: tuple[str, ...] = ()
    columns: tuple["Declared", ...] = ()
    most: int = 0


class Complaint(NamedTuple):
    """What is wrong, and where: no rule is the profile itself, no key the rule as a whole."""

    said: str
    rule: str = ""
    key: str = ""
    row: int | None = None
    column: str = ""


HEAD = (
    Declared("description", "text", "What it is for, in a sentence.", ""),
    Declared("market", "choice", "The only market it may be used on.", "any", options=MARKETS),
    Declared("gain_basis", "choice", "What bps and stops in bps are counted on.", "entry", options=GAIN_BASES),
    Declared("scale", "choice", "Whether bps follow the underlying's volatility.", "none", options=("auto", "none")),
    Declared("confirm_s", "number", "How long a decision asks in confirm mode.", 15.0, "s", 1, 3600),
    Declared("on_timeout", "choice", "What it does when nobody answers.", "act", options=("act", "hold")),
)
CONFIDENCE_HELP = "Verdicts below this confidence are told, and do nothing."
GRACE_HELP = "How long a vetoable exit can be vetoed."
TIER_HELP = "Rules with the same number share a precedence; the surest acts."


def supervision(rule: Rule) -> tuple[Declared, ...]:
    """What a profile says about a rule beside the rule's own parameters."""
    return (
        Declared("binding", "choice", "How much a human may do about it.", rule.binding, options=BINDINGS),
        Declared("min_confidence", "number", CONFIDENCE_HELP, 0.0, "", 0, 1),
        Declared("hits", "whole", "How many evaluations in a row must agree.", 1, "", 1, 1000),
        Declared("grace_s", "number", GRACE_HELP, 5.0, "s", 0, 3600),
        Declared("tier", "whole", TIER_HELP, "off", "", -1000, 1000, off=True),
    )


def declared(cls: Any) -> tuple[Declared, ...]:
    """The parameters of a rule, or the columns of a table of them."""
    return tuple(_declared(f.name, f.metadata, f.default) for f in fields(cls))


def _declared(key: str, about: Mapping[str, Any], default: Any) -> Declared:
    if "options" in about:
        return Declared(key, "choice", about["help"], about["options"][default], options=about["options"])
    if about.get("flag"):
        return Declared(key, "flag", about["help"], default)
    if "row" in about:
        rows = [_plain(row) for row in default]
        columns = declared(about["row"])
        return Declared(key, "table", about["help"], rows, columns=columns, most=about["capacity"])
    unit, low, high, off = about["unit"], about["low"], about["high"], about["off"]
    return Declared(key, "number", about["help"], _word(default), unit, low, high, off=off)


def table_of(profile: Profile) -> Table:
    """A profile as the table of its file, whole: a later version's defaults do not change it."""
    head: Table = {"name": profile.name, "description": profile.description}
    if profile.market is not None:
        head["market"] = profile.market
    head |= {"gain_basis": profile.gain_basis, "scale": profile.scale, "confirm_s": profile.confirm_s}
    rules: list[Table] = []
    for asked in profile.rules:
        rule: Table = {"rule": asked.rule.name, "binding": asked.binding, "min_confidence": asked.min_confidence}
        rule |= {"hits": asked.hits, "grace_s": asked.grace_s}
        rule |= {"tier": asked.tier} if asked.tier is not None else {}
        rules.append(rule | _plain(asked.p))
    return head | {"on_timeout": profile.on_timeout, "rules": rules}


def _plain(p: Any) -> Table:
    """Parameters as the file has them: words for choices, "off" for what is off."""
    made: Table = {}
    for f in fields(p):
        value = getattr(p, f.name)
        if "options" in f.metadata:
            value = f.metadata["options"][value]
        elif "row" in f.metadata:
            value = [_plain(row) for row in value]
        made[f.name] = _word(value)
    return made


def _word(value: Any) -> Any:
    return "off" if isinstance(value, float) and value != value else value


class Draft:
    """The profile under edit. Every edit can be undone; edits of one field in a row are one step."""

    def __init__(self, profile: Profile, origin: Profile | None = None) -> None:
        self.table = table_of(profile)
        self._origin = table_of(origin or profile)
        self._saved = copy.deepcopy(self.table)
        self._past: list[Table] = []
        self._future: list[Table] = []
        self._last: tuple[Any, ...] | None = None

    @property
    def name(self) -> str:
        """Of the profile."""
        return self.table["name"]

    @property
    def rules(self) -> list[str]:
        """Names in order of precedence."""
        return [rule["rule"] for rule in self.table["rules"]]

    @property
    def dirty(self) -> bool:
        """Whether it differs from what is saved."""
        return self.table != self._saved

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step back can be taken forward again."""
        return bool(self._future)

    def value(self, rule: str, key: str) -> Any:
        """A value as the file has it; `rule` is empty for those of the profile itself."""
        return self._place(rule).get(key, _absent(key))

    def shipped(self, rule: str, key: str) -> Any:
        """The value it came from: of the profile that was copied, else the rule's default."""
        rules = {each["rule"]: each for each in self._origin["rules"]}
        if rule and rule not in rules:
            known = (*declared(RULES[rule].Parameters), *supervision(RULES[rule]))
            return next(each.default for each in known if each.key == key)
        return (rules[rule] if rule else self._origin).get(key, _absent(key))

    def changed(self, rule: str) -> bool:
        """Whether anything of the rule, or of the profile itself, is not as it came."""
        if not rule:
            return any(self.value("", each.key) != self.shipped("", each.key) for each in HEAD)
        return any(self.value(rule, key) != self.shipped(rule, key) for key in self._place(rule) if key != "rule")

    def set(self, rule: str, key: str, value: Any) -> None:
        """Give a field another value; "off" or "any" where that may be left out leaves it out."""
        if self.value(rule, key) == value:
            return
        self._step((rule, key))
        place = self._place(rule)
        if key in ("tier", "market") and value == _absent(key):
            place.pop(key, None)
        else:
            place[key] = value

    def set_cell(self, rule: str, key: str, row: int, column: str, value: Any) -> None:
        """Another value in a table of parameters."""
        if self._place(rule)[key][row][column] != value:
            self._step((rule, key, row, column))
            self._place(rule)[key][row][column] = value

    def add_row(self, rule: str, key: str) -> None:
        """One more row, like the last one."""
        self._step(None)
        rows = self._place(rule)[key]
        rows.append(dict(rows[-1]))

    def remove_row(self, rule: str, key: str, row: int) -> None:
        """One row less."""
        self._step(None)
        del self._place(rule)[key][row]

    def add_rule(self, rule: str) -> None:
        """A rule as it is declared, last in precedence."""
        self._step(None)
        known = (*supervision(RULES[rule]), *declared(RULES[rule].Parameters))
        given = {each.key: copy.deepcopy(each.default) for each in known if each.key != "tier"}
        self.table["rules"].append({"rule": rule, **given})

    def remove_rule(self, rule: str) -> None:
        """The profile no longer asks it."""
        self._step(None)
        self.table["rules"] = [each for each in self.table["rules"] if each["rule"] != rule]

    def move_rule(self, rule: str, by: int) -> None:
        """Earlier (-1) or later (+1) in precedence, as far as there is room."""
        at = self.rules.index(rule)
        to = min(max(at + by, 0), len(self.rules) - 1)
        if to != at:
            self._step(None)
            rules = self.table["rules"]
            rules.insert(to, rules.pop(at))

    def rename(self, name: str) -> None:
        """Another name for the profile."""
        if name != self.name:
            self._step(("", "name"))
            self.table["name"] = name

    def undo(self) -> None:
        """Take the last edit back."""
        if self._past:
            self._future.append(self.table)
            self.table, self._last = self._past.pop(), None

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._future:
            self._past.append(self.table)
            self.table, self._last = self._future.pop(), None

    def saved(self) -> None:
        """What it is now is saved."""
        self._saved, self._last = copy.deepcopy(self.table), None

    def toml(self) -> str:
        """The file, whole."""
        return toml_text(self.table)

    def check(self) -> Profile | Complaint:
        """The profile, or the first thing that is wrong with it."""
        try:
            return parse(self.toml(), SOURCE, profile_text)
        except BadInput as error:
            return complaint(str(error))

    def _place(self, rule: str) -> Table:
        if not rule:
            return self.table
        return next(each for each in self.table["rules"] if each["rule"] == rule)

    def _step(self, field: tuple[Any, ...] | None) -> None:
        """Remember what is there, unless the same field is being edited on."""
        if field is None or field != self._last or not self._past:
            self._past.append(copy.deepcopy(self.table))
        self._last = field
        self._future.clear()


def complaint(sentence: str) -> Complaint:
    """Where the sentence of the parser points, and what is left of it beside that place."""
    text = sentence.removeprefix(f"{SOURCE}: ").removeprefix("rules: ")
    if found := PLACE.match(text):
        rule, key, row, column, said = found.groups()
        return Complaint(_demand(said), rule, key, int(row) if row else None, column or "")
    first, _, rest = text.partition(":")
    if first in RULES:
        return Complaint(_sentence(rest), first)
    if text.split(" ", 1)[0] in RULES:
        return Complaint(_sentence(text), text.split(" ", 1)[0])
    key, _, said = text.partition(" ")
    return Complaint(_demand(said), "", key) if key in {each.key for each in HEAD} else Complaint(_sentence(text))


def _demand(said: str) -> str:
    """`is 11; it must be …` beside the field that shows 11: what it must be."""
    return _sentence(said.partition("; ")[2] if said.startswith("is ") and "; " in said else said)


def _sentence(text: str) -> str:
    text = text.strip()
    text = f"it {text}" if text.startswith("must ") else text
    return f"{text[:1].upper()}{text[1:]}"


def _absent(key: str) -> Any:
    """What the form shows for a key that the file leaves out."""
    return {"market": "any", "tier": "off"}.get(key)
