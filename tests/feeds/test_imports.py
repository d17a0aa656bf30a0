"""Public formats become recordings: what goes in comes out, what is none is said, and nothing half-made is left."""

import csv
import json
import os
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cockpit.cli import main
from cockpit.events import NS, Quoted
from cockpit.feeds.recording import Recording, load

NEW_YORK = ZoneInfo("America/New_York")


def read(path: Path) -> Recording:
    return load(path, now_ns=time.time_ns())


def quotes(recording: Recording) -> dict[tuple[int, str], Quoted]:
    return {(row.at_ns, row.symbol): row for batch in recording.batches for row in batch.quotes}


def one_sentence(capsys: pytest.CaptureFixture[str], words: str) -> str:
    """What was said, with these words in it."""
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    return said


# ---------------------------------------------------------------- Lean


def lean_folder(base: Path, *, day: str = "20151224", lines: dict[str, str] | None = None) -> Path:
    """Two minutes of a call: quoted in both, traded in the second; and the share's bars."""
    folder = base / "option" / "usa" / "minute" / "goog"
    folder.mkdir(parents=True, exist_ok=True)
    texts = lines or {
        "quote": "34200000,71000,72000,70000,71500,11,73000,74000,72500,73500,12\n"
        "34260000,0,0,0,0,0,73000,74000,72500,73000,7\n",
        "trade": "34260000,72000,72500,71900,72400,35\n",
        "openinterest": "34200000,1234\n",
    }
    for kind, text in texts.items():
        with zipfile.ZipFile(folder / f"{day}_{kind}_american.zip", "w") as archive:
            archive.writestr(f"{day}_goog_minute_{kind}_american_call_7500000_20151231.csv", text)
    share = base / "equity" / "usa" / "minute" / "goog"
    share.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(share / f"{day}_trade.zip", "w") as archive:
        archive.writestr(f"{day}_goog_minute_trade.csv", "34200000,7490000,7500000,7480000,7495000,1200\n")
    return folder


def test_leans_minutes_stand_at_their_end_in_real_prices(tmp_path: Path) -> None:
    assert main(["import", "lean", str(lean_folder(tmp_path)), str(tmp_path / "made")]) == 0
    made = read(tmp_path / "made")
    opened_ns = round(datetime(2015, 12, 24, 9, 30, tzinfo=NEW_YORK).timestamp()) * NS
    first, second = (opened_ns + minutes * 60 * NS for minutes in (1, 2))
    rows, symbol = quotes(made), "GOOG 151231C00750000"
    assert list(rows) == [(first, symbol), (second, symbol)]
    assert rows[first, symbol][2:6] == (7.15, 7.35, 11.0, 12.0)
    assert rows[first, symbol].open_interest == 1234.0
    assert rows[second, symbol][2:8] == (None, 7.3, None, 7.0, 7.24, 35.0)
    instrument = made.instruments[symbol]
    assert (instrument.strike, instrument.right, str(instrument.expiry)) == (750.0, "C", "2015-12-31")
    assert (instrument.market, instrument.multiplier) == ("us", 100.0)
    bar = made.batches[0].underlyings[0]
    assert (bar.open, bar.high, bar.low, bar.price, bar.volume) == (749.0, 750.0, 748.0, 749.5, 1200.0)
    assert made.underlying_is_bars == {"GOOG"}


