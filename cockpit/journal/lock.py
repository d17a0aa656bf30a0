"""One writer for each journal: an advisory lock on a file beside it that says who holds it."""

import fcntl
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cockpit.domain.errors import BadInput


class WriterLock:
    """Held from construction to `release`; the system lets go of it when the process dies, however it dies."""

    def __init__(self, journal: Path) -> None:
        self._path = journal.with_name(journal.name + ".lock")
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise BadInput(
                f"The lock {self._path} cannot be opened ({error.strerror}): "
                "make its folder writable, or name another file with --journal."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = self._holder()
            os.close(self._file)
            raise BadInput(
                f"The journal {journal} is already being written by {holder}: "
                "stop that cockpit, or name another file with --journal."
            ) from error
        self._sign()

    def release(self) -> None:
        """Let go; the file stays, because to remove it would race with the next writer."""
        os.ftruncate(self._file, 0)
        os.close(self._file)

    def _sign(self) -> None:
        """Say who holds the lock; a full disk leaves it unsigned, but held."""
        started = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "started_at": started}
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, msgspec.json.encode(holder), 0)
        except OSError:
            return

    def _holder(self) -> str:
        try:
            holder = msgspec.json.decode(os.pread(self._file, 4096, 0), type=dict[str, str | int])
            return f"process {holder['pid']} on {holder['host']} since {holder['started_at']}"
        except (msgspec.MsgspecError, KeyError, OSError):
            return "another process"
