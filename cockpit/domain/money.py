"""Order prices and cash as decimals: made here, rounded here, nowhere else."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

EIGHT = Decimal("0.00000001")


def exact(x: float) -> Decimal:
    """The decimal a quoted float was written as: 0.1 is 0.1."""
    return Decimal(repr(x))


def plain(x: Decimal) -> str:
    """A decimal as text without exponent and without trailing zeros."""
    text = format(x, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def cents(x: Decimal) -> str:
    """A price as people write it: two decimals at least."""
    text = plain(x)
    return text + "0" * (2 - len(text.partition(".")[2])) if "." in text else f"{text}.00"


def rounded(x: Decimal) -> Decimal:
    """Eight decimals, half to even: how averages and what follows from them are told; sums are kept exact."""
    return x.quantize(EIGHT, rounding=ROUND_HALF_EVEN)


def average(total: Decimal, contracts: int) -> Decimal:
    """Contract-weighted average price with 8 decimals, half to even."""
    return rounded(total / contracts)


def to_tick(price: float, tick: float, direction: int) -> Decimal:
    """The price on the tick grid: the next one down (direction -1) or up (+1); a price on the grid stays."""
    steps = exact(round(price, 9)) / exact(tick)  # 0.1 + 0.2 is on the grid of 0.1
    rounding = ROUND_CEILING if direction > 0 else ROUND_FLOOR
    return steps.to_integral_value(rounding=rounding) * exact(tick)
