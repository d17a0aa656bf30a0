"""What can be traded at the loopback server: contracts, their details, and how a request finds them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tests.tws.wire import Field, Reader

BAG_CON_ID = 28_812_380
ORDER_TYPES = "ACTIVETIM,ADJUST,ALERT,AVGCOST,COND,DAY,GTC,IOC,LMT,MIT,MKT,MOC,OCA,REL,STP,STPLMT,TRAIL,WHATIF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    con_id: int
    ratio: int
    action: str
    exchange: str = "SMART"
    more: tuple[str, str, str, str] = ("0", "0", "", "-1")
    """Open or close, short-sale slot, designated location and exempt code, echoed as they came."""

    def fields(self) -> list[Field]:
        return [self.con_id, self.ratio, self.action, self.exchange, *self.more]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    con_id: int = 0
    symbol: str = ""
    sec_type: str = ""
    expiry: str = ""
    strike: float = 0.0
    right: str = ""
    multiplier: str = ""
    exchange: str = ""
    primary_exchange: str = ""
    currency: str = ""
    local_symbol: str = ""
    trading_class: str = ""
    legs: tuple[Leg, ...] = ()

    @property
    def size(self) -> float:
        """Currency per point of price."""
        return float(self.multiplier or 1)

    def fields(self) -> list[Field]:
        """The eleven fields in which orders, positions and executions name a contract."""
        return [
            self.con_id or (BAG_CON_ID if self.sec_type == "BAG" else 0),
            self.symbol,
            self.sec_type,
            self.expiry,
            self.strike,
            self.right,
            self.multiplier,
            self.exchange,
            self.currency,
            self.local_symbol,
            self.trading_class,
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A contract with the details that a request for them shows."""

    contract: Contract
    min_tick: float = 0.01
    market_rule: int = 26
    underlying: int = 0
    long_name: str = ""
    time_zone: str = "US/Eastern"
    trading_hours: str = ""
    liquid_hours: str = ""
    exchanges: str = "SMART"

    def details(self, underlying: Contract | None) -> list[Field]:
        """The fields of one answer after its request id, at server version 176."""
        c = self.contract
        closes = f"{c.expiry}-16:00:00-{self.time_zone}" if c.expiry else ""
        rules = ",".join(str(self.market_rule) for _ in self.exchanges.split(","))
        return [
            *(c.symbol, c.sec_type, closes, c.strike, c.right, c.exchange, c.currency, c.local_symbol),
            *(c.trading_class, c.trading_class, c.con_id, self.min_tick, c.multiplier, ORDER_TYPES, self.exchanges),
            *(1, self.underlying, self.long_name, c.primary_exchange, c.expiry[:6], "", "", "", self.time_zone),
            *(self.trading_hours, self.liquid_hours, "", 0, 0, 1),
            *((underlying.symbol, underlying.sec_type) if underlying else ("", "")),
            *(rules, c.expiry, "COMMON" if c.sec_type == "STK" else "", 1, 1, 1),
        ]


def read_contract(reader: Reader) -> Contract:
    """The twelve fields in which every request names a contract."""
    return Contract(
        con_id=reader.whole(),
        symbol=reader.word(),
        sec_type=reader.word(),
        expiry=reader.word(),
        strike=reader.real(),
        right=reader.word(),
        multiplier=reader.word(),
        exchange=reader.word(),
        primary_exchange=reader.word(),
        currency=reader.word(),
        local_symbol=reader.word(),
        trading_class=reader.word(),
    )


def read_legs(reader: Reader, contract: Contract, *, whole: bool) -> Contract:
    """The contract with the legs that follow it when it is a combo; orders name eight fields a leg, quotes four."""
    if contract.sec_type != "BAG":
        return contract
    legs: list[Leg] = []
    for _ in range(reader.whole()):
        con_id, ratio, action, exchange = reader.whole(), reader.whole(), reader.word(), reader.word()
        more = (reader.word(), reader.word(), reader.word(), reader.word()) if whole else ("0", "0", "", "-1")
        legs.append(Leg(con_id=con_id, ratio=ratio, action=action, exchange=exchange, more=more))
    return replace(contract, legs=tuple(legs))