def test_a_real_day_comes_back_from_leans_format(recordings: Path, tmp_path: Path) -> None:
    source = read(recordings / "us_goog_20151224_1m.parquet")
    by_contract: dict[str, list[Quoted]] = {}
    for batch in source.batches[:30]:
        for row in batch.quotes:
            by_contract.setdefault(row.symbol, []).append(row)
    folder = lean_folder(tmp_path)
    midnight_ns = round(datetime(2015, 12, 24, tzinfo=NEW_YORK).timestamp()) * NS

    def scaled(value: float | None) -> str:
        return str(round((value or 0.0) * 10_000))

    with zipfile.ZipFile(folder / "20151224_quote_american.zip", "w") as archive:
        for symbol, rows in by_contract.items():
            what = source.instruments[symbol]
            assert what.expiry is not None
            right = "call" if what.right == "C" else "put"
            name = f"20151224_goog_minute_quote_american_{right}_{scaled(what.strike)}_{what.expiry:%Y%m%d}.csv"
            lines = [
                ",".join([str((r.at_ns - midnight_ns) // 1_000_000 - 60_000), *[scaled(r.bid)] * 4,
                          str(r.bid_size or 0), *[scaled(r.ask)] * 4, str(r.ask_size or 0)])
                for r in rows
            ]  # fmt: skip
            archive.writestr(name, "\n".join(lines))
    assert main(["import", "lean", str(folder), str(tmp_path / "made")]) == 0
    made = quotes(read(tmp_path / "made"))
    for rows in by_contract.values():
        for row in rows:
            found = made[row.at_ns, row.symbol]
            assert (found.bid, found.ask) == (row.bid or None, row.ask or None)


def test_of_several_days_one_must_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = lean_folder(tmp_path)
    lean_folder(tmp_path, day="20151223")
    assert main(["import", "lean", str(folder), str(tmp_path / "made")]) == 3
    assert "--date" in capsys.readouterr().err
    assert main(["import", "lean", str(folder), str(tmp_path / "made"), "--date", "20151223"]) == 0
    assert main(["import", "lean", str(folder), str(tmp_path / "other"), "--date", "yesterday"]) == 3


def test_lines_that_are_none_are_counted_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = "34200000,71000,72000,70000,71500,11,73000,74000,72500,73500,12\n"
    folder = lean_folder(tmp_path, lines={"quote": f"{line}what is this\n1,2,3\n"})
    assert main(["import", "lean", str(folder), str(tmp_path / "made")]) == 0
    assert "1 rows, 2 that are none left out" in capsys.readouterr().out


GOOD_QUOTE = "34200000,71000,72000,70000,71500,11,73000,74000,72500,73500,12\n"


@pytest.mark.parametrize("cell", ["nan", "inf", "-inf", "1e30", "-1", "86400000"])
def test_a_time_that_is_none_of_the_day_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    bad = ",".join([cell, *GOOD_QUOTE.split(",")[1:]])
    assert main(["import", "lean", str(lean_folder(tmp_path, lines={"quote": bad})), str(tmp_path / "no")]) == 3
    assert one_sentence(capsys, "has no row that can be read")
    folder = lean_folder(tmp_path, lines={"quote": bad + GOOD_QUOTE})
    assert main(["import", "lean", str(folder), str(tmp_path / "made")]) == 0
    assert "1 rows, 1 that are none left out" in capsys.readouterr().out


@pytest.mark.parametrize("cell", ["nan", "inf", "1e400"])
def test_a_price_that_is_no_finite_number_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    folder = lean_folder(tmp_path, lines={"quote": GOOD_QUOTE + GOOD_QUOTE.replace("71500", cell)})
    assert main(["import", "lean", str(folder), str(tmp_path / "made")]) == 0
    assert "1 rows, 1 that are none left out" in capsys.readouterr().out


def flipped(content: bytes) -> bytes:
    """One byte of what was packed is another."""
    return content[:90] + bytes([content[90] ^ 0xFF]) + content[91:]


def encrypted(content: bytes) -> bytes:
    """The member says that it wants a password, in both of its headers."""
    made = bytearray(content)
    made[6] |= 1
    made[content.find(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def misnamed(content: bytes) -> bytes:
    """The two headers name another member each."""
    return content.replace(b"goog", b"gooh", 1)


def unknown_method(content: bytes) -> bytes:
    """Packed in a way that nobody knows."""
    made = bytearray(content)
    made[8] = made[content.find(b"PK\x01\x02") + 10] = 99
    return bytes(made)


def cut_off(content: bytes) -> bytes:
    """The end is missing."""
    return content[:-30]


@pytest.mark.parametrize("damage", [flipped, encrypted, misnamed, unknown_method, cut_off])
@pytest.mark.parametrize("which", ["quote", "share"])
def test_a_zip_that_cannot_be_unpacked_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[bytes], bytes], which: str
) -> None:
    folder = lean_folder(tmp_path)
    share = tmp_path / "equity" / "usa" / "minute" / "goog" / "20151224_trade.zip"
    path = share if which == "share" else folder / "20151224_quote_american.zip"
    path.write_bytes(damage(path.read_bytes()))
    assert main(["import", "lean", str(folder), str(tmp_path / "made")]) == 3
    assert str(path) in one_sentence(capsys, "cannot be read")
    assert not (tmp_path / "made").exists()


def test_a_zip_without_the_shares_bars_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = lean_folder(tmp_path)
    with zipfile.ZipFile(tmp_path / "equity" / "usa" / "minute" / "goog" / "20151224_trade.zip", "w"):
        pass
    assert main(["import", "lean", str(folder), str(tmp_path / "made")]) == 3
    assert "20151224_trade.zip" in one_sentence(capsys, "is empty")


@pytest.mark.parametrize("day", ["00010101", "99991231", "20151301"])
def test_a_day_that_no_recording_can_hold_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str
) -> None:
    assert main(["import", "lean", str(lean_folder(tmp_path, day=day)), str(tmp_path / "made")]) == 3
    assert one_sentence(capsys, "is no date")


