"""One evaluation of one position: ask every rule, arbitrate, and hand the ruling on."""

from math import inf

from cockpit.exits.arbitrate import Asked, Bench, Ruling, arbitrate, weigh
from cockpit.exits.rule import EPS
from cockpit.exits.view import OWN, UNDERLYING, follow
from cockpit.market.view import NAN
from cockpit.state.alarms import (
    UNMARKED_ALARM_NS,
    alarm_unmarked,
    ask_apart,
    call,
    contain,
    marked_again,
    regime_changed,
)
from cockpit.state.deciding import adjust, cause_of, decide, hasten
from cockpit.state.greeting import greet
from cockpit.state.model import Held, State, label_of
from cockpit.state.stops import track
from cockpit.state.telling import sample, tell


def evaluate(state: State, held: Held, t: float) -> None:
    """Asks every rule about the position at session time `t`; the common path allocates nothing."""
    contract, pos, panel = held.contract, held.pos, held.asked[0].panel
    panel.rests_until = -inf
    contract.refresh(t)
    now = contract.view
    state.evaluations += 1
    chain = held.open_interest
    if chain is not None and (chain.version != held.chain_version or t > held.chain_until):
        see_open_interest(state, held, t)
    if contract.whole_t == t:  # quoted at this very instant
        executable = contract.bid if pos.side > 0.0 else contract.ask
    else:
        executable = contract.executable(-pos.side, t)
    pos.exit_price = NAN if executable is None else executable
    if not held.has_baselines:
        see_baselines(held)
    follow(pos, now)
    gain = pos.gain
    if gain < held.worst:
        held.worst = gain
    elif gain > held.best:
        held.best = gain
    if gain == gain and pos.level == pos.level:
        if held.unmarked_ns is not None:
            marked_again(state, held)
    elif held.unmarked_ns is None:
        held.unmarked_ns = state.now_ns
    elif state.now_ns - held.unmarked_ns >= UNMARKED_ALARM_NS:
        alarm_unmarked(state, held)
    if now.regime != held.regime:
        regime_changed(state, held)
    try:
        answers, stop = panel.ask(now, pos)
    except Exception as error:  # noqa: BLE001 - a rule's fault stops neither the others nor the session
        answers, stop = ask_apart(state, held, error)
    if stop != pos.held_stop and stop == stop and not abs(stop - pos.held_stop) <= EPS:
        track(state, held, "trailed" if held.stops else "entry")
    if answers != held.answers or held.is_lively or held.is_unmet:
        for a, packed in zip(held.asked, answers, strict=True):
            a.packed = packed
        _judge(state, held, t)
        held.note_answers()
    held.judged_t = t
    if state.now_ns >= held.sample_ns:
        drop_expired(state, held)
        sample(state, held)


def drop_expired(state: State, held: Held) -> None:
    """Forgets vetoes that are over."""
    vetoes = held.overrides.vetoes
    for name in [name for name, veto in vetoes.items() if veto.until_ns <= state.now_ns]:
        del vetoes[name]


def see_open_interest(state: State, held: Held, t: float) -> None:
    """Sums over the contracts known at the baseline; unknown until published, and when the chain has grown old."""
    chain, pos = held.open_interest, held.pos
    assert chain is not None
    if held.cohort is None:
        if not chain.is_published():
            return
        held.cohort = chain.cohort()
        state.effects.touched.append(held)
    held.chain_version, held.chain_until = chain.version, chain.observed_t + state.terms.oi_limit_s
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
    baselines = pos.entry_mark + pos.entry_underlying + pos.iv_at_entry + pos.theta_cost_at_entry
    held.has_baselines = baselines == baselines


def _judge(state: State, held: Held, t: float) -> None:
    """Something spoke or fell silent: arbitrate, and keep what changed in the ledger."""
    pos, now = held.pos, held.contract.view
    before = [(a.kind, a.code) for a in held.asked]
    for a in held.asked:
        try:
            weigh(a, now, pos)
        except Exception as error:  # noqa: BLE001 - as above
            contain(state, held, a, error)
            a.packed = a.kernel(a.p, now, pos, a.m)
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
        suspect=held.contract.is_suspect(t),
        stale=held.contract.quote_age_s(t) > state.terms.quote_limit_s + 1e-6,
    )
    ruling = arbitrate(held.asked, bench)
    for a, (kind, code) in zip(held.asked, before, strict=True):
        _count_blindness(state, a)
        if a.kind != kind or a.code != code:
            tell(state, held, a, "change")
            held.version += 1
    _spend(state, held, ruling)
    if ruling.changed:
        held.version += 1
        state.effects.touched.append(held)
    if held.is_unmet and greet(state, held):
        return
    for a in ruling.declined:
        state.say(label_of(held.instrument), a.name, "decision", "nobody said yes; it holds")
    adjust(state, held, ruling)
    if ruling.hurries is not None:
        hasten(state, held, cause_of(ruling.hurries))
    if ruling.winner is not None:
        decide(state, held, ruling.winner, ruling)


def observed(held: Held, t: float) -> int:
    """The kinds of observation made at this very instant, unless the position has been judged on them already."""
    contract = held.contract
    if held.judged_t == t:
        return 0
    seen = contract.observed if contract.settled_t == t else 0
    if contract.underlying.price_t == t:
        seen |= 8
    if held.open_interest is not None and held.open_interest.observed_t == t:
        seen |= 16
    return seen


def _count_blindness(state: State, a: Asked) -> None:
    if a.kind == "blind":
        if a.blind_since_ns is None:
            a.blind_since_ns = state.now_ns
    elif a.blind_since_ns is not None:
        a.blind_ns += state.now_ns - a.blind_since_ns
        a.blind_since_ns = None


def _spend(state: State, held: Held, ruling: Ruling) -> None:
    """Turns used up by a veto, and warnings to rules that listen."""
    for a in ruling.used_up:
        call(state, held, a, a.rule.acted)
    if ruling.warnings:
        for a in held.asked:
            call(state, held, a, a.rule.warned)
