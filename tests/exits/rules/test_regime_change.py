"""Regimes over time: once per transition, whatever fills late, and what half of a position is."""

import math

import pytest

from cockpit.exits.rules.regime_change import alert, half
from cockpit.market.view import PANIC, RANGE, TREND, TREND_DOWN, TREND_UP, UNKNOWN
from tests.exits.rules.asking import Asking

NAN = math.nan


def in_regime(regime: int, **position: float) -> Asking:
    asking = Asking("regime_change", position)
    asking.at(0, regime=regime)
    return asking


def test_it_acts_once_per_transition() -> None:
    asking = in_regime(TREND_UP)
    assert asking.at(60, regime=PANIC).kind == "adjust"
    asking.call("acted")
    assert asking.at(61).kind == "hold"
    assert asking.at(62, regime=RANGE).because == "panic became range, gain 0.0 against 50.0 bps"
    asking.call("acted")
    assert asking.at(63).kind == "hold"
    assert asking.at(64, regime=PANIC).trigger == "REGIME_PANIC"


def test_a_verdict_that_was_not_carried_out_keeps_its_turn() -> None:
    asking = in_regime(RANGE)
    for age_s in (60, 61, 3600):
        assert asking.at(age_s, regime=TREND_DOWN).trigger == "REGIME_OPPOSED"


def test_a_half_that_fills_after_the_next_change_does_not_use_up_that_one() -> None:
    asking = in_regime(TREND_UP)
    assert asking.at(60, regime=RANGE, mark=51.0).trigger == "REGIME_RANGE"
    asking.look(61, regime=PANIC)  # the row has been applied, the fill comes before the evaluation
    asking.call("acted")
    said = asking.at(61)
    assert said.trigger == "REGIME_PANIC"
    assert said.verdict is not None
    assert (said.verdict.confidence, said.verdict.fraction) == (0.90, 1.0)


def test_acting_while_nothing_has_fired_changes_nothing() -> None:
    asking = in_regime(TREND_UP)
    asking.call("acted")
    assert asking.m.reference == TREND_UP


def test_a_trend_of_unknown_direction_out_of_a_panic_uses_its_turn() -> None:
    asking = in_regime(PANIC)
    assert asking.at(60, regime=TREND).trigger == "REGIME_TREND"
    asking.call("acted")
    assert asking.m.reference == TREND
    assert asking.at(61).kind == "hold"
    assert asking.at(62, regime=RANGE).trigger == "REGIME_RANGE"


def test_an_unknown_gain_decides_once_it_is_known() -> None:
    asking = in_regime(TREND_UP)
    said = asking.at(60, regime=PANIC, mark=NAN)
    assert (said.kind, said.because) == ("blind", "cannot see gain")
    assert asking.at(61, mark=51.0).kind == "exit"


@pytest.mark.parametrize(
    ("contracts", "lot", "left"),
    [(1, 1, 1), (2, 1, 1), (3, 1, 2), (100, 1, 50), (65, 65, 65), (130, 65, 65), (195, 65, 130), (200, 65, 135),
     (0.3, 0.1, 0.2), (0.4, 0.1, 0.2)],
)  # fmt: skip
def test_half_is_whole_lots_and_never_the_last(contracts: float, lot: float, left: float) -> None:
    pos = in_regime(TREND_UP, contracts=contracts, lot=lot).pos
    assert contracts * (1.0 - half(pos)) == pytest.approx(left)


def test_a_half_that_rounds_to_nothing_uses_its_turn() -> None:
    asking = in_regime(TREND_UP, contracts=1.0)
    said = asking.at(60, regime=RANGE, mark=51.0)
    assert said.kind == "adjust"
    assert said.verdict is not None
    assert math.isnan(said.verdict.stop)
    assert said.verdict.shift_bps == 0.0
    asking.call("acted")
    assert asking.at(61).kind == "hold"


@pytest.mark.parametrize(
    ("reference", "regime", "alerts"),
    [(RANGE, TREND, True), (PANIC, TREND, False), (TREND_UP, TREND, False), (TREND, TREND, False),
     (RANGE, TREND_UP, False), (RANGE, UNKNOWN, False)],
)  # fmt: skip
def test_only_a_range_that_becomes_one_of_unknown_direction_alerts(reference: int, regime: int, alerts: bool) -> None:
    asking = in_regime(reference)
    asking.at(60, regime=regime)
    said = alert(asking.p, asking.now, asking.pos, asking.m)
    assert bool(said) == alerts
