"""What happens to a session: market rows in batches, heartbeats, scripted entries, and what a live broker tells.

Times are integer nanoseconds since the epoch, UTC, on the session's own clock. In a row `None` means *no news*,
never zero; a NaN is what the source said and is refused by the market's trust checks (cockpit.market.trust).
"""

from decimal import Decimal
from typing import Any, Literal, NamedTuple

from cockpit.domain.instrument import Instrument

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


# ------------------------------------------------------------------ of a live broker

LinkState = Literal["connecting", "synchronising", "up", "no server", "quiet"]
"""`up` only once all that happened meanwhile has been told; until then nothing may be sent."""


class LinkChanged(NamedTuple):
    """The connection with the broker is another than before; `words` say why, for the trader."""

    at_ns: int
    state: LinkState
    words: str


class Listed(NamedTuple):
    """Contracts that may be quoted or held from now on; those that are known already stay as they are."""

    at_ns: int
    instruments: tuple[Instrument, ...]


class OffStep(NamedTuple):
    """The broker does not take an order, or a change of it, because its price is not on the exchange's step."""

    at_ns: int
    ref: str
    symbol: str
    price: Decimal


class Outside(NamedTuple):
    """An execution that no order of ours made: in another front end, by another program, by the exchange.

    `is_old` says that the session began after it: it is only remembered, so that it is not taken for news later.
    """

    at_ns: int
    id: str
    symbol: str
    side: Literal["buy", "sell"]
    contracts: int
    price: Decimal
    fees: Decimal
    whose: str  # "by hand in TWS", "by client 3"
    is_old: bool = False


class BrokerPosition(NamedTuple):
    """What the account holds of one contract that the session knows."""

    symbol: str
    contracts: int  # negative: short
    average: Decimal  # premium points


class Unsupervised(NamedTuple):
    """What the account holds and this session cannot supervise."""

    label: str
    contracts: int
    why: str


class OutsideOrder(NamedTuple):
    """A working order that is not ours; it is shown, and never touched but by the kill switch."""

    id: str
    label: str
    side: Literal["buy", "sell"]
    contracts: int
    filled: int
    words: str  # "LMT 4.55 DAY"
    state: str  # as the broker says it
    whose: str


class Snapshot(NamedTuple):
    """Everything the account holds and has working, asked for on connecting, after changes and once a minute.

    All executions up to it have been told before it. A contract that is not in `positions` is not held.
    """

    at_ns: int
    positions: tuple[BrokerPosition, ...]
    unsupervised: tuple[Unsupervised, ...] = ()
    orders: tuple[OutsideOrder, ...] = ()


class AccountTold(NamedTuple):
    """What the account is worth, in `currency`; None: not told."""

    at_ns: int
    account: str
    currency: str
    net_liquidation: float | None = None
    available: float | None = None  # funds
    buying_power: float | None = None
    excess: float | None = None  # liquidity
    initial_margin: float | None = None
    maintenance_margin: float | None = None
    unrealised: float | None = None
    realised: float | None = None  # of the day


class Noticed(NamedTuple):
    """Something the broker said that a trader should know."""

    at_ns: int
    id: str  # of the alert: the same again is counted, not repeated
    severity: Literal["info", "warning", "critical"]
    text: str


class MarginTold(NamedTuple):
    """What an entry that was not sent would do to the account, in its currency; None: not told."""

    at_ns: int
    symbol: str
    side: Literal["buy", "sell"]
    contracts: int
    currency: str = ""
    initial_change: float | None = None
    maintenance_change: float | None = None
    excess: float | None = None  # equity less initial margin, afterwards
    commission: float | None = None
    words: str = ""  # the broker's warning, or why it tells nothing
    is_refused: bool = False


BrokerEvent = LinkChanged | Listed | OffStep | Outside | Snapshot | AccountTold | MarginTold | Noticed