class Listings:
    """Every contract that the server knows, found by its id or by what a request says of it."""

    def __init__(self) -> None:
        self._by_id: dict[int, Listing] = {}

    def add(self, listings: Iterable[Listing]) -> None:
        self._by_id.update((listing.contract.con_id, listing) for listing in listings)

    def get(self, con_id: int) -> Listing | None:
        return self._by_id.get(con_id)

    def matching(self, asked: Contract) -> list[Listing]:
        """All contracts that agree with every field the request fills in."""
        if asked.con_id:
            found = self._by_id.get(asked.con_id)
            return [found] if found else []
        return [listing for listing in self._by_id.values() if _agrees(asked, listing)]

    def resolved(self, asked: Contract) -> Contract | None:
        """The one contract that is meant, with the exchange that was asked for; None when none or several are."""
        if asked.sec_type == "BAG":
            known = asked.legs and all(leg.con_id in self._by_id for leg in asked.legs)
            return replace(asked, con_id=asked.con_id or BAG_CON_ID) if known else None
        found = self.matching(asked)
        if len(found) != 1:
            return None
        contract = found[0].contract
        return replace(contract, exchange=asked.exchange or contract.exchange)

    def chains(self, underlying: int) -> list[tuple[str, str, str, list[str], list[float]]]:
        """Exchange, trading class, multiplier, expiries and strikes of each option class on an underlying."""
        classes: dict[tuple[str, str, str], tuple[set[str], set[float]]] = {}
        for listing in self._by_id.values():
            c = listing.contract
            if listing.underlying != underlying or c.sec_type not in ("OPT", "FOP"):
                continue
            for exchange in listing.exchanges.split(","):
                expiries, strikes = classes.setdefault((exchange, c.trading_class, c.multiplier), (set(), set()))
                expiries.add(c.expiry)
                strikes.add(c.strike)
        return [(*key, sorted(expiries), sorted(strikes)) for key, (expiries, strikes) in sorted(classes.items())]


def _agrees(asked: Contract, listing: Listing) -> bool:
    c = listing.contract
    plain = (
        (asked.symbol, c.symbol),
        (asked.sec_type, c.sec_type),
        (asked.right[:1], c.right),
        (asked.multiplier, c.multiplier),
        (asked.currency, c.currency),
        (asked.local_symbol, c.local_symbol),
        (asked.trading_class, c.trading_class),
    )
    return (
        all(wanted in ("", held) for wanted, held in plain)
        and c.expiry.startswith(asked.expiry)
        and asked.strike in (0.0, c.strike)
        and asked.exchange in ("", c.exchange, *listing.exchanges.split(","))
    )


def stock(con_id: int, symbol: str, *, primary_exchange: str = "ARCA") -> Listing:
    contract = Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type="STK",
        exchange="SMART",
        primary_exchange=primary_exchange,
        currency="USD",
        local_symbol=symbol,
        trading_class=symbol,
    )
    return Listing(contract=contract, long_name=symbol, exchanges=f"SMART,{primary_exchange}")


def index(con_id: int, symbol: str, *, exchange: str = "CBOE") -> Listing:
    contract = Contract(
        con_id=con_id,
        symbol=symbol,
        sec_type="IND",
        exchange=exchange,
        currency="USD",
        local_symbol=symbol,
        trading_class=symbol,
    )
    return Listing(contract=contract, long_name=symbol, exchanges=exchange)


def options(
    first_con_id: int,
    underlying: Listing,
    *,
    expiries: Iterable[str],
    strikes: Iterable[float],
    market_rule: int = 110,
    min_tick: float = 0.01,
    trading_class: str = "",
) -> list[Listing]:
    """Calls then puts of each strike of each expiry (YYYYMMDD), numbered from `first_con_id`."""
    symbol = underlying.contract.symbol
    held = [(expiry, strike, right) for expiry in expiries for strike in strikes for right in "CP"]
    return [
        Listing(
            contract=Contract(
                con_id=first_con_id + n,
                symbol=symbol,
                sec_type="OPT",
                expiry=expiry,
                strike=float(strike),
                right=right,
                multiplier="100",
                exchange="SMART",
                currency="USD",
                local_symbol=f"{symbol:<6}{expiry[2:]}{right}{round(strike * 1000):08d}",
                trading_class=trading_class or symbol,
            ),
            min_tick=min_tick,
            market_rule=market_rule,
            underlying=underlying.contract.con_id,
            long_name=underlying.long_name,
            exchanges="SMART,CBOE",
        )
        for n, (expiry, strike, right) in enumerate(held)
    ]
