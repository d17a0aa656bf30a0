"""How much of a core the live feed and its session take: 304 option lines at 1 000 updates a second over TCP.

Run it from the root of the repository: python -m tests.bench.bench_live_load. The loopback server is a process of its
own; ten positions are supervised. A decision's time is that of Session.take on a batch, beside the same batches
replayed at that speed; how long a tick waits for its batch is told too. `--profile` prints where the time goes,
`--window` measures the program itself instead, as it is started with practice orders, its window offscreen; with
`--minutes N` for so long, and how its memory has grown since it was warm (`--warm N` minutes).
"""

import argparse
import asyncio
import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from cockpit.brokers.paper import Paper, PaperOptions
from cockpit.domain.instrument import Instrument
from cockpit.events import NS, Batch, Entry, Heartbeat, Listed
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.ib.feed import Feed
from cockpit.ib.connection import Address
from cockpit.journal.ledger import Ledger
from cockpit.market.terms import LIVE
from cockpit.session import Session, quote_of
from cockpit.settings import market
from cockpit.state.market import opened
from cockpit.state.model import Setup
from tests.bench.scene import profile, profile_text
from tests.living import BEGAN_NS, MORNING_NS
from tests.tws.contracts import index, options, stock
from tests.tws.control_port import remote_control
from tests.tws.scene import SPY, VIX
from tests.tws.server import HOST
from tests.tws.ticks import Greeks

