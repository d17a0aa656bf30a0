"""Frames and fields of the TWS socket protocol: a length, then values that each end in a zero byte."""

import struct
from collections.abc import Iterator

Field = str | int | float | None

UNSET_NUMBER = "1.7976931348623157E308"
UNSET_ID = 2**31 - 1

_LENGTH = struct.Struct(">I")
_LONGEST = 1 << 20


class BadMessage(ValueError):
    """A frame that breaks the protocol."""


def text(value: Field) -> str:
    """The value as the protocol writes it; unknown is empty, and flags are the numbers 1 and 0."""
    return "" if value is None else str(value)


def frame(*fields: Field) -> bytes:
    return prefixed("".join(f"{text(field)}\0" for field in fields).encode())


def prefixed(body: bytes) -> bytes:
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Cuts a stream of bytes into the bodies of its frames.

    Raises BadMessage at a length that no client sends.
    """

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> None:
        self._rest += data

    def take(self, count: int) -> bytes | None:
        """The next `count` bytes as they are, None while they have not all arrived."""
        if len(self._rest) < count:
            return None
        taken = bytes(self._rest[:count])
        del self._rest[:count]
        return taken

    def __iter__(self) -> Iterator[bytes]:
        while len(self._rest) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._rest)
            if length > _LONGEST:
                raise BadMessage(f"a frame of {length} bytes")
            if len(self._rest) < _LENGTH.size + length:
                return
            body = bytes(self._rest[_LENGTH.size : _LENGTH.size + length])
            del self._rest[: _LENGTH.size + length]
            yield body


def fields_of(body: bytes) -> list[str]:
    return body.decode(errors="backslashreplace").split("\0")[:-1]


class Reader:
    """Takes the fields of one message in their order.

    Raises BadMessage where a field is missing or is not of the kind asked for.
    """

    def __init__(self, fields: list[str]) -> None:
        self._fields = fields
        self._at = 0

    def word(self) -> str:
        if self._at >= len(self._fields):
            raise BadMessage(f"the message ends before field {self._at}: {self._fields}")
        self._at += 1
        return self._fields[self._at - 1]

    def whole(self) -> int:
        return int(self._number())

    def real(self) -> float:
        return self._number()

    def flag(self) -> bool:
        return self.word() not in ("", "0", "false")

    def words(self, names: list[str]) -> dict[str, str]:
        return {name: self.word() for name in names}

    def pairs(self) -> list[tuple[str, str]]:
        return [(self.word(), self.word()) for _ in range(self.whole())]

    def rest(self) -> list[str]:
        left, self._at = self._fields[self._at :], len(self._fields)
        return left

    def _number(self) -> float:
        word = self.word()
        try:
            return float(word or 0)
        except ValueError:
            raise BadMessage(f"{word!r} is not a number") from None
