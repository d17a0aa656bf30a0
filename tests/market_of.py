"""Sessions from a few lines of text, so that a test reads like a trade.

A line is a time and what happened then, in the exchange's own clock:

    10:00:00 49.95 50.05 delta=.65      a row of the call: bid, ask and other columns; `-` is null
    10:00:00 P 30.00 30.10              a row of the put, of the call of the week after (N) or of the share (S)
    10:00:00 under 20010 volume=5       a row of the index' own file
    10:00:00 features regime=panic      a row of its features file
    10:00:00 buy 100 P at 30.10         an entry; the contract is the call and the price the market's unless said

A pair of a time and a command is what a human does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, partial
from math import nan
from typing import Any
from zoneinfo import ZoneInfo

from cockpit.brokers.paper import NEVER, Paper, PaperOptions
from cockpit.commands import Acknowledged, Base, Command
from cockpit.domain.instrument import Instrument
from cockpit.events import Batch, Entry, FeaturesGiven, Heartbeat, Quoted, UnderlyingQuoted
from cockpit.exits.profile import Profile, parse
from cockpit.feeds.replay import instants, scripted
from cockpit.feeds.scripts import ScriptedCommand
from cockpit.journal.ledger import Ledger, line
from cockpit.market.terms import MODELLED, Terms, terms_for_replay
from cockpit.records import CheckpointRecord, DecisionRecord, OrderRecord, Record, StopRecord, VerdictRecord
from cockpit.session import Session, quote_of
from cockpit.settings import market, shipped
from cockpit.state.market import advance, apply, at, ns_of, opened
from cockpit.state.model import Held, Setup, State, StopChange
from cockpit.state.remembering import restore, resume_ns, working

DAY = date(2026, 8, 18)  # a Tuesday; the call and the put expire a week later
Line = str | tuple[str, Command]
Event = Batch | Heartbeat


def option(symbol: str, right: Any, *, lot: int = 1, multiplier: float = 1.0, days: int = 7) -> Instrument:
    """An option on NIFTY, struck at 20 000."""
    return Instrument(
        symbol=symbol,
        underlying="NIFTY",
        expiry=DAY + timedelta(days=days),
        strike=20_000.0,
        right=right,
        multiplier=multiplier,
        lot=lot,
        tick=0.05,
        currency="INR",
        market="nse",
    )


def share(symbol: str = "S") -> Instrument:
    """A share, which is its own underlying."""
    return Instrument(
        symbol=symbol,
        underlying=symbol,
        expiry=None,
        strike=None,
        right=None,
        multiplier=1.0,
        lot=1,
        tick=0.05,
        currency="INR",
        market="nse",
    )


def contracts(lot: int = 1, multiplier: float = 1.0) -> dict[str, Instrument]:
    """Call C, put P, call N of the week after, and share S."""
    size: dict[str, Any] = {"lot": lot, "multiplier": multiplier}
    made = (option("C", "C", **size), option("P", "P", **size), option("N", "C", **size, days=14), share())
    return {one.symbol: one for one in made}


# ---------------------------------------------------------------- profiles


@cache
def profile(*rules: str, head: str = "") -> Profile:
    """A profile of rules written `name key=value …`; the plain protective stop comes last unless it is named."""
    if not any(rule.startswith("protective_stop") for rule in rules):
        rules = (*rules, "protective_stop")
    tables = [_table(rule) for rule in rules]
    return parse("\n".join([f'name = "test"\n{head}', *tables]), "test", _shipped)


def _table(rule: str) -> str:
    name, *keys = rule.split()
    return "\n".join([f'[[rules]]\nrule = "{name}"', *(key.replace("=", " = ", 1) for key in keys)])


def _shipped(name: str) -> str:
    return shipped("profiles", f"{name}.toml")


def shipped_profile(name: str) -> Profile:
    """A profile that the product comes with."""
    return parse(_shipped(name), name, _shipped)


# ---------------------------------------------------------------- lines


def ns(clock: str, zone: str = "Asia/Kolkata") -> int:
    """Instant of a local time of the day; a day later with a leading `+`."""
    day = DAY + timedelta(days=clock.count("+"))
    return ns_of(datetime.combine(day, time.fromisoformat(clock.strip("+")), ZoneInfo(zone)))


def clock(at_ns: int, zone: str = "Asia/Kolkata") -> str:
    """Local time of an instant as tests write it."""
    text = at(at_ns).astimezone(ZoneInfo(zone)).strftime("%H:%M:%S.%f")
    return text.rstrip("0").rstrip(".")


def number(text: str) -> float | None:
    """`-` is null; `nan` and `inf` are what they are."""
    return None if text == "-" else float(text)


@dataclass(slots=True)
class Script:
    """Lines sorted into what a recording, an entries file and a commands file say."""

    rows: dict[int, list[Any]] = field(default_factory=dict[int, list[Any]])
    entries: list[Entry] = field(default_factory=list[Entry])
    commands: list[ScriptedCommand[Command]] = field(default_factory=list[ScriptedCommand[Command]])

    @property
    def batches(self) -> list[Batch]:
        """The recording."""
        return [batch(at_ns, self.rows[at_ns]) for at_ns in sorted(self.rows)]


def batch(at_ns: int, rows: Sequence[Any]) -> Batch:
    """Rows of one instant, each kind in its own order."""
    return Batch(
        at_ns,
        quotes=tuple(row for row in rows if isinstance(row, Quoted)),
        underlyings=tuple(row for row in rows if isinstance(row, UnderlyingQuoted)),
        given=tuple(row for row in rows if isinstance(row, FeaturesGiven)),
    )


def script(lines: Sequence[Line], zone: str = "Asia/Kolkata") -> Script:
    """What the lines say."""
    made = Script()
    for given in lines:
        if not isinstance(given, str):
            made.commands.append(ScriptedCommand(ns(given[0], zone), given[1]))
            continue
        words = given.split()
        at_ns = ns(words[0], zone)
        if words[1] in ("buy", "sell"):
            made.entries.append(_entry(at_ns, words[1:]))
        else:
            made.rows.setdefault(at_ns, []).append(_row(at_ns, words[1:]))
    made.entries.sort(key=lambda entry: entry.at_ns)
    made.commands.sort(key=lambda command: command.at_ns)
    return made


def _entry(at_ns: int, words: list[str]) -> Entry:
    side, contracts, *rest = words
    price = float(rest.pop()) if len(rest) > 1 and rest[-2] == "at" else None
    symbol = rest[0] if rest and rest[0] != "at" else "C"
    return Entry(at_ns, symbol, "buy" if side == "buy" else "sell", int(contracts), price)


def _row(at_ns: int, words: list[str]) -> Any:
    named = dict(word.split("=", 1) for word in words if "=" in word)
    plain = [word for word in words if "=" not in word]
    if plain[0] == "under":
        values = {key: number(value) for key, value in named.items()}
        return UnderlyingQuoted("NIFTY", at_ns, number(plain[1]) if plain[1:] else None, **values)
    if plain[0] == "features":
        said = {k: v if k in ("regime", "trend_direction") else number(v) for k, v in named.items()}
        return FeaturesGiven("NIFTY", at_ns)._replace(**said)
    symbol = plain.pop(0) if plain[0].isalpha() and len(plain[0]) == 1 else "C"
    bid, ask = (number(word) for word in plain)
    return Quoted(symbol, at_ns, bid, ask)._replace(**{key: number(value) for key, value in named.items()})


# ---------------------------------------------------------------- playing


class Kept:
    """A journal that keeps everything in a list, and what a restart from each of its commits would find."""

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.records: list[Record] = []
        self.bodies: dict[str, bytes] = {}
        self.durable: list[Record] = []
        self.commits: list[tuple[int, dict[str, bytes]]] = []

    def write(self, records: Sequence[Record], *, durable: bool) -> None:
        """One transaction."""
        self.records += records
        if durable:
            self.durable += records
        changed = {r.key: r.body for r in records if isinstance(r, CheckpointRecord) and r.body is not None}
        self.bodies = {**self.bodies, **changed}
        self.commits.append((len(self.records), self.bodies))


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What a session is played with, beside its lines."""

    profile: Profile
    instruments: dict[str, Instrument]
    interval_s: float = 1.0
    columns: frozenset[str] = frozenset(MODELLED)  # none: Greeks are modelled
    has_quotes: bool = True
    market: str = "nse"
    options: PaperOptions = field(default_factory=PaperOptions)

    @property
    def terms(self) -> Terms:
        """The limits of trust."""
        return terms_for_replay(self.interval_s, has_quotes=self.has_quotes, columns=self.columns)

    def setup(self, first_ns: int) -> Setup:
        """What the session is opened with."""
        return Setup(
            market=market(self.market),
            terms=self.terms,
            profiles={self.profile.name: self.profile},
            default_profile=self.profile.name,
            instruments=self.instruments,
            underlying_is_bars=frozenset(),
            first_ns=first_ns,
            cash=Decimal(1_000_000),
        )


