"""The volume ratio: exits.md 1, checked against the definition written out, and its edges one by one."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.market.volume import VolumeRatio

Row = tuple[float, float | None, float | None]


def feed(*rows: Row, interval_s: float = 0.0) -> VolumeRatio:
    volume = VolumeRatio(interval_s)
    for t, per_row, cumulative in rows:
        volume.observe(t, per_row, cumulative)
    return volume


def minutes(*volumes: float | None) -> list[Row]:
    """A row at every whole minute from 0 on."""
    return [(60.0 * i, v, None) for i, v in enumerate(volumes)]


def by_definition(rows: list[Row], t: float, w: float) -> float:
    """Volume in (t - w, t] against the mean of the up to 20 complete windows before it; rows with `volume` only."""
    first = rows[0][0]
    if all(v is None for _, v, _ in rows):
        return math.nan

    def between(begin: float, end: float) -> float:
        return sum(v or 0.0 for at, v, _ in rows if begin < at <= end)

    whole = [k for k in range(1, 21) if t - (k + 1) * w >= first]
    if len(whole) < 5:
        return math.nan
    mean = sum(between(t - (k + 1) * w, t - k * w) for k in whole) / len(whole)
    return between(t - w, t) / mean if mean > 0.0 else math.nan


def test_unknown_until_five_windows_are_complete_before_the_current_one() -> None:
    volume = feed(*minutes(10, 10, 10, 10, 10, 10))
    assert math.isnan(volume.ratios(300.0)[0])
    assert math.isnan(volume.ratios(359.75)[0])
    volume.observe(360.0, 30.0)
    assert volume.ratios(360.0)[0] == 3.0


def test_the_ratio_one_window_earlier_needs_its_own_five() -> None:
    volume = feed(*minutes(10, 10, 10, 10, 10, 10, 30))
    assert math.isnan(volume.ratios(360.0)[1])
    volume.observe(420.0, 5.0)
    ratio, before = volume.ratios(420.0)
    assert ratio == pytest.approx(5.0 / (80.0 / 6.0))
    assert before == 3.0


def test_a_row_leaves_the_window_exactly_one_window_later() -> None:
    volume = feed(*minutes(10, 10, 10, 10, 10, 10, 30))
    assert volume.ratios(419.75)[0] == 3.0
    assert volume.ratios(420.0)[0] == 0.0


def test_only_the_last_twenty_windows_make_the_mean() -> None:
    volume = feed(*minutes(1000, 1000, *[10.0] * 20, 25.0))
    assert volume.ratios(22 * 60.0)[0] == 2.5


def test_a_wider_interval_widens_the_window() -> None:
    rows: list[Row] = [(900.0 * i, 10.0, None) for i in range(6)]
    volume = feed(*rows, (5400.0, 20.0, None), interval_s=900.0)
    assert volume.window_s == 900.0
    assert volume.ratios(5400.0)[0] == 2.0


def test_a_mean_of_zero_is_unknown() -> None:
    volume = feed(*minutes(10, 0, 0, 0, 0, 0, 0, 50))
    assert math.isnan(volume.ratios(420.0)[0])


def test_a_null_volume_adds_nothing() -> None:
    volume = feed(*minutes(None, 10, None, 10, 10, 10, 10))
    assert volume.ratios(360.0)[0] == 10.0 / (40.0 / 5.0)


def test_without_any_volume_it_is_unknown() -> None:
    volume = feed(*minutes(*[None] * 60))
    assert all(math.isnan(x) for x in volume.ratios(3600.0))
    assert volume.until == math.inf


def test_volume_wins_over_the_cumulative_one() -> None:
    rows: list[Row] = [(60.0 * i, 10.0, 1000.0 * i * i) for i in range(6)]
    volume = feed(*rows, (360.0, None, 900_000.0))
    assert volume.ratios(360.0)[0] == 0.0


def test_cumulative_volume_counts_by_its_differences() -> None:
    rows: list[Row] = [(60.0 * i, None, 500.0 + 10.0 * i) for i in range(6)]
    volume = feed(*rows, (355.0, None, None), (360.0, None, 570.0))
    assert volume.ratios(360.0)[0] == 2.0


def test_what_was_traded_before_the_first_cumulative_volume_cannot_be_known() -> None:
    rows: list[Row] = [(0.0, None, None)] + [(60.0 * i, None, 10.0 * i) for i in range(1, 8)]
    volume = feed(*rows)
    assert math.isnan(volume.ratios(419.75)[0])
    assert volume.ratios(420.0)[0] == 1.0


def test_a_fall_of_the_cumulative_volume_starts_the_history_anew() -> None:
    rows: list[Row] = [(60.0 * i, None, 100.0 * i) for i in range(10)]
    volume = feed(*rows)
    assert volume.ratios(540.0)[0] == 1.0
    volume.observe(600.0, None, 5.0)
    assert math.isnan(volume.ratios(600.0)[0])
    for i in range(1, 7):
        assert math.isnan(volume.ratios(600.0 + 60.0 * i - 0.25)[0])
        volume.observe(600.0 + 60.0 * i, None, 5.0 + 10.0 * i)
    assert volume.ratios(960.0)[0] == 1.0


def test_memory_is_bounded_even_when_nobody_asks() -> None:
    volume = VolumeRatio(0.0)
    for i in range(40_000):
        volume.observe(i * 0.25, 1.0)
    assert len(volume._times) < 2 * 22 * 60 * 4 + 512  # pyright: ignore[reportPrivateUsage]
    assert volume.ratios(9999.75) == (1.0, 1.0)


quarters = st.integers(1, 240)
sizes = st.one_of(st.none(), st.integers(0, 40).map(float))
paths = st.lists(st.tuples(quarters, sizes), min_size=40, max_size=90)


@settings(max_examples=40)
@given(paths, st.sampled_from((0.0, 75.0)), st.sampled_from((0.25, 1.0)))
def test_it_is_the_definition_at_every_row_and_between(
    path: list[tuple[int, float | None]], interval_s: float, unit_s: float
) -> None:
    volume, rows, t, w = VolumeRatio(interval_s), list[Row](), 34_200.0, max(60.0, interval_s)

    def check(at: float) -> None:
        expected = [by_definition(rows, at, w), by_definition(rows, at - w, w)]
        np.testing.assert_allclose(volume.ratios(at), expected, rtol=1e-9, atol=1e-9)

    for gap, size in path:
        volume.observe(t, size)
        rows.append((t, size, None))
        check(t)
        check(t + unit_s * (gap // 2))
        t += unit_s * gap


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_definition_over_an_hour_of_busy_tape(seed: int) -> None:
    chance, volume, rows, t = random.Random(seed), VolumeRatio(0.0), list[Row](), 34_200.0
    for i in range(900):
        t = round(t + chance.choice((0.0, 0.25, 4.7, 8.0)), 2)
        rows.append((t, chance.choice((None, 0.0, 3.0, 0.125)), None))
        volume.observe(t, rows[-1][1])
        if i % 7 == 0:
            expected = [by_definition(rows, t, 60.0), by_definition(rows, round(t - 60.0, 2), 60.0)]
            np.testing.assert_allclose(volume.ratios(t), expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=40)
@given(paths, st.integers(1, 7))
def test_nothing_changes_until_it_says_so(path: list[tuple[int, float | None]], probes: int) -> None:
    lazy, t = VolumeRatio(0.0), 34_200.0
    for gap, size in path:
        lazy.observe(t, size)
        standing, until = lazy.ratios(t), lazy.until
        end = min(until, t + gap)
        for i in range(1, probes + 1):
            lazy.until = -math.inf  # have it reckon again although it need not
            np.testing.assert_allclose(lazy.ratios(t + (end - t) * i / probes), standing, rtol=1e-12)
        t += gap


def test_what_was_traded_is_the_sum_of_rows_or_what_the_feed_says_of_today() -> None:
    rows = VolumeRatio(60.0)
    assert rows.traded != rows.traded
    for t, volume in ((0.0, 5.0), (30.0, None), (5_000.0, 7.0)):
        rows.observe(t, volume)
    assert rows.traded == 12.0
    total = VolumeRatio(60.0)
    total.observe(0.0, None, 100.0)
    total.observe(60.0, None, 140.0)
    assert total.traded == 140.0
