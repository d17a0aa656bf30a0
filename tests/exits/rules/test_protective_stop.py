"""The protective stop: where it stands at entry, after a join, and under a human's hand."""

import math
from typing import Any

import pytest

from cockpit.exits.scale_free import SCALED
from cockpit.exits.view import ENTRY, OWN, UNDERLYING
from tests.exits.rules.asking import Asking

NAN = math.nan


def join(asking: Asking, average: float) -> None:
    """An entry joined at another price; the engine has moved the average, and with it the level's entry."""
    asking.at(1)
    asking.pos.entry = average
    if asking.pos.basis == ENTRY:
        asking.pos.level_entry = average
    asking.call("joined")
    asking.at(2)


@pytest.mark.parametrize(
    ("side", "average", "stop"),
    [(1.0, 52.0, 39.0), (1.0, 48.0, 37.5), (1.0, 50.0, 37.5), (-1.0, 48.0, 60.0), (-1.0, 52.0, 62.5)],
)
def test_a_joined_entry_moves_it_only_when_that_is_tighter(side: float, average: float, stop: float) -> None:
    asking = Asking("protective_stop", {"side": side})
    join(asking, average)
    assert asking.m.stop == pytest.approx(stop, abs=1e-9)
    assert asking.m.initial == pytest.approx(stop, abs=1e-9)


def test_scaled_keeps_the_distance_of_the_entry() -> None:
    asking = Asking("protective_stop", {"noise_at_entry": 4.0}, basis=SCALED)
    assert asking.m.stop == pytest.approx(34.0, abs=1e-9)
    asking.pos.noise_at_entry = 1.0
    join(asking, 52.0)
    assert asking.m.stop == pytest.approx(36.0, abs=1e-9)
    assert asking.m.distance == pytest.approx(16.0, abs=1e-9)


@pytest.mark.parametrize("basis", [OWN, UNDERLYING])
def test_on_the_other_bases_a_join_leaves_it(basis: int) -> None:
    asking = Asking("protective_stop", {"basis": basis}, stop_pct=NAN, stop_bps=100.0)
    held = asking.m.stop
    join(asking, 60.0)
    assert asking.m.stop == held


def test_a_stop_that_was_brought_stays_and_the_initial_one_is_known() -> None:
    asking = Asking("protective_stop", {"level_entry": NAN})
    asking.m.stop = 49.0
    asking.pos.level_entry = 50.0
    assert asking.at(60, mark=49.5).kind == "hold"
    assert (asking.m.stop, asking.m.initial) == (49.0, 37.5)
    assert asking.at(61, mark=49.0).trigger == "STOP_HIT"


def test_a_human_may_loosen_it() -> None:
    asking = Asking("protective_stop")
    asking.m.stop = 30.0
    assert asking.at(60, mark=37.0).kind == "hold"
    assert asking.at(61, mark=30.0).trigger == "STOP_HIT"


def test_a_join_does_not_undo_a_humans_hand_where_the_entry_mark_stays() -> None:
    asking = Asking("protective_stop", {"basis": OWN}, stop_pct=NAN, stop_bps=100.0)
    asking.m.stop = 48.0
    join(asking, 60.0)
    assert asking.m.stop == 48.0


def test_it_stands_from_the_first_instant_at_which_its_basis_is_known() -> None:
    position: dict[str, Any] = {"basis": UNDERLYING, "entry_underlying": NAN, "level_entry": NAN}
    asking = Asking("protective_stop", position, stop_pct=NAN, stop_bps=100.0)
    said = asking.at(1, underlying=NAN)
    assert (said.kind, said.missing) == ("blind", ("level",))
    asking.pos.level_entry = 20_000.0
    assert asking.at(2, underlying=20_000.0).kind == "hold"
    assert asking.m.stop == 19_800.0


def test_the_gauge_is_empty_at_the_entry_and_full_at_the_stop() -> None:
    asking = Asking("protective_stop")
    assert asking.at(1).readings["price"].nearness == pytest.approx(0.0)
    said = asking.at(2, mark=37.5)
    assert said.readings["price"].nearness == pytest.approx(1.0)
    assert said.because == "stop reached: premium 37.50 against 37.50 points"


def test_the_exit_side_is_named_where_it_stands_in() -> None:
    said = Asking("protective_stop").at(1, mark=NAN, exit_price=40.0)
    assert said.because == "exit side 40.00 against 37.50 points"


def test_the_underlying_is_named_where_it_is_the_level() -> None:
    asking = Asking("protective_stop", {"basis": UNDERLYING}, stop_pct=NAN, stop_bps=100.0)
    assert asking.at(1).because == "underlying 20000.00 against 19800.00 points"


def test_its_level_is_drawn_once_it_stands() -> None:
    asking = Asking("protective_stop")
    assert asking.rule.overlay is not None
    levels = asking.rule.overlay(asking.p, asking.now, asking.pos, asking.m)
    assert [(x.name, x.price) for x in levels] == [("stop", 37.5)]
    assert asking.rule.overlay(asking.p, asking.now, asking.pos, asking.rule.Memory()) == []
