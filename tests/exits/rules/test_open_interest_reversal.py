"""Open interest: the baseline, the last minutes of a contract, and nothing to divide by."""

import math

import pytest

from tests.exits.rules.asking import Asking

NAN = math.nan


def test_the_baseline_is_the_first_instant_at_which_both_sides_are_known() -> None:
    asking = Asking("open_interest_reversal", {"oi_own": NAN, "oi_other": 80_000.0})
    assert asking.at(0).missing == ("oi_own",)
    assert math.isnan(asking.m.other)
    assert asking.at(60, oi_own=90_000.0, oi_other=70_000.0).kind == "hold"
    assert (asking.m.own, asking.m.other, asking.m.highest) == (90_000.0, 70_000.0, 160_000.0)
    asking.at(120, oi_own=95_000.0)
    assert (asking.m.own, asking.m.other, asking.m.highest) == (90_000.0, 70_000.0, 165_000.0)


@pytest.mark.parametrize(("minutes", "kind"), [(90.1, "exit"), (90.0, "blind"), (1.0, "blind"), (-5.0, "blind")])
def test_the_last_minutes_of_a_contract_say_nothing(minutes: float, kind: str) -> None:
    asking = Asking("open_interest_reversal", expiry_blind_min=90.0)
    asking.at(0, expiry_t=55_800.0)
    said = asking.at(55_800.0 - 36_000.0 - minutes * 60.0, oi_own=50_000.0)
    assert (said.kind, said.missing) == (kind, ())


def test_without_the_limit_a_contract_is_looked_at_up_to_its_expiry_and_later() -> None:
    asking = Asking("open_interest_reversal")
    asking.at(0)
    assert asking.at(55_800.0 - 36_000.0, oi_own=50_000.0).trigger == "OI_UNWINDING"


def test_a_contract_that_never_expires_has_no_last_minutes() -> None:
    asking = Asking("open_interest_reversal", expiry_blind_min=90.0)
    asking.at(0, expiry_t=NAN)
    assert asking.at(60, oi_own=50_000.0).trigger == "OI_UNWINDING"


def test_growth_from_nothing_is_unknown() -> None:
    asking = Asking("open_interest_reversal", {"oi_other": 0.0})
    assert asking.at(0).kind == "hold"
    assert asking.at(60, oi_other=10.0).kind == "blind"
    assert asking.at(120, oi_other=0.0).kind == "hold"


def test_dominance_is_shown_only_where_it_can_be_lost() -> None:
    led = Asking("open_interest_reversal", {"oi_own": 110_000.0, "oi_other": 90_000.0})
    assert led.at(0).readings["behind"].nearness == pytest.approx(0.0)
    trailed = Asking("open_interest_reversal", {"oi_own": 90_000.0, "oi_other": 110_000.0})
    assert "behind" not in trailed.at(0).readings


def test_every_trigger_that_holds_is_named() -> None:
    asking = Asking("open_interest_reversal")
    asking.at(0)
    said = asking.at(60, oi_own=10_000.0, oi_other=130_000.0)
    assert (said.trigger, said.others) == ("OI_UNWINDING", ("DOMINANCE_FLIP", "OPPOSITE_BUILD"))
    assert said.because == "open interest fell 30.00 against 5.00 %"
