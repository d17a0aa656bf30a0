"""What the engine saw, recorded, gives the same rows, the same evaluations and the same ledger when it is replayed."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.cli.random_entries import draw
from cockpit.commands import Close, StopToBreakEven, Veto, parse
from cockpit.domain.errors import BadInput
from cockpit.events import NS, Batch, Entry, FeaturesGiven, Heartbeat, UnderlyingQuoted
from cockpit.feeds.demo import demo_start_ns, tour
from cockpit.feeds.recorder import Recorder, about, free_folder, recording
from cockpit.feeds.recording import Recording, load
from cockpit.feeds.scripts import ScriptedCommand, load_commands, load_entries
from cockpit.profiles import profile
from cockpit.wiring import Plan, Script, realistic, replay_of

NAMES = ("in_nifty_20260818_1m", "in_banknifty_20190829_snap15m", "us_spxw_20210104_1m", "us_goog_20151224_1m")


def read(path: Path) -> Recording:
    return load(path, now_ns=time.time_ns())


def record(source: Recording, folder: Path) -> Recording:
    recorder = Recorder(folder, about(source))
    for number, batch in enumerate(source.batches):
        recorder.see(batch)
        if number % 50 == 0:
            recorder.flush()
    recorder.close()
    return read(folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_of_a_recording_has_the_same_batches(recordings: Path, tmp_path: Path, name: str) -> None:
    source = read(recordings / f"{name}.parquet")
    again = record(source, tmp_path / "again")
    assert [repr(batch) for batch in again.batches] == [repr(batch) for batch in source.batches]
    assert again.instruments == source.instruments
    assert (again.interval_s, again.has_quotes, again.guessed) == (source.interval_s, source.has_quotes, ())
    assert again.refused == {}


def plan(source: Recording, script: Script, live_ns: int | None = None) -> Plan:
    used = {name: profile(name) for name in ("adaptive", "scalp", "ladder")}
    options = realistic(source.market)
    return Plan(profiles=used, default_profile="adaptive", script=script, options=options, live_ns=live_ns)


def test_the_demo_replayed_from_its_recording_gives_the_same_ledger(tmp_path: Path) -> None:
    source, entries, _ = tour()
    until_ns = demo_start_ns() + 900 * NS
    cut = replace(source, batches=[batch for batch in source.batches if batch.at_ns < until_ns])
    first = replay_of(cut, plan(cut, Script(entries=entries), demo_start_ns()))
    recorder = Recorder(tmp_path / "demo", about(cut))
    for batch in cut.batches:
        if batch.at_ns < demo_start_ns():
            recorder.see(batch)
    first.session.take = recording(first.session.take, recorder, lambda: first.state.now_ns)  # type: ignore[method-assign]
    first.play()
    recorder.close()
    again = read(tmp_path / "demo")
    script = Script(entries=load_entries(tmp_path / "demo" / "entries.csv", again, profiles=profile))
    second = replay_of(again, plan(again, script, demo_start_ns()))
    second.play()
    assert len(first.state.closed) >= 2
    assert second.ledger.hexdigest() == first.ledger.hexdigest()
    assert second.state.evaluations == first.state.evaluations


def test_prices_step_in_the_replay_as_they_did(recordings: Path, tmp_path: Path) -> None:
    plain = read(recordings / "us_spxw_20210104_1m.parquet")
    steps = ((0.0, 0.05), (3.0, 0.1))
    source = replace(plain, instruments={name: replace(each, steps=steps) for name, each in plain.instruments.items()})
    again = record(source, tmp_path / "again")
    assert again.instruments == source.instruments
    script = Script(entries=draw(source, 20, 1))
    ledgers: list[str] = []
    for each in (source, again, plain):
        made = replay_of(each, plan(each, script))
        made.play()
        ledgers.append(made.ledger.hexdigest())
    assert ledgers[0] == ledgers[1] != ledgers[2]


def test_what_a_human_did_is_recorded_and_replayed(recordings: Path, tmp_path: Path) -> None:
    source = read(recordings / "us_spxw_20210104_1m.parquet")
    entries = draw(source, 6, 1)
    first_ns = entries[0].at_ns
    commands = [
        ScriptedCommand(first_ns + 61 * NS + 1, Veto(position="P0001", rule="exhaustion", for_s=300.0)),
        ScriptedCommand(first_ns + 62 * NS + 1, StopToBreakEven(position="P0001")),
        ScriptedCommand(first_ns + 90 * NS + 1, Close(position="P0001")),
    ]
    first = replay_of(source, plan(source, Script(entries=entries)))
    recorder = Recorder(tmp_path / "r", about(source))
    take = recording(first.session.take, recorder, lambda: first.state.now_ns)
    waiting = list(commands)
    for event in first.events():
        while waiting and waiting[0].at_ns < event.at_ns:
            take(Heartbeat(waiting[0].at_ns - 1))  # the instant at which a human's command finds the session
            take(waiting.pop(0).command)
        take(event)
    first.end()
    recorder.close()
    again = read(tmp_path / "r")
    script = Script(
        entries=load_entries(tmp_path / "r" / "entries.csv", again, profiles=profile),
        commands=load_commands(tmp_path / "r" / "commands.jsonl", parse=parse),
    )
    assert [c.command for c in script.commands] == [c.command for c in commands]
    second = replay_of(again, plan(again, script))
    second.play()
    trips = [[(held.id, held.closed_ns, held.gross) for held in made.state.closed] for made in (first, second)]
    causes = [[fill.cause for held in made.state.closed for fill in held.exits] for made in (first, second)]
    assert (trips[0], causes[0]) == (trips[1], causes[1])
    assert any(fill.cause.rule == "human" for held in first.state.closed for fill in held.exits)


def tiny(source: Recording, count: int) -> Recording:
    return replace(source, batches=source.batches[:count])


def test_side_rows_entries_and_odd_numbers_come_back_exactly(recordings: Path, tmp_path: Path) -> None:
    source = tiny(read(recordings / "us_spxw_20210104_1m.parquet"), 3)
    symbol, name = source.batches[0].quotes[0].symbol, next(iter(source.instruments.values())).underlying
    odd = source.batches[0].quotes[0]._replace(bid=float("nan"), ask=0.1 + 0.2, volume=1e-17)
    at_ns = source.last_ns + NS
    more = Batch(
        at_ns,
        (odd._replace(at_ns=at_ns),),
        (UnderlyingQuoted(name, at_ns, price=1 / 3, volume=2.0),),
        (FeaturesGiven(name, at_ns, momentum=-0.25, regime="panic", trend_direction="down"),),
    )
    given = replace(source, batches=[*source.batches, more], underlying_is_bars=frozenset())
    again = record(given, tmp_path / "odd")
    assert repr(again.batches[-1]) == repr(more)
    recorder = Recorder(tmp_path / "entries", about(given))
    entry = Entry(at_ns, symbol, "buy", 3, price=0.15, profile="scalp")
    recorder.see(more._replace(entries=(entry,)))
    recorder.close()
    alone = read(tmp_path / "entries")
    assert load_entries(tmp_path / "entries" / "entries.csv", alone, profiles=profile) == [entry]


def test_before_it_is_closed_it_is_a_recording_already(recordings: Path, tmp_path: Path) -> None:
    source = tiny(read(recordings / "us_spxw_20210104_1m.parquet"), 20)
    recorder = Recorder(tmp_path / "killed", about(source))
    for batch in source.batches:
        recorder.see(batch)
    recorder.flush()
    assert [repr(b) for b in read(tmp_path / "killed").batches] == [repr(b) for b in source.batches]


def test_a_folder_that_exists_is_refused_and_untouched(recordings: Path, tmp_path: Path) -> None:
    source = tiny(read(recordings / "us_spxw_20210104_1m.parquet"), 1)
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(BadInput, match="exists already"):
        Recorder(tmp_path / "mine", about(source))
    assert (tmp_path / "mine").read_text() == "precious"


def test_a_disk_that_refuses_ends_the_recording_and_not_the_session(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny(read(recordings / "us_spxw_20210104_1m.parquet"), 20)
    recorder = Recorder(tmp_path / "full", about(source))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    taken: list[object] = []
    take: Callable[[object], None] = recording(taken.append, recorder, lambda: 0)  # type: ignore[arg-type,assignment]
    monkeypatch.setattr(Path, "open", full)
    for batch in source.batches:
        take(batch)
        for quarter in range(4):
            take(Heartbeat(batch.at_ns + quarter))
    assert len(taken) == 5 * len(source.batches)
    assert "No space left" in recorder.trouble


@contextmanager
def files_of_at_most(count: int) -> Generator[None]:
    """A write that would make a file longer writes what has room, and the next one is refused: a disk nearly full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_nearly_full_disk_leaves_whole_lines_and_says_so(recordings: Path, tmp_path: Path) -> None:
    source = tiny(read(recordings / "us_spxw_20210104_1m.parquet"), 9)
    recorder = Recorder(tmp_path / "full", about(source))
    for batch in source.batches[:3]:
        recorder.see(batch)
    recorder.flush()
    rows = next(path for path in recorder.folder.glob("*.csv") if not path.stem.endswith("_underlying"))
    kept, there = rows.read_bytes(), rows.stat().st_size
    for batch in source.batches[3:6]:
        recorder.see(batch)
    with files_of_at_most(there + 1_000):
        recorder.flush()
    assert "cannot be written (File too large)" in recorder.trouble
    assert rows.read_bytes() == kept
    for batch in source.batches[6:]:
        recorder.see(batch)
    recorder.flush()
    recorder.close()
    assert [repr(batch.quotes) for batch in read(recorder.folder).batches[:3]] == [
        repr(batch.quotes) for batch in source.batches[:3]
    ]


