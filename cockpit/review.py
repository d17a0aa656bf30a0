"""What a reader of the journal sees: round trips, their stories, and what they add up to; immutable, and it pickles.

Money is in the currency of the report, prices in points, lengths in seconds, times in integer UTC nanoseconds. Unknown
is None. Whatever serves a `Reader` may block: callers ask it on a thread of their own.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Result = Literal["winners", "losers", "flat", "open"]
SortKey = Literal[
    "opened", "symbol", "side", "contracts", "entry", "exit", "net", "fees", "hold", "rules", "excursion", "quality",
    "profile", "session", "overrides",
]  # fmt: skip
Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do; it may raise `Stopped`."""


class Stopped(Exception):
    """Whoever asked does not want the answer any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TripFilter:
    """Which round trips: all that is given must agree; the times bound the opening, half-open."""

    text: str = ""  # every word must be found in symbol, label, rule, profile, session or id
    since_ns: int | None = None
    until_ns: int | None = None
    underlying: str | None = None
    rule: str | None = None  # a rule, or `human`, that left it, wholly or in part
    result: Result | None = None
    overridden: bool | None = None
    profile: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TripRow:
    """One round trip of the table."""

    id: str  # P0001
    session: str  # S0003
    symbol: str
    label: str  # "NIFTY 24200 C 14 Jul"
    underlying: str
    side: int  # +1 long, -1 short
    contracts: int  # most ever held
    opened_ns: int
    closed_ns: int | None
    entry: float
    exit: float | None
    gross: float
    fees: float
    net: float
    currency: str
    multiplier: float
    mae: float | None  # points a contract, at most 0
    mfe: float | None
    rules: tuple[str, ...]  # that it left by, in order
    overrides: tuple[str, ...]  # commands by which a human overrode the engine, in order, each once
    profile: str
    zone: str  # IANA name of the exchange's zone
    quality: float | None  # 0 to 100

    @property
    def key(self) -> str:
        """SESSION/ID, which names it in the whole journal."""
        return f"{self.session}/{self.id}"

    @property
    def hold_s(self) -> float | None:
        """From first open to last close; None while it is open."""
        return None if self.closed_ns is None else (self.closed_ns - self.opened_ns) / 1e9

    @property
    def exit_gain(self) -> float | None:
        """Points a contract from entry to exit, in the position's favour."""
        return None if self.exit is None else (self.exit - self.entry) * self.side

    @property
    def result(self) -> Result:
        """What became of it."""
        if self.closed_ns is None:
            return "open"
        return "winners" if self.net > 0 else "losers" if self.net < 0 else "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPart:
    """One part of a score: what was looked at, and what it earned."""

    name: str
    found: str  # "held 22 s", "n/a"
    points: float | None
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityScore:
    """How well an intraday round trip was traded, 0 to 100; None while a part is unknown (journal.md, section 2)."""

    parts: tuple[QualityPart, ...]
    total: float | None
    label: str  # excellent good fair poor, "n/a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate and its 95 % interval; the bounds are None where there are too few to tell."""

    value: float
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """What leaving by one rule has come to; a round trip that several rules left counts for each of them."""

    name: str
    count: int
    winners: int
    win_rate: Interval  # 0 to 1, Wilson
    total: float
    average: Interval
    more_needed: int | None  # trades until the average would be clear of 0 if they go on alike; 0: it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Round trips of one hour, weekday or day."""

    name: str
    count: int
    winners: int
    total: float
    average: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityPoint:
    """Net money of all round trips closed until then, and how far it is below its best so far (at most 0)."""

    at_ns: int
    equity: float
    drawdown: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Excursion:
    """One dot of the scatter: how far it went against and for the position, in percent of the entry."""

    key: str
    against: float  # at most 0
    towards: float
    net: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """What closed round trips in one currency add up to."""

    currency: str
    trades: int
    winners: int
    losers: int
    days: int
    sessions: int
    win_rate: Interval | None
    total: float
    fees: float
    average: Interval | None  # expectancy
    largest_win: float | None
    largest_loss: float | None
    profit_factor: float | None  # None without a loss
    payoff: float | None  # average win over average loss
    max_drawdown: float  # at most 0
    drawdown_at_ns: int | None  # of the lowest point
    drawdown_days: int  # days with a close from the high before it to the low
    average_hold_s: float | None
    median_hold_s: float | None
    rules: tuple[RuleLine, ...]  # most frequent first
    hours: tuple[Bucket, ...]  # of the opening, on the exchange's clock
    weekdays: tuple[Bucket, ...]
    calendar: tuple[Bucket, ...]  # of the close; names are ISO dates, ascending
    open_left_out: int  # open round trips, which no sum holds
    others_left_out: int  # in other currencies


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What there is to choose from in the whole journal, the most frequent first."""

    underlyings: tuple[str, ...]
    rules: tuple[str, ...]
    profiles: tuple[str, ...]
    newest_session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The answer to one filter."""

    rows: Sequence[TripRow]  # sorted; made when they are looked at
    there: int  # round trips in the whole journal
    report: SessionReport
    equity: tuple[EquityPoint, ...]  # thinned to what a screen can show; the last point is exact
    excursions: tuple[Excursion, ...]  # the newest ones, as many as a screen can show
    choices: Choices
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPoint:
    """What the journal tells of an instant: the level of the gain basis and, where it was sampled, everything else."""

    at_ns: int
    level: float | None
    mark: float | None = None
    delta: float | None = None
    gamma: float | None = None
    theta: float | None = None  # points a day
    vega: float | None = None
    iv: float | None = None  # fraction
    oi: float | None = None  # calls and puts of the expiry together


