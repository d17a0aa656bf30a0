"""Takes one event after the other: folds it, judges, journals, and only then acts."""

from cockpit.commands import Acknowledged, Base, Command
from cockpit.domain.order import Report
from cockpit.domain.quote import Touch
from cockpit.events import Batch, Heartbeat
from cockpit.ports import Broker, Journal, Ledger
from cockpit.state.model import Held, State
from cockpit.state.reduce import begin, command, judge, reduce, taken
from cockpit.state.remembering import forget_position, position_checkpoint, remembered, session_checkpoint


def quote_of(state: State, symbol: str, side: int) -> Touch:
    """What an order in `symbol` (`side` +1 buys) could trade against at the state's instant."""
    contract = state.contracts[symbol]
    t = state.t(state.now_ns)
    mark = contract.view.mark
    return Touch(
        price=contract.executable(float(side), t),
        size=contract.ask_size if side > 0 else contract.bid_size,
        mid=mark if mark == mark else None,
        quote_t=contract.quote_t,
        is_suspect=contract.is_suspect(t),
        tick=contract.instrument.tick,
        lot=contract.instrument.lot,
    )


class Session:
    """The only place where anything changes. `journal` None keeps no records beyond the ledger's hash."""

    def __init__(self, state: State, broker: Broker, ledger: Ledger, journal: Journal | None) -> None:
        self.state = state
        self.broker = broker
        self.ledger = ledger
        self.journal = journal
        self.ended = False

    def take(self, event: Batch | Heartbeat | Report | Command) -> Acknowledged | None:
        """One event, whole: when this returns it is journalled and acted upon."""
        if isinstance(event, Heartbeat):
            positions = reduce(self.state, event)
            if self.broker.is_busy:
                self._fold(self.broker.advance(event.at_ns))
            self._judge(positions)
            return None
        if isinstance(event, Batch):
            self._take_batch(event)
            return None
        if isinstance(event, Base):
            said = command(self.state, event)
            self._perform()
            return said
        self._fold([event])
        return None

    def _take_batch(self, batch: Batch) -> None:
        """Rows, then fills they allow, then entries, then commands, then judgement."""
        positions = reduce(self.state, batch)
        if self.broker.is_busy:
            self._fold(self.broker.advance(batch.at_ns))
        for entry in batch.entries:
            begun = begin(self.state, entry)
            self._perform()
            begun = self.state.by_symbol.get(entry.symbol) if begun is None else begun
            at_now = begun is not None and begun.contract.settled_t == self.state.t(self.state.now_ns)
            if begun is not None and at_now and begun not in positions:
                positions.append(begun)
        for given in batch.commands:
            command(self.state, given)
            self._perform()
        self._judge(positions)

    def _judge(self, positions: list[Held]) -> None:
        if positions:
            judge(self.state, positions)
            if self.journal is not None:
                for held in positions:
                    if remembered(held) != held.remembered:
                        self.state.effects.touched.append(held)
        effects = self.state.effects
        if effects.records or effects.orders or effects.touched or effects.session_touched:
            self._perform()

    def _fold(self, reports: list[Report]) -> None:
        for report in reports:
            reduce(self.state, report)
        if reports:
            self._perform()

    def _perform(self) -> None:
        """Writes what was decided, then sends it; what comes back at once is folded and written in its turn."""
        while True:
            effects = taken(self.state)
            if not (effects.records or effects.orders or effects.touched or effects.session_touched):
                return
            for record in effects.records:
                self.ledger.add(record)
            if self.journal is not None:
                records = list(effects.records)
                if effects.touched or effects.session_touched or effects.orders:
                    for held in dict.fromkeys(effects.touched):
                        records.append(
                            position_checkpoint(self.state, held)
                            if held.contracts
                            else forget_position(self.state, held)
                        )
                    records.append(session_checkpoint(self.state))
                self.journal.write(records, durable=effects.durable)
            for order in effects.orders:
                for report in self.broker.place(order, self.state.now_ns):
                    reduce(self.state, report)
