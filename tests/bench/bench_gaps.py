"""How often the engine's loop could not run in time during ten minutes of the demo, and what held it up.

Run it from the root of the repository: python -m tests.bench.bench_gaps [--minutes 10] [--speed 10]. The platform is
offscreen, the window ticks at 60 Hz, and its positions and pages are looked at in turn. A gap in which the whole
process got less than half of a core was the machine's: another program had it.
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
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.app import Cockpit, Plays
from cockpit.wiring import Live
from tests.bench.demo_window import demo_session, keep_apart, play

BEAT_S = 0.002
NOTED_S, MOST_S = 0.020, 0.033
OWN_CORE = 0.5
WARM_S = 3.0  # before it the window is being made
LOOK_S = 7.0  # then another page or position
PAGES = ("cockpit", "cockpit", "chain", "cockpit", "journal", "cockpit", "settings")


class Gaps:
    """Delays of a beat on the engine's loop."""

    def __init__(self) -> None:
        self.by_culprit: dict[str, list[float]] = defaultdict(list)
        self.machines: list[float] = []
        self.counting = False

    async def beat(self) -> None:
        """On the engine's loop, for ever."""
        due_s, used_s = time.monotonic() + BEAT_S, time.process_time()
        while True:
            await asyncio.sleep(max(due_s - time.monotonic(), 0.0))
            now_s, now_used_s = time.monotonic(), time.process_time()
            if now_s - due_s > NOTED_S and self.counting:
                self._note(now_s - due_s, now_used_s - used_s)
            due_s, used_s = now_s + BEAT_S, now_used_s

    def _note(self, late_s: float, worked_s: float) -> None:
        if worked_s < OWN_CORE * late_s:
            self.machines.append(late_s)
        else:
            self.by_culprit[where_main_is()].append(late_s)


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
    gaps = Gaps()
    with tempfile.TemporaryDirectory() as folder:
        keep_apart(folder)
        made = demo_session(chosen.speed, Path(folder) / "journal.sqlite")

        def make() -> Plays:
            live = made()
            assert isinstance(live, Live)
            return Beaten(live, gaps)

        if play(make, partial(look_around, gaps=gaps, minutes=chosen.minutes)):
            raise SystemExit("the session failed; see above")
    late = [s for each in gaps.by_culprit.values() for s in each]
    over = sum(s > MOST_S for s in late)
    print(f"demo at x{chosen.speed:g}, {chosen.minutes:g} minutes, pages and positions in turn")
    print(f"gaps over {MOST_S * 1e3:.0f} ms: {over}; none is asked: {'NOT MET' if over else 'met'}")
    print(f"gaps over {NOTED_S * 1e3:.0f} ms: {len(late)}, at worst {max(late, default=0.0) * 1e3:.0f} ms; by culprit:")
    for culprit, each in sorted(gaps.by_culprit.items(), key=lambda item: -max(item[1])):
        print(f"  {len(each):4} times, at worst {max(each) * 1e3:4.0f} ms: {culprit}")
    worst = max(gaps.machines, default=0.0) * 1e3
    print(f"beside these the machine was elsewhere {len(gaps.machines)} times, at worst {worst:.0f} ms")


if __name__ == "__main__":
    main()
