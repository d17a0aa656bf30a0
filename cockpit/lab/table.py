"""What the rules of one position are shown, instant by instant: a recording as one contiguous table.

The table is made by the engine itself. A position is opened by the engine's own entry and evaluated by its own
`evaluate`, with a profile that never acts; each row is what that evaluation saw. So no feature is defined twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import inf
from operator import attrgetter
from typing import Any, Protocol

import numpy as np

from cockpit.domain.instrument import Instrument
from cockpit.domain.money import exact
from cockpit.domain.order import Fill
from cockpit.events import Batch, Heartbeat
from cockpit.exits.profile import Profile, parse
from cockpit.exits.view import Position
from cockpit.lab.records import Records, record
from cockpit.market.view import NAN, Market
from cockpit.state.folding import fold
from cockpit.state.judging import evaluate, observed
from cockpit.state.model import Held, State
from cockpit.state.positions import not_offered
from cockpit.state.reduce import begin, reduce, taken
from cockpit.state.resting import judge_all

WATCHER = """
name = "a position that only watches"
gain_basis = "underlying"
scale = "auto"
[[rules]]
rule = "protective_stop"
stop_pct = "off"
stop_bps = 10000
"""


@dataclass(slots=True)
class Row(Market):
    """The market at one evaluation of a position, and what else its judgement depends on."""

    exit_price: float = NAN  # where it could leave: bid for a long, ask for a short
    oi_own: float = NAN
    oi_other: float = NAN
    at_ns: int = 0
    observed: int = 0  # kinds of observation made anew (cockpit.market.contract)
    suspect: bool = False  # the mark has jumped and waits for a second quote
    stale: bool = False  # the quote is too old


@dataclass(slots=True)
class Baselines:
    """What a position measures itself against, as far as it is known."""

    entry_mark: float = NAN
    entry_underlying: float = NAN
    iv_at_entry: float = NAN
    theta_cost_at_entry: float = NAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One position's market from its entry on; `rows` are of `Row`, one an evaluation.

    `baselines` are those of the first rows; from the last of them on they stay. `position` is the position as it was
    opened, on the gain basis `entry`; `scale` is that of the underlying basis.
    """

    instrument: Instrument
    opened_ns: int
    position: Position
    scale: float
    rows: Records
    baselines: Records

    def __len__(self) -> int:
        return len(self.rows)


class Replayed(Protocol):
    """A recording with scripted entries, ready to be played: `cockpit.wiring.Replay`."""

    @property
    def state(self) -> State: ...
    def events(self) -> Iterable[Batch | Heartbeat]: ...


_FIELDS = attrgetter(*(f.name for f in fields(Market) if f.name != "t"))
_BASELINES = attrgetter(*(f.name for f in fields(Baselines)))


class _Watch:
    """One position while its table is being made. Rows that differ in nothing but their time are kept once."""

    def __init__(self, state: State, held: Held, longest_s: float) -> None:
        pos = held.pos
        self.held = held
        self.until_t = pos.opened_t + longest_s
        self.opened = Position(
            side=pos.side, exposure=pos.exposure, right=pos.right, tick=pos.tick, lot=pos.lot,
            contracts=pos.contracts, opened_t=pos.opened_t, entry=pos.entry, noise_at_entry=pos.noise_at_entry,
            level_entry=pos.entry, level_side=pos.side,
        )  # fmt: skip
        self.offers_oi = "open_interest_reversal" not in not_offered(state)
        self.seen: list[tuple[Any, ...]] = []
        self.which: list[int] = []
        self.times: list[tuple[float, int]] = []
        self.baselines: list[tuple[float, ...]] = []
        self.has_baselines = False

    def is_concerned(self, state: State) -> bool:
        """Whether the engine would judge it at the newest batch."""
        held, news = self.held, state.news
        instrument = held.instrument
        return (
            instrument.symbol in news.symbols
            or instrument.underlying in news.underlyings
            or held.open_interest in news.chains
        )

    def note(self, state: State, anew: int, *, is_judged: bool) -> None:
        """One instant, judged or rested through."""
        held, t = self.held, state.now_t
        contract, pos = held.contract, held.pos
        stale = contract.quote_age_s(t) > state.terms.quote_limit_s + 1e-6
        trust = anew, contract.is_suspect(t), stale
        if is_judged:
            if not (self.baselines and self.has_baselines):
                self.baselines.append(_BASELINES(pos))
                self.has_baselines = held.has_baselines
            interest = (pos.oi_own, pos.oi_other) if self.offers_oi else (NAN, NAN)
            row = (*_FIELDS(contract.view), pos.exit_price, *interest, *trust)
        else:
            row = (*self.seen[-1][: -len(trust)], *trust)
        if not self.seen or row != self.seen[-1]:
            self.seen.append(row)
        self.which.append(len(self.seen) - 1)
        self.times.append((t, state.now_ns))

    def table(self) -> Table:
        """What has been seen so far."""
        names = [f.name for f in fields(Row)]
        plain = [name for name in names if name not in ("t", "at_ns")]
        rows = np.zeros(len(self.which), record(Row))
        which = np.array(self.which, np.intp)
        for name, column in zip(plain, zip(*self.seen, strict=True), strict=True):
            rows[name] = np.array(column, rows.dtype[name])[which]
        rows["t"], rows["at_ns"] = np.array([t for t, _ in self.times]), np.array([ns for _, ns in self.times])
        return Table(
            instrument=self.held.instrument, opened_ns=self.held.opened_ns, position=self.opened,
            scale=self.held.pos.scale, rows=rows, baselines=np.array(self.baselines, record(Baselines)),
        )  # fmt: skip


