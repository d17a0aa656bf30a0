"""One contract of the library as an instrument of ours, and how long the broker is given for an answer."""

import asyncio
from collections.abc import Awaitable
from datetime import date
from typing import Any, NamedTuple, TypeVar

from cockpit.domain.errors import NoBroker
from cockpit.domain.instrument import Instrument, Right
from cockpit.domain.price_grid import Steps
from cockpit.settings import market as market_profile

T = TypeVar("T")

ANSWER_S = 20.0  # a chain of thousands of contracts takes the broker seconds
RIGHTS: dict[str, Right] = {"C": "C", "CALL": "C", "P": "P", "PUT": "P"}


class Option(NamedTuple):
    """One contract that is traded: the library's, and ours."""

    contract: Any
    instrument: Instrument


async def answered(question: Awaitable[T], about: str) -> T:
    """The answer; raises NoBroker when none comes, ConnectionError when the connection ends."""
    try:
        async with asyncio.timeout(ANSWER_S):
            return await question
    except TimeoutError as error:
        raise NoBroker(f"TWS or Gateway gave no answer about {about}: see that it is logged in, try again.") from error


def instrument_of(details: Any, underlying: str, market: str, steps: Steps = ()) -> Instrument:
    """A contract's details as ours; what they leave out is the market profile's. A share is its own underlying."""
    contract, profile = details.contract, market_profile(market)
    tick = float(details.minTick or profile.tick)
    is_option = contract.secType == "OPT"
    return Instrument(
        symbol=" ".join((contract.localSymbol or contract.symbol).split()),
        underlying=underlying,
        expiry=date.fromisoformat(contract.lastTradeDateOrContractMonth[:8]) if is_option else None,
        strike=float(contract.strike) if is_option else None,
        right=RIGHTS[contract.right.upper()] if is_option else None,
        multiplier=float(contract.multiplier or (profile.multiplier if is_option else 1.0)),
        lot=max(round(float(details.sizeIncrement or 0)), profile.lot if is_option else 1),
        tick=tick,
        currency=contract.currency,
        market=market,
        steps=() if all(step == tick for _, step in steps) else steps,
    )
