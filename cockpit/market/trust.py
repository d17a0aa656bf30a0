"""Refuses numbers that cannot be: a refused field never refuses the other fields of its row (exits.md 8)."""

from collections import Counter

INF = float("inf")


def refusal(x: float) -> str:
    """Why a price or a size is refused; "" when it is not. Zero is not refused: it says "not quoted"."""
    if x != x:
        return "nan"
    if x == -1.0:
        return "no_data"  # Interactive Brokers' own word for it
    if x < 0.0:
        return "negative"
    return "infinite" if x == INF else ""


def price(x: float | None, refused: Counter[str], field: str) -> float | None:
    """The price if it can be one, else None, counted under `field reason`."""
    if x is None or 0.0 < x < INF:
        return x
    why = refusal(x)
    if why:
        refused[f"{field}_{why}"] += 1
    return None


def amount(x: float | None, refused: Counter[str], field: str) -> float | None:
    """A size, volume or open interest: zero is a number here."""
    if x is None or 0.0 <= x < INF:
        return x
    refused[f"{field}_{refusal(x)}"] += 1
    return None


def bounded(x: float, low: float, high: float, refused: Counter[str], field: str) -> float | None:
    """A Greek or volatility inside its bounds, else None, counted."""
    if low <= x <= high:
        return x
    why = "nan" if x != x else ("infinite" if x in (INF, -INF) else "out_of_bounds")
    refused[f"{field}_{why}"] += 1
    return None
