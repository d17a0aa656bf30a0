"""Trails in stages: the further the best gain has come, the wider the trail and the more of the gain is locked in."""

from typing import Any

from cockpit.exits.rule import (
    EPS,
    HOLD,
    NAN,
    NO,
    UNSEEN,
    Level,
    Reading,
    at,
    example,
    memory,
    param,
    parameters,
    table,
    tighter,
    triggers,
)
from cockpit.exits.stops import ratchet, struck
from cockpit.exits.view import OWN, UNDERLYING, Position
from cockpit.market.view import Market


@parameters
class Stage:
    """One stage of the trail, in bps of the gain basis, times the scale."""

    reached_bps: float = param(50.0, "bps", 0.1, 1e6, "Best gain that opens the stage, inclusive.")
    trail_bps: float = param(25.0, "bps", 0.1, 1e6, "Distance of the trail.")
    lock_bps: float = param(25.0, "bps", -10_000, 1e6, "Gain that is never given back.")


STAGES = tuple(
    Stage(reached_bps=reached, trail_bps=trail, lock_bps=lock)
    for reached, trail, lock in ((50.0, 25.0, 25.0), (100.0, 50.0, 50.0), (200.0, 100.0, 100.0), (400.0, 200.0, 200.0))
)


@parameters
class Parameters:
    """The stages, and what makes their distances wider or narrower; factors multiply."""

    stages: tuple[Stage, ...] = table(Stage, STAGES, 12, "Stages of the trail, ascending.")
    trail_multiplier: float = param(1.0, "x", 0.1, 10, "Of every distance: 1.2 explores, 0.9 exploits.")
    wild_bps: float = param(200.0, "bps", 0, 100_000, "Volatility above this is wild.")
    wild_factor: float = param(1.5, "x", 0.1, 10, "Factor in a wild market.")
    calm_bps: float = param(80.0, "bps", 0, 100_000, "Volatility below this is calm.")
    calm_factor: float = param(0.7, "x", 0.1, 10, "Factor in a calm market.")
    weak_momentum: float = param(0.30, "", -1, 1, "Momentum on the position's side below this is weak.")
    weak_factor: float = param(0.8, "x", 0.1, 10, "Factor for weak momentum.")


@memory
class Memory:
    """Prices of the gain basis, and the highest stage ever reached; since when the exit side is beyond the stop."""

    stop: float = NAN
    stage: int = 0
    lock: float = NAN
    ground: float = NAN
    beyond_t: float = NAN
    beyond_rows: float = 0.0


(STAGE_STOP_HIT,) = triggers(0.90)
BINDING = "immediate"
NEEDS = {STAGE_STOP_HIT: ("level", "exit_price", "best_bps", "volatility_bps", "momentum")}


def check(p: Parameters) -> str:
    """A lock beyond its stage would put the stop beyond the price."""
    for stage in p.stages:
        if stage.lock_bps > stage.reached_bps:
            return f"a stage reached at {stage.reached_bps:g} bps cannot lock {stage.lock_bps:g}; lock at most as much"
    return ""


def factor(p: Parameters, now: Market, pos: Position) -> float:
    """Of the distance; an unknown volatility or momentum counts as 1."""
    x, volatility_bps = p.trail_multiplier, now.volatility_bps
    if volatility_bps > p.wild_bps + EPS:
        x *= p.wild_factor
    elif volatility_bps < p.calm_bps - EPS:
        x *= p.calm_factor
    if pos.exposure * now.momentum < p.weak_momentum - EPS:
        x *= p.weak_factor
    return x


def reached(p: Parameters, pos: Position, stage: int) -> int:
    """The highest stage the best gain has come to, from `stage` on."""
    while stage < len(p.stages) and pos.best_bps >= p.stages[stage].reached_bps * pos.scale - EPS:
        stage += 1
    return stage


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """STAGE_STOP_HIT; the only trigger, so its state is the answer. Below the first stage there is no stop.

    At every evaluation the held stop becomes the most favourable of itself, the raw stop and the lock (exits.md 5),
    also after a relax.
    """
    level, side, bps = pos.level, pos.level_side, pos.level_entry * pos.scale / 1e4
    stage = reached(p, pos, m.stage)
    if stage == 0:
        return NO if level == level else UNSEEN
    if stage > m.stage:
        m.stage = stage
        m.lock = pos.level_entry + side * p.stages[stage - 1].lock_bps * bps
    raw = level - side * p.stages[stage - 1].trail_bps * factor(p, now, pos) * bps
    ratchet(m, tighter(m.lock, raw, side), side)
    return struck(now, pos, m, m.stop)