@pytest.mark.parametrize("line", ["12\n", "x" * 2_000, "\n"], ids=["short", "endless", "empty"])
def test_a_member_that_unpacks_to_anything_is_read_a_line_at_a_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    folder = lean_folder(tmp_path, lines={"quote": "1\n"})
    with zipfile.ZipFile(folder / "20151224_quote_american.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        name = "20151224_goog_minute_quote_american_call_7500000_20151231.csv"
        archive.writestr(name, (line * (16_000_000 // len(line))).encode())
    tracemalloc.start()
    try:
        assert main(["import", "lean", str(folder), str(tmp_path / "made")]) == 3
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert one_sentence(capsys, "is longer than the minutes of a day are")
    assert peak_bytes < 4_000_000


def test_all_minutes_of_a_day_are_read(tmp_path: Path) -> None:
    lines = "".join(f"{60_000 * minute},{GOOD_QUOTE.partition(',')[2]}" for minute in range(1_440))
    assert main(["import", "lean", str(lean_folder(tmp_path, lines={"quote": lines})), str(tmp_path / "made")]) == 0
    assert len(quotes(read(tmp_path / "made"))) == 1_440


# ---------------------------------------------------------------- NSE


def leg(strike: float, **more: object) -> dict[str, object]:
    return {
        "strikePrice": strike, "expiryDate": "18-Aug-2026", "underlying": "NIFTY", "openInterest": 5, "lastPrice": 71.5,
        "changeinOpenInterest": -2, "totalTradedVolume": 900, "impliedVolatility": 12.5, "bidQty": 75, "bidprice": 71.4,
        "askQty": 150, "askPrice": 71.6, "underlyingValue": 24_180.5, **more,
    }  # fmt: skip


def dump(path: Path, at: str, *legs: dict[str, object]) -> Path:
    path.write_text(json.dumps({"records": {"timestamp": at, "data": list(legs)}}))
    return path


def test_a_folder_of_dumps_becomes_a_session(tmp_path: Path) -> None:
    source = tmp_path / "dumps"
    source.mkdir()
    silent = leg(24_200, bidprice=0, bidQty=0, impliedVolatility=0, openInterest=0)
    dump(source / "b.json", "18-Aug-2026 10:01:00", {"strikePrice": 24_200, "CE": silent, "PE": leg(24_200)})
    other = leg(24_200, bidprice=None, buyPrice1=70.0) | {"expiryDate": "18-08-2026"}
    del other["bidprice"]
    dump(source / "a.json", "18-Aug-2026 10:00:00", {"strikePrice": 24_200, "CE": other})
    assert main(["import", "nse", str(source), str(tmp_path / "made"), "--lot", "65"]) == 0
    made = read(tmp_path / "made")
    rows = list(quotes(made).values())
    assert [datetime.fromtimestamp(r.at_ns / NS, UTC).strftime("%H:%M") for r in rows] == ["04:30", "04:31", "04:31"]
    assert [r.symbol for r in rows] == ["NIFTY26081824200CE", "NIFTY26081824200CE", "NIFTY26081824200PE"]
    assert (rows[0].bid, rows[0].ask, rows[0].iv) == (70.0, 71.6, 0.125)
    assert (rows[1].bid, rows[1].bid_size, rows[1].iv, rows[1].open_interest) == (None, None, None, 0.0)
    assert made.oi_unit == "lots"
    assert made.instruments["NIFTY26081824200CE"].lot == 65


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "has no records.data"),
        ('{"records": {"data": [], "timestamp": "soon"}}', "timestamp"),
        ('{"records": {"data": [], "timestamp": "18-Aug-2026 10:00:00"}}', ""),
    ],
)
def test_what_is_no_dump_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (tmp_path / "dump.json").write_text(text)
    assert main(["import", "nse", str(tmp_path / "dump.json"), str(tmp_path / "made")]) == 3
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump.json"]


@pytest.mark.parametrize("value", ["9" * 400, "9" * 5_000, "1e999", "Infinity", '"1e999"', "true", "[]"])
def test_a_number_that_is_none_is_unknown(tmp_path: Path, value: str) -> None:
    path = dump(tmp_path / "dump.json", "18-Aug-2026 10:00:00", {"strikePrice": 24_200, "CE": leg(24_200)})
    path.write_text(path.read_text().replace('"openInterest": 5', f'"openInterest": {value}'))
    assert main(["import", "nse", str(path), str(tmp_path / "made")]) == 0
    (row,) = quotes(read(tmp_path / "made")).values()
    assert (row.open_interest, row.bid) == (None, 71.4)


@pytest.mark.parametrize("name", ["\ud800", "NIF\x00TY", "", 5])
def test_a_leg_of_an_underlying_that_is_none_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: object
) -> None:
    both: dict[str, object] = {"strikePrice": 24_200, "CE": leg(24_200), "PE": leg(24_200, underlying=name)}
    path = dump(tmp_path / "dump.json", "18-Aug-2026 10:00:00", both)
    assert main(["import", "nse", str(path), str(tmp_path / "made")]) == 0
    assert "1 rows, 1 that are none left out" in capsys.readouterr().out


