"""One percent trailing stop on vnpy's EventEngine: decisions per second, as JSON (needs an environment with vnpy)."""

import argparse
import json
import random
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from threading import Event as Signal
from time import perf_counter

try:
    from vnpy.event import Event, EventEngine
    from vnpy.trader.constant import Exchange
    from vnpy.trader.event import EVENT_TICK
    from vnpy.trader.object import TickData
except ImportError:
    print(json.dumps({"peer": "vnpy", "measured": False, "why": "not measured: no vnpy here"}))
    sys.exit(0)

TRAIL = 0.01
OPENED_AT = datetime(2026, 1, 5, 9, 15, tzinfo=UTC)
FINISHED_WITHIN_S = 300.0


def premiums(count: int, seed: int) -> list[tuple[float, float]]:
    """Bid and ask of a seeded walk around 100, on a tick of 0.05."""
    walk = random.Random(seed)
    mid, quotes = 100.0, []
    for _ in range(count):
        mid = max(5.0, round((mid + walk.choice((-0.1, -0.05, 0.0, 0.05, 0.1))) / 0.05) * 0.05)
        quotes.append((round(mid - 0.05, 2), round(mid + 0.05, 2)))
    return quotes


class TrailingStop:
    """High-water mark of the mid; a fall of `TRAIL` below it is an exit, after which the position is held anew."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.best = 0.0
        self.decisions = 0
        self.exits = 0
        self.done = Signal()
        self.finished = 0.0

    def on_tick(self, event: Event) -> None:
        """Judge one tick; the last one stops the watch."""
        tick: TickData = event.data
        mid = (tick.bid_price_1 + tick.ask_price_1) * 0.5
        if mid > self.best:
            self.best = mid
        elif mid <= self.best * (1.0 - TRAIL):
            self.exits += 1
            self.best = mid
        self.decisions += 1
        if self.decisions == self.expected:
            self.finished = perf_counter()
            self.done.set()


def events(count: int, seed: int) -> list[Event]:
    """`count` tick events of one contract, a quarter of a second apart."""
    return [
        Event(
            EVENT_TICK,
            TickData(
                gateway_name="BENCH",
                symbol="NIFTY26JAN24000C",
                exchange=Exchange.SMART,
                datetime=OPENED_AT + timedelta(milliseconds=250 * row),
                last_price=bid,
                bid_price_1=bid,
                ask_price_1=ask,
                bid_volume_1=50,
                ask_volume_1=50,
            ),
        )
        for row, (bid, ask) in enumerate(premiums(count, seed))
    ]


def run(ticks: list[Event], *, queued_first: bool) -> tuple[float, TrailingStop]:
    """Seconds from the first put (or from the start of a full queue) to the last decision."""
    engine = EventEngine()
    rule = TrailingStop(len(ticks))
    engine.register(EVENT_TICK, rule.on_tick)
    if queued_first:
        for tick in ticks:
            engine.put(tick)
        began = perf_counter()
        engine.start()
    else:
        engine.start()
        began = perf_counter()
        for tick in ticks:
            engine.put(tick)
    if not rule.done.wait(FINISHED_WITHIN_S):
        raise SystemExit("vnpy did not finish the ticks: fewer --ticks, or look at its log")
    seconds = rule.finished - began
    engine.stop()
    return seconds, rule


def main() -> None:
    """Best of `--rounds`, both ways of feeding the queue."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ticks", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seed", type=int, default=7)
    chosen = options.parse_args()
    ticks = events(chosen.ticks, chosen.seed)
    live = min((run(ticks, queued_first=False) for _ in range(chosen.rounds)), key=lambda r: r[0])
    drained = min((run(ticks, queued_first=True) for _ in range(chosen.rounds)), key=lambda r: r[0])
    print(
        json.dumps(
            {
                "peer": "vnpy",
                "version": version("vnpy"),
                "measured": True,
                "ticks": chosen.ticks,
                "exits": live[1].exits,
                "decisions_per_s": round(chosen.ticks / live[0]),
                "decisions_per_s_full_queue": round(chosen.ticks / drained[0]),
            }
        )
    )


if __name__ == "__main__":
    main()
