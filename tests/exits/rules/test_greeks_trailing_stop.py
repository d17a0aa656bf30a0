"""The trail: halved once, Greeks that come and go, and a human's stop."""

import math

import pytest

from cockpit.exits.scale_free import SCALED
from tests.exits.rules.asking import Asking

NAN = math.nan
STRONG = {"delta": 0.65, "delta_ago": 0.65, "gamma": 0.012}  # factor 1.2 of 0.80


def test_a_warning_halves_the_distance_once() -> None:
    asking = Asking("greeks_trailing_stop")
    asking.at(60, mark=52.0, **STRONG)
    assert asking.m.stop == pytest.approx(51.04)
    asking.call("warned")
    asking.at(61)
    assert asking.m.stop == pytest.approx(51.52)
    asking.call("warned")
    asking.at(62)
    assert asking.m.stop == pytest.approx(51.52)


def test_a_warning_before_it_is_armed_is_not_remembered() -> None:
    asking = Asking("greeks_trailing_stop")
    asking.at(1)
    asking.call("warned")
    asking.at(60, mark=52.0, **STRONG)
    assert asking.m.stop == pytest.approx(51.04)


def test_half_a_distance_is_at_least_a_tick_too() -> None:
    asking = Asking("greeks_trailing_stop", base_points=0.06)
    asking.at(60, mark=52.0, **STRONG)
    assert asking.m.stop == pytest.approx(52.0 - 0.072)
    asking.call("warned")
    asking.at(61)
    assert asking.m.stop == pytest.approx(51.95)


def test_after_greeks_were_known_the_stop_stands_while_they_are_gone_and_follows_again_after() -> None:
    asking = Asking("greeks_trailing_stop")
    asking.at(60, mark=52.0, **STRONG)
    asking.at(61, mark=60.0, delta=NAN)
    assert asking.m.stop == pytest.approx(51.04)
    asking.at(62, delta=0.65, gamma=NAN)
    assert asking.m.stop == pytest.approx(51.04)
    asking.at(63, gamma=0.012)
    assert asking.m.stop == pytest.approx(59.04)


def test_factor_one_stands_in_until_greeks_are_known_for_the_first_time() -> None:
    asking = Asking("greeks_trailing_stop", basis=SCALED)
    for age_s, mark in ((60, 51.0), (61, 52.0), (62, 53.0)):
        asking.at(age_s, mark=mark, delta=NAN, delta_ago=NAN, gamma=NAN)
        assert asking.m.stop == pytest.approx(mark * 0.99)
    said = asking.at(63)
    assert said.readings["factor"] == ("factor of the distance, delta or gamma unknown,", 1.0, 1.0, "x", 1, 0,
                                       pytest.approx(NAN, nan_ok=True), 2)  # fmt: skip


def test_it_goes_on_from_a_stop_that_a_human_set() -> None:
    asking = Asking("greeks_trailing_stop")
    asking.at(60, mark=52.0, **STRONG)
    asking.m.stop = 49.0
    assert asking.at(61, mark=49.9).kind == "hold"
    assert asking.m.stop == 49.0
    asking.at(62, mark=51.0)
    assert asking.m.stop == pytest.approx(50.04)


def test_an_unarmed_trail_watches_nothing() -> None:
    asking = Asking("greeks_trailing_stop")
    asking.m.stop = 49.0
    assert asking.at(60, mark=45.0).kind == "hold"
    assert asking.rule.overlay is not None
    assert asking.rule.overlay(asking.p, asking.now, asking.pos, asking.m) == []


def test_its_level_is_drawn_once_it_is_armed() -> None:
    asking = Asking("greeks_trailing_stop")
    said = asking.at(60, mark=52.0, **STRONG)
    assert said.because == "premium 52.00 against 51.04 points"
    assert asking.rule.overlay is not None
    levels = asking.rule.overlay(asking.p, asking.now, asking.pos, asking.m)
    assert [(x.name, x.price) for x in levels] == [("trail", pytest.approx(51.04))]


def test_what_is_missing_to_arm_is_shown() -> None:
    flat = Asking("greeks_trailing_stop").at(1)
    assert [f"{r}" for r in flat.readings.values()] == [
        "gain, to arm 0.00 against 0.50 %", "|delta|, to arm 0.550 against 0.600",
    ]  # fmt: skip
    rising = Asking("greeks_trailing_stop").at(1, delta=0.56)
    assert rising.readings["delta"].limit == 0.5
    scaled = Asking("greeks_trailing_stop", basis=SCALED).at(1)
    assert f"{scaled.readings['gain']}" == "gain, to arm 0.00 against 0.50 points"
