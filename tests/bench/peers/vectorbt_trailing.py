"""Trailing stops of vectorbt's Portfolio.from_signals: ticks x configurations a core second, as JSON."""

import argparse
import json
import sys
from importlib.metadata import version
from time import process_time

try:
    import numpy as np
    import pandas as pd
    import vectorbt as vbt
except ImportError:
    print(json.dumps({"peer": "vectorbt", "measured": False, "why": "not measured: no vectorbt here"}))
    sys.exit(0)

NEVER = (0.3, 0.6)  # distances of stops that the walk does not reach
OFTEN = (0.001, 0.01)


def premiums(count: int, seed: int) -> np.ndarray:
    """A seeded walk around 100, which never falls by more than a tenth."""
    steps = np.random.default_rng(seed).normal(0.0, 0.01, count)
    return np.clip(100.0 + steps.cumsum(), 95.0, 105.0)


def seconds(close: pd.DataFrame, stops: np.ndarray, *, again: bool) -> tuple[float, int]:
    """Processor time of one call and its orders; with `again` a position is opened wherever none is."""
    entries = np.zeros(close.shape, bool)
    entries[:] = again
    entries[0] = True
    exits = np.zeros(close.shape, bool)
    began = process_time()
    made = vbt.Portfolio.from_signals(
        close, entries=entries, exits=exits, sl_stop=stops[None, :], sl_trail=True, freq="1s"
    )
    return process_time() - began, len(made.orders.records)


def main() -> None:
    """Best of `--rounds`, for stops that are never and that are often hit; the first call compiles, and is not one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ticks", type=int, default=100_000)
    options.add_argument("--configurations", type=int, default=100)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seed", type=int, default=7)
    chosen = options.parse_args()
    walk = premiums(chosen.ticks, chosen.seed)
    close = pd.DataFrame(np.tile(walk[:, None], (1, chosen.configurations)))
    never, often = (np.linspace(*span, chosen.configurations) for span in (NEVER, OFTEN))
    seconds(close, never, again=False)
    quiet = min(seconds(close, never, again=False) for _ in range(chosen.rounds))
    lively = min(seconds(close, often, again=True) for _ in range(chosen.rounds))
    if quiet[1] != chosen.configurations or lively[1] <= chosen.configurations:
        raise SystemExit("the walk does not do what is measured: change its seed")
    work = chosen.ticks * chosen.configurations
    print(
        json.dumps(
            {
                "peer": "vectorbt",
                "version": version("vectorbt"),
                "measured": True,
                "ticks": chosen.ticks,
                "configurations": chosen.configurations,
                "quiet_per_s": round(work / quiet[0]),
                "lively_per_s": round(work / lively[0]),
                "orders": lively[1],
            }
        )
    )


if __name__ == "__main__":
    main()
