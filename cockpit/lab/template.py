"""The part of a chain's text that all profiles share; `cockpit.lab.source` fills in what is the profile's own."""

TEMPLATE = '''"""A chain of rules: {rules}."""

from numpy import uint64

from cockpit.exits.rule import EPS, HOLDS_MASK, NAN, tighter
from cockpit.exits.view import {view}
from cockpit.lab.deciding import (
    ADJUST, arbitrate, is_timed, leave, may_leave, send, shifted, speak, weighed,
)
{imports}

BLOCK = 64  # rows that stay in the cache while every configuration passes over them

{follow}

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


def attend(exits, row, now, known, p, pos, m, ride):
    """A row that needs more than the rules: baselines may have become known, or an exit works."""
    if row < len(known):
        baselines(pos, known[row])
    if ride.leaving > 0:
        fills(exits, row, now, p, pos, m, ride)


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
        rides[c].attended = len(known)
        begin(p_of[c], rows[0], pos_of[c], m_of[c], rides[c])
    for first in range(0, len(rows), BLOCK):
        after = min(first + BLOCK, len(rows))
        for c in range(many):
            p, pos, m, ride = p_of[c], pos_of[c], m_of[c], rides[c]
            if ride.contracts == 0:
                continue
            for row in range(first, after):
                now = rows[uint64(row)]
                pos.exit_price = now.exit_price
{interest}
                if row < ride.attended:
                    attend(e_of[c], row, now, known, p, pos, m, ride)
                    if ride.contracts == 0:
                        break
                follow(pos, now)
{ask}
                follow_stop(pos, m, ride)
                if speaks:
{codes}
                is_judged = acting and (ride.is_lively or ({holds}) & HOLDS_MASK != 0)
                if is_judged:
                    say(s_of[c], p, now, pos, m, {answers})
                    judge(s_of[c], g_of[c], k, e_of[c], row, now, p, pos, m, ride)
                    ride.attended = max(len(known), len(rows) if ride.leaving > 0 else 0)
                if speaks:
{stops}
                if is_judged and ride.contracts == 0:
                    break
'''
