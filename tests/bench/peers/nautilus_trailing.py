"""One percent trailing stop in nautilus_trader's backtest: decisions per second, as JSON (needs that package)."""

import argparse
import json
import random
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from time import perf_counter

try:
    from nautilus_trader.backtest.config import BacktestEngineConfig
    from nautilus_trader.backtest.engine import BacktestEngine
    from nautilus_trader.config import LoggingConfig
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.data import QuoteTick
    from nautilus_trader.model.enums import AccountType, OmsType
    from nautilus_trader.model.identifiers import TraderId
    from nautilus_trader.model.instruments import Instrument
    from nautilus_trader.model.objects import Money
    from nautilus_trader.test_kit.providers import TestInstrumentProvider
    from nautilus_trader.trading.strategy import Strategy
except ImportError:
    print(json.dumps({"peer": "nautilus", "measured": False, "why": "not measured: no nautilus_trader here"}))
    sys.exit(0)

TRAIL = 0.01
OPENED_AT_NS = int(datetime(2026, 1, 5, 9, 15, tzinfo=UTC).timestamp()) * 1_000_000_000
TICK_EVERY_NS = 250_000_000


def premiums(count: int, seed: int) -> list[tuple[float, float]]:
    """Bid and ask of a seeded walk around 100, on a tick of 0.05."""
    walk = random.Random(seed)
    mid, quotes = 100.0, []
    for _ in range(count):
        mid = max(5.0, round((mid + walk.choice((-0.1, -0.05, 0.0, 0.05, 0.1))) / 0.05) * 0.05)
        quotes.append((round(mid - 0.05, 2), round(mid + 0.05, 2)))
    return quotes


class TrailingStop(Strategy):
    """High-water mark of the mid; a fall of `TRAIL` below it is an exit, after which the position is held anew."""

    def __init__(self, instrument: Instrument) -> None:
        super().__init__()
        self.instrument = instrument
        self.best = 0.0
        self.decisions = 0
        self.exits = 0

    def on_start(self) -> None:
        """Ask for the quotes of the one contract."""
        self.subscribe_quote_ticks(self.instrument.id)

    def on_quote_tick(self, tick: QuoteTick) -> None:
        """Judge one quote."""
        mid = (float(tick.bid_price) + float(tick.ask_price)) * 0.5
        if mid > self.best:
            self.best = mid
        elif mid <= self.best * (1.0 - TRAIL):
            self.exits += 1
            self.best = mid
        self.decisions += 1


def quotes(instrument: Instrument, count: int, seed: int) -> list[QuoteTick]:
    """`count` quotes of one contract, a quarter of a second apart."""
    size = instrument.make_qty(50)
    return [
        QuoteTick(
            instrument.id,
            instrument.make_price(bid),
            instrument.make_price(ask),
            size,
            size,
            OPENED_AT_NS + row * TICK_EVERY_NS,
            OPENED_AT_NS + row * TICK_EVERY_NS,
        )
        for row, (bid, ask) in enumerate(premiums(count, seed))
    ]


def whole_run(instrument: Instrument, ticks: list[QuoteTick]) -> tuple[float, TrailingStop]:
    """Seconds of `BacktestEngine.run` alone: data loaded and sorted before, reports never made."""
    engine = BacktestEngine(
        BacktestEngineConfig(
            trader_id=TraderId("BENCH-001"), logging=LoggingConfig(bypass_logging=True), run_analysis=False
        )
    )
    engine.add_venue(
        venue=instrument.venue,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=USD,
        starting_balances=[Money(1_000_000, USD)],
    )
    engine.add_instrument(instrument)
    rule = TrailingStop(instrument)
    engine.add_strategy(rule)
    engine.add_data(ticks)
    began = perf_counter()
    engine.run()
    seconds = perf_counter() - began
    engine.dispose()
    return seconds, rule


def handler_only(instrument: Instrument, ticks: list[QuoteTick]) -> float:
    """Seconds of `on_quote_tick` called in a plain loop: no engine, no message bus, no matching."""
    handle = TrailingStop(instrument).on_quote_tick
    began = perf_counter()
    for tick in ticks:
        handle(tick)
    return perf_counter() - began


def main() -> None:
    """Best of `--rounds`, the whole run and the handler alone."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ticks", type=int, default=200_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seed", type=int, default=7)
    chosen = options.parse_args()
    instrument = TestInstrumentProvider.aapl_option()
    ticks = quotes(instrument, chosen.ticks, chosen.seed)
    seconds, rule = min((whole_run(instrument, ticks) for _ in range(chosen.rounds)), key=lambda r: r[0])
    if rule.decisions != chosen.ticks:
        raise SystemExit(f"nautilus_trader delivered {rule.decisions} of {chosen.ticks} quotes")
    alone = min(handler_only(instrument, ticks) for _ in range(chosen.rounds))
    print(
        json.dumps(
            {
                "peer": "nautilus",
                "version": version("nautilus_trader"),
                "measured": True,
                "ticks": chosen.ticks,
                "exits": rule.exits,
                "decisions_per_s": round(chosen.ticks / seconds),
                "decisions_per_s_handler_only": round(chosen.ticks / alone),
            }
        )
    )


if __name__ == "__main__":
    main()
