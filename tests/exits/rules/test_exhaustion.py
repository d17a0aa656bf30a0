"""Exhaustion: the position's own observations only, and words that say what turned."""

import pytest

from cockpit.exits.scale_free import SCALED
from tests.exits.rules.asking import Asking

OPENED = 36_000.0
BARS = {"delta": 0.2, "last_open": 50.0, "last_close": 51.0, "bar_open": 51.0, "bar_close": 50.0}


@pytest.mark.parametrize("field", ["mark_ago_t", "delta_ago_t"])
def test_a_divergence_is_not_seen_until_a_lookback_after_the_opening(field: str) -> None:
    asking = Asking("exhaustion")
    moved = {"mark": 53.0, "mark_ago_t": OPENED, "delta_ago_t": OPENED}
    before = asking.at(59.9, **{**moved, field: OPENED - 0.1})
    assert (before.kind, before.missing, before.because) == ("blind", (), "cannot see yet")
    assert asking.at(60, **{**moved, field: OPENED}).trigger == "DELTA_DIVERGENCE"


def test_other_triggers_use_market_history_older_than_the_position() -> None:
    asking = Asking("exhaustion")
    said = asking.at(1, gamma_high=0.02, gamma=0.004, mark_ago_t=OPENED - 60.0, delta_ago_t=OPENED - 60.0)
    assert said.trigger == "GAMMA_COLLAPSE"


@pytest.mark.parametrize(("begun", "kind"), [(OPENED - 0.1, "blind"), (OPENED, "exit"), (OPENED + 60.0, "exit")])
def test_both_bars_must_have_begun_since_the_opening(begun: float, kind: str) -> None:
    asking = Asking("exhaustion", {"opened_t": OPENED})
    assert asking.at(180, **BARS, last_t=begun, bar_t=begun + 60.0).kind == kind


def test_older_bars_do_not_matter_where_delta_is_large() -> None:
    assert Asking("exhaustion").at(1, **{**BARS, "delta": 0.3}, last_t=0.0, bar_t=60.0).kind == "hold"


def test_a_turned_bar_is_told_in_points() -> None:
    said = Asking("exhaustion").at(180, **BARS, last_t=OPENED, bar_t=OPENED + 60.0)
    assert said.because == (
        "last bar closed past the middle of the one before by 0.50 against 0.00 points and |delta| 0.200 against 0.300"
    )


def test_a_small_delta_alone_is_not_near_to_a_turn() -> None:
    said = Asking("exhaustion").at(180, delta=0.2)
    assert said.readings["delta"].trigger == 0
    assert not said.because.startswith("|delta|")


def test_a_gain_that_is_not_asked_for_is_not_shown() -> None:
    assert "gain" not in Asking("exhaustion").at(60).readings
    assert Asking("exhaustion", climax_min_gain_pct=1.0).at(60).readings["gain"].limit == 1.0
    assert Asking("exhaustion", basis=SCALED).at(60).readings["gain"].limit == 0.5


def test_scaled_gamma_is_shown_per_percent_of_the_underlying() -> None:
    said = Asking("exhaustion", basis=SCALED).at(60, gamma=0.0004, gamma_high=0.002)
    assert said.because == "highest gamma 0.4000 against 0.3000 /1 % and now gamma 0.0800 against 0.1000 /1 %"
