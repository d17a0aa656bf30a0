"""What a frame costs, how long a tick may wait for it, and what further positions add to a tick through their frames.

Run it from the root of the repository: python -m tests.bench.bench_frames. Frames are made at 60 Hz of wall time and in
slices, as the engine makes them; a tick bears its share of them: at n ticks a second, 60 / n of a frame. Times are of
the processor.
"""

import gc
import sys
from pathlib import Path
from statistics import median, quantiles
from time import thread_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.engine import SLICE_S
from cockpit.projection.projector import Projector
from tests.bench.chain_scene import POSITIONS, made_chain
from tests.bench.scene import Scene, made

RUNS = 5
FRAMES = 400
OTHERS = (0, 15, 100, 1000)
HERTZ = 60.0
HISTORY_S = 300
FRAME_NS = round(1e9 / HERTZ)


def sliced(projector: Projector) -> list[float]:
    """Seconds that each slice of a frame takes."""
    took: list[float] = []
    began = thread_time()
    for frame in projector.slices(1.0 / HERTZ):
        now = thread_time()
        if frame is not None or now - began >= SLICE_S:
            took.append(now - began)
            began = now
    return took


def costs(scene: Scene) -> tuple[float, float, float]:
    """Seconds of a tick, of a frame after a tick, and of a frame after nothing."""
    take, frame, state = scene.session.take, scene.projector.frame, scene.session.state
    for _ in range(len(state.held) // 16 + 2):  # every row has been seen once
        frame()
    gc.collect()
    gc.freeze()
    ticks, busy, quiet = list[float](), list[float](), list[float]()
    for event in scene.events:
        began = thread_time()
        take(event)
        ticks.append(thread_time() - began)
        busy.append(sum(sliced(scene.projector)))
        quiet.append(sum(sliced(scene.projector)))
    return median(ticks), sum(busy) / len(busy), median(quiet)


def moving() -> tuple[list[float], list[float], list[float]]:
    """Seconds of whole frames, of sliced ones and of their slices, while an underlying moves before each of them."""
    scene = made_chain(HISTORY_S)
    gc.collect()
    gc.freeze()
    whole, parts, waits = list[float](), list[float](), list[float]()
    for count in range(2 * FRAMES):
        at_ns = scene.begins_ns + count * FRAME_NS
        ticks = scene.ticks.batch(at_ns, 16)
        scene.session.take(ticks._replace(underlyings=(scene.ticks.underlying(at_ns),)))
        if count < FRAMES:
            began = thread_time()
            scene.frame()
            whole.append(thread_time() - began)
        else:
            took = sliced(scene.projector)
            parts.append(sum(took))
            waits += took
    return whole, parts, waits


def main() -> None:
    """Measure and print."""
    print(f"{POSITIONS} positions whose underlying moves before every one of {FRAMES} frames, in microseconds")
    for name, took in zip(("whole frames", "frames in slices", "a slice"), moving(), strict=True):
        print(f"{name:17} mean {sum(took) / len(took) * 1e6:5.0f}, p99 {quantiles(took, n=100)[-1] * 1e6:5.0f}")
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
