"""The staged trail over time: ratchet, a human's and a relaxed stop, and what its readings say."""

import math
import random
from collections.abc import Mapping
from typing import Any

import pytest

from cockpit.exits.rules.staged_trailing_stop import STAGES, Stage
from cockpit.exits.view import OWN
from tests.exits.rules.asking import Asking

NAN = math.nan
LONG = {"entry": 2000.0, "basis": OWN}


def trailing(side: float = 1.0, **params: object) -> Asking:
    asking = Asking("staged_trailing_stop", {**LONG, "side": side}, **params)
    asking.pos.best = NAN  # the premium of the calm market is not a price of this one
    asking.look(mark=2000.0, volatility_bps=150.0, momentum=0.6 * side)
    return asking


def by_formula(path: list[float], entry: float, side: float, given: Mapping[int, float]) -> list[float]:
    """exits.md 5, written out: the most favourable of held stop, raw stop and lock. `given` replaces a held stop."""
    best, held, made = -math.inf, -math.inf, list[float]()
    for i, price in enumerate(path):
        gain = side * (price / entry - 1.0) * 1e4
        best = max(best, gain)
        stages = [s for s in STAGES if best >= s.reached_bps - 1e-9]
        if stages:
            held = max(held, gain - stages[-1].trail_bps, stages[-1].lock_bps)
        made.append(entry * (1.0 + side * held / 1e4))
        if i in given and stages:
            held = side * (given[i] / entry - 1.0) * 1e4
    return made


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("human", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_the_held_stop_is_the_formula_along_any_path(seed: int, human: bool, side: float) -> None:
    chance, path, price = random.Random(seed), list[float](), 2000.0
    for _ in range(400):
        price += side * chance.choice((-3.0, -1.0, 0.0, 1.0, 3.5))
        path.append(price)
    given = {i: path[i] - side * chance.uniform(1.0, 60.0) for i in range(7, 400, 7)} if human else {}
    asking = trailing(side)
    for i, (price, stop) in enumerate(zip(path, by_formula(path, 2000.0, side, given), strict=True)):
        said = asking.at(60.0 + i, mark=price)
        m: Any = asking.m
        if math.isinf(stop):
            assert math.isnan(m.stop)
            continue
        assert m.stop == pytest.approx(stop, abs=1e-9, rel=0)
        assert (said.trigger == "STAGE_STOP_HIT") == (side * (price - stop) <= 1e-9)
        m.stop = given.get(i, m.stop)


def test_the_lock_is_a_price_of_the_gain_basis() -> None:
    asking = trailing()
    asking.at(60, mark=2009.0)
    assert math.isnan(asking.m.lock)
    asking.at(61, mark=2020.0)
    assert (asking.m.stage, asking.m.lock) == (2, 2010.0)


CLIMB = [2000.0 + i / 10.0 for i in range(401)]


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize(
    ("path", "volatility_bps", "stop"),
    [([2010.0], 150.0, 2005.0), ([2010.0, 2020.0], 150.0, 2010.0), ([2010.0, 2020.0, 2040.0], 150.0, 2020.0),
     (CLIMB, 150.0, 2029.9), ([2010.0], 250.0, 2005.0)],
)  # fmt: skip
def test_the_worked_examples_hold_to_the_last_digit(
    path: list[float], volatility_bps: float, stop: float, side: float
) -> None:
    asking = trailing(side)
    for i, price in enumerate(path):
        said = asking.at(60.0 + i, mark=2000.0 + side * (price - 2000.0), volatility_bps=volatility_bps)
        assert said.kind == "hold"
    assert asking.m.stop == pytest.approx(2000.0 + side * (stop - 2000.0), abs=1e-9, rel=0)


def test_a_loosened_stop_is_tightened_to_the_raw_stop_again() -> None:
    asking = trailing()
    asking.at(60, mark=2030.0)
    assert asking.m.stop == pytest.approx(2020.0)
    asking.m.stop = 2012.0  # a human, or a relax
    for age_s, mark, stop in ((61, 2025.0, 2015.0), (62, 2023.0, 2015.0), (63, 2030.0, 2020.0)):
        assert asking.at(age_s, mark=mark).kind == "hold"
        assert asking.m.stop == pytest.approx(stop)


def test_a_loosened_stop_stands_while_the_raw_stop_is_looser() -> None:
    asking = trailing()
    asking.at(60, mark=2035.0)
    asking.at(61, mark=2026.0)
    asking.m.stop = 2018.0
    for age_s, mark in ((62, 2026.0), (63, 2028.0), (64, 2018.1)):
        assert asking.at(age_s, mark=mark).kind == "hold"
        assert asking.m.stop == 2018.0
    assert asking.at(65, mark=2018.0).trigger == "STAGE_STOP_HIT"


def test_the_lock_of_the_highest_stage_bounds_a_loosened_stop() -> None:
    asking = trailing()
    asking.at(60, mark=2020.0)
    asking.at(61, mark=2013.0)
    asking.m.stop = 1990.0
    assert asking.at(62, mark=2013.0).kind == "hold"
    assert asking.m.stop == asking.m.lock == 2010.0


def test_a_tightened_stop_stands_until_the_trail_overtakes_it() -> None:
    asking = trailing()
    asking.at(60, mark=2030.0)
    asking.m.stop = 2026.0
    asking.at(61, mark=2032.0)
    assert asking.m.stop == 2026.0
    assert asking.at(62, mark=2026.0).trigger == "STAGE_STOP_HIT"
    asking.at(63, mark=2037.0)
    assert asking.m.stop == pytest.approx(2027.0)


def test_a_stage_is_open_even_where_the_price_is_lost_meanwhile() -> None:
    asking = trailing()
    asking.at(60, mark=2010.0)
    said = asking.at(61, mark=NAN, exit_price=NAN)
    assert (said.kind, said.missing[0], asking.m.stop) == ("blind", "level", pytest.approx(2005.0))


@pytest.mark.parametrize(
    ("seen", "named"),
    [
        ({}, "factor of the distance,"),
        ({"volatility_bps": NAN}, "factor of the distance, volatility unknown,"),
        ({"momentum": NAN}, "factor of the distance, momentum unknown,"),
        ({"momentum": NAN, "volatility_bps": NAN}, "factor of the distance, volatility and momentum unknown,"),
    ],
)
def test_the_readings_say_what_the_distance_does_not_know(seen: dict[str, float], named: str) -> None:
    reading = trailing().at(60, mark=2019.0, **seen).readings["factor"]
    assert (reading.name, reading.value) == (named, 1.0)


def test_before_the_first_stage_the_best_gain_is_shown() -> None:
    said = trailing().at(60, mark=2004.0)
    assert (said.kind, f"{said.readings['best']}") == ("hold", "best gain, first stage 20.0 against 50.0 bps")


def test_the_gauge_is_empty_at_the_entry_level_and_full_at_the_stop() -> None:
    asking = trailing(stages=(Stage(reached_bps=50.0, trail_bps=100.0, lock_bps=-25.0),))
    price = asking.at(60, mark=2010.0).readings["price"]
    assert price.limit == pytest.approx(1995.0)
    assert asking.at(61, mark=2000.0).readings["price"].nearness == pytest.approx(0.0)
    assert asking.at(62, mark=1995.0).readings["price"].nearness == pytest.approx(1.0)


def test_a_position_below_the_first_stage_has_no_line_in_the_chart() -> None:
    asking = trailing()
    assert asking.rule.overlay is not None
    asking.at(60, mark=2001.0)
    assert asking.rule.overlay(asking.p, asking.now, asking.pos, asking.m) == []
    asking.at(61, mark=2020.0)
    assert asking.rule.overlay(asking.p, asking.now, asking.pos, asking.m) == [
        ("trail, stage 2", pytest.approx(2010.0))
    ]
