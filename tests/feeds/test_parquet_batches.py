"""Parquet of any usable type loads, and a damaged or oversized file is one sentence."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cockpit.domain.errors import BadInput
from cockpit.events import NS
from cockpit.feeds import parquet_batches, tidy_columns
from cockpit.feeds.recording import Recording, load
from tests.feeds.conftest import NOW_NS

AT_NS = 1450967460 * NS
MOMENT = datetime(2015, 12, 24, 14, 31, tzinfo=UTC)
MINIMUM: dict[str, Any] = {"ts": [AT_NS, AT_NS + NS], "symbol": ["A", "B"], "last": [1.0, 2.0]}


def table_loads(tmp_path: Path, columns: dict[str, Any], **options: Any) -> Recording:
    pq.write_table(pa.table({**MINIMUM, **columns}), tmp_path / "day.parquet", **options)
    return load(tmp_path / "day.parquet", now_ns=NOW_NS)


@pytest.mark.parametrize(
    "ts",
    [
        pa.array([MOMENT, MOMENT], pa.timestamp("ns", "UTC")),
        pa.array([MOMENT, MOMENT], pa.timestamp("us", "Asia/Kolkata")),
        pa.array([MOMENT.replace(tzinfo=None)] * 2, pa.timestamp("ms")),
        pa.array([MOMENT.replace(tzinfo=None)] * 2, pa.timestamp("s")),
        pa.array([AT_NS, AT_NS], pa.int64()),
        pa.array([AT_NS, AT_NS], pa.uint64()),
        pa.array(["2015-12-24T14:31:00Z", "2015-12-24T20:01:00+05:30"]),
        pa.array(["2015-12-24 14:31:00", "1450967460"]).dictionary_encode(),
    ],
)
def test_times_may_have_any_usable_type(tmp_path: Path, ts: Any) -> None:
    assert [batch.at_ns for batch in table_loads(tmp_path, {"ts": ts}).batches] == [AT_NS]


def test_integers_are_nanoseconds(tmp_path: Path) -> None:
    assert [batch.at_ns for batch in table_loads(tmp_path, {"ts": [1, 2]}).batches] == [1, 2]


@pytest.mark.parametrize(
    "last",
    [
        pa.array([1, 2], pa.int16()),
        pa.array([1, 2], pa.uint64()),
        pa.array([1, 2], pa.float32()),
        pa.array([Decimal("1.00"), Decimal("2.00")], pa.decimal128(10, 2)),
        pa.array(["1", "2.0"]),
        pa.array(["1", " 2"]).dictionary_encode(),
        pa.array(["1", "2"], pa.large_string()),
    ],
)
def test_numbers_may_have_any_usable_type(tmp_path: Path, last: Any) -> None:
    batches = table_loads(tmp_path, {"last": last}).batches
    assert [quote.last for batch in batches for quote in batch.quotes] == [1.0, 2.0]


@pytest.mark.parametrize("symbol", [pa.array(["A", "B"], pa.large_string()), pa.array(["A", "B"]).dictionary_encode()])
def test_texts_may_have_any_usable_type(tmp_path: Path, symbol: Any) -> None:
    assert list(table_loads(tmp_path, {"symbol": symbol}).instruments) == ["A", "B"]


@pytest.mark.parametrize(
    "expiry",
    [
        pa.array(["2015-12-24", "20151224"]),
        pa.array([16793, 16793], pa.date32()),
        pa.array([MOMENT, MOMENT], pa.timestamp("ns", "UTC")),
        pa.array([20151224, 20151224], pa.int32()),
    ],
)
def test_expiries_may_have_any_usable_type(tmp_path: Path, expiry: Any) -> None:
    columns = {"expiry": expiry, "strike": [1, 1], "right": ["C", "P"], "underlying": ["X", "X"]}
    instruments = table_loads(tmp_path, columns).instruments.values()
    assert {str(instrument.expiry) for instrument in instruments} == {"2015-12-24"}


def test_an_empty_column_is_a_column(tmp_path: Path) -> None:
    recording = table_loads(tmp_path, {"bid": pa.nulls(2), "iv": pa.nulls(2), "expiry": pa.nulls(2)})
    assert {"bid", "iv"} <= recording.columns
    assert not recording.has_quotes
    assert recording.batches[0].quotes[0].bid is None


def test_null_is_not_nan(tmp_path: Path) -> None:
    recording = table_loads(tmp_path, {"bid": pa.array([None, float("nan")])})
    assert [str(batch.quotes[0].bid) for batch in recording.batches] == ["None", "nan"]
    assert recording.has_quotes


def test_times_that_no_clock_can_show_are_refused(tmp_path: Path) -> None:
    ts = pa.array([1450967460, 10**12], pa.timestamp("s"))
    assert table_loads(tmp_path, {"ts": ts}).refused_rows == {"unparseable": [2]}


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("last", pa.array([True, False]), "column last is bool, which is no number"),
        ("last", pa.array([{"x": 1}, {"x": 2}]), "column last is struct<x: int64>, which is no number"),
        ("last", pa.array([[1.0], [2.0]]), "which is no number"),
        ("last", pa.array([MOMENT, MOMENT]), "which is no number"),
        ("ts", pa.array([1.0, 2.0]), "column ts is double, which tells no time"),
        ("ts", pa.array([1, 2], pa.date32()), "which tells no time"),
        ("ts", pa.nulls(2), "which tells no time"),
        ("symbol", pa.array([1.0, 2.0]), "column symbol is double, which names nothing"),
        ("symbol", pa.array([b"A", b"B"]), "which names nothing"),
        ("symbol", pa.nulls(2, pa.string()), "2 of 2 rows are refused"),
    ],
)
def test_a_column_of_another_type_is_bad(tmp_path: Path, name: str, values: Any, sentence: str) -> None:
    with pytest.raises(BadInput, match=rf"day\.parquet: .*{sentence}"):
        table_loads(tmp_path, {name: values})


def test_a_file_without_rows_or_columns_is_bad(tmp_path: Path) -> None:
    pq.write_table(pa.table(MINIMUM).slice(0, 0), tmp_path / "rows.parquet")
    with pytest.raises(BadInput, match="has no rows"):
        load(tmp_path / "rows.parquet", now_ns=NOW_NS)
    pq.write_table(pa.table({}), tmp_path / "columns.parquet")
    with pytest.raises(BadInput, match="has no column ts"):
        load(tmp_path / "columns.parquet", now_ns=NOW_NS)


def test_a_column_there_twice_is_bad(tmp_path: Path) -> None:
    twice = pa.table([[1], ["A"], [1.0], [2.0]], names=["ts", "symbol", "last", "last"])
    pq.write_table(twice, tmp_path / "day.parquet")
    with pytest.raises(BadInput, match="has the column last twice"):
        load(tmp_path / "day.parquet", now_ns=NOW_NS)


def test_row_groups_follow_one_another(tmp_path: Path) -> None:
    columns = {"ts": list(range(10)), "symbol": list("ABCDEFGHIA"), "last": [1.0] * 10}
    recording = table_loads(tmp_path, columns, row_group_size=3)
    assert [quote.symbol for batch in recording.batches for quote in batch.quotes] == list("ABCDEFGHIA")


def test_more_than_is_allowed_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(parquet_batches, "MAX_ROWS", 1)
        with pytest.raises(BadInput, match="has 2 rows, more than 1"):
            table_loads(tmp_path, {})
    with monkeypatch.context() as patch:
        patch.setattr(parquet_batches, "MAX_UNPACKED_BYTES", 10)
        with pytest.raises(BadInput, match="unpacks to"):
            table_loads(tmp_path, {})
    with monkeypatch.context() as patch:
        patch.setattr(tidy_columns, "MAX_ROWS", 1)
        with pytest.raises(BadInput, match="more than 1 rows"):
            table_loads(tmp_path, {})


def test_a_long_text_repeated_is_no_bomb(tmp_path: Path) -> None:
    symbol = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), ["x" * 2_000_000])
    with pytest.raises(BadInput, match="2000 of 2000 rows are refused"):
        table_loads(tmp_path, {"ts": list(range(2000)), "symbol": symbol, "last": [1.0] * 2000})


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_bad_or_loads(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    path = tmp_path / "day.parquet"
    columns = {"ts": list(range(200)), "symbol": list("ABCDE") * 40, "last": [1.0, 2.0] * 100}
    pq.write_table(pa.table(columns), path, store_schema=False, compression=chance.choice(["snappy", "zstd", "none"]))
    content = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 6)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    try:
        rows = load(path, now_ns=NOW_NS).rows
    except BadInput as error:
        sentence = str(error)
    else:
        sentence = f"{path} has {rows} rows."
    assert sentence.startswith(str(path))
    assert sentence.endswith(".")


@pytest.mark.parametrize("part", [slice(0, 300), slice(300, None), slice(0, 4), slice(0, -1)])
def test_a_truncated_file_is_bad(tmp_path: Path, part: slice) -> None:
    path = tmp_path / "day.parquet"
    pq.write_table(pa.table(MINIMUM), path)
    path.write_bytes(path.read_bytes()[part])
    with pytest.raises(BadInput, match=r"day\.parquet cannot be read"):
        load(path, now_ns=NOW_NS)


def test_a_file_that_changes_while_it_is_read_is_bad(tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    pq.write_table(pa.table(MINIMUM), path)

    def append(stage: str, _: float) -> None:
        if stage == "reading":
            with path.open("ab") as file:
                file.write(b"more")

    with pytest.raises(BadInput, match="changed while it was read"):
        load(path, progress=append, now_ns=NOW_NS)
