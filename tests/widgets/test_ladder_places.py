"""Rungs never cover one another, and a moved stop says what it would guarantee."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from cockpit.frame import DetailPart
from tests.widgets import frames_selected as made
from widgets.charts.chart_span import Scale
from widgets.selected.ladder_places import (
    APART,
    GHOST,
    allowed,
    break_even,
    fitting,
    locked_words,
    outcome_of,
    placed,
    price_of,
    rungs_of,
    secures,
    spread,
)
from widgets.selected.ladder_shown import Shown, leader

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


@pytest.mark.parametrize("price", [75.0, 76.55])
def test_a_stop_that_is_moved_has_two_lines_beside_the_one_that_is_held(price: float) -> None:
    lines = placed(made.detail(), SCALE, price)
    ghost = next(i for i, line in enumerate(lines) if line.rung.kind == "ghost")
    assert lines[ghost].rung.price == price
    assert lines[ghost].place - lines[ghost - 1].place >= 1.5 * APART
    assert lines[ghost + 1].place - lines[ghost].place >= 1.5 * APART
    assert [line.rung.price for line in lines if line.rung.kind == "stop"] == [made.STOP]


def test_without_room_both_of_them_are_the_last_to_go() -> None:
    low = SCALE._replace(area=QRectF(0, 30, 286, 2 * GHOST))
    assert [line.rung.kind for line in placed(made.detail(), low, 75.0)] == ["mark", "stop", "ghost"]


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


def bought_above_the_mark(side: int = 1) -> DetailPart:
    """A share bought at 104 while its mark was 102, from which the stops of its basis are counted."""
    detail = made.detail(side=side)
    row = replace(detail.position, entry=104.0 if side > 0 else 100.0, contracts=10)
    return replace(detail, position=row, chart=replace(detail.chart, entry=102.0), ladder=None)


@pytest.mark.parametrize(("side", "price"), [(1, 103.0), (-1, 101.0)])
def test_money_is_counted_from_the_average_entry_and_not_from_the_entry_mark(side: int, price: float) -> None:
    lost = outcome_of(bought_above_the_mark(side), price)
    assert lost.money == pytest.approx(-10.0)
    assert lost.bps == pytest.approx(1e4 / 102.0), "of the gain basis"
    assert not lost.secures
    assert lost.words(side, "₹")[1] == "risks −10 ₹"
    won = outcome_of(bought_above_the_mark(side), price + side * 2.0)
    assert won.secures
    assert won.words(side, "₹")[1] == "locks +294 bps · +10 ₹"


def test_the_stop_that_is_held_is_judged_by_the_money_too() -> None:
    detail = bought_above_the_mark()
    detail = replace(detail, chart=replace(detail.chart, stop=103.0))
    assert not secures(detail)
    told = replace(detail, ladder=made.ladder(locked=-10.0, locked_bps=98.0))
    assert not secures(told)
    assert locked_words(told, "₹") == "at risk −10 ₹"
    assert leader("stop", Shown(told, SCALE, "₹", None, "", sending=False, hovered=False)) == "loss"
    assert break_even(detail) == 104.0


def test_what_is_locked_is_said_in_bps_where_money_agrees() -> None:
    assert locked_words(made.detail(), "₹") == "locked +689 bps"
    assert locked_words(made.young(), "₹") == "at risk −800 bps"
    assert locked_words(replace(made.detail(), ladder=made.ladder(locked=None)), "₹") == "locked +689 bps"
    assert locked_words(replace(made.detail(), ladder=made.ladder(locked_bps=None)), "₹") == ""
    assert locked_words(replace(made.detail(), ladder=None), "₹") == ""


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


@pytest.mark.parametrize(
    ("side", "wanted", "got"),
    [(1, 75.512, 75.50), (1, 75.7, 75.5), (1, 76.2, 76.0), (1, 74.93, 74.95), (1, 99.0, 78.0)],
)
def test_a_stop_is_dragged_by_the_steps_that_it_has_there(side: int, wanted: float, got: float) -> None:
    ladder = made.ladder(side=side, steps=((0.0, 0.05), (75.0, 0.5)))
    assert allowed(made.detail(side=side), ladder, wanted) == pytest.approx(got)


def test_without_a_ladder_entry_and_stop_are_rungs() -> None:
    detail = replace(made.detail(), ladder=None)
    assert [rung.kind for rung in rungs_of(detail)] == ["entry", "stop"]
    assert price_of(detail, "mark") is None
    assert outcome_of(detail, 75.0).words(1, "")[0] == "mark unknown"
