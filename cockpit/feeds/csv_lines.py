"""Hands the bytes of a CSV file to Arrow line by line sound: UTF-8, of bounded length, quotes closed."""

import io
from pathlib import Path

import numpy as np

from cockpit.domain.errors import BadInput
from cockpit.feeds.outside_files import MAX_LINE_BYTES

NEWLINE, QUOTE = b"\n", b'"'


class SoundLines(io.RawIOBase):
    """A file whose lines may be parsed one by one; raises BadInput for text that is not UTF-8 and for endless lines.

    A row of a recording is one line. Arrow would take an unclosed quote for the beginning of a cell of many lines and
    swallow the rows in it, so a line with an odd number of quotes is handed on as commas: one malformed row.
    """

    def __init__(self, path: Path, file: io.BufferedReader) -> None:
        self.lines = 0
        self.cut_off = False  # the file ends within a line
        self._path = path
        self._file = file
        self._rest = b""  # the beginning of a line whose end is not read yet

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Whole lines of at most `size` bytes together; only the last line of the file may lack its end."""
        if size < 0 or size > MAX_LINE_BYTES:
            size = MAX_LINE_BYTES
        while True:
            if len(self._rest) >= size:
                raise BadInput(f"{self._path}, line {self.lines + 1} is longer than {size:,} bytes; it is no CSV row.")
            read = self._file.read(size - len(self._rest))
            chunk = self._rest + read
            end = chunk.rfind(NEWLINE) + 1 if read else len(chunk)
            self._rest = chunk[end:]
            if end or not read:
                return self._sound(chunk[:end])

    def _sound(self, block: bytes) -> bytes:
        if not block:
            return block
        try:
            block.decode()
        except UnicodeDecodeError as error:
            line = self.lines + 1 + block.count(NEWLINE, 0, error.start)
            raise BadInput(f"{self._path}, line {line}: not UTF-8 text; save the file as UTF-8 CSV.") from error
        self.cut_off = not block.endswith(NEWLINE)
        self.lines += block.count(NEWLINE) + self.cut_off
        return _without_open_quotes(block) if QUOTE in block else block


def _without_open_quotes(block: bytes) -> bytes:
    characters = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(characters == NEWLINE[0])
    if not len(ends) or ends[-1] != len(block) - 1:
        ends = np.append(ends, len(block))
    quotes = np.flatnonzero(characters == QUOTE[0])
    before = np.searchsorted(quotes, ends)  # quotes up to each end of a line
    odd = np.flatnonzero(np.diff(before, prepend=0) % 2)
    if not len(odd):
        return block
    sound = bytearray(block)
    for line in odd.tolist():
        start, end = int(ends[line - 1]) + 1 if line else 0, int(ends[line])
        sound[start:end] = b"," * (end - start)
    return bytes(sound)
