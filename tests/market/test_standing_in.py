"""A live feed that gives no Greeks of a contract for their limit: ours stand in, are labelled, and give way again."""

from collections import Counter

import pytest

from cockpit.events import Quoted
from cockpit.market.contract import Contract
from cockpit.market.terms import LIVE, MODELLED
from cockpit.market.underlying import Underlying
from cockpit.market.view import Market
from cockpit.pricing.black76 import greeks
from cockpit.pricing.implied_volatility import implied_volatility
from tests.market_of import option, share

T, WEEK = 36_000.0, 7 * 86_400.0
YEARS = WEEK / 31_536_000.0
GIVEN = {"iv": 0.2, "delta": 0.5, "gamma": 0.002, "theta": -9.0, "vega": 11.0}


class Live:
    """A contract of a live session; its quote stands and is said again every second."""

    def __init__(self) -> None:
        self.under = Underlying("NIFTY", bars_per_session=375, interval_s=0.0, ohlc=False, price_limit_s=5.0)
        self.contract = Contract(option("C", "C"), LIVE, self.under)
        self.contract.view.expiry_t = T + WEEK
        self._refused = Counter[str]()

    def row(self, t: float, **columns: float) -> Market:
        self.under.observe(T + t, 20_050.0)
        row = Quoted("C", 0, 249.5, 250.5)._replace(**columns)
        self.contract.apply(row, T + t, self._refused, self._refused)
        self.contract.settle(T + t)
        self.contract.refresh(T + t)
        return self.contract.view

    def moves(self, t: float, price: float) -> Market:
        self.under.observe(T + t, price)
        self.contract.settle_forward(T + t)
        self.contract.refresh(T + t)
        return self.contract.view


def test_until_their_limit_has_passed_they_are_unknown() -> None:
    live = Live()
    for t in range(31):
        now = live.row(t)
        assert now.delta != now.delta
        assert live.contract.models == frozenset()


def test_then_all_of_them_are_modelled_and_labelled() -> None:
    live = Live()
    live.row(0)
    now = live.row(31)
    assert live.contract.models == frozenset(MODELLED)
    years = YEARS - 31 / 31_536_000.0
    iv = implied_volatility(250.0, 20_050.0, 20_000.0, years, True)
    assert iv is not None
    expected = greeks(20_050.0, 20_000.0, years, iv, True)
    assert (now.iv, now.delta, now.gamma, now.theta) == pytest.approx((iv, *expected[:3]))
    assert live.contract.vega == pytest.approx(expected[3])


def test_they_follow_the_underlying() -> None:
    live = Live()
    live.row(0)
    before = live.row(31).delta
    assert live.moves(31.5, 20_150.0).delta != before


def test_a_contract_without_a_row_is_not_modelled() -> None:
    live = Live()
    now = live.moves(40, 20_050.0)
    assert now.delta != now.delta
    assert live.contract.models == frozenset()


@pytest.mark.parametrize("given", [GIVEN, {"delta": 0.5}])
def test_they_give_way_as_soon_as_the_feed_gives_some(given: dict[str, float]) -> None:
    live = Live()
    live.row(0)
    live.row(31)
    now = live.row(32, **given)
    assert now.delta == 0.5
    assert live.contract.models == frozenset()
    assert live.moves(32.5, 20_150.0).delta == 0.5


def test_what_is_given_is_not_compared_with_what_was_modelled() -> None:
    live = Live()
    for t in range(119):
        live.row(t)
    now = live.row(119)
    assert now.delta_ago == now.delta_ago
    now = live.row(120, **GIVEN)
    assert now.mark_ago == 250.0
    assert (now.delta_ago, now.theta_ago, now.gamma_high) == pytest.approx(
        (float("nan"), float("nan"), 0.002), nan_ok=True
    )
    for t in range(121, 181):
        live.row(t, **GIVEN)
    now = live.row(181, **GIVEN)
    assert (now.delta_ago, now.theta_ago) == (0.5, -9.0)


def test_greeks_that_stop_coming_are_modelled_after_their_limit() -> None:
    live = Live()
    live.row(0, **GIVEN)
    assert live.row(30).delta == 0.5
    assert live.row(31).delta != 0.5
    assert "delta" in live.contract.models


def test_a_share_has_no_model() -> None:
    under = Underlying("S", bars_per_session=375, interval_s=0.0, ohlc=False)
    assert Contract(share(), LIVE, under).models == frozenset()
