"""The text of a profile's chain: the rules' own kernels in the profile's order, as one Python module.

The module can be read, run as it is, and compiled. It is made so that a tick on which no trigger holds costs the
kernels and little else; who acts is asked only when one does.
"""

import ast
from types import FunctionType

from cockpit.exits.chain import definition
from cockpit.exits.profile import Profile, ProfileRule
from cockpit.exits.view import follow
from cockpit.lab.compiler import called
from cockpit.lab.template import TEMPLATE

APART = frozenset(("attend", "begin", "baselines", "judge", "say", "track"))  # functions that hardly ever run
TIGHTER = "(stop != stop or ({x} - stop) * side > 0.0)"
HOOKS = ("kernel", "weigh", "acted", "warned", "opened")


def chain_source(profile: Profile) -> str:
    """A module with the function `run`; see there and in `cockpit.lab.chain` for what it takes."""
    rules = profile.rules
    stops = [(i, r.rule.name) for i, r in enumerate(rules) if r.rule.has_stop]
    answers = [f"a{i}" for i in range(len(rules))]
    shorter = _follow(profile)
    locks = [r.rule.name for r in rules if "lock" in r.rule.memory_fields]
    return TEMPLATE.format(
        rules=", ".join(r.rule.name for r in rules),
        count=len(rules),
        view="OWN, UNDERLYING" if shorter else "OWN, UNDERLYING, follow",
        follow=shorter,
        imports="\n".join(line for r in rules for line in _imports(r)),
        opened=_lines(4, [_call(r, "opened") for r in rules if r.rule.opened]),
        follow_stop=_lines(4, [_tightest(name, "", "not ({x} - stop) * side <= 0.0") for _, name in stops]),
        track=_lines(4, [_tightest(name, f", {i}", TIGHTER) for i, name in stops]),
        move_owner=_branches("owner", [(i, f"m.{name}.stop = level") for i, name in stops]),
        acted=_branches("rule", [(i, _call(r, "acted")) for i, r in enumerate(rules) if r.rule.acted]),
        warned=_lines(4, [_call(r, "warned") for r in rules if r.rule.warned]),
        answers=", ".join(answers),
        say=_lines(4, [_weigh(i, r) for i, r in enumerate(rules)]),
        lock=f"m.{locks[0]}.lock" if locks else "NAN",
        interest=_lines(16, [f"pos.{x} = now.{x}" for x in ("oi_own", "oi_other") if _reads_interest(profile)]),
        ask=_lines(16, [f"a{i} = {_call(r, 'kernel')}" for i, r in enumerate(rules)]),
        codes=_lines(20, [f"codes[c, row, {i}] = a{i}" for i in range(len(rules))]),
        holds=" | ".join(f"max({a}, 0)" for a in answers),
        stops=_lines(20, [f"stops[c, row, {n}] = m.{name}.stop" for n, (_, name) in enumerate(stops)]),
    )  # fmt: skip


def _follow(profile: Profile) -> str:
    """`cockpit.exits.view.follow` without what no rule of the profile reads; empty where its source is not at hand."""
    read = set[str]()
    for r in profile.rules:
        for hook in (r.rule.kernel, vars(r.rule)["_weigh"], r.rule.opened, r.rule.acted, r.rule.warned):
            read |= _names(hook) if hook is not None else set()
    try:
        text = definition(follow)  # pyright: ignore[reportArgumentType] - it is a plain function
    except OSError:
        return ""
    body = text.body
    while (kept := [x for x in body if _matters(x, body, read)]) != body:
        body = kept
    return f"\ndef follow(pos, now):\n{_lines(4, [ast.unparse(x) for x in body])}\n"


def _names(function: object) -> set[str]:
    """All names that a function and those it calls mention."""
    waiting, seen = [function], set[FunctionType]()
    while waiting:
        one = waiting.pop()
        assert isinstance(one, FunctionType)
        if one not in seen:
            seen.add(one)
            waiting += called(one).values()
    return {name for one in seen for name in one.__code__.co_names}


def _matters(statement: ast.stmt, body: list[ast.stmt], read: set[str]) -> bool:
    """Whether what it assigns is read by a rule or by another statement of the body; all else that it does matters."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return True
    (to,) = statement.targets
    inside = [n for other in body if other is not statement for n in ast.walk(other)]
    if isinstance(to, ast.Attribute):
        loaded = any(isinstance(n, ast.Attribute) and n.attr == to.attr and isinstance(n.ctx, ast.Load) for n in inside)
        return loaded or to.attr in read
    names = {n.id for n in ast.walk(to) if isinstance(n, ast.Name)}
    return any(isinstance(n, ast.Name) and n.id in names and isinstance(n.ctx, ast.Load) for n in inside)


def _reads_interest(profile: Profile) -> bool:
    return any("oi_own" in needs for r in profile.rules for needs in r.rule.needs.values())


def _imports(r: ProfileRule) -> list[str]:
    """Of what a rule file has of the functions that a run calls."""
    module = r.rule.kernel.__module__
    given = vars(r.rule)
    has = {"kernel": True, "weigh": given["_weigh"] is not None}
    has |= {hook: given[hook] is not None for hook in HOOKS[2:]}
    return [f"from {module} import {hook} as {r.rule.name}_{hook}" for hook in HOOKS if has[hook]]


def _call(r: ProfileRule, hook: str) -> str:
    name = r.rule.name
    return f"{name}_{hook}(p.{name}, now, pos, m.{name})"


def _lines(indent: int, statements: list[str]) -> str:
    """Statements of that indentation; nothing to do is said."""
    lines = [line for statement in statements for line in statement.split("\n")]
    return "\n".join(" " * indent + line for line in lines or ["pass"])


def _branches(of: str, cases: list[tuple[int, str]]) -> str:
    return _lines(4, [f"if {of} == {i}:\n    {statement}" for i, statement in cases])


def _tightest(name: str, owner: str, unless: str) -> str:
    """Takes the rule's stop if it is the tightest so far."""
    x, left = f"m.{name}.stop", "stop, owner" if owner else "stop"
    return f"if {x} == {x} and {unless.format(x=x)}:\n    {left} = {x}{owner}"


def _weigh(i: int, r: ProfileRule) -> str:
    """Notes a rule's answer and, where a trigger holds, what that wants."""
    name = r.rule.name
    head = f"code = speak(s[{i}], a{i})\nif code > 0:\n"
    if f"{name}_weigh" in "".join(_imports(r)):
        return (
            f"{head}    v = {name}_weigh(p.{name}, now, pos, m.{name}, code)\n"
            f"    weighed(s[{i}], v.confidence, v.fraction, v.stop, v.shift_bps)"
        )
    fixed = repr(r.rule.triggers[-1].confidence)
    for t in reversed(r.rule.triggers[:-1]):
        fixed = f"{t.confidence!r} if code == {t.code} else {fixed}"
    return f"{head}    weighed(s[{i}], {fixed}, 1.0, NAN, 0.0)"
