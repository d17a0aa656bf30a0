"""From process start, and from a server that is back, to supervising fifty positions of a live session again.

Run it from the root of the repository: python -m tests.bench.bench_live. The server is the loopback one, in a process
of its own; the session is windowless, with the broker, and supervises when the link is up and every position has a mark
of its own quotes.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a script

from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.wall_clock import WallClock
from cockpit.ib.connection import Address
from cockpit.live import LiveSession
from cockpit.wiring_live import LiveAsked, live_session
from tests.living import BEGAN_NS, MORNING_NS
from tests.tws.contracts import options, stock
from tests.tws.control_port import remote_control
from tests.tws.server import HOST
from tests.tws.ticks import Greeks

LONGEST_S, GIVEN_UP_S = 3.0, 30.0
POSITIONS, FIRST, SPY = 50, 2_001, 756_733
AHEAD_NS = MORNING_NS - BEGAN_NS
ROOT = Path(__file__).resolve().parents[2]


def supervises(live: LiveSession, since_ns: int) -> bool:
    """Whether orders may be sent, and every position is marked by a quote later than that."""
    state = live.state
    link, since_t = state.link, state.t(since_ns)
    held = state.held.values()
    return (
        link is not None
        and link.state == "up"
        and len(held) == POSITIONS
        and all(each.contract.view.mark == each.contract.view.mark and each.contract.quote_t > since_t for each in held)
    )


async def once(port: int, control_port: int, journal: Path, ahead_ns: int) -> None:
    """Prints the monotonic times of supervising, of the server being back after a drop, and of supervising again."""
    asked = LiveAsked(
        address=Address(host=HOST, port=port, client_id=7), wanted=Wanted(underlyings=("SPY",)), broker="ib",
        profile="adaptive", journal=journal,
    )  # fmt: skip
    live = await live_session(asked, say=lambda _: None, clock=WallClock(lambda: time.time_ns() + ahead_ns))
    running = asyncio.create_task(live.run(live.take))
    times = [await _when(live, live.parts.clock())]
    with remote_control(HOST, control_port) as control:
        await asyncio.to_thread(control.go_down)
        await asyncio.sleep(5.0)
        await asyncio.to_thread(control.come_back)
    times += [time.monotonic(), await _when(live, live.parts.clock())]
    print(json.dumps(times), flush=True)
    running.cancel()
    await asyncio.wait((running,))
    live.close()


async def _when(live: LiveSession, since_ns: int) -> float:
    async with asyncio.timeout(GIVEN_UP_S):
        while not supervises(live, since_ns):  # noqa: ASYNC110 - it looks from outside
            await asyncio.sleep(0.01)
    return time.monotonic()


def measured(port: int, control_port: int, journal: Path) -> tuple[float, float]:
    """Seconds from the start of a process, and from a server that is back."""
    began_s = time.monotonic()
    command = [sys.executable, "-m", "tests.bench.bench_live", "--once", str(port), str(control_port)]
    command += [str(journal), str(AHEAD_NS)]
    said = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=4 * GIVEN_UP_S)
    if said.returncode:
        raise SystemExit(f"the session did not supervise within {GIVEN_UP_S:.0f} s:\n{said.stderr}")
    stands_s, back_s, again_s = json.loads(said.stdout.splitlines()[-1])
    return stands_s - began_s, again_s - back_s


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--once"]:
        asyncio.run(once(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5])))
        return
    command = [sys.executable, "-m", "tests.tws", "--while-stdin"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server,
    ):
        assert server.stdout is not None
        ports = json.loads(server.stdout.readline())
        port, control_port = int(ports["port"]), int(ports["control_port"])
        _open(control_port)
        for words in ("positions adopted", "positions resumed"):
            started_s, again_s = measured(port, control_port, Path(folder) / "journal.sqlite")
            for what, seconds in ((f"process start, {words},", started_s), ("server is back", again_s)):
                met = "met" if seconds <= LONGEST_S else "NOT MET"
                print(f"{what} to supervising {POSITIONS}: {seconds:.2f} s, at most {LONGEST_S:.0f} s is asked: {met}")
        assert server.stdin is not None
        server.stdin.close()


def _open(control_port: int) -> None:
    """A quoted chain, and fifty positions in it."""
    spy = stock(SPY, "SPY")
    with remote_control(HOST, control_port) as control:
        strikes = [475.0 + number for number in range(POSITIONS // 2)]
        chain = options(FIRST, spy, expiries=["20301220"], strikes=strikes, market_rule=26)
        control.list_contracts([spy, *chain])
        control.clock_skew(AHEAD_NS / 1e9)
        control.quote(SPY, 486.99, 487.01, 487.0)
        for listing in chain:
            con_id, delta = listing.contract.con_id, 0.5 if listing.contract.right == "C" else -0.5
            control.quote(con_id, 9.8, 10.0)
            control.greeks(con_id, Greeks(iv=0.2, delta=delta, price=9.9, gamma=0.02, vega=0.6, theta=-0.1))
            control.set_position(con_id, 2, 9.9)


if __name__ == "__main__":
    main()
