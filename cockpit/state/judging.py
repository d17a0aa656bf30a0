"""One evaluation of one position: ask every rule, arbitrate, and turn the ruling into a decision."""

from typing import Any

from cockpit.domain.order import Order
from cockpit.exits.arbitrate import Asked, Bench, Ruling, arbitrate, weigh
from cockpit.exits.evaluate import explain
from cockpit.exits.rule import HOLDS_MASK, Verdict
from cockpit.exits.view import OWN, UNDERLYING, follow
from cockpit.market.view import NAN, known
from cockpit.records import AlertRecord, DecisionRecord, OrderRecord, VerdictRecord
from cockpit.state.model import NS, Cause, Held, State, Working, label_of
from cockpit.state.stops import move_owner, shifted, tighten_to, track

SAMPLE_NS = 60 * NS
UNMARKED_ALARM_NS = 60 * NS


def evaluate(state: State, held: Held, t: float) -> None:
    """Asks every rule about the position at session time `t`; the common path allocates nothing."""
    contract, pos = held.contract, held.pos
    contract.refresh(t)
    now = contract.view
    state.evaluations += 1
    if held.open_interest is not None:
        see_open_interest(state, held, t)
    executable = contract.executable(-pos.side, t)
    pos.exit_price = NAN if executable is None else executable
    if pos.theta_cost_at_entry != pos.theta_cost_at_entry or pos.iv_at_entry != pos.iv_at_entry:
        see_baselines(held)
    follow(pos, now)
    gain = pos.gain
    if gain == gain:
        if gain < held.worst:
            held.worst = gain
        elif gain > held.best:
            held.best = gain
        if held.unmarked_ns is not None:
            _marked_again(state, held)
    elif held.unmarked_ns is None:
        held.unmarked_ns = state.now_ns
    elif state.now_ns - held.unmarked_ns >= UNMARKED_ALARM_NS:
        _alarm_unmarked(state, held)
    if now.regime != held.regime:
        _regime_changed(state, held)
    busy = False
    for a in held.asked:
        packed = a.kernel(a.p, now, pos, a.m)
        if packed != a.packed:
            a.packed = packed
            busy = True
        elif (packed > 0 and packed & HOLDS_MASK) or a.countdown is not None:
            busy = True
    side, stop = pos.level_side, NAN
    for a in held.stop_rules:
        candidate = a.m.stop
        if candidate == candidate and not (candidate - stop) * side <= 0.0:
            stop = candidate
    if stop != pos.held_stop and stop == stop:
        track(state, held, "trailed" if held.stops else "entry")
    if busy:
        _judge(state, held, t)
    if state.now_ns >= held.sample_ns:
        _sample(state, held)


def see_open_interest(state: State, held: Held, t: float) -> None:
    """Sums over the contracts known at the baseline; unknown until published, and when the chain has grown old."""
    chain, pos = held.open_interest, held.pos
    assert chain is not None
    if held.cohort is None:
        if not chain.is_published():
            return
        held.cohort = chain.cohort()
        state.effects.touched.append(held)
    if t - chain.observed_t > state.terms.oi_limit_s + 1e-6:
        pos.oi_own = pos.oi_other = NAN
    elif pos.exposure > 0.0:
        pos.oi_own, pos.oi_other = held.cohort.calls, held.cohort.puts
    else:
        pos.oi_own, pos.oi_other = held.cohort.puts, held.cohort.calls


def see_baselines(held: Held) -> None:
    """Baselines not known at entry are the first value known after it."""
    pos, now = held.pos, held.contract.view
    if pos.entry_mark != pos.entry_mark:
        pos.entry_mark = now.mark
        if pos.basis == OWN:
            pos.level_entry = now.mark
    if pos.entry_underlying != pos.entry_underlying:
        pos.entry_underlying = now.underlying
        if pos.basis == UNDERLYING:
            pos.level_entry = now.underlying
    if pos.iv_at_entry != pos.iv_at_entry:
        pos.iv_at_entry = now.iv
    if pos.theta_cost_at_entry != pos.theta_cost_at_entry and now.mark > 0.0:
        pos.theta_cost_at_entry = abs(now.theta) * 10.0 / 1440.0 / now.mark * 100.0


