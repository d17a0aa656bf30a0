"""Opens files that came from outside: regular, within limits, decodable and unchanged while they are read."""

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from cockpit.domain.errors import BadInput

MAX_LINE_BYTES = 1 << 20


def regular_size(path: Path, limit_bytes: int) -> int:
    """Size in bytes of a regular file; raises BadInput for anything else, for an empty and for an oversized one."""
    found = _stat(path)
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{path} is {_kind(found.st_mode)}, not a file; name a regular file.")
    if found.st_size == 0:
        raise BadInput(f"{path} is empty; copy or export it again.")
    if found.st_size > limit_bytes:
        raise BadInput(f"{path} has {found.st_size:,} bytes, more than the {limit_bytes:,} allowed; split it.")
    return found.st_size


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder; raises BadInput when there is nothing, or nothing that may be looked at."""
    return stat.S_ISDIR(_stat(path).st_mode)


def is_regular(path: Path) -> bool:
    """Whether `path` is a regular file; raises BadInput as `is_folder` does."""
    return stat.S_ISREG(_stat(path).st_mode)


def exists(path: Path) -> bool:
    """Whether there is anything at `path`; raises BadInput when its folder may not be looked at."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return True


@contextmanager
def unchanged(path: Path, limit_bytes: int) -> Generator[int]:
    """Gives the size in bytes of a regular file; raises BadInput when the file differs at the end of the block."""
    size = regular_size(path, limit_bytes)
    before = _identity(path)
    try:
        yield size
    except BadInput:
        _refuse_changed(path, before)  # a torn read explains whatever else seemed wrong
        raise
    except OSError as error:
        _refuse_changed(path, before)
        raise unreadable(path, error) from error
    _refuse_changed(path, before)


def read_bytes(path: Path, limit_bytes: int) -> bytes:
    """The whole content of a regular file; raises BadInput as `unchanged` does."""
    with unchanged(path, limit_bytes), path.open("rb") as file:
        content = file.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise BadInput(f"{path} grew over {limit_bytes:,} bytes while it was read; try again.")
    return content


def read_text(path: Path, limit_bytes: int) -> str:
    """The text of a UTF-8 file without its byte-order mark; raises BadInput when it is anything else."""
    content = read_bytes(path, limit_bytes)
    refuse_wide_encoding(path, content[:4])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path}, line {row}: not UTF-8 text; save the file as UTF-8.") from error


def refuse_wide_encoding(path: Path, head: bytes) -> None:
    """Raises BadInput for text that starts like UTF-16 or UTF-32."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        raise BadInput(f"{path} is UTF-16 or UTF-32 text; save the file as UTF-8.")


def unreadable(path: Path, error: Exception) -> BadInput:
    """The sentence for a file that the system or a parser could not read."""
    cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    lines = cause.strip().splitlines()
    cause = lines[0][:200].rstrip(".") if lines else type(error).__name__
    return BadInput(f"{path} cannot be read ({cause}); check that it exists, is complete and may be read.")


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise unreadable(path, error) from error


def _identity(path: Path) -> tuple[int, int, int, int]:
    found = _stat(path)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _refuse_changed(path: Path, before: tuple[int, int, int, int]) -> None:
    if _identity(path) != before:
        raise BadInput(f"{path} changed while it was read; try again when nothing writes to it.")


def _kind(mode: int) -> str:
    names = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in names if test(mode)), "a device")
