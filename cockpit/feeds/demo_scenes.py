"""The scenes of the demo: what the market does in them, what is traded, and what its trader asks for."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from cockpit.commands import Command, Veto
from cockpit.domain.instrument import Right
from cockpit.feeds.simulated_path import Spell

Expiry = Literal["today", "next"]
OWN = "-"  # the position that the trade opens


class Trade(NamedTuple):
    """An entry `at_s` after its scene began; `away` counts strikes from the first out of the money, below 0 is in it.

    Without `profile` the session's own supervises it. `asks` are commands about it, by seconds of the scene;
    `stop_bps` is a stop of its own, so far from the underlying at its entry. The contract is not quoted from
    `silent_from_s` to `silent_to_s` of the scene.
    """

    at_s: float
    side: Literal["buy", "sell"]
    lots: int
    expiry: Expiry
    right: Right
    away: int = 0
    profile: str | None = None
    asks: tuple[tuple[float, Command], ...] = ()
    stop_bps: float | None = None
    silent_from_s: float = 0.0
    silent_to_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Some minutes of the demo: all with times from its begin, that in minutes of the tour."""

    begin_min: float
    spells: tuple[Spell, ...]
    trades: tuple[Trade, ...] = ()
    planned_s: tuple[float, ...] = ()
    """Seconds at which a cooldown is ended by hand, for what had been planned before it."""


def vetoes(*rules: str, at_s: float, for_s: float, reason: str) -> tuple[tuple[float, Command], ...]:
    """The rules may not act on the position for so long."""
    return tuple((at_s, Veto(position=OWN, rule=rule, for_s=for_s, reason=reason)) for rule in rules)


def keep(at_s: float, reason: str, for_s: float = 1400.0) -> tuple[tuple[float, Command], ...]:
    """Nothing that may be vetoed acts on the position for so long; unless told otherwise, past its longest time."""
    return ((at_s, Veto(position=OWN, for_s=for_s, reason=reason)),)


def only_open_interest(at_s: float) -> tuple[tuple[float, Command], ...]:
    """What would leave for any other reason may not."""
    rules = ("theta_decay", "exhaustion", "greeks_trailing_stop", "scale_out")
    return vetoes(*rules, at_s=at_s, for_s=420, reason="only open interest counts")


HOLD_ON = vetoes("greeks_trailing_stop", at_s=623, for_s=165, reason="the burst may run its course")
SIGNALS = ("regime_change", "momentum_reversal", "volume_climax", "divergence", "profit_extreme")

