"""From the start of the demo's process to its first explained exit: a position that a rule has closed, and why.

Run it from the root of the repository: python -m tests.bench.bench_first_exit. The demo runs at its own speed in its
window, offscreen, as `cockpit` alone starts it; the first run of two puts files into the system's cache.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.app import Cockpit
from cockpit.feeds.demo import DEMO_SPEED
from tests.bench.demo_window import demo_session, keep_apart, play

LONGEST_S, GIVEN_UP_S = 30.0, 120.0
LOOK_S = 0.05
ROOT = Path(__file__).resolve().parents[2]


async def first_exit(cockpit: Cockpit) -> None:
    """Prints the monotonic time at which the window has shown the first explained exit, and its words."""
    ends_s = time.monotonic() + GIVEN_UP_S
    while time.monotonic() < ends_s:
        await asyncio.sleep(LOOK_S)
        frame = cockpit.window.frame
        gone = [trip for trip in (frame.closed if frame else ()) if trip.rule != "human" and trip.trigger]
        if gone:
            print(f"{time.monotonic()} {gone[0].label}: {gone[0].rule}, {gone[0].trigger}", flush=True)
            return


def once() -> tuple[float, str]:
    """Seconds from the start of a process, and what left and why."""
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.bench.bench_first_exit", "--once"]
    said = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=2 * GIVEN_UP_S)
    lines = [line for line in said.stdout.splitlines() if line[:1].isdigit()]
    if not lines:
        raise SystemExit(f"the demo showed no explained exit within {GIVEN_UP_S:.0f} s:\n{said.stderr}")
    at_s, words = lines[-1].split(" ", 1)
    return float(at_s) - began, words


def main() -> None:
    """Measure and print."""
    if sys.argv[1:] == ["--once"]:
        with tempfile.TemporaryDirectory() as folder:
            keep_apart(folder)
            raise SystemExit(play(demo_session(DEMO_SPEED, Path(folder) / "journal.sqlite"), first_exit))
    once()
    seconds, words = once()
    met = "met" if seconds <= LONGEST_S else "NOT MET"
    print(f"process start to the demo's first explained exit at x{DEMO_SPEED:.0f}: {seconds:.1f} s ({words})")
    print(f"  at most {LONGEST_S:.0f} s is asked: {met}")


if __name__ == "__main__":
    main()
