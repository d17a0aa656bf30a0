"""The local socket of a running cockpit: commands in as JSON lines, one answer a line, for its owner alone."""

import asyncio
import hashlib
import os
import re
import socket
import stat
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from cockpit.commands import Acknowledged, Command, parse
from cockpit.domain.errors import BadInput

MAX_LINE_BYTES = 1 << 16
MAX_CLIENTS = 16
MAX_PATH_BYTES = 107  # of a Unix socket's address, without the closing zero
TURNS = 5  # of the loop, from a connection just accepted to its transport's end
KNOCK_S = 1.0  # until a listener that does not answer is left alone
WHO = b'{"command": "who"}'
"""A line that every cockpit answers with its `Who`; it is no command, and nothing is done."""

Submit = Callable[[Command], Awaitable[Acknowledged]]
Kind = Literal["demo", "replay", "practice", "paper", "live"]


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Which run listens, so that nobody commands another one: what it trades, and in which journal."""

    kind: Kind
    account: str = ""  # at the broker
    journal: str | None = None

    @property
    def name(self) -> str:
        """As its answers begin."""
        return {"paper": self.account, "live": f"LIVE {self.account}"}.get(self.kind, self.kind)

    def words(self) -> str:
        """What it is, and its journal."""
        kinds: dict[Kind, str] = {
            "demo": "the demo",
            "replay": "a replay",
            "practice": "practice on live quotes",
            "paper": f"paper account {self.account}",
            "live": f"LIVE account {self.account}",
        }
        return f"{kinds[self.kind]} (journal {self.journal or 'none'})"


class Answer(Acknowledged, frozen=True, kw_only=True):
    """What became of a command, and which run answers."""

    by: str = ""


def runtime_dir() -> Path:
    """The folder of the sockets: the session's runtime folder, else one of the user's own among temporary files."""
    base = os.environ.get("XDG_RUNTIME_DIR") or ""
    if Path(base).is_absolute():
        return Path(base) / "cockpit"
    return Path(tempfile.gettempdir()) / f"cockpit-{os.getuid()}"


def socket_path(journal: Path | None) -> Path:
    """Where the cockpit that writes `journal` listens; None is this process, when it keeps none."""
    if journal is None:
        return runtime_dir() / f"process-{os.getpid()}.sock"
    whole = journal.resolve()
    name = re.sub(r"[^A-Za-z0-9_-]", "_", whole.stem)[:20]
    return runtime_dir() / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:12]}.sock"


def listeners() -> list[Path]:
    """The sockets of all the cockpits that run; those that dead ones have left are removed."""
    return [path for path in sorted(runtime_dir().glob("*.sock")) if _is_alive(path)]


def _is_alive(path: Path) -> bool:
    """Whether somebody has that socket open: one that is refused has nobody any more, for it is put there open."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        knocking.settimeout(KNOCK_S)
        try:
            knocking.connect(os.fspath(path))
        except ConnectionRefusedError:
            with suppress(OSError):
                path.unlink()
            return False
        except FileNotFoundError:
            return False
        except OSError:
            return True  # too busy to answer, or not for us to open
    return True


def is_listening(path: Path) -> bool:
    """Whether a cockpit answers at the socket `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        knocking.settimeout(KNOCK_S)
        try:
            knocking.connect(os.fspath(path))
        except OSError:
            return False
    return True


async def serve(path: Path, submit: Submit, who: Who) -> None:
    """Listens at `path` until cancelled; then closes every connection and removes the socket.

    Each line is a command (`cockpit.commands.parse`), each answer `{"accepted": …, "said": …, "by": …}` on a line of
    its own, in order. Raises BadInput, at its first step, when the folder or the socket cannot be made, or when another
    cockpit listens there.
    """
    listening, identity = _bound(path)
    reception = Reception(submit, who)
    try:
        server = await asyncio.start_unix_server(
            reception.welcome, sock=listening, limit=MAX_LINE_BYTES, start_serving=False
        )
        try:
            await server.start_serving()  # inside, because it can be cancelled when it listens already
            await asyncio.Event().wait()
        finally:
            asyncio.get_running_loop().remove_reader(
                listening
            )  # a server closed too soon forgets who is just coming in
            await reception.close()
            server.close()
    finally:
        listening.close()
        _remove(path, identity)


def _remove(path: Path, identity: int) -> None:
    """Takes our socket away, and nothing that somebody else has put there since."""
    with suppress(OSError):
        if path.stat().st_ino == identity:
            path.unlink()


def _bound(path: Path) -> tuple[socket.socket, int]:
    """A socket at `path` that only its owner may open, and its inode; what a dead cockpit has left is replaced."""
    _owned_folder(path.parent)
    made_at = path.with_name(f".{os.getpid()}.{path.name}")
    if len(os.fsencode(made_at)) > MAX_PATH_BYTES:
        raise BadInput(
            f"The path {path} is too long for a local socket: set XDG_RUNTIME_DIR to a folder with a shorter name."
        )
    if is_listening(path):
        raise BadInput(f"Another cockpit listens at {path}: stop it, or name another file with --journal.")
    try:
        made_at.unlink(missing_ok=True)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            made.bind(os.fspath(made_at))
            made_at.chmod(0o600)
            made.listen(MAX_CLIENTS)
            made.setblocking(False)
            identity = made_at.stat().st_ino
            made_at.replace(path)  # open already: whoever is refused there knows that it is left from a dead one
            return made, identity
        except OSError:
            made.close()
            made_at.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadInput(
            f"The socket {path} cannot be made ({error.strerror}): make its folder writable, or set XDG_RUNTIME_DIR."
        ) from error


def check_place() -> None:
    """Raises BadInput when this user can have no socket at all: the folder is not his own, or cannot be made."""
    _owned_folder(runtime_dir())


def _owned_folder(folder: Path) -> None:
    """A folder of ours that nobody else may enter; anything else of that name is refused."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise BadInput(f"The folder {folder} for the socket is not yours: remove it, or set XDG_RUNTIME_DIR.")
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise BadInput(
            f"The folder {folder} for the socket cannot be made ({error.strerror}): set XDG_RUNTIME_DIR to another one."
        ) from error


