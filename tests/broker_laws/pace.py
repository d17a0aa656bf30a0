"""The clocks of a schedule: session time that can be skipped, and waits that are short because the server is near."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from unittest.mock import patch

from cockpit.brokers.ib.line import Timing as BrokerTiming
from cockpit.events import NS
from cockpit.feeds.ib.stream import Timing as FeedTiming
from cockpit.feeds.wall_clock import WallClock
from cockpit.ib.budget import Budget
from cockpit.ib.library import library

MORNING_NS = int(datetime(2030, 12, 17, 15, 0, tzinfo=UTC).timestamp()) * NS  # a Tuesday, 10:00 in New York
FEED = FeedTiming(connect_s=2.0, price_s=2.0, pace_s=0.002, idle_s=0.02, quiet_s=0.4, history_s=1.0)
BROKER = BrokerTiming(answer_s=1.0, again_s=0.02, soon_s=0.02, snapshot_s=2.0, fees_s=0.05)
PER_S = 2000.0  # messages; what the real pace is worth is measured in tests/brokers/ib


class Skipped:
    """A clock that goes with the machine's, and further whenever it is told to."""

    def __init__(self, began_ns: int = MORNING_NS) -> None:
        self._began_ns, self._monotonic_ns = began_ns, time.monotonic_ns()
        self._skipped_ns = 0

    def __call__(self) -> int:
        """Nanoseconds since the epoch."""
        return self._began_ns + time.monotonic_ns() - self._monotonic_ns + self._skipped_ns

    def skip(self, seconds: float) -> None:
        """So much later at once."""
        self._skipped_ns += round(seconds * NS)

    def clock(self) -> WallClock:
        """For one run of a session."""
        return WallClock(self)


@contextmanager
def quickly() -> Generator[None]:
    """Connects again at once, and asks as fast as it can."""
    with (
        patch("cockpit.ib.connection.FIRST_WAIT_S", 0.01),
        patch("cockpit.ib.connection.NEAR_WAIT_S", 0.05),
        patch("cockpit.feeds.ib.feed.Budget", partial(Budget, PER_S)),
        patch.object(library().Client, "MaxRequests", 0),
    ):
        yield
