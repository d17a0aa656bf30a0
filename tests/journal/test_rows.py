"""Records survive the way through a row and back."""

import math
import sqlite3
from dataclasses import fields, replace
from types import MappingProxyType

import numpy as np
import pytest

from cockpit.journal.rows import RECORDS, record_of, shape
from cockpit.journal.store import Store
from cockpit.records import Record
from tests.journal.examples import STORY, checkpoint, session, verdict

ONE_OF_EACH = {type(record): record for record in (*STORY, session(), checkpoint("session", b"\x00\xff"))}


def stored(store: Store, record: type[Record]) -> list[dict[str, object]]:
    store.connection.row_factory = sqlite3.Row
    return [dict(row) for row in store.connection.execute(f"SELECT * FROM {record.TABLE} ORDER BY seq")]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.TABLE)
def test_a_record_comes_back_as_it_was(kept: Store, record: type[Record]) -> None:
    kept.write([ONE_OF_EACH[record]], durable=True)
    came_back = record_of(record, stored(kept, record)[0])
    expected = {field.name: getattr(ONE_OF_EACH[record], field.name) for field in fields(record)}
    if "readings" in expected:  # JSON knows arrays only
        expected["readings"] = {name: list(value) for name, value in expected["readings"].items()}
    assert {name: getattr(came_back, name) for name in expected} == expected


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.TABLE)
def test_every_field_has_its_column(kept: Store, record: type[Record]) -> None:
    columns = {row[1] for row in kept.connection.execute(f"PRAGMA table_info({record.TABLE})")}
    assert columns == set(shape(record).columns)


def test_unknown_is_null_never_a_number(kept: Store) -> None:
    kept.write([replace(verdict(), confidence=math.nan, readings={"rate": math.nan})], durable=True)
    row = stored(kept, type(verdict()))[0]
    assert row["confidence"] is None
    assert row["readings"] == '{"rate":null}'


def test_readings_of_other_types_become_plain_json(kept: Store) -> None:
    readings = MappingProxyType({"b": np.float64(0.5), "a": np.int64(3)})
    kept.write([replace(verdict(), readings=readings)], durable=True)
    assert stored(kept, type(verdict()))[0]["readings"] == '{"a":3,"b":0.5}'


def test_what_json_cannot_say_is_refused(kept: Store) -> None:
    with pytest.raises(NotImplementedError, match="object cannot be kept in the journal"):
        kept.write([replace(verdict(), readings={"rate": object()})], durable=True)
