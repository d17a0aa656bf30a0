"""What happens to a session: market rows in batches, heartbeats, scripted entries and the broker's reports.

Times are integer nanoseconds since the epoch, UTC, on the session's own clock. In a row `None` means *no news*,
never zero; a NaN is what the source said and is refused by the market's trust checks (cockpit.market.trust).
"""

from typing import Any, Literal, NamedTuple

NS = 1_000_000_000


class Quoted(NamedTuple):
    """One row of one contract as it became known."""

    symbol: str
    at_ns: int
    bid: float | None = None
    ask: float | None = None
    bid_size: float | None = None
    ask_size: float | None = None
    last: float | None = None
    volume: float | None = None  # since the contract's previous row
    volume_cum: float | None = None  # today
    open_interest: float | None = None
    underlying_price: float | None = None
    iv: float | None = None  # fraction
    delta: float | None = None
    gamma: float | None = None
    theta: float | None = None  # premium points per calendar day
    vega: float | None = None  # premium points per 1 % of volatility
    rho: float | None = None
    fwd_parity: float | None = None


class UnderlyingQuoted(NamedTuple):
    """One row of an underlying; with `open`, `high` and `low` it is the bar that ended at `at_ns`."""

    underlying: str
    at_ns: int
    price: float | None = None
    open: float | None = None
    high: float | None = None
    low: float | None = None
    volume: float | None = None


class FeaturesGiven(NamedTuple):
    """Feature values supplied with a recording; a value that is present replaces the computed one."""

    underlying: str
    at_ns: int
    momentum: float | None = None
    volatility_bps: float | None = None
    volume_ratio: float | None = None
    rsi: float | None = None
    regime: str | None = None  # trend | range | panic | unknown
    trend_direction: str | None = None  # up | down
    volatility_index: float | None = None


class Heartbeat(NamedTuple):
    """A whole quarter second of session time has passed; fires the rules that watch the clock."""

    at_ns: int


class Entry(NamedTuple):
    """A scripted entry: a row of an entries file, or the demo's own."""

    at_ns: int
    symbol: str
    side: Literal["buy", "sell"]
    contracts: int
    price: float | None = None  # limit; None: market
    profile: str | None = None
    strategy_id: str | None = None


class Batch(NamedTuple):
    """Everything of one instant: rows in file order, applied together; then entries; then commands; then judgement."""

    at_ns: int
    quotes: tuple[Quoted, ...] = ()
    underlyings: tuple[UnderlyingQuoted, ...] = ()
    given: tuple[FeaturesGiven, ...] = ()
    entries: tuple[Entry, ...] = ()
    commands: tuple[Any, ...] = ()  # cockpit.commands.Command, which this module does not know
