"""Which contracts a feed takes: the underlying, its next expiries, and the strikes around its price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cockpit.domain.errors import BadInput
from cockpit.domain.instrument import Instrument
from cockpit.domain.price_grid import Steps
from cockpit.domain.trading_hours import guess_market, plain_name
from cockpit.ib.budget import Budget
from cockpit.ib.instruments import Option, answered, instrument_of
from cockpit.ib.library import library
from cockpit.ib.price_rules import Say, price_steps, unheard
from cockpit.ib.series import Series, details_of
from cockpit.settings import market as market_profile

SMART = "SMART"
EXTRAS = 2  # lines kept free for the volatility index and the benchmark, where a chain leaves them
_INDIAN = frozenset(("NSE", "BSE"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a feed is asked for: `strikes` on each side of the price, no more subscriptions than `lines` in all."""

    underlyings: tuple[str, ...]
    expiries: int = 2
    strikes: int = 10
    market: str | None = None
    lines: int = 100

    def strikes_that_fit(self) -> int:
        """As many strikes a side as the lines allow; raises BadInput when that is none."""
        strike = 4 * len(self.underlyings) * self.expiries  # call and put, below and above
        lines = self.lines - len(self.underlyings)
        fit = (lines - EXTRAS) // strike or lines // strike
        if fit < 1:
            raise BadInput(
                f"{self.expiries} expiries of {', '.join(self.underlyings)} do not fit into {self.lines} market-data "
                "lines; ask for less with --underlying or --expiries, or raise --lines if the account has more."
            )
        return min(self.strikes, fit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlying:
    """One that the broker knows: the library's contract, and the name of its market profile."""

    name: str
    contract: Any
    market: str


async def find_underlying(ib: Any, budget: Budget, name: str, market: str | None) -> Underlying:
    """The index, share or fund of that name; raises BadInput when the broker knows none."""
    guessed = market or guess_market(name, name)
    profile = market_profile(guessed)
    kinds = [("STK", "NSE" if guessed == "nse" else SMART), ("IND", "")]
    if plain_name(name) in profile.indexes:
        kinds.reverse()
    for kind, exchange in kinds:
        asked = library().Contract(secType=kind, symbol=name, exchange=exchange, currency=profile.currency)
        await budget.turn()
        found = await answered(ib.reqContractDetailsAsync(asked), name)
        if found:
            contract = found[0].contract
            contract.exchange = exchange or contract.exchange
            listed = "us" if _INDIAN.isdisjoint((contract.primaryExchange, contract.exchange)) else "nse"
            return Underlying(name=name, contract=contract, market=market or listed)
    raise BadInput(
        f"Interactive Brokers knows no share or index {name!r} in {profile.currency}; correct --underlying (the "
        "symbol as TWS shows it), or name its --market."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """All options of one expiry, by strike; `count` strikes on each side of the price are quoted."""

    underlying: str
    options: tuple[Option, ...]
    count: int

    def near(self, price: float) -> list[Option]:
        """Those with strikes around the price."""
        strikes = around({each.contract.strike for each in self.options}, price, self.count)
        return [each for each in self.options if each.contract.strike in strikes]


async def chains_of(
    ib: Any, budget: Budget, underlying: Underlying, wanted: Wanted, today: date, *, say: Say = unheard
) -> list[Chain]:
    """The options of the next expiries; raises BadInput when there are none."""
    contract = underlying.contract
    await budget.turn()
    chains = await answered(
        ib.reqSecDefOptParamsAsync(contract.symbol, "", contract.secType, contract.conId), underlying.name
    )
    asked = next_series(contract, chains, wanted.expiries, today)
    listed = [(each, series) for series in asked for each in await details_of(ib, budget, series)]
    steps = await price_steps(ib, budget, [each for each, _ in listed], say)
    options = {series: list[Option]() for series in asked}
    for (each, series), own in zip(listed, steps, strict=True):
        options[series].append(option(each, underlying, series, own))
    count = wanted.strikes_that_fit()
    found = [
        Chain(underlying=underlying.name, options=tuple(sorted(each, key=_place)), count=count)
        for each in options.values()
    ]
    if not any(chain.options for chain in found):
        raise BadInput(f"Interactive Brokers lists no options on {underlying.name}; name another --underlying.")
    return found


def next_series(underlying: Any, chains: Iterable[Any], count: int, today: date) -> list[Series]:
    """The next `count` expiries of a contract from today on, each in the class with the most expiries that has it.

    So the weeklies of an index, which trade to the close of their last day, go before its monthlies of the same day,
    and the classes that a corporate action has left over are not taken.
    """
    here = list(chains)
    smart = [chain for chain in here if chain.exchange == SMART]
    series: dict[str, Series] = {}
    for chain in sorted(smart or here, key=lambda chain: (-len(chain.expirations), chain.tradingClass, chain.exchange)):
        for expiry in chain.expirations:
            found = Series(
                underlying.symbol, underlying.currency, expiry, chain.exchange, chain.tradingClass, chain.multiplier
            )
            series.setdefault(expiry, found)
    first = f"{today:%Y%m%d}"
    return [series[expiry] for expiry in sorted(series) if expiry >= first][:count]


def around(strikes: Iterable[float], price: float, count: int) -> frozenset[float]:
    """The `count` strikes at or below the price, and as many above."""
    ordered = sorted(strikes)
    below = [strike for strike in ordered if strike <= price]
    above = ordered[len(below) :]
    return frozenset((*below[-count:], *above[:count]))


def option(details: Any, underlying: Underlying, series: Series, steps: Steps) -> Option:
    """One contract's details as an instrument of ours."""
    contract = details.contract
    contract.exchange = series.exchange
    return Option(contract, instrument_of(details, underlying.name, underlying.market, steps))


def check_one_recording(instruments: Sequence[Instrument]) -> None:
    """A recording states its terms once; raises BadInput naming two contracts that differ in them."""
    first = instruments[0]
    for one in instruments:
        if _terms(one) != _terms(first):
            raise BadInput(
                f"{first.symbol} and {one.symbol} differ in market, multiplier, lot, tick or currency, which one "
                "recording cannot hold; record one --underlying a folder."
            )


def _terms(contract: Instrument) -> tuple[Any, ...]:
    return (contract.market, contract.multiplier, contract.lot, contract.tick, contract.currency)


def _place(each: Option) -> tuple[Any, ...]:
    contract = each.instrument
    return (contract.underlying, contract.expiry, contract.strike, contract.right)
