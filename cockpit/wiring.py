"""The composition root: a recording or the simulator, a profile, a broker and a journal become a session."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from math import nan
from pathlib import Path

from cockpit.brokers.paper import NEVER, Paper, PaperOptions
from cockpit.commands import Command
from cockpit.commands import parse as parse_command
from cockpit.domain.errors import BadInput
from cockpit.events import Batch, Entry, Heartbeat
from cockpit.exits.profile import Profile
from cockpit.exits.profile import parse as parse_profile
from cockpit.feeds.outside_files import read_text
from cockpit.feeds.player import Player, Push
from cockpit.feeds.recording import Recording
from cockpit.feeds.replay import instants, scripted
from cockpit.feeds.scripts import ScriptedCommand, load_commands, load_entries
from cockpit.frame import Frame
from cockpit.journal.ledger import Ledger
from cockpit.journal.store import Store
from cockpit.market.terms import terms_for_replay
from cockpit.outcome import outcome, session_of
from cockpit.projection.projector import Projector
from cockpit.records import SessionRecord
from cockpit.routing.walk import Walk
from cockpit.session import Session, quote_of
from cockpit.settings import market, shipped
from cockpit.state.market import advance, apply, opened
from cockpit.state.model import Setup, State, StopChange
from cockpit.state.remembering import restore, resume_ns, working

SHIPPED_PROFILES = ("adaptive", "scalp", "ladder")
DEFAULT_PROFILE = "adaptive"
MAX_PROFILE_BYTES = 1 << 20


def profile(name: str) -> Profile:
    """A shipped profile by name, or one from a TOML file by path."""
    if name in SHIPPED_PROFILES:
        return parse_profile(shipped("profiles", f"{name}.toml"), name, _profile_text)
    return parse_profile(_profile_text(name), Path(name).name, _profile_text)


def _profile_text(name: str) -> str:
    if name in SHIPPED_PROFILES:
        return shipped("profiles", f"{name}.toml")
    if not name.endswith(".toml"):
        raise BadInput(
            f"There is no profile '{name}'; shipped are {', '.join(SHIPPED_PROFILES)}, or give a .toml file's path."
        )
    return read_text(Path(name), MAX_PROFILE_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is to happen in a session beside its rows."""

    entries: Sequence[Entry] = ()
    commands: Sequence[ScriptedCommand[Command]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a recording is played: `default_profile` is the name of one of `profiles`; `cash` the net liquidation."""

    profiles: dict[str, Profile]
    default_profile: str
    script: Script = Script()
    cash: Decimal = Decimal(1_000_000)
    options: PaperOptions = PaperOptions()  # noqa: RUF009 - immutable
    live_ns: int | None = None  # rows before it only warm the features, and are not played
    cooldown: bool = True


def realistic(market_name: str) -> PaperOptions:
    """The paper broker of the demo: latency, a share of the displayed size, commission, and prices that walk."""
    fee = market(market_name).commission
    return PaperOptions(latency_ms=120.0, participation=0.5, commission=fee, walk=Walk())


@dataclass(slots=True, kw_only=True)
class Replay:
    """A session over a recording, ready to be played."""

    recording: Recording
    session: Session
    script: Script
    ledger: Ledger
    store: Store | None = None
    about: SessionRecord | None = None

    @property
    def state(self) -> State:
        """The session's state."""
        return self.session.state

    def events(self) -> Iterator[Batch | Heartbeat]:
        """What is still to be played."""
        batches, script, state = self.recording.batches, self.script, self.state
        return instants(
            batches, script.entries, script.commands, state.now_ns or -1, beaten=state.done.beat
        )  # nothing has been played at 0

    def play(self) -> None:
        """Everything, as fast as it goes."""
        take = self.session.take
        for event in self.events():
            take(event)
        self.end()

    def end(self) -> None:
        """The last row has been played; entries that would have come later are refused."""
        self.session.ended = True
        if self.store is not None and self.about is not None:
            ended = replace(self.about, ended_ns=self.state.now_ns, ledger_sha256=self.ledger.hexdigest())
            self.store.write([ended], durable=True)
        last_ns = self.recording.last_ns
        for entry in self.script.entries:
            if entry.at_ns > last_ns:
                self.state.refused_entries.append(
                    {"at_ns": entry.at_ns, "symbol": entry.symbol, "reason": "after the last row", "seconds_left": None}
                )

    def outcome(self) -> dict[str, object]:
        """The object of `cockpit replay --json`, without `elapsed_s`."""
        about = session_of(self.state, str(self.recording.path), self.recording.guessed)
        return outcome(self.state, about, self.recording.refused, self.ledger.hexdigest())


class Live:
    """What the engine drives: a session, its frames, and the player that feeds it."""

    def __init__(self, replay: Replay, *, speed: float, name: str, badge: str) -> None:
        self.replay = replay
        self.session = replay.session
        self.player = Player(replay.events(), speed=speed, on_end=self._ended)
        self.projector = Projector(replay.state, name, badge)
        self.projector.refused_rows = sum(replay.recording.refused.values())
        self.take = replay.session.take

    def frame(self) -> Frame:
        """The newest frame."""
        store = self.replay.store
        self.projector.trouble = (store.trouble or "") if store is not None else ""
        return self.projector.frame()

    async def run(self, push: Push) -> None:
        """Plays into `push` until cancelled; the end of the recording ends nothing else."""
        await self.player.run(push)
        await asyncio.Event().wait()

    def _ended(self) -> None:
        self.replay.end()
        self.projector.ended = True

    def close(self) -> None:
        """An orderly end: the session is over and the journal is free."""
        if not self.session.ended:
            self.replay.end()
        if self.replay.store is not None:
            self.replay.store.close()


def read_script(
    recording: Recording, entries: Path | None, commands: Path | None, elsewhere: frozenset[str] = frozenset()
) -> tuple[Script, dict[str, Profile]]:
    """Entries and commands from files, and the profiles that entries name; `elsewhere` as in load_entries."""
    named: dict[str, Profile] = {}

    def check(name: str) -> None:
        if name not in named:
            named[name] = profile(name)

    rows = load_entries(entries, recording, profiles=check, elsewhere=elsewhere) if entries else []
    lines = load_commands(commands, parse=parse_command) if commands else []
    return Script(entries=rows, commands=lines), named


def replay_of(recording: Recording, plan: Plan, *, store: Store | None = None, feed: str = "") -> Replay:
    """A session over a recording with the paper broker; one that was killed goes on in its journal where it stopped."""
    for made in plan.profiles.values():
        if made.market not in (None, recording.market):
            raise BadInput(
                f"The profile {made.name} is for {made.market}, the recording is {recording.market}; give another."
            )
    setup = Setup(
        market=market(recording.market),
        terms=terms_for_replay(recording.interval_s, has_quotes=recording.has_quotes, columns=recording.columns),
        profiles=plan.profiles,
        default_profile=plan.default_profile,
        instruments=recording.instruments,
        underlying_is_bars=recording.underlying_is_bars,
        first_ns=recording.first_ns,
        cash=plan.cash,
        cooldown=plan.cooldown,
    )
    state = opened(setup)
    broker = Paper(plan.options, partial(quote_of, state))
    ledger = Ledger()
    made = Replay(
        recording=recording,
        session=Session(state, broker, ledger, store),
        script=plan.script,
        ledger=ledger,
        store=store,
    )
    if store is not None:
        _begin(made, store, broker, feed or str(recording.path.resolve()))
    if plan.live_ns is not None and state.now_ns < plan.live_ns:
        _warm(made, plan.live_ns - 1)
    return made


def _begin(made: Replay, store: Store, broker: Paper, feed: str) -> None:
    """A new session in the journal, or the killed one of the same feed and profile, resumed."""
    setup, last = made.state.setup, store.last_session()
    same = last is not None and (last.feed, last.profile) == (feed, setup.default_profile)
    if last is not None and same and last.ended_ns is None:
        about = replace(last, resumed=last.resumed + 1)
        store.begin(about)
        _resume(made, store, broker)
    else:
        about = SessionRecord(
            id=store.next_session_id(), started_ns=setup.first_ns, ended_ns=None, feed=feed, broker="paper",
            market=setup.market.name, profile=setup.default_profile, seed=None, resumed=0, ledger_sha256=None,
        )  # fmt: skip
        store.begin(about)
    made.about = about


def _resume(made: Replay, store: Store, broker: Paper) -> None:
    """Warms the market from the recording up to the last journalled instant, then puts everything else back."""
    bodies = store.checkpoints()
    at_ns = resume_ns(bodies)
    if at_ns is None:
        return
    state, newest = made.state, _warm(made, at_ns)
    restore(state, bodies, stops_of(store))
    for w in working(state):
        if w.state != "pending_new":
            broker.adopt(w.order, w.placed_ns, w.leaves, NEVER if w.filled_ns is None else state.t(w.filled_ns))
    made.ledger = made.session.ledger = store.ledger()
    made.session.resume(Heartbeat(at_ns) if state.done.beat else newest)


def _warm(made: Replay, until_ns: int) -> Batch | None:
    """The market sees the recording up to an instant; nothing is judged. Returns the last batch seen."""
    seen, since_ns = None, made.state.now_ns
    for batch in scripted(made.recording.batches, made.script.entries, made.script.commands):
        if batch.at_ns > until_ns:
            break
        if batch.at_ns > since_ns:
            apply(made.state, batch)
            seen = batch
    advance(made.state, until_ns)
    return seen


def stops_of(store: Store) -> dict[str, list[StopChange]]:
    """The stop path of every position of the session so far."""
    found: dict[str, list[StopChange]] = {}
    query = "SELECT position_id, at_ns, level, rule, why FROM stops WHERE session_id = ? ORDER BY seq"
    for position_id, at_ns, level, rule, why in store.connection.execute(query, (store.session_id,)):
        found.setdefault(position_id, []).append(StopChange(at_ns, nan if level is None else level, rule, why))
    return found
