"""Theta: each trigger is told with its own limit."""

from cockpit.exits.scale_free import SCALED
from tests.exits.rules.asking import Asking


def test_both_conditions_together_are_told_with_the_lower_limit() -> None:
    said = Asking("theta_decay").at(60, theta=-0.10, iv=0.17)
    assert (said.trigger, said.others) == ("COMBINED", ("IV_CRUSH",))
    assert said.because == "theta accelerating 0.050 against 0.050 points/min and volatility fell 15.00 against 10.00 %"


def test_scaled_costs_are_told_in_percent() -> None:
    said = Asking("theta_decay", basis=SCALED).at(60, theta=-90.0, iv=0.17)
    assert said.because == "ten minutes cost 1.25 against 1.20 % and volatility fell 15.00 against 10.00 %"


def test_the_nearest_trigger_is_the_one_whose_last_condition_is_nearest() -> None:
    said = Asking("theta_decay").at(300, theta=-0.10)
    assert said.because == "theta accelerating 0.050 against 0.080 points/min"


def test_a_worthless_premium_has_no_cost() -> None:
    said = Asking("theta_decay", basis=SCALED).at(60, mark=0.0)
    assert (said.kind, said.missing) == ("blind", ())
