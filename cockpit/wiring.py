"""The composition root: a recording or the simulator, a profile, a broker and a journal become a session."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from math import nan
from pathlib import Path
from typing import Any

import msgspec

from cockpit.brokers.paper import NEVER, Paper, PaperOptions
from cockpit.commands import Acknowledged, Command, Watch, arguments
from cockpit.commands import parse as parse_command
from cockpit.domain.errors import BadInput
from cockpit.events import Batch, Entry, Heartbeat
from cockpit.exits.profile import Profile
from cockpit.feeds.player import Player, Push
from cockpit.feeds.recorder import Recorder, recording
from cockpit.feeds.recording import Recording
from cockpit.feeds.replay import instants, scripted
from cockpit.feeds.scripts import ScriptedCommand, load_commands, load_entries
from cockpit.frame import Frame
from cockpit.journal.ledger import Ledger
from cockpit.journal.store import Store
from cockpit.market.terms import terms_for_replay
from cockpit.outcome import outcome, session_of
from cockpit.profiles import SHIPPED_PROFILES, profile
from cockpit.projection.projector import Projector
from cockpit.projection.waiting import asks
from cockpit.records import CommandRecord, SessionRecord
from cockpit.routing.walk import Walk
from cockpit.session import Session, quote_of
from cockpit.settings import market, shipped
from cockpit.state.applying import applied
from cockpit.state.market import advance, apply, opened
from cockpit.state.model import Setup, State, StopChange
from cockpit.state.remembering import restore, resume_ns, working

DEFAULT_PROFILE = "adaptive"


def profiles_by_name(profiles: Iterable[Profile]) -> dict[str, Profile]:
    """The table of a session's profiles; BadInput when two that decide differently have one name."""
    table: dict[str, Profile] = {}
    for made in profiles:
        if table.setdefault(made.name, made).sha256 != made.sha256:
            raise BadInput(f"Two profiles that differ are both named '{made.name}'; name one of them otherwise.")
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is to happen in a session beside its rows."""

    entries: Sequence[Entry] = ()
    commands: Sequence[ScriptedCommand[Command]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a recording is played: `profiles` are by `Profile.name`, `cash` is the net liquidation at the start."""

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
    """A session over a recording, ready to be played; commands dated `outside` of what is played are refused."""

    recording: Recording
    session: Session
    script: Script
    ledger: Ledger
    store: Store | None = None
    about: SessionRecord | None = None
    live_ns: int = 0
    outside: Sequence[ScriptedCommand[Command]] = ()

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

    def play_until(self, at_ns: int) -> None:
        """Everything before that instant, as fast as it goes."""
        for event in self.events():
            if event.at_ns >= at_ns:
                return
            self.session.take(event)

    def end(self) -> None:
        """The session is over, in order; entries and commands outside of what was played are refused."""
        self.session.ended = self.state.over = True
        self.conclude(*self._refused_commands())
        for entry in self.script.entries:
            if self.live_ns <= entry.at_ns <= self.recording.last_ns:
                continue
            reason = "before the first row" if entry.at_ns < self.live_ns else "after the last row"
            self.state.refused_entries.append(
                {"at_ns": entry.at_ns, "symbol": entry.symbol, "reason": reason, "seconds_left": None}
            )

    def conclude(self, *also: CommandRecord) -> None:
        """The journal has the session's end and the hash of its ledger as they are now."""
        if self.store is not None and self.about is not None:
            ended = replace(self.about, ended_ns=self.state.now_ns, ledger_sha256=self.ledger.hexdigest())
            self.store.write([*also, ended], durable=True)

    def _refused_commands(self) -> list[CommandRecord]:
        return [
            CommandRecord(
                id=f"C{number:05d}", at_ns=at_ns, author=command.author,
                command=str(type(command).__struct_config__.tag), arguments=arguments(command), accepted=False,
                answer="it is dated outside the recording",
            )
            for number, (at_ns, command) in enumerate(self.outside, self.state.next_command)
        ]  # fmt: skip

    def outcome(self) -> dict[str, object]:
        """The object of `cockpit replay --json`, without `elapsed_s`."""
        about = session_of(self.state, str(self.recording.path), self.recording.guessed)
        return outcome(self.state, about, self.recording.refused, self.ledger.hexdigest())