def test_a_file_that_has_no_room_for_its_header_is_not_begun(recordings: Path, tmp_path: Path) -> None:
    source = tiny(read(recordings / "us_spxw_20210104_1m.parquet"), 1)
    recorder = Recorder(tmp_path / "full", about(source))
    recorder.see(source.batches[0])
    with files_of_at_most(10):
        recorder.flush()
    assert recorder.trouble
    assert list(recorder.folder.iterdir()) == []


def test_parquet_that_has_no_room_leaves_the_rows_as_they_are(recordings: Path, tmp_path: Path) -> None:
    source = tiny(read(recordings / "us_spxw_20210104_1m.parquet"), 3)
    recorder = Recorder(tmp_path / "full", about(source))
    for batch in source.batches:
        recorder.see(batch)
    recorder.flush()
    before = sorted(path.name for path in recorder.folder.iterdir())
    with files_of_at_most(100), pytest.raises(BadInput, match="can be replayed as they are"):
        recorder.close()
    assert sorted(path.name for path in recorder.folder.iterdir()) == before
    assert [repr(batch) for batch in read(recorder.folder).batches] == [repr(batch) for batch in source.batches]


def test_a_fault_in_recording_ends_the_recording_and_not_the_session(
    recordings: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = tiny(read(recordings / "us_spxw_20210104_1m.parquet"), 3)
    recorder = Recorder(tmp_path / "r", about(source))
    taken: list[object] = []
    take: Callable[[object], None] = recording(taken.append, recorder, lambda: 0)  # type: ignore[arg-type,assignment]
    unknown = source.batches[1].quotes[0]._replace(symbol="of another recording")
    given = [source.batches[0], Heartbeat(1), source.batches[1]._replace(quotes=(unknown,)), source.batches[2]]
    for event in given:
        take(event)
    assert taken == given
    assert "ends here (KeyError" in recorder.trouble
    assert [record.message for record in caplog.records] == ["The recording has failed"]
    recorder.close()


def test_of_a_folder_that_exists_the_next_one_is_free(tmp_path: Path) -> None:
    assert free_folder(tmp_path / "r") == tmp_path / "r"
    (tmp_path / "r").mkdir()
    (tmp_path / "r-2").symlink_to("nowhere")
    assert free_folder(tmp_path / "r") == tmp_path / "r-3"
