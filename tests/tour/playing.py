"""The demo's tour as frames: what a window would have been shown, taken at even steps of the session."""

import functools
import tempfile
from pathlib import Path
from typing import NamedTuple

from cockpit.commands import WatchChain
from cockpit.events import NS
from cockpit.feeds.demo import TOUR_S, demo_start_ns, demo_tour_ns, tour
from cockpit.frame import Frame
from cockpit.journal.store import open_journal
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.wiring import Live, Plan, Script, realistic, replay_of

FRAMES = 1_000
STEP_NS = round(TOUR_S / FRAMES * NS)


class Toured(NamedTuple):
    """Every sampled frame of the tour, and the journal that it left."""

    frames: list[Frame]
    journal: Path

    def busiest(self) -> Frame:
        """With the most positions while a decision is pending and one of them is blind, where there is such a one."""
        return max(
            self.frames,
            key=lambda f: (bool(f.pending), any(row.state == "blind" for row in f.positions), len(f.positions)),
        )

    def latest_chain(self) -> Frame:
        """The last one that carries a chain."""
        return next(frame for frame in reversed(self.frames) if frame.chain is not None and frame.positions)


@functools.cache
def toured() -> Toured:
    """Plays the demo once for all tests that look at it."""
    folder = Path(tempfile.mkdtemp(prefix="tour"))
    recording, entries, commands = tour()
    plan = Plan(
        profiles={name: profile(name) for name in SHIPPED_PROFILES}, default_profile="adaptive",
        script=Script(entries=entries, commands=commands), options=realistic(recording.market),
        live_ns=demo_start_ns(),
    )  # fmt: skip
    store = open_journal(folder / "tour.sqlite")
    live = Live(replay_of(recording, plan, store=store, feed="demo"), speed=60.0, name="demo", badge="PAPER")
    live.take(WatchChain(underlying="NIFTY"))
    frames: list[Frame] = []
    next_ns = demo_tour_ns()
    for event in live.replay.events():
        live.take(event)
        if event.at_ns >= next_ns:
            next_ns += STEP_NS
            frames.append(live.frame_of_pending())
            if len(frames) == FRAMES:
                break
    live.replay.end()
    live.close()
    return Toured(frames, folder / "tour.sqlite")