class Shown:
    """A session and its frames, as the engine wants them."""

    def __init__(self, session: Session, store: Store | None, *, name: str, badge: str) -> None:
        self.session = session
        self.projector = Projector(session.state, name, badge)
        self._store = store
        self._recorder: Recorder | None = None

    def frame(self) -> Frame:
        """The newest frame."""
        self._tell_trouble()
        return self.projector.frame()

    def frame_of_pending(self) -> Frame:
        """The same with the board and the chart of what asks, as the trader at a window has it selected."""
        frame = self.frame()
        wanted = frame.pending[0].position_id if frame.pending else None
        if wanted is None or (frame.detail is not None and frame.detail.position.id == wanted):
            return frame
        self.session.take(Watch(position=wanted))  # of a look, so it is not recorded
        return self.frame()

    def slices(self, since_s: float) -> Iterator[Frame | None]:
        """A frame bit by bit; see `cockpit.engine.Sliced`."""
        self._tell_trouble()
        return self.projector.slices(since_s)

    @property
    def lags(self) -> bool:
        """Whether the newest frame is older than what happened last."""
        self._tell_trouble()
        return self.projector.lags

    def _tell_trouble(self) -> None:
        store, recorder = self._store, self._recorder
        troubles = (store and store.trouble, recorder and recorder.trouble)
        self.projector.trouble = "; ".join(trouble for trouble in troubles if trouble)

    @property
    def journal(self) -> Path | None:
        """Where its journal is kept."""
        return self._store.path if self._store is not None else None


class Live(Shown):
    """What the engine drives: a session, its frames, and the player that feeds it."""

    def __init__(self, replay: Replay, *, speed: float, name: str, badge: str) -> None:
        super().__init__(replay.session, replay.store, name=name, badge=badge)
        self.replay = replay
        self.take = replay.session.take
        self.player = Player(replay.events(), speed=speed, on_end=self._ended, asks=partial(asks, replay.state))
        self.projector.refused_rows = sum(replay.recording.refused.values())

    def record(self, recorder: Recorder) -> None:
        """Records what the session has seen and what it will see; closed with the session."""
        replay, state = self.replay, self.replay.state
        for batch in scripted(replay.recording.batches, replay.script.entries, replay.script.commands):
            if batch.at_ns > state.now_ns:
                break
            recorder.see(batch)
        recorder.flush()
        self.take = recording(self.take, recorder, lambda: state.now_ns)
        self._recorder = recorder

    async def run(self, push: Push) -> None:
        """Plays into `push` until cancelled; the end of the recording ends nothing else."""
        await self.player.run(push)
        await asyncio.Event().wait()

    def _ended(self) -> None:
        self.replay.end()
        self.projector.ended = True
        self.take = partial(self._after_end, self.take)

    def _after_end(self, take: Callable[[Any], Acknowledged | None], event: Any) -> Acknowledged | None:
        """What a human still does is the end of the session, too."""
        before = self.replay.ledger.hexdigest()
        said = take(event)
        if self.replay.ledger.hexdigest() != before:
            self.replay.conclude()
        return said

    def leave(self) -> None:
        """The session is over, in order: nothing of it is resumed."""
        if not self.session.ended:
            self.replay.end()

    def close(self) -> None:
        """The journal is free. A session that was not left goes on from it at the next start."""
        try:
            if self._recorder is not None:
                self._recorder.close()
        finally:
            if self.replay.store is not None:
                self.replay.store.close()


def read_script(
    recording: Recording, entries: Path | None, commands: Path | None, elsewhere: frozenset[str] = frozenset()
) -> tuple[Script, dict[str, Profile]]:
    """Entries and commands from files, and the profiles of the entries by name; `elsewhere` as in load_entries."""
    named: dict[str, Profile] = {}

    def check(name: str) -> None:
        if name not in named:
            named[name] = profile(name)

    rows = load_entries(entries, recording, profiles=check, elsewhere=elsewhere) if entries else []
    rows = [row if row.profile is None else row._replace(profile=named[row.profile].name) for row in rows]
    lines = load_commands(commands, parse=parse_command) if commands else []
    return Script(entries=rows, commands=lines), profiles_by_name(named.values())


def replay_of(recording: Recording, plan: Plan, *, store: Store | None = None, feed: str = "") -> Replay:
    """A session over a recording with the paper broker; one that was killed goes on in its journal where it stopped."""
    for made in plan.profiles.values():
        if made.market not in (None, recording.market):
            raise BadInput(
                f"The profile {made.name} is for {made.market}, the recording is {recording.market}; give another."
            )
    setup = Setup(
        market=market(recording.market),
        terms=terms_for_replay(
            recording.interval_s,
            has_quotes=recording.has_quotes,
            columns=recording.columns,
            models_lacking=recording.models_lacking,
        ),
        profiles=plan.profiles,
        default_profile=plan.default_profile,
        instruments=recording.instruments,
        underlying_is_bars=recording.underlying_is_bars,
        first_ns=recording.first_ns,
        cash=plan.cash,
        cooldown=plan.cooldown,
        shipped={name: shipped("profiles", f"{name}.toml") for name in SHIPPED_PROFILES},
        oi_unit=recording.oi_unit,
    )
    state = opened(setup)
    broker = Paper(plan.options, partial(quote_of, state))
    ledger = Ledger()
    commands, since_ns = plan.script.commands, max(plan.live_ns or 0, recording.first_ns)
    made = Replay(
        recording=recording,
        session=Session(state, broker, ledger, store),
        script=replace(plan.script, commands=[c for c in commands if since_ns <= c.at_ns <= recording.last_ns]),
        ledger=ledger,
        store=store,
        live_ns=plan.live_ns or 0,
        outside=[c for c in commands if not since_ns <= c.at_ns <= recording.last_ns],
    )
    if store is not None:
        _begin(made, store, broker, feed)
    if plan.live_ns is not None and state.now_ns < plan.live_ns:
        _warm(made, plan.live_ns - 1)
    return made


