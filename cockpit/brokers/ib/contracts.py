"""The contracts that may be traded, by our symbol and by the broker's number, and why some cannot be supervised."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cockpit.brokers.ib.translate import label
from cockpit.domain.instrument import Instrument
from cockpit.domain.price_grid import Steps
from cockpit.domain.trading_hours import guess_market
from cockpit.ib.budget import Budget
from cockpit.ib.instruments import Option, answered, instrument_of
from cockpit.ib.library import library
from cockpit.ib.price_rules import Say, price_steps, unheard
from cockpit.ib.series import Series, details_of
from cockpit.settings import market as market_profile

SMART = "SMART"
_INDIAN = frozenset(("NSE", "BSE"))
_SUPERVISED = frozenset(("OPT", "STK"))


class Contracts:
    """Grows in a session's life, and never forgets; `say` hears when the broker does not tell how prices step."""

    def __init__(self, say: Say = unheard) -> None:
        self._say = say
        self.by_symbol: dict[str, Option] = {}
        self.by_id: dict[int, Option] = {}
        self.underlyings: dict[str, Any] = {}
        self._unknown: dict[int, str] = {}

    def know(self, options: Iterable[Option], underlyings: Mapping[str, Any]) -> None:
        """Contracts that a feed has found already."""
        for option in options:
            self.by_symbol[option.instrument.symbol] = self.by_id[option.contract.conId] = option
        self.underlyings.update(underlyings)

    def why_not(self, contract: Any) -> str | None:
        """Why a contract cannot be supervised; None when it can, once it has been learned."""
        if contract.secType not in _SUPERVISED:
            return f"positions of type {contract.secType or '?'} are not supervised"
        profile = market_profile(market_of(contract))
        if contract.currency and contract.currency != profile.currency:
            return f"it is in {contract.currency}, which this session does not supervise"
        return self._unknown.get(contract.conId)

    async def learn(self, ib: Any, budget: Budget, contracts: Iterable[Any]) -> list[Option]:
        """Asks for what is not known yet and could be supervised; what was found new."""
        wanted = {each.conId: each for each in contracts if each.conId not in self.by_id and self.why_not(each) is None}
        known = await self._series(ib, budget, wanted.values())
        listed: list[Any] = []
        for con_id, contract in wanted.items():
            details = known.get(con_id) or await self._details(ib, budget, con_id, label(contract))
            if details is None:
                self._unknown[con_id] = "the broker does not know the contract any more"
                continue
            listed.append(details)
            name = details.contract.symbol
            if details.contract.secType == "STK":
                self.underlyings.setdefault(name, details.contract)
            elif name not in self.underlyings and details.underConId:
                underlying = await self._details(ib, budget, details.underConId, name)
                if underlying is not None:
                    self.underlyings[name] = routed(underlying)
        steps = await price_steps(ib, budget, listed, self._say)
        found = [Option(routed(each), _instrument(each, own)) for each, own in zip(listed, steps, strict=True)]
        self.know(found, {})
        return found

    async def _series(self, ib: Any, budget: Budget, wanted: Iterable[Any]) -> dict[int, Any]:
        """Details, by number, as far as several of one expiry are wanted: one question instead of one each."""
        count = Counter(filter(None, map(_series_of, wanted)))
        asked = [await details_of(ib, budget, series) for series, contracts in count.items() if contracts > 1]
        return {details.contract.conId: details for listed in asked for details in listed}

    async def _details(self, ib: Any, budget: Budget, con_id: int, about: str) -> Any:
        await budget.turn()
        listed = await answered(ib.reqContractDetailsAsync(library().Contract(conId=con_id)), about)
        return listed[0] if listed else None


def _series_of(contract: Any) -> Series | None:
    """An option's, which is told without an exchange; where that is the wrong one, each is asked for by itself."""
    if contract.secType != "OPT":
        return None
    return Series(
        contract.symbol, contract.currency, contract.lastTradeDateOrContractMonth[:8],
        "NSE" if market_of(contract) == "nse" else SMART, contract.tradingClass, contract.multiplier,
    )  # fmt: skip


def market_of(contract: Any) -> str:
    """The name of the market profile that a contract most likely belongs to."""
    if not _INDIAN.isdisjoint((contract.primaryExchange, contract.exchange)):
        return "nse"
    return "us" if contract.currency == "USD" else guess_market(contract.symbol, contract.symbol)


def routed(details: Any) -> Any:
    """Its contract, sent to where the broker finds the best price, or else to its own exchange."""
    contract = details.contract
    if SMART in (details.validExchanges or "").split(","):
        contract.exchange = SMART
    return contract


def _instrument(details: Any, steps: Steps) -> Instrument:
    return instrument_of(details, details.contract.symbol, market_of(details.contract), steps)
