"""Laws 1 to 6 and 8 of exits.md 10, over random sessions."""

from collections import Counter
from dataclasses import replace
from math import isnan
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cockpit.commands import Veto
from cockpit.domain.order import Order, Report
from cockpit.events import Heartbeat
from cockpit.exits.arbitrate import is_timed
from cockpit.records import DecisionRecord, ExecutionRecord, StopRecord, VerdictRecord
from cockpit.state.model import Held, State
from tests.laws.sessions import DEAF, Tale, tales
from tests.market_of import Playing

NS = 1_000_000_000


def of(played: Playing, kind: Any) -> list[Any]:
    """Its records of one kind."""
    return [r for r in played.journal.records if isinstance(r, kind)]


# ---------------------------------------------------------------- law 1


@given(tale=tales())
def test_law_1_an_exit_never_enlarges_or_flips_and_executions_sum_to_the_position(tale: Tale) -> None:
    played = tale.play()
    held = dict.fromkeys((h.id for h in played.trips), 0)
    most: Counter[str] = Counter()
    purposes = {r.ref: r.purpose for r in played.sent}
    for fill in of(played, ExecutionRecord):
        before = held[fill.position_id]
        after = before + (fill.contracts if fill.side == "buy" else -fill.contracts)
        if purposes[fill.order_ref] == "exit":
            assert abs(after) < abs(before)
            assert after * before >= 0, "it never changes sides"
        else:
            assert abs(after) > abs(before)
        held[fill.position_id] = after
        most[fill.position_id] = max(most[fill.position_id], abs(after))
    for h in played.trips:
        assert held[h.id] == h.side * h.contracts
        assert sum(e.contracts for e in h.exits) == h.exit_contracts
        assert most[h.id] == h.most
    for h in played.state.closed:
        assert h.contracts == 0


# ---------------------------------------------------------------- law 2


def never_against_the_position(played: Playing) -> int:
    """Checks every stop path; returns how many moves there were."""
    sides = {h.id: h.pos.level_side for h in played.trips}
    level: dict[str, float] = {}
    moves = 0
    for stop in of(played, StopRecord):
        before = level.get(stop.position_id)
        if before is not None and (stop.level - before) * sides[stop.position_id] < 0.0:
            assert stop.why.startswith(("relax by", "human", "break-even")), stop
        level[stop.position_id] = stop.level
        moves += before is not None
    for h in played.trips:
        assert [s.level for s in h.stops] == [s.level for s in of(played, StopRecord) if s.position_id == h.id]
        assert h.stops or isnan(h.pos.level_entry), "no position is without a stop once its entry level is known"
    return moves


@given(tale=tales())
def test_law_2_a_held_stop_never_moves_against_the_position(tale: Tale) -> None:
    never_against_the_position(tale.play())


@given(tale=tales(), share=st.floats(0.0, 1.0))
def test_law_2_nor_across_a_restart_which_changes_nothing_at_all(tale: Tale, share: float) -> None:
    whole = tale.play()
    again = whole.killed(int(share * (len(whole.journal.commits) - 1))).play()
    never_against_the_position(again)
    assert again.lines == whole.lines


@given(tale=tales(humans=False, plain=True))
def test_law_2_without_humans_only_a_relax_loosens(tale: Tale) -> None:
    played = tale.play()
    never_against_the_position(played)
    assert not any(s.why.startswith("human") for s in of(played, StopRecord))


# ---------------------------------------------------------------- law 3


@given(tale=tales())
def test_law_3_the_same_recording_and_commands_give_the_same_ledger(tale: Tale) -> None:
    one, two = tale.play(), tale.play()
    assert one.lines == two.lines
    assert one.ledger.hexdigest() == two.ledger.hexdigest()
    bare, events = tale.playing()
    bare.session.journal = None
    assert bare.play(events).ledger.hexdigest() == one.ledger.hexdigest(), "a journal decides nothing"


# ---------------------------------------------------------------- law 4


