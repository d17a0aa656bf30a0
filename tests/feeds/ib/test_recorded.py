"""A session that came live over TCP, recorded, plays to the same ledger every time; a gap in it is silence."""

import itertools
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cockpit.brokers.paper import Paper, PaperOptions
from cockpit.events import NS, Batch, Entry
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.recorder import Recorded, Recorder, about_live, recording
from cockpit.feeds.recording import Recording, load
from cockpit.feeds.replay import instants
from cockpit.journal.ledger import Ledger
from cockpit.market.terms import LIVE, MODELLED
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.session import Session, quote_of
from cockpit.settings import market, shipped
from cockpit.state.market import opened
from cockpit.state.model import Setup
from cockpit.wiring import Plan, Replay, Script, read_script, replay_of
from tests.feeds.ib.feeding import Taken, feeding
from tests.feeds.ib.test_translate import option
from tests.tws.driving import in_loop
from tests.tws.scene import CALL, PUT, SPY
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


def replayed(recorded: Recording) -> Replay:
    """With ten contracts bought at the sixth row of the call."""
    rows = [row for batch in recorded.batches for row in batch.quotes if row.symbol == option().symbol]
    entry = Entry(at_ns=rows[5].at_ns, symbol=option().symbol, side="buy", contracts=10)
    plan = Plan(profiles={"adaptive": profile("adaptive")}, default_profile="adaptive", script=Script(entries=[entry]))
    made = replay_of(recorded, plan)
    made.play()
    return made


@in_loop
async def test_a_live_session_replays_to_the_same_ledger_twice(tws: LoopbackTws, tmp_path: Path) -> None:
    quote(tws, 0)
    async with feeding(tws, now_ns=Clock()) as (feed, taken):
        await play(tws, taken, range(1, STEPS))
    recorded = written(tmp_path / "live", feed, taken.batches)
    assert recorded.refused == {}
    assert [repr(batch) for batch in recorded.batches] == [repr(batch) for batch in taken.batches]
    first, second = replayed(recorded), replayed(load(tmp_path / "live", now_ns=time.time_ns()))
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
    recorded = written(tmp_path / "live", feed, taken.batches)
    times = [batch.at_ns for batch in recorded.batches]
    assert times == sorted(times)
    (gap,) = [after - before for before, after in itertools.pairwise(times) if after - before > 60 * NS]
    assert gap >= 299 * NS
    assert not [at for at in times if dropped_ns < at < dropped_ns + 299 * NS]


def as_live(folder: Path, feed: Feed, batches: list[Batch]) -> str:
    """The ledger of a live session that saw those rows, and recorded them: puts bought, of which no Greeks came."""
    used = profile("adaptive")
    setup = Setup(
        market=market("us"), terms=LIVE, profiles={used.name: used}, default_profile=used.name,
        instruments=feed.instruments, underlying_is_bars=frozenset(), first_ns=batches[0].at_ns,
        cash=Plan.cash, shipped={name: shipped("profiles", f"{name}.toml") for name in SHIPPED_PROFILES},
    )  # fmt: skip
    state, ledger = opened(setup), Ledger()
    session = Session(state, Paper(PaperOptions(), partial(quote_of, state)), ledger, None)
    recorder = Recorder(folder, about_live("us", feed.instruments))
    take = recording(session.take, recorder, lambda: state.now_ns)
    rows = [row for batch in batches for row in batch.quotes if row.symbol == option("P").symbol]
    bought = Entry(rows[3].at_ns, option("P").symbol, "buy", 10)
    for event in instants(batches, entries=[bought]):
        take(event)
    assert state.contracts[option("P").symbol].models == frozenset(MODELLED)
    recorder.close()
    return ledger.hexdigest()


@in_loop
async def test_modelled_greeks_of_a_live_session_are_modelled_in_its_replay(tws: LoopbackTws, tmp_path: Path) -> None:
    quote(tws, 0)
    tws.control.quote(PUT, 9.8, 10.0)
    async with feeding(tws, now_ns=Clock()) as (feed, taken):
        for step in range(1, 45):
            tws.control.quote(PUT, round(9.8 + 0.02 * (step % 7), 2), round(10.0 + 0.02 * (step % 7), 2))
            await play(tws, taken, range(step, step + 1))
    folder = tmp_path / "live"
    lived = as_live(folder, feed, taken.batches)
    assert "models_lacking = true" in (folder / "SPY.toml").read_text()
    assert ledger_of(folder) == lived
    terms = (folder / "SPY.toml").read_text()
    (folder / "SPY.toml").write_text(terms.replace("models_lacking = true", "models_lacking = false"))
    assert ledger_of(folder) != lived


def ledger_of(folder: Path) -> str:
    source = load(folder, now_ns=time.time_ns())
    script, _ = read_script(source, folder / "entries.csv", None)
    plan = Plan(profiles={"adaptive": profile("adaptive")}, default_profile="adaptive", script=script)
    made = replay_of(source, plan)
    made.play()
    return made.ledger.hexdigest()
