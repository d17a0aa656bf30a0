"""Rule functions at both speeds, asked from one state: a difference in the answer or in any argument is an error."""

from collections.abc import Callable
from typing import Any

import numpy as np

from cockpit.lab.compiler import Compiler
from cockpit.lab.records import stored


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
