"""Entries at random: who may be drawn, how evenly, and always the same for one seed."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cockpit.cli.random_entries import LOTS, draw, minutes
from cockpit.domain.errors import BadInput
from cockpit.events import NS
from cockpit.feeds.recording import Recording, load
from tests.cli.sessions import START, an_hour, line, symbol, write

NOW_NS = int(START.timestamp() + 86_400 * 1000) * NS
MINUTE = timedelta(minutes=1)


def loaded(path: Path) -> Recording:
    return load(path, market="us", now_ns=NOW_NS)


@pytest.fixture
def hour(tmp_path: Path) -> Recording:
    return loaded(an_hour(tmp_path))


def choices(recording: Recording) -> dict[int, list[str]]:
    """Minutes after the start -> contracts, where there are any."""
    start_ns = int(START.timestamp()) * NS
    return {(at - start_ns) // (60 * NS): symbols for at, symbols in minutes(recording) if symbols}


def test_every_minute_has_the_contracts_within_3_percent(hour: Recording) -> None:
    assert choices(hour) == {m: [symbol(690), symbol(700), symbol(710)] for m in range(61)}


@pytest.mark.parametrize(("price", "near"), [(679.61, False), (679.62, True), (721.64, True), (721.65, False)])
def test_the_strike_may_be_3_percent_away(tmp_path: Path, price: float, near: bool) -> None:
    path = write(tmp_path / "a.csv", [line(START, 700, mid=5.0, price=price)])
    assert bool(choices(loaded(path))) is near


def test_the_newest_price_of_the_underlying_counts(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        [
            line(START, 700, mid=5.0, price=760.0),
            line(START + MINUTE, 700, mid=5.0, price=""),
            line(START + 2 * MINUTE, 700, mid=5.0, price=700.0),
        ],
    )
    assert list(choices(loaded(path))) == [2]


def alive(tmp_path: Path, rows: list[str], last: datetime) -> list[int]:
    """Minutes in which the contract of 700 may be drawn; a far one keeps the recording going until `last`."""
    path = write(tmp_path / "a.csv", [*rows, line(last, 740, mid=1.0)])
    return [minute for minute, symbols in choices(loaded(path)).items() if symbol(700) in symbols]


def test_a_quote_counts_for_five_minutes(tmp_path: Path) -> None:
    rows = [line(START, 700, mid=5.0, volume="")]
    assert alive(tmp_path, rows, START + 9 * MINUTE) == [0, 1, 2, 3, 4, 5]
    rows = [line(START + timedelta(seconds=1), 700, mid=5.0, volume=""), line(START, 740, mid=1.0)]
    assert alive(tmp_path, rows, START + 9 * MINUTE) == [1, 2, 3, 4, 5]


def test_a_trade_counts_for_five_minutes_and_a_row_without_either_does_not(tmp_path: Path) -> None:
    rows = [line(START + m * MINUTE, 700, mid=None, volume=10 if m == 0 else 0) for m in range(10)]
    assert alive(tmp_path, rows, START + 9 * MINUTE) == [0, 1, 2, 3, 4, 5]


def test_of_cumulative_volumes_only_a_rise_is_a_trade(tmp_path: Path) -> None:
    header = "ts,symbol,underlying,expiry,strike,right,last,volume_cum,underlying_price"
    told = [(0, 100), (1, 100), (2, 101), (9, 101)]
    rows = [
        f"{(START + m * MINUTE).isoformat()},{symbol(700)},GOOG,2015-12-24,700,C,5.0,{volume},700" for m, volume in told
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    assert list(choices(loaded(path))) == [2, 3, 4, 5, 6, 7]


def test_without_volumes_a_price_is_a_trade(tmp_path: Path) -> None:
    header = "ts,symbol,underlying,expiry,strike,right,last,underlying_price"
    path = tmp_path / "a.csv"
    row = f"{START.isoformat()},{symbol(700)},GOOG,2015-12-24,700,C,5.0,700"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert list(choices(loaded(path))) == [0]


def test_only_trading_hours_count(tmp_path: Path) -> None:
    before = datetime(2015, 12, 24, 14, 29, tzinfo=START.tzinfo)
    close = datetime(2015, 12, 24, 18, 0, tzinfo=START.tzinfo)  # a half day
    rows = [line(at, 700, mid=5.0) for at in (before, before + MINUTE, close - MINUTE, close, close + MINUTE)]
    start = int((before - START).total_seconds() // 60)
    end = int((close - START).total_seconds() // 60)
    found = choices(loaded(write(tmp_path / "a.csv", rows)))
    assert list(found) == [*range(start + 1, start + 7), end - 1]


def test_a_contract_is_not_drawn_after_its_last_trading_instant(tmp_path: Path) -> None:
    next_session = datetime(2015, 12, 28, 15, 0, tzinfo=START.tzinfo)
    path = write(tmp_path / "a.csv", [line(START, 700, mid=5.0), line(next_session, 700, mid=5.0)])
    assert list(choices(loaded(path))) == [0, 1, 2, 3, 4, 5]


def test_one_seed_draws_the_same_and_another_one_others(hour: Recording) -> None:
    drawn = draw(hour, 50, 7)
    assert drawn == draw(hour, 50, 7)
    assert drawn != draw(hour, 50, 8)
    assert len({(e.at_ns, e.symbol) for e in drawn}) == 50
    assert drawn == sorted(drawn, key=lambda e: e.at_ns)
    assert {(e.side, e.contracts, e.price, e.profile) for e in drawn} == {("buy", LOTS, None, None)}
    assert all(e.at_ns % (60 * NS) == 0 for e in drawn)


def test_minutes_are_drawn_evenly_however_many_contracts_they_have(tmp_path: Path) -> None:
    """Minutes 0 to 4 have one contract, 6 to 10 have three: half of the draws fall on either."""
    rows = [line(START, 700, mid=5.0), line(START + 5 * MINUTE, 740, mid=1.0)]
    rows += [line(START + 6 * MINUTE, k, mid=5.0) for k in (690, 700, 710)]
    rows += [line(START + 10 * MINUTE, 740, mid=1.0)]
    recording = loaded(write(tmp_path / "a.csv", rows))
    assert [len(symbols) for symbols in choices(recording).values()] == [1] * 6 + [3] * 5
    early = Counter(draw(recording, 1, seed)[0].at_ns <= START.timestamp() * NS + 300 * NS for seed in range(1100))
    assert early[True] == pytest.approx(600, abs=60)


def test_all_there_are_can_be_drawn_and_not_one_more(hour: Recording) -> None:
    assert len(draw(hour, 183, 1)) == 183
    with pytest.raises(
        BadInput, match=r"hour\.csv has 183 pairs of a minute and a contract .*, not 184: ask for fewer"
    ):
        draw(hour, 184, 1)
