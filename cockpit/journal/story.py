"""The story of one round trip: what the journal knows of its level, its stop, its rules and its humans, in order."""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cockpit.journal.exchange import DAY_S
from cockpit.journal.path import fewer_stops, path_of
from cockpit.journal.quality import quality
from cockpit.journal.rows import from_json
from cockpit.journal.trips import Kept, Trips, scalp
from cockpit.review import (
    CommandLine,
    ContextLine,
    ExitLine,
    PathPoint,
    Said,
    StopStep,
    StoryMark,
    TripStory,
)

Row = dict[str, Any]
TOLD_EVERY_S = 60.0  # cockpit.state.telling writes what every rule says at least so often
LEVEL_OF = "protective_stop"  # every profile has it, and its price is the level of the gain basis
CONTEXT = (
    ("Underlying", "underlying"),
    ("Bid", "bid"),
    ("Ask", "ask"),
    ("Delta", "delta"),
    ("Gamma", "gamma"),
    ("Theta a day", "theta"),
    ("IV %", "iv"),
    ("OI calls", "calls_open_interest"),
    ("OI puts", "puts_open_interest"),
)


def story(connection: sqlite3.Connection, trips: Trips, place: int) -> TripStory:
    """Everything about the round trip at that place of `trips`."""
    row = trips.rows[place]
    tables = {
        name: _belonging(connection, name, row) for name in ("verdicts", "decisions", "stops", "executions", "orders")
    }
    found = connection.execute(
        "SELECT entry_context, exit_context FROM round_trips WHERE rowid = ?", (row.rowid,)
    ).fetchone()
    entry, exit_ = (from_json(text) for text in found)
    basis = tables["stops"][0]["basis"] if tables["stops"] else "premium"
    said = tuple(sorted(_said(tables["verdicts"]), key=lambda each: each.at_ns))
    commands = tuple(_commands(connection, row))
    path, every_s = path_of(connection, row.session, row.id, _levels(tables, (entry, exit_), row, basis))
    return TripStory(
        trip=trips.trip(place, trips.rules[place], trips.overrides[place], float(trips.quality[place])),
        basis=basis,
        path=path,
        expected_every_s=TOLD_EVERY_S,
        sampled_every_s=every_s,
        stops=fewer_stops(
            [
                StopStep(at_ns=stop["at_ns"], level=stop["level"], rule=stop["rule"], why=stop["why"])
                for stop in tables["stops"]
            ]
        ),
        marks=tuple(sorted(_marks(tables, commands, path if basis != "premium" else None), key=lambda m: m.at_ns)),
        said=said,
        precedence=_precedence(tables["verdicts"]),
        exits=tuple(_exits(tables)),
        commands=commands,
        context=tuple(
            ContextLine(name=name, entry=_scaled(entry, key), exit=_scaled(exit_, key)) for name, key in CONTEXT
        ),
        quality=quality(scalp(row)) if _is_intraday(trips, place) else None,
    )


def _is_intraday(trips: Trips, place: int) -> bool:
    opened, closed = trips.opened_local_s[place] // DAY_S, trips.closed_local_s[place] // DAY_S
    return trips.rows[place].closed_ns is not None and bool(opened == closed)


def _scaled(context: Mapping[str, Any], key: str) -> float | None:
    value = context.get(key)
    return None if value is None else 100.0 * value if key == "iv" else value


def _belonging(connection: sqlite3.Connection, table: str, row: Kept) -> list[Row]:
    return _rows(
        connection.execute(
            f"SELECT * FROM {table} WHERE position_id = ? AND session_id = ? ORDER BY seq", (row.id, row.session)
        )
    )


def _rows(cursor: sqlite3.Cursor) -> list[Row]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, each, strict=True)) for each in cursor]


def _commands(connection: sqlite3.Connection, row: Kept) -> Iterator[CommandLine]:
    """Those that name it by its id, and those for its symbol or the session while it was open."""
    cursor = connection.execute(
        "SELECT at_ns, author, command, accepted, answer FROM commands WHERE session_id = ?1 AND command != 'enter' AND"
        " at_ns <= ?5 AND (json_extract(arguments, '$.position') = ?2 OR at_ns >= ?4 AND"
        " coalesce(json_extract(arguments, '$.position'), ?3) = ?3) ORDER BY seq",
        (row.session, row.id, row.symbol, row.opened_ns, row.closed_ns if row.closed_ns is not None else 2**63 - 1),
    )
    for at_ns, author, command, accepted, answer in cursor:
        yield CommandLine(at_ns=at_ns, author=author, command=command, accepted=bool(accepted), answer=answer)


