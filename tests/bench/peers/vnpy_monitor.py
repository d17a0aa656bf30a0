"""Ticks through vnpy with its TickMonitor on screen, as JSON (needs an environment with vnpy).

A gateway's thread reads ticks from a socket, as ours does, and puts them on the EventEngine of a MainEngine. Two delays
are counted from the sending of a tick: until the monitor, which it drives, has taken it, and until a bare trailing stop
registered beside the monitor, on the thread of the EventEngine, has judged it.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from sender import TICK, sender

OPENED_AT = datetime(2026, 8, 17, 4, 0, tzinfo=UTC)
TRAIL = 0.01
WARM_S = 2.0  # at first nothing is noted


class TrailingStop:
    """High-water marks of the mids, by symbol; a fall of `TRAIL` below is an exit, after which it is held anew."""

    def __init__(self) -> None:
        self.best: dict[str, float] = {}
        self.exits = 0
        self.delays_ns: list[tuple[int, int]] = []  # sent, and how much later it was judged

    def on_tick(self, event: "Event") -> None:
        """Judge one tick."""
        tick = event.data
        mid = (tick.bid_price_1 + tick.ask_price_1) * 0.5
        best = self.best.get(tick.symbol, 0.0)
        if mid > best:
            self.best[tick.symbol] = mid
        elif mid <= best * (1.0 - TRAIL):
            self.exits += 1
            self.best[tick.symbol] = mid
        sent_ns = tick.sent_ns
        self.delays_ns.append((sent_ns, time.monotonic_ns() - sent_ns))


def gateway(put: "Callable[[Event], None]", ticks_per_s: float, seconds: float, contracts: int) -> None:
    """Ticks from the socket to the event engine, until the sender is done."""
    names = [f"NIFTY26AUG{21_550 + 25 * k}{'CP'[k % 2]}" for k in range(contracts)]
    bids = [100.0 + k for k in range(contracts)]
    source, process = sender(ticks_per_s, seconds, contracts)
    left = b""
    for number in range(sys.maxsize):
        read = source.recv(65_536)
        if not read:
            break
        left += read
        whole = len(left) // TICK.size * TICK.size
        for sent_ns, k in TICK.iter_unpack(left[:whole]):
            bids[k] += 0.05 if (number + k) % 2 else -0.05
            put(Event(EVENT_TICK, tick_of(names[k], round(bids[k], 2), sent_ns)))
        left = left[whole:]
    process.wait()


def tick_of(symbol: str, bid: float, sent_ns: int) -> "TickData":
    """A tick with what the monitor shows, and when it was sent."""
    tick = TickData(
        gateway_name="BENCH", symbol=symbol, exchange=Exchange.SMART, name=symbol,
        datetime=OPENED_AT + timedelta(microseconds=sent_ns // 1000 % 10**10), volume=65.0, open_interest=1000.0,
        last_price=bid, open_price=bid, high_price=bid, low_price=bid, bid_price_1=bid, ask_price_1=bid + 0.05,
        bid_volume_1=650.0, ask_volume_1=975.0,
    )  # fmt: skip
    tick.sent_ns = sent_ns
    return tick


def measure(ticks_per_s: float, seconds: float, contracts: int) -> dict[str, dict[str, float]]:
    """One run with the window open."""
    app = create_qapp()
    event_engine = EventEngine()
    main_engine = MainEngine(event_engine)
    taken: list[tuple[int, int]] = []

    class Timed(TickMonitor):
        """Notes when it has taken a tick."""

        def process_event(self, event: Event) -> None:
            super().process_event(event)
            sent_ns = event.data.sent_ns
            taken.append((sent_ns, time.monotonic_ns() - sent_ns))

    monitor = Timed(main_engine, event_engine)
    monitor.resize(1600, 1000)
    monitor.show()
    rule = TrailingStop()
    event_engine.register(EVENT_TICK, rule.on_tick)
    feeding = threading.Thread(target=gateway, args=(event_engine.put, ticks_per_s, WARM_S + seconds, contracts))
    feeding.start()
    QtCore.QTimer.singleShot(round((WARM_S + seconds) * 1e3) + 500, app.exit)
    app.exec()
    feeding.join()
    begins_ns = min(sent for sent, _ in rule.delays_ns) + round(WARM_S * 1e9)
    return {"monitor": figures_of(taken, begins_ns), "stop": figures_of(list(rule.delays_ns), begins_ns)}


def figures_of(delays_ns: list[tuple[int, int]], begins_ns: int) -> dict[str, float]:
    """Of the ticks sent since then; how many of them have come through is told too."""
    delays_us = sorted(late / 1e3 for sent, late in delays_ns if sent >= begins_ns)
    return {
        "p50_us": delays_us[len(delays_us) // 2], "p99_us": delays_us[int(len(delays_us) * 0.99)],
        "max_us": delays_us[-1], "decisions": len(delays_us),
    }  # fmt: skip


def main() -> None:
    """Print one line and be gone: the monitor may be minutes behind, and nobody waits for it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ticks-per-s", type=float, default=1000.0)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--contracts", type=int, default=400)
    chosen = options.parse_args()
    said = measure(chosen.ticks_per_s, chosen.seconds, chosen.contracts)
    print(json.dumps({"peer": "vnpy", "version": version("vnpy"), "measured": True, **said}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".vntrader").mkdir()  # where it looks for its settings and its database
        os.chdir(folder)
        try:
            from collections.abc import Callable

            from vnpy.event import Event, EventEngine
            from vnpy.trader.constant import Exchange
            from vnpy.trader.engine import MainEngine
            from vnpy.trader.event import EVENT_TICK
            from vnpy.trader.object import TickData
            from vnpy.trader.ui import QtCore, create_qapp
            from vnpy.trader.ui.widget import TickMonitor
        except ImportError:
            print(json.dumps({"peer": "vnpy", "measured": False, "why": "not measured: no vnpy here"}))
            sys.exit(0)
        main()
