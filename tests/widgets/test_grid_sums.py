"""What the filter keeps, and the sums over it: unknown is left out of money and makes net Greeks unknown."""

from dataclasses import replace

from tests.widgets import frames
from widgets.grid import grid_filter
from widgets.grid.grid_sums import sums

ROW = replace(
    frames.positions()[0], underlying="NIFTY", side=1, contracts=10, multiplier=2.0, delta=0.5, theta=-3.0, pnl=40.0,
    expiry="2026-11-17",
)  # fmt: skip


def test_net_greeks_count_side_contracts_and_multiplier() -> None:
    found = sums([ROW, replace(ROW, side=-1, contracts=4)])
    assert (found.delta, found.theta, found.pnl, found.blind) == (6.0, -36.0, 80.0, 0)


def test_one_unknown_delta_makes_the_net_unknown_and_a_blind_one_is_left_out_of_money() -> None:
    found = sums([ROW, replace(ROW, delta=None, pnl=None)])
    assert (found.delta, found.pnl, found.blind) == (None, 40.0, 1)


def test_greeks_of_different_underlyings_are_not_added() -> None:
    assert sums([ROW, replace(ROW, underlying="SPX")]).delta is None


def test_filters_keep_what_they_say() -> None:
    lost, blind = replace(ROW, pnl=-1.0, underlying="SPX"), replace(ROW, pnl=None, expiry="2026-12-01")
    rows = (ROW, lost, blind)
    assert grid_filter.names(rows) == ("All", "NIFTY", "SPX", "Winners", "Losers", "Expiring today")
    assert grid_filter.names((ROW, blind))[1] == "Winners"
    kept = {name: [grid_filter.keeps(name, "2026-11-17")(row) for row in rows] for name in grid_filter.names(rows)}
    assert kept["All"] == [True, True, True]
    assert kept["SPX"] == [False, True, False]
    assert kept["Winners"] == [True, False, False]
    assert kept["Losers"] == [False, True, False]
    assert kept["Expiring today"] == [True, True, False]
