"""When the clock makes a position leave, and when its contract closes: each position by its own rules and hours."""

from math import inf, isfinite

from cockpit.exits.rules.session_cutoff import close_counts
from cockpit.market.contract import Contract
from cockpit.state.model import NS, Held, State
from cockpit.state.stops import may_act


def closes_ns(state: State, contract: Contract) -> int | None:
    """The contract's close of today; None when it has none."""
    return _ns(state, contract.view.close_t)


def next_exit(state: State, held: Held) -> tuple[str, int | None]:
    """What the position's session_cutoff will do next, and when; "" and None while it will do nothing."""
    rule = next((a for a in held.asked if a.name == "session_cutoff"), None)
    if rule is None or state.session == "halted" or not may_act(held, rule, state.now_ns):
        return "", None
    p, view, t = rule.p, held.contract.view, state.t(state.now_ns)
    lunch_t, close_t = view.lunch_t - p.lunch_lead_min * 60.0, view.close_t - p.close_lead_min * 60.0
    coming = ((lunch_t, "lunch exits", p.lunch), (close_t, "close exits", close_counts(p, view)))
    at_t, what = min(((at_t, what) for at_t, what, counts in coming if counts and at_t > t), default=(inf, ""))
    return what, _ns(state, at_t)


def _ns(state: State, t: float) -> int | None:
    return state.anchor_ns + round(t * NS) if isfinite(t) else None
