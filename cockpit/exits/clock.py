"""Until when a rule's answer stands if nothing happens but that time passes: found by asking it with a running clock.

Kernels see time as two numbers, `now.t` and `pos.age_s`. Here both are `Running`: numbers that grow by one a second and
note, whenever they are compared, at which instant that comparison turns. Up to the earliest of these instants a kernel
takes the same branches, so it gives the same answer. What cannot be followed raises, and then nothing is known to
stand: a number that is no straight line of time, or a memory that is another one each time.
"""

import dataclasses
from collections.abc import Iterable
from functools import cache
from math import inf
from typing import Any

from cockpit.exits.rule import Kernel
from cockpit.exits.view import Position
from cockpit.market.view import Market

SLACK_S = 0.001  # an instant that near to a turn may be on either side of it


class Running:
    """`value` now, growing by `slope` a second; `turns` are the seconds after which comparisons made with it turn."""

    __slots__ = ("slope", "turns", "value")

    def __init__(self, value: float, slope: float, turns: list[float]) -> None:
        self.value = value
        self.slope = slope
        self.turns = turns

    def _made(self, value: float, slope: float) -> "Running":
        return Running(value, slope, self.turns)

    def __add__(self, other: "Running | float") -> "Running":
        value, slope = _line(other)
        return self._made(self.value + value, self.slope + slope)

    __radd__ = __add__

    def __sub__(self, other: "Running | float") -> "Running":
        value, slope = _line(other)
        return self._made(self.value - value, self.slope - slope)

    def __rsub__(self, other: float) -> "Running":
        return self._made(other - self.value, -self.slope)

    def __mul__(self, other: float) -> "Running":
        return self._made(self.value * _number(other), self.slope * other)

    __rmul__ = __mul__

    def __truediv__(self, other: float) -> "Running":
        return self._made(self.value / _number(other), self.slope / other)

    def _above(self, other: "Running | float") -> float:
        """How far above the other it is now, having noted when that changes its sign."""
        value, slope = _line(other)
        above, grows = self.value - value, self.slope - slope
        if grows != 0.0:
            self.turns.append(-above / grows)
        return above

    def __lt__(self, other: "Running | float") -> bool:
        return self._above(other) < 0.0

    def __le__(self, other: "Running | float") -> bool:
        return self._above(other) <= 0.0

    def __gt__(self, other: "Running | float") -> bool:
        return self._above(other) > 0.0

    def __ge__(self, other: "Running | float") -> bool:
        return self._above(other) >= 0.0

    def __eq__(self, other: object) -> bool:
        if other is self:
            return self.value == self.value
        raise TypeError("a running clock equals a number for no time at all")

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __bool__(self) -> bool:
        raise TypeError("a running clock is neither true nor false")


def _line(x: Any) -> tuple[float, float]:
    return (x.value, x.slope) if isinstance(x, Running) else (_number(x), 0.0)


def _number(x: Any) -> float:
    if not isinstance(x, int | float):
        raise TypeError(f"{x!r} is no number")
    return x


def stands_until(rules: Iterable[tuple[Kernel, Any, Any]], now: Market, pos: Position) -> float:
    """The session time up to which kernels, each with its parameters and memory, answer what they answer at `now.t`.

    `now` and `pos` are as they were when the kernels were last asked. -inf where one cannot be followed. Everything is
    left as it is.
    """
    turns: list[float] = []
    t, age_s = now.t, pos.age_s
    clocked: Any = now
    aged: Any = pos
    clocked.t, aged.age_s = Running(t, 1.0, turns), Running(age_s, 1.0, turns)
    try:
        if not all(_leaves_its_memory(kernel, p, now, pos, m) for kernel, p, m in rules):
            return -inf
    except Exception:  # noqa: BLE001 - a kernel may do with a number what cannot be followed, in whatever way
        return -inf
    finally:
        now.t, pos.age_s = t, age_s
    coming = [s for s in turns if s > -SLACK_S]  # what has turned will not turn back, nor what is unknown
    return t + min(coming, default=inf) - SLACK_S


def _leaves_its_memory(kernel: Kernel, p: Any, now: Market, pos: Position, m: Any) -> bool:
    """Asks the kernel; whether its memory is the same after it, which it is then made to be."""
    names = _fields(m.__class__)
    before = [getattr(m, name) for name in names]
    try:
        kernel(p, now, pos, m)
        after = [getattr(m, name) for name in names]
    finally:
        for name, value in zip(names, before, strict=True):
            setattr(m, name, value)
    return not any(isinstance(b, Running) or _differ(a, b) for a, b in zip(before, after, strict=True))


def _differ(a: Any, b: Any) -> bool:
    return a != b and (a == a or b == b)


@cache
def _fields(memory: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(memory))
