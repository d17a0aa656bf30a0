"""A ruling becomes a decision: stops adjusted, an exit recorded and queued for what is not already leaving."""

from cockpit.domain.order import Order, step
from cockpit.exits.arbitrate import Asked, Ruling, is_timed
from cockpit.exits.evaluate import explain
from cockpit.exits.rule import Verdict
from cockpit.records import DecisionRecord, OrderRecord
from cockpit.state.model import Cause, Held, State, Working, label_of
from cockpit.state.stops import move_owner, shifted, tighten_to, track
from cockpit.state.telling import quote_of, readings_of, tell


def adjust(state: State, held: Held, ruling: Ruling) -> None:
    """The tightest adjustment applies; a relax is dropped when any tighten stands."""
    if not ruling.adjustments or held.contracts <= held.leaving:
        return
    pos, now = held.pos, held.contract.view
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
        if a.rule.acted is not None:
            a.rule.acted(a.p, now, pos, a.m)


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
        _stop_entering(state, held)
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


def _stop_entering(state: State, held: Held) -> None:
    """Who leaves whole wants no more of it: what an entry still lacks is cancelled."""
    for w in state.entering.values():
        after = step(w.state, "cancel_sent")
        if w.order.position_id == held.id and after is not None:
            w.state = after
            state.effects.records.append(order_record(state, w))
            state.effects.cancels.append(w.order.ref)


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