@dataclass(frozen=True, slots=True, kw_only=True)
class StopStep:
    """The held stop from that instant on; None: there was none."""

    at_ns: int
    level: float | None
    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMark:
    """A decision, a fill or a command in the chart."""

    at_ns: int
    kind: str  # entry exit decision adjust veto command alert
    price: float | None  # on the chart's axis, None unknown
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one rule said at an instant, as the ledger has it, and when it had said so."""

    rule: str
    kind: str  # hold exit adjust blind idle "not offered"
    trigger: str
    words: str
    status: str
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitLine:
    """One exit fill, what it came from, and what lost against it."""

    at_ns: int
    contracts: int
    price: float
    rule: str  # "" when no decision is recorded
    trigger: str
    because: str
    suppressed: tuple[tuple[str, str], ...]  # (rule, trigger)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """What a human asked for while it was open."""

    at_ns: int
    author: str
    command: str
    accepted: bool
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextLine:
    """One figure at entry and at exit."""

    name: str
    entry: float | None
    exit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TripStory:
    """Everything about one round trip that the journal keeps."""

    trip: TripRow
    basis: str  # premium | underlying
    path: tuple[PathPoint, ...]  # thinned to what a screen can show; extremes and gaps are kept
    expected_every_s: float  # at least so often the journal tells of it while it is supervised
    sampled_every_s: float | None = None  # between points further apart all stood still; None: nobody knows what was
    stops: tuple[StopStep, ...]
    marks: tuple[StoryMark, ...]
    said: tuple[Said, ...]  # every statement of every rule, in order of time
    precedence: tuple[str, ...]  # rules in the order in which they are shown
    exits: tuple[ExitLine, ...]
    commands: tuple[CommandLine, ...]
    context: tuple[ContextLine, ...]
    quality: QualityScore | None  # None for what is open, or was held over night

    def said_at(self, at_ns: int) -> tuple[Said, ...]:
        """The newest statement of every rule at that instant, in order of precedence."""
        newest: dict[str, Said] = {}
        for said in self.said:
            if said.at_ns > at_ns:
                break
            newest[said.rule] = said
        return tuple(newest[rule] for rule in self.precedence if rule in newest)

    def stop_at(self, at_ns: int) -> StopStep | None:
        """The stop that was held at that instant."""
        before = bisect_right(self.stops, at_ns, key=_instant)
        return self.stops[before - 1] if before else None

    def level_at(self, at_ns: int) -> PathPoint | None:
        """What was last told of it at that instant."""
        before = bisect_right(self.path, at_ns, key=_instant)
        return self.path[before - 1] if before else None


def _instant(told: PathPoint | StopStep) -> int:
    return told.at_ns


class Reader(Protocol):
    """Where reviews come from; every method may block, and is asked by one thread at a time."""

    def review(
        self, wanted: TripFilter, sort: SortKey = "opened", *, descending: bool = True, progress: Progress | None = None
    ) -> Review:
        """The round trips as the journal has them now, filtered and sorted, and what they add up to.

        Raises BadInput when the journal cannot be read, `Stopped` when `progress` does.
        """
        ...

    def story(self, key: str) -> TripStory:
        """One round trip by SESSION/ID. Raises BadInput when it is not there."""
        ...

    def export(self, wanted: TripFilter, target: Path, *, force: bool = False, progress: Progress | None = None) -> int:
        """Write the filtered round trips to a .csv, .json or .parquet file; how many. Raises BadInput, or `Stopped`."""
        ...

    def interrupt(self) -> None:
        """Make a running query raise `Stopped`; called from any thread."""
        ...
