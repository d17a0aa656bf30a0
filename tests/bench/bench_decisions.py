"""Decisions a second through Session.take, beside two other engines; where the time goes; what quiet positions add.

Run it from the root of the repository: python -m tests.bench.bench_decisions. A decision of ours is a whole tick:
features, eight rules, arbitration, ledger, and frames at 60 Hz of wall time. A peer's is its loop around a one-line
trailing stop. Every round runs in a process of its own, ours and the peers' in turn, and ratios are made within a
round, so that a busy moment of the machine falls on both.
"""

import argparse
import gc
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.events import Batch, Heartbeat
from cockpit.session import Session
from tests.bench.peer import measured
from tests.bench.scene import Scene, made, with_heartbeats
from tests.bench.stages import Shares, shares

RUNS = 5
TICKS = 100_000
OTHERS = 1000
TICKS_BESIDE = 3000  # 300 s of session time; in the second half of it there are heartbeats
WARM_BEATS = 120  # in which the quotes of the quiet contracts grow old, which is said once
FIGURES_BESIDE = (
    ("among_us", "a tick among ticks"),
    ("beside_us", "a tick beside heartbeats"),  # finds the caches cold that alone it would find warm
    ("beat_us", "a heartbeat"),
)
FRAME_S = 0.016  # as cockpit.engine
LOOK_EVERY = 32  # ticks between two looks at the clock
FIGURES = (  # peer, its figure, what it is, and the least ratio
    ("vnpy", "decisions_per_s", "vnpy, live queue", 0.5),
    ("vnpy", "decisions_per_s_full_queue", "vnpy, full queue", None),
    ("nautilus", "decisions_per_s", "nautilus, whole run", 0.7),
    ("nautilus", "decisions_per_s_handler_only", "nautilus, handler alone", None),
)


def seconds(scene: Scene) -> float:
    """Time of all ticks, with frames as the engine makes them."""
    take, frame, events = scene.session.take, scene.projector.frame, scene.events
    gc.collect()
    gc.freeze()  # as the application does after its start
    began = due = perf_counter()
    for i in range(0, len(events), LOOK_EVERY):
        for event in events[i : i + LOOK_EVERY]:
            take(event)
        if perf_counter() >= due:
            frame()
            due = perf_counter() + FRAME_S
    spent = perf_counter() - began
    scene.opens_and_holds(len(scene.session.state.held))
    return spent


def beside_quiet(scene: Scene) -> dict[str, float]:
    """Microseconds of a tick among ticks, of one beside heartbeats, and of a heartbeat.

    Medians of ticks; the mean of heartbeats, because every minute each position is sampled at one.
    """
    half = len(scene.events) // 2
    gc.collect()
    gc.freeze()
    among = timed(scene.session, scene.events[:half])
    beside, beats = list[float](), list[float]()
    for *ticks, beat in with_heartbeats(scene.events[half:]):
        beside += timed(scene.session, ticks)
        beats += timed(scene.session, [beat])
    return {
        "among_us": median(among) * 1e6, "beside_us": median(beside) * 1e6, "beat_us": mean(beats[WARM_BEATS:]) * 1e6,
    }  # fmt: skip


def timed(session: Session, events: Sequence[Batch | Heartbeat]) -> list[float]:
    """Seconds of each event."""
    times = [perf_counter()]
    for event in events:
        session.take(event)
        times.append(perf_counter())
    return [after - before for before, after in pairwise(times)]


def once(ticks: int, others: int | None) -> dict[str, float]:
    """One round of ours, as the process that was started for it."""
    if others is not None:
        return beside_quiet(made(ticks, others))
    return {"decisions_per_s": ticks / seconds(made(ticks))}


def ours(ticks: int, others: int | None = None) -> dict[str, float]:
    """The same in a fresh process."""
    options = ["--once", "--ticks", str(ticks)] + ([] if others is None else ["--others", str(others)])
    command = [sys.executable, "-m", "tests.bench.bench_decisions", *options]
    root = Path(__file__).resolve().parents[2]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    found: dict[str, float] = json.loads(said.stdout)
    return found


def against_peers(ticks: int, say: Callable[[str], None]) -> float:
    """Prints the ratios; returns the median of our own decisions a second."""
    rounds: list[tuple[float, dict[str, dict[str, Any]]]] = []
    for _ in range(RUNS):
        mine = ours(ticks)["decisions_per_s"]
        rounds.append((mine, {name: measured(name, ticks) for name in ("vnpy", "nautilus")}))
    middle = median(mine for mine, _ in rounds)
    say(f"median of {RUNS} interleaved rounds of {ticks:,} ticks; one position, eight rules, ledger, frames at 60 Hz")
    say(f"{'cockpit, Session.take':26} {middle:12,.0f} /s {1e6 / middle:7.2f} µs")
    for peer, figure, words, least in FIGURES:
        found = [(mine, peers[peer]) for mine, peers in rounds if peers[peer]["measured"]]
        if not found:
            say(f"{words:26} {rounds[0][1][peer]['why']}")
            continue
        theirs, ratio = median(p[figure] for _, p in found), median(mine / p[figure] for mine, p in found)
        asked = "" if least is None else f"   at least {least:.2f} is asked: {'met' if ratio >= least else 'NOT MET'}"
        say(f"{words:26} {theirs:12,.0f} /s {1e6 / theirs:7.2f} µs   ratio {ratio:5.2f}{asked}")
    return middle


def of_stages(ticks: int, per_s: float, say: Callable[[str], None]) -> None:
    """Prints where a tick's time goes: shares of an instrumented pass, scaled to the plain one."""
    found: Shares = shares(ticks)
    say(f"\nwhere the {1e6 / per_s:.2f} µs of a tick go (shares of an instrumented pass)")
    for name, share in found.of_take:
        say(f"  {name:32} {share / per_s * 1e6:6.2f} µs {share * 100:5.1f} %")
    say(f"  {'a frame (60 a second)':32} {found.frame_us:6.0f} µs")


def of_quiet_positions(ticks: int, say: Callable[[str], None]) -> None:
    """Prints what further positions on other underlyings add to a tick, and what their heartbeats cost."""
    rounds = [(ours(ticks, 0), ours(ticks, OTHERS)) for _ in range(RUNS)]
    say(f"\n{OTHERS:,} further positions on other underlyings, 4 heartbeats a second of session time")
    for figure, words in FIGURES_BESIDE:
        alone, beside = (median(r[i][figure] for r in rounds) for i in (0, 1))
        added = median(r[1][figure] / r[0][figure] - 1.0 for r in rounds) * 100.0
        met = "" if figure != "among_us" else f"   at most 5 % is asked: {'met' if added <= 5.0 else 'NOT MET'}"
        core = "" if figure != "beat_us" else f"   in a live session {beside * 4e-4:.2f} % of a core"
        say(f"  {words:28} {alone:8.2f} -> {beside:8.2f} µs   added {added:+8.1f} %{met}{core}")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ticks", type=int, default=TICKS)
    options.add_argument("--once", action="store_true", help="one round of ours, as JSON")
    options.add_argument("--others", type=int, help="further positions, with --once")
    chosen = options.parse_args()
    if chosen.once:
        print(json.dumps(once(chosen.ticks, chosen.others)))
        return
    per_s = against_peers(chosen.ticks, print)
    of_stages(chosen.ticks // 5, per_s, print)
    of_quiet_positions(TICKS_BESIDE, print)


if __name__ == "__main__":
    main()
