"""The loopback TWS as a program: prints its two ports as a line of JSON and serves until it is ended."""

import argparse
import asyncio
import json
import os
import signal
import sys

from tests.tws.ledger import DEFAULT_ACCOUNT
from tests.tws.server import Server


async def serve(port: int, control_port: int, accounts: tuple[str, ...], *, while_stdin: bool) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, stop.set)
    if while_stdin:
        loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 1024) or stop.set())
    server = Server(accounts)
    await server.open(port, control_port)
    print(json.dumps({"port": server.port, "control_port": server.control_port.port}), flush=True)
    await stop.wait()
    await server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.tws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="where clients connect; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="where the control connects; 0 takes a free one")
    parser.add_argument("--account", action="append", help="an account that is managed; may be repeated")
    parser.add_argument(
        "--while-stdin", action="store_true", help="end when stdin does: with the process that holds it"
    )
    given = parser.parse_args()
    accounts = tuple(given.account or [DEFAULT_ACCOUNT])
    asyncio.run(serve(given.port, given.control_port, accounts, while_stdin=given.while_stdin))


main()
