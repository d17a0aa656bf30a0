"""The loopback TWS as a program: prints its two ports as a line of JSON and serves until it is ended."""

import argparse
import asyncio
import json
import signal

from tests.tws.ledger import DEFAULT_ACCOUNT
from tests.tws.server import Server


async def serve(port: int, control_port: int, accounts: tuple[str, ...]) -> None:
    stop = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
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
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.control_port, tuple(given.account or [DEFAULT_ACCOUNT])))


main()
