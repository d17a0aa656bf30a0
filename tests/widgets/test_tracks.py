"""A track grows in place, and what it draws from blocks is what it would draw from rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.charts import curves, tracks
from widgets.charts.tracks import Track

NAN = math.nan


def chunks_of(rows: list[tuple[float | None, ...]], size: int = 64) -> tuple[tracks.Rows, ...]:
    return tuple(tuple(rows[i : i + size]) for i in range(0, len(rows), size)) or ((),)


def walk(count: int, seed: int = 1) -> list[tuple[float | None, ...]]:
    chance = np.random.default_rng(seed)
    values = chance.normal(size=count).cumsum().tolist()
    return [(i * 0.25, value, value - 2.0) for i, value in enumerate(values)]


def test_rows_become_arrays_and_unknown_becomes_nan() -> None:
    track = Track(2)
    assert track.update((((0.0, 1.0, None), (10.0, None, 0.5)),))
    assert track.times.tolist() == [0.0, 10.0]
    assert np.isnan(track.values(0)).tolist() == [False, True]
    assert track.at(-1.0) is None
    row = track.at(9.9)
    assert row is not None
    assert row[:2] == (0.0, 1.0)


def test_a_growing_chunk_is_read_again_and_full_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = walk(300)
    track = Track(2)
    chunks = chunks_of(rows)
    track.update(chunks)
    read: list[int] = []
    append = Track._append
    monkeypatch.setattr(Track, "_append", lambda self, rows: (read.append(len(rows)), append(self, rows))[1])
    longer = (*chunks[:-1], (*chunks[-1], (75.0, 1.0, 2.0)))
    assert track.update(longer)
    assert read == [len(longer[-1])]
    assert track.row(track.size - 1) == (75.0, 1.0, 2.0)
    full = (*longer, ((80.0, 3.0, 4.0),))
    assert track.update(full)
    assert read == [len(longer[-1]), 1]
    assert not track.update(full)


def test_another_positions_rows_replace_all() -> None:
    track = Track(2)
    track.update(chunks_of(walk(5_000)))
    track.update(chunks_of(walk(70, seed=2)))
    assert track.size == 70
    assert track.values(0).tolist() == [row[1] for row in walk(70, seed=2)]
    track.update(())
    assert track.size == 0
    assert track.at(1e9) is None


@given(
    count=st.integers(1_000, 9_000),
    columns=st.integers(20, 200),
    seed=st.integers(0, 999),
    cut=st.floats(0.0, 0.6),
)
def test_blocks_keep_the_extremes_within_a_column(count: int, columns: int, seed: int, cut: float) -> None:
    rows = walk(count, seed)
    track = Track(2)
    for upto in (count // 3, count // 3 + 1, count):
        track.update(chunks_of(rows[:upto]))
    end = float(track.times[-1])
    start = cut * end
    sight = track.sight(start, end, columns)
    times, values = track.drawn(0, sight)
    inside = track.values(0)[sight.first : sight.last]
    assert len(times) == len(values)
    if sight.begins is None:
        assert values.tolist() == inside.tolist()
        return
    assert len(times) <= 2 * (columns + 1)
    block = 4**sight.depth
    near = track.values(0)[max(0, sight.first - block) : sight.last]
    assert inside.max() <= values.max() <= near.max()
    assert near.min() <= values.min() <= inside.min()
    pixel = (end - start) / columns
    for at in np.linspace(start + pixel, end - pixel, 7):  # wherever one looks, the row there is between the two
        row = track.at(float(at))
        close = (times >= at - 2 * pixel) & (times <= at + 2 * pixel)
        assert row is not None
        assert values[close].min() <= row[1] <= values[close].max()


def test_unknown_rows_are_a_gap_at_every_depth() -> None:
    rows = walk(20_000)
    rows[8_000:12_000] = [(t, None, stop) for t, _, stop in rows[8_000:12_000]]
    track = Track(2)
    track.update(chunks_of(rows, 256))
    sight = track.sight(0.0, 5_000.0, 300)
    assert sight.depth > 0
    found = list(curves.gaps(*track.drawn(0, sight)))
    assert len(found) == 1
    assert found[0][0] == pytest.approx(2_000.0, abs=2 * 5_000 / 300)
    assert found[0][1] == pytest.approx(3_000.0, abs=2 * 5_000 / 300)


def test_a_level_that_moves_at_every_row_has_one_corner_a_column() -> None:
    track = Track(1)
    track.update(chunks_of([(float(i), float(i)) for i in range(5_000)]))
    times, levels = track.corners(0, track.sight(0.0, 4_999.0, 100))
    assert len(times) == len(levels) <= 2 * 102
    assert levels[-1] == 4_999.0
