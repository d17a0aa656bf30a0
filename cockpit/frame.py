"""What the window may see: one immutable frame, cut into parts that stay the same object while nothing changed.

A pane repaints only when its part `is not` the one it shows. Numbers are floats or None for unknown; words are ready
to paint; every part pickles.
"""

from dataclasses import dataclass
from typing import Literal

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
    next_cutoff: str  # "close exits", "lunch exits", "" when none
    next_cutoff_ns: int | None
    closes_ns: int | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPart:
    """A mark in the chart: entry, exit, decision, veto."""

    at_ns: int
    price: float | None
    kind: str  # entry exit decision veto command
    text: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailPart:
    """Everything about the watched position that the grid does not show."""

    position: PositionPart
    rules: tuple[RulePart, ...]
    chart: ChartPart


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
