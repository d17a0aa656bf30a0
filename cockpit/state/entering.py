"""Entries, scripted and by hand: the few checks they pass, and the order they become."""

from cockpit.domain.money import exact
from cockpit.domain.order import Order
from cockpit.domain.trading_hours import is_trading
from cockpit.events import Entry
from cockpit.market.contract import Contract
from cockpit.records import CommandRecord
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.deciding import queue
from cockpit.state.demo_bounds import SCRIPT
from cockpit.state.market import at
from cockpit.state.model import Cause, State, Working


def enter(state: State, entry: Entry, *, author: str = SCRIPT) -> str:
    """Sends the entry's order, or refuses it; returns the reason of the refusal, "" when it was sent."""
    why, left_s = refusal(state, entry)
    if why:
        state.refused_entries.append(
            {"at_ns": state.now_ns, "symbol": entry.symbol, "reason": why, "seconds_left": left_s}
        )
        state.say(entry.symbol, "", "refused", f"{entry.side} {entry.contracts} refused: {why}")
        state.effects.records.append(_entry_command(state, entry, author, why))
        state.effects.durable = True
        return why
    held = state.by_symbol.get(entry.symbol)
    position_id = held.id if held else f"P{state.next_position:04d}"
    state.next_position += held is None
    order = Order(
        ref=f"{position_id}-{state.next_order:04d}",
        position_id=position_id,
        symbol=entry.symbol,
        side=entry.side,
        contracts=entry.contracts,
        limit=None if entry.price is None else exact(entry.price),
        purpose="entry",
        fills_suspect=False,
        at_once=entry.price is not None,
    )
    state.next_order += 1
    working = Working(order, Cause(rule=author, trigger="entry"), state.now_ns)
    state.entering[order.ref] = working
    state.entries.append(working)
    state.entry_profile[order.ref] = entry.profile or state.default_profile
    state.effects.records.append(_entry_command(state, entry, author, ""))
    queue(state, working)
    warn_of_spread(state, state.contracts[entry.symbol], state.entry_profile[order.ref])
    return ""


def warn_of_spread(state: State, contract: Contract, profile: str) -> None:
    """An alert when going in and out costs more than the first impulse that a scaled scale_out waits for."""
    bid, ask = contract.bid, contract.ask
    for r in state.profiles[profile].rules:
        if r.rule.name == "scale_out" and r.p.basis and bid is not None and ask is not None:
            impulse = r.p.min_gain_pct / 100.0 * 0.5 * (bid + ask)  # the widest spreads have no mark
            if ask - bid > impulse + 1e-9:
                symbol = contract.instrument.symbol
                text = f"{symbol}: the spread of {ask - bid:.2f} exceeds the first impulse of {impulse:.2f}"
                raise_alert(state, f"A-{symbol}-spread", None, "warning", "spread", text)


def entry_over(state: State, symbol: str) -> None:
    """The entry's position has opened or the entry has ended: what its spread would cost is known or moot."""
    resolve_alert(state, f"A-{symbol}-spread")


def _entry_command(state: State, entry: Entry, author: str, why: str) -> CommandRecord:
    command = CommandRecord(
        id=f"C{state.next_command:05d}", at_ns=state.now_ns, author=author, command="enter",
        arguments={"symbol": entry.symbol, "side": entry.side, "contracts": entry.contracts, "price": entry.price,
                   "profile": entry.profile},
        accepted=not why, answer=why or "sent",
    )  # fmt: skip
    state.next_command += 1
    return command


def refusal(state: State, entry: Entry) -> tuple[str, float | None]:
    """Why an entry is refused now, and for a cooldown the seconds left; "" when it may go."""
    left_s = state.cooldown.left_s(state.now_ns)
    if left_s > 0.0:
        return "cooldown", left_s
    if state.session != "active":
        return f"session {state.session}", None
    contract = state.contracts[entry.symbol]
    if not is_trading(state.setup.market, contract.instrument, at(state.now_ns)):
        return "market closed", None
    held = state.by_symbol.get(entry.symbol)
    side = 1 if entry.side == "buy" else -1
    if held is not None and held.side != side:
        return "opposite to the open position", None
    if held is not None and held.leaving:
        return "an exit is working", None
    if any(w.order.symbol == entry.symbol for w in state.entering.values()):
        return "an entry is working", None
    t = state.t(state.now_ns)
    if contract.is_suspect(t):
        return "suspect quote", None
    price = contract.executable(side, t)
    if price is None:
        fresh = contract.quote_age_s(t) <= state.terms.quote_limit_s + 1e-6
        return ("not quoted" if fresh else "stale quote"), None
    if entry.price is not None and (price - entry.price) * side > 1e-9:
        return "limit not reached", None
    return "", None
