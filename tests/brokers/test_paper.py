"""The paper broker: whole fills at the exit side of the newest quote, and each of its realistic options."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cockpit.brokers.paper import Paper, PaperOptions
from cockpit.commands import Close
from cockpit.domain.money import plain
from cockpit.domain.order import Fill, Order, Report, Said
from cockpit.domain.quote import Touch
from cockpit.routing.walk import Walk
from tests.market_of import play, playing, profile

S = 1_000_000_000


class Desk:
    """A broker and the quote it trades against."""

    def __init__(self, bid: float | None = 49.9, ask: float | None = 50.1, **options: Any) -> None:
        self.bid, self.ask, self.t = bid, ask, 0.0
        self.size: float | None = 10.0
        self.suspect = False
        self.lot = 1
        self.broker = Paper(PaperOptions(**options), self.touch)

    def touch(self, symbol: str, side: int) -> Touch:
        """The quoted side."""
        known = self.bid is not None and self.ask is not None
        return Touch(
            price=self.ask if side > 0 else self.bid,
            size=self.size,
            mid=(self.bid + self.ask) / 2.0 if known and self.bid and self.ask else None,
            quote_t=self.t,
            is_suspect=self.suspect,
            tick=0.05,
            lot=self.lot,
        )

    def quote(self, t: float, bid: float | None, ask: float | None) -> list[str]:
        """A new quote, and what it fills."""
        self.t, self.bid, self.ask = t, bid, ask
        return told(self.broker.advance(round(t * S)))

    def place(self, order: Order, t: float = 0.0) -> list[str]:
        """An order, and what it comes to at once."""
        return told(self.broker.place(order, round(t * S)))


def told(reports: list[Report]) -> list[str]:
    """Reports as words; acknowledgements go without saying."""
    words: list[str] = []
    for r in reports:
        if isinstance(r, Fill):
            words.append(f"{r.contracts} @ {plain(r.price)}")
        elif r.told != "acknowledged":
            words.append(r.told)
    return words


def order(side: Any = "sell", contracts: int = 10, limit: str | None = None, **given: Any) -> Order:
    """A market order to leave unless said otherwise."""
    made = Order(
        ref="P0001-0001",
        position_id="P0001",
        symbol="C",
        side=side,
        contracts=contracts,
        limit=None if limit is None else Decimal(limit),
        purpose="exit",
        fills_suspect=False,
    )
    return replace(made, **given)


def test_a_quote_below_one_tick_is_not_filled_better_than_quoted() -> None:
    assert Desk(0.02, 0.03).place(order("sell")) == ["10 @ 0.02"]
    assert Desk(0.02, 0.03, slippage_ticks=1).place(order("sell")) == ["10 @ 0.02"]
    assert Desk(0.1, 0.15, slippage_ticks=4).place(order("sell")) == ["10 @ 0.05"], "slippage ends at one tick"


def test_a_market_order_fills_whole_at_the_exit_side() -> None:
    assert Desk().place(order("sell")) == ["10 @ 49.9"]
    assert Desk().place(order("buy")) == ["10 @ 50.1"]


def test_it_is_acknowledged_first_and_costs_nothing_by_default() -> None:
    first, fill = Desk().broker.place(order(), 5 * S)
    assert first == Said(ref="P0001-0001", told="acknowledged", words="", at_ns=5 * S)
    assert isinstance(fill, Fill)
    assert (fill.fees, fill.at_ns) == (Decimal(0), 5 * S)


def test_an_order_waits_for_its_side() -> None:
    desk = Desk(bid=None)
    assert desk.place(order()) == []
    assert desk.broker.is_busy
    assert desk.quote(1, None, 50.0) == []
    assert desk.quote(2, 49.8, 50.0) == ["10 @ 49.8"]
    assert not desk.broker.is_busy
    assert desk.quote(3, 49.8, 50.0) == []


@pytest.mark.parametrize(
    ("side", "limit", "fill"),
    [
        ("buy", "50.10", ["10 @ 50.1"]),
        ("buy", "51", ["10 @ 50.1"]),  # never worse than quoted
        ("buy", "50.05", []),  # never better
        ("sell", "49.90", ["10 @ 49.9"]),
        ("sell", "49", ["10 @ 49.9"]),
        ("sell", "49.95", []),
    ],
)
def test_a_limit_fills_at_the_quote_or_waits(side: str, limit: str, fill: list[str]) -> None:
    assert Desk().place(order(side, limit=limit)) == fill


def test_a_limit_that_must_fill_at_once_is_cancelled() -> None:
    desk = Desk()
    assert desk.place(order("buy", limit="50", at_once=True)) == ["cancelled"]
    assert not desk.broker.is_busy


def test_of_a_limit_that_must_fill_at_once_the_rest_is_cancelled() -> None:
    desk = Desk(participation=0.5)
    assert desk.place(order("buy", limit="50.1", at_once=True)) == ["5 @ 50.1", "cancelled"]
    assert desk.quote(1, 49.9, 50.1) == []
    assert not desk.broker.is_busy


def test_a_limit_that_must_fill_at_once_does_not_wait_for_a_size() -> None:
    desk = Desk(participation=0.5)
    desk.size = None
    assert desk.place(order("buy", limit="50.1", at_once=True)) == ["cancelled"]
    assert not desk.broker.is_busy


def test_a_suspect_mark_fills_only_what_may() -> None:
    desk = Desk()
    desk.suspect = True
    assert desk.place(order()) == []
    assert Desk.place(desk, order(ref="P0001-0002", fills_suspect=True)) == ["10 @ 49.9"]
    desk.suspect = False
    assert desk.quote(1, 49.9, 50.1) == ["10 @ 49.9"]


def test_a_reference_is_taken_once() -> None:
    desk = Desk()
    desk.place(order())
    assert desk.broker.place(order(), 0) == []


def test_a_cancel_takes_what_still_works() -> None:
    desk = Desk(bid=None)
    desk.place(order())
    assert told(desk.broker.cancel("P0001-0001", S)) == ["cancelled"]
    assert desk.broker.cancel("P0001-0001", S) == []
    assert desk.quote(1, 49.9, 50.1) == []


def test_an_adopted_order_goes_on_and_is_not_taken_twice() -> None:
    desk = Desk(latency_ms=500)
    desk.broker.adopt(order(contracts=10), 0, 4)
    assert desk.broker.place(order(), 0) == []
    assert desk.quote(0.25, 49.9, 50.1) == []
    assert desk.quote(0.5, 49.9, 50.1) == ["4 @ 49.9"]


# ---------------------------------------------------------------- realistic options


def test_latency_fills_at_the_quote_of_its_end() -> None:
    desk = Desk(latency_ms=250)
    assert desk.place(order()) == []
    assert desk.quote(0.2, 49.8, 50.0) == []
    assert desk.quote(0.25, 49.7, 49.9) == ["10 @ 49.7"]


def test_participation_takes_a_share_of_each_quote_once() -> None:
    desk = Desk(participation=0.3)
    assert desk.place(order()) == ["3 @ 49.9"]
    assert told(desk.broker.advance(S)) == [], "the same quote has been taken"
    assert desk.quote(1, 49.8, 50.0) == ["3 @ 49.8"]
    desk.size = 1.0
    assert desk.quote(2, 49.7, 50.0) == ["1 @ 49.7"], "at least one"
    desk.size = 1_000.0
    assert desk.quote(3, 49.7, 50.0) == ["3 @ 49.7"], "never more than is left"


def test_participation_takes_whole_lots() -> None:
    desk = Desk(participation=0.5)
    desk.lot, desk.size = 25, 120.0
    assert desk.place(order(contracts=100)) == ["50 @ 49.9"]


def test_every_fill_has_a_reference_of_its_own() -> None:
    desk = Desk(participation=0.5)
    ids = [r.id for r in desk.broker.place(order(), 0) if isinstance(r, Fill)]
    desk.t = 1.0
    ids += [r.id for r in desk.broker.advance(S) if isinstance(r, Fill)]
    assert ids == ["P0001-0001/0", "P0001-0001/5"]


def test_slippage_is_against_us_and_never_below_a_tick() -> None:
    assert Desk(slippage_ticks=2).place(order("sell")) == ["10 @ 49.8"]
    assert Desk(slippage_ticks=2).place(order("buy")) == ["10 @ 50.2"]
    assert Desk(0.05, 0.10, slippage_ticks=2).place(order("sell")) == ["10 @ 0.05"]


def test_a_limit_does_not_slip() -> None:
    assert Desk(slippage_ticks=2).place(order("sell", limit="49.9")) == ["10 @ 49.9"]


def test_commission_is_per_contract() -> None:
    fill = Desk(commission=Decimal("0.65")).broker.place(order(), 0)[1]
    assert isinstance(fill, Fill)
    assert fill.fees == Decimal("6.50")


def test_rejects_are_drawn_with_a_seed_and_are_the_same_again() -> None:
    def draws(seed: int) -> list[bool]:
        desk = Desk(reject_rate=0.5, seed=seed)
        return [desk.place(order(ref=f"P0001-{i:04d}")) == ["rejected"] for i in range(40)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert 5 < sum(draws(1)) < 35
    assert not any(Desk().place(order(ref=f"P0001-{i:04d}")) == ["rejected"] for i in range(40))


# ---------------------------------------------------------------- walking


@pytest.mark.parametrize(
    ("elapsed_s", "limit"),
    [(0.0, "50"), (1.99, "50"), (2.0, "49.85"), (4.0, "49.7"), (6.0, "49.55"), (8.0, None)],
)
def test_an_exit_walks_from_mid_to_the_far_side_and_then_crosses(elapsed_s: float, limit: str | None) -> None:
    touch = Desk(49.4, 50.6).touch("C", -1)
    got = Walk().limit(-1, touch, elapsed_s, urgent=False)
    assert got == (None if limit is None else Decimal(limit))


@pytest.mark.parametrize(("elapsed_s", "limit"), [(0.0, "49"), (1.0, "48"), (3.99, "46"), (4.0, "45"), (5.0, None)])
def test_an_urgent_exit_is_a_marketable_limit_let_go_every_second_up_to_a_collar(
    elapsed_s: float, limit: str | None
) -> None:
    touch = Desk(49.4, 50.6).touch("C", -1)
    got = Walk().limit(-1, touch, elapsed_s, urgent=True)
    assert got == (None if limit is None else Decimal(limit))


def test_buying_back_walks_the_other_way() -> None:
    touch = Desk(49.4, 50.6).touch("C", 1)
    assert Walk().limit(1, touch, 2.0, urgent=False) == Decimal("50.15")
    assert Walk().limit(1, touch, 0.0, urgent=True) == Decimal("51")


def test_without_a_mid_it_crosses() -> None:
    assert Walk().limit(-1, Desk(49.4, None).touch("C", -1), 0.0, urgent=False) is None


def test_a_walking_order_fills_when_the_market_comes_to_it_or_it_to_the_market() -> None:
    desk = Desk(49.4, 50.6, walk=Walk())
    assert desk.place(order()) == []
    assert desk.quote(7.75, 49.4, 50.6) == []
    assert desk.quote(8.0, 49.4, 50.6) == ["10 @ 49.4"]
    early = Desk(49.4, 50.6, walk=Walk())
    early.place(order())
    assert early.quote(4.0, 49.7, 49.7) == ["10 @ 49.7"]


def test_an_urgent_one_crosses_at_once_within_its_collar() -> None:
    desk = Desk(49.4, 50.6, walk=Walk())
    assert desk.place(order(urgent=True)) == ["10 @ 49.4"]


def test_an_entry_does_not_walk() -> None:
    desk = Desk(49.4, 50.6, walk=Walk())
    assert desk.place(order("buy", purpose="entry")) == ["10 @ 50.6"]


# ---------------------------------------------------------------- in a session

HELD = ["10:00:00 49.4 50.6", "10:00:00 buy 10"]
WALKS = PaperOptions(walk=Walk())


@pytest.mark.parametrize(
    ("rule", "at"),
    [
        ("holding_limit max_held_s=10", "10:00:10.25 10 @ 49.40 holding_limit EXTREME_HOLD"),
        (
            "theta_decay max_held_s=10",
            "10:00:10.25 10 @ 49.40 theta_decay TIME_WINDOW_EXCEEDED",
        ),
        (
            "theta_decay max_held_s=10 binding='vetoable' grace_s=0",
            "10:00:18.25 10 @ 49.40 theta_decay TIME_WINDOW_EXCEEDED",
        ),
    ],
    ids=["mandatory", "immediate", "vetoable"],
)
def test_mandatory_and_immediate_exits_cross_and_vetoable_ones_walk(rule: str, at: str) -> None:
    rows = [f"10:00:{s:02d} 49.4 50.6" for s in range(1, 20)]
    assert play([*HELD, *rows], profile(rule), options=WALKS).exits == [at]


def test_a_humans_exit_crosses() -> None:
    lines = [*HELD, "10:00:05 49.4 50.6", ("10:00:05", Close(position="C"))]
    assert play(lines, options=WALKS).exits == ["10:00:05 10 @ 49.40 human close"]


def test_nothing_is_filled_on_a_quote_older_than_its_limit() -> None:
    lines = [*HELD, ("10:00:06", Close(position="C")), "10:00:08 49.2 50.4"]
    assert play(lines).exits == ["10:00:08 10 @ 49.20 human close"]


def test_without_quotes_last_is_the_fill_price() -> None:
    lines = ["10:00:00 - - last=50", "10:00:00 buy 10", "10:00:02 - - last=51", ("10:00:02", Close(position="C"))]
    played = play(lines, has_quotes=False)
    assert played.trip.average == 50
    assert played.exits == ["10:00:02 10 @ 51.00 human close"]


def test_fills_of_one_order_are_one_exit() -> None:
    lines = ["10:00:00 50 50 bid_size=4 ask_size=100", "10:00:00 buy 10"]
    lines += [f"10:00:{s:02d} {50 - s}.5 {50 - s}.5 bid_size=4 ask_size=4" for s in range(1, 6)]
    begun, events = playing([*lines[:2], *lines[2:]], options=PaperOptions(participation=1.0))
    begun.play([e for e in events if e.at_ns <= events[0].at_ns])
    assert begun.held.contracts == 10
    begun.command(Close(position="C"))
    begun.play([e for e in events if e.at_ns > events[0].at_ns])
    assert begun.exits == ["10:00:02 10 @ 49.50 human close"]
    assert begun.trip.exits[0].contracts == 10
    assert begun.trip.exits[0].total == 4 * 50 + Decimal("49.5") * 4 + Decimal("48.5") * 2
