"""The contracts of these tests and how the library names them."""

from typing import Any

from tests.tws.contracts import index, options, stock
from tests.tws.library import api

SPY, VIX, CALL, PUT, FAR_CALL = 756_733, 13_455_763, 1001, 1002, 1003
EXPIRY, LATER = "20301220", "20310117"

_spy = stock(SPY, "SPY")
LISTINGS = [
    _spy,
    index(VIX, "VIX"),
    *options(CALL, _spy, expiries=[EXPIRY, LATER], strikes=[500.0, 505.0], market_rule=26),
]


def spy() -> Any:
    return api.Stock("SPY", "SMART", "USD", conId=SPY)


def call() -> Any:
    return api.Option("SPY", EXPIRY, 500.0, "C", "SMART", conId=CALL, multiplier="100", currency="USD")


def put() -> Any:
    return api.Option("SPY", EXPIRY, 500.0, "P", "SMART", conId=PUT, multiplier="100", currency="USD")


def far_call() -> Any:
    return api.Option("SPY", EXPIRY, 505.0, "C", "SMART", conId=FAR_CALL, multiplier="100", currency="USD")


def spread() -> Any:
    """Long the call at 500, short the call at 505."""
    legs = [api.ComboLeg(CALL, 1, "BUY", "SMART"), api.ComboLeg(FAR_CALL, 1, "SELL", "SMART")]
    return api.Contract(secType="BAG", symbol="SPY", exchange="SMART", currency="USD", comboLegs=legs)


def order(kind: str, action: str, quantity: float = 2, **terms: Any) -> Any:
    return api.Order(action=action, totalQuantity=quantity, orderType=kind, **terms)


def resting(ib: Any, **terms: Any) -> Any:
    """A placed order to buy two calls at 9.00, below the market of these tests."""
    return ib.placeOrder(call(), order("LMT", "BUY", lmtPrice=9.0, **terms))


def status(trade: Any) -> str:
    return trade.orderStatus.status


def held(ib: Any) -> dict[int, float]:
    """What the library says is held, by contract."""
    return {position.contract.conId: position.position for position in ib.positions()}
