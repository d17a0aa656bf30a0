"""The simulator's figures are those of the recorded days that its constants were taken from."""

import time
from collections.abc import Callable
from datetime import time as clock
from pathlib import Path

import numpy as np
import pytest

from cockpit.feeds.recording import load
from cockpit.feeds.simulated_path import Day, walk
from cockpit.feeds.simulator import simulate
from tests.feeds.chain_figures import Figures, figures

HOUR = 3600.0
NOON, LATE = (2 * HOUR, 5 * HOUR), (5.25 * HOUR, 6.1 * HOUR)
SEEDS = (7, 8, 9)
NSE = ("in_nifty_20260818_1m", "NIFTY")
RECORDED = (NSE, ("us_spxw_20210104_1m", "SPX"), ("us_goog_20151224_1m", "GOOG"))


def read(folder: Path, name: str, underlying: str, until_s: float = np.inf) -> Figures:
    return figures(load(folder / f"{name}.parquet", now_ns=time.time_ns()), underlying, until_s=until_s)


@pytest.fixture(scope="module")
def nifty(recordings: Path) -> Figures:
    return read(recordings, *NSE)


@pytest.fixture(scope="module")
def banknifty(recordings: Path) -> Figures:
    """Without its last quarter of an hour, whose quotes are those of what has expired."""
    return read(recordings, "in_banknifty_20190829_snap15m", "BANKNIFTY", 6.1 * HOUR)


@pytest.fixture(scope="module")
def simulated() -> list[Figures]:
    """Ordinary days from 10:43 on, as NIFTY's was recorded, without any scenes."""
    days = [Day(seed=seed, begin=clock(15, 20), minutes=10, history_min=277) for seed in SEEDS]
    return [figures(simulate(walk(day)), "NIFTY", until_s=365 * 60.0) for day in days]


def over(simulated: list[Figures], figure: Callable[[Figures], float]) -> float:
    """The figure's mean over the days."""
    return float(np.mean([figure(one) for one in simulated]))


def alike(nifty: Figures, simulated: list[Figures], figure: Callable[[Figures], float], rel: float) -> None:
    found, wanted = over(simulated, figure), figure(nifty)
    assert found == pytest.approx(wanted, rel=rel), f"simulated {found:.4g}, recorded {wanted:.4g}"


# --- volatility that options are priced for


@pytest.mark.parametrize("expiry", [0, 1])
@pytest.mark.parametrize("hour", [1.6, 3.0, 4.25, 5.3])
def test_deviation_to_expiry(nifty: Figures, simulated: list[Figures], expiry: int, hour: float) -> None:
    span = (hour * HOUR, (hour + 0.7) * HOUR)
    alike(nifty, simulated, lambda f: f.part(expiry, *span).deviation_bps(), 0.06)


@pytest.mark.parametrize(("expiry", "away"), [(0, x) for x in (-5, -3, -2, -1, 1, 2, 3, 5)] + [(1, -1), (1, 1)])
def test_smile(nifty: Figures, simulated: list[Figures], expiry: int, away: float) -> None:
    alike(nifty, simulated, lambda f: f.part(expiry, *NOON).smile(away), 0.06)


# --- volume and open interest

BANDS = ((0, 1), (2, 3), (4, 5), (-1, -1), (-3, -2))


@pytest.mark.parametrize("band", BANDS)
def test_volume_today(nifty: Figures, simulated: list[Figures], band: tuple[float, float]) -> None:
    alike(nifty, simulated, lambda f: f.part(0, *NOON).mean("volume", *band), 0.3)


@pytest.mark.parametrize("band", [(0, 1), (2, 5), (6, 8), (-2, -1), (-5, -3)])
def test_volume_a_week_later(nifty: Figures, simulated: list[Figures], band: tuple[float, float]) -> None:
    alike(nifty, simulated, lambda f: f.part(1, *NOON).mean("volume", *band), 0.4)


def test_it_is_busier_before_the_close(nifty: Figures, simulated: list[Figures]) -> None:
    alike(
        nifty, simulated, lambda f: f.part(0, *LATE).mean("volume", 0, 1) / f.part(0, *NOON).mean("volume", 0, 1), 0.3
    )


