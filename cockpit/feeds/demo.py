"""The demo: a simulated expiry afternoon in scenes; what the market does, and what is bought and sold into it."""

import math
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from cockpit.domain.instrument import Right
from cockpit.events import NS, Entry
from cockpit.feeds.recording import Recording
from cockpit.feeds.simulated_chain import LOT, NEXT_EXPIRY, STRIKE_STEP, symbol_of
from cockpit.feeds.simulated_path import Day, Path, Spell, walk
from cockpit.feeds.simulator import Attention, simulate

DEMO_SPEED = 10.0  # session seconds a second, unless asked otherwise
WATCHED_BEFORE_S, WATCHED_AFTER_S = 30.0, 720.0  # of an entry its contract is quoted twice a second

Expiry = Literal["today", "next"]


class Trade(NamedTuple):
    """An entry `at_s` after its scene began; `away` counts strikes from the first out of the money, below 0 is in it.

    The contract is not quoted from `silent_from_s` to `silent_to_s` of the scene.
    """

    at_s: float
    side: Literal["buy", "sell"]
    lots: int
    expiry: Expiry
    right: Right
    away: int = 0
    silent_from_s: float = 0.0
    silent_to_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Some minutes of the demo: `spells` and `trades` with times from its begin."""

    begin_min: float
    spells: tuple[Spell, ...]
    trades: tuple[Trade, ...] = ()


SCENES = (
    # a first impulse that fades, a fall, and volatility that collapses
    Scene(
        begin_min=0,
        spells=(
            Spell(begin_s=-7200, length_s=7200, volatility=0.8, pull_s=90),  # what came before was a range
            Spell(begin_s=0, length_s=4, volatility=0.3),
            Spell(begin_s=4, length_s=12, move_bps=9, volatility=0.4, volume=2.0),
            Spell(begin_s=16, length_s=14, move_bps=-5, volatility=0.4, volume=1.5),
            Spell(begin_s=30, length_s=60, volatility=0.4),
            Spell(begin_s=90, length_s=60, move_bps=-14, volatility=0.3, volume=1.5),
            Spell(begin_s=150, length_s=60, move_bps=5, volatility=0.4),
            Spell(begin_s=210, length_s=100, volatility=0.3, implied_pct=-15),
        ),
        trades=(
            Trade(1, "buy", 4, "today", "C"),
            Trade(1, "buy", 3, "next", "P"),
            Trade(1, "buy", 1, "today", "C", 1),
            Trade(1, "sell", 2, "next", "P", 2),
            Trade(50, "buy", 2, "next", "C"),
        ),
    ),
    # a calm trend up, a burst of volume that dries up, and the turn
    Scene(
        begin_min=7,
        spells=(
            Spell(begin_s=0, length_s=700, move_bps=37, volatility=0.3),
            Spell(begin_s=640, length_s=60, move_bps=2, volume=7.0),
            Spell(begin_s=700, length_s=90, move_bps=2, volatility=0.3, volume=0.3),
            Spell(begin_s=930, length_s=300, move_bps=-24, volatility=0.8, volume=1.4),
        ),
        trades=(
            Trade(-80, "buy", 1, "next", "P"),
            Trade(5, "buy", 3, "next", "C"),
            Trade(624, "buy", 2, "next", "C", -9),
            Trade(625, "buy", 5, "next", "C"),
            Trade(900, "buy", 4, "today", "C"),
            Trade(901, "buy", 2, "next", "C"),
            Trade(902, "buy", 2, "next", "P"),
        ),
    ),
    # open interest: calls leave and puts come, puts pile up, then everybody goes home
    Scene(
        begin_min=28,
        spells=(
            Spell(begin_s=0, length_s=1010, volatility=1.0, pull_s=50),
            Spell(begin_s=60, length_s=180, calls_pct=-3, puts_pct=4),
            Spell(begin_s=420, length_s=240, puts_pct=26),
            Spell(begin_s=650, length_s=180, volatility=0.4, calls_pct=-14, puts_pct=-14),
        ),
        trades=(
            Trade(50, "buy", 3, "next", "C"),
            Trade(400, "buy", 3, "next", "C", 1),
            Trade(620, "buy", 3, "next", "P"),
        ),
    ),
    # a quiet range
    Scene(
        begin_min=45,
        spells=(
            Spell(begin_s=0, length_s=60, move_bps=-4, volatility=0.15, volume=0.6),
            Spell(begin_s=60, length_s=60, move_bps=2.5, volatility=0.15, volume=0.6),
            Spell(begin_s=120, length_s=60, move_bps=-2.5, volatility=0.15, volume=0.6),
            Spell(begin_s=180, length_s=480, volatility=0.6, volume=0.6, pull_s=40),
        ),
        trades=(Trade(5, "buy", 1, "next", "C", 5),),
    ),
    # panic, and the calm after it
    Scene(
        begin_min=56,
        spells=(
            Spell(begin_s=0, length_s=540, volatility=2.5, volume=2.0, spread=2.0, implied_pct=14),
            Spell(begin_s=660, length_s=200, volatility=0.3, implied_pct=-16),
        ),
        trades=(
            Trade(120, "buy", 2, "next", "C"),
            Trade(121, "buy", 2, "next", "P", 1),
            Trade(640, "buy", 4, "today", "C"),
            Trade(641, "buy", 2, "next", "C"),
        ),
    ),
    # down, while one contract is not quoted
    Scene(
        begin_min=72,
        spells=(Spell(begin_s=0, length_s=480, move_bps=-28, volatility=0.4, implied_pct=4),),
        trades=(
            Trade(40, "buy", 3, "next", "P", 0, 70, 145),
            Trade(41, "buy", 4, "today", "P"),
            Trade(42, "sell", 2, "next", "C", 2),
        ),
    ),
    # away from the strikes
    Scene(
        begin_min=85,
        spells=(
            Spell(begin_s=30, length_s=50, move_bps=26, volatility=0.3, volume=3.0),
            Spell(begin_s=80, length_s=400, move_bps=3, volatility=0.3),
        ),
        trades=(Trade(25, "buy", 4, "today", "C", -2),),
    ),
    # nothing but time, near expiry, and the close
    Scene(
        begin_min=93,
        spells=(Spell(begin_s=0, length_s=900, volatility=0.2, volume=0.7),),
        trades=(
            Trade(30, "buy", 4, "today", "C"),
            Trade(680, "buy", 3, "next", "P"),
        ),
    ),
)


def demo_day(seed: int = 7) -> Day:
    """The demo's day, with the spells of all scenes."""
    spells = (replace(s, begin_s=s.begin_s + 60.0 * scene.begin_min) for scene in SCENES for s in scene.spells)
    return Day(seed=seed, spells=tuple(spells))


