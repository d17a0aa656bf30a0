"""The step of a price, and prices rounded to it, moved by it and made coarser."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.domain.money import exact, to_tick
from cockpit.domain.price_grid import Grid

SPX = Grid(0.05, ((0.0, 0.05), (3.0, 0.10)))
PLAIN = Grid(0.05)
ODD = Grid(0.01, ((0.0, 0.01), (0.27, 0.05), (3.02, 0.25), (10.0, 1.0)))  # edges that are not on their own steps
GRIDS = st.sampled_from((SPX, PLAIN, ODD, Grid(0.01, ((0.0, 0.05),)), Grid(0.05, ((1.0, 0.1), (7.0, 0.5)))))
PRICES = st.floats(0.0, 5_000.0)


@pytest.mark.parametrize(
    ("price", "step"),
    [
        (0.0, 0.05),
        (0.05, 0.05),
        (2.95, 0.05),
        (2.999, 0.05),
        (3.0, 0.10),
        (2.9999999999, 0.10),
        (4.35, 0.10),
        (-1, 0.05),
    ],
)
def test_the_step_is_that_of_the_price(price: float, step: float) -> None:
    assert SPX.at(price) == step
    assert PLAIN.at(price) == 0.05


@pytest.mark.parametrize(
    ("price", "down", "up"),
    [
        (4.35, "4.3", "4.4"),
        (2.35, "2.35", "2.35"),
        (2.97, "2.95", "3"),
        (2.99, "2.95", "3"),
        (3.0, "3", "3"),
        (3.05, "3", "3.1"),
        (0.1 + 0.2, "0.3", "0.3"),
        (0.02, "0", "0.05"),
    ],
)
def test_a_price_is_rounded_to_the_step_that_it_has(price: float, down: str, up: str) -> None:
    assert (SPX.to(price, -1), SPX.to(price, 1)) == (Decimal(down), Decimal(up))
    assert SPX.holds(price) is (down == up)


@given(price=PRICES, direction=st.sampled_from((-1, 1)), grid=GRIDS)
def test_a_rounded_price_is_on_its_step_and_on_the_right_side(price: float, direction: int, grid: Grid) -> None:
    made = grid.to(price, direction)
    assert made % exact(grid.at(float(made))) == 0
    assert (made - exact(round(price, 9))) * direction >= 0
    assert grid.to(float(made), direction) == made
    assert grid.holds(float(made))


@given(price=PRICES, direction=st.sampled_from((-1, 1)), tick=st.sampled_from((0.01, 0.05, 0.1, 0.25)))
def test_without_steps_it_is_the_tick_everywhere(price: float, direction: int, tick: float) -> None:
    assert Grid(tick).to(price, direction) == to_tick(price, tick, direction)
    assert Grid(tick).moved(price, 7 * direction) == price + 7 * direction * tick


def test_steps_up_and_down_cross_an_edge() -> None:
    assert SPX.moved(2.90, 3) == pytest.approx(3.1)
    assert SPX.moved(3.1, -3) == pytest.approx(2.90)
    assert SPX.moved(3.0, -1) == pytest.approx(2.95)
    assert SPX.moved(3.0, 1) == pytest.approx(3.1)
    assert SPX.moved(4.0, 0) == 4.0


@given(start=st.integers(1, 2_000), count=st.integers(0, 60))
def test_as_many_steps_back_lead_to_where_it_began(start: int, count: int) -> None:
    price = float(SPX.to(start * 0.05, 1))
    there = SPX.moved(price, count)
    assert SPX.holds(there)
    assert SPX.moved(there, -count) == pytest.approx(price)


def test_what_is_refused_is_made_coarser_from_its_steps_on() -> None:
    assert PLAIN.coarser(4.35).steps == ((0.0, 0.1),)
    assert SPX.coarser(2.35).steps == ((0.0, 0.1), (3.0, 0.1))
    assert SPX.coarser(4.4).steps == ((0.0, 0.05), (3.0, 0.5))
    assert [Grid(step).coarser(1.0).steps[0][1] for step in (0.01, 0.05, 0.1, 0.5, 1.0, 0.25)] == [
        0.05, 0.1, 0.5, 1.0, 5.0, 0.5,
    ]  # fmt: skip


@given(price=PRICES, grid=GRIDS)
def test_a_coarser_grid_has_no_finer_step_anywhere(price: float, grid: Grid) -> None:
    made = grid.coarser(price)
    assert made.at(price) > grid.at(price)
    assert all(made.at(float(other)) >= grid.at(float(other)) for other in range(20))
