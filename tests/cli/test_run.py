"""`cockpit run`: whose profile supervises, what a killed or broken run leaves, and two cockpits side by side."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.cli.application import main
from cockpit.cli.running import Asked, assemble
from cockpit.commands import Acknowledged, Command
from cockpit.domain.errors import BadInput
from cockpit.engine import Leaving
from cockpit.feeds.inbox import Who, is_listening, listeners, serve, socket_path
from cockpit.feeds.player import FASTEST
from cockpit.journal.history import open_history
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.session import Session
from cockpit.wiring import Live
from tests.cli.sessions import an_hour, symbol


def asked(folder: Path, *, name: str = "adaptive", journal: Path | None = None) -> Asked:
    """A replay of an hour, with one entry."""
    rows = folder / "entries.csv"
    rows.write_text(f"ts,symbol,side,contracts\n2015-12-24T15:05:00Z,{symbol(700)},buy,10\n", encoding="utf-8")
    feed = f"replay:{an_hour(folder)}"
    return Asked(feed=feed, profile=name, entries=rows, commands=None, journal=journal, speed=FASTEST)


def words(given: Asked, *more: str) -> list[str]:
    """The same as a command line."""
    return ["run", "--headless", "--feed", given.feed, "--entries", str(given.entries), *more]


def ended_ns(journal: Path) -> int | None:
    """When the last session of the journal ended."""
    with open_history(journal) as history:
        last = history.last_session()
        assert last is not None
        return last.ended_ns


@contextmanager
def listening(path: Path) -> Generator[None]:
    """Another cockpit has the socket."""

    async def refuse(_: Command) -> Acknowledged:
        return Acknowledged(accepted=False, said="not here")

    started = threading.Event()
    stop: list[object] = []

    async def run() -> None:
        serving = asyncio.create_task(serve(path, refuse, Who(kind="demo")))
        stopping = asyncio.Event()
        while not is_listening(path):
            assert not serving.done(), serving.exception()
            await asyncio.sleep(0)
        stop.extend((asyncio.get_running_loop(), stopping))
        started.set()
        await stopping.wait()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert started.wait(10.0)
    try:
        yield
    finally:
        loop, stopping = stop
        assert isinstance(loop, asyncio.AbstractEventLoop)
        assert isinstance(stopping, asyncio.Event)
        loop.call_soon_threadsafe(stopping.set)
        thread.join(10.0)


def test_the_profile_that_was_given_is_the_one_that_supervises(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "patient"\nextends = "scalp"\n', encoding="utf-8")
    setup = assemble(asked(tmp_path, name=str(mine))).replay.state.setup
    assert setup.default_profile == "patient"
    assert setup.profiles["patient"].sha256 == profile(str(mine)).sha256
    assert set(setup.profiles) == {"patient", *SHIPPED_PROFILES}


def test_a_profile_named_as_a_shipped_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "scalp"\nextends = "scalp"\n', encoding="utf-8")
    assert main(words(asked(tmp_path), "--profile", str(mine))) == 3
    assert "name it otherwise" in capsys.readouterr().err


def test_commands_keep_the_entries_of_the_demo(tmp_path: Path) -> None:
    lines = tmp_path / "commands.jsonl"
    lines.write_text('{"at": "2015-12-24T15:10:00Z", "command": "flatten", "scope": "all"}\n', encoding="utf-8")
    live = assemble(
        Asked(
            feed="demo", profile="adaptive", entries=None, commands=lines, journal=tmp_path / "demo.sqlite", speed=1.0
        )
    )
    live.close()
    assert live.replay.script.entries
    assert [c.command for c in live.replay.outside]


def test_a_run_that_ends_in_order_has_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = tmp_path / "journal.sqlite"
    assert main(words(asked(tmp_path), "--journal", str(journal))) == 0
    assert ended_ns(journal) is not None
    assert "net liquidation" in capsys.readouterr().out


@pytest.mark.parametrize(("raised", "code"), [(KeyboardInterrupt, 130), (ZeroDivisionError, 1)])
def test_a_run_that_is_interrupted_or_breaks_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    raised: type[BaseException], code: int,
) -> None:  # fmt: skip
    journal, given = tmp_path / "journal.sqlite", asked(tmp_path)
    take = Session.take

    def break_when_it_holds(self: Session, event: object) -> object:
        if self.state.held:
            raise raised("in the middle")
        return take(self, event)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(Session, "take", break_when_it_holds)
        assert main(words(given, "--journal", str(journal))) == code
    assert capsys.readouterr().err.count("\n") == 1
    assert ended_ns(journal) is None
    assert main(words(given, "--journal", str(journal))) == 0
    with open_history(journal) as history:
        (session,) = history.sessions()
        (trip,) = history.round_trips()
    assert session.resumed == 1
    assert session.ended_ns is not None
    assert trip["closed_at"] is not None
    assert main(["replay", given.feed.removeprefix("replay:"), "--entries", str(given.entries), "--json"]) == 0
    whole = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert session.ledger_sha256 == whole["ledger_sha256"]


def test_the_window_that_is_closed_ends_the_session(tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite"
    live = assemble(asked(tmp_path, journal=journal))
    assert isinstance(live, Leaving)
    live.leave()
    live.close()
    assert ended_ns(journal) is not None


def test_a_run_has_its_own_socket_whatever_else_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that started second took no commands, and could not be stopped from afar."""
    seen: list[list[Path]] = []
    take = Session.take

    def look(self: Session, event: object) -> object:
        if not seen:
            seen.append(listeners())
        return take(self, event)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "take", look)
    other, journal = socket_path(tmp_path / "other.sqlite"), tmp_path / "mine.sqlite"
    with listening(other):
        assert main(words(asked(tmp_path), "--journal", str(journal))) == 0
    assert sorted(seen[0]) == sorted([other, socket_path(journal)])
    assert not capsys.readouterr().err