def demo_start_ns() -> int:
    """The first instant to be shown: what comes before it only warms the features and is to be played at once."""
    return Day().live_ns


def demo(seed: int = 7) -> tuple[Recording, list[Entry]]:
    """The simulated session and its scripted entries; the same for the same seed."""
    path = walk(demo_day(seed))
    entries: list[Entry] = []
    attention: list[Attention] = []
    for scene in SCENES:
        for trade in scene.trades:
            entry = _entry(path, scene, trade)
            entries.append(entry)
            attention += _attention(path, scene, trade, entry)
    return simulate(path, attention, name="demo"), entries


def _at_ns(path: Path, scene: Scene, seconds: float) -> int:
    return path.day.live_ns + round((60.0 * scene.begin_min + seconds) * NS)


def _entry(path: Path, scene: Scene, trade: Trade) -> Entry:
    """The trade in the contract that the underlying's price makes it at that instant."""
    at_ns = _at_ns(path, scene, trade.at_s)
    steps = path.spot_at(at_ns) / STRIKE_STEP
    strike = STRIKE_STEP * (math.ceil(steps) + trade.away if trade.right == "C" else math.floor(steps) - trade.away)
    expiry = path.day.on if trade.expiry == "today" else path.day.on + NEXT_EXPIRY
    return Entry(at_ns, symbol_of(expiry, strike, trade.right), trade.side, trade.lots * LOT)


def _attention(path: Path, scene: Scene, trade: Trade, entry: Entry) -> list[Attention]:
    begin_ns, end_ns = entry.at_ns - round(WATCHED_BEFORE_S * NS), entry.at_ns + round(WATCHED_AFTER_S * NS)
    watched = [Attention(entry.symbol, begin_ns, end_ns)]
    if trade.silent_to_s > trade.silent_from_s:
        span = (_at_ns(path, scene, trade.silent_from_s), _at_ns(path, scene, trade.silent_to_s))
        watched.append(Attention(entry.symbol, *span, silent=True))
    return watched
