"""Seeded synthetic days of one option: a wandering underlying, gaps, holes, jumps, bursts of volume, and one entry."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from cockpit.brokers.paper import Paper, PaperOptions
from cockpit.events import NS, Batch, Entry, Heartbeat, Quoted, UnderlyingQuoted
from cockpit.exits.profile import Profile
from cockpit.feeds.replay import BEAT_NS
from cockpit.journal.ledger import Ledger
from cockpit.market.terms import MODELLED, terms_for_replay
from cockpit.pricing.black76 import greeks, price
from cockpit.session import Session, quote_of
from cockpit.settings import market
from cockpit.state.market import opened
from cockpit.state.model import Setup, State
from tests.market_of import DAY, option

STRIKE = 1_000.0  # so that gamma a point lies about the documented thresholds
DAY_S = 21_900.0  # from 9:20 to 15:25
YEAR_S = 31_536_000.0
ENTERED = (0.005, 0.05, 0.2)  # one of these shares of the ticks is behind when the position is opened
BEAT_EVERY = 4  # ticks


@dataclass(slots=True, kw_only=True)
class Path:
    """Where everything stands at one tick."""

    rng: random.Random
    under: float = STRIKE
    drift: float = 0.0
    wildness: float = 1.0
    iv: float = 0.20
    interest: dict[str, float] = field(default_factory=lambda: {"C": 100_000.0, "P": 90_000.0})

    def step(self, gap_s: float) -> None:
        """So many seconds go by."""
        rng = self.rng
        if rng.random() < gap_s / 1_200.0:
            self.drift, self.wildness = rng.gauss(0.0, 2.0), math.exp(rng.gauss(0.0, 0.8))
        daily = math.sqrt(gap_s / DAY_S)
        self.under *= math.exp(self.drift * 0.01 * gap_s / 3_600.0 + rng.gauss(0.0, 0.012) * self.wildness * daily)
        self.iv = min(max(self.iv + rng.gauss(0.0, 0.02) * daily * self.wildness, 0.05), 0.9)
        right = rng.choice("CP")
        if rng.random() < 0.2:
            self.interest[right] = round(self.interest[right] * math.exp(rng.gauss(0.0, 0.01)))

    def rows(self, at_ns: int, left_s: float) -> tuple[Quoted, ...]:
        """A row of the call, and now and then one of the put."""
        rng, years = self.rng, left_s / YEAR_S
        mid = max(price(self.under, STRIKE, years, self.iv, True), 0.2)
        if rng.random() < 0.01:
            mid *= rng.choice((0.5, 1.6))
        half = 0.05 * rng.choice((0, 1, 1, 2, 4)) / 2.0
        bid, ask = (round(round(x / 0.05) * 0.05, 2) for x in (mid - half, mid + half))
        quote: tuple[float | None, float | None] = (bid, ask)
        if rng.random() < 0.05:
            quote = rng.choice(((None, None), (0.0, ask), (bid, 0.0), (ask + 0.05, bid), (bid, bid * 1.5)))
        delta, gamma, theta, vega, _ = greeks(self.under, STRIKE, years, self.iv, True)
        volume = round(math.exp(rng.gauss(3.0, 1.0)) * (10.0 if rng.random() < 0.02 else 1.0))
        row = Quoted("C", at_ns, *quote, 50.0, 50.0, mid, float(volume), None, self.interest["C"], None, self.iv,
                     delta, gamma, theta, vega)  # fmt: skip
        if rng.random() < 0.05:
            row = row._replace(**dict.fromkeys(rng.sample(("iv", "delta", "gamma", "theta", "volume"), 2)))
        if rng.random() < 0.2:
            return (row, Quoted("P", at_ns, open_interest=self.interest["P"]))
        return (row,)


def day(seed: int, ticks: int) -> list[Batch | Heartbeat]:
    """So many ticks of the call over one day, and heartbeats between them."""
    rng = random.Random(f"day {seed}")
    path, found = Path(rng=rng), list[Batch | Heartbeat]()
    zone = ZoneInfo("Asia/Kolkata")
    at_ns = int(datetime.combine(DAY, time(9, 20), zone).timestamp()) * NS
    expiry_ns = at_ns + 6 * 86_400 * NS
    for i in range(ticks):
        gap_s = gap(rng, ticks)
        before, at_ns = at_ns, at_ns + round(gap_s * NS)
        if i % BEAT_EVERY == 0 and (beat := before + -before % BEAT_NS) < at_ns:
            found.append(Heartbeat(beat))
        path.step(gap_s)
        volume = float(round(math.exp(rng.gauss(5.0, 1.0)))) if rng.random() > 0.01 else 5_000.0
        under = (UnderlyingQuoted("NIFTY", at_ns, path.under, volume=volume),) if rng.random() > 0.1 else ()
        found.append(Batch(at_ns, path.rows(at_ns, (expiry_ns - at_ns) / NS), under))
    return found


def gap(rng: random.Random, ticks: int) -> float:
    """Seconds to the next tick: usually more or less, in a burst hardly any, now and then very many."""
    chance = rng.random()
    if chance < 0.002:
        return 100.0
    return rng.uniform(0.05, 1.5) if chance < 0.3 else max(rng.expovariate(0.7 * ticks / DAY_S), 0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day with its entry, played by a session of its own, or seen by the laboratory."""

    seed: int
    ticks: int
    chosen: Profile

    def script(self) -> list[Batch | Heartbeat]:
        """Its events; the entry travels in a batch."""
        rng, found = random.Random(f"entry {self.seed}"), day(self.seed, self.ticks)
        due = next(i for i in range(int(len(found) * rng.choice(ENTERED)), len(found)) if is_calm(found, i))
        batch = found[due]
        assert isinstance(batch, Batch)
        entry = Entry(batch.at_ns, "C", rng.choice(("buy", "buy", "sell")), rng.choice((1, 2, 3, 10, 60)),
                      profile=self.chosen.name)  # fmt: skip
        found[due] = batch._replace(entries=(entry,))
        return found

    def opened(self) -> State:
        """A state before its first event."""
        call, put = (replace(option(right, right, days=6), strike=STRIKE) for right in ("C", "P"))
        setup = Setup(
            market=market("nse"),
            terms=terms_for_replay(DAY_S / self.ticks, has_quotes=True, columns=frozenset(MODELLED)),
            profiles={self.chosen.name: self.chosen},
            default_profile=self.chosen.name,
            instruments={"C": call, "P": put},
            underlying_is_bars=frozenset(),
            first_ns=day(self.seed, 1)[-1].at_ns,
            cash=Decimal(1_000_000),
            cooldown=False,
        )
        return opened(setup)


def is_calm(found: Sequence[Batch | Heartbeat], i: int) -> bool:
    """Whether an entry at that event would fill: it is quoted, and no jump from the quotes before it."""
    if not isinstance(found[i], Batch):
        return False
    rows = [event.quotes[0] for event in found[max(i - 9, 0) : i + 1] if isinstance(event, Batch)]
    bids = [row.bid for row in rows if row.bid and row.ask and row.bid < row.ask < 1.2 * row.bid]
    return bool(bids) and rows[-1].bid == bids[-1] and max(bids) < 1.2 * min(bids)


class Played:
    """A day as `cockpit.wiring.Replay` is one: with a session, or for the laboratory alone."""

    def __init__(self, of: Day) -> None:
        self.state = of.opened()
        self.session = Session(self.state, Paper(PaperOptions(), partial(quote_of, self.state)), Ledger(), None)
        self._script = of.script()

    def events(self) -> Iterator[Batch | Heartbeat]:
        """All of them."""
        return iter(self._script)
