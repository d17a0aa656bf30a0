"""A ruling becomes a decision: stops adjusted, an exit recorded and queued for what is not already leaving."""

from dataclasses import replace

from cockpit.domain.errors import Refused
from cockpit.domain.money import cents
from cockpit.domain.order import Order
from cockpit.exits.arbitrate import Asked, Ruling, is_timed
from cockpit.exits.evaluate import explain
from cockpit.exits.rule import Verdict
from cockpit.records import DecisionRecord
from cockpit.state.alarms import call
from cockpit.state.making_room import acts_for, beside, drop_waiting
from cockpit.state.model import Cause, Held, State, Working, label_of
from cockpit.state.ordering import change, is_linked, queue, stop_entering
from cockpit.state.protecting import protect
from cockpit.state.stops import move_owner, shifted, tighten_to, track
from cockpit.state.telling import quote_of, readings_of, tell


def adjust(state: State, held: Held, ruling: Ruling) -> None:
    """The tightest adjustment applies; a relax is dropped when any tighten stands."""
    if not ruling.adjustments or held.contracts <= held.leaving:
        return
    pos = held.pos
    tightens = any(a.verdict is not None and _tightens(a.verdict) for a in ruling.adjustments)
    levels: list[tuple[Asked, float]] = []
    for a in ruling.adjustments:
        v = a.verdict
        assert v is not None
        if v.shift_bps < 0.0 and tightens:
            a.status = "suppressed by a tighter stop"
            continue
        if v.shift_bps != 0.0 and not (pos.held_stop == pos.held_stop and pos.level == pos.level):
            a.status = "waits: the price is unknown"
            continue
        levels.append((a, v.stop if v.shift_bps == 0.0 else shifted(held, v.shift_bps)))
    for a, level in levels:
        v = a.verdict
        assert v is not None
        why = f"relax by {a.name}" if v.shift_bps < 0.0 else f"tighten by {a.name}"
        if v.shift_bps == 0.0:
            tighten_to(held, level)
        elif v.shift_bps < 0.0 or (level - pos.held_stop) * pos.level_side > 0.0:
            move_owner(held, level)
        _record_decision(state, held, a, contracts=0, suppressed=())
        track(state, held, why)
        call(state, held, a, a.rule.acted)


def _tightens(v: Verdict) -> bool:
    """A half that rounds to nothing moves no stop at all."""
    return v.shift_bps > 0.0 or v.stop == v.stop


def decide(state: State, held: Held, winner: Asked, ruling: Ruling) -> None:
    """The winner's exit becomes an order for what is not already leaving."""
    v = winner.verdict
    assert v is not None
    contracts = held.contracts - held.leaving
    if v.fraction < 1.0:
        contracts = min(contracts, round(v.fraction * held.contracts))
    if contracts <= 0:
        return
    if not is_linked(state):
        winner.status = "waits: the broker is not connected"
        return
    if state.now_ns < held.retry_ns:
        winner.status = "waits: the last exit order was refused"
        return
    contracts = _all_of_it(state, held, contracts)
    winner.countdown = None
    winner.status = "acted"
    suppressed = tuple(ruling.suppressed)
    decision = _record_decision(state, held, winner, contracts=contracts, suppressed=suppressed)
    cause = Cause(
        rule=winner.name, trigger=winner.rule.trigger_names[winner.code], because=decision.because,
        confidence=v.confidence, fraction=v.fraction, suppressed=suppressed, decision_id=decision.id,
        fills_suspect=is_timed(winner), urgent=winner.binding != "vetoable",
    )  # fmt: skip
    working = send_exit(state, held, contracts, cause)
    working.stop_after = v.stop


def _record_decision(
    state: State, held: Held, a: Asked, *, contracts: int, suppressed: tuple[tuple[str, str], ...]
) -> DecisionRecord:
    v = a.verdict
    assert v is not None
    answer = explain(a.rule, a.p, held.contract.view, held.pos, a.m, a.packed)
    decision = DecisionRecord(
        id=f"D{state.next_decision:05d}", at_ns=state.now_ns, position_id=held.id, rule=a.name,
        trigger=a.rule.trigger_names[a.code], kind=a.kind, confidence=v.confidence, fraction=v.fraction,
        contracts=contracts, because=answer.because, readings=readings_of(answer), suppressed=suppressed,
        quote=quote_of(state, held), parameters_sha256=held.profile.sha256,
    )  # fmt: skip
    state.next_decision += 1
    for asked in held.asked:
        tell(state, held, asked, "decision")
    state.effects.records.append(decision)
    state.effects.durable = True
    return decision


