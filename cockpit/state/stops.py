"""The held stop of a position: which rule holds it, how it moves, and the path it has taken."""

from typing import Any

from cockpit.exits.arbitrate import Asked
from cockpit.exits.rule import EPS, tighter
from cockpit.exits.view import UNDERLYING
from cockpit.records import StopRecord
from cockpit.state.model import Held, State, StopChange, label_of

BPS = 1e-4


def track(state: State, held: Held, why: str) -> None:
    """Finds the tightest stop of all stop rules and records a change."""
    pos = held.pos
    side, stop, owner = pos.level_side, float("nan"), held.stop_rule
    for a in held.stop_rules:
        candidate = a.m.stop
        if candidate == candidate and (stop != stop or (candidate - stop) * side > 0.0):
            stop, owner = candidate, a.name
    if abs(stop - pos.held_stop) <= EPS or (stop != stop and pos.held_stop != pos.held_stop):
        held.stop_rule = owner
        return
    pos.held_stop, held.stop_rule = stop, owner
    held.stops.append(StopChange(state.now_ns, stop, owner, why))
    held.version += 1
    effects = state.effects
    effects.records.append(
        StopRecord(at_ns=state.now_ns, position_id=held.id, level=stop, basis=held.basis, rule=owner, why=why)
    )
    effects.touched.append(held)
    if why != "trailed":
        state.say(label_of(held.instrument), owner, "stop", f"stop {stop:.2f} ({why})")


def acting_stop(held: Held, now_ns: int) -> tuple[float, str]:
    """The level that would make the position leave and whose it is: the tightest of the rules that may act now.

    NaN and "" when none may.
    """
    side, stop, owner = held.pos.level_side, float("nan"), ""
    for a in held.stop_rules:
        level = a.m.stop
        if may_act(held, a, now_ns) and level == level and (stop != stop or (level - stop) * side > 0.0):
            stop, owner = level, a.name
    return stop, owner


def may_act(held: Held, a: Asked, now_ns: int) -> bool:
    """Whether mode, binding, vetoes and the rule's own health let it act."""
    if a.fault or a.binding == "advisory" or not held.overrides.may_act(a.name):
        return False
    return a.mandatory or held.overrides.veto_of(a.name, now_ns) is None


def tighten_to(held: Held, level: float) -> None:
    """The protective stop moves to `level` if that is tighter."""
    m = held.stop_memory("protective_stop")
    m.stop = tighter(m.stop, level, held.pos.level_side)


def smallest_step(held: Held) -> float:
    """How short of the price a tightened stop must stay: one tick, or 1 bps of an underlying."""
    pos = held.pos
    return pos.level * BPS if pos.basis == UNDERLYING else pos.tick


def shifted(held: Held, shift_bps: float) -> float:
    """Where the held stop would be after a shift in bps of the gain basis (+ tightens, - relaxes), within its bounds.

    Tightening never goes past one step short of the price and never loosens; relaxing never goes beyond the initial
    stop nor below the minimum lock of a stage already reached. Returns the held stop itself when nothing may move.
    """
    pos = held.pos
    side, stop = pos.level_side, pos.held_stop
    to = stop + side * pos.level_entry * shift_bps * pos.scale * BPS
    if shift_bps >= 0.0:
        nearest = pos.level - side * smallest_step(held)
        if (to - nearest) * side > 0.0:
            to = nearest
        return tighter(stop, to, side)
    for bound in bounds_of_relaxing(held):
        to = tighter(to, bound, side)
    return to if (to - stop) * side < 0.0 else stop


def bounds_of_relaxing(held: Held) -> list[float]:
    """The initial stop, and the minimum lock of the stage reached."""
    return [held.stop_memory("protective_stop").initial, *(getattr(a.m, "lock", float("nan")) for a in held.stop_rules)]


def move_owner(held: Held, level: float) -> None:
    """The rule that holds the stop in force goes on from `level`."""
    owner: Any = held.stop_memory(held.stop_rule)
    owner.stop = level


def replace_all(held: Held, level: float) -> None:
    """A human's stop replaces the held stop of all stop rules; ratchets go on once they have better than they had.

    What a ratchet had is its own level, never what a human set before.
    """
    for a in held.stop_rules:
        if "ground" in a.rule.memory_fields and a.m.ground != a.m.ground:
            a.m.ground = a.m.stop
        if a.m.stop == a.m.stop or a.name == "protective_stop":
            a.m.stop = level


def price_of_stops(state: State, held: Held) -> float | None:
    """What a stop is compared with now: the level, or the exit side of an own price without a mark; None: unknown."""
    pos, t = held.pos, state.t(state.now_ns)
    if pos.level == pos.level:
        return pos.level
    if pos.basis == UNDERLYING or held.contract.is_suspect(t):
        return None
    return held.contract.executable(-pos.side, t)
