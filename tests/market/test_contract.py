"""One contract's quote, what is believed of it, its Greeks and bars, and until when a view of it stands."""

import copy
from collections import Counter
from dataclasses import fields
from math import inf, isnan, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.events import Quoted
from cockpit.market.contract import GREEKS, QUOTE, VOLUME, Contract
from cockpit.market.terms import MODELLED, Terms, terms_for_replay
from cockpit.market.underlying import Underlying
from cockpit.market.view import Market
from cockpit.pricing.black76 import greeks, price
from tests.market_of import option, share

T = 36_000.0  # ten in the morning
WEEK = 7 * 86_400.0
GIVEN = frozenset(MODELLED)


class Watching:
    """A contract and its underlying, row by row."""

    def __init__(self, columns: frozenset[str] = GIVEN, **terms: Any) -> None:
        self.terms = terms_for_replay(1.0, has_quotes=True, columns=columns) if not terms else Terms(**terms)
        self.under = Underlying(
            "NIFTY", bars_per_session=375, interval_s=1.0, ohlc=False, price_limit_s=self.terms.underlying_limit_s
        )
        self.contract = Contract(option("C", "C"), self.terms, self.under)
        self.contract.view.expiry_t = T + WEEK
        self.quotes, self.greeks = Counter[str](), Counter[str]()

    def row(self, t: float, bid: float | None = None, ask: float | None = None, **columns: float | None) -> Market:
        """One row `t` seconds on, and the view at that instant."""
        row = Quoted("C", 0, bid, ask)._replace(**columns)
        self.contract.apply(row, T + t, self.quotes, self.greeks)
        self.contract.settle(T + t)
        return self.at(t)

    def moves(self, t: float, price: float) -> Market:
        """The underlying moves, and no row of the contract comes."""
        self.under.observe(T + t, price)
        self.contract.settle_forward(T + t)
        return self.at(t)

    def at(self, t: float) -> Market:
        """The view `t` seconds on."""
        self.contract.refresh(T + t)
        return self.contract.view


# ---------------------------------------------------------------- the mark


def test_the_mark_is_mid() -> None:
    assert Watching().row(0, 49.9, 50.1).mark == 50.0


def test_bid_equal_to_ask_is_uncrossed() -> None:
    assert Watching().row(0, 50.0, 50.0).mark == 50.0


def test_a_spread_of_a_quarter_of_mid_is_not_too_wide() -> None:
    watching = Watching()
    assert watching.row(0, 7.0, 9.0).mark == 8.0
    assert isnan(watching.row(1, 7.0, 9.01).mark)
    assert watching.contract.why == "spread wider than 25 % of mid"
    assert watching.contract.executable(-1.0, T + 1) == 7.0, "one can still leave there"


@pytest.mark.parametrize(
    ("bid", "ask", "why", "counted"),
    [
        (0.0, 50.1, "no bid", {}),
        (49.9, 0.0, "no ask", {}),
        (None, 50.1, "no bid", {}),
        (49.9, None, "no ask", {}),
        (0.0, 0.0, "not quoted", {}),
        (50.2, 50.1, "bid above ask", {"crossed": 1}),
        (nan, 50.1, "no bid", {"bid_nan": 1}),
        (49.9, inf, "no ask", {"ask_infinite": 1}),
        (-1.0, 50.1, "no bid", {"bid_no_data": 1}),
        (-2.0, nan, "not quoted", {"bid_negative": 1, "ask_nan": 1}),
    ],
)
def test_a_side_that_is_null_zero_or_refused_is_not_quoted_and_last_is_no_stand_in(
    bid: float | None, ask: float | None, why: str, counted: dict[str, int]
) -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1, last=50.0)
    assert isnan(watching.row(1, bid, ask, last=50.0).mark)
    assert (watching.contract.why, watching.quotes) == (why, counted)


def test_the_pair_is_replaced_together() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    watching.row(1, 49.8, None)
    assert watching.contract.executable(-1.0, T + 1) == 49.8
    assert watching.contract.executable(1.0, T + 1) is None, "the ask of before is not held"


def test_a_crossed_pair_quotes_neither_side() -> None:
    watching = Watching()
    watching.row(0, 50.2, 50.1)
    assert watching.contract.executable(1.0, T) is None
    assert watching.contract.executable(-1.0, T) is None


