"""Where rows wait while the journal cannot be written: a file beside it, and memory when not even that can be."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cockpit.domain.errors import BadInput


class Spill:
    """Batches in the order they came; the file has one line for each, after a first line with its name.

    A line without its end was cut off by a crash and was never acknowledged: it is not there.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._whole_bytes = 0
        self._in_file = 0
        self._in_memory: list[bytes] = []
        self.name = ""
        if path is not None and path.exists():
            self._read()

    def __len__(self) -> int:
        return self._in_file + len(self._in_memory)

    @property
    def in_memory(self) -> int:
        """Batches that a crash would lose."""
        return len(self._in_memory)

    def append(self, batch: bytes, *, durable: bool) -> None:
        """Keep one batch, in the file if it can be (forced to the disk when `durable`), else in memory."""
        self._in_memory.append(batch)
        self.save(durable=durable)

    def save(self, *, durable: bool = True) -> None:
        """Bring what is in memory to the file; where that cannot be done it stays in memory."""
        if self._path is None or not self._in_memory:
            return
        try:
            self._write(self._path, durable=durable)
        except OSError:
            return
        self._in_file += len(self._in_memory)
        self._in_memory.clear()

    def batches(self) -> Iterator[bytes]:
        """All batches, the oldest first."""
        if self._path is not None and self._in_file:
            with self._path.open("rb") as file:
                file.readline()
                for _ in range(self._in_file):
                    yield file.readline()
        yield from self._in_memory

    def clear(self) -> None:
        """Forget what has been merged; a file that cannot be removed is known by its name and not merged twice."""
        self._in_memory.clear()
        if self._path is not None and self._in_file:
            self._in_file = self._whole_bytes = 0
            self.name = ""
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _write(self, path: Path, *, durable: bool) -> None:
        fresh = not self._whole_bytes
        self.name = self.name or secrets.token_hex(8)
        lines = [*([msgspec.json.encode({"spill": self.name})] if fresh else []), *self._in_memory, b""]
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(file, self._whole_bytes)
            text = b"\n".join(lines)
            if os.pwrite(file, text, self._whole_bytes) < len(text):
                os.ftruncate(file, self._whole_bytes)
                raise OSError("the disk is full")
            if durable:
                os.fsync(file)
        finally:
            os.close(file)
        if fresh and durable:
            _sync_folder(path.parent)
        self._whole_bytes += len(text)

    def _read(self) -> None:
        assert self._path is not None
        name, self._in_file, self._whole_bytes = read_spill(self._path)
        self.name = name


def read_spill(path: Path) -> tuple[str, int, int]:
    """(name, batches, bytes of whole lines) of the file `path`; BadInput when it is no spill."""
    try:
        with path.open("rb") as file:
            first = file.readline()
            if not first.endswith(b"\n"):
                return "", 0, 0
            name = msgspec.json.decode(first, type=dict[str, str])["spill"]
            batches, whole = 0, len(first)
            for line in file:
                if line.endswith(b"\n"):
                    batches, whole = batches + 1, whole + len(line)
    except (OSError, msgspec.MsgspecError, KeyError) as error:
        raise BadInput(f"{path} is not what a journal left behind ({error}): move it away.") from error
    return name, batches, whole


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
