"""The account and the broker's state beside ours; the same objects while nothing of them has changed."""

from cockpit.events import AccountTold, Snapshot
from cockpit.frame import AccountPart, DifferencePart, MarginPart, OutsideOrderPart, ReconciliationPart
from cockpit.projection.kept import kept
from cockpit.projection.words import contract_words
from cockpit.state.model import State, label_of


class Account:
    """What the account is worth, as last told."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._told: AccountTold | None = None
        self._part: AccountPart | None = None

    def look(self) -> AccountPart | None:
        """None until something was told."""
        told = self.state.account
        if told is not self._told and told is not None:
            self._told = told
            self._part = AccountPart(
                account=told.account, is_live=self.state.setup.is_live_account, currency=told.currency,
                at_ns=told.at_ns, net_liquidation=told.net_liquidation, available=told.available,
                buying_power=told.buying_power, excess=told.excess, initial_margin=told.initial_margin,
                maintenance_margin=told.maintenance_margin, unrealised=told.unrealised, realised=told.realised,
            )  # fmt: skip
        return self._part


def margin_part(state: State) -> MarginPart | None:
    """The answer to the newest question about an entry's margin."""
    told = state.margin
    return told and MarginPart(
        symbol=told.symbol, side=told.side, contracts=told.contracts, currency=told.currency,
        initial_change=told.initial_change, excess=told.excess, words=told.words, is_refused=told.is_refused,
    )  # fmt: skip


class Reconciliation:
    """What was compared last; whatever changes a position or a difference says so in the ledger's tail."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._seen: tuple[Snapshot | None, int] = None, -1
        self._part: ReconciliationPart | None = None

    def look(self) -> ReconciliationPart | None:
        """None where there is no broker to compare with."""
        state = self.state
        if state.link is None and state.snapshot is None:
            return None
        if self._seen[0] is not state.snapshot or self._seen[1] != state.lines_said:
            self._seen = state.snapshot, state.lines_said
            self._part = kept(self._part, _part(state))
        return self._part


def _part(state: State) -> ReconciliationPart:
    snapshot = state.snapshot
    return ReconciliationPart(
        at_ns=snapshot and snapshot.at_ns,
        positions=_positions(state, snapshot),
        differences=tuple(
            DifferencePart(
                at_ns=d.at_ns, label=d.label, ours=d.ours, theirs=d.theirs, words=d.words, is_open=d.is_open
            )
            for d in reversed(state.differences)
        ),
        orders=tuple(
            OutsideOrderPart(
                id=o.id, label=contract_words(o.label), side=o.side, contracts=o.contracts, filled=o.filled,
                words=o.words, state=o.state, whose=o.whose,
            )
            for o in (snapshot.orders if snapshot else ())
        ),
        unsupervised=tuple(
            (contract_words(u.label), u.contracts, u.why) for u in (snapshot.unsupervised if snapshot else ())
        ),
    )  # fmt: skip


def _positions(state: State, snapshot: Snapshot | None) -> tuple[tuple[str, int, int], ...]:
    """Every contract that one of both has: ours as it is now, theirs as last told."""
    theirs = {p.symbol: p.contracts for p in (snapshot.positions if snapshot else ())}
    ours = {symbol: held.side * held.contracts for symbol, held in state.by_symbol.items()}
    return tuple(
        (label_of(state.contracts[symbol].instrument) if symbol in state.contracts else contract_words(symbol),
         ours.get(symbol, 0), theirs.get(symbol, 0))
        for symbol in dict.fromkeys((*ours, *theirs))
        if ours.get(symbol, 0) or theirs.get(symbol, 0)
    )  # fmt: skip
