"""What a kill may not do to a journal, checked from the journal alone; every finding is a sentence."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from cockpit.journal.history import History
from cockpit.journal.ledger import Ledger
from tests.faults.playing import NS, Sample, Told

Receipt = dict[str, Any]


def lost(history: History, receipts: Sequence[Receipt]) -> Iterator[str]:
    """What was acknowledged and is not there: every receipt names the ledger as it stood, and commands' answers."""
    (session,) = history.sessions()
    ledger, stood = Ledger(), {0: Ledger().hexdigest()}
    for line in history.ledger_lines(session.id):
        ledger.add_line(line)
        stood[ledger.rows] = ledger.hexdigest()
    answers = dict(history.connection.execute("SELECT id, answer FROM commands"))
    for receipt in receipts:
        if stood.get(receipt["rows"]) != receipt["sha256"]:
            yield f"the first {receipt['rows']} ledger lines were acknowledged and are not there"
        for id, answer in receipt["commands"].items():
            if answers.get(id) != answer:
                yield f"command {id} was answered {answer!r}, the journal has {answers.get(id)!r}"


def doubled(told: Told) -> Iterator[str]:
    """Decisions, orders and executions that were made twice: the ledger keeps every time one was written."""
    made: Counter[tuple[str, str]] = Counter()
    for line in told.ledger:
        table, name, *rest = msgspec.json.decode(line, type=list[Any])
        if table in ("decisions", "executions") or (table == "orders" and "pending_new" in rest):
            made[table, name] += 1
    yield from (f"{name} of {table} was written {times} times" for (table, name), times in made.items() if times > 1)


def unbalanced(told: Told) -> Iterator[str]:
    """Positions whose exits take more than was held, at any instant, or leave something of a closed position."""
    orders = {row["ref"]: row for row in told.tables["orders"]}
    held: Counter[str] = Counter()
    for fill in told.tables["executions"]:
        is_exit = orders[fill["order_ref"]]["purpose"] == "exit"
        held[fill["position_id"]] += -fill["contracts"] if is_exit else fill["contracts"]
        if held[fill["position_id"]] < 0:
            yield f"execution {fill['id']} takes more than was held"
    for trip in told.tables["round_trips"]:
        if trip["closed_ns"] is not None and held[trip["id"]]:
            yield f"{trip['id']} is closed and {held[trip['id']]} are still held"


def unfit(told: Told) -> Iterator[str]:
    """Orders filled beyond their size, or left neither working nor ended."""
    filled: Counter[str] = Counter()
    for fill in told.tables["executions"]:
        filled[fill["order_ref"]] += fill["contracts"]
    for order in told.tables["orders"]:
        fills = filled[order["ref"]]
        if fills != order["filled"] or fills > order["contracts"]:
            yield f"order {order['ref']} of {order['contracts']} says {order['filled']}, its fills {fills}"
        if order["state"] == "pending_new":
            yield f"order {order['ref']} was decided and never sent"


def strayed(told: Told, whole: Told) -> Iterator[str]:
    """Samples that are not what the uninterrupted session knew then, or that came more than a second late.

    A row says again what stood, where a restart did not know that it was told: that is neither.
    """
    for position in told.samples.keys() | whole.samples.keys():
        rows, others = told.samples.get(position, {}), whole.samples.get(position, {})
        for at_ns in rows.keys() | others.keys():
            stood, known = _standing(rows, at_ns), _standing(others, at_ns)
            if at_ns in rows and stood != known:
                yield f"{position} at {at_ns} is {stood}, uninterrupted it was {known}"
            closed = max(others, default=0) < at_ns + NS
            if stood != known and not closed and _standing(rows, at_ns + NS) != _standing(others, at_ns + NS):
                yield f"{position} at {at_ns} is {stood} and stays so, uninterrupted it was {known}"


def _standing(rows: dict[int, Sample], at_ns: int) -> Sample | None:
    """What was known at an instant; rows are in order."""
    before = bisect_right(list(rows), at_ns)
    return list(rows.values())[before - 1] if before else None


def changed(before: Any, after: Any, where: str = "") -> Iterator[str]:
    """In what one JSON value differs from another, place by place."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            yield from changed(before.get(name), after.get(name), f"{where}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from changed(old, new, f"{where}[{number}]")
    elif before != after:
        yield f"{where} was {before!r} and is {after!r}"
