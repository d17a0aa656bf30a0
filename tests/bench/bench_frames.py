"""What a frame costs, and what further positions on other underlyings add to a tick through their frames.

Run it from the root of the repository: python -m tests.bench.bench_frames. Frames are made at 60 Hz of wall time, so a
tick bears its share of them: at n ticks a second, 60 / n of a frame.
"""

import gc
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from tests.bench.scene import Scene, made

RUNS = 5
FRAMES = 400
OTHERS = (0, 15, 100, 1000)
HERTZ = 60.0


def costs(scene: Scene) -> tuple[float, float, float]:
    """Seconds of a tick, of a frame after a tick, and of a frame after nothing."""
    take, frame, state = scene.session.take, scene.projector.frame, scene.session.state
    for _ in range(len(state.held) // 16 + 2):  # every row has been seen once
        frame()
    gc.collect()
    gc.freeze()
    ticks, busy, quiet = list[float](), list[float](), list[float]()
    for event in scene.events:
        began = perf_counter()
        take(event)
        taken = perf_counter()
        frame()
        framed = perf_counter()
        frame()
        ticks.append(taken - began)
        busy.append(framed - taken)
        quiet.append(perf_counter() - framed)
    return median(ticks), median(busy), median(quiet)


def main() -> None:
    """Measure and print."""
    print(f"medians of {RUNS} interleaved rounds of {FRAMES} ticks, each with a frame")
    rounds = [{others: costs(made(FRAMES, others)) for others in OTHERS} for _ in range(RUNS)]
    for others in OTHERS:
        tick, busy, quiet = (median(r[others][i] for r in rounds) * 1e6 for i in range(3))
        # a core that does nothing but ticks and 60 frames a second
        share = median((r[others][1] - r[0][1]) * HERTZ for r in rounds) * 100.0
        print(
            f"{others:5} further positions: a tick {tick:6.1f} µs, a frame {busy:6.0f} µs, after nothing {quiet:5.0f}"
            f" µs; frames add {share:+5.2f} % to a tick (at most 5 % is asked)"
        )


if __name__ == "__main__":
    main()
