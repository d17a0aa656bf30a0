"""Projects the state onto frames: parts are made anew only when what they show has changed."""

import math
from collections.abc import Iterable
from typing import Any

from cockpit.exits.arbitrate import Asked
from cockpit.exits.evaluate import explain
from cockpit.frame import (
    ChartPart,
    DetailPart,
    Frame,
    LedgerPart,
    MarkPart,
    PendingPart,
    PositionPart,
    RulePart,
    StatusPart,
)
from cockpit.market.view import known
from cockpit.outcome import stage_of
from cockpit.projection.path import Path
from cockpit.projection.words import (
    acting_stop,
    blind_cause,
    grid_state,
    nearest_rule,
    oi_change_pct,
    rule_words,
    shown_reading,
    working_words,
)
from cockpit.state.model import NS, Held, State, label_of
from cockpit.state.positions import not_offered, open_pnl
from cockpit.state.telling import blind_because

ROWS = 16  # looked at in one frame when there are more; 60 times a second that is all of 100 within 0.1 s


class Projector:
    """Makes frames of one state; remembers the parts it made. `feed` and `badge` name what is played."""

    def __init__(self, state: State, feed: str, badge: str) -> None:
        self.state = state
        self.feed = feed
        self.badge = badge
        self.refused_rows = 0
        self.trouble = ""
        self.ended = False
        self._paths: dict[str, Path] = {}
        self._rows: dict[str, tuple[tuple[Any, ...], PositionPart]] = {}
        self._detail: tuple[tuple[Any, ...], DetailPart] | None = None
        self._ledger: tuple[tuple[Any, ...], tuple[LedgerPart, ...]] = ((), ())
        self._grid: tuple[PositionPart, ...] = ()
        self._pending: tuple[PendingPart, ...] = ()
        self._turn = 0  # whose row is looked at next when there are many

    def sample(self, positions: Iterable[Held] | None = None) -> None:
        """Remembers level and stop of open positions, all by default, for their charts."""
        state = self.state
        t = state.t(state.now_ns)
        for held in state.held.values() if positions is None else positions:
            path = self._paths.get(held.id)
            if path is None:
                path = self._paths[held.id] = Path(held)
            path.add(t, known(held.pos.level), known(acting_stop(held, state.now_ns)[0]))
        if len(self._paths) > len(state.held) + 64:
            self._paths = {k: v for k, v in self._paths.items() if k in state.held}

    def frame(self) -> Frame:
        """The state as it is now."""
        state = self.state
        due = self._due()
        self.sample(due)
        for held in due:
            self._row(held)
        grid = tuple(self._rows[id][1] for id in state.held)
        if len(self._rows) > len(state.held):
            self._rows = {k: v for k, v in self._rows.items() if k in state.held}
        if len(grid) != len(self._grid) or any(a is not b for a, b in zip(grid, self._grid, strict=True)):
            self._grid = grid
        pending = tuple(sorted(self._all_pending(), key=lambda p: p.ends_ns))
        if pending != self._pending:
            self._pending = pending
        return Frame(
            status=self._status(),
            positions=self._grid,
            pending=self._pending,
            idle=self._idle(),
            detail=self._watched(),
            ledger=self._tail(),
            ended=self.ended,
        )

    def _due(self) -> list[Held]:
        """Whose rows this frame looks at: all; of many those in turn, and who is new, changed or about to act."""
        positions, rows = list(self.state.held.values()), self._rows
        if len(positions) <= ROWS:
            return positions
        turn = self._turn % len(positions)
        self._turn = turn + ROWS
        due = positions[turn : turn + ROWS]
        watched = self.state.watched
        return due + [
            h
            for i, h in enumerate(positions)
            if not turn <= i < turn + ROWS
            and (h.is_lively or h.id == watched or h.id not in rows or rows[h.id][0][0] != h.version)
        ]

    # ---------------------------------------------------------------- status

    def _status(self) -> StatusPart:
        state = self.state
        setup = state.setup
        known_pnl = [row.pnl for row in self._grid if row.pnl is not None]
        pnl, blind = float(state.realised - state.fees) + sum(known_pnl), len(self._grid) - len(known_pnl)
        what, cutoff_ns, closes_ns = self._cutoff()
        active = [a for a in state.alerts.values() if a.state == "active"]
        critical = [a.text for a in active if a.severity == "critical"]
        unprotected = sum(row.mode == "observe" for row in self._grid)
        return StatusPart(
            badge=self.badge, feed=self.feed, zone=setup.market.zone, currency=setup.market.currency,
            at_ns=state.now_ns or setup.first_ns, newest_row_ns=state.newest_row_ns,
            quote_limit_s=setup.terms.quote_limit_s, next_cutoff=what, next_cutoff_ns=cutoff_ns, closes_ns=closes_ns,
            day_pnl=pnl, blind_left_out=blind, day_peak=state.peak, cooldown=state.cooldown.state(state.now_ns),
            cooldown_until_ns=state.cooldown.until_ns, cooldown_total_s=state.cooldown.total_s, session=state.session,
            open_positions=len(state.held),
            unprotected_by_us=len(state.held) if state.session == "halted" else unprotected, alerts=len(active),
            critical=critical[-1] if critical else "", trouble=self.trouble,
            refused=self.refused_rows + state.refused_quotes.total() + state.refused_greeks.total(),
        )  # fmt: skip

    def _cutoff(self) -> tuple[str, int | None, int | None]:
        """The next time at which the clock makes positions leave, and the close."""
        state = self.state
        held = next(iter(state.held.values()), None)
        contract = held.contract if held else next(iter(state.contracts.values()), None)
        profile = held.profile if held else state.setup.profiles[state.setup.default_profile]
        if contract is None:
            return "", None, None
        view, t = contract.view, state.t(state.now_ns)
        cutoff = next((r.p for r in profile.rules if r.rule.name == "session_cutoff"), None)
        closes = known(view.close_t)
        coming: list[tuple[float, str]] = []
        if cutoff is not None:
            if cutoff.lunch and view.lunch_t == view.lunch_t:
                coming.append((view.lunch_t - cutoff.lunch_lead_min * 60.0, "lunch exits"))
            if closes is not None:
                coming.append((closes - cutoff.close_lead_min * 60.0, "close exits"))
        ahead = min(((at, what) for at, what in coming if at > t), default=None)
        if ahead is None:
            return "", None, None if closes is None else self._ns(closes)
        return ahead[1], self._ns(ahead[0]), None if closes is None else self._ns(closes)

    def _ns(self, t: float) -> int:
        return self.state.anchor_ns + round(t * NS)

    def _idle(self) -> str:
        """What will happen next when nothing is pending: the nearest rule of all positions."""
        if not self._grid:
            return "" if self.ended else "No positions. Waiting for entries."
        close = max(self._grid, key=lambda p: p.nearness if p.nearness is not None else -1.0)
        if close.nearness is None:
            return "No rule can see."
        return f"Nearest: {close.label}, {rule_words(close.nearest_rule)}, {close.nearest_text}"

    # ---------------------------------------------------------------- grid

    def _row(self, held: Held) -> PositionPart:
        state, contract, overrides = self.state, held.contract, held.overrides
        key = (
            held.version, held.judged_t, contract.settled_t, contract.view.mark, held.pos.held_stop, contract.until,
            len(held.orders), contract.underlying.version, held.open_interest and held.open_interest.observed_t,
            state.session, overrides.mode, overrides.protective_only,
            *[name for name, veto in overrides.vetoes.items() if veto.until_ns > state.now_ns],
        )  # fmt: skip
        cached = self._rows.get(held.id)
        if cached is not None and cached[0] == key:
            return cached[1]
        part = self._position(held)
        if cached is not None and cached[1] == part:  # judged again, and nothing to show for it
            part = cached[1]
        self._rows[held.id] = (key, part)
        return part

    def _position(self, held: Held) -> PositionPart:
        state, contract, pos = self.state, held.contract, held.pos
        view, instrument = contract.view, held.instrument
        t = state.t(state.now_ns)
        name, nearness, text = nearest_rule(held, self.state.session)
        stop, stop_rule = acting_stop(held, state.now_ns)
        fresh = t - contract.quote_t <= state.terms.quote_limit_s
        chain = held.open_interest
        calls, puts = chain.totals() if chain is not None and chain.values else (0.0, 0.0)
        one_lot = held.contracts < 2 * instrument.lot
        return PositionPart(
            id=held.id, symbol=instrument.symbol, label=label_of(instrument), underlying=instrument.underlying,
            side=held.side, contracts=held.contracts, lots=held.contracts // instrument.lot, entry=float(held.average),
            mark=known(view.mark), bid=contract.bid if fresh else None, ask=contract.ask if fresh else None,
            pnl=open_pnl(held), gain_pct=known(pos.gain_pct), gain_bps=known(pos.gain_bps), stop=known(stop),
            stop_rule=stop_rule, stop_basis=held.basis, level_side=int(pos.level_side),
            to_stop=known((pos.level - stop) * pos.level_side),
            stage=stage_of(held), stages=max((len(getattr(a.p, "stages", ())) for a in held.asked), default=0),
            delta=known(view.delta), gamma=known(view.gamma), theta=known(view.theta), vega=known(contract.vega),
            iv=known(view.iv), iv_change=known(view.iv - pos.iv_at_entry),
            greeks_model=contract.modelled and "delta" in state.terms.modelled,
            oi_change_pct=oi_change_pct(held), put_call_ratio=puts / calls if calls > 0.0 else None,
            nearest_rule=name, nearness=nearness, nearest_text=text, mode=held.overrides.words,
            state=grid_state(held, state.session), blind_cause=blind_cause(held), opened_ns=held.opened_ns,
            protection=state.setup.protection, working=working_words(held),
            split_refusal="one lot cannot be split" if one_lot else "", profile=held.profile.name,
        )  # fmt: skip

    # ---------------------------------------------------------------- pending

    def _all_pending(self) -> Iterable[PendingPart]:
        for held in self.state.held.values():
            for a in held.asked if held.is_lively else ():
                if a.countdown is not None:
                    yield self._pending_of(held, a)

    def _pending_of(self, held: Held, a: Asked) -> PendingPart:
        c, pos, contract = a.countdown, held.pos, held.contract
        assert c is not None
        answer = explain(a.rule, a.p, contract.view, pos, a.m, a.packed)
        fraction = answer.verdict.fraction if answer.verdict else 1.0
        contracts = min(held.contracts - held.leaving, round(fraction * held.contracts))
        price = known(pos.exit_price)
        multiplier = held.instrument.multiplier
        books = cost = None
        if price is not None:
            books = held.side * (price - float(held.average)) * contracts * multiplier
            if contract.view.mark == contract.view.mark:
                cost = -abs(contract.view.mark - price) * contracts * multiplier
        verb = "sells" if held.side > 0 else "buys back"
        amount = f"all {contracts}" if contracts == held.contracts else f"{contracts} of {held.contracts}"
        label = label_of(held.instrument)
        blind = a.kind == "blind"
        return PendingPart(
            position_id=held.id, label=label, rule=a.name, trigger=answer.trigger or "",
            sentence=f"{rule_words(a.name).capitalize()} {verb} {amount} {label}", because=answer.because,
            confidence=answer.verdict.confidence if answer.verdict else 0.0, binding=a.binding,
            waits="blind" if blind else c.waits, ends_ns=c.ends_ns, total_s=(c.ends_ns - c.started_ns) / NS,
            on_timeout=held.profile.on_timeout, contracts=contracts, expected_price=price, books=books,
            spread_cost=cost,
        )  # fmt: skip

    # ---------------------------------------------------------------- the watched position

    def _watched(self) -> DetailPart | None:
        state = self.state
        if not state.held:
            return None
        held = state.held.get(state.watched or "") or next(iter(state.held.values()))
        row = self._row(held)
        t = state.t(state.now_ns)
        key = (held.id, row, math.floor(t * 4.0), len(state.tail), state.version)
        if self._detail is not None and self._detail[0] == key:
            return self._detail[1]
        rules = tuple(self._rule(held, a) for a in held.asked)
        missing = not_offered(state)
        left_out = [r for r in held.profile.rules if r.rule.name in missing]
        rules += tuple(
            RulePart(rule=r.rule.name, kind="not offered", trigger="", binding=r.binding, status="", until_ns=None,
                     gauge=None, value="", limit="", margin="", because="not available in this market")
            for r in left_out
        )  # fmt: skip
        detail = DetailPart(position=row, rules=rules, chart=self._chart(held))
        self._detail = (key, detail)
        return detail

    def _rule(self, held: Held, a: Asked) -> RulePart:
        answer = explain(a.rule, a.p, held.contract.view, held.pos, a.m, a.packed)
        found = shown_reading(answer, a.packed)
        reading, near = found if found is not None else (None, math.nan)
        veto = None if a.mandatory else held.overrides.veto_of(a.name, self.state.now_ns)
        status = "vetoed" if veto is not None else a.status
        digits = f".{reading.digits}f" if reading else ""
        has_limit = reading is not None and reading.limit == reading.limit
        has_value = reading is not None and reading.value == reading.value
        return RulePart(
            rule=a.name, kind=answer.kind, trigger=answer.trigger or "", binding=a.binding, status=status,
            until_ns=veto.until_ns if veto else None,
            gauge=min(max(near, 0.0), 1.2) if near == near else None,
            value=f"{reading.name} {reading.value:{digits}}" if reading and has_value else "",
            limit=f"{reading.limit:{digits}} {reading.unit}".strip() if has_limit and reading else "",
            margin=f"{reading.margin:{digits}}" if reading and reading.margin == reading.margin else "",
            because=blind_because(held, a, answer.because),
        )  # fmt: skip

    def _chart(self, held: Held) -> ChartPart:
        path = self._paths[held.id]
        marks = [
            MarkPart(
                at_ns=held.opened_ns,
                price=float(held.average),
                kind="entry",
                text=f"{'buy' if held.side > 0 else 'sell'} {held.most} @ {float(held.average):g}",
            )
        ]
        marks += [
            MarkPart(
                at_ns=e.at_ns,
                price=float(e.total / e.contracts),
                kind="exit",
                text=f"{e.contracts} {rule_words(e.cause.rule)}",
            )
            for e in held.exits
        ]
        marks += [MarkPart(at_ns=w.placed_ns, price=None, kind="decision", text=rule_words(w.cause.rule))
                  for w in held.orders.values() if w.order.purpose == "exit"]  # fmt: skip
        return ChartPart(
            position_id=held.id, origin_ns=self.state.anchor_ns, chunks=path.points(), entry=held.pos.level_entry,
            basis=held.basis, stop=known(acting_stop(held, self.state.now_ns)[0]), marks=tuple(marks),
        )  # fmt: skip

    def _tail(self) -> tuple[LedgerPart, ...]:
        tail = self.state.tail
        key = (len(tail), tail[-1] if tail else None, tail[0] if tail else None)
        if key != self._ledger[0]:
            lines = tuple(LedgerPart(at_ns=x.at_ns, label=x.label, rule=x.rule, kind=x.kind, text=x.text) for x in tail)
            self._ledger = (key, lines)
        return self._ledger[1]
