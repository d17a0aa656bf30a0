"""The journal's tables and views, version by version; a version that was released is never edited, only followed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x434B4A4C
"""In the file's header: tells a journal from any other SQLite database."""

Columns = dict[str, type]

_IN_SESSION: Columns = {"session_id": str, "seq": int}

_KEYED_1: dict[str, tuple[Columns, str]] = {
    "round_trips": (
        {
            **_IN_SESSION,
            "id": str,
            "symbol": str,
            "underlying": str,
            "side": str,
            "contracts": int,
            "opened_ns": int,
            "closed_ns": int,
            "entry_price": str,
            "exit_price": str,
            "gross": str,
            "fees": str,
            "net": str,
            "mae": float,
            "mfe": float,
            "profile": str,
            "parameters_sha256": str,
            "currency": str,
            "multiplier": float,
            "in_cooldown": int,
            "entry_context": str,
            "exit_context": str,
        },
        "id",
    ),
    "executions": (
        {
            **_IN_SESSION,
            "id": str,
            "order_ref": str,
            "position_id": str,
            "symbol": str,
            "side": str,
            "contracts": int,
            "price": str,
            "fees": str,
            "at_ns": int,
        },
        "id",
    ),
    "orders": (
        {
            **_IN_SESSION,
            "ref": str,
            "position_id": str,
            "decision_id": str,
            "symbol": str,
            "side": str,
            "contracts": int,
            "limit_price": str,
            "purpose": str,
            "state": str,
            "filled": int,
            "placed_ns": int,
            "changed_ns": int,
            "said": str,
        },
        "ref",
    ),
    "decisions": (
        {
            **_IN_SESSION,
            "id": str,
            "at_ns": int,
            "position_id": str,
            "rule": str,
            "trigger": str,
            "kind": str,
            "confidence": float,
            "fraction": float,
            "contracts": int,
            "because": str,
            "readings": str,
            "suppressed": str,
            "quote": str,
            "parameters_sha256": str,
        },
        "id",
    ),
    "commands": (
        {
            **_IN_SESSION,
            "id": str,
            "at_ns": int,
            "author": str,
            "command": str,
            "arguments": str,
            "accepted": int,
            "answer": str,
        },
        "id",
    ),
    "alerts": (
        {
            **_IN_SESSION,
            "id": str,
            "at_ns": int,
            "position_id": str,
            "severity": str,
            "kind": str,
            "text": str,
            "count": int,
            "state": str,
        },
        "id",
    ),
    "checkpoints": ({**_IN_SESSION, "key": str, "at_ns": int, "body": bytes}, "key"),
}

_ADDED_1: dict[str, Columns] = {
    "verdicts": {
        **_IN_SESSION,
        "at_ns": int,
        "position_id": str,
        "rule": str,
        "kind": str,
        "trigger": str,
        "confidence": float,
        "because": str,
        "readings": str,
        "why": str,
        "status": str,
    },
    "stops": {
        **_IN_SESSION,
        "at_ns": int,
        "position_id": str,
        "level": float,
        "basis": str,
        "rule": str,
        "why": str,
    },
    "ledger": {**_IN_SESSION, "lines": str},  # one row for each batch, one line for each record
}

_SESSIONS_1: Columns = {
    "seq": int,
    "id": str,
    "started_ns": int,
    "ended_ns": int,
    "feed": str,
    "broker": str,
    "market": str,
    "profile": str,
    "seed": int,
    "resumed": int,
    "ledger_sha256": str,
}

_EXITS_1 = """
SELECT e.session_id, e.position_id, e.symbol,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.at_ns / 1e9, 'unixepoch') AS at, e.at_ns,
       e.side, e.contracts, e.price, e.fees, e.id AS execution_id, o.ref AS order_ref, o.said,
       d.id AS cause_id, d.at_ns AS decided_ns, d.rule, d."trigger", d.confidence, d.fraction, d.because,
       d.readings, d.suppressed, d.quote, d.parameters_sha256
FROM executions AS e
JOIN orders AS o ON o.session_id = e.session_id AND o.ref = e.order_ref AND o.purpose = 'exit'
LEFT JOIN decisions AS d ON d.session_id = o.session_id AND d.id = o.decision_id
"""


def _version_1(db: "Database") -> None:
    for name, (columns, key) in _KEYED_1.items():
        db.create_table(name, columns, pk=("session_id", key))
    for name, columns in _ADDED_1.items():
        db.create_table(name, columns, pk="seq")
    db.create_table("sessions", _SESSIONS_1, pk="id")
    db.create_table("spills", {"id": str, "batches": int}, pk="id")
    for name in ("verdicts", "stops", "decisions", "orders", "executions"):
        db.table(name).create_index(["position_id", "session_id"], f"{name}_of_position")
    db.table("round_trips").create_index(["opened_ns"], "round_trips_by_time")
    db.create_view("exits", _EXITS_1)


_POSITION_SAMPLES_2: Columns = {
    **_IN_SESSION,
    "at_ns": int,
    "position_id": str,
    "level": float,
    "mark": float,
    "stop": float,
    "delta": float,
    "gamma": float,
    "theta": float,
    "vega": float,
    "iv": float,
    "oi": float,
}


def _version_2(db: "Database") -> None:
    """The key is in the order in which a position's path is read, so that it needs no index of its own."""
    db.create_table("position_samples", _POSITION_SAMPLES_2, pk=("position_id", "session_id", "at_ns"))


_ORDERS_3: Columns = {
    "kind": str,
    "trigger_price": str,
    "trigger_on": str,
    "trail": str,
    "tif": str,
    "group_ref": str,
    "parent_ref": str,
}


def _version_3(db: "Database") -> None:
    """Orders keep all their terms, and what a stop at the broker takes off is an exit like any other."""
    for name, kind in _ORDERS_3.items():
        db.table("orders").add_column(name, kind)
    db.conn.execute(
        "UPDATE orders SET kind = CASE WHEN limit_price IS NULL THEN 'market' ELSE 'limit' END,"
        " trigger_on = '', tif = 'day', group_ref = '', parent_ref = ''"
    )
    db.create_view("exits", _EXITS_1.replace("= 'exit'", "IN ('exit', 'protect')"), replace=True)


MIGRATIONS: tuple[Callable[["Database"], None], ...] = (_version_1, _version_2, _version_3)
"""Version n of the schema is what the first n of these make."""
