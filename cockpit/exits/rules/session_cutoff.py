"""Leaves shortly before lunch, and shortly before the close, so that nothing is carried into either."""

from typing import Any

from cockpit.exits.rule import (
    HOLD,
    NO,
    YES,
    Reading,
    at,
    choice,
    example,
    flag,
    memory,
    pack,
    param,
    parameters,
    triggers,
)
from cockpit.exits.view import Position
from cockpit.market.view import Market

EVERY_DAY, EXPIRY_DAY, NEVER = 0, 1, 2
DAY_S = 86_400.0
GAUGE_MIN = 60.0  # the gauges fill over the last hour


@parameters
class Parameters:
    """Lead times in minutes, and the days on which the close matters."""

    lunch: bool = flag(True, "Leave before lunch, where the market has one.")
    lunch_lead_min: float = param(5.0, "min", 0, 240, "Minutes before lunch at which to leave.")
    close_lead_min: float = param(15.0, "min", 0, 240, "Minutes before the close at which to leave.")
    close_on: int = choice(("every_day", "expiry_day", "never"), "Days on which to leave before the close.")


@memory
class Memory:
    """Nothing to remember."""


LUNCH, MARKET_CLOSE = triggers(0.99, 0.99)
BINDING = "mandatory"
NEEDS = {LUNCH: (), MARKET_CLOSE: ()}  # a market without lunch or close is known to have none


def close_counts(p: Parameters, now: Market) -> bool:
    """Whether today's close matters. A last trading instant at midnight belongs to the day it ends."""
    if p.close_on == EXPIRY_DAY:
        return now.t // DAY_S >= (now.expiry_t - 1.0) // DAY_S  # later too: until flat
    return p.close_on == EVERY_DAY


def kernel(p: Parameters, now: Market, pos: Position, m: Memory) -> int:
    """LUNCH, MARKET_CLOSE."""
    t = now.t
    lunch = YES if p.lunch and now.lunch_t - p.lunch_lead_min * 60.0 <= t < now.lunch_t else NO
    close = YES if t >= now.close_t - p.close_lead_min * 60.0 and close_counts(p, now) else NO
    return pack(lunch, close) if lunch or close else NO


def readings(p: Parameters, now: Market, pos: Position, m: Memory) -> dict[str, Reading]:
    """Minutes to lunch and to the close, as far as they matter to this position."""
    seen: dict[str, Reading] = {}
    if p.lunch and now.t < now.lunch_t:
        seen["lunch"] = Reading("time to lunch", (now.lunch_t - now.t) / 60.0, p.lunch_lead_min, "min", -1,
                                LUNCH.code, GAUGE_MIN, 1)  # fmt: skip
    if now.close_t == now.close_t and close_counts(p, now):
        seen["close"] = Reading("time to the close", (now.close_t - now.t) / 60.0, p.close_lead_min, "min", -1,
                                MARKET_CLOSE.code, GAUGE_MIN, 1)  # fmt: skip
    return seen


BECAUSE = {LUNCH: "{lunch}", MARKET_CLOSE: "{close}"}

LUNCH_T, CLOSE_T, EARLY_T = 41_400.0, 55_800.0, 46_800.0  # 11:30, 15:30, 13:00
OPENED = {"opened_t": 34_200.0}  # 9:30
WEEKLY: dict[str, Any] = {"close_on": EXPIRY_DAY}


def clock(hour: int, minute: int, second: int, day: int = 0) -> float:
    """Seconds since the session's local midnight."""
    return day * DAY_S + hour * 3600.0 + minute * 60.0 + second


EXAMPLES = (
    example("11:24:59 holds", at(clock(11, 24, 59), lunch_t=LUNCH_T), gives=HOLD, position=OPENED),
    example("11:25:00 leaves", at(clock(11, 25, 0), lunch_t=LUNCH_T), gives=LUNCH, position=OPENED, confidence=0.99,
            fraction=1.0),
    example("11:29:59 leaves", at(clock(11, 29, 59), lunch_t=LUNCH_T), gives=LUNCH, position=OPENED),
    example("11:30:00 holds", at(clock(11, 30, 0), lunch_t=LUNCH_T), gives=HOLD, position=OPENED),
    example("opened inside the window leaves at once", at(clock(11, 27, 0), lunch_t=LUNCH_T), gives=LUNCH,
            position={"opened_t": clock(11, 27, 0)}),
    example("opened after lunch has started is untouched", at(clock(11, 30, 1), lunch_t=LUNCH_T), gives=HOLD,
            position={"opened_t": clock(11, 30, 1)}),
    example("no lunch in this market", at(clock(11, 27, 0)), gives=HOLD, position=OPENED),
    example("lunch switched off", at(clock(11, 27, 0), lunch_t=LUNCH_T), gives=HOLD, position=OPENED, lunch=False),
    example("ten minutes before lunch", at(clock(11, 20, 0), lunch_t=LUNCH_T), gives=LUNCH, position=OPENED,
            lunch_lead_min=10.0),
    example("15:14:59 holds", at(clock(15, 14, 59), lunch_t=LUNCH_T), gives=HOLD, position=OPENED),
    example("15:15:00 leaves", at(clock(15, 15, 0), lunch_t=LUNCH_T), gives=MARKET_CLOSE, position=OPENED,
            confidence=0.99, fraction=1.0),
    example("15:30:00 leaves", at(clock(15, 30, 0)), gives=MARKET_CLOSE, position=OPENED),
    example("after the close it still wants to leave", at(clock(15, 45, 0)), gives=MARKET_CLOSE, position=OPENED),
    example("short positions and unknown quotes leave too", at(clock(15, 15, 0), mark=None, exit_price=None),
            gives=MARKET_CLOSE, position={**OPENED, "side": -1.0}),
    example("early close, 12:44:59 holds", at(clock(12, 44, 59), close_t=EARLY_T), gives=HOLD, position=OPENED),
    example("early close, 12:45:00 leaves", at(clock(12, 45, 0), close_t=EARLY_T), gives=MARKET_CLOSE, position=OPENED),
    example("a market that never closes", at(clock(15, 15, 0), close_t=None), gives=HOLD, position=OPENED),
    example("half an hour before the close", at(clock(15, 0, 0)), gives=MARKET_CLOSE, position=OPENED,
            close_lead_min=30.0),
    example("never", at(clock(15, 15, 0)), gives=HOLD, position=OPENED, close_on=NEVER),
    example("expiry day leaves", at(clock(15, 15, 0)), gives=MARKET_CLOSE, position=OPENED, **WEEKLY),
    example("the day before expiry holds", at(clock(15, 15, 0), expiry_t=clock(15, 30, 0, 1)), gives=HOLD,
            position=OPENED, **WEEKLY),
    example("expiry day on the second day of a recording",
            at(clock(15, 15, 0, 1), close_t=clock(15, 30, 0, 1), expiry_t=clock(15, 30, 0, 1)), gives=MARKET_CLOSE,
            position=OPENED, **WEEKLY),
    example("an expiry at midnight is the day that ends",
            at(clock(23, 45, 0), close_t=clock(24, 0, 0), expiry_t=clock(24, 0, 0)), gives=MARKET_CLOSE,
            position=OPENED, **WEEKLY),
    example("what never expires has no expiry day", at(clock(15, 15, 0), expiry_t=None), gives=HOLD, position=OPENED,
            **WEEKLY),
)  # fmt: skip
