"""The ledger: one line for each ledger record, and the running hash that says two sessions decided the same."""

import dataclasses
import hashlib
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from cockpit.journal.rows import JSON
from cockpit.records import Record


class Ledger:
    """SHA-256 over the lines of all `LEDGER` records, in the order they were added."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.rows = 0

    def add(self, record: Record) -> None:
        """Take one record into the hash; records that are not of the ledger are passed over."""
        if record.LEDGER:
            self.add_line(line(record))

    def add_line(self, canonical: bytes) -> None:
        """Take one line as the journal keeps it into the hash."""
        self._hash.update(canonical)
        self._hash.update(b"\n")
        self.rows += 1

    def hexdigest(self) -> str:
        """The hash so far, 64 hexadecimal digits."""
        return self._hash.hexdigest()


def line(record: Record) -> bytes:
    """Table and field values as one JSON array: no path, clock, version or session; floats in shortest exact form."""
    return JSON.encode((record.TABLE, *_values(type(record))(record)))


@cache
def _values(record: type[Record]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(field.name for field in dataclasses.fields(record)))
