"""The longest time to hold."""

from tests.exits.rules.asking import Asking


def test_the_time_held_is_told_in_seconds() -> None:
    asking = Asking("holding_limit")
    assert asking.at(600).because == "held 600 against 1200 s"
    assert asking.at(1200.5).because == "held 1200 against 1200 s"
    assert asking.at(1201).because == "held 1201 against 1200 s"
