"""What the window may see: one immutable frame, cut into parts that stay the same object while nothing changed.

A pane repaints only when its part `is not` the one it shows. Numbers are floats or None for unknown; words are ready
to paint; every part pickles.
"""

from dataclasses import dataclass
from typing import Literal

from cockpit.domain.price_grid import Steps

GridState = Literal["hold", "due", "blind", "vetoed", "observe", "leaving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPart:
    """The strip: feed, clock, money, cooldown, engine."""

    badge: str  # REPLAY | PAPER | LIVE
    feed: str  # "demo", "in_nifty_20260818_1m", …
    zone: str  # IANA name of the exchange's zone
    currency: str
    at_ns: int
    newest_row_ns: int | None
    quote_limit_s: float
    next_cutoff: str  # "close exits", "lunch exits", "" when the clock will take no position off
    next_cutoff_ns: int | None
    day_pnl: float  # net, realised and open on marks; money
    blind_left_out: int  # open positions without a mark, not in day_pnl
    day_peak: float
    cooldown: str  # never started | active | expired
    cooldown_until_ns: int | None
    cooldown_total_s: float
    session: str  # active | reducing | halted
    open_positions: int
    unprotected_by_us: int  # positions for which no engine stop acts (observe, halted)
    alerts: int
    critical: str  # the newest critical alert's text
    trouble: str  # what is wrong with the journal, "" when nothing
    refused: int  # refused rows, quotes and Greeks so far
    account: str = ""  # "practice · 1 000 000 ₹"
    chains: tuple[str, ...] = ()  # underlyings that have options
    cooldown_why: str = ""  # "loss of P0004", "" while there is none
    is_live_money: bool = False  # orders go to an account with real money
    is_armed: bool = True  # else the account must be typed before anything may be opened
    dies_now: float | None = None  # money lost until what rests at the broker acts, if we died now; None: unknown
    dies_unprotected: int = 0  # positions of which nothing rests at a broker although it should


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionPart:
    """One row of the grid."""

    id: str
    symbol: str
    label: str  # "NIFTY 24200 P  18 Aug"
    underlying: str
    side: int  # +1 long, -1 short
    contracts: int
    lots: int
    entry: float
    mark: float | None
    bid: float | None
    ask: float | None
    pnl: float | None  # money, open part, before fees
    gain_pct: float | None
    gain_bps: float | None  # of the gain basis
    stop: float | None
    stop_rule: str
    stop_basis: str  # premium | underlying
    level_side: int  # +1 when a rise of the basis is a gain, so that the stop lies below; else -1
    to_stop: float | None  # points of the basis
    stage: int
    stages: int
    delta: float | None
    gamma: float | None
    theta: float | None
    vega: float | None
    iv: float | None
    iv_change: float | None  # since entry, fraction
    greeks_model: bool  # modelled by us, not given by the feed
    oi_change_pct: float | None  # own and other side together, since the baseline
    put_call_ratio: float | None
    nearest_rule: str
    nearness: float | None  # 1 = fires
    nearest_text: str
    mode: str  # auto | confirm | observe | taken over
    state: GridState
    blind_cause: str
    opened_ns: int
    protection: str  # "practice" in replay and demo
    working: str  # what is in flight, "" when nothing
    split_refusal: str  # why a fraction cannot be taken, "" when it can
    profile: str
    expiry: str = ""  # ISO date of the exchange, "" for what does not expire
    multiplier: float = 1.0  # money a point and contract
    closes_ns: int | None = None  # its contract's close of today
    cutoff: str = ""  # what the clock will make of it next: "close exits", "lunch exits", "" nothing
    cutoff_ns: int | None = None
    hold_until_ns: int | None = None  # no rule that may be vetoed acts until then; None: no such hold stands
    level: float | None = None  # the price of `stop_basis` now, …
    level_entry: float | None = None  # … and at the entry
    dies_now: float | None = None  # money lost until what rests acts, if we died now; None: unknown
    protection_why: str = ""  # what rests, at which price; or why nothing does


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPart:
    """One exit that will happen unless somebody objects."""

    position_id: str
    label: str
    rule: str
    trigger: str
    sentence: str  # "theta decay sells all 195 of NIFTY 24200 P"
    because: str
    confidence: float
    binding: str
    waits: str  # countdown | confirm | blind
    ends_ns: int
    total_s: float
    on_timeout: str  # act | hold
    contracts: int
    expected_price: float | None
    books: float | None  # money booked at the expected price
    spread_cost: float | None  # money, negative


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePart:
    """One line of the rule board."""

    rule: str
    kind: str  # hold exit adjust blind idle "not offered"
    trigger: str
    binding: str
    status: str  # "", vetoed, advisory, pending, below min_confidence, …
    until_ns: int | None  # of a veto
    gauge: float | None  # 0 empty … 1 fires; None: no value
    value: str  # "0.031"
    limit: str  # "0.08 points/min"
    margin: str
    because: str
    by_hold: bool = False  # what vetoes it is the hold on all that may be vetoed, not a veto of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPart:
    """A mark in the chart: entry, exit, decision, veto."""

    at_ns: int
    price: float | None
    kind: str  # entry exit decision veto command
    text: str


StripPoint = tuple[
    float, float | None, float | None, float | None, float | None, float | None, float | None
]  # (t, delta, gamma, theta a day, vega, IV as a fraction, open interest of both sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPart:
    """The premium and stop path of the watched position; times in seconds since `origin_ns`, None is a gap."""

    position_id: str
    origin_ns: int
    chunks: tuple[tuple[tuple[float, float | None, float | None], ...], ...]  # (t, level, stop) in order
    entry: float
    basis: str  # premium | underlying
    stop: float | None
    marks: tuple[MarkPart, ...]
    greeks: tuple[tuple[StripPoint, ...], ...] = ()  # in order; full chunks never change


@dataclass(frozen=True, slots=True, kw_only=True)
class RungPart:
    """One rung of the exit ladder, at a price of the chart's basis."""

    kind: str  # entry mark best stop floor stage lock tranche trail
    price: float
    name: str  # "Stage 3", "Best", "Stop", …
    text: str  # "+689 bps · rests at 76.45"
    reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPart:
    """What the exit ladder shows, highest price first; money is in the market's currency, None unknown."""

    rungs: tuple[RungPart, ...]
    locked: float | None  # money that the stop guarantees, above or below 0
    locked_bps: float | None
    at_stake: float | None  # money from the mark to the stop, at most 0
    give_back: float | None  # money from the best to the stop, at most 0
    give_back_bps: float | None
    tick: float
    can_drag: bool
    drag_refusal: str  # why the stop cannot be dragged, "" when it can
    is_model: bool = False  # money is modelled, because the stop is a level of the underlying
    steps: Steps = ()  # of the prices that a stop may be moved to, where they are not `tick` everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictPart:
    """One rule that wanted something at the same instant as others: what became of it, and why."""

    rule: str
    trigger: str
    confidence: float
    outcome: str  # acts | waits | lost | vetoed | advisory
    why: str  # "suppressed by theta decay, the earlier full exit"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikePart:
    """Open interest of one strike in `OpenInterestPart.unit`; None unknown."""

    strike: float
    calls: float | None
    puts: float | None
    calls_change: float | None  # since the day's first known value, or the feed's own daily change
    puts_change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInterestPart:
    """Open interest by strike of the watched position's expiry, around the spot."""

    underlying: str
    expiry: str  # "18 Aug"
    unit: str  # contracts | lots | shares
    strikes: tuple[StrikePart, ...]  # ascending
    calls: float | None  # totals of the whole expiry
    puts: float | None
    put_call_ratio: float | None
    max_pain: float | None  # strike
    spot: float | None
    observed_ns: int | None
    is_live: bool  # published during the session; else yesterday's: T-1
    series: tuple[tuple[float, float, float], ...] = ()  # (t, calls, puts) since `origin_ns` of the chart


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimePart:
    """Scores of the watched underlying's regime, 0 to 1; None until warm."""

    underlying: str
    label: str  # trend up | trend down | range | panic | unknown
    trend: float | None
    range: float | None
    panic: float | None
    bars: int  # completed one-minute bars so far
    history: tuple[tuple[float, float, float, float], ...] = ()  # (t, trend, range, panic) a bar, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailPart:
    """Everything about the watched position that the grid does not show."""

    position: PositionPart
    rules: tuple[RulePart, ...]
    chart: ChartPart
    ladder: LadderPart | None = None
    conflict: tuple[ConflictPart, ...] = ()  # the newest instant at which more than one rule wanted something
    conflict_ns: int | None = None
    open_interest: OpenInterestPart | None = None
    regime: RegimePart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPart:
    """One order of the session."""

    ref: str
    at_ns: int
    position_id: str
    label: str
    purpose: str  # entry | exit
    side: str  # buy | sell
    contracts: int
    filled: int
    price: str  # limit, or "market"
    state: str  # FIX words: pending_new new partially_filled filled canceled rejected …
    is_working: bool
    cause: str  # rule or "you: close"
    said: str  # the broker's own words
    average: float | None = None  # of its fills
    trigger: str = ""  # "stop 4.55", "SPY ≤ 498.20", "trails 0.40"; "" for what does not rest
    tif: str = "day"
    parent: str = ""  # reference of the entry it hangs on
    group: str = ""  # orders of one group fill for any single one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPart:
    """The live connection, for its panel and gauges; durations and rates as measured over the last seconds."""

    address: str
    state: str  # connecting | synchronising | up | no server | quiet
    words: str  # why it is so
    since_ns: int
    account: str
    is_live_account: bool
    latency_ms: float | None  # of the newest question to TWS and its answer
    clock_off_s: float | None  # TWS less ours
    messages_per_s: float
    messages_limit: float
    lines: int  # market-data subscriptions in use
    lines_limit: int
    synchronised_ns: int | None
    reconnects: int
    only_reads: bool = False  # live quotes, practice orders


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPart:
    """What the account is worth, in its currency; None is not told."""

    account: str
    is_live: bool
    currency: str
    at_ns: int
    net_liquidation: float | None
    available: float | None
    buying_power: float | None
    excess: float | None
    initial_margin: float | None
    maintenance_margin: float | None
    unrealised: float | None
    realised: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginPart:
    """What the entry that was asked about would do to the account, in its currency; None is not told."""

    symbol: str
    side: str
    contracts: int
    currency: str
    initial_change: float | None
    excess: float | None  # equity less initial margin, afterwards
    words: str  # the broker's warning, or why it tells nothing
    is_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencePart:
    """What the broker had otherwise than we, and what was made of it."""

    at_ns: int
    label: str
    ours: str
    theirs: str
    words: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideOrderPart:
    """A working order at the broker that is not ours."""

    id: str
    label: str
    side: str
    contracts: int
    filled: int
    words: str
    state: str
    whose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPart:
    """The broker's state beside ours."""

    at_ns: int | None  # of the last comparison
    positions: tuple[tuple[str, int, int], ...]  # label, ours, theirs (signed)
    differences: tuple[DifferencePart, ...]  # newest first
    orders: tuple[OutsideOrderPart, ...]
    unsupervised: tuple[tuple[str, int, str], ...]  # label, contracts, why


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPart:
    """One alert."""

    id: str
    at_ns: int
    severity: str  # info | warning | critical
    label: str
    text: str
    state: str  # active | acknowledged | resolved
    kind: str = ""  # blind | order | broker | found | …
    position_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPart:
    """One round trip of this session that has ended."""

    id: str
    label: str
    side: int
    contracts: int
    opened_ns: int
    closed_ns: int
    entry: float
    exit: float | None
    net: float  # money after fees
    rule: str  # of the last exit; "human" for a command
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCell:
    """One contract of a chain; None unknown or too old."""

    symbol: str
    bid: float | None
    ask: float | None
    iv: float | None  # fraction
    delta: float | None
    volume: float | None  # of the day
    open_interest: float | None
    oi_change: float | None
    last: float | None = None  # for recordings without quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRow:
    """One strike, calls on the left."""

    strike: float
    call: ChainCell | None
    put: ChainCell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolatilityPart:
    """An underlying's implied volatility beside its past year; None is not told, or less than 200 days are known."""

    now: float | None = None  # fraction a year
    rank_pct: float | None = None  # where it is between the year's lowest and highest
    percentile_pct: float | None = None  # of the days on which it was lower
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPart:
    """The chain that is looked at (command `watch_chain`); rows ascend by strike."""

    underlying: str
    underlyings: tuple[str, ...]
    expiries: tuple[tuple[str, str], ...]  # (ISO date, "18 Aug · today")
    expiry: str  # ISO date
    spot: float | None
    spot_change: float | None  # since the session's first price
    lot: int
    tick: float
    multiplier: float
    profiles: tuple[str, ...]  # that an entry may name; the first is the default
    rows: tuple[ChainRow, ...]
    closes_ns: int | None = None  # of its contracts, today
    volatility: VolatilityPart | None = None  # None where no feed can tell it
    steps: Steps = ()  # of its contracts' prices, where they are not `tick` everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePart:
    """A profile that the session knows."""

    name: str
    toml: str  # as it was parsed, whole
    is_default: bool
    open_positions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPart:
    """One line of the ledger's tail."""

    at_ns: int
    label: str
    rule: str
    kind: str  # hold exit adjust blind idle decision fill stop command alert refused
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything, at one instant of the session."""

    status: StatusPart
    positions: tuple[PositionPart, ...]
    pending: tuple[PendingPart, ...]  # soonest first
    idle: str  # what happens next when nothing is pending: by clock and by margin
    detail: DetailPart | None
    ledger: tuple[LedgerPart, ...]  # newest last
    ended: bool  # the recording has been played to its end
    orders: tuple[OrderPart, ...] = ()  # newest last, at most 200
    alerts: tuple[AlertPart, ...] = ()  # newest last, at most 200
    closed: tuple[ClosedPart, ...] = ()  # newest last, at most 200
    closed_count: int = 0  # all of the session
    closed_net: float = 0.0  # of all of them
    chain: ChainPart | None = None  # None unless one is looked at
    profiles: tuple[ProfilePart, ...] = ()
    connection: ConnectionPart | None = None  # None: nothing is live
    account: AccountPart | None = None
    reconciliation: ReconciliationPart | None = None
    margin: MarginPart | None = None  # the answer to the newest question