def test_last_is_the_mark_when_both_sides_are_null() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1, last=50.05)
    assert watching.row(1).mark == 50.05, "a null last is no news: the held one stands"
    assert watching.row(5, None, None).mark == 50.05
    assert isnan(watching.row(5.25, None, None).mark), "beyond its own limit, whenever the last row came"
    assert watching.contract.why == "quote too old"


def test_and_in_a_recording_without_quotes() -> None:
    watching = Watching(has_quotes=False)
    assert watching.row(0, last=50.0).mark == 50.0
    assert watching.contract.executable(1.0, T + 5) == 50.0
    assert watching.contract.executable(-1.0, T + 5.25) is None


def test_last_is_never_a_fill_price_beside_quotes() -> None:
    watching = Watching()
    watching.row(0, None, None, last=50.0)
    assert watching.contract.executable(-1.0, T) is None


def test_a_refused_last_is_no_news_and_never_refuses_the_quote() -> None:
    watching = Watching()
    watching.row(0, None, None, last=50.0)
    assert watching.row(1, None, None, last=nan).mark == 50.0
    assert watching.row(2, 49.0, 49.2, last=-3.0).mark == pytest.approx(49.1)
    assert watching.quotes == {"last_nan": 1, "last_negative": 1}


def test_a_quote_is_trusted_for_its_limit() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    assert watching.at(5).mark == 50.0
    assert isnan(watching.at(5.25).mark)
    assert watching.contract.executable(-1.0, T + 5.25) is None


@pytest.mark.parametrize(
    ("interval_s", "quote_s", "greeks_s", "oi_s"),
    [(1.0, 5.0, 30.0, 900.0), (2.0, 5.0, 30.0, 900.0), (60.0, 150.0, 150.0, 900.0), (900.0, 2250.0, 2250.0, 2250.0)],
)
def test_limits_of_a_replay_grow_with_its_interval(
    interval_s: float, quote_s: float, greeks_s: float, oi_s: float
) -> None:
    terms = terms_for_replay(interval_s, has_quotes=True, columns=GIVEN)
    assert (terms.quote_limit_s, terms.underlying_limit_s) == (quote_s, quote_s)
    assert (terms.greeks_limit_s, terms.oi_limit_s) == (greeks_s, oi_s)


# ---------------------------------------------------------------- suspicion


def test_a_jump_is_suspect_until_a_second_quote_agrees() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    assert isnan(watching.row(1, 74.9, 75.1).mark)
    assert watching.contract.is_suspect(T + 1)
    assert watching.contract.why == "suspect: jumped to 75"
    assert watching.contract.executable(-1.0, T + 1) == 74.9, "mandatory time exits still fill there"
    assert watching.row(1.5, 80.0, 80.2).mark == pytest.approx(80.1), "within 10 % of it"
    assert not watching.contract.is_suspect(T + 1.5)


def test_a_quote_that_does_not_agree_is_suspect_in_its_turn() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    watching.row(1, 74.9, 75.1)
    assert isnan(watching.row(1.25, 89.9, 90.1).mark)
    assert watching.row(1.5, 90.0, 90.2).mark == pytest.approx(90.1)


def test_or_until_two_seconds_have_passed() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    watching.row(1, 74.9, 75.1)
    assert isnan(watching.at(2.75).mark)
    assert watching.at(3.0).mark == 75.0


def test_or_it_comes_back() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    watching.row(1, 74.9, 75.1)
    assert watching.row(1.25, 49.9, 50.1).mark == 50.0


def test_a_jump_of_exactly_40_pct_or_of_ten_ticks_is_believed() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    assert watching.row(1, 69.9, 70.1).mark == 70.0
    cheap = Watching()
    cheap.row(0, 0.95, 1.05)
    assert cheap.row(1, 1.45, 1.55).mark == 1.5, "50 %, but ten ticks of 0.05"
    assert isnan(cheap.row(2, 2.20, 2.30).mark)


def test_a_held_trade_that_becomes_the_mark_is_weighed_like_any_other() -> None:
    watching = Watching()
    watching.row(0.0, 10.0, 10.2, last=3.0)
    watching.row(1.0, 10.0, 10.2)
    assert isnan(watching.row(2.0).mark)  # neither side said: the trade of 3.0 stands in, and has jumped
    assert watching.contract.is_suspect(T + 2.0)
    assert isnan(watching.row(2.5).mark)  # nothing new confirms it
    assert watching.at(4.0).mark == 3.0