def decide_by_hand(state: State, held: Held, contracts: int, command: str) -> Working:
    """A human's exit of so many contracts: a decision like any other, with the command as its trigger.

    Unlike a rule's it need not be free yet: it waits for what still ends.
    """
    if contracts >= held.contracts - held.going:
        drop_waiting(state, held)
        contracts = held.contracts - held.going
    because = f"a human {'sells' if held.side > 0 else 'buys back'} {contracts}"
    fraction = contracts / held.contracts
    decision = DecisionRecord(
        id=f"D{state.next_decision:05d}", at_ns=state.now_ns, position_id=held.id, rule="human", trigger=command,
        kind="exit", confidence=None, fraction=fraction, contracts=contracts, because=because, readings={},
        suppressed=(), quote=quote_of(state, held), parameters_sha256=held.profile.sha256,
    )  # fmt: skip
    state.next_decision += 1
    state.effects.records.append(decision)
    cause = Cause(rule="human", trigger=command, because=because, fraction=fraction, decision_id=decision.id)
    return send_exit(state, held, contracts, cause)


def decide_at_broker(state: State, held: Held, working: Working) -> None:
    """The stop that rests there has acted: a decision like any other, recorded at its first execution."""
    cause, trigger = working.cause, working.order.trigger
    at = f" at {cents(trigger.price)}" if trigger is not None else ""
    decision = DecisionRecord(
        id=f"D{state.next_decision:05d}", at_ns=state.now_ns, position_id=held.id, rule=cause.rule,
        trigger=cause.trigger, kind="exit", confidence=None, fraction=1.0, contracts=working.order.contracts,
        because=f"{cause.because}{at}",
        readings={}, suppressed=(), quote=quote_of(state, held), parameters_sha256=held.profile.sha256,
    )  # fmt: skip
    state.next_decision += 1
    state.effects.records.append(decision)
    working.cause = replace(cause, because=decision.because, decision_id=decision.id)
    state.say(label_of(held.instrument), cause.rule, "decision", f"{cause.trigger}: {decision.because}")


def _all_of_it(state: State, held: Held, contracts: int) -> int:
    """Who leaves with all that is free takes also what still waits for the resting stop to make room."""
    if contracts < held.contracts - held.leaving:
        return contracts
    drop_waiting(state, held)
    return held.contracts - held.leaving


def check_linked(state: State) -> None:
    """Raises Refused while orders cannot reach the broker."""
    if not is_linked(state):
        raise Refused("the broker is not connected: nothing can be sent; what rests there still protects")


def send_exit(state: State, held: Held, contracts: int, cause: Cause) -> Working:
    """Queues the order of a decision that has been recorded; the session journals before it sends.

    All that is free joins the group of the resting stop, so that the two can never both fill; a part waits until the
    stop has made room for it.
    """
    whole = contracts >= held.contracts - (held.going if cause.rule == "human" else held.leaving)
    group, waits_for = beside(held, whole=whole)
    order = Order(
        ref=f"{held.id}-{state.next_order:04d}",
        position_id=held.id,
        symbol=held.instrument.symbol,
        side="sell" if held.side > 0 else "buy",
        contracts=contracts,
        limit=None,
        purpose="exit",
        fills_suspect=cause.fills_suspect,
        urgent=cause.urgent,
        group=group,
    )
    state.next_order += 1
    working = Working(order, cause, state.now_ns, waits_for=waits_for)
    if whole:
        stop_entering(state, lambda w: w.order.symbol == order.symbol)  # who leaves whole wants no more of it
        hasten(state, held, cause)
    held.orders[order.ref] = working
    held.version += 1
    queue(state, working)
    protect(state, held)
    state.effects.touched.append(held)
    words = (
        f"{cause.trigger}: {cause.because}; {'sells' if held.side > 0 else 'buys back'} {contracts} of {held.contracts}"
    )
    lost = ", ".join(f"{r} {g}" for r, g in cause.suppressed)
    state.say(label_of(held.instrument), cause.rule, "decision", f"{words}{f'; over {lost}' if lost else ''}")
    return working


def cause_of(a: Asked) -> Cause:
    """A rule's wish to leave at once, where no further order is needed for it."""
    return Cause(rule=a.name, trigger=a.rule.trigger_names[a.code], fills_suspect=is_timed(a))


def hasten(state: State, held: Held, cause: Cause) -> int:
    """What still walks out of the position crosses at once, as an urgent exit would; returns the contracts concerned.

    It is the same order: a second one could sell more than is held.
    """
    hurried = 0
    if not is_linked(state):
        return 0
    for w in held.orders.values():
        o = w.order
        faster = replace(o, urgent=o.urgent or cause.urgent, fills_suspect=o.fills_suspect or cause.fills_suspect)
        if o.purpose == "exit" and w.leaves and w.state != "pending_cancel" and faster != o and not acts_for(held, w):
            w.said = f"hurried by {cause.rule} {cause.trigger}"
            hurried += w.leaves
            change(state, w, faster)
    if hurried:
        held.version += 1
        state.effects.touched.append(held)
        state.say(
            label_of(held.instrument), cause.rule, "decision", f"{cause.trigger}: {hurried} leaving cross at once"
        )
    return hurried