@pytest.mark.parametrize("expiry", [0, 1])
@pytest.mark.parametrize("band", [(0, 1), (2, 5), (6, 8), (-2, -1)])
def test_open_interest(
    nifty: Figures, simulated: list[Figures], expiry: int, band: tuple[float, float]
) -> None:  # fmt: skip
    alike(nifty, simulated, lambda f: f.part(expiry, *NOON).mean("open_interest", *band), 0.4)


@pytest.mark.parametrize("expiry", [0, 1])
def test_flow_of_open_interest(nifty: Figures, simulated: list[Figures], expiry: int) -> None:
    alike(nifty, simulated, lambda f: f.part(expiry, *NOON).call_share(), 0.1)
    alike(nifty, simulated, lambda f: f.part(expiry, *NOON).flow(), 0.2)
    alike(nifty, simulated, lambda f: f.part(expiry, *NOON).changing("open_interest", 4), 0.25)


def test_open_interest_builds_and_unwinds(nifty: Figures, simulated: list[Figures]) -> None:
    def later(f: Figures) -> float:
        return f.part(1, *NOON).build_pct()

    def leaving(f: Figures) -> float:
        return f.part(0, 5.5 * HOUR, 6.1 * HOUR).build_pct()

    assert over(simulated, later) == pytest.approx(later(nifty), abs=4.0)
    assert over(simulated, leaving) == pytest.approx(leaving(nifty), abs=8.0)


# --- quotes


@pytest.mark.parametrize("span", [(0.5, 2), (2, 5), (5, 10), (10, 20), (20, 50), (50, 100), (100, 200)])
def test_spread_today(banknifty: Figures, simulated: list[Figures], span: tuple[float, float]) -> None:
    alike(banknifty, simulated, lambda f: f.part(0).spread_pct(*span), 0.4)


@pytest.mark.parametrize("span", [(20, 50), (50, 100), (100, 200), (200, 400)])
def test_spread_a_week_later(banknifty: Figures, simulated: list[Figures], span: tuple[float, float]) -> None:
    alike(banknifty, simulated, lambda f: f.part(1).spread_pct(*span), 0.4)


def test_spreads_are_no_wider_than_abroad(recordings: Path, simulated: list[Figures]) -> None:
    for name, underlying in RECORDED[1:]:
        abroad = read(recordings, name, underlying)
        for span in ((5, 10), (10, 20)):
            assert over(simulated, lambda f, s=span: f.part(0).spread_pct(*s)) < abroad.part(0).spread_pct(*span)


def test_near_the_money_something_happens_every_minute(
    recordings: Path, nifty: Figures, simulated: list[Figures]
) -> None:
    spxw = read(recordings, *RECORDED[1])
    for expiry in (0, 1):
        alike(nifty, simulated, lambda f, e=expiry: f.part(e, *NOON).trading(4), 0.05)
        alike(nifty, simulated, lambda f, e=expiry: f.part(e, *NOON).changing("last", 3), 0.05)
        assert over(simulated, lambda f, e=expiry: f.part(e).changing("bid", 3)) >= spxw.part(expiry).changing("bid", 3)


# --- the underlying


def test_volatility_and_its_wandering(nifty: Figures, simulated: list[Figures]) -> None:
    alike(nifty, simulated, Figures.volatility_bps, 0.2)
    assert over(simulated, Figures.wandering) == pytest.approx(nifty.wandering(), abs=0.12)


def test_tails_and_jumps_are_within_those_of_the_recorded_days(recordings: Path, simulated: list[Figures]) -> None:
    days = [read(recordings, name, underlying) for name, underlying in RECORDED]
    kurtoses, jumps = [day.kurtosis() for day in days], [day.jumps() for day in days]
    assert min(kurtoses) * 0.8 <= over(simulated, Figures.kurtosis) <= max(kurtoses)
    assert min(jumps) <= over(simulated, Figures.jumps) <= max(jumps)
    assert over(simulated, Figures.jumps) > 0.0