SCENES = (
    # a first impulse that fades, a fall, and volatility that is sold
    Scene(
        begin_min=0,
        spells=(
            Spell(begin_s=-7260, length_s=7170, volatility=1.6, pull_s=90),  # what came before was a range
            Spell(begin_s=-90, length_s=78, move_bps=3, volatility=0.5),
            Spell(begin_s=-12, length_s=24, volatility=0.5),
            Spell(begin_s=12, length_s=18, move_bps=8, volatility=0.8, volume=2.0),
            Spell(begin_s=30, length_s=30, move_bps=-5, volatility=0.8, volume=1.5),
            Spell(begin_s=60, length_s=50, volatility=1.0),
            Spell(begin_s=110, length_s=110, move_bps=-13, volatility=0.9, volume=1.5),
            Spell(begin_s=220, length_s=80, move_bps=6, volatility=1.0),
            Spell(begin_s=150, length_s=270, implied_pct=-12.5),
            Spell(begin_s=300, length_s=120, volatility=1.0, pull_s=60),
        ),
        trades=(
            Trade(-12.0, "buy", 2, "next", "C", 9, "ladder", stop_bps=120,
                  asks=vetoes(*SIGNALS, "staged_trailing_stop", at_s=-10, for_s=7400, reason="held for the day")),
            Trade(-12.0, "buy", 2, "next", "C", -7, "scalp", asks=keep(-11, "core holding for twenty minutes")),
            Trade(-12.0, "buy", 4, "today", "C"),
            Trade(-12.0, "buy", 5, "next", "C", -1, "scalp"),
            Trade(-12.0, "buy", 3, "next", "P"),
            Trade(-12.0, "buy", 2, "next", "P", 1, "ladder"),
            Trade(-12.0, "sell", 2, "next", "P", 3),
            Trade(42.0, "buy", 2, "today", "P", 2),
            Trade(110.0, "buy", 2, "next", "C"),
            Trade(110.0, "buy", 2, "next", "P", 4, "ladder"),
            Trade(111.0, "buy", 3, "today", "P", 1, "scalp"),
        ),
        planned_s=(109.0,),
    ),
    # a calm trend up, a burst of volume that dries up, and the turn
    Scene(
        begin_min=7,
        spells=(
            Spell(begin_s=0, length_s=760, move_bps=44, volatility=1.5, pull_s=90),
            Spell(begin_s=640, length_s=60, volume=7.0),
            Spell(begin_s=700, length_s=90, volume=0.3),
            Spell(begin_s=760, length_s=170, volatility=1.5, pull_s=90),
            Spell(begin_s=930, length_s=300, move_bps=-24, volatility=1.6, pull_s=120, volume=1.4),
            Spell(begin_s=1230, length_s=30, volatility=1.6),
        ),
        trades=(
            Trade(2.0, "buy", 3, "next", "C", 1, "ladder",
                  asks=vetoes("profit_extreme", "volume_climax", "regime_change", at_s=10, for_s=1200,
                              reason="the trail may take it")),
            Trade(2.0, "buy", 3, "next", "C", 2, "ladder",
                  asks=vetoes("staged_trailing_stop", "momentum_reversal", "regime_change", at_s=11, for_s=1200,
                              reason="only a good profit counts")),
            Trade(2.0, "buy", 3, "next", "C"),
            Trade(2.0, "buy", 3, "next", "C", 3, "scalp"),
            Trade(2.0, "buy", 2, "next", "P", 6, "scalp",
                  asks=keep(3, "against the squeeze, to its stop", for_s=1000.0)),
            Trade(2.0, "buy", 1, "next", "P", -1),
            Trade(90.0, "buy", 2, "next", "P", 2, "ladder", stop_bps=45,
                  asks=vetoes("momentum_reversal", at_s=92, for_s=600, reason="only a new regime counts")),
            Trade(300.0, "buy", 2, "next", "P", -2, "ladder", stop_bps=12,
                  asks=vetoes("momentum_reversal", "regime_change", at_s=302, for_s=600, reason="its stop is close")),
            Trade(622.0, "buy", 2, "next", "C", -7, asks=HOLD_ON),
            Trade(622.0, "buy", 5, "next", "C", asks=HOLD_ON),
            Trade(622.0, "buy", 1, "next", "C", 4, "ladder"),
            Trade(622.0, "buy", 2, "next", "C", 5, "ladder",
                  asks=vetoes("volume_climax", "profit_extreme", "divergence", at_s=624, for_s=900,
                              reason="only a turn counts")),
            Trade(636.0, "buy", 2, "next", "P", 5, "scalp",
                  asks=vetoes("theta_decay", at_s=636.3, for_s=120, reason="only the burst counts")),
            Trade(900.0, "buy", 4, "today", "C"),
            Trade(900.0, "buy", 2, "next", "C", 1, "ladder"),
            Trade(900.0, "buy", 2, "next", "P"),
            Trade(1055.0, "buy", 2, "next", "C", 3, "ladder"),
        ),
        planned_s=(0.0, 89.0, 299.0, 621.0, 899.0, 1054.0),
    ),
    # open interest: calls leave and puts come, puts pile up, then everybody goes home
    Scene(
        begin_min=28,
        spells=(
            Spell(begin_s=0, length_s=50, volatility=1.2, pull_s=50),
            Spell(begin_s=50, length_s=150, move_bps=-5, volatility=1.3, pull_s=60),
            Spell(begin_s=200, length_s=200, volatility=1.4, pull_s=50),
            Spell(begin_s=400, length_s=200, move_bps=-4, volatility=1.3, pull_s=60),
            Spell(begin_s=620, length_s=220, move_bps=3, volatility=1.3, pull_s=60),
            Spell(begin_s=840, length_s=180, volatility=1.4, pull_s=50),
            Spell(begin_s=60, length_s=180, calls_pct=-4, puts_pct=5),
            Spell(begin_s=405, length_s=420, puts_pct=26),
            Spell(begin_s=840, length_s=300, calls_pct=-10, puts_pct=-10),
        ),
        trades=(
            Trade(48.0, "buy", 2, "next", "P", -3, asks=keep(50, "a hedge while the range lasts")),
            Trade(48.0, "buy", 3, "next", "C"),
            Trade(48.0, "buy", 3, "next", "C", 2, "scalp", asks=only_open_interest(48.3)),
            Trade(48.0, "buy", 2, "next", "C", 4, "ladder"),
            Trade(400.0, "buy", 3, "next", "C", 1),
            Trade(400.0, "buy", 2, "next", "C", 3, "scalp", asks=only_open_interest(400.3)),
            Trade(620.0, "buy", 3, "next", "P"),
        ),
        planned_s=(47.0, 399.0, 619.0),
    ),
    # a quiet range
    Scene(
        begin_min=45,
        spells=(
            Spell(begin_s=0, length_s=60, move_bps=-4, volatility=0.3, volume=0.6),
            Spell(begin_s=60, length_s=60, move_bps=2.5, volatility=0.3, volume=0.6),
            Spell(begin_s=120, length_s=60, move_bps=-2.5, volatility=0.3, volume=0.6),
            Spell(begin_s=180, length_s=480, volatility=1.2, volume=0.6, pull_s=40, implied_pct=6),
        ),
        trades=(
            Trade(5.0, "buy", 1, "next", "C", 5),
            Trade(5.0, "buy", 2, "next", "P", -1, "ladder"),
            Trade(600.0, "buy", 2, "next", "P", 2, "ladder"),
        ),
        planned_s=(4.0, 599.0),
    ),
    # panic, and the calm after it
    Scene(
        begin_min=56,
        spells=(
            Spell(begin_s=0, length_s=540, volatility=5.0, volume=1.5, spread=2.0, implied_pct=16),
            Spell(begin_s=540, length_s=120, volatility=2.5),
            Spell(begin_s=660, length_s=300, volatility=1.6, pull_s=150, implied_pct=-15),
        ),
        trades=(
            Trade(120.0, "buy", 2, "next", "C"),
            Trade(120.0, "buy", 2, "next", "P", 1),
            Trade(640.0, "buy", 4, "today", "C"),
            Trade(640.0, "buy", 2, "next", "C"),
        ),
        planned_s=(119.0, 639.0),
    ),
    # down, while one contract is not quoted
    Scene(
        begin_min=72,
        spells=(
            Spell(begin_s=0, length_s=480, move_bps=-28, volatility=2.0, pull_s=120, implied_pct=4),
            Spell(begin_s=480, length_s=300, volatility=2.0, pull_s=150),
        ),
        trades=(
            Trade(40.0, "buy", 3, "next", "P", silent_from_s=70, silent_to_s=145),
            Trade(40.0, "buy", 4, "today", "P"),
            Trade(40.0, "sell", 2, "next", "C", 2),
            Trade(75.0, "buy", 2, "next", "C", -1, "ladder"),
        ),
        planned_s=(39.0, 74.0),
    ),
    # away from the strikes
    Scene(
        begin_min=85,
        spells=(
            Spell(begin_s=30, length_s=150, move_bps=18, volatility=1.9, pull_s=60, volume=3.0),
            Spell(begin_s=180, length_s=300, move_bps=3, volatility=1.9, pull_s=150),
        ),
        trades=(
            Trade(25.0, "buy", 4, "today", "C", -2),
            Trade(25.0, "buy", 3, "next", "C", 3, "ladder"),
            Trade(25.0, "sell", 2, "next", "P", 2),
        ),
        planned_s=(24.0,),
    ),
    # nothing but time, near expiry, and the close
    Scene(
        begin_min=93,
        spells=(
            Spell(begin_s=0, length_s=1220, volatility=2.0, volume=0.7, pull_s=400),
            Spell(begin_s=1220, length_s=90, move_bps=3, volume=0.7, pull_s=60),
            Spell(begin_s=1310, length_s=910, volatility=1.8, volume=0.7),
        ),
        trades=(
            Trade(30.0, "buy", 4, "today", "C"),
            Trade(30.0, "buy", 3, "today", "P", 0, "ladder"),
            Trade(660.0, "buy", 3, "today", "C", 1, "ladder"),
            # the veto ends with the minute in which the cutoff comes, and what it held back loses to it
            Trade(660.0, "buy", 2, "next", "C", 1, asks=keep(662, "to the end of the day", for_s=658.0)),
            Trade(1308.0, "buy", 3, "next", "P"),
            Trade(1308.0, "buy", 2, "next", "P", 2, "scalp"),
            Trade(1308.0, "buy", 2, "today", "P", 2, "ladder"),
        ),
        planned_s=(29.0, 659.0, 1307.0),
    ),
)  # fmt: skip