def test_a_trade_too_old_to_stand_in_does_not_make_the_next_quote_suspect() -> None:
    watching = Watching()
    watching.row(0.0, last=3.0)
    watching.row(100.0, 10.0, 10.2)
    watching.row(101.0)
    assert isnan(watching.at(101.0).mark)
    assert watching.row(102.0, 10.0, 10.2).mark == pytest.approx(10.1)


def test_the_end_of_a_suspicion_is_an_observation_in_its_place() -> None:
    watching = Watching(columns=frozenset())
    watching.under.observe(T, 20_000.0)
    for second in range(58):
        watching.row(float(second), 50.0, 50.1)
    watching.row(58.5, 99.0, 99.1)
    watching.moves(61.0, 20_001.0)
    watching.at(62.0)
    times = [t for t, _ in watching.contract.history.marks()]
    assert times == sorted(times)
    assert (T + 60.5, pytest.approx(99.05)) in list(watching.contract.history.marks())
    view = watching.at(125.0)
    assert (view.last_t, view.bar_t) == (T, T + 60.0)
    assert view.bar_close == pytest.approx(99.05)


def test_a_fall_is_suspect_too() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    assert isnan(watching.row(1, 29.8, 30.0).mark)


def test_a_jump_two_seconds_after_the_last_accepted_mark_is_suspect_and_later_it_is_not() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    watching.row(1, 49.9, None)
    assert isnan(watching.row(2, 74.9, 75.1).mark)
    late = Watching()
    late.row(0, 49.9, 50.1)
    assert late.row(2.25, 74.9, 75.1).mark == 75.0


def test_the_first_mark_is_believed() -> None:
    assert Watching().row(0, 500.0, 501.0).mark == 500.5


@pytest.mark.parametrize("watched", [False, True])
def test_suspicion_does_not_depend_on_who_looks(watched: bool) -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    watching.row(1, 74.9, 75.1)
    if watched:
        for quarter in range(5, 16):
            watching.at(quarter / 4.0)
    assert isnan(watching.row(4.0, 119.9, 120.1).mark), "believed at 3, so another jump at 4 is within two seconds"


# ---------------------------------------------------------------- Greeks and what is held


def test_a_null_greek_is_no_news_until_its_limit() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1, delta=0.5, gamma=0.01, theta=-5.0, iv=0.2)
    now = watching.row(30, 49.9, 50.1)
    assert (now.delta, now.gamma, now.theta, now.iv) == (0.5, 0.01, -5.0, 0.2)
    now = watching.row(30.25, 49.9, 50.1)
    assert all(isnan(x) for x in (now.delta, now.gamma, now.theta, now.iv)), "then unknown, and never modelled"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("delta", 1.01, "delta_out_of_bounds"),
        ("delta", -1.01, "delta_out_of_bounds"),
        ("gamma", -0.001, "gamma_out_of_bounds"),
        ("iv", 0.0, "iv_out_of_bounds"),
        ("iv", -0.2, "iv_out_of_bounds"),
        ("iv", 5.01, "iv_out_of_bounds"),
        ("theta", nan, "theta_nan"),
        ("gamma", inf, "gamma_infinite"),
    ],
)
def test_a_greek_outside_its_bounds_is_refused_and_the_rest_of_its_row_is_taken(
    column: str, value: float, reason: str
) -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1, delta=0.5, gamma=0.01, theta=-5.0, iv=0.2)
    before = {name: getattr(watching.at(0), name) for name in ("delta", "gamma", "theta", "iv")}
    now = watching.row(1, 59.9, 60.1, **{"delta": 0.6, "gamma": 0.02, "theta": -6.0, "iv": 0.3, column: value})
    after = {"delta": 0.6, "gamma": 0.02, "theta": -6.0, "iv": 0.3, column: before[column]}
    assert {name: getattr(now, name) for name in after} == after
    assert now.mark == 60.0
    assert watching.greeks == {reason: 1}


@pytest.mark.parametrize("bound", [{"delta": 1.0}, {"delta": -1.0}, {"gamma": 0.0}, {"iv": 5.0}])
def test_the_bounds_themselves_are_taken(bound: dict[str, float]) -> None:
    watching = Watching()
    now = watching.row(0, 49.9, 50.1, **bound)
    assert {name: getattr(now, name) for name in bound} == bound
    assert not watching.greeks


