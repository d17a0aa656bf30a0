"""A live session as the engine drives it: quotes, the beat of the wall clock, a broker, and the recording of it all."""

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cockpit.brokers.expiring import settled
from cockpit.commands import Acknowledged
from cockpit.events import NS, Batch, Heartbeat, LinkChanged, Listed, Noticed
from cockpit.feeds.ib.feed import Feed
from cockpit.feeds.ib.held import KeptContract, kept
from cockpit.feeds.recorder import FULL, Recorder, about_live, free_folder, recording
from cockpit.feeds.replay import BEAT_NS
from cockpit.feeds.wall_clock import WallClock
from cockpit.frame import ConnectionPart, VolatilityPart
from cockpit.ib.ending import first_of
from cockpit.journal.store import Store
from cockpit.live_desk import Desk
from cockpit.records import CheckpointRecord
from cockpit.session import Session
from cockpit.state.model import State
from cockpit.wiring import Shown

KEPT = "live"  # key of the checkpoint
Push = Callable[[Any], None]


class Kept(msgspec.Struct, kw_only=True):
    """What a live session keeps beside its checkpoints: its contracts, and where it is recorded, oldest first.

    `mark` tells its orders from those of another journal at the same account, whose sessions are counted alike.
    """

    mark: str = ""
    contracts: dict[str, KeptContract] = {}
    folders: list[str] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a live session is made of."""

    desk: Desk
    feed: Feed
    session: Session
    store: Store
    clock: WallClock
    kept: Kept
    history: Sequence[Batch]  # what the market was warmed with, before the first quote
    folder: Path  # of the recording; those of later runs are named after it
    name: str
    badge: str
    say: Callable[[str], None]


class LiveSession(Shown):
    """What the engine drives. It never ends by itself, and leaving it does not end it: its day does."""

    player = None

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.session, parts.store, name=parts.name, badge=parts.badge)
        self.parts, self.desk, self.feed = parts, parts.desk, parts.feed
        self.projector.connection = self._connection
        self.projector.chain.volatility = self._volatility
        self._beat_ns = 0
        self._told_behind = False
        self._push: Push = self._to_itself
        self._is_over = False
        self._instruments = dict(self.state.setup.instruments)
        self._record(parts.history)
        self.desk.say = self.say
        self.feed.hold(self._held, self._tell)

    @property
    def state(self) -> State:
        """The session's state."""
        return self.session.state

    # ---------------------------------------------------------------- events

    def take(self, event: Any) -> Acknowledged | None:
        """One event or command, recorded; contracts are kept before anything can be held in them."""
        if isinstance(event, Listed):
            self._keep()
        return self._recorded(event)

    def _tell(self, event: Any) -> None:
        """Pushes an event, unless the run has been ended."""
        if not self._is_over:
            self._push(event)

    def _to_itself(self, event: Any) -> None:
        self.take(event)

    async def run(self, push: Push) -> None:
        """Feeds the session until cancelled, over as many connections as that takes.

        Who cancels it ends it on purpose: that the connection goes with it is no event of the session, as little as
        when the program is killed, and the next start asks the broker for all that became of its orders.
        """
        self._push = push
        if self.desk.broker is not None:
            push(LinkChanged(self.parts.clock(), "connecting", "the session begins"))
        self._beat(self.parts.clock())
        self.desk.begun(self._tell, self.session, self.feed)
        both = [asyncio.ensure_future(each) for each in (self.feed.run(self._give), self._keep_time())]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._is_over = True
            raise
        finally:
            try:
                await first_of(both, within_s=0.0)
            finally:
                await self.feed.close()

    def close(self) -> None:
        """What was recorded is on the disk, and the journal is free; the next start goes on from it."""
        try:
            if self._recorder is not None:
                self._recorder.flush()
                with contextlib.suppress(OSError):  # with something in it, it stays
                    self._recorder.folder.rmdir()
        finally:
            self.parts.store.close()

    def _give(self, event: Batch | Listed) -> None:
        """Rows of an instant come before its beat, as when they are replayed."""
        self._beat(event.at_ns - 1)
        self._tell(event)

    def _beat(self, until_ns: int) -> None:
        """The newest beat that is due; after a silence those before it have nothing to add."""
        due_ns = until_ns - until_ns % BEAT_NS
        if due_ns > self._beat_ns and due_ns >= self.state.now_ns:
            self._beat_ns = due_ns
            self._tell(Heartbeat(due_ns))
            if self.state.setup.protection == "practice":  # a broker tells it
                for event in settled(self.state):
                    self._tell(event)

    async def _keep_time(self) -> None:
        clock = self.parts.clock
        while True:
            now_ns = clock()
            self._beat(now_ns)
            self._tell_clock(clock.behind_s)
            if self._recorder is not None and self._recorder.trouble == FULL:
                self._record()
            await asyncio.sleep((BEAT_NS - now_ns % BEAT_NS) / NS)

    def _held(self) -> set[str]:
        """The contracts of positions and of entries that may still fill: they are quoted before all others."""
        return {*self.state.by_symbol, *(w.order.symbol for w in self.state.entering.values())}

    # ---------------------------------------------------------------- what is told

    def say(self, sentence: str) -> None:
        """A sentence of the feed, the broker or the wiring, from wherever on the loop it comes."""
        self.parts.say(sentence)
        event = Noticed(self.parts.clock(), f"A-feed-{zlib.crc32(sentence.encode()):08x}", "warning", sentence)
        asyncio.get_running_loop().call_soon(self._tell, event)

    def _tell_clock(self, behind_s: float) -> None:
        if behind_s and not self._told_behind:
            self.say(
                f"The clock of this machine was set back by {behind_s:.0f} s; the session's time goes on without it. "
                "Set the clock by NTP."
            )
        self._told_behind = bool(behind_s)

    def _connection(self) -> ConnectionPart:
        """The connection for its panel."""
        return self.desk.connection(self.feed.gauges, self.parts.clock())

    def _volatility(self, underlying: str) -> VolatilityPart:
        """What the feed knows of its past year."""
        found = self.feed.implied_volatility.get(underlying)
        return VolatilityPart() if found is None else VolatilityPart(**found._asdict())

    # ---------------------------------------------------------------- what is kept

    def _record(self, seen: Iterable[Batch] = ()) -> None:
        """From now on, after what was `seen`, into the next free folder; raises BadInput when there can be none."""
        parts = self.parts
        recorder = Recorder(free_folder(parts.folder), about_live(self._market, self._instruments))
        for batch in seen:
            recorder.see(batch)
        self._recorder = recorder
        self._recorded = recording(self.session.take, recorder, lambda: self.state.now_ns)
        parts.kept.folders.append(str(recorder.folder.resolve()))
        self._keep()

    @property
    def _market(self) -> str:
        return self.state.setup.market.name

    def _keep(self) -> None:
        keeps = self.parts.kept
        for symbol, option in self.desk.know(self.feed).items():
            known = keeps.contracts.get(symbol)
            if known is None or option.instrument.steps not in ((), known.instrument.steps):
                keeps.contracts[symbol] = known = kept(option)
            self._instruments[symbol] = known.instrument  # one that an earlier start has kept may be new to this one
        body = msgspec.json.encode(keeps)
        self.parts.store.write([CheckpointRecord(key=KEPT, at_ns=self.state.now_ns, body=body)], durable=True)
