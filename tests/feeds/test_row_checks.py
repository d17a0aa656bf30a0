"""The vectorised checks agree with the law read row by row."""

from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from cockpit.events import NS
from cockpit.feeds.refusals import Refusals
from cockpit.feeds.row_checks import accept, count_malformed
from cockpit.feeds.tidy_columns import Gathering, TidyRows

NOW_NS = 100 * NS
Row = tuple[int | None, str | None, float | None, float | None]  # ts in s, symbol, bid, last

ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(90, 112),
        st.none() | st.sampled_from("ABC"),
        st.none() | st.sampled_from([0.0, -0.0, 1.0, float("nan")]),
        st.none() | st.sampled_from([1.0, 2.0]),
    ),
    min_size=1,
    max_size=60,
)


def gathered(rows: list[Row], split: int) -> TidyRows:
    """The rows as if they had come in two batches."""
    columns = ["ts", "symbol", "bid", "last"]
    gathering = Gathering(columns)
    for part in (rows[:split], rows[split:]):
        ts, symbols, bids, lasts = zip(*part, strict=True) if part else ((), (), (), ())
        arrays = [
            pa.array([None if at is None else at * NS for at in ts], pa.int64()),
            pa.array(symbols, pa.string()),
            pa.array(bids, pa.float64()),
            pa.array(lasts, pa.float64()),
        ]
        gathering.add(Path("day.parquet"), pa.record_batch(arrays, names=columns))
    gathering.end_file(len(rows), [])
    return gathering.finished()


def by_the_law(rows: list[Row]) -> tuple[list[int], dict[str, list[int]]]:
    """Indices in the order of play, and indices by reason, one row at a time."""
    accepted: dict[str, tuple[int, str]] = {}
    played: list[tuple[int, int]] = []
    refused: dict[str, list[int]] = {}
    for index, (at, symbol, bid, last) in enumerate(rows):
        if at is None or symbol is None:
            reason = "unparseable"
        elif at > 105:
            reason = "future"
        elif symbol in accepted and at < accepted[symbol][0]:
            reason = "out_of_order"
        elif symbol in accepted and (at, repr((bid and bid + 0.0, last))) == accepted[symbol]:
            reason = "duplicate"
        else:
            accepted[symbol] = (at, repr((bid and bid + 0.0, last)))
            played.append((at, index))
            continue
        refused.setdefault(reason, []).append(index)
    return [index for _, index in sorted(played)], refused


@given(ROWS, st.integers(0, 60))
def test_rows_are_accepted_and_refused_as_the_law_says(rows: list[Row], split: int) -> None:
    order, refused = by_the_law(rows)
    found, refusals = gathered(rows, split), Refusals()
    count_malformed(found, refusals)
    if found.well_formed.any():
        assert accept(found, NOW_NS, refusals).order.tolist() == order
        assert refusals.counts == {reason: len(indices) for reason, indices in refused.items()}
        assert refusals.rows == {reason: [index + 1 for index in indices][:20] for reason, indices in refused.items()}
    else:
        assert refusals.counts == {"unparseable": len(rows)}


def test_the_step_of_rows_counts_within_contracts_only() -> None:
    rows: list[Row] = [(90, "A", 1.0, None), (91, "B", 1.0, None), (100, "A", 1.0, None), (103, "B", 1.0, None)]
    assert accept(gathered(rows, 1), NOW_NS, Refusals()).interval_s == 11.0
    assert accept(gathered(rows[:2], 1), NOW_NS, Refusals()).interval_s == 0.0
