"""What the journal keeps: one immutable record a row; a record whose `KEY` is known already replaces its row.

Times are integer nanoseconds UTC; money and order prices are decimal strings made in cockpit.domain.money; readings and
contexts are JSON objects with `null` for unknown. `LEDGER` records enter the ledger's hash, in the order written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row of table `TABLE`; `KEY` names the fields that identify it, empty for rows that are only ever added."""

    TABLE: ClassVar[str] = ""
    KEY: ClassVar[tuple[str, ...]] = ()
    LEDGER: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord(Record):
    """What one rule said of one position: when it changed its mind, once a minute, and at every decision."""

    TABLE: ClassVar[str] = "verdicts"
    LEDGER: ClassVar[bool] = True
    at_ns: int
    position_id: str
    rule: str
    kind: str  # hold exit adjust blind idle
    trigger: str | None
    confidence: float | None
    because: str
    readings: Json
    why: str  # change | sample | decision
    status: str  # "", or why an exit does not act: vetoed, advisory, below min_confidence, 1 of 3 hits, pending …


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord(Record):
    """What was decided for a position, by a rule or by a human, with everything it was decided on."""

    TABLE: ClassVar[str] = "decisions"
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    LEDGER: ClassVar[bool] = True
    id: str
    at_ns: int
    position_id: str
    rule: str  # "human" for a command
    trigger: str
    kind: str  # exit | adjust
    confidence: float | None
    fraction: float
    contracts: int
    because: str
    readings: Json
    suppressed: tuple[tuple[str, str], ...]  # (rule, trigger)
    quote: Json  # bid ask mark last underlying and their ages
    parameters_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord(Record):
    """One order and its latest state; written before it is sent and whenever its state changes."""

    TABLE: ClassVar[str] = "orders"
    KEY: ClassVar[tuple[str, ...]] = ("ref",)
    LEDGER: ClassVar[bool] = True
    ref: str
    position_id: str
    decision_id: str | None
    symbol: str
    side: str  # buy | sell
    contracts: int
    limit_price: str | None  # None: market
    purpose: str  # entry | exit | protect: the stop that rests at the broker
    state: str
    filled: int
    placed_ns: int
    changed_ns: int
    said: str  # the broker's own words
    kind: str = "market"  # market | limit | stop | stop-limit | trail
    trigger_price: str | None = None  # None: it does not rest
    trigger_on: str = ""  # premium | underlying
    trail: str | None = None  # points
    tif: str = "day"
    group_ref: str = ""  # of the orders of one group only as much fills as any single one of them is for
    parent_ref: str = ""  # the entry whose fill brings it to life


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionRecord(Record):
    """One fill."""

    TABLE: ClassVar[str] = "executions"
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    LEDGER: ClassVar[bool] = True
    id: str
    order_ref: str
    position_id: str
    symbol: str
    side: str
    contracts: int
    price: str
    fees: str
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecord(Record):
    """A change of the held stop of a position, the level at entry first."""

    TABLE: ClassVar[str] = "stops"
    LEDGER: ClassVar[bool] = True
    at_ns: int
    position_id: str
    level: float | None
    basis: str  # premium | underlying
    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionSampleRecord(Record):
    """What was known of a position at a whole second; without a row nothing has changed since the one before."""

    TABLE: ClassVar[str] = "position_samples"
    KEY: ClassVar[tuple[str, ...]] = ("position_id", "at_ns")
    at_ns: int
    position_id: str
    level: float | None  # of the gain basis
    mark: float | None
    stop: float | None  # a level of the gain basis
    delta: float | None
    gamma: float | None
    theta: float | None  # points a day
    vega: float | None
    iv: float | None  # fraction
    oi: float | None  # calls and puts of the expiry together, of the contracts known at the baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRecord(Record):
    """What a human asked for, and what was answered."""

    TABLE: ClassVar[str] = "commands"
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    at_ns: int
    author: str
    command: str
    arguments: Json
    accepted: bool
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTripRecord(Record):
    """A position from first open to last close; open ones have no `closed_ns`."""

    TABLE: ClassVar[str] = "round_trips"
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    symbol: str
    underlying: str
    side: str  # long | short
    contracts: int  # most ever held
    opened_ns: int
    closed_ns: int | None
    entry_price: str
    exit_price: str | None
    gross: str
    fees: str
    net: str
    mae: float | None
    mfe: float | None
    profile: str
    parameters_sha256: str
    currency: str
    multiplier: float
    in_cooldown: bool  # opened from outside during a cooldown
    entry_context: Json
    exit_context: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord(Record):
    """Something the trader must know; the same alert is updated while its condition lasts."""

    TABLE: ClassVar[str] = "alerts"
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    at_ns: int
    position_id: str | None
    severity: str  # info | warning | critical
    kind: str
    text: str
    count: int
    state: str  # active | acknowledged | resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointRecord(Record):
    """The engine's own memory, whole, under one key; `body` None deletes it. Not part of the trader's history."""

    TABLE: ClassVar[str] = "checkpoints"
    KEY: ClassVar[tuple[str, ...]] = ("key",)
    key: str  # "session", "position P0001", …
    at_ns: int
    body: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord(Record):
    """One run of the engine over one feed."""

    TABLE: ClassVar[str] = "sessions"
    KEY: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    started_ns: int  # session time of its first event
    ended_ns: int | None
    feed: str
    broker: str
    market: str
    profile: str
    seed: int | None
    resumed: int
    ledger_sha256: str | None
