"""The clock of a live session: the machine's, but it never runs backwards."""

import time
from collections.abc import Callable

from cockpit.events import NS

TOLD_NS = 2 * NS  # a step back by less is what time servers do all day


class WallClock:
    """Nanoseconds since the epoch, UTC.

    Where the machine's clock is set back, time goes on from where it was, at the pace of the monotonic clock, until the
    machine's has caught up; `behind_s` says by how much it was set back. A step ahead, as after a suspend, is taken.
    """

    def __init__(
        self, wall_ns: Callable[[], int] = time.time_ns, monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall_ns, self._monotonic_ns = wall_ns, monotonic_ns
        self._at_ns, self._since_ns = wall_ns(), monotonic_ns()
        self.behind_s = 0.0

    def begin_at(self, at_ns: int) -> None:
        """Not before that instant, at which an earlier run stopped."""
        self._at_ns = max(self(), at_ns)

    def __call__(self) -> int:
        """Now."""
        wall_ns, monotonic_ns = self._wall_ns(), self._monotonic_ns()
        steady_ns = self._at_ns + monotonic_ns - self._since_ns
        self.behind_s = (steady_ns - wall_ns) / NS if steady_ns - wall_ns > TOLD_NS else 0.0
        self._at_ns, self._since_ns = max(wall_ns, steady_ns), monotonic_ns
        return self._at_ns
