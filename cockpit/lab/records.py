"""The engine's numbers as rows of memory: one layout a dataclass, so that compiled rules read the same fields."""

import dataclasses
from functools import cache
from typing import Any

import numpy as np

Layout = np.dtype[np.void]
Records = np.ndarray[Any, Layout]
KINDS: dict[Any, str] = {float: "f8", int: "i8", bool: "?"}


@cache
def record(cls: type) -> Layout:
    """The layout of a class of numbers and flags; a table of parameters has the rows of its capacity."""
    layout: list[Any] = []
    for f in dataclasses.fields(cls):
        if "row" in f.metadata:
            layout.append((f.name, record(f.metadata["row"]), (f.metadata["capacity"],)))
        else:
            layout.append((f.name, KINDS[f.type]))
    return np.dtype(layout or [("_", "?")], align=True)


def nested(parts: dict[str, type]) -> Layout:
    """A layout of layouts: one field a name."""
    return np.dtype([(name, record(cls)) for name, cls in parts.items()], align=True)


def values(thing: Any) -> tuple[Any, ...]:
    """What its record holds. Short tables are padded with +inf, so that no gain opens a row that is not there.

    Raises TypeError for a value that a record would silently turn into another kind.
    """
    found: list[Any] = []
    for f in dataclasses.fields(thing):
        value = getattr(thing, f.name)
        if "row" in f.metadata:
            row = (np.inf,) * len(dataclasses.fields(f.metadata["row"]))
            found.append([*map(values, value), *[row] * (f.metadata["capacity"] - len(value))])
        elif type(value) is f.type or (f.type is float and type(value) is int):
            found.append(value)
        else:
            raise TypeError(f"{type(thing).__qualname__}.{f.name} is {value!r}; it must be of kind {f.type}")
    return tuple(found) or (False,)


def stored(thing: Any) -> Any:
    """An object as a row of its record; a number as it is."""
    if not dataclasses.is_dataclass(thing):
        return thing
    row = np.zeros(1, record(type(thing)))
    row[0] = values(thing)
    return row[0]
