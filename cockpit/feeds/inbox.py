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
from typing import Any, cast

import msgspec

from cockpit.commands import Acknowledged, Command, parse
from cockpit.domain.errors import BadInput
from cockpit.user_files import data_dir

MAX_LINE_BYTES = 1 << 16
UNNAMED = ("demo",)  # journals that a cockpit writes when none is named
MAX_CLIENTS = 16
MAX_PATH_BYTES = 107  # of a Unix socket's address, without the closing zero
TURNS = 5  # of the loop, from a connection just accepted to its transport's end
KNOCK_S = 1.0  # until an older listener counts as gone

Submit = Callable[[Command], Awaitable[Acknowledged]]


def runtime_dir() -> Path:
    """The folder of the sockets: the session's runtime folder, else one of the user's own among temporary files."""
    base = os.environ.get("XDG_RUNTIME_DIR") or ""
    if Path(base).is_absolute():
        return Path(base) / "cockpit"
    return Path(tempfile.gettempdir()) / f"cockpit-{os.getuid()}"


def socket_path(journal: Path | None) -> Path:
    """Where the cockpit that writes `journal` listens; None is the one that was started without naming a journal."""
    whole = journal.resolve() if journal is not None else None
    if whole is None or whole in [(data_dir() / f"{name}.sqlite").resolve() for name in UNNAMED]:
        return runtime_dir() / "cockpit.sock"
    name = re.sub(r"[^A-Za-z0-9_-]", "_", whole.stem)[:20]
    return runtime_dir() / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:12]}.sock"


def is_listening(path: Path) -> bool:
    """Whether a cockpit answers at the socket `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        knocking.settimeout(KNOCK_S)
        try:
            knocking.connect(os.fspath(path))
        except OSError:
            return False
    return True


async def serve(path: Path, submit: Submit) -> None:
    """Listens at `path` until cancelled; then closes every connection and removes the socket.

    Each line is a command (`cockpit.commands.parse`), each answer `{"accepted": …, "said": …}` on a line of its own, in
    order. Raises BadInput when the folder or the socket cannot be made, or when another cockpit listens there.
    """
    listening, identity = _bound(path)
    reception = Reception(submit)
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
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise BadInput(
            f"The path {path} is too long for a local socket: set XDG_RUNTIME_DIR to a folder with a shorter name."
        )
    if is_listening(path):
        raise BadInput(f"Another cockpit listens at {path}: stop it, or name another file with --journal.")
    try:
        path.unlink(missing_ok=True)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            made.bind(os.fspath(path))
            path.chmod(0o600)
            made.listen(MAX_CLIENTS)
            made.setblocking(False)
            return made, path.stat().st_ino
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise BadInput(
            f"The socket {path} cannot be made ({error.strerror}): make its folder writable, or set XDG_RUNTIME_DIR."
        ) from error


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

    def __init__(self, submit: Submit) -> None:
        self._submit = submit
        self._talks: set[asyncio.Task[None]] = set()
        self._closed = False

    def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A new client; one too many is told so, and one that comes at the end is sent away."""
        if self._closed:
            writer.transport.abort()
            return
        if len(self._talks) >= MAX_CLIENTS:
            writer.write(_refused(f"{MAX_CLIENTS} clients are connected already; try again when one has gone"))
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
            writer.write(_refused(f"a line may have {MAX_LINE_BYTES} bytes at most; the connection is closed"))
            await writer.drain()

    async def _answer(self, line: bytes) -> bytes:
        try:
            command = parse(object_of(line))
        except ValueError as error:
            return _refused(str(error))
        try:
            answer = await self._submit(command)
        except RuntimeError as error:  # the engine's loop has closed
            return _refused(f"the cockpit is closing and did not take it ({error})")
        return msgspec.json.encode(answer) + b"\n"


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


def _refused(said: str) -> bytes:
    return msgspec.json.encode(Acknowledged(accepted=False, said=said)) + b"\n"