def test_what_an_instant_observed() -> None:
    watching = Watching()
    watching.row(0, 49.9, 50.1)
    assert watching.contract.observed == QUOTE
    watching.row(1, 49.9, 50.1, volume=0.0, delta=0.5)
    assert watching.contract.observed == QUOTE | VOLUME | GREEKS
    watching.row(2, 49.9, 50.1, delta=1.5)
    assert watching.contract.observed == QUOTE, "a refused Greek is no observation"


# ---------------------------------------------------------------- the model


def modelled(t: float = 0.0, forward: float = 20_050.0) -> Watching:
    """A recording without any Greeks, with the premium of 20 % volatility on the row at `t`."""
    watching = Watching(frozenset[str]())
    watching.under.observe(T + t, forward)
    premium = price(forward, 20_000.0, (WEEK - t) / 31_536_000.0, 0.20, True)
    watching.row(t, premium - 0.5, premium + 0.5)
    return watching


def test_greeks_that_the_recording_lacks_are_modelled() -> None:
    now = modelled().at(0)
    want = greeks(20_050.0, 20_000.0, WEEK / 31_536_000.0, 0.20, True)
    assert now.iv == pytest.approx(0.20, abs=1e-9)
    assert (now.delta, now.gamma, now.theta) == pytest.approx((want.delta, want.gamma, want.theta), rel=1e-6)


def test_the_forward_by_parity_wins_over_the_underlying_and_a_null_falls_back() -> None:
    watching = modelled()
    by_underlying = watching.at(0).iv
    bid, ask = watching.contract.bid, watching.contract.ask
    assert watching.row(1, bid, ask, fwd_parity=20_000.0).iv > by_underlying
    assert watching.row(2, bid, ask).iv == pytest.approx(by_underlying, rel=1e-4)


def test_they_are_unknown_at_intrinsic_and_above_500_pct() -> None:
    watching = modelled()
    assert isnan(watching.row(1, 49.9, 50.1).iv), "20 050 - 20 000"
    assert isnan(watching.at(1).delta)
    wild = Watching(frozenset[str]())
    wild.under.observe(T, 20_050.0)
    assert isnan(wild.row(0, 19_000.0, 19_001.0).iv)


def test_they_follow_the_underlying_although_the_contract_has_no_row() -> None:
    watching = modelled()
    before = watching.at(0).delta
    after = watching.moves(1, 20_100.0)
    assert after.delta > before
    assert after.iv < 0.20
    assert watching.contract.observed == GREEKS


def test_a_model_never_uses_an_underlying_that_is_too_old() -> None:
    watching = modelled()
    bid, ask = watching.contract.bid, watching.contract.ask
    assert bid is not None
    assert ask is not None
    held = watching.row(5, bid + 50, ask + 50).iv
    assert held > 0.2
    assert watching.row(5.25, bid + 100, ask + 100).iv == held, "no new model without a forward"
    assert watching.row(35, bid, ask).iv == held
    assert isnan(watching.row(35.25, bid, ask).iv)


def test_theta_of_the_model_keeps_the_mark_it_was_made_with() -> None:
    watching = modelled()
    premium = watching.at(0).mark
    watching.row(4, premium - 0.5, premium + 0.5)
    watching.moves(4.5, 20_060.0)
    watching.moves(60, 20_055.0)
    watching.row(64.5, premium + 9.5, premium + 10.5)
    now = watching.at(64.5)
    assert now.theta_ago == now.theta_ago, "that of 4.5, when only the underlying moved"
    assert now.theta_mark_ago == premium


def test_only_what_is_lacking_is_modelled() -> None:
    watching = Watching(frozenset(("iv", "delta")))
    watching.under.observe(T, 20_050.0)
    now = watching.row(0, 249.5, 250.5, iv=0.30, delta=0.9)
    assert (now.iv, now.delta) == (0.30, 0.9)
    assert now.gamma == pytest.approx(greeks(20_050.0, 20_000.0, WEEK / 31_536_000.0, 0.30, True).gamma)
    ignored = Watching(frozenset[str]())
    ignored.under.observe(T, 20_050.0)
    assert ignored.row(0, 249.5, 250.5, delta=0.9).delta != 0.9, "a column that is left out is modelled"


def test_a_share_has_no_model() -> None:
    terms = terms_for_replay(1.0, has_quotes=True, columns=frozenset())
    under = Underlying("S", bars_per_session=375, interval_s=1.0, ohlc=False)
    assert not Contract(share(), terms, under).modelled


