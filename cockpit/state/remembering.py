"""What survives a restart: every open position's memory and the session's own, as one JSON body each."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec

from cockpit.commands import Kill
from cockpit.domain.order import LIVE, Order, Trigger
from cockpit.exits.arbitrate import Asked, Countdown, asked_for
from cockpit.exits.override import Overrides, VetoOf
from cockpit.exits.profile import Profile
from cockpit.exits.view import Position
from cockpit.market.view import NAN
from cockpit.records import AlertRecord, CheckpointRecord
from cockpit.risk.cooldown import Cooldown
from cockpit.state.applying import applied
from cockpit.state.model import Cause, Difference, Done, ExitFill, Held, State, StopChange, Working
from cockpit.state.positions import not_offered

CAUSE_FIELDS = tuple(f.name for f in fields(Cause))
POSITION_FIELDS = tuple(f.name for f in fields(Position))
ASKED_FIELDS = (
    "packed", "kind", "code", "streak", "declined", "warned", "used_vetoed", "status", "blind_ns", "blind_since_ns",
)  # fmt: skip
HELD_FIELDS = (
    "side", "contracts", "most", "opened_ns", "closed_ns", "worst", "best", "in_cooldown", "stop_rule", "sample_ns",
    "unmarked_ns", "exit_contracts", "entry_context", "exit_context", "regime", "refusals", "retry_ns",
    "rested_ns", "rest_refusals", "is_adopted", "is_unmet", "is_killed",
)  # fmt: skip
DONE_FIELDS = tuple(f.name for f in fields(Done))
_said = attrgetter(*(n for n in ASKED_FIELDS if n != "blind_ns"))
LATE = 20
"""Entries that are kept after their end."""
ORDER_PRICES = ("limit", "trail")
ORDER_FIELDS = tuple(f.name for f in fields(Order) if f.name not in (*ORDER_PRICES, "trigger"))
HELD_MONEY = ("average", "gross", "fees", "exit_total")
COUNTERS = ("next_position", "opened", "next_order", "next_decision", "next_command", "ticks", "evaluations", "peak")


def remembered(held: Held) -> tuple[Any, ...]:
    """All that rules, countdowns and overrides remember, to see whether it has changed."""
    pos = held.pos
    return (
        pos.best, pos.held_stop, held.worst, held.best, pos.iv_at_entry, pos.entry_mark, pos.entry_underlying,
        pos.theta_cost_at_entry, pos.level_entry, held.sample_ns, held.cohort, held.stop_rule, held.unmarked_ns,
        held.regime,
        *[tuple(getattr(a.m, n) for n in a.rule.memory_fields) for a in held.asked if a.rule.memory_fields],
        *[_said(a) for a in held.asked],
        *[(c.started_ns, c.ends_ns, c.full, c.held, c.go) for c in (a.countdown for a in held.asked) if c is not None],
    )  # fmt: skip


def position_checkpoint(state: State, held: Held) -> CheckpointRecord:
    """One position, whole; a closed one too, so that a restart still tells all that the session came to."""
    held.remembered = remembered(held)
    body = {
        "closed": None if held.closed_ns is None else state.closed.index(held),
        **{n: getattr(held, n) for n in HELD_FIELDS},
        **{n: str(getattr(held, n)) for n in HELD_MONEY},
        "sha256": held.profile.sha256,
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
        "orders": [kept_working(w) for w in held.orders.values()],
        "exits": [(e.ref, e.at_ns, e.decided_ns, e.contracts, str(e.total), _cause(e.cause)) for e in held.exits],
    }  # fmt: skip
    return CheckpointRecord(key=f"position {held.id}", at_ns=state.now_ns, body=msgspec.json.encode(body))


def refusal_checkpoint(state: State, number: int) -> CheckpointRecord:
    """One refused entry."""
    body = msgspec.json.encode(state.refused_entries[number])
    return CheckpointRecord(key=f"refusal {number}", at_ns=state.now_ns, body=body)


def session_checkpoint(state: State) -> CheckpointRecord:
    """Everything beside positions and refusals."""
    cooldown = state.cooldown
    body = {
        **{n: getattr(state, n) for n in COUNTERS},
        "now_ns": state.now_ns,
        "done": [getattr(state.done, n) for n in DONE_FIELDS],
        "session": state.session,
        "killing": msgspec.to_builtins(state.killing),
        "default_profile": state.default_profile,
        "blind_ns": dict(state.blind_ns),
        "realised": str(state.realised),
        "fees": str(state.fees),
        "earlier": str(state.earlier),
        "cooldown": [cooldown.until_ns, cooldown.total_s, cooldown.losses, cooldown.day and cooldown.day.isoformat()],
        "outside": sorted(state.outside), "is_armed": state.is_armed,
        "differences": [[d.at_ns, d.label, d.ours, d.theirs, d.words, d.is_open] for d in state.differences],
        "entering": [(kept_working(w), state.entry_profile[r]) for r, w in state.entering.items()],
        "ended": [(kept_working(w), state.entry_profile.get(w.order.ref)) for w in late_entries(state)],
        "attached": [kept_working(w) for w in state.attached.values()],
        "alerts": [[a.id, a.at_ns, a.position_id, a.severity, a.kind, a.text, a.count, a.state]
                   for a in state.alerts.values() if a.state != "resolved"],
    }  # fmt: skip
    return CheckpointRecord(key="session", at_ns=state.now_ns, body=msgspec.json.encode(body))


def late_entries(state: State) -> list[Working]:
    """The newest that have ended without a fill, at a broker: one that crossed the cancel may be told late."""
    if state.setup.protection == "practice":
        return []
    return [w for w in state.entries if not w.filled and w.state not in LIVE][-LATE:]


def working(state: State) -> list[Working]:
    """Orders that may still fill, in the order in which they were decided."""
    positions = (*state.closed, *state.held.values())
    found = {w.order.ref: w for h in positions for w in h.orders.values()} | state.entering | state.attached
    return sorted((w for w in found.values() if w.leaves), key=lambda w: int(w.order.ref.rpartition("-")[2]))


def _asked(a: Asked) -> dict[str, Any]:
    c = a.countdown
    return {
        **{n: getattr(a, n) for n in ASKED_FIELDS},
        "m": {n: getattr(a.m, n) for n in a.rule.memory_fields},
        "countdown": None if c is None else [c.waits, c.started_ns, c.ends_ns, c.full, c.held, c.go],
    }


def kept_working(w: Working) -> dict[str, Any]:
    return {
        "order": kept_order(w.order),
        "cause": _cause(w.cause), "state": w.state, "placed_ns": w.placed_ns, "filled": w.filled, "said": w.said,
        "stop_after": w.stop_after, "filled_ns": w.filled_ns, "seen": w.seen, "unpaid": w.unpaid,
        "total": None if w.total is None else str(w.total), "standing": w.standing, "waits_for": w.waits_for,
        "at": None if w.trigger is None else str(w.trigger), "asked_ns": w.asked_ns, "is_unwanted": w.is_unwanted,
        "cut_ns": w.cut_ns,
    }  # fmt: skip


def kept_order(o: Order) -> dict[str, Any]:
    """An order's terms."""
    trigger = o.trigger
    return {
        **{n: getattr(o, n) for n in ORDER_FIELDS},
        **{n: None if getattr(o, n) is None else str(getattr(o, n)) for n in ORDER_PRICES},
        "trigger": None if trigger is None else [str(trigger.price), trigger.on, trigger.above],
    }


