"""What the library's tickers say, as rows: its many ways of saying "unknown" all become None."""

from typing import Any

from cockpit.domain.instrument import Instrument
from cockpit.events import Quoted

LARGEST = 1e300  # the protocol writes the largest double for "not set"
NOT_COMPUTED = -2.0  # of a Greek; the library lets it through for theta and vega


def known(value: Any) -> float | None:
    """The number, or None for what is missing, not a number or not set."""
    return float(value) if value is not None and -LARGEST < value < LARGEST else None  # false for a NaN too


def at_least_zero(value: Any) -> float | None:
    """A number that cannot be negative; −1 is how the broker says that it has none."""
    number = known(value)
    return None if number is None or number < 0.0 else number


def side(price: Any, size: Any) -> tuple[float | None, float | None]:
    """Price and displayed size of one side; a size of 0 means that nobody quotes, whatever price is left over."""
    shown, quoted = at_least_zero(size), at_least_zero(price)
    if shown == 0.0 or not quoted:
        return None, None
    return quoted, shown


def last(price: Any) -> float | None:
    """The last trade's price; there is none of 0."""
    return at_least_zero(price) or None


def greek(value: Any) -> float | None:
    """A Greek in the broker's units, which are ours: a day of theta, a percent of volatility of vega."""
    number = known(value)
    return None if number == NOT_COMPUTED else number


def quoted(contract: Instrument, ticker: Any, at_ns: int) -> Quoted:
    """The newest values of one option as one row.

    Open interest is that of the contract's own side, volume the day's. Greeks are those of the broker's model.
    """
    bid, bid_size = side(ticker.bid, ticker.bidSize)
    ask, ask_size = side(ticker.ask, ticker.askSize)
    model = ticker.modelGreeks
    interest = ticker.putOpenInterest if contract.right == "P" else ticker.callOpenInterest
    return Quoted(
        symbol=contract.symbol,
        at_ns=at_ns,
        bid=bid,
        ask=ask,
        bid_size=bid_size,
        ask_size=ask_size,
        last=last(ticker.last),
        volume_cum=at_least_zero(ticker.volume),
        open_interest=at_least_zero(interest),
        iv=None if model is None else at_least_zero(model.impliedVol) or None,
        delta=None if model is None else greek(model.delta),
        gamma=None if model is None else at_least_zero(model.gamma),
        theta=None if model is None else greek(model.theta),
        vega=None if model is None else at_least_zero(model.vega),
    )


def price_of(ticker: Any) -> float | None:
    """The price of an underlying: the last trade where it lies within the quote, else the middle of the quote."""
    (bid, _), (ask, _), traded = side(ticker.bid, ticker.bidSize), side(ticker.ask, ticker.askSize), last(ticker.last)
    if bid is None or ask is None or bid > ask or (traded is not None and bid <= traded <= ask):
        return traded
    return (bid + ask) / 2.0
