"""What a killed cockpit has recorded warms the next one: the same rows, whatever the kill has cut off."""

from datetime import date
from pathlib import Path

import pytest

from cockpit.domain.instrument import Instrument
from cockpit.events import NS, Batch, Quoted, UnderlyingQuoted
from cockpit.feeds import recorded_tail as tail
from cockpit.feeds.recorded_tail import recorded_tail
from cockpit.feeds.recorder import Recorder, about_live

CALL = Instrument(
    symbol="SPY C", underlying="SPY", expiry=date(2030, 12, 20), strike=500.0, right="C", multiplier=100.0, lot=1,
    tick=0.01, currency="USD", market="us",
)  # fmt: skip
KNOWN = {CALL.symbol: CALL}


def batch(second: int) -> Batch:
    at_ns = 1_000 * NS + second * NS
    row = Quoted(CALL.symbol, at_ns, bid=9.0 + second / 100, ask=10.0, iv=0.2, delta=None)
    return Batch(at_ns, (row,), (UnderlyingQuoted("SPY", at_ns, price=500.0 + second),))


def recorded(folder: Path, seconds: range) -> Path:
    made = Recorder(folder, about_live("us", KNOWN))
    for second in seconds:
        made.see(batch(second))
    made.flush()
    return folder


def test_the_rows_are_those_that_were_seen(tmp_path: Path) -> None:
    parts = [recorded(tmp_path / "a", range(5)), recorded(tmp_path / "b", range(5, 9))]
    assert recorded_tail(parts, KNOWN) == [batch(second) for second in range(9)]


def test_a_line_without_an_end_is_left_out(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "a", range(5))
    path = folder / "SPY.csv"
    path.write_bytes(path.read_bytes()[:-20])
    found = recorded_tail([folder], KNOWN)
    assert [len(each.quotes) for each in found] == [1, 1, 1, 1, 0]


def test_of_a_long_one_the_first_and_the_last_rows_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "HEAD_BYTES", 300)
    monkeypatch.setattr(tail, "ROWS_BYTES", 300)
    folder = recorded(tmp_path / "a", range(100))
    rows = [row for each in recorded_tail([folder], KNOWN) for row in each.quotes]
    assert 2 < len(rows) < 10
    assert rows[0] == batch(0).quotes[0]
    assert rows[-1] == batch(99).quotes[0]
    assert len(recorded_tail([folder], KNOWN)) == 100  # all of the underlying


def test_other_contracts_damage_and_what_is_not_there_are_passed_over(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "a", range(3))
    with (folder / "SPY.csv").open("a") as file:
        file.write("x" * 10 + "\n" + "nonsense," * 21 + "\n")
    found = recorded_tail([tmp_path / "gone", folder], KNOWN)
    assert sum(len(each.quotes) for each in found) == 3
    assert recorded_tail([folder], {}) == []
