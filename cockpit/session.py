"""Takes one event after the other: folds it, judges, journals, and only then acts."""

from collections.abc import Iterator, Sequence

from cockpit.commands import Acknowledged, Base, Command
from cockpit.domain.order import Report
from cockpit.domain.quote import Touch
from cockpit.events import Batch, BrokerEvent, Heartbeat
from cockpit.ports import Broker, Journal, Ledger
from cockpit.records import CheckpointRecord
from cockpit.state.entering import outdated
from cockpit.state.model import Effects, Held, State
from cockpit.state.ordering import cancel, is_linked
from cockpit.state.protecting import protect, rests
from cockpit.state.reduce import begin, command, judge, reduce, taken
from cockpit.state.remembering import (
    position_checkpoint,
    refusal_checkpoint,
    remembered,
    session_checkpoint,
    working,
)
from cockpit.state.sampling import Values, changes, is_due, sampled

TIMED = (Batch, Heartbeat)


def quote_of(state: State, symbol: str, side: int) -> Touch:
    """What an order in `symbol` (`side` +1 buys) could trade against at the state's instant."""
    contract = state.contracts[symbol]
    t = state.t(state.now_ns)
    contract.refresh(t)
    mark = contract.view.mark
    return Touch(
        price=contract.executable(float(side), t),
        size=contract.ask_size if side > 0 else contract.bid_size,
        mid=mark if mark == mark else None,
        quote_t=contract.quote_t,
        is_suspect=contract.is_suspect(t),
        tick=contract.instrument.tick,
        lot=contract.instrument.lot,
        steps=contract.instrument.steps,
    )


class Session:
    """The only place where anything changes. `journal` None keeps no records beyond the ledger's hash."""

    def __init__(self, state: State, broker: Broker, ledger: Ledger, journal: Journal | None) -> None:
        self.state = state
        self.broker = broker
        self.ledger = ledger
        self.journal = journal
        self.ended = False
        self._refusals = 0  # refused entries that the journal has
        self._sampled: dict[str, Values] = {}  # by position, as the journal has them
        self._is_behind = False  # orders or cancels wait for the broker …
        self._cancels: list[str] = []  # … these among them
        self._is_disturbed = True  # by a command, an entry or a report since the last heartbeat

    def take(self, event: Batch | Heartbeat | Report | BrokerEvent | Command) -> Acknowledged | None:
        """One event, whole: when this returns it is journalled and acted upon."""
        if isinstance(event, TIMED):
            state = self.state
            reduce(state, event)
            if self.broker.is_busy:
                self._fold(self.broker.advance(event.at_ns))
            if isinstance(event, Batch) and (event.entries or event.commands):
                self._begin(event)
            self._judge()
            return None
        if isinstance(event, Base):
            self._is_disturbed = True
            said = command(self.state, event)
            self._perform()
            return said
        self._fold([event])
        return None

    def resume(self, event: Batch | Heartbeat | None) -> None:
        """After a restart: sends what nobody has confirmed, then does the rest of the event that a kill fell into.

        The broker knows a reference that has reached it, and does not take it twice.
        """
        self._refusals = len(self.state.refused_entries)
        self._is_behind = True
        if not rests(self.state) or self.state.link is not None:
            self._catch_up()
        if event is not None:
            self._finish(event)

    def _catch_up(self) -> None:
        """Once orders can be sent: what the broker may not have had of an earlier run, and what is to end."""
        if not self._is_behind or not is_linked(self.state):
            return
        self._is_behind = False
        for report in outdated(self.state):
            reduce(self.state, report)
        ours = [w for w in working(self.state) if not w.waits_for]
        for child in [w for w in ours if w.order.ref in self.state.attached and w.state == "pending_new"]:
            entry = self.state.entering.get(child.order.parent)
            if entry is None or entry.state == "pending_cancel":
                cancel(self.state, child)  # it must not be sent alone
        self.state.effects.orders += (w.order for w in ours if w.state == "pending_new")
        cancels = (*self._cancels, *(w.order.ref for w in ours if w.state == "pending_cancel"))
        self._cancels.clear()
        self.state.effects.cancels += dict.fromkeys(cancels)
        self._perform()

    def _finish(self, event: Batch | Heartbeat) -> None:
        """Rows have been folded, and fills they allow: what is left of entries, of commands, and the judgement."""
        if isinstance(event, Batch):
            self._begin(event)
        if not self.state.done.judged:
            self._judge()

    def _begin(self, event: Batch) -> None:
        """What is left of entries and commands."""
        self._is_disturbed = True
        done = self.state.done
        for entry in event.entries[done.entries :]:
            begin(self.state, entry)
            self._perform()
        for given in event.commands[done.commands :]:
            command(self.state, given)
            self._perform()

    def _judge(self) -> None:
        positions = judge(self.state, is_disturbed=self._is_disturbed)
        if self.state.done.beat:
            self._is_disturbed = False
            if rests(self.state):
                for held in self.state.held.values():
                    protect(self.state, held)
        if self.journal is not None:
            self._keep(self.journal, positions)
            return
        effects = self.state.effects
        if effects.records or not effects.is_empty:
            self._perform()

    def _keep(self, journal: Journal, positions: list[Held]) -> None:
        """What was decided, with all that is remembered of it; once that is done, the path of every position."""
        effects = self.state.effects
        for held in positions:
            if remembered(held) != held.remembered:
                effects.touched.append(held)
        if effects.records or not effects.is_empty:
            self._perform()
        if is_due(self.state):
            before, self._sampled = self._sampled, sampled(self.state, self._sampled)
            if rows := changes(self.state.now_ns, before, self._sampled):
                journal.write(rows, durable=False)

    def _fold(self, reports: Sequence[Report | BrokerEvent]) -> None:
        for report in reports:
            reduce(self.state, report)
        if reports:
            self._is_disturbed = True
            self._perform()
            self._catch_up()

    def _perform(self) -> None:
        """Writes what was decided, then sends it; what comes back at once is folded and written in its turn."""
        while not self.state.effects.is_empty:
            effects = taken(self.state)
            if effects.cancels or effects.changes or effects.orders:
                self._is_disturbed = True
            for record in effects.records:
                self.ledger.add(record)
            if self.journal is not None:
                self.journal.write([*effects.records, *self._checkpoints(effects)], durable=effects.durable)
            if is_linked(self.state):
                self._send(effects)
            else:
                self._is_behind = True
                self._cancels += effects.cancels

    def _send(self, effects: Effects) -> None:
        for ref in effects.cancels:
            for report in self.broker.cancel(ref, self.state.now_ns):
                reduce(self.state, report)
        if effects.kills:
            self.broker.kill()
        for order in effects.changes:
            for report in self.broker.change(order, self.state.now_ns):
                reduce(self.state, report)
        for order in effects.orders:
            for report in self.broker.place(order, self.state.now_ns):
                reduce(self.state, report)
        if effects.reconciles:
            self.broker.reconcile()
        if effects.margin is not None:
            self.broker.ask_margin(effects.margin)

    def _checkpoints(self, effects: Effects) -> Iterator[CheckpointRecord]:
        """What a restart from this very commit needs; the session's own with every commit, so that none is redone."""
        for held in dict.fromkeys(effects.touched):
            yield position_checkpoint(self.state, held)
        for number in range(self._refusals, len(self.state.refused_entries)):
            yield refusal_checkpoint(self.state, number)
        self._refusals = len(self.state.refused_entries)
        yield session_checkpoint(self.state)
