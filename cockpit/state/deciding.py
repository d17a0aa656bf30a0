"""A ruling becomes a decision: stops adjusted, an exit recorded and queued for what is not already leaving."""

from collections.abc import Callable
from dataclasses import replace

from cockpit.domain.order import Order, step
from cockpit.exits.arbitrate import Asked, Ruling, is_timed
from cockpit.exits.evaluate import explain
from cockpit.exits.rule import Verdict
from cockpit.records import DecisionRecord, OrderRecord
from cockpit.state.alarms import call
from cockpit.state.model import Cause, Held, State, Working, label_of
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
    if state.now_ns < held.retry_ns:
        winner.status = "waits: the last exit order was refused"
        return
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
    """A human's exit of so many contracts: a decision like any other, with the command as its trigger."""
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


def send_exit(state: State, held: Held, contracts: int, cause: Cause) -> Working:
    """Queues the order of a decision that has been recorded; the session journals before it sends."""
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
    )
    state.next_order += 1
    working = Working(order, cause, state.now_ns)
    if contracts >= held.contracts - held.leaving:
        stop_entering(state, lambda w: w.order.position_id == held.id)  # who leaves whole wants no more of it
        hasten(state, held, cause)
    held.orders[order.ref] = working
    held.version += 1
    queue(state, working)
    state.effects.touched.append(held)
    words = (
        f"{cause.trigger}: {cause.because}; {'sells' if held.side > 0 else 'buys back'} {contracts} of {held.contracts}"
    )
    lost = ", ".join(f"{r} {g}" for r, g in cause.suppressed)
    state.say(label_of(held.instrument), cause.rule, "decision", f"{words}{f'; over {lost}' if lost else ''}")
    return working


def stop_entering(state: State, wanted: Callable[[Working], bool]) -> int:
    """Cancels what the wanted entries still lack; returns how many of them there are."""
    return sum(cancel(state, w) for w in state.entering.values() if wanted(w))


def cancel(state: State, working: Working) -> bool:
    """Asks for a cancel, unless that has been done or the order has ended."""
    after = step(working.state, "cancel_sent")
    if after is None:
        return False
    working.state = after
    state.effects.records.append(order_record(state, working))
    state.effects.cancels.append(working.order.ref)
    state.effects.durable = True
    state.effects.session_touched = True
    return True


def cause_of(a: Asked) -> Cause:
    """A rule's wish to leave at once, where no further order is needed for it."""
    return Cause(rule=a.name, trigger=a.rule.trigger_names[a.code], fills_suspect=is_timed(a))


def hasten(state: State, held: Held, cause: Cause) -> int:
    """What still walks out of the position crosses at once, as an urgent exit would; returns the contracts concerned.

    It is the same order: a second one could sell more than is held.
    """
    hurried = 0
    for w in held.orders.values():
        o = w.order
        faster = replace(o, urgent=o.urgent or cause.urgent, fills_suspect=o.fills_suspect or cause.fills_suspect)
        if o.purpose == "exit" and w.leaves and w.state != "pending_cancel" and faster != o:
            w.order, w.said = faster, f"hurried by {cause.rule} {cause.trigger}"
            hurried += w.leaves
            state.effects.changes.append(faster)
            state.effects.records.append(order_record(state, w))
    if hurried:
        held.version += 1
        state.effects.durable = True
        state.effects.touched.append(held)
        state.say(
            label_of(held.instrument), cause.rule, "decision", f"{cause.trigger}: {hurried} leaving cross at once"
        )
    return hurried


def queue(state: State, working: Working) -> None:
    """Records an order and hands it to the session for sending."""
    state.effects.records.append(order_record(state, working))
    state.effects.orders.append(working.order)
    state.effects.durable = True
    state.effects.session_touched = True


def order_record(state: State, w: Working) -> OrderRecord:
    """The order as the journal keeps it, at this instant."""
    o = w.order
    return OrderRecord(
        ref=o.ref, position_id=o.position_id, decision_id=w.cause.decision_id, symbol=o.symbol, side=o.side,
        contracts=o.contracts, limit_price=None if o.limit is None else str(o.limit), purpose=o.purpose, state=w.state,
        filled=w.filled, placed_ns=w.placed_ns, changed_ns=state.now_ns, said=w.said,
    )  # fmt: skip
