"""Leaves when the underlying still moves with the position but its RSI no longer does."""

from cockpit.exits.rule import (
    HOLD,
    Reading,
    Verdict,
    at,
    both,
    example,
    memory,
    over,
    pack,
    param,
    parameters,
    reaches,
    triggers,
)
from cockpit.exits.view import Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """What counts as a divergence over 14 one-minute bars."""

    against: float = param(15.0, "points", 0.1, 100, "Move of the RSI against the position, inclusive.")


@memory
class Memory:
    """Nothing to remember."""


(DIVERGENCE,) = triggers(0.5)
BINDING = "vetoable"
NEEDS = {DIVERGENCE: ("rsi", "rsi_ago", "close", "close_ago")}
URGENCY = {DIVERGENCE: "warning"}


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """DIVERGENCE."""
    turned = reaches(pos.exposure * (now.rsi_ago - now.rsi), p.against)
    if turned == 0:
        return 0
    return pack(both(turned, over(pos.exposure * (now.close - now.close_ago), 0.0)))


def weigh(p: Parameters, now: Market, pos: Position, m: Memory, code: int) -> Verdict:
    """The surer, the further the RSI moved: 1 from 25 points on."""
    confidence = DIVERGENCE.confidence + abs(now.rsi - now.rsi_ago) / 50.0
    return Verdict(code, confidence if confidence < 1.0 else 1.0)


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """The RSI's move against the position, and the price's with it, over 14 bars."""
    code, points = DIVERGENCE.code, now.close - now.close_ago
    rsi = Reading("RSI against us by", pos.exposure * (now.rsi_ago - now.rsi), p.against, "points", trigger=code,
                  digits=1)  # fmt: skip
    price = Reading("underlying with us by", pos.exposure * points, 0.0, "points", trigger=code, span=abs(points))
    return {"rsi": rsi, "price": price}


BECAUSE = {DIVERGENCE: "{rsi} while {price}"}

PUT, SHORT = {"right": -1}, {"side": -1.0}
RISING, FALLING = {"close": 20_010.0, "close_ago": 20_000.0}, {"close": 19_990.0, "close_ago": 20_000.0}
EXAMPLES = (
    example("the price rose and RSI fell by exactly 15", at(60, rsi=45.0, rsi_ago=60.0, **RISING), gives=DIVERGENCE,
            confidence=0.80, fraction=1.0),
    example("by 14.9 holds", at(60, rsi=45.1, rsi_ago=60.0, **RISING), gives=HOLD),
    example("by 25: sure", at(60, rsi=35.0, rsi_ago=60.0, **RISING), gives=DIVERGENCE, confidence=1.0),
    example("and never more than sure", at(60, rsi=10.0, rsi_ago=60.0, **RISING), gives=DIVERGENCE, confidence=1.0),
    example("an unmoved price holds", at(60, rsi=40.0, rsi_ago=60.0), gives=HOLD),
    example("the least rise is one", at(60, rsi=45.0, rsi_ago=60.0, close=20_000.05, close_ago=20_000.0),
            gives=DIVERGENCE),
    example("a fall of both is no divergence", at(60, rsi=40.0, rsi_ago=60.0, **FALLING), gives=HOLD),
    example("RSI rising with the price is none", at(60, rsi=75.0, rsi_ago=60.0, **RISING), gives=HOLD),
    example("a put wants the price to fall", at(60, rsi=55.0, rsi_ago=40.0, **FALLING), gives=DIVERGENCE, position=PUT,
            confidence=0.80),
    example("a put holds at 14.9", at(60, rsi=54.9, rsi_ago=40.0, **FALLING), gives=HOLD, position=PUT),
    example("a rise is not with a put", at(60, rsi=45.0, rsi_ago=60.0, **RISING), gives=HOLD, position=PUT),
    example("a short call wants it too", at(60, rsi=55.0, rsi_ago=40.0, **FALLING), gives=DIVERGENCE, position=SHORT),
    example("a short put wants it to rise", at(60, rsi=45.0, rsi_ago=60.0, **RISING), gives=DIVERGENCE,
            position={**SHORT, **PUT}),
    example("blind without RSI, where the price diverges", at(60, rsi=None, **RISING), gives="rsi"),
    example("blind without the RSI of 14 bars ago", at(60, rsi_ago=None, **RISING), gives="rsi_ago"),
    example("without RSI, but the price did not move with us", at(60, rsi=None, **FALLING), gives=HOLD),
    example("blind without the price of 14 bars ago", at(60, rsi=40.0, rsi_ago=60.0, close_ago=None),
            gives="close_ago"),
    example("without it, but RSI did not turn", at(60, close_ago=None), gives=HOLD),
    example("blind without any bar", at(60, rsi=None, rsi_ago=None, close=None, close_ago=None), gives="rsi"),
)  # fmt: skip
