"""The price of an underlying before anything is subscribed: the strikes are chosen around it."""

import asyncio
from typing import Any

from cockpit.domain.errors import BadInput
from cockpit.feeds.ib.translate import last, price_of
from cockpit.ib.budget import Budget
from cockpit.ib.notices import meaning, refusal


async def first_price(ib: Any, budget: Budget, contract: Any, name: str, *, within_s: float) -> float:
    """The price now, else the last close; raises BadInput when the broker gives neither, ConnectionError at a drop."""
    await budget.turn()
    ticker = ib.reqMktData(contract)
    try:
        async with asyncio.timeout(within_s):
            return await _told(ib, ticker, name)
    except TimeoutError:
        close = last(ticker.close)
        if close is None:
            raise BadInput(
                f"No price of {name} came within {within_s:g} s: try again while its market is open, and see that "
                "TWS itself shows its quotes."
            ) from None
        return close
    finally:
        if ib.client.isReady():
            budget.urgent()  # its line is wanted again at once
            ib.cancelMktData(contract)


async def _told(ib: Any, ticker: Any, name: str) -> float:
    """The first price that comes."""
    told: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def look(_: Any) -> None:
        price = price_of(ticker)
        if price is not None and not told.done():
            told.set_result(price)

    def hear(_request: int, code: int, _text: str, about: Any) -> None:
        if about is ticker.contract and meaning(code) == "refused" and not told.done():
            told.set_exception(BadInput(refusal(name, code)))

    def end() -> None:
        if not told.done():
            told.set_exception(ConnectionError())

    events = ((ticker.updateEvent, look), (ib.errorEvent, hear), (ib.disconnectedEvent, end))
    for event, handler in events:
        event.connect(handler)
    try:
        return await told
    finally:
        for event, handler in events:
            event.disconnect(handler)
