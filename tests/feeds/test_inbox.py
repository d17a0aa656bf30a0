"""The local socket: owner-only, one answer a line, and nothing that comes in can hurt the engine."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from cockpit.commands import Acknowledged, Close, Command, Veto
from cockpit.domain.errors import BadInput
from cockpit.feeds import inbox
from cockpit.feeds.inbox import (
    MAX_CLIENTS,
    MAX_LINE_BYTES,
    WHO,
    Who,
    is_listening,
    listeners,
    runtime_dir,
    serve,
    socket_path,
)
from cockpit.journal.location import journal_path

WHO_RUNS = Who(kind="live", account="U7", journal="/j.sqlite")
CLOSE = b'{"command": "close", "position": "P0001"}'
Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Engine:
    """Takes commands; refuses what its `refusing` names."""

    def __init__(self, *refusing: str) -> None:
        self.taken: list[Command] = []
        self._refusing = refusing

    async def submit(self, command: Command) -> Acknowledged:
        self.taken.append(command)
        position = getattr(command, "position", "")
        if position in self._refusing:
            return Acknowledged(accepted=False, said=f"no open position '{position}'")
        return Acknowledged(accepted=True, said=f"taken {len(self.taken)}")


@pytest.fixture
def path(home: Path) -> Path:
    return socket_path(None)


@asynccontextmanager
async def listening(path: Path, submit: Callable[[Command], Awaitable[Acknowledged]]) -> AsyncIterator[None]:
    serving = asyncio.create_task(serve(path, submit, WHO_RUNS))
    while not is_listening(path):
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0)
    try:
        yield
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


@asynccontextmanager
async def client(path: Path) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def ask(to: Client, line: bytes) -> dict[str, Any]:
    reader, writer = to
    writer.write(line + b"\n")
    await writer.drain()
    return json.loads(await reader.readline())


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 20.0))


def test_every_line_gets_one_answer_in_order(path: Path) -> None:
    engine = Engine("P9")

    async def main() -> None:
        async with listening(path, engine.submit), client(path) as (reader, writer):
            writer.write(CLOSE + b"\n\n  \n" + CLOSE.replace(b"P0001", b"P9") + b"\r\nnonsense\n" + CLOSE)
            writer.write_eof()
            answers = [json.loads(line) for line in (await reader.read()).splitlines()]
        assert [a["accepted"] for a in answers] == [True, False, False, True]
        assert answers[0] == {"accepted": True, "said": "taken 1", "by": "LIVE U7"}
        assert answers[1]["said"] == "no open position 'P9'"

    run(main())
    assert engine.taken == [Close(position="P0001"), Close(position="P9"), Close(position="P0001")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "it is not JSON"),
        (b"\xff\xfe{}", "it is not JSON"),
        (b'{"command": NaN}', "it is not JSON"),
        (b"[" * 60_000, "it is"),
        (b'["close"]', "it is not an object"),
        (b"1", "it is not an object"),
        (b"{}", "it names no command"),
        (b'{"command": ["close"]}', "it names no command"),
        (b'{"command": "sell"}', "unknown command 'sell'; commands are acknowledge, apply_profile"),
        (b'{"command": "close"}', "command 'close': object missing required field `position`"),
        (
            b'{"command": "close", "position": "P1", "now": true}',
            "command 'close': object contains unknown field `now`",
        ),
        (b'{"command": "reduce", "position": "P1"}', "command 'reduce' wants either"),
        (b'{"command": "reduce", "position": "P1", "fraction": 2}', "command 'reduce': expected `float` <= 1.0"),
        (b'{"at": "2026-01-01T00:00:00Z", "command": "close", "position": "P1"}', "a running cockpit acts now"),
    ],
)
def test_what_is_no_command_is_refused_with_a_sentence_and_never_submitted(path: Path, line: bytes, said: str) -> None:
    engine = Engine()

    async def main() -> None:
        async with listening(path, engine.submit), client(path) as to:
            answer = await ask(to, line)
            assert answer["accepted"] is False
            assert answer["said"].startswith(said), answer
            assert "\n" not in answer["said"]
            assert (await ask(to, CLOSE))["accepted"] is True

    run(main())
    assert len(engine.taken) == 1


def padded(size: int) -> bytes:
    """A veto of `size` bytes; its reason is as long as it takes."""
    head, tail = b'{"command": "veto", "position": "P1", "reason": "', b'"}'
    return head + b"x" * (size - len(head) - len(tail)) + tail


def test_a_line_of_64_kilobytes_is_read_and_one_more_byte_ends_the_connection(path: Path) -> None:
    engine = Engine()

    async def main() -> None:
        async with listening(path, engine.submit):
            async with client(path) as to:
                assert (await ask(to, padded(MAX_LINE_BYTES)))["accepted"] is True
            async with client(path) as (reader, writer):
                answer = await ask((reader, writer), padded(MAX_LINE_BYTES + 1))
                assert answer == {
                    "accepted": False,
                    "said": "a line may have 65536 bytes at most; the connection is closed",
                    "by": "LIVE U7",
                }
                with suppress(ConnectionResetError):
                    assert await reader.read() == b""
            async with client(path) as to:
                assert (await ask(to, CLOSE))["accepted"] is True

    run(main())
    assert [type(c) for c in engine.taken] == [Veto, Close]


def test_the_seventeenth_client_is_sent_away_and_a_free_place_is_taken(path: Path) -> None:
    engine = Engine()

    async def main() -> None:
        async with listening(path, engine.submit):
            clients = [await asyncio.open_unix_connection(path) for _ in range(MAX_CLIENTS)]
            for to in clients:
                assert (await ask(to, CLOSE))["accepted"] is True
            async with client(path) as (reader, _):
                answer = json.loads(await reader.readline())
                assert answer["said"].startswith("16 clients are connected already")
            clients[0][1].write_eof()
            assert await clients[0][0].read() == b""
            async with client(path) as to:
                assert (await ask(to, CLOSE))["accepted"] is True
            for _, writer in clients:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    run(main())
    assert len(engine.taken) == MAX_CLIENTS + 1


def test_a_client_that_waits_for_its_answer_holds_up_nobody(path: Path) -> None:
    async def main() -> None:
        held = asyncio.Event()

        async def submit(command: Command) -> Acknowledged:
            if command == Close(position="slow"):
                await held.wait()
            return Acknowledged(accepted=True, said="done")

        async with listening(path, submit), client(path) as slow, client(path) as quick:
            slow[1].write(CLOSE.replace(b"P0001", b"slow") + b"\n")
            await slow[1].drain()
            assert (await ask(quick, CLOSE))["said"] == "done"
            held.set()
            assert json.loads(await slow[0].readline())["said"] == "done"

    run(main())


def test_a_client_that_hangs_up_before_its_answer_hurts_nobody(path: Path) -> None:
    engine = Engine()

    async def main() -> None:
        async with listening(path, engine.submit):
            async with client(path) as (_, writer):
                for _ in range(100):
                    writer.write(CLOSE + b"\n")
                writer.transport.abort()
            async with client(path) as to:
                assert (await ask(to, CLOSE))["accepted"] is True

    run(main())


def test_an_engine_that_has_gone_is_said(path: Path) -> None:
    async def submit(command: Command) -> Acknowledged:
        raise RuntimeError("Event loop is closed")

    async def main() -> None:
        async with listening(path, submit), client(path) as to:
            answer = await ask(to, CLOSE)
            assert answer == {
                "accepted": False,
                "said": "the cockpit is closing and did not take it (Event loop is closed)",
                "by": "LIVE U7",
            }

    run(main())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_ino, found.st_ctime_ns


def test_only_its_owner_may_enter(path: Path) -> None:
    runtime_dir().mkdir(mode=0o755, exist_ok=True)
    runtime_dir().chmod(0o755)

    async def main() -> None:
        async with listening(path, Engine().submit):
            assert (mode(path), mode(path.parent)) == (0o600, 0o700)

    run(main())


def test_the_end_hangs_up_and_leaves_nothing_behind(path: Path) -> None:
    async def main() -> None:
        async with client_after_the_end(path) as reader:
            assert await reader.read() == b""
        assert not is_listening(path)

    @asynccontextmanager
    async def client_after_the_end(path: Path) -> AsyncIterator[asyncio.StreamReader]:
        async with listening(path, Engine().submit):
            reader, writer = await asyncio.open_unix_connection(path)
            assert (await ask((reader, writer), CLOSE))["accepted"] is True
        yield reader
        writer.close()

    run(main())
    assert not path.exists()


def test_what_a_dead_cockpit_left_is_replaced(path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(os.fspath(path))
    assert path.exists()
    assert not is_listening(path)
    left = identity(path)

    async def main() -> None:
        async with listening(path, Engine().submit), client(path) as to:
            assert identity(path) != left
            assert (await ask(to, CLOSE))["accepted"] is True

    run(main())


def test_it_says_which_run_it_is_and_nothing_is_done(path: Path) -> None:
    engine = Engine()

    async def main() -> None:
        async with listening(path, engine.submit), client(path) as to:
            told = await ask(to, WHO)
            assert told == {"kind": "live", "account": "U7", "journal": "/j.sqlite"}

    run(main())
    assert engine.taken == []


@pytest.mark.parametrize(
    ("who", "name", "words"),
    [
        (Who(kind="demo", journal="/d.sqlite"), "demo", "the demo (journal /d.sqlite)"),
        (Who(kind="replay"), "replay", "a replay (journal none)"),
        (Who(kind="practice", journal="/l.sqlite"), "practice", "practice on live quotes (journal /l.sqlite)"),
        (Who(kind="paper", account="DU1", journal="/1"), "DU1", "paper account DU1 (journal /1)"),
        (Who(kind="live", account="U1", journal="/2"), "LIVE U1", "LIVE account U1 (journal /2)"),
    ],
)
def test_each_run_has_a_name_and_words(who: Who, name: str, words: str) -> None:
    assert (who.name, who.words()) == (name, words)


def test_those_that_run_are_found_and_what_dead_ones_left_is_removed(path: Path) -> None:
    dead = runtime_dir() / "dead.sock"

    async def main() -> None:
        async with listening(path, Engine().submit):
            with socket.socket(socket.AF_UNIX) as left:
                left.bind(os.fspath(dead))
            assert listeners() == [path]
            assert list(runtime_dir().iterdir()) == [path], "nothing else is left, of no name"

    run(main())
    assert listeners() == []


def test_one_that_is_too_busy_to_answer_is_not_taken_for_dead(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "KNOCK_S", 0.05)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as first:
        busy.bind(os.fspath(path))
        busy.listen(0)
        first.connect(os.fspath(path))
        assert listeners() == [path]
        assert path.exists()
    path.unlink()


def test_a_second_cockpit_is_told_of_the_first_and_takes_nothing_away(path: Path) -> None:
    engine = Engine()

    async def main() -> None:
        async with listening(path, engine.submit):
            with pytest.raises(BadInput, match=r"Another cockpit listens at .*: stop it, or name another"):
                await serve(path, Engine().submit, WHO_RUNS)
            async with client(path) as to:
                assert (await ask(to, CLOSE))["accepted"] is True

    run(main())
    assert len(engine.taken) == 1


def test_a_place_that_cannot_be_had_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="is too long for a local socket"):
        asyncio.run(serve(tmp_path / ("x" * 120) / "s", Engine().submit, WHO_RUNS))
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BadInput, match=r"The folder .*file for the socket cannot be made"):
        asyncio.run(serve(file / "s.sock", Engine().submit, WHO_RUNS))
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    with pytest.raises(BadInput, match="is not yours"):
        asyncio.run(serve(tmp_path / "link" / "s.sock", Engine().submit, WHO_RUNS))
    monkeypatch.setattr(inbox.os, "getuid", lambda: os.geteuid() + 1)
    with pytest.raises(BadInput, match="is not yours"):
        asyncio.run(serve(real / "s.sock", Engine().submit, WHO_RUNS))


def test_a_journal_has_one_socket_by_whatever_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    journal = tmp_path / "my journal.sqlite"
    assert (
        socket_path(journal) == socket_path(Path("my journal.sqlite")) == socket_path(tmp_path / "link" / journal.name)
    )
    assert socket_path(journal) != socket_path(tmp_path / "other.sqlite")
    assert socket_path(journal).name.startswith("my_journal-")
    assert socket_path(journal_path("demo")) != socket_path(None)
    assert str(os.getpid()) in socket_path(None).name  # without a journal it is this process's own


def test_without_a_runtime_folder_there_is_one_of_the_user_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "relative")
    assert runtime_dir().name == f"cockpit-{os.getuid()}"


@pytest.mark.parametrize("turns", range(6))
def test_it_can_be_stopped_at_any_moment_of_its_start_and_of_a_client_coming(path: Path, turns: int) -> None:
    async def main() -> None:
        serving = asyncio.create_task(serve(path, Engine().submit, WHO_RUNS))
        for _ in range(turns):
            await asyncio.sleep(0)
        is_listening(path)
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving

    run(main())
    assert not path.exists()