def unknowns(now: Market) -> str:
    """What the distance does not know, in words."""
    if now.volatility_bps == now.volatility_bps:
        return "" if now.momentum == now.momentum else ", momentum unknown"
    return ", volatility unknown" if now.momentum == now.momentum else ", volatility and momentum unknown"


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Before the first stage the best gain; then the price, or the exit side in its stead, against the stop."""
    if m.stage == 0:
        first_bps = p.stages[0].reached_bps * pos.scale
        return {"best": Reading("best gain, first stage", pos.best_bps, first_bps, "bps", digits=1)}
    name, price = "underlying" if pos.basis == UNDERLYING else "premium", pos.level
    if price != price and pos.basis != UNDERLYING:
        name, price = "exit side", pos.exit_price
    sense, span = -int(pos.level_side), pos.level_entry - m.stop
    price = Reading(f"stage {m.stage}, {name}", price, m.stop, "points", sense, STAGE_STOP_HIT.code, span)
    return {"price": price, "factor": Reading(f"factor of the distance{unknowns(now)},", factor(p, now, pos), 1.0, "x")}


def overlay(p: Parameters, now: Market, pos: Position, m: Memory) -> list[Level]:
    """The stop, once there is one."""
    return [Level(f"trail, stage {m.stage}", m.stop)] if m.stage else []


BECAUSE = {STAGE_STOP_HIT: "trail reached: {price}"}

LONG: dict[str, Any] = {"entry": 2000.0, "basis": OWN}
SHORT: dict[str, Any] = {**LONG, "side": -1.0}
INDEX: dict[str, Any] = {"basis": UNDERLYING}
PUT: dict[str, Any] = {**INDEX, "right": -1}


def to(t: float, mark: float | None, **seen: Any) -> tuple[float, Any]:
    """A mark in a market that is neither wild nor calm, with momentum on a long's side."""
    return at(t, **{"volatility_bps": 150.0, "momentum": 0.6, "mark": mark, **seen})


def down(t: float, mark: float | None, **seen: Any) -> tuple[float, Any]:
    """The same with momentum on a short's side."""
    return to(t, mark, **{"momentum": -0.6, **seen})


