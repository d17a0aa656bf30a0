"""What a session came to: round trips, open positions, refusals; the object that `cockpit replay --json` prints."""

from datetime import datetime
from typing import Any

from cockpit.domain.money import average, exact, plain, rounded
from cockpit.domain.trading_hours import hours_of, trading_day
from cockpit.exits.arbitrate import Asked
from cockpit.state.market import at
from cockpit.state.model import NS, Held, State, StopChange
from cockpit.state.positions import entry_price, open_pnl


def iso(ns: int) -> str:
    """UTC ISO 8601 with Z; the fraction only when there is one."""
    seconds, rest = divmod(ns, NS)
    text = at(seconds * NS).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:09d}".rstrip("0") + "Z" if rest else f"{text}Z"


def price(x: float) -> str | None:
    """A measured price as a decimal string with at most 8 decimals; None for unknown."""
    return None if x != x else plain(exact(round(x, 8)))


def confidence(x: float | None) -> float | None:
    """At most 4 decimals."""
    return None if x is None else round(x, 4)


def exits_of(held: Held) -> list[dict[str, Any]]:
    """Fills of exit orders, consecutive ones of one order together."""
    return [
        {
            "at": iso(e.at_ns), "decided_at": iso(e.decided_ns), "contracts": e.contracts,
            "price": plain(average(e.total, e.contracts)), "rule": e.cause.rule, "trigger": e.cause.trigger,
            "confidence": confidence(e.cause.confidence), "fraction": round(e.cause.fraction, 8),
            "because": e.cause.because,
            "suppressed": [{"rule": r, "trigger": t} for r, t in e.cause.suppressed],
        }
        for e in held.exits
    ]  # fmt: skip


def stop_of(held: Held, s: StopChange) -> dict[str, Any]:
    """One change of the held stop."""
    return {"at": iso(s.at_ns), "level": price(s.level), "basis": held.basis, "rule": s.rule, "why": s.why}


def round_trip_of(held: Held) -> dict[str, Any]:
    """A closed position."""
    closed = held.closed_ns is not None
    trip: dict[str, Any] = {
        "id": held.id, "symbol": held.instrument.symbol, "side": "long" if held.side > 0 else "short",
        "contracts": held.most, "opened_at": iso(held.opened_ns),
    }  # fmt: skip
    if closed:
        trip["closed_at"] = iso(held.closed_ns or 0)
    trip["entry_price"] = plain(entry_price(held))
    if closed:
        trip["exit_price"] = plain(average(held.exit_total, held.exit_contracts))
    return trip | {
        "gross": plain(rounded(held.gross)), "fees": plain(held.fees), "net": plain(rounded(held.gross - held.fees)),
        "mae": price(held.worst), "mfe": price(held.best), "profile": held.profile.name, "exits": exits_of(held),
        "stops": [stop_of(held, s) for s in held.stops],
    }  # fmt: skip


def stage_of(held: Held) -> int:
    """Highest stage of a staged trail ever reached, 0 before the first."""
    return max((getattr(a.m, "stage", 0) for a in held.asked), default=0)


def open_of(held: Held) -> dict[str, Any]:
    """A position that is still open when the session ends."""
    pos, stage = held.pos, stage_of(held)
    working = [w for w in held.orders.values() if w.leaves and w.order.purpose == "exit"]
    held_bps = pos.level_side * (pos.held_stop - pos.level_entry) / pos.level_entry * 1e4 if stage else float("nan")
    return round_trip_of(held) | {
        "held": held.contracts, "mark": price(held.contract.view.mark), "stop": price(pos.held_stop),
        "stop_rule": held.stop_rule, "held_bps": None if held_bps != held_bps else round(held_bps, 4), "stage": stage,
        "working": None if not working else {
            "rule": working[-1].cause.rule, "trigger": working[-1].cause.trigger,
            "decided_at": iso(working[-1].placed_ns),
            "contracts": sum(w.leaves for w in working),
        },
    }  # fmt: skip


def blind_s(state: State) -> dict[str, float]:
    """Seconds of session time for which each rule could not see, over all positions."""
    total: dict[str, int] = dict(state.blind_ns)

    def add(a: Asked, until_ns: int) -> None:
        running = until_ns - a.blind_since_ns if a.blind_since_ns is not None else 0
        total[a.name] = total.get(a.name, 0) + a.blind_ns + running

    for held in (*state.closed, *state.held.values()):
        for a in held.asked:
            add(a, state.now_ns)
    return {name: round(ns / NS, 6) for name, ns in sorted(total.items())}


def session_pnl(state: State) -> tuple[float, int]:
    """Net money realised and open at the marks, and how many open positions without a mark it leaves out."""
    total, blind = float(state.realised - state.fees), 0
    for held in state.held.values():
        pnl = open_pnl(held)
        blind += pnl is None
        total += pnl or 0.0
    return total, blind


def outcome(state: State, session: dict[str, Any], refused_rows: dict[str, int], ledger_sha256: str) -> dict[str, Any]:
    """The whole object of cockpit.md 3, but for `elapsed_s`."""
    cooldown = state.cooldown
    return {
        "session": session,
        "round_trips": [round_trip_of(h) for h in state.closed],
        "open": [open_of(h) for h in state.held.values()],
        "refused": {
            "rows": dict(sorted(refused_rows.items())),
            "quotes": dict(sorted(state.refused_quotes.items())),
            "greeks": dict(sorted(state.refused_greeks.items())),
        },
        "refused_entries": [
            {"at": iso(r["at_ns"]), "symbol": r["symbol"], "reason": r["reason"], "seconds_left": r["seconds_left"]}
            for r in state.refused_entries
        ],
        "blind": blind_s(state),
        "cooldown": {
            "state": cooldown.state(state.now_ns),
            "until": None if cooldown.until_ns is None else iso(cooldown.until_ns),
        },
        "ledger_sha256": ledger_sha256,
        "ticks": state.ticks,
        "evaluations": state.evaluations,
    }


def session_of(state: State, path: str, guessed: tuple[str, ...]) -> dict[str, Any]:
    """What was played, and the terms it was played on."""
    setup = state.setup
    instrument = next(iter(setup.instruments.values()))
    hours = hours_of(setup.market, instrument, trading_day(setup.market, at(setup.first_ns)))
    return {
        "path": path, "market": setup.market.name, "zone": setup.market.zone,
        "open_at": None if hours is None else iso_of(hours.open_at),
        "close_at": None if hours is None else iso_of(hours.close_at),
        "interval_s": setup.terms.interval_s, "quote_limit_s": setup.terms.quote_limit_s, "lot": instrument.lot,
        "multiplier": instrument.multiplier, "tick": instrument.tick, "guessed": list(guessed),
    }  # fmt: skip


def iso_of(when: datetime) -> str:
    """An aware time as the JSON has it."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
