"""Arrow columns of any usable type as plain arrays of instants, numbers and labels."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cockpit.feeds.arrow import arrow
from cockpit.feeds.text_values import INT64_MAX, parse_at_ns, parse_number

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_UNIT_NS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


class Numbers(NamedTuple):
    """One numeric column; where `known` is false the value is null, and `values` holds 0 there."""

    values: Floats
    known: Flags


def labels_of(column: Any) -> tuple[list[Any], Ints]:
    """The distinct values of a column of texts, dates or integers, and each row's index into them, -1 for null."""
    pa, types = arrow(), arrow("types")
    encoded = types.is_dictionary(column.type)
    inner = column.type.value_type if encoded else column.type
    if types.is_null(inner):
        return [], np.full(len(column), -1, dtype=np.int64)
    if types.is_timestamp(inner):
        column, inner = column.cast(pa.date32()), pa.date32()
    if not (_is_text(inner) or types.is_date(inner) or types.is_integer(inner)):
        raise TypeError("which names nothing")
    if not encoded:
        column = column.dictionary_encode()
    labels: list[Any] = column.dictionary.to_pylist()
    indices = column.indices.cast(pa.int64())
    known = _known(indices)
    places: Ints = np.where(known, _raw(indices, np.int64), -1)
    if np.any(places >= len(labels)) or np.any(known & (places < 0)):
        raise ValueError("a dictionary is damaged")
    return labels, places


def instants(column: Any) -> tuple[Ints, Flags]:
    """Nanoseconds UTC of a column of timestamps, integers (ns) or texts; and which rows have no readable time."""
    pa, types = arrow(), arrow("types")
    if types.is_timestamp(column.type):
        return _scaled(column.cast(pa.int64()), _UNIT_NS[column.type.unit])
    if types.is_integer(column.type):
        return _scaled(column.cast(pa.int64()), 1)
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not _is_text(column.type):
        raise TypeError("which tells no time")
    for kind in (pa.timestamp("ns", "UTC"), pa.timestamp("ns")):
        try:
            return _scaled(column.cast(kind).cast(pa.int64()), 1)
        except pa.ArrowInvalid:
            continue  # another form, or mixed forms: text by text below
    return _instants_by_text(column)


def numbers(column: Any) -> tuple[Numbers, Flags | None]:
    """Values of a column of numbers or texts, NaN as it is; and which rows hold a text that is no number, if any."""
    pa, types = arrow(), arrow("types")
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if types.is_null(column.type):
        return Numbers(np.zeros(len(column)), np.zeros(len(column), dtype=np.bool_)), None
    if _is_text(column.type):
        try:
            column = column.cast(pa.float64())
        except pa.ArrowInvalid:
            return _numbers_by_text(column)
    elif types.is_floating(column.type) or types.is_integer(column.type) or types.is_decimal(column.type):
        column = column.cast(pa.float64(), safe=False)
    else:
        raise TypeError("which is no number")
    known = _known(column)
    return Numbers(np.where(known, _raw(column, np.float64), 0.0), known), None


def _raw(column: Any, kind: Any) -> Any:
    """The values as they lie in memory, anything where null; `to_numpy` would import pandas where that is installed."""
    buffer = column.buffers()[1]
    if buffer is None:
        return np.zeros(len(column), dtype=kind)
    return np.frombuffer(buffer, dtype=kind)[column.offset : column.offset + len(column)]


def _known(column: Any) -> Flags:
    bitmap = column.buffers()[0]
    if bitmap is None:
        return np.ones(len(column), dtype=np.bool_)
    bits = np.unpackbits(np.frombuffer(bitmap, dtype=np.uint8), bitorder="little")
    return bits[column.offset : column.offset + len(column)].astype(np.bool_)


def _is_text(kind: Any) -> bool:
    types = arrow("types")
    return bool(types.is_string(kind) or types.is_large_string(kind))


def _scaled(column: Any, unit_ns: int) -> tuple[Ints, Flags]:
    values: Ints = _raw(column, np.int64)
    limit = INT64_MAX // unit_ns
    bad = ~_known(column) | (values > limit) | (values < -limit)
    return np.where(bad, 0, values) * unit_ns, bad


def _instants_by_text(column: Any) -> tuple[Ints, Flags]:
    labels, indices = labels_of(column)
    values = np.zeros(len(labels) + 1, dtype=np.int64)
    bad = np.ones(len(labels) + 1, dtype=np.bool_)  # the last one stands for null
    for index, label in enumerate(labels):
        try:
            values[index] = parse_at_ns(label)
        except ValueError:
            continue
        bad[index] = False
    return values[indices], bad[indices]


def _numbers_by_text(column: Any) -> tuple[Numbers, Flags]:
    labels, indices = labels_of(column)
    values = np.zeros(len(labels) + 1)
    known = np.zeros(len(labels) + 1, dtype=np.bool_)
    bad = np.zeros(len(labels) + 1, dtype=np.bool_)
    for index, label in enumerate(labels):
        try:
            value = parse_number(label)
        except ValueError:
            bad[index] = True
            continue
        values[index], known[index] = (0.0, False) if value is None else (value, True)
    return Numbers(values[indices], known[indices]), bad[indices]
