"""How often the engine's loop could not run in time during ten minutes of the demo, and what held it up.

Run it from the root of the repository: python -m tests.bench.bench_gaps [--minutes 10] [--speed 10]. The platform is
offscreen, the window ticks at 60 Hz, and its positions and pages are looked at in turn. A gap was the machine's when
for at least half of it the window's or the engine's thread was ready to run and others had the cores, as the kernel
tells; when the whole process got less than half of a core in it; or when at the same time, and for at least half as
long, a program that does nothing was not woken either.
"""

import argparse
import asyncio
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from traceback import extract_stack
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.app import Cockpit, Plays
from cockpit.turns import queued_s
from cockpit.wiring import Live
from tests.bench.bare_beat import SHARE, BareBeats
from tests.bench.demo_window import demo_session, keep_apart, play

BEAT_S = 0.002
NOTED_S, MOST_S = 0.020, 0.033
WARM_S = 3.0  # before it the window is being made
LOOK_S = 7.0  # then another page or position
PAGES = ("cockpit", "cockpit", "chain", "cockpit", "journal", "cockpit", "settings")


class Gap(NamedTuple):
    """A beat of the engine's loop that came late."""

    due_s: float
    came_s: float
    worked_s: float  # by the whole process meanwhile
    queued_s: float  # by the window's and the engine's thread together: ready to run, and no core was free
    culprit: str

    @property
    def late_s(self) -> float:
        """By how much."""
        return self.came_s - self.due_s


class Gaps:
    """Delays of a beat on the engine's loop."""

    def __init__(self) -> None:
        self.found: list[Gap] = []
        self.counting = False

    async def beat(self) -> None:
        """On the engine's loop, for ever."""
        threads = threading.main_thread().native_id, threading.get_native_id()

        def used() -> tuple[float, float]:
            return time.process_time(), sum(queued_s(thread) or 0.0 for thread in threads)

        due_s, before = time.monotonic() + BEAT_S, used()
        while True:
            await asyncio.sleep(max(due_s - time.monotonic(), 0.0))
            now_s, now = time.monotonic(), used()
            if now_s - due_s > NOTED_S and self.counting:
                self.found.append(Gap(due_s, now_s, now[0] - before[0], now[1] - before[1], where_main_is()))
            due_s, before = now_s + BEAT_S, now


def where_main_is() -> str:
    """The innermost lines of our own that the window's thread is in."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # pyright: ignore[reportPrivateUsage]
    ours = [f for f in extract_stack(frame) if "site-packages" not in f.filename and "/lib/python" not in f.filename]
    return " < ".join(f"{f.name} ({Path(f.filename).name}:{f.lineno})" for f in reversed(ours[-3:]))


class Beaten:
    """The live session, with the beat beside its feed."""

    def __init__(self, live: Live, gaps: Gaps) -> None:
        self._live, self._gaps = live, gaps
        self.player, self.take, self.frame, self.close, self.leave = (
            live.player, live.take, live.frame, live.close, live.leave,
        )  # fmt: skip

    @property
    def journal(self) -> Path | None:
        """Where its journal is kept."""
        return self._live.journal

    async def run(self, push: Callable[[Any], None]) -> None:
        """The feed and the beat."""
        beating = asyncio.create_task(self._gaps.beat())
        try:
            await self._live.run(push)
        finally:
            beating.cancel()


async def look_around(cockpit: Cockpit, gaps: Gaps, minutes: float) -> None:
    """Another page, another position, again and again."""
    shown = asyncio.Event()
    cockpit.window.first_shown.connect(shown.set)
    await shown.wait()
    await asyncio.sleep(WARM_S)
    gaps.counting = True
    ends_s, turn = time.monotonic() + minutes * 60.0, 0
    while time.monotonic() < ends_s and not (cockpit.window.frame and cockpit.window.frame.ended):
        await asyncio.sleep(LOOK_S)
        turn += 1
        cockpit.window.show_page(PAGES[turn % len(PAGES)])
        positions = cockpit.window.frame.positions if cockpit.window.frame else ()
        if positions:
            cockpit.window.cockpit.grid.select(positions[turn % len(positions)].id)
    gaps.counting = False
    print("the window's own watchdog:", cockpit.engine.gaps.words())


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--speed", type=float, default=10.0)
    chosen = options.parse_args()
    gaps, machine = Gaps(), BareBeats()
    with tempfile.TemporaryDirectory() as folder, machine:
        keep_apart(folder)
        made = demo_session(chosen.speed, Path(folder) / "journal.sqlite")

        def make() -> Plays:
            live = made()
            assert isinstance(live, Live)
            return Beaten(live, gaps)

        if play(make, partial(look_around, gaps=gaps, minutes=chosen.minutes)):
            raise SystemExit("the session failed; see above")
    print(f"demo at x{chosen.speed:g}, {chosen.minutes:g} minutes, pages and positions in turn")
    tell(gaps.found, machine)


def was_machines(gap: Gap, machine: BareBeats) -> bool:
    """Whether nothing of ours could have been in time."""
    least_s = SHARE * gap.late_s
    return gap.queued_s >= least_s or gap.worked_s < least_s or machine.machine_had(gap.due_s, gap.came_s)


def tell(found: list[Gap], machine: BareBeats) -> None:
    """The figure, and who held the engine up."""
    machines = [gap.late_s for gap in found if was_machines(gap, machine)]
    by_culprit: dict[str, list[float]] = defaultdict(list)
    for gap in found:
        if not was_machines(gap, machine):
            by_culprit[gap.culprit].append(gap.late_s)
    late = [late_s for each in by_culprit.values() for late_s in each]
    over = sum(late_s > MOST_S for late_s in late)
    print(f"gaps over {MOST_S * 1e3:.0f} ms: {over}; none is asked: {'NOT MET' if over else 'met'}")
    print(f"gaps over {NOTED_S * 1e3:.0f} ms: {len(late)}, at worst {max(late, default=0.0) * 1e3:.0f} ms; by culprit:")
    for culprit, each in sorted(by_culprit.items(), key=lambda item: -max(item[1])):
        print(f"  {len(each):4} times, at worst {max(each) * 1e3:4.0f} ms: {culprit}")
    worst = max(machines, default=0.0) * 1e3
    print(f"beside these the machine was elsewhere {len(machines)} times, at worst {worst:.0f} ms;")
    print(f"  meanwhile {machine.words()}")


if __name__ == "__main__":
    main()
