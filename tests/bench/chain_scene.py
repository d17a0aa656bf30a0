"""A session over a chain of 400 contracts with ten positions, twenty minutes of history, and ticks for all of it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from math import exp

from cockpit.brokers.paper import Paper, PaperOptions
from cockpit.domain.instrument import Instrument
from cockpit.events import NS, Batch, Entry, Heartbeat, Quoted, UnderlyingQuoted
from cockpit.frame import Frame
from cockpit.journal.ledger import Ledger
from cockpit.market.terms import Terms
from cockpit.projection.projector import Projector
from cockpit.session import Session, quote_of
from cockpit.settings import market
from cockpit.state.market import opened
from cockpit.state.model import Setup
from tests.bench.scene import profile

OPENED_NS = int(datetime(2026, 8, 17, 4, 0, tzinfo=UTC).timestamp()) * NS  # 9:30 in Mumbai
EXPIRIES = (date(2026, 8, 25), date(2026, 9, 1))
STRIKES = [21_550.0 + 50.0 * k for k in range(100)]
POSITIONS = 10
SPOT = 24_025.0
HISTORY_S = 1200
NEAR_POINTS = 130.0
LOT = 65
UNDERLYING = "NIFTY"
UNDERLYING_EVERY = 100  # option ticks to one of the underlying
OPEN_INTEREST_EVERY = 40  # ticks of a contract


@dataclass(slots=True)
class Ticking:
    """What a tick moves of one contract."""

    symbol: str
    bid: float
    mean: float
    delta: float
    seen: int = 0


class Ticks:
    """Rows of all contracts in a seeded order, as many as are asked for; a tick moves a premium by one step or none."""

    def __init__(self, known: dict[str, Instrument]) -> None:
        self._chance = random.Random(7)
        self._ticking = [_ticking(instrument) for instrument in known.values()]
        self._by_symbol = {each.symbol: each for each in self._ticking}
        self.spot = SPOT
        self._told = 0

    def batch(self, at_ns: int, count: int) -> Batch:
        """So many ticks of one instant."""
        return self.of(at_ns, self._chance.choices(self._ticking, k=count))

    def of_symbols(self, at_ns: int, symbols: list[str]) -> Batch:
        """A tick of each of these."""
        return self.of(at_ns, [self._by_symbol[symbol] for symbol in symbols])

    def of(self, at_ns: int, ticking: list[Ticking]) -> Batch:
        """A tick of each of these, and of the underlying when its turn has come."""
        rows = tuple([self._row(each, at_ns) for each in ticking])
        self._told += len(rows)
        if self._told < UNDERLYING_EVERY:
            return Batch(at_ns, rows)
        self._told %= UNDERLYING_EVERY
        return Batch(at_ns, rows, (self.underlying(at_ns),))

    def underlying(self, at_ns: int) -> UnderlyingQuoted:
        """A row of the underlying."""
        self.spot = min(max(self.spot + self._chance.choice((-0.5, 0.0, 0.5)), SPOT - 50.0), SPOT + 50.0)
        return UnderlyingQuoted(UNDERLYING, at_ns, self.spot)

    def _row(self, ticking: Ticking, at_ns: int) -> Quoted:
        step = self._chance.choice((-0.05, 0.0, 0.05))
        ticking.bid = round(min(max(ticking.bid + step, ticking.mean * 0.95), ticking.mean * 1.05), 2)
        ticking.seen += 1
        oi = None if ticking.seen % OPEN_INTEREST_EVERY else 1000.0 * LOT + ticking.seen
        return Quoted(
            ticking.symbol, at_ns, ticking.bid, round(ticking.bid + 0.05, 2), 650.0, 975.0, ticking.bid, 65.0, None, oi,
            None, 0.12 + step * 0.01, ticking.delta, 0.0012, -12.0, 10.0, None, None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChainScene:
    """The session, what projects it, and its ticks; `begins_ns` is the first instant that has not been played."""

    session: Session
    projector: Projector
    ticks: Ticks
    symbols: list[str]
    begins_ns: int

    def frame(self) -> Frame:
        """The newest frame."""
        return self.projector.frame()

    def holds(self) -> None:
        """Raises when the measurement would be one of something else."""
        state = self.session.state
        if len(state.held) != POSITIONS or state.closed:
            raise SystemExit(f"{len(state.held)} positions are open, {len(state.closed)} closed; wanted {POSITIONS}")


def made_chain(history_s: int = HISTORY_S) -> ChainScene:
    """The session, warm: its positions have been open for `history_s` seconds."""
    known = {each.symbol: each for each in _contracts()}
    patient = profile()
    setup = Setup(
        market=market("nse"), terms=Terms(modelled=frozenset()), profiles={patient.name: patient},
        default_profile=patient.name, instruments=known, underlying_is_bars=frozenset(), first_ns=OPENED_NS,
        cash=Decimal(10**9),
    )  # fmt: skip
    state = opened(setup)
    session = Session(state, Paper(PaperOptions(), partial(quote_of, state)), Ledger(), None)
    scene = ChainScene(
        session, Projector(state, "bench", "REPLAY"), Ticks(known), list(known), OPENED_NS + history_s * NS
    )
    for event in _history(scene, history_s):
        session.take(event)
        if isinstance(event, Heartbeat):
            scene.frame()
    scene.holds()
    return scene


def _history(scene: ChainScene, seconds: int) -> Iterator[Batch | Heartbeat]:
    """All contracts once, the positions opened, and then a tick of each of them a second."""
    ticks, known = scene.ticks, scene.session.state.contracts
    soonest = [known[symbol].instrument for symbol in scene.symbols if known[symbol].instrument.expiry == EXPIRIES[0]]
    near = [each.symbol for each in soonest if each.strike is not None and abs(each.strike - SPOT) < NEAR_POINTS]
    bought = near[:POSITIONS]
    yield Batch(OPENED_NS, (), (ticks.underlying(OPENED_NS),))
    opening = ticks.of_symbols(OPENED_NS + NS, scene.symbols)
    yield opening._replace(entries=tuple(Entry(opening.at_ns, symbol, "buy", LOT) for symbol in bought))
    for second in range(2, seconds):
        at_ns = OPENED_NS + second * NS
        yield ticks.of_symbols(at_ns, bought)._replace(underlyings=(ticks.underlying(at_ns),))
        yield Heartbeat(at_ns)


def _contracts() -> Iterator[Instrument]:
    for expiry in EXPIRIES:
        for strike in STRIKES:
            for right in ("C", "P"):
                yield Instrument(
                    symbol=f"{UNDERLYING}{expiry:%y%m%d}{strike:.0f}{right}", underlying=UNDERLYING, expiry=expiry,
                    strike=strike, right=right, multiplier=1.0, lot=LOT, tick=0.05, currency="INR", market="nse",
                )  # fmt: skip


def _ticking(instrument: Instrument) -> Ticking:
    """A premium of the right size: intrinsic value, and time value that falls off with the distance."""
    strike = instrument.strike or 0.0
    side = 1.0 if instrument.right == "C" else -1.0
    away = side * (SPOT - strike)
    premium = round(max(away, 0.0) + 180.0 * exp(-abs(away) / 400.0), 1)
    return Ticking(instrument.symbol, premium, premium, side / (1.0 + exp(-away / 200.0)))
