"""Who acts, as `cockpit.exits.arbitrate` and `cockpit.state.deciding` say it, in what can be compiled.

Said for one position that nobody overrides, in an active session: no veto, no confirmation. Numbers in records, so that
a run allocates nothing; tests hold it against the engine.
"""

from dataclasses import dataclass
from typing import Any

from cockpit.exits.rule import BLIND_MASK, HOLDS_MASK, NAN, tighter
from cockpit.exits.view import Position

SILENT, EXIT, ADJUST = range(3)
ADVISORY, VETOABLE, IMMEDIATE, MANDATORY = range(4)  # in the order of registry.BINDINGS
BPS = 1e-4
HURRIED = -2  # stands for a rule, found just now, that hurries what leaves already
MOST_EXITS = 32  # of one position: halves of 2**30 lots, and the last


@dataclass(slots=True)
class Traits:
    """What is the same for every configuration of a profile: one a rule."""

    rank: int = 0
    inputs: int = 0
    has_stop: bool = False
    warns: bool = False
    timed: int = 0  # one bit a trigger, the first is 1: it needs nothing but the clock


@dataclass(slots=True)
class Gate:
    """What a rule's exits must pass before they act: one a rule and configuration."""

    binding: int = VETOABLE
    min_confidence: float = 0.0
    hits: int = 1
    grace_ns: int = 0


@dataclass(slots=True)
class Saying:
    """What one rule says to one position, and what it waits for."""

    packed: int = 0
    kind: int = SILENT
    code: int = 0
    confidence: float = 0.0
    fraction: float = 1.0
    stop: float = NAN
    shift_bps: float = 0.0
    streak: int = 0
    is_short: bool = False  # of hits
    warned: bool = False
    waits: bool = False  # a countdown runs
    is_full: bool = False  # of the whole position
    ends_ns: int = 0
    held: int = 0  # triggers that have held during the countdown
    acts: bool = False  # an adjustment that stands


@dataclass(slots=True)
class Exit:
    """A decision to leave, and its fill. `row` and `filled` count rows of the table; -1 is not (yet)."""

    row: int = -1
    rule: int = -1
    code: int = 0
    confidence: float = 0.0
    contracts: int = 0
    filled: int = -1
    price: float = NAN
    stop_after: float = NAN
    fills_suspect: bool = False


@dataclass(slots=True)
class Ride:
    """One configuration on its way through the table. `part` and `rest` are the exits that still work, -1: none."""

    contracts: int = 0
    leaving: int = 0
    part: int = -1
    rest: int = -1
    exits: int = 0
    owner: int = 0  # the rule that holds the stop
    gained: float = 0.0  # points x contracts
    attended: int = 0  # rows before it need more than the rules
    is_lively: bool = True
    winner: int = -1
    hurries: int = -1
    warning: bool = False
    tightens: bool = False


def first_trigger(packed: int) -> int:
    """Code of the first trigger that holds; 0 when none does."""
    code = 1
    while packed > 0:
        if packed & 1:
            return code
        packed >>= 2
        code += 1
    return 0


def speak(a: Saying, packed: int) -> int:
    """Notes a rule's answer; returns the code to be weighed."""
    a.packed = packed
    a.code = first_trigger(packed)
    if a.code == 0:
        a.kind = SILENT
    return a.code


def weighed(a: Saying, confidence: float, fraction: float, stop: float, shift_bps: float) -> None:
    """Notes what the trigger wants."""
    a.kind = EXIT if fraction > 0.0 else ADJUST
    a.confidence = confidence
    a.fraction = fraction
    a.stop = stop
    a.shift_bps = shift_bps


def arbitrate(s: Any, g: Any, k: Any, ride: Ride, now: Any) -> None:
    """Rules on what all have said at this instant: the winner, whether a warning is due, who hurries what leaves."""
    ride.winner = -1
    ride.hurries = -1
    ride.warning = False
    ride.tightens = False
    whole_waits = False
    best = -1
    for i in range(len(k)):
        a = s[i]
        ready = False
        if a.kind == ADJUST:
            a.waits = False
            a.streak = 0
            a.is_short = False
            a.acts = g[i].binding != ADVISORY and a.confidence >= g[i].min_confidence - 1e-9
            if a.acts and (a.shift_bps > 0.0 or a.stop == a.stop):
                ride.tightens = True
        elif stands(a, g[i], k[i], ride, now):
            ready = acts_now(a, g[i], k[i], ride, now)
            if ride.hurries == HURRIED:
                ride.hurries = i
        whole_waits = whole_waits or (a.is_full if a.waits else a.is_short and a.fraction >= 1.0)
        if ready and (best < 0 or precedes(a, s[best], k[i].rank - k[best].rank)):
            best = i
    if best >= 0 and not (s[best].fraction < 1.0 and whole_waits):
        ride.winner = best


def precedes(a: Saying, b: Saying, later: int) -> bool:
    """Whether `a`, `later` ranks behind `b`, wins over it: the whole before a part, then rank, then confidence."""
    if (a.fraction < 1.0) != (b.fraction < 1.0):
        return b.fraction < 1.0
    return later < 0 or (later == 0 and a.confidence > b.confidence)


