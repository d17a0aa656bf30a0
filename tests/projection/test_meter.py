"""The protection meter: what would act if this died now, at which price, and what it would cost until then."""

from dataclasses import replace

import pytest

from cockpit import commands as c
from cockpit.events import AccountTold
from cockpit.frame import PositionPart
from cockpit.projection.projector import Projector
from tests.market_of import profile
from tests.projection.looking import looked
from tests.state.test_protecting import Desk

UNDER = profile('protective_stop stop_pct="off" stop_bps=100', head='gain_basis = "underlying"')


def row(desk: Desk) -> PositionPart:
    """The only row."""
    (part,) = Projector(desk.state, "test", "PAPER").frame().positions
    return part


def rested(desk: Desk, contracts: int = 100, side: str = "buy") -> Desk:
    """With a position whose stop rests."""
    desk.hold(contracts, side)
    desk.wait(1)
    return desk


def test_in_practice_nothing_rests() -> None:
    (part,) = looked(["10:00:00 49.9 50.1", "10:00:00 buy 100"])[2][-1].positions
    assert (part.protection, part.dies_now) == ("practice", None)


@pytest.mark.parametrize(("side", "shown", "lost"), [("buy", "stop 37.50", 1250.0), ("sell", "stop 62.60", 1260.0)])
def test_it_shows_what_rests_and_what_is_lost_until_it_acts(side: str, shown: str, lost: float) -> None:
    part = row(rested(Desk(), 100, side))
    assert part.protection == shown
    assert part.dies_now == pytest.approx(lost)
    assert part.protection_why.startswith(f"{shown} of protective stop rests for 100 of 100")


def test_a_stop_on_the_underlying_loses_what_delta_says() -> None:
    part = row(rested(Desk(UNDER)))
    assert part.protection == "NIFTY ≤ 19940.00"
    assert part.dies_now == pytest.approx(60 * 0.5 * 100)
    assert part.protection_why.endswith("the loss is modelled with delta")


def test_a_move_that_has_not_been_taken_protects_nobody() -> None:
    desk = rested(Desk())
    desk.session.take(c.SetStop(position="C", price=45.0))
    desk.wait(2)
    desk.stands(desk.stop.order.ref, 100, "37.5")
    assert row(desk).protection == "stop 37.50"
    desk.stands(desk.stop.order.ref, 100, "45")
    assert row(desk).protection == "stop 45.00"


def test_without_a_stop_a_long_loses_its_worth_and_a_short_without_limit() -> None:
    for side, lost in (("buy", 5000.0), ("sell", None)):
        desk = rested(Desk(), 100, side)
        desk.says(desk.stop.order.ref, "rejected", "no")
        part = row(desk)
        assert (part.protection, part.dies_now) == ("none", lost)
        assert part.protection_why.startswith("the broker has refused the stop")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (c.SetSession(state="halted"), "the session is halted"),
        (c.SetMode(position="C", mode="observe"), "observe: no stop of"),
    ],
)
def test_it_says_why_nothing_rests(command: c.Command, why: str) -> None:
    desk = rested(Desk())
    desk.session.take(command)
    desk.says(desk.stop.order.ref, "rejected", "no")
    desk.wait(20)
    assert row(desk).protection_why.startswith(why)


def test_a_stop_for_too_few_is_told_with_all_that_can_be_lost() -> None:
    desk = rested(Desk())
    desk.stands(desk.stop.order.ref, 60)
    part = row(desk)
    assert part.protection == "partly"
    assert part.dies_now == pytest.approx(12.5 * 60 + 50 * 40)
    assert "rests for 60 of 100; 40 without a stop" in part.protection_why


def test_what_leaves_already_needs_no_stop() -> None:
    desk = rested(Desk())
    desk.session.take(c.Reduce(position="C", contracts=40))
    assert row(desk).protection == "partly", "the part waits, and the stop may be smaller already"
    desk.stands(desk.stop.order.ref, 60)
    exit_ref = desk.placed[-1].ref
    assert row(desk).protection == "partly", "nobody knows yet whether the part has arrived"
    desk.says(exit_ref, "acknowledged")
    assert row(desk).protection == "stop 37.50"
    desk.session.take(c.CancelExit(position="C"))
    assert row(desk).protection == "partly", "the part may stay, and the stop is smaller"


def test_a_part_that_walks_stays_where_it_is() -> None:
    desk = rested(Desk())
    desk.session.take(c.Reduce(position="C", contracts=40))
    desk.stands(desk.stop.order.ref, 60)
    part = desk.held.orders[desk.placed[-1].ref]
    desk.says(part.order.ref, "acknowledged")
    part.order = replace(part.order, urgent=False)
    assert row(desk).protection == "partly"


def test_a_stop_that_is_being_cancelled_is_none() -> None:
    desk = rested(Desk())
    desk.session.take(c.Reduce(position="C", contracts=40))
    desk.wait(3)
    part = row(desk)
    assert (desk.stop.state, part.protection, part.dies_now) == ("pending_cancel", "none", 5000.0)
    assert part.protection_why.startswith("the stop is being cancelled")


def test_the_strip_adds_up_what_is_known() -> None:
    desk = rested(Desk(is_live_account=False))
    status = Projector(desk.state, "test", "PAPER").frame().status
    assert (status.dies_now, status.dies_unprotected, status.is_live_money) == (pytest.approx(1250.0), 0, False)
    desk.says(desk.stop.order.ref, "rejected", "no")
    status = Projector(desk.state, "test", "PAPER").frame().status
    assert (status.dies_now, status.dies_unprotected) == (pytest.approx(5000.0), 1)


def test_orders_show_their_trigger_their_group_and_their_parent() -> None:
    desk = Desk()
    desk.enter()
    entry, stop = Projector(desk.state, "test", "PAPER").frame().orders
    assert (stop.trigger, stop.tif, stop.parent, stop.group) == ("stop 37.50", "gtc", entry.ref, stop.ref)
    assert (entry.trigger, entry.parent) == ("", "")


def test_an_exit_that_waits_for_room_says_so() -> None:
    desk = rested(Desk())
    projector = Projector(desk.state, "test", "PAPER")
    desk.session.take(c.Reduce(position="C", contracts=40))
    waits = projector.frame().orders[-1]
    assert (waits.state, waits.said) == ("pending_new", "waits until the resting stop has made room")
    desk.stands(desk.stop.order.ref, 60)
    assert projector.frame().orders[-1].said == ""


def test_the_strip_names_the_account_and_what_it_is_worth() -> None:
    desk = Desk(account="DU1")
    projector = Projector(desk.state, "test", "PAPER")
    assert projector.frame().status.account == "DU1 · n/a"
    desk.session.take(AccountTold(desk.now_ns, "DU1", "USD", net_liquidation=25_000.4))
    assert projector.frame().status.account == "DU1 · 25\u202f000 $"