def verdicts(played: Playing, before_ns: int) -> list[tuple[Any, ...]]:
    """What the rules said, without what became of it."""
    return [
        (r.at_ns, r.position_id, r.rule, r.kind, r.trigger, r.confidence, r.because, str(r.readings))
        for r in of(played, VerdictRecord)
        if r.why == "change" and r.at_ns < before_ns
    ]


@given(tale=tales(humans=False))
def test_law_4_a_veto_changes_the_decision_and_never_a_verdict(tale: Tale) -> None:
    free = replace(tale, rules="deaf", options="plain")
    vetoed = replace(free, lines=(*free.lines, *((f"10:00:00.{n}", Veto(position="C", for_s=1e6)) for n in (0, 1))))
    one, two = free.play(), vetoed.play()
    first_ns = min((d.at_ns for d in of(one, DecisionRecord)), default=1 << 63)
    assert verdicts(one, first_ns) == verdicts(two, first_ns)
    vetoable = [d for d in of(two, DecisionRecord) if d.position_id == "P0001"]
    mandatory = {r.rule.name for r in DEAF.rules if r.binding == "mandatory"}
    assert {d.rule for d in vetoable} <= mandatory


def delayed(state: State, held: Held) -> list[str]:
    """Mandatory exits that stand although they may act."""
    t = state.t(state.now_ns)
    may = held.overrides.mode != "observe" or held.overrides.protective_only
    if state.session == "halted" or not may or held.judged_t != t:
        return []
    return [
        a.name
        for a in held.asked
        if a.mandatory
        and a.kind == "exit"
        and a.hits == 1
        and held.overrides.may_act(a.name)
        and (is_timed(a) or not held.contract.is_suspect(t))
        and (is_timed(a) or held.contract.quote_age_s(t) <= state.terms.quote_limit_s)
        and held.leaving < held.contracts
    ]


@given(tale=tales())
def test_law_4_nothing_overrules_or_delays_a_mandatory_verdict(tale: Tale) -> None:
    played, events = tale.playing()
    for event in events:
        played.take(event)
        for held in played.state.held.values():
            assert delayed(played.state, held) == []


# ---------------------------------------------------------------- law 5


