"""The demo: a simulated expiry afternoon in scenes, each with what the market does and what is bought or sold into it."""

import math
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from cockpit.domain.instrument import Right
from cockpit.events import NS, Entry
from cockpit.feeds.recording import Recording
from cockpit.feeds.simulated_chain import LOT, NEXT_EXPIRY, STRIKE_STEP, symbol_of
from cockpit.feeds.simulated_path import Path, Plan, Spell, walk
from cockpit.feeds.simulator import Attention, simulate

DEMO_SPEED = 10.0  # session seconds a second, unless asked otherwise
WATCHED_BEFORE_S, WATCHED_AFTER_S = 30.0, 720.0  # of an entry its contract is quoted twice a second

Expiry = Literal["today", "next"]


class Order(NamedTuple):
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
    """Some minutes of the demo: `spells` and `orders` with times from its begin."""

    title: str
    begin_min: float
    spells: tuple[Spell, ...]
    orders: tuple[Order, ...] = ()


SCENES = (
    Scene(
        title="a first impulse that fades, a fall, and volatility that collapses",
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
        orders=(
            Order(1.0, "buy", 4, "today", "C"),
            Order(1.1, "buy", 3, "next", "P"),
            Order(1.2, "buy", 1, "today", "C", 1),
            Order(1.3, "sell", 2, "next", "P", 2),
            Order(50, "buy", 2, "next", "C"),
        ),
    ),
    Scene(
        title="a calm trend up, a burst of volume that dries up, and the turn",
        begin_min=7,
        spells=(
            Spell(begin_s=0, length_s=600, move_bps=32, volatility=0.3),
            Spell(begin_s=600, length_s=60, move_bps=5, volatility=0.3, volume=7.0),
            Spell(begin_s=660, length_s=90, move_bps=2, volatility=0.3, volume=0.3),
            Spell(begin_s=870, length_s=300, move_bps=-24, volatility=0.8, volume=1.4),
        ),
        orders=(
            Order(5, "buy", 3, "next", "C"),
            Order(540, "buy", 2, "next", "C", -8),
            Order(541, "buy", 5, "next", "C"),
            Order(840, "buy", 4, "today", "C"),
            Order(841, "buy", 2, "next", "C"),
            Order(842, "buy", 2, "next", "P"),
        ),
    ),
    Scene(
        title="open interest: calls leave and puts come, puts pile up, then everybody goes home",
        begin_min=28,
        spells=(
            Spell(begin_s=0, length_s=1010, volatility=1.0, pull_s=50),
            Spell(begin_s=60, length_s=180, calls_pct=-3, puts_pct=4),
            Spell(begin_s=420, length_s=240, puts_pct=26),
            Spell(begin_s=660, length_s=180, calls_pct=-10, puts_pct=-10),
        ),
        orders=(
            Order(30, "buy", 3, "next", "C"),
            Order(400, "buy", 3, "next", "C", 1),
            Order(620, "buy", 3, "next", "P"),
        ),
    ),
    Scene(
        title="a quiet range",
        begin_min=45,
        spells=(
            Spell(begin_s=0, length_s=60, move_bps=-4, volatility=0.15, volume=0.6),
            Spell(begin_s=60, length_s=60, move_bps=2.5, volatility=0.15, volume=0.6),
            Spell(begin_s=120, length_s=60, move_bps=-2.5, volatility=0.15, volume=0.6),
            Spell(begin_s=180, length_s=480, volatility=0.6, volume=0.6, pull_s=40),
        ),
        orders=(Order(5, "buy", 1, "next", "C", 5),),
    ),
    Scene(
        title="panic, and the calm after it",
        begin_min=56,
        spells=(
            Spell(begin_s=0, length_s=540, volatility=2.5, volume=2.0, spread=2.0, implied_pct=14),
            Spell(begin_s=660, length_s=200, volatility=0.3, implied_pct=-16),
        ),
        orders=(
            Order(120, "buy", 2, "next", "C"),
            Order(121, "buy", 2, "next", "P", 1),
            Order(640, "buy", 4, "today", "C"),
            Order(641, "buy", 2, "next", "C"),
        ),
    ),
    Scene(
        title="down, while one contract is not quoted",
        begin_min=72,
        spells=(Spell(begin_s=0, length_s=480, move_bps=-28, volatility=0.4, implied_pct=4),),
        orders=(
            Order(10, "buy", 3, "next", "P", 0, 60, 135),
            Order(11, "buy", 4, "today", "P"),
            Order(12, "sell", 2, "next", "C", 2),
        ),
    ),
    Scene(
        title="away from the strikes",
        begin_min=85,
        spells=(Spell(begin_s=30, length_s=240, move_bps=28, volatility=0.3, volume=1.5),),
        orders=(Order(20, "buy", 4, "today", "C", -2),),
    ),
    Scene(
        title="nothing but time, near expiry, and the close",
        begin_min=93,
        spells=(Spell(begin_s=0, length_s=900, volatility=0.2, volume=0.7),),
        orders=(
            Order(30, "buy", 4, "today", "C"),
            Order(680, "buy", 3, "next", "P"),
        ),
    ),
)


def demo_plan(seed: int = 7) -> Plan:
    """The demo's day, with the spells of all scenes."""
    spells = (replace(s, begin_s=s.begin_s + 60.0 * scene.begin_min) for scene in SCENES for s in scene.spells)
    return Plan(seed=seed, spells=tuple(spells))


def demo_start_ns() -> int:
    """The first instant to be shown: what comes before it only warms the features and is to be played at once."""
    return Plan().live_ns


def demo(seed: int = 7) -> tuple[Recording, list[Entry]]:
    """The simulated session and its scripted entries; the same for the same seed."""
    path = walk(demo_plan(seed))
    entries: list[Entry] = []
    attention: list[Attention] = []
    for scene in SCENES:
        for order in scene.orders:
            entry = _entry(path, scene, order)
            entries.append(entry)
            attention += _attention(path, scene, order, entry)
    return simulate(path, attention, name="demo"), entries


def _at_ns(path: Path, scene: Scene, seconds: float) -> int:
    return path.plan.live_ns + round((60.0 * scene.begin_min + seconds) * NS)


def _entry(path: Path, scene: Scene, order: Order) -> Entry:
    """The order in the contract that the underlying's price makes it at that instant."""
    at_ns = _at_ns(path, scene, order.at_s)
    steps = path.spot_at(at_ns) / STRIKE_STEP
    strike = STRIKE_STEP * (math.ceil(steps) + order.away if order.right == "C" else math.floor(steps) - order.away)
    expiry = path.plan.day if order.expiry == "today" else path.plan.day + NEXT_EXPIRY
    return Entry(at_ns, symbol_of(expiry, strike, order.right), order.side, order.lots * LOT)


def _attention(path: Path, scene: Scene, order: Order, entry: Entry) -> list[Attention]:
    begin_ns, end_ns = entry.at_ns - round(WATCHED_BEFORE_S * NS), entry.at_ns + round(WATCHED_AFTER_S * NS)
    watched = [Attention(entry.symbol, begin_ns, end_ns)]
    if order.silent_to_s > order.silent_from_s:
        span = (_at_ns(path, scene, order.silent_from_s), _at_ns(path, scene, order.silent_to_s))
        watched.append(Attention(entry.symbol, *span, silent=True))
    return watched
