"""A made-up hour of one underlying and a few of its options, as a recording in a file."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

HEADER = "ts,symbol,underlying,expiry,strike,right,bid,ask,last,volume,underlying_price"
START = datetime(2015, 12, 24, 15, 0, tzinfo=UTC)  # 10:00 in New York
STRIKES = (690, 700, 710, 740)  # the last is out of reach of an underlying at 700


def symbol(strike: int, right: str = "C") -> str:
    """GOOG 151224C00700000."""
    return f"GOOG 151224{right}{strike * 1000:08d}"


def premium(strike: int, minute: float) -> float:
    """Swings of a few percent, each contract in its own rhythm."""
    return 20.0 + (700 - strike) * 0.1 + 1.6 * math.sin(minute / (3.0 + strike % 7)) + 0.5 * math.sin(minute * 1.7)


def line(at: datetime, strike: int, *, mid: float | None, volume: int | str = 10, price: float | str = 700.0) -> str:
    """One row; without a mid it is not quoted."""
    bid, ask = ("", "") if mid is None else (f"{mid - 0.05:.2f}", f"{mid + 0.05:.2f}")
    when = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{when},{symbol(strike)},GOOG,2015-12-24,{strike},C,{bid},{ask},,{volume},{price}"


def write(path: Path, lines: list[str]) -> Path:
    """The lines below their header."""
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


def an_hour(folder: Path) -> Path:
    """Sixty minutes of four contracts, two rows a minute."""
    lines: list[str] = []
    for half_minute in range(121):
        at = START + timedelta(seconds=30 * half_minute)
        price = 700.0 + 2.0 * math.sin(half_minute / 20.0)
        lines += [line(at, k, mid=premium(k, half_minute / 2.0), price=f"{price:.2f}") for k in STRIKES]
    return write(folder / "hour.csv", lines)