@pytest.mark.parametrize("at", ["01-Jan-0001 00:00:00", "31-Dec-9999 23:59:59", "\ud800"])
def test_a_dump_of_no_time_that_a_recording_can_hold_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str
) -> None:
    path = dump(tmp_path / "dump.json", at, {"strikePrice": 24_200, "CE": leg(24_200)})
    assert main(["import", "nse", str(path), str(tmp_path / "made")]) == 3
    assert one_sentence(capsys, "records.timestamp is")


# ---------------------------------------------------------------- any CSV


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["When,Contract,Kind,K,Exp,Bid Px,Offer,Vol", *rows]) + "\n")
    return path


MAPPED = [
    "--map", "ts=When", "--map", "symbol=Contract", "--map", "right=Kind", "--map", "strike=K", "--map", "expiry=Exp",
    "--map", "bid=Bid Px", "--map", "ask=Offer", "--map", "iv=Vol", "--iv-in-percent", "--set", "underlying=NIFTY",
    "--zone", "Asia/Kolkata", "--market", "nse",
]  # fmt: skip
GOOD = "2026-08-18 10:00:00,A,call,24200,20260818,71.4,71.6,12.5"


def test_any_csv_with_a_map(tmp_path: Path) -> None:
    source = table(tmp_path / "day.csv", GOOD, "2026-08-18T04:31:00Z,A,CE,24200,2026-08-18,,71.7,", "soon,A,,,,1,2,")
    assert main(["import", "tidy", str(source), str(tmp_path / "made"), *MAPPED]) == 0
    made = read(tmp_path / "made")
    rows = list(quotes(made).values())
    assert [row.at_ns // NS for row in rows] == [1787027400, 1787027460]
    assert (rows[0].bid, rows[0].ask, rows[0].iv) == (71.4, 71.6, 0.125)
    assert (rows[1].bid, rows[1].iv) == (None, None)
    what = made.instruments["A"]
    assert (what.underlying, what.strike, what.right, str(what.expiry)) == ("NIFTY", 24_200.0, "C", "2026-08-18")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 3, "--map ts=NAME"),
        (["--map", "ts=When", "--map", "symbol=Contract"], 3, "--map bid=NAME"),
        (["--map", "ts=Nowhere"], 3, "has no column Nowhere"),
        (["--map", "time=When"], 3, "time is no column of a recording"),
        (["--map", "ts"], 2, "is not NAME=VALUE"),
        (["--zone", "Mars"], 2, "is no zone"),
        (["--market", "lse"], 2, "none of nse"),
    ],
)
def test_options_that_cannot_be_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, said: str
) -> None:
    source = table(tmp_path / "day.csv", GOOD)
    assert main(["import", "tidy", str(source), str(tmp_path / "made"), *options]) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "made").exists()


def test_a_map_that_makes_most_rows_unreadable_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = table(tmp_path / "day.csv", GOOD, *["soon,A,call,24200,20260818,1,2,3"] * 3)
    assert main(["import", "tidy", str(source), str(tmp_path / "made"), *MAPPED]) == 3
    assert "More than half" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.csv"]


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    source = table(tmp_path / "day.csv", GOOD)
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "mine").write_text("precious")
    assert main(["import", "tidy", str(source), str(tmp_path / "made"), *MAPPED]) == 3
    assert (tmp_path / "made" / "mine").read_text() == "precious"


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "day.csv")
    assert main(["import", "tidy", str(tmp_path / "day.csv"), str(tmp_path / "made"), *MAPPED]) == 3
    assert one_sentence(capsys, "is a pipe, not a file")
    assert not (tmp_path / "made").exists()


def test_a_million_tidy_cells_survive(tmp_path: Path) -> None:
    start = datetime(2026, 8, 18, 4, 0, tzinfo=UTC)
    path = tmp_path / "big.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ts", "symbol", "bid", "ask"])
        for i in range(70_000):
            writer.writerow([(start + timedelta(milliseconds=100 * i)).isoformat(), "X", i / 7, i / 7 + 0.05])
    assert main(["import", "tidy", str(path), str(tmp_path / "made"), "--market", "nse"]) == 0
    made = list(quotes(read(tmp_path / "made")).values())
    assert len(made) == 70_000
    assert made[12_345].bid == 12_345 / 7


def test_a_wall_clock_that_no_recording_can_hold_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "day.csv"
    path.write_text("ts,symbol,bid\n2026-08-18T10:00:00,A,1\n2262-04-11T23:47:16,A,1\n")
    said = ["import", "tidy", str(path), str(tmp_path / "made"), "--market", "us", "--zone", "America/New_York"]
    assert main(said) == 0
    assert "1 rows, 1 that are none left out" in capsys.readouterr().out