def restored_order(given: dict[str, Any]) -> Order:
    """The same order."""
    price, on, above = given["trigger"] or (None, "premium", False)
    trigger = None if price is None else Trigger(price=Decimal(price), on=on, above=above)
    terms: dict[str, Any] = {n: given[n] for n in ORDER_FIELDS}
    prices: dict[str, Any] = {n: None if given[n] is None else Decimal(given[n]) for n in ORDER_PRICES}
    return Order(**terms, **prices, trigger=trigger)


def _number(value: Any) -> Any:
    return NAN if value is None else value


def restored_working(given: dict[str, Any]) -> Working:
    """An order as it was."""
    return Working(
        restored_order(given["order"]), _restored_cause(given["cause"]), given["placed_ns"], given["state"],
        given["filled"], given["said"], _number(given["stop_after"]), given["filled_ns"], given["seen"], _total(given),
        given["standing"], given["waits_for"], None if given["at"] is None else Decimal(given["at"]), given["asked_ns"],
        given["is_unwanted"], given["cut_ns"], given["unpaid"],
    )  # fmt: skip


def _total(given: dict[str, Any]) -> Decimal | None:
    total = given.get("total", None if given["filled"] else 0)
    return None if total is None else Decimal(total)


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
    state.killing = msgspec.convert(given["killing"], Kill | None)
    state.default_profile = given["default_profile"]
    state.blind_ns.update(given["blind_ns"])
    state.realised = Decimal(given["realised"])
    state.fees = Decimal(given["fees"])
    state.earlier = Decimal(given["earlier"])
    state.done = Done(*given["done"])
    state.outside.update(given["outside"])
    state.is_armed = given["is_armed"]
    for at_ns, label, ours, theirs, words, is_open in given["differences"]:
        state.differences.append(
            Difference(at_ns=at_ns, label=label, ours=ours, theirs=theirs, words=words, is_open=is_open)
        )
    until_ns, total_s, losses, day = given["cooldown"]
    state.cooldown = Cooldown(until_ns=until_ns, total_s=total_s, losses=losses, day=day and date.fromisoformat(day))
    for order, profile in given["ended"]:
        _restore_entry(state, restored_working(order), profile)
    for order, profile in given["entering"]:
        w = restored_working(order)
        state.entering[w.order.ref] = w
        _restore_entry(state, w, profile)
    for order in given["attached"]:
        w = restored_working(order)
        state.attached[w.order.ref] = w
    for id, at_ns, position_id, severity, kind, text, count, standing in given["alerts"]:
        state.alerts.keep(
            AlertRecord(
                id=id, at_ns=at_ns, position_id=position_id, severity=severity, kind=kind, text=text, count=count,
                state=standing,
            )
        )  # fmt: skip
    state.refused_entries += (msgspec.json.decode(body) for key, body in bodies.items() if key.startswith("refusal "))
    found = [msgspec.json.decode(body) for key, body in bodies.items() if key.startswith("position ")]
    profiles = _profiles(state, bodies)
    for body in sorted(found, key=_closing):
        if body["closed"] is not None:
            state.closed.append(_position(state, body, profiles, stops))
    for body in sorted(found, key=_opening):
        if body["closed"] is None:
            _reopen(state, _position(state, body, profiles, stops))


