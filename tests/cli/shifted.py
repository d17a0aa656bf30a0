"""The command line in a process of its own, at another time: `python -m tests.cli.shifted NANOSECONDS run …`."""

import sys
import time

real_ns, ahead_ns = time.time_ns, int(sys.argv[1])
time.time_ns = lambda: real_ns() + ahead_ns

from cockpit.cli.application import main  # noqa: E402 - the clock first

if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
