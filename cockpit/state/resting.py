"""A heartbeat, four times a second, of very many positions: which of them must be judged, and which have only aged.

A position rests while its market view stands, no rule holds or counts down, and no comparison with the clock turns.
Judging it anew would find what it found: that is left out, and only the clock is moved on.
"""

from math import inf

from cockpit.exits.clock import stands_until
from cockpit.state.alarms import UNMARKED_ALARM_NS
from cockpit.state.judging import evaluate
from cockpit.state.model import Held, State


def judge_all(state: State, *, is_disturbed: bool) -> list[Held]:
    """Judges every open position at a heartbeat; returns those that may have changed.

    `is_disturbed` says that since the last heartbeat a human, an entry or the broker has changed something: nobody
    rests through that.
    """
    t, judged = state.now_t, list[Held]()
    for held in state.held.values():
        panel = held.asked[0].panel
        if t <= panel.rests_until and panel.underlying_version == held.contract.underlying.version and not is_disturbed:
            held.contract.view.t = t
            held.pos.age_s = t - held.pos.opened_t
            held.judged_t = t
        else:
            is_quiet = panel.rests_until > -inf or stands(held, t)  # nothing came between the last heartbeat and this
            evaluate(state, held, t)
            judged.append(held)
            if is_quiet and not held.is_lively:
                panel.rests_until = rests_until(state, held, t)
                panel.underlying_version = held.contract.underlying.version
    state.evaluations += len(state.held) - len(judged)
    return judged


def stands(held: Held, t: float) -> bool:
    """Whether the market view is at `t` what it was at the last evaluation."""
    contract = held.contract
    return t <= contract.until and contract.underlying.version == contract.underlying_version


def rests_until(state: State, held: Held, t: float) -> float:
    """The session time up to which an evaluation would change nothing; the last one was at `t`."""
    contract, now_ns = held.contract, state.now_ns
    ends_ns = min(held.sample_ns, state.day_ends_ns)
    if held.unmarked_ns is not None and now_ns - held.unmarked_ns < UNMARKED_ALARM_NS:
        ends_ns = min(ends_ns, held.unmarked_ns + UNMARKED_ALARM_NS)
    until = min(contract.until, contract.underlying.until, contract.quoted_until(t), state.t(ends_ns - 1))
    if held.cohort is not None:
        until = min(until, held.chain_until)
    if until <= t:
        return -inf
    return min(until, stands_until(((a.kernel, a.p, a.m) for a in held.asked), contract.view, held.pos))
