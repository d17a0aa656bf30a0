"""Rungs never cover one another, and a moved stop says what it would guarantee."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from tests.widgets import frames_selected as made
from widgets.charts.chart_span import Scale
from widgets.selected.ladder_places import APART, allowed, fitting, outcome_of, placed, price_of, rungs_of, spread

SCALE = Scale(QRectF(0, 30, 286, 230), 0.0, 1.0, 64.5, 83.5)


@given(wanted=st.lists(st.floats(-50, 350), min_size=1, max_size=12).map(sorted))
def test_spread_places_never_overlap_and_stay_inside(wanted: list[float]) -> None:
    sizes = [APART] * len(wanted)
    places = spread(wanted, sizes, 0.0, 300.0)
    assert all(b - a >= APART - 1e-9 for a, b in itertools.pairwise(places))
    assert places[0] >= APART / 2 - 1e-9
    assert places[-1] <= 300.0 - APART / 2 + 1e-9


def test_what_does_not_collide_is_not_moved() -> None:
    assert spread([20.0, 60.0, 100.0], [17.0] * 3, 0.0, 200.0) == pytest.approx([20.0, 60.0, 100.0])
    assert spread([50.0, 50.0], [17.0] * 2, 0.0, 200.0) == pytest.approx([41.5, 58.5])


def test_without_room_the_least_important_rungs_go() -> None:
    rungs = rungs_of(made.detail())
    kept = fitting(rungs, 3.5 * APART)
    assert [rung.kind for rung in kept] == ["mark", "stop", "entry"]
    assert fitting(rungs, 1_000.0) == list(rungs)
    assert [rung.name for rung in fitting(rungs, 6.5 * APART) if rung.kind == "stage"] == ["Stage 4"]


def test_every_rung_of_the_design_has_its_place() -> None:
    lines = placed(made.detail(), SCALE)
    assert [line.rung.name for line in lines] == [rung.name for rung in made.ladder().rungs]
    assert all(b.place - a.place >= APART - 1e-9 for a, b in itertools.pairwise(lines))
    assert all(line.beyond == 0 for line in lines)


def test_a_rung_beyond_the_axis_says_on_which_side_it_is() -> None:
    narrow = SCALE._replace(low=70.0, high=80.0)
    beyond = {line.rung.name: line.beyond for line in placed(made.detail(), narrow)}
    assert beyond["Stage 4"] == 1
    assert beyond["Floor"] == -1
    assert beyond["Entry"] == 0


def test_the_stop_that_is_moved_has_two_lines() -> None:
    lines = placed(made.detail(), SCALE, 75.0)
    stop = next(i for i, line in enumerate(lines) if line.rung.kind == "stop")
    assert lines[stop].rung.price == 75.0
    assert lines[stop].place - lines[stop - 1].place >= 1.5 * APART
    assert lines[stop + 1].place - lines[stop].place >= 1.5 * APART


def test_a_stop_above_the_entry_locks_and_one_below_it_risks() -> None:
    detail = made.detail()
    good, bad = outcome_of(detail, 76.60), outcome_of(detail, 70.0)
    assert good.secures
    assert good.money == pytest.approx(5.0 * 195)
    assert good.words(1, "₹") == ("1.75 below mark", "locks +698 bps · +975 ₹")
    assert not bad.secures
    assert bad.words(1, "₹")[1] == "risks −223 bps · −312 ₹"


def test_a_shorts_outcome_is_flipped() -> None:
    detail = made.detail(side=-1)
    outcome = outcome_of(detail, 70.0)
    assert outcome.secures
    assert outcome.distance == pytest.approx(70.0 - price_of(detail, "mark"))  # type: ignore[operator]
    assert outcome.words(-1, "₹")[0].endswith("above mark")


def test_money_is_unknown_on_the_axis_of_the_underlying() -> None:
    detail = made.detail()
    detail = replace(detail, chart=replace(detail.chart, basis="underlying"))
    assert outcome_of(detail, 75.0).money is None
    assert "₹" not in outcome_of(detail, 75.0).words(1, "₹")[1]


@pytest.mark.parametrize(
    ("side", "wanted", "got"),
    [
        (1, 75.512, 75.50),
        (1, 99.0, 78.30),
        (1, 60.0, made.FLOOR),
        (-1, 67.031, 67.05),
        (-1, 50.0, 64.90),
        (-1, 90.0, 2 * made.ENTRY - made.FLOOR),
    ],
)
def test_a_stop_is_dragged_by_ticks_between_floor_and_mark(side: int, wanted: float, got: float) -> None:
    assert allowed(made.detail(side=side), made.ladder(side=side), wanted) == pytest.approx(got)


def test_without_a_ladder_entry_and_stop_are_rungs() -> None:
    detail = replace(made.detail(), ladder=None)
    assert [rung.kind for rung in rungs_of(detail)] == ["entry", "stop"]
    assert price_of(detail, "mark") is None
    assert outcome_of(detail, 75.0).words(1, "")[0] == "mark unknown"
