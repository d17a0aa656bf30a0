"""The real recordings play under every shipped profile, and every time the same."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from cockpit.cli.random_entries import draw
from cockpit.events import NS, Batch, Entry
from cockpit.feeds.player import FASTEST, Player
from cockpit.feeds.recording import Recording, load
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.wiring import Plan, Replay, Script, replay_of
from tests.conftest import SOAK

QUOTED = ("in_nifty_20260818_1m", "in_banknifty_20190829_snap15m", "us_spxw_20210104_1m", "us_goog_20151224_1m")
CUT_NS = 60 * NS
SPEEDS = (FASTEST, 1000.0, 60.0, *((1.0,) if SOAK else ()))  # at 1 the cut takes a minute of the wall clock


def read(folder: Path, name: str) -> Recording:
    return load(folder / f"{name}.parquet", now_ns=time.time_ns())


def prepared(recording: Recording, name: str, entries: list[Entry]) -> Replay:
    used = profile(name)
    plan = Plan(profiles={used.name: used}, default_profile=used.name, script=Script(entries=entries))
    return replay_of(recording, plan)


def played(recording: Recording, name: str, entries: list[Entry]) -> Replay:
    made = prepared(recording, name, entries)
    made.play()
    return made


@pytest.mark.parametrize("name", QUOTED)
@pytest.mark.parametrize("used", SHIPPED_PROFILES)
def test_a_recording_gives_the_same_ledger_every_time(recordings: Path, name: str, used: str) -> None:
    recording = read(recordings, name)
    entries = draw(recording, 20, 1)
    runs = [played(recording, used, entries) for _ in range(3 if SOAK or used == "adaptive" else 2)]
    assert len({made.ledger.hexdigest() for made in runs}) == 1
    outcomes = [made.outcome() for made in runs]
    assert all(found == outcomes[0] for found in outcomes)
    state = runs[0].state
    taken = len(state.closed) + len(state.held)
    assert taken + len(state.refused_entries) >= 20 - joined(entries)
    assert all(held.exits for held in state.closed)


def joined(entries: list[Entry]) -> int:
    """How many entries at most go into a position that is open already."""
    return sum(count - 1 for count in Counter(entry.symbol for entry in entries).values())


@pytest.mark.parametrize("used", SHIPPED_PROFILES)
def test_speed_changes_nothing(recordings: Path, used: str) -> None:
    whole = read(recordings, "us_spxw_20210104_1m")
    first_ns = whole.batches[30].at_ns
    cut = [b for b in whole.batches if first_ns - 30 * 60 * NS <= b.at_ns <= first_ns + CUT_NS]
    symbols = [quote.symbol for quote in cut[-2].quotes[:4]]
    entries = [Entry(first_ns, symbol, "buy", 5) for symbol in symbols]
    ledgers: set[str] = set()
    for speed in SPEEDS:
        made = prepared(whole, used, entries)
        before = [e for e in made.events() if e.at_ns < first_ns and isinstance(e, Batch)]
        for event in before:
            made.session.take(event)
        rest = (e for e in made.events() if first_ns <= e.at_ns <= first_ns + CUT_NS)
        player = Player(rest, speed=speed, on_end=lambda: None)
        asyncio.run(player.run(made.session.take))
        assert made.state.evaluations > 240  # every quarter second, as long as one position is open
        ledgers.add(made.ledger.hexdigest())
    assert len(ledgers) == 1


def test_trades_without_quotes_fill_at_the_last_trade(recordings: Path) -> None:
    recording = read(recordings, "us_aapl_20140606_1m_trades")
    assert not recording.has_quotes
    made = played(recording, "adaptive", draw(recording, 20, 1))
    assert made.state.closed
    for held in made.state.closed:
        traded = {
            row.last for batch in recording.batches for row in batch.quotes if row.symbol == held.instrument.symbol
        }
        assert all(float(fill.total / fill.contracts) in traded for fill in held.exits)


def test_a_single_instant_is_played_and_leaves_what_was_opened(recordings: Path) -> None:
    recording = read(recordings, "us_spy_20240618_chain_snapshot")
    assert len(recording.batches) == 1
    quoted = next(q for q in recording.batches[0].quotes if q.bid and q.ask and q.ask - q.bid < 0.05 and q.bid > 2)
    entry = Entry(recording.first_ns, quoted.symbol, "buy", 5)
    made = played(recording, "adaptive", [entry])
    assert [held.instrument.symbol for held in made.state.held.values()] == [quoted.symbol]
    assert float(next(iter(made.state.held.values())).average) == quoted.ask
