"""Our orders as the library's and back; nothing is sent."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from cockpit.brokers.ib.names import Names, whose
from cockpit.brokers.ib.translate import Envelope, label, number, seen, whole, wire_order
from cockpit.domain.order import Trigger
from tests.brokers.ib.desk import an_order, premium_stop
from tests.tws.library import api

UNSET = 1.7976931348623157e308


def envelope(**terms: Any) -> Envelope:
    usual: dict[str, Any] = {"account": "DU1", "wire_ref": "S1:a", "wire_group": "", "order_id": 5}
    return Envelope(**(usual | terms))


def test_a_limit_order() -> None:
    wire = wire_order(an_order(side="buy"), Decimal("9.55"), envelope())
    assert (wire.orderType, wire.action, wire.totalQuantity, wire.lmtPrice, wire.tif) == ("LMT", "BUY", 2, 9.55, "DAY")
    assert (wire.orderId, wire.orderRef, wire.account, wire.transmit, wire.outsideRth) == (
        5,
        "S1:a",
        "DU1",
        True,
        False,
    )
    assert (wire.ocaGroup, wire.parentId, wire.lmtPrice) == ("", 0, 9.55)


def test_a_market_order_has_no_price() -> None:
    wire = wire_order(an_order(limit=None), None, envelope())
    assert (wire.orderType, number(wire.lmtPrice), number(wire.auxPrice)) == ("MKT", None, None)


def test_a_trail_with_its_first_level() -> None:
    wire = wire_order(an_order(trail=Decimal("1.5"), trigger=premium_stop("7")), None, envelope())
    assert (wire.orderType, wire.auxPrice, wire.trailStopPrice) == ("TRAIL", 1.5, 7.0)


def test_a_stop_limit_in_a_group_under_its_parent() -> None:
    order = an_order(trigger=premium_stop("7"), tif="gtc")
    wire = wire_order(order, Decimal("6.9"), envelope(wire_group="S1:g", parent_id=4, transmit=False))
    assert (wire.orderType, wire.auxPrice, wire.lmtPrice, wire.tif) == ("STP LMT", 7.0, 6.9, "GTC")
    assert (wire.ocaGroup, wire.ocaType, wire.parentId, wire.transmit) == ("S1:g", 2, 4, False)


@pytest.mark.parametrize("above", [True, False])
def test_a_trigger_on_the_underlying_is_a_condition(above: bool) -> None:
    trigger = Trigger(price=Decimal("495.5"), on="underlying", above=above)
    watched = SimpleNamespace(conId=756733, exchange="SMART")
    wire = wire_order(an_order(trigger=trigger), None, envelope(watched=watched))
    (condition,) = wire.conditions
    assert wire.orderType == "MKT"
    assert (condition.conId, condition.exch, condition.price, condition.isMore) == (756733, "SMART", 495.5, above)
    assert not wire.conditionsCancelOrder
    assert not wire.conditionsIgnoreRth


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (UNSET, None),
        ("", None),
        (None, None),
        (float("nan"), None),
        ("4.55", Decimal("4.55")),
        (0.1, Decimal("0.1")),
        (0, Decimal(0)),
    ],
)
def test_a_number(value: Any, expected: Decimal | None) -> None:
    assert number(value) == expected


def test_contracts_that_are_not_set_are_none() -> None:
    assert (whole(UNSET), whole(2.0)) == (0, 2)


@pytest.mark.parametrize(
    ("terms", "limit", "trigger", "words"),
    [
        ({"orderType": "LMT", "lmtPrice": 4.55, "tif": "DAY"}, "4.55", None, "LMT 4.55 DAY"),
        ({"orderType": "MKT", "lmtPrice": 0.0, "tif": "IOC"}, None, None, "MKT IOC"),
        ({"orderType": "STP LMT", "lmtPrice": 4.5, "auxPrice": 4.6, "tif": "GTC"}, "4.5", "4.6", "STP LMT 4.5 4.6 GTC"),
        ({"orderType": "TRAIL", "auxPrice": 1.0, "trailStopPrice": 3.2}, None, "3.2", "TRAIL 3.2 DAY"),
        ({"orderType": "SOMETHING NEW", "lmtPrice": 3.0}, None, None, "SOMETHING NEW DAY"),
        ({"orderType": "", "lmtPrice": None, "auxPrice": float("nan")}, None, None, " DAY"),
    ],
)
def test_an_order_of_anybody_and_of_any_type_is_read(
    terms: dict[str, Any], limit: str | None, trigger: str | None, words: str
) -> None:
    trade = api.Trade(api.Contract(secType="BAG", symbol="SPY"), api.Order(**terms), api.OrderStatus())
    told = seen(trade)
    assert told.limit == (None if limit is None else Decimal(limit))
    assert told.trigger == (None if trigger is None else Decimal(trigger))
    assert (told.words, told.is_opinion) == (words, False)


def test_an_opinion_of_the_library_is_told_apart() -> None:
    trade = api.Trade(api.Contract(), api.Order(), api.OrderStatus(status="Cancelled"))
    trade.log.append(api.TradeLogEntry(None, "Cancelled", "Error 10349", 10349))
    assert seen(trade).is_opinion


def test_names_of_contracts() -> None:
    assert label(api.Contract(secType="OPT", localSymbol="SPY   301220C00500000")) == "SPY 301220C00500000"
    assert label(api.Contract(secType="FUT", localSymbol="ESZ0")) == "ESZ0 FUT"
    assert label(api.Contract(conId=5)) == "5"


def test_references_of_other_sessions_are_not_ours() -> None:
    names = Names("S0003")
    assert names.wire("P0001-0004") == "S0003:P0001-0004"
    assert names.wire("") == ""
    assert names.ours("S0003:P0001-0004") == "P0001-0004"
    assert [names.ours(wire) for wire in ("S0002:P0001-0004", "S00031:x", "", "by hand")] == [None] * 4


@pytest.mark.parametrize(
    ("wire", "client_id", "words"),
    [
        ("S0002:P0001-0004", 7, "by session S0002"),
        ("", 0, "by hand in TWS"),
        ("", 3, "by client 3"),
        ("mine", 7, "by an earlier program of this client"),
    ],
)
def test_whose_an_order_is(wire: str, client_id: int, words: str) -> None:
    assert whose(wire, client_id, 7) == words
