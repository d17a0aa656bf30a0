"""Ticks x configurations a core second: the compiled chain of `scalp` beside vectorbt's trailing stops.

Run it from the root of the repository: python -m tests.bench.bench_lab. Ours are eight rules, all of them asked on
every tick of a synthetic day that the engine's own market code has seen; the peer's is one trailing stop, by
Portfolio.from_signals(sl_trail). Every round runs in a process of its own, ours and the peer's in turn, compiled
before it is timed; seconds are of the processor, and ratios are made within a round.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

import numpy as np

from cockpit.exits.profile import Profile
from cockpit.lab.chain import Chain, compile_profile
from cockpit.lab.configurations import Configurations
from cockpit.lab.table import Table, table_of
from cockpit.wiring import profile
from tests.bench.peer import measured
from tests.lab.ticks import Day, Played

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
TICKS = 100_000
MANY = 100  # configurations
LEAST, AIM = 8.0, 15.0
SEED = 7
PATIENT: tuple[tuple[str, str, float], ...] = (  # limits that the ticks never reach
    ("session_cutoff", "lunch", 0), ("session_cutoff", "close_on", 2), ("holding_limit", "max_held_s", 86_400),
    ("theta_decay", "max_held_s", 86_400), ("theta_decay", "max_rate", 10), ("theta_decay", "combined_rate", 10),
    ("theta_decay", "max_iv_fall_pct", 100), ("open_interest_reversal", "max_fall_pct", 100),
    ("open_interest_reversal", "flip_pct", 100), ("open_interest_reversal", "max_build_pct", 1000),
    ("exhaustion", "climax_ratio", 1000), ("exhaustion", "collapsed_gamma", 0),
    ("exhaustion", "divergence_points", 10_000), ("exhaustion", "candle_delta", 0),
    ("greeks_trailing_stop", "arm_gain_pct", 1000), ("scale_out", "min_gain_pct", 1000),
)  # fmt: skip


def patient(base: Profile, *, trailing: bool) -> Configurations:
    """Configurations that all stay in the position; with `trailing` their trails are armed, and move."""
    made = Configurations.grid(base, MANY)
    for rule, name, value in PATIENT:
        made.set(rule, name, value)
    made.set("protective_stop", "stop_pct", np.linspace(99.9, 100.0, MANY))
    if trailing:
        made.set("greeks_trailing_stop", "arm_gain_pct", 0)
        made.set("greeks_trailing_stop", "arm_delta", 0)
        made.set("greeks_trailing_stop", "base_points", np.linspace(900, 1000, MANY))
    return made


def seconds(chain: Chain, table: Table, given: Configurations) -> float:
    """Processor time of one run, in which nobody leaves."""
    began = process_time()
    runs = chain.run(table, given)
    spent = process_time() - began
    if not runs.left.all():
        raise SystemExit(f"a configuration has left by {runs.last(int(np.argmin(runs.left)))}: it must stay")
    return spent


def once(ticks: int) -> dict[str, float]:
    """One round of ours, as the process that was started for it."""
    base = profile("scalp")
    played = Played(Day(seed=SEED, ticks=ticks, chosen=base))
    began = process_time()
    table = table_of(played)
    seen = process_time() - began
    chain = compile_profile(base)
    began = process_time()
    seconds(chain, table, patient(base, trailing=False))
    compiled = process_time() - began
    work = len(table) * MANY
    found = {"compiled_s": compiled, "table_us": seen / len(table) * 1e6}
    for name, trailing in (("quiet", False), ("trailing", True)):
        given = patient(base, trailing=trailing)
        found[f"{name}_per_s"] = work / min(seconds(chain, table, given) for _ in range(3))
    return found


def ours(ticks: int) -> dict[str, float]:
    """The same in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.bench_lab", "--once", "--ticks", str(ticks)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, float] = json.loads(said.stdout)
    return found


def report(ticks: int, say: Callable[[str], None]) -> None:
    """Prints both sides and their ratio, against the faster of the peer's two ways."""
    rounds: list[tuple[dict[str, float], dict[str, Any]]] = []
    for _ in range(RUNS):
        rounds.append((ours(ticks), measured("vectorbt", ticks)))
    say(f"median of {RUNS} interleaved rounds of {ticks:,} ticks x {MANY} configurations, processor time")
    for figure, words in (("quiet", "scalp, 8 rules, nothing holds"), ("trailing", "scalp, 8 rules, trails armed")):
        say(f"{words:34} {median(mine[f'{figure}_per_s'] for mine, _ in rounds) / 1e6:7.1f} M/s")
    first, then = rounds[0][0]["compiled_s"], rounds[-1][0]["compiled_s"]
    say(f"{'first run of a process':34} {first:7.1f} s, in the last round {then:.1f} s")
    say(f"{'a row of a table':34} {median(mine['table_us'] for mine, _ in rounds):7.1f} µs")
    found = [(mine, peer) for mine, peer in rounds if peer["measured"]]
    if not found:
        say(f"vectorbt {rounds[0][1]['why']}")
        return
    for figure, words in (("quiet", "stops never hit"), ("lively", "stops often hit")):
        theirs = median(peer[f"{figure}_per_s"] for _, peer in found)
        say(f"vectorbt {found[0][1]['version']}, {words:18} {theirs / 1e6:7.1f} M/s")
    for figure in ("quiet", "trailing"):
        ratio = median(m[f"{figure}_per_s"] / max(p["quiet_per_s"], p["lively_per_s"]) for m, p in found)
        met = f"   at least {LEAST:g} is asked: {'met' if ratio >= LEAST else 'NOT MET'}, aim {AIM:g}"
        say(f"ratio, {figure:8} {ratio:6.1f}{met}")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ticks", type=int, default=TICKS)
    options.add_argument("--once", action="store_true", help="one round of ours, as JSON")
    chosen = options.parse_args()
    if chosen.once:
        print(json.dumps(once(chosen.ticks)))
        return
    report(chosen.ticks, print)


if __name__ == "__main__":
    main()
