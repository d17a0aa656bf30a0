"""The composition root of a live session: one connection, an account, its journal, and what an earlier run has left."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec

from cockpit.brokers.ib.account import choose
from cockpit.brokers.ib.broker import IbBroker
from cockpit.brokers.paper import Paper
from cockpit.commands import Arm
from cockpit.domain.errors import BadInput
from cockpit.domain.instrument import Instrument
from cockpit.domain.quote import Touch
from cockpit.domain.trading_hours import trading_day
from cockpit.events import Batch
from cockpit.feeds.ib.contracts import Wanted
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.ib.held import KeptContract
from cockpit.feeds.ib.stream import Timing
from cockpit.feeds.recorded_tail import recorded_tail
from cockpit.feeds.wall_clock import WallClock
from cockpit.ib.connection import Address
from cockpit.journal.ledger import Ledger
from cockpit.journal.location import journal_path
from cockpit.journal.store import Store, open_journal
from cockpit.live import KEPT, Kept, LiveSession, Parts
from cockpit.live_desk import Desk
from cockpit.market import terms
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.records import SessionRecord
from cockpit.risk.limits import LIVE
from cockpit.routing.walk import Walk
from cockpit.session import Session, quote_of
from cockpit.settings import market, shipped
from cockpit.state.market import advance, apply, at, opened
from cockpit.state.model import Setup, State
from cockpit.state.remembering import resume_ns
from cockpit.wiring import adopt_working, check_profiles, profiles_by_name, put_back, realistic

CASH = Decimal(1_000_000)  # what practice begins with
NEWEST = 20  # parts of a recording that a restart looks into


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAsked:
    """The options of a live session, checked as far as that goes without a connection."""

    address: Address
    wanted: Wanted
    broker: Literal["paper", "ib"]
    profile: str
    journal: Path | None = None
    record: Path | None = None
    account: str | None = None
    arm: str | None = None
    leads_found: bool = False  # positions that others have opened are led by the profile at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What an earlier run of the session has left in the journal; nothing where it is a new one."""

    session: SessionRecord | None = None
    bodies: dict[str, bytes]
    kept: Kept

    @property
    def known(self) -> dict[str, Instrument]:
        """The contracts of all its positions, and of entries that may still fill."""
        symbols = {body["symbol"] for body in self._positions} | set(self._entering)
        return {symbol: self.kept.contracts[symbol].instrument for symbol in sorted(symbols)}

    def with_those(self, found: Mapping[str, Instrument]) -> dict[str, Instrument]:
        """`known`, and these as they are now; where the broker has not told the steps of one, as it told them then."""
        known = self.known
        told = {symbol: each.steps for symbol, each in known.items()}
        now = {symbol: replace(each, steps=each.steps or told.get(symbol, ())) for symbol, each in found.items()}
        return {**known, **now}

    @property
    def held(self) -> list[KeptContract]:
        """Those of open positions, and of entries that may still fill."""
        symbols = {body["symbol"] for body in self._positions if body["closed"] is None} | set(self._entering)
        return [self.kept.contracts[symbol] for symbol in sorted(symbols)]

    @property
    def _positions(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(body) for key, body in self.bodies.items() if key.startswith("position ")]

    @property
    def _entering(self) -> list[str]:
        """Symbols."""
        given: dict[str, Any] = msgspec.json.decode(self.bodies["session"]) if "session" in self.bodies else {}
        return [order["order"]["symbol"] for order, _ in given.get("entering", ())]


async def live_session(
    asked: LiveAsked,
    *,
    say: Callable[[str], None],
    timing: Timing | None = None,
    clock: WallClock | None = None,
) -> LiveSession:
    """Connects, and what an earlier run has left goes on; `say` hears what a trader wants to know before it stands.

    Raises NoBroker, or BadInput for what cannot be had; nothing is left open then.
    """
    opening = Opening(asked, say, clock or WallClock())
    feed = Feed(
        asked.address, asked.wanted, say=opening.tell, timing=timing, now_ns=opening.clock, trading=opening.desk
    )
    try:
        await feed.open()
        return opening.session(feed, [] if opening.goes_on else await feed.history())
    except BaseException:
        await feed.close()
        opening.close()
        raise


