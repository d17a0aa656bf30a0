"""Quotes and bars that the test sets: what is known of each contract, and a combo's quote from its legs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.tws import ticks
from tests.tws.contracts import Contract
from tests.tws.ticks import Greeks

NO_BID_PRICE = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What an order can meet; None is a side that nobody quotes."""

    bid: float | None = None
    ask: float | None = None
    last: float | None = None

    def exit_side(self, action: str) -> float | None:
        return self.ask if action == "BUY" else self.bid


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    at_s: int
    open: float
    high: float
    low: float
    close: float
    volume: float = 0.0
    average: float = 0.0
    count: int = 0

    def date(self, *, daily: bool, epoch: bool, zone: str) -> str:
        """As the protocol writes it: a day alone, seconds since 1970, or local time with its zone."""
        local = datetime.fromtimestamp(self.at_s, UTC).astimezone(ZoneInfo(zone))
        if daily:
            return f"{local:%Y%m%d}"
        return str(self.at_s) if epoch else f"{local:%Y%m%d %H:%M:%S} {zone}"


@dataclass(slots=True)
class Traded:
    """All that is known of one contract: its quote, the ticks a new subscriber is sent first, and its faults."""

    quote: Quote = field(default_factory=Quote)
    ticks: dict[int, tuple[str, ...]] = field(default_factory=dict[int, tuple[str, ...]])
    halted: int = 0
    """0 no, 1 halted, 2 volatility halt."""
    halt_rejects: bool = False
    permission: str = "live"
    """`live`; `none` (354, delayed when asked for); `competing` (10197, nothing)."""
    liquidity: float | None = None
    """What the market still takes or gives; None is any quantity."""
    bars: dict[str, list[Bar]] = field(default_factory=dict[str, list[Bar]])
    """By what they show: TRADES, MIDPOINT, OPTION_IMPLIED_VOLATILITY…"""


class Market:
    def __init__(self) -> None:
        self._traded: dict[int, Traded] = {}

    def of(self, con_id: int) -> Traded:
        return self._traded.setdefault(con_id, Traded())

    def set_quote(self, con_id: int, quote: Quote, sizes: tuple[float, float, float]) -> dict[int, tuple[str, ...]]:
        """Replace the quote; the ticks that tell it. A missing side is −1 with size 0, as the broker writes it."""
        held = self.of(con_id)
        held.quote = quote
        told = {
            ticks.BID: _side(quote.bid, sizes[0]),
            ticks.BID_SIZE: (str(sizes[0] if quote.bid is not None else 0),),
            ticks.ASK: _side(quote.ask, sizes[1]),
            ticks.ASK_SIZE: (str(sizes[1] if quote.ask is not None else 0),),
        }
        if quote.last is not None:
            told |= {ticks.LAST: (str(quote.last), str(sizes[2])), ticks.LAST_SIZE: (str(sizes[2]),)}
        held.ticks |= told
        return told

    def set_tick(self, con_id: int, tick: int, value: str) -> dict[int, tuple[str, ...]]:
        words = (value, "0") if ticks.is_price(tick) else (value,)
        self.of(con_id).ticks[tick] = words
        return {tick: words}

    def set_greeks(self, con_id: int, greeks: Greeks, tick: int) -> dict[int, tuple[str, ...]]:
        self.of(con_id).ticks[tick] = greeks.words()
        return {tick: greeks.words()}

    def quote_of(self, contract: Contract) -> Quote:
        """The quote an order on this contract meets; a combo's is what all its legs would cost or bring at once."""
        if not contract.legs:
            return self.of(contract.con_id).quote
        return Quote(bid=self._combo_side(contract, "SELL"), ask=self._combo_side(contract, "BUY"))

    def ticks_of(self, contract: Contract) -> dict[int, tuple[str, ...]]:
        if not contract.legs:
            return self.of(contract.con_id).ticks
        quote = self.quote_of(contract)
        return {ticks.BID: _side(quote.bid, 1), ticks.ASK: _side(quote.ask, 1)}

    def is_halted(self, contract: Contract) -> bool:
        watched = [leg.con_id for leg in contract.legs] or [contract.con_id]
        return any(self.of(con_id).halted for con_id in watched)

    def _combo_side(self, contract: Contract, action: str) -> float | None:
        total = 0.0
        for leg in contract.legs:
            price = self.of(leg.con_id).quote.exit_side(leg_action(leg.action, action))
            if price is None:
                return None
            total += price * leg.ratio * (1 if leg.action == "BUY" else -1)
        return round(total, 6)


def leg_action(leg: str, combo: str) -> str:
    """What trading the combo does to one leg: selling a combo sells what its legs buy."""
    if combo == "BUY":
        return leg
    return "SELL" if leg == "BUY" else "BUY"


def _side(price: float | None, size: float) -> tuple[str, str]:
    return (str(NO_BID_PRICE), "0") if price is None else (str(price), str(size))