class Reception:
    """The clients that are connected; each is answered in its own task, so that a slow one holds up nobody."""

    def __init__(self, submit: Submit, who: Who) -> None:
        self._submit, self._who = submit, who
        self._talks: set[asyncio.Task[None]] = set()
        self._closed = False

    def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A new client; one too many is told so, and one that comes at the end is sent away."""
        if self._closed:
            writer.transport.abort()
            return
        if len(self._talks) >= MAX_CLIENTS:
            writer.write(self._refused(f"{MAX_CLIENTS} clients are connected already; try again when one has gone"))
            writer.close()
            return
        talk = asyncio.get_running_loop().create_task(self._talk(reader, writer), name="inbox client")
        self._talks.add(talk)
        talk.add_done_callback(lambda ended: self._gone(ended, writer))

    def _gone(self, talk: asyncio.Task[None], writer: asyncio.StreamWriter) -> None:
        """Also of a task that was cancelled before its first step, and so could not hang up itself."""
        self._talks.discard(talk)
        writer.transport.abort()

    async def close(self) -> None:
        """Hangs up on everybody, also on those whose connection is just being made."""
        self._closed = True
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
            writer.close()
            await writer.wait_closed()
        except OSError:
            pass  # the client has gone; what it asked for has been done and journalled

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the client has no more lines, or one that is too long."""
        try:
            while line := await _line(reader):
                writer.write(await self._answer(line))
                await writer.drain()
        except asyncio.LimitOverrunError:
            writer.write(self._refused(f"a line may have {MAX_LINE_BYTES} bytes at most; the connection is closed"))
            await writer.drain()

    async def _answer(self, line: bytes) -> bytes:
        if line == WHO:
            return msgspec.json.encode(self._who) + b"\n"
        try:
            command = parse(object_of(line))
        except ValueError as error:
            return self._refused(str(error))
        try:
            answer = await self._submit(command)
        except RuntimeError as error:  # the engine's loop has closed
            return self._refused(f"the cockpit is closing and did not take it ({error})")
        return self._worded(answer)

    def _refused(self, said: str) -> bytes:
        return self._worded(Acknowledged(accepted=False, said=said))

    def _worded(self, answer: Acknowledged) -> bytes:
        by = Answer(accepted=answer.accepted, said=answer.said, by=self._who.name)
        return msgspec.json.encode(by) + b"\n"


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line that is not blank, also one without an end; nothing when the client has finished."""
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as ended:
            return ended.partial.strip()
        if line := line.strip():
            return line


def object_of(line: bytes | str) -> dict[str, Any]:
    """The object on one line, which names a command; ValueError with one sentence when there is none."""
    try:
        given = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"it is not JSON ({error}); write one object a line") from None
    except RecursionError:
        raise ValueError("it is nested too deeply; write one flat object a line") from None
    if not isinstance(given, dict):
        raise ValueError("it is not an object; write one object a line")
    fields = cast(dict[str, Any], given)
    if not isinstance(fields.get("command"), str):
        raise ValueError('it names no command; write "command" as a text')
    if "at" in fields:
        raise ValueError('a running cockpit acts now; leave "at" out, or give the file to cockpit replay --commands')
    return fields
