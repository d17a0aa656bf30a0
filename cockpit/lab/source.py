"""The text of a profile's chain: the rules' own kernels in the profile's order, as one Python module.

The module can be read, run as it is, and compiled. It is made so that a tick on which no trigger holds costs the
kernels and little else; who acts is asked only when one does.
"""

from cockpit.exits.profile import Profile, ProfileRule

APART = frozenset(("begin", "baselines", "fills", "judge", "say", "track"))  # functions that hardly ever run
HOOKS = ("kernel", "weigh", "acted", "warned", "opened")

HEAD = '''"""The chain of the profile {profile!r}."""

from cockpit.exits.rule import EPS, HOLDS_MASK, NAN, tighter
from cockpit.exits.view import OWN, UNDERLYING, follow
from cockpit.lab.deciding import (
    ADJUST, arbitrate, is_timed, leave, may_leave, send, shifted, speak, weighed,
)
{imports}

BLOCK = 128  # rows that stay in the cache while every configuration passes over them


def begin(p, now, pos, m, ride):
    """The position has been opened."""
{opened}
    track(pos, m, ride)


def baselines(pos, seen):
    """Those not known at entry are the first known after it."""
    pos.entry_mark = seen.entry_mark
    pos.entry_underlying = seen.entry_underlying
    pos.iv_at_entry = seen.iv_at_entry
    pos.theta_cost_at_entry = seen.theta_cost_at_entry
    if pos.basis == OWN:
        pos.level_entry = seen.entry_mark
    elif pos.basis == UNDERLYING:
        pos.level_entry = seen.entry_underlying


def follow_stop(pos, m, ride):
    """Tracks the stop when a rule has moved it."""
    side, stop = pos.level_side, NAN
{follow_stop}
    if stop == stop and not abs(stop - pos.held_stop) <= EPS:
        track(pos, m, ride)


def track(pos, m, ride):
    """The tightest stop of all stop rules, and whose it is."""
    side, stop, owner = pos.level_side, NAN, ride.owner
{track}
    ride.owner = owner
    if not abs(stop - pos.held_stop) <= EPS:
        pos.held_stop = stop


def move_owner(m, owner, level):
    """The rule that holds the stop goes on from `level`."""
{move_owner}


def acted(rule, p, now, pos, m):
    """The rule's verdict has been carried out."""
{acted}


def warned(p, now, pos, m):
    """An exit of a rule that warns was gated."""
{warned}


def say(s, p, now, pos, m, {answers}):
    """What every rule wants."""
{say}


def adjust(s, p, now, pos, m, ride):
    """The tightest adjustment applies; a relax is dropped when any tighten stands."""
    if ride.contracts <= ride.leaving:
        return
    held = pos.held_stop
    is_priced = held == held and pos.level == pos.level
    initial, lock = m.protective_stop.initial, {lock}
    for i in range({count}):
        a = s[i]
        if a.kind != ADJUST or not a.acts:
            continue
        if a.shift_bps != 0.0 and (not is_priced or (a.shift_bps < 0.0 and ride.tightens)):
            a.acts = False
            continue
        if a.shift_bps != 0.0:
            a.stop = shifted(pos, a.shift_bps, initial, lock)
    for i in range({count}):
        a = s[i]
        if a.kind != ADJUST or not a.acts:
            continue
        if a.shift_bps == 0.0:
            m.protective_stop.stop = tighter(m.protective_stop.stop, a.stop, pos.level_side)
        elif a.shift_bps < 0.0 or (a.stop - pos.held_stop) * pos.level_side > 0.0:
            move_owner(m, ride.owner, a.stop)
        track(pos, m, ride)
        acted(i, p, now, pos, m)


def fill(exits, number, row, now, p, pos, m, ride):
    """An exit that works leaves; what is held on goes on with its stop."""
    leave(exits, number, ride, pos, row)
    if ride.contracts > 0:
        acted(exits[number].rule, p, now, pos, m)
        level = exits[number].stop_after
        if level == level:
            m.protective_stop.stop = tighter(m.protective_stop.stop, level, pos.level_side)
            track(pos, m, ride)


def fills(exits, row, now, p, pos, m, ride):
    """All that the quote of this instant fills, in the order in which it was sent."""
    if may_leave(exits, ride.part, now):
        number, ride.part = ride.part, -1
        fill(exits, number, row, now, p, pos, m, ride)
    if may_leave(exits, ride.rest, now):
        number, ride.rest = ride.rest, -1
        fill(exits, number, row, now, p, pos, m, ride)


def hasten(exits, ride):
    """What works fills on a suspect mark too."""
    if ride.part >= 0:
        exits[ride.part].fills_suspect = True
    if ride.rest >= 0:
        exits[ride.rest].fills_suspect = True


def judge(s, g, k, exits, row, now, p, pos, m, ride):
    """A trigger holds, or one did: arbitrate, adjust, send, fill."""
    arbitrate(s, g, k, ride, now)
    if ride.warning:
        warned(p, now, pos, m)
    adjust(s, p, now, pos, m, ride)
    i = ride.hurries
    if i >= 0 and is_timed(s[i], g[i], k[i]):
        hasten(exits, ride)
    i = ride.winner
    if i >= 0:
        number = send(s[i], exits, ride, row, i)
        if number >= 0 and is_timed(s[i], g[i], k[i]):
            exits[number].fills_suspect = True
            if number == ride.rest:
                hasten(exits, ride)
    if ride.leaving > 0:
        fills(exits, row, now, p, pos, m, ride)
    lively = False
    for i in range({count}):
        lively = lively or s[i].waits or (s[i].packed > 0 and s[i].packed & HOLDS_MASK != 0)
    ride.is_lively = lively


def run(rows, known, p_of, g_of, k, pos_of, m_of, s_of, e_of, rides, acting, codes, stops):
    """Every configuration over all rows; `codes` and `stops` are filled unless they are empty."""
    speaks, many = len(codes) > 0, len(rides)
    for c in range(many):
        baselines(pos_of[c], known[0])
        begin(p_of[c], rows[0], pos_of[c], m_of[c], rides[c])
    for first in range(0, len(rows), BLOCK):
        after = min(first + BLOCK, len(rows))
        for c in range(many):
            p, pos, m, ride = p_of[c], pos_of[c], m_of[c], rides[c]
            if ride.contracts == 0:
                continue
            for row in range(first, after):
                now = rows[row]
                pos.exit_price = now.exit_price
{interest}
                if row < len(known):
                    baselines(pos, known[row])
                if ride.leaving > 0:
                    fills(e_of[c], row, now, p, pos, m, ride)
                    if ride.contracts == 0:
                        break
                follow(pos, now)
{ask}
                follow_stop(pos, m, ride)
                if speaks:
{codes}
                if acting and (ride.is_lively or ({holds}) & HOLDS_MASK != 0):
                    say(s_of[c], p, now, pos, m, {answers})
                    judge(s_of[c], g_of[c], k, e_of[c], row, now, p, pos, m, ride)
                if speaks:
{stops}
                if ride.contracts == 0:
                    break
'''