class Playing:
    """One session, event by event, and what it has written."""

    def __init__(self, how: How, script: Script) -> None:
        self.how = how
        self.script = script
        self.state: State = opened(how.setup(script.batches[0].at_ns))
        self.broker = Paper(how.options, partial(quote_of, self.state))
        self.ledger = Ledger()
        self.journal = Kept()
        self.session = Session(self.state, self.broker, self.ledger, self.journal)

    def events(self) -> list[Event]:
        """What is still to come."""
        made, state = self.script, self.state
        return list(instants(made.batches, made.entries, made.commands, state.now_ns or -1, beaten=state.done.beat))

    def take(self, event: Event) -> None:
        """One event."""
        self.session.take(event)

    def command(self, given: Base) -> Acknowledged:
        """A human's command, now."""
        said = self.session.take(given)  # pyright: ignore[reportArgumentType]
        assert said is not None
        return said

    def play(self, events: Sequence[Event] | None = None) -> "Playing":
        """These events, by default all that are still to come."""
        for event in self.events() if events is None else events:
            self.take(event)
        return self

    def killed(self, commit: int = -1) -> "Playing":
        """A new session that knows only what this one had journalled with that commit, gone on to its own end."""
        found, bodies = self.journal.commits[commit]
        again = Playing(self.how, self.script)
        again.journal.records, again.journal.bodies = self.journal.records[:found], bodies
        at_ns, state, newest = resume_ns(bodies), again.state, None
        assert at_ns is not None
        for rows in scripted(self.script.batches, self.script.entries, self.script.commands):
            if rows.at_ns <= at_ns:
                apply(state, rows)
                newest = rows
        advance(state, at_ns)
        restore(state, bodies, stops_of(again.journal.records))
        for w in working(state):
            if w.state != "pending_new":
                again.broker.adopt(
                    w.order, w.placed_ns, w.leaves, NEVER if w.filled_ns is None else state.t(w.filled_ns)
                )
        for record in again.journal.records:
            again.ledger.add(record)
        again.session.resume(Heartbeat(at_ns) if state.done.beat else newest)
        return again

    # ------------------------------------------------------------ what happened

    @property
    def held(self) -> Held:
        """The only open position."""
        (only,) = self.state.held.values()
        return only

    @property
    def trip(self) -> Held:
        """The only closed position."""
        (only,) = self.state.closed
        return only

    @property
    def trips(self) -> list[Held]:
        """All positions, the closed ones first."""
        return [*self.state.closed, *self.state.held.values()]

    @property
    def exits(self) -> list[str]:
        """Every exit as `10:00:05 100 @ 49.95 rule TRIGGER`."""
        return [
            f"{clock(e.at_ns)} {e.contracts} @ {e.total / e.contracts:.2f} {e.cause.rule} {e.cause.trigger}"
            for held in self.trips
            for e in held.exits
        ]

    @property
    def stops(self) -> list[str]:
        """Every change of the held stop as `10:00:05 49.95 why`."""
        return [f"{clock(s.at_ns)} {s.level:.2f} {s.why}" for held in self.trips for s in held.stops]

    @property
    def refused(self) -> list[str]:
        """Every refused entry as `10:00:05 why`."""
        return [f"{clock(e['at_ns'])} {e['reason']}" for e in self.state.refused_entries]

    @property
    def alerts(self) -> list[str]:
        """Every alert as `kind state`."""
        return [f"{alert.kind} {alert.state}" for alert in self.state.alerts.values()]

    @property
    def decisions(self) -> list[DecisionRecord]:
        """All of them."""
        return [record for record in self.journal.records if isinstance(record, DecisionRecord)]

    @property
    def sent(self) -> list[OrderRecord]:
        """Every order as it was first written."""
        return [r for r in self.journal.records if isinstance(r, OrderRecord) and r.state == "pending_new"]

    def verdicts(self, rule: str) -> list[str]:
        """Changes of one rule's verdict as `10:00:05 exit TRIGGER status`."""
        return [
            " ".join(word for word in (clock(r.at_ns), r.kind, r.trigger or "", r.status) if word)
            for r in self.journal.records
            if isinstance(r, VerdictRecord) and r.rule == rule and r.why == "change"
        ]

    @property
    def lines(self) -> list[bytes]:
        """The ledger's lines, byte for byte."""
        return [line(r) for r in self.journal.records if r.LEDGER]


def stops_of(records: Sequence[Record]) -> dict[str, list[StopChange]]:
    """The stop path of every position."""
    found: dict[str, list[StopChange]] = {}
    for r in records:
        if isinstance(r, StopRecord):
            level = nan if r.level is None else r.level
            found.setdefault(r.position_id, []).append(StopChange(r.at_ns, level, r.rule, r.why))
    return found


def playing(lines: Sequence[Line], rules: Profile | None = None, **given: Any) -> tuple[Playing, list[Event]]:
    """A session that has not begun, and its events; keywords are those of `How`, `lot` and `multiplier`."""
    sizes = {key: given.pop(key) for key in ("lot", "multiplier") if key in given}
    how = How(profile=rules or profile(), instruments=contracts(**sizes), **given)
    begun = Playing(how, script(lines, market(how.market).zone))
    return begun, begun.events()


def play(lines: Sequence[Line], rules: Profile | None = None, **given: Any) -> Playing:
    """The session the lines tell, to its last row."""
    begun, events = playing(lines, rules, **given)
    return begun.play(events)
