"""In which steps the prices of contracts move: the broker's market rules, each asked once a connection."""

import asyncio
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from cockpit.domain.price_grid import Steps
from cockpit.ib.budget import Budget

SMART = "SMART"
UNTOLD = (
    "TWS or Gateway does not tell in which steps the prices of these contracts move: the smallest step is used at "
    "every price, until the exchange refuses one."
)

Say = Callable[[str], None]


@dataclass(slots=True)
class _Rules:
    """Of one connection, which feed and broker share."""

    asked: dict[int, asyncio.Task[Steps]] = field(default_factory=dict[int, "asyncio.Task[Steps]"])
    is_untold: bool = False  # and somebody has been told so


_rules: WeakKeyDictionary[Any, _Rules] = WeakKeyDictionary()


async def price_steps(ib: Any, budget: Budget, listed: Sequence[Any], say: Say) -> list[Steps]:
    """The steps of each of these details of the library, empty where they are not told; rules are asked together."""
    rules = _rules.setdefault(ib, _Rules())
    numbers = [rule_of(details) for details in listed]
    wanted = {number for number in numbers if number is not None}
    for number in sorted(wanted - rules.asked.keys()):
        rules.asked[number] = asyncio.get_running_loop().create_task(_asked(ib, budget, number))
    waited = {rules.asked[number] for number in wanted}
    if waited:
        await asyncio.wait(waited)  # a caller that is cancelled leaves the question to others
    if not rules.is_untold and not all(task.result() for task in waited):
        rules.is_untold = True
        say(UNTOLD)
    return [() if number is None else rules.asked[number].result() for number in numbers]


def rule_of(details: Any) -> int | None:
    """The market rule of where orders in the contract are sent: by SMART, else to its exchange, else the first told."""
    rules = (details.marketRuleIds or "").split(",")
    exchanges = (details.validExchanges or "").split(",")
    places = (exchanges.index(each) for each in (SMART, details.contract.exchange) if each in exchanges)
    place = next((place for place in places if place < len(rules)), 0)
    return int(rules[place]) if rules[place].strip().isdecimal() else None


def steps_of(increments: Iterable[Any] | None) -> Steps:
    """The library's increments as steps, rising in price; what makes no sense is left out."""
    rows = {
        float(each.lowEdge): float(each.increment)
        for each in increments or ()
        if math.isfinite(each.lowEdge) and math.isfinite(each.increment) and each.increment > 0.0 <= each.lowEdge
    }
    return tuple(sorted(rows.items()))


def unheard(_sentence: str) -> None:
    """Where nobody listens."""


async def _asked(ib: Any, budget: Budget, number: int) -> Steps:
    await budget.turn()
    try:
        return steps_of(await ib.reqMarketRuleAsync(number))  # the library waits for a second, and says None
    except ConnectionError:
        return ()  # whoever waits hears of that from its next question