# ---------------------------------------------------------------- bars and noise


def test_bars_open_at_the_close_before_them_and_count_when_their_end_has_passed() -> None:
    watching = Watching()
    for t, mark in ((0.0, 50.0), (1.0, 51.0), (60.0, 52.0), (60.25, 53.0), (120.0, 54.0)):
        watching.row(t, mark - 0.1, mark + 0.1)
    now = watching.at(120.0)
    assert (now.bar_open, now.bar_close, now.bar_t) == (50.0, 52.0, T), "the row at 0 closed the one before"
    now = watching.at(120.25)
    assert (now.last_open, now.last_close, now.last_t) == (50.0, 52.0, T)
    assert (now.bar_open, now.bar_close, now.bar_t) == (52.0, 54.0, T + 60.0)


def test_a_minute_without_a_mark_has_no_bar() -> None:
    watching = Watching()
    for t, mark in ((1.0, 50.0), (61.0, None), (130.0, 52.0)):
        watching.row(t, mark and mark - 0.1, mark and mark + 0.1)
    now = watching.at(181.0)
    assert (now.last_t, now.bar_t) == (T, T + 120.0)
    assert (now.last_close, now.bar_open) == (50.0, 50.0)


def test_noise_is_the_mean_of_the_last_twenty_changes_and_zero_before() -> None:
    watching = Watching()
    marks = [50.0]
    for i in range(25):
        marks.append(marks[-1] + (0.5 if i < 10 else -0.25))
    seen = [watching.row(60.0 * i + 1.0, mark - 0.1, mark + 0.1).noise for i, mark in enumerate(marks)]
    assert seen[:21] == [0.0] * 21, "twenty changes of complete bars need twenty-one of them"
    assert seen[21] == pytest.approx((10 * 0.5 + 10 * 0.25) / 20)
    assert seen[25] == pytest.approx((6 * 0.5 + 14 * 0.25) / 20)


# ---------------------------------------------------------------- the view stands until it is refreshed

steps = st.lists(
    st.tuples(
        st.sampled_from((0.25, 0.5, 1.0, 1.75, 4.75, 30.0, 59.75, 60.0, 61.0, 300.0)),
        st.sampled_from(("row", "row", "row", "forward", "look", "look")),
        st.sampled_from((None, 0.0, 30.0, 50.0, 51.0, 80.0)),
        st.sampled_from((0.0, 0.2, 40.0, -0.2)),
        st.fixed_dictionaries(
            {},
            optional={
                "last": st.sampled_from((49.0, 52.0, nan)),
                "delta": st.sampled_from((0.5, 0.7, 3.0)),
                "theta": st.sampled_from((-5.0, -7.0)),
                "gamma": st.sampled_from((0.01, 0.02)),
                "volume": st.sampled_from((0.0, 5.0, 50.0)),
            },
        ),
    ),
    min_size=1,
    max_size=25,
)


def same(one: Market, two: Market) -> None:
    """Field by field."""
    for f in fields(Market):
        a, b = getattr(one, f.name), getattr(two, f.name)
        assert a == b or (a != a and b != b), f"{f.name}: {a} and {b}"


@pytest.mark.parametrize("columns", [GIVEN, frozenset[str]()], ids=["given", "modelled"])
@given(story=steps)
def test_a_view_is_what_it_would_be_if_it_were_made_anew(columns: frozenset[str], story: Any) -> None:
    """Nobody's looking changes what is seen later, and what is kept while nothing comes is what would be found."""
    often, seldom = Watching(columns), Watching(columns)
    t = 0.0
    for after, what, bid, spread, more in story:
        t += after
        quote = (bid, None if bid is None else bid + spread)
        for watching in (often, seldom):
            if what == "row":
                watching.contract.apply(Quoted("C", 0, *quote)._replace(**more), T + t, Counter(), Counter())
                watching.contract.settle(T + t)
            elif what == "forward":
                watching.under.observe(T + t, 20_000.0 + (bid or 0.0))
                watching.contract.settle_forward(T + t)
        often.at(t)
        anew = copy.deepcopy(often)
        anew.contract.until = anew.contract.underlying.until = -1e18
        anew.contract.underlying_version = -1
        same(often.contract.view, anew.at(t))
    same(often.at(t), seldom.at(t))
