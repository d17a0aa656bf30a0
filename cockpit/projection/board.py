"""Everything about the watched position that the grid does not show: rules, chart, ladder, conflict, market."""

import math
from dataclasses import replace
from typing import Any

from cockpit.exits.arbitrate import Asked
from cockpit.exits.evaluate import explain
from cockpit.frame import ChartPart, DetailPart, MarkPart, RulePart
from cockpit.market.view import known
from cockpit.projection.conflict import Conflicts
from cockpit.projection.grid import Grid
from cockpit.projection.interest import Interest
from cockpit.projection.kept import kept
from cockpit.projection.ladder import Ladder
from cockpit.projection.regimes import Regimes
from cockpit.projection.samples import Track
from cockpit.projection.words import acting_stop, rule_words, shown_reading
from cockpit.state.model import Held, State
from cockpit.state.positions import not_offered
from cockpit.state.telling import blind_because


class Board:
    """The watched position, else the one that has been open longest."""

    def __init__(self, state: State, grid: Grid, interest: Interest, regimes: Regimes) -> None:
        self.state, self.grid, self.interest, self.regimes = state, grid, interest, regimes
        self.conflicts = Conflicts(state)
        self._missing = not_offered(state)
        self._key: tuple[Any, ...] = ()
        self._part: DetailPart | None = None

    def part(self, t: float) -> DetailPart | None:
        """All of it at `t`; None without an open position."""
        state = self.state
        held = state.held.get(state.watched or "") or next(iter(state.held.values()), None)
        if held is None:
            self._part, self._key = None, ()
            return None
        row, track = self.grid.row(held), self.grid.tracks[held.id]
        interest = self.interest.part(held, t)
        regime = self.regimes.part(held.contract.underlying)
        shown = row, track.path.points(), track.strip.points(), interest, regime
        key = *map(id, shown), state.version, held.version, math.floor(t * 4.0), state.session
        if self._part is None or key != self._key:
            before = self._part if self._part is not None and self._part.position.id == held.id else None
            conflict, conflict_ns = self.conflicts.of(held)
            now = DetailPart(
                position=row, rules=self._rules(held), chart=self._chart(held, track),
                ladder=Ladder(state, held).part(), conflict=conflict, conflict_ns=conflict_ns, open_interest=interest,
                regime=regime,
            )  # fmt: skip
            self._key, self._part = key, now if before is None else _same_where_it_can(before, now)
        return self._part

    def _rules(self, held: Held) -> tuple[RulePart, ...]:
        left_out = [r for r in held.profile.rules if r.rule.name in self._missing]
        return (
            *(self._rule(held, a) for a in held.asked),
            *(
                RulePart(rule=r.rule.name, kind="not offered", trigger="", binding=r.binding, status="", until_ns=None,
                         gauge=None, value="", limit="", margin="", because="not available in this market")
                for r in left_out
            ),
        )  # fmt: skip

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

    def _chart(self, held: Held, track: Track) -> ChartPart:
        return ChartPart(
            position_id=held.id, origin_ns=self.state.anchor_ns, chunks=track.path.points(), entry=held.pos.level_entry,
            basis=held.basis, stop=known(acting_stop(held, self.state.now_ns)[0]), marks=marks(held),
            greeks=track.strip.points(),
        )  # fmt: skip


def marks(held: Held) -> tuple[MarkPart, ...]:
    """Entry, exits and decisions."""
    entry = float(held.average)
    bought = f"{'buy' if held.side > 0 else 'sell'} {held.most} @ {entry:g}"
    exits = (
        MarkPart(at_ns=e.at_ns, price=float(e.total / e.contracts), kind="exit",
                 text=f"{e.contracts} {rule_words(e.cause.rule)}")
        for e in held.exits
    )  # fmt: skip
    decisions = (
        MarkPart(at_ns=w.placed_ns, price=None, kind="decision", text=rule_words(w.cause.rule))
        for w in held.orders.values()
        if w.order.purpose == "exit"
    )
    return MarkPart(at_ns=held.opened_ns, price=entry, kind="entry", text=bought), *exits, *decisions


def _same_where_it_can(before: DetailPart, now: DetailPart) -> DetailPart:
    """Parts that say the same stay the same objects, and so does the whole."""
    chart = now.chart
    if _drawn(before.chart) == _drawn(chart) and before.chart.marks == chart.marks:
        chart = before.chart
    rules, ladder = kept(before.rules, now.rules), kept(before.ladder, now.ladder)
    parts = now.position, rules, chart, ladder, now.conflict, now.conflict_ns, now.open_interest, now.regime
    old = (before.position, before.rules, before.chart, before.ladder, before.conflict, before.conflict_ns,
           before.open_interest, before.regime)  # fmt: skip
    if all(a is b for a, b in zip(parts, old, strict=True)):
        return before
    return replace(now, rules=rules, chart=chart, ladder=ladder)


def _drawn(chart: ChartPart) -> tuple[Any, ...]:
    """What tells two charts of one position apart, without a look at every point."""
    return id(chart.chunks), id(chart.greeks), chart.entry, chart.stop