def _judge(state: State, held: Held, t: float) -> None:
    """Something spoke or fell silent: arbitrate, and keep what changed in the ledger."""
    pos, now = held.pos, held.contract.view
    before = [(a.kind, a.code) for a in held.asked]
    for a in held.asked:
        weigh(a, now, pos)
    leaving = held.leaving
    bench = Bench(
        now_ns=state.now_ns,
        observed=observed(held, t),
        overrides=held.overrides,
        profile=held.profile,
        halted=state.session == "halted",
        leaving=leaving,
        held=held.contracts,
    )
    ruling = arbitrate(held.asked, bench)
    for a, (kind, code) in zip(held.asked, before, strict=True):
        _count_blindness(state, a)
        if a.kind != kind or a.code != code:
            _tell(state, held, a, "change")
            held.version += 1
    _spend(held, ruling)
    if ruling.changed:
        held.version += 1
        state.effects.touched.append(held)
    for a in ruling.declined:
        state.say(label_of(held.instrument), a.name, "decision", "nobody said yes; it holds")
    _adjust(state, held, ruling)
    winner = ruling.winner
    if winner is None:
        return
    if held.contract.is_suspect(t) and not winner.mandatory:
        winner.status = "waits: the mark is suspect"
        return
    decide(state, held, winner, ruling)


def observed(held: Held, t: float) -> int:
    """The kinds of observation made at this very instant."""
    contract = held.contract
    seen = contract.observed if contract.settled_t == t else 0
    if contract.underlying.price_t == t:
        seen |= 8
    if held.open_interest is not None and held.open_interest.observed_t == t:
        seen |= 16
    return seen


def _regime_changed(state: State, held: Held) -> None:
    """Tells what a rule cannot decide about the new regime, and resolves what it could not about the last."""
    held.regime = held.contract.view.regime
    for a in held.asked:
        text = a.rule.alert(a.p, held.contract.view, held.pos, a.m) if a.rule.alert is not None else ""
        if text:
            raise_alert(state, f"A-{held.id}-{a.name}", held, "warning", a.name, text)
        elif a.rule.alert is not None:
            resolve_alert(state, f"A-{held.id}-{a.name}")


def _count_blindness(state: State, a: Asked) -> None:
    if a.kind == "blind":
        if a.blind_since_ns is None:
            a.blind_since_ns = state.now_ns
    elif a.blind_since_ns is not None:
        a.blind_ns += state.now_ns - a.blind_since_ns
        a.blind_since_ns = None


def _spend(held: Held, ruling: Ruling) -> None:
    """Turns used up by a veto, and warnings to rules that listen."""
    pos, now = held.pos, held.contract.view
    for a in ruling.used_up:
        if a.rule.acted is not None:
            a.rule.acted(a.p, now, pos, a.m)
    if ruling.warnings:
        for a in held.asked:
            if a.rule.warned is not None:
                a.rule.warned(a.p, now, pos, a.m)


def _adjust(state: State, held: Held, ruling: Ruling) -> None:
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
        fills_suspect=winner.mandatory,
    )  # fmt: skip
    working = send_exit(state, held, contracts, cause)
    working.stop_after = v.stop


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
    )
    state.next_order += 1
    working = Working(order, cause, state.now_ns)
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


def readings_of(answer: Any) -> dict[str, Any]:
    """Readings as the journal keeps them; NaN becomes null there."""
    return {k: (known(r.value), known(r.limit), r.unit) for k, r in answer.readings.items()}


def quote_of(state: State, held: Held) -> dict[str, Any]:
    """What the decision saw of the market."""
    c, t = held.contract, state.t(state.now_ns)
    return {
        "bid": c.bid, "ask": c.ask, "bid_size": c.bid_size, "ask_size": c.ask_size, "mark": known(c.view.mark),
        "last": c.last, "underlying": known(c.view.underlying), "age_s": round(c.quote_age_s(t), 3),
        "iv": known(c.view.iv), "delta": known(c.view.delta), "gamma": known(c.view.gamma),
        "theta": known(c.view.theta),
    }  # fmt: skip


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
        _tell(state, held, asked, "decision")
    state.effects.records.append(decision)
    state.effects.durable = True
    return decision