FIRST, SECOND = to(60, 2010.0), to(61, 2020.0)
CLIMB = tuple(to(60.0 + i, 2000.0 + i / 10.0) for i in range(401))
FALL = tuple(down(60.0 + i, 2000.0 - i / 10.0) for i in range(401))
EXAMPLES = (
    example("below the first stage there is no stop of its own", to(60, 2009.99), to(61, 1900.0), gives=HOLD,
            position=LONG),
    example("a jump to exactly +50", FIRST, gives=HOLD, stop=2005.0, position=LONG),
    example("a jump to exactly +100 is stage 2", FIRST, SECOND, gives=HOLD, stop=2010.0, position=LONG),
    example("just below it is stage 1", FIRST, to(61, 2019.99), gives=HOLD, stop=2014.99, position=LONG),
    example("a jump to exactly +200 is stage 3", FIRST, SECOND, to(62, 2040.0), gives=HOLD, stop=2020.0, position=LONG),
    example("just below it is stage 2", to(60, 2039.99), gives=HOLD, stop=2029.99, position=LONG),
    example("a jump to exactly +400 is stage 4", to(60, 2080.0), gives=HOLD, stop=2040.0, position=LONG),
    example("just below it is stage 3", to(60, 2079.99), gives=HOLD, stop=2059.99, position=LONG),
    example("the same climb in steps of 0.10", *CLIMB, gives=HOLD, stop=2029.90, position=LONG),
    example("a short's fall in steps of 0.10", *FALL, gives=HOLD, stop=1970.10, position=SHORT),
    example("a short at exactly +50", down(60, 1990.0), gives=HOLD, stop=1995.0, position=SHORT),
    example("a short at exactly +100", down(60, 1980.0), gives=HOLD, stop=1990.0, position=SHORT),
    example("a short at exactly +200", down(60, 1960.0), gives=HOLD, stop=1980.0, position=SHORT),
    example("a stage stays reached", to(60, 2020.0), to(61, 2011.0), gives=HOLD, stop=2010.0, position=LONG),
    example("at the stop it leaves", FIRST, to(61, 2005.0), gives=STAGE_STOP_HIT, confidence=0.90, fraction=1.0,
            position=LONG),
    example("just above it holds", FIRST, to(61, 2005.01), gives=HOLD, stop=2005.0, position=LONG),
    example("below it leaves", FIRST, to(61, 1950.0), gives=STAGE_STOP_HIT, stop=2005.0, position=LONG),
    example("a short at its stop", down(60, 1990.0), down(61, 1995.0), gives=STAGE_STOP_HIT, position=SHORT),
    example("a short just below it", down(60, 1990.0), down(61, 1994.99), gives=HOLD, position=SHORT),
    # --- factors of the distance
    example("a wild distance of 37.5 never undercuts the lock", to(60, 2010.0, volatility_bps=250.0), gives=HOLD,
            stop=2005.0, position=LONG),
    example("nor a short's", down(60, 1990.0, volatility_bps=250.0), gives=HOLD, stop=1995.0, position=SHORT),
    example("volatility of exactly 200 is not wild", to(60, 2019.0, volatility_bps=200.0), gives=HOLD, stop=2014.0,
            position=LONG),
    example("above 200 it is: 37.5", to(60, 2019.0, volatility_bps=200.1), gives=HOLD, stop=2011.5, position=LONG),
    example("volatility of exactly 80 is not calm", to(60, 2019.0, volatility_bps=80.0), gives=HOLD, stop=2014.0,
            position=LONG),
    example("below 80 it is: 17.5", to(60, 2019.0, volatility_bps=79.9), gives=HOLD, stop=2015.5, position=LONG),
    example("momentum of exactly 0.30 is not weak", to(60, 2019.0, momentum=0.30), gives=HOLD, stop=2014.0,
            position=LONG),
    example("below 0.30 it is: 20", to(60, 2019.0, momentum=0.299), gives=HOLD, stop=2015.0, position=LONG),
    example("a short's momentum is mirrored", down(60, 1981.0, momentum=-0.299), gives=HOLD, stop=1985.0,
            position=SHORT),
    example("and holds at exactly -0.30", down(60, 1981.0, momentum=-0.30), gives=HOLD, stop=1986.0, position=SHORT),
    example("factors multiply: 14", to(60, 2019.0, volatility_bps=79.0, momentum=0.0), gives=HOLD, stop=2016.2,
            position=LONG),
    example("an unknown volatility is factor 1", to(60, 2019.0, volatility_bps=None), gives=HOLD, stop=2014.0,
            position=LONG),
    example("an unknown momentum is factor 1", to(60, 2019.0, momentum=None), gives=HOLD, stop=2014.0, position=LONG),
    example("exploring widens the distance", to(60, 2019.0), gives=HOLD, stop=2013.0, position=LONG,
            trail_multiplier=1.2),
    example("a wider distance does not loosen", to(60, 2019.0), to(61, 2019.0, volatility_bps=300.0), gives=HOLD,
            stop=2014.0, position=LONG),
    example("a narrower one tightens at once, without a new best gain", to(60, 2019.0), to(61, 2018.0, momentum=0.0),
            to(62, 2018.0, momentum=0.0, volatility_bps=79.0), gives=HOLD, stop=2015.2, position=LONG),
    # --- scale and basis
    example("the scale narrows stages, distances and locks", to(60, 2003.0), gives=HOLD, stop=2001.5,
            position={**LONG, "scale": 0.3}),
    example("and below the scaled stage there is none", to(60, 2002.9), to(61, 1900.0), gives=HOLD,
            position={**LONG, "scale": 0.3}),
    example("levels of the underlying, for a call", to(60, 10.0, underlying=20_100.0), gives=HOLD, stop=20_050.0,
            position=INDEX),
    example("and for a put", down(60, 10.0, underlying=19_900.0), gives=HOLD, stop=19_950.0, position=PUT),
    example("a put leaves when the underlying is back", down(60, 10.0, underlying=19_900.0),
            down(61, 90.0, underlying=19_950.0), gives=STAGE_STOP_HIT, position=PUT),
    # --- blindness
    example("blind without the price, before any stage", to(60, None), gives="level", position=LONG),
    example("blind without the price and the exit side", FIRST, to(61, None, exit_price=None), gives="level",
            position=LONG),
    example("blind without the underlying, whatever the exit side", to(60, 10.0, underlying=20_100.0),
            to(61, 10.0, underlying=None), gives="level", position=INDEX),
    example("the bid stands in and holds at the stop", FIRST, to(61, None, exit_price=2005.0), gives=HOLD, stop=2005.0,
            position=LONG),
    example("the bid beyond the stop for 10 s in two rows", FIRST, to(61, None, exit_price=2004.9, rows=7),
            to(71, None, rows=8), gives=STAGE_STOP_HIT, position=LONG),
    example("for less it holds", FIRST, to(61, None, exit_price=2004.9, rows=7), to(70.9, None, rows=8), gives=HOLD,
            position=LONG),
    example("the ask stands in for a short's mark", down(60, 1990.0), down(61, None, exit_price=1995.1, rows=7),
            down(71, None, rows=8), gives=STAGE_STOP_HIT, position=SHORT),
)  # fmt: skip
