"""Named boundaries around commit, send and fill: counts every crossing, and dies at the one it was told to die at.

`die` may raise, to play a kill within one process: nothing of ours catches it and goes on. Only INSIDE_COMMIT needs a
real kill, because SQLite swallows what its trace callback raises.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from cockpit.brokers.paper import Paper
from cockpit.domain.order import Fill, Order, Report
from cockpit.events import Batch, Heartbeat
from cockpit.journal.ledger import Ledger
from cockpit.journal.store import Store
from cockpit.records import CommandRecord, DecisionRecord, ExecutionRecord, OrderRecord, Record, SessionRecord
from cockpit.session import Session
from cockpit.state.model import State

BEFORE_COMMIT = "before a commit"
INSIDE_COMMIT = "inside a commit"
AFTER_COMMIT = "after a commit"
BEFORE_SEND = "after commit, before send"
AFTER_SEND = "after send, before its report"
AFTER_FILL = "after a fill, before its commit"
AFTER_FILL_COMMIT = "after the commit of a fill"
KINDS = (BEFORE_COMMIT, INSIDE_COMMIT, AFTER_COMMIT, BEFORE_SEND, AFTER_SEND, AFTER_FILL, AFTER_FILL_COMMIT)


def unheard(said: dict[str, Any]) -> None:
    """Nobody listens."""


@dataclass(slots=True)
class Boundaries:
    """`die` is called at crossing `number` (from 1) of `kind` with what is in flight.

    `acknowledged` hears a receipt of every commit; `restored` hears what a restart has found, before it does anything.
    """

    die: Callable[[str], None]
    acknowledged: Callable[[dict[str, Any]], None] = unheard
    restored: Callable[[dict[str, Any]], None] = unheard
    kind: str = ""
    number: int = 0
    crossed: Counter[str] = field(default_factory=Counter[str])
    ledger: Ledger = field(default_factory=Ledger)
    state: State | None = None

    def cross(self, kind: str, what: str) -> None:
        """One crossing."""
        self.crossed[kind] += 1
        if kind == self.kind and self.crossed[kind] == self.number:
            self.die(f"{what}; {working(self.state)}")

    @contextmanager
    def watched(self) -> Iterator["Boundaries"]:
        """Every store and paper broker of this process crosses them from now on."""
        write, place, advance, begin, resume = (
            Store.write, Paper.place, Paper.advance, Session.__init__, Session.resume,
        )  # fmt: skip

        def written(store: Store, records: Sequence[Record], *, durable: bool) -> None:
            what = contents(records)
            filled = any(isinstance(record, ExecutionRecord) for record in records)
            self.cross(BEFORE_COMMIT, what)
            traced = store.connection.set_trace_callback
            traced(lambda said: self.cross(INSIDE_COMMIT, what) if said == "COMMIT" else None)
            write(store, records, durable=durable)
            traced(None)
            for record in records:
                self.ledger.add(record)
            self.acknowledged(self.receipt(records))
            if not any(isinstance(record, SessionRecord) and record.ended_ns is not None for record in records):
                self.cross(AFTER_COMMIT, what)  # what has ended is not gone on with
            if filled:
                self.cross(AFTER_FILL_COMMIT, what)

        def placed(paper: Paper, order: Order, now_ns: int) -> list[Report]:
            self.cross(BEFORE_SEND, _named(order))
            reports = place(paper, order, now_ns)
            self.cross(AFTER_SEND, _named(order))
            return self._filled(reports)

        def advanced(paper: Paper, now_ns: int) -> list[Report]:
            return self._filled(advance(paper, now_ns))

        def begun(session: Session, state: State, *given: Any) -> None:
            begin(session, state, *given)
            self.state = state

        def resumed(session: Session, event: Batch | Heartbeat | None) -> None:
            self.restored({"standing": standing(session.state)})
            resume(session, event)

        with (
            patch.object(Session, "__init__", begun),
            patch.object(Session, "resume", resumed),
            patch.object(Store, "write", written),
            patch.object(Paper, "place", placed),
            patch.object(Paper, "advance", advanced),
        ):
            yield self

    def _filled(self, reports: list[Report]) -> list[Report]:
        fills = [report for report in reports if isinstance(report, Fill)]
        if fills:
            self.cross(AFTER_FILL, ", ".join(f"fill {f.id} of {f.contracts} @ {f.price}" for f in fills))
        return reports

    def receipt(self, records: Sequence[Record]) -> dict[str, Any]:
        """What a commit has promised: ledger so far, what is named in it, and the standing of everything."""
        return {
            "rows": self.ledger.rows,
            "sha256": self.ledger.hexdigest(),
            "commands": {r.id: r.answer for r in records if isinstance(r, CommandRecord)},
            "in_flight": working(self.state),
            "standing": None if self.state is None else standing(self.state),
        }


def _named(order: Order) -> str:
    return f"{order.purpose} order {order.ref} to {order.side} {order.contracts}"


def contents(records: Sequence[Record]) -> str:
    """A commit in words."""
    words: list[str] = []
    rest: Counter[str] = Counter()
    for record in records:
        match record:
            case OrderRecord():
                words.append(f"order {record.ref} {record.state}")
            case DecisionRecord() | ExecutionRecord() | CommandRecord():
                words.append(f"{record.TABLE.removesuffix('s')} {record.id}")
            case _:
                rest[record.TABLE] += 1
    return f"commit of {', '.join([*words, *(f'{n} {table}' for table, n in rest.items())])}"


def working(state: State | None) -> str:
    """Orders that may still fill, and countdowns, in words."""
    if state is None:
        return "the session is being made"
    orders = [*state.entering.values()]
    orders += [w for held in state.held.values() for w in held.orders.values() if w.order.ref not in state.entering]
    words = [f"{w.order.purpose} {w.order.ref} {w.state} with {w.leaves} left" for w in orders if w.leaves]
    words += [
        f"{held.id} counts down {a.name}" for held in state.held.values() for a in held.asked if a.countdown is not None
    ]
    return f"in flight: {', '.join(words) or 'nothing'}"


def standing(state: State) -> dict[str, Any]:
    """What a restart must find as it was, as JSON has it."""
    return {
        "session": state.session,
        "cooldown": [state.cooldown.until_ns, state.cooldown.losses],
        "positions": {
            held.id: {
                "held": held.contracts, "leaving": held.leaving, "stop": repr(held.pos.held_stop),
                "stop_rule": held.stop_rule, "best": repr(held.pos.best), "worst": repr(held.worst),
                "mode": held.overrides.mode, "taken_over": held.overrides.protective_only,
                "vetoes": {v.rule: v.until_ns for v in held.overrides.vetoes.values()},
                "countdowns": {a.name: a.countdown.ends_ns for a in held.asked if a.countdown is not None},
                "memory": {a.name: repr(a.m) for a in held.asked if a.rule.memory_fields},
                "said": {a.name: [a.packed, a.kind, a.code, a.streak, a.status] for a in held.asked},
                "orders": {w.order.ref: [w.state, w.filled] for w in held.orders.values()},
                "iv_at_entry": repr(held.pos.iv_at_entry), "entry_mark": repr(held.pos.entry_mark),
                "entry_underlying": repr(held.pos.entry_underlying),
            }
            for held in state.held.values()
        },
        "entering": {w.order.ref: [w.state, w.filled] for w in state.entering.values()},
        "closed": [held.id for held in state.closed],
        "next": [state.next_position, state.next_order, state.next_decision, state.next_command],
    }  # fmt: skip
