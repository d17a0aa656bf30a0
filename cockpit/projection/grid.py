"""The rows of the grid: each is made anew only when its position has changed, and only a few of them a frame."""

from collections.abc import Collection, Iterator
from math import ceil
from typing import Any

from cockpit.exits.override import ALL
from cockpit.frame import PositionPart
from cockpit.market.view import known
from cockpit.outcome import stage_of
from cockpit.projection.cutoff import closes_ns, next_exit
from cockpit.projection.kept import kept
from cockpit.projection.meter import meter
from cockpit.projection.samples import Track
from cockpit.projection.tally import Tally
from cockpit.projection.totals import Totals
from cockpit.projection.words import (
    blind_cause,
    grid_state,
    nearest_rule,
    oi_change_pct,
    working_words,
)
from cockpit.state.model import Held, State, label_of
from cockpit.state.positions import open_pnl
from cockpit.state.stops import acting_stop

FRESH_S = 0.1  # within that all rows have their turn, …
ROWS = 16  # … unless that were more than so many a frame: 60 times a second that is all of 100


class Grid:
    """Rows and charts' samples of all open positions, in order of opening, and what they come to together."""

    def __init__(self, state: State, totals: Totals) -> None:
        self.state = state
        self.totals = totals
        self.tally = Tally()
        self.tracks: dict[str, Track] = {}
        self.parts: dict[str, PositionPart] = {}  # as shown, by id
        self._keys: dict[str, tuple[Any, ...]] = {}
        self._order: list[Held] = []
        self._row_of: dict[str, int] = {}
        self._rows: list[PositionPart] = []
        self._shown: tuple[PositionPart, ...] = ()
        self._is_stale = False
        self._turn = 0  # whose row is looked at next
        self._seen: tuple[int, int] = -1, -1  # evaluations and instant of the last look, and …
        self._behind = 0  # … how many rows have not been looked at since
        self._session = self._standing()

    def steps(self, stirred: Collection[Held], since_s: float) -> Iterator[None]:
        """Looks at rows one a step: those whose turn it is, `since_s` after the last time, and of `stirred` positions.

        What changes between two steps may be looked at in the next frame; `look` ends every frame.
        """
        for held in sorted(stirred, key=_seq):
            self._renew(held)
            yield
        for held in self._in_turn(since_s):
            self._renew(held)
            yield
        if len(self._order) <= ROWS:
            self._sample()

    def look(self, stirred: Collection[Held]) -> tuple[PositionPart, ...]:
        """All rows, those of `stirred` positions as of now; of all positions when session or link are others."""
        state = self.state
        self._drop(stirred)
        if (standing := self._standing()) != self._session:
            self._session = standing
            stirred = state.held.values()
        for held in sorted(stirred, key=_seq):
            self._renew(held)
        if self._is_stale:
            self._shown, self._is_stale = tuple(self._rows), False
        return self._shown

    def _standing(self) -> tuple[Any, ...]:
        return self.state.session, self.state.is_armed, self.state.link

    @property
    def lags(self) -> bool:
        """Whether rows wait for their turn, or something came after theirs, although nothing may happen any more."""
        return self._behind > 0 or self._seen != self._newest()

    def track(self, held: Held) -> Track:
        """The position's samples, with one of now."""
        state = self.state
        found = self.tracks.get(held.id)
        if found is None:
            found = self.tracks[held.id] = Track(held, state.terms, state.t(state.now_ns))
        found.take(held, state.t(state.now_ns), acting_stop(held, state.now_ns)[0])
        return found

    def row(self, held: Held) -> PositionPart:
        """The position's row as of now."""
        key = self._key(held)
        before = self.parts.get(held.id)
        if before is not None and self._keys[held.id] == key:
            return before
        self._keys[held.id] = key
        part = self._part(held, before)
        if before is not None:
            part = kept(before, part)  # judged again, and nothing to show for it
        if part is not before:
            self._show(held, before, part)
        return part

    def _renew(self, held: Held) -> None:
        if held.closed_ns is None:
            self.track(held)
            self.row(held)

    def _drop(self, stirred: Collection[Held]) -> None:
        """Positions that have closed leave the grid."""
        gone = [held for held in stirred if held.closed_ns is not None and held.id in self.parts]
        for held in gone:
            self.tally.exchange(self.parts.pop(held.id), None, held.seq)
            del self._keys[held.id], self.tracks[held.id]
        if gone:
            self._order = [held for held in self._order if held.closed_ns is None]
            self._row_of = {held.id: i for i, held in enumerate(self._order)}
            self._rows = [self.parts[held.id] for held in self._order]
            self._is_stale = True

    def _in_turn(self, since_s: float) -> Iterator[Held]:
        """Whose rows are looked at next, so that all are within `FRESH_S` if frames go on every `since_s`.

        Who is watched waits for its turn as others do, but does not stand back behind very many. A turn is over when
        the row has been looked at: whoever takes no more of them has not moved on.
        """
        count, newest = len(self._order), self._newest()
        if newest != self._seen:
            self._seen, self._behind = newest, count
        for _ in range(min(ROWS, count, ceil(count * min(since_s / FRESH_S, 1.0)))):
            self._turn %= max(len(self._order), 1)
            yield from self._order[self._turn : self._turn + 1]
            self._turn, self._behind = self._turn + 1, max(self._behind - 1, 0)
        watched = self.state.held.get(self.state.watched or "")
        if count > ROWS and watched is not None:
            yield watched

    def _newest(self) -> tuple[int, int]:
        return self.state.evaluations, self.state.now_ns

    def _sample(self) -> None:
        """A sample of every position whose last one is long enough ago: charts are not to be coarser than rows."""
        t = self.state.t(self.state.now_ns)
        for held in self._order:
            if held.closed_ns is None and self.tracks[held.id].path.is_due(t):
                self.track(held)

    def _show(self, held: Held, before: PositionPart | None, part: PositionPart) -> None:
        self.parts[held.id] = part
        self.tally.exchange(before, part, held.seq)
        if before is None:
            self._row_of[held.id] = len(self._order)
            self._order.append(held)
            self._rows.append(part)
        else:
            self._rows[self._row_of[held.id]] = part
        self._is_stale = True

    def _key(self, held: Held) -> tuple[Any, ...]:
        """Whatever a row depends on; a row whose key stands need not be made."""
        state, contract, overrides = self.state, held.contract, held.overrides
        return (
            held.version, held.judged_t, contract.settled_t, contract.view.mark, held.pos.held_stop, contract.until,
            len(held.orders), contract.underlying.version, held.open_interest and held.open_interest.observed_t,
            state.session, state.is_armed, state.link, overrides.mode, overrides.protective_only,
            *[name for name, veto in overrides.vetoes.items() if veto.until_ns > state.now_ns],
        )  # fmt: skip

    def _part(self, held: Held, before: PositionPart | None) -> PositionPart:
        state, contract, pos = self.state, held.contract, held.pos
        view, instrument = contract.view, held.instrument
        name, nearness, text = nearest_rule(held, state.session, state.now_ns)
        stop, stop_rule = acting_stop(held, state.now_ns)
        fresh = state.t(state.now_ns) - contract.quote_t <= state.terms.quote_limit_s
        one_lot = held.contracts < 2 * instrument.lot
        cutoff, cutoff_ns = next_exit(state, held)
        hold, protects = held.overrides.vetoes.get(ALL), meter(state, held)
        return PositionPart(
            id=held.id, symbol=instrument.symbol, label=before.label if before is not None else label_of(instrument),
            underlying=instrument.underlying,
            side=held.side, contracts=held.contracts, lots=held.contracts // instrument.lot, entry=float(held.average),
            mark=known(view.mark), bid=contract.bid if fresh else None, ask=contract.ask if fresh else None,
            pnl=open_pnl(held), gain_pct=known(pos.gain_pct), gain_bps=known(pos.gain_bps), stop=known(stop),
            stop_rule=stop_rule, stop_basis=held.basis, level_side=int(pos.level_side),
            to_stop=known((pos.level - stop) * pos.level_side), level=known(pos.level),
            level_entry=known(pos.level_entry),
            stage=stage_of(held), stages=max((len(getattr(a.p, "stages", ())) for a in held.asked), default=0),
            delta=known(view.delta), gamma=known(view.gamma), theta=known(view.theta), vega=known(contract.vega),
            iv=known(view.iv), iv_change=known(view.iv - pos.iv_at_entry),
            greeks_model="delta" in contract.models,
            oi_change_pct=oi_change_pct(held), put_call_ratio=self.totals.put_call_ratio(held.open_interest),
            nearest_rule=name, nearness=nearness, nearest_text=text, mode=held.overrides.words,
            state=grid_state(held, state.session), blind_cause=blind_cause(held), opened_ns=held.opened_ns,
            protection=protects.protection, protection_why=protects.why, dies_now=protects.lost,
            working=working_words(held),
            split_refusal="one lot cannot be split" if one_lot else "", profile=held.profile.name,
            expiry=instrument.expiry.isoformat() if instrument.expiry else "", multiplier=instrument.multiplier,
            closes_ns=closes_ns(state, contract), cutoff=cutoff, cutoff_ns=cutoff_ns,
            hold_until_ns=hold.until_ns if hold is not None and hold.until_ns > state.now_ns else None,
        )  # fmt: skip


def _seq(held: Held) -> int:
    return held.seq
