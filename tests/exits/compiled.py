"""Rule functions at both speeds: plain functions rebuilt with jitted twins of those they call, records for objects."""

import dataclasses
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import numba
import numpy as np

from cockpit.exits.rule import NAN, Verdict

KINDS: dict[Any, str] = {float: "f8", int: "i8", bool: "?"}


def whole(
    code: int, confidence: float = 0.0, fraction: float = 1.0, stop: float = NAN, shift_bps: float = 0.0
) -> Verdict:
    """A verdict of all its fields: compiled, a named tuple's own constructor knows neither defaults nor keywords."""
    return Verdict(code, confidence, fraction, stop, shift_bps)


class Compiler:
    """Compiles plain functions, and every plain function they call, each once. Nothing is decorated."""

    def __init__(self) -> None:
        self._made: dict[Any, Any] = {}

    def __call__(self, function: Callable[..., Any]) -> Any:
        assert isinstance(function, FunctionType), f"{function!r} is not a plain function"
        if function not in self._made:
            names = dict(function.__globals__)
            for name in function.__code__.co_names:
                called = whole if names.get(name) is Verdict and function is not whole else names.get(name)
                if isinstance(called, FunctionType):
                    names[name] = self(called)
            rebuilt = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
            self._made[function] = numba.njit(rebuilt)
        return self._made[function]


@cache
def record(cls: type) -> np.dtype[np.void]:
    """The layout of a market, position, memory or parameters class; a table has the rows of its capacity."""
    layout: list[Any] = []
    for f in dataclasses.fields(cls):
        if "row" in f.metadata:
            layout.append((f.name, record(f.metadata["row"]), (f.metadata["capacity"],)))
        else:
            layout.append((f.name, KINDS[f.type]))
    return np.dtype(layout or [("_", "?")], align=True)


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


def same(a: Any, b: Any) -> bool:
    """Equal to the last bit, where unknown equals unknown and a negative zero is not zero."""
    if isinstance(a, np.void):
        return a.tobytes() == b.tobytes() or repr(a.item()) == repr(b.item())
    return repr(a) == repr(b)


def outcome(function: Callable[..., Any], given: list[Any] | tuple[Any, ...]) -> Any:
    """What the function returns, or the class of the arithmetic error it raises."""
    try:
        return function(*given)
    except ArithmeticError as error:
        return type(error)


class Twin:
    """A function at both speeds, asked from one state; a difference in the answer or in any argument is an error.

    Only argument number `writes` may be changed by it.
    """

    def __init__(self, compiler: Compiler, function: Callable[..., Any], writes: int = 3) -> None:
        self.plain, self.fast, self.writes = function, compiler(function), writes

    def __call__(self, *given: Any) -> Any:
        name = f"{self.plain.__module__}.{self.plain.__name__}"
        before, rows = [stored(x) for x in given], [stored(x) for x in given]
        fast, plain = outcome(self.fast, rows), outcome(self.plain, given)
        assert same(fast, plain), f"{name}: compiled {fast}, interpreted {plain}"
        for i, (row, x) in enumerate(zip(rows, given, strict=True)):
            after = stored(x)
            assert same(row, after), f"{name} leaves {row} compiled, {after} interpreted"
            assert i == self.writes or same(before[i], after), f"{name} writes to argument {i}"
        if isinstance(plain, type):
            raise ArithmeticError(f"{name} raises {plain.__name__} at both speeds")
        return plain

    @property
    def returns(self) -> set[Any]:
        """Machine types of the answers of every version compiled so far."""
        return {s.return_type for s in self.fast.nopython_signatures}
