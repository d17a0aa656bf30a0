"""A whole recorded day with ten positions at a time, ledger on: wall seconds and peak memory of one process.

Run it from the root of the repository: python -m tests.bench.bench_replay. The recording is the NIFTY day of
COCKPIT_RECORDINGS (default ../shared/data); without it nothing is measured.
"""

import argparse
import json
import math
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.events import NS, Batch, Entry
from cockpit.feeds.recording import Recording, load
from cockpit.profiles import profile
from cockpit.wiring import Plan, Script, replay_of

RUNS = 5
ROOT = Path(__file__).resolve().parents[2]
DAY = "in_nifty_20260818_1m.parquet"
PROFILES = ("adaptive", "scalp", "ladder")
AT_A_TIME = 10
EVERY_NS = 15 * 60 * NS
LOTS = 4
NEAR_POINTS = 500.0
LONGEST_S, LARGEST_MB = 6.0, 400.0


def recording_path() -> Path:
    """Where the day is, whether or not it is there."""
    return (ROOT / os.environ.get("COCKPIT_RECORDINGS", "../shared/data") / DAY).resolve()


def entries(recording: Recording) -> list[Entry]:
    """Ten contracts near the money every quarter of an hour, all at one instant, chosen with a seed."""
    chance, made, due_ns = random.Random(11), list[Entry](), recording.first_ns + EVERY_NS // 3
    price = math.nan
    for batch in recording.batches:
        for row in batch.underlyings:
            price = row.price or price
        if due_ns <= batch.at_ns < recording.last_ns - EVERY_NS:
            near = near_the_money(recording, batch, price)
            if len(near) < AT_A_TIME:
                continue
            for symbol in sorted(chance.sample(near, AT_A_TIME)):
                made.append(Entry(batch.at_ns, symbol, "buy", LOTS * recording.instruments[symbol].lot))
            due_ns += EVERY_NS
    return made


def near_the_money(recording: Recording, batch: Batch, price: float) -> list[str]:
    """Contracts of the batch that trade (the day has no quotes) and are near the underlying, in symbol order."""
    found: set[str] = set()
    for q in batch.quotes:
        strike = recording.instruments[q.symbol].strike
        if q.last and strike and abs(strike - (q.underlying_price or price)) <= NEAR_POINTS:
            found.add(q.symbol)
    return sorted(found)


def once(name: str) -> dict[str, float]:
    """Loads and plays the day; everything but the start of Python counts."""
    began = time.perf_counter()
    recording = load(recording_path(), now_ns=time.time_ns())
    loaded = time.perf_counter()
    script = Script(entries=entries(recording))
    chosen = profile(name)
    plan = Plan(profiles={name: chosen}, default_profile=name, script=script, cooldown=False)
    replay = replay_of(recording, plan)
    playing = time.perf_counter()
    replay.play()
    ended = time.perf_counter()
    state = replay.state
    if len(state.closed) + len(state.held) < max(0.8 * len(script.entries), AT_A_TIME):
        raise SystemExit(f"{len(state.closed)} round trips came of {len(script.entries)} entries")
    return {
        "wall_s": loaded - began + ended - playing, "load_s": loaded - began, "play_s": ended - playing,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0, "rows": state.ticks,
        "evaluations": state.evaluations, "round_trips": len(state.closed),
    }  # fmt: skip


def in_a_process(name: str) -> dict[str, float]:
    """The same, in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "tests.bench.bench_replay", "--once", name]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, float] = json.loads(said.stdout)
    return found


def line(name: str, runs: list[dict[str, float]]) -> str:
    """The report of one profile."""
    wall, peak = median(r["wall_s"] for r in runs), median(r["peak_mb"] for r in runs)
    load_s, play_s = median(r["load_s"] for r in runs), median(r["play_s"] for r in runs)
    met = "met" if wall <= LONGEST_S and peak <= LARGEST_MB else "NOT MET"
    return (
        f"{name:9} {wall:5.2f} s (load {load_s:.2f}, play {play_s:.2f})   peak {peak:4.0f} MB   "
        f"{runs[0]['evaluations']:9,.0f} evaluations, {runs[0]['round_trips']:.0f} round trips   {met}"
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--once", metavar="PROFILE", help="one run, as JSON")
    chosen = options.parse_args()
    if chosen.once:
        print(json.dumps(once(chosen.once)))
        return
    if not recording_path().exists():
        print(f"replay of a day: not measured: there is no {DAY} in COCKPIT_RECORDINGS")
        return
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in PROFILES}
    for _ in range(RUNS):
        for name in PROFILES:
            runs[name].append(in_a_process(name))
    rows = runs[PROFILES[0]][0]["rows"]
    print(f"{DAY}, {rows:,.0f} rows, {AT_A_TIME} entries every {EVERY_NS // NS // 60} min; median of {RUNS} runs")
    print(f"at most {LONGEST_S:.0f} s and {LARGEST_MB:.0f} MB are asked")
    for name in PROFILES:
        print(line(name, runs[name]))


if __name__ == "__main__":
    main()