def tables_of(replayed: Replayed, longest_s: float = inf) -> list[Table]:
    """One table for every scripted entry that the engine accepts, in their order; one pass over the recording.

    Entries do not hinder one another: there is no cooldown, and two in one contract are two positions. What the engine
    refuses is in the state's `refused_entries`. Rows later than `longest_s` after an entry are left out.
    """
    state, watched, watching = replayed.state, list[_Watch](), list[_Watch]()
    profile = parse(WATCHER, "the watching profile", _extends_nothing)
    for event in replayed.events():
        reduce(state, event)
        if isinstance(event, Batch):
            for entry in event.entries:
                begin(state, entry)
                made = [_Watch(state, held, longest_s) for held in _opened(state, profile)]
                watched += made
                watching += made
            _look([watch for watch in watching if watch.is_concerned(state)], state)
        else:
            _look_at_beat(watching, state)
        for watch in [watch for watch in watching if state.now_t >= watch.until_t]:
            watching.remove(watch)
            del state.held[watch.held.id]
        if not state.effects.is_empty:
            taken(state)
    return [watch.table() for watch in watched if watch.which]


def _look(watching: list[_Watch], state: State) -> None:
    """The positions that a batch concerns."""
    state.done.judged = True
    for watch in watching:
        anew = observed(watch.held, state.now_t)
        evaluate(state, watch.held, state.now_t)
        watch.note(state, anew, is_judged=True)


def _look_at_beat(watching: list[_Watch], state: State) -> None:
    """A heartbeat, through which positions may rest."""
    state.done.judged = True
    anew = [observed(watch.held, state.now_t) for watch in watching]
    judged = set(judge_all(state, is_disturbed=False))
    for watch, kinds in zip(watching, anew, strict=True):
        watch.note(state, kinds, is_judged=watch.held in judged)


def table_of(replayed: Replayed, longest_s: float = inf) -> Table:
    """The table of the only entry. Raises ValueError when the engine refused it, or there was none."""
    tables = tables_of(replayed, longest_s)
    if len(tables) != 1:
        why = ", ".join(str(refused["reason"]) for refused in replayed.state.refused_entries) or "no entry was due"
        raise ValueError(f"{len(tables)} tables instead of one: {why}")
    return tables[0]


def _extends_nothing(name: str) -> str:
    raise KeyError(name)


def _opened(state: State, profile: Profile) -> Sequence[Held]:
    """Fills the order just sent at the quote, as the paper broker does; a further entry is a position of its own."""
    made: list[Held] = []
    for order in taken(state).orders:
        side = 1.0 if order.side == "buy" else -1.0
        price = state.contracts[order.symbol].executable(side, state.now_t)
        assert price is not None, "an entry that is not quoted is refused"
        state.profiles[profile.name] = profile
        state.entry_profile[order.ref] = profile.name
        fill = Fill(id=f"{order.ref}/0", ref=order.ref, contracts=order.contracts, price=exact(price),
                    fees=exact(0.0), at_ns=state.now_ns)  # fmt: skip
        fold(state, fill)
        held = state.held[order.position_id]
        del state.by_symbol[order.symbol]
        state.by_underlying[held.instrument.underlying].remove(held)
        held.overrides.mode = "observe"
        made.append(held)
    return made
