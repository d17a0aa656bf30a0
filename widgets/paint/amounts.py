"""Sizes of a market that span magnitudes, open interest and volume: 984, 61.2 k, 1.84 M, or a column in one unit."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from widgets.paint import format as fmt

UNITS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
MOST = 9_999.5  # is still written out


class Unit(NamedTuple):
    """What a column divides its values by, so that every one of them fits: by a million, written M."""

    size: float
    sign: str

    def words(self, value: float | None, *, signed: bool = False) -> str:
        """A value in this unit: two decimals below a hundred units, then fewer; whole when the unit is one."""
        if value is None or not math.isfinite(value):
            return fmt.UNKNOWN
        scaled = abs(value) / self.size
        digits = 0 if self.size == 1.0 else 2 if scaled < 99.995 else 1 if scaled < 999.95 else 0
        return fmt.number(value / self.size, digits, signed=signed)

    def head(self, name: str) -> str:
        """The head of such a column: `OI, M`."""
        return f"{name}, {self.sign}" if self.sign else name


ONE = Unit(1.0, "")


def unit_for(values: Iterable[float | None]) -> Unit:
    """The unit in which the largest of these values has at most three digits before the point; four in ones."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if largest <= MOST:
        return ONE
    return next((Unit(size, sign) for size, sign in reversed(UNITS) if largest < size * 1e3), Unit(*UNITS[0]))


def amount(value: float | None, *, signed: bool = False) -> str:
    """One size by itself with three significant digits and its unit."""
    if value is None or not math.isfinite(value):
        return fmt.UNKNOWN
    size, sign = next(((s, f" {word}") for s, word in UNITS if abs(value) >= s * 0.9995), (1.0, ""))
    scaled = abs(value) / size
    digits = 0 if size == 1.0 or scaled >= 99.95 else 1 if scaled >= 9.995 else 2
    return f"{fmt.number(value / size, digits, signed=signed)}{sign}"


def strike(value: float) -> str:
    """A strike with the decimals it has, at most four."""
    digits = next((d for d in (0, 1, 2, 3) if abs(value - round(value, d)) < 1e-9), 4)
    return fmt.number(value, digits)
