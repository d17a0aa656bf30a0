"""Leaves into a burst of volume in the underlying, where a move often exhausts itself."""

from cockpit.exits.rule import HOLD, Reading, Verdict, at, example, memory, over, pack, param, parameters, triggers
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """What counts as a burst."""

    max_ratio: float = param(2.5, "x", 0, 1000, "Volume ratio of the underlying above this is a climax.")


@memory
class Memory:
    """Nothing to remember."""


(VOLUME_CLIMAX,) = triggers(0.5)
BINDING = "vetoable"
NEEDS = {VOLUME_CLIMAX: ("underlying_volume_ratio",)}
URGENCY = {VOLUME_CLIMAX: "warning"}


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """VOLUME_CLIMAX."""
    return pack(over(now.underlying_volume_ratio, p.max_ratio))


def weigh(p: Parameters, now: Market, pos: Position, m: Memory, code: int) -> Verdict:
    """The surer, the greater the burst: 1 from two above the limit on."""
    confidence = VOLUME_CLIMAX.confidence + (now.underlying_volume_ratio - p.max_ratio) / 4.0
    return Verdict(code, confidence if confidence < 1.0 else 1.0)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """The underlying's volume ratio."""
    ratio = now.underlying_volume_ratio
    return {"ratio": Reading("underlying's volume ratio", ratio, p.max_ratio, "x", trigger=VOLUME_CLIMAX.code)}


BECAUSE = {VOLUME_CLIMAX: "{ratio}"}

EXAMPLES = (
    example("exactly 2.5 holds", at(60, underlying_volume_ratio=2.5), gives=HOLD),
    example("2.6 leaves", at(60, underlying_volume_ratio=2.6), gives=VOLUME_CLIMAX, confidence=0.525, fraction=1.0),
    example("3.5: three quarters sure", at(60, underlying_volume_ratio=3.5), gives=VOLUME_CLIMAX, confidence=0.75),
    example("4.5: sure", at(60, underlying_volume_ratio=4.5), gives=VOLUME_CLIMAX, confidence=1.0),
    example("and never more than sure", at(60, underlying_volume_ratio=9.0), gives=VOLUME_CLIMAX, confidence=1.0),
    example("the option's own volume does not matter", at(60, volume_ratio=9.0), gives=HOLD),
    example("a short leaves too", at(60, underlying_volume_ratio=2.6), gives=VOLUME_CLIMAX, position={"side": -1.0}),
    example("blind where the underlying has no volume", at(60, underlying_volume_ratio=None, volume_ratio=9.0),
            gives="underlying_volume_ratio"),
)  # fmt: skip