def _restore_entry(state: State, w: Working, profile: str | None) -> None:
    state.entries.append(w)
    if profile is not None:
        state.entry_profile[w.order.ref] = profile


def _profiles(state: State, bodies: dict[str, bytes]) -> dict[str, Profile]:
    """All profiles by what identifies them; those that the session had been given are known by their names again."""
    found = {known.sha256: known for known in state.profiles.values()}
    for given in applied(state, bodies):
        state.profiles[given.name] = found[given.sha256] = given
    return found


def _opening(body: dict[str, Any]) -> int:
    return body["seq"]


def _closing(body: dict[str, Any]) -> int:
    return -1 if body["closed"] is None else body["closed"]


def _reopen(state: State, held: Held) -> None:
    """An open position takes its places again; an entry of it that still fills is one order, not two."""
    for ref in held.orders.keys() & state.entering.keys():
        held.orders[ref] = state.entering[ref]
    state.held[held.id] = held
    state.by_symbol[held.instrument.symbol] = held
    state.by_underlying.setdefault(held.instrument.underlying, []).append(held)
    held.enrol(state)
    held.contract.refresh(state.t(state.now_ns))


def _position(
    state: State, body: dict[str, Any], profiles: dict[str, Profile], stops: dict[str, list[StopChange]]
) -> Held:
    contract = state.contracts[body["symbol"]]
    profile = profiles[body["sha256"]]
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
    live = [w for w in held.orders.values() if w.order.purpose == "protect" and w.state in LIVE]
    held.resting = min(live, key=lambda stop: stop.is_unwanted, default=None)
    held.exits = [_restored_exit(e) for e in body["exits"]]
    held.stops = stops.get(held.id, [])
    held.note_answers()
    held.remembered = remembered(held)
    return held


def _restore_asked(a: Asked, given: dict[str, Any]) -> None:
    for name in ASKED_FIELDS:
        setattr(a, name, given[name])
    for name in a.rule.memory_fields:
        setattr(a.m, name, _number(given["m"][name]))
    c = given["countdown"]
    a.countdown = None if c is None else Countdown(*c)
