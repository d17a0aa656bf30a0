"""Plain functions compiled with all that they call; nothing is decorated, and the rules know nothing of it.

The compiler itself, numba, is an extra: without it `compiler` raises BadInput with the remedy.
"""

import hashlib
import platform
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np

from cockpit.domain.errors import BadInput
from cockpit.exits.rule import NAN, Verdict

WITHOUT_NUMBA = (
    "Compiled chains need numba, which is not installed; install the extra: pip install 'options-cockpit[lab]'."
)


def whole(
    code: int, confidence: float = 0.0, fraction: float = 1.0, stop: float = NAN, shift_bps: float = 0.0
) -> Verdict:
    """A verdict of all its fields: compiled, a named tuple's own constructor knows neither defaults nor keywords."""
    return Verdict(code, confidence, fraction, stop, shift_bps)


def numba() -> Any:
    """The module, without types. Raises BadInput with one sentence where it is not installed."""
    try:
        return import_module("numba")
    except ImportError:
        raise BadInput(WITHOUT_NUMBA) from None


class Compiler:
    """Compiles plain functions, and every plain function they call, each once."""

    def __init__(self) -> None:
        self._numba = numba()
        self._made: dict[Callable[..., Any], Any] = {}

    def __call__(self, function: Callable[..., Any], apart: frozenset[str] = frozenset(), **options: Any) -> Any:
        """The function's compiled twin; `options` are of numba.njit, for this function alone.

        Functions named in `apart`, and what only they call, are called; all others become part of their callers: what
        runs on every tick is one piece (half as fast again), what hardly ever runs is compiled sooner.
        """
        return self._twin(function, apart, options)

    def _twin(self, function: Callable[..., Any], apart: frozenset[str] | None, options: dict[str, Any]) -> Any:
        if function not in self._made:
            assert isinstance(function, FunctionType), f"{function!r} is not a plain function"
            names = dict(function.__globals__)
            for name, part in sorted(called(function).items(), key=lambda item: item[1].__name__ in (apart or ())):
                is_part = apart is not None and part.__name__ not in apart
                names[name] = self._twin(part, apart if is_part else None, {"forceinline": True} if is_part else {})
            rebuilt = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
            self._made[function] = self._numba.njit(**options)(rebuilt)
        return self._made[function]


@cache
def compiler() -> Compiler:
    """The one of this process, so that profiles share the rules that they have in common."""
    return Compiler()


def called(function: FunctionType) -> dict[str, FunctionType]:
    """The plain functions that it names, with the one that stands for the constructor of a verdict."""
    found: dict[str, FunctionType] = {}
    for name in function.__code__.co_names:
        part = function.__globals__.get(name)
        if part is Verdict and function is not whole:
            part = whole
        if isinstance(part, FunctionType):
            found[name] = part
    return found


def fingerprint(function: Callable[..., Any], *layouts: Any) -> str:
    """Differs when anything differs that its compiled code is made of: functions, constants, layouts, versions."""
    seen: dict[FunctionType, str] = {}

    def walk(one: FunctionType) -> None:
        code = one.__code__
        known = {n: one.__globals__[n] for n in code.co_names if n in one.__globals__}
        plain = {n: repr(v) for n, v in known.items() if issubclass(type(v), int | float | tuple)}
        seen[one] = repr((code.co_code, code.co_consts, code.co_names, code.co_varnames, one.__defaults__, plain))
        for part in called(one).values():
            if part not in seen:
                walk(part)

    assert isinstance(function, FunctionType)
    walk(function)
    versions = sys.version, platform.machine(), np.__version__, numba().__version__
    text = repr((*seen.values(), *map(repr, layouts), versions))
    return hashlib.sha256(text.encode()).hexdigest()