class Opening:
    """A live session until it stands."""

    def __init__(self, asked: LiveAsked, say: Callable[[str], None], clock: WallClock) -> None:
        self.asked, self.clock = asked, clock
        self.desk = Desk(asked.address, self._found, self.clock)
        self.desk.say = say
        self._default = profile(asked.profile)
        self._profiles = profiles_by_name((self._default, *(profile(name) for name in SHIPPED_PROFILES)))
        self._store: Store | None = None
        self._before = Before(bodies={}, kept=Kept(mark=secrets.token_hex(4)))
        self._id = self._feed = ""
        self._state: State | None = None

    def tell(self, sentence: str) -> None:
        """A sentence of the feed or the broker."""
        self.desk.say(sentence)

    def close(self) -> None:
        """Nothing has come of it."""
        if self._store is not None:
            self._store.close()

    def _found(self, accounts: list[str]) -> tuple[IbBroker | None, Iterable[KeptContract]]:
        """Account, journal and session are settled: on the first connection, before contracts are chosen."""
        asked = self.asked
        account = "" if asked.broker == "paper" else choose(accounts, asked.account)
        if asked.arm is not None and asked.arm != account:
            raise BadInput(f"--arm: {asked.arm} is not the account {account}, which would be traded; type that one.")
        self._feed = f"ib {account}".rstrip()
        self._store = store = open_journal(asked.journal or journal_path(account or "live"))
        last = store.last_session(self._feed)
        if last is not None and last.ended_ns is None:
            self._go_on(store, last)
        self._id = self._before.session.id if self._before.session is not None else store.next_session_id()
        if not account:
            return None, self._before.held
        name = "-".join(filter(None, (self._id, self._before.kept.mark)))
        broker = IbBroker(name, account, quote=self._quote, walk=Walk(), say=self.tell, now_ns=self.clock)
        broker.is_fresh = self._before.session is None
        return broker, self._before.held

    def _go_on(self, store: Store, last: SessionRecord) -> None:
        """With that session, unless its day is over and it holds nothing: then it has ended."""
        bodies = store.checkpoints(last.id)
        kept = msgspec.json.decode(bodies[KEPT], type=Kept) if KEPT in bodies else Kept()
        before = Before(session=last, bodies=bodies, kept=kept)
        stopped_ns = resume_ns(bodies) or last.started_ns
        hours = market(last.market)
        is_over = trading_day(hours, at(stopped_ns)) != trading_day(hours, at(self.clock()))
        if not is_over or before.held:
            self._before = before
        else:
            store.begin(replace(last, ended_ns=stopped_ns, ledger_sha256=store.ledger(last.id).hexdigest()))

    def _quote(self, symbol: str, side: int) -> Touch:
        assert self._state is not None, "nothing is priced before the session stands"
        return quote_of(self._state, symbol, side)

    # ---------------------------------------------------------------- the session

    @property
    def goes_on(self) -> bool:
        """Whether an earlier run has left something, known once there is a connection."""
        return self._before.session is not None

    def session(self, feed: Feed, history: Sequence[Batch]) -> LiveSession:
        """What the engine drives, with everything as it was; nothing is sent before the broker has been asked."""
        store, before, broker, asked = self._store, self._before, self.desk.broker, self.asked
        assert store is not None, "it is opened on the first connection"
        assert store.path is not None, "a live session's journal is a file"
        kept = Kept(mark=before.kept.mark, contracts=before.kept.contracts, folders=before.kept.folders)
        about = self._about(feed.instruments, history[0].at_ns if history else self.clock())
        self._state = state = opened(self._setup(about, before.with_those(feed.instruments)))
        check_profiles(state, store, about.id, before.bodies)
        store.begin(about)
        stopped_ns = resume_ns(before.bodies)
        if stopped_ns is not None:
            self._put_back(state, store, stopped_ns)
        for batch in history:
            apply(state, batch)
        orders = broker or self._practice(state, about.market)
        session = Session(state, orders, Ledger() if before.session is None else store.ledger(), store)
        badge = "LIVE" if broker is not None and broker.is_live else "PAPER"
        folder = asked.record or store.path.with_name(f"{store.path.stem}-{about.id}")
        live = LiveSession(
            Parts(
                desk=self.desk, feed=feed, session=session, store=store, clock=self.clock, kept=kept, folder=folder,
                history=history,
                name=f"ib {asked.address}", badge=badge, say=self.desk.say,
            )
        )  # fmt: skip
        if asked.arm is not None:
            live.take(Arm(account=asked.arm, author="command line"))
        if not state.is_armed:
            live.say(
                f"{state.setup.account} is a live account and not armed: nothing is opened, no rule acts and nothing "
                "rests until its name has been typed; your own exits are sent at once."
            )
        return live

    def _about(self, chosen: Mapping[str, Instrument], began_ns: int) -> SessionRecord:
        """What the journal says of the session; BadInput for a profile of another market."""
        name = min({each.market for each in chosen.values()})
        for made in self._profiles.values():
            if made.market not in (None, name):
                raise BadInput(
                    f"The profile {made.name} is for {made.market}, the contracts are of {name}; give another."
                )
        last = self._before.session
        if last is not None:
            return replace(last, resumed=last.resumed + 1)
        return SessionRecord(
            id=self._id, started_ns=began_ns, ended_ns=None, feed=self._feed, broker=self.asked.broker, market=name,
            profile=self._default.name, seed=None, resumed=0, ledger_sha256=None,
        )  # fmt: skip

    def _setup(self, about: SessionRecord, instruments: dict[str, Instrument]) -> Setup:
        broker = self.desk.broker
        return Setup(
            market=market(about.market),
            terms=terms.LIVE,
            profiles=self._profiles,
            default_profile=self._default.name,
            instruments=instruments,
            underlying_is_bars=frozenset(),
            first_ns=about.started_ns,
            cash=CASH,
            protection="practice" if broker is None else "broker",
            account="" if broker is None else broker.account,
            is_live_account=broker is not None and broker.is_live,
            limits=LIVE,  # in practice as well, so that it is practised under them
            leads_found=self.asked.leads_found,
            shipped={name: shipped("profiles", f"{name}.toml") for name in SHIPPED_PROFILES},
        )

    def _put_back(self, state: State, store: Store, stopped_ns: int) -> None:
        """The market is warmed from what was recorded, then everything is as it was at the last journalled instant.

        Rows after that have changed nothing that is journalled, so they warm the market only, too.
        """
        before = self._before
        folders = [Path(each) for each in before.kept.folders[-NEWEST:]]
        batches = recorded_tail(folders, dict(state.setup.instruments))
        known = [batch for batch in batches if batch.at_ns <= stopped_ns]
        for batch in known:
            apply(state, batch)
        advance(state, stopped_ns)
        put_back(state, store, before.bodies)
        for batch in batches[len(known) :]:
            apply(state, batch)
        self.clock.begin_at(state.now_ns)
        last = before.session
        if state.default_profile not in state.profiles or (last is not None and last.profile != self._default.name):
            state.default_profile = self._default.name
        state.say("session", "", "resumed", "resumed where it stopped; what was said before is in the journal")

    def _practice(self, state: State, market_name: str) -> Paper:
        paper = Paper(realistic(market_name), partial(quote_of, state))
        adopt_working(state, paper)
        return paper
