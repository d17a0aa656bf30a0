"""Leaves when open interest turns: the chain unwinds, our side loses dominance, or the other side builds."""

from cockpit.exits.rule import (
    EPS,
    HOLD,
    NAN,
    NO,
    UNSEEN,
    Reading,
    at,
    example,
    memory,
    over,
    pack,
    param,
    parameters,
    triggers,
)
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """Changes of the open interest of the position's expiry since the baseline, in percent."""

    max_fall_pct: float = param(5.0, "%", 0, 100, "Fall of calls and puts together from their highest.")
    flip_pct: float = param(1.0, "%", 0, 100, "How far our side must be behind, of both together.")
    max_build_pct: float = param(20.0, "%", 0, 1000, "Growth of the other side.")
    expiry_blind_min: float = param(0.0, "min", 0, 1440, "Minutes before expiry in which it is blind; 0: none.")


@memory
class Memory:
    """The baseline, and the highest total since: contracts."""

    own: float = NAN
    other: float = NAN
    highest: float = NAN


OI_UNWINDING, DOMINANCE_FLIP, OPPOSITE_BUILD = triggers(0.85, 0.80, 0.75)
BINDING = "vetoable"
NEEDS = dict.fromkeys((OI_UNWINDING, DOMINANCE_FLIP, OPPOSITE_BUILD), ("oi_own", "oi_other"))


def fall_pct(total: float, highest: float) -> float:
    """How far the total is below its highest, in percent of that; nothing cannot fall."""
    return (1.0 - total / highest) * 100.0 if highest != 0.0 else 0.0


def behind_pct(own: float, other: float) -> float:
    """How far our side is behind the other, in percent of both together."""
    total = own + other
    return (other - own) / total * 100.0 if total != 0.0 else 0.0


def build_pct(other: float, baseline: float) -> float:
    """Growth of the other side in percent of its baseline; growth from nothing has no percentage and is unknown."""
    if other == baseline:
        return 0.0
    return (other / baseline - 1.0) * 100.0 if baseline != 0.0 else NAN


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """OI_UNWINDING, DOMINANCE_FLIP, OPPOSITE_BUILD; the first instant at which both sides are known is the baseline."""
    if p.expiry_blind_min > 0.0 and now.expiry_t - now.t <= p.expiry_blind_min * 60.0 + EPS:
        return pack(UNSEEN, UNSEEN, UNSEEN)
    own, other = pos.oi_own, pos.oi_other
    total = own + other
    if m.highest != m.highest:
        if total != total:
            return pack(UNSEEN, UNSEEN, UNSEEN)
        m.own = own
        m.other = other
        m.highest = total
    elif total > m.highest:
        m.highest = total
    if total >= m.highest and own >= other and other <= m.other:
        return NO  # the usual case
    led = m.own >= m.other - EPS
    fall = NO if total >= m.highest else over(fall_pct(total, m.highest), p.max_fall_pct)
    flip = NO if own >= other or not led else over(behind_pct(own, other), p.flip_pct)
    build = NO if other <= m.other else over(build_pct(other, m.other), p.max_build_pct)
    return pack(fall, flip, build)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Fall of the total, how far our side is behind where it once led, growth of the other side."""
    own, other = pos.oi_own, pos.oi_other
    seen = {
        "fall": Reading("open interest fell", fall_pct(own + other, m.highest), p.max_fall_pct, "%",
                        trigger=OI_UNWINDING.code),
        "build": Reading("the other side grew", build_pct(other, m.other), p.max_build_pct, "%",
                         trigger=OPPOSITE_BUILD.code),
    }  # fmt: skip
    if m.own >= m.other - EPS:
        seen["behind"] = Reading("our side is behind by", behind_pct(own, other), p.flip_pct, "% of both",
                                 trigger=DOMINANCE_FLIP.code, span=p.flip_pct - behind_pct(m.own, m.other))  # fmt: skip
    return seen


BECAUSE = {OI_UNWINDING: "{fall}", DOMINANCE_FLIP: "{behind}", OPPOSITE_BUILD: "{build}"}

EVEN = at(0, oi_own=100_000.0, oi_other=100_000.0)
LED = at(0, oi_own=110_000.0, oi_other=90_000.0)
PUT = {"right": -1}
LATE = {"expiry_t": 41_520.0}  # 92 minutes after the examples open
EXAMPLES = (
    example("calls 100 000 to 102 000 and puts 80 000 to 79 000 hold a long call",
            at(0, oi_own=100_000.0, oi_other=80_000.0), at(60, oi_own=102_000.0, oi_other=79_000.0), gives=HOLD),
    example("exactly 5 % below the highest holds", EVEN, at(60, oi_own=95_000.0, oi_other=95_000.0), gives=HOLD),
    example("5.01 % below the highest unwinds", EVEN, at(60, oi_own=94_990.0, oi_other=94_990.0), gives=OI_UNWINDING,
            confidence=0.85, fraction=1.0),
    example("the highest since the baseline counts", EVEN, at(60, oi_own=110_000.0, oi_other=100_000.0),
            at(120, oi_own=104_000.0, oi_other=95_400.0), gives=OI_UNWINDING),
    example("exactly 1 % behind holds", EVEN, at(60, oi_own=99_000.0, oi_other=101_000.0), gives=HOLD),
    example("more than 1 % behind flips, from a tie", EVEN, at(60, oi_own=98_990.0, oi_other=101_010.0),
            gives=DOMINANCE_FLIP, confidence=0.80, fraction=1.0),
    example("more than 1 % behind flips a put too", LED, at(60, oi_own=98_990.0, oi_other=101_010.0),
            gives=DOMINANCE_FLIP, position=PUT),
    example("a side that never led loses nothing", at(0, oi_own=99_000.0, oi_other=101_000.0),
            at(60, oi_own=98_000.0, oi_other=102_000.0), gives=HOLD),
    example("the other side exactly 20 % above holds", at(0, oi_own=200_000.0, oi_other=100_000.0),
            at(60, oi_other=120_000.0), gives=HOLD),
    example("the other side 20.01 % above builds", at(0, oi_own=200_000.0, oi_other=100_000.0),
            at(60, oi_other=120_010.0), gives=OPPOSITE_BUILD, confidence=0.75, fraction=1.0),
    example("the other side builds against a side that never led", at(0, oi_own=90_000.0, oi_other=100_000.0),
            at(60, oi_other=120_010.0), gives=OPPOSITE_BUILD, position={**PUT, "side": -1.0}),
    example("blind until it is published", at(0, oi_own=None, oi_other=None), gives="oi_own"),
    example("the baseline is the first value known", at(0, oi_own=None, oi_other=None),
            at(60, oi_own=100_000.0, oi_other=100_000.0), at(120, oi_own=95_000.0, oi_other=95_000.0), gives=HOLD),
    example("blind without the other side", EVEN, at(60, oi_other=None), gives="oi_other"),
    example("without the own side, the other side's growth is still seen", EVEN,
            at(60, oi_own=None, oi_other=120_010.0), gives=OPPOSITE_BUILD),
    example("no open interest at all holds", at(0, oi_own=0.0, oi_other=0.0), gives=HOLD),
    example("unwinding 91 minutes before expiry counts, if the last 90 are blind", EVEN,
            at(60, oi_own=80_000.0, **LATE), gives=OI_UNWINDING, expiry_blind_min=90.0),
    example("unless told otherwise it counts in the last minute too", EVEN, at(5460, oi_own=80_000.0, **LATE),
            gives=OI_UNWINDING),
)  # fmt: skip
