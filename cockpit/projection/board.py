"""Everything about the watched position that the grid does not show: rules, chart, ladder, conflict, market."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cockpit.domain.money import cents
from cockpit.exits.arbitrate import Asked
from cockpit.exits.evaluate import explain
from cockpit.exits.override import ALL
from cockpit.frame import ChartPart, DetailPart, MarkPart, RulePart, StripPoint
from cockpit.market.view import known
from cockpit.projection.conflict import Conflicts
from cockpit.projection.grid import Grid
from cockpit.projection.interest import Interest
from cockpit.projection.kept import kept
from cockpit.projection.ladder import Ladder
from cockpit.projection.regimes import Regimes
from cockpit.projection.samples import Chunks, Point
from cockpit.projection.words import rule_words, shown_reading
from cockpit.state.model import Held, State
from cockpit.state.positions import not_offered
from cockpit.state.stops import acting_stop
from cockpit.state.telling import blind_because


class Board:
    """The watched position, else the one that has been open longest."""

    def __init__(self, state: State, grid: Grid, interest: Interest, regimes: Regimes) -> None:
        self.state, self.grid, self.interest, self.regimes = state, grid, interest, regimes
        self.conflicts = Conflicts(state)
        self._missing = not_offered(state)
        self._key: tuple[Any, ...] = ()
        self._stands: tuple[Any, ...] = ()  # what must be as it is now for the part to be shown
        self._part: DetailPart | None = None

    def part(self) -> DetailPart | None:
        """As the last `steps` have made it, or all of it anew when that is not what is to be shown any more."""
        if self._stands != self._standing(self._watched()):
            for _ in self.steps():
                pass
        return self._part

    def steps(self) -> Iterator[None]:
        """Makes it as of now, a rule a step; none without an open position.

        Of what its row has not shown yet only the chart is new: that moves with every frame, the words with the row.
        """
        state, held = self.state, self._watched()
        stands = self._standing(held)
        if held is None:
            self._part, self._key, self._stands = None, (), stands
            return
        t = state.t(state.now_ns)
        track, row = self.grid.track(held), self.grid.parts.get(held.id) or self.grid.row(held)
        interest = self.interest.part(held, t)
        regime = self.regimes.part(held.contract.underlying)
        path, strip = track.path.points(), track.strip.points()
        chart = self._chart(held, path, strip)
        shown = row, interest, regime
        key = *map(id, shown), state.version, held.version, math.floor(t * 4.0), state.session
        if self._part is None or key != self._key:
            yield
            rules = list[RulePart]()
            for a in held.asked:
                rules.append(self._rule(held, a))
                yield
            ladder = Ladder(state, held).part()
            yield
            conflict, conflict_ns = self.conflicts.of(held)
            now = DetailPart(
                position=row, rules=(*rules, *self._left_out(held)), chart=chart, ladder=ladder, conflict=conflict,
                conflict_ns=conflict_ns, open_interest=interest, regime=regime,
            )  # fmt: skip
            before = self._part if self._part is not None and self._part.position.id == held.id else None
            self._key, self._part = key, now if before is None else _same_where_it_can(before, now)
        elif _drawn(chart) != _drawn(self._part.chart):
            self._part = replace(self._part, chart=chart)
        self._stands = stands

    def _watched(self) -> Held | None:
        state = self.state
        return state.held.get(state.watched or "") or next(iter(state.held.values()), None)

    def _standing(self, held: Held | None) -> tuple[Any, ...]:
        return held, held and held.version, held and self.grid.parts.get(held.id), self.state.session

    def _left_out(self, held: Held) -> Iterator[RulePart]:
        """Rules of the profile that the market does not offer."""
        for r in held.profile.rules:
            if r.rule.name in self._missing:
                yield RulePart(
                    rule=r.rule.name, kind="not offered", trigger="", binding=r.binding, status="", until_ns=None,
                    gauge=None, value="", limit="", margin="", because="not available in this market",
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
            because=blind_because(held, a, answer.because), by_hold=veto is not None and veto.rule == ALL,
        )  # fmt: skip

    def _chart(self, held: Held, path: Chunks[Point], strip: Chunks[StripPoint]) -> ChartPart:
        return ChartPart(
            position_id=held.id, origin_ns=self.state.anchor_ns, chunks=path, entry=held.pos.level_entry,
            basis=held.basis, stop=known(acting_stop(held, self.state.now_ns)[0]), marks=marks(held),
            greeks=strip,
        )  # fmt: skip


def marks(held: Held) -> tuple[MarkPart, ...]:
    """Entry, exits and decisions."""
    entry = float(held.average)
    bought = f"{'buy' if held.side > 0 else 'sell'} {held.most} @ {cents(round(held.average, 4))}"
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