def test_a_socket_that_cannot_be_made_ends_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cockpit").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert main(words(asked(tmp_path))) == 3
    assert str(tmp_path / "cockpit") in capsys.readouterr().err


def test_what_a_run_records_replays_to_the_same_ledger(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = recordings / "us_spxw_20210104_1m.parquet"
    entries = tmp_path / "entries.csv"
    entries.write_text("ts,symbol,side,contracts\n2021-01-04T15:00:00Z,SPXW 210104P03700000,buy,10\n")
    made = tmp_path / "made"
    asked = ["run", "--feed", f"replay:{source}", "--entries", str(entries), "--headless", "--record", str(made)]
    assert main(asked) == 0
    first = capsys.readouterr().out
    assert main(["replay", str(made), "--entries", str(made / "entries.csv")]) == 0
    again = capsys.readouterr().out
    ledgers = {text.split("ledger ")[1].split()[0] for text in (first, again)}
    assert len(ledgers) == 1
    assert "1 round trips" in again
    assert main(asked) == 3
    assert "exists already" in capsys.readouterr().err


def names(folder: Path) -> list[str]:
    """Of the recordings that were made there."""
    return sorted(path.name for path in folder.glob("made*"))


def test_played_again_it_is_recorded_beside_the_former_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    journal, feed = tmp_path / "journal.sqlite", asked(tmp_path).feed

    def play_thrice(make: Callable[[], Live], **_: object) -> int:
        for _play in range(3):
            live = make()
            live.leave()
            live.close()
        return 0

    monkeypatch.setattr("cockpit.app.run_window", play_thrice)
    with caplog.at_level(logging.WARNING):
        assert main(["run", "--feed", feed, "--journal", str(journal), "--record", str(tmp_path / "made")]) == 0
    assert names(tmp_path) == ["made", "made-2", "made-3"]
    assert [record.message.split()[-1] for record in caplog.records] == [
        str(tmp_path / "made-2"),
        str(tmp_path / "made-3"),
    ]
    with open_history(journal) as history:
        assert [(each.resumed, each.ended_ns is None) for each in history.sessions()] == [(0, False)] * 3


def test_a_killed_session_that_was_recorded_goes_on_with_the_same_words(tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite"
    given = replace(asked(tmp_path, journal=journal), record=tmp_path / "made")
    assemble(given).close()
    live = assemble(given)
    live.leave()
    live.close()
    assert names(tmp_path) == ["made", "made-2"]
    with open_history(journal) as history:
        (session,) = history.sessions()
    assert (session.resumed, session.ended_ns is None) == (1, False)


def test_a_recording_that_cannot_begin_begins_no_session(tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite"
    (tmp_path / "made").mkdir()
    with pytest.raises(BadInput, match="exists already"):
        assemble(replace(asked(tmp_path, journal=journal), record=tmp_path / "made"))
    with open_history(journal) as history:
        assert history.sessions() == []


def test_a_session_that_cannot_begin_leaves_no_recording(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "abroad"\nextends = "scalp"\nmarket = "nse"\n', encoding="utf-8")
    with pytest.raises(BadInput, match="is for nse"):
        assemble(replace(asked(tmp_path, name=str(mine)), record=tmp_path / "made"))
    assert names(tmp_path) == []
