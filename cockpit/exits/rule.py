"""What a rule file is made of: parameters, memory, triggers, three-valued conditions, readings and examples.

A rule's `kernel(p, now, pos, m)` answers one integer: two bits a trigger, NO, YES or UNSEEN, made by `pack`; or IDLE
when there is nothing left to look at. It is plain Python in the subset a JIT can compile: numbers in, a number out,
unknown is NaN, and it writes only to its own memory `m`. Three values make blindness exact: a trigger with a condition
known to be false does not hold whatever else is unknown; one whose known conditions all hold but which cannot see
the rest is blind. What a trigger then wants (confidence, fraction, stop) is said by `weigh`, off the hot path.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast, dataclass_transform

NAN = math.nan
EPS = 1e-9  # readings within this are equal: 0.20 -> 0.18 is a fall of 10 %, not of 10.000000000000009 %

NO, YES, UNSEEN = 0, 1, 2
IDLE = -1
HOLDS_MASK = 0x55555555
BLIND_MASK = 0xAAAAAAAA


def over(x: float, limit: float) -> int:
    """x > limit."""
    return 1 if x > limit + EPS else (0 if x <= limit + EPS else 2)


def reaches(x: float, limit: float) -> int:
    """x >= limit."""
    return 1 if x >= limit - EPS else (0 if x < limit - EPS else 2)


def under(x: float, limit: float) -> int:
    """x < limit."""
    return 1 if x < limit - EPS else (0 if x >= limit - EPS else 2)


def both(a: int, b: int) -> int:
    """Kleene's and: false if either is false, else unseen if either is unseen."""
    return 0 if a == 0 or b == 0 else (a if b == 1 else 2)


def either(a: int, b: int) -> int:
    """Kleene's or: true if either is true, else unseen if either is unseen."""
    return 1 if a == 1 or b == 1 else a | b


def pack(a: int, b: int = 0, c: int = 0, d: int = 0) -> int:
    """States of a rule's triggers in report order, two bits each."""
    return a | b << 2 | c << 4 | d << 6


def state_of(packed: int, code: int) -> int:
    """NO, YES or UNSEEN of trigger `code` (1 is the first)."""
    return 0 if packed < 0 else packed >> 2 * (code - 1) & 3


def tighter(stop: float, candidate: float, side: float) -> float:
    """The more favourable of two stops; unknown never wins."""
    if candidate == candidate and (stop != stop or (candidate - stop) * side > 0.0):
        return candidate
    return stop


def hit(price: float, stop: float, side: float) -> int:
    """Price at or beyond the stop."""
    x = (price - stop) * side
    return 1 if x <= EPS else (0 if x > EPS else 2)


def since(value: float, seen_t: float, opened_t: float) -> float:
    """The value if it was observed at or after the position opened, else unknown."""
    return value if seen_t >= opened_t - EPS else NAN


def whole_lots(share: float, contracts: float, lot: float) -> float:
    """Contracts of the share, rounded down to whole lots and never the last lot; 0: nothing can be split off."""
    take, most = math.floor(share * contracts / lot + EPS), math.floor(contracts / lot + EPS) - 1
    if most <= 0:
        return 0.0
    return (take if take < most else most) * lot


class Verdict(NamedTuple):
    """What a rule wants now. `code` > 0: that trigger holds.

    `fraction` is the share of the position to leave, 1 = all; 0 = an adjustment that only moves the stop, to the price
    `stop` or by `shift_bps` (+ tightens, - relaxes). `stop` beside a fraction is the remainder's, once it has filled.
    """

    code: int
    confidence: float = 0.0
    fraction: float = 1.0
    stop: float = NAN
    shift_bps: float = 0.0


class Trigger(NamedTuple):
    """One reason to leave. `code` counts from 1 in the order in which triggers are reported."""

    code: int
    confidence: float


