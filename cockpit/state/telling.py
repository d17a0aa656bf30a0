"""Rows of the ledger: what a rule says, with its readings, and the quote it was said on."""

from typing import Any

from cockpit.exits.arbitrate import Asked
from cockpit.exits.evaluate import Answer, explain
from cockpit.market.view import known
from cockpit.records import VerdictRecord
from cockpit.state.model import NS, Held, State, label_of

SAMPLE_NS = 60 * NS


def blind_because(held: Held, a: Asked, because: str) -> str:
    """The cause of blindness in the market's own words where it knows them."""
    if a.kind != "blind":
        return because
    if a.fault:
        return a.fault
    if a.name == "open_interest_reversal":
        chain = held.open_interest
        if chain is not None and not chain.is_published():
            return "open interest is yesterday's"
        if held.pos.oi_own == held.pos.oi_own:
            return "too close to expiry"
        return "open interest is too old" if held.cohort is not None else because
    if because.endswith(("mark", "price", "gain")):
        return f"{because}: {held.contract.why or 'unknown'}"
    return because


def tell(state: State, held: Held, a: Asked, why: str) -> None:
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


def sample(state: State, held: Held) -> None:
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


def readings_of(answer: Answer) -> dict[str, Any]:
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
