"""The fixed stop that every position has from its entry on."""

from typing import Any

from cockpit.exits.rule import (
    EPS,
    HOLD,
    NAN,
    Level,
    Reading,
    at,
    choice,
    example,
    memory,
    param,
    parameters,
    tighter,
    triggers,
)
from cockpit.exits.scale_free import BASES, SCALED, premium_base
from cockpit.exits.stops import struck
from cockpit.exits.view import ENTRY, OWN, UNDERLYING, Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """The stop's distance from the entry, by exactly one of `stop_pct` and `stop_bps`."""

    basis: int = choice(BASES, "A plain percentage, or one that is widened to the premium's noise at entry.")
    stop_pct: float = param(25.0, "%", 0.1, 100, "Distance in percent of the entry.", off=True)
    stop_bps: float = param(NAN, "bps", 1, 10_000, "Distance in bps of the gain basis, times the scale.", off=True)
    scaled_noises: float = param(4.0, "x", 0, 1000, "scaled: at least so much of the premium's noise at entry,")
    scaled_max_pct: float = param(60.0, "%", 0.1, 100, "scaled: but at most this share of the entry.")


EXACTLY_ONE = (("stop_pct", "stop_bps"),)


@memory
class Memory:
    """Prices of the gain basis: the stop, the stop and its distance at entry; when the exit side went beyond it."""

    stop: float = NAN
    initial: float = NAN
    distance: float = NAN
    beyond_t: float = NAN
    beyond_rows: float = 0.0


(STOP_HIT,) = triggers(0.99)
BINDING = "mandatory"
NEEDS = {STOP_HIT: ("level", "exit_price")}


def distance(p: Parameters, pos: Position) -> float:
    """Points of the gain basis' price between its entry and the stop."""
    entry = pos.level_entry
    if p.stop_bps == p.stop_bps:
        return entry * p.stop_bps * pos.scale / 1e4
    points = entry * p.stop_pct / 100.0
    if p.basis == SCALED:
        points = premium_base(entry, pos.noise_at_entry, p.stop_pct, p.scaled_noises)
        widest = entry * p.scaled_max_pct / 100.0
        points = widest if points > widest else points
    return points


def place(p: Parameters, pos: Position, m: Memory) -> None:
    """Sets the level at entry; a stop that the position or a human brought stays."""
    m.distance = distance(p, pos)
    m.initial = pos.level_entry - m.distance * pos.level_side
    if m.stop != m.stop:
        m.stop = m.initial


def opened(p: Parameters, now: Market, pos: Position, m: Memory) -> None:
    """The position has been opened: the stop stands from here, as soon as the entry of the gain basis is known."""
    place(p, pos, m)


def joined(p: Parameters, now: Market, pos: Position, m: Memory) -> None:
    """An entry has joined: the stop follows the new average where that is tighter. Other bases keep their entry.

    A stop that a human has loosened stays where it was put: adding to a position does not ask for its sale.
    """
    if pos.basis != ENTRY:
        return
    loosened = (m.initial - m.stop) * pos.level_side > EPS
    points = m.distance if p.basis == SCALED and p.stop_pct == p.stop_pct else distance(p, pos)
    level = pos.level_entry - points * pos.level_side
    m.stop = m.stop if loosened else tighter(m.stop, level, pos.level_side)
    m.initial = tighter(m.initial, level, pos.level_side)


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """STOP_HIT; the only trigger, so its state is the answer."""
    if m.initial != m.initial:
        place(p, pos, m)
    return struck(now, pos, m, m.stop)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """The price, or the exit side in its stead, against the stop."""
    name, price, sense = "underlying" if pos.basis == UNDERLYING else "premium", pos.level, -int(pos.level_side)
    if price != price and pos.basis != UNDERLYING:
        name, price = "exit side", pos.exit_price
    return {"price": Reading(name, price, m.stop, "points", sense, STOP_HIT.code, pos.level_entry - m.stop)}


def overlay(p: Parameters, now: Market, pos: Position, m: Memory) -> list[Level]:
    """The stop."""
    return [Level("stop", m.stop)] if m.stop == m.stop else []


BECAUSE = {STOP_HIT: "stop reached: {price}"}