@given(tale=tales(plain=True), share=st.floats(0.0, 1.0))
def test_law_5_a_tranche_is_sent_once_however_often_the_tick_repeats(tale: Tale, share: float) -> None:
    whole = replace(tale, rules="quick" if tale.rules == "adaptive" else tale.rules).play()
    again = whole.killed(int(share * (len(whole.journal.commits) - 1)))
    last = again.events()[-1].at_ns if again.events() else again.state.now_ns
    again.play()
    again.play([Heartbeat(last + n * NS // 4) for n in range(1, 101)])
    for played in (whole, again):
        for held in played.trips:
            once = Counter(w.cause.rule for w in held.orders.values() if w.order.purpose == "exit")
            assert once["scale_out"] <= 1
            assert once["profit_extreme"] <= 1
    tranches = [w for h in again.trips for w in h.orders.values() if w.cause.rule == "scale_out"]
    assert len(tranches) >= sum(w.cause.rule == "scale_out" for h in whole.trips for w in h.orders.values())


# ---------------------------------------------------------------- law 6


def oracle(tale: Tale, symbol: str, t_ns: int, played: Playing) -> dict[str, float | None]:
    """What may be known of a contract at an instant, straight from the lines; suspicion left aside."""
    rows = [r for b in played.script.batches for r in b.quotes if r.symbol == symbol and b.at_ns <= t_ns]
    terms = played.how.terms
    last = rows[-1]
    fresh = t_ns - last.at_ns <= terms.quote_limit_s * NS
    bid, ask = (x if x is not None and x == x and x > 0.0 else None for x in (last.bid, last.ask))
    if bid is not None and ask is not None and bid > ask:
        bid = ask = None
    mid = (bid + ask) / 2.0 if bid is not None and ask is not None else None
    mark = mid if mid is not None and bid is not None and ask is not None and ask - bid <= 0.25 * mid else None
    if last.bid is None and last.ask is None:
        lasts = [r for r in rows if r.last is not None and r.last > 0.0]
        young = lasts and t_ns - lasts[-1].at_ns <= terms.quote_limit_s * NS
        return {"mark": lasts[-1].last if young else None, "bid": None, "ask": None}
    return {"mark": mark if fresh else None, "bid": bid if fresh else None, "ask": ask if fresh else None}


def greek(played: Playing, symbol: str, name: str, t_ns: int) -> float | None:
    """The last accepted value within the Greeks' limit."""
    bounds = {"delta": (-1.0, 1.0), "gamma": (0.0, 1e9), "theta": (-1e9, 1e9), "iv": (1e-12, 5.0)}[name]
    rows = [r for b in played.script.batches for r in b.quotes if r.symbol == symbol and b.at_ns <= t_ns]
    good = [(r.at_ns, x) for r in rows if (x := getattr(r, name)) is not None and bounds[0] <= x <= bounds[1]]
    limit_ns = played.how.terms.greeks_limit_s * NS
    return good[-1][1] if good and t_ns - good[-1][0] <= limit_ns else None


@given(tale=tales())
def test_law_6_no_decision_uses_what_is_too_old_or_refused(tale: Tale) -> None:
    played = tale.play()
    symbols = {h.id: h.instrument.symbol for h in played.trips}
    on_premium = {h.id for h in played.trips if h.basis == "premium"}
    for d in of(played, DecisionRecord):
        known = oracle(tale, symbols[d.position_id], d.at_ns, played)
        if d.rule == "human":
            continue
        if d.quote["mark"] is not None:
            assert d.quote["mark"] == known["mark"]
        for name in ("delta", "gamma", "theta", "iv"):
            if d.quote[name] is not None:
                assert d.quote[name] == greek(played, symbols[d.position_id], name, d.at_ns)
        if d.rule.endswith("_stop") and d.position_id in on_premium and known["mark"] is None:
            assert known["bid"] is not None or known["ask"] is not None, "only the exit side may stand in"
    for fill in of(played, ExecutionRecord):
        known = oracle(tale, fill.symbol, fill.at_ns, played)
        assert float(fill.price) == (known["ask"] if fill.side == "buy" else known["bid"])


# ---------------------------------------------------------------- law 8


@given(tale=tales())
def test_law_8_leaves_of_live_exits_never_exceed_the_position(tale: Tale) -> None:
    played, events = tale.playing()
    real = played.broker.place

    def place(order: Order, now_ns: int) -> list[Report]:
        for held in played.state.held.values():
            assert held.leaving <= held.contracts
        return real(order, now_ns)

    played.broker.place = place
    for event in events:
        played.take(event)
        for held in played.state.held.values():
            leaves = [w.leaves for w in held.orders.values() if w.order.purpose == "exit" and w.leaves]
            assert sum(leaves) <= held.contracts
            assert len(leaves) <= 2, "one exit in flight, or a partial one and the rest"


# ---------------------------------------------------------------- the tales are worth telling


def test_the_tales_reach_what_the_laws_are_about() -> None:
    """Stops move, tranches leave, humans act, rows are refused; else the laws hold for want of trying."""
    seen: Counter[str] = Counter()

    @given(tale=tales())
    def look(tale: Tale) -> None:
        played = tale.play()
        seen.update(d.rule for d in of(played, DecisionRecord))
        seen.update(f"stop {s.why.split(' ')[0]}" for s in of(played, StopRecord))
        seen.update(f"refused {e['reason']}" for e in played.state.refused_entries)
        seen["joined"] += any(h.most > 100 for h in played.trips)
        seen["refused rows"] += sum(played.state.refused_quotes.values())

    look()
    wanted = (
        "human", "protective_stop", "theta_decay", "scale_out", "regime_change", "momentum_reversal", "exhaustion",
        "stop trailed", "stop human", "stop tighten", "refused cooldown", "refused stale quote", "joined",
        "refused rows",
    )  # fmt: skip
    assert not [name for name in wanted if not seen[name]], seen
