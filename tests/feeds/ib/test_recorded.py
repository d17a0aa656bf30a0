"""A session that came live over TCP, recorded, plays to the same ledger every time; a gap in it is silence."""

import itertools
import time
from datetime import UTC, datetime
from pathlib import Path

from cockpit.events import NS, Batch, Entry
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.recorder import Recorded, Recorder
from cockpit.feeds.recording import Recording, load
from cockpit.market.terms import MODELLED
from cockpit.profiles import profile
from cockpit.wiring import Plan, Replay, Script, replay_of
from tests.feeds.ib.feeding import Taken, feeding
from tests.feeds.ib.test_translate import option
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, SPY
from tests.tws.server import LoopbackTws
from tests.tws.ticks import Greeks

OPEN_NS = int(datetime(2024, 3, 5, 15, 0, tzinfo=UTC).timestamp()) * NS  # a Tuesday, 10:00 in New York
STEPS = 40
RISE, FALL = 20, 40  # steps of the premium up, then down through its stop


class Clock:
    """A market's morning, in which a second goes by wherever the feed looks."""

    def __init__(self) -> None:
        self._seconds = itertools.count()
        self.later_ns = 0

    def __call__(self) -> int:
        return OPEN_NS + next(self._seconds) * NS + self.later_ns


def of_feed(folder: Path, feed: Feed) -> Recorder:
    return Recorder(
        folder,
        Recorded(market="us", instruments=feed.instruments, columns=frozenset(MODELLED),
                 underlying_is_bars=frozenset(), interval_s=0.0),
    )  # fmt: skip


def quote(tws: LoopbackTws, step: int) -> float:
    """Moves the call and its underlying; returns the new bid."""
    bid = round(10.0 + 0.1 * min(step, RISE) - 0.4 * max(0, step - RISE), 2)
    tws.control.quote(CALL, bid, round(bid + 0.1, 2), bid)
    tws.control.greeks(CALL, Greeks(iv=0.2, delta=0.5, gamma=0.02, vega=0.6, theta=-0.1 - step / 1000))
    tws.control.quote(SPY, 500.0 + step / 10, 500.02 + step / 10, 500.01 + step / 10)
    return bid


async def play(tws: LoopbackTws, taken: Taken, steps: range) -> None:
    for step in steps:
        bid, before = quote(tws, step), len(taken.batches)
        await taken.until(lambda bid=bid, before=before: any(
            row.bid == bid for batch in taken.batches[before:] for row in batch.quotes
        ))  # fmt: skip


def written(folder: Path, feed: Feed, batches: list[Batch]) -> Recording:
    recorder = of_feed(folder, feed)
    for batch in batches:
        recorder.see(batch)
    recorder.close()
    return load(folder, now_ns=time.time_ns())


def replayed(recording: Recording) -> Replay:
    """With ten contracts bought at the sixth row of the call."""
    rows = [row for batch in recording.batches for row in batch.quotes if row.symbol == option().symbol]
    entry = Entry(at_ns=rows[5].at_ns, symbol=option().symbol, side="buy", contracts=10)
    plan = Plan(profiles={"adaptive": profile("adaptive")}, default_profile="adaptive", script=Script(entries=[entry]))
    made = replay_of(recording, plan)
    made.play()
    return made


@in_loop
async def test_a_live_session_replays_to_the_same_ledger_twice(tws: LoopbackTws, tmp_path: Path) -> None:
    quote(tws, 0)
    async with feeding(tws, now_ns=Clock()) as (feed, taken):
        await play(tws, taken, range(1, STEPS))
    recording = written(tmp_path / "live", feed, taken.batches)
    assert recording.refused == {}
    assert [repr(batch) for batch in recording.batches] == [repr(batch) for batch in taken.batches]
    first, second = replayed(recording), replayed(load(tmp_path / "live", now_ns=time.time_ns()))
    assert len(first.state.closed) == 1
    assert first.ledger.hexdigest() == second.ledger.hexdigest()
    assert first.state.evaluations == second.state.evaluations


@in_loop
async def test_a_drop_is_silence_in_the_recording(tws: LoopbackTws, tmp_path: Path) -> None:
    clock = Clock()
    quote(tws, 0)
    async with feeding(tws, now_ns=clock) as (feed, taken):
        await play(tws, taken, range(1, 4))
        tws.control.go_down()
        await taken.sentence("Nobody listens")
        dropped_ns = taken.batches[-1].at_ns
        clock.later_ns = 300 * NS
        tws.control.come_back()
        await taken.sentence("again.")
        await play(tws, taken, range(4, 7))
    recording = written(tmp_path / "live", feed, taken.batches)
    times = [batch.at_ns for batch in recording.batches]
    assert times == sorted(times)
    (gap,) = [after - before for before, after in itertools.pairwise(times) if after - before > 60 * NS]
    assert gap >= 299 * NS
    assert not [at for at in times if dropped_ns < at < dropped_ns + 299 * NS]