def _levels(
    tables: Mapping[str, list[Row]], contexts: tuple[Mapping[str, Any], ...], row: Kept, basis: str
) -> dict[int, float | None]:
    """The level by instant, wherever a record tells of it: at entry, exit and decisions, and where its stop spoke."""
    key = "mark" if basis == "premium" else "underlying"
    levels: dict[int, float | None] = {}
    for verdict in tables["verdicts"]:
        readings = from_json(verdict["readings"])
        if verdict["rule"] == "*":
            readings = readings.get(LEVEL_OF, {}).get("readings", {})
        elif verdict["rule"] != LEVEL_OF:
            continue
        if "price" in readings:
            levels[verdict["at_ns"]] = readings["price"][0]
    for decision in tables["decisions"]:
        levels[decision["at_ns"]] = from_json(decision["quote"]).get(key)
    for at_ns, context in zip((row.opened_ns, row.closed_ns), contexts, strict=True):
        if at_ns is not None and context.get(key) is not None:
            levels[at_ns] = context[key]
    return levels


def _said(verdicts: Sequence[Row]) -> Iterator[Said]:
    for verdict in verdicts:
        readings = from_json(verdict["readings"])
        if verdict["rule"] == "*":
            for rule, said in readings.items():
                words, kind = _words(said["readings"]), said["kind"]
                yield Said(
                    rule=rule, kind=kind, trigger=said["trigger"] or "", words=words, status="", at_ns=verdict["at_ns"]
                )
        else:
            yield Said(
                rule=verdict["rule"],
                kind=verdict["kind"],
                trigger=verdict["trigger"] or "",
                words=verdict["because"],
                status=verdict["status"],
                at_ns=verdict["at_ns"],
            )


def _words(readings: Mapping[str, Sequence[Any]]) -> str:
    """`gain 1.2 against 0.5 %`, of every reading that is known."""
    known = [(name, *reading) for name, reading in readings.items() if reading[0] is not None]
    parts = [
        f"{name} {value:.6g}" + ("" if limit is None else f" against {limit:.6g}") + (f" {unit}" if unit else "")
        for name, value, limit, unit in known
    ]
    return ", ".join(parts) if parts else "nothing known"


def _precedence(verdicts: Sequence[Row]) -> tuple[str, ...]:
    """As the profile has them: at a decision every rule is recorded, in that order; without one as they first spoke."""
    decided = [verdict["rule"] for verdict in verdicts if verdict["why"] == "decision"]
    spoken = [verdict["rule"] for verdict in verdicts if verdict["rule"] != "*"]
    sampled = [rule for verdict in verdicts if verdict["rule"] == "*" for rule in from_json(verdict["readings"])]
    return tuple(dict.fromkeys((*decided, *(sampled if not decided else ()), *spoken, *sampled)))


def _exits(tables: Mapping[str, list[Row]]) -> Iterator[ExitLine]:
    orders = {order["ref"]: order for order in tables["orders"]}
    decisions = {decision["id"]: decision for decision in tables["decisions"]}
    for fill in tables["executions"]:
        order = orders.get(fill["order_ref"])
        if order is None or order["purpose"] == "entry":
            continue
        cause = decisions.get(order["decision_id"] or "")
        yield ExitLine(
            at_ns=fill["at_ns"],
            contracts=fill["contracts"],
            price=float(fill["price"]),
            rule=cause["rule"] if cause else "",
            trigger=cause["trigger"] if cause else "",
            because=cause["because"] if cause else "no decision recorded",
            suppressed=tuple((rule, trigger) for rule, trigger in from_json(cause["suppressed"])) if cause else (),
        )


def _marks(
    tables: Mapping[str, list[Row]], commands: Sequence[CommandLine], path: Sequence[PathPoint] | None
) -> Iterator[StoryMark]:
    """`path` is given where fills are not on the chart's axis: then they stand on the curve."""
    purposes = {order["ref"]: order["purpose"] for order in tables["orders"]}
    for fill in tables["executions"]:
        price = float(fill["price"])
        yield StoryMark(
            at_ns=fill["at_ns"],
            kind="entry" if purposes.get(fill["order_ref"]) == "entry" else "exit",
            price=price if path is None else _level(path, fill["at_ns"]),
            text=f"{fill['side']} {fill['contracts']} @ {price:.2f}",
        )
    for decision in tables["decisions"]:
        kind = "adjust" if decision["kind"] == "adjust" else "decision"
        rule, trigger = decision["rule"].replace("_", " "), decision["trigger"].replace("_", " ").lower()
        text = trigger if trigger.startswith(rule) else f"{rule} {trigger}"
        yield StoryMark(at_ns=decision["at_ns"], kind=kind, price=None, text=text)
    for command in commands:
        if command.accepted:
            kind = "veto" if command.command in ("veto", "hold_until") else "command"
            text = f"{command.command.replace('_', ' ')} by {command.author}"
            yield StoryMark(at_ns=command.at_ns, kind=kind, price=None, text=text)


def _level(path: Sequence[PathPoint], at_ns: int) -> float | None:
    before = bisect_right(path, at_ns, key=lambda point: point.at_ns)
    return path[before - 1].level if before else None
