"""How a record becomes a row of SQLite and a row a record again, derived once from each record's fields."""

import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, SupportsFloat, SupportsIndex, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from cockpit.records import (
    AlertRecord,
    CheckpointRecord,
    CommandRecord,
    DecisionRecord,
    ExecutionRecord,
    OrderRecord,
    PositionSampleRecord,
    Record,
    RoundTripRecord,
    SessionRecord,
    StopRecord,
    VerdictRecord,
)

SqlValue = str | int | float | bytes | None
Kept = TypeVar("Kept", bound=Record)

RECORDS: tuple[type[Record], ...] = (
    SessionRecord,
    RoundTripRecord,
    ExecutionRecord,
    OrderRecord,
    DecisionRecord,
    VerdictRecord,
    StopRecord,
    PositionSampleRecord,
    CommandRecord,
    AlertRecord,
    CheckpointRecord,
)
PLAIN = (str, int, float, bool, bytes)


def _simplest(value: object) -> object:
    """What msgspec does not know by itself: read-only mappings, and numbers of other libraries."""
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, SupportsIndex):
        return value.__index__()
    if isinstance(value, SupportsFloat):
        return value.__float__()
    raise NotImplementedError(f"{type(value).__name__} cannot be kept in the journal")


JSON = msgspec.json.Encoder(order="sorted", enc_hook=_simplest)
"""Keys in one order whatever the caller's; NaN and infinities become null."""
from_json = msgspec.json.decode


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One record class as a table: `columns` begin with session_id (sessions excepted) and seq."""

    record: type[Record]
    table: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    key: tuple[str, ...]
    upsert: str
    json_at: tuple[int, ...]
    values: Callable[[Any], tuple[Any, ...]]

    def row(self, record: Record, session_id: str, seq: int) -> Sequence[SqlValue]:
        """Parameters of `upsert` in the order of `columns`."""
        row = [seq, *self.values(record)] if self.record is SessionRecord else [session_id, seq, *self.values(record)]
        for place in self.json_at:
            row[place] = JSON.encode(row[place]).decode()
        return row


@cache
def shape(record: type[Record]) -> Shape:
    """The table of one record class; its own key where it has one, else the running number `seq`."""
    fields = tuple(field.name for field in dataclasses.fields(record))
    hints = get_type_hints(record)
    columns = ("seq", *fields) if record is SessionRecord else ("session_id", "seq", *fields)
    if record is SessionRecord:
        key = record.KEY
    else:
        key = ("session_id", *record.KEY) if record.KEY else ("seq",)
    return Shape(
        record=record,
        table=record.TABLE,
        columns=columns,
        fields=fields,
        key=key,
        upsert=upsert_sql(record.TABLE, columns, key),
        json_at=tuple(columns.index(name) for name in fields if not _is_plain(hints[name])),
        values=attrgetter(*fields),
    )


def upsert_sql(table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """INSERT that replaces the row of the same key but leaves its `seq`: the order in which things first appeared."""
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    changed = [name for name in columns if name not in key and name != "seq"]
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in changed)
    what = f"DO UPDATE SET {changes}" if changes else "DO NOTHING"
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks}) ON CONFLICT ({", ".join(key)}) {what}'


def record_of(record: type[Kept], row: Mapping[str, Any]) -> Kept:
    """The record that a row of its table was made from."""
    hints = get_type_hints(record)
    given: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        value = row[field.name]
        if not _is_plain(hints[field.name]):
            value = from_json(value)
            if get_origin(hints[field.name]) is tuple:
                value = tuple(tuple(item) for item in value)
        elif value is not None and bool in _members(hints[field.name]):
            value = bool(value)
        given[field.name] = value
    return record(**given)


def _is_plain(hint: Any) -> bool:
    return all(kind in PLAIN or kind is type(None) for kind in _members(hint))


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


LEDGER_TABLE = "ledger"
Rows = dict[str, list[Sequence[SqlValue]]]
"""table -> rows, each in the order of the table's `COLUMNS`"""

COLUMNS = {place.table: place.columns for place in map(shape, RECORDS)}
COLUMNS[LEDGER_TABLE] = ("session_id", "seq", "lines")
UPSERTS = {place.table: place.upsert for place in map(shape, RECORDS)}
UPSERTS[LEDGER_TABLE] = upsert_sql(LEDGER_TABLE, COLUMNS[LEDGER_TABLE], ("seq",))
