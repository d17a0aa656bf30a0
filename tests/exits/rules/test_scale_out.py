"""The tranche: whole lots, once, and the sign of fading that is shown."""

import math

import pytest

from cockpit.exits.rules.scale_out import contracts_to_take
from cockpit.exits.scale_free import SCALED
from tests.exits.rules.asking import Asking

NAN = math.nan


@pytest.mark.parametrize(
    ("contracts", "lot", "taken"),
    [(1, 1, 0), (2, 1, 1), (3, 1, 1), (4, 1, 2), (5, 1, 3), (10, 1, 6), (100, 1, 60), (65, 65, 0), (64, 65, 0),
     (130, 65, 65), (195, 65, 65), (200, 65, 65), (325, 65, 195), (0.3, 0.1, 0.1), (0.5, 0.1, 0.3)],
)  # fmt: skip
def test_whole_lots_are_taken_and_never_the_last(contracts: float, lot: float, taken: float) -> None:
    asking = Asking("scale_out", {"contracts": contracts, "lot": lot})
    assert contracts_to_take(asking.p, asking.pos) == pytest.approx(taken)


def test_it_has_one_turn() -> None:
    asking = Asking("scale_out")
    assert asking.at(60, mark=50.8, gamma=0.004).trigger == "FIRST_IMPULSE"
    assert asking.at(61).trigger == "FIRST_IMPULSE"
    asking.call("acted")
    said = asking.at(62)
    assert (said.kind, said.verdict) == ("idle", None)


def test_one_lot_only_moves_its_stop() -> None:
    said = Asking("scale_out", {"contracts": 1.0}).at(60, mark=50.8, gamma=0.004)
    assert said.kind == "adjust"
    assert said.verdict is not None
    assert (said.verdict.fraction, said.verdict.stop) == (0.0, pytest.approx(50.3))


@pytest.mark.parametrize(
    ("seen", "sign"),
    [
        ({"gamma": 0.004}, "gamma 0.0040 against 0.0050"),
        ({"gamma": 0.012, "volume_ratio": 0.4}, "volume ratio 0.40 against 0.50 x"),
        ({"gamma": 0.004, "volume_ratio": 0.1}, "gamma 0.0040 against 0.0050"),
        ({"gamma": NAN, "volume_ratio": 0.4}, "volume ratio 0.40 against 0.50 x"),
        ({"gamma": 0.004, "volume_ratio": NAN}, "gamma 0.0040 against 0.0050"),
    ],
)
def test_the_sign_that_shows_it_is_told(seen: dict[str, float], sign: str) -> None:
    assert Asking("scale_out").at(60, mark=50.8, **seen).because == f"gain 1.60 against 0.80 % while {sign}"


def test_scaled_volume_that_was_never_high_is_not_the_sign() -> None:
    asking = Asking("scale_out", basis=SCALED)
    said = asking.at(60, mark=50.8, volume_ratio=0.1, volume_ratio_before=0.9)
    assert (said.kind, said.readings["sign"].name) == ("hold", "gamma")
    said = asking.at(61, volume_ratio_before=1.1)
    assert said.because == "gain 1.60 against 0.80 % while volume ratio 0.10 against 0.50 x"