S: dict[str, Any] = {"basis": SCALED}
PUT, SHORT = {"right": -1}, {"side": -1.0}
LADDER: dict[str, Any] = {"stop_pct": NAN, "stop_bps": 100.0}
INDEX: dict[str, Any] = {"basis": UNDERLYING}
NOISY = {"noise_at_entry": 4.0}  # four times that is 32 % of 50
EXAMPLES = (
    example("25 % below 50 is 37.50, and 37.51 holds", at(60, mark=37.51), gives=HOLD, stop=37.50),
    example("37.50 hits", at(60, mark=37.50), gives=STOP_HIT, confidence=0.99, fraction=1.0, stop=37.50),
    example("a long put's premium is stopped below too", at(60, mark=37.50, delta=-0.2), gives=STOP_HIT, position=PUT),
    example("a short's 62.49 holds", at(60, mark=62.49, exit_price=62.55), gives=HOLD, position=SHORT, stop=62.50),
    example("a short's 62.50 hits", at(60, mark=62.50), gives=STOP_HIT, position=SHORT, stop=62.50),
    example("a short put's 62.50 hits", at(60, mark=62.50), gives=STOP_HIT, position={**SHORT, **PUT}),
    example("noise does not widen a plain percentage", at(60, mark=37.50), gives=STOP_HIT, position=NOISY),
    example("the stop does not follow the price", at(0), at(60, mark=70.0), at(120, mark=40.0), gives=HOLD, stop=37.50),
    example("100 bps of 2000 is 1980, and 1980.01 holds", at(60, mark=1980.01), gives=HOLD, stop=1980.0,
            position={"entry": 2000.0, "basis": OWN}, **LADDER),
    example("1980 hits", at(60, mark=1980.0), gives=STOP_HIT, position={"entry": 2000.0, "basis": OWN}, **LADDER),
    example("the scale narrows bps", at(60, mark=1994.0), gives=STOP_HIT, stop=1994.0,
            position={"entry": 2000.0, "basis": OWN, "scale": 0.3}, **LADDER),
    example("on the underlying a long put is stopped above", at(60, underlying=20_200.0), gives=STOP_HIT, stop=20_200.0,
            position={**INDEX, **PUT}, **LADDER),
    example("and holds below that", at(60, underlying=20_199.0, mark=1.0), gives=HOLD, stop=20_200.0,
            position={**INDEX, **PUT}, **LADDER),
    example("no entry of the gain basis yet", at(60, underlying=None), gives="level",
            position={**INDEX, "entry_underlying": None}, **LADDER),
    example("the bid stands in for an unknown mark and holds", at(60, mark=None, exit_price=37.50), gives=HOLD),
    example("the bid beyond the stop for less than 10 s holds", at(60, mark=None, exit_price=37.4, rows=7.0),
            at(69.9, rows=9.0), gives=HOLD),
    example("the bid beyond the stop for 10 s in two rows hits", at(60, mark=None, exit_price=37.4, rows=7.0),
            at(70, rows=8.0), gives=STOP_HIT, stop=37.50),
    example("in one row only it holds", at(60, mark=None, exit_price=37.4, rows=7.0), at(90), gives=HOLD),
    example("an interruption starts the 10 s anew", at(60, mark=None, exit_price=37.4, rows=7.0),
            at(65, exit_price=37.5, rows=8.0), at(66, exit_price=37.4, rows=9.0), at(75, rows=10.0), gives=HOLD),
    example("the ask stands in for a short's mark", at(60, mark=None, exit_price=62.6, rows=7.0), at(70, rows=8.0),
            gives=STOP_HIT, position=SHORT),
    example("blind without mark and exit side", at(60, mark=None, exit_price=None), gives="level"),
    example("scaled: without noise it is 25 %", at(60, mark=37.5), gives=STOP_HIT, stop=37.5, **S),
    example("scaled: four times the noise at entry", at(60, mark=34.0), gives=STOP_HIT, stop=34.0, position=NOISY, **S),
    example("scaled: not before", at(60, mark=34.01), gives=HOLD, stop=34.0, position=NOISY, **S),
    example("scaled: later noise does not widen it", at(60, mark=34.01, noise=9.0), gives=HOLD, stop=34.0,
            position=NOISY, **S),
    example("scaled: 60 % at most", at(60, mark=20.01), gives=HOLD, stop=20.0, position={"noise_at_entry": 7.6}, **S),
    example("scaled: a short's stop", at(60, mark=66.0), gives=STOP_HIT, stop=66.0, position={**NOISY, **SHORT}, **S),
)  # fmt: skip
