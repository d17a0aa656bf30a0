"""Leaving many positions at once: flatten, and the kill switch, which goes on pressing until they are flat."""

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.domain.trading_hours import last_trading_day
from cockpit.state.alarms import LASTING, raise_alert, resolve_alert
from cockpit.state.deciding import check_linked, decide_by_hand, hasten, stop_entering
from cockpit.state.model import NS, Cause, Held, State
from cockpit.state.naming import look
from cockpit.state.ordering import cancel, is_linked

KILL = "kill"
RETRY_NS = 2 * NS
"""After an order of the kill switch that ended without filling whole, so that a venue does not ban us."""


def flatten(state: State, command: c.Flatten) -> str:
    """Every position of the scope; of all or of an underlying also what is still being entered."""
    check_linked(state)
    chosen = [held for held in state.held.values() if _is_meant(state, held, command)]
    cancelled = stop_entering(
        state,
        lambda w: command.scope == "all" or _underlying(state, w.order.symbol) == command.underlying,
    )
    leaving = sum(_leave(state, held) for held in chosen)
    said = [f"{_positions(leaving)} leaving"] if leaving else []
    return ", ".join(said + cancelling(cancelled)) or "nothing to flatten"


def kill(state: State, command: c.Kill) -> str:
    """Halts, cancels what works, and leaves every position of the scope at once, whatever it fetches.

    What works and is not an order of ours is cancelled when everything is meant. The stops that rest for positions
    beyond the scope go on resting. What may not be sent yet is sent by `press`.
    """
    state.session = "halted"
    try:
        check_linked(state)
    except Refused as refused:
        raise Refused(f"the session is halted, but {refused}: nothing could be cancelled or sent") from None
    chosen = [held for held in state.held.values() if _is_meant(state, held, command)]
    cancelled = stop_entering(state, lambda _: True)
    for held in state.held.values():
        cancelled += sum(cancel(state, w) for w in held.orders.values() if w.order.purpose == "exit")
    why = f" ({command.reason})" if command.reason else ""
    for held in chosen:
        raise_alert(
            state, _key(held), held, "critical", KILL, f"kill switch{why}: leaves at any price until it is flat"
        )
        _press_one(state, held)
    state.effects.kills = command.scope == "all" and state.setup.protection == "broker"
    orders = [f"{cancelled} order{'s' if cancelled != 1 else ''} being cancelled"] if cancelled else []
    leaving = [f"{_positions(len(chosen))} leaving"] if chosen else []
    return ", ".join(["session halted", *orders, *leaving])


def press(state: State) -> None:
    """Sends for killed positions what is not leaving: cancels come back later, and orders may be refused.

    It ends when they are flat, when a human says that the session goes on, or takes the exit back.
    """
    for held in state.held.values():
        alert = state.alerts.get(_key(held))
        if alert is None or alert.state not in LASTING:
            continue
        if state.session != "halted":
            spare(state, held)
        elif is_linked(state):
            _press_one(state, held)


def spare(state: State, held: Held) -> None:
    """A human has thought better of it."""
    resolve_alert(state, _key(held))


def cancelling(entries: int) -> list[str]:
    """How many entries are being cancelled, unless none is."""
    return [f"{entries} {'entry' if entries == 1 else 'entries'} being cancelled"] if entries else []


def _press_one(state: State, held: Held) -> None:
    free = held.contracts - held.leaving
    if free > 0 and not _was_refused(state, held):
        decide_by_hand(state, held, free, KILL)


def _was_refused(state: State, held: Held) -> bool:
    last = next((w for w in reversed(held.orders.values()) if w.cause.trigger == KILL), None)
    return last is not None and not last.leaves and last.state != "filled" and state.now_ns < last.placed_ns + RETRY_NS


def _key(held: Held) -> str:
    return f"A-{held.id}-kill"


def _is_meant(state: State, held: Held, command: c.Flatten | c.Kill) -> bool:
    look(state, held)
    gain = held.pos.gain
    match command.scope:
        case "all":
            return True
        case "underlying":
            return held.instrument.underlying == command.underlying
        case "expiring":
            expiry = held.instrument.expiry
            return expiry is not None and last_trading_day(state.setup.market, expiry) <= state.day
        case "winners":
            return gain > 0.0
        case "losers":
            return gain < 0.0


def _underlying(state: State, symbol: str) -> str:
    return state.contracts[symbol].instrument.underlying


def _leave(state: State, held: Held) -> bool:
    """Whether there was anything left to do for it."""
    free = held.contracts - held.leaving
    if free <= 0:
        return hasten(state, held, Cause(rule="human", trigger="flatten")) > 0
    decide_by_hand(state, held, free, "flatten")
    return True


def _positions(count: int) -> str:
    return f"{count} position{'s' if count != 1 else ''}"