def _tell(state: State, held: Held, a: Asked, why: str) -> None:
    """A verdict row, and its line in the ledger's tail when the rule has changed its mind."""
    answer = explain(a.rule, a.p, held.contract.view, held.pos, a.m, a.packed)
    because = blind_because(held, a, answer.because)
    state.effects.records.append(
        VerdictRecord(
            at_ns=state.now_ns, position_id=held.id, rule=a.name, kind=answer.kind, trigger=answer.trigger,
            confidence=answer.verdict.confidence if answer.verdict else None, because=because,
            readings=readings_of(answer), why=why, status=a.status,
        )
    )  # fmt: skip
    if why == "change":
        text = f"{answer.trigger}: {because}" if answer.trigger else because
        state.say(label_of(held.instrument), a.name, answer.kind, f"{text}{f' · {a.status}' if a.status else ''}")


def blind_because(held: Held, a: Asked, because: str) -> str:
    """The cause of blindness in the market's own words where it knows them."""
    if a.kind != "blind":
        return because
    if a.name == "open_interest_reversal":
        chain = held.open_interest
        if chain is not None and not chain.is_published():
            return "open interest is yesterday's"
        return "open interest is too old" if chain is not None and held.cohort is not None else because
    if because.endswith(("mark", "price", "gain")):
        return f"{because}: {held.contract.why or 'unknown'}"
    return because


def _sample(state: State, held: Held) -> None:
    """The periodic row: what every rule says, whether or not it changed."""
    held.sample_ns = state.now_ns + SAMPLE_NS - (state.now_ns - held.opened_ns) % SAMPLE_NS
    view, pos = held.contract.view, held.pos
    said: dict[str, Any] = {}
    for a in held.asked:
        answer = explain(a.rule, a.p, view, pos, a.m, a.packed)
        said[a.name] = {"kind": answer.kind, "trigger": answer.trigger, "readings": readings_of(answer)}
    state.effects.records.append(
        VerdictRecord(
            at_ns=state.now_ns, position_id=held.id, rule="*", kind="sample", trigger=None, confidence=None,
            because=f"gain {pos.gain_pct:.2f} %, stop {pos.held_stop:.2f}", readings=said, why="sample", status="",
        )
    )  # fmt: skip


def _alarm_unmarked(state: State, held: Held) -> None:
    key = f"A-{held.id}-unmarked"
    if key in state.alerts and state.alerts[key].state == "active":
        return
    raise_alert(state, key, held, "critical", "blind", f"the mark has been unknown for 60 s: {held.contract.why}")


def _marked_again(state: State, held: Held) -> None:
    held.unmarked_ns = None
    held.version += 1
    resolve_alert(state, f"A-{held.id}-unmarked")


def raise_alert(state: State, key: str, held: Held | None, severity: str, kind: str, text: str) -> None:
    """One alert a key while its condition lasts."""
    before = state.alerts.get(key)
    alert = AlertRecord(
        id=key, at_ns=state.now_ns, position_id=held.id if held else None, severity=severity, kind=kind, text=text,
        count=before.count + 1 if before else 1, state="active",
    )  # fmt: skip
    state.alerts[key] = alert
    state.effects.records.append(alert)
    state.say(label_of(held.instrument) if held else "session", "", "alert", text)


def resolve_alert(state: State, key: str) -> None:
    """The condition is over."""
    before = state.alerts.get(key)
    if before is not None and before.state == "active":
        alert = AlertRecord(
            id=key, at_ns=before.at_ns, position_id=before.position_id, severity=before.severity, kind=before.kind,
            text=before.text, count=before.count, state="resolved",
        )  # fmt: skip
        state.alerts[key] = alert
        state.effects.records.append(alert)
        state.version += 1
