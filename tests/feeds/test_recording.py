"""A recording loads as the law says: rows accepted or refused and counted, batches by instant."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from math import isinf, isnan
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cockpit.domain.errors import BadInput
from cockpit.events import NS, Quoted
from cockpit.feeds.recording import Recording, load
from tests.feeds.conftest import CALL, HEADER, NOW_NS, PUT, at_ns, row

Load = Callable[..., Recording]
Write = Callable[..., Path]


def quotes(recording: Recording) -> list[Quoted]:
    return [quote for batch in recording.batches for quote in batch.quotes]


def minutes(recording: Recording) -> list[int]:
    start = at_ns("2015-12-24T14:00:00")
    return [(quote.at_ns - start) // (60 * NS) for quote in quotes(recording)]


# What there is in the folder of recordings: rows, instants, contracts, market, interval, quotes, bars.
REAL = {
    "in_banknifty_20190829_snap15m": (19_774, 28, 746, "nse", 900.0, True, set()),
    "in_nifty_20260818_1m": (153_990, 288, 553, "nse", 60.0, False, set()),
    "us_aapl_20140606_1m_trades": (13_156, 391, 173, "us", 60.0, False, {"AAPL"}),
    "us_goog_20151224_1m": (67_836, 211, 438, "us", 60.0, True, {"GOOG"}),
    "us_spxw_20210104_1m": (4_593, 405, 12, "us", 60.0, True, {"SPX"}),
    "us_spy_20240618_chain_snapshot": (7_124, 1, 7_124, "us", 0.0, True, set()),
}
LATER_NS = at_ns("2027-01-01T00:00:00")


@pytest.mark.parametrize("name", REAL)
def test_a_real_recording_loads_whole(recordings: Path, name: str) -> None:
    recording = load(recordings / f"{name}.parquet", now_ns=LATER_NS)
    rows, instants, contracts, market, interval_s, has_quotes, bars = REAL[name]
    assert (recording.rows, len(quotes(recording))) == (rows, rows)
    assert len(recording.batches) == instants
    assert len(recording.instruments) == contracts
    assert (recording.market, recording.interval_s, recording.has_quotes) == (market, interval_s, has_quotes)
    assert recording.underlying_is_bars == bars
    assert recording.refused == {}
    assert [batch.at_ns for batch in recording.batches] == sorted({batch.at_ns for batch in recording.batches})
    assert {quote.at_ns == batch.at_ns for batch in recording.batches for quote in batch.quotes} == {True}


def test_a_real_recording_has_its_terms_and_its_underlying(recordings: Path) -> None:
    nifty = load(recordings / "in_nifty_20260818_1m.parquet", now_ns=LATER_NS)
    call = nifty.instruments["NIFTY26081822000CE"]
    assert (call.underlying, call.expiry, call.strike, call.right) == ("NIFTY", date(2026, 8, 18), 22000.0, "C")
    assert (call.multiplier, call.lot, call.tick, call.currency) == (1.0, 65, 0.05, "INR")
    assert nifty.guessed == ()
    assert nifty.oi_unit == "lots"
    moved = nifty.batches[0].underlyings
    assert [(one.underlying, one.price, one.open) for one in moved] == [("NIFTY", 24212.8, None)]
    assert nifty.batches[0].quotes[0].bid is None
    assert nifty.batches[0].quotes[0].last == 2235.0
    bar = load(recordings / "us_goog_20151224_1m.parquet", now_ns=LATER_NS).batches[0].underlyings[0]
    assert (bar.open, bar.high, bar.low, bar.price, bar.volume) == (749.55, 749.99, 748.54, 748.54, 11492.0)


def test_an_ignored_column_is_not_there(recordings: Path) -> None:
    recording = load(recordings / "in_banknifty_20190829_snap15m.parquet", now_ns=LATER_NS)
    assert "iv" not in recording.columns
    assert "open_interest" in recording.columns
    assert {quote.iv for quote in quotes(recording)} == {None}


def test_a_recording_without_terms_is_guessed_and_says_so(recordings: Path) -> None:
    spy = load(recordings / "us_spy_20240618_chain_snapshot.parquet", now_ns=LATER_NS)
    assert spy.guessed == ("market", "lot", "multiplier", "tick", "currency")
    assert next(iter(spy.instruments.values())).multiplier == 100
    stated = load(recordings / "us_spy_20240618_chain_snapshot.parquet", market="us", now_ns=LATER_NS)
    assert stated.guessed == ("lot",)


def test_a_recording_from_the_future_is_bad(recordings: Path) -> None:
    with pytest.raises(BadInput, match="future 153990, first in row 1"):
        load(recordings / "in_nifty_20260818_1m.parquet", now_ns=NOW_NS)


def test_the_smallest_recording_has_a_time_a_symbol_and_a_price(loaded: Load) -> None:
    recording = loaded("ts,symbol,last", "2024-03-01T15:00:00Z,BTC,61000.5")
    coin = recording.instruments["BTC"]
    assert (coin.underlying, coin.expiry, coin.strike, coin.right) == ("BTC", None, None, None)
    assert coin.market == "crypto"
    assert quotes(recording) == [Quoted("BTC", at_ns("2024-03-01T15:00:00"), last=61000.5)]
    assert recording.interval_s == 0.0
    assert recording.columns == {"ts", "symbol", "last"}
    assert not recording.has_quotes


def test_a_row_older_than_the_one_before_of_its_contract_is_refused_and_the_rest_sorted(loaded: Load) -> None:
    recording = loaded(HEADER, row(5), row(3, PUT), row(4), row(5, bid=1.1), row(2), row(4, PUT), row(6))
    assert recording.refused == {"out_of_order": 2}
    assert recording.refused_rows == {"out_of_order": [3, 5]}
    assert minutes(recording) == [3, 4, 5, 5, 6]
    assert [quote.bid for quote in quotes(recording) if quote.symbol == CALL] == [1.0, 1.1, 1.0]


def test_a_refused_row_is_no_measure_for_the_next(loaded: Load) -> None:
    late = row(9).replace("700", "oops")
    recording = loaded(HEADER, row(5), late, row(6), row(7))
    assert recording.refused == {"unparseable": 1}
    assert minutes(recording) == [5, 6, 7]


def test_a_row_equal_to_the_one_before_of_its_contract_is_dropped_and_counted(loaded: Load) -> None:
    nan = row(2, last="nan")
    recording = loaded(HEADER, row(1), row(1, PUT), row(1), row(1, bid=2), row(1), nan, nan, row(3, bid=""), row(4))
    assert recording.refused == {"duplicate": 2}
    assert recording.refused_rows == {"duplicate": [3, 7]}
    assert recording.rows == 9
    assert len(quotes(recording)) == 7


def test_null_and_zero_make_a_difference(loaded: Load) -> None:
    recording = loaded(HEADER, row(1, bid=""), row(1, bid=0))
    assert recording.refused == {}
    assert [quote.bid for quote in quotes(recording)] == [None, 0.0]


def test_fields_are_left_as_they_are(loaded: Load) -> None:
    recording = loaded(HEADER, row(1, "GOOG 151224C00700000", "nan", "-inf", -1), row(2, bid=5, ask=4, last=""))
    first, second = quotes(recording)
    assert first.bid is not None
    assert first.ask is not None
    assert isnan(first.bid)
    assert isinf(first.ask)
    assert first.last == -1
    assert (second.bid, second.ask, second.last) == (5.0, 4.0, None)
    assert recording.refused == {}


def test_rows_from_more_than_five_seconds_ahead_are_refused(write: Write) -> None:
    path = write("ts,symbol,last", *(f"2025-01-01T00:00:0{second},BTC,1" for second in (0, 4, 5)))
    late = write("ts,symbol,last", *(f"2025-01-01T00:00:0{second},BTC,1" for second in (0, 5, 6)), name="late.csv")
    now_ns = at_ns("2025-01-01T00:00:00")
    assert load(path, now_ns=now_ns).refused == {}
    assert load(late, now_ns=now_ns).refused_rows == {"future": [3]}


def test_half_of_the_rows_may_be_refused_but_no_more(loaded: Load) -> None:
    assert loaded(HEADER, row(2), row(1), row(3), row(1)).refused == {"out_of_order": 2}
    with pytest.raises(BadInput, match=r"3 of 5 rows are refused .*out_of_order 3, first in row 2"):
        loaded(HEADER, row(2), row(1), row(3), row(1), row(1, bid=9))


def test_duplicates_count_as_refused(loaded: Load) -> None:
    with pytest.raises(BadInput, match="duplicate 2"):
        loaded(HEADER, row(1), row(1), row(1))


def test_only_the_first_twenty_rows_of_a_reason_are_named(loaded: Load) -> None:
    recording = loaded(HEADER, *(row(1) for _ in range(30)), *(row(2, bid=n) for n in range(40)))
    assert recording.refused == {"duplicate": 29}
    assert recording.refused_rows == {"duplicate": list(range(2, 22))}


@pytest.mark.parametrize(
    "spoilt",
    [
        row(1).replace("2015-12-24T14:01:00Z", "yesterday"),
        row(1).replace("2015-12-24T14:01:00Z", ""),
        row(1).replace("2015-12-24T14:01:00Z", "9999-12-24T14:01:00Z"),
        row(1).replace(CALL, "", 1),
        row(1).replace(CALL, "X" * 201, 1),
        row(1, bid="one"),
        row(1, bid="1_0"),
        row(1, last="NULL"),
        row(1) + ",1",
        row(1).rpartition(",")[0],
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_number(loaded: Load, spoilt: str) -> None:
    recording = loaded(HEADER, row(1), "", row(2), spoilt, row(3))
    assert recording.refused == {"unparseable": 1}
    assert recording.refused_rows == {"unparseable": [3]}
    assert minutes(recording) == [1, 2, 3]
    assert recording.rows == 4


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (",C,", ",X,", "bad_right"),
        (",2015-12-24,", ",soon,", "bad_expiry"),
        (",2015-12-24,", ",2015-02-30,", "bad_expiry"),
        (",700,", ",0,", "bad_strike"),
        (",700,", ",nan,", "bad_strike"),
        (",700,", ",710,", "contradictory"),
        (",C,", ",P,", "contradictory"),
        (",GOOG,", ",AAPL,", "contradictory"),
        (",2015-12-24,", ",2015-12-31,", "contradictory"),
    ],
)
def test_a_row_that_says_something_else_of_its_contract_is_refused(
    loaded: Load, old: str, new: str, reason: str
) -> None:
    recording = loaded(HEADER, row(1), row(2).replace(old, new), row(3))
    assert recording.refused_rows == {reason: [2]}
    assert recording.instruments[CALL].strike == 700.0


@pytest.mark.parametrize(
    "time",
    [
        "2015-12-24T14:31:00.123456789Z",
        "2015-12-24 14:31:00.123456789",
        "2015-12-24T20:01:00.123456789+05:30",
        "2015-12-24T09:31:00.123456789-0500",
        "1450967460123456789",
    ],
)
def test_times_in_a_csv_are_iso_or_epochs(loaded: Load, time: str) -> None:
    recording = loaded("ts,symbol,last", f"{time},X,1", f"{time},Y,1")
    assert recording.batches[0].at_ns == 1450967460123456789


def test_forms_of_time_may_be_mixed(loaded: Load) -> None:
    times = ["2015-12-24T14:31:00", "2015-12-24T14:31:01Z", "1450967462", "1450967463000", "1450967464000000"]
    recording = loaded("ts,symbol,last", *(f"{time},X,1" for time in times))
    assert [batch.at_ns // NS for batch in recording.batches] == list(range(1450967460, 1450967465))
    assert recording.interval_s == 1.0


def test_the_interval_is_the_median_step_of_all_contracts(loaded: Load) -> None:
    recording = loaded(HEADER, *(row(m) for m in (0, 1, 2)), *(row(m, PUT) for m in (0, 3, 6, 9)))
    assert recording.interval_s == 180.0


def test_batches_hold_the_rows_of_one_instant_in_file_order(loaded: Load) -> None:
    recording = loaded(HEADER, row(2), row(1, PUT), row(2, PUT), row(3), row(3, PUT))
    assert [[quote.symbol for quote in batch.quotes] for batch in recording.batches] == [
        [PUT],
        [CALL, PUT],
        [CALL, PUT],
    ]
    assert (recording.first_ns, recording.last_ns) == (recording.batches[0].at_ns, at_ns("2015-12-24T14:03:00"))


def test_progress_is_told_by_stage(write: Write) -> None:
    told: list[tuple[str, float]] = []
    load(write(HEADER, row(1)), progress=lambda stage, part: told.append((stage, part)), now_ns=NOW_NS)
    assert [stage for stage, _ in told] == ["reading", "checking", "preparing"]
    assert all(0 <= part <= 1 for _, part in told)


def test_csv_and_parquet_load_the_same(write: Write, tmp_path: Path) -> None:
    path = write(HEADER, row(1, bid=""), row(1, PUT), row(2, last="nan"), row(3), row(3))
    start = at_ns("2015-12-24T14:00:00")
    call, put = (CALL, 700.0, "C"), (PUT, 700.0, "P")
    keys = ["symbol", "strike", "right", "ts", "bid", "ask", "last"]
    rows = [
        (*call, 1, None, 1.2, None),
        (*put, 1, 1.0, 1.2, None),
        (*call, 2, 1.0, 1.2, float("nan")),
        (*call, 3, 1.0, 1.2, None),
        (*call, 3, 1.0, 1.2, None),
    ]
    columns = dict(zip(keys, map(list, zip(*rows, strict=True)), strict=True))
    columns["ts"] = pa.array([start + minute * 60 * NS for minute in columns["ts"]], pa.timestamp("ns", "UTC"))
    columns |= {"underlying": ["GOOG"] * 5, "expiry": pa.array([date(2015, 12, 24)] * 5)}
    pq.write_table(pa.table(columns), tmp_path / "other.parquet")
    ours, theirs = load(path, now_ns=NOW_NS), load(tmp_path / "other.parquet", now_ns=NOW_NS)
    assert repr(ours.batches) == repr(theirs.batches)
    assert ours.instruments == theirs.instruments
    assert ours.refused_rows == theirs.refused_rows == {"duplicate": [5]}


def test_pyarrow_is_not_imported_before_a_recording_is_read() -> None:
    look = "import sys, cockpit.feeds.recording; sys.exit('pyarrow' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


TEXT = "\n".join((HEADER, *(row(minute, symbol) for minute in range(6) for symbol in (CALL, PUT)))) + "\n"


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutated_csv_loads_or_is_bad_input(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(TEXT.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 40)))
        content[start:end] = data.draw(st.binary(max_size=20) | st.sampled_from([b'"', b"\n", b",", b"\0", b"nan"]))
    _load_or_refuse(tmp_path / "day.csv", bytes(content))


@given(st.binary(max_size=300), st.sampled_from(["csv", "parquet", "CSV"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_load_or_are_bad_input(tmp_path: Path, content: bytes, ending: str) -> None:
    _load_or_refuse(tmp_path / f"day.{ending}", content)


def _load_or_refuse(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        recording = load(path, now_ns=NOW_NS)
    except BadInput as error:
        sentence = str(error)
    else:
        sentence = f"{path} is fine."
        assert 2 * sum(recording.refused.values()) <= recording.rows
        assert len(quotes(recording)) == recording.rows - sum(recording.refused.values())
    assert re.fullmatch(rf"{re.escape(str(path))}.+\.", sentence), sentence