def triggers(*confidences: float) -> tuple[Any, ...]:
    """One trigger a confidence, numbered in report order; the variable's name is the trigger's code word."""
    return tuple(Trigger(i, c) for i, c in enumerate(confidences, 1))


def param(default: float, unit: str, low: float, high: float, text: str, *, off: bool = False) -> Any:
    """A numeric parameter with its unit and inclusive range; NaN is off, and may be set where `off` is true."""
    return field(default=default, metadata={"unit": unit, "low": low, "high": high, "help": text, "off": off})


def choice(options: tuple[str, ...], text: str, default: int = 0) -> Any:
    """A parameter that is one of a few words; kernels see the index of the word."""
    return field(default=default, metadata={"options": options, "help": text})


def flag(default: bool, text: str) -> Any:
    """A parameter that is on or off."""
    return field(default=default, metadata={"flag": True, "help": text})


def table(row: type, rows: tuple[Any, ...], capacity: int, text: str) -> Any:
    """A table of parameters, ascending in its first column; at most `capacity` rows so that it can be compiled."""
    return field(default=rows, metadata={"row": row, "capacity": capacity, "help": text})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(param, choice, flag, table))
def parameters(cls: type) -> Any:
    """The parameters of a rule as an immutable record."""
    return cast(Any, dataclass(frozen=True, slots=True, kw_only=True))(cls)


@dataclass_transform()
def memory(cls: type) -> Any:
    """A rule's own memory for one position: numbers and flags; survives a restart."""
    return cast(Any, dataclass(slots=True))(cls)


class Reading(NamedTuple):
    """A measured value against its limit.

    `sense` +1 triggers above the limit, -1 below. `span` is the distance from the limit at which the gauge is empty
    (default: the limit itself). `trigger` is the trigger it belongs to, 0 for context only.
    """

    name: str
    value: float
    limit: float
    unit: str
    sense: int = 1
    trigger: int = 0
    span: float = NAN
    digits: int = 2

    @property
    def margin(self) -> float:
        """How far from firing, in the reading's unit; negative when past the limit."""
        return (self.limit - self.value) * self.sense

    @property
    def nearness(self) -> float:
        """1 at the limit, 0 a whole span away from it; NaN when unknown."""
        span = abs(self.span if self.span == self.span else self.limit) or 1.0
        return 1.0 - self.margin / span

    def __format__(self, spec: str) -> str:
        unit = f" {self.unit}" if self.unit else ""
        digits = spec or f".{self.digits}f"
        value, limit = (f"{x:{digits}}" if x == x else "n/a" for x in (self.value, self.limit))
        return f"{self.name} {value} against {limit}{unit}"


class Level(NamedTuple):
    """A price worth a line in the chart."""

    name: str
    price: float


class Example(NamedTuple):
    """A worked example: observations in, what the rule answers after the last of them."""

    name: str
    ticks: tuple[tuple[float, Mapping[str, Any]], ...]
    gives: Any  # a trigger, HOLD, IDLE, or the name of the missing input
    position: Mapping[str, Any]
    params: Mapping[str, Any]
    confidence: float | None = None
    fraction: float | None = None
    stop: float | None = None
    shift_bps: float | None = None


HOLD = "hold"


def example(  # noqa: PLR0913 - an example says all it expects in one place
    name: str,
    *ticks: tuple[float, Mapping[str, Any]],
    gives: Any,
    position: Mapping[str, Any] | None = None,
    confidence: float | None = None,
    fraction: float | None = None,
    stop: float | None = None,
    shift_bps: float | None = None,
    **params: Any,
) -> Example:
    """An example that stands on a threshold; run by `cockpit rules`, by the tests and shown in the settings form."""
    return Example(name, ticks, gives, position or {}, params, confidence, fraction, stop, shift_bps)


def at(t: float, **seen: Any) -> tuple[float, Mapping[str, Any]]:
    """Fields of the market (and of the position, see exits.examples) from `t` seconds after the opening on."""
    return t, seen


Kernel = Callable[[Any, Any, Any, Any], int]
