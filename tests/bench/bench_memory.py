"""Memory of the demo in its window at x60 for an hour, and how much of it comes in the second half.

Run it from the root of the repository: python -m tests.bench.bench_memory [--minutes 60]. The platform is offscreen.
When the demo's day is over it is started again, in the same process and with the same journal, so that whatever one
session leaves behind is seen in the next.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.app import Cockpit
from tests.bench.demo_window import demo_session, keep_apart, play

SPEED = 60.0
SAMPLE_S = 5.0
MOST_MB, MOST_GROWTH = 450.0, 0.05
SETTLED_S = 60.0  # before it nothing is compared
PAGES = ("cockpit", "chain", "journal", "settings")
PAGE_S = 20.0  # then the next one is looked at
Sample = tuple[float, float, str]  # minutes, MB, what was on the screen


def resident_mb() -> float:
    """What the process holds of the machine's memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Hour:
    """Samples over several sessions, with every page of the window looked at in turn."""

    def __init__(self, minutes: float) -> None:
        self.began_s = time.monotonic()
        self.ends_s = self.began_s + minutes * 60.0
        self.samples: list[Sample] = []
        self.sessions = 0

    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.ends_s

    async def watch(self, cockpit: Cockpit) -> None:
        """One session, until its day or the hour is over."""
        self.sessions += 1
        while not self.is_over():
            await asyncio.sleep(SAMPLE_S)
            frame = cockpit.window.frame
            if frame is None:
                continue
            self._sample(cockpit)
            if frame.ended:
                return
            page = PAGES[int((time.monotonic() - self.began_s) / PAGE_S) % len(PAGES)]
            cockpit.window.show_page(page)
            positions = frame.positions
            if positions:
                cockpit.window.cockpit.grid.select(positions[len(self.samples) % len(positions)].id)

    def _sample(self, cockpit: Cockpit) -> None:
        sample = ((time.monotonic() - self.began_s) / 60.0, resident_mb(), cockpit.window.pages.current)
        self.samples.append(sample)
        if len(self.samples) % 6 == 1:
            print(f"{sample[0]:6.1f} min {sample[1]:7.1f} MB   session {self.sessions}, {sample[2]}", flush=True)


def growth(samples: list[Sample]) -> float:
    """By which fraction the last tenth lies over the tenth in the middle, medians of each; nan with few samples."""
    settled = [mb for minute, mb, _ in samples if minute * 60.0 >= SETTLED_S]
    tenth = len(settled) // 10
    if not tenth:
        return float("nan")
    middle = len(settled) // 2
    return median(settled[-tenth:]) / median(settled[middle : middle + tenth]) - 1.0


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=60.0)
    chosen = options.parse_args()
    if not Path("/proc/self/statm").exists():
        print("memory: not measured: this system does not tell it in /proc")
        return
    with tempfile.TemporaryDirectory() as folder:
        keep_apart(folder)
        hour = Hour(chosen.minutes)
        while not hour.is_over():
            if play(demo_session(SPEED, Path(folder) / "journal.sqlite"), hour.watch):
                raise SystemExit("the session failed; see above")
    most, grown = max(mb for _, mb, _ in hour.samples), growth(hour.samples)
    print(f"demo at x{SPEED:.0f} for {chosen.minutes:g} minutes, {hour.sessions} sessions, all pages in turn")
    print(f"most {most:.0f} MB; at most {MOST_MB:.0f} MB is asked: {'met' if most <= MOST_MB else 'NOT MET'}")
    met = "not measured, too short" if grown != grown else "met" if grown <= MOST_GROWTH else "NOT MET"
    print(f"growth in the second half {grown * 100:+.1f} %; at most {MOST_GROWTH * 100:.0f} % is asked: {met}")


if __name__ == "__main__":
    main()
