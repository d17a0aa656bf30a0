"""What a session holds: the market it has seen, the positions it supervises, and what it still has to do."""

from collections import Counter, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from cockpit.commands import Kill
from cockpit.domain.instrument import Instrument
from cockpit.domain.order import LIVE, Fill, Order
from cockpit.domain.order import State as OrderState
from cockpit.domain.trading_hours import MarketProfile
from cockpit.events import AccountTold, LinkChanged, MarginTold, Snapshot
from cockpit.exits.arbitrate import Asked
from cockpit.exits.override import Overrides
from cockpit.exits.profile import Profile
from cockpit.exits.rule import HOLDS_MASK
from cockpit.exits.view import Position
from cockpit.market.contract import Contract
from cockpit.market.open_interest import Cohort, OpenInterest
from cockpit.market.terms import Terms
from cockpit.market.underlying import Underlying
from cockpit.market.view import NAN
from cockpit.records import Record
from cockpit.risk.cooldown import Cooldown
from cockpit.risk.limits import Limits
from cockpit.routing.resting import Resting
from cockpit.state.alert_book import AlertBook

NS = 1_000_000_000
SessionState = Literal["active", "reducing", "halted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why an order was sent: the rule and trigger, or the human and the command."""

    rule: str
    trigger: str
    because: str = ""
    confidence: float | None = None
    fraction: float = 1.0
    suppressed: tuple[tuple[str, str], ...] = ()
    decision_id: str | None = None
    fills_suspect: bool = True  # the clock's mandatory exits and a human's fill while the mark is suspect
    urgent: bool = True  # mandatory and immediate exits and a human's do not walk through the book


@dataclass(slots=True)
class Working:
    """An order that has been decided, with why; it stays with its position after it has ended."""

    order: Order
    cause: Cause
    placed_ns: int
    state: OrderState = "pending_new"
    filled: int = 0
    said: str = ""
    stop_after: float = NAN  # level of the remainder once it fills
    filled_ns: int | None = None  # of the last fill
    seen: list[str] = field(default_factory=list[str])  # its executions, which a broker may report again
    total: Decimal | None = Decimal(0)  # of contracts x price, as filled; None: an old journal does not have it
    standing: int | None = None  # contracts as the broker last said that it has them; None: it has not said
    waits_for: str = ""  # reference of the resting stop that must have shrunk before this is sent
    trigger: Decimal | None = None  # as the broker last said that it has it
    asked_ns: int | None = None  # when it was sent, or its cancel; None: answered, or told that nobody answers
    is_unwanted: bool = False  # its cancel has been asked for, even if that was lost on the way
    cut_ns: int | None = None  # when it was asked to be made smaller; None: the broker has done so, or was not asked
    unpaid: dict[str, int] = field(default_factory=dict[str, int])  # executions told without fees, and when

    @property
    def leaves(self) -> int:
        """Contracts that may still fill: until a broker has taken a change, the more of before and after."""
        return max(self.order.contracts, self.standing or 0) - self.filled if self.state in LIVE else 0

    @property
    def asked(self) -> int:
        """Contracts that should still fill, whether or not a broker has taken the last change."""
        return self.order.contracts - self.filled

    @property
    def is_ending(self) -> bool:
        """Whether its cancel has been asked for, and not been answered."""
        return self.state == "pending_cancel" or (self.state == "unknown" and self.is_unwanted)


@dataclass(slots=True)
class ExitFill:
    """Consecutive fills of one exit order."""

    ref: str
    at_ns: int
    decided_ns: int
    contracts: int
    total: Decimal  # of contracts x price
    cause: Cause


@dataclass(slots=True)
class StopChange:
    """One entry of the stop path."""

    at_ns: int
    level: float
    rule: str
    why: str


class Held:
    """One position from first open to last close. Contracts are positive; `pos.side` has the sign."""

    def __init__(self, id: str, seq: int, contract: Contract, profile: Profile, asked: list[Asked], side: int) -> None:
        self.id = id
        self.seq = seq
        self.contract = contract
        self.instrument: Instrument = contract.instrument
        self._stirred: set[Held] = set()
        self._lively: set[Held] = set()
        self._version = 0
        self.is_lively = True  # a trigger holds or a countdown runs: arbitrate even if no answer changes
        self.supervise(profile, asked)
        self.overrides = Overrides()
        self.pos = Position(side=float(side))
        self.side = side
        self.contracts = 0
        self.most = 0
        self.average = Decimal(0)  # entry price of what is held, not rounded
        self.gross = Decimal(0)
        self.fees = Decimal(0)
        self.exit_total = Decimal(0)
        self.exit_contracts = 0
        self.opened_ns = 0
        self.closed_ns: int | None = None
        self.worst = 0.0  # points of premium: lowest and highest gain since the open
        self.best = 0.0
        self.in_cooldown = False
        self.orders: dict[str, Working] = {}
        self.resting: Working | None = None  # the stop at the broker while it is live; also in `orders`
        self.rested_ns = 0  # when it was last placed or moved
        self.rest_refusals = 0  # in a row
        self.is_adopted = False  # opened outside of the cockpit, and not led by the engine since …
        self.is_unmet = False  # … and not judged at a known price yet
        self.is_killed: bool | None = None  # whether the standing kill means it; None: that has not been asked
        self.exits: list[ExitFill] = []
        self.refusals = 0  # exit orders of the engine in a row that ended without a fill
        self.retry_ns = 0  # until then the engine sends none
        self.stops: list[StopChange] = []
        self.stop_rule = "protective_stop"
        self.open_interest: OpenInterest | None = None
        self.cohort: Cohort | None = None
        self.has_baselines = False
        self.chain_version = -1  # of the open interest that the position has seen
        self.chain_until = 0.0  # then it is too old, unless it has been observed again
        self.sample_ns = 0
        self.judged_t = -1.0  # instant of the last evaluation
        self.regime = 0  # of the underlying, as last evaluated
        self.unmarked_ns: int | None = None  # since when the mark has been unknown
        self.entry_context: dict[str, Any] = {}
        self.exit_context: dict[str, Any] = {}
        self.remembered: tuple[Any, ...] = ()  # what the last checkpoint of this position held

    def enrol(self, state: "State") -> None:
        """From now on the session knows when it changes, and whether it is about to act."""
        self._stirred, self._lively = state.stirred, state.lively
        self._stirred.add(self)
        if self.is_lively:
            self._lively.add(self)

    def supervise(self, profile: Profile, asked: list[Asked]) -> None:
        """These rules are asked from now on, all of them at the next evaluation."""
        self.profile = profile
        self.asked = asked
        self.stop_rules = [a for a in asked if a.has_stop]
        self.stops_of_rules: list[Any] = [a.m for a in self.stop_rules]
        self.answers: list[int] = []  # of the kernels, when last asked
        self._live(True)

    @property
    def version(self) -> int:
        """Grows with everything a pane would show, but for what follows from a new price alone."""
        return self._version

    @version.setter
    def version(self, to: int) -> None:
        self._version = to
        self._stirred.add(self)

    def note_answers(self) -> None:
        """Keeps what the rules have said, so that the next evaluation sees at a glance whether anything is new."""
        self.answers = [a.packed for a in self.asked]
        self._live(any((a.packed > 0 and a.packed & HOLDS_MASK) or a.countdown is not None for a in self.asked))

    def _live(self, lively: bool) -> None:
        if lively is not self.is_lively:
            self.is_lively = lively
            (self._lively.add if lively else self._lively.discard)(self)

    @property
    def leaving(self) -> int:
        """Contracts in exit orders that may still fill."""
        return sum(w.leaves for w in self.orders.values() if w.order.purpose == "exit")

    @property
    def going(self) -> int:
        """The same, without those whose cancel is on its way."""
        return sum(w.leaves for w in self.orders.values() if w.order.purpose == "exit" and not w.is_ending)

    @property
    def basis(self) -> str:
        """Whether stops are levels of the premium or of the underlying."""
        return "underlying" if self.pos.basis == 2 else "premium"

    def stop_memory(self, rule: str) -> Any:
        """The memory of one of the stop rules."""
        return next(a.m for a in self.stop_rules if a.name == rule)


@dataclass(slots=True, kw_only=True)
class Difference:
    """What the broker had otherwise than we, and what was made of it."""

    at_ns: int
    label: str
    ours: str  # "+2", "none", "working"
    theirs: str
    words: str  # the explanation, and what was done
    is_open: bool  # nobody has explained or resolved it


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the ledger as people read it."""

    at_ns: int
    label: str
    rule: str
    kind: str
    text: str


@dataclass(slots=True)
class Effects:
    """What `reduce` wants done, in this order: write the records, then cancel, change, and send the orders."""

    records: list[Record] = field(default_factory=list[Record])
    cancels: list[str] = field(default_factory=list[str])  # references
    changes: list[Order] = field(default_factory=list[Order])  # working orders as they should go on
    orders: list[Order] = field(default_factory=list[Order])
    durable: bool = False
    touched: list[Held] = field(default_factory=list[Held])  # whose memory changed
    session_touched: bool = False
    margin: Order | None = None  # of which the broker is asked what it would cost the account; never sent
    reconciles: bool = False  # the broker is asked for everything at once
    kills: bool = False  # it is told to cancel everything, what is not ours as well

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write or send."""
        return not (
            self.records
            or self.cancels
            or self.changes
            or self.orders
            or self.touched
            or self.session_touched
            or self.reconciles
            or self.kills
            or self.margin is not None
        )


@dataclass(slots=True)
class Done:
    """How much of the newest event is done; what a kill left undone of it is done by the restart."""

    beat: bool = False  # the event is the heartbeat of its instant: rows, entries and commands came before it
    entries: int = 0  # of a batch, taken
    commands: int = 0
    judged: bool = True


@dataclass(slots=True)
class News:
    """What the rows of the newest batch were about."""

    symbols: Collection[str] = ()
    underlyings: Collection[str] = ()
    chains: Collection[OpenInterest] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a session is opened with; never changes, but for the table of profiles, which `apply_profile` adds to."""

    market: MarketProfile
    terms: Terms
    profiles: dict[str, Profile]  # by name, the default one included
    default_profile: str
    instruments: dict[str, Instrument]
    underlying_is_bars: frozenset[str]
    first_ns: int  # first instant of the feed; fixes the session day
    cash: Decimal
    protection: str = "practice"  # or "broker": stops rest there
    account: str = ""  # at the broker; "" in practice
    leads_found: bool = False  # what was opened elsewhere: at once, or once a human hands it over
    is_live_account: bool = False  # real money: armed by typing the account, see `cockpit.commands.Arm`
    limits: Limits = Limits()  # noqa: RUF009 - immutable
    resting: Resting = Resting()  # noqa: RUF009 - immutable
    shipped: Mapping[str, str] = field(default_factory=dict[str, str])  # TOML of the product's own profiles, by name
    oi_unit: str = "contracts"  # contracts | lots | shares
    cooldown: bool = True  # off: no pause after a closed position, so that entries do not hinder one another


class State:
    """Everything. Only `reduce` and what it calls change it."""

    def __init__(self, setup: Setup, anchor_ns: int, day: date) -> None:
        self.setup = replace(setup, profiles=dict(setup.profiles))
        self.profiles = self.setup.profiles
        self.default_profile = setup.default_profile
        self.extendable = {name: given.toml for name, given in setup.profiles.items()} | dict(setup.shipped)
        self.terms = setup.terms
        self.anchor_ns = anchor_ns  # local midnight of the session's first day
        self.day = day  # trading day now
        self.day_ends_ns = anchor_ns + 86_400 * NS
        self.now_ns = 0  # before the first event
        self.now_t = 0.0  # the same in session seconds
        self.done = Done()
        self.news = News()
        self.newest_row_ns: int | None = None
        self.contracts: dict[str, Contract] = {}
        self.underlyings: dict[str, Underlying] = {}
        self.chains: dict[tuple[str, date | None], OpenInterest] = {}
        self.on_underlying: dict[str, list[Contract]] = {}
        self.held: dict[str, Held] = {}  # open, by id, in order of opening
        self.by_symbol: dict[str, Held] = {}
        self.by_underlying: dict[str, list[Held]] = {}
        self.closed: list[Held] = []
        self.entering: dict[str, Working] = {}  # entry orders that may still fill, by ref
        self.entry_profile: dict[str, str] = {}
        self.attached: dict[str, Working] = {}  # resting stops of entries that have not filled yet, by their own ref
        self.early: list[Fill] = []  # executions told before those of the entry that brought what they took off
        self.entries: deque[Working] = deque(maxlen=200)  # the newest entry orders, also those that never filled
        self.stirred: set[Held] = set()  # positions that have changed since somebody last looked and emptied it
        self.lively: set[Held] = set()  # open positions with a trigger that holds or a countdown that runs
        self.cooldown = Cooldown()
        self.over = False  # its recording has ended: nothing can be traded any more
        self.watched: str | None = None
        self.watched_chain: tuple[str, date] | None = None  # underlying and expiry
        self.refused_quotes: Counter[str] = Counter()
        self.refused_greeks: Counter[str] = Counter()
        self.refused_entries: list[dict[str, Any]] = []
        self.alerts = AlertBook()
        self.tail: deque[Line] = deque(maxlen=200)
        self.lines_said = 0
        self.realised = Decimal(0)  # of all that has been taken off, before fees
        self.fees = Decimal(0)
        self.earlier = Decimal(0)  # of both, what was made before the day that it is now
        self.blind_ns: Counter[str] = Counter()  # of rules that no position is asked about any more
        self.peak = 0.0  # of the day, with what is open at the marks
        self.next_position = 1
        self.opened = 0
        self.next_order = 1
        self.next_decision = 1
        self.next_command = 1
        self.ticks = 0
        self.evaluations = 0
        self.version = 0  # of everything outside positions
        self.effects = Effects()
        self.link: LinkChanged | None = None  # None: there is no connection to lose
        self.is_armed = not setup.is_live_account
        self.killing: Kill | None = None  # the kill switch, until all that it means has left or a human ends it
        self.killed_on: Snapshot | None = (
            None  # the newest that it has looked at, or stood before it; None: of another process
        )
        self.session: SessionState = "active" if self.is_armed else "halted"
        self.account: AccountTold | None = None
        self.margin: MarginTold | None = None  # the answer to the newest question
        self.snapshot: Snapshot | None = None  # the newest
        self.has_compared = False  # since the connection came up, or while it synchronised
        self.differences: deque[Difference] = deque(maxlen=100)  # newest last
        self.outside: set[str] = set()  # executions of others that have been folded or are older than the session

    @property
    def day_net(self) -> Decimal:
        """Realised on this trading day, net of its fees."""
        return self.realised - self.fees - self.earlier

    def t(self, at_ns: int) -> float:
        """Seconds since the session's local midnight; differences are exact to a nanosecond's rounding."""
        return (at_ns - self.anchor_ns) / NS

    def say(self, label: str, rule: str, kind: str, text: str) -> None:
        """Adds a line to the ledger's tail."""
        self.tail.append(Line(at_ns=self.now_ns, label=label, rule=rule, kind=kind, text=text))
        self.lines_said += 1
        self.version += 1


def label_of(instrument: Instrument) -> str:
    """NIFTY 24200 P 18 Aug; a share is its own symbol."""
    if instrument.right is None or instrument.strike is None or instrument.expiry is None:
        return instrument.symbol
    expiry = instrument.expiry
    return f"{instrument.underlying} {instrument.strike:g} {instrument.right} {expiry.day} {expiry.strftime('%b')}"