FIRST, STRIKES, EXPIRIES = 10_000, 76, ("20301220", "20310117")
UPDATES_PER_S, WARM_S, SECONDS, POSITIONS = 1000, 3.0, 10.0, 10
SUBSCRIBED_S, SETTLED_MIN = 20.0, 8.0
"""Until all is subscribed; until the observations of each contract, which lookbacks need, have been dropped once."""
CORE_PCT, SLOWER, GROWTH_PCT = 60.0, 2.0, 2.0  # what is asked
BEAT_NS, AHEAD_NS = NS // 4, MORNING_NS - BEGAN_NS
WANTED = Wanted(underlyings=("SPY",), expiries=2, strikes=STRIKES // 2, lines=320)
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def loaded_server() -> Generator[tuple[int, Any]]:
    """The loopback server with its chain quoted, in a process of its own; its port and its control."""
    command = [sys.executable, "-m", "tests.tws", "--while-stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        ports = msgspec.json.decode(server.stdout.readline())
        with remote_control(HOST, ports["control_port"]) as control:
            set_market(control)
            yield ports["port"], control
        server.stdin.close()


def set_market(control: Any) -> None:
    """Everything listed and quoted."""
    spy = stock(SPY, "SPY")
    strikes = [500.0 + n - STRIKES // 2 for n in range(STRIKES)]
    control.list_contracts([spy, index(VIX, "VIX"), *options(FIRST, spy, expiries=EXPIRIES, strikes=strikes)])
    control.lines(400)
    control.quote(SPY, 499.49, 499.51, 499.5)
    for con_id in contracts():
        control.quote(con_id, 9.8, 10.0, 9.9)
        control.greeks(con_id, Greeks(iv=0.2, delta=0.5, price=9.9, gamma=0.02, vega=0.6, theta=-0.1))


def morning_ns() -> int:
    """Now, as if this had begun in the morning of a trading day."""
    return time.time_ns() + AHEAD_NS


def contracts() -> range:
    return range(FIRST, FIRST + 4 * STRIKES)


@dataclass(slots=True)
class Measured:
    """What is noted of a run once it is warm."""

    session: Session
    takes_ns: list[int] = field(default_factory=list[int])
    waits_ns: list[int] = field(
        default_factory=list[int]
    )  # of the first tick of each batch, to the end of the decision
    rows: int = 0
    events: list[Any] = field(default_factory=list[Any])
    first_ns: int = 0  # when the oldest tick that is not pushed has come
    beat_ns: int = 0
    is_warm: bool = False

    def push(self, event: Batch | Listed) -> None:
        """One event of the feed, and the beat before it."""
        due_ns = event.at_ns - event.at_ns % BEAT_NS
        if due_ns > self.beat_ns:
            self.beat_ns = due_ns
            self.take(Heartbeat(due_ns))
        self.take(event)

    def take(self, event: Any) -> None:
        """Timed, and kept for the replay."""
        began_ns = time.perf_counter_ns()
        self.session.take(event)
        self.events.append(event)
        if self.is_warm and isinstance(event, Batch) and event.quotes:
            ended_ns = time.perf_counter_ns()
            self.takes_ns.append(ended_ns - began_ns)
            self.waits_ns.append(ended_ns - (self.first_ns or began_ns))
            self.rows += len(event.quotes)
        if isinstance(event, Batch):
            self.first_ns = 0


def session_of(instruments: dict[str, Instrument], first_ns: int) -> Session:
    """A session that supervises under the bench's profile, with practice orders."""
    patient = profile()
    setup = Setup(
        market=market("us"), terms=LIVE, profiles={patient.name: patient}, default_profile=patient.name,
        instruments=instruments, underlying_is_bars=frozenset(), first_ns=first_ns, cash=Decimal(10**9),
    )  # fmt: skip
    state = opened(setup)
    return Session(state, Paper(PaperOptions(), partial(quote_of, state)), Ledger(), None)


async def live(port: int, control: Any) -> tuple[Measured, float, Feed]:
    """The feed and a session for a while; the share of a core in percent."""
    feed = Feed(Address(host=HOST, port=port, client_id=7), WANTED, say=print, now_ns=morning_ns)
    await feed.open()
    measured = Measured(session_of(dict(feed.instruments), morning_ns()))
    lines = feed._changing.lines  # pyright: ignore[reportPrivateUsage] - to see when a tick comes
    mark = lines.mark

    def noted(tickers: Iterable[Any]) -> None:
        measured.first_ns = measured.first_ns or time.perf_counter_ns()
        mark(tickers)

    lines.mark = noted
    running = asyncio.ensure_future(feed.run(measured.push))
    while feed.gauges.lines < len(lines.all):
        await asyncio.sleep(0.1)
        if running.done():
            running.result()
    at_ns = morning_ns()
    bought = list(feed.instruments)[:POSITIONS]
    measured.take(Batch(at_ns, entries=tuple(Entry(at_ns, symbol, "buy", 1) for symbol in bought)))
    control.stream([*contracts()], UPDATES_PER_S)
    await asyncio.sleep(WARM_S)
    measured.is_warm, began_s, used_s = True, time.perf_counter(), time.process_time()
    await asyncio.sleep(SECONDS)
    share_pct = 100.0 * (time.process_time() - used_s) / (time.perf_counter() - began_s)
    control.stream([], 0)
    running.cancel()
    await asyncio.wait((running,))
    await feed.close()
    if len(measured.session.state.held) != POSITIONS:
        raise SystemExit(f"{len(measured.session.state.held)} positions are open; wanted {POSITIONS}")
    return measured, share_pct, feed


async def replayed(events: list[Any], instruments: dict[str, Instrument]) -> list[int]:
    """Times of the same events at the speed at which they came; the first of them as fast as it goes."""
    again = Measured(session_of(instruments, events[0].at_ns))
    warm_ns = events[-1].at_ns - round(SECONDS * NS)
    began_ns = 0
    for event in events:
        again.is_warm = event.at_ns >= warm_ns
        if again.is_warm:
            began_ns = began_ns or time.monotonic_ns() - event.at_ns
            await asyncio.sleep((event.at_ns + began_ns - time.monotonic_ns()) / NS)
        again.take(event)
    return again.takes_ns


def p(values: list[int], share: float) -> float:
    """A quantile in ms."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] / 1e6


def bare(profiled: bool) -> None:
    """Feed and session alone."""
    profiler = cProfile.Profile()
    with loaded_server() as (port, control):
        if profiled:
            profiler.enable()
        measured, share_pct, feed = asyncio.run(live(port, control))
        profiler.disable()
    if profiled:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(30)
    again = asyncio.run(replayed(measured.events, dict(feed.instruments)))
    ratio = p(measured.takes_ns, 0.99) / p(again, 0.99)
    batches = len(measured.takes_ns) / SECONDS
    print(f"{len(contracts())} lines: {measured.rows / SECONDS:,.0f} rows/s in {batches:.0f} batches/s")
    print(f"feed and session: {share_pct:.1f} % of a core (asked: at most {CORE_PCT:g} with the window)")
    for name, times in (("live", measured.takes_ns), ("replayed", again)):
        print(f"decision on a batch, {name}: p50 {p(times, 0.5):.3f} ms, p99 {p(times, 0.99):.3f} ms")
    print(f"p99 live / replayed: {ratio:.2f} (asked: at most {SLOWER:g})")
    waits = measured.waits_ns
    print(f"from the first tick of a batch to its decision: p50 {p(waits, 0.5):.1f} ms, p99 {p(waits, 0.99):.1f} ms")


@contextmanager
def program(port: int) -> Iterator[tuple[int, Path, dict[str, str]]]:
    """The program with its window, on a trading day's morning: its process, its folder and its environment."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "patient.toml").write_text(profile_text())
        command = [
            sys.executable, "-m", "tests.cli.shifted", str(AHEAD_NS), "run", "--feed", f"ib:{HOST}:{port}:7",
            "--underlying", "SPY", "--broker", "paper", "--strikes", str(WANTED.strikes), "--expiries", "2",
            "--lines", str(WANTED.lines), "--journal",
            f"{home}/journal.db", "--profile", f"{home}/patient.toml",
        ]  # fmt: skip
        own = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": home, "XDG_DATA_HOME": home}
        own["XDG_RUNTIME_DIR"] = home
        with subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL) as running:
            try:
                yield running.pid, Path(home), own
            finally:
                running.terminate()


def enter(home: Path, own: dict[str, str]) -> None:
    """Ten positions, by the socket on which the program listens: no more than two a second are taken."""
    command = [sys.executable, "-m", "cockpit", "signal", "--journal", f"{home}/journal.db", "-"]
    for symbol in (f"SPY 301220C00{500 + n}000" for n in range(POSITIONS)):
        line = msgspec.json.encode({"command": "enter", "symbol": symbol, "side": "buy", "contracts": 1})
        said = subprocess.run(command, input=line, capture_output=True, check=False, cwd=ROOT, env=own)
        if said.returncode:
            raise SystemExit(f"{symbol} was refused: {said.stderr.decode()}")
        time.sleep(0.5)


def windowed(minutes: float | None, warm_min: float) -> None:
    """What the program takes of a core, and with `minutes` how much it grows meanwhile."""
    with loaded_server() as (port, control), program(port) as (pid, home, own):
        control.clock_skew(AHEAD_NS / NS)
        time.sleep(SUBSCRIBED_S)
        enter(home, own)
        control.stream([*contracts()], UPDATES_PER_S)
        time.sleep(WARM_S if minutes is None else 60.0 * warm_min)
        began_s, used_s, began_kib = time.perf_counter(), cpu_s(pid), resident_kib(pid)
        time.sleep(SECONDS if minutes is None else 60.0 * minutes)
        share_pct = 100.0 * (cpu_s(pid) - used_s) / (time.perf_counter() - began_s)
        ended_kib = resident_kib(pid)
    print(f"with the window and {POSITIONS} positions: {share_pct:.1f} % of a core (asked: at most {CORE_PCT:g})")
    if minutes is not None:
        grown_pct = 100.0 * (ended_kib / began_kib - 1.0)
        words = f"memory after {minutes:g} minutes: {began_kib / 1024:.1f} MiB, then {ended_kib / 1024:.1f} MiB"
        print(f"{words}: {grown_pct:+.1f} % (asked: at most {GROWTH_PCT:g} in 10 minutes)")


def resident_kib(pid: int) -> int:
    """What a process has in memory; raises SystemExit when it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        raise SystemExit("the program has ended; start it by hand and see why") from None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def cpu_s(pid: int) -> float:
    """What a process has used of the processor so far; raises SystemExit when it has gone."""
    try:
        cells = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        raise SystemExit("the program has ended; start it by hand and see why") from None
    return (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--warm", type=float, default=SETTLED_MIN)
    given = parser.parse_args()
    if given.window or given.minutes is not None:
        windowed(given.minutes, given.warm)
    else:
        bare(given.profile)


if __name__ == "__main__":
    main()
