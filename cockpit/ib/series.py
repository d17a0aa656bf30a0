"""The options of one expiry and trading class: one question holds them all, and no connection is asked it twice."""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from cockpit.ib.budget import Budget
from cockpit.ib.instruments import answered
from cockpit.ib.library import library


class Series(NamedTuple):
    """What is asked for, in the broker's words."""

    symbol: str
    currency: str
    expiry: str  # YYYYMMDD
    exchange: str
    trading_class: str
    multiplier: str


_answers: WeakKeyDictionary[Any, dict[Series, list[Any]]] = WeakKeyDictionary()
"""By connection: feed and broker share one, and what is held is mostly of the chains that are quoted."""


async def details_of(ib: Any, budget: Budget, series: Series) -> list[Any]:
    """The library's details of its contracts; empty where there are none. Raises as `answered` does."""
    known = _answers.setdefault(ib, {})
    if series not in known:
        asked = library().Contract(
            secType="OPT", symbol=series.symbol, currency=series.currency, exchange=series.exchange,
            lastTradeDateOrContractMonth=series.expiry, tradingClass=series.trading_class, multiplier=series.multiplier,
        )  # fmt: skip
        await budget.turn()
        known[series] = await answered(ib.reqContractDetailsAsync(asked), f"the options of {series.symbol}")
    return known[series]
