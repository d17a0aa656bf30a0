"""What survives a restart: every open position's memory and the session's own, as one JSON body each."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from cockpit.domain.order import Order
from cockpit.exits.arbitrate import Asked, Countdown, asked_for
from cockpit.exits.override import Overrides, VetoOf
from cockpit.exits.view import Position
from cockpit.market.view import NAN
from cockpit.records import AlertRecord, CheckpointRecord
from cockpit.risk.cooldown import Cooldown
from cockpit.state.model import Cause, ExitFill, Held, State, StopChange, Working
from cockpit.state.positions import not_offered

CAUSE_FIELDS = tuple(f.name for f in fields(Cause))
POSITION_FIELDS = tuple(f.name for f in fields(Position))
ASKED_FIELDS = ("packed", "kind", "code", "streak", "declined", "warned", "used_vetoed", "status", "blind_ns")
HELD_FIELDS = (
    "side", "contracts", "most", "opened_ns", "closed_ns", "worst", "best", "in_cooldown", "stop_rule", "sample_ns",
    "unmarked_ns", "exit_contracts", "entry_context",
)  # fmt: skip
HELD_MONEY = ("average", "gross", "fees", "exit_total")
COUNTERS = ("next_position", "opened", "next_order", "next_decision", "next_command", "ticks", "evaluations", "peak")


def remembered(held: Held) -> tuple[Any, ...]:
    """All that rules, countdowns and overrides remember, to see whether it has changed."""
    pos = held.pos
    return (
        pos.best, pos.held_stop, held.worst, held.best, pos.iv_at_entry, pos.entry_mark, pos.entry_underlying,
        pos.theta_cost_at_entry, held.sample_ns, held.cohort,
        *[tuple(getattr(a.m, n) for n in a.rule.memory_fields) for a in held.asked if a.rule.memory_fields],
        *[(a.packed, a.streak, a.countdown and a.countdown.held, a.status) for a in held.asked],
    )  # fmt: skip


def position_checkpoint(state: State, held: Held) -> CheckpointRecord:
    """One open position, whole."""
    held.remembered = remembered(held)
    body = {
        **{n: getattr(held, n) for n in HELD_FIELDS},
        **{n: str(getattr(held, n)) for n in HELD_MONEY},
        "id": held.id,
        "seq": held.seq,
        "symbol": held.instrument.symbol,
        "profile": held.profile.name,
        "pos": {n: getattr(held.pos, n) for n in POSITION_FIELDS},
        "cohort": held.cohort.known if held.cohort else None,
        "asked": {a.name: _asked(a) for a in held.asked},
        "mode": held.overrides.mode,
        "protective_only": held.overrides.protective_only,
        "vetoes": [(v.rule, v.until_ns, v.author, v.reason) for v in held.overrides.vetoes.values()],
        "orders": [_working(w) for w in held.orders.values()],
        "exits": [(e.ref, e.at_ns, e.decided_ns, e.contracts, str(e.total), _cause(e.cause)) for e in held.exits],
    }  # fmt: skip
    return CheckpointRecord(key=f"position {held.id}", at_ns=state.now_ns, body=msgspec.json.encode(body))


def forget_position(state: State, held: Held) -> CheckpointRecord:
    """A closed position needs no memory."""
    return CheckpointRecord(key=f"position {held.id}", at_ns=state.now_ns, body=None)


def session_checkpoint(state: State) -> CheckpointRecord:
    """Everything beside the open positions."""
    cooldown = state.cooldown
    body = {
        **{n: getattr(state, n) for n in COUNTERS},
        "now_ns": state.now_ns,
        "session": state.session,
        "realised": str(state.realised),
        "closed_net": str(sum((h.gross - h.fees for h in state.closed), Decimal(state.closed_before))),
        "cooldown": [cooldown.until_ns, cooldown.total_s, cooldown.losses, cooldown.day and cooldown.day.isoformat()],
        "entering": [(_working(w), state.entry_profile[r]) for r, w in state.entering.items()],
        "alerts": [[a.id, a.at_ns, a.position_id, a.severity, a.kind, a.text, a.count, a.state]
                   for a in state.alerts.values()],
    }  # fmt: skip
    return CheckpointRecord(key="session", at_ns=state.now_ns, body=msgspec.json.encode(body))


def _asked(a: Asked) -> dict[str, Any]:
    c = a.countdown
    return {
        **{n: getattr(a, n) for n in ASKED_FIELDS},
        "m": {n: getattr(a.m, n) for n in a.rule.memory_fields},
        "countdown": None if c is None else [c.waits, c.started_ns, c.ends_ns, c.full, c.held, c.go],
    }


def _working(w: Working) -> dict[str, Any]:
    o = w.order
    return {
        "order": [o.ref, o.position_id, o.symbol, o.side, o.contracts, None if o.limit is None else str(o.limit),
                  o.purpose, o.fills_suspect, o.at_once],
        "cause": _cause(w.cause), "state": w.state, "placed_ns": w.placed_ns, "filled": w.filled, "said": w.said,
        "stop_after": w.stop_after,
    }  # fmt: skip


def _number(value: Any) -> Any:
    return NAN if value is None else value


def restored_working(given: dict[str, Any]) -> Working:
    """An order as it was."""
    ref, position_id, symbol, side, contracts, limit, purpose, fills_suspect, at_once = given["order"]
    order = Order(
        ref=ref, position_id=position_id, symbol=symbol, side=side, contracts=contracts,
        limit=None if limit is None else Decimal(limit), purpose=purpose, fills_suspect=fills_suspect, at_once=at_once,
    )  # fmt: skip
    return Working(
        order, _restored_cause(given["cause"]), given["placed_ns"], given["state"], given["filled"], given["said"],
        _number(given["stop_after"]),
    )  # fmt: skip


def _cause(cause: Cause) -> dict[str, Any]:
    return {n: getattr(cause, n) for n in CAUSE_FIELDS}


def _restored_exit(given: list[Any]) -> ExitFill:
    ref, at_ns, decided_ns, contracts, total, cause = given
    return ExitFill(ref, at_ns, decided_ns, contracts, Decimal(total), _restored_cause(cause))


def _restored_cause(given: dict[str, Any]) -> Cause:
    made: dict[str, Any] = {**given, "suppressed": tuple((r, t) for r, t in given["suppressed"])}
    return Cause(**made)


def resume_ns(bodies: dict[str, bytes]) -> int | None:
    """The last journalled instant; None when there is nothing to resume."""
    return msgspec.json.decode(bodies["session"])["now_ns"] if "session" in bodies else None


def restore(state: State, bodies: dict[str, bytes], stops: dict[str, list[StopChange]]) -> None:
    """Puts positions, orders, cooldown and overrides back as they were; the market has been warmed before.

    `stops` is the stop path of each open position so far. The state's clock must stand at `resume_ns(bodies)`.
    """
    given = msgspec.json.decode(bodies["session"])
    for name in COUNTERS:
        setattr(state, name, given[name])
    state.session = given["session"]
    state.realised = Decimal(given["realised"])
    state.closed_before = Decimal(given["closed_net"])
    until_ns, total_s, losses, day = given["cooldown"]
    state.cooldown = Cooldown(until_ns=until_ns, total_s=total_s, losses=losses, day=day and date.fromisoformat(day))
    for working, profile in given["entering"]:
        w = restored_working(working)
        state.entering[w.order.ref] = w
        state.entry_profile[w.order.ref] = profile
    for id, at_ns, position_id, severity, kind, text, count, standing in given["alerts"]:
        state.alerts[id] = AlertRecord(
            id=id, at_ns=at_ns, position_id=position_id, severity=severity, kind=kind, text=text, count=count,
            state=standing,
        )  # fmt: skip
    found = [msgspec.json.decode(body) for key, body in bodies.items() if key.startswith("position ")]
    for body in sorted(found, key=lambda b: b["seq"]):
        _restore_position(state, body, stops)


def _restore_position(state: State, body: dict[str, Any], stops: dict[str, list[StopChange]]) -> None:
    contract = state.contracts[body["symbol"]]
    profile = state.setup.profiles[body["profile"]]
    held = Held(body["id"], body["seq"], contract, profile, asked_for(profile, not_offered(state)), body["side"])
    for name in HELD_FIELDS:
        setattr(held, name, body[name])
    for name in HELD_MONEY:
        setattr(held, name, Decimal(body[name]))
    for name in POSITION_FIELDS:
        setattr(held.pos, name, _number(body["pos"][name]))
    instrument = contract.instrument
    if instrument.right is not None:
        held.open_interest = state.chains[instrument.underlying, instrument.expiry]
        if body["cohort"] is not None:
            held.cohort = held.open_interest.cohort(body["cohort"])
    for a in held.asked:
        _restore_asked(a, body["asked"][a.name])
    vetoes = {r: VetoOf(rule=r, until_ns=u, author=w, reason=y) for r, u, w, y in body["vetoes"]}
    held.overrides = Overrides(body["mode"], body["protective_only"], vetoes)
    held.orders = {w.order.ref: w for w in map(restored_working, body["orders"])}
    held.exits = [_restored_exit(e) for e in body["exits"]]
    held.stops = stops.get(held.id, [])
    held.remembered = remembered(held)
    state.held[held.id] = held
    state.by_symbol[instrument.symbol] = held
    state.by_underlying.setdefault(instrument.underlying, []).append(held)


def _restore_asked(a: Asked, given: dict[str, Any]) -> None:
    for name in ASKED_FIELDS:
        setattr(a, name, given[name])
    for name in a.rule.memory_fields:
        setattr(a.m, name, _number(given["m"][name]))
    c = given["countdown"]
    a.countdown = None if c is None else Countdown(*c)
