"""A session whose orders go to a broker at a distance, told by hand what that broker would tell."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any, Literal

from cockpit.commands import Acknowledged, Base, Enter
from cockpit.domain.order import Fill, Order, Report, Said, Stands
from cockpit.events import BrokerEvent, BrokerPosition, Heartbeat, LinkChanged, Outside, Snapshot, Unsupervised
from cockpit.exits.profile import Profile
from cockpit.journal.ledger import Ledger
from cockpit.records import Record
from cockpit.risk.limits import Limits
from cockpit.session import Session
from cockpit.state.market import opened
from cockpit.state.model import Held, Setup, State, Working
from tests.market_of import How, Kept, Line, contracts, ns, profile, script

QUARTER_NS = 250_000_000


class Book:
    """What the broker has: working orders, and the position of the account. Nothing fills by itself."""

    def __init__(self) -> None:
        self.is_busy = False
        self.orders: dict[str, Order] = {}
        self.filled: Counter[str] = Counter()
        self.holds: Counter[str] = Counter()  # signed, by symbol
        self.placed: list[Order] = []
        self.cancelled: list[str] = []
        self.calls: list[str] = []
        self.acknowledges = True  # what is placed
        self.answers = True  # else cancels and changes are on their way until `Live.confirm`
        self.ended: set[str] = set()  # of those that had filled when a cancel or a change arrived, all that are told
        self.asked: dict[str, Order | None] = {}  # what is on its way: the changed order, or None to cancel it

    def place(self, order: Order, now_ns: int) -> list[Report]:
        """Works from now on."""
        assert order.ref not in self.orders, "placed twice"
        self.orders[order.ref] = order
        self.placed.append(order)
        self.calls.append(f"place {order.purpose} {order.contracts}")
        if not self.acknowledges:
            return []
        return [Said(ref=order.ref, told="acknowledged", words="", at_ns=now_ns)]

    def cancel(self, ref: str, now_ns: int) -> list[Report]:
        """Gone, unless it has ended."""
        self.cancelled.append(ref)
        self.calls.append(f"cancel {ref}")
        self.asked[ref] = None
        return self.confirm(now_ns) if self.answers else []

    def change(self, order: Order, now_ns: int) -> list[Report]:
        """Taken, unless it has ended or is to be cancelled."""
        self.calls.append(f"change {order.ref} to {order.contracts}")
        if self.asked.get(order.ref, order) is not None:
            self.asked[order.ref] = order
        return self.confirm(now_ns) if self.answers else []

    def confirm(self, now_ns: int) -> list[Report]:
        """What was on its way has arrived."""
        reports: list[Report] = []
        for ref, order in self.asked.items():
            if ref not in self.orders:
                if self.filled[ref] and ref not in self.ended:  # it filled as far as it stood before it could change
                    self.ended.add(ref)
                    reports.append(Said(ref=ref, told="cancelled", words="it had filled", at_ns=now_ns))
                continue
            if order is None or order.contracts <= self.filled[ref]:
                del self.orders[ref]
                reports.append(Said(ref=ref, told="cancelled", words="cancelled on request", at_ns=now_ns))
                reports += self._orphaned(ref, now_ns)
            else:
                self.orders[ref] = order
                trigger = order.trigger and order.trigger.price
                stands = Stands(
                    ref=ref, contracts=order.contracts, limit=order.limit, trigger=trigger, at_ns=now_ns
                )  # fmt: skip
                reports.append(stands)
        self.asked.clear()
        return reports

    def _orphaned(self, parent: str, now_ns: int) -> list[Report]:
        """With an entry that has not filled its stop goes as well."""
        children = [order.ref for order in self.orders.values() if order.parent == parent and not self.filled[parent]]
        for ref in children:
            del self.orders[ref]
        return [Said(ref=ref, told="cancelled", words="its entry is cancelled", at_ns=now_ns) for ref in children]

    def advance(self, now_ns: int) -> list[Report]:
        """Nothing by itself."""
        return []

    def reconcile(self) -> None:
        """Asked for everything."""
        self.calls.append("reconcile")

    def ask_margin(self, order: Order) -> None:
        """Asked what it would cost."""
        self.calls.append(f"margin {order.side} {order.contracts}")

    def kill(self) -> None:
        """Told to cancel everything."""
        self.calls.append("kill")


class Live:
    """One session, an event at a time; `tell` is what the broker says at the session's instant."""

    def __init__(self, *lines: Line, rules: Profile | None = None, lot: int = 1, up: bool = True, **setup: Any) -> None:
        self.script = script(lines or ["10:00:00 under 20000", "10:00:00 49.95 50.05", "10:00:00 P 29.95 30.05"])
        how = How(profile=rules or profile(), instruments=contracts(lot=lot))
        given: dict[str, Any] = {"protection": "broker", "account": "DU1", **setup}
        self.setup: Setup = replace(how.setup(self.script.batches[0].at_ns), **given)
        self.state: State = opened(self.setup)
        self.book = Book()
        self.journal = Kept()
        self.session = Session(self.state, self.book, Ledger(), self.journal)
        self._ids = count(1)
        for batch in self.script.batches:
            self.session.take(batch)
        if up:
            self.link("up")

    # ------------------------------------------------------------ what happens

    def tell(self, *events: BrokerEvent | Report) -> None:
        """Reports and all else, in this order."""
        for event in events:
            self.session.take(event)

    def link(self, to: Literal["connecting", "synchronising", "up", "no server", "quiet"], words: str = "") -> None:
        """The connection."""
        self.tell(LinkChanged(self.state.now_ns, to, words or to))

    def rows(self, *lines: Line) -> None:
        """Rows of the market."""
        for batch in script(lines).batches:
            self.session.take(batch)

    def beat(self, clock: str | None = None) -> None:
        """A heartbeat, at that time or a quarter of a second on."""
        self.session.take(Heartbeat(ns(clock) if clock else self.state.now_ns + QUARTER_NS))

    def wait(self, seconds: float) -> None:
        """Quoted all the while, so that nothing grows stale."""
        for _ in range(round(seconds * 4)):
            self.beat()

    def command(self, given: Base) -> Acknowledged:
        """A human's command, now."""
        said = self.session.take(given)  # pyright: ignore[reportArgumentType]
        assert said is not None
        return said

    def outside(
        self, side: Literal["buy", "sell"], contracts: int, price: str = "50", symbol: str = "C", **more: Any
    ) -> Outside:
        """Somebody else has traded: told, and true at the broker."""
        given: dict[str, Any] = {"id": f"E{next(self._ids)}", "fees": Decimal(0), "whose": "by hand in TWS", **more}
        event = Outside(self.state.now_ns, symbol=symbol, side=side, contracts=contracts, price=Decimal(price), **given)
        if not event.is_old:
            self.book.holds[symbol] += contracts if side == "buy" else -contracts
        self.tell(event)
        return event

    def fill(self, order: Order, contracts: int, price: str = "50", fees: str = "0") -> None:
        """An order of ours has filled so far; what is of its group is cut by as much."""
        book, more = self.book, Decimal(price)
        book.filled[order.ref] += contracts
        book.holds[order.symbol] += contracts if order.side == "buy" else -contracts
        reports: list[Report] = [
            Fill(id=f"{order.ref}/{next(self._ids)}", ref=order.ref, contracts=contracts, price=more,
                 fees=Decimal(fees), at_ns=self.state.now_ns)
        ]  # fmt: skip
        if book.filled[order.ref] >= book.orders[order.ref].contracts:
            del book.orders[order.ref]
        for other in list(book.orders.values()):
            if order.group and other.group == order.group and other.ref != order.ref:
                reports.append(self._cut(other, contracts))
        self.tell(*reports)

    def _cut(self, other: Order, contracts: int) -> Report:
        left = other.contracts - contracts
        if left <= self.book.filled[other.ref]:
            del self.book.orders[other.ref]
            return Said(ref=other.ref, told="cancelled", words="its group has filled", at_ns=self.state.now_ns)
        self.book.orders[other.ref] = replace(other, contracts=left)
        return Stands(ref=other.ref, contracts=left, limit=other.limit, trigger=None, at_ns=self.state.now_ns)

    def confirm(self) -> None:
        """Cancels and changes that were on their way have arrived."""
        self.tell(*self.book.confirm(self.state.now_ns))

    def snapshot(self, *held: tuple[str, int, str], unsupervised: Sequence[Unsupervised] = (), **more: Any) -> Snapshot:
        """What the account holds as it is given; without anything as the book has it, at an average of 48."""
        rows = held or [(symbol, contracts, "48") for symbol, contracts in self.book.holds.items()]
        positions = tuple(BrokerPosition(symbol, contracts, Decimal(at)) for symbol, contracts, at in rows)
        event = Snapshot(self.state.now_ns, positions, tuple(unsupervised), **more)
        self.tell(event)
        return event

    # ------------------------------------------------------------ what is so

    @property
    def held(self) -> Held:
        """The only open position."""
        (only,) = self.state.held.values()
        return only

    @property
    def ours(self) -> dict[str, int]:
        """Signed contracts by symbol."""
        return {symbol: held.side * held.contracts for symbol, held in self.state.by_symbol.items()}

    @property
    def theirs(self) -> dict[str, int]:
        """The same at the broker."""
        return {symbol: contracts for symbol, contracts in self.book.holds.items() if contracts}

    @property
    def last(self) -> Order:
        """The newest order that was sent."""
        return self.book.placed[-1]

    def working(self, purpose: str) -> list[Working]:
        """Orders of ours that may still fill."""
        held = [*self.state.held.values(), *self.state.closed]
        every = {w.order.ref: w for h in held for w in h.orders.values()} | self.state.entering
        return [w for w in every.values() if w.order.purpose == purpose and w.leaves]

    @property
    def alerts(self) -> list[str]:
        """Those that last, as `severity text`."""
        return [f"{a.severity} {a.text}" for a in self.state.alerts.values() if a.state != "resolved"]

    @property
    def said(self) -> list[str]:
        """The ledger's tail."""
        return [line.text for line in self.state.tail]

    def records(self, kind: type[Record]) -> list[Any]:
        """Of that kind, in the order in which they were written."""
        return [record for record in self.journal.records if isinstance(record, kind)]


def bought(contracts: int = 10, **setup: Any) -> Live:
    """A session that holds so many of the call, bought at 50 by ourselves two seconds ago."""
    live = Live(limits=Limits(), **setup)
    assert live.command(Enter(symbol="C", side="buy", contracts=contracts)).accepted
    live.fill(next(order for order in live.book.placed if order.purpose == "entry"), contracts)
    live.wait(3)
    return live