def stands(a: Saying, gate: Gate, of: Traits, ride: Ride, now: Any) -> bool:
    """Whether the rule's exit may compete now or later; keeps hits and countdown."""
    a.is_short = False
    if a.waits and a.packed > 0:
        a.held |= a.packed & HOLDS_MASK
    if a.kind != EXIT:
        a.streak = 0
        a.warned = False
        blind = (a.packed & BLIND_MASK) >> 1 if a.packed > 0 else 0
        a.waits = a.waits and blind & a.held != 0
        return False
    if gate.hits > 1 and (now.observed & of.inputs != 0 or of.inputs == 0):
        a.streak += 1
    if gate.binding == ADVISORY:
        a.waits = False
        return False
    below = a.confidence < gate.min_confidence - 1e-9
    a.is_short = not below and gate.hits > 1 and a.streak < gate.hits and not a.waits
    if below or a.is_short:
        if of.warns and not a.warned:
            a.warned = True
            ride.warning = True
        return False
    return True


def acts_now(a: Saying, gate: Gate, of: Traits, ride: Ride, now: Any) -> bool:
    """Whether an exit that stands may act at this evaluation, beginning its countdown if it has one."""
    full = a.fraction >= 1.0
    if ride.leaving >= ride.contracts:
        urgent = gate.binding == MANDATORY or (gate.binding == IMMEDIATE and gate.grace_ns <= 0)
        if ride.hurries == -1 and full and urgent and may_fill(a, gate, of, now):
            ride.hurries = HURRIED
        a.waits = False
        return False
    if not full and ride.leaving > 0:
        a.waits = False
        return False
    return has_waited(a, gate, now.at_ns, full) and may_fill(a, gate, of, now)


def is_timed(a: Saying, gate: Gate, of: Traits) -> bool:
    """Whether what it wants is a mandatory exit by the clock alone."""
    return gate.binding == MANDATORY and (of.timed >> (a.code - 1)) & 1 == 1


def may_fill(a: Saying, gate: Gate, of: Traits, now: Any) -> bool:
    """On a suspect mark only the clock's mandatory exits leave; a stop on a stale quote is not sent at all."""
    if now.suspect and not is_timed(a, gate, of):
        return False
    return not (now.stale and of.has_stop)


def has_waited(a: Saying, gate: Gate, now_ns: int, full: bool) -> bool:
    """Whether the grace is over, beginning the countdown where there is one."""
    if gate.binding != VETOABLE or gate.grace_ns <= 0:
        a.waits = False
        return True
    if not a.waits:
        a.waits = True
        a.ends_ns = now_ns + gate.grace_ns
        a.held = a.packed & HOLDS_MASK
    a.is_full = full
    return now_ns >= a.ends_ns


def shifted(pos: Position, shift_bps: float, initial: float, lock: float) -> float:
    """Where the held stop would be after a shift in bps (+ tightens, - relaxes), as `cockpit.state.stops.shifted`."""
    side, stop = pos.level_side, pos.held_stop
    to = stop + side * pos.level_entry * shift_bps * pos.scale * BPS
    if shift_bps >= 0.0:
        nearest = pos.level - side * (pos.level * BPS if pos.basis == 2 else pos.tick)
        if (to - nearest) * side > 0.0:
            to = nearest
        return tighter(stop, to, side)
    to = tighter(tighter(to, initial, side), lock, side)
    return to if (to - stop) * side < 0.0 else stop


def send(a: Saying, exits: Any, ride: Ride, row: int, rule: int) -> int:
    """Turns the winner's verdict into an exit that works; returns its number, -1 where nothing is left to send."""
    contracts = ride.contracts - ride.leaving
    whole = a.fraction >= 1.0
    if not whole:
        part = int(a.fraction * ride.contracts + 0.5)
        contracts = part if part < contracts else contracts
    if contracts <= 0 or ride.exits >= MOST_EXITS:
        return -1
    a.waits = False
    e = exits[ride.exits]
    e.row, e.rule, e.code, e.confidence, e.contracts, e.stop_after = (
        row, rule, a.code, a.confidence, contracts, a.stop,
    )  # fmt: skip
    if whole:
        ride.rest = ride.exits
    else:
        ride.part = ride.exits
    ride.leaving += contracts
    ride.exits += 1
    return ride.exits - 1


def may_leave(exits: Any, number: int, now: Any) -> bool:
    """Whether that exit works and the quote of this instant fills it."""
    return number >= 0 and now.exit_price == now.exit_price and (not now.suspect or exits[number].fills_suspect)


def leave(exits: Any, number: int, ride: Ride, pos: Position, row: int) -> None:
    """The exit fills whole at the exit side."""
    e = exits[number]
    e.filled = row
    e.price = pos.exit_price
    ride.contracts -= e.contracts
    ride.leaving -= e.contracts
    pos.contracts = float(ride.contracts)
    ride.gained += (e.price - pos.entry) * e.contracts * pos.side
