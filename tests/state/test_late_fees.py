"""Fees that come after the execution are booked once, where it was; also over a restart and after the close."""

from dataclasses import replace
from decimal import Decimal

from cockpit.domain.order import Fill
from cockpit.records import ExecutionRecord, RoundTripRecord
from tests.state.at_broker import Live, bought


def fills(live: Live) -> list[Fill]:
    """As they were told, without fees."""
    return [
        Fill(id=r.id, ref=r.order_ref, contracts=r.contracts, price=Decimal(r.price), fees=Decimal(0), at_ns=r.at_ns)
        for r in live.records(ExecutionRecord)
    ]


def test_they_are_added_to_the_position_and_to_the_day() -> None:
    live = bought(10)
    (fill,) = fills(live)
    live.beat()
    live.tell(replace(fill, fees=Decimal("6.5"), at_ns=live.state.now_ns))
    assert (live.held.fees, live.state.fees, live.held.contracts) == (Decimal("6.5"), Decimal("6.5"), 10)
    newest = live.records(ExecutionRecord)[-1]
    assert (newest.id, newest.fees, newest.at_ns) == (fill.id, "6.5", fill.at_ns)
    assert live.records(RoundTripRecord)[-1].fees == "6.5"


def test_the_same_again_is_not_booked_again() -> None:
    live = bought(10)
    (fill,) = fills(live)
    paid = replace(fill, fees=Decimal("6.5"))
    live.tell(paid, paid, fill)
    assert live.held.fees == Decimal("6.5")


def test_what_was_told_with_fees_is_paid() -> None:
    live = bought(10)
    order = live.book.placed[0]
    live.outside("sell", 10)
    assert not live.state.held
    before = live.state.fees
    live.tell(*[replace(fill, fees=Decimal("1")) for fill in fills(live) if fill.ref == order.ref])
    assert live.state.fees - before == Decimal("1")  # the closed position has it
    assert live.state.closed[-1].fees == Decimal("1")
