"""Lunch and close: what is shown, and nothing where neither matters."""

import pytest

from cockpit.exits.rules.session_cutoff import EXPIRY_DAY, NEVER
from tests.exits.rules.asking import Asking

TEN = 36_000.0


def test_the_clock_is_shown_in_minutes_to_go() -> None:
    asking = Asking("session_cutoff")
    said = asking.at(0, lunch_t=41_400.0)
    assert said.because == "time to lunch 90.0 against 5.0 min"
    assert said.readings["lunch"].margin == pytest.approx(85.0)
    assert said.readings["close"].value == pytest.approx(330.0)
    said = asking.at(41_400.0 - 240.0 - TEN)
    assert said.because == "time to lunch 4.0 against 5.0 min"
    said = asking.at(41_400.0 - TEN)
    assert "lunch" not in said.readings
    assert said.because == "time to the close 240.0 against 15.0 min"


def test_what_does_not_matter_is_not_shown() -> None:
    assert Asking("session_cutoff", lunch=False, close_on=NEVER).at(0, lunch_t=41_400.0).readings == {}
    weekly = Asking("session_cutoff", close_on=EXPIRY_DAY)
    assert weekly.at(0, expiry_t=86_400.0 + 55_800.0).readings == {}
    assert set(weekly.at(0, expiry_t=55_800.0).readings) == {"close"}


def test_an_expired_contract_that_is_still_held_wants_to_leave_before_the_next_close() -> None:
    asking = Asking("session_cutoff", close_on=EXPIRY_DAY)
    tomorrow = {"close_t": 86_400.0 + 55_800.0, "expiry_t": 55_800.0}
    assert asking.at(86_400.0 + 54_899.0 - TEN, **tomorrow).kind == "hold"
    assert asking.at(86_400.0 + 54_900.0 - TEN, **tomorrow).trigger == "MARKET_CLOSE"


def test_both_at_once_report_lunch_first() -> None:
    said = Asking("session_cutoff").at(41_100.0 - TEN, lunch_t=41_400.0, close_t=41_400.0)
    assert (said.trigger, said.others) == ("LUNCH", ("MARKET_CLOSE",))
