"""What has turned stays turned, and what has not is shown as context only."""

from tests.exits.rules.asking import Asking


def test_once_with_the_position_it_may_leave_at_any_later_reversal() -> None:
    asking = Asking("momentum_reversal")
    assert asking.at(1, momentum=0.1).kind == "hold"
    assert asking.at(2, momentum=-0.1).kind == "hold"
    said = asking.at(3, momentum=-0.3)
    assert said.because == "momentum on our side -0.30 against -0.20"
    assert asking.at(4, momentum=-0.25).kind == "exit"


def test_momentum_that_was_never_with_the_position_is_no_gauge() -> None:
    asking = Asking("momentum_reversal")
    said = asking.at(1, momentum=-0.19)
    assert (said.kind, said.readings["momentum"].trigger) == ("hold", 0)
    asking.at(2, momentum=0.0)
    reading = asking.at(3, momentum=-0.19).readings["momentum"]
    assert reading.trigger == 1
    assert 0.9 < reading.nearness < 1.0
