"""What must hold between the server and our journal; every breach is a sentence, none means that all is well."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cockpit.journal.history import History, open_history
from cockpit.journal.verify import verify
from tests.tws.control import Control
from tests.tws.control_orders import OrderSeen

SESSION = "S0001"


class View(NamedTuple):
    """What our program supervises."""

    held: dict[str, int]  # by symbol: signed contracts
    ids: list[str]  # of the open positions
    is_linked: bool
    needs_no_stop: frozenset[str] = frozenset()
    """Symbols for which nothing is placed now: the session is halted, or the position is only observed."""


class Told(NamedTuple):
    """The journal's side."""

    orders: dict[str, dict[str, Any]]  # by reference
    executions: list[dict[str, Any]]


def told_by(history: History) -> Told:
    """Of the one session of a schedule."""
    orders = rows(history, "SELECT * FROM orders ORDER BY seq")
    return Told({row["ref"]: row for row in orders}, rows(history, "SELECT * FROM executions ORDER BY seq"))


def rows(history: History, query: str) -> list[dict[str, Any]]:
    """As dictionaries."""
    cursor = history.connection.execute(query)
    names = [column for column, *_ in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def breaches(
    control: Control, view: View | None, journal: Path, symbols: dict[int, str], entries: set[str]
) -> list[str]:
    """All of them, with everything quiet."""
    with open_history(journal) as history:
        told = told_by(history)
        found = [
            *sums(control, told, symbols),
            *exits_only_reduce(control, told),
            *executions_once(control, told, history),
            *sent_once(control),
            *works(control, view, symbols, entries),
            *verify(history),
        ]
        if view is not None:
            found += holds(control, view, symbols)
    return found


def sums(control: Control, told: Told, symbols: dict[int, str]) -> Iterator[str]:
    """The server's position is the sum of the executions in our journal."""
    positions, ours = control.positions(), Counter[str]()
    for row in told.executions:
        ours[row["symbol"]] += row["contracts"] if row["side"] == "buy" else -row["contracts"]
    for con_id, symbol in symbols.items():
        if positions.get(con_id, 0) != ours[symbol]:
            yield f"{symbol}: the server holds {positions.get(con_id, 0):g}, our executions sum up to {ours[symbol]}"


def holds(control: Control, view: View, symbols: dict[int, str]) -> Iterator[str]:
    """The server's position is what the session supervises."""
    positions = control.positions()
    for con_id, symbol in symbols.items():
        ours = view.held.get(symbol, 0)
        if positions.get(con_id, 0) != ours:
            yield f"{symbol}: the server holds {positions.get(con_id, 0):g}, the session {ours}"


def ours(reference: str) -> str | None:
    """The session's own name of an order; its prefix on the wire has a mark of the journal, too."""
    session, _, ref = reference.partition(":")
    return ref if session.partition("-")[0] == SESSION else None


def exits_only_reduce(control: Control, told: Told) -> Iterator[str]:
    """Replayed in order, no exit and no resting stop of ours takes more than is held then."""
    held = Counter[int]()
    for execution in control.executions():
        con_id, change = execution.contract.con_id, round(execution.quantity)
        change = change if execution.side == "BOT" else -change
        ref = ours(execution.reference)
        if ref is not None:
            order = told.orders.get(ref)
            if order is None:
                yield f"execution {execution.exec_id} is of {execution.reference}, which the journal does not have"
            elif order["purpose"] != "entry" and not (held[con_id] * change < 0 and abs(change) <= abs(held[con_id])):
                yield (
                    f"{order['purpose']} {execution.reference} traded {change:+d} with {held[con_id]:+d} held "
                    f"({execution.exec_id})"
                )
        held[con_id] += change


def executions_once(control: Control, told: Told, history: History) -> Iterator[str]:
    """None of the server's is missing, invented or there twice; the ledger tells it again only for late fees."""
    server = {e.exec_id.rpartition(".")[0]: round(e.quantity) for e in control.executions()}
    ours: dict[str, int] = defaultdict(int)
    for row in told.executions:
        ours[row["id"].partition("/")[0]] += row["contracts"]
    for id in server.keys() | ours.keys():
        if server.get(id) != ours.get(id):
            yield f"execution {id}: the server has {server.get(id)}, the journal {ours.get(id)}"
    written = Counter(line for line in history.ledger_lines(SESSION) if msgspec.json.decode(line)[0] == "executions")
    yield from (f"{line!r} was written {times} times" for line, times in written.items() if times > 1)


def sent_once(control: Control) -> Iterator[str]:
    """A reference of ours names one order at the server, ever, but for those that were never transmitted."""
    seen = Counter(order.reference for order in control.orders() if order.reference and not order.is_held)
    yield from (f"{ref} was sent {times} times" for ref, times in seen.items() if times > 1)


def leaving(control: Control, con_id: int, entries: set[str]) -> dict[str, list[OrderSeen]]:
    """Orders of ours that could trade it now and are no entries, by group; what waits for its entry cannot."""
    asleep = {order.perm_id for order in control.working() if not order.filled}
    groups: dict[str, list[OrderSeen]] = defaultdict(list)
    for order in control.working():
        ref = ours(order.reference)
        is_ours = ref is not None and ref not in entries
        if order.con_id == con_id and is_ours and not order.is_held and order.parent_perm_id not in asleep:
            groups[order.group or str(order.perm_id)].append(order)
    return groups


def fits(control: Control, symbols: dict[int, str], entries: set[str]) -> Iterator[str]:
    """Exits that work at the server never take more than is held; of a group the largest counts."""
    for con_id, symbol in symbols.items():
        held = control.positions().get(con_id, 0)
        groups = leaving(control, con_id, entries).values()
        wrong = [o for group in groups for o in group if not held or (o.action == "SELL") != (held > 0)]
        most = sum(max(order.quantity - order.filled for order in group) for group in groups)
        if most > abs(held) or wrong:
            names = [f"{o.reference} {o.action} {o.kind} {o.quantity - o.filled:g}" for group in groups for o in group]
            yield f"{symbol}: {held:+g} are held, and {', '.join(names)} work"


def works(control: Control, view: View | None, symbols: dict[int, str], entries: set[str]) -> Iterator[str]:
    """Nothing works beyond what is held, and what is supervised rests one stop of its side and size."""
    yield from fits(control, symbols, entries)
    for con_id, symbol in symbols.items():
        held = control.positions().get(con_id, 0)
        if not held or view is None or symbol in view.needs_no_stop:
            continue
        groups = leaving(control, con_id, entries).values()
        stops = [o for group in groups for o in group if o.kind == "STP"]
        beside = sum(max(o.quantity - o.filled for o in group) for group in groups if not set(group) & set(stops))
        if [o.quantity - o.filled for o in stops] != [abs(held) - beside]:
            names = ", ".join(f"{o.reference} of {o.quantity - o.filled:g}" for o in stops) or "none"
            yield f"{symbol}: {held:+g} are held, and the stops that rest are {names}"
