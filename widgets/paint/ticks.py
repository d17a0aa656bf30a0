"""Round values and round times for an axis; no numpy, so that it can be painted at once."""

import math
from datetime import timedelta

from widgets.paint import format as fmt

TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400)
PRICE_EVERY = 44  # pixels between two prices of an axis, at least


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, … (or 0.5, 0.2, …) that is at least that."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= least * (1 - 1e-9))


def value_ticks(low: float, high: float, most: int) -> tuple[list[float], int]:
    """Round values within [low, high], at most `most` of them, and the decimals that they need."""
    rough = (high - low) / max(most, 1)
    if not math.isfinite(rough) or rough <= 0.0:
        return [], 2
    step = round_step(rough)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return [(first + i) * step for i in range(max(0, count))], max(2, -math.floor(math.log10(step)))


def time_ticks(origin_ns: int, start: float, end: float, most: int, zone: str) -> list[tuple[float, str]]:
    """Round times of the exchange's clock within [start, end] seconds since `origin_ns`, with their words."""
    rough = (end - start) / max(most, 1)
    step = next((each for each in TIME_STEPS_S if each >= rough), TIME_STEPS_S[-1])
    offset = fmt.moment(origin_ns, zone).utcoffset() or timedelta()
    shift = origin_ns / fmt.NS + offset.total_seconds()
    first = math.ceil((start + shift) / step - 1e-9)
    made: list[tuple[float, str]] = []
    while first * step - shift <= end:
        second = int(first * step) % 86_400
        word = f"{second // 3_600:02d}:{second % 3_600 // 60:02d}"
        made.append((first * step - shift, word if step >= 60 else f"{word}:{second % 60:02d}"))
        first += 1
    return made


def price_ticks(low: float, high: float, height: float) -> tuple[list[float], int]:
    """The round prices of an axis of that many pixels, and the decimals they need."""
    return value_ticks(low, high, max(2, int(height / PRICE_EVERY)))
