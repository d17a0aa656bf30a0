"""A session under measurement: open positions, eight rules that never fire, and prepared ticks of one contract."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

from cockpit.brokers.paper import Paper, PaperOptions
from cockpit.domain.instrument import Instrument
from cockpit.events import NS, Batch, Entry, Heartbeat, Quoted
from cockpit.exits.profile import Profile, parse
from cockpit.journal.ledger import Ledger
from cockpit.market.terms import Terms
from cockpit.projection.projector import Projector
from cockpit.session import Session, quote_of
from cockpit.settings import market
from cockpit.state.market import opened
from cockpit.state.model import Setup

OPENED_NS = int(datetime(2026, 8, 17, 3, 45, tzinfo=UTC).timestamp()) * NS  # 9:15 in Mumbai
EXPIRY = date(2026, 8, 25)
TICKS_A_SECOND = 10
BEAT_NS = NS // 4
OPENING_NS = 60 * NS
TRADES_EVERY = 3  # ticks
MEASURED = "NIFTY26AUG24000C"
UNDERLYINGS = 20  # over which the further positions are spread
PATIENT = {  # the eight rules of scalp, with limits that the ticks never reach
    "session_cutoff": "lunch = false",
    "holding_limit": "max_held_s = 86400",
    "theta_decay": "max_held_s = 86400\nmax_rate = 10",
    "open_interest_reversal": "",
    "exhaustion": "climax_ratio = 100\ndivergence_points = 10000\ncandle_delta = 0",
    "protective_stop": "",
    "greeks_trailing_stop": "arm_gain_pct = 100",
    "scale_out": "min_gain_pct = 900",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A session with its positions open, what projects it, and the events still to come."""

    session: Session
    projector: Projector
    ledger: Ledger
    events: list[Batch]

    def opens_and_holds(self, positions: int) -> None:
        """Raises when the measurement would be one of something else."""
        state = self.session.state
        if len(state.held) != positions or state.closed:
            raise SystemExit(f"{len(state.held)} positions are open, {len(state.closed)} closed; wanted {positions}")


def profile_text() -> str:
    """The patient rules, in the order of scalp."""
    rules = "\n".join(f'[[rules]]\nrule = "{name}"\n{limits}' for name, limits in PATIENT.items())
    return f'name = "patient"\n{rules}'


def profile() -> Profile:
    """The same, checked."""
    return parse(profile_text(), "patient", _extends_nothing)


def _extends_nothing(name: str) -> str:
    raise KeyError(name)


def contract(symbol: str, underlying: str) -> Instrument:
    """A call on an index of the NSE, eight days before its expiry."""
    return Instrument(
        symbol=symbol, underlying=underlying, expiry=EXPIRY, strike=24_000.0, right="C", multiplier=1.0, lot=1,
        tick=0.05, currency="INR", market="nse",
    )  # fmt: skip


def made(ticks: int, others: int = 0) -> Scene:
    """A session that holds one position on the contract that ticks, and `others` on contracts that do not.

    All Greeks are given; nothing is modelled, so that the rules are measured and not the model.
    """
    known = {MEASURED: contract(MEASURED, "NIFTY")}
    for k in range(others):
        symbol = f"OTHER{k:04d}"
        known[symbol] = contract(symbol, f"INDEX{k % UNDERLYINGS:02d}")
    patient = profile()
    setup = Setup(
        market=market("nse"), terms=Terms(modelled=frozenset()), profiles={patient.name: patient},
        default_profile=patient.name, instruments=known, underlying_is_bars=frozenset(), first_ns=OPENED_NS,
        cash=Decimal(10**9),
    )  # fmt: skip
    state = opened(setup)
    ledger = Ledger()
    session = Session(state, Paper(PaperOptions(), partial(quote_of, state)), ledger, None)
    for batch in openings(list(known)):
        session.take(batch)
    scene = Scene(session, Projector(state, "bench", "REPLAY"), ledger, list(prepared(ticks)))
    scene.opens_and_holds(1 + others)
    return scene


def openings(symbols: list[str]) -> Iterator[Batch]:
    """Entries spread over the minute before the ticks, so that the samples of every minute are spread too."""
    for k, symbol in enumerate(symbols):
        at_ns = OPENED_NS + k * OPENING_NS // len(symbols)
        yield Batch(at_ns, (quote(symbol, at_ns, 200.0),), entries=(Entry(at_ns, symbol, "buy", 100),))


def quote(symbol: str, at_ns: int, bid: float, row: int = 0) -> Quoted:
    """Quote, open interest, underlying and all Greeks; every third row is a trade."""
    volume = None if row % TRADES_EVERY else 25.0
    return Quoted(
        symbol, at_ns, bid, round(bid + 0.05, 2), 100.0, 150.0, bid, volume, None, 1000.0 + row // 100, 23_800.0 + bid,
        0.15 + row % 7 * 0.0001, 0.55, 0.0012, -12.0, 10.0, None, None,
    )  # fmt: skip


def prepared(ticks: int) -> Iterator[Batch]:
    """Ticks of the measured contract on a seeded walk, ten a second of session time."""
    walk = random.Random(7)
    bid = 200.0
    for row in range(1, ticks + 1):
        bid = min(max(round(bid + walk.choice((-0.05, 0.0, 0.05)), 2), 180.0), 220.0)
        at_ns = OPENED_NS + OPENING_NS + row * NS // TICKS_A_SECOND
        yield Batch(at_ns, (quote(MEASURED, at_ns, bid, row),))


def with_heartbeats(batches: list[Batch]) -> Iterator[list[Batch | Heartbeat]]:
    """The ticks up to a whole quarter second, then its heartbeat, as a feed sends them; one list a quarter second."""
    beat = batches[0].at_ns + BEAT_NS - batches[0].at_ns % BEAT_NS
    waiting: list[Batch | Heartbeat] = []
    for batch in batches:
        while beat < batch.at_ns:
            yield [*waiting, Heartbeat(beat)]
            waiting = []
            beat += BEAT_NS
        waiting.append(batch)
    yield waiting
