"""What the machine itself does meanwhile: a bare beat on every core, each in a process of its own.

A process that does nothing but sleep is woken late only when its core runs nobody: a virtual machine's core that its
host has taken away, or the kernel. Our own work on that core cannot delay it so: the scheduler lets it run first.
"""

import os
import select
import subprocess
import sys
import time
from types import TracebackType
from typing import NamedTuple

BEAT_S = 0.002
NOTED_S = 0.008
SHARE = 0.5  # of a delay of ours that a bare beat had too, for it to be the machine's


class Late(NamedTuple):
    """A beat that came late; CLOCK_MONOTONIC, seconds."""

    due_s: float
    came_s: float


class BareBeats:
    """While it is entered, every core has its beat; afterwards `machine_had` tells of them."""

    def __init__(self) -> None:
        self.late: list[Late] = []
        self._running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> "BareBeats":
        for core in sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else [-1]:
            command = [sys.executable, "-S", __file__, str(core)]
            self._running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._running:
            said, _ = each.communicate()  # the end of its input ends it
            self.late += [Late(*map(float, line.split())) for line in said.splitlines()]

    def machine_had(self, due_s: float, came_s: float) -> bool:
        """Whether a bare beat was late for at least half of that delay, at the same time."""
        overlaps = (min(came_s, late.came_s) - max(due_s, late.due_s) for late in self.late)
        return max(overlaps, default=0.0) >= SHARE * (came_s - due_s)

    def words(self) -> str:
        """How late a program that does nothing was."""
        worst = max((late.came_s - late.due_s for late in self.late), default=0.0)
        times = f"{len(self.late)} times, at worst {worst * 1e3:.0f} ms"
        return f"a program that does nothing, on each core, was over {NOTED_S * 1e3:.0f} ms late {times}"


def beat(core: int) -> None:
    """Until the input ends: a line for each late beat."""
    if core >= 0:
        os.sched_setaffinity(0, {core})
    due_s = time.monotonic() + BEAT_S
    while not select.select([0], [], [], 0.0)[0]:
        time.sleep(max(due_s - time.monotonic(), 0.0))
        now_s = time.monotonic()
        if now_s - due_s > NOTED_S:
            print(due_s, now_s, flush=True)
        due_s = now_s + BEAT_S


if __name__ == "__main__":
    beat(int(sys.argv[1]))
