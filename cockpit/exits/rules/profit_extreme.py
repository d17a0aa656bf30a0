"""Takes a good profit while the underlying's RSI is at an extreme in the position's favour."""

from cockpit.exits.rule import (
    HOLD,
    IDLE,
    NO,
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
    under,
    whole_lots,
)
from cockpit.exits.view import UNDERLYING, Position
from cockpit.market.view import Market


@parameters
class Parameters:
    """What is a good profit, what an extreme, and how much to take."""

    profit_bps: float = param(100.0, "bps", -10_000, 1e6, "Gain, inclusive, times the scale.")
    extreme_rsi: float = param(75.0, "", 50, 100, "RSI above this, or as far below 50 for what gains in a fall.")
    fraction: float = param(1.0, "", 0.01, 1, "Share to take; a part is taken once, in whole lots, never the last lot.")


@memory
class Memory:
    """Whether a part has had its turn."""

    done: bool = False


(PROFIT_EXTREME,) = triggers(0.5)
BINDING = "vetoable"
NEEDS = {PROFIT_EXTREME: ("gain_bps", "rsi")}
URGENCY = {PROFIT_EXTREME: "profit"}


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """PROFIT_EXTREME, until a part has had its turn."""
    if m.done:
        return IDLE
    gained = reaches(pos.gain_bps, p.profit_bps * pos.scale)
    if gained == NO:
        return NO
    extreme = over(now.rsi, p.extreme_rsi) if pos.exposure > 0.0 else under(now.rsi, 100.0 - p.extreme_rsi)
    return pack(both(gained, extreme))


def share(p: Parameters, pos: Position) -> float:
    """All, or the part in whole lots, never the last lot; 0 where nothing can be split off."""
    if p.fraction >= 1.0:
        return 1.0
    return whole_lots(p.fraction, pos.contracts, pos.lot) / pos.contracts


def weigh(p: Parameters, now: Market, pos: Position, m: Memory, code: int) -> Verdict:
    """The surer, the further RSI is beyond its limit: 1 from 25 points on."""
    beyond = pos.exposure * (now.rsi - 50.0) - (p.extreme_rsi - 50.0)
    confidence = PROFIT_EXTREME.confidence + beyond / 50.0
    return Verdict(code, confidence if confidence < 1.0 else 1.0, share(p, pos))


def acted(p: Parameters, now: Market, pos: Position, m: Memory) -> None:
    """A part has left, could not be split off, or was vetoed: its turn is over. A whole exit has no turn to use up."""
    m.done = p.fraction < 1.0


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """The gain and the RSI."""
    code, rising = PROFIT_EXTREME.code, pos.exposure > 0.0
    limit = p.extreme_rsi if rising else 100.0 - p.extreme_rsi
    gain = Reading("gain", pos.gain_bps, p.profit_bps * pos.scale, "bps", trigger=code, digits=1)
    rsi = Reading("RSI", now.rsi, limit, "", 1 if rising else -1, code, limit - 50.0, 1)
    return {"gain": gain, "rsi": rsi}


BECAUSE = {PROFIT_EXTREME: "{gain} and {rsi}"}

PUT, SHORT = {"right": -1}, {"side": -1.0}
EXAMPLES = (
    example("+100 bps and RSI 76", at(60, mark=50.5, rsi=76.0), gives=PROFIT_EXTREME, confidence=0.52, fraction=1.0),
    example("RSI of exactly 75 holds", at(60, mark=50.5, rsi=75.0), gives=HOLD),
    example("RSI of 75.1 leaves", at(60, mark=50.5, rsi=75.1), gives=PROFIT_EXTREME, confidence=0.502),
    example("+99.8 bps hold", at(60, mark=50.499, rsi=80.0), gives=HOLD),
    example("RSI 100: sure", at(60, mark=50.5, rsi=100.0), gives=PROFIT_EXTREME, confidence=1.0),
    example("and never more than sure", at(60, mark=50.5, rsi=99.0), gives=PROFIT_EXTREME, confidence=1.0,
            extreme_rsi=60.0),
    example("a put wants a low RSI", at(60, mark=50.5, rsi=24.0), gives=PROFIT_EXTREME, position=PUT, confidence=0.52),
    example("a put holds at exactly 25", at(60, mark=50.5, rsi=25.0), gives=HOLD, position=PUT),
    example("24.9 leaves", at(60, mark=50.5, rsi=24.9), gives=PROFIT_EXTREME, position=PUT, confidence=0.502),
    example("a high RSI is no extreme for a put", at(60, mark=50.5, rsi=90.0), gives=HOLD, position=PUT),
    example("a short call wants a low one", at(60, mark=49.5, rsi=24.0), gives=PROFIT_EXTREME, position=SHORT),
    example("a short's +99.8 bps hold", at(60, mark=49.501, rsi=24.0), gives=HOLD, position=SHORT),
    example("a short put wants a high one", at(60, mark=49.5, rsi=76.0), gives=PROFIT_EXTREME,
            position={**SHORT, **PUT}),
    example("the scale narrows the profit", at(60, mark=50.15, rsi=76.0), gives=PROFIT_EXTREME,
            position={"scale": 0.3}),
    example("and it holds below that", at(60, mark=50.149, rsi=76.0), gives=HOLD, position={"scale": 0.3}),
    example("gain of the underlying", at(60, mark=40.0, underlying=20_200.0, rsi=76.0), gives=PROFIT_EXTREME,
            position={"basis": UNDERLYING}),
    example("blind without RSI, where there is the profit", at(60, mark=50.5, rsi=None), gives="rsi"),
    example("without RSI, but without the profit too", at(60, mark=50.4, rsi=None), gives=HOLD),
    example("blind without the mark at an extreme", at(60, mark=None, rsi=80.0), gives="gain_bps"),
    example("without the mark, but no extreme", at(60, mark=None, rsi=75.0), gives=HOLD),
)  # fmt: skip
