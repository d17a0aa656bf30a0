"""Whose turn it is: the engine takes the interpreter from the window's thread soon, the window takes it back late.

CPython hands the interpreter over at once only to a thread that has waited a whole switch interval during which nobody
let go of it. Each call that Qt lets other threads run beside lets go for microseconds: too short to get a turn, and the
wait begins anew. While a window is painted that happens without pause, so that with an interval in the usual range a
tick waits for milliseconds. The interval is one for all threads; how much later than asked a thread's wait may end is
each thread's own, on Linux. So the interval is tiny, and the window's thread is the one that waits longer.
A thread that wakes up so often nearly spins. While cores are free that costs nobody anything; when other programs want
them too, it takes them from the very thread that it waits for, so then the interval is longer.
Source: CPython 3.11, Python/ceval_gil.h, take_gil; prctl(2), PR_SET_TIMERSLACK; Linux, sched-stats.rst.
"""

import contextlib
import ctypes
import sys
import time
from collections.abc import Generator
from pathlib import Path

PATIENT_S = 0.0005  # where threads cannot differ: short enough for slow Python, long enough to get something done
EAGER_S = 0.000005
CROWDED_S = 0.0002
CROWDED = 0.05  # of its time the window's thread is ready to run and others have the cores
SLACK_NS = 1
PATIENT_SLACK_NS = 500_000
_SET_SLACK, _GET_SLACK = 29, 30


@contextlib.contextmanager
def yielding() -> Generator[None]:
    """The thread that calls lets others go first."""
    interval_s, slack_ns = sys.getswitchinterval(), slack()
    sys.setswitchinterval(EAGER_S if _wait_at_most(PATIENT_SLACK_NS) else PATIENT_S)
    try:
        yield
    finally:
        sys.setswitchinterval(interval_s)
        if slack_ns is not None:
            _wait_at_most(slack_ns)


class Crowding:
    """Watches whether the thread that makes it gets the cores that it wants, and sets the interval after that."""

    def __init__(self) -> None:
        self._looked_s, self._queued_s = time.monotonic(), queued_s()

    def look(self) -> None:
        """On that thread, about once a second; nothing where the kernel does not tell."""
        now_s, queued = time.monotonic(), queued_s()
        if queued is None or self._queued_s is None:
            return
        share = (queued - self._queued_s) / max(now_s - self._looked_s, 1e-9)
        self._looked_s, self._queued_s = now_s, queued
        sys.setswitchinterval(CROWDED_S if share > CROWDED else EAGER_S)


def queued_s(thread: int | None = None) -> float | None:
    """How long a thread of ours, else the one that asks, has been ready to run without a core; None: nobody tells."""
    where = "/proc/thread-self" if thread is None else f"/proc/self/task/{thread}"
    try:
        return int(Path(f"{where}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return None


def eager() -> None:
    """The thread that calls takes its turn as soon as it can."""
    _wait_at_most(SLACK_NS)


def slack() -> int | None:
    """By how many nanoseconds a wait of this thread may end late; None where that cannot be told."""
    return _prctl(_GET_SLACK, 0) if sys.platform == "linux" else None


def _wait_at_most(slack_ns: int) -> bool:
    """Whether this thread's waits end at most that late from now on."""
    return sys.platform == "linux" and _prctl(_SET_SLACK, slack_ns) == 0


def _prctl(option: int, value: int) -> int:
    return ctypes.CDLL(None).prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0)))
