"""Sends ticks into a socket from a process of its own: when each was sent (monotonic ns), and of which contract."""

import argparse
import random
import socket
import struct
import sys
import time
from subprocess import Popen

TICK = struct.Struct("<qI")
SEED = 7


def sender(ticks_per_s: float, seconds: float, contracts: int) -> tuple[socket.socket, "Popen[bytes]"]:
    """Starts the process; the socket from which its ticks are read, until it has closed its end."""
    here, there = socket.socketpair()
    figures = [str(ticks_per_s), str(seconds), str(contracts), str(there.fileno())]
    process = Popen([sys.executable, __file__, *figures], pass_fds=[there.fileno()])
    there.close()
    return here, process


def main() -> None:
    """Send every tick when it is due; what was overslept goes at once."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("ticks_per_s", type=float)
    options.add_argument("seconds", type=float)
    options.add_argument("contracts", type=int)
    options.add_argument("fileno", type=int)
    chosen = options.parse_args()
    chance = random.Random(SEED)
    total = round(chosen.ticks_per_s * chosen.seconds)
    order = [chance.randrange(chosen.contracts) for _ in range(total)]
    with socket.socket(fileno=chosen.fileno) as out:
        began_ns = time.monotonic_ns()
        for number, contract in enumerate(order):
            wait_ns = began_ns + round(number / chosen.ticks_per_s * 1e9) - time.monotonic_ns()
            if wait_ns > 0:
                time.sleep(wait_ns / 1e9)
            out.sendall(TICK.pack(time.monotonic_ns(), contract))


if __name__ == "__main__":
    main()
