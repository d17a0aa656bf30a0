"""Leaves when the underlying's momentum, having been with the position, has turned against it."""

from cockpit.exits.rule import (
    EPS,
    HOLD,
    NO,
    UNSEEN,
    YES,
    Reading,
    Verdict,
    at,
    example,
    flag,
    memory,
    param,
    parameters,
    triggers,
)
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """How far momentum must have turned."""

    must_turn: bool = flag(True, "Only if momentum was not against the position at some evaluation since entry.")
    against: float = param(0.20, "", 0, 1, "Momentum against the position beyond this.")
    sure: float = param(0.50, "", 0.01, 1, "Momentum at which confidence is 1.")


@memory
class Memory:
    """Whether momentum has been with the position, or nowhere, since entry."""

    was_with: bool = False


(MOMENTUM_REVERSAL,) = triggers(1.0)
BINDING = "immediate"
NEEDS = {MOMENTUM_REVERSAL: ("momentum",)}
URGENCY = {MOMENTUM_REVERSAL: "danger"}


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """MOMENTUM_REVERSAL; the only trigger, so its state is the answer."""
    ours = pos.exposure * now.momentum
    if ours != ours:
        return UNSEEN
    if ours >= -EPS:
        m.was_with = True
        return NO
    if p.must_turn and not m.was_with:
        return NO
    return YES if ours < -p.against - EPS else NO


def weigh(p: Parameters, now: Market, pos: Position, m: Memory, code: int) -> Verdict:
    """The surer, the stronger the momentum."""
    confidence = abs(now.momentum) / p.sure
    return Verdict(code, confidence if confidence < 1.0 else 1.0)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Momentum on the position's side; context only while it has never been with it."""
    watched = m.was_with or not p.must_turn
    name = "momentum on our side" if watched else "momentum, never yet on our side,"
    code = MOMENTUM_REVERSAL.code if watched else 0
    return {"momentum": Reading(name, pos.exposure * now.momentum, -p.against, "", -1, code)}


BECAUSE = {MOMENTUM_REVERSAL: "{momentum}"}

PUT, SHORT = {"right": -1}, {"side": -1.0}
EXAMPLES = (
    example("-0.30 on a long", at(0, momentum=0.4), at(60, momentum=-0.30), gives=MOMENTUM_REVERSAL, confidence=0.60,
            fraction=1.0),
    example("exactly -0.20 holds", at(0, momentum=0.4), at(60, momentum=-0.20), gives=HOLD),
    example("-0.2001 leaves", at(0, momentum=0.4), at(60, momentum=-0.2001), gives=MOMENTUM_REVERSAL,
            confidence=0.4002),
    example("confidence is 1 from -0.50 on", at(0, momentum=0.4), at(60, momentum=-0.50), gives=MOMENTUM_REVERSAL,
            confidence=1.0),
    example("and never more", at(0, momentum=0.4), at(60, momentum=-0.90), gives=MOMENTUM_REVERSAL, confidence=1.0),
    example("no momentum at all counts as with us", at(0, momentum=0.0), at(60, momentum=-0.30),
            gives=MOMENTUM_REVERSAL),
    example("against us since entry: it must turn first", at(0, momentum=-0.01), at(60, momentum=-0.30), gives=HOLD),
    example("unless it need not", at(0, momentum=-0.01), at(60, momentum=-0.30), gives=MOMENTUM_REVERSAL,
            must_turn=False),
    example("it may turn through the unknown", at(0, momentum=0.4), at(30, momentum=None), at(60, momentum=-0.30),
            gives=MOMENTUM_REVERSAL),
    example("a put's side is down", at(0, momentum=-0.4), at(60, momentum=0.30), gives=MOMENTUM_REVERSAL, position=PUT,
            confidence=0.60),
    example("a put holds at exactly 0.20", at(0, momentum=-0.4), at(60, momentum=0.20), gives=HOLD, position=PUT),
    example("a falling market is with a put", at(0, momentum=-0.4), at(60, momentum=-0.9), gives=HOLD, position=PUT),
    example("a short call's side is down", at(0, momentum=-0.4), at(60, momentum=0.30), gives=MOMENTUM_REVERSAL,
            position=SHORT),
    example("a short put's side is up", at(0, momentum=0.4), at(60, momentum=-0.30), gives=MOMENTUM_REVERSAL,
            position={**SHORT, **PUT}),
    example("blind without momentum", at(0, momentum=0.4), at(60, momentum=None), gives="momentum"),
    example("blind from the start", at(0, momentum=None), gives="momentum"),
)  # fmt: skip
