"""A part is taken once, in whole lots; all is wanted until it is gone."""

import pytest

from tests.exits.rules.asking import Asking

EXTREME = {"mark": 50.5, "rsi": 80.0}


@pytest.mark.parametrize(
    ("contracts", "lot", "fraction", "taken"),
    [(100, 1, 1.0, 100), (1, 1, 1.0, 1), (100, 1, 0.25, 25), (3, 1, 0.5, 1), (1, 1, 0.5, 0), (65, 65, 0.99, 0),
     (200, 65, 0.5, 65), (2, 1, 0.9999999999, 1)],
)  # fmt: skip
def test_the_share_is_in_whole_lots_and_never_the_last(
    contracts: float, lot: float, fraction: float, taken: float
) -> None:
    said = Asking("profit_extreme", {"contracts": contracts, "lot": lot}, fraction=fraction).at(60, **EXTREME)
    assert said.verdict is not None
    assert said.verdict.fraction * contracts == pytest.approx(taken)
    assert said.kind == ("exit" if taken else "adjust")


def test_a_part_has_one_turn() -> None:
    asking = Asking("profit_extreme", fraction=0.5)
    assert asking.at(60, **EXTREME).kind == "exit"
    assert asking.at(61).kind == "exit"
    asking.call("acted")
    assert asking.at(62).kind == "idle"


def test_a_whole_exit_is_wanted_until_it_is_gone() -> None:
    asking = Asking("profit_extreme")
    asking.at(60, **EXTREME)
    asking.call("acted")
    assert asking.at(61).kind == "exit"
