"""The real headless live session in a process of its own, on the clock of a schedule: it is killed from outside."""

import sys
import time
from functools import partial
from pathlib import Path
from unittest.mock import patch

import msgspec

from cockpit.cli.running_live import Picture, run_live
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.wall_clock import WallClock
from cockpit.ib.budget import Budget
from cockpit.ib.connection import Address
from cockpit.wiring_live import LiveAsked
from tests.broker_laws.pace import BROKER, FEED, MORNING_NS, PER_S


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Where the server is, which journal is written, and when the schedule began by the machine's clock."""

    host: str
    port: int
    journal: str
    began_ns: int


def main(asked: Asked) -> None:
    """Runs until it is killed, or told to stop by a signal."""
    given = LiveAsked(
        address=Address(host=asked.host, port=asked.port, client_id=7),
        wanted=Wanted(underlyings=("SPY",), expiries=1, strikes=1),
        broker="ib",
        profile="adaptive",
        journal=Path(asked.journal),
    )
    with (
        patch("cockpit.wiring_live.WallClock", lambda: WallClock(lambda: time.time_ns() - asked.began_ns + MORNING_NS)),
        patch("cockpit.brokers.ib.broker.Timing", lambda: BROKER),
        patch("cockpit.feeds.ib.feed.Timing", lambda: FEED),
        patch("cockpit.feeds.ib.feed.Budget", partial(Budget, PER_S)),
    ):
        run_live(given, Picture(path=None, size=None, theme=None), minutes=None, headless=True)


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Asked))
