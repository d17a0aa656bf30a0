"""The staged trail over time: ratchet, a human's and a relaxed stop, and what its readings say."""

import math
import random

import pytest

from cockpit.exits.rules.staged_trailing_stop import STAGES, Stage
from cockpit.exits.view import OWN
from tests.exits.rules.asking import Asking

NAN = math.nan
LONG = {"entry": 2000.0, "basis": OWN}


def trailing(**params: object) -> Asking:
    asking = Asking("staged_trailing_stop", {**LONG}, **params)
    asking.look(volatility_bps=150.0, momentum=0.6)
    return asking


def by_formula(path: list[float], entry: float) -> list[float]:
    """exits.md 5, written out for a long: the most favourable of held stop, raw stop and lock."""
    best, held, made = -math.inf, -math.inf, list[float]()
    for price in path:
        gain = (price / entry - 1.0) * 1e4
        best = max(best, gain)
        stages = [s for s in STAGES if best >= s.reached_bps - 1e-9]
        if stages:
            held = max(held, gain - stages[-1].trail_bps, stages[-1].lock_bps)
        made.append(entry * (1.0 + held / 1e4))
    return made


@pytest.mark.parametrize("seed", range(5))
def test_the_held_stop_is_the_formula_along_any_path(seed: int) -> None:
    chance, path, price = random.Random(seed), list[float](), 2000.0
    for _ in range(400):
        price += chance.choice((-3.0, -1.0, 0.0, 1.0, 3.5))
        path.append(price)
    asking = trailing()
    for i, (price, stop) in enumerate(zip(path, by_formula(path, 2000.0), strict=True)):
        said = asking.at(60.0 + i, mark=price)
        if math.isinf(stop):
            assert math.isnan(asking.m.stop)
        else:
            assert asking.m.stop == pytest.approx(stop, abs=1e-9)
            assert (said.trigger == "STAGE_STOP_HIT") == (price <= stop + 1e-9)


def test_the_lock_is_a_price_of_the_gain_basis() -> None:
    asking = trailing()
    asking.at(60, mark=2009.0)
    assert math.isnan(asking.m.lock)
    asking.at(61, mark=2020.0)
    assert (asking.m.stage, asking.m.lock) == (2, 2010.0)


def test_a_loosened_stop_stays_until_the_trail_comes_to_new_ground() -> None:
    asking = trailing()
    asking.at(60, mark=2030.0)
    assert asking.m.stop == pytest.approx(2020.0)
    asking.m.stop = 2012.0  # a human, or a relax
    for age_s, mark in ((61, 2030.0), (62, 2025.0), (63, 2030.0)):
        assert asking.at(age_s, mark=mark).kind == "hold"
        assert asking.m.stop == 2012.0
    asking.at(64, mark=2030.5)
    assert asking.m.stop == pytest.approx(2020.5)


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
    assert (said.kind, f"{said.readings['best']}") == ("hold", "best gain, first stage 20.00 against 50.00 bps")


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
