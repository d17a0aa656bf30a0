"""Leaving many positions at once: flatten, and the kill switch, which goes on pressing until they are flat."""

from cockpit import commands as c
from cockpit.domain.errors import Refused
from cockpit.domain.trading_hours import last_trading_day
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.deciding import check_linked, decide_by_hand, hasten
from cockpit.state.model import NS, Cause, Held, State
from cockpit.state.naming import look
from cockpit.state.ordering import cancel, is_linked, stop_entering

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
    beyond the scope go on resting. What may not be sent yet is sent by `press`, which also sees to what comes into
    being by orders that were under way.
    """
    state.session, state.killed_on = "halted", state.snapshot
    try:
        check_linked(state)
    except Refused as refused:
        raise Refused(f"the session is halted, but {refused}: nothing could be cancelled or sent") from None
    if state.killing is None or state.killing.scope != "all":
        state.killing = command
    chosen = [held for held in state.held.values() if _is_meant(state, held, command)]
    cancelled = stop_entering(state, lambda _: True)
    for held in state.held.values():
        cancelled += sum(cancel(state, w) for w in held.orders.values() if w.order.purpose == "exit")
        held.is_killed = bool(held.is_killed)
        state.effects.touched.append(held)
    for held in chosen:
        _condemn(state, held, command)
    _cancel_all(state, command)
    orders = [f"{cancelled} order{'s' if cancelled != 1 else ''} being cancelled"] if cancelled else []
    leaving = [f"{_positions(len(chosen))} leaving"] if chosen else []
    return ", ".join(["session halted", *orders, *leaving])


def press(state: State) -> None:
    """Sends for killed positions what is not leaving: cancels come back later, and orders may be refused.

    So it does for those that come into being meanwhile: entries cross their cancels, and exits of ours what somebody
    else has sold. It ends for a position when a human takes the exit back, and for all when he says that the session
    goes on, or when the broker has nothing left that is meant: what he trades elsewhere after that is his.
    """
    command = state.killing
    if command is None:
        return
    if state.session != "halted":
        _end(state)
    elif is_linked(state):
        for held in list(state.held.values()):
            if held.is_killed is None and _is_meant(state, held, command):
                _condemn(state, held, command)
            elif held.is_killed:
                _press_one(state, held)
        if _is_done(state, command):
            _end(state)


def spare(state: State, held: Held) -> None:
    """A human has thought better of it."""
    resolve_alert(state, _key(held))
    if state.killing is not None:
        held.is_killed = False
        state.effects.touched.append(held)


def _end(state: State) -> None:
    for held in state.held.values():
        spare(state, held)
        held.is_killed = None
    state.killing = None
    state.effects.session_touched = True


def _condemn(state: State, held: Held, command: c.Kill) -> None:
    held.is_killed = True
    why = f" ({command.reason})" if command.reason else ""
    text = f"kill switch{why}: leaves at any price until it is flat"
    raise_alert(state, _key(held), held, "critical", KILL, text)
    state.effects.touched.append(held)
    _press_one(state, held)


def _is_done(state: State, command: c.Kill) -> bool:
    """Whether the broker's newest snapshot, before which all executions have been told, leaves nothing to press."""
    told, is_first = state.snapshot, state.killed_on is None
    if told is None or told is state.killed_on:
        return False
    state.killed_on = told
    if is_first and told.orders:
        _cancel_all(state, command)  # after a restart: nobody knows whether the broker has been told before it
    is_left = any(held.is_killed for held in state.held.values())
    is_working = bool(state.entering) or any(w.leaves for past in state.closed for w in past.orders.values())
    is_there = any(position.contracts and position.symbol in state.contracts for position in told.positions)
    return not (is_left or is_working or (command.scope == "all" and (is_there or told.orders)))


def _cancel_all(state: State, command: c.Kill) -> None:
    """What is not ours as well, where everything is meant; in practice there is nobody else."""
    if command.scope == "all" and state.setup.protection == "broker":
        state.effects.kills = True


def cancelling(entries: int) -> list[str]:
    """How many entries are being cancelled, unless none is."""
    return [f"{entries} {'entry' if entries == 1 else 'entries'} being cancelled"] if entries else []


def _press_one(state: State, held: Held) -> None:
    free = held.contracts - held.going
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
    free = held.contracts - held.going
    if free <= 0:
        return hasten(state, held, Cause(rule="human", trigger="flatten")) > 0
    decide_by_hand(state, held, free, "flatten")
    return True


def _positions(count: int) -> str:
    return f"{count} position{'s' if count != 1 else ''}"
