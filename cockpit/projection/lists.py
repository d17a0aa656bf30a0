"""Orders, alerts, closed positions and the ledger's tail: tuples that stay the same object while nothing was added."""

from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from cockpit.domain.money import average
from cockpit.domain.order import LIVE
from cockpit.domain.order import State as OrderState
from cockpit.frame import AlertPart, ClosedPart, LedgerPart, OrderPart
from cockpit.projection.words import cause_words, trigger_words
from cockpit.records import AlertRecord
from cockpit.state.model import Held, Line, State, Working, label_of
from cockpit.state.positions import entry_price

SHOWN = 200
FIX: dict[OrderState, str] = {"working": "new", "cancelled": "canceled", "pending_cancel": "pending_cancel"}


class Orders:
    """The newest orders of the session; those that may still change are looked at in every frame."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._newest = -1  # number of the newest order seen
        self._orders: deque[Working] = deque(maxlen=SHOWN)
        self._live: list[Working] = []  # orders that may still change, and those without a part
        self._parts: dict[str, OrderPart] = {}
        self._keys: dict[str, tuple[Any, ...]] = {}
        self._shown: tuple[OrderPart, ...] = ()
        self._note([*state.closed, *state.held.values()])

    def look(self, stirred: list[Held]) -> tuple[OrderPart, ...]:
        """All of them after a look at those that may have changed; orders of `stirred` positions have."""
        self._note(stirred)
        changed = [self._renew(working) for working in (self._orders if stirred else self._live)]
        if any(changed):
            self._live = [working for working in self._orders if working.state in LIVE]
            self._shown = tuple(self._parts[working.order.ref] for working in self._orders)
            if len(self._parts) > 2 * SHOWN:
                self._parts = {part.ref: part for part in self._shown}
                self._keys = {ref: self._keys[ref] for ref in self._parts}
        return self._shown

    def _note(self, positions: Sequence[Held]) -> None:
        """Orders that are new, in the order in which they were sent."""
        if self._newest == self.state.next_order - 1:
            return
        found = {working.order.ref: working for working in self.state.entries} | self.state.attached
        for held in positions:
            found |= held.orders
        new = sorted((number(working), working.order.ref) for working in found.values())
        added = [found[ref] for n, ref in new if n > self._newest]
        self._orders += added
        self._live += added
        self._newest = max(self._newest, self.state.next_order - 1)

    def _renew(self, w: Working) -> bool:
        """Whether its part is another than before."""
        order, before = w.order, self._parts.get(w.order.ref)
        key = (order, w.state, w.filled, w.said, w.waits_for)
        if before is not None and self._keys[order.ref] == key:
            return False
        self._keys[order.ref] = key
        self._parts[order.ref] = OrderPart(
            ref=order.ref, at_ns=w.placed_ns, position_id=order.position_id,
            label=label_of(self.state.contracts[order.symbol].instrument), purpose=order.purpose, side=order.side,
            contracts=order.contracts, filled=w.filled, price="market" if order.limit is None else str(order.limit),
            state=FIX.get(w.state, w.state), is_working=w.state in LIVE, cause=cause_words(w.cause),
            said="waits until the resting stop has made room" if w.waits_for else w.said,
            average=float(w.total / w.filled) if w.filled and w.total is not None else None,
            trigger=trigger_words(order, self.state.contracts[order.symbol].instrument.underlying), tif=order.tif,
            parent=order.parent, group=order.group,
        )  # fmt: skip
        return True


def number(working: Working) -> int:
    """Counts up over all orders of a session."""
    return int(working.order.ref.rpartition("-")[2])


class Alerts:
    """The newest alerts, active and past."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._version = -1
        self._parts: dict[str, tuple[AlertRecord, AlertPart]] = {}
        self._shown: tuple[AlertPart, ...] = ()

    def look(self) -> tuple[AlertPart, ...]:
        """All of them."""
        book = self.state.alerts
        if book.version != self._version:
            self._version = book.version
            newest = [*islice(reversed(book.values()), SHOWN)]
            self._parts = {alert.id: self._part(alert) for alert in reversed(newest)}
            self._shown = tuple(part for _, part in self._parts.values())
        return self._shown

    def _part(self, alert: AlertRecord) -> tuple[AlertRecord, AlertPart]:
        found = self._parts.get(alert.id)
        if found is not None and found[0] is alert:
            return found
        return alert, AlertPart(
            id=alert.id, at_ns=alert.at_ns, severity=alert.severity, label=self._label(alert.position_id),
            text=alert.text, state=alert.state, kind=alert.kind, position_id=alert.position_id or "",
        )  # fmt: skip

    def _label(self, id: str | None) -> str:
        held = self.state.held.get(id or "")
        if held is None and id is not None:
            held = next((past for past in reversed(self.state.closed) if past.id == id), None)
        return label_of(held.instrument) if held is not None else "session"


class Closed:
    """The newest positions that have been closed; how many there are in all, and what they came to."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.count = 0
        self.net = 0.0
        self._total = Decimal(0)
        self._shown: tuple[ClosedPart, ...] = ()

    def look(self) -> tuple[ClosedPart, ...]:
        """The newest of them."""
        closed = self.state.closed
        if len(closed) != self.count:
            new = closed[self.count :]
            self._total += sum(held.gross - held.fees for held in new)
            self.net = float(self._total)
            self._shown = (*self._shown, *map(closed_part, new[-SHOWN:]))[-SHOWN:]
            self.count = len(closed)
        return self._shown


def closed_part(held: Held) -> ClosedPart:
    """One round trip that has ended."""
    last = held.exits[-1].cause if held.exits else None
    return ClosedPart(
        id=held.id, label=label_of(held.instrument), side=held.side, contracts=held.most, opened_ns=held.opened_ns,
        closed_ns=held.closed_ns or 0, entry=float(entry_price(held)),
        exit=float(average(held.exit_total, held.exit_contracts)) if held.exit_contracts else None,
        net=float(held.gross - held.fees), rule=last.rule if last else "", trigger=last.trigger if last else "",
    )  # fmt: skip


class Tail:
    """The newest lines of the ledger."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._count = -1
        self._shown: tuple[LedgerPart, ...] = ()

    def look(self) -> tuple[LedgerPart, ...]:
        """All of them."""
        tail, said = self.state.tail, self.state.lines_said
        if said != self._count:
            new = [*islice(reversed(tail), said - max(self._count, 0))]
            self._count = said
            self._shown = (*self._shown, *map(ledger_part, reversed(new)))[-(tail.maxlen or 0) :]
        return self._shown


def ledger_part(line: Line) -> LedgerPart:
    """One line."""
    return LedgerPart(at_ns=line.at_ns, label=line.label, rule=line.rule, kind=line.kind, text=line.text)