def chain_source(profile: Profile) -> str:
    """A module with the function `run`; see there and in `cockpit.lab.chain` for what it takes."""
    rules = profile.rules
    stops = [(i, r.rule.name) for i, r in enumerate(rules) if r.rule.has_stop]
    answers = [f"a{i}" for i in range(len(rules))]
    locks = [r.rule.name for r in rules if "lock" in r.rule.memory_fields]
    return HEAD.format(
        profile=profile.name,
        count=len(rules),
        imports="\n".join(line for r in rules for line in _imports(r)),
        opened=_lines(4, [_call(r, "opened") for r in rules if r.rule.opened]),
        follow_stop=_lines(4, [_tightest(name, "", "not ({x} - stop) * side <= 0.0") for _, name in stops]),
        track=_lines(4, [_tightest(name, f", {i}", "(stop != stop or ({x} - stop) * side > 0.0)") for i, name in stops]),
        move_owner=_branches("owner", [(i, f"m.{name}.stop = level") for i, name in stops]),
        acted=_branches("rule", [(i, _call(r, "acted")) for i, r in enumerate(rules) if r.rule.acted]),
        warned=_lines(4, [_call(r, "warned") for r in rules if r.rule.warned]),
        answers=", ".join(answers),
        say=_lines(4, [_weigh(i, r) for i, r in enumerate(rules)]),
        lock=f"m.{locks[0]}.lock" if locks else "NAN",
        interest=_lines(16, ["pos.oi_own = now.oi_own", "pos.oi_other = now.oi_other"] if _reads_interest(profile) else []),
        ask=_lines(16, [f"a{i} = {_call(r, 'kernel')}" for i, r in enumerate(rules)]),
        codes=_lines(20, [f"codes[c, row, {i}] = a{i}" for i in range(len(rules))]),
        holds=" | ".join(f"max({a}, 0)" for a in answers),
        stops=_lines(20, [f"stops[c, row, {n}] = m.{name}.stop" for n, (_, name) in enumerate(stops)]),
    )  # fmt: skip


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
