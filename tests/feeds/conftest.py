"""Small recordings written for one test."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cockpit.events import NS
from cockpit.feeds.recording import Recording, load

HEADER = "ts,symbol,underlying,expiry,strike,right,bid,ask,last"
CALL = "GOOG 151224C00700000"
PUT = "GOOG 151224P00700000"


def at_ns(text: str) -> int:
    """Nanoseconds of a UTC time such as 2015-12-24T14:31:00."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * NS


NOW_NS = at_ns("2026-01-01T00:00:00")


def row(minute: int, symbol: str = CALL, bid: object = 1.0, ask: object = 1.2, last: object = "") -> str:
    """One line under HEADER, at 14:00 UTC plus `minute`."""
    right = symbol[11]
    return f"2015-12-24T14:{minute:02}:00Z,{symbol},GOOG,2015-12-24,700,{right},{bid},{ask},{last}"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines to a file of the test's folder, a line break behind each."""

    def write_lines(*lines: str, name: str = "day.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write_lines


@pytest.fixture
def loaded(write: Callable[..., Path]) -> Callable[..., Recording]:
    """Loads lines as a recording, as of 2026."""

    def load_lines(*lines: str, name: str = "day.csv") -> Recording:
        return load(write(*lines, name=name), now_ns=NOW_NS)

    return load_lines
