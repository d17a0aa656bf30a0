"""Entries, scripted and by hand: the few checks they pass, and the order they become."""

from typing import Literal

from cockpit.domain.money import cents, exact
from cockpit.domain.order import Order, Said
from cockpit.domain.trading_hours import is_trading
from cockpit.events import Entry
from cockpit.market.contract import Contract
from cockpit.records import CommandRecord
from cockpit.state.alarms import raise_alert, resolve_alert
from cockpit.state.bracketing import protect_entry
from cockpit.state.demo_bounds import SCRIPT
from cockpit.state.market import at
from cockpit.state.model import NS, Cause, State, Working
from cockpit.state.ordering import is_linked, queue

Rests = Literal["day", "gtc"]


def enter(state: State, entry: Entry, *, author: str = SCRIPT, rests: Rests | None = None) -> str:
    """Sends the entry's order, or refuses it; returns the reason of the refusal, "" when it was sent.

    A limit that `rests` stays at the broker for so long; any other fills at once or not at all.
    """
    why, left_s = refusal(state, entry, rests=rests)
    if why:
        state.refused_entries.append(
            {"at_ns": state.now_ns, "symbol": entry.symbol, "reason": why, "seconds_left": left_s}
        )
        state.say(entry.symbol, "", "refused", f"{entry.side} {entry.contracts} refused: {why}")
        state.effects.records.append(_entry_command(state, entry, author, why, rests))
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
        at_once=entry.price is not None and rests is None,
        tif=rests or "day",
    )
    state.next_order += 1
    working = Working(order, Cause(rule=author, trigger="entry"), state.now_ns)
    state.entering[order.ref] = working
    state.entries.append(working)
    state.entry_profile[order.ref] = entry.profile or state.default_profile
    state.effects.records.append(_entry_command(state, entry, author, "", rests))
    queue(state, working)
    protect_entry(state, working)
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


def outdated(state: State) -> list[Said]:
    """Entries that were decided before the connection stood and have never reached the broker: they are not sent any
    more, nor their stops, for the price they were meant at is gone."""
    link = state.link
    late = [w for w in state.entering.values() if w.state == "pending_new" and link and w.placed_ns < link.at_ns]
    family = [w for w in state.attached.values() if any(w.order.parent == entry.order.ref for entry in late)]
    words = "never sent: it was decided before the broker was connected"
    return [Said(ref=w.order.ref, told="cancelled", words=words, at_ns=state.now_ns) for w in (*family, *late)]


def _entry_command(state: State, entry: Entry, author: str, why: str, rests: Rests | None) -> CommandRecord:
    command = CommandRecord(
        id=f"C{state.next_command:05d}", at_ns=state.now_ns, author=author, command="enter",
        arguments={"symbol": entry.symbol, "side": entry.side, "contracts": entry.contracts, "price": entry.price,
                   "profile": entry.profile, **({"rests": rests} if rests else {})},
        accepted=not why, answer=why or "sent",
    )  # fmt: skip
    state.next_command += 1
    return command


def refusal(state: State, entry: Entry, *, rests: Rests | None = None) -> tuple[str, float | None]:
    """Why an entry is refused now, and for a cooldown the seconds left; "" when it may go."""
    left_s = state.cooldown.left_s(state.now_ns)
    if left_s > 0.0:
        return "cooldown", left_s
    return _why_not_now(state, rests) or _why_not_this(state, entry) or _why_not_at_that(state, entry, rests), None


def _why_not_now(state: State, rests: Rests | None) -> str:
    """What stands against any entry."""
    if not state.is_armed:
        return "the account is not armed"
    if state.session != "active":
        return f"session {state.session}"
    if not is_linked(state):
        return "the broker is not connected"
    if rests and state.setup.protection != "broker":
        return "no limit rests in practice: it fills at once or not at all"
    return _too_many(state)


def _too_many(state: State) -> str:
    """Whether entries follow one another faster than a human means them to."""
    limits = state.setup.limits
    for most, span_s, span in ((limits.orders_per_s, 1, "a second"), (limits.orders_per_min, 60, "a minute")):
        newest = sum(w.order.purpose == "entry" and state.now_ns - w.placed_ns < span_s * NS for w in state.entries)
        if most is not None and newest >= most:
            return f"limit of {most} entries {span}"
    return ""


def _why_not_this(state: State, entry: Entry) -> str:
    """What stands against more of this contract, or so much of it."""
    most = state.setup.limits.contracts_per_order
    if most is not None and entry.contracts > most:
        return f"limit of {most} contracts an order"
    if not is_trading(state.setup.market, state.contracts[entry.symbol].instrument, at(state.now_ns)):
        return "market closed"
    held = state.by_symbol.get(entry.symbol)
    if held is not None and held.side != _side(entry):
        return "opposite to the open position"
    if held is not None and held.leaving:
        return "an exit is working"
    if any(w.order.symbol == entry.symbol for w in state.entering.values()):
        return "an entry is working"
    return ""


def _why_not_at_that(state: State, entry: Entry, rests: Rests | None) -> str:
    """What stands against trading at the quote, or at the limit that is asked for."""
    contract, side, t = state.contracts[entry.symbol], _side(entry), state.t(state.now_ns)
    if contract.is_suspect(t):
        return "suspect quote"
    price = contract.executable(side, t)
    if price is None:
        return "not quoted" if contract.quote_age_s(t) <= state.terms.quote_limit_s + 1e-6 else "stale quote"
    if entry.price is None:
        return ""
    if not rests and (price - entry.price) * side > 1e-9:
        return "limit not reached"
    return _beyond_collar(state, entry, price) or off_step(state, entry.symbol, entry.price)


def off_step(state: State, symbol: str, price: float | None) -> str:
    """Why an exchange would not take that limit; in practice any price will do where no steps are known."""
    instrument = state.contracts[symbol].instrument
    grid = instrument.grid
    if price is None or grid.holds(price) or not (instrument.steps or state.setup.protection == "broker"):
        return ""
    low, high = grid.to(price, -1), grid.to(price, 1)
    nearest = f"{cents(low)} and {cents(high)}" if low > 0 else cents(high)
    return f"a limit of {price:g} is not on the exchange's price steps: the nearest are {nearest}"


def _beyond_collar(state: State, entry: Entry, price: float) -> str:
    """A limit that gives away more than so much of the mid beyond the far side of the quote has a misplaced point."""
    collar_pct, contract, side = state.setup.limits.collar_pct, state.contracts[entry.symbol], _side(entry)
    if collar_pct is None or entry.price is None:
        return ""
    other = contract.executable(-side, state.t(state.now_ns))
    mid = price if other is None else 0.5 * (price + other)
    furthest = price + side * mid * collar_pct / 100.0
    if (entry.price - furthest) * side <= 1e-9:
        return ""
    return f"limit of {entry.price:g} is more than {collar_pct:g} % beyond the quote of {price:g}"


def _side(entry: Entry) -> int:
    return 1 if entry.side == "buy" else -1