def to_resume(store: Store, recording: Recording, profile: str, feed: str = "") -> SessionRecord | None:
    """The killed session of that feed and profile, which the next one of the same goes on with; None where none is."""
    last, feed = store.last_session(), feed or str(recording.path.resolve())
    same = last is not None and (last.feed, last.profile) == (feed, profile)
    return last if last is not None and same and last.ended_ns is None else None


def _begin(made: Replay, store: Store, broker: Paper, feed: str) -> None:
    """A new session in the journal, or the killed one of the same feed and profile, resumed."""
    setup = made.state.setup
    last = to_resume(store, made.recording, setup.default_profile, feed)
    if last is not None:
        about = replace(last, resumed=last.resumed + 1)
        bodies = store.checkpoints(last.id)
        check_profiles(made.state, store, last.id, bodies)
        store.begin(about)
        _resume(made, store, broker, bodies)
        made.state.say("session", "", "resumed", "resumed where it stopped; what was said before is in the journal")
    else:
        about = SessionRecord(
            id=store.next_session_id(), started_ns=setup.first_ns, ended_ns=None,
            feed=feed or str(made.recording.path.resolve()), broker="paper", market=setup.market.name,
            profile=setup.default_profile, seed=None, resumed=0, ledger_sha256=None,
        )  # fmt: skip
        store.begin(about)
    made.about = about


def check_profiles(state: State, store: Store, session_id: str, bodies: dict[str, bytes]) -> None:
    """A session goes on with the very profiles it was killed with: its rules' memories mean nothing to others."""
    known = [*state.profiles.values(), *applied(state, bodies)]
    query = "SELECT id, parameters_sha256 FROM round_trips WHERE session_id = ?"
    sha256: dict[str, str] = dict(store.connection.execute(query, (session_id,)).fetchall())
    wanted: list[tuple[str, str, str | None]] = [
        ("an entry that still works", name, None) for _, name in _body(bodies.get("session")).get("entering", ())
    ]
    for body in (_body(body) for key, body in bodies.items() if key.startswith("position ")):
        wanted.append((f"position {body['id']}", body["profile"], sha256.get(body["id"])))
    for what, name, asked in wanted:
        found = [made.sha256 for made in known if made.name == name]
        if not found or asked not in (None, *found):
            trouble = "has changed since" if found else "is not given now"
            raise BadInput(
                f"The journal {store.path} cannot be resumed: {what} is under the profile '{name}', which {trouble}; "
                "give that profile as it was (--profile, or the entries that name it), or another file with --journal."
            )


def _body(body: bytes | None) -> dict[str, Any]:
    return {} if body is None else msgspec.json.decode(body)


def _resume(made: Replay, store: Store, broker: Paper, bodies: dict[str, bytes]) -> None:
    """Warms the market from the recording up to the last journalled instant, then puts everything else back."""
    at_ns = resume_ns(bodies)
    if at_ns is None:
        return
    state, newest = made.state, _warm(made, at_ns)
    put_back(state, store, bodies)
    adopt_working(state, broker)
    made.ledger = made.session.ledger = store.ledger()
    made.session.resume(Heartbeat(at_ns) if state.done.beat else newest)


def put_back(state: State, store: Store, bodies: dict[str, bytes]) -> None:
    """Restores what the checkpoints keep; BadInput when another version wrote them. The market has been warmed."""
    try:
        restore(state, bodies, stops_of(store))
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:  # a field or a rule's memory that it does not have
        raise BadInput(
            f"The journal {store.path} cannot be resumed: its session was written by another version of the cockpit "
            f"({type(error).__name__}: {error}); end it with that version, or name another file with --journal."
        ) from error


def adopt_working(state: State, broker: Paper) -> None:
    """The paper broker takes the journalled working orders over; those that it may not have had are sent again."""
    for w in working(state):
        if w.state != "pending_new":
            broker.adopt(w.order, w.placed_ns, w.leaves, NEVER if w.filled_ns is None else state.t(w.filled_ns))


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
