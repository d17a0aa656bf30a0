"""The demo: a simulated expiry afternoon whose spells lead scripted positions into the rules."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, TypedDict

from cockpit.domain.instrument import Right
from cockpit.events import NS, Entry
from cockpit.feeds.recording import Recording
from cockpit.feeds.simulated_chain import LOT, NEXT_EXPIRY, STRIKE_STEP, nearest_strike, symbol_of
from cockpit.feeds.simulated_path import MARKET, Path, Plan, Spell, walk
from cockpit.feeds.simulator import Attention, simulate
from cockpit.routing.walk import Walk
from cockpit.settings import market

SPEED = 10  # of playback, unless asked otherwise
START_NS = Plan().live_ns  # what comes before only warms the features and is played at once

MIN = 60.0
SPELLS = (
    # a first impulse that fades at once
    Spell(begin_s=4, length_s=12, move_bps=9, volatility=0.5, volume=2.0),
    Spell(begin_s=16, length_s=14, move_bps=-5, volatility=0.5, volume=1.5),
    Spell(begin_s=30, length_s=120, volatility=0.5),
    Spell(begin_s=150, length_s=150, move_bps=-2, volatility=0.5, implied_pct=-15),
    # a calm trend up, into a climax of volume that dries up
    Spell(begin_s=8 * MIN, length_s=12 * MIN, move_bps=36, volatility=0.45, volume=1.2),
    Spell(begin_s=15 * MIN, length_s=60, move_bps=6, volume=7.0),
    Spell(begin_s=16 * MIN, length_s=90, volume=0.3),
    # it turns
    Spell(begin_s=21 * MIN, length_s=5 * MIN, move_bps=-24, volume=1.4),
    # open interest: puts are written, then everybody leaves
    Spell(begin_s=29 * MIN, length_s=4 * MIN, volatility=0.6, calls_pct=-3, puts_pct=4),
    Spell(begin_s=34 * MIN, length_s=5 * MIN, volatility=0.6, calls_pct=-9, puts_pct=-9),
    # a quiet range
    Spell(begin_s=40 * MIN, length_s=12 * MIN, volatility=0.3, volume=0.6),
    # down
    Spell(begin_s=53 * MIN, length_s=9 * MIN, move_bps=-30, volatility=0.5, implied_pct=4),
    # panic, and the calm after it
    Spell(begin_s=64 * MIN, length_s=12 * MIN, volatility=2.6, volume=2.0, spread=2.0, implied_pct=14),
    Spell(begin_s=78 * MIN, length_s=4 * MIN, volatility=0.5, implied_pct=-16),
    # away from the strikes
    Spell(begin_s=85 * MIN, length_s=5 * MIN, move_bps=22, volatility=0.5, volume=1.5),
    # nothing but time, near expiry
    Spell(begin_s=92 * MIN, length_s=12 * MIN, volatility=0.25, volume=0.7),
)
FIRST, NEXT = 0, 1


class Wish(NamedTuple):
    """A scripted entry: when, in which contract (strikes from the money at that instant), and how much."""

    at_s: float
    side: Literal["buy", "sell"]
    lots: int
    expiry: int
    away: int
    right: Right


WISHES = (
    Wish(1.0, "buy", 4, FIRST, 0, "C"),
    Wish(1.4, "buy", 3, NEXT, 0, "P"),
    Wish(1.8, "buy", 1, FIRST, 1, "C"),
    Wish(2.2, "sell", 2, NEXT, -3, "P"),
)
for_tests = None


def demo(seed: int = 7):
    path = walk(Plan(seed=seed, spells=SPELLS))
    entries = [entry(path, w) for w in WISHES]
    att = [Attention(e.symbol, e.at_ns - 30*NS, e.at_ns + 12*60*NS) for e in entries]
    return simulate(path, att, name="demo"), entries

def entry(path, w):
    at = path.plan.live_ns + round(w.at_s * NS)
    strike = nearest_strike(path.spot_at(at)) + w.away * STRIKE_STEP
    expiry = path.plan.day + (NEXT_EXPIRY if w.expiry else NEXT_EXPIRY * 0)
    return Entry(at, symbol_of(expiry, strike, w.right), w.side, w.lots * LOT)
